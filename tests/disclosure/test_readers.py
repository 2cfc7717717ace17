"""What each reader knows and must be left, on tables of a few cells; and each such rule, when broken, is noticed.

Every table is a few cells and their sum, so that what is possible can be worked out by hand.
"""

from collections.abc import Callable, Collection
from dataclasses import replace

import pytest

from benchmarks.load.counts import counted_in, invent
from speakup.disclosure import (
    Axis,
    Category,
    Definition,
    Dimension,
    Interval,
    Kind,
    Ledger,
    Line,
    Publication,
    Reason,
    Relation,
    Row,
    Rules,
    Staff,
    Tables,
    Unsolved,
    Where,
    Withheld,
    audit,
    protect,
    reach,
    rules,
    suppress,
)
from speakup.disclosure.attackers import Attack, Cut, Reader
from speakup.disclosure.audit import ANYTHING
from speakup.disclosure.puzzle import Cell, Puzzle, State
from speakup.disclosure.suppress import ONE
from tests.disclosure.small import SEED, SMALL, published, small
from tests.disclosure.test_least_loss import test_no_choice_with_fewer_masks_is_safe as no_choice_with_fewer_is_safe
from tests.disclosure.test_whole_people import (
    test_an_insider_to_whom_only_a_half_person_is_left_is_left_more as insiders_are_left_whole_people,
)
from tests.disclosure.test_whole_people import (
    test_an_outsider_to_whom_only_a_half_person_is_left_is_left_more as outsiders_are_left_whole_people,
)

NEEDED, BELOW = Interval(0, 5), Interval(0, 7)


def masked(value: int, *, small: Interval = ANYTHING, insiders: bool = False) -> Cell:
    return Cell(value, Interval(value, value), State.MASKED, small=small, required=NEEDED, insiders=insiders)


def with_sum(*cells: Cell) -> Puzzle:
    """These and, shown to the nearest 5, what they come to."""
    value = sum(cell.value for cell in cells)
    total = Cell(value, rules.implied(rules.rounded(value), 8, None), weight=ONE)
    return Puzzle((*cells, total), (Relation((*((i, 1) for i in range(len(cells))), (len(cells), -1))),))


def extra(puzzle: Puzzle) -> frozenset[int]:
    return suppress.suppress(puzzle).masked


def an_outsider_takes_sums_apart() -> None:
    assert extra(with_sum(masked(3), Cell(12, Interval(8, 12), weight=ONE)))


def a_strict_reader_knows_that_masked_is_few() -> None:
    assert extra(with_sum(masked(3, small=BELOW), masked(6, small=BELOW))) == {2}


def an_insider_takes_out_their_own() -> None:
    assert extra(with_sum(masked(3), masked(6, insiders=True))) == {2}


def nobody_from_that_up_to_five_stays_possible() -> None:
    assert rules.required(3, 8) == Interval(0, 5)
    assert rules.required(2, 5) == Interval(0, 4)
    assert rules.required(30, 8) == Interval(25, 35)


def earlier_releases_are_known() -> None:
    year = published(small(2, 90))[0][-1]
    assert isinstance(year, Publication)
    assert year.report.linked > year.report.cells


def places(*people: int) -> tuple[Tables, dict[str, Line]]:
    """A quarter of some directorates, and what a return would say of each and of all."""
    quarter = invent(1, 200, SMALL).dimensions[0]
    counts = dict(zip(("north", "south", "east", "west"), people, strict=False))
    lines = tuple(Category(name, frozenset({name})) for name in counts)
    where = Dimension("directorate", Kind.GROUP, tuple(counts), (lines,))
    when = ("quarter", counted_in("1/1"))
    rows = tuple(Row(f"{name} {n}", ("1/1", name)) for name, count in counts.items() for n in range(count))
    staff = Staff(("directorate",), tuple(((name,), 1000) for name in counts))
    tables = Tables(
        (quarter, where), rows, (Definition("by directorate", (Axis("directorate"),), (when,)),), 900, (staff,)
    )
    said = {name: Line(tables.where((when, ("directorate", frozenset({name})))), counts[name]) for name in counts}
    return tables, said | {"all": Line(tables.where((when,)), sum(counts.values()))}


def shown(tables: Tables, *lines: Line) -> list[int | None]:
    made = protect(tables, Ledger().with_lines(lines), Rules(), seed=SEED)
    assert isinstance(made, Publication)
    return [made.tables[0].figure(name).shown for name in ("north", "south", "east")]


def what_a_return_says_is_known() -> None:
    tables, said = places(3, 15, 15)
    assert shown(tables) == [None, 15, 15]
    assert shown(tables, said["all"], said["east"])[1] is None


def what_a_return_says_of_a_small_cell_costs_no_other_mask() -> None:
    tables, said = places(3, 15, 15)
    assert shown(tables, *said.values()) == [None, 15, 15]


