"""A publication until it is sent to be checked: what it is of, what is written in it."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

from sqlalchemy import select

from speakup import assurance, audit, jobs, learning, organisations, policy, vocabulary
from speakup.assurance import Indicator
from speakup.audit import Event
from speakup.jobs import Job
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.ids import new_id, new_reference
from speakup.kernel.uow import UnitOfWork
from speakup.learning import ENDED, ActionState
from speakup.papers import pack, periods, words
from speakup.papers.models import Publication, State
from speakup.papers.national import known_on
from speakup.papers.operations.deciding import beginnings
from speakup.papers.pack import ActionLine, ContextFigure, Kind, Pack
from speakup.papers.writing import Words, kept, read_words
from speakup.policy import Permission
from speakup.vocabulary import CodeSet

OPEN = frozenset({State.DRAFT, State.CHECKED, State.WITHHELD})
"""While something may still be changed, or the whole thrown away."""
ANSWER = "FOI"
LENGTHS: Mapping[Kind, int] = {Kind.QUARTER: 1, Kind.YEAR: 4, Kind.RESTATEMENT: 4}


def prepare(
    uow: UnitOfWork,
    kind: Kind,
    quarters: Sequence[str],
    dated: date,
    *,
    rungs: Mapping[str, int] | None = None,
    chosen: Sequence[str] = (),
    year_before: int | None = None,
) -> Publication:
    """Begin a publication of closed quarters. `Conflict` where there is one of this kind and period already.

    `year_before` is how many cases there were in the year before the period; it counts where that was not counted here.
    """
    policy.require(uow.actor, Permission.PUBLICATION_PREPARE)
    _check_period(kind, quarters, dated)
    ref = new_reference(ANSWER) if kind is Kind.ANSWER else periods.ref(kind, quarters)
    there = select(Publication.id).where(Publication.organisation_id == uow.organisation_id, Publication.ref == ref)
    if uow.session.scalar(there) is not None:
        raise Conflict(ref)
    publication = Publication(
        organisation_id=uow.organisation_id,
        id=new_id(),
        ref=ref,
        kind=kind,
        state=State.DRAFT,
        quarters=list(quarters),
        dated=dated,
        chosen=list(chosen),
        rungs=dict(rungs or {}),
        year_before=year_before,
        words=kept(Words()),
        writers=[str(uow.actor.person_id)],
        releases={},
        workings={},
    )
    uow.session.add(publication)
    audit.record(uow, Event.PUBLICATION_KEPT, publication.id)
    return publication


def _check_period(kind: Kind, quarters: Sequence[str], dated: date) -> None:
    if not quarters or len(quarters) != LENGTHS.get(kind, len(quarters)):
        raise Invalid("quarters", "not a period of this kind")
    ordered = [periods.period([quarter]) for quarter in quarters]
    if not all(periods.follows(later, earlier) for earlier, later in pairwise(ordered)):
        raise Invalid("quarters", "not in a row")
    if dated < periods.not_before(quarters):
        raise Invalid("dated", "too early")


def revise(
    uow: UnitOfWork, publication: Publication, revision: int, said: Words, dated: date, rungs: Mapping[str, int]
) -> None:
    """Write it anew, from the revision that was read; what a check came to holds no longer."""
    policy.require(uow.actor, Permission.PUBLICATION_PREPARE, publication)
    _require(uow, publication, OPEN, revision)
    _check_period(publication.kind, publication.quarters, dated)
    publication.words, publication.dated, publication.rungs = kept(said), dated, dict(rungs)
    writer = str(uow.actor.person_id)
    if writer not in publication.writers:
        publication.writers = [*publication.writers, writer]
    back_to_draft(publication)
    audit.record(uow, Event.PUBLICATION_KEPT, publication.id)


def back_to_draft(publication: Publication) -> None:
    """Forget what a check came to."""
    publication.state, publication.revision = State.DRAFT, publication.revision + 1
    publication.pack, publication.digest, publication.releases, publication.workings = None, "", {}, {}
    publication.withheld, publication.ledger_mark, publication.checked_on = "", "", None
    publication.rounds = publication.claims = 0


def send_to_check(uow: UnitOfWork, publication: Publication, revision: int) -> None:
    """Hand it to the job process as it is written now."""
    policy.require(uow.actor, Permission.PUBLICATION_PREPARE, publication)
    _require(uow, publication, OPEN, revision)
    back_to_draft(publication)
    publication.skeleton = pack.written(_skeleton(uow, publication))
    publication.state = State.CHECKING
    jobs.defer(uow, Job.PUBLICATION_CHECK, publication.id)
    audit.record(uow, Event.PUBLICATION_KEPT, publication.id)


def stop_checking(uow: UnitOfWork, publication: Publication) -> None:
    """Take it back from the job process, which then finds nothing to keep."""
    policy.require(uow.actor, Permission.PUBLICATION_PREPARE, publication)
    _require(uow, publication, frozenset({State.CHECKING}), publication.revision)
    jobs.withdraw(uow, Job.PUBLICATION_CHECK, publication.id)
    back_to_draft(publication)
    audit.record(uow, Event.PUBLICATION_KEPT, publication.id)


def discard(uow: UnitOfWork, publication: Publication, revision: int) -> None:
    """Throw away what nobody has approved."""
    policy.require(uow.actor, Permission.PUBLICATION_PREPARE, publication)
    _require(uow, publication, OPEN, revision)
    uow.session.delete(publication)
    audit.record(uow, Event.PUBLICATION_KEPT, publication.id)


def hold(uow: UnitOfWork, publication: Publication) -> None:
    """Read it as it stands now, and let nobody else change it until this unit is done. `Conflict` for one that was
    thrown away meanwhile.
    """
    uow.session.flush()
    key = (uow.organisation_id, publication.id)
    if uow.session.get(Publication, key, with_for_update=True, populate_existing=True) is None:
        raise Conflict(publication.ref)


def _require(uow: UnitOfWork, publication: Publication, states: frozenset[State], revision: int) -> None:
    hold(uow, publication)
    if publication.state not in states or publication.revision != revision:
        raise Conflict(publication.ref)


def _skeleton(uow: UnitOfWork, publication: Publication) -> Pack:
    """Everything but the figures, as it stands today."""
    said = read_words(publication.words)
    actions = _actions(uow, said.actions, periods.begins(publication.quarters[0]))
    standing = learning.list_actions(uow)
    under_way = sum(each.state not in ENDED for each in standing)
    overdue = sum(each.is_overdue(publication.dated) for each in standing)
    return Pack(
        organisation=organisations.here(uow).name,
        ref=publication.ref,
        version=1,
        kind=publication.kind,
        period=periods.period(publication.quarters),
        published_on=publication.dated,
        cover=said.cover,
        headline=(words.about_actions(overdue, under_way),) if publication.kind is not Kind.ANSWER else (),
        tables=(),
        series=(),
        titles=(),
        texts=said.texts,
        actions=tuple(actions),
        recommendations=said.recommendations,
        stories=said.stories,
        context=_beside(uow, publication),
        national=known_on(publication.dated),
        method=(),
        breaks=tuple(beginnings(uow, publication.quarters[-1])),
    )


def _beside(uow: UnitOfWork, publication: Publication) -> tuple[ContextFigure, ...]:
    """The trust's own figures from elsewhere, as they were known on the day; an answer to a request has none."""
    if publication.kind is Kind.ANSWER:
        return ()
    return tuple(
        ContextFigure(
            assurance.title_of(each.of, each.name), each.value, assurance.UNITS[each.unit], each.source, each.as_of
        )
        for each in assurance.beside(uow, publication.dated)
        if isinstance(each.of, Indicator) and not each.national
    )


def _actions(uow: UnitOfWork, refs: Sequence[str], begins: date) -> list[ActionLine]:
    """Learning actions as they stand. Whether the theme of one that ended before the period rose again, lines tell."""
    names = vocabulary.names(uow, CodeSet.THEME)
    found = (learning.find(uow, ref) for ref in refs)
    return [
        ActionLine(
            each.ref,
            each.title,
            each.state.value,
            names.get(each.theme, each.theme) if each.theme else "",
            each.due_on,
            each.ended_why if each.state is ActionState.NOT_TAKEN else each.change,
            rose_again=each.closed_on is not None and each.closed_on < begins,
        )
        for each in found
    ]
