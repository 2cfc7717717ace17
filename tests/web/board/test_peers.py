"""`/board/peers`: what several organisations published of a year side by side, and nothing that was not published."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from speakup import organisations, peers
from speakup.disclosure import SIGN
from speakup.kernel.actor import Role
from speakup.organisations import Nature
from speakup.papers import Kind, Pack
from speakup.peers.models import ReceivedYear
from tests import factories
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

SignIn = Callable[[Colleague], PageClient]
YEAR = "2025-26"


@pytest.fixture
def board(signed_in: SignIn, trust: Trust) -> PageClient:
    return signed_in(factories.invited(trust, "Mel Member", [Role.BOARD_MEMBER]))


def sent(provider: Trust, receiver: Trust, people: int | None, staff: int = 0, nature: Nature | None = None) -> Pack:
    """Let an organisation publish a year and send it."""
    pack = factories.published_year(provider, people)
    if staff:
        factories.staff_counted(provider, pack, staff)
    with provider.work(provider.guardian) as uow:
        if nature is not None:
            organisations.settle_nature(uow, organisations.here(uow), nature)
    if provider is not receiver:
        factories.agreed(provider, receiver)
    factories.carried(provider)
    return pack


@pytest.fixture
def four(trust: Trust, other_trust: Trust) -> list[Pack]:
    """Four organisations: Northam has far more people than its size leads to expect."""
    northam = factories.another_organisation(other_trust, "Northam NHS Trust", "northam.localhost")
    southam = factories.another_organisation(other_trust, "Southam Ambulance", "southam.localhost")
    return [
        sent(trust, trust, 100, 5_000, Nature.ACUTE),
        sent(other_trust, trust, 100, 6_000, Nature.ACUTE),
        sent(northam, trust, 400, 7_000, Nature.ACUTE),
        sent(southam, trust, None, 4_000, Nature.AMBULANCE),
    ]


def rows(page: Page) -> dict[str, list[str]]:
    """The first table: each organisation's cells by its name."""
    (table,) = page.soup.select("section[aria-labelledby='people'] table")
    found = {}
    for row in table.select("tbody tr"):
        name, *cells = [" ".join(each.get_text(" ").split()) for each in row.select("th, td")]
        found[name] = cells
    return found


def test_with_nothing_there_the_page_says_when_there_will_be(board: PageClient) -> None:
    page = board.get("/board/peers")
    assert (page.status, page.heading) == (200, "Organisations side by side")
    assert "Nothing has come yet" in page.text
    assert page.soup.find("svg") is None
    assert "/publications/peers" not in page.links()


def test_organisations_stand_side_by_side_with_their_own_first(board: PageClient, four: list[Pack]) -> None:
    page = board.get("/board/peers")
    assert page.heading.endswith(f"Organisations side by side: {YEAR}")
    found = rows(page)
    assert next(iter(found)) == "Anytown NHS Trust Yours Acute trust"
    assert found["Northam NHS Trust Acute trust"][:3] == ["400", "7,000 31 March 2026", "57.1"]
    assert found["Northam NHS Trust Acute trust"][-1] == "Far more than expected"
    assert found["Otherham NHS Trust Acute trust"][-1] == "Far fewer than expected"
    assert found["Southam Ambulance Ambulance trust"] == [SIGN, "4,000 31 March 2026", "–", "–", "–"]


def test_no_colour_and_no_word_says_which_is_better(board: PageClient, four: list[Pack]) -> None:
    page = board.get("/board/peers")
    (drawing,) = page.soup.select("svg")
    colours = {str(each[key]) for each in drawing.select("*") for key in ("fill", "stroke") if each.has_attr(key)}
    assert colours <= {"#005eb8", "#768692", "#4c6272", "#212b32", "#d8dde0", "#fff", "none"}
    assert page.soup.select(".nhsuk-tag--red, .nhsuk-tag--green, .nhsuk-tag--orange") == []
    (main,) = page.soup.select("main")
    assert not re.search(r"\b(?:worse|best|worst|poor|good|concern)\b", main.get_text(" "))
    assert "Neither more nor fewer people speaking up is better in itself" in page.text


def test_the_chart_says_what_its_table_says(board: PageClient, four: list[Pack]) -> None:
    page = board.get("/board/peers")
    (drawing,) = page.soup.select("svg")
    marks = [each.get_text() for each in drawing.select("circle title, rect title")]
    assert marks == ["Anytown NHS Trust", "Northam NHS Trust", "Otherham NHS Trust"]
    assert drawing.get("role") == "img"
    (desc,) = drawing.select("desc")
    said = " ".join(desc.get_text().split())
    assert said in page.text.replace(said, "", 1)
    assert "3 organisations, together 33.3 people for each 1,000 staff." in said
    assert "Northam NHS Trust: far more than expected for its size." in said


