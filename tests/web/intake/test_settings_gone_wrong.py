"""Public pages hold when somebody wrote nonsense into the organisation's row."""

import pytest

from speakup import organisations
from speakup.organisations.rules import NEUTRAL
from tests.trusts import Trust
from tests.web.client import PageClient


@pytest.mark.parametrize("path", ["/", "/raise", "/support"])
def test_hours_that_are_none_close_no_page(browser: PageClient, trust: Trust, path: str) -> None:
    with trust.work() as uow:
        organisations.here(uow).next_look_hours = "x y"
    assert browser.get(path).status == 200


def test_leaving_leads_to_the_web_and_nowhere_else(browser: PageClient, trust: Trust) -> None:
    with trust.work() as uow:
        organisations.here(uow).leave_address = "javascript:alert(1)"
    left = browser.client.get("/leave", base_url=f"https://{trust.host}")
    assert left.headers["Location"] == NEUTRAL
