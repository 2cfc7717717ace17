"""Saying who you are, new words, asking us to stop, closing."""

import pytest

from speakup.cases import HowRaised, PersonDetails
from speakup.kernel.clock import today
from tests.factories import RaisedCase, raised_case
from tests.trusts import Trust
from tests.web.client import Page, PageClient
from tests.web.walking import open_inbox, words_of


def test_somebody_anonymous_may_say_who_they_are_and_the_day_is_kept(browser: PageClient, trust: Trust) -> None:
    raised = raised_case(trust, how_raised=HowRaised.ANONYMOUS)
    inbox = open_inbox(browser, " ".join(raised.words))
    assert "You have not told them who you are." in inbox.text
    page = browser.get("/follow-up/who-i-am")
    done = browser.submit(page, "Save", name="Nora Nowak", contact="07700 900 123", how="open")
    assert "They know who you are." in done.text
    assert "you said who you are. Your name can be shared." in done.text
    view = raised.inbox()
    assert view.person is not None
    assert view.person.name == "Nora Nowak"
    assert view.case.raised_anonymously
    assert view.case.how_raised is HowRaised.OPEN


def test_changing_one_thing_keeps_the_others(browser: PageClient, inbox: Page, raised: RaisedCase) -> None:
    first = {"name": "Nora", "notice_by": "email", "notice_email": "nora@example.org", "safe_contact": "after six"}
    browser.submit("/follow-up/who-i-am", "Save", **first)
    browser.submit("/follow-up/who-i-am", "Save", contact="07700 900 123")
    person = raised.inbox().person
    assert person is not None
    assert (person.name, person.notice_to, person.safe_contact) == ("Nora", "nora@example.org", "after six")


@pytest.mark.parametrize(("fields", "words"), [
    ({"contact": "07700 900 123", "how": "open"}, "Write your name."),
    ({"notice_email": "nora@example.org"}, "Write your name, or how the guardian can reach you."),
    ({"name": "Nora", "notice_by": "email", "notice_email": "nora@nhs.net"}, "This is a work address"),
    ({"name": "Nora", "notice_by": "text", "notice_phone": "maybe"}, "Write your mobile number"),
])  # fmt: skip
def test_what_cannot_be_right_is_said_and_kept(
    browser: PageClient, inbox: Page, fields: dict[str, str], words: str
) -> None:
    page = browser.submit("/follow-up/who-i-am", "Save", **fields)
    assert page.status == 422
    assert words in page.errors[0]
    assert all(value in page.body for value in fields.values())


def test_whoever_gave_only_an_address_is_asked_for_no_name_to_correct_or_withdraw_it(
    browser: PageClient, trust: Trust
) -> None:
    raised = raised_case(trust, person=PersonDetails(notice_by="email", notice_to="nroa@example.org"))
    inbox = open_inbox(browser, " ".join(raised.words))
    assert "You have not told them your name." in inbox.text
    assert "They know who you are." not in inbox.text
    corrected = browser.submit("/follow-up/who-i-am", "Save", notice_email="nora@example.org")
    assert "Saved. We wrote down the day." in corrected.text
    assert raised.inbox().person == PersonDetails(notice_by="email", notice_to="nora@example.org")
    stopped = browser.submit("/follow-up/who-i-am", "Save", notice_by="not at all", notice_email="")
    assert "Saved. We wrote down the day." in stopped.text
    assert "You have not told them who you are." in stopped.text
    assert raised.inbox().person == PersonDetails()


def test_nobody_is_named_by_a_way_to_be_reached(browser: PageClient, inbox: Page) -> None:
    page = browser.submit("/follow-up/who-i-am", "Save", contact="07700 900 123")
    assert "You have not told them your name. They can see how to reach you." in page.text
    assert "know who you are" not in page.text


