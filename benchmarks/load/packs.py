"""An invented trust as `papers` publishes one: all that a case is counted by, and its fixed grid of tables.

Worker groups stand apart, as they do in the product; sites, detriment and acknowledgement come on top of what
`counts` invents. Which tables there are is asked of `papers` itself.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from benchmarks.load.counts import Invented
from speakup.disclosure import Category, Dimension, Kind, Line, Row, Staff, Tables
from speakup.insight import LATE, ReturnedLine
from speakup.papers import grid, returned
from speakup.papers.pack import CASES
from speakup.papers.pack import Kind as Of

SITES = ("site 1", "site 2", "site 3", "site 4", "site 5")
SAID = {"detriment": (("yes", "no"), (4, 96)), "acknowledged": (("yes", "no", "not known"), (85, 10, 5))}


def population(trust: Invented, rows: Sequence[Row]) -> grid.Told:
    """These rows, with what else is counted of them."""
    times = _times(trust)
    quarter, element, group, directorate, how, edition = trust.dimensions
    named = {name: times.get(name, name) for name in quarter.values}
    ladder = tuple(tuple(_renamed(line, named) for line in rung) for rung in quarter.ladder)
    dimensions = (
        replace(quarter, values=tuple(named.values()), ladder=ladder),
        element,
        replace(group, name=grid.GROUP, apart=True),
        directorate,
        how,
        _alone(grid.SITE, Kind.GROUP, SITES),
        *(_alone(name, Kind.OTHER, values) for name, (values, _) in SAID.items()),
        edition,
    )
    (staff,) = trust.staff
    return grid.Told(CASES, dimensions, tuple(map(_more, rows, [named] * len(rows))), tuple(_staff(staff)), trust.cases)


def tables(trust: Invented, closed: int, quarters: Sequence[str], of: Of) -> Tables:
    """Those of a publication, once so many quarters are closed."""
    return grid.tables_of(population(trust, trust.closed(closed)), grid.Asked(of, tuple(quarters), {}))


def lines(trust: Invented, made: Tables, quarters: Sequence[str]) -> tuple[Line, ...]:
    """The national return of these quarters."""
    _, element, group, *_ = trust.dimensions
    said = [("cases", ""), ("raised anonymously", ""), ("element", "detriment")]
    said += [("element", line.label) for line in element.ladder[0]] + [("worker group", one) for one in group.values]
    asked = [ReturnedLine(period=quarter, counts=counts, codes=codes) for quarter in quarters for counts, codes in said]
    return returned.lines_of(made, CASES, asked)


def _times(trust: Invented) -> dict[str, str]:
    """A case that came in late says of which quarter it is, and in which it counts."""
    before = dict(zip(trust.quarters[1:], trust.quarters, strict=False))
    return {f"{name} late": f"{before.get(name, 'before')}{LATE}{name}" for name in trust.quarters}


def _renamed(line: Category, named: dict[str, str]) -> Category:
    return Category(line.label, frozenset(named[each] for each in line.members))


def _alone(name: str, kind: Kind, values: Sequence[str]) -> Dimension:
    return Dimension(name, kind, tuple(values), (tuple(Category(one, frozenset({one})) for one in values),))


def _more(row: Row, named: dict[str, str]) -> Row:
    """The rows of one person and time say the same besides, whatever their edition."""
    random = Random(f"{row.person} {row.values[0]}")
    said = (random.choices(values, weights)[0] for values, weights in SAID.values())
    when, *about, edition = row.values
    return Row(row.person, (named[when], *about, random.choice(SITES), *said, edition))


def _staff(staff: Staff) -> Iterator[Staff]:
    """By group and by directorate, each for itself, as trusts count them; and as many at each site."""
    for at, name in enumerate((grid.GROUP, grid.DIRECTORATE)):
        of = {key[at]: sum(count for other, count in staff.counts if other[at] == key[at]) for key, _ in staff.counts}
        yield Staff((name,), tuple(((value,), count) for value, count in of.items()))
    everybody = sum(count for _, count in staff.counts)
    yield Staff((grid.SITE,), tuple(((site,), everybody // len(SITES)) for site in SITES))
    yield Staff((), (((), everybody),))
