"""Finding people: through a membership here, or as the person signed in."""

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import bindparam, or_, select

from speakup import policy
from speakup.accounts.models import Absence, CalendarAddress, Invitation, Membership, Person, SecondFactor
from speakup.kernel.actor import Role
from speakup.kernel.errors import NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission

# Built once: putting a statement together takes longer than asking it.
_HERE = Membership.organisation_id == bindparam("organisation")
_WITH_MEMBERSHIP = select(Person, Membership).join(Membership, Membership.person_id == Person.id).where(_HERE)
_MEMBER = _WITH_MEMBERSHIP.where(Person.id == bindparam("person"))
_MEMBERS = _WITH_MEMBERSHIP.where(Membership.left_on.is_(None)).order_by(Person.name, Person.id)
_MEMBERSHIPS_WITH = select(Membership).where(
    _HERE, or_(Membership.left_on.is_(None), Membership.person_id.in_(bindparam("people", expanding=True)))
)
_OF_THESE = Person.id.in_(bindparam("people", expanding=True))
_PAST = _WITH_MEMBERSHIP.where(Membership.left_on.is_not(None), _OF_THESE).order_by(Person.name, Person.id)
_AWAY = "absences"
_ABSENCES = (
    select(Absence)
    .where(Absence.organisation_id == bindparam("organisation"), Absence.last_on >= bindparam("today"))
    .order_by(Absence.first_on, Absence.person_id, Absence.id)
)
_PHOTOGRAPHED = (
    select(Person.id).join(Membership, Membership.person_id == Person.id).where(_HERE, Person.photo.is_not(None))
)
# Of columns, where no object is wanted: a guardian's every page asks these.
_PEOPLE, _MEMBERSHIPS, _FACTORS = (each.__table__ for each in (Person, Membership, SecondFactor))
_OURS = _PEOPLE.join(_MEMBERSHIPS, _MEMBERSHIPS.c.person_id == _PEOPLE.c.id)
_THESE_HERE = (
    _MEMBERSHIPS.c.organisation_id == bindparam("organisation"),
    _MEMBERSHIPS.c.person_id.in_(bindparam("people", expanding=True)),
)
_NAMES = select(_PEOPLE.c.id, _PEOPLE.c.name).select_from(_OURS).where(*_THESE_HERE)
_GONE = select(_MEMBERSHIPS.c.person_id).where(*_THESE_HERE, _MEMBERSHIPS.c.left_on.is_not(None))
_LEFT = select(_MEMBERSHIPS.c.person_id, _MEMBERSHIPS.c.left_on).where(*_THESE_HERE)
_CONFIRMED = select(_FACTORS.c.confirmed).where(_FACTORS.c.person_id == bindparam("person"))


@dataclass(frozen=True, slots=True)
class Member:
    """A person in this organisation."""

    person: Person
    membership: Membership
    vouched_name: str = ""
    """As whoever vouched for them read it, where that was asked for; nothing written since changes it."""

    @property
    def id(self) -> uuid.UUID:
        """The person's id."""
        return self.person.id

    @property
    def name(self) -> str:
        """What they are called."""
        return self.vouched_name or self.person.name

    @property
    def is_from_elsewhere(self) -> bool:
        """Whether they are a guardian of another organisation, who helps out here."""
        return Role.BUDDY_GUARDIAN in self.membership.roles

    @property
    def email(self) -> str:
        """Their address: as it was typed, until they take the invitation up."""
        return self.membership.invited_email or self.person.email


def by_email(uow: UnitOfWork, email: str) -> Person | None:
    """Return the person with this address who belongs here, for signing in."""
    return uow.session.scalar(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == uow.organisation_id,
            Membership.left_on.is_(None),
            Person.email == email.strip().lower(),
        )
    )


def by_address(uow: UnitOfWork, email: str) -> Member | None:
    """Return whoever belongs, belonged or is invited here with this address. What is so elsewhere is not asked."""
    wanted = email.strip().lower()
    rows = uow.session.execute(_WITH_MEMBERSHIP, {"organisation": uow.organisation_id})
    return next((each for each in (Member(*row) for row in rows) if each.email == wanted), None)