def test_taking_leave_back_is_not_thanked_as_a_name_is(browser: PageClient, trust: Trust) -> None:
    raised = raised_case(trust, how_raised=HowRaised.OPEN, person=PersonDetails(name="Nora", contact="07700 900 123"))
    open_inbox(browser, " ".join(raised.words))
    page = browser.get("/follow-up/who-i-am")
    assert page.heading == "Change who you are or how to reach you"
    done = browser.submit(page, "Save", how="confidential", contact="")
    assert "Saved. We wrote down the day." in done.text
    assert "Thank you" not in done.text
    assert "you changed what is known about you. Only the people named below can see it." in done.text
    assert raised.inbox().case.how_raised is HowRaised.CONFIDENTIAL
    assert raised.inbox().person == PersonDetails(name="Nora")


def test_a_name_given_for_the_first_time_is_thanked(browser: PageClient, inbox: Page) -> None:
    page = browser.get("/follow-up/who-i-am")
    assert page.heading == "Say who you are"
    assert "Thank you. The people who can open this now" in browser.submit(page, "Save", name="Nora").text


def show_new_words(browser: PageClient, raised: RaisedCase) -> Page:
    return browser.submit("/follow-up/new-words", "Show me new words", present_words=" ".join(raised.words))


def test_new_words_are_shown_first_and_only_then_do_the_old_ones_end(
    browser: PageClient, inbox: Page, raised: RaisedCase, trust: Trust
) -> None:
    shown = show_new_words(browser, raised)
    new = " ".join(words_of(shown))
    old = " ".join(raised.words)
    assert open_inbox(PageClient(browser.app, trust.host), old).heading == "Your private inbox"
    page = browser.submit(shown, "I have saved these words")
    assert page.heading == "Your private inbox"
    assert "You got new words on" in page.text
    assert "The bell rang all night." in page.text
    assert "do not open anything" in open_inbox(PageClient(browser.app, trust.host), old).errors[0]
    assert open_inbox(PageClient(browser.app, trust.host), new).heading == "Your private inbox"
    assert new not in page.body


def test_an_inbox_offers_the_same_new_words_until_they_are_used(
    browser: PageClient, inbox: Page, raised: RaisedCase
) -> None:
    first = words_of(show_new_words(browser, raised))
    again = show_new_words(browser, raised)
    assert words_of(again) == first
    browser.submit(again, "I have saved these words")
    page = browser.submit("/follow-up/new-words", "Show me new words", present_words=" ".join(first))
    assert words_of(page) != first


def test_another_opening_of_the_inbox_offers_other_words(
    browser: PageClient, inbox: Page, raised: RaisedCase, trust: Trust
) -> None:
    other = PageClient(browser.app, trust.host)
    open_inbox(other, " ".join(raised.words))
    assert words_of(show_new_words(browser, raised)) != words_of(show_new_words(other, raised))


def test_whoever_finds_an_inbox_open_sees_no_new_words(browser: PageClient, inbox: Page, raised: RaisedCase) -> None:
    words = list(raised.words)
    for typed, sentence in (
        ("", "Type your seven words."),
        (" ".join([*words[:6], "zzzzq"]), "Word 7, “zzzzq”, is not one of our words"),
        (" ".join(words[:6]), "There are 6 words here. We need exactly seven."),
        (" ".join(reversed(words)), "These words do not open this inbox"),
    ):
        page = browser.submit("/follow-up/new-words", "Show me new words", present_words=typed)
        assert page.status == 422
        assert sentence in page.errors[0]
        assert not words_of(page)
    slowed = [
        browser.submit("/follow-up/new-words", "Show me new words", present_words=" ".join(reversed(words))).status
        for _ in range(7)
    ]
    assert 429 in slowed


@pytest.mark.parametrize("shown", ["", "00", "zz", "ab" * 60, "é"])
def test_nobody_takes_new_words_that_were_not_shown(
    browser: PageClient, inbox: Page, raised: RaisedCase, trust: Trust, shown: str
) -> None:
    page = show_new_words(browser, raised)
    refused = browser.submit(page, "I have saved these words", shown=shown)
    assert refused.status == 409
    assert "the new words you saw are not in use" in refused.errors[0]
    other = PageClient(browser.app, trust.host)
    assert open_inbox(other, " ".join(raised.words)).heading == "Your private inbox"


