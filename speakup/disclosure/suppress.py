"""The fewest further masks that keep every small cell safe.

After M. Fischetti and J. J. Salazar, *Solving the cell suppression problem on tabular data with linear constraints*,
Management Science 47 (2001): a program of whole numbers chooses the masks, the attack answers with what it still lacks,
until the attack fails. What then is masked is proved to be least, because every cut holds for every safe choice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from speakup.disclosure.attackers import Attack, Cut
from speakup.disclosure.audit import CLOSE, PATIENCE, Interval, Unsolved
from speakup.disclosure.puzzle import Puzzle

MOST_ROUNDS = 500
ONE = 1_000_000
"""What every mask costs before its random part, which together stay below half of this: fewest counts first."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """A proved least choice."""

    masked: frozenset[int]
    """Open cells that are masked for the sake of others."""
    rounds: int
    programs: int
    closest: Interval | None
    """What remains possible, at the least, of the protected cell that is known best; None without such cells."""


def suppress(
    puzzle: Puzzle, spare: Sequence[int] = (), progress: Callable[[int, int], None] = lambda *_: None
) -> Suppression:
    """Choose the masks. `Impossible` where none are enough, `Unsolved` where the solver gives no proof."""
    attack = Attack(puzzle, spare)
    cuts: list[Cut] = []
    for rounds in range(MOST_ROUNDS):
        masked = _choose(puzzle, cuts)
        progress(rounds, len(cuts))
        more = attack.cuts(masked)
        if not more:
            return Suppression(masked, rounds, attack.programs, attack.closest)
        cuts += more
    raise Unsolved("rounds")


def _choose(puzzle: Puzzle, cuts: Sequence[Cut]) -> frozenset[int]:
    """The cheapest open cells that satisfy every cut."""
    cells = sorted({i for cut in cuts for i, _ in cut.shares})
    if not cells:
        return frozenset()
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    # Two choices whose numbers of masks differ are further apart than the gap; so the number is least, proved.
    options = {"output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": 0.4 * ONE, "time_limit": PATIENCE}
    for option, value in options.items():
        solver.setOptionValue(option, value)
    solver.passModel(_master(puzzle, cuts, cells))
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise Unsolved(solver.modelStatusToString(solver.getModelStatus()))
    chosen = solver.getSolution().col_value
    return frozenset(i for at, i in enumerate(cells) if chosen[at] > 1 / 2)


def _master(puzzle: Puzzle, cuts: Sequence[Cut], cells: Sequence[int]) -> highspy.HighsLp:
    place = {i: at for at, i in enumerate(cells)}
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(cells), len(cuts)
    model.col_cost_ = np.array([puzzle.cells[i].weight for i in cells], dtype=np.float64)
    model.col_lower_, model.col_upper_ = np.zeros(len(cells)), np.ones(len(cells))
    model.integrality_ = [highspy.HighsVarType.kInteger] * len(cells)
    model.row_lower_ = np.full(len(cuts), 1 - CLOSE)
    model.row_upper_ = np.full(len(cuts), np.inf)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.cumsum([0, *(len(cut.shares) for cut in cuts)]).astype(np.int32)
    shares = [share for cut in cuts for share in cut.shares]
    model.a_matrix_.index_ = np.array([place[i] for i, _ in shares], dtype=np.int32)
    model.a_matrix_.value_ = np.array([share for _, share in shares], dtype=np.float64)
    return model
