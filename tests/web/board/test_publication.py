"""`/board` and `/board/REF`: what a board sees, that it is what was published, and that nothing else can be reached."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pytest

from speakup import papers
from speakup.charts import HALF, Side, Signal
from speakup.disclosure import SIGN, Reading, SafeFigure, SafeLimits, SafeSignal, SafeTable, series
from speakup.disclosure.safe import SEAL
from speakup.kernel.actor import Role
from speakup.papers import Break, ContextFigure, Pack, Section, grid
from speakup.papers.documents import board_paper
from speakup.papers.documents.drawings import line_drawn
from speakup.papers.documents.grids import grids_of
from speakup.papers.documents.paper import Grid
from speakup.papers.series import reading
from speakup.papers.words import title
from speakup.web.board.drawn import line_of, lines_of, one_way
from tests import factories
from tests.papers.test_following import again, asked, pack_with, took
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

SignIn = Callable[[Colleague], PageClient]


@pytest.fixture
def member(trust: Trust) -> Colleague:
    return factories.invited(trust, "Mel Member", [Role.BOARD_MEMBER])


@pytest.fixture
def board(signed_in: SignIn, member: Colleague) -> PageClient:
    return signed_in(member)


def headings(page: Page) -> list[str]:
    return [" ".join(each.get_text(" ").split()) for each in page.soup.select("main h2")]


def test_with_nothing_published_the_page_says_when_there_will_be(board: PageClient) -> None:
    page = board.get("/board")
    assert (page.status, page.heading) == (200, "Nothing is published yet")
    assert "four weeks after its end" in page.text
    assert page.soup.find("svg") is None


def test_the_board_begins_its_day_with_the_newest_publication(trust: Trust, board: PageClient) -> None:
    older = replace(factories.sample_pack(), ref="2024-25", headline=("An older one.",))
    period = replace(older.period, name="April 2024 to March 2025", ends=older.period.begins)
    factories.published_pack(trust, replace(older, period=period))
    pack = factories.published_pack(trust)
    page = board.get("/board")
    assert page.heading.endswith(f"Speaking up: {pack.period.name}")
    assert all(sentence in page.text for sentence in pack.headline)
    assert "An older one." in board.get("/board/2024-25").text
    assert "/board/2024-25" in page.links()


def test_every_part_that_was_published_is_there_in_its_order(trust: Trust, board: PageClient) -> None:
    factories.published_pack(trust)
    page = board.get("/board")
    assert headings(page) == [
        "What is new", "On this page", "How many people spoke up", "What it was about", "How people spoke up",
        "Who spoke up", "Where they work", "Beside national figures", "Beside what else we know",
        "What changes because of it", "Stories", "Who was reached", "The guardians’ time",
        "What the guardians ask of the board", "How this was made", "What this paper does not hold, and why",
        "As files", "Questions and answers",
    ]  # fmt: skip
    there = {each["id"] for each in page.soup.select("[id]")}
    assert {link[1:] for link in page.links() if link.startswith("#")} <= there


def test_what_is_not_there_is_listed_with_its_reason(trust: Trust, board: PageClient) -> None:
    pack = factories.published_pack(trust)
    (part,) = board.get("/board").soup.select("section[aria-labelledby='absent']")
    told = [tuple(each.stripped_strings) for each in part.select("li")]
    assert told == papers.absent(pack, str)


def test_what_follows_from_the_numbers_stands_beside_them(trust: Trust, board: PageClient) -> None:
    pack = factories.published_pack(trust, pack_with(asked(60), again(45), took((40, 30, 25, 5), 100)))
    page = board.get("/board")
    for section, said in ((Section.FEEDBACK, "75% of the people"), (Section.TIMELINESS, "took up to 40 working days")):
        (part,) = page.soup.select(f"section[aria-labelledby='{section.value}']")
        (sentence,) = papers.follows(pack, section, str)
        assert said in sentence
        assert sentence in [each.get_text() for each in part.select("p")]


def test_a_source_that_several_values_have_is_named_once(trust: Trust, board: PageClient) -> None:
    values = [
        ContextFigure("Sickness absence", value, "%", source, date(year, 3, 31))
        for value, source, year in (("5.3", "ESR", 2026), ("5.1", "ESR", 2025), ("4.9", "The old record", 2024))
    ]
    factories.published_pack(trust, replace(factories.sample_pack(), context=tuple(values)))
    (part,) = board.get("/board").soup.select("section[aria-labelledby='triangulation']")
    (cell,) = [each for each in part.select("td") if each.get("data-label") == "Here, newest first"]
    assert [" ".join(each.split()) for each in cell.stripped_strings] == [
        "5.3%", "31 March 2026", "5.1%", "31 March 2025, ESR", "4.9%", "31 March 2024, The old record",
    ]  # fmt: skip


def test_a_number_of_thousands_has_commas_on_the_page_and_in_the_paper(trust: Trust, board: PageClient) -> None:
    told = [
        ContextFigure("Reported incidents", "10268", "", "Incident system", date(2026, 3, 31)),
        ContextFigure("Hours lost", "1234567.5", "hours", "ESR", date(2026, 3, 31)),
        ContextFigure("Grievances", "48", "", "Log", date(2026, 3, 31)),
    ]
    pack = replace(factories.sample_pack(), context=tuple(told))
    factories.published_pack(trust, pack)
    (part,) = board.get("/board").soup.select("section[aria-labelledby='triangulation']")
    written = {"10,268", "1,234,567.5 hours", "48"}
    assert {each.get_text() for each in part.select("td strong")} == written
    assert {row[1] for row in other_figures(pack)} == {f"{each} on 31 March 2026" for each in written}


def other_figures(pack: Pack) -> Sequence[Sequence[str]]:
    """The rows of the board paper's table of them."""
    (table,) = [
        block
        for section in board_paper(pack).sections
        for block in section.blocks
        if isinstance(block, Grid) and block.caption == "Other figures"
    ]
    return table.rows


