"""Both sides write, files go both ways, and a session that ended costs nobody a word."""

import io
import uuid
from datetime import timedelta

import pytest

from speakup import keyring, organisations
from speakup.cases import Answer
from speakup.gateways.blobs import Blobs
from speakup.policy import CASE_ROLES
from tests.factories import RaisedCase, raised_case, reply
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient
from tests.web.test_house import rows
from tests.web.walking import open_inbox, readers_of

LONG = "It happened again on Tuesday, and two of us saw it. I am afraid to go back."


def forget_session(browser: PageClient) -> None:
    browser.client.delete_cookie("__Host-inbox", domain=browser.host, path="/")


def test_it_says_where_things_stand_and_who_can_open_it(inbox: Page, trust: Trust, raised: RaisedCase) -> None:
    assert "A guardian will read it and answer you." in inbox.text
    readers = inbox.text.split("Who can open this")[1].split("What you can do")[0]
    named = [each.name for each in trust.people.values() if each.name in readers]
    assert len(named) == 2
    assert "you, with your seven words" in readers


def test_messages_go_both_ways_with_their_days(browser: PageClient, inbox: Page, raised: RaisedCase) -> None:
    page = browser.submit(inbox, "Send", text=LONG)
    assert LONG in page.text
    reply(raised, "Thank you. Shall we meet?", by=_reader(raised))
    page = browser.get("/follow-up")
    assert "Thank you. Shall we meet?" in page.text
    assert _reader(raised).name in page.text


def test_an_empty_message_is_asked_for(browser: PageClient, inbox: Page) -> None:
    page = browser.submit(inbox, "Send", text=" ")
    assert (page.status, page.errors) == (422, ["Write something, or choose a file."])


def test_a_file_goes_along_and_can_be_fetched_again(browser: PageClient, inbox: Page) -> None:
    page = browser.submit(inbox, "Send", text="", files=(io.BytesIO(b"They met at nine."), "notes.txt"))
    address = next(link for link in page.links() if link.startswith("/follow-up/files/"))
    fetched = browser.get(address).response
    assert fetched.get_data() == b"They met at nine.\n" or fetched.get_data() == b"They met at nine."
    assert fetched.headers["Content-Disposition"] == "attachment; filename=notes.txt"
    assert fetched.headers["Cache-Control"] == "no-store"


def test_a_refused_file_keeps_the_message_and_nothing_is_sent(browser: PageClient, inbox: Page, blobs: Blobs) -> None:
    files = [(io.BytesIO(b"fine"), "a.txt"), (io.BytesIO(b"ID3"), "voice.mp3")]
    page = browser.submit(inbox, "Send", text=LONG, files=files)
    assert page.status == 422
    assert "voice.mp3" in page.errors[0]
    assert LONG in page.body
    assert list(blobs.keys()) == []
    assert LONG not in browser.get("/follow-up").text


def test_somebody_elses_file_and_no_file_look_the_same(
    browser: PageClient, inbox: Page, trust: Trust, raised: RaisedCase
) -> None:
    theirs = PageClient(browser.app, trust.host)
    page = open_inbox(theirs, " ".join(raised_case(trust).words))
    page = theirs.submit(page, "Send", text="", files=(io.BytesIO(b"Not yours."), "a.txt"))
    address = next(link for link in page.links() if link.startswith("/follow-up/files/"))
    refused, missing = browser.get(address), browser.get(f"/follow-up/files/{uuid.uuid4()}")
    assert refused.status == missing.status == 404
    assert refused.body == missing.body


@pytest.mark.parametrize("text", [LONG, "Help"])
def test_a_message_that_comes_after_the_session_ended_is_sent_with_the_words(
    browser: PageClient, inbox: Page, raised: RaisedCase, text: str
) -> None:
    forget_session(browser)
    asked = browser.submit(inbox, "Send", text=text)
    assert asked.status == 401
    assert asked.heading == "Type your seven words to go on"
    assert text in asked.body
    wrong = browser.submit(asked, "Open and send", words="zzap " + " ".join(raised.words[1:]))
    assert "zzap" in wrong.errors[0]
    assert text in wrong.body
    done = browser.submit(wrong, "Open and send", words=" ".join(raised.words))
    assert "Your message is sent" in done.text
    assert [each.text for each in raised.inbox().messages] == [text]


def test_files_that_came_after_the_session_ended_have_to_be_chosen_again(browser: PageClient, inbox: Page) -> None:
    forget_session(browser)
    # Written out by hand: werkzeug's own encoder leaves the temporary file open that it keeps a large body in.
    body = (
        f'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n{LONG}\r\n'
        '--b\r\nContent-Disposition: form-data; name="files"; filename="big.txt"\r\n\r\n'
    ).encode()
    body += b"a" * 2_000_000 + b"\r\n--b--\r\n"
    address, kind = f"https://{browser.host}", "multipart/form-data; boundary=b"
    answer = browser.client.post("/follow-up/message", base_url=address, data=body, content_type=kind)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert LONG in page
    assert "Files cannot be kept this way" in page


