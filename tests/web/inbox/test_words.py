"""Opening the inbox: kind to whoever holds the words, slow for whoever guesses, and never a lost word."""

from collections.abc import Callable

import pytest

from speakup.crypto import words as word_list
from speakup.crypto.receipts import Receipt, draw
from speakup.web.throttle import WORDS_BY_ADDRESS, Throttle
from tests.factories import RaisedCase
from tests.trusts import Trust
from tests.web.client import PageClient
from tests.web.test_throttle import Clock
from tests.web.walking import open_inbox

WAYS: list[Callable[[Receipt], str]] = [
    lambda receipt: receipt.text(),
    lambda receipt: receipt.text().upper().replace(" ", ",\n"),
    lambda receipt: "-".join(receipt.numbers),
    lambda receipt: " ".join(f"{n}. {word}" for n, word in enumerate(receipt.words, 1)),
    lambda receipt: " ".join(f"{w} {n}" for w, n in zip(receipt.words, receipt.numbers, strict=True)),
]


@pytest.mark.parametrize("way", WAYS)
def test_the_words_open_it_however_they_are_typed(
    browser: PageClient, raised: RaisedCase, way: Callable[[Receipt], str]
) -> None:
    page = open_inbox(browser, way(Receipt(raised.words)))
    assert page.path == "/follow-up"
    assert page.heading == "Your private inbox"
    assert "The bell rang all night." in page.text


def test_a_misspelt_word_is_named_with_the_nearest_and_the_rest_stays(browser: PageClient, raised: RaisedCase) -> None:
    typed = ["zzap", *raised.words[1:]]
    page = open_inbox(browser, " ".join(typed))
    assert page.status == 422
    assert page.errors == ["Word 1, “zzap”, is not one of our words. Could it be “zap”?"]
    assert " ".join(typed) in page.body


def test_too_few_words_are_counted(browser: PageClient, raised: RaisedCase) -> None:
    page = open_inbox(browser, " ".join(raised.words[:5]))
    assert page.errors == ["There are 5 words here. We need exactly seven."]


def test_words_that_open_nothing_all_get_the_same_answer(browser: PageClient, raised: RaisedCase) -> None:
    almost = " ".join([*raised.words[:6], word_list.all_words()[0]])
    unknown = draw().text()
    answers = []
    for typed in (almost, unknown):
        page = open_inbox(PageClient(browser.app, browser.host), typed)
        answers.append((page.status, page.errors))
    assert (
        answers == [(422, ["These words do not open anything. Check each word and their order, then try again."])] * 2
    )


def test_words_open_nothing_at_another_organisation(
    browser: PageClient, raised: RaisedCase, other_trust: Trust
) -> None:
    page = open_inbox(PageClient(browser.app, other_trust.host), " ".join(raised.words))
    assert "do not open anything" in page.errors[0]


def test_guessing_is_slowed_and_the_right_words_still_open_for_somebody_else(
    browser: PageClient, raised: RaisedCase
) -> None:
    page = browser.get("/follow-up")
    for _ in range(9):
        page = browser.submit(page, "Open", words=draw().text())
    assert page.status == 429
    assert int(page.response.headers["Retry-After"]) > 0
    assert "Please wait" in page.errors[0]
    right = " ".join(raised.words)
    assert right in browser.submit(page, "Open", words=right).body
    other = PageClient(browser.app, browser.host)
    assert open_inbox(other, right).heading == "Your private inbox"


def test_a_guesser_who_drops_every_cookie_stands_in_line_and_the_right_words_open_within_seconds(
    browser: PageClient, raised: RaisedCase
) -> None:
    stood = slowed_without_waiting(browser).stood
    for _ in range(30):
        assert open_inbox(PageClient(browser.app, browser.host), draw().text()).status == 422
    assert stood, "thirty failures from one address slow it"
    assert max(stood) <= WORDS_BY_ADDRESS.longest
    stood.clear()
    right = open_inbox(PageClient(browser.app, browser.host), " ".join(raised.words))
    assert right.heading == "Your private inbox"
    assert sum(stood) < 5


def test_somebody_at_another_address_does_not_stand_behind_the_guesser(browser: PageClient, raised: RaisedCase) -> None:
    stood = slowed_without_waiting(browser).stood
    for _ in range(15):
        open_inbox(PageClient(browser.app, browser.host), draw().text())
    stood.clear()
    elsewhere = PageClient(browser.app, browser.host)
    elsewhere.client.environ_base["REMOTE_ADDR"] = "2001:db8::7"
    assert open_inbox(elsewhere, " ".join(raised.words)).heading == "Your private inbox"
    assert stood == []


def test_a_full_line_is_said_kindly_and_keeps_the_words(browser: PageClient, raised: RaisedCase) -> None:
    clock = slowed_without_waiting(browser)
    throttle = browser.app.extensions["speakup"].throttle
    right = " ".join(raised.words)
    page = browser.get("/follow-up")
    with browser.app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        throttle.failed(*[throttle.address()] * 30)
        clock.stopped = True
        for _ in range(4):
            throttle.queue({throttle.address(): WORDS_BY_ADDRESS})
    busy = browser.submit(page, "Open", words=right)
    assert busy.status == 503
    assert "Wait a few seconds" in busy.errors[0]
    clock.now += 1
    assert browser.submit(busy, "Open").heading == "Your private inbox"


@pytest.mark.parametrize("typed", ["qqqqqqqq", "99999", "ωωωωωω"])
def test_a_word_like_none_of_ours_is_named_without_a_guess(browser: PageClient, typed: str) -> None:
    page = open_inbox(browser, f"zoom {typed}")
    assert page.errors == [f"Word 2, “{typed}”, is not one of our words. Look at it once more."]


def slowed_without_waiting(browser: PageClient) -> Clock:
    """Let a clock of the test's own go on where somebody would stand in line."""
    clock = Clock()
    browser.app.extensions["speakup"].throttle = Throttle(clock, clock.stand)
    return clock


def test_opening_it_again_ends_the_session_before(browser: PageClient, raised: RaisedCase, trust: Trust) -> None:
    words = " ".join(raised.words)
    open_inbox(browser, words)
    before = browser.client.get_cookie("__Host-inbox", domain=trust.host)
    assert before is not None
    asked = browser.post("/follow-up", {**_token(browser), "words": words})
    assert asked.heading == "Your private inbox"
    stranger = PageClient(browser.app, trust.host)
    stranger.client.set_cookie("__Host-inbox", before.value, domain=trust.host, secure=True, path="/")
    assert "Your seven words" in stranger.get("/follow-up").heading


def test_a_failed_token_gives_the_words_back(browser: PageClient, raised: RaisedCase) -> None:
    words = " ".join(raised.words)
    page = browser.submit(browser.get("/follow-up"), "Open", words=words, csrf_token="forged")
    assert page.status == 400
    assert browser.submit(page, "Open").heading == "Your private inbox"


def _token(browser: PageClient) -> dict[str, str]:
    field = browser.get("/follow-up").soup.find("input", {"name": "csrf_token"})
    assert field is not None
    return {"csrf_token": str(field["value"])}