def test_values_of_one_figure_from_one_source_share_a_row_of_the_paper_the_newest_first() -> None:
    values = [
        ContextFigure(name, value, "%", source, date(year, 3, 31))
        for name, value, source, year in (
            ("Turnover", "12.1", "ESR", 2026),
            ("Sickness absence", "5.1", "ESR", 2025),
            ("Sickness absence", "5.3", "ESR", 2026),
            ("Sickness absence", "4.9", "The old record", 2024),
        )
    ]
    rows = other_figures(replace(factories.sample_pack(), context=tuple(values)))
    assert list(rows) == [
        ("Sickness absence", "5.3% on 31 March 2026; 5.1% on 31 March 2025", "ESR"),
        ("Sickness absence", "4.9% on 31 March 2024", "The old record"),
        ("Turnover", "12.1% on 31 March 2026", "ESR"),
    ]


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text))


def published_numbers(pack: Pack) -> set[str]:
    """Every number that counts something in a pack, its percentages, and what a line's limits are told as."""
    shown = {str(figure) for table in pack.tables for _labels, figure in table}
    shown |= {str(figure) for line in pack.series for _label, figure in line.points}
    shown |= {str(n) for line in pack.series for each in line.limits for n in (each.lower, each.centre, each.upper)}
    shares = {
        figure.percentage_of(table.figure(None))
        for table in pack.tables
        if len(table.axes) == 1
        for _labels, figure in table
    }
    return shown | {str(each) for each in shares if each is not None}


def test_every_number_of_the_charts_and_tables_was_published(trust: Trust, board: PageClient) -> None:
    pack = factories.published_pack(trust)
    page = board.get("/board")
    allowed = published_numbers(pack) | {str(len(line.points)) for line in pack.series}
    labels = " ".join(label for line in pack.series for label, _figure in line.points)
    allowed |= numbers(labels.replace("/", " ").replace("-", " ")) | numbers(labels.replace("/", " "))
    allowed |= numbers(" ".join(label or "" for table in pack.tables for labels, _f in table for label in labels))
    counted = {each.value for each in (Section.CASES, Section.ELEMENTS, Section.HOW, Section.GROUPS, Section.PLACES)}
    seen = 0
    for key in counted:
        (part,) = page.soup.select(f"section[aria-labelledby='{key}']")
        for each in part.select("svg text, svg title, svg desc, td, th, .app-paper__number, figure > p"):
            found = numbers(each.get_text(" ").replace("-", " "))
            seen += len(found)
            assert found <= allowed | {"12"}, (key, found - allowed, each.get_text(" "))
    assert seen > 100


def test_every_chart_has_its_table_with_the_same_numbers(trust: Trust, board: PageClient) -> None:
    pack = factories.published_pack(trust)
    page = board.get("/board")
    drawings = page.soup.select("svg")
    assert len(drawings) == len(pack.series) + sum(len(table.axes) == 1 for table in pack.tables)
    for drawing in drawings:
        part = drawing.find_parent("section")
        assert part is not None
        cells = {" ".join(each.get_text(" ").split()) for each in part.select("td")}
        written = {" ".join(each.get_text(" ").split()) for each in drawing.find_all("text")}
        points = {each for each in written if re.fullmatch(r"\d+|\[c\]", each)}
        limits = {str(n) for line in pack.series for each in line.limits for n in (each.lower, each.centre, each.upper)}
        assert points - limits <= cells
        assert drawing.get("role") == "img"
        assert drawing.find("desc") is not None


