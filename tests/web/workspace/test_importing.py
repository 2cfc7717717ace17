"""`/import` through the page: nothing becomes a case before it is accepted, and everything can be put right."""

import io
import re
from collections.abc import Callable
from datetime import date

import openpyxl
import pytest
import sqlalchemy as sa

from speakup import accounts, cases, insight
from speakup.cases.models import Undertaking
from speakup.kernel import clock
from tests.cases.importing import hostile, logs
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient


def brought(guardian: PageClient, name: str, body: bytes) -> Page:
    """Choose a file and send it."""
    return guardian.submit("/import", "Read it", log=(io.BytesIO(body), name))


def count(trust: Trust) -> int:
    with trust.work() as uow:
        return uow.session.scalar(sa.select(sa.func.count()).select_from(cases.Case)) or 0


def select_named(page: Page, words: str) -> str:
    """Name the list that stands below these words."""
    label = next(each for each in page.soup.find_all("label") if words in each.get_text())
    return str(label["for"])


def test_a_log_comes_in_by_four_pages_and_no_sooner(guardian: PageClient, trust: Trust) -> None:
    columns = brought(guardian, "log 2021.csv", logs.plain_csv())
    assert columns.heading == "log 2021.csv What the columns are"
    assert "Nora Nurse" in columns.text
    words = guardian.submit(columns, "Go on")
    assert words.heading == "log 2021.csv What the words mean"
    hint = words.soup.find(id=f"{select_named(words, 'Moonwalker')}-hint")
    assert hint is not None
    assert hint.get_text().startswith("Under “")
    chosen = {select_named(words, "Moon phases"): "worker_safety", select_named(words, "Moonwalker"): "students"}
    check = guardian.submit(words, "Go on", **chosen)
    assert "No day that could be read : 2 rows 6, 7" in check.text
    assert "Totals : 1 row 12" in check.text
    assert "You and" in check.text
    assert count(trust) == 0
    going = guardian.submit(check, "Bring in 4 cases")
    assert "4 of 4 cases…" in going.text
    assert "Brought in: 4" in going.text
    assert count(trust) == 4
    page = guardian.get(f"/import/{import_id(going)}")
    assert "4 cases of it are here" in page.text
    assert "6, 7" in page.text
    listed = guardian.get("/cases")
    assert "Shouted at in handover" in listed.text
    assert guardian.get("/import").text.count("log 2021.csv") == 1


def test_a_log_comes_in_only_for_the_colleague_whom_the_page_named(guardian: PageClient, trust: Trust) -> None:
    columns = brought(guardian, "log.csv", logs.plain_csv())
    check = guardian.submit(guardian.submit(columns, "Go on"), "Go on")
    named = next(each for each in (trust.second_guardian, trust.lead) if f"You and {each.name} will" in check.text)
    with trust.work(named) as uow:
        membership = accounts.member(uow, named.id).membership
        accounts.plan_absence(uow, membership, accounts.Days(uow.today, uow.today))
    asked = guardian.submit(check, "Bring in 4 cases")
    assert asked.status == 409
    assert asked.errors == ["Who would hold the cases beside you has changed. Read below who it is now."]
    assert named.name not in asked.text
    assert count(trust) == 0
    guardian.submit(asked, "Bring in 4 cases")
    assert count(trust) == 4


def import_id(page: Page) -> str:
    found = re.search(r"/import/([0-9a-f-]{36})", page.body)
    assert found is not None
    return found[1]


def test_an_import_is_taken_back_through_the_page(guardian: PageClient, trust: Trust) -> None:
    going = whole_way(guardian, logs.plain_csv())
    page = guardian.get(f"/import/{import_id(going)}")
    gone = guardian.submit(page, "Take 4 cases back")
    assert "Taken back: 4" in gone.text
    assert count(trust) == 0
    assert "Taken back" in guardian.get(f"/import/{import_id(going)}").text


def whole_way(guardian: PageClient, body: bytes, name: str = "log.csv") -> Page:
    """Accept whatever is guessed."""
    page = guardian.submit(brought(guardian, name, body), "Go on")
    page = guardian.submit(page, "Go on") if "What the words mean" in page.heading else page
    button = next(str(each.get_text()) for each in page.soup.find_all("button") if "Bring in" in each.get_text())
    return guardian.submit(page, button)


