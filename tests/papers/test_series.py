"""Lines of a paper: what is read out of published points, and where they begin anew."""

from hypothesis import assume, given
from hypothesis import strategies as st

from speakup.charts import analyse
from speakup.papers.series import reading

FIVES = st.lists(st.integers(1, 40).map(lambda each: each * 5), min_size=2, max_size=24)


@given(FIVES)
def test_limits_are_told_in_whole_numbers_and_signals_are_those_of_the_points(values: list[int]) -> None:
    told, exact = reading(values), analyse(values)
    for limits, segment in zip(told.limits, exact.segments, strict=True):
        for whole, measured in (
            (limits.lower, max(0.0, segment.lower)),
            (limits.centre, segment.centre),
            (limits.upper, segment.upper),
        ):
            assert isinstance(whole, int)
            assert abs(whole - measured) <= 0.5 + 1e-9
    signalled = {at: point.signal for at, point in enumerate(exact.points) if point.signal}
    assert {each.point: each.signal for each in told.signals} == signalled


@given(FIVES, st.integers(1, 22))
def test_from_a_new_beginning_on_points_are_read_by_themselves(values: list[int], cut: int) -> None:
    assume(cut < len(values))
    whole, alone = reading(values, [cut]), reading(values[cut:])
    assert [each.first for each in whole.limits] == [0, cut]
    newest, (only,) = whole.limits[-1], alone.limits
    assert (newest.lower, newest.centre, newest.upper) == (only.lower, only.centre, only.upper)
    assert {(each.point - cut, each.signal) for each in whole.signals if each.point >= cut} == {
        (each.point, each.signal) for each in alone.signals
    }
