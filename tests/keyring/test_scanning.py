"""Reading everything in many cases at once: the same words as one by one, and the same faults."""

import json
import uuid

import pytest
from sqlalchemy import text

from speakup import cases, keyring
from speakup.cases import Exclusions
from speakup.kernel.uow import UnitOfWork
from tests import factories
from tests.factories import RaisedCase
from tests.trusts import Colleague, Trust


@pytest.fixture
def some(trust: Trust) -> list[RaisedCase]:
    """Three cases of the first guardian's: one untouched, one talked over, one under a second key."""
    kept_out = Exclusions(people=frozenset({trust.lead.id}))
    raised = [factories.raised_case(trust, exclusions=kept_out, narrative=f"Story {number}.") for number in range(3)]
    for case in raised[1:]:
        factories.reply(case, "Thank you, café.", trust.guardian)
        factories.note(case, "Rang the ward.", trust.guardian)
    with raised[2].as_(trust.guardian) as (uow, row):
        keyring.revoke(uow, row.id, trust.second_guardian.id)
        cases.add_note(uow, row, "Of the newer key.")
    return raised


def scanned(trust: Trust, some: list[RaisedCase], who: Colleague) -> tuple[dict[uuid.UUID, list[str]], set[uuid.UUID]]:
    """Every body of every case, as text, and which cases were put aside."""
    damaged: set[uuid.UUID] = set()
    with trust.work(who, writes=False) as uow:
        found = {
            each.case_id: sorted(json.dumps(record.body) for records in each.records().values() for record in records)
            for each in keyring.scan(uow, [case.id for case in some], damaged)
        }
    return found, damaged


def one_by_one(trust: Trust, some: list[RaisedCase], who: Colleague) -> dict[uuid.UUID, list[str]]:
    found = {}
    with trust.work(who, writes=False) as uow:
        for case_id, opened in keyring.open_cases(uow, [case.id for case in some]).items():
            records = keyring.read_many(uow, list(opened.values())).values()
            found[case_id] = sorted(json.dumps(record.body) for each in records for record in each)
    return found


def test_it_reads_what_opening_one_by_one_reads(trust: Trust, some: list[RaisedCase]) -> None:
    for who in (trust.guardian, trust.second_guardian, trust.lead):
        expected = one_by_one(trust, some, who)
        assert scanned(trust, some, who) == (expected, set())
    assert len(one_by_one(trust, some, trust.guardian)) == 3
    assert len(one_by_one(trust, some, trust.second_guardian)) == 2


def test_where_few_are_asked_for_it_reads_the_same(
    trust: Trust, some: list[RaisedCase], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("speakup.keyring.operations.scanning._LARGE_PART", 0)
    assert scanned(trust, some, trust.guardian) == (one_by_one(trust, some, trust.guardian), set())


def test_nothing_of_a_case_stays_open_afterwards(trust: Trust, some: list[RaisedCase]) -> None:
    with trust.work(trust.guardian, writes=False) as uow:
        assert len(list(keyring.scan(uow, [case.id for case in some], set()))) == 3
        assert not uow.opened.get("compartments")
        assert not uow.opened.get("whole cases")


_CASEWORK = "(SELECT id FROM compartment WHERE case_id = :case AND kind = 'casework')"

TAMPERED = {
    "a record that is none": "UPDATE sealed_record SET body = :nothing WHERE compartment_id = THIS_ONE",
    "a record taken away": "DELETE FROM sealed_record WHERE compartment_id = THIS_ONE AND kind = 'note'",
    "a record called something else": "UPDATE sealed_record SET kind = 'title' WHERE compartment_id = THIS_ONE",
    "another revision": "UPDATE sealed_record SET revision = 7 WHERE compartment_id = THIS_ONE",
    "a key version there is not": "UPDATE sealed_record SET key_version = 9 WHERE compartment_id = THIS_ONE",
    "records of all its compartments in one": (
        "UPDATE sealed_record SET compartment_id = THIS_ONE "
        "WHERE compartment_id IN (SELECT id FROM compartment WHERE case_id = :case)"
    ),
    "a head that is none": "UPDATE compartment SET head = :nothing WHERE id = THIS_ONE",
    "a key record": "UPDATE key_record SET countersignature = :nothing WHERE compartment_id = THIS_ONE",
    "a grant to another compartment": (
        "DELETE FROM grant_to WHERE case_id = :case AND compartment_id <> THIS_ONE AND kind = 'identity'"
    ),
    "a data key": "UPDATE grant_to SET sealed_key = :nothing WHERE compartment_id = THIS_ONE",
}
"""What somebody may do who can write the database; `THIS_ONE` is one compartment of the case."""


@pytest.mark.parametrize("statement", TAMPERED.values(), ids=TAMPERED)
def test_a_case_that_was_tampered_with_is_put_aside_and_hides_no_other(
    trust: Trust, some: list[RaisedCase], statement: str
) -> None:
    with trust.work() as uow:
        case_id = some[1].id if uow.on_postgresql else some[1].id.hex
        values = {"case": case_id, "nothing": b"\1" + bytes(64)}
        asked = statement.replace("THIS_ONE", _CASEWORK)
        named = {name: value for name, value in values.items() if f":{name}" in asked}
        uow.session.execute(text(asked), named)
    found, damaged = scanned(trust, some, trust.guardian)
    assert damaged == {some[1].id}
    assert found.keys() == {some[0].id, some[2].id}


def test_a_head_put_back_with_its_records_is_older_than_was_seen(trust: Trust, some: list[RaisedCase]) -> None:
    case = some[1]
    with trust.work() as uow:
        row = uow.session.execute(
            text("SELECT id, head FROM compartment WHERE kind = 'casework' AND case_id = :it"), _it(uow, case)
        ).one()
        before = set(uow.session.scalars(text("SELECT id FROM sealed_record")))
    factories.note(case, "Taken away again.", trust.guardian)
    with trust.work() as uow:
        for each in set(uow.session.scalars(text("SELECT id FROM sealed_record"))) - before:
            uow.session.execute(text("DELETE FROM sealed_record WHERE id = :it"), {"it": each})
        uow.session.execute(
            text("UPDATE compartment SET head = :head WHERE id = :it"), {"head": row.head, "it": row.id}
        )
    assert scanned(trust, some, trust.guardian)[1] == {case.id}


def _it(uow: UnitOfWork, case: RaisedCase) -> dict[str, object]:
    return {"it": case.id if uow.on_postgresql else case.id.hex}
