"""What disclosure control is given: rows of closed quarters, the dimensions they are counted by, staff and volume.

Five populations, each with a ledger of its own, because no row of one leads to a row of another. Names of dimensions
and values stay the same from one publication to the next: by them a cell is known again.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations, repeat

from sqlalchemy import select

from speakup import organisations, policy, vocabulary
from speakup.disclosure import Category, Dimension, Kind, Row, Staff
from speakup.insight.measures import headcount_on, ladder
from speakup.insight.models import (
    CharacteristicAnswer,
    ClosingFact,
    Counted,
    Edition,
    Fact,
    Feedback,
    FeedbackCounted,
    GroupFact,
    Measured,
    Quarter,
    ThemeFact,
)
from speakup.insight.rules import BANDS, last_day, quarter_before, quarters_in, year_in
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.vocabulary import ANSWERS, NOT_KNOWN, CodeSet

NONE_KNOWN = "not known"
"""The value of whatever nobody said, or is too small to be said."""
YES, NO = "yes", "no"
ASKED = "asked"
"""The value of whoever was asked for feedback and of whom no answer stands in the row: an answer is another row."""
LATE = " in "
"""Between the quarter a case was raised in and the one it counts in, where they differ."""
AS_FIRST_COUNTED = frozenset({Edition.KEPT.value, Edition.BEFORE.value})
RESTATED = frozenset({Edition.KEPT.value, Edition.AFTER.value})
_MOST_SUBSETS = 8
"""With so many elements or fewer every combination has a value, used or not: then cells stay the same for ever."""
_YEAR = 4


@dataclass(frozen=True, slots=True)
class Population:
    """What `disclosure.Tables` needs, but for the definitions."""

    name: str
    dimensions: tuple[Dimension, ...]
    rows: tuple[Row, ...]
    last_year: int
    """Rows of the four quarters before the period."""
    staff: tuple[Staff, ...] = ()

    @property
    def named(self) -> Mapping[str, Dimension]:
        """The dimensions by name."""
        return {each.name: each for each in self.dimensions}


def closed_quarters(uow: UnitOfWork) -> list[str]:
    """Name the closed quarters, oldest first."""
    _require(uow)
    query = select(Quarter.name).where(Quarter.organisation_id == uow.organisation_id, Quarter.closed_on.is_not(None))
    return sorted(uow.session.scalars(query))


def counted_in(population: Population, quarters: Collection[str]) -> frozenset[str]:
    """Return the values of time that count in these quarters: what a table of them is `within`."""
    lines = population.named["quarter"].ladder[0]
    return frozenset().union(*(line.members for line in lines if line.label in quarters))


def raised_in(population: Population, quarter: str) -> frozenset[str]:
    """Return the values of time of what was raised in a quarter, whenever it counts: a line of the return is such."""
    values = population.named["quarter"].values
    return frozenset(each for each in values if each.split(LATE)[0] == quarter)


def cases_population(uow: UnitOfWork, quarters: Sequence[str]) -> Population:
    """Cases of all closed quarters, for a publication of some of them.

    Dimensions: quarter, element, detriment, worker_group, directorate, site, how, acknowledged, edition. What goes on
    from another case counts as one with it and has no row. Groups stand apart and are dealt out to rows: see `_dealt`.
    """
    closed = closed_quarters(uow)
    query = select(Fact).where(
        Fact.organisation_id == uow.organisation_id, Fact.counts_in.in_(closed), Fact.continues.is_(False)
    )
    facts = uow.session.scalars(query.order_by(Fact.id)).all()
    apart = select(GroupFact).where(GroupFact.organisation_id == uow.organisation_id, GroupFact.counts_in.in_(closed))
    groups = uow.session.scalars(apart.order_by(GroupFact.id)).all()
    dealt = _dealt(facts, groups)
    rows = _sorted(Row(str(fact.id), _values(fact, group, edition)) for fact, group, edition in dealt)
    times = [_time(each.raised, each.counts_in) for each in facts]
    used = [set(column) for column in zip(*(row.values for row in rows), strict=True)] or [set[str]()] * 9
    dimensions = (
        _quarter(closed, times),
        _elements(uow, used[1]),
        _listed("detriment", Kind.OTHER, {YES: "Yes", NO: "No"}, used[2]),
        replace(_group(uow, Measured.WORKER_GROUP, vocabulary.names(uow, CodeSet.WORKER_GROUP), used[3]), apart=True),
        _group(uow, Measured.DIRECTORATE, _names(organisations.every_directorate(uow)), used[4]),
        _group(uow, Measured.SITE, _names(organisations.every_site(uow)), used[5]),
        _listed("how", Kind.OTHER, vocabulary.names(uow, CodeSet.HOW_RAISED), used[6]),
        _listed("acknowledged", Kind.OTHER, {YES: "In time", NO: "Late", NONE_KNOWN: "Not known"}, used[7]),
        _editions(),
    )
    last = _last_year((each.counts_in for each in facts if each.edition is not Edition.AFTER), quarters)
    return Population("cases", dimensions, rows, last, _staff(uow, quarters))


def themes_population(uow: UnitOfWork, quarters: Sequence[str]) -> Population:
    """Cases by local theme, one row for each theme a case has. Dimensions: quarter, theme, edition."""
    closed = closed_quarters(uow)
    query = select(ThemeFact).where(ThemeFact.organisation_id == uow.organisation_id, ThemeFact.counts_in.in_(closed))
    facts = uow.session.scalars(query).all()
    rows = [Row(str(each.person), (each.counts_in, each.theme, each.edition.value)) for each in facts]
    themes = vocabulary.names(uow, CodeSet.THEME)
    dimensions = (
        _quarter(closed, ()),
        _listed("theme", Kind.OTHER, themes, {each.theme for each in facts}),
        _editions(),
    )
    return Population(
        "themes",
        dimensions,
        _sorted(rows),
        _last_year((each.counts_in for each in facts), quarters),
        _all(uow, quarters),
    )


def closings_population(uow: UnitOfWork, quarters: Sequence[str]) -> Population:
    """Cases by the quarter they were closed in and how long they took. Dimensions: quarter, took (a band)."""
    closed = closed_quarters(uow)
    here = ClosingFact.organisation_id == uow.organisation_id
    facts = uow.session.scalars(select(ClosingFact).where(here, ClosingFact.counts_in.in_(closed))).all()
    rows = [Row(str(each.id), (each.counts_in, each.took)) for each in facts]
    bands = {band: f"Up to {band} working days" for band in BANDS[:-1]} | {BANDS[-1]: f"More than {BANDS[-2]}"}
    dimensions = (_quarter(closed, ()), _listed("took", Kind.OTHER, bands, set()))
    return Population(
        "closings",
        dimensions,
        _sorted(rows),
        _last_year((each.counts_in for each in facts), quarters),
        _all(uow, quarters),
    )


def feedback_population(uow: UnitOfWork, quarters: Sequence[str]) -> Population:
    """Feedback by the quarter it was given in. Dimensions: quarter, again (an answer's key, or `ASKED`)."""
    closed = closed_quarters(uow)
    here = Feedback.organisation_id == uow.organisation_id
    facts = uow.session.scalars(select(Feedback).where(here, Feedback.period.in_(closed))).all()
    rows = [
        Row(str(each.id), (each.period, ASKED if each.counted is FeedbackCounted.ASKED else each.again))
        for each in facts
    ]
    answers = {ASKED: "Asked"} | vocabulary.names(uow, CodeSet.FEEDBACK)
    again = _listed("again", Kind.OTHER, answers, {row.values[1] for row in rows})
    last = _last_year((each.period for each in facts), quarters)
    return Population("feedback", (_quarter(closed, ()), again), _sorted(rows), last, _all(uow, quarters))


def characteristics_population(uow: UnitOfWork, quarters: Sequence[str], question: str) -> Population:
    """Answers to one question people were asked about themselves. Dimensions: quarter, answer. Trust-wide only."""
    closed = closed_quarters(uow)
    query = select(CharacteristicAnswer).where(
        CharacteristicAnswer.organisation_id == uow.organisation_id,
        CharacteristicAnswer.counted == Counted.HEARD,
        CharacteristicAnswer.question == question,
        CharacteristicAnswer.period.in_(closed),
    )
    facts = uow.session.scalars(query).all()
    rows = [Row(str(each.id), (each.period, each.answer)) for each in facts]
    answers = _listed("answer", Kind.OTHER, vocabulary.names(uow, ANSWERS[question]), {row.values[1] for row in rows})
    last = _last_year((each.period for each in facts), quarters)
    dimensions = (_quarter(closed, ()), answers)
    return Population(f"characteristics {question}", dimensions, _sorted(rows), last, _all(uow, quarters))


# Values


def _dealt(facts: Iterable[Fact], groups: Iterable[GroupFact]) -> Iterator[tuple[Fact, str, Edition]]:
    """Deal a quarter's groups out to its cases, whichever to whichever: which belong together stands nowhere.

    Counts by group and time are what they are in truth, in each edition; counts by group and anything else mean
    nothing, and no table may be of them (`Dimension.apart`). Nothing else is lost: an attack on tables that bring two
    dimensions together only through a third knows no more than how each goes with that.
    """
    of_time = defaultdict[tuple[str, str], tuple[list[Fact], list[GroupFact]]](lambda: ([], []))
    for fact in facts:
        of_time[fact.raised, fact.counts_in][0].append(fact)
    for group in groups:
        of_time[group.raised, group.counts_in][1].append(group)
    for those, theirs in of_time.values():
        yield from _dealt_at_once(those, theirs)


def _dealt_at_once(facts: Sequence[Fact], groups: Sequence[GroupFact]) -> Iterator[tuple[Fact, str, Edition]]:
    """Of one time: what is kept to what is kept, and what is left of it to both other editions."""
    kept = [each for each in facts if each.edition is Edition.KEPT]
    names = {edition: [each.worker_group for each in groups if each.edition is edition] for edition in Edition}
    both = min(len(kept), len(names[Edition.KEPT]))
    dealt = [(Edition.KEPT, kept[:both], names[Edition.KEPT][:both])]
    for edition in (Edition.BEFORE, Edition.AFTER):
        those = kept[both:] + [each for each in facts if each.edition is edition]
        dealt.append((edition, those, names[Edition.KEPT][both:] + names[edition]))
    for edition, those, theirs in dealt:
        for fact, name in zip(those, chain(theirs, repeat(NOT_KNOWN)), strict=False):
            yield fact, name, edition


def _values(fact: Fact, group: str, edition: Edition) -> tuple[str, ...]:
    acknowledged = {True: YES, False: NO, None: NONE_KNOWN}[fact.acknowledged_in_time]
    return (
        _time(fact.raised, fact.counts_in),
        fact.elements,
        YES if fact.detriment else NO,
        group,
        _place(fact.directorate_id),
        _place(fact.site_id),
        fact.how,
        acknowledged,
        edition.value,
    )


def _sorted(rows: Iterable[Row]) -> tuple[Row, ...]:
    """In the order of their tokens, which is none."""
    return tuple(sorted(rows, key=repr))


def _time(raised: str, counts_in: str) -> str:
    return counts_in if raised == counts_in else f"{raised}{LATE}{counts_in}"


def _place(id: uuid.UUID | None) -> str:
    return str(id) if id else NONE_KNOWN


def _names(rows: Iterable[organisations.Directorate | organisations.Site]) -> dict[str, str]:
    return {str(each.id): each.name for each in rows} | {NONE_KNOWN: "Not known"}


def _last_year(counted: Iterable[str], quarters: Sequence[str]) -> int:
    """Count what counts in the four quarters before."""
    wanted, quarter = set[str](), min(quarters)
    for _ in range(_YEAR):
        quarter = quarter_before(quarter)
        wanted.add(quarter)
    return sum(each in wanted for each in counted)


# Dimensions


def _quarter(closed: Sequence[str], times: Iterable[str]) -> Dimension:
    """Quarters, with what came late into each; and years, which are whole only once their four quarters are closed."""
    years = sorted({year_in(each) for each in closed})
    names = [quarter for year in years for quarter in quarters_in(year)]
    late = sorted({each for each in times if LATE in each})
    of = {name: frozenset({name, *(each for each in late if each.endswith(LATE + name))}) for name in names}
    by_year = (frozenset().union(*(of[name] for name in quarters_in(year))) for year in years)
    rungs = (
        tuple(Category(name, of[name]) for name in names),
        tuple(Category(year, members) for year, members in zip(years, by_year, strict=True)),
    )
    return Dimension("quarter", Kind.TIME, (*names, *late), rungs)


def _elements(uow: UnitOfWork, used: set[str]) -> Dimension:
    """A value is the set of elements ticked; a line of the table is one element, with every set it is in."""
    names = {key: name for key, name in vocabulary.names(uow, CodeSet.ELEMENT).items() if key != "detriment"}
    keys = sorted(names)
    most = len(keys) if len(keys) <= _MOST_SUBSETS else 1
    every = ("+".join(some) for size in range(most + 1) for some in combinations(keys, size))
    values = tuple(dict.fromkeys([*every, *sorted(used)]))
    lines = tuple(Category(names[key], frozenset(v for v in values if key in v.split("+"))) for key in names)
    return Dimension("element", Kind.OTHER, values, (_merged(lines),))


def _listed(name: str, kind: Kind, names: Mapping[str, str], used: set[str]) -> Dimension:
    labels = dict(names) | {value: value for value in sorted(used - names.keys())}
    lines = tuple(Category(label, frozenset({value})) for value, label in labels.items())
    return Dimension(name, kind, tuple(labels), (_merged(lines),))


def _group(uow: UnitOfWork, dimension: Measured, names: Mapping[str, str], used: set[str]) -> Dimension:
    """Groups, and the larger ones that a ladder makes of them. Whatever is not known stands alone on every rung."""
    alone = _listed(dimension.value, Kind.GROUP, names, used)
    larger = ladder(uow, dimension)
    rungs = [alone.ladder[0]]
    for at in range(max((len(labels) for labels in larger.values()), default=0)):
        label_of = {value: _label(larger.get(value, ()), at) or names.get(value, value) for value in alone.values}
        rungs.append(_merged(tuple(Category(label_of[value], frozenset({value})) for value in alone.values)))
    nobodys = frozenset({NONE_KNOWN, NOT_KNOWN}) & set(alone.values)
    return Dimension(dimension.value, Kind.GROUP, alone.values, tuple(rungs), nobodys)


def _label(labels: Sequence[str], at: int) -> str:
    """The larger group on a rung: the last one named up to there."""
    return next((label for label in reversed(labels[: at + 1]) if label), "")


def _merged(lines: Iterable[Category]) -> tuple[Category, ...]:
    """Make one line of those that are called the same: a table could not tell them apart."""
    found: dict[str, frozenset[str]] = {}
    for line in lines:
        found[line.label] = found.get(line.label, frozenset()) | line.members
    return tuple(Category(label, members) for label, members in found.items())


def _editions() -> Dimension:
    values = tuple(each.value for each in Edition)
    lines = tuple(Category(each, frozenset({each})) for each in values)
    return Dimension("edition", Kind.EDITION, values, (lines,))


# Staff


def _staff(uow: UnitOfWork, quarters: Sequence[str]) -> tuple[Staff, ...]:
    """How many worked where at the end of the period."""
    day = last_day(max(quarters))
    found = []
    for dimension in (Measured.WORKER_GROUP, Measured.DIRECTORATE, Measured.SITE):
        counts = headcount_on(uow, dimension, day)
        if counts:
            found.append(Staff((dimension.value,), tuple(((key,), count) for key, count in sorted(counts.items()))))
    return (*found, *_all(uow, quarters))


def _all(uow: UnitOfWork, quarters: Sequence[str]) -> tuple[Staff, ...]:
    """Everybody, counted as a whole or, where nobody did that, as the sum of directorates."""
    day = last_day(max(quarters))
    whole = headcount_on(uow, Measured.ALL, day).get("") or sum(headcount_on(uow, Measured.DIRECTORATE, day).values())
    return (Staff((), (((), whole),)),) if whole else ()


def _require(uow: UnitOfWork) -> None:
    if not policy.allows(uow.actor, Permission.PUBLICATION_PREPARE):
        policy.require(uow.actor, Permission.PUBLICATION_MAKE)
