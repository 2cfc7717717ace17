"""Who holds a case from now on: first the new readers are added, and only then do those who no longer do lose it.

Two key versions, so that at no moment between them nobody could open it. Both are signed by whoever holds it now. Of
the second they hold no key; and since it bears the signature of somebody who is not on the case any more, whoever opens
the case next makes a third (`compartments.settle`).
"""

import uuid
from collections.abc import Collection, Iterable

from speakup import audit, policy
from speakup.audit import Event
from speakup.kernel.errors import Conflict, Forbidden, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import CompartmentKind
from speakup.keyring.operations import compartments, key_log
from speakup.keyring.operations.compartments import WHOLE, OpenCompartment
from speakup.keyring.principals import principal
from speakup.policy import Permission


def colleagues_on(uow: UnitOfWork, case_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Name the colleagues who hold a whole case that the actor holds, by its checked key record."""
    return _casework(uow, case_id).stated.staff


def add_readers(uow: UnitOfWork, case_id: uuid.UUID, people: Collection[uuid.UUID]) -> None:
    """Give a case to these as well: a new key of all of it that the actor holds. `Forbidden` for whoever may not.

    Exclusions bind, and nobody is added whom the key log does not name for all of it.
    """
    policy.require(uow.actor, Permission.CASE_ROTATE)
    held, casework, log = _held(uow, case_id), _casework(uow, case_id), key_log.load(uow)
    for person_id in sorted(people):
        compartments.require_not_excluded(uow, casework, person_id)
        if not all(person_id in log.receivers(kind, uow.today) for kind in WHOLE):
            raise Forbidden(person_id)
    present = casework.stated.staff
    for each in held:
        _seal_to(uow, each, present.union(people))
    audit.record(uow, Event.GRANT_GIVEN, case_id)


def keep_readers(uow: UnitOfWork, case_id: uuid.UUID, people: Collection[uuid.UUID]) -> None:
    """Let these be the only colleagues who hold a case: everybody else's grants go, and a new key is made.

    The actor may be one of those who lose it, and can open nothing of it once this unit is over. `Conflict` where
    nobody among `people` holds it already: it would be nobody's.
    """
    policy.require(uow.actor, Permission.CASE_ROTATE)
    held, present = _held(uow, case_id), _casework(uow, case_id).stated.staff
    staying = present.intersection(people) & key_log.load(uow).receivers(CompartmentKind.CASEWORK, uow.today)
    if not staying:
        raise Conflict(case_id)
    for each in held:
        _seal_to(uow, each, staying)
    audit.record(uow, Event.GRANT_REVOKED, case_id)


def keep_out(uow: UnitOfWork, case_id: uuid.UUID, person_id: uuid.UUID) -> None:
    """Write it into a case's exclusions that somebody stepped aside: nothing of it is ever sealed to them again."""
    policy.require(uow.actor, Permission.CASE_STEP_ASIDE)
    casework = _casework(uow, case_id)
    standing = compartments.exclusions(uow, casework)
    people = sorted({*standing.body["people"], str(person_id)})
    aside = sorted({*standing.body.get("aside", []), str(person_id)})
    compartments.replace(uow, casework, standing, {**standing.body, "people": people, "aside": aside})


def excluded_from(uow: UnitOfWork, case_id: uuid.UUID, people: Iterable[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Say which of these people may never be given a key of a case that the actor holds."""
    policy.require(uow.actor, Permission.CASE_READ)
    casework = _casework(uow, case_id)
    return frozenset(each for each in people if _is_excluded(uow, casework, each))


def _is_excluded(uow: UnitOfWork, casework: OpenCompartment, person_id: uuid.UUID) -> bool:
    try:
        compartments.require_not_excluded(uow, casework, person_id)
    except NotFound:
        return True
    return False


def _casework(uow: UnitOfWork, case_id: uuid.UUID) -> OpenCompartment:
    return compartments.open_case(uow, case_id)[CompartmentKind.CASEWORK]


def _held(uow: UnitOfWork, case_id: uuid.UUID) -> list[OpenCompartment]:
    """List all of a case, fit to be sealed anew."""
    held = list(compartments.open_case(uow, case_id).values())
    compartments.settle(uow, held)
    return held


def _seal_to(uow: UnitOfWork, each: OpenCompartment, wanted: frozenset[uuid.UUID]) -> None:
    """Start a new version for those of `wanted` who may receive it, and for the person."""
    able = key_log.load(uow).receivers(each.kind, uow.today)
    recipients = compartments.staff_recipients(uow, wanted & able, each.kind)
    reporters = compartments.reporter_recipient(uow, each.place.case_id, each.stated)
    compartments.rotate_to(uow, each, [*recipients, *reporters], principal(uow))
