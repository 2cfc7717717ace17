"""What "Leave this page now" says beforehand: on each page what it deletes there, and what stays."""

import pytest

from speakup.web.intake.steps import STEPS
from tests.factories import raised_case
from tests.trusts import Trust
from tests.web.client import Page, PageClient
from tests.web.walking import open_inbox, send, walk, words_of

INBOX = "Closes your inbox. Only what you sent stays."


def note(page: Page) -> str:
    """Read what a screen reader says with the link."""
    link = page.soup.select_one("a[href='/leave']")
    assert link is not None
    words = page.soup.find(id=link["aria-describedby"])
    assert words is not None
    return " ".join(words.get_text(" ").split())


@pytest.mark.parametrize("number", range(1, len(STEPS) + 1))
def test_a_question_says_that_leaving_deletes_what_was_typed(browser: PageClient, number: int) -> None:
    assert note(walk(browser, number)) == "Deletes what you typed here."


def test_leaving_the_words_says_that_they_are_not_shown_again_and_means_it(browser: PageClient, trust: Trust) -> None:
    sent = send(browser)
    assert note(sent) == "What you sent stays. These words will not be shown again."
    browser.client.get("/leave", base_url=f"https://{trust.host}")
    assert words_of(browser.get("/raise/sent")) == []
    assert open_inbox(browser, " ".join(words_of(sent))).heading == "Your private inbox"


def test_leaving_after_stopping_keeps_what_was_put_aside_and_says_so(browser: PageClient, trust: Trust) -> None:
    page = browser.submit(walk(browser, 5), "Stop and come back later", detriment="They moved me.")
    assert note(page) == "Kept for 7 days. These words will not be shown again."
    browser.client.get("/leave", base_url=f"https://{trust.host}")
    assert "They moved me." in open_inbox(browser, " ".join(words_of(page))).body


def test_leaving_the_inbox_says_that_it_closes_and_what_stays(browser: PageClient, trust: Trust) -> None:
    inbox = open_inbox(browser, " ".join(raised_case(trust).words))
    for page in (inbox, browser.get("/follow-up/who-i-am"), browser.get("/follow-up/stop")):
        assert note(page) == INBOX


def test_leaving_new_words_says_which_words_open_the_inbox(browser: PageClient, trust: Trust) -> None:
    old = " ".join(raised_case(trust).words)
    open_inbox(browser, old)
    assert note(browser.get("/follow-up/new-words")) == "Closes your inbox. Your words stay as they are."
    shown = browser.submit("/follow-up/new-words", "Show me new words", present_words=old)
    assert note(shown) == "Closes your inbox. Only your old words open it again."
    browser.client.get("/leave", base_url=f"https://{trust.host}")
    assert open_inbox(browser, old).heading == "Your private inbox"
