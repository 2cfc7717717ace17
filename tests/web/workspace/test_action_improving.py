"""Trying a change out and measuring it, through the guardian's pages."""

from collections.abc import Callable
from datetime import date

import pytest

from speakup import learning
from speakup.learning import ActionState, Decision, LearningAction, Partner, Verdict
from tests import factories
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

S = ActionState
BEFORE = "\n".join(f"{month:02}/2025\t{10 + month % 2 * 2}" for month in range(1, 13))
AFTER = "\n".join(f"{month:02}/2026\t{4 + month % 2}" for month in range(1, 9))
MEASURE = {"name": "Falls on late shifts", "unit": "falls a month", "better": "lower", "target": "6"}
CHANGED = {"changed_on-day": "1", "changed_on-month": "1", "changed_on-year": "2026"}


def test_values_that_an_action_was_closed_by_stay_and_what_was_typed_comes_back(
    guardian: PageClient, trust: Trust
) -> None:
    made = factories.action(trust, S.IMPLEMENTED)
    counted(guardian, made)
    with trust.work(trust.guardian) as uow:
        action = learning.find(uow, made.ref)
        learning.check(uow, action)
        learning.close(uow, action, staff_untold_why="They did it.")
    page = guardian.submit(at(made, "/measure/values"), figures="Jan 2026, 3")
    assert (page.status, len(page.errors)) == (422, 1)
    assert "It was checked by its values" in page.errors[0]
    assert "Jan 2026, 3" in page.body
    emptied = dict.fromkeys(CHANGED, "")
    page = guardian.submit(at(made, "/measure"), **{**MEASURE, **emptied})
    assert page.status == 422
    assert "It was checked by its values" in page.errors[0]


@pytest.fixture
def made(trust: Trust) -> LearningAction:
    """An action that somebody sees to."""
    return factories.action(trust, S.IN_PROGRESS)


def at(made: LearningAction, path: str = "") -> str:
    return f"/learning/{made.ref}{path}"


def counted(guardian: PageClient, made: LearningAction, values: str = f"{BEFORE}\n{AFTER}") -> Page:
    guardian.submit(at(made, "/measure"), **MEASURE, **CHANGED)
    return guardian.submit(at(made, "/measure/values"), figures=values)


def test_values_pasted_from_a_spreadsheet_become_a_chart_that_says_what_it_shows(
    guardian: PageClient, trust: Trust, made: LearningAction
) -> None:
    empty = guardian.get(at(made))
    assert "Nothing is counted yet." in empty.text
    page = counted(guardian, made, f"Month\tFalls\n{BEFORE}\n{AFTER}")
    assert "20 values saved. The first line, “Month Falls”, was taken for a heading" in page.text
    assert "It is better since the change, by more than chance" in page.text
    assert "20 values from Jan 2025 to Aug 2026. The average was 11 before the change and 4.5 since." in page.text
    drawing = page.soup.select_one("main .app-chart svg[role=img]")
    assert drawing is not None
    said = drawing.find("desc")
    assert said is not None
    assert "more than chance" in said.get_text()
    rows = page.soup.select(".app-values tbody tr")
    assert len(rows) == 20
    assert " ".join(rows[12].get_text(" ").split()).startswith("Jan 2026 after 5 4.5")
    assert "2.66 times the average step" in page.text
    with trust.work(trust.guardian) as uow:
        found = learning.measured(uow, learning.find(uow, made.ref))
        assert found is not None
        assert found.effect is not None
        assert found.effect.verdict is Verdict.IMPROVED


def test_a_bad_line_is_said_and_nothing_typed_is_lost(guardian: PageClient, made: LearningAction) -> None:
    guardian.submit(at(made, "/measure"), **MEASURE, **CHANGED)
    typed = "Jan 2026\t12\nFeb 2026\ttwelve\nFebtober 2026\t3"
    page = guardian.submit(at(made, "/measure/values"), figures=typed)
    assert page.status == 422
    assert page.errors == [
        "Line 2: there is no number in “Feb 2026 twelve”",
        "Line 3: “Febtober 2026 3” begins with no day that exists",
    ]
    box = page.soup.select_one("textarea")
    assert box is not None
    assert box.get_text().strip() == typed


