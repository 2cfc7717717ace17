"""The check: what it needs is read in one unit, what it came to is kept in another, and between them no row is held."""

import uuid

from speakup import audit, disclosure, insight, policy
from speakup.audit import Event
from speakup.disclosure import Progress
from speakup.kernel.uow import UnitOfWork
from speakup.papers import grid, ledger, pack, queries, returned, sources
from speakup.papers.making import Made, Material
from speakup.papers.models import Publication, Refusal, State
from speakup.papers.writing import read_words
from speakup.policy import Permission


def material(uow: UnitOfWork, publication_id: uuid.UUID) -> Material | Refusal | None:
    """All the check needs; None where there is nothing to check any more."""
    policy.require(uow.actor, Permission.PUBLICATION_MAKE)
    publication = _waiting(uow, publication_id)
    if publication is None or publication.skeleton is None:
        return None
    populations = sources.populations(uow, publication.quarters)
    if isinstance(populations, Refusal):
        return populations
    asked = grid.Asked(
        publication.kind,
        tuple(publication.quarters),
        publication.rungs,
        tuple(publication.chosen),
        publication.year_before if sources.year_before_is_missing(uow, publication.quarters) else None,
    )
    rows = ledger.releases(uow)
    tables = {name: grid.tables_of(found, asked) for name, found in populations.items()}
    lines = insight.returned_lines(uow)
    return Material(
        pack.read(publication.skeleton),
        read_words(publication.words).themes,
        tables,
        {name: ledger.ledger_of(rows, name, returned.lines_of(each, name, lines)) for name, each in tables.items()},
        queries.earlier_packs(uow),
        ledger.rules_in_force(uow),
        ledger.mark(uow, rows, publication),
        publication.revision,
    )


def note_progress(uow: UnitOfWork, publication_id: uuid.UUID, progress: Progress) -> None:
    """Let the page say how far it has come."""
    policy.require(uow.actor, Permission.PUBLICATION_MAKE)
    publication = _waiting(uow, publication_id)
    if publication is not None:
        publication.rounds, publication.claims = progress.rounds, progress.claims


def keep(
    uow: UnitOfWork, publication_id: uuid.UUID, revision: int, mark: str, came_to: Made | disclosure.Reason | Refusal
) -> None:
    """Keep what the check came to, unless the publication was taken back meanwhile."""
    policy.require(uow.actor, Permission.PUBLICATION_MAKE)
    publication = _waiting(uow, publication_id)
    if publication is None or publication.revision != revision:
        return
    publication.checked_on = uow.today
    audit.record(uow, Event.PUBLICATION_CHECKED, publication.id)
    if not isinstance(came_to, Made):
        publication.state, publication.withheld = State.WITHHELD, came_to.value
        return
    publication.pack = pack.written(came_to.pack)
    publication.digest = disclosure.digest(publication.pack)
    publication.releases = {name: disclosure.written(release).decode() for name, release in came_to.releases.items()}
    publication.workings, publication.ledger_mark = came_to.workings, mark
    publication.state = State.CHECKED


def refuse(uow: UnitOfWork, publication_id: uuid.UUID, refusal: Refusal) -> None:
    """Say why the check was not begun."""
    publication = _waiting(uow, publication_id)
    if publication is not None:
        keep(uow, publication_id, publication.revision, "", refusal)


def _waiting(uow: UnitOfWork, publication_id: uuid.UUID) -> Publication | None:
    key = (uow.organisation_id, publication_id)
    publication = uow.session.get(Publication, key, with_for_update=uow.writes, populate_existing=True)
    return publication if publication is not None and publication.state is State.CHECKING else None
