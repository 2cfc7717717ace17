"""Whom one publishes to and receives from, and published years side by side. Every figure comes out of a copy."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select

from speakup import audit, papers, policy
from speakup.audit import Event
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import UnitOfWork
from speakup.organisations import Nature
from speakup.papers import Kind, Pack
from speakup.peers.models import PublishedTo, ReceivedFrom, ReceivedYear
from speakup.peers.operations import id_of, still_answers
from speakup.policy import Permission

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Another organisation that years are sent to, or received from, by the address it was named by."""

    other_id: uuid.UUID
    host: str
    since: date
    answers: bool
    """Whether it still answers to that address. While it does not, nothing crosses."""


@dataclass(frozen=True, slots=True)
class Year:
    """What one organisation published of one year, as far as it is held against others."""

    pack: Pack
    nature: Nature | None
    staff: int | None
    staff_on: date | None
    own: bool

    @property
    def name(self) -> str:
        """Return what the organisation was called on its publication."""
        return self.pack.organisation

    @property
    def people(self) -> int | None:
        """Return how many spoke up, rounded as it was published; None where that was masked."""
        return None if self.pack.cases is None else self.pack.cases.shown

    @property
    def restated(self) -> bool:
        """Whether cases that were coded anew are counted as they are coded now."""
        return self.pack.kind is Kind.RESTATEMENT


def publishes_to(uow: UnitOfWork) -> list[Agreement]:
    """List whom this organisation publishes to, by their addresses."""
    policy.require(uow.actor, Permission.ADMIN_PEERS)
    rows = select(PublishedTo).where(PublishedTo.organisation_id == uow.organisation_id)
    found = uow.session.scalars(rows.order_by(PublishedTo.host))
    return [_agreement(uow, row.receiver_id, row) for row in found]


def receives_from(uow: UnitOfWork) -> list[Agreement]:
    """List whom this organisation receives from, by their addresses."""
    policy.require(uow.actor, Permission.ADMIN_PEERS)
    rows = select(ReceivedFrom).where(ReceivedFrom.organisation_id == uow.organisation_id)
    found = uow.session.scalars(rows.order_by(ReceivedFrom.host))
    return [_agreement(uow, row.provider_id, row) for row in found]


def _agreement(uow: UnitOfWork, other_id: uuid.UUID, row: PublishedTo | ReceivedFrom) -> Agreement:
    return Agreement(other_id, row.host, row.since, still_answers(uow, other_id, row.host))


def years_there(uow: UnitOfWork) -> list[str]:
    """List the years of which anything came, the newest first. No figure is read for it."""
    policy.require(uow.actor, Permission.BOARD_READ)
    found = select(ReceivedYear.year).where(ReceivedYear.organisation_id == uow.organisation_id).distinct()
    return sorted(uow.session.scalars(found), reverse=True)


def years(uow: UnitOfWork, year: str) -> list[Year]:
    """List what each organisation published of one year, the newest where it did so again; its own stands first.

    `IntegrityFault` where a copy is not what the audit chain says came.
    """
    policy.require(uow.actor, Permission.BOARD_READ)
    rows = _checked(uow, year)
    newest: dict[uuid.UUID, tuple[tuple[date, bool, int], Year]] = {}
    for row in rows:
        own = row.provider_id == uow.organisation_id
        at = Year(papers.read(row.pack), row.nature, row.staff, row.staff_on, own)
        age = (at.pack.published_on, at.restated, row.number)
        if row.provider_id not in newest or age > newest[row.provider_id][0]:
            newest[row.provider_id] = (age, at)
    return sorted((each for _age, each in newest.values()), key=lambda each: (not each.own, each.name))


def nothing_from(uow: UnitOfWork, year: str) -> int:
    """Count the organisations this one would receive from, and of which it has nothing for a year. It says not which,
    nor why: they may have published nothing, or send it to nobody here.
    """
    policy.require(uow.actor, Permission.BOARD_READ)
    named = select(ReceivedFrom.provider_id).where(ReceivedFrom.organisation_id == uow.organisation_id)
    came = select(ReceivedYear.provider_id).where(
        ReceivedYear.organisation_id == uow.organisation_id, ReceivedYear.year == year
    )
    return len(set(uow.session.scalars(named)) - set(uow.session.scalars(came)))


def _checked(uow: UnitOfWork, year: str) -> Sequence[ReceivedYear]:
    found = select(ReceivedYear).where(ReceivedYear.organisation_id == uow.organisation_id, ReceivedYear.year == year)
    rows = uow.session.scalars(found).all()
    came = audit.subjects_since(uow, Event.YEAR_RECEIVED, _EVER, [row.id for row in rows])
    for row in rows:
        if row.id != id_of(row):
            raise IntegrityFault(row.id, "copy of a published year")
        if row.id not in came:
            raise IntegrityFault(row.id, "copy of a published year in the audit chain")
    return rows
