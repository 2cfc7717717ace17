"""Agreeing to publish to another organisation and to receive from it, and the two halves of carrying a copy across."""

import json
import uuid
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from sqlalchemy import func, select

from speakup import audit, insight, jobs, organisations, papers, policy
from speakup.audit import Event
from speakup.jobs import Job
from speakup.kernel.errors import Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.organisations import Nature
from speakup.papers import Pack
from speakup.peers.models import PublishedTo, ReceivedFrom, ReceivedYear
from speakup.peers.rules import for_others
from speakup.policy import Permission


@dataclass(frozen=True, slots=True)
class Parcel:
    """One year on its way: a value, with nothing of the provider's database in it."""

    provider_id: uuid.UUID
    ref: str
    year: str
    nature: Nature | None
    staff: int | None
    staff_on: date | None
    pack: bytes = field(repr=False)


# --- what both sides say first --------------------------------------------------------------------------------------


def publish_to(uow: UnitOfWork, host: str) -> PublishedTo:
    """Agree that another organisation is sent the years published here. It is named by an address it answers to."""
    policy.require(uow.actor, Permission.ADMIN_PEERS)
    receiver_id = _named(uow, host)
    if uow.session.get(PublishedTo, (uow.organisation_id, receiver_id)) is not None:
        raise Invalid("host", "there")
    row = PublishedTo(
        organisation_id=uow.organisation_id,
        receiver_id=receiver_id,
        host=_plain(host),
        since=uow.today,
        agreed_by=uow.actor.person_id,
    )
    uow.session.add(row)
    ask_to_carry(uow)
    audit.record(uow, Event.PUBLISHING_TO_BEGUN, receiver_id)
    return row


def receive_from(uow: UnitOfWork, host: str) -> ReceivedFrom:
    """Agree to take in the years that another organisation publishes, if it agrees too."""
    policy.require(uow.actor, Permission.ADMIN_PEERS)
    provider_id = _named(uow, host)
    if uow.session.get(ReceivedFrom, (uow.organisation_id, provider_id)) is not None:
        raise Invalid("host", "there")
    row = ReceivedFrom(
        organisation_id=uow.organisation_id,
        provider_id=provider_id,
        host=_plain(host),
        since=uow.today,
        agreed_by=uow.actor.person_id,
    )
    uow.session.add(row)
    ask_to_carry(uow)
    audit.record(uow, Event.RECEIVING_FROM_BEGUN, provider_id)
    return row


def stop_publishing_to(uow: UnitOfWork, receiver_id: uuid.UUID) -> None:
    """Send nothing more. What was sent was published, and stays where it is."""
    policy.require(uow.actor, Permission.ADMIN_PEERS)
    row = uow.session.get(PublishedTo, (uow.organisation_id, receiver_id))
    if row is None:
        raise NotFound(receiver_id)
    uow.session.delete(row)
    audit.record(uow, Event.PUBLISHING_TO_ENDED, receiver_id)


def stop_receiving_from(uow: UnitOfWork, provider_id: uuid.UUID) -> None:
    """Take in nothing more. What was received stays."""
    policy.require(uow.actor, Permission.ADMIN_PEERS)
    row = uow.session.get(ReceivedFrom, (uow.organisation_id, provider_id))
    if row is None:
        raise NotFound(provider_id)
    uow.session.delete(row)
    audit.record(uow, Event.RECEIVING_FROM_ENDED, provider_id)


def ask_to_carry(uow: UnitOfWork) -> None:
    """Let the job process carry years to and from this organisation. What was asked before is asked with it."""
    if not policy.allows(uow.actor, Permission.PUBLICATION_MAKE):
        policy.require(uow.actor, Permission.ADMIN_PEERS)
    jobs.withdraw(uow, Job.YEARS_CARRIED, uow.organisation_id)
    jobs.defer(uow, Job.YEARS_CARRIED, uow.organisation_id)


def _named(uow: UnitOfWork, host: str) -> uuid.UUID:
    """Find whose address it is. That is public, and all that is ever looked up of another organisation."""
    found = organisations.id_for_host(uow.session, _plain(host))
    if found == uow.organisation_id:
        raise Invalid("host", "own")
    if found is None or not organisations.answers_to(uow.trust_dir, found, _plain(host)):
        raise Invalid("host", "unknown")
    return found


def _plain(host: str) -> str:
    return host.strip().lower()


# --- carrying across ------------------------------------------------------------------------------------------------


