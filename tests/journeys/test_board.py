"""What the board reads, in Chromium: with scripts on and off, on a telephone and a wide screen, and on paper."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from speakup import assurance, papers
from speakup.assurance import FigureDetails, Unit
from tests import factories
from tests.journeys.conftest import Windows
from tests.journeys.test_lists_and_diary import faults, fits, signed_in
from tests.trusts import Trust

pytestmark = pytest.mark.browser


def test_the_board_reads_and_asks_and_axe_finds_nothing(windows: Windows, anytown: Trust) -> None:
    with anytown.work(anytown.executive_lead) as uow:
        there = any(each.ref == factories.sample_pack().ref for each in papers.published_list(uow))
    pack = factories.sample_pack() if there else factories.published_pack(anytown)
    with signed_in(windows, anytown, anytown.executive_lead) as window:
        window.go(f"/board/{pack.ref}")
        fits(window.page)
        drawn = len(pack.series) + sum(len(each.axes) == 1 for each in pack.tables)
        expect(window.page.locator("svg")).to_have_count(drawn)
        # On paper what is folded away stands open, and nothing asks to be pressed.
        window.page.emulate_media(media="print")
        expect(window.page.get_by_role("button", name="Ask the guardians")).to_be_hidden()
        expect(window.page.get_by_role("cell", name=str(pack.series[0].points[0][1])).first).to_be_visible()
        # Figures of many years are longer than what is left of a sheet.
        beside = window.page.locator("section[aria-labelledby=triangulation] > div:has(table)")
        expect(beside).to_have_css("break-inside", "auto")
        window.page.emulate_media(media="screen")
        window.page.get_by_label("Your question").fill("What changed at night?")
        window.page.get_by_role("button", name="Ask the guardians").click()
        expect(window.page.get_by_text("What changed at night?").first).to_be_visible()
        fits(window.page)
    with anytown.work(anytown.guardian) as uow:
        longest = max(assurance.TITLES, key=lambda each: len(assurance.TITLES[each]))
        source = "NHS Staff Survey, this organisation and those like it"
        assurance.keep_figure(uow, FigureDetails(longest, Decimal("55.1"), Unit.PERCENT, source, uow.today))
    with signed_in(windows, anytown, anytown.guardian) as window:
        window.go("/publications")
        waiting = window.page.get_by_text("that waits for an answer")
        expect(waiting.or_(window.page.get_by_text("that wait for an answer"))).to_be_visible()
        for address in ("/board/questions", "/board/context", "/board/context/paste"):
            window.go(address)
            fits(window.page)
    assert faults(windows) == []
