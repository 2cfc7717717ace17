"""What nobody types is left out of what people write, and everything they can see stays."""

import io
import unicodedata

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from wtforms import Form

from speakup.web.lines import Hidden, without_controls
from tests.factories import raised_case
from tests.trusts import Trust
from tests.web.client import PageClient
from tests.web.test_house import opened_inbox
from tests.web.walking import only_case, send, words_of

TURNED = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("before\x00after", "beforeafter"),
        ("one\r\ntwo\rthree\n\tfour", "one\ntwo\nthree\n\tfour"),
        ("\x1b[31mred\x07", "[31mred"),
        ("invoice\u202etxt.exe", "invoicetxt.exe"),
        ("\u202a07700 900 123\u202c", "07700 900 123"),
        ("half \ud83d a pair", "half  a pair"),
        ("no character \ufffe\U0010ffff", "no character "),
    ],
)
def test_what_no_keyboard_types_is_left_out(typed: str, kept: str) -> None:
    assert without_controls(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "Zażółć gęślą jaźń",
        "שלום\u200f 12",
        "مرحبا\u200e (1)",
        "क्\u200dष",
        "👩\u200d⚕️ 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "e\u0301 ∀x ≠ y\u00a0z",
        "soft\u00adhyphen",
    ],
)
def test_every_script_stays_as_it_was_typed(typed: str) -> None:
    assert without_controls(typed) == typed


@given(st.text())
def test_nothing_that_can_be_seen_is_lost_and_doing_it_again_changes_nothing(typed: str) -> None:
    kept = without_controls(typed)
    assert without_controls(kept) == kept
    assert [each for each in typed if unicodedata.category(each)[0] in "LMNPSZ"] == [
        each for each in kept if unicodedata.category(each)[0] in "LMNPSZ"
    ]


def test_such_characters_in_every_box_of_a_concern_arrive_without_them(browser: PageClient, trust: Trust) -> None:
    odd = f"a\x00b{TURNED}c"
    page = send(
        browser,
        story={"narrative": f"The bell {odd} rang."},
        risk={"at_risk": "no", "risk": odd},
        work={"role": odd, "language": odd, "other_help": odd},
        detriment={"detriment": odd},
        reach={
            "name": f"Ola {odd}",
            "contact": "\u202a07700 900 123\u202c",
            "safe_contact": odd,
            "notice_by": "text",
            "notice_phone": "\u202a07700 900 123\u202c",
        },
        exclude={"others": odd},
        files={"files": (io.BytesIO(b"one"), f"list{TURNED}.txt")},
    )
    assert len(words_of(page)) == 7
    view = only_case(trust)
    assert view.told.narrative == "The bell abc rang."
    assert (view.told.risk, view.told.role, view.told.detriment, view.exclusions.others) == ("abc",) * 4
    assert view.told.help_needed == "Language: abc\nabc"
    assert view.person is not None
    assert (view.person.name, view.person.contact, view.person.safe_contact) == ("Ola abc", "07700 900 123", "abc")
    assert view.person.notice_to == "07700 900 123"
    assert [each.stored.name for each in view.told.files] == ["list.txt"]


def test_such_characters_in_a_message_and_in_the_name_of_its_file_are_left_out(app: Flask, trust: Trust) -> None:
    raised = raised_case(trust)
    browser = opened_inbox(app, raised)
    named = (io.BytesIO(b"one"), "tsil\u202etxt.csv.txt")
    page = browser.submit("/follow-up", "Send", text="Ring\x00 the \u202ebell", files=named)
    assert page.status == 200
    assert "Ring the bell" in page.text
    assert "tsiltxt.csv.txt" in page.text
    assert not any(each in page.body for each in TURNED)


@pytest.mark.parametrize("name", ["a\u202etxt.pdf", "a\x07b.pdf"])
def test_a_refused_file_is_named_without_them(app: Flask, trust: Trust, name: str) -> None:
    browser = opened_inbox(app, raised_case(trust))
    page = browser.submit("/follow-up", "Send", files=(io.BytesIO(b"no pdf"), name))
    assert page.status == 422
    assert not any(each in page.body for each in (*TURNED, "\x07"))
    assert without_controls(name) in page.text


def test_what_is_given_back_is_free_of_them_too(browser: PageClient) -> None:
    page = browser.post("/follow-up/message", {"text": f"Ring\x00 the {TURNED}bell, please do"})
    assert page.status == 401
    assert "Ring the bell, please do" in page.text
    assert not any(each in page.body for each in (*TURNED, "\x00"))


@pytest.mark.parametrize(
    ("carried", "number"),
    [
        ("7", 7),
        ("0", 0),
        ("", 0),
        (None, 0),
        ("-1", 0),
        ("1.5", 0),
        ("٣", 0),
        ("1" * 10, 0),
        ("999999999", 999_999_999),
    ],
)
def test_what_a_page_carries_for_itself_is_a_number_or_none(carried: str | None, number: int) -> None:
    class Carrying(Form):
        revision = Hidden()

    assert Carrying(revision=carried).revision.number == number
