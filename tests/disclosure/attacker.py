"""An attacker written apart from the program: given what is displayed and the published method, and nothing else.

It knows every combination of values there can be, one unknown each, and states what it has read as ranges of sums. Of
`speakup/disclosure` it takes only what was published; even its way of asking the solver is another.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import product
from math import ceil
from operator import and_

import highspy

from benchmarks.load.counts import Invented
from speakup.disclosure import Ledger

MOST = 1000
SOLVED = 1e-5
Cell = frozenset[tuple[str, frozenset[str]]]


def read_off(shown: int | None, threshold: int, staff: int | None) -> tuple[float, float]:
    """What the method note says of a number: rounded to 5, not below the threshold, under a tenth of staff."""
    if shown is None:
        return 0, MOST
    top = shown + 2 if staff is None else min(shown + 2, ceil(staff / 10) - 1)
    return max(shown - 2, threshold), top


class Attacker:
    """What has been read so far. Unknowns that no reading tells apart are one unknown."""

    def __init__(self, values: Mapping[str, Sequence[str]], cells: Iterable[Cell]) -> None:
        self._cells = list(dict.fromkeys(cells))
        # A number for each value, with a bit for each cell that admits it; a combination is admitted where all are.
        bits = [
            {
                sum((value in dict(cell).get(name, options)) << at for at, cell in enumerate(self._cells))
                for value in options
            }
            for name, options in values.items()
        ]
        admitted = {reduce(and_, combination) for combination in product(*bits)}
        columns = [[bool(column >> at & 1) for at in range(len(self._cells))] for column in admitted]
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]
        self._solver.silent()
        unknowns = [(column, self._solver.addVariable(lb=0)) for column in columns if any(column)]
        self._totals = [self._solver.addVariable(lb=0, ub=MOST) for _ in self._cells]
        for place, total in enumerate(self._totals):
            parts = self._solver.qsum(unknown for column, unknown in unknowns if column[place])
            self._solver.addConstr(parts == total)
        self._known: dict[int, tuple[float, float]] = {}

    def reads(self, cell: Cell, low: float, high: float) -> None:
        """Learn something; together with what was read before."""
        place = self._cells.index(cell)
        before = self._known.get(place, (0, MOST))
        self._known[place] = max(low, before[0]), min(high, before[1])
        self._solver.changeColBounds(self._totals[place].index, *self._known[place])

    def bounds(self, cell: Cell, own: tuple[Cell, float] | None = None) -> tuple[float, float]:
        """The least and the greatest the cell can be, for somebody who perhaps knows one of their own exactly."""
        if own:
            self._solver.changeColBounds(self._totals[self._cells.index(own[0])].index, own[1], own[1])
        ends = []
        for ask in (self._solver.minimize, self._solver.maximize):
            ask(self._totals[self._cells.index(cell)])
            assert self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
            ends.append(self._solver.getObjectiveValue())
        if own:
            place = self._cells.index(own[0])
            self._solver.changeColBounds(self._totals[place].index, *self._known.get(place, (0, MOST)))
        return ends[0], ends[1]


class Reading:
    """All that a trust has let be known, and the truth, by which an attack is judged and never led.

    Who spoke up twice is taken to be known, as the method says. Outsiders read what was displayed; strict readers know
    of each small cell that it is small.
    """

    def __init__(self, trust: Invented, ledger: Ledger) -> None:
        self._tables = trust.tables(trust.closed(len(trust.quarters)), ())
        self._values = {dimension.name: dimension.values for dimension in trust.dimensions}
        self._lines = {line.where: line.cases for line in ledger.lines}
        self._releases = [release.entries for release in ledger.releases]
        self._cells = [*self._lines, *(entry.where for entries in self._releases for entry in entries)]
        entries = {entry.where: entry for entries in self._releases for entry in entries}
        self.protected = {
            where: entry.threshold
            for where, entry in entries.items()
            if entry.shown is None and where not in self._lines and self.people(where) < entry.threshold
        }

    def cases(self, where: Cell) -> int:
        """How many there are."""
        return len(self._tables.matching(where))

    def people(self, where: Cell) -> int:
        """Of how many people."""
        return len({row.person for row in self._tables.matching(where)})

    def reader(self, releases: int | None = None, *, strict: bool = False) -> Attacker:
        """Who knows the returns and the first so many releases."""
        known = Attacker(self._values, self._cells)
        for where, cases in self._lines.items():
            known.reads(where, cases, cases)
        for entry in (entry for entries in self._releases[:releases] for entry in entries):
            if entry.shown is not None:
                low, high = read_off(entry.shown, entry.threshold, self._tables.staff_of(entry.where))
                again = self.cases(entry.where) - self.people(entry.where)
                known.reads(entry.where, low + again, high + again)
        if strict:
            for where, threshold in self.protected.items():
                known.reads(where, 0, threshold - 1 + self.cases(where) - self.people(where))
        return known


def too_close(trust: Invented, ledger: Ledger) -> tuple[int, int]:
    """How many cells an outsider or a strict reader knows better than the method allows, and how many are protected."""
    reading, broken = Reading(trust, ledger), set()
    for strict in (False, True):
        reader, before = reading.reader(strict=strict), reading.reader(0, strict=strict)
        for where, threshold in reading.protected.items():
            (low, high), (least, most) = reader.bounds(where), before.bounds(where)
            if low > least + SOLVED or high < min(threshold - 1, 5, int(most + SOLVED)) - SOLVED:
                broken.add(where)
    return len(broken), len(reading.protected)
