"""What a guardian writes into the diary, who may read what of it, and what it never holds."""

import uuid
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup import diary, organisations, vocabulary
from speakup.diary import DiaryEntry, EntryDetails, Kind, Month
from speakup.diary.rules import fault
from speakup.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.vocabulary import CodeDetails, CodeSet
from tests.trusts import Colleague, Trust

DAY = timedelta(days=1)


def surgery(uow: UnitOfWork) -> uuid.UUID:
    return organisations.directorates(uow)[0].id


def wrote(trust: Trust, who: Colleague, *, ago: int = 0, **more: Any) -> DiaryEntry:  # noqa: ANN401 -- the details of an entry
    with trust.work(who) as uow:
        details = EntryDetails(uow.today - ago * DAY, **{"kind": Kind.VISIT, "quarters": 4, **more})
        return diary.add_entry(uow, details)


def test_everybody_reads_their_own_entries_and_nobody_elses(trust: Trust) -> None:
    entry = wrote(trust, trust.guardian)
    with trust.work(trust.guardian) as uow:
        assert [each.id for each in diary.every_entry(uow)] == [entry.id]
    for other in (trust.second_guardian, trust.lead):
        with trust.work(other) as uow:
            assert diary.every_entry(uow) == []
            with pytest.raises(NotFound):
                diary.find(uow, entry.id)
            with pytest.raises(Forbidden):
                diary.delete_entry(uow, entry)
            with pytest.raises(Forbidden):
                diary.change_entry(uow, entry, EntryDetails(uow.today, Kind.OTHER, 1), 1)


@pytest.mark.parametrize("role", ["administrator", "non_executive_lead", "buddy", "executive_lead"])
def test_only_the_team_keeps_a_diary(trust: Trust, role: str) -> None:
    with trust.work(trust.people[role]) as uow:
        for read in (diary.every_entry, diary.hours_by_month, diary.last_kind, diary.first_day):
            with pytest.raises(Forbidden):
                read(uow)
        with pytest.raises(Forbidden):
            diary.reached(uow, uow.today)
        with pytest.raises(Forbidden):
            diary.add_entry(uow, EntryDetails(uow.today, Kind.VISIT, 4))


def test_only_whoever_leads_the_team_reads_its_sums_and_they_are_no_more_than_sums(trust: Trust) -> None:
    for who in (trust.guardian, trust.second_guardian):
        wrote(trust, who, quarters=6)
    with trust.work(trust.lead) as uow:
        newest = next(iter(diary.hours_by_month(uow, team=True).items()))
        assert newest == (diary.month_of(uow.today), {Kind.VISIT: 12})
        assert set(map(len, diary.hours_by_month(uow).values())) == {0}
    with trust.work(trust.guardian) as uow:
        assert diary.hours_by_month(uow)[diary.month_of(uow.today)] == {Kind.VISIT: 6}
        with pytest.raises(Forbidden):
            diary.hours_by_month(uow, team=True)


