"""Organisations side by side, in Chromium: with scripts on and off, on a telephone and a wide screen, and on paper."""

import pytest
from playwright.sync_api import expect

from speakup import organisations, peers
from speakup.organisations import Nature
from tests import factories
from tests.journeys.conftest import Windows
from tests.journeys.test_lists_and_diary import faults, fits, signed_in
from tests.trusts import Trust

pytestmark = pytest.mark.browser


def side_by_side(anytown: Trust) -> None:
    """Let three others and Anytown itself have published a year, unless they have."""
    with anytown.work(anytown.guardian) as uow:
        if len(peers.years(uow, "2025-26")) > 1:
            return
    sizes = {"Northam NHS Trust": (400, 7_000), "Southam Ambulance Service": (None, 4_000), "Westham": (60, 12_000)}
    for name, (people, staff) in sizes.items():
        host = f"{name.partition(' ')[0].lower()}.localhost"
        other = factories.another_organisation(anytown, name, host)
        pack = factories.published_year(other, people)
        factories.staff_counted(other, pack, staff)
        factories.agreed(other, anytown)
        factories.carried(other)
    pack = factories.published_year(anytown, 100, ref="2025-26-own")
    factories.staff_counted(anytown, pack, 5_200)
    with anytown.work(anytown.guardian) as uow:
        organisations.settle_nature(uow, organisations.here(uow), Nature.ACUTE)
        peers.ask_to_carry(uow)
    factories.carried(anytown)


def test_organisations_stand_side_by_side_and_axe_finds_nothing(windows: Windows, anytown: Trust) -> None:
    side_by_side(anytown)
    with signed_in(windows, anytown, anytown.executive_lead) as window:
        window.go("/board/peers")
        fits(window.page)
        expect(window.page.locator("svg")).to_have_count(1)
        expect(window.page.get_by_role("cell", name="Far more than expected")).to_be_visible()
        window.page.emulate_media(media="print")
        expect(window.page.get_by_role("button", name="Show")).to_be_hidden()
        expect(window.page.get_by_role("cell", name="57.1")).to_be_visible()
        window.page.emulate_media(media="screen")
        window.page.get_by_label("Size", exact=True).select_option("small")
        window.page.get_by_role("button", name="Show").click()
        expect(window.page.get_by_text("of another sort or size")).to_be_visible()
        fits(window.page)
    with signed_in(windows, anytown, anytown.guardian) as window:
        for address in ("", "/to", "/from", "/sort"):
            window.go(f"/publications/peers{address}")
            fits(window.page)
        window.go("/account/elsewhere")
        fits(window.page)
    assert faults(windows) == []
