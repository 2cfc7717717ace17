"""Invented trusts: who spoke up over some quarters, late and recoded cases with them, and how many work where.

Nobody in them exists. The same seed makes the same trust.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product
from random import Random
from typing import TypeVar

from speakup.disclosure import Axis, Category, Definition, Dimension, Kind, Ledger, Line, Row, Staff, Tables, Where

ELEMENTS = ("safety", "wellbeing", "bullying", "behaviours")
HOW = ("open", "confidential", "anonymous")
QUARTERS_A_YEAR = 4
Drawn = TypeVar("Drawn")
NOT_KNOWN = "not known"
AGAIN, LATE, RECODED = 0.04, 0.05, 0.03
"""How many cases are of somebody who spoke up before, come in after the quarter's close, are recoded later."""


@dataclass(frozen=True)
class Size:
    """How large a trust's lists are."""

    elements: int = 4
    groups: int = 11
    directorates: int = 13
    years: int = 3


@dataclass(frozen=True)
class Invented:
    """A trust and all that was raised in it. `quarters` and `late` name the same periods in the same order."""

    cases: int
    dimensions: tuple[Dimension, ...]
    rows: tuple[Row, ...]
    staff: tuple[Staff, ...]
    quarters: tuple[str, ...]

    def year(self, number: int) -> tuple[str, ...]:
        """Its four quarters."""
        return self.quarters[number * QUARTERS_A_YEAR : (number + 1) * QUARTERS_A_YEAR]

    def closed(self, quarters: int, *, recoded: int = 0) -> tuple[Row, ...]:
        """The rows once so many quarters are closed, and those of so many years are recoded where that was due."""
        known = {value for quarter in self.quarters[:quarters] for value in counted_in(quarter)}
        restated = {value for year in range(recoded) for quarter in self.year(year) for value in counted_in(quarter)}
        rows = []
        for row in self.rows:
            if row.values[0] not in known or (row.values[-1] == "after" and row.values[0] not in restated):
                continue
            kept = row.values[-1] == "before" and row.values[0] not in restated
            rows.append(Row(row.person, (*row.values[:-1], "kept")) if kept else row)
        return tuple(rows)

    def tables(self, rows: tuple[Row, ...], definitions: Sequence[Definition]) -> Tables:
        """What `protect` is given."""
        return Tables(self.dimensions, rows, tuple(definitions), self.cases, self.staff)


def counted_in(quarter: str) -> frozenset[str]:
    """A quarter's own cases, and those of the one before that came in after its close."""
    return frozenset({quarter, f"{quarter} late"})


def invent(seed: int, cases: int, size: Size | None = None) -> Invented:
    """A trust with about so many cases a year."""
    random, size = Random(seed), size or Size()
    quarters = tuple(f"{year + 1}/{quarter + 1}" for year in range(size.years) for quarter in range(QUARTERS_A_YEAR))
    dimensions = _dimensions(size, quarters)
    staff, works = _staff(random, cases, dimensions)
    shares = [random.gammavariate(1.0, 1.0) + 0.02 for _ in dimensions[1].values]
    rows: list[Row] = []
    for quarter in quarters:
        for _ in range(max(0, round(random.gauss(cases / 4, (cases / 4) ** 0.5)))):
            rows += _case(random, dimensions, quarter, works, shares, rows)
    return Invented(cases, dimensions, tuple(rows), (staff,), quarters)


def _dimensions(size: Size, quarters: tuple[str, ...]) -> tuple[Dimension, ...]:
    elements = ELEMENTS[: size.elements]
    signatures = tuple("+".join(some) for n in range(1, len(elements) + 1) for some in combinations(elements, n))
    ticks = tuple(Category(one, frozenset(s for s in signatures if one in s.split("+"))) for one in elements)
    groups = tuple(f"group {n + 1}" for n in range(size.groups - 1))
    places = tuple(f"directorate {n + 1}" for n in range(size.directorates))
    whens = tuple(value for quarter in quarters for value in sorted(counted_in(quarter)))
    by_quarter = tuple(Category(quarter, counted_in(quarter)) for quarter in quarters)
    editions = ("kept", "before", "after")
    return (
        Dimension("quarter", Kind.TIME, whens, (by_quarter, _merged("year", by_quarter, size.years))),
        Dimension("element", Kind.OTHER, signatures, (ticks,)),
        Dimension(
            "group", Kind.GROUP, (*groups, NOT_KNOWN), _ladder("staff", groups, NOT_KNOWN), frozenset({NOT_KNOWN})
        ),
        Dimension("directorate", Kind.GROUP, places, _ladder("division", places)),
        Dimension("how", Kind.OTHER, HOW, (_alone(HOW),)),
        Dimension("edition", Kind.EDITION, editions, (_alone(editions),)),
    )


def _alone(values: Sequence[str]) -> tuple[Category, ...]:
    return tuple(Category(value, frozenset({value})) for value in values)


