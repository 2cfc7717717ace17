"""Through the pages: what is counted of a case, when its rows are written, and that no act of a person writes them."""

import time
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from speakup import cases, insight
from speakup.audit import Event
from speakup.audit.models import AuditEntry
from speakup.cases import HowRaised
from speakup.insight import ClosingFact, Fact, GroupFact, ThemeFact
from speakup.tables import METADATA
from tests import factories
from tests.cases.importing import logs
from tests.cases.importing.test_bringing_in import begun, brought_in
from tests.cases.test_recording import record
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]
FACTS = ("fact", "fact_group", "fact_theme", "fact_closing")
PLACES = {"organisation_id", "directorate_id", "site_id"}
LINKING = {Event.CASES_LINKED, Event.CASES_PARTED}


def rows(trust: Trust, name: str = "fact") -> list[dict[str, Any]]:
    with trust.stored.unbound() as connection:
        return [dict(row) for row in connection.execute(sa.select(METADATA.tables[name])).mappings()]


def entries(trust: Trust) -> list[tuple[Event, uuid.UUID | None]]:
    with trust.work() as uow:
        found = uow.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.number))
        return [(row.event, row.subject_id) for row in found]


@pytest.fixture
def raised(trust: Trust) -> RaisedCase:
    return factories.raised_case(trust, how_raised=HowRaised.CONFIDENTIAL)


@pytest.fixture
def mine(raised: RaisedCase, signed_in: SignIn) -> PageClient:
    return signed_in(readers_of(raised)[0])


def test_nothing_a_person_does_writes_a_figure(trust: Trust, raised: RaisedCase, mine: PageClient) -> None:
    factories.message(raised, "And another thing.")
    assert all(rows(trust, name) == [] for name in FACTS)
    mine.get(f"/cases/{raised.ref}")
    before = {name: rows(trust, name) for name in FACTS}
    assert len(before["fact"]) == 1
    factories.message(raised, "And a third.")
    with raised.as_(raised.reporter) as (uow, case):
        cases.report_detriment(uow, case, cases.DetrimentReport("They took my Tuesdays"))
    assert {name: rows(trust, name) for name in FACTS} == before


def test_a_case_is_counted_from_its_first_opening_and_once_whoever_opens_it(
    trust: Trust, raised: RaisedCase, signed_in: SignIn
) -> None:
    for who in (*readers_of(raised), *readers_of(raised)):
        signed_in(who).get(f"/cases/{raised.ref}")
    (row,) = rows(trust)
    with trust.work() as uow:
        assert row["raised"] == row["counts_in"] == insight.quarter_of(uow.today)
    assert row["how"] == "confidential"


def test_a_row_holds_no_day_no_reference_and_nothing_that_stands_elsewhere(
    trust: Trust, raised: RaisedCase, mine: PageClient
) -> None:
    mine.get(f"/cases/{raised.ref}")
    (row,) = rows(trust)
    assert not any(isinstance(value, date) for value in row.values())
    everything = repr([each for table in METADATA.tables if table != "fact" for each in rows(trust, table)])
    assert repr(row["id"]) not in everything
    assert str(row["id"]) not in everything


def test_triage_is_counted_at_once_and_again_when_it_changes(
    trust: Trust, raised: RaisedCase, mine: PageClient
) -> None:
    page = f"/cases/{raised.ref}/triage"
    first = {"elements": ["patient_safety"], "worker_group": "estates", "themes": ["systems"], "detriment": "yes"}
    mine.submit(page, "Save triage", **first)
    (row,) = rows(trust)
    assert (row["elements"], row["detriment"]) == ("patient_safety", True)
    (group,) = rows(trust, "fact_group")
    assert group["worker_group"] == "estates"
    (theme,) = rows(trust, "fact_theme")
    assert theme["theme"] == "systems"
    assert row["id"] not in {theme["id"], theme["person"]}
    changed = {"elements": ["worker_safety", "patient_safety"], "themes": ["behaviours"], "detriment": "no"}
    mine.submit(page, "Save triage", **changed)
    (now,) = rows(trust)
    assert (now["elements"], now["detriment"]) == ("patient_safety+worker_safety", False)
    assert now["id"] == row["id"]
    assert [each["theme"] for each in rows(trust, "fact_theme")] == ["behaviours"]


def test_an_end_is_counted_and_an_end_that_was_undone_is_not(trust: Trust, raised: RaisedCase) -> None:
    guardian = readers_of(raised)[0]
    factories.reply(raised, "Thank you.", by=guardian)
    coding = cases.Coding(frozenset({"patient_safety"}), none_apply=False, worker_group="estates")
    ending = cases.Closing("resolved", "Seen to.", cases.Satisfied.NOT_KNOWN, why_not_told="They left.")
    with raised.as_(guardian) as (uow, case):
        cases.code_case(uow, case, coding)
        cases.close_case(uow, case, ending)
    assert [row["took"] for row in rows(trust, "fact_closing")] == ["20"]
    with raised.as_(guardian) as (uow, case):
        cases.reopen_case(uow, case, "There is more.")
    assert rows(trust, "fact_closing") == []