def test_words_shown_in_an_inbox_that_closed_since_do_not_come_into_use(
    browser: PageClient, inbox: Page, raised: RaisedCase, trust: Trust
) -> None:
    shown = show_new_words(browser, raised)
    browser.client.delete_cookie("__Host-inbox", domain=trust.host, path="/")
    page = browser.submit(shown, "I have saved these words")
    opened = browser.submit(page, words=" ".join(raised.words))
    assert opened.status == 409
    assert "the new words you saw are not in use" in opened.text
    assert words_of(show_new_words(browser, raised)) != words_of(shown)


def test_the_inbox_says_on_which_day_it_was_changed_where_notices_go(browser: PageClient, inbox: Page) -> None:
    said = "where we send notices was changed"
    page = browser.submit("/follow-up/who-i-am", "Save", name="Nora")
    assert said not in page.text
    page = browser.submit(
        "/follow-up/who-i-am", "Save", name="Nora", notice_by="email", notice_email="nora@example.org"
    )
    (event,) = [each.get_text() for each in page.soup.select(".app-event") if said in each.get_text()]
    assert event.startswith(f"{today().day} ")


def test_asking_us_to_stop_explains_first_and_changes_nothing_on_get(
    browser: PageClient, inbox: Page, raised: RaisedCase
) -> None:
    page = browser.get("/follow-up/stop")
    for words in ("may be badly hurt", "until the day it must be deleted", "still counts as one"):
        assert words in page.text
    assert not raised.inbox().case.stop_asked
    done = browser.submit(page, "Please stop")
    assert "You asked us to stop" in done.text
    assert "You will have an answer by" not in done.text
    assert raised.inbox().case.stop_asked


def test_closing_ends_the_session_itself(browser: PageClient, inbox: Page, trust: Trust) -> None:
    session = browser.client.get_cookie("__Host-inbox", domain=trust.host)
    assert session is not None
    page = browser.submit(inbox, "Close my inbox")
    assert "Your inbox is closed" in page.text
    browser.client.set_cookie("__Host-inbox", session.value, domain=trust.host, secure=True, path="/")
    assert "Your seven words" in browser.get("/follow-up").heading


def test_no_link_of_the_inbox_takes_away_what_is_in_its_box(browser: PageClient, inbox: Page) -> None:
    """Without scripts, Back to a page that is never stored shows an empty box: so other pages open beside it."""
    away = [link for link in inbox.soup.select("a[href^='/']") if link.get("href") != "/leave"]
    assert {"/follow-up/new-words", "/follow-up/stop", "/follow-up/who-i-am"} <= {link["href"] for link in away}
    assert all(link.get("target") == "_blank" and link.get("rel") == ["noopener"] for link in away)
    acts = inbox.text.split("What you can do")[1].split("Close my inbox")[0]
    assert "These pages open in a new tab, so what you write here stays." in acts
    assert "Closing your inbox deletes what you typed and did not send." in acts


@pytest.mark.parametrize("field", ["contact", "notice_email"])
def test_a_work_address_is_refused_wherever_the_guardian_would_write_to(
    browser: PageClient, inbox: Page, field: str
) -> None:
    fields = {"name": "Nora", "notice_by": "email", "notice_email": "nora@example.org", field: "nora@nhs.net"}
    page = browser.submit("/follow-up/who-i-am", "Save", **fields)
    assert page.errors == ["This is a work address, and people at work could read it. Use your own."]
    assert "nora@nhs.net" in page.body


@pytest.mark.parametrize(
    "contact", ["Nora <nora@nhs.net>", "mail nora@ward.anytown.nhs.uk.", "(a@nhs.net), 07700 900 1"]
)
def test_a_work_address_among_other_words_is_refused_too(browser: PageClient, inbox: Page, contact: str) -> None:
    page = browser.submit("/follow-up/who-i-am", "Save", name="Nora", contact=contact)
    assert "This is a work address" in page.errors[0]


@pytest.mark.parametrize(
    "contact", ["nora@example.org, not nhs.net", "@home after six", "07700 900 123 / nora@post.example"]
)
def test_a_way_of_ones_own_is_taken_as_it_is_written(browser: PageClient, inbox: Page, contact: str) -> None:
    page = browser.submit("/follow-up/who-i-am", "Save", name="Nora", contact=contact)
    assert page.heading == "Your private inbox"
