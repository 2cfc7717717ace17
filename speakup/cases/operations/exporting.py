"""Taking my cases out: whole into a sealed archive, or as lines of a spreadsheet that nothing protects any more."""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import select

from speakup import audit, keyring, policy
from speakup.audit import Event
from speakup.cases.models import Case, CaseElement, HowRaised, RecordKind
from speakup.cases.queries.views import checked
from speakup.crypto import archives, slots
from speakup.crypto.archives import ArchiveKey
from speakup.gateways.blobs import Blobs
from speakup.gateways.documents import packing
from speakup.gateways.sealed_files import StoredFile, stored_bytes
from speakup.kernel.errors import Busy, IntegrityFault
from speakup.kernel.turns import away
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, Record, ScannedCase
from speakup.policy import Permission

_AT_ONCE = 200
_KEYS = frozenset({"key", "blob_id"})
"""Of the record of a file: what opens what is stored here is of no use outside, and could be of harm."""


@dataclass(frozen=True, slots=True)
class ExportedCase:
    """One case as it is taken out."""

    ref: str
    facts: Mapping[str, Any]
    records: Mapping[CompartmentKind, Sequence[Record]] = field(repr=False)

    def of(self, kind: str) -> list[Mapping[str, Any]]:
        """Return the bodies of one kind of record, in their order."""
        return [each.body for records in self.records.values() for each in records if each.kind == kind]


@dataclass(frozen=True, slots=True)
class SpreadsheetWords:
    """What a spreadsheet says in the language of whoever takes it out."""

    titles: Sequence[str]
    """For: reference, state, day raised, day closed, how raised, how it came, elements, title, what was said, notes,
    how it ended; and, where it is wanted, name and contact."""
    states: Mapping[str, str]
    how: Mapping[HowRaised, str]
    routes: Mapping[str, str]
    elements: Mapping[str, str]


def my_case_ids(uow: UnitOfWork) -> list[uuid.UUID]:
    """List every case the actor can open."""
    policy.require(uow.actor, Permission.CASE_EXPORT)
    held = keyring.held_cases(keyring.PrincipalKind.STAFF, uow.actor.person_id, uow.organisation_id)
    query = select(Case.id).where(Case.organisation_id == uow.organisation_id, Case.id.in_(held))
    return list(uow.session.scalars(query.order_by(Case.raised_on, Case.ref)))


def record_export(uow: UnitOfWork, quantity: int) -> None:
    """Write down that so many cases are taken out, before the first of them leaves."""
    policy.require(uow.actor, Permission.CASE_EXPORT)
    audit.record(uow, Event.CASES_EXPORTED, quantity=quantity)


def archive_key(passphrase: str, client: str, about: Sequence[str]) -> ArchiveKey:
    """Stretch the passphrase of an archive, outside any unit of work; `Invalid` for one that is easy to guess."""
    keyring.require_strong(passphrase, list(about))
    try:
        with away(), slots.SIGN_IN.hold(client):
            return archives.new_key(passphrase)
    except slots.Full as full:
        raise Busy from full


def archive(uow: UnitOfWork, ids: Sequence[uuid.UUID], blobs: Blobs, key: ArchiveKey) -> Iterator[bytes]:
    """Give a sealed archive of these cases, piece by piece: a zip of one JSON file a case, and their files."""
    return archives.seal_archive(packing.zipped(_members(uow, ids, blobs)), key)


def spreadsheet_rows(
    uow: UnitOfWork, ids: Sequence[uuid.UUID], words: SpreadsheetWords, *, names: bool
) -> Iterator[list[str]]:
    """Give the lines of a spreadsheet of these cases, the titles first."""
    yield [*words.titles] if names else [*words.titles[:-2]]
    for each in _exported(uow, ids):
        yield _line(each, words, names=names)