def test_what_a_colleague_reached_is_a_mark_for_all_of_the_team(trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        place = surgery(uow)
    wrote(trust, trust.second_guardian, directorate_id=place, groups=("estates", "medical_dental"), people=30)
    wrote(trust, trust.second_guardian, ago=400, directorate_id=place, groups=("students",))
    with trust.work(trust.guardian) as uow:
        marks = diary.reached(uow, uow.today - 365 * DAY)
    assert marks == {(place, "estates"), (place, "medical_dental")}


def test_with_few_people_neither_place_nor_group_is_written_down(trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        place = surgery(uow)
    named: dict[str, Any]
    for named in ({"directorate_id": place}, {"groups": ("estates",)}):
        with pytest.raises(Invalid) as refused:
            wrote(trust, trust.guardian, people=4, **named)
        assert (refused.value.field, refused.value.reason) == ("people", "too few")
        wrote(trust, trust.guardian, people=5, **named)
        wrote(trust, trust.guardian, people=0, **named)
    wrote(trust, trust.guardian, people=1)


@given(quarters=st.integers(-5, 200), people=st.integers(-5, 200_000), names_whom=st.booleans())
def test_an_entry_is_of_one_day_and_tells_of_nobody(quarters: int, people: int, *, names_whom: bool) -> None:
    good = 1 <= quarters <= 96 and 0 <= people <= 100_000 and not (0 < people < 5 and names_whom)
    assert (fault(quarters, people, names_whom=names_whom) is None) is good


def test_what_is_still_to_come_or_nowhere_is_refused(trust: Trust) -> None:
    with pytest.raises(Invalid):
        wrote(trust, trust.guardian, ago=-1)
    with pytest.raises(Invalid):
        wrote(trust, trust.guardian, groups=("nobody",))
    for place in ("directorate_id", "site_id"):
        nowhere: dict[str, Any] = {place: uuid.uuid4()}
        with pytest.raises(NotFound):
            wrote(trust, trust.guardian, **nowhere)


def test_an_entry_keeps_a_group_that_has_ended_since(trust: Trust) -> None:
    with trust.work(trust.administrator) as uow:
        porters = vocabulary.add_code(uow, CodeSet.WORKER_GROUP, CodeDetails("Porters", "estates", uow.today)).key
    entry = wrote(trust, trust.guardian, groups=(porters, "students"))
    assert entry.groups == ["students", porters]
    with trust.work(trust.administrator) as uow:
        vocabulary.end_code(uow, CodeSet.WORKER_GROUP, porters, uow.today)
    with trust.work(trust.guardian) as uow:
        uow.now += 3 * DAY
        mine = diary.find(uow, entry.id)
        changed = diary.change_entry(uow, mine, EntryDetails(uow.today, Kind.VISIT, 8, groups=(porters,)), 1)
        assert (changed.groups, changed.quarters, changed.revision) == ([porters], 8, 2)
        with pytest.raises(Invalid):
            diary.add_entry(uow, EntryDetails(uow.today, Kind.VISIT, 8, groups=(porters,)))


def test_an_entry_that_was_changed_in_another_window_is_not_written_over(trust: Trust) -> None:
    entry = wrote(trust, trust.guardian)
    with trust.work(trust.guardian) as uow:
        diary.change_entry(uow, diary.find(uow, entry.id), EntryDetails(uow.today, Kind.OTHER, 2), 1)
    with trust.work(trust.guardian) as uow, pytest.raises(Conflict):
        diary.change_entry(uow, diary.find(uow, entry.id), EntryDetails(uow.today, Kind.VISIT, 3), 1)
    with trust.work(trust.guardian) as uow:
        assert diary.find(uow, entry.id).quarters == 2
        diary.delete_entry(uow, diary.find(uow, entry.id))
    with trust.work(trust.guardian) as uow:
        assert diary.every_entry(uow) == []


def test_the_next_entry_is_most_likely_about_the_same_as_the_last(trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        assert (diary.last_kind(uow), diary.first_day(uow)) == (Kind.VISIT, None)
    wrote(trust, trust.guardian, ago=9)
    wrote(trust, trust.guardian, ago=1, kind=Kind.NETWORK)
    with trust.work(trust.guardian) as uow:
        assert (diary.last_kind(uow), diary.first_day(uow)) == (Kind.NETWORK, uow.today - 9 * DAY)
        between = diary.entries_between(uow, uow.today - 5 * DAY, uow.today)
        assert [each.kind for each in between] == [Kind.NETWORK]


def test_one_trusts_diary_is_not_anothers(trust: Trust, other_trust: Trust) -> None:
    entry = wrote(trust, trust.guardian, groups=("estates",))
    with other_trust.work(other_trust.guardian) as uow:
        assert diary.reached(uow, uow.today - DAY) == set()
        with pytest.raises(NotFound):
            diary.find(uow, entry.id)
    with trust.work(trust.guardian) as uow:
        with other_trust.work(other_trust.guardian) as other:
            elsewhere = organisations.sites(other)[0].id
        with pytest.raises(NotFound):
            diary.add_entry(uow, EntryDetails(uow.today, Kind.VISIT, 4, site_id=elsewhere))


@given(st.dates(date(2011, 1, 1), date(2100, 12, 31)))
def test_twelve_months_follow_each_other_without_a_gap(day: date) -> None:
    months = diary.months_before(day)
    assert len(months) == 12
    assert months[0].first <= day < months[0].next.first
    assert all(older.next == newer and newer.before == older for newer, older in pairwise(months))
    assert str(Month(2026, 1)) == "2026-01"
