"""Putting into the conversation what the person told of themselves, alone or with a guardian.

It is kept as a message: of messages the database shows only how many there are, so a record of how somebody is treated,
or of what they think of us, looks like any other.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from speakup import audit, keyring
from speakup.audit import Event
from speakup.cases.models import Case, RecordKind, Said
from speakup.cases.operations.inbox import note_told
from speakup.kernel.actor import ActorKind
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, OpenCompartment


def say(uow: UnitOfWork, case: Case, said: Said | None, text: str = "", **more: object) -> uuid.UUID:
    """Seal it as a message of whoever acts, and return its id. What a person says is new to all who can open it.

    The caller has asked the policy.
    """
    body: dict[str, Any] = {**_of_whom(uow), "text": text.strip(), "files": [], "day": uow.today.isoformat(), **more}
    marked = {**body, "told": said} if said else body
    record_id = keyring.add(uow, conversation_of(uow, case), RecordKind.MESSAGE, marked)
    if uow.actor.kind is ActorKind.REPORTER:
        note_told(case)
    audit.record(uow, Event.MESSAGE_SENT, case.id)
    return record_id


def conversation_of(uow: UnitOfWork, case: Case) -> OpenCompartment:
    """Open the conversation."""
    return keyring.open_case(uow, case.id)[CompartmentKind.CONVERSATION]


def _of_whom(uow: UnitOfWork) -> Mapping[str, str]:
    if uow.actor.kind is ActorKind.REPORTER:
        return {"from": "reporter"}
    return {"from": "guardian", "author": str(uow.actor.id), "at": uow.now.isoformat()}
