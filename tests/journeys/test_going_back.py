"""Somebody signs out or leaves, and whoever sits down at the computer next presses Back.

The browser keeps pages alive for its Back button, as people's own does: such a page is shown again without asking the
server, even where it was said never to be stored.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.load.places import Server
from tests.journeys.conftest import NEUTRAL, Window, Windows
from tests.journeys.test_whole_journey import sign_in
from tests.trusts import Trust

pytestmark = pytest.mark.browser

STORY = "Nobody answered the bell on the ward."
LOOKS = 10
"""A tenth of a second each, for a page to be shown again before it is asked anew."""


@pytest.fixture(params=[True, False], ids=["scripts on", "scripts off"])
def windows(chromium_keeping_pages: Browser, server: Server, request: pytest.FixtureRequest) -> Windows:
    return Windows(chromium_keeping_pages, server, scripts=request.param)


def going_back(page: Page, times: int) -> Iterator[str]:
    """Press Back and give what the page shows, again and again while it may still change."""
    for _ in range(times):
        # A page kept alive is not loaded again, so there is no load to wait for.
        page.go_back(wait_until="commit")
        for _ in range(LOOKS):
            page.wait_for_timeout(100)
            yield str(page.locator("body").inner_text())


def tell(worker: Window) -> list[str]:
    worker.go("/")
    worker.follow("Start")
    worker.press("Continue")
    worker.page.get_by_label("What happened?").fill(STORY)
    while worker.page.title() != "Question 9 of 9":
        worker.press("Continue")
    worker.press("Send")
    words = worker.page.locator(".app-words__word").all_inner_texts()
    worker.press("I have saved these words")
    return words


def open_inbox(worker: Window, words: list[str]) -> None:
    worker.go("/follow-up")
    worker.page.get_by_label("Your seven words").fill(" ".join(words))
    worker.press("Open")
    assert STORY in worker.page.inner_text("main")


def test_pages_are_kept_alive_here(chromium_keeping_pages: Browser, server: Server) -> None:
    """Without this, the others would prove nothing. No script runs, so that none can ask for the page again."""
    with Windows(chromium_keeping_pages, server, scripts=False).open() as window:
        window.go("/privacy")
        window.follow("Accessibility")
        asked: list[str] = []
        window.page.on("request", lambda request: asked.append(request.url))
        window.page.go_back(wait_until="commit")
        expect(window.page).to_have_title("Privacy")
        assert f"{window.address}/privacy" not in asked


def test_after_signing_out_back_shows_no_page_of_staff(windows: Windows, anytown: Trust) -> None:
    with windows.open() as guardian:
        sign_in(guardian, anytown.guardian)
        expect(guardian.page).to_have_title("Cases")
        guardian.follow("Colleagues")
        guardian.press("Sign out")
        expect(guardian.page).to_have_title("Signed out")
        for shown in going_back(guardian.page, 3):
            assert anytown.guardian.name not in shown
            assert "Sign out" not in shown
    assert windows.complaints() == []


def test_after_leaving_back_shows_nothing_of_the_inbox(windows: Windows) -> None:
    with windows.open() as worker:
        words = tell(worker)
        open_inbox(worker, words)
        worker.go("/privacy")
        worker.page.get_by_role("link", name="Leave this page now").click()
        worker.page.wait_for_url(f"**{NEUTRAL}")
        for shown in going_back(worker.page, 6):
            assert STORY not in shown
            assert not all(word in shown for word in words)
    assert windows.complaints() == []


def test_after_closing_the_inbox_back_shows_nothing_of_it(windows: Windows) -> None:
    with windows.open() as worker:
        words = tell(worker)
        open_inbox(worker, words)
        worker.press("Close my inbox")
        for shown in going_back(worker.page, 4):
            assert STORY not in shown
            assert not all(word in shown for word in words)
    assert windows.complaints() == []


def test_after_leaving_back_shows_nothing_of_the_answers(windows: Windows) -> None:
    with windows.open() as worker:
        worker.go("/")
        worker.follow("Start")
        worker.press("Continue")
        worker.page.get_by_label("What happened?").fill(STORY)
        while worker.page.title() != "Question 9 of 9":
            worker.press("Continue")
        assert STORY in worker.page.inner_text("main")
        worker.go("/privacy")
        worker.page.get_by_role("link", name="Leave this page now").click()
        worker.page.wait_for_url(f"**{NEUTRAL}")
        for shown in going_back(worker.page, 8):
            assert STORY not in shown
    assert windows.complaints() == []