def test_what_was_worked_on_keeps_the_log_from_being_taken_back(guardian: PageClient, trust: Trust) -> None:
    going = whole_way(guardian, logs.plain_csv())
    with trust.work(trust.guardian) as uow:
        case = next(each for each in uow.session.scalars(cases.visible_to(uow.actor)) if each.closed_on is None)
        cases.add_note(uow, case, "Rang her today.")
        ref = case.ref
    page = guardian.get(f"/import/{import_id(going)}")
    assert "It can no longer be taken back" in page.text
    assert ref in page.text
    assert "Take 4 cases back" not in page.text


def test_a_log_without_a_column_of_days_says_what_is_missing(guardian: PageClient, trust: Trust) -> None:
    page = brought(guardian, "log.csv", b"Name,Notes\nNora,Told me something\n")
    refused = guardian.submit(page, "Go on")
    assert refused.status == 422
    assert refused.errors == ["Say which column holds the day it was raised: without one, no row can come in"]


def test_one_column_can_be_only_one_thing(guardian: PageClient) -> None:
    page = brought(guardian, "log.csv", b"Date,When told,Notes\n1/4/2024,2/4/2024,Told me\n")
    refused = guardian.submit(page, "Go on", **{select_named(page, "When told"): "raised"})
    assert refused.errors == ["Two columns cannot both be “Day it was raised”. Keep one of them as a note"]


def two_years() -> bytes:
    """Two sheets whose columns are called otherwise, as they are once somebody else keeps the log."""
    book = openpyxl.Workbook()
    first = book.active
    first.title = "2023-24"
    for row in (["Date raised", "Who", "Details"], ["1/6/2023", "Nora", "Told in the first year"]):
        first.append(row)
    second = book.create_sheet("2024-25")
    for row in (["Date rec'd", "Name", "What was said"], ["1/6/2024", "Olu", "Told in the second year"]):
        second.append(row)
    return logs.saved(book)


def test_sheets_that_call_their_columns_otherwise_come_in_together(guardian: PageClient, trust: Trust) -> None:
    columns = brought(guardian, "log.xlsx", two_years())
    hint = columns.soup.find(id=f"{select_named(columns, 'Date rec')}-hint")
    assert hint is not None
    assert hint.get_text().strip() == "1/6/2024 – 2024-25"
    guardian.submit(guardian.submit(columns, "Go on"), "Bring in 2 cases")
    with trust.work() as uow:
        assert set(uow.session.scalars(sa.select(cases.Case.raised_on))) == {date(2023, 6, 1), date(2024, 6, 1)}


def test_a_sheet_without_a_day_is_named_before_its_rows_stay_out(guardian: PageClient) -> None:
    columns = brought(guardian, "log.xlsx", two_years())
    refused = guardian.submit(columns, "Go on", **{select_named(columns, "Date rec"): "note"})
    assert refused.status == 422
    (said,) = refused.errors
    assert said.startswith("Say which column of “2024-25” holds the day it was raised, or leave that sheet out")


def test_thousands_are_written_with_commas(guardian: PageClient) -> None:
    columns = brought(guardian, "log.xlsx", logs.thousands(1_234))
    words = guardian.submit(columns, "Go on")
    check = guardian.submit(words, "Go on") if "What the words mean" in words.heading else words
    counted = re.search(r"What would come in (\S+) cases", check.text)
    assert counted is not None
    assert re.fullmatch(r"1,\d{3}", counted[1])
    assert f"Bring in {counted[1]} cases" in check.text


def test_headings_in_another_row_are_pointed_at(guardian: PageClient) -> None:
    body = logs.of_rows(["a", "b", "c"], ["Alpha", "Beta", "Gamma"], ["1/4/2024", "Told me", "x"])
    page = brought(guardian, "log.xlsx", body)
    again = guardian.submit(page, "Look at the columns again", **{"h-0": "2"})
    assert "Alpha" in again.text
    assert [each.get_text() for each in again.soup.select("label bdi")][:3] == ["Alpha", "Beta", "Gamma"]


