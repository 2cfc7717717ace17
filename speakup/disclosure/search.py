"""How far a cell can be moved from the truth by a reader's possible tables, and a table that shows it.

Columns are what each cell holds more than the truth, what it holds less, and those atoms that have been needed so far.
Atoms number thousands and a table needs few of them, so the program starts with those that somebody has and takes in
the others as their prices ask for them. Each search sets out from the truth, a few steps from a witness.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from speakup.disclosure.audit import CLOSE, Floats, Program, Relation, Start
from speakup.disclosure.puzzle import Puzzle

FAR = 1e-3
"""What a table pays for each person it counts elsewhere: it differs in few cells, and so serves many insiders."""
AT_ONCE = 60
"""How many atoms are taken in at a time."""
TRIES = 6
"""How many tables are looked at for one of whole people, before a program of whole numbers is asked, which is slow."""


class Side(Enum):
    """Which end of what must remain possible is tried."""

    LOW = 1
    HIGH = -1


@dataclass(frozen=True, slots=True)
class Move:
    """Where to move which cell, and what the reader knows of all cells."""

    target: int
    side: Side
    wanted: float
    lows: Floats
    highs: Floats
    own: Sequence[int] = ()
    """Cells that the reader knows exactly."""

    def room(self, values: Floats) -> Floats:
        """How much more each cell may hold, then how much less; the target no further than is wanted."""
        up, down = self.highs - values, values - self.lows
        own = list(self.own)
        up[own] = down[own] = 0
        if self.side is Side.HIGH:
            up[self.target] = min(up[self.target], max(self.wanted - values[self.target], 0))
        else:
            down[self.target] = min(down[self.target], max(values[self.target] - self.wanted, 0))
        return np.concatenate([up, down])


@dataclass(frozen=True, slots=True)
class Found:
    """A possible table, by cell, and whether it is one of whole people."""

    reached: float
    table: Floats
    whole: bool


class Search:
    """One program over a puzzle."""

    def __init__(self, puzzle: Puzzle, atoms: Iterable[int]) -> None:
        self.solved = 0
        self._values = np.array([cell.value for cell in puzzle.cells], dtype=np.float64)
        self.cells, self._atoms, self.totals = puzzle.coefficients()
        left = self.totals - self.cells @ self._values
        self._program = Program([], [Relation((), int(total)) for total in left])
        self._program.grow(np.hstack([self.cells, -self.cells]))
        self._columns = np.arange(2 * len(self._values), dtype=np.int32)
        self._truth: Start | None = None
        self._taken = np.zeros(len(puzzle.atoms), dtype=np.bool_)
        self._take(np.array(sorted({*map(int, np.flatnonzero(puzzle.atoms)), *atoms}), dtype=np.int64))

    @property
    def taken(self) -> tuple[int, ...]:
        """The atoms that have been needed so far."""
        return tuple(map(int, np.flatnonzero(self._taken)))

    def _take(self, atoms: NDArray[np.int64]) -> None:
        self._taken[atoms] = True
        self._program.grow(self._atoms[:, atoms])
        self._truth = None

    def near(self, move: Move, price: float = FAR) -> Found:
        """Try with the atoms there are. What is not reached may still be possible."""
        self._aim(move, price)
        return self._found(move)

    def furthest(self, move: Move) -> tuple[Found, Floats]:
        """Go as far as any table does, and give the prices that prove it."""
        while True:
            self._aim(move, 0.0)
            found, prices = self._found(move), self._program.duals
            gains = prices @ self._atoms
            gains[self._taken] = 0
            wanting = np.flatnonzero(gains > CLOSE)
            if not len(wanting) or abs(found.reached - move.wanted) < CLOSE:
                return found, prices
            self._take(wanting[np.argsort(-gains[wanting])[:AT_ONCE]])

    def _aim(self, move: Move, price: float) -> None:
        self._program.start(self._at_truth())
        self._program.bound(self._columns, np.zeros(len(self._columns)), move.room(self._values))
        costs = np.full(len(self._columns), price)
        costs[[move.target, len(self._values) + move.target]] = move.side.value, -move.side.value
        self._program.price(self._columns, costs)

    def _at_truth(self) -> Start:
        """Where the program stands when no cell is moved."""
        if self._truth is None:
            nothing = np.zeros(len(self._columns))
            self._program.bound(self._columns, nothing, nothing)
            self._program.least()
            self._truth = self._program.standing
        return self._truth

    def _found(self, move: Move) -> Found:
        self.solved += 1
        self._program.least()
        moved = self._program.values
        whole = bool((np.abs(moved - np.round(moved)) < CLOSE).all())
        return _table(move, self._values, moved, whole=whole)


class Steps:
    """A search for tables of whole people near the truth, by what each cell and each atom holds more, or less, than it.

    Where every step has its price, the cheapest table takes few of them, and those are nearly always whole.
    """

    def __init__(self, puzzle: Puzzle, atoms: Sequence[int]) -> None:
        self.atoms, self.solved = atoms, 0
        self._values = np.array([cell.value for cell in puzzle.cells], dtype=np.float64)
        cells, combined, totals = puzzle.coefficients()
        truth = np.array(puzzle.atoms, dtype=np.float64)
        held = np.flatnonzero(truth)
        self._program = Program([], [Relation(()) for _ in totals])
        self._program.grow(np.hstack([cells, -cells]))
        self._program.grow(-combined[:, held], truth[held])
        self._program.grow(combined[:, list(atoms)])
        self._count = 2 * len(self._values) + len(held) + len(atoms)
        # Always the same, so that the same counts give the same publication.
        self._random = np.random.default_rng(0)

    def nearest(self, move: Move) -> Found | None:
        """A table in which the target is as wanted. None says nothing: prices have led to no whole one."""
        columns = np.arange(self._count, dtype=np.int32)
        aimed = [move.target, len(self._values) + move.target]
        self._program.bound(columns[: 2 * len(self._values)], np.zeros(2 * len(self._values)), move.room(self._values))
        for _ in range(TRIES):
            costs = FAR * (1 + self._random.random(self._count))
            costs[aimed] = move.side.value, -move.side.value
            self._program.price(columns, costs)
            self._program.least()
            self.solved += 1
            moved = self._program.values
            found = _table(move, self._values, moved, whole=bool((np.abs(moved - np.round(moved)) < CLOSE).all()))
            if found.whole and abs(found.reached - move.wanted) < CLOSE:
                return found
        return None


def whole_people(puzzle: Puzzle, atoms: Iterable[int], move: Move) -> Found:
    """As far as the target goes with these atoms, in whole people. Slow."""
    values = np.array([cell.value for cell in puzzle.cells], dtype=np.float64)
    cells, combined, totals = puzzle.coefficients()
    program = Program([], [Relation((), int(total)) for total in totals - cells @ values], whole=True)
    program.grow(np.hstack([cells, -cells]), move.room(values))
    program.grow(combined[:, list(atoms)])
    aimed = np.array([move.target, len(values) + move.target], dtype=np.int32)
    program.price(aimed, np.array([move.side.value, -move.side.value], dtype=np.float64))
    program.least()
    return _table(move, values, np.round(program.values), whole=True)


def _table(move: Move, values: Floats, moved: Floats, *, whole: bool) -> Found:
    count = len(values)
    table = values + moved[:count] - moved[count : 2 * count]
    return Found(float(table[move.target]), table, whole)
