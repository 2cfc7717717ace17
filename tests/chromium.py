"""The machine's own Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
)


PATIENCE = 60_000
"""Milliseconds for a page to show what it should: it is judged by what comes, never by how fast a busy machine is."""
expect.set_options(timeout=PATIENCE)


# Not for the whole session: while Playwright runs, no other test of its process may start an event loop.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for one file of tests. A machine without one leaves those tests out, but for continuous integration."""
    found = _found()
    if found is None and "CI" not in os.environ:
        pytest.skip("there is no Chromium here; `./run test` says how to get it")
    assert found, "Start `./run test`, which installs Chromium."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield browser
        browser.close()


@pytest.fixture
def chromium_keeping_pages(chromium: Browser) -> Iterator[Browser]:
    """One that keeps pages alive for its Back button, as people's own does and Playwright's else does not."""
    browser = chromium.browser_type.launch(
        executable_path=_found(), args=list(QUIET), ignore_default_args=["--disable-back-forward-cache"]
    )
    yield browser
    browser.close()


def _found() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)
