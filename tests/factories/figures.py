"""Facts of quarters that are closed, as cases would have left them, and how many people work in a trust."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from random import Random

import sqlalchemy as sa

from speakup import insight, organisations, vocabulary
from speakup.insight.models import Edition, Fact, GroupFact, Measured, ThemeFact
from speakup.insight.quarters import hold_quarter
from speakup.insight.rules import newest_to_close, quarter_before
from speakup.kernel.uow import UnitOfWork
from speakup.vocabulary import CodeSet
from tests.trusts import Colleague, Trust

HOW = ("open", "confidential", "anonymous")


def closed_figures(
    trust: Trust,
    quarters: int = 4,
    *,
    a_quarter: int = 70,
    staff: int = 6000,
    by: Colleague | None = None,
    themes: Mapping[str, int] | None = None,
) -> list[str]:
    """Count cases in so many quarters up to the newest that can be closed, and close them; return which, oldest first.

    `staff` is how many work here; 0 where nobody has counted them; `themes` how many a quarter had each.
    """
    random, by = Random(quarters * a_quarter), by or trust.guardian
    with trust.work(by) as uow:
        newest = newest_to_close(uow.today, organisations.here(uow).quarter_closes_after)
        names = [newest]
        while len(names) < quarters:
            names.insert(0, quarter_before(names[0]))
        if staff:
            _count_staff(uow, staff)
        else:
            _count_nobody(uow)
        for name in names:
            hold_quarter(uow, name)
        with uow.steady():
            # All at once: whatever is asked in between is asked of the database, and what was added goes there first.
            uow.session.add_all(
                [each for name in names for each in _counted(uow, random, name, a_quarter, themes or {})]
            )
    with trust.work() as uow:
        insight.close_quarters(uow)
    return names


def _counted(
    uow: UnitOfWork, random: Random, quarter: str, cases: int, themes: Mapping[str, int]
) -> Iterator[Fact | GroupFact | ThemeFact]:
    for _ in range(cases):
        yield _fact(uow, random, quarter)
        yield _group(uow, random, quarter)
    for theme, count in themes.items():
        for _ in range(count):
            yield _theme(uow, random, quarter, theme)


def facts_of(uow: UnitOfWork, quarter: str) -> list[Fact]:
    """Return the facts that count in a quarter, always in the same order."""
    return list(uow.session.scalars(sa.select(Fact).where(Fact.counts_in == quarter).order_by(Fact.id)))


def code_anew(trust: Trust, quarter: str, count: int = 12) -> None:
    """Code cases of a closed quarter anew, as `insight.push` does it."""
    with trust.work() as uow:
        for fact in facts_of(uow, quarter)[:count]:
            fact.edition = Edition.BEFORE
            _beside(uow, fact, 1, edition=Edition.AFTER, elements="bullying_harassment")


def come_late(trust: Trust, raised: str, counts_in: str) -> None:
    """Let a case of a closed quarter become known only now."""
    with trust.work() as uow:
        (fact, *_) = facts_of(uow, raised)
        _beside(uow, fact, 2, counts_in=counts_in)


def _beside(uow: UnitOfWork, fact: Fact, number: int, **changed: str) -> None:
    """Put another fact beside one, the same but for its id and what is given."""
    columns = {column.key: getattr(fact, column.key) for column in sa.inspect(Fact).columns}
    uow.session.add(Fact(**{**columns, "id": uuid.UUID(int=fact.id.int ^ number), **changed}))


def _count_staff(uow: UnitOfWork, staff: int) -> None:
    day = uow.today - timedelta(days=2000)
    insight.keep_headcounts(uow, Measured.ALL, day, [insight.Count("", staff)], "Electronic staff record")
    for dimension in (Measured.DIRECTORATE, Measured.WORKER_GROUP):
        keys = [key for key in insight.groups_of(uow, dimension) if key]
        counts = [insight.Count(key, staff // len(keys)) for key in keys]
        insight.keep_headcounts(uow, dimension, day, counts, "Electronic staff record")


def _count_nobody(uow: UnitOfWork) -> None:
    for place in organisations.directorates(uow):
        place.headcount = 0
    for site in organisations.sites(uow):
        site.headcount = 0


def _theme(uow: UnitOfWork, random: Random, quarter: str, theme: str) -> ThemeFact:
    return ThemeFact(
        organisation_id=uow.organisation_id,
        id=uuid.UUID(int=random.getrandbits(128), version=4),
        counts_in=quarter,
        person=uuid.UUID(int=random.getrandbits(128), version=4),
        theme=theme,
        edition=Edition.KEPT,
    )


def _fact(uow: UnitOfWork, random: Random, quarter: str) -> Fact:
    elements = [key for key in vocabulary.names(uow, CodeSet.ELEMENT) if key != "detriment"]
    places: Sequence[organisations.Directorate] = organisations.directorates(uow)
    return Fact(
        organisation_id=uow.organisation_id,
        id=uuid.UUID(int=random.getrandbits(128), version=4),
        raised=quarter,
        counts_in=quarter,
        continues=False,
        elements="+".join(sorted(random.sample(elements, random.choice((1, 1, 1, 2))))),
        detriment=random.random() < 0.04,
        directorate_id=random.choice(places).id if places else None,
        site_id=None,
        how=random.choices(HOW, (3, 6, 1))[0],
        acknowledged_in_time=random.random() < 0.9,
        edition=Edition.KEPT,
    )


def _group(uow: UnitOfWork, random: Random, quarter: str) -> GroupFact:
    return GroupFact(
        organisation_id=uow.organisation_id,
        id=uuid.UUID(int=random.getrandbits(128), version=4),
        raised=quarter,
        counts_in=quarter,
        worker_group=random.choice([code.key for code in vocabulary.codes(uow, CodeSet.WORKER_GROUP)][:6]),
        edition=Edition.KEPT,
    )
