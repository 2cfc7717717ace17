"""From counts to a publication: mask, round, attack, repair; or withhold it and say why."""

import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from itertools import product
from math import inf
from random import Random

from speakup.disclosure.attackers import Impossible
from speakup.disclosure.audit import ANYTHING, Interval, Unsolved
from speakup.disclosure.ledger import Entry, Ledger, Release, canonical
from speakup.disclosure.linking import inside, link, linked
from speakup.disclosure.puzzle import Cell, Puzzle, State
from speakup.disclosure.rules import Rules, Why, implied, required, rounded
from speakup.disclosure.safe import SEAL, Labels, SafeFigure, SafeTable
from speakup.disclosure.suppress import ONE, Suppression, suppress
from speakup.disclosure.tables import Layout, LeftOut, Row, Tables, Where


class Reason(StrEnum):
    """Why nothing is published."""

    EARLIER = "earlier releases"
    """What is known already is enough to work out a small cell, whatever is masked now."""
    CHANGED = "changed"
    """The counts are not those that were published or returned: a closed quarter was rewritten."""
    UNPROVED = "unproved"
    """The solver ended without a proof."""
    NOTHING = "nothing"
    """So few cases that no table may be shown."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it has come."""

    rounds: int
    """Times that masks were chosen and attacked."""
    claims: int
    """Cells attacked so far, each end of each for itself, in this round."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the attack came to."""

    cells: int
    """Displayed by this publication, each counted once."""
    shown: int
    few: int
    """Masked by a rule."""
    extra: int
    """Masked for the sake of others; proved to be the fewest."""
    linked: int
    """Cells the attack took into account, those of earlier releases and returns with them."""
    closest: Interval | None
    """The closest a reader who is no insider can come to any protected cell; None where there is none."""
    programs: int
    rounds: int


@dataclass(frozen=True, slots=True)
class Publication:
    """What a board may see, what the ledger keeps of it, and for the guardian alone why cells are masked."""

    tables: tuple[SafeTable, ...]
    release: Release
    report: Report
    left_out: tuple[tuple[str, LeftOut], ...]
    """Tables that were defined and are not published."""
    layouts: tuple[Layout, ...]
    reasons: tuple[tuple[Where, Why], ...]