def account_of(uow: UnitOfWork, invitation: Invitation) -> uuid.UUID:
    """Return whose account an invitation leads to, now that somebody holds its token; a new one's, where there is none.

    Nobody but the holder of the token may be told anything that depends on it.
    """
    invited = member(uow, invitation.person_id)
    known = uow.session.scalar(select(Person.id).where(Person.email == invited.email))
    return known or invited.id


def member(uow: UnitOfWork, person_id: uuid.UUID) -> Member:
    """Return one person of this organisation, present or past."""
    row = uow.session.execute(_MEMBER, {"organisation": uow.organisation_id, "person": person_id}).one_or_none()
    if row is None:
        raise NotFound(person_id)
    return Member(*row)


def members(uow: UnitOfWork) -> list[Member]:
    """List everybody who belongs here, by name."""
    return list(uow.once("members", lambda: _members(uow)))


def _members(uow: UnitOfWork) -> list[Member]:
    return [Member(*row) for row in uow.session.execute(_MEMBERS, {"organisation": uow.organisation_id})]


def memberships(uow: UnitOfWork, besides: Iterable[uuid.UUID] = ()) -> list[Membership]:
    """List what everybody is who belongs here, and what those named `besides` were who no longer do."""
    asked = {"organisation": uow.organisation_id, "people": list(besides)}
    return list(uow.session.scalars(_MEMBERSHIPS_WITH, asked))


def members_with(uow: UnitOfWork, roles: Iterable[Role]) -> list[Member]:
    """List those written down for any of these roles. Whether a role is in effect is the keyring's to say."""
    wanted = frozenset(roles)
    return [each for each in members(uow) if each.membership.drafted_roles & wanted]


def past_members(uow: UnitOfWork, person_ids: Iterable[uuid.UUID]) -> list[Member]:
    """List those of these people who belonged here and no longer do, by name."""
    asked = {"organisation": uow.organisation_id, "people": list(person_ids)}
    return [Member(*row) for row in uow.session.execute(_PAST, asked)]


