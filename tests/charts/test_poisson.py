"""Exact limits of counts, held against published tables."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.charts.poisson import FAR, USUAL, at_most, limits_of

# As printed in tables of exact 95 % limits for a Poisson count, after Garwood (1936).
GARWOOD = [
    (0, 0.0, 3.689), (1, 0.0253, 5.572), (2, 0.242, 7.225), (3, 0.619, 8.767), (4, 1.090, 10.242), (5, 1.623, 11.668),
    (10, 4.795, 18.390), (20, 12.217, 30.888), (30, 20.241, 42.827), (50, 37.111, 65.919), (100, 81.364, 121.627),
]  # fmt: skip

# Chi-squared at 0.001 and 0.999, as the NIST/SEMATECH handbook prints it (1.3.6.7.4), is twice the limit: below with
# twice the count as its degrees of freedom, above with two more.
BELOW = [(1, 0.002), (2, 0.091), (5, 1.479), (10, 5.921), (50, 61.918)]
ABOVE = [(0, 13.816), (1, 18.467), (4, 29.588), (9, 45.315), (49, 149.449)]


@pytest.mark.parametrize(("count", "low", "high"), GARWOOD)
def test_the_usual_limits_are_those_of_garwoods_tables(count: int, low: float, high: float) -> None:
    assert limits_of(count, USUAL) == pytest.approx((low, high), abs=6e-4)


@pytest.mark.parametrize(("count", "twice"), BELOW)
def test_the_far_lower_limits_are_those_of_the_chi_squared_table(count: int, twice: float) -> None:
    assert limits_of(count, FAR)[0] == pytest.approx(twice / 2, abs=6e-4)


@pytest.mark.parametrize(("count", "twice"), ABOVE)
def test_the_far_upper_limits_are_those_of_the_chi_squared_table(count: int, twice: float) -> None:
    assert limits_of(count, FAR)[1] == pytest.approx(twice / 2, abs=6e-4)


@given(st.integers(0, 3000), st.sampled_from([0.5, USUAL, FAR]))
def test_at_a_limit_half_of_the_chance_is_left_out(count: int, chance: float) -> None:
    low, high = limits_of(count, chance)
    assert at_most(count, high) == pytest.approx((1 - chance) / 2, abs=1e-9)
    if count:
        assert 1 - at_most(count - 1, low) == pytest.approx((1 - chance) / 2, abs=1e-9)


@given(st.integers(0, 2000))
def test_limits_hold_the_count_and_widen_with_the_chance(count: int) -> None:
    (far_low, far_high), (low, high) = limits_of(count, FAR), limits_of(count, USUAL)
    assert far_low <= low <= count < high < far_high


@given(st.floats(0.01, 900), st.integers(0, 1000))
def test_more_is_never_less_likely(mean: float, count: int) -> None:
    assert 0 <= at_most(count - 1, mean) <= at_most(count, mean) + 1e-10
    assert at_most(count, mean) <= 1


@pytest.mark.parametrize(("count", "chance"), [(-1, USUAL), (3, 0.0), (3, 1.0)])
def test_what_is_no_count_or_no_chance_is_refused(count: int, chance: float) -> None:
    with pytest.raises(ValueError, match="count"):
        limits_of(count, chance)
