"""The library: links and files that help, kept by guardians."""

import re
from dataclasses import dataclass

from speakup import audit, policy, vocabulary
from speakup.audit import Event
from speakup.gateways.sealed_files import StoredFile
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.learning.models import LearningFile, LearningResource
from speakup.learning.operations.evidencing import keep_file
from speakup.learning.rules import TITLE_LIMIT, fault
from speakup.policy import Permission
from speakup.vocabulary import CodeSet

ABOUT_LIMIT = 400
ADDRESS_LIMIT = 500
_LINK = re.compile(r"https?://[^\s/]+\.[^\s]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Resource:
    """What the library says of one thing. It has an address, or comes with a file."""

    title: str
    about: str = ""
    theme: str | None = None
    address: str = ""
    for_owners: bool = True
    for_guardians: bool = True


def add_resource(uow: UnitOfWork, said: Resource, stored: StoredFile | None = None) -> LearningResource:
    """Put a link or a file in the library."""
    policy.require(uow.actor, Permission.LEARNING_RESOURCES)
    row = LearningResource(organisation_id=uow.organisation_id, id=new_id(), revision=1, theme=None, file_id=None)
    _write(uow, row, said, stored)
    uow.session.add(row)
    audit.record(uow, Event.LEARNING_KEPT, row.id)
    return row


def change_resource(
    uow: UnitOfWork, row: LearningResource, said: Resource, revision: int, stored: StoredFile | None = None
) -> LearningResource:
    """Write an entry anew, if it is still the one that was read as `revision`. Without a new file it keeps its own."""
    policy.require(uow.actor, Permission.LEARNING_RESOURCES, row)
    uow.session.flush()
    uow.session.refresh(row, with_for_update=True)
    if row.revision != revision:
        raise Conflict(row.id)
    _write(uow, row, said, stored)
    row.revision += 1
    audit.record(uow, Event.LEARNING_KEPT, row.id)
    return row


def remove_resource(uow: UnitOfWork, row: LearningResource) -> None:
    """Take an entry out. The night deletes the bytes of its file, which nothing names any more."""
    policy.require(uow.actor, Permission.LEARNING_RESOURCES, row)
    file_id = row.file_id
    uow.session.delete(row)
    uow.session.flush()
    _forget(uow, file_id)
    audit.record(uow, Event.LEARNING_KEPT, row.id)


def _write(uow: UnitOfWork, row: LearningResource, said: Resource, stored: StoredFile | None) -> None:
    wrong = _fault(row, said, stored)
    if wrong:
        raise Invalid(*wrong)
    if said.theme and said.theme != row.theme:
        vocabulary.require_code(uow, CodeSet.THEME, said.theme)
    before = row.file_id
    row.theme, row.title, row.about = said.theme or None, said.title.strip(), said.about.strip()
    row.address, row.changed_on = said.address.strip(), uow.today
    row.for_owners, row.for_guardians = said.for_owners, said.for_guardians
    if stored is not None:
        row.file_id = keep_file(uow, stored).id
    elif row.address:
        row.file_id = None
    uow.session.flush()
    if before != row.file_id:
        _forget(uow, before)


def _fault(row: LearningResource, said: Resource, stored: StoredFile | None) -> tuple[str, str] | None:
    address = said.address.strip()
    if len(said.about) > ABOUT_LIMIT:
        return "about", "too long"
    if address and (len(address) > ADDRESS_LIMIT or not _LINK.fullmatch(address)):
        return "address", "not a link"
    if address and stored is not None:
        return "address", "both"
    if not address and stored is None and row.file_id is None:
        return "address", "neither"
    if not said.for_owners and not said.for_guardians:
        return "shown", "nobody"
    return fault("title", said.title, TITLE_LIMIT)


def _forget(uow: UnitOfWork, file_id: object) -> None:
    kept = uow.session.get(LearningFile, (uow.organisation_id, file_id)) if file_id is not None else None
    if kept is not None:
        uow.session.delete(kept)
        uow.session.flush()