def test_the_second_of_two_cases_that_are_one_counts_for_nobody(trust: Trust) -> None:
    earlier, later = factories.raised_case(trust), factories.raised_case(trust)
    guardian = next(each for each in readers_of(earlier) if each in readers_of(later))
    with later.as_(guardian) as (uow, case):
        cases.link_as_one(uow, case, earlier.ref)
    (row,) = rows(trust)
    assert row["continues"]
    earlier.view(guardian)
    assert sorted(row["continues"] for row in rows(trust)) == [False, True]
    assert len(rows(trust, "fact_group")) == 1
    with later.as_(guardian) as (uow, case):
        cases.part_again(uow, case)
    assert [row["continues"] for row in rows(trust)] == [False, False]
    assert len(rows(trust, "fact_group")) == 2


def test_no_row_and_no_entry_says_which_case_goes_on_from_which(trust: Trust) -> None:
    """Which of three are one person's is sealed, and a thief of the database finds nothing that two have in common."""
    earlier, other, later = (factories.raised_case(trust) for _ in range(3))
    guardian = next(each for each in readers_of(earlier) if each in readers_of(later))
    for each in (earlier, other, later):
        each.view(readers_of(each)[0])
    before = entries(trust)
    with later.as_(guardian) as (uow, case):
        cases.link_as_one(uow, case, earlier.ref)
    with later.as_(guardian) as (uow, case):
        cases.part_again(uow, case)
    with later.as_(guardian) as (uow, case):
        cases.link_as_one(uow, case, earlier.ref)
    assert {subject for event, subject in entries(trust)[len(before) :] if event in LINKING} == {later.id}
    facts = rows(trust)
    tokens = [
        value for row in facts for name, value in row.items() if isinstance(value, uuid.UUID) and name not in PLACES
    ]
    assert len(tokens) == len(set(tokens)) == len(facts) == 3


def test_what_a_guardian_writes_down_is_counted_in_the_quarter_of_its_day(trust: Trust) -> None:
    with trust.work() as uow:
        ago = uow.today - timedelta(days=200)
    record(trust, raised_on=ago)
    (row,) = rows(trust)
    assert row["raised"] == insight.quarter_of(ago)


def test_a_log_is_counted_as_it_comes_in_and_taken_out_with_it(trust: Trust) -> None:
    id = begun(trust, "log.csv", logs.plain_csv())
    found = brought_in(trust, id)
    assert len(rows(trust)) == len(found.plan.cases)
    assert {row["counts_in"] for row in rows(trust)} == {
        insight.quarter_of(each.raised_on) for each in found.plan.cases
    }
    with trust.work(trust.guardian) as uow:
        cases.undo_import(uow, id)
    assert all(rows(trust, name) == [] for name in FACTS)


def test_a_row_somebody_changed_or_took_away_is_put_back_when_the_case_is_opened(
    trust: Trust, raised: RaisedCase, mine: PageClient
) -> None:
    mine.submit(f"/cases/{raised.ref}/triage", "Save triage", elements=["patient_safety"], themes=["systems"])
    before = {name: rows(trust, name) for name in FACTS}
    with trust.work() as uow:
        uow.session.execute(sa.update(Fact).values(elements="worker_safety"))
        uow.session.execute(sa.update(GroupFact).values(worker_group="medical_dental"))
        uow.session.execute(sa.delete(ThemeFact))
    mine.get(f"/cases/{raised.ref}")
    assert {name: rows(trust, name) for name in FACTS} == before
    with trust.work() as uow:
        mended = sa.select(sa.func.count()).where(AuditEntry.event == Event.FIGURES_MENDED)
        assert uow.session.scalar(mended) == 1


def test_holding_figures_against_a_case_costs_its_page_hardly_anything(
    trust: Trust, raised: RaisedCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    guardian = readers_of(raised)[0]
    raised.view(guardian)
    took = []
    counted = cases.operations.counting.count_opened

    def timed(*said: Any, **named: Any) -> Any:  # noqa: ANN401 -- whatever it is given
        began = time.process_time()
        found = counted(*said, **named)
        took.append(time.process_time() - began)
        return found

    monkeypatch.setattr(cases.operations.counting, "count_opened", timed)
    for _ in range(9):
        raised.view(guardian)
    assert sorted(took)[4] < 0.02


def test_closings_lead_to_no_case(trust: Trust) -> None:
    assert set(ClosingFact.__table__.columns.keys()) == {"organisation_id", "id", "counts_in", "took"}


def test_no_row_has_a_worker_group_beside_anything_but_quarters(trust: Trust, raised: RaisedCase) -> None:
    raised.view(readers_of(raised)[0])
    assert "worker_group" not in Fact.__table__.columns
    (group,) = rows(trust, "fact_group")
    said = {name: value for name, value in group.items() if name not in {"organisation_id", "id"}}
    (fact,) = rows(trust)
    assert said.keys() == {"raised", "counts_in", "worker_group", "edition", "moved"}
    assert group["id"] != fact["id"]
