"""People, what they are in each organisation, how they were invited, and their second factor."""

import uuid
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from speakup.kernel.actor import Role
from speakup.kernel.db import Base, Owned, OwnedById, table_args


class Person(Base):
    """Somebody with an account. Global, and reached only through a membership or by the person signed in."""

    __tablename__ = "person"
    __table_args__ = table_args()

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    """Their address for signing in; no address at all for somebody invited, whoever that may turn out to be."""
    name: Mapped[str]
    job_title: Mapped[str] = mapped_column(default="")
    workplace: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    hours: Mapped[str] = mapped_column(default="")
    about: Mapped[str] = mapped_column(default="")
    """For guardians: a sentence or two shown on the front page."""
    photo: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """JPEG, rebuilt without hidden data; public, as the guardian chose."""


class Membership(Owned, Base):
    """What a person is in one organisation.

    `roles` is what an administrator wrote. A role that can hold a grant takes effect only once the key log says so.
    """

    __tablename__ = "membership"
    __table_args__ = table_args()

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    roles: Mapped[list[str]]
    joined_on: Mapped[date | None]
    """The day the invitation was taken up; None while it waits."""
    left_on: Mapped[date | None]
    invited_email: Mapped[str | None]
    """Where the invitation goes, until it is taken up. Only then is it asked whose account that address is."""
    roles_asked_by: Mapped[uuid.UUID | None]
    roles_asked_at: Mapped[datetime | None]
    """Who wrote `roles` last, or ended the membership, and when; both empty where nobody needs to be told."""
    reminders: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether they are sent a letter on a day when something is due."""
    routing_read: Mapped[int] = mapped_column(default=0, server_default="0")
    """The entry of the key log with the newest routing rules they have read."""

    @property
    def drafted_roles(self) -> frozenset[Role]:
        """The roles an administrator wrote down."""
        return _roles_named(tuple(self.roles))


@lru_cache(maxsize=1024)
def _roles_named(names: tuple[str, ...]) -> frozenset[Role]:
    """Only words that are roles count."""
    return frozenset(role for role in Role if role.value in names)


class Absence(OwnedById, Base):
    """Days on which somebody is away, and who stands in for them.

    It counts once `agreed`: said by the person or by the lead guardian at once, said by an administrator when a
    guardian agrees. Concerns are not routed to somebody away.
    """

    __tablename__ = "absence"
    __table_args__ = table_args(Index(None, "organisation_id", "last_on"))

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    first_on: Mapped[date]
    last_on: Mapped[date]
    """Both are days away."""
    stand_in_id: Mapped[uuid.UUID | None]
    """Who takes what a rule gives to whoever is away."""
    agreed: Mapped[bool]
    asked_by: Mapped[uuid.UUID | None]
    asked_at: Mapped[datetime | None]
    """Who wrote it."""
    end_asked_by: Mapped[uuid.UUID | None]
    end_asked_at: Mapped[datetime | None]
    """An administrator's word that it is over, or will not be. It waits for a guardian."""

    def covers(self, day: date) -> bool:
        """Say whether whoever it is about is away on that day."""
        return self.first_on <= day <= self.last_on


class CalendarAddress(Owned, Base):
    """That somebody's calendar may be told how many things are due on which day. Only a hash of the secret is kept."""

    __tablename__ = "calendar_address"
    __table_args__ = table_args(UniqueConstraint("organisation_id", "secret_hash"))

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret_hash: Mapped[bytes]
    made_on: Mapped[date]


class Invitation(OwnedById, Base):
    """A one-time link. Only the hash of its token is kept, and the token is made when the link is sent or shown."""

    __tablename__ = "invitation"
    __table_args__ = table_args()

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    token_hash: Mapped[bytes | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SecondFactor(Base):
    """A person's authenticator, sealed under their own account key, and hashes of the recovery codes left."""

    __tablename__ = "second_factor"
    __table_args__ = table_args()

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sealed_secret: Mapped[bytes]
    last_step: Mapped[int] = mapped_column(default=0)
    """The newest 30-second step accepted, so that a code cannot be used twice."""
    wrong_codes: Mapped[int] = mapped_column(default=0, server_default="0")
    """Since the last right one. From where they came is kept nowhere."""
    codes_rest_until: Mapped[datetime | None]
    """Until when no code is tried, after many wrong ones; recovery codes are."""
    recovery_hashes: Mapped[list[str]]
    confirmed: Mapped[bool] = mapped_column(default=False)
