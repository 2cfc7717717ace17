"""What is to be counted: rows of a snapshot, the dimensions they are counted by, and the tables defined in advance."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from itertools import product

from speakup.disclosure.rules import ENOUGH_SHOWN, LARGE_SHARE, NO_QUARTERLY_CROSS, ONE_WAY_ONLY, Rules

MOST_AXES = 2
QUARTER_OF_YEAR = Fraction(1, 4)


class Kind(StrEnum):
    """What a dimension says of a case."""

    TIME = "time"
    """In which closed quarter it counts. Its last rung is that of years."""
    GROUP = "group"
    """Where somebody works or as what: directorate, site, worker group."""
    OTHER = "other"
    """What it was about, how it was raised."""
    EDITION = "edition"
    """Whether a coding still holds: a case recoded later counts as it was in one edition, as it is in the next.
    """


SAYING = frozenset({Kind.GROUP, Kind.OTHER})
"""Dimensions that say something of a person, and so make a table finer."""


@dataclass(frozen=True, slots=True)
class Category:
    """One line of a table: a label and the values it counts. Lines may share values, as elements do."""

    label: str
    members: frozenset[str]


@dataclass(frozen=True, slots=True)
class Dimension:
    """Every case has one of its values; tables show its categories, on one rung of the ladder from fine to coarse."""

    name: str
    kind: Kind
    values: tuple[str, ...]
    ladder: tuple[tuple[Category, ...], ...]
    nobodys: frozenset[str] = frozenset()
    """Values that are no group of staff, such as not known."""
    apart: bool = False
    """Which case has which of its values stands nowhere, only how many of a time and edition: no table has it beside
    another dimension.
    """


@dataclass(frozen=True, slots=True)
class Row:
    """One case of a closed quarter: a random token for the person, and a value for each dimension in turn."""

    person: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Staff:
    """How many people work where, by one dimension or by several at once."""

    dimensions: tuple[str, ...]
    counts: tuple[tuple[tuple[str, ...], int], ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """A dimension of a table, no finer than the rung. Time keeps its rung; other ladders are climbed as needed."""

    dimension: str
    rung: int = 0


@dataclass(frozen=True, slots=True)
class Definition:
    """A table, always with its totals: the axes, and the values it is confined to (its period, above all)."""

    name: str
    axes: tuple[Axis, ...]
    within: tuple[tuple[str, frozenset[str]], ...] = ()


Where = frozenset[tuple[str, frozenset[str]]]
"""Which cases a cell counts: for some dimensions, the values admitted. Cells with one `Where` are one cell."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A definition whose rungs have been chosen: the categories of each axis."""

    definition: Definition
    axes: tuple[tuple[Category, ...], ...]
    rungs: tuple[int, ...]


class LeftOut(StrEnum):
    """Why a defined table is not published."""

    VOLUME = "volume"
    """Too few cases in a year for a table of this kind."""
    GROUPING = "grouping"
    """On no rung would four fifths of its cells be shown."""


