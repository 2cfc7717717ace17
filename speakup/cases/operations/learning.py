"""Which learning actions a case led to, and whether its person was told what came of them. Both are sealed with it.

No row in clear says which case belongs to which action. That a guardian has somebody to tell is the one thing that
leaves a case: not whom, of which case, nor how many.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from speakup import audit, keyring, learning, policy
from speakup.audit import Event
from speakup.cases.models import Case, RecordKind, Said
from speakup.cases.moves import Act
from speakup.cases.operations.conversing import say
from speakup.cases.operations.intake import require_words
from speakup.cases.operations.moving import move
from speakup.kernel.errors import Conflict, Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, OpenCompartment, Record
from speakup.learning import LearningAction, Wording
from speakup.policy import Permission

_LINKED, _UNLINKED, _TOLD, _UNTOLD, _WROTE = "linked", "unlinked", "told", "untold", "wrote"


@dataclass(frozen=True, slots=True)
class LearningLink:
    """That a case led to an action, and whether its person was told what came of it."""

    action_id: uuid.UUID
    by: uuid.UUID
    on: date
    told_on: date | None = None
    told_by: uuid.UUID | None = None
    through_inbox: bool = False
    how: str = field(default="", repr=False)
    """How they were told, by a guardian who did it themselves."""
    untold_why: str = field(default="", repr=False)
    wrote_on: date | None = None
    """When they were last written to before anything had come of it."""
    wrote: int = 0
    """How often they were."""

    @property
    def is_open(self) -> bool:
        """Whether the person is still to be told, or it is to be said why not."""
        return self.told_on is None and not self.untold_why


def links_in(records: Iterable[Record]) -> list[LearningLink]:
    """Read out of the records of `casework` what a case led to, oldest first."""
    links: dict[str, LearningLink] = {}
    for body in (each.body for each in records):
        action_id, by, day = body["action"], uuid.UUID(body["by"]), date.fromisoformat(body["day"])
        if body["what"] == _LINKED:
            links[action_id] = LearningLink(uuid.UUID(action_id), by, day)
        elif body["what"] == _UNLINKED:
            links.pop(action_id, None)
        elif action_id in links:
            links[action_id] = replace(links[action_id], **_said(links[action_id], body, by))
    return list(links.values())


def _said(link: LearningLink, body: dict[str, Any], by: uuid.UUID) -> dict[str, Any]:
    if body["what"] == _WROTE:
        return {"wrote_on": date.fromisoformat(body["day"]), "wrote": link.wrote + 1}
    if body["what"] == _UNTOLD:
        return {"untold_why": body["words"]}
    inbox = bool(body["inbox"])
    on = date.fromisoformat(body["on"])
    return {"told_on": on, "told_by": by, "through_inbox": inbox, "how": body["words"], "untold_why": ""}


def propose_from_cases(uow: UnitOfWork, cases: Sequence[Case], wording: Wording) -> LearningAction:
    """Propose an action that these cases led to."""
    action = learning.propose_action(uow, wording)
    link_cases(uow, cases, action)
    return action


def link_cases(uow: UnitOfWork, cases: Sequence[Case], action: LearningAction) -> None:
    """Note that cases led to an action, too; for those where it is noted already, nothing is.

    Recorded once: how many cases an action has stands nowhere in clear.
    """
    policy.require(uow.actor, Permission.LEARNING_PROPOSE, action)
    new = [case for case in cases if action.id not in {each.action_id for each in links_of(uow, case)}]
    for case in new:
        _write(uow, case, action.id, _LINKED)
    for person_id in sorted({case.primary_id for case in new}):
        learning.ask_to_tell(uow, action.id, person_id)
    if cases:
        audit.record(uow, Event.LEARNING_LINKED)


def link_learning(uow: UnitOfWork, case: Case, action: LearningAction) -> None:
    """Note that a case led to an action, too; `Conflict` where it is noted already."""
    policy.require(uow.actor, Permission.CASE_LEARN, case)
    policy.require(uow.actor, Permission.LEARNING_PROPOSE, action)
    if action.id in {each.action_id for each in links_of(uow, case)}:
        raise Conflict(action.ref)
    _write(uow, case, action.id, _LINKED)
    learning.ask_to_tell(uow, action.id, case.primary_id)
    # Of which case stands sealed in it alone: an entry that named it would stand beside the one of the action.
    audit.record(uow, Event.LEARNING_LINKED)


def unlink_learning(uow: UnitOfWork, case: Case, action_id: uuid.UUID) -> None:
    """Undo a link that was a mistake. That there was one stays sealed."""
    require_link(uow, case, action_id)
    _write(uow, case, action_id, _UNLINKED)
    audit.record(uow, Event.LEARNING_LINKED)


def tell_learning(uow: UnitOfWork, case: Case, action_id: uuid.UUID, text: str) -> None:
    """Write to the person, wherever their case stands, what came of what they said.

    Before that is known it is a message like any other, and they are still to be told. `Conflict` for a person without
    words, who would never read it.
    """
    require_link(uow, case, action_id)
    require_words(text=text)
    if not keyring.has_receipt(uow, case.id):
        raise Conflict(case.ref)
    move(uow, case, Act.TELL_LEARNING)
    say(uow, case, Said.LEARNING, text)
    if _is_known(uow, action_id):
        _write(uow, case, action_id, _TOLD, on=uow.today.isoformat(), inbox=True, words="")
    else:
        _write(uow, case, action_id, _WROTE)
    audit.record(uow, Event.LEARNING_TOLD, case.id)


def note_learning_told(uow: UnitOfWork, case: Case, action_id: uuid.UUID, how: str, on: date) -> None:
    """Note that a guardian told the person themselves, how and on which day; `Conflict` before it is known what."""
    link = require_link(uow, case, action_id)
    require_words(how=how)
    if on > uow.today:
        raise Invalid("on", "in the future")
    if on < case.raised_on:
        raise Invalid("on", "before it was raised")
    if not _is_known(uow, action_id):
        raise Conflict(case.ref)
    _write(uow, case, link.action_id, _TOLD, on=on.isoformat(), inbox=False, words=how.strip())
    audit.record(uow, Event.LEARNING_TOLD, case.id)


def note_learning_untold(uow: UnitOfWork, case: Case, action_id: uuid.UUID, why: str) -> None:
    """Note why the person is not told."""
    require_link(uow, case, action_id)
    require_words(why=why)
    _write(uow, case, action_id, _UNTOLD, words=why.strip())
    audit.record(uow, Event.LEARNING_TOLD, case.id)


def hand_learning_on(uow: UnitOfWork, case: Case, person_id: uuid.UUID) -> None:
    """Ask whoever looks after a case from now on to tell its person what is still to be told."""
    for action_id in sorted(each.action_id for each in links_of(uow, case) if each.is_open):
        learning.ask_to_tell(uow, action_id, person_id)


def links_of(uow: UnitOfWork, case: Case) -> list[LearningLink]:
    """Read what a case led to."""
    policy.require(uow.actor, Permission.CASE_LEARN, case)
    return links_in(keyring.read(uow, _casework(uow, case), RecordKind.LEARNING))


def require_link(uow: UnitOfWork, case: Case, action_id: uuid.UUID) -> LearningLink:
    """Return the link of a case to an action; `NotFound` where there is none."""
    found = next((each for each in links_of(uow, case) if each.action_id == action_id), None)
    if found is None:
        raise NotFound(action_id)
    return found


def _is_known(uow: UnitOfWork, action_id: uuid.UUID) -> bool:
    told_of = learning.told_of(uow, [action_id]).get(action_id)
    return told_of is not None and told_of.is_known


def _write(uow: UnitOfWork, case: Case, action_id: uuid.UUID, what: str, **said: object) -> None:
    body = {"what": what, "action": str(action_id), "by": str(uow.actor.id), "day": uow.today.isoformat(), **said}
    keyring.add(uow, _casework(uow, case), RecordKind.LEARNING, body)


def _casework(uow: UnitOfWork, case: Case) -> OpenCompartment:
    return keyring.open_case(uow, case.id)[CompartmentKind.CASEWORK]