def _exported(uow: UnitOfWork, ids: Sequence[uuid.UUID]) -> Iterator[ExportedCase]:
    """Open case after case. One that does not check out is a fault: half of it must not be taken for the whole."""
    policy.require(uow.actor, Permission.CASE_EXPORT)
    every = iter(ids)
    while some := list(islice(every, _AT_ONCE)):
        rows = {row.id: row for row in uow.session.scalars(_these(uow, some))}
        elements = _elements(uow, some)
        damaged: set[uuid.UUID] = set()
        for scanned in keyring.scan(uow, some, damaged):
            yield _opened(rows[scanned.case_id], elements.get(scanned.case_id, []), scanned)
        if damaged:
            raise IntegrityFault(min(damaged), "export")


def _these(uow: UnitOfWork, ids: Sequence[uuid.UUID]) -> Any:  # noqa: ANN401 -- a statement
    return select(Case).where(Case.organisation_id == uow.organisation_id, Case.id.in_(ids))


def _elements(uow: UnitOfWork, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[str]]:
    found: dict[uuid.UUID, list[str]] = {}
    query = select(CaseElement).where(CaseElement.organisation_id == uow.organisation_id, CaseElement.case_id.in_(ids))
    for row in uow.session.scalars(query):
        found.setdefault(row.case_id, []).append(row.element)
    return found


def _opened(row: Case, elements: Sequence[str], scanned: ScannedCase) -> ExportedCase:
    records = scanned.records()
    # Outside, nobody finds any more that the row said something else.
    checked(row, records[CompartmentKind.CONVERSATION], records[CompartmentKind.CASEWORK], elements)
    facts = {
        "ref": row.ref,
        "state": row.state.value,
        "route": row.route,
        "how_raised": row.how_raised.value,
        "raised_anonymously": row.raised_anonymously,
        "elements": sorted(elements),
        "outcome": row.outcome,
        **{
            name: day.isoformat() if (day := getattr(row, name)) else None
            for name in ("raised_on", "acknowledged_on", "told_on", "closed_on", "due_on")
        },
    }
    return ExportedCase(row.ref, facts, records)


def _members(uow: UnitOfWork, ids: Sequence[uuid.UUID], blobs: Blobs) -> Iterator[packing.Member]:
    for each in _exported(uow, ids):
        said = {
            kind.value: [
                {"kind": record.kind, "id": str(record.id), "body": _without_keys(record)}
                for record in records
                if record.kind != "manifest"
            ]
            for kind, records in each.records.items()
        }
        whole = json.dumps({**each.facts, "records": said}, ensure_ascii=False, indent=1).encode()
        yield f"{each.ref}/case.json", [whole]
        for number, body in enumerate(each.of(RecordKind.FILE), 1):
            stored = StoredFile.from_plain(dict(body))
            name = stored.name.replace("/", "_").replace("\\", "_")
            yield f"{each.ref}/files/{number:02} {name}", stored_bytes(uow.organisation_id, stored, blobs)


def _without_keys(record: Record) -> Mapping[str, Any]:
    if record.kind != RecordKind.FILE:
        return record.body
    return {name: value for name, value in record.body.items() if name not in _KEYS}


def _line(exported: ExportedCase, words: SpreadsheetWords, *, names: bool) -> list[str]:
    facts = exported.facts
    concern = exported.of(RecordKind.CONCERN)[0]
    titles, closures = exported.of(RecordKind.TITLE), exported.of(RecordKind.CLOSURE)
    messages = [
        *(f"{each['day']}: {each['text']}" for each in exported.of(RecordKind.MESSAGE)),
        *(f"{each['at'][:10]}: {each['text']}" for each in exported.of(RecordKind.NOTE)),
    ]
    line = [
        exported.ref,
        words.states.get(facts["state"], facts["state"]),
        facts["raised_on"],
        facts["closed_on"] or "",
        words.how[HowRaised(facts["how_raised"])],
        words.routes.get(facts["route"], facts["route"]),
        "; ".join(words.elements.get(each, each) for each in facts["elements"]),
        str(titles[-1]["text"]) if titles else "",
        str(concern["narrative"]),
        "\n\n".join(messages),
        str(closures[-1]["summary"]) if closures else "",
    ]
    person = exported.of(RecordKind.PERSON)
    return [*line, *([person[-1]["name"], person[-1]["contact"]] if person else ["", ""])] if names else line