def gone(uow: UnitOfWork, person_ids: Iterable[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Say which of these people belonged here and no longer do."""
    uow.session.flush()
    asked = {"organisation": uow.organisation_id, "people": list(person_ids)}
    return frozenset(uow.session.execute(_GONE, asked).scalars())


def left_on(uow: UnitOfWork, person_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, date | None]:
    """Say of each of these people who belongs here or did on which day they left; None for who has not."""
    uow.session.flush()
    asked = {"organisation": uow.organisation_id, "people": list(person_ids)}
    return {person: day for person, day in uow.session.execute(_LEFT, asked)}  # noqa: C416 -- rows are no pairs to `dict`


def absences(uow: UnitOfWork) -> list[Absence]:
    """List every absence of anybody that is not over, those that wait for a guardian too, the next first."""
    # Remembered where things are written, too: whoever changes one has them asked for again.
    if _AWAY not in uow.opened:
        asked = {"organisation": uow.organisation_id, "today": uow.today}
        uow.opened[_AWAY] = uow.session.scalars(_ABSENCES, asked).all()
    return list(uow.opened[_AWAY])


def away(uow: UnitOfWork, on: date | None = None) -> dict[uuid.UUID, Absence]:
    """Say who is away on a day (today), and by which absence."""
    day = on or uow.today
    return {each.person_id: each for each in absences(uow) if each.agreed and each.covers(day)}


def away_until(uow: UnitOfWork, person_id: uuid.UUID) -> date | None:
    """Return the last day in a row on which somebody is away, from today on; None for somebody who is here."""
    mine, last = [each for each in absences(uow) if each.agreed and each.person_id == person_id], None
    following: Absence | None = next((each for each in mine if each.covers(uow.today)), None)
    while following is not None:
        last = following.last_on
        following = next((each for each in mine if each.covers(following.last_on + timedelta(days=1))), None)
    return last


def find_absence(uow: UnitOfWork, absence_id: uuid.UUID) -> Absence:
    """Return one absence that is not over; `NotFound` once it is, or is gone."""
    found = next((each for each in absences(uow) if each.id == absence_id), None)
    if found is None:
        raise NotFound(absence_id)
    return found


def photographed(uow: UnitOfWork) -> frozenset[uuid.UUID]:
    """Say who of this organisation has given a photo, without reading the photos."""
    return frozenset(uow.session.scalars(_PHOTOGRAPHED, {"organisation": uow.organisation_id}))


def names_of(uow: UnitOfWork, person_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Map people of this organisation, past ones too, to their names."""
    uow.session.flush()
    rows = uow.session.execute(_NAMES, {"organisation": uow.organisation_id, "people": list(person_ids)})
    return {row[0]: row[1] for row in rows.all()}


def invitation_for(uow: UnitOfWork, token: str) -> Invitation:
    """Return the unused, unexpired invitation this token opens; anything else is absent."""
    digest = hashlib.sha256(token.encode()).digest()
    found = uow.session.scalar(
        select(Invitation).where(Invitation.organisation_id == uow.organisation_id, Invitation.token_hash == digest)
    )
    if found is None or found.used_at is not None or found.expires_at < uow.now:
        raise NotFound("invitation")
    return found


def find_invitation(uow: UnitOfWork, invitation_id: uuid.UUID) -> Invitation:
    """Return one invitation of this organisation, for whoever keeps memberships."""
    policy.require(uow.actor, Permission.ADMIN_MEMBERSHIPS)
    found = uow.session.get(Invitation, (uow.organisation_id, invitation_id))
    if found is None:
        raise NotFound(invitation_id)
    return found


def invited_as(uow: UnitOfWork, invitation_id: uuid.UUID) -> uuid.UUID:
    """Return whom an invitation leads to by now: whoever took it up may have had an account before."""
    found = uow.session.get(Invitation, (uow.organisation_id, invitation_id))
    if found is None:
        raise NotFound(invitation_id)
    return found.person_id


def open_invitations(uow: UnitOfWork) -> list[Invitation]:
    """List invitations not taken up yet."""
    policy.require(uow.actor, Permission.ADMIN_MEMBERSHIPS)
    return list(
        uow.session.scalars(
            select(Invitation)
            .where(Invitation.organisation_id == uow.organisation_id, Invitation.used_at.is_(None))
            .order_by(Invitation.expires_at)
        )
    )


def has_second_factor(uow: UnitOfWork, person_id: uuid.UUID) -> bool:
    """Say whether a confirmed authenticator is set."""
    uow.session.flush()
    return bool(uow.session.execute(_CONFIRMED, {"person": person_id}).scalar())


def calendar_hash(secret: str) -> bytes:
    """Return what is kept of a calendar's secret, which is too long to be guessed from it."""
    return hashlib.sha256(b"speakup calendar " + secret.encode("utf-8", "surrogatepass")).digest()


def my_calendar(uow: UnitOfWork) -> CalendarAddress | None:
    """Return that whoever acts has a calendar address, without its secret."""
    policy.require(uow.actor, Permission.ACCOUNT_KEEP)
    return uow.session.get(CalendarAddress, (uow.organisation_id, uow.actor.person_id))


def whose_calendar(uow: UnitOfWork, secret: str) -> uuid.UUID:
    """Return whose calendar a secret is for; a wrong one and somebody who left are alike `NotFound`."""
    policy.require(uow.actor, Permission.CALENDAR_FOLLOW)
    person_id = uow.session.scalar(
        select(CalendarAddress.person_id).where(
            CalendarAddress.organisation_id == uow.organisation_id, CalendarAddress.secret_hash == calendar_hash(secret)
        )
    )
    membership = uow.session.get(Membership, (uow.organisation_id, person_id)) if person_id else None
    if membership is None or membership.left_on is not None:
        raise NotFound("calendar")
    return membership.person_id
