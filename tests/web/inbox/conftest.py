"""Somebody who has raised a concern, and their inbox."""

import pytest

from tests.factories import RaisedCase, raised_case
from tests.trusts import Trust
from tests.web.client import Page, PageClient
from tests.web.walking import open_inbox


@pytest.fixture
def raised(trust: Trust) -> RaisedCase:
    return raised_case(trust, narrative="The bell rang all night.")


@pytest.fixture
def inbox(browser: PageClient, raised: RaisedCase) -> Page:
    """The inbox, opened with the words."""
    return open_inbox(browser, " ".join(raised.words))
