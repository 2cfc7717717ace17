"""What the demonstration has beside cases: composed once for each seed, and taken by the operations."""

from datetime import date, timedelta

import pytest

from speakup import diary, organisations, returns, vocabulary
from speakup.cli.demo import diaries, lists, returning, texts
from speakup.cli.demo.lists import Added, Ended, Renamed
from speakup.cli.demo.trusts import DemoPerson, DemoTrust
from speakup.kernel.actor import Role
from speakup.kernel.ids import new_id
from speakup.vocabulary.defaults import DEFAULTS
from tests.trusts import Trust

TODAY = date(2026, 11, 20)
START = TODAY - timedelta(days=1095)
KEYS = ["anytown", "otherham"]


def composed(key: str) -> DemoTrust:
    content = texts.load().trusts[key]
    made = DemoTrust(new_id(), content, content.host)
    made.ids = {f"directorate/{each.key}": new_id() for each in content.directorates}
    made.ids |= {f"site/{each.key}": new_id() for each in content.sites}
    return made


@pytest.mark.parametrize("key", KEYS)
def test_a_seed_gives_one_diary_of_three_years_and_leaves_groups_unreached(key: str) -> None:
    trust = composed(key)
    months = list(diaries.months(7, trust, START, TODAY))
    assert months == list(diaries.months(7, trust, START, TODAY))
    assert len(months) == diaries.count(trust.content, START, TODAY)
    written = [entry for month in months for entry in month.entries]
    assert len(written) > 300
    assert all(START.replace(day=1) <= entry.day <= TODAY and entry.day.weekday() < 5 for entry in written)
    assert all(entry.day <= month.on for month in months for entry in month.entries)
    lately = [entry for entry in written if entry.day > TODAY - timedelta(days=365)]
    reached = {(entry.directorate_id, group) for entry in lately for group in entry.groups}
    groups = {each.key for each in DEFAULTS if each.set is vocabulary.CodeSet.WORKER_GROUP}
    assert 10 < len(reached) < len(trust.content.directorates) * len(groups)


@pytest.mark.parametrize("key", KEYS)
def test_what_was_changed_in_the_lists_names_codes_there_are(key: str) -> None:
    shipped = {(each.set, each.key) for each in DEFAULTS}
    national = {each.key for each in DEFAULTS if each.national_set}
    for day, change in lists.changes(composed(key), TODAY):
        assert START - timedelta(days=30) < day < TODAY
        if isinstance(change, Added):
            assert not change.counts_as or change.counts_as in national
        else:
            assert (change.which, change.key) in shipped


@pytest.mark.parametrize("key", KEYS)
def test_the_operations_take_all_of_it(trust: Trust, key: str) -> None:
    content = texts.load().trusts[key]
    demo = DemoTrust(trust.id, content, trust.host)
    for each in content.people:
        who = trust.administrator if "administrator" in each.roles else trust.guardian
        demo.people[each.key] = DemoPerson(who.id, each, who.root_secret)
        demo.roles[each.key] = frozenset(Role(role) for role in each.roles)
    with trust.work() as uow:
        demo.ids = {f"directorate/{each.id}": each.id for each in organisations.directorates(uow)}
        demo.ids |= {f"directorate/{at}": organisations.add_directorate(uow, f"Part {at}", 90).id for at in range(4)}
        demo.ids |= {f"site/{each.id}": each.id for each in organisations.sites(uow)}
        today = uow.today
    for day, change in lists.changes(demo, today):
        lists.make(trust.database, demo, day, change)
    month, *_rest = diaries.months(7, demo, today - timedelta(days=60), today - timedelta(days=1))
    diaries.write(trust.database, demo, month)
    with trust.work(trust.guardian) as uow:
        assert len(diary.every_entry(uow)) == len(month.entries)
        for change in lists.CHANGES[key]:
            names = vocabulary.names(uow, change.which, today + timedelta(days=90))
            if not isinstance(change, Ended):
                assert change.name in names.values()
            if isinstance(change, Renamed):
                assert names[change.key] == change.name
        assert vocabulary.breaks(uow, vocabulary.CodeSet.THEME)


def test_every_quarter_that_is_over_is_returned_and_the_newest_is_open(trust: Trust) -> None:
    content = texts.load().trusts["anytown"]
    demo = DemoTrust(trust.id, content, trust.host)
    for each in content.people:
        demo.people[each.key] = DemoPerson(trust.guardian.id, each, trust.guardian.root_secret)
        demo.roles[each.key] = frozenset({Role.GUARDIAN})
    with trust.work() as uow:
        last = uow.today
    first = last - timedelta(days=400)
    days = list(returning.days(first, last))
    assert len(days) == returning.count(first, last) >= 3
    for day, quarter in days:
        assert quarter.last_day < day <= last
        returning.see_to(trust.database, demo, day, quarter, today=last)
    with trust.work(trust.guardian) as uow:
        listed = {each.quarter: each for each in returns.list_returns(uow)}
    *signed, newest = [listed[quarter] for _, quarter in days]
    assert {each.state for each in signed} == {returns.ReturnState.NIL}
    assert newest.state is returns.ReturnState.DRAFT
    assert newest.window.closes_on is not None
    assert newest.window.closes_on > last
