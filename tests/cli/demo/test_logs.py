"""The logs that the fictional trusts bring in: one seed gives one log, told once, and every line of it comes in."""

import re
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from speakup import cases, insight, organisations
from speakup.cases import Column
from speakup.cases.models import Case, CaseState
from speakup.cli.demo import logs, texts
from speakup.cli.demo.logs import Batch, Entry
from speakup.cli.demo.trusts import DemoPerson, DemoTrust
from speakup.insight.models import Fact, GroupFact
from speakup.kernel.actor import Role
from speakup.kernel.clock import LONDON
from tests.trusts import Trust

KEYS = ["anytown", "otherham"]
DAYS = [date(2026, 11, 22), date(2027, 2, 3), date(2027, 5, 2), date(2028, 2, 29)]


def span(today: date) -> tuple[date, date]:
    return today - timedelta(days=1095), today - timedelta(days=1)


def batches(key: str, today: date, seed: int = 7) -> list[Batch]:
    return list(logs.batches(seed, texts.load().trusts[key], *span(today)))


def entries(found: list[Batch]) -> list[Entry]:
    return [entry for batch in found for _, sheet in batch.sheets for entry in sheet]


@pytest.mark.parametrize("today", DAYS)
@pytest.mark.parametrize("key", KEYS)
def test_a_seed_gives_one_log_in_which_nothing_is_told_twice(key: str, today: date) -> None:
    found = batches(key, today)
    assert found == batches(key, today)
    assert entries(found) != entries(batches(key, today, seed=8))
    assert [each.on for each in found] == logs.days(*span(today))
    said = Counter(entry.said for entry in entries(found))
    assert max(said.values()) == 1
    assert not any(re.search(r"[{}|]", entry.said + entry.done) for entry in entries(found))


@pytest.mark.parametrize("today", DAYS)
@pytest.mark.parametrize("key", KEYS)
def test_nothing_is_brought_in_before_it_is_over(key: str, today: date) -> None:
    for batch in batches(key, today):
        for _, sheet in batch.sheets:
            assert all(entry.raised_on <= entry.closed_on < batch.on <= today for entry in sheet)


@pytest.mark.parametrize("today", DAYS)
@pytest.mark.parametrize("key", KEYS)
def test_a_log_fills_three_whole_years_and_every_quarter_after_them(key: str, today: date) -> None:
    counted = Counter(insight.quarter_of(entry.raised_on) for entry in entries(batches(key, today)))
    newest = logs.newest_quarter(today)
    expected = list(insight.quarters_between(logs.first_quarter(today), newest))
    assert set(expected) <= set(counted)
    assert len(expected) >= 4 * logs.WHOLE_YEARS
    assert all(counted[quarter] >= 15 for quarter in expected)


@pytest.mark.parametrize("key", KEYS)
def test_every_row_comes_in_through_the_operations_and_is_counted_where_it_belongs(trust: Trust, key: str) -> None:
    content = texts.load().trusts[key]
    demo = DemoTrust(trust.id, content, trust.host)
    for each in content.people:
        demo.people[each.key] = DemoPerson(trust.guardian.id, each, trust.guardian.root_secret)
        demo.roles[each.key] = frozenset({Role.GUARDIAN})
    with trust.work() as uow:
        today, small = uow.today, organisations.here(uow).small_group
    # They are there before what happens at them: of a place that is not there yet nothing is brought in.
    with trust.database.work(trust.system, at=datetime.combine(span(today)[0], time(9, tzinfo=LONDON))) as uow:
        known = {each.name for each in organisations.directorates(uow)}
        for directorate in (each for each in content.directorates if each.name not in known):
            organisations.add_directorate(uow, directorate.name, directorate.headcount)
        for site in content.sites:
            organisations.add_site(
                uow, organisations.SiteDetails(site.name, "01632 960200", "01632 960201", site.headcount)
            )
    batch = batches(key, today)[-1]
    logs.bring_in(trust.database, demo, batch)
    rows = entries([batch])
    with trust.work(trust.guardian) as uow:
        names = {each.id: each.name for each in organisations.directorates(uow)}
        (run,) = cases.my_imports(uow)
        assert run.came_in == len(rows)
        assert {each.why.value for each in run.left_out} == {"totals"}
        mine = uow.session.scalars(sa.select(Case).where(Case.organisation_id == trust.id)).all()
        assert {each.state for each in mine} == {CaseState.CLOSED}
        assert sorted(each.raised_on for each in mine) == sorted(entry.raised_on for entry in rows)
        assert sorted(each.closed_on or each.raised_on for each in mine) == sorted(entry.closed_on for entry in rows)
        facts = uow.session.scalars(sa.select(Fact).where(Fact.organisation_id == trust.id)).all()
        groups = uow.session.scalars(sa.select(GroupFact).where(GroupFact.organisation_id == trust.id)).all()
    large = {each.key: each.name for each in content.directorates if each.headcount >= small}
    there = Counter(large[entry.place.directorate] for entry in rows if entry.place.directorate in large)
    assert Counter(names[each.directorate_id] for each in facts if each.directorate_id) == there
    assert sum(there.values()) > 0.75 * len(rows)
    assert Counter(each.elements for each in facts) == Counter("+".join(sorted(entry.elements)) for entry in rows)
    told = Counter("not_known" if entry.how == "Anon" else entry.worker_group for entry in rows)
    assert Counter(each.worker_group for each in groups) == told


@pytest.mark.parametrize("key", KEYS)
def test_every_column_is_taken_for_what_it_is(trust: Trust, key: str) -> None:
    content = texts.load().trusts[key]
    book = logs.workbook(content, batches(key, date(2026, 11, 22))[0])
    with trust.work(trust.guardian) as uow:
        reading = cases.read_log(uow, cases.begin_import(uow, "log.xlsx", book))
    roles = {each.role for each in reading.columns}
    needed = {Column.RAISED, Column.ROUTE, Column.DIRECTORATE, Column.SITE, Column.JOB, Column.GROUP, Column.HOW}
    needed |= {Column.DETRIMENT, Column.THEMES, Column.STORY, Column.NOTE, Column.CLOSED, Column.OUTCOME, Column.AGAIN}
    assert needed <= roles
    places = {Column.DIRECTORATE, Column.SITE}
    assert [each.words for each in reading.coded_words() if not each.settled and each.column not in places] == []


def test_no_line_of_a_log_names_anybody() -> None:
    folder = Path(logs.__file__).parent / "content"
    words = (folder / "log.toml").read_text("utf-8")
    for people in (texts.load().given_names, texts.load().family_names):
        assert not re.search(rf"\b(?:{'|'.join(map(re.escape, people))})\b", words)
