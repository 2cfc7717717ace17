"""An attacker written apart from the program: given what is displayed and the published method, and nothing else.

It knows every combination of values there can be, one unknown each, and states what it has read as ranges of sums. Of
`speakup/disclosure` it takes only what was published; even its way of asking the solver is another.

Three come: an outsider, a strict reader, and for each displayed cell an insider who knows that one exactly. What any of
them bounds within 3 is bounded again in whole people.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from itertools import chain, product
from math import ceil, floor
from operator import and_

import highspy

from benchmarks.load.counts import Invented
from speakup.disclosure import Entry, Ledger, Row

MOST = 1000
NOTHING = (0, MOST)
"""What is known of a cell of which nothing was read."""
SOLVED = 1e-5
NARROW = 3
LOOKS = 3
"""Tables looked at before insiders are asked one by one, each nearer in the cells of those who were left."""
HEAVY = 20.0
PATIENCE = 10.0
"""Seconds for one question in whole people."""
LEAST_STAFF = 30
Cell = frozenset[tuple[str, frozenset[str]]]
Own = tuple[Cell, float]
Ends = tuple[float, float]
Table = Mapping[Cell, float]
"""How many each cell holds."""
NO_TABLE: Table = {}


def read_off(shown: int | None, threshold: int, staff: int | None) -> Ends:
    """What the method note says of a number: rounded to 5, not below the threshold, under a tenth of staff."""
    if shown is None:
        return 0, MOST
    top = shown + 2 if staff is None else min(shown + 2, ceil(staff / 10) - 1)
    return max(shown - 2, threshold), top


class Undecided(Exception):
    """Whether whole people can be so many was not found out in time."""


@dataclass(frozen=True)
class Attacked:
    """What came of attacks: how many came too close, of how many, and of how many it was not found out."""

    broken: int
    claims: int
    undecided: int


class Attacker:
    """What has been read so far. Unknowns that no reading tells apart are one unknown."""

    def __init__(self, values: Mapping[str, Sequence[str]], cells: Iterable[Cell], *, whole: bool = False) -> None:
        self._cells = list(dict.fromkeys(cells))
        self._place = {cell: at for at, cell in enumerate(self._cells)}
        # A number for each value, with a bit for each cell that admits it; a combination is admitted where all are.
        bits = [
            {
                sum((value in dict(cell).get(name, options)) << at for at, cell in enumerate(self._cells))
                for value in options
            }
            for name, options in values.items()
        ]
        admitted = {reduce(and_, combination) for combination in product(*bits)}
        columns = [[bool(column >> at & 1) for at in range(len(self._cells))] for column in sorted(admitted)]
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]
        self._solver.silent()
        if whole:
            # Any table does that agrees, and the near ones are found first.
            self._solver.setOptionValue("mip_rel_gap", 0.5)
        kind = highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous
        unknowns = [(column, self._solver.addVariable(lb=0, type=kind)) for column in columns if any(column)]
        self._totals = [self._solver.addVariable(lb=0, ub=MOST) for _ in self._cells]
        for place, total in enumerate(self._totals):
            parts = self._solver.qsum(unknown for column, unknown in unknowns if column[place])
            self._solver.addConstr(parts == total)
        self._whole = whole
        self._known: dict[int, Ends] = {}
        self._own: Own | None = None
        self._away: dict[Cell, tuple[highspy.highs_var, highspy.highs_var]] = {}
        self._found: list[Table] = []
        """Tables that agree with all that was read, until more is."""

    def reads(self, cell: Cell, low: float, high: float) -> None:
        """Learn something; together with what was read before."""
        self._found = []
        before = self._known.get(self._place[cell], NOTHING)
        self._known[self._place[cell]] = max(low, before[0]), min(high, before[1])
        self._takes(cell, None)

    def _takes(self, cell: Cell, number: float | None) -> None:
        """Take a cell to be so many; with None, to be what is known of it."""
        if number is None and self._own and self._own[0] == cell:
            number = self._own[1]
        low, high = self._known.get(self._place[cell], NOTHING) if number is None else (number, number)
        self._solver.changeColBounds(self._totals[self._place[cell]].index, low, high)

    @contextmanager
    def _insider(self, own: Own | None) -> Iterator[None]:
        """Be somebody who perhaps knows one of their own exactly."""
        self._own = own
        if own:
            self._takes(*own)
        try:
            yield
        finally:
            self._own = None
            if own:
                self._takes(own[0], None)

    def bounds(self, cell: Cell, own: Own | None = None) -> Ends:
        """The least and the greatest the cell can be, for somebody who perhaps knows one of their own exactly."""
        ends = []
        with self._insider(own):
            for ask in (self._solver.minimize, self._solver.maximize):
                ask(self._totals[self._place[cell]])
                assert self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
                ends.append(self._solver.getObjectiveValue())
        return ends[0], ends[1]

    def possible(self, cell: Cell, ends: Ends, truth: Mapping[Cell, int], own: Own | None = None) -> bool:
        """Whether the cell can lie between the two, for somebody who perhaps knows one of their own exactly.

        A table that was found for somebody else and agrees with theirs says so as well as one of their own.
        """
        if any(_agrees(table, cell, ends, own) for table in self._found):
            return True
        with self._insider(own):
            return bool(self._nearest(cell, ends, truth))

    def _nearest(self, cell: Cell, ends: Ends, truth: Mapping[Cell, int], most: Collection[Cell] = ()) -> Table:
        """A table near the truth, above all in some cells, with the cell between the two; nothing if there is none."""
        if not self._away:
            self._measure(truth)
        known = self._known.get(self._place[cell], NOTHING)
        low, high = max(ends[0], known[0]), min(ends[1], known[1])
        if low > high:
            return NO_TABLE
        self._solver.changeColBounds(self._totals[self._place[cell]].index, low, high)
        heavy = [each for cell in most for each in self._away[cell]]
        distance = self._solver.qsum([*chain(*self._away.values()), *(HEAVY * each for each in heavy)])
        try:
            found = self._least(distance, whole=False)
            if found and self._whole:
                left = [each for each in self._cells if each != cell and abs(found[each] - truth[each]) < SOLVED]
                found = self._least(distance, {each: truth[each] for each in left}) or self._least(distance)
        finally:
            self._takes(cell, None)
        if found:
            self._found.append(found)
        return found

    def _least(
        self, sum_of: highspy.highs_linear_expression, taken: Mapping[Cell, float] = NO_TABLE, *, whole: bool = True
    ) -> Table:
        """A table with the least of a sum, some cells taken to be so many; nothing if there is none."""
        for own in taken.items():
            self._takes(*own)
        self._solver.setOptionValue("solve_relaxation", not whole)
        if self._whole:
            # Its clock goes on from one run to the next.
            self._solver.setOptionValue("time_limit", self._solver.getRunTime() + PATIENCE)
        self._solver.minimize(sum_of)
        status, found = self._solver.getModelStatus(), self._solver.getSolution().col_value
        for each in taken:
            self._takes(each, None)
        if status == highspy.HighsModelStatus.kTimeLimit:
            raise Undecided
        if status == highspy.HighsModelStatus.kInfeasible:
            return NO_TABLE
        assert status == highspy.HighsModelStatus.kOptimal
        return {each: found[total.index] for each, total in zip(self._cells, self._totals, strict=True)}

    def left_in_doubt(self, cell: Cell, ends: Ends, truth: Mapping[Cell, int]) -> set[Cell]:
        """Whose insiders, as far as a few looks tell, cannot rule out that the cell lies between the two.

        Looked at are tables near the truth that agree with all that was read. Those whose own cell is in one as they
        know it stay in doubt. Of the others nothing is said: they have to be bounded one by one.
        """
        if ends[0] <= truth[cell] <= ends[1]:
            return set(self._cells)
        doubt, rest = set[Cell](), set(self._cells)
        for _ in range(LOOKS):
            found = self._nearest(cell, ends, truth, rest if doubt else ())
            seen = {each for each in rest if found and abs(found[each] - truth[each]) < SOLVED}
            doubt, rest = doubt | seen, rest - seen
            if not seen:
                break
        return doubt

    def _measure(self, truth: Mapping[Cell, int]) -> None:
        """Say how far each total is from the truth."""
        for cell, total in zip(self._cells, self._totals, strict=True):
            more, less = self._solver.addVariable(lb=0), self._solver.addVariable(lb=0)
            self._solver.addConstr(total - more + less == truth[cell])
            self._away[cell] = more, less


def _agrees(table: Table, cell: Cell, ends: Ends, own: Own | None) -> bool:
    between = ends[0] - SOLVED < table[cell] < ends[1] + SOLVED
    return between and (own is None or abs(table[own[0]] - own[1]) < SOLVED)


@dataclass(frozen=True)
class Needed:
    """What must remain possible of a cell."""

    low: int
    high: int
    small: bool
    """Fewer people than the threshold; if not, a group's large share or a small group."""

    def within(self, before: Ends) -> tuple[int, int]:
        """No more than was left before."""
        return max(self.low, ceil(before[0] - SOLVED)), min(self.high, floor(before[1] + SOLVED))

    def lacking(self, left: Ends, before: Ends) -> bool:
        """Whether less is left than is needed, and than was left before."""
        low, high = self.within(before)
        return left[0] > low + SOLVED or left[1] < high - SOLVED


