"""Which publications there are: in the making for those who prepare and approve, published ones for the board."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from sqlalchemy import Select, select

from speakup import audit, policy
from speakup.audit import Event
from speakup.kernel.errors import Forbidden, IntegrityFault, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.papers import pack
from speakup.papers.ledger import id_of_digest
from speakup.papers.models import Publication, PublishedPack
from speakup.papers.pack import Kind, Pack
from speakup.policy import Permission

_MAY_SEE = (Permission.PUBLICATION_PREPARE, Permission.PUBLICATION_APPROVE)


@dataclass(frozen=True, slots=True)
class Issue:
    """One publication as a list shows it."""

    ref: str
    kind: Kind
    period: str
    ends: date
    published_on: date


# --- in the making --------------------------------------------------------------------------------------------------


def require_maker(uow: UnitOfWork) -> None:
    """Let through whoever prepares or approves."""
    if not any(policy.allows(uow.actor, each) for each in _MAY_SEE):
        raise Forbidden(Permission.PUBLICATION_PREPARE)


def list_publications(uow: UnitOfWork) -> list[Publication]:
    """Every publication, the newest period first."""
    require_maker(uow)
    query = select(Publication).where(Publication.organisation_id == uow.organisation_id)
    return sorted(uow.session.scalars(query), key=lambda each: (max(each.quarters), each.ref), reverse=True)


def find_publication(uow: UnitOfWork, ref: str) -> Publication:
    """One of them; `NotFound` for whoever may not see it, too."""
    require_maker(uow)
    query = select(Publication).where(Publication.organisation_id == uow.organisation_id, Publication.ref == ref)
    row = uow.session.scalar(query)
    if row is None:
        raise NotFound(ref)
    return row


def preview(publication: Publication) -> Pack | None:
    """Exactly what the board will see, once it has been checked."""
    return None if publication.pack is None else pack.read(publication.pack)


# --- published ------------------------------------------------------------------------------------------------------


def published_list(uow: UnitOfWork) -> list[Issue]:
    """What the board can open: the newest period first, a year before its last quarter. No figure is read for it."""
    policy.require(uow.actor, Permission.BOARD_READ)
    columns = (getattr(PublishedPack, name) for name in Issue.__slots__)
    query = select(*columns).where(PublishedPack.organisation_id == uow.organisation_id)
    found = [Issue(*row) for row in uow.session.execute(query)]
    return sorted(found, key=lambda each: (each.ends, each.published_on, each.kind is Kind.YEAR), reverse=True)


def find_published(uow: UnitOfWork, ref: str) -> Pack:
    """One publication, as it was published to the byte. `NotFound` for whatever is not, and `IntegrityFault`
    for one that is not what the audit chain says went out.
    """
    policy.require(uow.actor, Permission.BOARD_READ)
    return opened(uow, _find_row(uow, ref))


def latest(uow: UnitOfWork) -> Pack | None:
    """The publication a board reads first: of the newest quarter or year. None where nothing has been published."""
    regular = [each for each in published_list(uow) if each.kind in {Kind.QUARTER, Kind.YEAR}]
    return find_published(uow, regular[0].ref) if regular else None


def _find_row(uow: UnitOfWork, ref: str) -> PublishedPack:
    """The row of a publication, with who approved it. `NotFound`."""
    query = select(PublishedPack).where(PublishedPack.organisation_id == uow.organisation_id, PublishedPack.ref == ref)
    row = uow.session.scalar(query)
    if row is None:
        raise NotFound(ref)
    return row


def opened(uow: UnitOfWork, row: PublishedPack) -> Pack:
    """The pack of a row, whose bytes are those that were approved."""
    subject = id_of_digest(row.digest)
    if sha256(row.pack).hexdigest() != row.digest:
        raise IntegrityFault(row.id, "publication")
    if not {Event.PUBLICATION_APPROVED, Event.PUBLICATION_PUBLISHED} <= {
        each.event for each in audit.history(uow, subject)
    }:
        raise IntegrityFault(row.id, "publication in the audit chain")
    return pack.read(row.pack)


def published_years(uow: UnitOfWork) -> list[Pack]:
    """Every whole year that was published, and every restatement, each as it went out."""
    policy.require(uow.actor, Permission.PUBLICATION_MAKE)
    rows = sorted(uow.session.scalars(_years(uow)), key=lambda each: (each.ends, each.published_on, each.ref))
    return [opened(uow, row) for row in rows]


def has_published_years(uow: UnitOfWork) -> bool:
    """Whether there is one. None is read for it."""
    policy.require(uow.actor, Permission.PUBLICATION_MAKE)
    return uow.session.scalar(_years(uow).with_only_columns(PublishedPack.id).limit(1)) is not None


def _years(uow: UnitOfWork) -> Select[PublishedPack]:
    whole = PublishedPack.kind.in_((Kind.YEAR, Kind.RESTATEMENT))
    return select(PublishedPack).where(PublishedPack.organisation_id == uow.organisation_id, whole)


def earlier_packs(uow: UnitOfWork) -> Sequence[Pack]:
    """Everything that was published, the oldest period first: charts are drawn from it."""
    policy.require(uow.actor, Permission.PUBLICATION_MAKE)
    query = select(PublishedPack).where(PublishedPack.organisation_id == uow.organisation_id)
    rows = sorted(uow.session.scalars(query), key=lambda each: (each.ends, each.kind is Kind.YEAR))
    return [opened(uow, row) for row in rows]
