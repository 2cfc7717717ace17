"""Opening the inbox: kind to whoever holds the words, slow for whoever guesses, and never a lost word."""

from collections.abc import Callable

import pytest

from speakup.crypto import words as word_list
from speakup.crypto.receipts import Receipt, draw
from tests.factories import RaisedCase
from tests.trusts import Trust
from tests.web.client import PageClient
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
