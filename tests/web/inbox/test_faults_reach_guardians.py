"""What only a worker's own visit finds out reaches the guardians at night, and says nothing of when it was."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from speakup import audit, keyring
from speakup.audit import Event
from speakup.cases import tasks as case_tasks
from speakup.jobs import Job, OutboxRow
from speakup.kernel.clock import LONDON
from speakup.keyring import tasks
from speakup.tables import METADATA
from tests import factories
from tests.factories import RaisedCase
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

T = METADATA.tables
Break = Callable[[sa.Connection, RaisedCase], None]


def break_grant(connection: sa.Connection, raised: RaisedCase) -> None:
    grant = T["grant_to"]
    theirs = (grant.c.case_id == raised.id, grant.c.principal_kind == "reporter")
    connection.execute(sa.update(grant).where(*theirs).values(sealed_key=bytes(1168)))


def break_memory(connection: sa.Connection, raised: RaisedCase) -> None:
    reporter = T["reporter"]
    changed = sa.update(reporter).where(reporter.c.case_id == raised.id).values(sealed_state=b"\x01" + bytes(80))
    connection.execute(changed)


def opened_inbox(app: Flask, trust: Trust, raised: RaisedCase) -> PageClient:
    browser = PageClient(app, trust.host)
    browser.submit("/follow-up", words=" ".join(raised.words))
    return browser


def warnings(trust: Trust) -> int:
    with trust.work(writes=False) as uow:
        rows = sa.select(sa.func.count()).where(OutboxRow.job == Job.KEY_WARNING_MAIL)
        return uow.session.scalar(rows) or 0


def night(trust: Trust, days: int = 1) -> bool:
    with trust.work() as uow:
        audit.append_pending(uow, uow.today + timedelta(days=days))
        return keyring.warn_of_faults(uow)


@pytest.fixture(params=[break_grant, break_memory])
def visited(
    app: Flask, trust: Trust, signed_in: Callable[[Colleague], PageClient], request: pytest.FixtureRequest
) -> RaisedCase:
    """A case that a guardian has opened; changed since, and found so by the person alone."""
    raised = factories.raised_case(trust)
    with trust.work(writes=False) as uow:
        case = uow.session.execute(sa.select(T["case"].c.primary_id).where(T["case"].c.id == raised.id)).scalar_one()
    reader = next(each for each in trust.people.values() if each.id == case)
    assert signed_in(reader).get(f"/cases/{raised.ref}").status == 200
    with trust.stored.unbound() as intruder:
        request.param(intruder, raised)
    assert (
        opened_inbox(app, trust, raised).client.get("/follow-up", base_url=f"https://{trust.host}").status_code == 500
    )
    return raised


def test_guardians_are_warned_at_night_and_no_sooner(trust: Trust, visited: RaisedCase) -> None:
    assert visited.ref
    assert warnings(trust) == 0
    assert night(trust)
    assert warnings(trust) > 1


def test_the_case_is_marked_and_only_the_day_is_kept(
    trust: Trust, visited: RaisedCase, signed_in: Callable[[Colleague], PageClient]
) -> None:
    night(trust)
    with trust.work(trust.guardian) as uow:
        assert keyring.lately_at_fault(uow, {visited.id}) == {visited.id}
        lines = [each for each in audit.history(uow, visited.id) if each.event is Event.INTEGRITY_FAULT]
        assert lines[0].at == datetime.combine(uow.today, time(), LONDON)
    pages = [
        signed_in(each).client.get(f"/cases/{visited.ref}", base_url=f"https://{trust.host}")
        for each in trust.people.values()
    ]
    shown = [each.get_data(as_text=True) for each in pages if each.status_code == 200]
    assert len(shown) == 2
    assert all("something kept of this case did not check out" in each for each in shown)


def test_the_list_of_those_on_the_case_marks_it(
    trust: Trust, visited: RaisedCase, signed_in: Callable[[Colleague], PageClient]
) -> None:
    lists = [signed_in(each) for each in (trust.guardian, trust.second_guardian, trust.lead)]
    assert not any("Did not check out" in each.get("/cases").text for each in lists)
    night(trust)
    for each in lists:
        page = each.get("/cases")
        assert ("Did not check out" in page.text) == (visited.ref in page.text)
    assert any("Did not check out" in each.get("/cases").text for each in lists)


def test_a_night_with_nothing_to_tell_warns_nobody(trust: Trust) -> None:
    factories.raised_case(trust)
    assert not night(trust)
    assert warnings(trust) == 0


def test_of_one_fault_guardians_are_warned_once(trust: Trust, visited: RaisedCase) -> None:
    assert visited.ref
    assert night(trust)
    told = warnings(trust)
    assert not night(trust)
    assert not tasks.warn_of_faults(trust.database, trust.id)
    assert warnings(trust) == told


def test_what_a_guardians_list_finds_is_told_at_the_next_hour(
    trust: Trust, signed_in: Callable[[Colleague], PageClient]
) -> None:
    raised = factories.raised_case(trust)
    record, compartment = T["sealed_record"].c, T["compartment"].c
    theirs = sa.select(compartment.id).where(compartment.case_id == raised.id)
    with trust.stored.unbound() as intruder:
        intruder.execute(sa.delete(T["sealed_record"]).where(record.compartment_id.in_(theirs)))
    for each in (trust.guardian, trust.second_guardian, trust.lead):
        signed_in(each).get("/cases")
    assert warnings(trust) == 0
    assert tasks.warn_of_faults(trust.database, trust.id)
    assert warnings(trust) > 1


@pytest.mark.postgres
def test_a_concern_raised_while_cases_are_looked_for_is_none_that_was_lost(trust: Trust) -> None:
    """A false alarm would be a moment written down at which somebody spoke up."""
    began: list[str] = []

    def raise_once(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "case" in statement.replace("case_id", "") and not began:
            began.append(statement)
            factories.raised_case(trust)

    sa.event.listen(trust.database.engine, "after_cursor_execute", raise_once)
    assert case_tasks.look_for_lost_cases(trust.database, trust.id) == 0
    assert began


def test_guardians_are_warned_of_a_case_that_was_taken_off_every_list(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    assert case_tasks.look_for_lost_cases(trust.database, trust.id) == 0
    with trust.stored.unbound() as connection:
        for name, column in (("case_clock", "case_id"), ("case_element", "case_id"), ("case", "id")):
            connection.execute(sa.delete(T[name]).where(T[name].c[column] == raised.id))
        connection.commit()
    assert case_tasks.look_for_lost_cases(trust.database, trust.id) == 1
    with trust.work() as uow:
        assert keyring.fault_recorded_today(uow, raised.id)
        letters = uow.session.scalars(sa.select(OutboxRow.job)).all()
    assert Job.KEY_WARNING_MAIL in letters
    before = len(letters)
    case_tasks.look_for_lost_cases(trust.database, trust.id)
    with trust.work() as uow:
        assert len(uow.session.scalars(sa.select(OutboxRow.job)).all()) == before