def test_several_people_who_came_together_are_several_cases(guardian: PageClient, trust: Trust) -> None:
    page = guardian.submit(brought(guardian, "log.xlsx", logs.group_of_five()), "Go on")
    check = guardian.submit(page, "Go on")
    assert "4 rows are word for word the same as others" in check.text
    check = guardian.submit(check, "Yes, they are several people")
    guardian.submit(check, "Bring in 6 cases")
    assert count(trust) == 6


def test_the_same_log_brought_again_has_nothing_to_come_in(guardian: PageClient, trust: Trust) -> None:
    whole_way(guardian, logs.plain_csv())
    page = guardian.submit(brought(guardian, "log.csv", logs.plain_csv()), "Go on")
    check = guardian.submit(page, "Go on") if "What the words mean" in page.heading else page
    assert "Nothing: every row stays out" in check.text
    assert "Came in before : 4 rows" in check.text
    assert count(trust) == 4


def test_what_was_corrected_in_two_windows_is_asked_for_again(guardian: PageClient) -> None:
    first = brought(guardian, "log.csv", logs.plain_csv())
    second = guardian.get(first.path)
    guardian.submit(first, "Go on")
    again = guardian.submit(second, "Go on", **{select_named(second, "Name"): "note"})
    assert again.status == 409
    assert "corrected in another window" in again.text
    chosen = again.soup.find(id=select_named(again, "Name"))
    assert chosen is not None
    assert chosen.select_one("option[selected]")["value"] == "note"  # type: ignore[index]


def test_a_forgotten_log_leaves_nothing(guardian: PageClient, trust: Trust) -> None:
    page = brought(guardian, "log.csv", logs.plain_csv())
    back = guardian.submit(page, "Forget this log")
    assert "The log is forgotten" in back.text
    with trust.work() as uow:
        assert uow.session.scalars(sa.select(Undertaking)).all() == []


@pytest.mark.parametrize(("name", "body", "words"), [
    ("log.xlsm", b"PK\x03\x04 whatever", "with macros is not opened"),
    ("log.xlsx", b"no zip at all", "no Excel workbook of today"),
    ("log.docx", b"PK\x03\x04", "no Excel workbook of today"),
    ("log.csv", b"", "is empty"),
    ("log.csv", b"\n\n\n", "is empty"),
])  # fmt: skip
def test_what_is_no_log_is_refused_in_a_sentence(guardian: PageClient, name: str, body: bytes, words: str) -> None:
    refused = brought(guardian, name, body)
    assert refused.status == 422
    assert words in refused.errors[0]


def test_no_file_is_no_log(guardian: PageClient) -> None:
    assert guardian.submit("/import", "Read it").errors == ["Choose the file that holds your log"]


def test_formulas_are_words_and_nothing_is_run(guardian: PageClient, trust: Trust) -> None:
    body = b"Date,Summary,Notes\n1/4/2024,\"=cmd|' /C calc'!A0\",@SUM(1)\n"
    whole_way(guardian, body)
    with trust.work(trust.guardian) as uow:
        case = uow.session.scalars(cases.visible_to(uow.actor)).one()
        assert cases.open_view(uow, case).told.narrative == "=cmd|' /C calc'!A0"


def test_nobody_else_finds_the_import(
    guardian: PageClient, signed_in: Callable[[Colleague], PageClient], trust: Trust
) -> None:
    page = brought(guardian, "log.csv", logs.plain_csv())
    for stranger in (trust.second_guardian, trust.lead):
        assert signed_in(stranger).get(page.path).status == 404
    for refused in (trust.buddy, trust.non_executive_lead):
        assert signed_in(refused).get("/import").status == 404
        assert "/import" not in signed_in(refused).get("/cases").links()
    assert "/import" in guardian.get("/cases").links()