@pytest.mark.parametrize(("points", "verdict"), [(7, False), (8, True)])
def test_a_line_of_few_points_has_no_verdict(points: int, verdict: bool) -> None:  # noqa: FBT001 -- a parameter
    pack = factories.sample_pack()
    (whole,) = pack.series_of(Section.CASES)
    low, high = min(whole.points, key=_shown), max(whole.points, key=_shown)
    beyond = SafeSignal(points - 1, Signal.OUTSIDE.value, Side.HIGH.value)
    read = Reading((SafeLimits(0, points, 0, 5, 10),), (beyond,))
    few = series("cases", "people", [low] * (points - 1) + [high], lambda _values: read)
    assert few is not None
    drawn = line_of(pack, few, "few")
    assert ("The newest stands out, and is high" in drawn.sentence) is verdict
    assert ("There are too few points yet to tell a change from chance." in drawn.caveat) is not verdict
    assert ("no more than chance" in drawn.sentence) is verdict
    assert bool(drawn.values[-1].signal) is verdict
    assert (drawn.values[-1].limits != "–") is verdict
    assert (drawn.values[-1].average != "–") is verdict
    paper = line_drawn(few, pack.title(whole), str)
    assert ("chance alone moves it between" in paper.said) is verdict


def test_a_line_of_few_points_is_drawn_small_and_its_table_stands_open_beside_it(
    trust: Trust, board: PageClient
) -> None:
    sample = factories.sample_pack()
    (whole,) = sample.series_of(Section.CASES)
    few = series("cases", "people", whole.points[-3:], reading)
    assert few is not None
    others = tuple(each for each in sample.series if each is not whole)
    factories.published_pack(trust, replace(sample, series=(few, *others)))
    (part,) = board.get("/board").soup.select("section[aria-labelledby='cases']")
    (drawing,) = part.select(".app-pair .app-multiple svg")
    assert drawing["viewbox"] == f"0 0 {HALF.width} {HALF.height}"
    (table,) = part.select(".app-pair table")
    assert not part.select("details")
    assert [each.get_text() for each in table.select("thead th")] == ["When", "People"]
    assert [each.get_text() for each in table.select("td")] == [str(figure) for _label, figure in few.points]


@pytest.mark.parametrize(
    ("lengths", "above", "under"),
    [
        ([3, 3], "There are too few points", [False, False]),
        ([3, 12, 3], "", [True, False, True]),
        ([3, 9, 3], "Unless a chart says something else: There are too few points", [False, True, False]),
        ([3], "", [True]),
    ],
)
def test_how_far_charts_beside_each_other_can_be_trusted_is_said_once(
    lengths: list[int], above: str, under: list[bool]
) -> None:
    pack = factories.sample_pack()
    (whole,) = pack.series_of(Section.CASES)
    every = [series("cases", "people", [whole.points[0]] * length, reading) for length in lengths]
    lines, said = lines_of(pack, [each for each in every if each], "line")
    assert said.startswith(above) if above else not said
    assert [bool(each.caveat) for each in lines] == under


@pytest.mark.parametrize(("axis", "share"), [(grid.HOW, "75%"), (grid.ACKNOWLEDGED, "")])
def test_no_share_of_everybody_is_said_where_it_is_known_of_some_only(axis: str, share: str) -> None:
    figures = ((("In time",), SafeFigure(75, seal=SEAL)), ((None,), SafeFigure(100, seal=SEAL)))
    table = SafeTable(axis, ((axis, ("In time",)),), figures, seal=SEAL)
    pack = replace(factories.sample_pack(), tables=(table,), series=(), titles=(title(table, "cases"),))
    drawn = one_way(pack, table, "drawn")
    assert [each.percentage for each in drawn.shares] == [share]
    assert drawn.has_percentages is bool(share)
    (paper,) = grids_of(table, title(table, "cases"), str)
    assert ("75%" in {cell for row in paper.rows for cell in row}) is bool(share)


def _shown(point: tuple[str, SafeFigure]) -> int:
    return point[1].shown or 0


def test_what_is_masked_has_the_sign_and_the_sign_is_explained_there(trust: Trust, board: PageClient) -> None:
    pack = factories.published_pack(trust)
    page = board.get("/board")
    masked = [table for table in pack.tables if any(figure.shown is None for _labels, figure in table)]
    assert masked
    for table in masked:
        title = pack.title(table).words
        (shown,) = [each for each in page.soup.select("table") if title == each.find("caption").get_text().strip()]  # type: ignore[union-attr]
        assert SIGN in shown.get_text()
        note = shown.find_next("ul", class_="app-notes")
        assert note is not None
        assert SIGN in note.get_text()


