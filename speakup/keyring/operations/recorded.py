"""Keys of a case that a guardian wrote down: nobody's words made them, and words can be given to the person later."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from speakup import audit, policy
from speakup.audit import Event
from speakup.crypto.keypairs import reporter_keys
from speakup.crypto.receipts import ReceiptSecrets
from speakup.kernel.errors import Conflict, IntegrityFault, NobodyToReceive
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import CompartmentKind, PrincipalKind, Reporter
from speakup.keyring.operations import compartments, seen
from speakup.keyring.operations.compartments import WHOLE, OpenCompartment, Recipient
from speakup.keyring.operations.reporters import LEAST_RECEIVING, seal_beginning
from speakup.keyring.principals import principal
from speakup.policy import Permission


def create_recorded_keys(
    uow: UnitOfWork, case_id: uuid.UUID, staff: Iterable[uuid.UUID], excluded: Mapping[str, Any]
) -> dict[CompartmentKind, OpenCompartment]:
    """Make the three compartments of a case whose first reader is the acting guardian, who signs them.

    `excluded` as for `create_case_keys`. `NobodyToReceive` unless two people may hold the case, the actor among them:
    whoever is not to hold it cannot sign for it either.
    """
    policy.require(uow.actor, Permission.CASE_RECORD)
    me, chosen = principal(uow), set(staff)
    if {str(person) for person in chosen} & set(excluded["people"]):
        raise IntegrityFault(case_id, "exclusions")
    recipients = {kind: compartments.staff_recipients(uow, chosen, kind) for kind in WHOLE}
    receiving = {each.id for each in recipients[CompartmentKind.CASEWORK]}
    if me.id not in receiving or len(receiving) < LEAST_RECEIVING:
        raise NobodyToReceive(case_id)
    made = compartments.make(uow, case_id, recipients, me)
    seal_beginning(uow, made, excluded)
    return made


def has_receipt(uow: UnitOfWork, case_id: uuid.UUID) -> bool:
    """Say whether the person of a case that the actor holds was ever given words."""
    policy.require(uow.actor, Permission.CASE_READ)
    held = compartments.open_case(uow, case_id, CompartmentKind.CONVERSATION)[CompartmentKind.CONVERSATION]
    return _names_the_person(held)


def with_receipts(
    uow: UnitOfWork, case_ids: Sequence[uuid.UUID], damaged: set[uuid.UUID] | None = None
) -> frozenset[uuid.UUID]:
    """Say of which of these cases the person was ever given words; `damaged` as for `open_cases`."""
    policy.require(uow.actor, Permission.CASE_READ)
    if not case_ids:
        return frozenset()
    opened = compartments.open_cases(uow, case_ids, CompartmentKind.CONVERSATION, damaged=damaged)
    return frozenset(each for each, held in opened.items() if _names_the_person(held[CompartmentKind.CONVERSATION]))


def _names_the_person(conversation: OpenCompartment) -> bool:
    return any(each.kind is PrincipalKind.REPORTER for each in conversation.stated.holders)


def give_first_receipt(uow: UnitOfWork, case_id: uuid.UUID, secrets: ReceiptSecrets, generation: int) -> None:
    """Let the person of a recorded case open it with words of their own: new keys of all they may read, to them too.

    `Conflict` where they have words already: then those are replaced, and end.
    """
    policy.require(uow.actor, Permission.CASE_MESSAGE)
    if has_receipt(uow, case_id):
        raise Conflict(case_id)
    opened = compartments.open_for_person(uow, case_id)
    keys = reporter_keys(secrets.root_secret)
    person = Recipient(PrincipalKind.REPORTER, new_id(), keys.public)
    # What was sealed before the person could read it is theirs as well: they follow the chain of keys.
    for compartment in opened.values():
        recipients = compartments.staff_recipients(uow, compartment.stated.staff, compartment.kind)
        compartments.rotate_to(uow, compartment, [*recipients, person], principal(uow))
    counters = seen.Counters(seen.readers_entry(case_id, opened[CompartmentKind.CONVERSATION].stated.staff))
    row = Reporter(
        organisation_id=uow.organisation_id,
        id=person.id,
        case_id=case_id,
        lookup_hash=secrets.lookup_hash,
        generation=generation,
        public=keys.public.to_bytes(),
        sealed_state=seen.sealed_memory(
            uow,
            person.id,
            secrets.root_secret,
            counters.with_later(entry for each in opened.values() for entry in compartments.sight(each).entries),
        ),
    )
    uow.session.add(row)
    uow.session.flush()
    audit.record(uow, Event.RECEIPT_GIVEN, case_id)