CLOSED_OR_NOT: list[tuple[str, list[object], list[bool]]] = [
    ("Closed?", ["Y", "N", None], [True, False, False]),
    ("Closed (Y/N)", ["yes", "no", "YES"], [True, False, True]),
    ("Case closed", [True, False, None], [True, False, False]),
    ("Completed?", ["x", None, "x"], [True, False, True]),
    ("Resolved? Y/N", ["TRUE", "FALSE", "TRUE"], [True, False, True]),
    ("Still open?", ["N", "Y", "n"], [True, False, True]),
    ("Open?", ["No", "Yes", "Yes"], [True, False, False]),
    ("Closed", ["Y", "12/3/2024", None], [True, True, False]),
]


@pytest.mark.parametrize(("title", "said", "closed"), CLOSED_OR_NOT, ids=[each[0] for each in CLOSED_OR_NOT])
def test_a_column_that_only_ticks_what_is_closed_says_where_each_case_stands(
    guardian: PageClient, trust: Trust, title: str, said: list[object], closed: list[bool]
) -> None:
    rows = [[f"{day}/3/2024", f"Told {day}", cell] for day, cell in enumerate(said, 1)]
    page = brought(guardian, "log.xlsx", logs.of_rows(["Date raised", "What was said", title], *rows))
    page = guardian.submit(page, "Go on")
    check = guardian.submit(page, "Go on") if "What the words mean" in page.heading else page
    assert "Closed, without a day: it counts as closed on the last day in its row" in check.text
    guardian.submit(check, "Bring in 3 cases")
    with trust.work() as uow:
        found = uow.session.scalars(sa.select(cases.Case).order_by(cases.Case.raised_on)).all()
        assert [each.state is cases.CaseState.CLOSED for each in found] == closed


def quarters(trust: Trust, *periods: str) -> dict[str, tuple[int, dict[str, int]]]:
    with trust.work(trust.guardian) as uow:
        found = {period: insight.feedback_in(uow, period) for period in periods}
    return {period: (counts.asked, dict(counts.answers)) for period, counts in found.items()}


def imported(trust: Trust, *states: cases.CaseState) -> list[str]:
    """Name the cases that stand so, in the order in which they were raised."""
    with trust.work() as uow:
        query = sa.select(cases.Case.ref).where(cases.Case.state.in_(states)).order_by(cases.Case.raised_on)
        return list(uow.session.scalars(query))


def test_whoever_of_a_log_is_asked_only_now_is_counted_now(guardian: PageClient, trust: Trust) -> None:
    body = logs.of_rows(["Date raised", "What was said", "Date closed"], ["1/3/2024", "Told", "12/3/2024"])
    whole_way(guardian, body, "log.xlsx")
    (ref,) = imported(trust, cases.CaseState.CLOSED)
    assert "Saved and counted" in guardian.submit(f"/cases/{ref}/feedback", would_again="maybe").text
    now = insight.quarter_of(clock.today())
    assert quarters(trust, now) == {now: (1, {"maybe": 1})}


ASKED = ["Date raised", "What was said", "Date closed", "Feedback: would they speak up again?"]


def test_a_logs_answers_to_whether_they_would_speak_up_again_are_counted_and_taken_back_with_it(
    guardian: PageClient, trust: Trust
) -> None:
    rows: list[list[object]] = [
        ["1/3/2024", "Told one", "12/5/2024", "Yes"],
        ["2/3/2024", "Told two", "13/5/2024", "would not"],
        ["3/3/2024", "Told three", "14/8/2024", "Don't know"],
        ["4/3/2024", "Told four", "15/8/2024", "not asked"],
        ["5/3/2024", "Told five", "16/8/2024", None],
        ["6/3/2024", "Still open", None, "Y"],
        ["7/3/2024", "Told seven", "17/8/2024", "Yes, if somebody listened"],
    ]
    columns = brought(guardian, "log.xlsx", logs.of_rows(ASKED, *rows))
    words = guardian.submit(columns, "Go on")
    assert "Would they speak up again?" in columns.text
    check = guardian.submit(words, "Go on", **{select_named(words, "Yes, if somebody listened"): "maybe"})
    assert "Open, with an answer on speaking up again: it is kept in words only" in check.text
    going = guardian.submit(check, "Bring in 7 cases")
    spring, summer = "2024-25/Q1", "2024-25/Q2"
    assert quarters(trust, spring, summer) == {
        spring: (2, {"yes": 1, "no": 1}),
        summer: (2, {"dont_know": 1, "maybe": 1}),
    }
    page = guardian.get(f"/cases/{imported(trust, cases.CaseState.CLOSED)[0]}")
    assert "Would they speak up again? Yes" in page.text
    guardian.submit(f"/import/{import_id(going)}", "Take 7 cases back")
    assert count(trust) == 0
    assert quarters(trust, spring, summer) == {spring: (0, {}), summer: (0, {})}


