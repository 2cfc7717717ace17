"""Trying out, with whom, and counting whether it made a difference: by operations, as those who may."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from speakup import learning
from speakup.charts import Better
from speakup.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.learning import (
    ActionState,
    Decision,
    EventKind,
    Figure,
    LearningAction,
    Measure,
    Missing,
    Partner,
    Planned,
    Studied,
    Verdict,
)
from tests import factories
from tests.trusts import Trust

S = ActionState
PLANNED = Planned("Two more people on Mondays.", "Half as many falls.")
FALLS = Measure("Falls on late shifts", "falls a month", Better.LOWER, Decimal("4.5"), date(2026, 1, 1))


def monthly(first: date, values: list[int]) -> list[Figure]:
    months = [
        date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(len(values))
    ]
    return [Figure(day, Decimal(value)) for day, value in zip(months, values, strict=True)]


def counted(uow: UnitOfWork, action: LearningAction, figures: list[Figure]) -> None:
    learning.set_measure(uow, action, FALLS, 0)
    learning.write_figures(uow, action, figures, 1)


def test_values_come_back_digit_by_digit_with_what_they_show(trust: Trust) -> None:
    made = factories.action(trust, S.IN_PROGRESS)
    figures = [*monthly(date(2025, 1, 1), [10, 12] * 6), Figure(date(2026, 1, 1), Decimal("0.1"))]
    with trust.work(trust.guardian) as uow:
        counted(uow, learning.find(uow, made.ref), figures)
    with trust.work(trust.executive_lead) as uow:
        found = learning.measured(uow, learning.find_owned(uow, made.ref))
        assert found is not None
        assert (found.name, found.target, found.figures) == (FALLS.name, Decimal("4.5"), tuple(figures))
        assert found.effect is not None
        assert found.effect.verdict is Verdict.IMPROVED


def test_values_written_anew_take_the_place_of_those_before(trust: Trust) -> None:
    made = factories.action(trust, S.IN_PROGRESS)
    with trust.work(trust.executive_lead) as uow:
        mine = learning.find_owned(uow, made.ref)
        counted(uow, mine, monthly(date(2025, 1, 1), [1, 2, 3]))
        learning.write_figures(uow, mine, monthly(date(2025, 2, 1), [7]), 2)
        found = learning.measured(uow, mine)
        assert found is not None
        assert found.figures == (Figure(date(2025, 2, 1), Decimal(7)),)
        assert [each.kind for each in learning.history(uow, mine)].count(EventKind.VALUES) == 2


def test_what_somebody_else_wrote_meanwhile_is_not_overwritten(trust: Trust) -> None:
    made = factories.action(trust, S.IN_PROGRESS)
    with trust.work(trust.guardian) as uow:
        mine = learning.find(uow, made.ref)
        counted(uow, mine, [])
        for read in (0, 1):
            with pytest.raises(Conflict):
                learning.set_measure(uow, mine, FALLS, read)
        with pytest.raises(Conflict):
            learning.write_figures(uow, mine, [], 1)
    other = factories.action(trust, S.IN_PROGRESS)
    with trust.work(trust.guardian) as uow, pytest.raises(Conflict):
        learning.write_figures(uow, learning.find(uow, other.ref), [], 0)


@pytest.mark.parametrize(
    ("measure", "field"),
    [
        (Measure("", "falls", Better.LOWER), "name"),
        (Measure("Falls", " ", Better.LOWER), "unit"),
        (Measure("Falls", "falls", Better.LOWER, Decimal("0.00001")), "target"),
        (Measure("Falls", "falls", Better.LOWER, changed_on=date(2199, 1, 1)), "changed_on"),
    ],
)
def test_a_measure_says_what_is_counted_and_nothing_that_cannot_be(trust: Trust, measure: Measure, field: str) -> None:
    made = factories.action(trust)
    with trust.work(trust.guardian) as uow, pytest.raises(Invalid) as refused:
        learning.set_measure(uow, learning.find(uow, made.ref), measure, 0)
    assert refused.value.field == field


def test_an_action_is_checked_by_its_measure_or_by_a_reason_and_not_by_values_of_one_side(trust: Trust) -> None:
    made = factories.action(trust, S.IMPLEMENTED)
    with trust.work(trust.guardian) as uow:
        mine = learning.find(uow, made.ref)
        counted(uow, mine, monthly(date(2025, 1, 1), [10, 12]))
        with pytest.raises(learning.NotYet) as refused:
            learning.check(uow, mine)
        assert refused.value.missing == {Missing.EFFECT}
        learning.write_figures(uow, mine, monthly(date(2025, 12, 1), [10, 4]), 2)
        learning.check(uow, mine)
        assert (mine.state, mine.no_effect_why) == (S.CHECKED, "")


@pytest.mark.parametrize("closed", [False, True])
def test_what_an_action_was_checked_by_is_not_taken_away(trust: Trust, closed: bool) -> None:  # noqa: FBT001 -- a parameter
    made = factories.action(trust, S.IMPLEMENTED)
    figures = monthly(date(2025, 12, 1), [10, 4])
    with trust.work(trust.guardian) as uow:
        mine = learning.find(uow, made.ref)
        counted(uow, mine, figures)
        learning.check(uow, mine)
        if closed:
            learning.close(uow, mine, staff_untold_why="They did it.")
        for left in ([], figures[:1], figures[1:]):
            with pytest.raises(Invalid, match="effect"):
                learning.write_figures(uow, mine, left, 2)
        for changed_on in (None, date(2025, 1, 1)):
            with pytest.raises(Invalid, match="effect"):
                learning.set_measure(uow, mine, replace(FALLS, changed_on=changed_on), 2)
        kept = learning.measured(uow, mine)
        assert kept is not None
        assert (kept.figures, kept.changed_on, kept.revision) == (tuple(figures), FALLS.changed_on, 2)
        learning.write_figures(uow, mine, [*figures, *monthly(date(2026, 2, 1), [3])][::-1], 2)


def test_values_are_free_where_a_reason_stands_instead(trust: Trust) -> None:
    made = factories.action(trust, S.CLOSED)
    with trust.work(trust.guardian) as uow:
        mine = learning.find(uow, made.ref)
        counted(uow, mine, monthly(date(2025, 12, 1), [10, 4]))
        learning.write_figures(uow, mine, [], 2)


def test_an_action_taken_up_again_is_checked_by_newer_values(trust: Trust) -> None:
    made = factories.action(trust, S.IMPLEMENTED)
    with trust.work(trust.guardian) as uow:
        mine = learning.find(uow, made.ref)
        counted(uow, mine, monthly(date(2025, 12, 1), [10, 4]))
        learning.check(uow, mine)
        learning.resume(uow, mine, "It did not last.", uow.today)
        learning.implement(uow, mine, "Seen.")
        resumed = uow.now
    with trust.database.work(trust.guardian.actor, at=resumed + timedelta(days=40)) as uow:
        mine = learning.find(uow, made.ref)
        with pytest.raises(learning.NotYet) as refused:
            learning.check(uow, mine)
        assert refused.value.missing == {Missing.EFFECT}
        newer = Figure(uow.today - timedelta(days=1), Decimal(3))
        learning.write_figures(uow, mine, [*monthly(date(2025, 12, 1), [10, 4]), newer], 2)
        learning.check(uow, mine)


def test_a_cycle_ends_with_a_decision_and_only_then_the_next_begins(trust: Trust) -> None:
    made = factories.action(trust, S.IN_PROGRESS)
    with trust.work(trust.executive_lead) as uow:
        mine = learning.find_owned(uow, made.ref)
        first = learning.begin_cycle(uow, mine, PLANNED)
        with pytest.raises(Conflict):
            learning.begin_cycle(uow, mine, PLANNED)
        learning.study_cycle(uow, mine, first, Studied("Three Mondays.", ""), 1)
        assert not first.ended_on
        learning.study_cycle(uow, mine, first, Studied("Three Mondays.", "A third fewer.", Decision.ADAPT), 2)
        assert (first.ended_on, first.decision) == (uow.today, Decision.ADAPT)
        second = learning.begin_cycle(uow, mine, Planned("Also on Tuesdays.", "Half as many."))
        assert [each.number for each in learning.cycles(uow, mine)] == [1, second.number] == [1, 2]


def test_a_prediction_is_not_written_once_something_came_of_it(trust: Trust) -> None:
    made = factories.action(trust, S.IN_PROGRESS)
    with trust.work(trust.guardian) as uow:
        mine = learning.find(uow, made.ref)
        cycle = learning.begin_cycle(uow, mine, PLANNED)
        learning.replan_cycle(uow, mine, cycle, Planned("On Tuesdays.", "Two fewer."), 1)
        assert cycle.prediction == "Two fewer."
        with pytest.raises(Conflict):
            learning.replan_cycle(uow, mine, cycle, PLANNED, 1)
        learning.study_cycle(uow, mine, cycle, Studied("Done.", ""), 2)
        with pytest.raises(Invalid, match="afterwards"):
            learning.replan_cycle(uow, mine, cycle, PLANNED, 3)
        with pytest.raises(Invalid, match="result"):
            learning.study_cycle(uow, mine, cycle, Studied("Done.", " ", Decision.ADOPT), 3)


def test_before_it_is_agreed_no_day_stands_about_a_cycle(trust: Trust) -> None:
    made = factories.action(trust)
    with trust.work(trust.guardian) as uow:
        cycle = learning.begin_cycle(uow, learning.find(uow, made.ref), PLANNED)
        assert cycle.began_on == uow.today.replace(day=1)


def test_whoever_took_part_is_named_and_can_be_taken_out(trust: Trust) -> None:
    made = factories.action(trust, S.IN_PROGRESS)
    with trust.work(trust.guardian) as uow:
        mine = learning.find(uow, made.ref)
        learning.name_partners(uow, mine, {Partner.PATIENTS: " The council ", Partner.STAFF: "Porters"})
        assert learning.partners(uow, mine) == {Partner.STAFF: "Porters", Partner.PATIENTS: "The council"}
        learning.name_partners(uow, mine, {Partner.PATIENTS: "The panel", Partner.STAFF: " "})
        assert learning.partners(uow, mine) == {Partner.PATIENTS: "The panel"}
        learning.name_partners(uow, mine, {Partner.PATIENTS: "The panel"})
        assert [each.kind for each in learning.history(uow, mine)].count(EventKind.PARTNERS) == 2


def test_a_check_again_is_planned_noted_and_ends_when_the_action_is_taken_up_again(trust: Trust) -> None:
    made = factories.action(trust, S.CLOSED)
    with trust.work(trust.guardian) as uow:
        mine = learning.find(uow, made.ref)
        ahead = uow.today + timedelta(days=180)
        with pytest.raises(Invalid, match="past"):
            learning.plan_check(uow, mine, uow.today)
        learning.plan_check(uow, mine, ahead)
        learning.note_check(uow, mine, "It still holds.", ahead + timedelta(days=180))
        assert mine.check_again_on == ahead + timedelta(days=180)
        assert learning.history(uow, mine)[-1].text == "It still holds."
        learning.resume(uow, mine, "It did not last.", uow.today)
        assert mine.check_again_on is None


def test_nobody_else_measures_or_tries_out_and_an_owner_plans_no_check(trust: Trust) -> None:
    made = factories.action(trust, S.CHECKED)
    with trust.work(trust.guardian) as uow:
        mine = learning.find(uow, made.ref)
        uow.session.expunge(mine)
    for who in (trust.administrator, trust.buddy):
        with trust.work(who) as uow:
            with pytest.raises(NotFound):
                learning.find(uow, made.ref)
            uow.session.add(mine)
            for refused in (
                lambda: learning.set_measure(uow, mine, FALLS, 0),
                lambda: learning.begin_cycle(uow, mine, PLANNED),
                lambda: learning.name_partners(uow, mine, {}),
            ):
                with pytest.raises(Forbidden):
                    refused()
            uow.session.expunge(mine)
    with trust.work(trust.executive_lead) as uow, pytest.raises(Forbidden):
        learning.plan_check(uow, learning.find_owned(uow, made.ref), uow.today + timedelta(days=180))
