"""What the pages promise is what happens: how long answers stay, where the words lie, whom to ask."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from speakup import organisations
from speakup.cases import HowRaised
from speakup.organisations import Contact
from tests.trusts import Trust
from tests.web.client import PageClient
from tests.web.walking import go_on, only_case, question, send, walk, words_of


@pytest.mark.parametrize("number", range(2, 10))
def test_each_question_after_the_first_says_how_long_answers_stay(browser: PageClient, number: int) -> None:
    page = walk(browser, number)
    assert "We keep your answers for 2 hours after you last press a button here." in page.text
    assert "we keep what you wrote for 7 days" in page.text


def test_the_accessibility_statement_promises_what_happens(browser: PageClient, trust: Trust) -> None:
    said = browser.get("/accessibility").text
    assert "what you type stays in its box, however long the page is open" in said
    assert "Answers on pages before it are kept for 2 hours after you last press a button" in said
    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False) as clock:
        page = walk(browser, 3)
        clock.shift(timedelta(hours=1, minutes=59))
        page = go_on(browser, page, risk="Everyone on the ward.")
        assert question(page) == "4"
        clock.shift(timedelta(hours=2, minutes=11))
        page = go_on(browser, page, role="porter")
        assert "away for over two hours" in page.text
        page = go_on(browser, go_on(browser, page), narrative="The bell rang.")
        page = go_on(browser, page)
        assert "porter" in page.body


def test_the_pages_say_truly_where_the_seven_words_lie(browser: PageClient) -> None:
    for address in ("/privacy", "/about/security"):
        said = browser.get(address).text
        assert "for up to 2 hours" in said
        assert "only your browser has the key" in said
        assert "stored nowhere" not in said
        assert "only you have them" not in said
    sent = send(browser)
    assert "Once this page stops showing them, nobody can find them for you." in sent.text
    assert "we do not keep them" not in sent.text


def test_the_privacy_page_counts_the_cookies_a_worker_may_get(browser: PageClient) -> None:
    said = browser.get("/privacy").text
    assert "your browser gets up to three" in said
    assert "For a moment, a fourth" in said


def test_whoever_answers_questions_is_called_nothing_they_may_not_be(browser: PageClient, trust: Trust) -> None:
    with trust.work() as uow:
        organisations.settle_contact(
            uow, organisations.here(uow), Contact("0300 000 0000", "", "information@anytown.example")
        )
    said = browser.get("/privacy").text
    assert "Questions about your information: information@anytown.example." in said
    assert "data protection officer" not in said.lower()


def test_refused_files_are_said_in_the_title_and_beside_the_box(browser: PageClient) -> None:
    page = go_on(browser, walk(browser, 8), files=(io.BytesIO(b""), "empty.jpg"))
    assert page.soup.title is not None
    assert page.soup.title.get_text() == "Error: Question 8 of 9"
    (link,) = page.soup.select(".nhsuk-error-summary a")
    box = page.soup.find(id=str(link["href"])[1:])
    assert box is not None
    assert (box.get("type"), box.get("aria-invalid")) == ("file", "true")
    again = browser.get("/raise")
    assert again.soup.title is not None
    assert "Error:" in again.soup.title.get_text()


def test_the_numbers_to_call_come_after_the_heading_and_before_the_question(browser: PageClient) -> None:
    """Focus starts at the heading, so that nobody who listens is led past the numbers."""
    page = walk(browser, 3)
    assert page.heading == "Question 3 of 9 Is anyone at risk now?"
    parts = page.soup.select("h1, #danger-now, fieldset legend, input[name=at_risk]")
    assert [each.name for each in parts[:4]] == ["h1", "h2", "legend", "input"]
    assert parts[0].has_attr("data-focus")


def test_nothing_is_chosen_for_anybody_and_nobody_has_to_choose(browser: PageClient, trust: Trust) -> None:
    first = browser.get("/raise")
    assert not first.soup.select("input[name=how][checked]")
    assert "Choose none, and we take it as Confidential." in first.text
    check = walk(browser, 9)
    assert "Confidential, because you chose none" in check.text
    back = browser.submit(check, "Change How do you want to tell us?")
    assert not back.soup.select("input[name=how][checked]")
    assert len(words_of(browser.submit(go_on(browser, back), "Send"))) == 7
    assert only_case(trust).told.how_raised is HowRaised.CONFIDENTIAL


def test_what_was_chosen_before_is_chosen_still(browser: PageClient) -> None:
    page = browser.submit(walk(browser, 2, how={"how": "open"}), "Back")
    (chosen,) = page.soup.select("input[name=how][checked]")
    assert chosen["value"] == "open"


def test_everybody_finds_their_own_work_among_the_staff_groups(browser: PageClient) -> None:
    hints = [each.get_text() for each in walk(browser, 4).soup.select("#worker_group-hint, #directorate-hint")]
    assert len(hints) == 2
    for work in ("healthcare assistants", "porters", "cleaners"):
        assert work in hints[1]


def test_going_elsewhere_needs_no_permission(browser: PageClient) -> None:
    assert "You do not need our permission." in browser.get("/support").text


def test_nobody_is_offered_not_to_know_their_own_staff_group(browser: PageClient) -> None:
    offered = [each.get_text(strip=True) for each in walk(browser, 4).soup.select("#worker_group option")]
    assert len(offered) > 5
    assert "Not known" not in offered