def test_an_answer_of_a_log_that_is_changed_now_counts_now_and_leaves_the_old_figures(
    guardian: PageClient, trust: Trust
) -> None:
    whole_way(guardian, logs.of_rows(ASKED, ["1/3/2024", "Told one", "12/5/2024", "Yes"]), "log.xlsx")
    (ref,) = imported(trust, cases.CaseState.CLOSED)
    guardian.submit(f"/cases/{ref}/feedback", would_again="no")
    now = insight.quarter_of(clock.today())
    assert quarters(trust, "2024-25/Q1", now) == {"2024-25/Q1": (1, {"yes": 1}), now: (0, {"no": 1})}


@pytest.mark.parametrize("kind", hostile.IS_REFUSED)
def test_a_log_made_to_break_us_is_refused_in_a_sentence(guardian: PageClient, kind: str) -> None:
    name, made, words = hostile.IS_REFUSED[kind]
    refused = brought(guardian, name, made())
    assert refused.status == 422
    assert words in refused.errors[0]


@pytest.mark.parametrize("kind", hostile.COMES_IN)
def test_a_log_that_some_program_broke_comes_in_as_far_as_it_can_be_read(
    guardian: PageClient, trust: Trust, kind: str
) -> None:
    name, made, said = hostile.COMES_IN[kind]
    whole_way(guardian, made(), name)
    assert stories(trust) == said


def stories(trust: Trust) -> list[str]:
    """Return what was said in each case, in the order in which they were raised."""
    with trust.work(trust.guardian) as uow:
        found = uow.session.scalars(cases.visible_to(uow.actor).order_by(cases.Case.raised_on)).all()
        return [cases.open_view(uow, each).told.narrative for each in found]


def test_a_quotation_mark_that_nobody_closed_swallows_no_row(guardian: PageClient) -> None:
    page = guardian.submit(brought(guardian, "log.csv", hostile.UNCLOSED), "Go on")
    assert "Bring in 500 cases" in page.text
    assert "“Told me" in page.text or '"Told me' in page.text


def test_a_log_without_headings_keeps_its_first_row(guardian: PageClient, trust: Trust) -> None:
    columns = brought(guardian, "log.csv", b"1/3/2024,Told me first,Nurse\n2/3/2024,Told me next,Doctor\n")
    second = str(columns.soup.select("select[name^=c-]")[1]["id"])
    page = guardian.submit(columns, "Go on", **{second: "story"})
    page = guardian.submit(page, "Go on") if "What the words mean" in page.heading else page
    guardian.submit(page, "Bring in 2 cases")
    assert stories(trust) == ["Told me first", "Told me next"]


def test_a_log_of_which_no_case_has_an_element_says_so_before_it_comes_in(guardian: PageClient) -> None:
    columns = brought(guardian, "log.csv", logs.by_theme("BH / pt safety", "Bullying", "Staffing"))
    both = columns.soup.select_one(f"#{select_named(columns, 'Theme')} option[selected]")
    assert both is not None
    assert both.get_text() == "Themes, and elements too"
    words = guardian.submit(columns, "Go on")
    hints = [each.get_text() for each in words.soup.select(".nhsuk-hint")]
    assert "Under “Theme”: Elements, 1 row, raised since 1 April 2022" in hints
    assert "Under “Theme”: Themes, 1 row" in hints
    check = guardian.submit(words, "Go on")
    assert "has an element" not in check.text
    back = guardian.get(columns.path)
    words = guardian.submit(back, "Go on", **{select_named(back, "Theme"): cases.Column.THEMES.value})
    check = guardian.submit(words, "Go on")
    assert "None of the 3 cases has an element" in check.text
    assert columns.path in check.links()
