"""What somebody can work out who knows an interval for each cell, and which cells add up to which.

The attack is a linear program: every table that agrees with all intervals and all sums is possible, and a cell is known
as closely as the least and the greatest value it takes among them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

import highspy
import numpy as np
from numpy.typing import NDArray

CLOSE = 1e-6
"""Two numbers of a solved program are the same if they differ by no more."""
UNLIMITED = 1e6
"""Whatever can grow as far as this has no limit: there are fewer people."""
PATIENCE = 20.0
"""Seconds after which the solver gives up, which is a failure."""
PRIMAL = 4
"""The solver's number for the primal simplex: the last table stays possible while the question changes."""
MOST_STEPS = 1000
"""Steps after which a search along the bounds as they are may be going round in circles."""
ENDLESS = 2**31 - 1
SHAKEN = "primal_simplex_bound_perturbation_multiplier"
"""How far the solver moves bounds a little apart before it sets out, so that it cannot go round in circles."""
Floats = NDArray[np.float64]
Columns = NDArray[np.int32]


class Unsolved(Exception):
    """The solver ended otherwise than with an optimum it has proved, so nothing may be concluded."""


@dataclass(frozen=True, slots=True)
class Interval:
    """What is known of a count: it is one of these, ends included."""

    low: float = 0
    high: float = inf

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"No count is between {self.low} and {self.high}")

    @property
    def width(self) -> float:
        """How far apart the ends are."""
        return self.high - self.low


ANYTHING = Interval()
"""Nothing is known, but that no count is below nothing."""


@dataclass(frozen=True, slots=True)
class Relation:
    """Cells, each times its coefficient, add up to a total: `(row, 1), (one, -1), (other, -1)` to nothing."""

    terms: tuple[tuple[int, int], ...]
    """The index of a cell, and its coefficient."""
    total: int = 0


@dataclass(frozen=True, slots=True)
class Start:
    """A place to set out from."""

    columns: tuple[highspy.HighsBasisStatus, ...]
    rows: tuple[highspy.HighsBasisStatus, ...]


