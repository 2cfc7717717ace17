"""The thirteen points, one by one, and that breaking any of them is noticed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.load.counts import RESTATED, Invented, Size, invent, of_quarter, of_year, recoded
from speakup.disclosure import (
    Axis,
    Category,
    Definition,
    Dimension,
    Kind,
    Ledger,
    LeftOut,
    Publication,
    Reason,
    Row,
    Rules,
    SafeFigure,
    SafeTable,
    Staff,
    Tables,
    Withheld,
    earliest,
    protect,
    protection,
    read,
    rules,
    tables,
    written,
)
from speakup.disclosure.rules import implied, percentage, rounded
from tests.disclosure.small import SEED, published, small

YEAR = frozenset({"q1", "q2", "q3", "q4"})


def one_group(people: int, *, staff: int = 1000, cases: int | None = None, last_year: int = 40) -> Tables:
    """A trust whose two directorates have so many people each, and one case more each time for the last of them."""
    quarter = Dimension("quarter", Kind.TIME, tuple(sorted(YEAR)), ((Category("year", YEAR),),))
    places = ("north", "south")
    where = Dimension("directorate", Kind.GROUP, places, (tuple(Category(p, frozenset({p})) for p in places),))
    rows = [Row(f"{place}{min(n, people - 1)}", ("q1", place)) for place in places for n in range(cases or people)]
    counted = Staff(("directorate",), tuple(((place,), staff) for place in places))
    definition = Definition("by directorate", (Axis("directorate"),), (("quarter", YEAR),))
    return Tables((quarter, where), tuple(rows), (definition,), last_year, (counted,))


def shown(
    given_tables: Tables, label: str | None = "north", *, ledger: Ledger | None = None, set_to: Rules | None = None
) -> int | Reason | None:
    made = protect(given_tables, ledger or Ledger(), set_to or Rules(), seed=SEED)
    return made.tables[0].figure(label).shown if isinstance(made, Publication) else made.reason


def fewer_than_eight_are_masked() -> None:
    assert shown(one_group(7)) is None
    assert shown(one_group(8)) == 10


def nobody_at_all_is_masked_like_few() -> None:
    assert Rules().mask(0, 8, 300) == Rules().mask(2, 8, 300) == "few"
    assert shown(one_group(0)) is None


def fewer_than_five_of_the_trust_are_masked() -> None:
    assert Rules().threshold(1, of_group=False) == 5
    assert Rules().threshold(2, of_group=False) == Rules().threshold(1, of_group=True) == 8


def people_are_counted_and_not_cases() -> None:
    assert shown(one_group(7, cases=30)) is None
    assert shown(one_group(11, cases=30)) == 10


def a_tenth_of_the_staff_is_masked() -> None:
    assert shown(one_group(30, staff=300)) is None
    assert shown(one_group(29, staff=300)) == 30


def small_groups_are_masked() -> None:
    assert one_group(9, staff=29).staff_of(frozenset({("directorate", frozenset({"north"}))})) == 29
    assert Rules().mask(9, 8, 29) == "small group"
    assert Rules().mask(2, 8, 300) == "few"


def numbers_are_rounded_to_five() -> None:
    assert [rounded(n) for n in (8, 12, 13, 17, 18)] == [10, 10, 15, 15, 20]
    assert implied(10, 8, None).low == 8
    assert implied(25, 8, 260).high == 25


def totals_are_rounded_on_their_own() -> None:
    assert shown(one_group(12), None) == 25
    assert shown(one_group(12)) == 10


def percentages_need_a_base_of_twenty() -> None:
    assert percentage(10, 15) is None
    assert percentage(5, 20) == 25


def few_cases_get_annual_tables_only() -> None:
    trust = invent(1, 59)
    made = trust.tables(trust.closed(4), [*of_quarter("1/1"), *of_year(trust.year(0))])
    left = [made.layout(definition, Rules()) for definition in made.definitions]
    assert left[:4] == [LeftOut.VOLUME] * 4
    assert left[-1] is LeftOut.VOLUME
    assert left[4] is not LeftOut.VOLUME


def middling_trusts_get_no_quarterly_cross_tables() -> None:
    trust = invent(1, 149)
    quarter, year = of_quarter("1/1")[0], of_year(trust.year(0))[-3]
    crossed = replace(year, within=quarter.within)
    made = trust.tables(trust.closed(4), [quarter, year, crossed])
    left = [made.layout(definition, Rules()) for definition in made.definitions]
    assert left[0] is not LeftOut.VOLUME
    assert left[1] is not LeftOut.VOLUME
    assert left[2] is LeftOut.VOLUME


def groups_are_as_fine_as_last_year_allows() -> None:
    rungs = []
    for cases in (60, 150, 800):
        trust = invent(3, cases)
        made = trust.tables((), of_year(trust.year(0)))
        layout = made.layout(made.definitions[2], Rules())
        assert not isinstance(layout, LeftOut)
        rungs.append(layout.rungs[0])
        assert made.share_shown(layout, Rules()) >= Fraction(4, 5)
    assert rungs == sorted(rungs, reverse=True)
    assert rungs[0] > rungs[-1]


def a_rewritten_quarter_is_withheld() -> None:
    made = protect(one_group(12), Ledger(), Rules(), seed=SEED)
    assert isinstance(made, Publication)
    assert shown(one_group(14), ledger=Ledger().with_release(made.release)) is Reason.CHANGED


def nothing_comes_out_before_four_weeks() -> None:
    assert earliest(date(2026, 9, 30)) == date(2026, 10, 28)


def only_protect_makes_a_table() -> None:
    for make in (lambda: SafeFigure(3), lambda: SafeTable("x", (), ()), lambda: replace(_figure(), shown=3)):
        with pytest.raises(TypeError):
            make()


def what_was_masked_once_stays_masked() -> None:
    first = protect(one_group(12), Ledger(), Rules(), seed=SEED)
    assert isinstance(first, Publication)
    hidden = replace(first.release, entries=tuple(replace(e, shown=None) for e in first.release.entries))
    assert shown(one_group(12), ledger=Ledger().with_release(hidden)) is None


def _figure() -> SafeFigure:
    made = protect(one_group(12), Ledger(), Rules(), seed=SEED)
    assert isinstance(made, Publication)
    return made.tables[0].figure("north")


CHECKS: tuple[Callable[[], None], ...] = (
    fewer_than_eight_are_masked,
    nobody_at_all_is_masked_like_few,
    fewer_than_five_of_the_trust_are_masked,
    people_are_counted_and_not_cases,
    a_tenth_of_the_staff_is_masked,
    small_groups_are_masked,
    numbers_are_rounded_to_five,
    totals_are_rounded_on_their_own,
    percentages_need_a_base_of_twenty,
    few_cases_get_annual_tables_only,
    middling_trusts_get_no_quarterly_cross_tables,
    groups_are_as_fine_as_last_year_allows,
    a_rewritten_quarter_is_withheld,
    nothing_comes_out_before_four_weeks,
    only_protect_makes_a_table,
    what_was_masked_once_stays_masked,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_rule_holds(check: Callable[[], None]) -> None:
    check()


BROKEN: tuple[tuple[Callable[[], None], object, str, object], ...] = (
    (fewer_than_eight_are_masked, Rules, "threshold", lambda *_, **__: 7),
    (fewer_than_five_of_the_trust_are_masked, Rules, "threshold", lambda *_, **__: 4),
    (people_are_counted_and_not_cases, protection, "_distinct", len),
    (a_tenth_of_the_staff_is_masked, rules, "LARGE_SHARE", Fraction(1, 2)),
    (small_groups_are_masked, Rules, "mask", lambda *_: None),
    (numbers_are_rounded_to_five, rules, "NEAREST", 3),
    (percentages_need_a_base_of_twenty, rules, "LEAST_BASE", 5),
    (few_cases_get_annual_tables_only, tables, "ONE_WAY_ONLY", 0),
    (middling_trusts_get_no_quarterly_cross_tables, tables, "NO_QUARTERLY_CROSS", 0),
    (groups_are_as_fine_as_last_year_allows, tables, "ENOUGH_SHOWN", Fraction(0)),
    (a_rewritten_quarter_is_withheld, protection, "_differs", lambda *_: False),
    (nothing_comes_out_before_four_weeks, rules, "WAIT", timedelta(0)),
    (what_was_masked_once_stays_masked, Ledger, "entries", {}),
)


@pytest.mark.parametrize(("check", "place", "name", "instead"), BROKEN, ids=lambda one: getattr(one, "__name__", None))
def test_breaking_the_rule_is_noticed(
    check: Callable[[], None], place: object, name: str, instead: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, name, instead)
    with pytest.raises((AssertionError, TypeError, ValueError)):
        check()


def test_a_table_has_at_most_two_dimensions_besides_time() -> None:
    trust = invent(3, 400)
    whole = of_year(trust.year(0))[0].within
    for axes in (("element", "group"), ("element", "group", "directorate")):
        asked = [Definition("crossed", tuple(Axis(name) for name in axes), whole)]
        if len(axes) == 2:
            assert trust.tables((), asked).definitions
        else:
            with pytest.raises(ValueError, match="at most two dimensions"):
                trust.tables((), asked)


def test_thresholds_are_lowered_by_a_recorded_decision_only() -> None:
    for lowered in ({"groups": 7}, {"trust_wide": 4}, {"groups": 2, "decision": "x"}, {"least_staff": 29}):
        with pytest.raises(ValueError, match=r"threshold|Thresholds|staff"):
            Rules(**lowered)
    assert Rules(groups=6, decision="Caldicott guardian, 3 March").groups == 6


def test_the_same_arguments_give_the_same_bytes_and_no_count_leads_to_the_seed() -> None:
    one, other = (published(small(2, 90))[0][-1] for _ in range(2))
    assert isinstance(one, Publication)
    assert one == other
    assert written(one.release) == written(read(written(one.release)))
    assert SEED.hex() not in written(one.release).decode()


def test_every_shown_number_of_a_publication_is_a_rounded_one() -> None:
    done, _ = published(small(5, 420))
    numbers = [
        figure.shown for made in done if isinstance(made, Publication) for table in made.tables for _, figure in table
    ]
    assert {number % 5 for number in numbers if number is not None} == {0}
    assert None in numbers


def test_a_solver_without_a_proof_withholds_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("speakup.disclosure.suppress.MOST_ROUNDS", 0)
    assert shown(one_group(12)) is Reason.UNPROVED


def test_a_restatement_is_attacked_beside_what_was_published_first() -> None:
    trust = invent(8, 300, Size(elements=2, groups=3, directorates=3, years=1))
    _, ledger = _first(trust)
    again = trust.tables(trust.closed(4, recoded=1), of_year(trust.year(0), RESTATED))
    ledger = ledger.with_lines(recoded(again, trust.year(0)))
    made = protect(again, ledger, Rules(), seed=SEED)
    assert isinstance(made, Publication)
    assert made.report.linked > made.report.cells


def _first(trust: Invented) -> tuple[Publication, Ledger]:
    made = protect(trust.tables(trust.closed(4), of_year(trust.year(0))), Ledger(), Rules(), seed=SEED)
    assert isinstance(made, Publication)
    return made, Ledger().with_release(made.release)


@given(st.integers(0, 60), st.integers(3, 12))
def test_what_a_shown_number_implies_holds_the_truth(people: int, threshold: int) -> None:
    if people >= threshold:
        known = implied(rounded(people), threshold, 10_000)
        assert known.low <= people <= known.high


def test_withheld_says_why_in_a_word() -> None:
    trust = invent(1, 20)
    made = protect(trust.tables(trust.closed(1), of_quarter("1/1")), Ledger(), Rules(), seed=SEED)
    assert made == Withheld(Reason.NOTHING)
