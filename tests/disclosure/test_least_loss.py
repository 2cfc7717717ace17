"""Masks are the fewest: against every other choice on small tables, and against what the textbooks print."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from math import inf
from random import Random

import pytest

from speakup.disclosure import Interval, Relation, reach
from speakup.disclosure.puzzle import Cell, Puzzle, State
from speakup.disclosure.rules import implied, required, rounded
from speakup.disclosure.suppress import ONE, suppress

THRESHOLD = 8
Table = Sequence[Sequence[int]]


def with_totals(inner: Table) -> list[list[int]]:
    rows = [[*row, sum(row)] for row in inner]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def sums(height: int, width: int) -> tuple[Relation, ...]:
    """Each row and each column with its total last."""
    rows = [
        Relation((*((r * width + c, 1) for c in range(width - 1)), (r * width + width - 1, -1))) for r in range(height)
    ]
    columns = [
        Relation((*((r * width + c, 1) for r in range(height - 1)), ((height - 1) * width + c, -1)))
        for c in range(width)
    ]
    return (*rows, *columns)


def rounded_puzzle(inner: Table) -> Puzzle:
    """As the program would show the table."""
    table = with_totals(inner)
    cells = []
    for value in (value for row in table for value in row):
        if value < THRESHOLD:
            exact, small = Interval(value, value), Interval(0, THRESHOLD - 1)
            cells.append(Cell(value, exact, State.MASKED, small=small, required=required(value, THRESHOLD)))
        else:
            cells.append(Cell(value, implied(rounded(value), THRESHOLD, None), weight=ONE))
    return Puzzle(tuple(cells), sums(len(table), len(table[0])))


def is_safe(puzzle: Puzzle, masked: Sequence[int]) -> bool:
    """By the bounds alone: what an outsider and a strict reader reach."""
    for strict in (False, True):
        known = [
            cell.shown
            if cell.state is State.OPEN and i not in masked
            else (cell.small if strict and cell.state is State.MASKED else Interval())
            for i, cell in enumerate(puzzle.cells)
        ]
        for i, cell in enumerate(puzzle.cells):
            if cell.required is not None:
                (found,) = reach(known, puzzle.relations, [i])
                if found.low > cell.required.low or found.high < cell.required.high:
                    return False
    return True


@pytest.mark.parametrize("seed", range(8))
def test_no_choice_with_fewer_masks_is_safe(seed: int) -> None:
    random = Random(seed)
    puzzle = rounded_puzzle([[random.choice([1, 4, 6, 9, 12, 17, 23]) for _ in range(3)] for _ in range(2)])
    found = suppress(puzzle)
    assert is_safe(puzzle, tuple(found.masked))
    open_cells = [i for i, cell in enumerate(puzzle.cells) if cell.state is State.OPEN]
    for fewer in combinations(open_cells, max(len(found.masked) - 1, 0)):
        assert not found.masked or not is_safe(puzzle, fewer)


def exact_puzzle(inner: Table, primary: dict[tuple[int, int], Interval]) -> Puzzle:
    """As the textbooks show tables: exact numbers, and levels to protect given ones to."""
    table = with_totals(inner)
    width = len(table[0])
    cells = []
    for at, value in enumerate(value for row in table for value in row):
        level = primary.get(divmod(at, width))
        state = State.OPEN if level is None else State.MASKED
        cells.append(Cell(value, Interval(value, value), state, required=level, weight=ONE))
    return Puzzle(tuple(cells), sums(len(table), width))


def test_the_table_of_sdctable_gets_the_one_mask_it_lacks() -> None:
    """`tests/testthat/test-simpleheuristic.R` of sdcTable: nine masks leave a cell exactly known; a tenth opens it."""
    inner = [[30, 47, 64, 89], [90, 124, 5, 31], [92, 100, 59, 85], [800, 991, 651, 685]]
    masked = {(0, 0), (0, 1), (0, 2), (1, 0), (1, 2), (2, 1), (2, 3), (3, 1), (3, 3)}
    lacking = exact_puzzle(inner, dict.fromkeys(masked, Interval(0, inf)))
    known = [Interval() if cell.state is State.MASKED else cell.shown for cell in lacking.cells]
    assert reach(known, lacking.relations, [1]) == (Interval(47, 47),)
    wanted = {at: Interval(inner[at[0]][at[1]], inner[at[0]][at[1]]) for at in masked} | {(0, 1): Interval(46, 48)}
    puzzle = exact_puzzle(inner, wanted)
    found = suppress(puzzle)
    assert len(found.masked) == 1
    known = [
        cell.shown if c not in found.masked and cell.state is State.OPEN else Interval()
        for c, cell in enumerate(puzzle.cells)
    ]
    known[1 * 5 + 1], known[next(iter(found.masked))] = Interval(), puzzle.cells[next(iter(found.masked))].shown
    assert reach(known, puzzle.relations, [1]) == (Interval(0, 141),)


def test_one_secret_cell_of_four_regions_by_two_takes_three_more() -> None:
    """`tests/testthat/test-protectTable.r` of sdcTable: region by gender, one secret; the optimum masks three."""
    found = suppress(exact_puzzle([[23, 14], [31, 42], [8, 19], [27, 11]], {(0, 1): Interval(13, 15)}))
    assert len(found.masked) == 3


def test_the_investments_of_fischetti_and_salazar() -> None:
    """The table of three activities in three regions with which their paper begins: 22 in region C, secret."""
    inner = [[20, 50, 10], [8, 19, 22], [17, 32, 12]]
    found = suppress(exact_puzzle(inner, {(1, 2): Interval(17, 27)}))
    assert len(found.masked) == 3
    published = exact_puzzle(inner, {(1, 2): Interval(17, 27)})
    hidden = {4 + 0, 4 + 2, 8 + 0, 8 + 2}
    known = [Interval() if i in hidden else cell.shown for i, cell in enumerate(published.cells)]
    assert reach(known, published.relations, [4 + 2]) == (Interval(5, 30),)


def test_the_first_batch_of_tau_argus_is_masked_as_tau_argus_masks_it() -> None:
    """`inst/tests/Batch/ex1` of sdcTools' checkTauArgus: region by gender, women of A unsafe, a margin of 20 %, the
    optimum with a mask's price the number that it hides. Expected are the men of A, and men and women of C.
    """
    inner = [[895, 137], [753, 973], [569, 486], [540, 793]]
    puzzle = exact_puzzle(inner, {(0, 1): Interval(137 * 0.8, 137 * 1.2)})
    priced = tuple(replace(cell, weight=ONE * cell.value) for cell in puzzle.cells)
    assert priced[-1].value == 5146
    assert suppress(replace(puzzle, cells=priced)).masked == {0, 6, 7}
