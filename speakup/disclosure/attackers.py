"""Three readers who try to work out small cells, and whether any of them comes too close.

A *witness* is a table that agrees with all that a reader knows. One witness proves for many cells and many readers at
once what stays possible, so all are kept: they are what makes the attack fast. Without one, the reader's program is
solved to its end; its prices say which further masks would let the cell take the value.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from math import ceil, floor, inf

import numpy as np
from numpy.typing import NDArray

from speakup.disclosure.audit import ANYTHING, CLOSE, Floats, Interval
from speakup.disclosure.puzzle import Puzzle, State
from speakup.disclosure.search import FAR, Found, Move, Search, Side, Steps, whole_people

AT_FIRST = 200
"""How many atoms that nobody has are taken in at the start."""
NARROW = 3
"""A cell of which no more than so much need stay possible is proved in whole numbers."""


class Reader(Enum):
    """The two who know no cell beforehand; an insider is the number of the cell known exactly."""

    OUTSIDER = "outsider"
    STRICT = "strict"


Attacker = Reader | int
Claim = tuple[Attacker, int, Side]
Known = tuple[Floats, Floats]
"""The ends of what a reader knows of each cell."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Masks of which enough are needed: the shares of the masked cells must come to 1."""

    shares: tuple[tuple[int, float], ...]


class Impossible(Exception):
    """Even with everything masked that can be, a reader comes too close: what is known already is enough."""


