"""The audit chain: what it holds, and that nobody rewrites it unnoticed."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from speakup import audit, cases
from speakup.audit import ChainReport, Event
from speakup.kernel.errors import Forbidden
from speakup.tables import METADATA
from tests import factories
from tests.security.tampering import readers_of
from tests.trusts import Trust

ENTRIES = METADATA.tables["audit_entry"]
PENDING = METADATA.tables["audit_pending"]


def verified(trust: Trust) -> ChainReport:
    with trust.work() as uow:
        return audit.verify(uow)


def test_a_chain_that_nobody_touched_is_whole(trust: Trust, other_trust: Trust) -> None:
    report = verified(trust)
    assert report.broken_at is None
    assert report.entries > verified(other_trust).entries > 0


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("event", "note added"),
        ("event", "no event at all"),
        ("actor_kind", "nobody"),
        ("actor_id", sa.null()),
        ("quantity", sa.literal(7)),
        ("hash", sa.literal(bytes(32))),
        ("previous", sa.literal(bytes(32))),
    ],
    ids=str,
)
def test_an_entry_that_was_changed_is_found(trust: Trust, column: str, value: object) -> None:
    changed = sa.literal(value) if isinstance(value, str) else value
    with trust.stored.unbound() as connection:
        connection.execute(
            sa.update(ENTRIES)
            .where(ENTRIES.c.organisation_id == trust.id, ENTRIES.c.number == 25)
            .values({column: changed})
        )
    assert verified(trust).broken_at == 25


@pytest.mark.parametrize("number", [1, 6])
def test_an_entry_that_was_taken_out_is_found(trust: Trust, number: int) -> None:
    with trust.stored.unbound() as connection:
        connection.execute(sa.delete(ENTRIES).where(ENTRIES.c.organisation_id == trust.id, ENTRIES.c.number == number))
    assert verified(trust).broken_at == number


def test_entries_cut_off_at_the_end_are_found(trust: Trust) -> None:
    last = verified(trust).entries
    with trust.stored.unbound() as connection:
        connection.execute(sa.delete(ENTRIES).where(ENTRIES.c.organisation_id == trust.id, ENTRIES.c.number == last))
    assert verified(trust) == ChainReport(last - 1, last)


@pytest.mark.parametrize("change", ["UPDATE audit_entry SET quantity = 1", "DELETE FROM audit_entry"])
def test_the_application_cannot_change_or_remove_an_entry(trust: Trust, change: str) -> None:
    with pytest.raises(sa.exc.DBAPIError), trust.work() as uow:
        uow.session.execute(sa.text(change))
    assert verified(trust).broken_at is None


def test_only_those_who_check_the_chain_may(trust: Trust) -> None:
    with trust.work(trust.non_executive_lead) as uow:
        assert audit.verify(uow).broken_at is None
    for who in (trust.guardian, trust.administrator):
        with pytest.raises(Forbidden), trust.work(who) as uow:
            audit.verify(uow)


def test_what_a_worker_does_waits_by_day_and_joins_the_chain_without_an_hour(trust: Trust) -> None:
    before = verified(trust).entries
    raised = factories.raised_case(trust)
    factories.message(raised, "One more thing")
    raised.inbox()
    assert verified(trust).entries == before
    with trust.work() as uow:
        assert audit.append_pending(uow, uow.today) == 0
        waiting = uow.session.scalar(sa.select(sa.func.count()).select_from(PENDING))
    with trust.work() as uow:
        assert audit.append_pending(uow, uow.today + timedelta(days=1)) == waiting
        appended = [line for line in audit.history(uow, raised.id) if line.by_reporter]
        assert {line.event for line in appended} == {Event.CASE_RAISED, Event.MESSAGE_SENT, Event.INBOX_READ}
        assert len({line.at for line in appended}) == 1
        assert all(line.actor_id is None for line in appended)
    assert verified(trust).broken_at is None


def test_reading_is_recorded(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    guardian = readers_of(raised)[0]
    raised.view(guardian)
    with trust.work(guardian) as uow:
        cases.worklist(uow, cases.Filters())
        events = [line.event for line in audit.history(uow, raised.id)]
    assert events == [Event.CASE_READ, *[Event.KEY_COUNTERSIGNED] * 3]


def test_every_event_fits_the_column_it_stands_in() -> None:
    """SQLite keeps a word of any length; PostgreSQL keeps the 40 characters of `kernel.db.Choice` and no more."""
    assert [each for each in Event if len(each) > 40] == []
