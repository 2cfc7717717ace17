"""What a measure says of a change: held against what was before it, never against itself."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.charts import Better
from speakup.learning.effect import Verdict, effect_of, has_before_and_after
from speakup.learning.figures import Figure

CHANGE = date(2026, 1, 1)
BEFORE = [10, 12] * 6
"""Mean 11, limits at 11 ± 5.32."""


def run(before: list[int], after: list[int]) -> list[Figure]:
    """Monthly values before the change and from it on."""
    months = [date(2025 - n // 12, 12 - n % 12, 1) for n in range(len(before))][::-1]
    months += [date(2026 + n // 12, n % 12 + 1, 1) for n in range(len(after))]
    return [Figure(day, Decimal(value)) for day, value in zip(months, [*before, *after], strict=True)]


@pytest.mark.parametrize(
    ("after", "better", "verdict"),
    [
        ([8, 9, 8, 9, 8, 9, 8], Better.LOWER, Verdict.IMPROVED),
        ([8, 9, 8, 9, 8, 9, 8], Better.HIGHER, Verdict.WORSENED),
        ([8, 9, 8, 9, 8, 9, 8], Better.NEITHER, Verdict.LOWER),
        ([13, 14, 13, 14, 13, 14, 13], Better.NEITHER, Verdict.HIGHER),
        ([4], Better.LOWER, Verdict.IMPROVED),
        ([11, 12, 10], Better.LOWER, Verdict.CHANCE),
        ([8, 9, 8, 9, 8, 9], Better.LOWER, Verdict.CHANCE),
        ([4, 4, 11], Better.LOWER, Verdict.FADED),
    ],
    ids=["seven below", "worse", "lower", "higher", "outside", "chance", "six are not seven", "it did not last"],
)
def test_what_came_after_is_held_against_the_limits_of_before(
    after: list[int], better: Better, verdict: Verdict
) -> None:
    found = effect_of(run(BEFORE, after), CHANGE, better)
    assert found is not None
    assert found.verdict is verdict


def test_limits_begin_anew_at_the_change() -> None:
    found = effect_of(run(BEFORE, [4, 6]), CHANGE, Better.LOWER)
    assert found is not None
    assert (found.before.centre, found.before.count) == (11, 12)
    assert found.after is not None
    assert (found.after.centre, found.after.count, found.after.first) == (5, 2, 12)


@pytest.mark.parametrize(
    ("before", "after", "changed_on"),
    [
        (BEFORE[:11], [4] * 12, CHANGE),
        (BEFORE, [], CHANGE),
        ([], [4] * 12, CHANGE),
        (BEFORE, [4] * 12, None),
    ],
    ids=["eleven before", "none after", "none before", "no change"],
)
def test_with_too_few_nothing_is_claimed(before: list[int], after: list[int], changed_on: date | None) -> None:
    found = effect_of(run(before, after), changed_on, Better.LOWER)
    assert found is not None
    assert found.verdict is Verdict.TOO_FEW


def test_a_measure_without_values_has_no_chart() -> None:
    assert effect_of([], CHANGE, Better.LOWER) is None


@given(st.lists(st.integers(0, 30), max_size=30), st.lists(st.integers(0, 30), max_size=30))
def test_there_is_a_before_and_an_after_where_both_have_values(before: list[int], after: list[int]) -> None:
    figures = run(before, after)
    both = bool(before and after)
    assert has_before_and_after(figures, CHANGE) is both
    found = effect_of(figures, CHANGE, Better.LOWER)
    assert (found is not None and found.after is not None) is both
    assert not has_before_and_after(figures, None)


@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=30),
    st.lists(st.integers(0, 30), min_size=1, max_size=30),
)
def test_what_is_better_turned_round_turns_the_verdict_round(before: list[int], after: list[int]) -> None:
    turned = {Verdict.IMPROVED: Verdict.WORSENED, Verdict.WORSENED: Verdict.IMPROVED}
    higher, lower = (effect_of(run(before, after), CHANGE, each) for each in (Better.HIGHER, Better.LOWER))
    assert higher is not None
    assert lower is not None
    assert turned.get(higher.verdict, higher.verdict) is lower.verdict
