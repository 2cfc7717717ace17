"""Sending once, the words after it, stopping and coming back, leaving, and a form that is closed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from speakup import accounts, organisations
from speakup.crypto import slots
from speakup.jobs import Job, OutboxRow
from speakup.web.intake.steps import STEPS
from tests.trusts import Trust
from tests.web.client import PageClient
from tests.web.walking import STORY, go_on, numbers_of, open_inbox, question, readers_of, send, walk, words_of


def test_sending_twice_is_one_concern_and_shows_the_same_words(browser: PageClient, trust: Trust) -> None:
    check = walk(browser, 9)
    once, twice = browser.submit(check, "Send"), browser.submit(check, "Send")
    assert words_of(once) == words_of(twice)
    assert len(readers_of(trust)) == 1
    assert words_of(browser.get("/raise")) == words_of(once)


def test_the_page_after_sending_says_everything_that_matters(browser: PageClient, trust: Trust) -> None:
    sent = send(browser)
    ((_, readers),) = readers_of(trust).items()
    for reader in readers:
        assert reader.name in sent.text
    for words in ("on paper", "your own phone", "Do not print them at work", "999", "2222", "Guardians next look:"):
        assert words in sent.text
    assert "A guardian answers you by" in sent.text
    assert all(len(number) == 5 for number in numbers_of(sent))


def test_reading_other_pages_takes_no_words_away(browser: PageClient) -> None:
    sent, elsewhere = send(browser), PageClient(browser.app, browser.host)
    for page in (sent, elsewhere.submit(walk(elsewhere, 3), "Stop and come back later")):
        links = [link for link in page.soup.select("footer a, header a") if str(link.get("href", "")).startswith("/")]
        assert all(link.get("target") == "_blank" and link.get("rel") == ["noopener"] for link in links)
        assert "so your seven words stay here" in page.text
    for address in ("/support", "/privacy", "/"):
        browser.get(address)
        assert words_of(browser.get("/raise")) == words_of(sent)


def test_once_the_words_are_saved_nothing_of_them_is_left_here(browser: PageClient) -> None:
    done = browser.submit(send(browser), "I have saved these words")
    assert done.heading == "You can close this page now"
    assert "__Host-draft" not in browser.cookies()
    # Any page may hold one of the words by chance, so it is compared with what somebody reads who never had words.
    assert browser.get("/raise/sent").body == PageClient(browser.app, browser.host).get("/raise/sent").body
    assert question(browser.get("/raise")) == "1"


def test_opening_the_inbox_takes_the_words_away_from_a_shared_browser(browser: PageClient, trust: Trust) -> None:
    words = words_of(send(browser))
    before = browser.client.get_cookie("__Host-draft", domain=trust.host)
    assert before is not None
    inbox = open_inbox(browser, " ".join(words))
    assert "__Host-draft" not in browser.cookies()
    browser.submit(inbox, "Close my inbox")
    browser.client.set_cookie("__Host-draft", before.value, domain=trust.host, secure=True, path="/")
    for address in ("/raise", "/raise/sent"):
        assert words_of(browser.get(address)) == []


def test_opening_another_inbox_takes_nobodys_only_words_away(browser: PageClient, trust: Trust) -> None:
    other = PageClient(browser.app, trust.host)
    others_words = " ".join(words_of(send(other)))
    words = words_of(send(browser))
    browser.submit(open_inbox(browser, others_words), "Close my inbox")
    assert words_of(browser.get("/raise")) == words


def test_coming_back_to_a_draft_leaves_no_other_row_with_its_words(browser: PageClient, trust: Trust) -> None:
    words = words_of(browser.submit(walk(browser, 3), "Stop and come back later"))
    before = browser.client.get_cookie("__Host-draft", domain=trust.host)
    assert before is not None
    open_inbox(browser, " ".join(words))
    other = PageClient(browser.app, trust.host)
    other.client.set_cookie("__Host-draft", before.value, domain=trust.host, secure=True, path="/")
    assert words_of(other.get("/raise")) == []


def test_a_stale_tab_after_sending_gets_its_words_back_and_changes_nothing(browser: PageClient, trust: Trust) -> None:
    stale = walk(browser, 5)
    words = words_of(send(browser))
    page = go_on(browser, stale, detriment="They moved me.")
    assert page.status == 409
    assert "You have already sent this" in page.errors[0]
    assert "They moved me." in page.body
    assert words_of(browser.get("/raise/sent")) == words


def test_a_busy_machine_keeps_the_post_and_sends_it_at_the_second_try(
    browser: PageClient, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = walk(browser, 9)
    full = slots.Slots(limit=1, wait_seconds=0.01)
    monkeypatch.setattr(slots, "SUBMITTING", full)
    with full.hold("somebody else"):
        busy = browser.submit(check, "Send")
    assert busy.status == 503
    assert "Nothing you wrote is lost" in busy.text
    assert len(words_of(browser.submit(busy, "Try again"))) == 7
    assert len(readers_of(trust)) == 1


def test_stopping_shows_the_words_and_typing_them_brings_everything_back(browser: PageClient, trust: Trust) -> None:
    page = browser.submit(walk(browser, 5), "Stop and come back later", detriment="They moved me.")
    words = words_of(page)
    assert len(words) == 7
    assert words_of(browser.get("/raise")) == words
    assert readers_of(trust) == {}
    browser.submit(page, "I have saved these words")
    assert "__Host-draft" not in browser.cookies()
    other = PageClient(browser.app, trust.host)
    back = open_inbox(other, " ".join(words))
    assert (back.path, question(back)) == ("/raise", "5")
    assert "They moved me." in back.body
    check = walk(other, 9)
    assert "They moved me." in check.text
    assert words_of(other.submit(check, "Send")) == words
    assert len(readers_of(trust)) == 1


def test_words_bring_a_draft_back_once_and_open_the_inbox_after_sending(browser: PageClient, trust: Trust) -> None:
    page = browser.submit(walk(browser, 3), "Stop and come back later")
    words = " ".join(words_of(page))
    browser.submit(page, "I have saved these words")
    open_inbox(browser, words)
    other = PageClient(browser.app, trust.host)
    assert "do not open anything" in open_inbox(other, words).text
    browser.submit(walk(browser, 9), "Send")
    assert "Your private inbox" in open_inbox(other, words).heading


def test_somebody_who_stopped_may_go_on_at_once(browser: PageClient) -> None:
    page = browser.submit(walk(browser, 5), "Stop and come back later", detriment="They moved me.")
    page = browser.submit(page, "Go on writing now")
    assert question(page) == "5"
    assert "They moved me." in page.body


def test_somebody_who_stopped_at_the_check_comes_back_to_it(browser: PageClient) -> None:
    page = browser.submit(walk(browser, 9), "Stop and come back later")
    assert question(browser.submit(page, "Go on writing now")) == "9"


@pytest.mark.parametrize("how", ["at once", "with the words"])
def test_somebody_who_stopped_while_changing_an_answer_goes_on_to_the_check(browser: PageClient, how: str) -> None:
    story = browser.submit(walk(browser, 9), "Change What happened?")
    stopped = browser.submit(story, "Stop and come back later", narrative="Half of another story")
    if how == "at once":
        back = browser.submit(stopped, "Go on writing now")
    else:
        browser.submit(stopped, "I have saved these words")
        back = open_inbox(browser, " ".join(words_of(stopped)))
    assert question(back) == "2"
    check = go_on(browser, back, narrative="Another story")
    assert question(check) == "9"
    assert "Another story" in check.text


def test_stopping_at_a_question_that_a_change_brought_up_leads_on_to_the_check(browser: PageClient) -> None:
    how = browser.submit(walk(browser, 9, how={"how": "anonymous"}), "Change How do you want to tell us?")
    stopped = browser.submit(go_on(browser, how, how="confidential"), "Stop and come back later", name="Nora")
    reach = browser.submit(stopped, "Go on writing now")
    assert question(reach) == "6"
    assert question(go_on(browser, reach)) == "9"


def test_an_answer_that_will_not_do_is_mended_on_the_way_back_to_the_check(browser: PageClient) -> None:
    story = browser.submit(walk(browser, 9), "Change What happened?")
    refused = go_on(browser, story, narrative=" ")
    assert refused.errors == ["Write what happened. A few words are enough to begin with."]
    assert question(go_on(browser, refused, narrative="Another story")) == "9"


def test_the_cookie_does_not_say_at_which_question_somebody_is(browser: PageClient, trust: Trust) -> None:
    held, lengths = set(), set()
    for number in range(2, 10):
        walk(browser, number)
        cookie = browser.client.get_cookie("__Host-draft", domain=trust.host)
        assert cookie is not None
        held.add(cookie.value)
        lengths.add(len(cookie.value))
        assert not [step.name for step in STEPS if step.name in cookie.value.partition(".")[2]]
    assert (len(held), len(lengths)) == (8, 1)


@pytest.mark.parametrize("after_the_token", ["", ".", ".risk-", ".AAAA", ".ä", "." + "A" * 60])
def test_a_cookie_that_says_nothing_of_the_question_still_opens_the_draft(
    browser: PageClient, trust: Trust, after_the_token: str
) -> None:
    walk(browser, 4)
    cookie = browser.client.get_cookie("__Host-draft", domain=trust.host)
    assert cookie is not None
    token = cookie.value.partition(".")[0]
    browser.client.set_cookie("__Host-draft", token + after_the_token, domain=trust.host, secure=True, path="/")
    assert question(browser.get("/raise")) == "4"


def test_leaving_deletes_the_draft_and_takes_our_cookies_away(browser: PageClient, trust: Trust) -> None:
    walk(browser, 3)
    draft = browser.client.get_cookie("__Host-draft", domain=trust.host)
    assert draft is not None
    answer = browser.client.get("/leave", base_url=f"https://{trust.host}")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "https://www.bbc.co.uk/weather"
    assert answer.headers["Clear-Site-Data"] == '"storage"'
    assert browser.cookies() == set()
    browser.client.set_cookie("__Host-draft", draft.value, domain=trust.host, secure=True, path="/")
    assert question(browser.get("/raise")) == "1"
    assert STORY not in browser.get("/raise").body


def test_leaving_closes_an_open_inbox(browser: PageClient, trust: Trust) -> None:
    sent = send(browser)
    words = " ".join(words_of(sent))
    open_inbox(browser, words)
    session = browser.client.get_cookie("__Host-inbox", domain=trust.host)
    assert session is not None
    browser.client.get("/leave", base_url=f"https://{trust.host}")
    browser.client.set_cookie("__Host-inbox", session.value, domain=trust.host, secure=True, path="/")
    assert browser.get("/follow-up").heading == "Follow up Your seven words"


def test_leaving_says_beforehand_that_it_deletes(browser: PageClient) -> None:
    link = browser.get("/raise").soup.select_one("a[href='/leave']")
    assert link is not None
    note = browser.get("/raise").soup.find(id=link["aria-describedby"])
    assert note is not None
    assert "Deletes what you typed here" in note.get_text()


def close_by_absence(trust: Trust) -> None:
    for person in trust.people.values():
        with trust.work(person) as uow:
            accounts.mark_absent(uow, accounts.member(uow, person.id).membership, uow.today + timedelta(days=5))


def close_by_stopping(trust: Trust) -> None:
    with trust.work() as uow:
        organisations.stop_intake(uow, organisations.here(uow), stopped=True)


def close_by_a_missing_number(trust: Trust) -> None:
    with trust.work() as uow:
        organisations.add_site(uow, organisations.SiteDetails("New clinic", "", "", 40))


@pytest.mark.parametrize(
    ("close", "why"),
    [
        (close_by_absence, "Today there are not enough."),
        (close_by_stopping, "This form is stopped for now."),
        (close_by_a_missing_number, "a number for that is missing."),
    ],
)
def test_a_closed_form_says_why_with_a_number_before_anyone_types(
    browser: PageClient, trust: Trust, close: Callable[[Trust], None], why: str
) -> None:
    first = browser.get("/raise")
    close(trust)
    home, form = browser.get("/"), browser.get("/raise")
    assert "/raise" not in home.links()
    for page in (home, form):
        assert "0300 000 0000" in page.text
        assert why in page.text
        assert page.text.count("This form is stopped") + page.text.count("not enough.") <= 1
        assert "/follow-up" in page.links()
    assert not form.soup.find_all("textarea")
    refused = browser.submit(first, "Continue", how="open")
    assert refused.status == 503
    assert why in refused.text
    assert "Nothing you wrote is lost" in refused.text


def test_a_closed_form_of_an_organisation_without_a_number_does_not_ask_to_call_it(
    browser: PageClient, trust: Trust
) -> None:
    close_by_stopping(trust)
    with trust.work() as uow:
        organisations.here(uow).guardian_phone = ""
    page = browser.get("/raise")
    assert page.heading == "This form is closed today"
    assert "Please call us" not in page.body


def test_a_draft_begun_before_the_form_closed_is_not_sent_and_can_be_put_aside(
    browser: PageClient, trust: Trust
) -> None:
    check = walk(browser, 9)
    close_by_stopping(trust)
    again = browser.submit(check, "Send")
    assert "The form is stopped for now." in again.text
    assert "Nobody could read it" not in again.text
    assert "Nobody answered the bell." in again.text
    assert readers_of(trust) == {}
    assert len(words_of(browser.submit(again, "Stop and come back later"))) == 7


@pytest.mark.parametrize(("at_risk", "told"), [("no", 0), ("yes", 2)])
def test_only_somebody_at_risk_now_makes_anything_go_out_at_once(
    browser: PageClient, trust: Trust, at_risk: str, told: int
) -> None:
    send(browser, risk={"at_risk": at_risk})
    with trust.work() as uow:
        rows = [row.job for row in uow.session.scalars(select(OutboxRow)) if row.job is not Job.INVITATION_MAIL]
    assert rows == [Job.URGENT_MAIL] * told
