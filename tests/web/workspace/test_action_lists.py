"""`/learning` through the pages: a board, a table, a line of time, and a spreadsheet of what they show."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta

import openpyxl
import pytest

from speakup import learning, vocabulary
from speakup.learning import ActionState
from speakup.web.workspace.action_lists import _place, _span
from tests import factories
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

S = ActionState
SignIn = Callable[[Colleague], PageClient]


def columns(page: Page) -> dict[str, list[str]]:
    """What stands in each column of the board."""
    return {
        str(each["data-state"]): [card.get_text(strip=True) for card in each.select(".app-card__title")]
        for each in page.soup.select("[data-state]")
    }


def titles(page: Page) -> list[str]:
    return [each.get_text(strip=True) for each in page.soup.select("tbody td a")]


def later(trust: Trust, ref: str, days: int) -> None:
    """Let an action have been due, and last heard of, so many days ago."""
    with trust.work(trust.guardian) as uow:
        found = learning.find(uow, ref)
        found.due_on = found.last_update_on = uow.today - timedelta(days=days)


def test_the_board_shows_every_action_where_it_stands(guardian: PageClient, trust: Trust) -> None:
    made = {state: factories.action(trust, state) for state in S}
    board = guardian.get("/learning")
    assert columns(board) == {state.value: [made[state].title] for state in S}
    assert board.soup.select_one("nav a[href='/learning'][aria-current]") is not None


def test_each_card_has_a_way_to_each_place_it_can_go(guardian: PageClient, trust: Trust) -> None:
    for state in S:
        factories.action(trust, state)
    board = guardian.get("/learning")
    for column in board.soup.select("[data-state]"):
        (card,) = column.select("[data-card]")
        state = S(str(column["data-state"]))
        ways = {str(each["data-to"]) for each in card.select("[data-to]")}
        assert ways == {move.new.value for move in learning.ways_on(state)}
        assert all(each.get_text().strip().endswith(str(card["data-card"])) for each in card.select("[data-to]"))


def test_an_action_is_started_from_its_card_and_reading_goes_on_there(guardian: PageClient, trust: Trust) -> None:
    made = factories.action(trust, S.AGREED)
    board = guardian.get("/learning?show=open")
    after = guardian.submit(board, f"Start : {made.title}")
    assert columns(after)["in progress"] == [made.title]
    assert f"Started: {made.title}" in after.text
    assert after.soup.select_one(f"#{made.ref}[tabindex='-1']") is not None
    again = guardian.submit(board, f"Start : {made.title}")
    assert f"“{made.title}” was moved already" in again.text


@pytest.mark.parametrize("view", ["board", "timeline"])
def test_what_is_done_is_not_said_to_be_due(guardian: PageClient, trust: Trust, view: str) -> None:
    made = factories.action(trust, S.IMPLEMENTED)
    page = guardian.get(f"/learning?view={view}")
    shown = " ".join(each.get_text(" ") for each in page.soup.select(".app-card, tbody td"))
    assert made.title in shown
    assert "due" not in shown.lower()


def test_a_full_column_leads_to_all_of_it(guardian: PageClient, trust: Trust) -> None:
    for _ in range(12):
        factories.action(trust)
    board = guardian.get("/learning")
    assert len(columns(board)["proposed"]) == 10
    (link,) = [each for each in board.links() if "state=proposed" in each]
    assert len(titles(guardian.get(link))) == 12


def test_what_is_overdue_stuck_asked_or_to_be_looked_at_again_can_be_picked_out(
    guardian: PageClient, trust: Trust
) -> None:
    factories.action(trust, S.AGREED)
    overdue, stuck, asked, again = (factories.action(trust, S.AGREED) for _ in range(4))
    done = factories.action(trust, S.CLOSED)
    later(trust, overdue.ref, 5)
    later(trust, done.ref, 5)
    with trust.work(trust.guardian) as uow:
        learning.find(uow, stuck.ref).last_update_on = uow.today - timedelta(days=61)
        learning.find(uow, again.ref).check_again_on = uow.today
        learning.ask_guardian(uow, learning.find(uow, asked.ref), "Nights, too?")
    for show, made in (("overdue", overdue), ("stuck", stuck), ("asked", asked), ("again", again)):
        assert titles(guardian.get(f"/learning?view=table&show={show}")) == [made.title]
    assert len(titles(guardian.get("/learning?view=table&show=open"))) == 5
    assert "Overdue since" in guardian.get("/learning?view=table&show=overdue").text


def test_the_table_stands_under_whoever_sees_to_it_and_counts_what_is_theirs(
    guardian: PageClient, trust: Trust
) -> None:
    hers = [factories.action(trust, S.AGREED, owner=trust.executive_lead) for _ in range(2)]
    his = factories.action(trust, S.AGREED, owner=trust.administrator)
    nobodys = factories.action(trust)
    later(trust, hers[0].ref, 1)
    page = guardian.get("/learning?view=table&by=owner")
    headings = [" ".join(each.get_text(" ").split()) for each in page.soup.select("th[scope=rowgroup]")]
    assert headings == ["Adam Ames 1 action", "Edna Eden 2 actions, 1 overdue", "Nobody yet 1 action"]
    assert titles(page) == [his.title, *(each.title for each in hers), nobodys.title]
    only = guardian.get(f"/learning?view=table&owner={trust.administrator.id}")
    assert titles(only) == [his.title]


def test_the_table_stands_under_its_themes(guardian: PageClient, trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        code = vocabulary.codes(uow, vocabulary.CodeSet.THEME)[0]
    made = factories.action(trust, theme=code.key)
    other = factories.action(trust)
    page = guardian.get("/learning?view=table&by=theme")
    assert titles(page) == [made.title, other.title]
    assert [each.get_text(" ").split(" 1 ")[0].strip() for each in page.soup.select("th[scope=rowgroup]")] == [
        code.name,
        "No theme",
    ]
    assert titles(guardian.get(f"/learning?view=table&theme={code.key}")) == [made.title]


def test_a_table_of_many_has_pages(guardian: PageClient, trust: Trust) -> None:
    for _ in range(32):
        factories.action(trust)
    first, second = (guardian.get(f"/learning?view=table&by=owner&page={number}") for number in (1, 2))
    assert (len(titles(first)), len(titles(second))) == (30, 2)
    assert titles(guardian.get("/learning?view=table&page=999")) == titles(second)
    assert "32 actions" in second.text


def test_the_timeline_says_in_words_what_its_bars_show(guardian: PageClient, trust: Trust) -> None:
    going, done = factories.action(trust, S.IN_PROGRESS), factories.action(trust, S.CLOSED)
    factories.action(trust)
    page = guardian.get("/learning?view=timeline")
    assert sorted(titles(page)) == sorted([going.title, done.title])
    assert all(each.get("aria-hidden") == "true" for each in page.soup.select("main svg"))
    assert "In progress, due" in page.text
    assert "Closed" in page.text
    with trust.work() as uow:
        year = uow.today.year
    assert titles(guardian.get(f"/learning?view=timeline&year={year - 3}")) == []


@pytest.mark.parametrize(
    "address", ["view=x", "state=x", "owner=x", "show=x", "by=x&view=table", "year=x&view=timeline"]
)
def test_what_is_no_filter_is_as_if_it_had_not_been_asked_for(guardian: PageClient, trust: Trust, address: str) -> None:
    made = factories.action(trust, S.AGREED)
    assert made.title in guardian.get(f"/learning?{address}").text


def test_nothing_that_is_taken_out_is_run_by_a_spreadsheet(guardian: PageClient, trust: Trust) -> None:
    factories.action(trust, S.AGREED, title='=HYPERLINK("http://x")', issue="+1", change="@SUM(A1)")
    factories.action(trust, S.NOT_TAKEN)
    text = guardian.get("/learning/csv?state=agreed").response.get_data().decode("utf-8-sig")
    head, row = csv.reader(io.StringIO(text))
    assert dict(zip(head, row, strict=True))["Title"] == '\'=HYPERLINK("http://x")'
    assert row[2:4] == ["'+1", "'@SUM(A1)"]
    book = guardian.get("/learning/xlsx").response
    sheet = openpyxl.load_workbook(io.BytesIO(book.get_data())).active
    assert sheet.freeze_panes == "A2"
    assert (sheet["A1"].font.b, sheet["A2"].font.b) == (True, False)
    widths = [sheet.column_dimensions[letter].width for letter in "AC"]
    assert 12 <= widths[0] < 20 < widths[1] <= 45
    assert sheet["C2"].alignment.wrap_text
    assert sheet.row_dimensions[2].height % 15 == 0
    with zipfile.ZipFile(io.BytesIO(book.get_data())) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
        assert 'name="Learning actions"' in packed.read("xl/workbook.xml").decode()
    assert sheet.count("<row ") == 3
    assert "<f>" not in sheet
    assert "'+1" in sheet


def test_an_action_is_for_those_who_keep_them_and_nobody_else(
    trust: Trust, signed_in: SignIn, other_trust: Trust
) -> None:
    made = factories.action(trust, S.AGREED)
    assert made.title in signed_in(trust.lead).get("/learning").text
    for other in (trust.buddy, trust.non_executive_lead):
        for address in ("/learning", "/learning?view=table", "/learning?view=timeline", "/learning/csv"):
            page = signed_in(other).get(address)
            assert (page.status, made.title in page.body) == (200, False)
    for nobody in (trust.administrator, trust.executive_lead):
        assert signed_in(nobody).get("/learning").status == 404
    factories.action(
        other_trust, S.AGREED, title="Across the road", by=other_trust.guardian, owner=other_trust.guardian
    )
    assert "Across the road" not in signed_in(trust.guardian).get("/learning").text


def test_bars_stand_between_the_first_and_the_last_day(trust: Trust) -> None:
    first, last = date(2025, 1, 1), date(2026, 12, 31)
    days = (date(2020, 1, 1), first, date(2026, 1, 1), last, date(2030, 1, 1))
    assert [_place(day, first, last) for day in days] == [0, 0, 120, 240, 240]
    factories.action(trust, S.AGREED)
    with trust.work(trust.guardian) as uow:
        (line,) = learning.list_actions(uow)
        bar = _span(line, uow.today - timedelta(days=365), uow.today + timedelta(days=365), uow.today)
    assert (bar.start, bar.width, bar.due) == (120, 10, 130)
