"""Everything that ever went out, read back: held against the audit chain, so that nothing is missing from it."""

import uuid
from collections.abc import Iterable
from hashlib import sha256

from sqlalchemy import select

from speakup import audit, disclosure, insight
from speakup.audit import Event
from speakup.disclosure import Ledger, Line, Rules
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import UnitOfWork
from speakup.papers import grid
from speakup.papers.models import LedgerRelease, Publication, ThresholdDecision
from speakup.papers.pack import Kind


def id_of(data: bytes) -> uuid.UUID:
    """The first 128 bits of the digest: what the audit chain, which has no words, keeps of some bytes."""
    return uuid.UUID(bytes=sha256(data).digest()[:16])


def id_of_digest(digest: str) -> uuid.UUID:
    """The same, where the digest is known already."""
    return uuid.UUID(hex=digest[:32])


def releases(uow: UnitOfWork) -> list[LedgerRelease]:
    """Every entry, in the order in which they were made. `IntegrityFault` where one was changed or taken out."""
    query = select(LedgerRelease).where(LedgerRelease.organisation_id == uow.organisation_id)
    rows = list(uow.session.scalars(query.order_by(LedgerRelease.population, LedgerRelease.number)))
    for row in rows:
        if row.id != id_of(row.body):
            raise IntegrityFault(row.id, "ledger entry")
    if {row.id for row in rows} != audit.subjects(uow, Event.LEDGER_ENTERED):
        raise IntegrityFault(uow.organisation_id, "ledger")
    return rows


def ledger_of(rows: Iterable[LedgerRelease], population: str, lines: tuple[Line, ...]) -> Ledger:
    """What is known outside of one population."""
    return Ledger(lines, tuple(disclosure.read(row.body) for row in rows if row.population == population))


def mark(uow: UnitOfWork, rows: Iterable[LedgerRelease], publication: Publication) -> str:
    """A digest of all that a check takes for granted: what went out, what was returned, and the thresholds; of a
    restatement also how its cases are coded now.
    """
    known = sorted(row.id.hex for row in rows)
    rules = rules_in_force(uow)
    returned = [(each.period, each.number, each.line, each.count) for each in insight.returned_lines(uow)]
    coded = insight.editions_mark(uow, publication.quarters) if publication.kind is Kind.RESTATEMENT else ""
    taken = (known, returned, rules.groups, rules.trust_wide, rules.least_staff, coded)
    return sha256(repr(taken).encode()).hexdigest()


def decisions(uow: UnitOfWork) -> list[ThresholdDecision]:
    """Every decision about thresholds, the newest first."""
    query = select(ThresholdDecision).where(ThresholdDecision.organisation_id == uow.organisation_id)
    return list(uow.session.scalars(query.order_by(ThresholdDecision.number.desc())))


def rules_in_force(uow: UnitOfWork) -> Rules:
    """The thresholds of the last decision; those of the method where nobody has decided anything."""
    last = next(iter(decisions(uow)), None)
    if last is None:
        return Rules(whole=grid.WHOLE)
    return Rules(last.groups, last.trust_wide, last.least_staff, last.decision, grid.WHOLE)