def receivers(uow: UnitOfWork) -> list[uuid.UUID]:
    """List, in a unit of work of the provider, to whom it publishes and who still answer to the address named."""
    policy.require(uow.actor, Permission.PUBLICATION_MAKE)
    rows = uow.session.scalars(select(PublishedTo).where(PublishedTo.organisation_id == uow.organisation_id))
    return [row.receiver_id for row in rows if still_answers(uow, row.receiver_id, row.host)]


def providers(uow: UnitOfWork) -> list[uuid.UUID]:
    """List, in a unit of work of the receiver, from whom it receives and who still answer to the address named."""
    policy.require(uow.actor, Permission.PUBLICATION_MAKE)
    rows = uow.session.scalars(select(ReceivedFrom).where(ReceivedFrom.organisation_id == uow.organisation_id))
    return [row.provider_id for row in rows if still_answers(uow, row.provider_id, row.host)]


def still_answers(uow: UnitOfWork, organisation_id: uuid.UUID, host: str) -> bool:
    """Say whether the address an organisation was named by is still its own: to any other, nothing crosses."""
    return organisations.id_for_host(uow.session, host) == organisation_id and organisations.answers_to(
        uow.trust_dir, organisation_id, host
    )


def parcels(uow: UnitOfWork) -> list[Parcel]:
    """Pack up, in a unit of work of the provider, every year that it has published."""
    policy.require(uow.actor, Permission.PUBLICATION_MAKE)
    return [_parcel(uow, pack) for pack in papers.published_years(uow)]


def _parcel(uow: UnitOfWork, pack: Pack) -> Parcel:
    staff, staff_on = insight.everybody_within(uow, pack.period.begins, pack.period.ends) or (None, None)
    return Parcel(
        provider_id=uow.organisation_id,
        ref=pack.ref,
        year=papers.year_of(pack.period.quarters[0]),
        nature=organisations.here(uow).nature,
        staff=staff,
        staff_on=staff_on,
        pack=papers.written(for_others(pack)),
    )


def take_in(uow: UnitOfWork, parcel: Parcel) -> bool:
    """Keep, in a unit of work of the receiver, what came; unless it never agreed to it, or the last copy says the same.

    Its own it always keeps, so that it stands among the others as they do.
    """
    policy.require(uow.actor, Permission.PUBLICATION_MAKE)
    organisations.one_at_a_time(uow)
    if not _receives(uow, parcel.provider_id) or _has(uow, parcel):
        return False
    row = ReceivedYear(
        organisation_id=uow.organisation_id,
        provider_id=parcel.provider_id,
        number=_copies_of(uow, parcel.provider_id) + 1,
        ref=parcel.ref,
        year=parcel.year,
        nature=parcel.nature,
        staff=parcel.staff,
        staff_on=parcel.staff_on,
        received_on=uow.today,
        pack=parcel.pack,
    )
    row.id = id_of(row)
    uow.session.add(row)
    audit.record(uow, Event.YEAR_RECEIVED, row.id)
    return True


def _receives(uow: UnitOfWork, provider_id: uuid.UUID) -> bool:
    if provider_id == uow.organisation_id:
        return True
    row = uow.session.get(ReceivedFrom, (uow.organisation_id, provider_id))
    return row is not None and still_answers(uow, provider_id, row.host)


def _has(uow: UnitOfWork, parcel: Parcel) -> bool:
    of_it = select(ReceivedYear).where(
        ReceivedYear.organisation_id == uow.organisation_id,
        ReceivedYear.provider_id == parcel.provider_id,
        ReceivedYear.ref == parcel.ref,
    )
    last = uow.session.scalars(of_it.order_by(ReceivedYear.number.desc()).limit(1)).first()
    said = (parcel.pack, parcel.nature, parcel.staff, parcel.staff_on)
    return last is not None and (last.pack, last.nature, last.staff, last.staff_on) == said


def _copies_of(uow: UnitOfWork, provider_id: uuid.UUID) -> int:
    newest = select(func.max(ReceivedYear.number)).where(
        ReceivedYear.organisation_id == uow.organisation_id, ReceivedYear.provider_id == provider_id
    )
    return uow.session.scalar(newest) or 0


def id_of(row: ReceivedYear) -> uuid.UUID:
    """Return the id that a copy has by all it says: what the audit chain, which has no words, keeps of it."""
    said = [
        str(row.organisation_id), str(row.provider_id), row.number, row.ref, row.year, row.nature, row.staff,
        str(row.staff_on), str(row.received_on), sha256(row.pack).hexdigest(),
    ]  # fmt: skip
    return uuid.UUID(bytes=sha256(json.dumps(said).encode()).digest()[:16])