def _ladder(name: str, values: Sequence[str], *others: str) -> tuple[tuple[Category, ...], ...]:
    rungs = [values_of for values_of in (len(values), 6, 3, 2) if values_of <= len(values)]
    lines = _alone(values)
    return tuple(
        (*(lines if n == len(values) else _merged(name, lines, n)), *_alone(others)) for n in dict.fromkeys(rungs)
    )


def _merged(name: str, lines: Sequence[Category], into: int) -> tuple[Category, ...]:
    ends = [round(n * len(lines) / into) for n in range(into + 1)]
    parts = [lines[first:last] for first, last in pairwise(ends)]
    return tuple(
        Category(f"{name} {n + 1}", frozenset().union(*(line.members for line in part))) for n, part in enumerate(parts)
    )


def _staff(
    random: Random, cases: int, dimensions: tuple[Dimension, ...]
) -> tuple[Staff, list[tuple[tuple[str, str], float]]]:
    """Headcounts, and how likely the next case is to come from where."""
    everybody = round(cases * random.uniform(15, 40)) + 1000
    groups = {group: random.gammavariate(2.0, 1.0) for group in dimensions[2].values if group != NOT_KNOWN}
    places = {place: random.gammavariate(3.0, 1.0) for place in dimensions[3].values}
    whole = sum(groups.values()) * sum(places.values())
    counts = {(g, d): round(everybody * groups[g] * places[d] / whole) for g, d in product(groups, places)}
    works = [(key, count * random.gammavariate(3.0, 1.0)) for key, count in counts.items()]
    works += [((NOT_KNOWN, place), 0.06 * sum(weight for (_, d), weight in works if d == place)) for place in places]
    return Staff(("group", "directorate"), tuple(counts.items())), works


def _case(
    random: Random,
    dimensions: tuple[Dimension, ...],
    quarter: str,
    works: list[tuple[tuple[str, str], float]],
    shares: list[float],
    rows: list[Row],
) -> list[Row]:
    """One case: one row, or two where it was recoded; a few are of somebody who spoke up before."""
    person = f"p{random.getrandbits(64):x}"
    if rows and random.random() < AGAIN:
        person = rows[-1 - random.randrange(min(len(rows), 40))].person
    (group, place), element = (
        _drawn(random, works),
        _drawn(random, list(zip(dimensions[1].values, shares, strict=True))),
    )
    when = f"{quarter} late" if random.random() < LATE else quarter
    how = random.choices(HOW, (3, 6, 1))[0]
    values = (when, element, group, place, how)
    if random.random() >= RECODED:
        return [Row(person, (*values, "kept"))]
    other = random.choice(dimensions[1].values)
    return [Row(person, (*values, "before")), Row(person, (when, other, group, place, how, "after"))]


def _drawn(random: Random, weighted: Sequence[tuple[Drawn, float]]) -> Drawn:
    return random.choices([one for one, _ in weighted], [weight for _, weight in weighted])[0]


# --- what is published of it ----------------------------------------------------------------------------------------

AS_CODED = ("edition", frozenset({"kept", "before"}))
RESTATED = ("edition", frozenset({"kept", "after"}))
ONE_WAY = ("element", "group", "directorate", "how")
TWO_WAY = (("element", "group"), ("element", "directorate"), ("group", "directorate"))


def of_quarter(quarter: str) -> list[Definition]:
    """A quarter's tables."""
    within = (("quarter", counted_in(quarter)), AS_CODED)
    return [Definition(f"{name} in {quarter}", (Axis(name),), within) for name in ONE_WAY]


def of_year(quarters: Sequence[str], edition: tuple[str, frozenset[str]] = AS_CODED) -> list[Definition]:
    """A year's tables of one dimension and of two."""
    whole = frozenset().union(*(counted_in(quarter) for quarter in quarters))
    within = (("quarter", whole), edition)
    one = [Definition(f"{name} in the year", (Axis(name),), within) for name in ONE_WAY]
    return one + [Definition(" by ".join(pair), tuple(Axis(name) for name in pair), within) for pair in TWO_WAY]


def returned(tables: Tables, quarter: str) -> list[Line]:
    """The national return of a quarter: all cases, the anonymous, by element and worker group, as submitted."""
    raised = ("quarter", frozenset({quarter}))
    chosen: list[list[tuple[str, frozenset[str]]]] = [[], [("how", frozenset({"anonymous"}))]]
    for name in ("element", "group"):
        chosen += [[(name, line.members)] for line in tables.named[name].ladder[0]]
    wheres = [tables.where((raised, AS_CODED, *more)) for more in chosen]
    return [Line(where, len(tables.matching(where))) for where in wheres]


def recoded(tables: Tables, quarters: Sequence[str]) -> list[Line]:
    """How many cases of a year were recoded, which its restatement says."""
    whole = ("quarter", frozenset().union(*(counted_in(quarter) for quarter in quarters)))
    wheres: list[Where] = [tables.where((whole, ("edition", frozenset({as_})))) for as_ in ("before", "after")]
    return [Line(where, len(tables.matching(where))) for where in wheres]


def known_of(ledger: Ledger) -> int:
    """Cells and lines the ledger holds."""
    return len(ledger.lines) + sum(len(release.entries) for release in ledger.releases)
