"""Keeping one's own diary."""

import uuid
from dataclasses import dataclass
from datetime import date

from speakup import audit, organisations, policy, vocabulary
from speakup.audit import Event
from speakup.diary.models import DiaryEntry, Kind
from speakup.diary.rules import fault
from speakup.kernel.errors import Conflict, Forbidden, Invalid
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.vocabulary import CodeSet


@dataclass(frozen=True, slots=True)
class EntryDetails:
    """What somebody writes into their diary. `quarters` are quarters of an hour; no `people` means not counted."""

    day: date
    kind: Kind
    quarters: int
    directorate_id: uuid.UUID | None = None
    site_id: uuid.UUID | None = None
    groups: tuple[str, ...] = ()
    people: int = 0


def add_entry(uow: UnitOfWork, details: EntryDetails) -> DiaryEntry:
    """Write down what one did oneself."""
    policy.require(uow.actor, Permission.DIARY_KEEP)
    entry = DiaryEntry(
        organisation_id=uow.organisation_id, id=new_id(), person_id=uow.actor.person_id, revision=1, groups=[]
    )
    _write(uow, entry, details)
    uow.session.add(entry)
    audit.record(uow, Event.DIARY_KEPT, entry.id)
    return entry


def change_entry(uow: UnitOfWork, entry: DiaryEntry, details: EntryDetails, revision: int) -> DiaryEntry:
    """Write one's own entry anew, if it is still the one that was read as `revision`."""
    _require_own(uow, entry)
    uow.session.refresh(entry, with_for_update=True)
    if entry.revision != revision:
        raise Conflict(entry.id)
    _write(uow, entry, details)
    entry.revision += 1
    audit.record(uow, Event.DIARY_KEPT, entry.id)
    return entry


def delete_entry(uow: UnitOfWork, entry: DiaryEntry) -> None:
    """Take one's own entry out."""
    _require_own(uow, entry)
    uow.session.delete(entry)
    audit.record(uow, Event.DIARY_KEPT, entry.id)


def _require_own(uow: UnitOfWork, entry: DiaryEntry) -> None:
    policy.require(uow.actor, Permission.DIARY_KEEP, entry)
    if entry.person_id != uow.actor.id:
        raise Forbidden(entry.id)


def _write(uow: UnitOfWork, entry: DiaryEntry, details: EntryDetails) -> None:
    if details.day > uow.today:
        raise Invalid("day", "future")
    names_whom = bool(details.groups or details.directorate_id or details.site_id)
    wrong = fault(details.quarters, details.people, names_whom=names_whom)
    if wrong:
        raise Invalid(*wrong)
    entry.day, entry.kind, entry.quarters = details.day, details.kind, details.quarters
    entry.written_at = uow.now
    entry.directorate_id, entry.site_id = _places(uow, details)
    entry.groups, entry.people = _groups(uow, entry, details), details.people


def _places(uow: UnitOfWork, details: EntryDetails) -> tuple[uuid.UUID | None, uuid.UUID | None]:
    """Take places of this organisation, open or closed: what is offered is a matter of the page."""
    if details.directorate_id is not None:
        organisations.find_directorate(uow, details.directorate_id)
    if details.site_id is not None:
        organisations.find_site(uow, details.site_id)
    return details.directorate_id, details.site_id


def _groups(uow: UnitOfWork, entry: DiaryEntry, details: EntryDetails) -> list[str]:
    """Take groups that are offered today, on the entry's day, or that the entry has already, in the list's order."""
    days = {uow.today, details.day}
    offered = {code.key: None for day in days for code in vocabulary.codes(uow, CodeSet.WORKER_GROUP, day)}
    known = [*offered, *(key for key in entry.groups if key not in offered)]
    if not set(details.groups) <= set(known):
        raise Invalid("groups", "not in the list")
    return [key for key in known if key in details.groups]
