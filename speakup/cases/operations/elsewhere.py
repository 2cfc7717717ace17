"""A concern that belongs to another organisation of the installation: the person takes it there, and nobody else.

No key of either organisation opens anything of the other. The guardian here offers a text; the person changes it as
they like and raises it there, from their own inbox and with words of their own. Here it is kept that they did, and not
which case it became.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from speakup import keyring, policy
from speakup.cases.models import Case, HowRaised, RecordKind, Said
from speakup.cases.operations.conversing import conversation_of, say
from speakup.cases.operations.intake import (
    NewConcern,
    PersonDetails,
    choose_receivers,
    require_lengths,
    require_words,
    start_case,
)
from speakup.crypto.receipts import ReceiptSecrets
from speakup.kernel.errors import Conflict, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import Record
from speakup.policy import Permission
from speakup.routing import Choice

OFFERED, DECLINED, TAKEN = Said.ELSEWHERE_OFFERED, Said.ELSEWHERE_DECLINED, Said.TAKEN_ELSEWHERE


@dataclass(frozen=True, slots=True)
class Offer:
    """That a guardian asks whether the person takes it to another organisation, which was called so then."""

    record_id: uuid.UUID
    organisation_id: uuid.UUID
    organisation: str
    by: uuid.UUID
    day: date
    words: str = field(repr=False)
    text: str = field(repr=False)
    """What would be told there, until the person changes it."""


@dataclass(frozen=True, slots=True)
class Taking:
    """What the person tells there, and whether they say who they are."""

    narrative: str = field(repr=False)
    person: PersonDetails | None = field(repr=False)
    lot: bytes = field(repr=False)
    named: tuple[uuid.UUID, uuid.UUID] | None = None

    def concern(self) -> NewConcern:
        """Return it in the shape every concern has."""
        how = HowRaised.CONFIDENTIAL if self.person else HowRaised.ANONYMOUS
        return NewConcern(self.narrative, how, person=self.person, lot=self.lot, named=self.named)


def offer_elsewhere(
    uow: UnitOfWork, case: Case, organisation: tuple[uuid.UUID, str], text: str, words: str = ""
) -> None:
    """Ask the person whether they take it to another organisation, which has this id and name.

    `Conflict` for a person without words, who would never read it.
    """
    policy.require(uow.actor, Permission.CASE_HAND_OVER, case)
    require_words(text=text)
    require_lengths({"words": words})
    if not keyring.has_receipt(uow, case.id):
        raise Conflict(case.ref)
    say(uow, case, OFFERED, words, to=str(organisation[0]), called=organisation[1], offered=text.strip())


def decline_elsewhere(uow: UnitOfWork, case: Case) -> None:
    """Keep it here, as the person; `Conflict` when nothing is offered any more."""
    policy.require(uow.actor, Permission.INBOX_USE, case)
    offer = _standing(uow, case)
    say(uow, case, DECLINED, called=offer.organisation)


def who_would_have_it(uow: UnitOfWork, taking: Taking) -> Choice:
    """Ask the rules of the organisation it would go to, as anybody there; `NobodyToReceive` for nobody."""
    policy.require(uow.actor, Permission.CASE_RAISE)
    return choose_receivers(uow, taking.concern(), frozenset())


def raise_elsewhere(uow: UnitOfWork, secrets: ReceiptSecrets, generation: int, taking: Taking) -> None:
    """Raise it there, as the person: a concern like any other. Sent before with the same words, it changes nothing.

    `Conflict` when those who were named cannot be chosen any more.
    """
    policy.require(uow.actor, Permission.CASE_RAISE)
    require_lengths({"narrative": taking.narrative})
    try:
        keyring.find_reporter(uow, secrets.lookup_hash)
    except NotFound:
        start_case(uow, secrets, generation, taking.concern())


def note_taken(uow: UnitOfWork, case: Case) -> None:
    """Keep, in the case it came from, that the person took it there; nothing once that stands already."""
    policy.require(uow.actor, Permission.INBOX_USE, case)
    offer = _standing(uow, case)
    say(uow, case, TAKEN, called=offer.organisation)


def offer_of(messages: Iterable[Record]) -> Offer | None:
    """Return the offer that stands; None once it was taken up or declined."""
    marked = [each for each in messages if each.body.get("told") in {OFFERED, DECLINED, TAKEN}]
    if not marked or marked[-1].body["told"] != OFFERED:
        return None
    record = marked[-1]
    return Offer(
        record_id=record.id,
        organisation_id=uuid.UUID(record.body["to"]),
        organisation=record.body["called"],
        by=uuid.UUID(record.body["author"]),
        day=date.fromisoformat(record.body["day"]),
        words=record.body["text"],
        text=record.body["offered"],
    )


def _standing(uow: UnitOfWork, case: Case) -> Offer:
    offer = offer_of(keyring.read(uow, conversation_of(uow, case), RecordKind.MESSAGE))
    if offer is None:
        raise Conflict(case.ref)
    return offer
