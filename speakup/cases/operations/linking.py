"""Two cases that are one: whoever lost their words raised it again. Which goes on from which is sealed in both."""

from dataclasses import dataclass

from speakup import audit, keyring, policy
from speakup.audit import Event
from speakup.cases.models import Case, RecordKind
from speakup.cases.operations.counting import count_case
from speakup.cases.queries.worklist import find
from speakup.kernel.errors import Conflict, Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, OpenCompartment, Record
from speakup.policy import Permission

_EARLIER, _LATER, _PARTED = "earlier", "later", "parted"


@dataclass(frozen=True, slots=True)
class Ties:
    """How a case belongs to others, by their references."""

    earlier: str | None = None
    """What it goes on from, and counts as one with."""
    later: tuple[str, ...] = ()
    """What goes on from it."""


def link_as_one(uow: UnitOfWork, later: Case, earlier_ref: str) -> Case:
    """Let a case count as one with an earlier one that the actor holds too; return that one. Nothing else changes.

    `Invalid` where the reference is of no such case, or of one that came after or goes on from another itself;
    `Conflict` where this one goes on from something already.
    """
    policy.require(uow.actor, Permission.CASE_CODE, later)
    try:
        earlier = find(uow, earlier_ref)
    except NotFound as absent:
        raise Invalid("earlier", "not there") from absent
    if earlier.id == later.id or earlier.raised_on > later.raised_on:
        raise Invalid("earlier", "not earlier")
    if earlier.continues:
        raise Invalid("earlier", "goes on from another")
    if later.continues or ties_of(_links(uow, later)).later:
        raise Conflict(later.ref)
    keyring.add(uow, _casework(uow, later), RecordKind.CONTINUES, {_EARLIER: earlier.ref, "by": str(uow.actor.id)})
    keyring.add(uow, _casework(uow, earlier), RecordKind.CONTINUES, {_LATER: later.ref, "by": str(uow.actor.id)})
    later.continues = True
    count_case(uow, later)
    # Of the later one alone: two entries side by side would say which two, and that is sealed.
    audit.record(uow, Event.CASES_LINKED, later.id)
    return earlier


def part_again(uow: UnitOfWork, later: Case) -> None:
    """Undo it: the two count as two. That they were taken for one stays sealed in both."""
    policy.require(uow.actor, Permission.CASE_CODE, later)
    earlier_ref = ties_of(_links(uow, later)).earlier
    if earlier_ref is None:
        raise Conflict(later.ref)
    earlier = find(uow, earlier_ref)
    keyring.add(uow, _casework(uow, later), RecordKind.CONTINUES, {_PARTED: earlier.ref, "by": str(uow.actor.id)})
    keyring.add(uow, _casework(uow, earlier), RecordKind.CONTINUES, {_PARTED: later.ref, "by": str(uow.actor.id)})
    later.continues = False
    count_case(uow, later)
    audit.record(uow, Event.CASES_PARTED, later.id)


def ties_of(links: list[Record]) -> Ties:
    """Read how a case belongs to others out of its records of that kind, in their order."""
    ties = Ties()
    for body in (each.body for each in links):
        if _EARLIER in body:
            ties = Ties(body[_EARLIER], ties.later)
        elif _LATER in body:
            ties = Ties(ties.earlier, (*ties.later, body[_LATER]))
        else:
            parted = body[_PARTED]
            earlier = None if ties.earlier == parted else ties.earlier
            ties = Ties(earlier, tuple(each for each in ties.later if each != parted))
    return ties


def _links(uow: UnitOfWork, case: Case) -> list[Record]:
    return keyring.read(uow, _casework(uow, case), RecordKind.CONTINUES)


def _casework(uow: UnitOfWork, case: Case) -> OpenCompartment:
    return keyring.open_case(uow, case.id)[CompartmentKind.CASEWORK]
