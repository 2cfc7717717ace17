"""What somebody sees who runs the machine, and opens the database with its owner's rights."""

import base64
from typing import Any

import sqlalchemy as sa

from speakup import cases
from speakup.audit import Event
from speakup.cases import PersonDetails, Triage
from speakup.kernel.actor import ActorKind
from tests import factories
from tests.factories import RaisedCase
from tests.security.intruder import T
from tests.security.tampering import readers_of
from tests.trusts import Trust

TOLD, NAME, NOTED, WANTED = "She hid the incubator log", "Nora Quillfeather", "Rang ward nine", "To move to nights"


def worked(trust: Trust) -> RaisedCase:
    raised = factories.raised_case(
        trust, narrative=TOLD, person=PersonDetails(name=NAME), how_raised=cases.HowRaised.CONFIDENTIAL
    )
    first, _ = readers_of(raised)
    factories.reply(raised, "Thank you, Nora", by=first)
    with raised.as_(first) as (uow, case):
        cases.add_note(uow, case, NOTED)
        triage = Triage(wants=frozenset({"other"}), wants_words=WANTED, worker_group="students")
        cases.triage_case(uow, case, triage, Triage(), 0)
    return raised


def everything_in(trust: Trust) -> dict[str, list[dict[str, Any]]]:
    """Read every row of every table."""
    with trust.stored.unbound() as connection:
        return {
            name: [dict(row) for row in connection.execute(sa.select(table)).mappings()] for name, table in T.items()
        }


def test_edge_13_an_administrator_who_opens_the_database_sees_ciphertext_and_the_audit_only(trust: Trust) -> None:
    """Row 13: of what was said not a word, in any column; of what was done, that it was done."""
    raised = worked(trust)
    found = everything_in(trust)
    said = repr(found)
    raw = b"".join(
        value for rows in found.values() for row in rows for value in row.values() if isinstance(value, bytes)
    )
    for words in (TOLD, NAME, NOTED, WANTED, "Thank you, Nora"):
        for written in (words.encode(), words.encode("utf-16-le"), base64.b64encode(words.encode())):
            assert written not in raw
            assert written.decode("latin-1") not in said
    row = next(row for row in found["case"] if row["id"] == raised.id)
    assert row["worker_group"] is None
    done = {row["event"] for row in found["audit_entry"] if row["subject_id"] == raised.id}
    assert {Event.NOTE_ADDED, Event.MESSAGE_SENT, Event.CASE_TRIAGED} <= done
    texts = [value for entry in found["audit_entry"] for value in entry.values() if isinstance(value, str)]
    assert {type(value) for value in texts} == {Event, ActorKind}
