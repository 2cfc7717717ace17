"""What is possible of fractions of people only is not possible: proved again in whole people, for insiders too."""

import numpy as np

from speakup.disclosure import Interval
from speakup.disclosure.audit import Relation
from speakup.disclosure.puzzle import Cell, Puzzle, State
from speakup.disclosure.search import Move, Side, Steps, whole_people
from speakup.disclosure.suppress import suppress

FEW = Interval(0, 3)
SHOWN = 2


def even(known: Cell) -> Puzzle:
    """A small cell, one that somebody knows, and one that is shown come to an even number together."""
    small = Cell(1, Interval(1, 1), State.MASKED, hidden=FEW, small=FEW, required=FEW)
    return Puzzle((small, known, Cell(2, Interval(2, 2))), (Relation(((0, 1), (1, 1), (2, 1), (3, -2))),), (2,))


def test_nothing_more_is_masked_where_nobody_knows_the_other_cell() -> None:
    assert suppress(even(Cell(1, Interval(1, 1), State.MASKED))).masked == frozenset()


def test_an_outsider_to_whom_only_a_half_person_is_left_is_left_more() -> None:
    assert suppress(even(Cell(1, Interval(1, 1), State.SHOWN))).masked == {SHOWN}


def test_an_insider_to_whom_only_a_half_person_is_left_is_left_more() -> None:
    assert suppress(even(Cell(1, Interval(1, 1), State.MASKED, insiders=True))).masked == {SHOWN}


def test_an_insider_who_is_left_many_numbers_needs_no_proof_of_each() -> None:
    puzzle = even(Cell(1, Interval(1, 1), State.MASKED, insiders=True))
    wide = Cell(1, Interval(1, 1), State.MASKED, small=FEW, required=FEW)
    assert suppress(Puzzle((wide, *puzzle.cells[1:]), puzzle.relations, puzzle.atoms)).masked == frozenset()


def test_a_table_near_the_truth_is_one_that_agrees_and_is_whole() -> None:
    move = Move(0, Side.HIGH, 3, np.array([0.0, 0.0, 2.0]), np.array([3.0, 9.0, 2.0]))
    found = Steps(even(Cell(1, Interval(1, 1), State.MASKED)), (0,)).nearest(move)
    assert found is not None
    assert found.whole
    assert found.table.tolist() == [3, 1, 2]


def test_where_half_a_person_is_nearer_only_a_program_of_whole_numbers_finds_the_table() -> None:
    puzzle = even(Cell(1, Interval(1, 1), State.MASKED))
    move = Move(0, Side.LOW, 0, np.array([0.0, 0.0, 2.0]), np.array([3.0, 9.0, 2.0]))
    assert Steps(puzzle, (0,)).nearest(move) is None
    assert whole_people(puzzle, (0,), move).reached == 0
