"""What the lines come to, what is wrong with them and what changed: plain values in and out."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.insight import quarter_of
from speakup.kernel.errors import Invalid
from speakup.returns import (
    COLLECTOR,
    SHIPPED,
    STOPS,
    Check,
    CountedCase,
    Line,
    NationalCode,
    Quarter,
    Window,
    Wording,
    check,
    differences,
    figures,
    in_force,
    lines,
)
from speakup.vocabulary import Certainty

DAY = date(2022, 4, 1)
ELEMENTS = ("patient_safety", "worker_safety", "bullying_harassment", "other_behaviours", "detriment")
GROUPS = ("nursing_midwifery", "estates", "not_known")
ANSWERS = ("yes", "no", "maybe", "dont_know")
OVER = Quarter(2026, 2)
OPENS, CLOSES, BETWEEN = date(2026, 10, 5), date(2026, 11, 2), date(2026, 10, 20)
WINDOW = Window(OPENS, CLOSES)


def wording(line: str, text: str = "said", day: date = DAY) -> Wording:
    return Wording(line, day, text, "somewhere", Certainty.UNVERIFIED)


def code(key: str, *local: str) -> NationalCode:
    return NationalCode(key, wording("", key), frozenset({key, *local}))


def made() -> list[Line]:
    called = in_force(SHIPPED, OVER.last_day)
    return lines(called, [*map(code, ELEMENTS)], [*map(code, GROUPS)], [*map(code, ANSWERS)])


def case(*elements: str, anonymous: bool = False) -> CountedCase:
    return CountedCase(frozenset(elements), anonymous)


CASES = st.lists(
    st.tuples(st.builds(CountedCase, st.frozensets(st.sampled_from(ELEMENTS)), st.booleans()), st.sampled_from(GROUPS))
)
FEEDBACK = st.dictionaries(st.sampled_from(ANSWERS), st.integers(0, 30))


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2025-26/Q1", date(2025, 4, 1), date(2025, 6, 30)),
        ("2025-26/Q3", date(2025, 10, 1), date(2025, 12, 31)),
        ("2025-26/Q4", date(2026, 1, 1), date(2026, 3, 31)),
        ("2098-99/Q4", date(2099, 1, 1), date(2099, 3, 31)),
    ],
)
def test_a_quarter_has_its_days(name: str, first: date, last: date) -> None:
    quarter = Quarter.read(name)
    assert (quarter.first_day, quarter.last_day, quarter.name) == (first, last, name)


@given(st.dates(date(2000, 4, 1), date(2098, 3, 31)))
def test_every_day_lies_in_the_quarter_that_is_counted_by(day: date) -> None:
    quarter = Quarter.read(quarter_of(day))
    assert quarter.first_day <= day <= quarter.last_day
    assert quarter.next.before == quarter.before.next == quarter
    assert quarter.next.first_day == quarter.last_day + timedelta(days=1)


@pytest.mark.parametrize("name", ["", "2026-27", "2026-28/Q1", "2026-27/Q5", "2026-27/q1", "1999-00/Q1", "٢٠٢٦-27/Q1"])
def test_what_is_no_quarter_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        Quarter.read(name)


def test_the_lines_stand_in_their_order_and_are_called_what_their_codes_are() -> None:
    assert [each.name for each in made()] == [
        "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8.1", "R8.2", "R8.3", "R9", "R10.1", "R10.2", "R10.3", "R10.4",
    ]  # fmt: skip
    called = {each.name: each.wording.text for each in made()}
    assert (called["R3"], called["R7"], called["R8.2"]) == ("patient_safety", "detriment", "estates")


def test_an_element_the_nation_adds_later_has_a_line_of_its_own() -> None:
    found = lines(in_force(SHIPPED, OVER.last_day), [*map(code, ELEMENTS), code("sexual_safety")], [], [])
    assert [(each.name, each.key) for each in found if each.key][-2:] == [
        ("R7", "detriment"),
        ("R7.1", "sexual_safety"),
    ]


def test_what_the_organisation_wrote_is_what_a_line_is_called_from_its_day_on() -> None:
    wordings = [*SHIPPED, wording("R1", "Cases taken up", date(2026, 7, 1))]
    before, after = (in_force(wordings, day)["R1"].text for day in (date(2026, 6, 30), date(2026, 7, 1)))
    assert (before, after) == ("Number of cases raised with the guardian", "Cases taken up")


@pytest.mark.parametrize(
    ("day", "collector", "certainty"),
    [
        (date(2026, 3, 31), "National Guardian’s Office", Certainty.CONFIRMED),
        (date(2026, 6, 30), "NHS England", Certainty.UNVERIFIED),
        (date(2026, 9, 30), "NHS England", Certainty.CONFIRMED),
    ],
)
def test_who_collects_is_said_with_how_sure_it_is(day: date, collector: str, certainty: Certainty) -> None:
    found = in_force(SHIPPED, day)[COLLECTOR]
    assert (found.text, found.certainty) == (collector, certainty)


def test_a_wording_stays_with_its_code_wherever_that_stands_in_its_list() -> None:
    called = in_force([*SHIPPED, wording("R8.estates", "Estates and facilities")], DAY)
    for groups in (["estates", "students"], ["dental", "students", "estates"]):
        found = {each.key: each.wording.text for each in lines(called, [], [code(each) for each in groups], [])}
        assert found["estates"] == "Estates and facilities"
        assert found["students"] == "students"


def test_of_two_wordings_from_one_day_the_later_written_holds() -> None:
    assert in_force([wording("R1", "first"), wording("R1", "second")], DAY)["R1"].text == "second"


def test_before_the_first_wording_began_that_one_holds() -> None:
    found = in_force([wording("R1", "later", date(2027, 1, 1)), wording("R1", "first")], date(2020, 1, 1))
    assert found["R1"].text == "first"


@given(CASES, FEEDBACK)
def test_the_lines_add_up_whatever_was_raised(came: list[tuple[CountedCase, str]], answers: dict[str, int]) -> None:
    cases = [each for each, _ in came]
    found = figures(made(), cases, Counter(group for _, group in came), answers)
    assert found["R1"] == len(cases)
    assert found["R2"] == sum(each.anonymous for each in cases)
    assert sum(found[f"R8.{at}"] for at in (1, 2, 3)) == len(cases)
    assert sum(found[f"R10.{at}"] for at in (1, 2, 3, 4)) == found["R9"] == sum(answers.values())
    for name, key in zip(("R3", "R4", "R5", "R6", "R7"), ELEMENTS, strict=True):
        assert found[name] == len([each for each in cases if key in each.elements])
    assert not [each for each in check(made(), found, OVER, WINDOW, BETWEEN) if each.stops]


def test_a_group_that_counts_as_none_stops_the_return() -> None:
    found = figures(made(), [case(), case()], {"porters": 1, "estates": 1}, {})
    (finding,) = [each for each in check(made(), found, OVER, WINDOW, BETWEEN) if each.stops]
    assert (finding.check, finding.count, finding.expected) == (Check.GROUPS_DO_NOT_ADD, 1, 2)


def test_codes_of_ones_own_count_as_the_national_one_once_a_case() -> None:
    called = in_force(SHIPPED, OVER.last_day)
    safety, estates = code("patient_safety", "falls", "medicines"), code("estates", "porters")
    found = figures(
        lines(called, [safety], [estates], []),
        [case("falls", "medicines"), case("patient_safety")],
        {"porters": 1, "estates": 1},
        {},
    )
    assert (found["R3"], found["R8.1"]) == (2, 2)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"R4": 3}, Check.ABOVE_TOTAL),
        ({"R2": 3}, Check.ABOVE_TOTAL),
        ({"R8.1": 0, "R8.2": 1}, Check.GROUPS_DO_NOT_ADD),
        ({"R9": 2}, Check.ANSWERS_DO_NOT_ADD),
    ],
)
def test_what_does_not_add_up_stops_the_return(changed: dict[str, int], expected: Check) -> None:
    sound = figures(made(), [case("patient_safety"), case()], {"estates": 2}, {"yes": 1})
    assert check(made(), sound, OVER, WINDOW, BETWEEN) == []
    found = check(made(), {**sound, **changed}, OVER, WINDOW, BETWEEN)
    assert [each.check for each in found if each.stops] == [expected]


@pytest.mark.parametrize("elements", [(), ("detriment",)])
def test_no_element_at_all_is_worth_a_look_and_stops_nothing(elements: tuple[str, ...]) -> None:
    counted = figures(made(), [case(), case(*elements)], {"estates": 2}, {})
    found = check(made(), counted, OVER, WINDOW, BETWEEN)
    assert [(each.check, each.stops) for each in found] == [(Check.NO_ELEMENTS, False)]
    assert check(made(), figures(made(), [], {}, {}), OVER, WINDOW, BETWEEN) == []


@pytest.mark.parametrize(
    ("window", "today", "expected"),
    [
        (Window(), BETWEEN, [Check.NO_WINDOW]),
        (None, BETWEEN, []),
        (WINDOW, OPENS, []),
        (WINDOW, OPENS - timedelta(days=1), [Check.NOT_OPEN_YET]),
        (WINDOW, CLOSES, []),
        (WINDOW, CLOSES + timedelta(days=1), [Check.TAKEN_NO_MORE]),
        (Window(None, CLOSES), date(2026, 10, 1), []),
        (Window(None, CLOSES), OVER.last_day, [Check.QUARTER_RUNS]),
        (Window(None, CLOSES), OVER.last_day + timedelta(days=1), []),
    ],
)
def test_the_days_are_held_against_today(window: Window | None, today: date, expected: list[Check]) -> None:
    found = check(made(), figures(made(), [], {}, {}), OVER, window, today)
    assert [each.check for each in found] == expected
    assert [each.check for each in found if each.stops] == [each for each in expected if each in STOPS]


def test_a_window_cannot_end_before_it_begins() -> None:
    WINDOW.require_order()
    Window(OPENS, OPENS).require_order()
    with pytest.raises(Invalid):
        Window(CLOSES, OPENS).require_order()


def test_what_changed_is_told_line_by_line_also_where_a_line_is_new_or_gone() -> None:
    found = differences({"R1": 3, "R2": 1, "R5": 2}, {"R1": 3, "R2": 2, "R6": 1})
    assert [(each.line, each.then, each.now) for each in found] == [("R2", 1, 2), ("R6", None, 1), ("R5", 2, None)]
