"""Any bytes posted to any page that needs no account: a page that says what to do, never an error of ours.

Field names are read off the forms there are, so that a new one is tried as soon as it exists.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote_plus

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse
from wtforms import Form

from speakup.web.auth import forms as auth_forms
from speakup.web.inbox import forms as inbox_forms
from speakup.web.intake import forms as intake_forms
from speakup.web.surfaces import LEDGER, Admits
from speakup.web.throttle import Throttle
from tests.factories import raised_case
from tests.trusts import Trust
from tests.web.client import PageClient
from tests.web.test_house import known_of, methods_of, opened_inbox, pages
from tests.web.test_throttle import Clock

FEW = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
CARRIED = ("csrf_token", "step", "to", "returning", "readers", "then", "kept_address", "kept.text", "sealed", "words")


def names_of_every_field() -> list[str]:
    """Read the names off every form of the pages for everybody, of the inbox and of signing in."""
    found = set(CARRIED)
    for module in (intake_forms, inbox_forms, auth_forms):
        for made in vars(module).values():
            if isinstance(made, type) and issubclass(made, Form):
                with Flask("names").test_request_context():
                    found |= {each.name for each in made(formdata=None, meta={"csrf": False})}
    return sorted(found)


NAMES = names_of_every_field()
STEPS = ["how", "story", "risk", "work", "detriment", "reach", "exclude", "files", "check", "paused", "", "\0"]
VALUES = st.one_of(
    st.text(max_size=30).map(lambda words: words.encode("utf-8", "surrogatepass")),
    st.binary(max_size=30),
    st.sampled_from([b"", b"yes", b"open", b"anonymous", b"text", b"email", b"-1", b"9" * 400, b"\xff\xfe\0", b"%00"]),
    st.sampled_from(["\u202e\0\ufffe", "٣", "a" * 60_000, "zoom " * 7, "abdomen " * 40]).map(str.encode),
    st.sampled_from(STEPS).map(str.encode),
    st.sampled_from(["next", "pause", "send", "add", "remove-x", "carry_on", "saved", "check"]).map(str.encode),
)
ANY_NAME = st.sampled_from(NAMES).map(str.encode) | st.binary(max_size=6)
PAIRS = st.lists(st.tuples(ANY_NAME, VALUES), max_size=12)
TOKENS = st.sampled_from(["own", "own", "own", "forged", "none", "twice"])
FILE_HEADS = st.sampled_from([
    b'; filename="a.txt"', b'; filename=""', b"; filename*=UTF-8''a%00%E2%80%AE.txt", b'; filename="../../etc/passwd"',
    b'; filename="a\xff.pdf"', b"; filename=" + b"a" * 5_000,
])  # fmt: skip
ODD_KINDS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20) | st.sampled_from(
    [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=ä",
        ";",
        "a/b/c",
    ]
)
PART_KINDS = st.sampled_from([
    b"", b"Content-Type: text/plain; charset=utf-16\r\n", b"Content-Type: text/plain; charset=ascii\r\n",
    b"Content-Type: image/jpeg\r\n", b"Content-Transfer-Encoding: base64\r\n", b"X-\xff: 1\r\n",
])  # fmt: skip


@dataclass(frozen=True)
class Body:
    """What is posted, and as what."""

    kind: str
    content: bytes


@st.composite
def urlencoded(draw: st.DrawFn, pairs: list[tuple[bytes, bytes]]) -> Body:
    charset = draw(st.sampled_from(["", "; charset=utf-8", "; charset=utf-16", "; charset=latin-1", "; charset=none"]))
    written = b"&".join(quote_plus(name).encode() + b"=" + quote_plus(value).encode() for name, value in pairs)
    raw = draw(st.sampled_from([b"", b"&\xff=\xfe", b"&=", b"&a", b";b=1", b"&%zz=%"]))
    return Body("application/x-www-form-urlencoded" + charset, written + raw)


@st.composite
def multipart(draw: st.DrawFn, pairs: list[tuple[bytes, bytes]]) -> Body:
    parts = []
    for name, value in pairs:
        head = draw(st.sampled_from([b"", b""]) | FILE_HEADS) + b"\r\n" + draw(PART_KINDS)
        parts.append(b'--b\r\nContent-Disposition: form-data; name="' + name + b'"' + head + b"\r\n" + value + b"\r\n")
    end = draw(st.sampled_from([b"--b--\r\n", b"--b--\r\n", b"", b"--b", b"--c--"]))
    kind = draw(st.sampled_from(["multipart/form-data; boundary=b"] * 4 + ["multipart/form-data", "multipart/mixed"]))
    return Body(kind, b"".join(parts) + end)


@st.composite
def bodies(draw: st.DrawFn, token: str) -> Body:
    pairs = draw(PAIRS)
    given_tokens = {"own": [token], "forged": ["IjEi.a.b"], "none": [], "twice": ["x", token]}[draw(TOKENS)]
    pairs += [(b"csrf_token", each.encode()) for each in given_tokens]
    if draw(st.integers(0, 20)) == 0:
        pairs *= draw(st.integers(2, 400))
    return draw(urlencoded(pairs) | multipart(pairs) | st.builds(Body, ODD_KINDS, st.binary(max_size=50)))


def open_rules(app: Flask) -> Iterator[str]:
    """List the addresses that take a post from somebody without an account."""
    for rule in pages(app):
        surface = rule.endpoint.rpartition(".")[0]
        if LEDGER.get(surface) in {Admits.EVERYBODY, Admits.REPORTER} and "POST" in methods_of(rule):
            yield rule.rule


def post(browser: PageClient, address: str, body: Body) -> TestResponse:
    answer = browser.client.post(
        address,
        base_url=f"https://{browser.host}",
        input_stream=io.BytesIO(body.content),
        headers={"Origin": f"https://{browser.host}", "Content-Type": body.kind},
    )
    answer.get_data()
    answer.close()
    return answer


@pytest.fixture
def impatient(app: Flask) -> None:
    """Let nobody really stand in line: the clock of the lines goes on by itself."""
    clock = Clock()
    app.extensions["speakup"].throttle = Throttle(clock, clock.stand)


def token_for(browser: PageClient) -> str:
    shown = browser.get("/sign-in").soup.select_one("input[name=csrf_token]")
    assert shown is not None
    return str(shown["value"])


def test_the_pages_tried_are_all_there_are(app: Flask) -> None:
    assert {"/raise", "/raise/sent", "/follow-up", "/follow-up/close", "/sign-in", "/welcome/<token>"} <= {
        *open_rules(app)
    }
    assert {"narrative", "people", "notice_phone", "as_they_are", "passphrase", "code", "words"} <= {*NAMES}


@pytest.mark.parametrize("who", ["a visitor", "somebody writing", "somebody with an inbox"])
def test_no_body_posted_anywhere_is_an_error_of_ours(app: Flask, trust: Trust, impatient: None, who: str) -> None:
    raised = raised_case(trust)
    browser = opened_inbox(app, raised) if who == "somebody with an inbox" else PageClient(app, trust.host)
    if who == "somebody writing":
        browser.submit("/raise", "Continue", how="confidential")
    token, known = token_for(browser), known_of(trust, raised)
    addresses = [known.address(rule) for rule in pages(app) if rule.rule in {*open_rules(app)}]

    @FEW
    @given(data=st.data())
    def try_it(data: st.DataObject) -> None:
        address, body = data.draw(st.sampled_from(addresses)), data.draw(bodies(token))
        answer = post(browser, address, body)
        assert 200 <= answer.status_code < 500, (address, answer.status)
        assert answer.status_code in {303, 302} or answer.mimetype == "text/html"

    try_it()
    assert browser.get("/raise").status == 200
    assert PageClient(app, trust.host).get("/follow-up").status == 200


def test_what_belongs_to_another_looks_like_what_is_not_there_whatever_is_posted(
    app: Flask, both_trusts: list[Trust], impatient: None
) -> None:
    trust, other = both_trusts
    mine, theirs = raised_case(trust), raised_case(other)
    browser = opened_inbox(app, mine)
    token = token_for(browser)
    own, foreign = known_of(trust, mine), known_of(other, theirs)
    rules = [rule for rule in pages(app) if set(rule.arguments) & {"record_id", "ref", "person_id"}]

    @settings(FEW, max_examples=40)
    @given(data=st.data())
    def try_it(data: st.DataObject) -> None:
        rule, body = data.draw(st.sampled_from(rules)), data.draw(bodies(token))
        absent = type(own)(**{**vars(foreign), **dict.fromkeys(("record_id", "person_id"), str(foreign.session_id))})
        seen = [post(browser, each.address(rule), body) for each in (absent, foreign)]
        assert len({each.status_code for each in seen}) == 1, rule.rule
        if seen[0].status_code == 404:
            assert seen[0].data == seen[1].data, rule.rule

    try_it()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Host", "anytown.localhost:99999"),
        ("Host", "\xff"),
        ("Cookie", "__Host-form=\xff\xfe; __Host-draft=%00; __Host-inbox=" + "a" * 3000),
        ("Cookie", "__Host-known=\xe4; __Host-done=e30="),
        ("Content-Length", "-1"),
        ("Content-Length", "x"),
        ("Origin", "null"),
        ("Origin", "\xff"),
        ("Referer", "http://[::1"),
        ("Accept-Language", "\xff;q=x"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_header_is_an_error_of_ours(app: Flask, trust: Trust, method: str, name: str, value: str) -> None:
    browser = PageClient(app, trust.host)
    key = {"Content-Length": "CONTENT_LENGTH"}.get(name, f"HTTP_{name.upper().replace('-', '_')}")
    for address in ("/", "/raise", "/follow-up", "/sign-in"):
        answer = browser.client.open(
            address, method=method, base_url=f"https://{browser.host}", environ_overrides={key: value}
        )
        answer.close()
        assert answer.status_code < 500, (address, answer.status)
