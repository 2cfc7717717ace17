"""Coming back to a draft in a browser that holds another: nobody's words give way before somebody says so."""

import io

import pytest
from sqlalchemy import func, select

from speakup.cases.models import Draft, StoredBlob
from speakup.gateways.blobs import Blobs
from tests import factories
from tests.trusts import Trust
from tests.web.client import Page, PageClient
from tests.web.inbox.test_conversation import forget_session
from tests.web.walking import go_on, open_inbox, question, readers_of, send, walk, words_of


@pytest.fixture
def waiting(browser: PageClient) -> str:
    """The words of a draft that was put aside."""
    story = walk(browser, 2)
    stopped = browser.submit(story, "Stop and come back later", narrative="The bell rang all night.")
    words = words_of(stopped)
    browser.submit(stopped, "I have saved these words")
    return " ".join(words)


@pytest.fixture
def asked(browser: PageClient, waiting: str) -> Page:
    """The page that asks, in a browser in which something else has been begun."""
    go_on(browser, walk(browser, 2), narrative="The gate was locked.")
    return open_inbox(browser, waiting)


def test_nothing_gives_way_before_somebody_chooses(browser: PageClient, waiting: str, asked: Page) -> None:
    assert (asked.status, asked.heading) == (409, "Something else is open here")
    assert "Nothing is deleted until you choose" in asked.text
    here = browser.submit(browser.get("/raise"), "Back")
    assert "The gate was locked." in here.body
    elsewhere = PageClient(browser.app, browser.host)
    assert "The bell rang all night." in open_inbox(elsewhere, waiting).body


def test_one_may_go_on_with_what_is_open_here(browser: PageClient, asked: Page) -> None:
    assert "/raise" in asked.links()
    assert question(browser.get("/raise")) == "3"


def test_what_is_open_here_can_be_saved_under_words_of_its_own(browser: PageClient, waiting: str, asked: Page) -> None:
    saved = browser.submit(asked, "Save what is open here")
    words = words_of(saved)
    assert len(words) == 7
    browser.submit(saved, "I have saved these words")
    assert "The bell rang all night." in open_inbox(browser, waiting).body
    elsewhere = PageClient(browser.app, browser.host)
    back = open_inbox(elsewhere, " ".join(words))
    assert question(back) == "3"
    assert "The gate was locked." in elsewhere.submit(back, "Back").body


def test_what_is_open_here_is_deleted_with_its_files_once_somebody_says_so(
    browser: PageClient, waiting: str, trust: Trust, blobs: Blobs
) -> None:
    page = walk(browser, 8)
    browser.submit(page, "Add these files", files=(io.BytesIO(b"The rota of May"), "rota.txt"))
    back = browser.submit(open_inbox(browser, waiting), "Delete it and open the other")
    assert "The bell rang all night." in back.body
    with trust.work() as uow:
        assert uow.session.scalar(select(func.count()).select_from(Draft)) == 1
        assert uow.session.scalar(select(func.count()).select_from(StoredBlob)) == 0


def test_words_that_are_still_shown_are_not_taken_away_in_silence(browser: PageClient, waiting: str) -> None:
    words = words_of(send(browser))
    asked = open_inbox(browser, waiting)
    assert (asked.status, asked.heading) == (409, "Other words are still shown here")
    assert words_of(browser.get("/raise")) == words
    back = browser.submit(asked, "They are saved. Open mine")
    assert "The bell rang all night." in back.body


def test_words_put_aside_and_still_shown_are_not_taken_away_either(browser: PageClient, waiting: str) -> None:
    words = words_of(browser.submit(walk(browser, 3), "Stop and come back later"))
    asked = open_inbox(browser, waiting)
    assert "which was put aside here" in asked.text
    assert words_of(browser.get("/raise")) == words


def test_what_was_sent_while_the_page_asked_keeps_its_words(browser: PageClient, asked: Page) -> None:
    words = words_of(send(browser))
    again = browser.submit(asked, "Delete it and open the other")
    assert again.heading == "Other words are still shown here"
    assert words_of(browser.get("/raise")) == words


def test_what_ran_out_while_the_page_asked_is_not_an_error(browser: PageClient, trust: Trust, asked: Page) -> None:
    browser.client.set_cookie("__Host-draft", "gone", domain=trust.host, secure=True, path="/")
    assert question(browser.submit(asked, "Save what is open here")) == "1"


def test_a_draft_without_an_answer_is_in_nobodys_way(browser: PageClient, waiting: str) -> None:
    go_on(browser, browser.get("/raise"))
    assert "The bell rang all night." in open_inbox(browser, waiting).body


def test_an_inbox_opens_beside_whatever_is_written_here(browser: PageClient) -> None:
    other = PageClient(browser.app, browser.host)
    words = words_of(send(other))
    go_on(browser, walk(browser, 2), narrative="The gate was locked.")
    assert "Your private inbox" in open_inbox(browser, " ".join(words)).heading
    assert question(browser.get("/raise")) == "3"


@pytest.fixture
def stale(browser: PageClient, waiting: str) -> Page:
    """A page of a draft that has given way to another in this browser."""
    go_on(browser, walk(browser, 2), narrative="The gate was locked.")
    page = walk(browser, 3)
    browser.submit(open_inbox(browser, waiting), "Delete it and open the other")
    return page


def test_a_page_of_a_draft_that_gave_way_writes_over_nothing_before_it_says_so(
    browser: PageClient, stale: Page
) -> None:
    walk(browser, 4, risk={"risk": "The night staff."})
    again = go_on(browser, stale, risk="Whoever has no key.")
    assert again.status == 409
    assert "Something else has been opened in this browser since" in again.errors[0]
    assert "Whoever has no key." in again.body
    assert "The night staff." in walk(browser, 9).text
    assert question(go_on(browser, again)) == "4"
    assert "Whoever has no key." in walk(browser, 9).text


def test_what_took_the_place_of_a_draft_is_not_sent_from_a_page_of_that_one(
    browser: PageClient, trust: Trust, waiting: str
) -> None:
    check = walk(browser, 9)
    browser.submit(open_inbox(browser, waiting), "Delete it and open the other")
    asked = browser.submit(check, "Send")
    assert question(asked) == "9"
    assert "Look at it before you send it." in asked.text
    assert readers_of(trust) == {}
    assert len(words_of(browser.submit(asked, "Send"))) == 7


def test_a_page_still_saves_its_answer_after_its_own_draft_was_put_aside_and_gone_on_with(browser: PageClient) -> None:
    page = walk(browser, 3)
    browser.submit(browser.submit(page, "Stop and come back later"), "Go on writing now")
    assert question(go_on(browser, page, risk="The night staff.")) == "4"
    assert "The night staff." in walk(browser, 9).text


def test_a_message_written_in_an_inbox_is_not_left_behind_by_the_words_of_a_draft(
    browser: PageClient, waiting: str, trust: Trust
) -> None:
    raised = factories.raised_case(trust)
    inbox = open_inbox(browser, " ".join(raised.words))
    forget_session(browser)
    asked = browser.submit(inbox, "Send", text="The bell rang again last night.")
    again = browser.submit(asked, "Open and send", words=waiting)
    assert (again.status, again.path) == (422, "/follow-up")
    assert "belong to something you have not sent yet" in again.errors[0]
    assert "The bell rang again last night." in again.body
    browser.submit(again, "Open and send", words=" ".join(raised.words))
    assert raised.inbox().messages[-1].text == "The bell rang again last night."
