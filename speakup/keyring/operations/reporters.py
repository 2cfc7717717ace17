"""The principal behind a receipt: made at intake, found by its words, given new ones."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from speakup import audit, policy
from speakup.audit import Event
from speakup.crypto import receipts, slots
from speakup.crypto.errors import Unreadable
from speakup.crypto.keypairs import reporter_keys
from speakup.crypto.passphrases import Parameters
from speakup.crypto.receipts import Generation, Receipt, ReceiptSecrets
from speakup.kernel.errors import Busy, Conflict, IntegrityFault, NobodyToReceive, NotFound
from speakup.kernel.turns import away
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import CompartmentKind, PrincipalKind, ReceiptGeneration, Reporter
from speakup.keyring.operations import compartments, key_log, seen
from speakup.keyring.operations.compartments import EXCLUSIONS, MANIFEST, OpenCompartment, Recipient
from speakup.keyring.principals import Principal, principal
from speakup.keyring.rules import canonical
from speakup.policy import Permission

LEAST_RECEIVING = 2
"""A concern is accepted only when a guardian and a cover can open it."""


def current_generation(uow: UnitOfWork) -> Generation:
    """Return the newest salt and costs for receipts; the first is made when it is first needed."""
    generations = all_generations(uow)
    if generations:
        return generations[-1]
    made = receipts.new_generation(1)
    costs = made.parameters
    uow.session.add(
        ReceiptGeneration(
            number=1, salt=made.salt, memory_kib=costs.memory_kib, iterations=costs.iterations, lanes=costs.lanes
        )
    )
    uow.session.flush()
    return made


def all_generations(uow: UnitOfWork) -> list[Generation]:
    """List every generation, oldest first: a receipt may have been drawn under any of them."""
    rows = uow.session.scalars(select(ReceiptGeneration).order_by(ReceiptGeneration.number))
    try:
        return [Generation(row.number, row.salt, Parameters(row.memory_kib, row.iterations, row.lanes)) for row in rows]
    except Unreadable as fault:
        raise IntegrityFault(uow.organisation_id, "receipt generation") from fault


def submit_secrets(receipt: Receipt, generation: Generation, organisation_id: uuid.UUID, client: str) -> ReceiptSecrets:
    """Stretch a receipt for submitting: outside any unit of work, in slots that guessing cannot fill."""
    try:
        with away(), slots.SUBMITTING.hold(client):
            return receipts.open_receipt(receipt, generation, organisation_id.bytes)
    except slots.Full as full:
        raise Busy from full


def receipt_secrets(
    receipt: Receipt, generation: Generation, organisation_id: uuid.UUID, client: str
) -> ReceiptSecrets:
    """Stretch a receipt that was typed in: outside any unit of work; `Busy` after 2 seconds, fair between clients."""
    try:
        with away(), slots.RECEIPTS.hold(client):
            return receipts.open_receipt(receipt, generation, organisation_id.bytes)
    except slots.Full as full:
        raise Busy from full


def find_reporter(uow: UnitOfWork, lookup_hash: bytes) -> Reporter:
    """Return the reporter these words belong to; `NotFound` otherwise."""
    row = uow.session.scalar(
        select(Reporter).where(Reporter.organisation_id == uow.organisation_id, Reporter.lookup_hash == lookup_hash)
    )
    if row is None:
        raise NotFound("receipt")
    return row


def my_row(uow: UnitOfWork) -> Reporter:
    """Return the acting reporter's row."""
    policy.require(uow.actor, Permission.INBOX_USE)
    row = uow.session.get(Reporter, (uow.organisation_id, uow.actor.person_id))
    if row is None:
        raise NotFound("reporter")
    return row


def create_case_keys(
    uow: UnitOfWork,
    case_id: uuid.UUID,
    secrets: ReceiptSecrets,
    generation: int,
    staff: Iterable[uuid.UUID],
    excluded: Mapping[str, Any],
) -> dict[CompartmentKind, OpenCompartment]:
    """Make the reporter and the three compartments of a new case. The actor is the reporter.

    `excluded` must name, under `people`, everybody who is never to be given a key; none of them may be in `staff`.
    """
    policy.require(uow.actor, Permission.CASE_RAISE)
    if uow.actor.root_secret != secrets.root_secret:
        raise Conflict(case_id)
    chosen = set(staff)
    if {str(person) for person in chosen} & set(excluded["people"]):
        raise IntegrityFault(case_id, "exclusions")
    me = principal(uow)
    myself = Recipient(PrincipalKind.REPORTER, me.id, me.keys.public)
    receiving = compartments.staff_recipients(uow, chosen, CompartmentKind.CASEWORK)
    if len(receiving) < LEAST_RECEIVING:
        raise NobodyToReceive(case_id)
    own = {CompartmentKind.IDENTITY: [myself], CompartmentKind.CONVERSATION: [myself], CompartmentKind.CASEWORK: []}
    recipients = {kind: [*compartments.staff_recipients(uow, chosen, kind), *mine] for kind, mine in own.items()}
    readers = [each.id for each in recipients[CompartmentKind.CONVERSATION] if each.kind is PrincipalKind.STAFF]
    _create_reporter(uow, case_id, secrets, generation, readers)
    made = compartments.make(uow, case_id, recipients, me)
    seal_beginning(uow, made, excluded)
    return made


