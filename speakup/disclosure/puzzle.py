"""All that is displayed, what links it, and what has to remain possible: what the attack and the repair work on."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from speakup.disclosure.audit import ANYTHING, Floats, Interval, Relation


class State(StrEnum):
    """What can become of a cell."""

    OPEN = "open"
    """Shown, unless others need it masked."""
    MASKED = "masked"
    SHOWN = "shown"
    """Already known, from an earlier release or a return."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One displayed count, in the unit of the relations."""

    value: int
    shown: Interval
    """What a reader knows while it is shown."""
    state: State = State.OPEN
    hidden: Interval = ANYTHING
    """What a reader knows when it is masked."""
    small: Interval = ANYTHING
    """What a reader also knows who knows why it is masked."""
    required: Interval | None = None
    """What must remain possible, for a cell that is protected."""
    lenient: bool = False
    """Ask no more than earlier releases leave possible."""
    public: bool = False
    """Known to everybody without any release of ours."""
    insiders: bool = False
    """Whether somebody may know it exactly: who is counted there, or in charge of the group."""
    weight: int = 1
    """What masking it costs."""


@dataclass(frozen=True, slots=True)
class Puzzle:
    """All that is displayed and what links it. Relations number the cells first, then the atoms."""

    cells: tuple[Cell, ...]
    relations: tuple[Relation, ...]
    atoms: tuple[int, ...] = ()
    """The true count of each combination of which the cells are sums; nobody is shown any."""
    inside: frozenset[tuple[int, int]] = frozenset()
    """Pairs of cells of which the first is part of the second."""

    def coefficients(self) -> tuple[Floats, Floats, Floats]:
        """By relation: of the cells, of the atoms, and the totals."""
        count = len(self.cells)
        matrix = np.zeros((len(self.relations), count + len(self.atoms)))
        for row, relation in enumerate(self.relations):
            for column, coefficient in relation.terms:
                matrix[row, column] += coefficient
        totals = np.array([relation.total for relation in self.relations], dtype=np.float64)
        return matrix[:, :count], matrix[:, count:], totals