class Reading:
    """All that a trust has let be known, and the truth, by which an attack is judged and never led.

    Who spoke up twice is taken to be known, as the method says. Outsiders read what was displayed; strict readers know
    of each small cell that it is small.
    """

    def __init__(self, trust: Invented, ledger: Ledger) -> None:
        self._rows: dict[Cell, Sequence[Row]] = {}
        self._tables = trust.tables(trust.closed(len(trust.quarters), recoded=len(trust.quarters) // 4), ())
        self._values = {dimension.name: dimension.values for dimension in trust.dimensions}
        self._lines = {line.where: line.cases for line in ledger.lines}
        self.releases = [release.entries for release in ledger.releases]
        self._cells = [*self._lines, *(entry.where for entries in self.releases for entry in entries)]
        self.truth = {cell: self.cases(cell) for cell in self._cells}
        self._entries = {entry.where: entry for entries in self.releases for entry in entries}
        self.needed = {
            where: needed for where, entry in self._entries.items() if (needed := self._need(entry)) is not None
        }
        self.protected = {
            where: self._entries[where].threshold for where, needed in self.needed.items() if needed.small
        }

    def _need(self, entry: Entry) -> Needed | None:
        """Nothing for what is shown, for what the return says, and for what was masked for others' sake alone."""
        if entry.shown is not None or entry.where in self._lines:
            return None
        people, cases = self.people(entry.where), self.cases(entry.where)
        if people < entry.threshold:
            return Needed(0, min(entry.threshold - 1, 5) + cases - people, small=True)
        staff = self._tables.staff_of(entry.where)
        masked_by_rule = staff is None or staff < LEAST_STAFF or people * 10 >= staff
        return Needed(cases - 5, cases + 5, small=False) if masked_by_rule else None

    def cases(self, where: Cell) -> int:
        """How many there are."""
        return len(self._matching(where))

    def people(self, where: Cell) -> int:
        """Of how many people."""
        return len({row.person for row in self._matching(where)})

    def _matching(self, where: Cell) -> Sequence[Row]:
        if where not in self._rows:
            self._rows[where] = self._tables.matching(where)
        return self._rows[where]

    def reader(
        self,
        releases: int | None = None,
        *,
        strict: bool = False,
        whole: bool = False,
        cells: Iterable[Cell] | None = None,
    ) -> Attacker:
        """Who knows the returns and the first so many releases, perhaps of some cells only."""
        of = set(self._cells if cells is None else cells)
        known = Attacker(self._values, [cell for cell in self._cells if cell in of], whole=whole)
        for where, cases in self._lines.items():
            if where in of:
                known.reads(where, cases, cases)
        for entry in (entry for entries in self.releases[:releases] for entry in entries):
            if entry.shown is not None and entry.where in of:
                low, high = read_off(entry.shown, entry.threshold, self._tables.staff_of(entry.where))
                again = self.cases(entry.where) - self.people(entry.where)
                known.reads(entry.where, low + again, high + again)
        for where in (each for each in self.protected if strict and each in of):
            known.reads(where, 0, self.protected[where] - 1 + self.cases(where) - self.people(where))
        return known

    def tied(self, number: int) -> list[Cell]:
        """The cells of a release, and of whatever was known then of the same periods and those tied to them."""
        return self.about(*(entry.where for entry in self.releases[number]), releases=number + 1)

    def about(self, *cells: Cell, releases: int | None = None) -> list[Cell]:
        """These cells, and whatever is known of the same periods and those tied to them."""
        known = [*self._lines, *(entry.where for entries in self.releases[:releases] for entry in entries)]
        left, kept, periods = dict.fromkeys(known), list(cells), set().union(*map(_periods, cells))
        while near := [cell for cell in left if _periods(cell) & periods]:
            periods |= set().union(*map(_periods, near))
            kept += near
            left = {cell: None for cell in left if cell not in set(near)}
        return list(dict.fromkeys(kept))


def _periods(cell: Cell) -> frozenset[str]:
    return dict(cell)["quarter"]


# --- the attacks ----------------------------------------------------------------------------------------------------


def too_close(trust: Invented, ledger: Ledger) -> Attacked:
    """How many cells an outsider or a strict reader knows better than the method allows."""
    reading = Reading(trust, ledger)
    found = [each for strict in (False, True) for each in _known_to_readers(reading, strict=strict)]
    return Attacked(found.count(True), len(reading.protected), found.count(None))


def _known_to_readers(reading: Reading, *, strict: bool) -> Iterator[bool | None]:
    reader, before = reading.reader(strict=strict), reading.reader(0, strict=strict)
    in_people: dict[frozenset[Cell], list[Attacker]] = {}
    for where in reading.protected:
        left, least, needed = reader.bounds(where), before.bounds(where), reading.needed[where]
        if needed.lacking(left, least) or left[1] - left[0] > NARROW:
            yield needed.lacking(left, least)
            continue
        cells = frozenset(reading.about(where))
        if cells not in in_people:
            in_people[cells] = [reading.reader(n, strict=strict, whole=True, cells=cells) for n in (None, 0)]
        yield _lacking_in_people(reading, needed.within(least), where, in_people[cells])


def _sides(ends: tuple[int, int], truth: int) -> tuple[list[Ends], list[Ends]]:
    """Below the truth and above it: what must remain possible, then what must if that never was."""
    return [(0, low) for low in range(ends[0], truth)], [(high, MOST) for high in range(ends[1], truth, -1)]


def _outermost(readers: Sequence[Attacker], where: Cell, side: Iterable[Ends], truth: Mapping[Cell, int]) -> Ends:
    """The first that was possible by what was read last or before; the truth where none was."""
    for within in side:
        if any(reader.possible(where, within, truth) for reader in readers):
            return within
    return truth[where], truth[where]


def _lacking_in_people(
    reading: Reading, ends: tuple[int, int], where: Cell, readers: Sequence[Attacker], own: Own | None = None
) -> bool | None:
    """Whether either end is out of reach in whole people by what was read last; None if it was not found out."""
    known, before = readers
    try:
        for side in _sides(ends, reading.truth[where]):
            for within in side:
                if known.possible(where, within, reading.truth, own):
                    break
                if before.possible(where, within, reading.truth, own):
                    return True
    except Undecided:
        return None
    return False


def insiders_too_close(trust: Invented, ledger: Ledger) -> Attacked:
    """How many times somebody who knows one cell exactly learns too much of another.

    Each release is judged by what it adds to the ones before, which no mask of its own can take back.
    """
    reading = Reading(trust, ledger)
    found = [_Insiders(reading, number).lacking() for number in range(len(reading.releases))]
    return Attacked(*(sum(parts) for parts in zip(*found, strict=True))) if found else Attacked(0, 0, 0)


class _Insiders:
    """The insiders of one release."""

    def __init__(self, reading: Reading, number: int) -> None:
        self._reading, self._number = reading, number
        self._cells = reading.tied(number)
        self._readers: dict[tuple[int, bool], Attacker] = {}
        self._near = reading.reader(number + 1, cells=self._cells)
        """Apart from who is asked for bounds: how far tables are from the truth is in the way there."""

    def _reader(self, releases: int, *, whole: bool = False) -> Attacker:
        if (releases, whole) not in self._readers:
            self._readers[releases, whole] = self._reading.reader(releases, whole=whole, cells=self._cells)
        return self._readers[releases, whole]

    def lacking(self) -> tuple[int, int, int]:
        """How many times too much, of how many, and not found out."""
        targets = [cell for cell in self._cells if cell in self._reading.needed]
        found = [self._learns(own, target) for target in targets for own in self._left(target)]
        return found.count(True), len(targets) * (len(self._cells) - 1), found.count(None)

    def _left(self, target: Cell) -> set[Cell]:
        """Those who were not seen to be in doubt about either end, as far as it was possible before."""
        needed, before = self._reading.needed[target], self._reader(self._number).bounds(target)
        low, high = needed.within(before)
        truth = self._reading.truth
        try:
            if high - low <= NARROW:
                near, earlier = (self._reader(releases, whole=True) for releases in (self._number + 1, self._number))
                wanted = _sides((low, high), truth[target])
                sides = [_outermost((near, earlier), target, side, truth) for side in wanted]
            else:
                near, sides = self._near, [(low, low), (high, high)]
            ends = [near.left_in_doubt(target, side, truth) for side in sides]
        except Undecided:
            return set(self._cells) - {target}
        return set(self._cells) - (ends[0] & ends[1]) - {target}

    def _learns(self, own: Cell, target: Cell) -> bool | None:
        needed, mine = self._reading.needed[target], (own, self._reading.truth[own])
        left = self._reader(self._number + 1).bounds(target, mine)
        if not needed.lacking(left, NOTHING) and left[1] - left[0] > NARROW:
            return False
        before = self._reader(self._number).bounds(target, mine)
        if needed.lacking(left, before) or left[1] - left[0] > NARROW:
            return needed.lacking(left, before)
        readers = [self._reader(releases, whole=True) for releases in (self._number + 1, self._number)]
        return _lacking_in_people(self._reading, needed.within(before), target, readers, mine)