def test_actions_not_taken_forward_and_themes_that_rose_again_are_said(trust: Trust, board: PageClient) -> None:
    factories.published_pack(trust)
    page = board.get("/board")
    (part,) = page.soup.select("section[aria-labelledby='learning']")
    text = " ".join(part.get_text(" ").split())
    assert "Themes that rose again after an action closed" in text
    assert re.search(r"Not taken forward A second freezer", text)
    assert re.search(r"Under way Rotas are published earlier", text)


def test_national_figures_are_those_known_on_the_day_of_publication(trust: Trust, board: PageClient) -> None:
    pack = factories.published_pack(trust)
    early = replace(pack, ref="early", published_on=pack.published_on.replace(year=2023, month=8))
    factories.published_pack(trust, early)
    now, then = (
        board.get(f"/board/{ref}").soup.select("section[aria-labelledby='comparison']")[0].get_text(" ")
        for ref in (pack.ref, "early")
    )
    assert "32,167" in now
    assert "32,167" not in then
    assert "25,382" in then
    assert "National Guardian’s Office, annual data report 2022/23, 6 July 2023" in then


def test_national_figures_are_one_short_table_with_each_source_named_once(trust: Trust, board: PageClient) -> None:
    factories.published_pack(trust)
    (part,) = board.get("/board").soup.select("section[aria-labelledby='comparison']")
    table, notes = part.select_one("table"), part.select_one(".app-notes")
    assert table is not None
    assert notes is not None
    assert "nhsuk-table--responsive" not in (table.get("class") or [])
    rows = [each.get_text() for each in table.select("tbody th")]
    named = [each.get_text().partition(": ") for each in notes.select("li")]
    assert sorted(row for of, _colon, _source in named for row in of.split("; ")) == sorted(rows)
    assert len({source for _of, _colon, source in named}) == len(named) > 1


def test_figures_from_elsewhere_stand_beside_the_themes_with_source_and_day(trust: Trust, board: PageClient) -> None:
    pack = factories.sample_pack()
    scored = ContextFigure("Staff survey: raising concerns (sub-score)", "6.40", "out of 10", "NHS Staff Survey 2025",
                           pack.period.ends)  # fmt: skip
    factories.published_pack(trust, replace(pack, context=(*pack.context, scored)))
    (part,) = board.get("/board").soup.select("section[aria-labelledby='triangulation']")
    text = " ".join(part.get_text(" ").split())
    assert "6.40 out of 10 31 March 2026, NHS Staff Survey 2025" in text
    assert "6.45 out of 10 in 2024" in text
    assert "Bullying or harassment" in text


@pytest.mark.parametrize("who", ["guardian", "lead", "non_executive_lead", "executive_lead"])
def test_those_who_answer_for_it_read_it_too(trust: Trust, signed_in: SignIn, who: str) -> None:
    factories.published_pack(trust)
    page = signed_in(trust.people[who]).get("/board")
    assert page.status == 200
    assert [each.get_text() for each in page.soup.select("nav a[aria-current]")] == ["Board"]


@pytest.mark.parametrize("who", ["administrator", "buddy"])
def test_nobody_else_can_tell_that_anything_is_published(trust: Trust, signed_in: SignIn, who: str) -> None:
    ref = factories.published_pack(trust).ref
    browser = signed_in(trust.people[who])
    known, unknown = browser.get(f"/board/{ref}"), browser.get("/board/none")
    assert (known.status, known.text) == (404, unknown.text)
    assert browser.get("/board").status == 404


def test_a_publication_of_another_organisation_is_not_there(
    trust: Trust, other_trust: Trust, board: PageClient
) -> None:
    ref = factories.published_pack(other_trust_with_lead(other_trust)).ref
    assert board.get(f"/board/{ref}").status == 404
    assert board.get("/board").heading == "Nothing is published yet"


def other_trust_with_lead(other_trust: Trust) -> Trust:
    """Otherham has no lead of its own; a guardian approves there."""
    return replace(other_trust, people={**other_trust.people, "lead": other_trust.guardian})


def test_it_is_read_without_scripts_and_weighs_little(trust: Trust, board: PageClient) -> None:
    factories.published_pack(trust)
    page = board.get("/board")
    assert len(page.body.encode()) < 120_000
    assert not page.soup.select("details details")


def test_where_counting_changed_is_said_where_a_line_goes_across_it(trust: Trust, board: PageClient) -> None:
    sample = factories.sample_pack()
    breaks = (Break("2022-23/Q1", "Before any point."), Break("2023-24/Q2", "Between two points."))
    factories.published_pack(trust, replace(sample, breaks=breaks))
    said = board.get("/board").text
    assert "From 2023-24 Q2 on, counted otherwise: Between two points." in said
    assert "Before any point." not in said