def test_a_session_ended_before_asking_us_to_stop_is_completed_with_the_words(
    browser: PageClient, inbox: Page, raised: RaisedCase
) -> None:
    page = browser.get("/follow-up/stop")
    forget_session(browser)
    asked = browser.submit(page, "Please stop")
    done = browser.submit(asked, "Open and send", words=" ".join(raised.words))
    assert "You asked us to stop" in done.text
    assert raised.inbox().case.stop_asked


@pytest.mark.parametrize("address", ["/sign-in", "https://elsewhere.example/", "/cases", "//x", "/follow-up"])
def test_only_a_page_of_the_inbox_is_completed(browser: PageClient, raised: RaisedCase, address: str) -> None:
    page = browser.get("/follow-up")
    token = page.soup.find("input", {"name": "csrf_token"})["value"]  # type: ignore[index]
    opened = browser.post("/follow-up", {"csrf_token": token, "words": " ".join(raised.words), "then": address})
    assert opened.path == "/follow-up"
    assert opened.heading == "Your private inbox"


@pytest.mark.parametrize("path", ["/follow-up/who-i-am", "/follow-up/new-words", "/follow-up/stop"])
def test_without_words_every_page_of_the_inbox_asks_for_them(browser: PageClient, path: str) -> None:
    assert browser.get(path).path == "/follow-up"


def _reader(raised: RaisedCase) -> Colleague:
    return next(each for each in raised.trust.people.values() if each.id == raised.inbox().case.primary_id)


def reader_and_other(trust: Trust, raised: RaisedCase) -> tuple[Colleague, Colleague]:
    """Somebody who can open it, and somebody who cannot and may be given it."""
    readers = readers_of(trust)[raised.ref]
    others = (trust.guardian, trust.lead, *(each for each in trust.people.values() if each.roles & CASE_ROLES))
    return readers[0], next(each for each in others if each not in readers)


CHANGED = "Other people can open this than when you were last here"


def test_the_inbox_says_once_when_others_can_open_it_and_nothing_while_the_same_can(
    browser: PageClient, raised: RaisedCase, trust: Trust
) -> None:
    words = " ".join(raised.words)
    assert CHANGED not in open_inbox(browser, words).text
    assert CHANGED not in browser.get("/follow-up").text
    reader, other = reader_and_other(trust, raised)
    with trust.work(reader) as uow:
        keyring.grant(uow, raised.id, other.id)
    browser.get("/follow-up/who-i-am")
    told = browser.get("/follow-up").text
    assert CHANGED in told
    assert other.name in told
    assert CHANGED not in browser.get("/follow-up").text
    with trust.work(reader) as uow:
        keyring.revoke(uow, raised.id, other.id)
    assert CHANGED in open_inbox(PageClient(browser.app, browser.host), words).text


def test_a_change_before_the_first_visit_is_told_as_well(browser: PageClient, raised: RaisedCase, trust: Trust) -> None:
    reader, other = reader_and_other(trust, raised)
    with trust.work(reader) as uow:
        keyring.grant(uow, raised.id, other.id)
    assert CHANGED in open_inbox(browser, " ".join(raised.words)).text


def test_looking_again_leaves_no_trace_in_what_a_reporter_remembers(
    browser: PageClient, raised: RaisedCase, trust: Trust
) -> None:
    open_inbox(browser, " ".join(raised.words))
    before = rows(trust.stored)
    browser.get("/follow-up")
    after = rows(trust.stored)
    assert before["reporter"] == after["reporter"]


def test_it_keeps_every_answer_that_was_given(browser: PageClient, trust: Trust) -> None:
    raised = raised_case(trust, at_risk=Answer.NOT_SURE, risk="The lift sticks.", happened=Answer.NO)
    page = open_inbox(browser, " ".join(raised.words))
    assert "Is anyone at risk now? Not sure" in page.text
    assert "The lift sticks." in page.text
    assert "because you spoke up? No" in page.text


@pytest.mark.parametrize("number", ["0300 000 0000", ""])
def test_a_day_that_has_passed_is_not_promised_again(
    browser: PageClient, inbox: Page, raised: RaisedCase, trust: Trust, number: str
) -> None:
    assert "You will have an answer by " in inbox.text
    with raised.as_(raised.reporter) as (uow, case):
        case.due_on = uow.today
    assert "You will have an answer by " in browser.get("/follow-up").text
    with raised.as_(raised.reporter) as (uow, case):
        case.due_on = uow.today - timedelta(days=3)
    with trust.work() as uow:
        organisations.here(uow).guardian_phone = number
    page = browser.get("/follow-up")
    words = " ".join(page.soup.get_text().split())
    assert "You will have an answer by " not in words
    assert "You should have had an answer by " in words
    assert f"We are sorry.{f' Call {number}.' if number else ''} What was said" in words
