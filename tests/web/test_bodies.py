"""Long texts come back in their boxes with a sentence; what is longer still gets a page that says what to do."""

import io

import pytest
from flask import Flask

from speakup.web.bodies import LEFT_UNREAD, MOST_FIELDS, WORDS_LIMIT
from tests.factories import raised_case
from tests.trusts import Trust
from tests.web.client import Page, PageClient
from tests.web.test_house import opened_inbox, token_of
from tests.web.walking import walk

FORM = "application/x-www-form-urlencoded"
LONG = "What I saw. " * 100_000
"""1.2 MB of words."""


def post(browser: PageClient, address: str, body: io.BytesIO, length: int, kind: str = FORM) -> Page:
    """Post so many bytes as said; the test client would count them for itself."""
    answer = browser.client.post(
        address,
        base_url=f"https://{browser.host}",
        input_stream=body,
        environ_overrides={"CONTENT_LENGTH": str(length)},
        content_type=kind,
        headers={"Origin": f"https://{browser.host}"},
    )
    return Page(answer, address)


def multipart(text: str, name: str = "narrative", **more: str) -> tuple[bytes, str]:
    fields = {**more, name: text}
    parts = [f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in fields.items()]
    return ("".join(parts) + "--b--\r\n").encode(), "multipart/form-data; boundary=b"


def test_a_story_of_more_than_a_megabyte_is_given_back_whole_with_a_sentence(browser: PageClient) -> None:
    page = browser.submit(walk(browser, 2), "Continue", narrative=LONG)
    assert page.status == 422
    assert page.errors == ["This is too long by 1,150,000 characters. Up to 50,000 fit."]
    (box,) = page.soup.select("textarea[name=narrative]")
    assert box.get_text().strip() == LONG.strip()
    mended = browser.submit(page, "Continue", narrative="What I saw.")
    assert "Is anyone at risk now?" in mended.heading


def test_a_story_that_is_far_too_long_is_not_laid_in_the_database(browser: PageClient, trust: Trust) -> None:
    browser.submit(walk(browser, 2), "Continue", narrative=LONG)
    with trust.work(trust.visitor) as uow:
        from speakup.cases.models import Draft  # noqa: PLC0415 -- to weigh the row itself

        assert max(len(each.sealed) for each in uow.session.query(Draft)) < 100_000
    assert LONG[:50] not in browser.get("/raise").body


def test_a_story_somewhat_too_long_is_kept_while_it_is_shortened(browser: PageClient) -> None:
    page = browser.submit(walk(browser, 2), "Continue", narrative="a" * 60_000)
    assert page.errors == ["This is too long by 10,000 characters. Up to 50,000 fit."]
    assert "a" * 60_000 in browser.get("/raise").body


def test_the_same_in_a_form_that_carries_files(browser: PageClient) -> None:
    walk(browser, 2)
    body, kind = multipart(LONG, csrf_token=token_of(browser), step="story", to="next")
    page = post(browser, "/raise", io.BytesIO(body), len(body), kind)
    assert page.status == 422
    assert LONG in page.body


def test_a_message_of_more_than_a_megabyte_is_given_back_whole(app: Flask, trust: Trust) -> None:
    browser = opened_inbox(app, raised_case(trust))
    page = browser.submit("/follow-up", "Send", text=LONG)
    assert page.status == 422
    assert "too long by" in page.errors[0]
    assert LONG in page.body


def test_a_message_whose_inbox_closed_meanwhile_comes_back_whole_too(browser: PageClient) -> None:
    page = browser.post("/follow-up/message", {"text": LONG})
    assert page.status == 401
    assert LONG in page.body


def test_thirty_megabytes_are_read_to_the_end_so_that_the_browser_shows_the_page(browser: PageClient) -> None:
    body = io.BytesIO(b"narrative=" + b"a" * 30_000_000)
    page = post(browser, "/raise", body, 30_000_010)
    assert page.status == 413
    assert body.tell() == 30_000_010
    assert "Use your browser’s Back button. What you wrote should still be there." in page.text
    assert "Each file can be up to 25 MB." in page.text


def test_three_hundred_megabytes_are_not_read_at_all(browser: PageClient) -> None:
    body = io.BytesIO(b"narrative=" + b"a" * 1_000_000)
    assert LEFT_UNREAD < 300_000_000
    for kind in (FORM, "multipart/form-data; boundary=b"):
        page = post(browser, "/raise", body, 300_000_000, kind)
        assert page.status == 413
        assert body.tell() == 0
        assert "Back button" in page.text


def test_words_cannot_fill_the_memory_where_files_may_be_large(browser: PageClient) -> None:
    many = {f"f{number}": "a" * 50_000 for number in range(100)}
    body, kind = multipart("", **many)
    assert len(body) > WORDS_LIMIT
    assert post(browser, "/raise", io.BytesIO(body), len(body), kind).status == 413


@pytest.mark.parametrize("fields", [MOST_FIELDS + 1, 200_000])
def test_no_form_has_so_many_fields(browser: PageClient, fields: int) -> None:
    body = b"&".join([b"a=1"] * fields)
    assert post(browser, "/raise", io.BytesIO(body), len(body)).status == 413


@pytest.mark.parametrize("address", ["/raise", "/follow-up", "/follow-up/message", "/sign-in", "/raise/sent"])
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nhal', "multipart/form-data; boundary=b"),
        (b"--b--", "multipart/form-data"),
        (b"--b--", "multipart/form-data; boundary=\xe4"),
        (b'{"text": "What I saw"}', "application/json"),
        (b"&&&", FORM),
        (b"\x00" * 100, "image/png"),
    ],
)
def test_what_is_no_form_at_all_gets_a_page_that_says_what_to_do(
    app: Flask, trust: Trust, address: str, body: bytes, kind: str
) -> None:
    browser = opened_inbox(app, raised_case(trust))
    page = post(browser, address, io.BytesIO(body), len(body), kind)
    assert page.status == 400
    assert page.heading == "Something did not arrive as it should"
    assert "Use your browser’s Back button. If your words are there, copy them first." in page.text


def test_bytes_that_are_no_letters_cost_no_other_word(browser: PageClient) -> None:
    body = b"narrative=What+I+\xff+saw%ff&step=story&csrf_token=forged"
    page = post(browser, "/raise", io.BytesIO(body), len(body))
    assert page.status == 400
    assert "What I \N{REPLACEMENT CHARACTER} saw" in page.body


def test_staff_are_not_told_of_an_inbox_they_do_not_have(guardian: PageClient) -> None:
    body = b"about=" + b"a" * 3_000_000
    page = post(guardian, "/account/profile", io.BytesIO(body), len(body))
    assert page.status == 413
    assert "Back button" in page.text
    assert "private inbox" not in page.text
    assert "call the guardians" not in page.text


def test_only_in_the_form_are_earlier_answers_said_to_be_kept(app: Flask, trust: Trust) -> None:
    body = b"text=" + b"a" * 3_000_000
    browser = opened_inbox(app, raised_case(trust))
    for address, in_the_form in {"/raise": True, "/follow-up/message": False}.items():
        page = post(browser, address, io.BytesIO(body), len(body))
        assert page.status == 413
        assert ("The answers you gave on the pages before this one are kept." in page.text) is in_the_form
        assert ("You can send the rest later, in your private inbox." in page.text) is in_the_form
        assert "You can also call the guardians" in page.text