def without_a_proved_optimum_nothing_is_concluded() -> None:
    with pytest.raises(Unsolved):
        reach([Interval(1, 1), Interval(2, 2)], [Relation(((0, 1), (1, -1)))])


def which_masks_is_decided_by_the_seed_and_not_by_counts() -> None:
    chosen = []
    for at in range(6):
        seed = bytes([at])
        one, other = (_given_up(places(3, *counts), seed) for counts in ((11, 11, 12), (12, 11, 11)))
        assert one == other
        chosen.append(one)
    assert len(set(chosen)) > 1


def _given_up(made_of: tuple[Tables, dict[str, Line]], seed: bytes) -> tuple[bool, ...]:
    tables, said = made_of
    made = protect(tables, Ledger().with_lines([said["all"]]), Rules(), seed=seed)
    assert isinstance(made, Publication)
    return tuple(made.tables[0].figure(name).shown is None for name in ("south", "east", "west"))


def as_few_as_can_be_are_masked() -> None:
    for seed in range(8):
        no_choice_with_fewer_is_safe(seed)


def nothing_is_published_that_earlier_releases_give_away() -> None:
    tables, said = places(3, 15, 15)
    told = Ledger().with_lines([said["all"]])
    made = protect(tables, told, Rules(), seed=SEED)
    assert isinstance(made, Publication)
    others = {said["south"].where, said["east"].where}
    entries = [
        replace(entry, shown=15, interval=Interval(15, 15)) if entry.where in others else entry
        for entry in made.release.entries
    ]
    known = replace(made.release, entries=tuple(entries))
    assert protect(tables, told.with_release(known), Rules(), seed=SEED) == Withheld(Reason.EARLIER)


CHECKS: tuple[Callable[[], None], ...] = (
    an_outsider_takes_sums_apart,
    a_strict_reader_knows_that_masked_is_few,
    an_insider_takes_out_their_own,
    nobody_from_that_up_to_five_stays_possible,
    earlier_releases_are_known,
    what_a_return_says_is_known,
    what_a_return_says_of_a_small_cell_costs_no_other_mask,
    without_a_proved_optimum_nothing_is_concluded,
    which_masks_is_decided_by_the_seed_and_not_by_counts,
    nothing_is_published_that_earlier_releases_give_away,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_rule_holds(check: Callable[[], None]) -> None:
    check()


def _nobody(*_: object) -> tuple[()]:
    return ()


def _as_outsider(attack: Attack, _reader: Reader, i: int, masked: Collection[int]) -> Interval:
    cell = attack.puzzle.cells[i]
    return cell.shown if cell.state is State.SHOWN or (cell.state is State.OPEN and i not in masked) else cell.hidden


def _unproved(program: audit.Program) -> float:
    vars(program)["_solver"].run()
    return 0.0


def _by_count(making: object, where: Where) -> int:
    return ONE + int(vars(making)["_counts"][where].cases)


def _all_that_help(_puzzle: Puzzle, cuts: Collection[Cut]) -> frozenset[int]:
    return frozenset(i for cut in cuts for i, _ in cut.shares)


ATTACK, MAKING = "speakup.disclosure.attackers.Attack", "speakup.disclosure.protection._Making"
BROKEN: tuple[tuple[Callable[[], None], str, object], ...] = (
    (an_outsider_takes_sums_apart, f"{ATTACK}._reader_cuts", _nobody),
    (a_strict_reader_knows_that_masked_is_few, f"{ATTACK}._interval", _as_outsider),
    (an_insider_takes_out_their_own, f"{ATTACK}._insider_cuts", _nobody),
    (outsiders_are_left_whole_people, f"{ATTACK}._whole_cuts", _nobody),
    (insiders_are_left_whole_people, f"{ATTACK}._whole_cuts", _nobody),
    (nobody_from_that_up_to_five_stays_possible, "speakup.disclosure.rules.PROTECTED", 1),
    (earlier_releases_are_known, "speakup.disclosure.protection.linked", _nobody),
    (what_a_return_says_is_known, "speakup.disclosure.Ledger.with_lines", lambda ledger, _: ledger),
    (without_a_proved_optimum_nothing_is_concluded, "speakup.disclosure.audit.Program.least", _unproved),
    (which_masks_is_decided_by_the_seed_and_not_by_counts, f"{MAKING}._weight", _by_count),
    (as_few_as_can_be_are_masked, "speakup.disclosure.suppress._choose", _all_that_help),
)


@pytest.mark.parametrize(("check", "rule", "instead"), BROKEN, ids=lambda one: getattr(one, "__name__", None))
def test_breaking_the_rule_is_noticed(
    check: Callable[[], None], rule: str, instead: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule, instead)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        check()