@dataclass(frozen=True)
class Tables:
    """One population, what is to be shown of it, and what decides how finely: staff and last year's cases."""

    dimensions: tuple[Dimension, ...]
    rows: tuple[Row, ...]
    definitions: tuple[Definition, ...]
    last_year: int
    staff: tuple[Staff, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.values) != len(self.dimensions):
                raise ValueError("A row has a value for each dimension")
            for dimension, value in zip(self.dimensions, row.values, strict=True):
                if value not in dimension.values:
                    raise ValueError(f"{value!r} is no {dimension.name}")
        for definition in self.definitions:
            self._check(definition)

    def _check(self, definition: Definition) -> None:
        if self._crossed(definition) > MOST_AXES:
            raise ValueError(f"{definition.name}: at most two dimensions besides time")
        confined = dict(definition.within)
        said = {*confined, *(axis.dimension for axis in definition.axes)}
        beside = [each for each in self.dimensions if each.name in said and each.kind in SAYING]
        if len(beside) > 1 and any(each.apart for each in beside):
            raise ValueError(f"{definition.name}: a dimension that stands apart is counted alone")
        for dimension in self.dimensions:
            if dimension.kind is Kind.TIME and dimension.name not in confined:
                raise ValueError(f"{definition.name}: a table is of a closed period")

    @cached_property
    def named(self) -> Mapping[str, Dimension]:
        """The dimensions by name."""
        return {dimension.name: dimension for dimension in self.dimensions}

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Where in a row a dimension's value stands."""
        return {dimension.name: at for at, dimension in enumerate(self.dimensions)}

    # --- counts -----------------------------------------------------------------------------------------------------

    def matching(self, where: Where) -> list[Row]:
        """The cases a cell counts."""
        tests = [(self.place[name], members) for name, members in where]
        return [row for row in self.rows if all(row.values[at] in members for at, members in tests)]

    def where(self, chosen: Iterable[tuple[str, frozenset[str]]]) -> Where:
        """The cell of some categories, written so that equal cells are equal. Time is always said."""
        confined: dict[str, frozenset[str]] = {}
        for name, members in chosen:
            confined[name] = confined.get(name, members) & members
        return frozenset((name, members) for name, members in confined.items() if self._says_something(name, members))

    def _says_something(self, name: str, members: frozenset[str]) -> bool:
        dimension = self.named[name]
        return dimension.kind is Kind.TIME or not members >= set(dimension.values)

    # --- staff ------------------------------------------------------------------------------------------------------

    def staff_of(self, where: Where) -> int | None:
        """How many work in the group of a cell; None where nobody has counted them.

        Groups counted only one dimension at a time are taken to be spread evenly over the other.
        """
        groups = {name: members for name, members in where if self._is_group(name, members)}
        for staff in self.staff:
            if groups.keys() <= set(staff.dimensions):
                return _sum(staff, groups)
        count = Fraction(1)
        for name, members in groups.items():
            alone = next((staff for staff in self.staff if name in staff.dimensions), None)
            if alone is None or not _sum(alone, {}):
                return None
            count *= Fraction(_sum(alone, {name: members}), _sum(alone, {}))
        return int(count * self.everybody) if self.staff else None

    def _is_group(self, name: str, members: frozenset[str]) -> bool:
        dimension = self.named[name]
        return dimension.kind is Kind.GROUP and not members <= dimension.nobodys

    @property
    def everybody(self) -> int:
        """All staff."""
        return max((_sum(staff, {}) for staff in self.staff), default=0)

    def threshold(self, where: Where, rules: Rules) -> int:
        """The threshold of a cell, which is the same in whatever table it stands."""
        return rules.threshold(self.says(where), of_group=self.of_group(where))

    def says(self, where: Where) -> int:
        """How many dimensions, time and edition apart, a cell is confined by; none for everybody of a period."""
        return sum(self.named[name].kind in SAYING for name, _ in where)

    def of_group(self, where: Where) -> bool:
        """Whether a cell is confined to one group of staff, where somebody may be in charge."""
        return any(self.named[name].kind is Kind.GROUP for name, _ in where)

    # --- which tables, how fine -------------------------------------------------------------------------------------

    def layout(self, definition: Definition, rules: Rules) -> Layout | LeftOut:
        """The finest groups of which enough can be shown, judged by staff and last year, never by this one."""
        crossed = self._crossed(definition)
        yearly = self._is_yearly(definition)
        if self.last_year < ONE_WAY_ONLY and (crossed > 1 or not yearly):
            return LeftOut.VOLUME
        if self.last_year < NO_QUARTERLY_CROSS and crossed > 1 and not yearly:
            return LeftOut.VOLUME
        layouts = sorted(self.layouts(definition), key=lambda layout: -_size(layout))
        return next((at for at in layouts if self.share_shown(at, rules) >= ENOUGH_SHOWN), LeftOut.GROUPING)

    def _crossed(self, definition: Definition) -> int:
        return sum(self.named[axis.dimension].kind in SAYING for axis in definition.axes)

    def _is_yearly(self, definition: Definition) -> bool:
        confined = dict(definition.within)
        for dimension in self.dimensions:
            if dimension.kind is not Kind.TIME:
                continue
            rung = next((axis.rung for axis in definition.axes if axis.dimension == dimension.name), None)
            years = [category.members for category in dimension.ladder[-1]]
            covered = confined[dimension.name]
            if rung not in {None, len(dimension.ladder) - 1}:
                return False
            if any(year & covered and not year <= covered for year in years):
                return False
        return True

    def layouts(self, definition: Definition) -> Iterator[Layout]:
        """Every way of grouping a table that its definition allows, the finest first of each dimension."""
        choices = []
        for axis in definition.axes:
            dimension = self.named[axis.dimension]
            rungs = range(axis.rung, len(dimension.ladder))
            choices.append(rungs[:1] if dimension.kind is Kind.TIME else rungs)
        confined = dict(definition.within)
        for rungs_chosen in product(*choices):
            axes = []
            for axis, rung in zip(definition.axes, rungs_chosen, strict=True):
                inside = confined.get(axis.dimension, frozenset(self.named[axis.dimension].values))
                axes.append(tuple(line for line in self.named[axis.dimension].ladder[rung] if line.members & inside))
            yield Layout(definition, tuple(axes), rungs_chosen)

    def share_shown(self, layout: Layout, rules: Rules) -> Fraction:
        """Of the cells of real groups, how many would be shown if last year's cases were spread as the staff are."""
        cells = [
            self.where(self.chosen(layout.definition, lines))
            for lines in product(*layout.axes)
            if not any(
                self._is_nobodys(axis.dimension, line) for axis, line in zip(layout.definition.axes, lines, strict=True)
            )
        ]
        fraction = Fraction(1) if self._is_yearly(layout.definition) else QUARTER_OF_YEAR
        for axis, lines in zip(layout.definition.axes, layout.axes, strict=True):
            if self.named[axis.dimension].kind is Kind.OTHER:
                fraction /= len(lines)
        return Fraction(sum(self._likely(where, fraction, rules) for where in cells), max(len(cells), 1))

    def _is_nobodys(self, name: str, line: Category) -> bool:
        return line.members <= self.named[name].nobodys

    def _likely(self, where: Where, fraction: Fraction, rules: Rules) -> bool:
        staff, threshold = self.staff_of(where), self.threshold(where, rules)
        if staff is None or staff < rules.least_staff:
            return False
        expected = self.last_year * fraction * Fraction(staff, max(self.everybody, 1))
        return threshold <= expected < LARGE_SHARE * staff

    def chosen(self, definition: Definition, lines: Iterable[Category | None]) -> Iterator[tuple[str, frozenset[str]]]:
        """What confines the cell of these lines, one of each axis; None for an axis' total."""
        yield from definition.within
        for axis, line in zip(definition.axes, lines, strict=True):
            if line is not None:
                yield axis.dimension, line.members


def _sum(staff: Staff, groups: Mapping[str, frozenset[str]]) -> int:
    at = {name: staff.dimensions.index(name) for name in groups}
    return sum(n for key, n in staff.counts if all(key[at[name]] in members for name, members in groups.items()))


def _size(layout: Layout) -> int:
    size = 1
    for lines in layout.axes:
        size *= len(lines)
    return size