def test_numbers_alone_are_asked_which_day_the_first_is_for(guardian: PageClient, made: LearningAction) -> None:
    guardian.submit(at(made, "/measure"), **MEASURE)
    page = guardian.submit(at(made, "/measure/values"), figures="12\n9\n7")
    assert page.errors == ["No line has a day. Write which day or month the first one is for"]
    first = {"first-day": "1", "first-month": "10", "first-year": "2025"}
    saved = guardian.submit(page, figures="12\n9\n7", every="quarter", **first)
    assert "3 values from Oct 2025 to Apr 2026. The average is 9.33." in saved.text
    assert "There are too few values to say" in saved.text


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": ""}, "Write what you count"),
        ({"unit": " "}, "Write in what you count it"),
        ({"better": None}, "Choose which way is better"),
        ({"better": "sideways"}, "Choose from the answers shown."),
        ({"target": "many"}, "Write the target as a number: for example 12 or 4.5"),
        (
            {"changed_on-day": "31", "changed_on-month": "2"},
            "Write a day that exists, in numbers: for example 27 3 2027",
        ),
        ({"changed_on-year": "2199"}, "That day is still to come. Write today or an earlier day"),
        ({"name": "x" * 101}, "This is too long by 1 character. Up to 100 fit."),
    ],
)
def test_a_measure_that_cannot_be_is_said(
    guardian: PageClient, made: LearningAction, fields: dict[str, str | None], error: str
) -> None:
    page = guardian.submit(at(made, "/measure"), **{**MEASURE, **CHANGED, **fields})
    assert (page.status, page.errors) == (422, [error])


def test_what_somebody_else_counted_meanwhile_is_shown_and_no_typed_word_is_lost(
    guardian: PageClient, trust: Trust, made: LearningAction
) -> None:
    counted(guardian, made)
    measure, values = guardian.get(at(made, "/measure")), guardian.get(at(made, "/measure/values"))
    with trust.work(trust.lead) as uow:
        found = learning.find(uow, made.ref)
        held = learning.measured(uow, found)
        assert held is not None
        learning.write_figures(uow, found, [learning.Figure(date(2026, 3, 4), held.figures[0].value)], held.revision)
    mine = guardian.submit(measure, name="Falls at night")
    assert mine.status == 409
    assert "Somebody else saved this while you wrote." in mine.text
    assert mine.soup.select_one("[name=name][value='Falls at night']") is not None
    late = guardian.submit(values, figures="Jan 2026, 3")
    assert late.status == 409
    assert "04/03/2026, 10" in late.text or "04/03/2026, 12" in late.text
    assert "Jan 2026, 3" in late.body
    assert "1 value saved" in guardian.submit(late).text


def test_a_cycle_is_planned_tried_and_decided(guardian: PageClient, trust: Trust, made: LearningAction) -> None:
    page = guardian.submit(at(made, "/cycles/new"), plan="Two more on Mondays", prediction="Half as many falls")
    assert "Cycle 1 has begun" in page.text
    assert at(made, "/cycles/new") not in page.links()
    assert "Say what came of the last one" in guardian.get(at(made, "/cycles/new")).text
    early = guardian.submit(at(made, "/cycles/1"), done="Three Mondays", decision="adopt")
    assert early.errors == ["Write what happened before you decide what follows"]
    page = guardian.submit(early, result="A third fewer")
    assert "It works: do it everywhere it is meant for" in page.text
    assert at(made, "/cycles/new") in page.links()
    assert "stay as they were written" in guardian.get(at(made, "/cycles/1/plan")).text
    with trust.work(trust.guardian) as uow:
        (cycle,) = learning.cycles(uow, learning.find(uow, made.ref))
        assert (cycle.prediction, cycle.decision) == ("Half as many falls", Decision.ADOPT)