class Attack:
    """The attacks of all three readers on one puzzle, and every witness found so far."""

    def __init__(self, puzzle: Puzzle, spare: Sequence[int] = ()) -> None:
        self.puzzle = puzzle
        self._values = np.array([cell.value for cell in puzzle.cells], dtype=np.float64)
        self._targets = tuple(i for i, cell in enumerate(puzzle.cells) if cell.required is not None)
        self._insiders = tuple(i for i, cell in enumerate(puzzle.cells) if cell.insiders)
        self._narrowed: dict[Claim, float] = {}
        self._search = Search(puzzle, spare[:AT_FIRST])
        self._steps, self._stepped = Steps(puzzle, self._search.taken), 0
        self._witnesses = self._values[None, :]
        self._whole = np.array([True])

    @property
    def programs(self) -> int:
        """Solved so far."""
        return self._search.solved + self._stepped

    @property
    def closest(self) -> Interval | None:
        """The least that remains possible of any protected cell that is not public, for readers who know none."""
        left = [
            Interval(low, high)
            for reader in Reader
            for target in self._targets
            for low, high in [[self._wanted((reader, target, side)) for side in Side]]
            if low < high
        ]
        return min(left, key=lambda known: known.width, default=None)

    # --- what each reader knows -----------------------------------------------------------------------------------

    def _known(self, reader: Reader, masked: Collection[int]) -> Known:
        intervals = [self._interval(reader, i, masked) for i in range(len(self.puzzle.cells))]
        return np.array([known.low for known in intervals]), np.array([known.high for known in intervals])

    def _interval(self, reader: Reader, i: int, masked: Collection[int]) -> Interval:
        cell = self.puzzle.cells[i]
        if cell.state is State.SHOWN or (cell.state is State.OPEN and i not in masked):
            return cell.shown
        return cell.small if reader is Reader.STRICT and cell.state is State.MASKED else cell.hidden

    def _beforehand(self, claim: Claim) -> Known:
        """What is known without this release.

        To whoever knows the rules, also why cells are masked. An insider's own cell may give away something together
        with earlier releases, which nothing we mask now can mend; so for insiders those count as known before.
        """
        attacker, target, _ = claim
        lenient = isinstance(attacker, int) or self.puzzle.cells[target].lenient
        lows, highs = np.zeros(len(self._values)), np.full(len(self._values), inf)
        for i, cell in enumerate(self.puzzle.cells):
            if cell.public or (lenient and cell.state is State.SHOWN):
                lows[i], highs[i] = cell.shown.low, cell.shown.high
            elif attacker is Reader.STRICT and cell.state is State.MASKED:
                lows[i], highs[i] = cell.small.low, cell.small.high
        return lows, highs

    # --- claims ---------------------------------------------------------------------------------------------------

    def cuts(self, masked: Collection[int]) -> list[Cut]:
        """What more has to be masked, given what is; nothing if no reader comes too close."""
        for attempt in (self._reader_cuts, self._insider_cuts, self._whole_cuts):
            found = list(attempt(masked))
            if found:
                return found
        return []

    def _reader_cuts(self, masked: Collection[int]) -> Iterator[Cut]:
        for reader in (Reader.STRICT, Reader.OUTSIDER):
            known = self._known(reader, masked)
            for target in self._targets:
                for side in Side:
                    yield from self._against((reader, target, side), masked, known)

    def _wanted(self, claim: Claim) -> float:
        """Where the reader must be able to believe the cell to be, unless that was ruled out beforehand."""
        attacker, target, side = claim
        if claim in self._narrowed:
            return self._narrowed[claim]
        required = self.puzzle.cells[target].required or ANYTHING
        wanted = required.low if side is Side.LOW else required.high
        if isinstance(attacker, int):
            wanted = self._narrowed.get((Reader.OUTSIDER, target, side), wanted)
            if side is Side.HIGH and (target, attacker) in self.puzzle.inside:
                return min(wanted, float(self._values[attacker]))
            if side is Side.LOW and (attacker, target) in self.puzzle.inside:
                return max(wanted, float(self._values[attacker]))
        return wanted

    def _meets(self, value: float, claim: Claim) -> bool:
        side = claim[2].value
        return value * side <= self._wanted(claim) * side + CLOSE

    def _move(self, claim: Claim, known: Known) -> Move:
        attacker, target, side = claim
        own = (attacker,) if isinstance(attacker, int) else ()
        return Move(target, side, self._wanted(claim), *known, own)

    def _against(self, claim: Claim, masked: Collection[int], known: Known) -> Iterator[Cut]:
        move = self._move(claim, known)
        if self._have(claim, known) or self._meets(self._try(move, FAR if move.own else 0.0), claim):
            return
        found, prices = self._search.furthest(move)
        self._keep(found)
        if not self._meets(found.reached, claim):
            self._narrow(claim)
        if not self._meets(found.reached, claim):
            yield self._cut(claim, masked, prices)

    def _narrow(self, claim: Claim) -> None:
        """Ask no more than was possible before."""
        possible, _ = self._search.furthest(self._move(claim, self._beforehand(claim)))
        low = claim[2] is Side.LOW
        self._narrowed[claim] = ceil(possible.reached - CLOSE) if low else floor(possible.reached + CLOSE)

    # --- insiders -------------------------------------------------------------------------------------------------

    def _insider_cuts(self, masked: Collection[int]) -> Iterator[Cut]:
        known = self._known(Reader.OUTSIDER, masked)
        for target in self._targets:
            for side in Side:
                for claim in self._unserved(target, side, self._insiders, known):
                    yield from self._against(claim, masked, known)

    def _unserved(
        self, target: int, side: Side, insiders: Iterable[int], known: Known, *, whole: bool = False
    ) -> Iterator[Claim]:
        """The claims of those of them whom no witness serves, looked for a few at a time."""
        groups: dict[float, list[int]] = {}
        for own in insiders:
            if own != target:
                groups.setdefault(self._wanted((own, target, side)), []).append(own)
        fits = self._usable(known) & self._whole if whole else self._usable(known)
        usable = self._witnesses[fits]
        differs = np.abs(usable - self._values) >= CLOSE
        for wanted, group in groups.items():
            serves = usable[:, target] * side.value <= wanted * side.value + CLOSE
            left = [own for own in group if differs[serves, own].all()]
            yield from self._settle(left, Move(target, side, wanted, *known, left), whole=whole)

    def _settle(self, left: Sequence[int], move: Move, *, whole: bool) -> Iterator[Claim]:
        """One witness that leaves all their cells alone serves all these insiders; else try each half of them."""
        if len(left) == 1:
            yield left[0], move.target, move.side
        elif left and not (self._try_whole(move) if whole else self._serves(move, left[0])):
            middle = len(left) // 2
            for half in (left[:middle], left[middle:]):
                part = Move(move.target, move.side, move.wanted, move.lows, move.highs, half)
                yield from self._settle(half, part, whole=whole)

    def _serves(self, move: Move, own: int) -> bool:
        return self._meets(self._try(move), (own, move.target, move.side))

    # --- witnesses ------------------------------------------------------------------------------------------------

    def _usable(self, known: Known) -> NDArray[np.bool_]:
        lows, highs = known
        fits = (self._witnesses >= lows - CLOSE) & (self._witnesses <= highs + CLOSE)
        return np.asarray(fits.all(axis=1), dtype=np.bool_)

    def _have(self, claim: Claim, known: Known, *, whole: bool = False) -> bool:
        """Whether a witness is at hand."""
        attacker, target, side = claim
        usable = self._usable(known)
        if whole:
            usable &= self._whole
        if isinstance(attacker, int):
            usable &= np.abs(self._witnesses[:, attacker] - self._values[attacker]) < CLOSE
        best = (self._witnesses[usable, target] * side.value).min(initial=inf)
        return self._meets(float(best) * side.value, claim)

    def _try(self, move: Move, price: float = FAR) -> float:
        found = self._search.near(move, price)
        self._keep(found)
        return found.reached

    def _keep(self, found: Found) -> None:
        self._witnesses = np.vstack([self._witnesses, found.table])
        self._whole = np.append(self._whole, found.whole)

    # --- cuts -----------------------------------------------------------------------------------------------------

    def _cut(self, claim: Claim, masked: Collection[int], prices: Floats) -> Cut:
        """What Fischetti and Salazar take from the reader's dual: a bound on the target that only masks loosen."""
        attacker, target, side = claim
        reader = attacker if isinstance(attacker, Reader) else Reader.OUTSIDER
        slopes = -(self._search.cells.T @ prices)
        slopes[target] += side.value
        slopes[np.abs(slopes) < CLOSE] = 0
        bound, gains = float(prices @ self._search.totals), {}
        for i in map(int, np.flatnonzero(slopes)):
            cell = self.puzzle.cells[i]
            if i == attacker:
                bound += float(slopes[i]) * cell.value
            elif cell.state is State.OPEN:
                shown = _least(slopes[i], cell.shown)
                bound += shown
                gains[i] = shown - _least(slopes[i], cell.hidden)
            else:
                bound += _least(slopes[i], self._interval(reader, i, masked))
        return self._shared(gains, bound - self._wanted(claim) * side.value, masked)

    def _shared(self, gains: dict[int, float], need: float, masked: Collection[int]) -> Cut:
        """The cut as shares of what is needed; where rounding has blunted it, any one more mask."""
        shares = {i: min(gain / need, 1.0) for i, gain in gains.items()} if need > CLOSE else {}
        if sum(shares.values()) < 1 - CLOSE and need > CLOSE:
            raise Impossible
        if sum(share for i, share in shares.items() if i in masked) >= 1 - CLOSE or not shares:
            return self._one_more(masked)
        return Cut(tuple(shares.items()))

    def _one_more(self, masked: Collection[int]) -> Cut:
        """What fails with these masks fails with fewer, so at least one other cell has to be masked."""
        cells = self.puzzle.cells
        left = [i for i, cell in enumerate(cells) if cell.state is State.OPEN and i not in masked]
        if not left:
            raise Impossible
        return Cut(tuple((i, 1.0) for i in left))

    # --- whole numbers --------------------------------------------------------------------------------------------

    def _whole_cuts(self, masked: Collection[int]) -> Iterator[Cut]:
        """Try again in whole numbers the cells of which little has to stay possible."""
        # What the strict reader must believe possible, the outsider does too, so most of theirs are proved by then.
        for claim, known in self._narrow_claims(masked):
            if self._too_close(claim, known):
                yield self._one_more(masked)
                return

    def _narrow_claims(self, masked: Collection[int]) -> Iterator[tuple[Claim, Known]]:
        for reader in (Reader.STRICT, Reader.OUTSIDER):
            known = self._known(reader, masked)
            for target in self._targets:
                if self._is_narrow(reader, target):
                    yield from (((reader, target, side), known) for side in Side)
        for target in self._targets:
            narrow = [own for own in self._insiders if own != target and self._is_narrow(own, target)]
            for side in Side:
                unserved = self._unserved(target, side, narrow, known, whole=True)
                yield from ((claim, known) for claim in unserved if self._leaves_little(claim, known))

    def _is_narrow(self, attacker: Attacker, target: int) -> bool:
        low, high = (self._wanted((attacker, target, side)) for side in Side)
        return high - low <= NARROW

    def _leaves_little(self, claim: Claim, known: Known) -> bool:
        """Whether the insider is left no more than that many numbers, in fractions of people too."""
        attacker, target, _ = claim
        low, high = (self._move((attacker, target, side), known) for side in Side)
        most = self._search.furthest(replace(high, wanted=low.wanted + NARROW + 1))[0].reached
        if most - low.wanted > NARROW + CLOSE:
            return False
        return most - self._search.furthest(replace(low, wanted=most - NARROW - 1))[0].reached <= NARROW + CLOSE

    def _too_close(self, claim: Claim, known: Known) -> bool:
        """Judged with the atoms that were needed and then with all, against what was possible before."""
        move = self._move(claim, known)
        if self._have(claim, known, whole=True) or self._try_whole(move):
            return False
        for atoms in (self._search.taken, range(len(self.puzzle.atoms))):
            found = whole_people(self.puzzle, atoms, move)
            self._keep(found)
            if self._meets(found.reached, claim):
                return False
        possible = whole_people(self.puzzle, range(len(self.puzzle.atoms)), self._move(claim, self._beforehand(claim)))
        return (found.reached - possible.reached) * claim[2].value > CLOSE

    def _try_whole(self, move: Move) -> bool:
        if self._steps.atoms != self._search.taken:
            self._steps = Steps(self.puzzle, self._search.taken)
        before = self._steps.solved
        found = self._steps.nearest(move)
        self._stepped += self._steps.solved - before
        if found is not None:
            self._keep(found)
        return found is not None


def _least(slope: float, known: Interval) -> float:
    """The least that a count times its slope can come to."""
    return float(slope * (known.low if slope > 0 else known.high))
