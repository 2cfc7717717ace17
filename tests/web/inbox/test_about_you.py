"""Questions about oneself, in the inbox and with a guardian."""

from collections.abc import Callable

import pytest

from speakup import cases
from speakup.vocabulary import ANSWERS
from speakup.web.about_form import QUESTIONS
from tests.factories import RaisedCase
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient
from tests.web.inbox.test_conversation import forget_session

SignIn = Callable[[Colleague], PageClient]
ABOUT_YOU = "/follow-up/about-you"


@pytest.fixture
def guardian_of(raised: RaisedCase, trust: Trust, signed_in: SignIn) -> PageClient:
    """A browser of the guardian who holds it."""
    with raised.as_(raised.reporter) as (_uow, row):
        holder = next(each for each in trust.people.values() if each.id == row.primary_id)
    return signed_in(holder)


def test_the_inbox_offers_it_and_says_that_nobody_has_to(browser: PageClient, inbox: Page) -> None:
    assert ABOUT_YOU in inbox.links()
    page = browser.get(ABOUT_YOU)
    assert "You do not have to answer any of these." in page.text
    chosen = [str(each["value"]) for each in page.soup.select("input[checked]")]
    assert chosen == [""] * len(ANSWERS)
    assert "Prefer not to say" in page.text
    assert "Not asked" not in page.text


def test_every_question_is_put_in_words_of_its_own() -> None:
    assert set(QUESTIONS) == set(ANSWERS)


def test_an_answer_is_counted_and_the_question_not_asked_again(
    browser: PageClient, inbox: Page, raised: RaisedCase, guardian_of: PageClient
) -> None:
    done = browser.submit(ABOUT_YOU, "Send my answers", age="25_to_34", sex="prefer_not")
    assert "Thank you. Your answers are counted." in done.text
    assert "you answered questions about you" in done.text
    again = browser.get(ABOUT_YOU)
    assert "You have answered these already: Age, Sex." in again.text
    assert not again.soup.select('[name="age"]')
    page = guardian_of.get(f"/cases/{raised.ref}")
    assert "The person answered questions about themselves" in page.text
    assert "25 to 34" not in page.text
    asked = guardian_of.get(f"/cases/{raised.ref}/about-the-person")
    assert "Answered already: Age, Sex." in asked.text


def test_answering_nothing_is_fine_and_leaves_nothing(browser: PageClient, inbox: Page, raised: RaisedCase) -> None:
    assert "You answered nothing. That is fine." in browser.submit(ABOUT_YOU, "Send my answers").text
    assert raised.inbox().messages == []


def test_what_was_not_offered_is_not_taken(browser: PageClient, inbox: Page, raised: RaisedCase) -> None:
    refused = browser.submit(ABOUT_YOU, "Send my answers", age="not_asked", sex="female")
    assert refused.status == 422
    assert refused.errors == ["Choose from the answers shown."]
    assert [str(each["value"]) for each in refused.soup.select('[name="sex"][checked]')] == ["female"]
    assert raised.inbox().messages == []


def test_with_the_guardian_the_person_answers_the_same_questions(
    browser: PageClient, inbox: Page, raised: RaisedCase, guardian_of: PageClient
) -> None:
    shown = guardian_of.submit(
        f"/cases/{raised.ref}/about-the-person", "Count these answers", ethnicity="asian_indian", marriage="prefer_not"
    )
    assert "Counted. What was answered is kept nowhere in the case" in shown.text
    assert "Asian: Indian" not in shown.text
    assert "with the guardian" in browser.get("/follow-up").text
    assert "You have answered these already" in browser.get(ABOUT_YOU).text


def test_answers_that_came_after_the_session_ended_are_counted_once_the_words_are_typed(
    browser: PageClient, inbox: Page, raised: RaisedCase
) -> None:
    page = browser.get(ABOUT_YOU)
    forget_session(browser)
    asked = browser.submit(page, "Send my answers", disability="yes")
    assert asked.status == 401
    done = browser.submit(asked, "Open and send", words=" ".join(raised.words))
    assert "Thank you. Your answers are counted." in done.text


def test_a_closed_case_is_asked_nothing(
    browser: PageClient, inbox: Page, raised: RaisedCase, guardian_of: PageClient
) -> None:
    guardian_of.submit(f"/cases/{raised.ref}/reply", text="Thank you")
    guardian_of.submit(f"/cases/{raised.ref}/triage", "Save triage", none_apply=["y"])
    guardian_of.submit(f"/cases/{raised.ref}/outcome", text="A new bell")
    guardian_of.submit(f"/cases/{raised.ref}/close", outcome="resolved", satisfied="yes")
    assert browser.get(ABOUT_YOU).status == 404
    assert ABOUT_YOU not in browser.get("/follow-up").links()
    led = guardian_of.get(f"/cases/{raised.ref}/about-the-person")
    assert "This case is closed. Open it again first" in led.text


def test_what_was_counted_is_in_no_message(browser: PageClient, inbox: Page, raised: RaisedCase) -> None:
    browser.submit(ABOUT_YOU, "Send my answers", religion="sikh")
    (line,) = raised.inbox().messages
    assert (line.told, line.text, line.from_reporter) == (cases.ABOUT_PERSON, "", True)