def test_a_plan_and_its_outcome_written_by_two_people_at_once_are_both_seen(
    guardian: PageClient, trust: Trust, made: LearningAction
) -> None:
    guardian.submit(at(made, "/cycles/new"), plan="Two more on Mondays", prediction="Half as many falls")
    plan, study = guardian.get(at(made, "/cycles/1/plan")), guardian.get(at(made, "/cycles/1"))
    with trust.work(trust.lead) as uow:
        found = learning.find(uow, made.ref)
        cycle = learning.find_cycle(uow, found, 1)
        learning.replan_cycle(uow, found, cycle, learning.Planned("On Tuesdays", "Two fewer"), 1)
    for page, typed in ((plan, {"plan": "Mine"}), (study, {"done": "Mine"})):
        late = guardian.submit(page, **typed)
        assert late.status == 409
        assert "Mine" in late.body
        assert "On Tuesdays" in late.text


def test_whoever_takes_part_is_named_by_group(guardian: PageClient, trust: Trust, made: LearningAction) -> None:
    page = guardian.submit(at(made, "/partners"), patients="The patients’ council")
    assert "Worked out with: Patients, families or carers The patients’ council" in page.text
    with trust.work(trust.guardian) as uow:
        assert learning.partners(uow, learning.find(uow, made.ref)) == {Partner.PATIENTS: "The patients’ council"}


def test_who_was_named_by_somebody_else_meanwhile_is_shown_and_stays(
    guardian: PageClient, trust: Trust, made: LearningAction
) -> None:
    page = guardian.get(at(made, "/partners"))
    guardian.submit(page, staff="Porters of three sites")
    late = guardian.submit(page, patients="The patients’ council")
    assert late.status == 409
    assert "Staff: Porters of three sites" in late.text
    assert "The patients’ council" in late.body
    with trust.work(trust.guardian) as uow:
        assert learning.partners(uow, learning.find(uow, made.ref)) == {Partner.STAFF: "Porters of three sites"}
    guardian.submit(late)
    with trust.work(trust.guardian) as uow:
        assert learning.partners(uow, learning.find(uow, made.ref)) == {Partner.PATIENTS: "The patients’ council"}


def test_a_button_that_could_not_be_read_comes_back_as_that(guardian: PageClient, made: LearningAction) -> None:
    page = guardian.submit(at(made, "/partners"), patients="The patients’ council", csrf_token="forged")
    assert page.status == 400
    assert "The patients’ council" in page.body


def test_a_name_is_pointed_out_before_it_leaves_the_guardians(
    guardian: PageClient, trust: Trust, made: LearningAction
) -> None:
    page = guardian.submit(at(made, "/cycles/new"), plan="Ask Hugh Harbour to stay", prediction="He will")
    assert "Look at this once more: it has not been saved" in page.text
    assert [each.get_text() for each in page.soup.select("mark")] == ["Hugh", "Harbour"]
    with trust.work(trust.guardian) as uow:
        assert learning.cycles(uow, learning.find(uow, made.ref)) == []
    assert "Cycle 1 has begun" in guardian.submit(page, "I have read this: save it as it is").text


def test_a_measure_lets_an_action_be_checked_and_looked_at_again(guardian: PageClient, trust: Trust) -> None:
    made = factories.action(trust, S.IMPLEMENTED)
    assert guardian.submit(at(made, "/check")).status == 422
    counted(guardian, made)
    assert "Checked" in guardian.submit(at(made, "/check")).text
    planned = guardian.submit(at(made, "/look-again"), when="6")
    assert "To be looked at again on" in planned.text
    with trust.work(trust.guardian) as uow:
        found = learning.find(uow, made.ref)
        assert found.check_again_on == learning.months_after(uow.today, 6)
        found.check_again_on = uow.today
    assert "It is time to look again" in guardian.get(at(made)).text
    held = guardian.submit(at(made, "/looked"), text="Falls stayed at four a month.", when="0")
    assert "Falls stayed at four a month." in held.text
    assert "It is time to look again" not in held.text