def seal_beginning(
    uow: UnitOfWork, made: Mapping[CompartmentKind, OpenCompartment], excluded: Mapping[str, Any]
) -> None:
    """Seal into each compartment which were made together, and into `casework` who must never be given a key."""
    manifest = {kind.value: canonical.text(each.stated.commitment) for kind, each in made.items()}
    for each in made.values():
        compartments.add(uow, each, MANIFEST, manifest)
    compartments.add(uow, made[CompartmentKind.CASEWORK], EXCLUSIONS, excluded)


def replace_receipt(uow: UnitOfWork, secrets: ReceiptSecrets, generation: int) -> None:
    """Give the acting reporter new words: a new root secret, and new keys for `identity` and `conversation`.

    `NobodyToReceive` while none of the guardians on the case could be given those: what was said would be nobody's.
    """
    row = my_row(uow)
    opened = compartments.open_case(uow, row.case_id)
    if not is_received(uow, opened.values()):
        raise NobodyToReceive(row.case_id)
    keys = reporter_keys(secrets.root_secret)
    renewed = Principal(PrincipalKind.REPORTER, row.id, keys, keys.public.fingerprint(), secrets.root_secret)
    for compartment in opened.values():
        recipients = compartments.staff_recipients(uow, compartment.stated.staff, compartment.kind)
        compartments.rotate_to(
            uow, compartment, [*recipients, Recipient(PrincipalKind.REPORTER, row.id, keys.public)], renewed
        )
    row.public, row.lookup_hash, row.generation, row.words_changed_on = (
        keys.public.to_bytes(),
        secrets.lookup_hash,
        generation,
        uow.today,
    )
    row.sealed_state = seen.sealed_memory(uow, row.id, secrets.root_secret, seen.memory(uow))
    uow.opened["seen as stored"] = seen.memory(uow)
    uow.opened["principal"] = renewed
    audit.record(uow, Event.RECEIPT_REPLACED, row.case_id)


def give_receipt(uow: UnitOfWork, case_id: uuid.UUID, secrets: ReceiptSecrets, generation: int) -> None:
    """Give the person of a case new words, from a guardian who reads them out. The old ones end at once.

    The guardian must hold `identity` with a name in it, which the caller checks; both compartments get new keys.
    Whoever may no longer receive gets none of them, and the person's inbox tells them so.
    """
    policy.require(uow.actor, Permission.CASE_MESSAGE)
    opened = compartments.open_for_person(uow, case_id)
    keys = reporter_keys(secrets.root_secret)
    (known,) = compartments.reporter_recipient(uow, case_id, opened[CompartmentKind.CONVERSATION].stated)
    row = uow.session.get_one(Reporter, (uow.organisation_id, known.id))
    # The person's own memory cannot be opened here; who could open it until now is what they were told at the latest.
    told = seen.Counters(seen.readers_entry(case_id, opened[CompartmentKind.CONVERSATION].stated.staff))
    for compartment in opened.values():
        recipients = compartments.staff_recipients(uow, compartment.stated.staff, compartment.kind)
        person = Recipient(PrincipalKind.REPORTER, row.id, keys.public)
        compartments.rotate_to(uow, compartment, [*recipients, person], principal(uow))
    counters = told.with_later(entry for each in opened.values() for entry in compartments.sight(each).entries)
    row.public, row.lookup_hash, row.generation = keys.public.to_bytes(), secrets.lookup_hash, generation
    row.words_changed_on = uow.today
    row.sealed_state = seen.sealed_memory(uow, row.id, secrets.root_secret, counters)
    audit.record(uow, Event.RECEIPT_REPLACED, case_id)


def is_received(uow: UnitOfWork, opened: Iterable[OpenCompartment]) -> bool:
    """Say whether somebody on the case may still be sealed a new key of each of these compartments."""
    log = key_log.load(uow)
    return all(log.receivers(each.kind, uow.today).intersection(each.stated.staff) for each in opened)


def still_receiving(uow: UnitOfWork, case_id: uuid.UUID) -> dict[uuid.UUID, bool]:
    """Say of every colleague who can open a conversation whether new keys to it would be sealed to them today."""
    policy.require(uow.actor, Permission.CASE_MESSAGE)
    holders = compartments.open_case(uow, case_id)[CompartmentKind.CONVERSATION].stated.staff
    receivers = key_log.load(uow).receivers(CompartmentKind.CONVERSATION, uow.today)
    return {each: each in receivers for each in holders}


def _create_reporter(
    uow: UnitOfWork, case_id: uuid.UUID, secrets: ReceiptSecrets, generation: int, readers: Iterable[uuid.UUID]
) -> None:
    """Make the reporter, who knows from the page before sending who can open it."""
    me = principal(uow)
    told = seen.Counters(seen.readers_entry(case_id, readers))
    row = Reporter(
        organisation_id=uow.organisation_id,
        id=me.id,
        case_id=case_id,
        lookup_hash=secrets.lookup_hash,
        generation=generation,
        public=me.keys.public.to_bytes(),
        sealed_state=seen.sealed_memory(uow, me.id, secrets.root_secret, told),
    )
    uow.session.add(row)
    uow.session.flush()
    # A session forgets a row that nobody holds, and would ask for it again.
    uow.opened["reporter"] = row
