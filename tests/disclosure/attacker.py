"""An attacker written apart from the program: given what is displayed and the published method, and nothing else.

It knows every combination of values there can be, one unknown each, and states what it has read as ranges of sums. It
shares no line with `speakup/disclosure`; even its way of asking the solver is another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import ceil, inf

import highspy

Cell = frozenset[tuple[str, frozenset[str]]]


def read_off(shown: int | None, threshold: int, staff: int | None) -> tuple[float, float]:
    """What the method note says of a number: rounded to 5, not below the threshold, under a tenth of staff."""
    if shown is None:
        return 0, inf
    top = shown + 2 if staff is None else min(shown + 2, ceil(staff / 10) - 1)
    return max(shown - 2, threshold), top


@dataclass
class Attacker:
    """What has been read so far. Unknowns that no reading tells apart are one unknown."""

    values: Mapping[str, Sequence[str]]
    readings: dict[Cell, tuple[float, float]] = field(default_factory=dict)

    def reads(self, cell: Cell, low: float, high: float) -> None:
        """Learn something; together with what was read before."""
        before = self.readings.get(cell, (0, inf))
        self.readings[cell] = max(low, before[0]), min(high, before[1])

    def bounds(self, cell: Cell, **more: tuple[Cell, float]) -> tuple[float, float]:
        """The least and the greatest the cell can be, for somebody who also knows some cells exactly."""
        readings = {**self.readings, cell: self.readings.get(cell, (0, inf))}
        for known, value in more.values():
            readings[known] = value, value
        cells = list(readings)
        names = sorted(self.values)
        columns = set()
        for combination in product(*(self.values[name] for name in names)):
            at = dict(zip(names, combination, strict=True))
            columns.add(tuple(all(at[name] in members for name, members in one) for one in cells))
        solver = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.silent()
        unknowns = [(column, solver.addVariable(lb=0)) for column in columns if any(column)]
        for place, (low, high) in enumerate(readings.values()):
            total = solver.qsum(unknown for column, unknown in unknowns if column[place])
            solver.addConstr(total >= low)
            if high < inf:
                solver.addConstr(total <= high)
        mine = solver.qsum(unknown for column, unknown in unknowns if column[cells.index(cell)])
        solver.addConstr(mine <= 1000)
        ends = []
        for ask in (solver.minimize, solver.maximize):
            ask(mine)
            assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
            ends.append(solver.getObjectiveValue())
        return ends[0], ends[1]