@dataclass(frozen=True, slots=True)
class Withheld:
    """Nothing is published."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class _Count:
    """One cell before protection."""

    where: Where
    cases: int
    people: int
    threshold: int
    staff: int | None
    why: Why | None

    @property
    def again(self) -> int:
        """Cases of people who are counted already. A reader is taken to know how many; so cells are sums."""
        return self.cases - self.people

    def in_cases(self, people: Interval) -> Interval:
        """What is known of the people, said of their cases."""
        return Interval(people.low + self.again, people.high + self.again)

    @property
    def required(self) -> Interval:
        """What must remain possible of the cases; of a small cell also that there are none."""
        people = required(self.people, self.threshold)
        return Interval(0, people.high + self.again) if self.people < self.threshold else self.in_cases(people)


class _Changed(Exception):
    """What is counted now is not what was made public."""


def protect(
    tables: Tables,
    ledger: Ledger,
    rules: Rules,
    *,
    seed: bytes,
    progress: Callable[[Progress], None] = lambda _: None,
) -> Publication | Withheld:
    """Make the tables safe to show beside everything in the ledger. The same arguments give the same publication.

    `seed` is secret: it decides which of equally few masks are taken, whatever the counts.
    """
    layouts, left_out = _layouts(tables, rules)
    if not layouts:
        return Withheld(Reason.NOTHING)
    try:
        return _Making(tables, ledger, rules, seed, layouts).publication(left_out, progress)
    except Impossible:
        return Withheld(Reason.EARLIER)
    except Unsolved:
        return Withheld(Reason.UNPROVED)
    except _Changed:
        return Withheld(Reason.CHANGED)


def _layouts(tables: Tables, rules: Rules) -> tuple[tuple[Layout, ...], tuple[tuple[str, LeftOut], ...]]:
    found = [(definition, tables.layout(definition, rules)) for definition in tables.definitions]
    return (
        tuple(layout for _, layout in found if isinstance(layout, Layout)),
        tuple((definition.name, layout) for definition, layout in found if isinstance(layout, LeftOut)),
    )


class _Making:
    """One publication while it is made."""

    def __init__(self, tables: Tables, ledger: Ledger, rules: Rules, seed: bytes, layouts: tuple[Layout, ...]) -> None:
        self._tables, self._ledger, self._rules, self._seed, self._layouts = tables, ledger, rules, seed, layouts
        self._lines = {line.where: line.cases for line in ledger.lines}
        self._earlier = ledger.entries
        new = dict.fromkeys(where for layout in layouts for _, where in cells(tables, layout))
        self._new = tuple(new)
        known = [where for where in dict.fromkeys((*self._lines, *self._earlier)) if where not in new]
        self._counts = {where: self._count(where) for where in (*new, *linked(tables, new, known))}
        self._check()

    # --- counting ---------------------------------------------------------------------------------------------------

    def _count(self, where: Where) -> _Count:
        rows = self._tables.matching(where)
        people = _distinct(rows)
        entry = self._earlier.get(where)
        threshold = entry.threshold if entry else self._tables.threshold(where, self._rules)
        staff = self._tables.staff_of(where)
        return _Count(where, len(rows), people, threshold, staff, self._why(where, people, threshold, staff))

    def _why(self, where: Where, people: int, threshold: int, staff: int | None) -> Why | None:
        """Shown once is shown for good, and masked once is masked for good."""
        entry = self._earlier.get(where)
        why = self._rules.mask(people, threshold, staff)
        if entry is None:
            return why
        return None if entry.shown is not None else why or Why.EARLIER

    def _check(self) -> None:
        """A closed quarter is never rewritten, so what was published must still be what is counted."""
        for where, count in self._counts.items():
            if _differs(count, self._earlier.get(where), self._lines.get(where, count.cases)):
                raise _Changed

    # --- attack and repair ------------------------------------------------------------------------------------------

    def _puzzle(self) -> Puzzle:
        wheres = tuple(self._counts)
        links = link(self._tables, wheres)
        cells = tuple(self._cell(count) for count in self._counts.values())
        return Puzzle(cells, links.relations, links.atoms, inside(wheres))

    def _cell(self, count: _Count) -> Cell:
        exact = Interval(count.cases, count.cases)
        if count.where in self._lines:
            return Cell(count.cases, exact, State.SHOWN, public=True)
        entry, small = self._earlier.get(count.where), count.why not in {None, Why.EARLIER}
        state = State.OPEN if entry is None else State.SHOWN
        if count.why is not None:
            state = State.MASKED
        return Cell(
            count.cases,
            exact if small else count.in_cases(entry.interval if entry and count.why is None else self._implied(count)),
            state,
            small=self._small(count) if small else ANYTHING,
            required=count.required if small else None,
            lenient=count.people >= count.threshold,
            insiders=True,
            weight=self._weight(count.where),
        )

    def _implied(self, count: _Count) -> Interval:
        return implied(rounded(count.people), count.threshold, count.staff)

    def _small(self, count: _Count) -> Interval:
        """What whoever knows why a cell is masked knows of it: nothing, of a group that is never shown."""
        if count.people < count.threshold:
            return Interval(0, count.threshold - 1 + count.again)
        return ANYTHING if count.why is Why.SMALL_GROUP else Interval(count.threshold, inf)

    def _weight(self, where: Where) -> int:
        """The price of a mask: random, the same for whoever has the seed, and blind to the counts."""
        told = hmac.digest(self._seed, repr(canonical(where)).encode(), "sha256")
        price = ONE if self._tables.says(where) else ONE * self._rules.whole
        return price + int.from_bytes(told) % (ONE // (2 * len(self._counts)))

    def publication(
        self, left_out: tuple[tuple[str, LeftOut], ...], progress: Callable[[Progress], None]
    ) -> Publication:
        """Solve, then round and seal."""
        puzzle = self._puzzle()
        spare = list(range(len(puzzle.atoms)))
        Random(self._seed).shuffle(spare)  # noqa: S311 -- it decides where the search begins, and nothing else
        solved = suppress(puzzle, spare, lambda rounds, claims: progress(Progress(rounds, claims)))
        wheres = tuple(self._counts)
        why = {where: count.why for where, count in self._counts.items() if count.why is not None}
        why |= {wheres[i]: Why.EXTRA for i in solved.masked}
        shown = {where: None if where in why else rounded(self._counts[where].people) for where in self._new}
        return Publication(
            tuple(_table(self._tables, layout, shown) for layout in self._layouts),
            self._release(shown),
            self._report(shown, why, solved),
            left_out,
            self._layouts,
            tuple((where, why[where]) for where in self._new if where in why),
        )

    # --- what comes of it -------------------------------------------------------------------------------------------

    def _release(self, shown: Mapping[Where, int | None]) -> Release:
        entries = tuple(
            Entry(where, number, self._counts[where].threshold, self._told(where, number))
            for where, number in shown.items()
        )
        return Release(entries, snapshot(self._tables.rows), sha256(self._seed).hexdigest())

    def _told(self, where: Where, number: int | None) -> Interval:
        earlier = self._earlier.get(where)
        if number is None:
            return ANYTHING
        return (
            earlier.interval
            if earlier is not None and earlier.shown is not None
            else self._implied(self._counts[where])
        )

    def _report(self, shown: Mapping[Where, int | None], why: Mapping[Where, Why], solved: Suppression) -> Report:
        extra = sum(why.get(where) is Why.EXTRA for where in shown)
        masked = sum(number is None for number in shown.values())
        return Report(
            cells=len(shown),
            shown=len(shown) - masked,
            few=masked - extra,
            extra=extra,
            linked=len(self._counts),
            closest=solved.closest,
            programs=solved.programs,
            rounds=solved.rounds,
        )


def _differs(count: _Count, entry: Entry | None, returned: int) -> bool:
    """Whether a cell is not what was published of it, or what was returned."""
    published = None if entry is None else entry.shown
    return count.cases != returned or published not in {None, rounded(count.people)}


def _distinct(rows: Sequence[Row]) -> int:
    """A cell counts people: who spoke up twice is one."""
    return len({row.person for row in rows})


def snapshot(rows: tuple[Row, ...]) -> str:
    """The hash of the rows, whatever their order."""
    return sha256(repr(sorted((row.person, row.values) for row in rows)).encode()).hexdigest()


def cells(tables: Tables, layout: Layout) -> Iterator[tuple[Labels, Where]]:
    """Every cell of a table, totals with them."""
    for lines in product(*((*lines, None) for lines in layout.axes)):
        labels = tuple(None if line is None else line.label for line in lines)
        yield labels, tables.where(tables.chosen(layout.definition, lines))


def _table(tables: Tables, layout: Layout, shown: Mapping[Where, int | None]) -> SafeTable:
    axes = tuple(
        (axis.dimension, tuple(line.label for line in lines))
        for axis, lines in zip(layout.definition.axes, layout.axes, strict=True)
    )
    figures = tuple((labels, SafeFigure(shown[where], seal=SEAL)) for labels, where in cells(tables, layout))
    return SafeTable(layout.definition.name, axes, figures, seal=SEAL)
