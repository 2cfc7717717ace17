"""Which days away are taken, whose word counts at once, and what is left of an absence that ends."""

from datetime import date, timedelta

import pytest

from speakup import accounts
from speakup.accounts import Absence, Days
from speakup.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.trusts import Colleague, Trust

TODAY = date(2027, 3, 27)


@pytest.mark.parametrize(
    ("first", "last", "fault"),
    [
        (TODAY, date(2027, 3, 26), "past"),
        (date(2027, 3, 1), date(2027, 3, 26), "past"),
        (TODAY, TODAY, ""),
        (date(2027, 3, 1), TODAY, ""),
        (date(2027, 4, 2), date(2027, 4, 1), "order"),
        (date(2028, 3, 20), date(2028, 3, 27), ""),
        (TODAY, date(2028, 3, 28), "far"),
        (TODAY, date.max, "far"),
    ],
)
def test_the_last_day_away_lies_between_today_and_a_year_ahead(first: date, last: date, fault: str) -> None:
    assert accounts.absence_fault(first, last, TODAY) == fault


def plan(trust: Trust, who: Colleague, first: int, last: int, *, by: Colleague | None = None) -> None:
    """Write down that somebody is away, in days from today."""
    with trust.work(by or who) as uow:
        days = Days(uow.today + timedelta(days=first), uow.today + timedelta(days=last))
        accounts.plan_absence(uow, accounts.member(uow, who.id).membership, days)


def away(trust: Trust, in_days: int = 0) -> set[str]:
    with trust.work(writes=False) as uow:
        names = accounts.names_of(uow, accounts.away(uow, uow.today + timedelta(days=in_days)))
    return set(names.values())


def end(trust: Trust, who: Colleague, by: Colleague | None = None) -> bool:
    with trust.work(by or who) as uow:
        (held,) = [each for each in accounts.absences(uow) if each.person_id == who.id]
        return accounts.end_absence(uow, held)


@pytest.mark.parametrize(("first", "last"), [(0, -1), (0, 367), (5, 4)])
def test_no_page_has_to_be_trusted_to_refuse_a_day(trust: Trust, first: int, last: int) -> None:
    for by in (trust.lead, trust.administrator):
        with pytest.raises(Invalid):
            plan(trust, trust.lead, first, last, by=by)


def test_several_absences_are_planned_ahead_and_each_counts_on_its_days(trust: Trust) -> None:
    plan(trust, trust.guardian, 3, 5)
    plan(trust, trust.guardian, 20, 20)
    plan(trust, trust.second_guardian, 5, 6)
    assert [away(trust, day) for day in (0, 3, 5, 6, 7, 20)] == [
        set(), {"Gail Guard"}, {"Gail Guard", "Hugh Harbour"}, {"Hugh Harbour"}, set(), {"Gail Guard"},
    ]  # fmt: skip


def test_days_that_follow_each_other_are_one_time_away(trust: Trust) -> None:
    plan(trust, trust.guardian, 0, 2)
    plan(trust, trust.guardian, 3, 4)
    plan(trust, trust.guardian, 6, 8)
    with trust.work(writes=False) as uow:
        assert accounts.away_until(uow, trust.guardian.id) == uow.today + timedelta(days=4)
        assert accounts.away_until(uow, trust.lead.id) is None


def test_no_day_is_written_twice(trust: Trust) -> None:
    plan(trust, trust.guardian, 3, 5)
    for first, last in ((3, 5), (5, 9), (0, 3), (4, 4), (0, 30)):
        with pytest.raises(Invalid):
            plan(trust, trust.guardian, first, last)
    plan(trust, trust.guardian, 6, 6)


def test_nobody_stands_in_for_themselves(trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        membership = accounts.member(uow, trust.guardian.id).membership
        with pytest.raises(Invalid):
            accounts.plan_absence(uow, membership, Days(uow.today, uow.today, trust.guardian.id))


def test_the_word_of_the_lead_guardian_counts_and_an_administrators_waits(trust: Trust) -> None:
    plan(trust, trust.guardian, 0, 2, by=trust.lead)
    plan(trust, trust.second_guardian, 0, 2, by=trust.administrator)
    assert away(trust) == {"Gail Guard"}
    assert not end(trust, trust.guardian, by=trust.administrator)
    assert away(trust) == {"Gail Guard"}
    with trust.work(trust.guardian) as uow:
        for each in accounts.absences(uow):
            accounts.agree_absence(uow, each)
    assert away(trust) == {"Hugh Harbour"}


@pytest.mark.parametrize("who", ["second_guardian", "buddy", "non_executive_lead", "executive_lead"])
def test_nobody_else_sends_a_colleague_away_or_back(trust: Trust, who: str) -> None:
    with pytest.raises(Forbidden):
        plan(trust, trust.guardian, 0, 2, by=trust.people[who])
    plan(trust, trust.guardian, 0, 2)
    with pytest.raises(Forbidden):
        end(trust, trust.guardian, by=trust.people[who])


def test_what_is_left_of_an_absence_ends_and_what_has_gone_by_stays(trust: Trust) -> None:
    plan(trust, trust.guardian, -4, 4)
    assert end(trust, trust.guardian)
    with trust.work(writes=False) as uow:
        assert accounts.absences(uow) == []
        (kept,) = uow.session.query(Absence)
        assert (uow.today - kept.first_on, uow.today - kept.last_on) == (timedelta(days=4), timedelta(days=1))
    plan(trust, trust.guardian, 2, 4)
    assert end(trust, trust.guardian)
    assert away(trust, 3) == set()


def test_an_absence_is_agreed_to_once_and_is_gone_when_it_is_over(trust: Trust) -> None:
    plan(trust, trust.guardian, 0, 2)
    with trust.work(trust.lead) as uow:
        (held,) = accounts.absences(uow)
        with pytest.raises(Conflict):
            accounts.agree_absence(uow, held)
    end(trust, trust.guardian)
    with trust.work(trust.lead) as uow, pytest.raises(NotFound):
        accounts.find_absence(uow, held.id)
