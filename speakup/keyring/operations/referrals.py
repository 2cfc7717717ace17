"""Keys of what one person outside the team is shown, and of what they answer.

A referral is a place of its own and names no case, as a group is: whoever is given it holds no key of the case it came
from. The guardians on the case hold it too. Its recipient reads and writes under a key that a guardian made, and makes
none: where a new one is due, they wait until a guardian has looked.
"""

import uuid
from collections.abc import Collection

from sqlalchemy import bindparam, select

from speakup import audit, policy
from speakup.audit import Event
from speakup.kernel.errors import NobodyToReceive
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import Compartment, CompartmentKind, Grant, PrincipalKind
from speakup.keyring.operations import compartments, key_log
from speakup.keyring.operations.compartments import OpenCompartment
from speakup.keyring.principals import principal
from speakup.policy import Permission

REFERRAL = CompartmentKind.REFERRAL

_GRANT = Grant.__table__.c
HELD = select(_GRANT.case_id).where(
    _GRANT.organisation_id == bindparam("organisation"),
    _GRANT.principal_kind == PrincipalKind.STAFF,
    _GRANT.principal_id == bindparam("me"),
    _GRANT.kind == REFERRAL,
)
"""A subquery of the referrals somebody holds a key of."""


def may_be_referred_to(uow: UnitOfWork, person_id: uuid.UUID) -> bool:
    """Say whether a referral may be sealed to this person today: their key is vouched for."""
    vouched = key_log.load(uow).valid.get(person_id)
    return vouched is not None and vouched.may_receive(REFERRAL, uow.today)


def create_referral(uow: UnitOfWork, referral_id: uuid.UUID, staff: Collection[uuid.UUID]) -> OpenCompartment:
    """Make a referral for the acting guardian and others on the case; nobody else reads it yet."""
    policy.require(uow.actor, Permission.CASE_REFER)
    recipients = compartments.staff_recipients(uow, {*staff, uow.actor.person_id}, REFERRAL)
    if uow.actor.person_id not in {each.id for each in recipients}:
        raise NobodyToReceive(referral_id)
    return compartments.make(uow, referral_id, {REFERRAL: recipients}, principal(uow))[REFERRAL]


def open_referral(uow: UnitOfWork, referral_id: uuid.UUID, origin: str | None = None) -> OpenCompartment:
    """Open a referral, the one of this `origin` if its case says which; `NotFound` for whoever holds no key of it."""
    return compartments.require_origin(compartments.open_case(uow, referral_id, REFERRAL)[REFERRAL], origin)


def is_referral_gone(uow: UnitOfWork, referral_id: uuid.UUID) -> bool:
    """Say whether nothing is stored any more that anybody's key could open: somebody took it away."""
    uow.session.flush()
    rows = Compartment.__table__.c
    there = select(rows.id).where(
        rows.organisation_id == uow.organisation_id, rows.case_id == referral_id, rows.kind == REFERRAL
    )
    return uow.session.scalar(there.limit(1)) is None


def follow_referral(
    uow: UnitOfWork, referral: OpenCompartment, staff: Collection[uuid.UUID], recipient_id: uuid.UUID | None
) -> None:
    """Give a referral a new key unless exactly these hold it: guardians, and the recipient if any.

    Whoever acts may be none of them any more: they are handing their case on.
    """
    policy.require(uow.actor, Permission.CASE_REFER)
    wanted = {*staff, *({recipient_id} if recipient_id else ())}
    # Whose vouching has run out since is no fault to be warned of: they are left out, and named on the page.
    wanted &= key_log.load(uow).receivers(REFERRAL, uow.today)
    recipients = compartments.staff_recipients(uow, wanted, REFERRAL)
    before = referral.stated.staff
    if not {each.id for each in recipients} & set(staff):
        raise NobodyToReceive(referral.place.case_id)
    if {each.id for each in recipients} == before:
        return
    compartments.rotate_to(uow, referral, recipients, principal(uow))
    gained = recipient_id is not None and recipient_id not in before
    audit.record(uow, Event.GRANT_GIVEN if gained else Event.GRANT_REVOKED, referral.place.case_id)
