"""Keys of what people who spoke up together agreed to share.

A group is a place of its own and names no case. Its members are principals drawn for it alone, whose secret lies sealed
in the conversation of each member's case: so the rows say that somebody is in a group, and not who. Whoever holds that
case's conversation could act for its member there; they are the person, and the guardians, who hold the group anyway.
"""

import secrets
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import delete, select

from speakup import audit, policy
from speakup.audit import Event
from speakup.crypto.keypairs import reporter_keys
from speakup.kernel.actor import Actor, ActorKind
from speakup.kernel.errors import NobodyToReceive
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import CompartmentKind, Grant, PrincipalKind, Reporter
from speakup.keyring.operations import compartments, seen
from speakup.keyring.operations.compartments import OpenCompartment, Recipient
from speakup.keyring.principals import principal
from speakup.policy import Permission

GROUP = CompartmentKind.GROUP
_NO_GENERATION = 0
"""Of a member, who is found by no words."""


@dataclass(frozen=True, slots=True)
class Membership:
    """How one person is in a group: what is sealed in their conversation, and nowhere else."""

    group_id: uuid.UUID
    member_id: uuid.UUID
    secret: bytes = field(repr=False)
    origin: str | None = None
    """Which place the group is, so that no other is read in its stead; None for whoever joined before that was kept."""

    def actor(self, organisation_id: uuid.UUID) -> Actor:
        """Return the member, to open with what the group shares and nothing else."""
        return Actor(ActorKind.REPORTER, organisation_id, self.member_id, frozenset(), self.secret)


def create_group(uow: UnitOfWork, group_id: uuid.UUID, staff: Collection[uuid.UUID]) -> OpenCompartment:
    """Make what a group shares, for the acting guardian and other guardians; nobody is a member yet."""
    policy.require(uow.actor, Permission.CASE_RECORD)
    recipients = compartments.staff_recipients(uow, staff, GROUP)
    if uow.actor.person_id not in {each.id for each in recipients}:
        raise NobodyToReceive(group_id)
    return compartments.make(uow, group_id, {GROUP: recipients}, principal(uow))[GROUP]


def open_group(uow: UnitOfWork, group_id: uuid.UUID, origin: str | None = None) -> OpenCompartment:
    """Open what a group shares, of this `origin` if a case says which; `NotFound` for whoever holds no key of it."""
    return compartments.require_origin(compartments.open_case(uow, group_id, GROUP)[GROUP], origin)


def join_group(uow: UnitOfWork, group: OpenCompartment) -> Membership:
    """Make a new member, who reads what was shared before as well; the caller seals the membership for the person."""
    policy.require(uow.actor, Permission.CASE_MESSAGE)
    group_id, secret = group.place.case_id, secrets.token_bytes(32)
    keys, member_id = reporter_keys(secret), new_id()
    newcomer = Recipient(PrincipalKind.REPORTER, member_id, keys.public)
    _rotate(uow, group, group.stated.staff, [newcomer])
    counters = seen.Counters().with_later(compartments.sight(group).entries)
    row = Reporter(
        organisation_id=uow.organisation_id,
        id=member_id,
        case_id=group_id,
        lookup_hash=secrets.token_bytes(32),
        generation=_NO_GENERATION,
        public=keys.public.to_bytes(),
        sealed_state=seen.sealed_memory(uow, member_id, secret, counters),
    )
    uow.session.add(row)
    uow.session.flush()
    return Membership(group_id, member_id, secret, group.origin)


def leave_group(uow: UnitOfWork, membership: Membership) -> None:
    """Take away a member's grant at once. The key changes before anything more is shared (`follow_group`)."""
    uow.session.execute(
        delete(Grant).where(
            Grant.organisation_id == uow.organisation_id,
            Grant.case_id == membership.group_id,
            Grant.principal_kind == PrincipalKind.REPORTER,
            Grant.principal_id == membership.member_id,
        )
    )


def follow_group(uow: UnitOfWork, group: OpenCompartment, staff: Collection[uuid.UUID]) -> None:
    """Give the group a new key where a member has left, or other guardians are to hold it: exactly `staff` and me."""
    policy.require(uow.actor, Permission.CASE_ROTATE)
    wanted = {*staff, uow.actor.person_id}
    able = {each.id for each in compartments.staff_recipients(uow, wanted, GROUP)}
    if _left(uow, group) or able != group.stated.staff:
        _rotate(uow, group, able, [])


def keep_group_readers(uow: UnitOfWork, group: OpenCompartment, staff: Collection[uuid.UUID]) -> None:
    """Let these be the only colleagues who hold what a group shares; whoever acts may be one of those who lose it."""
    policy.require(uow.actor, Permission.CASE_ROTATE)
    able = {each.id for each in compartments.staff_recipients(uow, staff, GROUP)}
    if able and able != group.stated.staff:
        _rotate(uow, group, able, [])


def _rotate(uow: UnitOfWork, group: OpenCompartment, staff: Iterable[uuid.UUID], newcomers: list[Recipient]) -> None:
    left = _left(uow, group)
    members = compartments.reporter_recipient(uow, group.place.case_id, group.stated)
    staying = [each for each in members if each.id not in left]
    recipients = compartments.staff_recipients(uow, staff, GROUP)
    compartments.rotate_to(uow, group, [*recipients, *staying, *newcomers], principal(uow))
    for member_id in left:
        uow.session.delete(uow.session.get_one(Reporter, (uow.organisation_id, member_id)))
    audit.record(uow, Event.GRANT_GIVEN if newcomers else Event.GRANT_REVOKED, group.place.case_id)


def _left(uow: UnitOfWork, group: OpenCompartment) -> set[uuid.UUID]:
    """Find the members whom the newest key record names and who have taken their grant away."""
    named = {each.id for each in group.stated.holders if each.kind is PrincipalKind.REPORTER}
    uow.session.flush()
    granted = select(Grant.principal_id).where(
        Grant.organisation_id == uow.organisation_id,
        Grant.compartment_id == group.id,
        Grant.principal_kind == PrincipalKind.REPORTER,
    )
    return named - set(uow.session.scalars(granted))
