"""Reading everything in many cases at once: the same words as one by one, and the same faults."""

import json
import uuid
from dataclasses import dataclass

import pytest
from sqlalchemy import select, text

from speakup import cases, keyring
from speakup.cases import Exclusions
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import KeyRecord
from speakup.keyring.operations.compartments import WHOLE
from speakup.keyring.operations.scanning import _as_made_together
from speakup.keyring.rules import canonical, key_records
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


@pytest.mark.parametrize("large_part", [0.0, 9.0], ids=["a tenth of them", "a few"])
def test_where_not_nearly_all_are_asked_for_it_reads_the_same(
    trust: Trust, some: list[RaisedCase], monkeypatch: pytest.MonkeyPatch, large_part: float
) -> None:
    monkeypatch.setattr("speakup.keyring.operations.scanning._NEARLY_ALL", 9.0)
    monkeypatch.setattr("speakup.keyring.operations.scanning._LARGE_PART", large_part)
    assert scanned(trust, some, trust.guardian) == (one_by_one(trust, some, trust.guardian), set())


def test_of_everything_that_is_read_only_what_is_asked_for_is_given(trust: Trust, some: list[RaisedCase]) -> None:
    factories.raised_case(trust, exclusions=Exclusions(people=frozenset({trust.lead.id})), narrative="Not asked for.")
    assert scanned(trust, some, trust.guardian) == (one_by_one(trust, some, trust.guardian), set())


@dataclass(frozen=True)
class Written:
    """A manifest as it stands in a case, and what it should say."""

    text: bytes
    is_ours: bool


COMMITTED = {kind: (kind[0].encode() * 43) + b"=" for kind in WHOLE}
SAID = b'{"n":2,"b":{"identity":"%s","conversation":"%s","casework":"%s"}}' % tuple(COMMITTED.values())
MANIFESTS = {
    "as we write it": Written(SAID, is_ours=True),
    "of another place": Written(SAID.replace(b"ccc", b"ddd"), is_ours=False),
    "with something before it": Written(SAID.replace(b'{"n":2', b'{"n":2,"b":{},"x":1'), is_ours=False),
    "with something after it": Written(SAID + b" ", is_ours=False),
    "with a number that is none": Written(SAID.replace(b"2", b"02"), is_ours=False),
    "nothing": Written(b"", is_ours=False),
}


@pytest.mark.parametrize("manifest", MANIFESTS.values(), ids=MANIFESTS)
def test_only_a_manifest_as_we_write_it_is_passed_unread(manifest: Written) -> None:
    row = (None, None, 1, "manifest", 1, b"")
    for kind in WHOLE:
        written = {each: [(SAID, row)] for each in WHOLE} | {kind: [(manifest.text, row)]}
        assert _as_made_together(COMMITTED, written) is manifest.is_ours
        assert not _as_made_together(COMMITTED, {**written, kind: []})
        assert not _as_made_together(COMMITTED, {**written, kind: [(SAID, row), (SAID, row)]})


def test_what_a_key_record_commits_to_is_read_where_it_stands(trust: Trust, some: list[RaisedCase]) -> None:
    with trust.work() as uow:
        bodies = list(uow.session.scalars(select(KeyRecord.body)))
    assert len(bodies) > len(some)
    for body in bodies:
        said = canonical.decode(body)
        assert key_records.commitment_in(body).decode() == said["commitment"]
        slipped_in = canonical.encode({**said, "a": {"case": said["case"], "commitment": "a" * 43 + "="}})
        assert key_records.commitment_in(slipped_in).decode() == said["commitment"]


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


def test_the_file_is_let_go_of_once_its_rows_are_read(trust: Trust, some: list[RaisedCase]) -> None:
    with trust.work(trust.guardian, writes=False) as uow:
        assert len(list(keyring.scan(uow, [case.id for case in some], set()))) == len(some)
        if not uow.on_postgresql:
            assert uow.session.connection().exec_driver_sql("PRAGMA mmap_size").scalar() == 0