class Program:
    """A linear program kept warm between solutions. Columns are indices; every solution is proved or raises."""

    def __init__(
        self,
        bounds: Sequence[Interval],
        relations: Sequence[Relation],
        *,
        whole: bool = False,
    ) -> None:
        self._whole = whole
        self._solver = solver = highspy.Highs()  # type: ignore[no-untyped-call]
        # The number of threads counts only before the first run of the process.
        options: dict[str, bool | float | str] = {"output_flag": False, "threads": 1}
        if whole:
            options |= {"time_limit": PATIENCE, "mip_rel_gap": 0.0, "mip_abs_gap": 0.5}
        else:
            options |= {"presolve": "off", "simplex_strategy": PRIMAL}
            options |= {SHAKEN: 0.0, "simplex_iteration_limit": MOST_STEPS}
        for option, value in options.items():
            solver.setOptionValue(option, value)
        solver.passModel(_model(bounds, relations, whole=whole))

    def bound(self, columns: Columns, lows: Floats, highs: Floats) -> None:
        """Say anew what is known of some columns."""
        self._solver.changeColsBounds(len(columns), columns, lows, highs)

    def price(self, columns: Columns, costs: Floats) -> None:
        """Say anew what some columns cost."""
        self._solver.changeColsCost(len(columns), columns, costs)

    def grow(self, columns: Floats, highs: Floats | None = None) -> None:
        """Add columns that cost nothing: their coefficients by relation, and the most that each may hold."""
        count, before = columns.shape[1], self._solver.getNumCol()
        at, row = np.nonzero(columns.T)
        starts = np.searchsorted(at, np.arange(count)).astype(np.int32)
        nothing, most = np.zeros(count), np.full(count, highspy.kHighsInf) if highs is None else highs
        values = columns.T[at, row]
        self._solver.addCols(count, nothing, nothing, most, len(row), starts, row.astype(np.int32), values)
        if self._whole:
            kinds = np.full(count, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
            self._solver.changeColsIntegrality(count, np.arange(before, before + count, dtype=np.int32), kinds)

    @property
    def standing(self) -> Start:
        """Where the last solution stands, to set out from again while no column is added."""
        basis = self._solver.getBasis()
        return Start(tuple(basis.col_status), tuple(basis.row_status))

    def start(self, start: Start) -> None:
        """Set out from there."""
        basis = highspy.HighsBasis()
        basis.col_status, basis.row_status, basis.valid = list(start.columns), list(start.rows), True
        self._solver.setBasis(basis)

    def least(self) -> float:
        """The least that all columns come to, each times its cost."""
        self._solver.run()
        status = self._solver.getModelStatus()
        if status == highspy.HighsModelStatus.kIterationLimit:
            status = self._shaken()
        if status != highspy.HighsModelStatus.kOptimal:
            raise Unsolved(self._solver.modelStatusToString(status))
        return float(self._solver.getInfo().objective_function_value)

    def _shaken(self) -> highspy.HighsModelStatus:
        """Go on with bounds a little apart: four times as many steps as straight along them, but no circles."""
        for option, value in ((SHAKEN, 1.0), ("simplex_iteration_limit", ENDLESS)):
            self._solver.setOptionValue(option, value)
        self._solver.run()
        for option, value in ((SHAKEN, 0.0), ("simplex_iteration_limit", MOST_STEPS)):
            self._solver.setOptionValue(option, value)
        return self._solver.getModelStatus()

    @property
    def values(self) -> Floats:
        """Of the last solution, by column."""
        return np.array(self._solver.getSolution().col_value)

    @property
    def duals(self) -> Floats:
        """Of the last solution, by relation: what one more of its total would cost."""
        return np.array(self._solver.getSolution().row_dual)


def _model(bounds: Sequence[Interval], relations: Sequence[Relation], *, whole: bool) -> highspy.HighsLp:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(bounds), len(relations)
    model.col_cost_ = np.zeros(len(bounds))
    model.col_lower_ = np.array([known.low for known in bounds], dtype=np.float64)
    model.col_upper_ = np.array([known.high for known in bounds], dtype=np.float64)
    totals = np.array([relation.total for relation in relations], dtype=np.float64)
    model.row_lower_, model.row_upper_ = totals, totals
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    ends = np.cumsum([0, *(len(relation.terms) for relation in relations)])
    model.a_matrix_.start_ = ends.astype(np.int32)
    terms = [term for relation in relations for term in relation.terms]
    model.a_matrix_.index_ = np.array([cell for cell, _ in terms], dtype=np.int32)
    model.a_matrix_.value_ = np.array([coefficient for _, coefficient in terms], dtype=np.float64)
    if whole:
        model.integrality_ = [highspy.HighsVarType.kInteger] * len(bounds)
    return model


def reach(
    cells: Sequence[Interval],
    relations: Sequence[Relation],
    targets: Iterable[int] | None = None,
    *,
    whole: bool = False,
) -> tuple[Interval, ...]:
    """How closely each target can be known, in their order; without targets, each cell.

    `whole` asks for tables of whole numbers, which takes longer. `Unsolved` if no table agrees with what is said.
    """
    program = Program(cells, relations, whole=whole)
    return tuple(
        _reach(program, cells[target], target) for target in (range(len(cells)) if targets is None else targets)
    )


def _reach(program: Program, known: Interval, target: int) -> Interval:
    column = np.array([target], dtype=np.int32)
    program.bound(column, np.array([known.low]), np.array([min(known.high, UNLIMITED)]))
    program.price(column, np.array([1.0]))
    low = program.least()
    program.price(column, np.array([-1.0]))
    high = -program.least()
    program.price(column, np.array([0.0]))
    program.bound(column, np.array([known.low]), np.array([known.high]))
    return Interval(_tidy(low), inf if high >= UNLIMITED - 1 else _tidy(high))


def _tidy(number: float) -> float:
    """Without the solver's dust."""
    nearest = round(number)
    return nearest if abs(number - nearest) < CLOSE else number