def test_every_number_stands_in_a_protected_table_or_is_a_headcount(board: PageClient, four: list[Pack]) -> None:
    """What is computed is computed from those, and is checked by the same sum done here."""
    page = board.get("/board/peers")
    names = {"cases", "element", "how"}
    published = {str(figure) for pack in four for table in pack.tables if table.name in names for _l, figure in table}
    staff = {100: 5_000, 400: 7_000}
    rate = (100 + 100 + 400) / 18_000
    computed = {f"{100 / 5:.1f}", f"{100 / 6:.1f}", f"{400 / 7:.1f}", f"{rate * 1000:.1f}"}
    expected = {f"{each * rate:.0f}" for each in (5_000, 6_000, 7_000)}
    counted = {f"{each:,}" for each in (*staff.values(), 6_000, 4_000)}
    days = {"31", "2026", "12", "2025", "26", "1", "4"}
    seen = 0
    for each in page.soup.select("section[aria-labelledby] td, section[aria-labelledby='people'] th, figure p, desc"):
        text = each.get_text(" ").replace("1,000 staff", "staff").replace(YEAR, "")
        found = set(re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", text))
        found -= {"3"} if each.name in {"p", "desc"} else set()
        seen += len(found)
        assert found <= published | computed | expected | counted | days, (text, found)
    assert seen > 40


def test_elements_and_ways_stand_in_one_table_each(board: PageClient, four: list[Pack]) -> None:
    page = board.get("/board/peers")
    grids = page.soup.select("table.app-grid")
    captions = [caption.get_text() for each in grids for caption in each.select("caption")]
    assert captions == ["What it was about", "How it was raised"]
    table = four[0].table("element")
    assert table is not None
    for label in table.axes[0][1]:
        (row,) = [
            each for each in grids[0].select("tbody tr") if [th.get_text() for th in each.select("th")] == [label]
        ]
        assert [each.get_text() for each in row.select("td")] == [str(table.figure(label))] * 4


def test_peers_are_chosen_by_sort_and_size_and_ones_own_always_stands(board: PageClient, four: list[Pack]) -> None:
    ambulances = board.get(f"/board/peers?year={YEAR}&nature=ambulance&size=")
    assert len(rows(ambulances)) == 2
    assert "2 organisations of another sort or size are left out" in ambulances.text
    assert "A chart is drawn once there are three organisations" in ambulances.text
    assert "exact Poisson limits" not in ambulances.text
    large = board.get("/board/peers?size=medium")
    assert len(rows(large)) == 3
    assert large.soup.find("svg") is not None
    assert [each["value"] for each in large.soup.select("option[selected]")] == [YEAR, "medium"]


@pytest.mark.parametrize("query", ["year=1999-00", "nature=%00", "size=huge&nature=x&year=", "year=2025-26%27--"])
def test_what_is_no_choice_is_passed_over(board: PageClient, four: list[Pack], query: str) -> None:
    page = board.get(f"/board/peers?{query}")
    assert (page.status, len(rows(page))) == (200, 4)


def test_what_did_not_come_is_counted_and_neither_named_nor_explained(
    trust: Trust, other_trust: Trust, board: PageClient
) -> None:
    """One that refused, one that published nothing and one that stopped look alike."""
    sent(trust, trust, 100)
    with trust.work(trust.guardian) as uow:
        peers.receive_from(uow, other_trust.host)
    silent = board.get("/board/peers").body
    factories.published_year(other_trust, 100)
    factories.carried(trust)
    refused = board.get("/board/peers").body
    with other_trust.work(other_trust.guardian) as uow:
        peers.publish_to(uow, trust.host)
        peers.stop_publishing_to(uow, trust.id)
    factories.carried(other_trust)
    stopped = board.get("/board/peers").body
    for page in (silent, refused, stopped):
        assert "From 1 organisation that this one would receive from, there is nothing for this year." in page
        assert "Otherham" not in page
        assert other_trust.host not in page
    assert len({re.sub(r"value=\"[^\"]{40,}\"", "", page) for page in (silent, refused, stopped)}) == 1


def test_a_restated_year_is_the_one_that_is_compared(trust: Trust, other_trust: Trust, board: PageClient) -> None:
    sent(other_trust, trust, 100)
    factories.published_year(other_trust, 95, kind=Kind.RESTATEMENT, ref="2025-26-restated")
    factories.carried(other_trust)
    page = board.get("/board/peers")
    assert [cells[0] for cells in rows(page).values()] == ["95"]
    assert "Otherham NHS Trust counted its year again, as cases are coded now" in page.text


def test_how_it_was_made_is_said_without_a_word_somebody_wrote(board: PageClient, four: list[Pack]) -> None:
    (part,) = board.get("/board/peers").soup.select("section[aria-labelledby='method']")
    said = " ".join(part.get_text(" ").split())
    assert "masked as [c]" in said
    assert "rounded to the nearest 5" in said
    assert "Pat Person" not in said
    assert "exact Poisson limits" in said


def test_a_forged_copy_is_not_shown(board: PageClient, trust: Trust, four: list[Pack]) -> None:
    with trust.stored.unbound() as connection:
        connection.execute(sa.update(ReceivedYear).values(staff=90_000))
    page = board.get("/board/peers")
    assert page.status != 200
    assert "90,000" not in page.text


@pytest.mark.parametrize("who", ["administrator", "buddy"])
def test_whoever_reads_no_publication_finds_no_such_page(signed_in: SignIn, trust: Trust, who: str) -> None:
    assert signed_in(trust.people[who]).get("/board/peers").status == 404


def test_the_boards_page_leads_there_and_a_guardians_to_the_lists(signed_in: SignIn, trust: Trust) -> None:
    guardian = signed_in(trust.guardian)
    assert "/board/peers" in guardian.get("/board").links()
    assert "/publications/peers" in guardian.get("/board/peers").links()
    assert "/publications/peers" in guardian.get("/publications").links()