def test_what_a_colleague_did_meanwhile_takes_no_typed_word(
    guardian: PageClient, trust: Trust, made: LearningAction
) -> None:
    fresh = guardian.get(at(made, "/cycles/new"))
    guardian.submit(at(made, "/cycles/new"), plan="Two more on Mondays", prediction="Half as many falls")
    again = guardian.get(at(made, "/cycles/1/plan"))
    with trust.work(trust.lead) as uow:
        cycle = learning.find_cycle(uow, learning.find(uow, made.ref), 1)
        learning.study_cycle(uow, learning.find(uow, made.ref), cycle, learning.Studied("Three Mondays", "", None), 1)
    for page in (fresh, again):
        late = guardian.submit(page, plan="More light in every corridor", prediction="Fewer falls at night")
        assert late.status == 409
        assert "More light in every corridor" in late.body
    partners = guardian.get(at(made, "/partners"))
    with trust.work(trust.lead) as uow:
        learning.decline(uow, learning.find(uow, made.ref), "Another part of the trust is doing this.")
    late = guardian.submit(partners, patients="The patients’ council")
    assert (late.status, "The patients’ council" in late.body) == (409, True)


@pytest.mark.parametrize(
    "path", ["/measure", "/measure/values", "/partners", "/cycles/new", "/cycles/1", "/cycles/1/plan"]
)
def test_an_action_that_was_given_up_is_not_measured(guardian: PageClient, trust: Trust, path: str) -> None:
    made = factories.action(trust, S.NOT_TAKEN)
    assert guardian.get(at(made, path)).status == 404
    assert guardian.get(at(made)).status == 200


def test_the_summary_says_on_one_page_what_came_of_it(guardian: PageClient, trust: Trust) -> None:
    made = factories.action(trust, S.IMPLEMENTED)
    counted(guardian, made)
    guardian.submit(at(made, "/cycles/new"), plan="Two more on Mondays", prediction="Half as many falls")
    guardian.submit(at(made, "/partners"), staff="Porters of three sites")
    page = guardian.get(at(made, "/summary"))
    for words in (made.title, made.issue, made.change, "The rota of June shows it.", "Porters of three sites",
                  "Half as many falls", "by more than chance", "Edna Eden"):  # fmt: skip
        assert words in page.text
    runs = page.soup.select("table.app-run")
    assert [(len(each.select("th[scope=col]")), len(each.select("td"))) for each in runs] == [(12, 12), (8, 8)]
    assert [each.caption.get_text() for each in runs if each.caption][1].endswith("from Jan 2026 to Aug 2026")
    assert page.soup.select_one("article svg[role=img]") is not None
    assert guardian.get("/learning/LA-0000-0000/summary").status == 404


def test_whoever_sees_to_an_action_measures_it_on_their_own_pages_and_reads_nothing_of_a_case(
    trust: Trust, signed_in: Callable[[Colleague], PageClient], made: LearningAction
) -> None:
    mine, there = signed_in(trust.executive_lead), f"/actions/{made.ref}"
    mine.submit(f"{there}/measure", **MEASURE, **CHANGED)
    page = mine.submit(f"{there}/measure/values", figures=f"{BEFORE}\n{AFTER}")
    assert "20 values saved" in page.text
    assert "It is better since the change, by more than chance" in page.text
    page = mine.submit(f"{there}/cycles/new", plan="Two more on Mondays", prediction="Half as many falls")
    assert "Cycle 1 has begun" in page.text
    assert "Saved" in mine.submit(f"{there}/cycles/1", done="Three Mondays").text
    assert "Porters" in mine.submit(f"{there}/partners", staff="Porters of three sites").text
    history = [each.get_text() for each in page.soup.select(".app-event strong")]
    assert history.count("The measure was written") == 1
    assert history.count("The values of the measure were written") == 1
    other = signed_in(trust.administrator)
    for path in ("measure", "measure/values", "partners", "cycles/new", "cycles/1", "cycles/1/plan"):
        assert other.get(f"{there}/{path}").status == 404
