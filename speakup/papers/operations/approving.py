"""Approving and publishing. What is approved stands in the ledger and in the audit chain; only then can it come out."""

import hmac
from collections.abc import Iterator

from sqlalchemy import select

from speakup import audit, insight, jobs, policy
from speakup.audit import Event
from speakup.jobs import Job
from speakup.kernel.errors import Conflict, Forbidden
from speakup.kernel.uow import UnitOfWork
from speakup.papers import ledger
from speakup.papers.models import LedgerRelease, Publication, PublishedPack, State
from speakup.papers.operations.deciding import words_decided_by
from speakup.papers.operations.preparing import back_to_draft, hold
from speakup.papers.pack import Break, Kind, read
from speakup.policy import Permission


class Overtaken(Conflict):
    """Something else went into the ledger since it was checked, the thresholds were changed, or cases of a restatement
    were coded anew. It has to be checked anew.
    """


def may_approve(uow: UnitOfWork, publication: Publication) -> bool:
    """Say whether whoever acts is a second person for this publication: somebody who wrote nothing of it."""
    if not policy.allows(uow.actor, Permission.PUBLICATION_APPROVE, publication):
        return False
    return str(uow.actor.id) not in publication.writers and not _decided_what_is_new(uow, publication)


def _decided_what_is_new(uow: UnitOfWork, publication: Publication) -> bool:
    """Say whether it carries words of a decision that whoever acts recorded, and that nobody has approved before."""
    theirs = words_decided_by(uow, uow.actor.person_id)
    if not theirs or publication.pack is None:
        return False
    new = theirs & _carried(publication.pack)
    for earlier in _approved_before(uow, publication) if new else ():
        new -= _carried(earlier)
    return bool(new)


def _carried(written: bytes) -> set[Break | str]:
    made = read(written)
    return {*made.breaks, *made.method}


def _approved_before(uow: UnitOfWork, publication: Publication) -> Iterator[bytes]:
    columns = select(Publication.pack).where(
        Publication.organisation_id == uow.organisation_id,
        Publication.id != publication.id,
        Publication.state.in_((State.APPROVED, State.PUBLISHED)),
        Publication.pack.is_not(None),
    )
    yield from (each for each in uow.session.scalars(columns) if each is not None)


def approve(uow: UnitOfWork, publication: Publication, shown: str, signature: bytes) -> None:
    """Approve the bytes of the digest that was shown, and enter in the ledger what they let anybody know.

    `signature` is over them, by the key of whoever acts: checked where keys are known, above here. `Overtaken`
    where the check holds no longer.
    """
    policy.require(uow.actor, Permission.PUBLICATION_APPROVE, publication)
    hold(uow, publication)
    if not may_approve(uow, publication):
        raise Forbidden(Permission.PUBLICATION_APPROVE)
    if publication.state is not State.CHECKED or not hmac.compare_digest(shown, publication.digest):
        raise Conflict(publication.ref)
    # Before the chain's end: whoever counts a case holds its quarter first and the chain's end after it.
    insight.hold_quarters(uow, publication.quarters, exclusively=True)
    # The chain's end is held from here on, so that of two approvals at once the second sees the first one's entries.
    audit.record(uow, Event.PUBLICATION_APPROVED, ledger.id_of_digest(publication.digest))
    rows = ledger.releases(uow)
    if ledger.mark(uow, rows, publication) != publication.ledger_mark:
        raise Overtaken(publication.ref)
    _mark_quarters(uow, publication)
    for name, body in sorted(publication.releases.items()):
        _enter(uow, publication, name, body.encode(), rows)
    publication.state, publication.signature = State.APPROVED, signature
    publication.approved_by, publication.approved_on = uow.actor.person_id, uow.today


def _mark_quarters(uow: UnitOfWork, publication: Publication) -> None:
    """From here on nothing is brought in to these quarters. One that is not as it was closed holds everything up."""
    mark = insight.mark_restated if publication.kind is Kind.RESTATEMENT else insight.mark_published
    try:
        mark(uow, publication.quarters)
    except Conflict as rewritten:
        raise Overtaken(publication.ref) from rewritten


def _enter(uow: UnitOfWork, publication: Publication, population: str, body: bytes, rows: list[LedgerRelease]) -> None:
    entry = LedgerRelease(
        organisation_id=uow.organisation_id,
        id=ledger.id_of(body),
        population=population,
        number=sum(row.population == population for row in rows) + 1,
        publication_id=publication.id,
        entered_on=uow.today,
        entered_by=uow.actor.person_id,
        body=body,
    )
    uow.session.add(entry)
    audit.record(uow, Event.LEDGER_ENTERED, entry.id)


def check_anew(uow: UnitOfWork, publication: Publication) -> None:
    """Let go of a check that was overtaken."""
    policy.require(uow.actor, Permission.PUBLICATION_APPROVE, publication)
    hold(uow, publication)
    if publication.state is State.CHECKED:
        back_to_draft(publication)
        audit.record(uow, Event.PUBLICATION_KEPT, publication.id)


def publish(uow: UnitOfWork, publication: Publication) -> PublishedPack:
    """Let the board open what was approved, from the day it is dated on. `Conflict` before."""
    policy.require(uow.actor, Permission.PUBLICATION_PREPARE, publication)
    hold(uow, publication)
    if publication.state is not State.APPROVED or publication.dated > uow.today:
        raise Conflict(publication.ref)
    if publication.pack is None or publication.approved_by is None or publication.signature is None:
        raise Conflict(publication.ref)
    made = read(publication.pack)
    row = PublishedPack(
        organisation_id=uow.organisation_id,
        id=publication.id,
        ref=publication.ref,
        kind=publication.kind,
        period=made.period.name,
        ends=made.period.ends,
        published_on=publication.dated,
        digest=publication.digest,
        pack=publication.pack,
        approved_by=publication.approved_by,
        signature=publication.signature,
    )
    uow.session.add(row)
    publication.state = State.PUBLISHED
    audit.record(uow, Event.PUBLICATION_PUBLISHED, ledger.id_of_digest(publication.digest))
    if publication.kind in {Kind.YEAR, Kind.RESTATEMENT}:
        jobs.defer(uow, Job.YEARS_CARRIED, uow.organisation_id)
    return row
