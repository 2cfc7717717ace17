"""Whatever is posted to whatever address by whomever: a page that says what to do, and never an error of ours."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient
from tests.web.test_house import known_of, methods_of, nothing, opened_inbox, pages, token_of

HUGE = 1_100_000
FIELDS = (
    "text",
    "title",
    "files",
    "elements",
    "worker_group",
    "outcome",
    "satisfied",
    "summary",
    "why",
    "words",
    "until",
)
TEXT = st.text(max_size=60) | st.sampled_from(
    ["", "\x00", "a" * 60_000, "-1", "{}", "../..", "<script>", "\ud7ff", "🧵"]
)

BODIES: dict[str, tuple[str, bytes]] = {
    "no form at all": ("application/json", b'{"csrf_token": []}'),
    "a form cut off": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nhal',
    ),
    "a form without its boundary": ("multipart/form-data", b"--x--"),
    "letters of no alphabet": ("application/x-www-form-urlencoded", b"text=%ff%fe%00&csrf_token=%80"),
    "more than anybody types": ("application/x-www-form-urlencoded", b"text=" + b"a" * HUGE),
    "very many fields": ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(5000))),
    "a kind that is none": ("\x80/\xff; charset=nothing", b"\x00" * 100),
}


@pytest.fixture
def everybody(app: Flask, trust: Trust, signed_in: Callable[[Colleague], PageClient]) -> dict[str, PageClient]:
    """A browser of somebody of each kind."""
    return {
        "nobody signed in": PageClient(app, trust.host),
        "a reporter": opened_inbox(app, factories.raised_case(trust)),
        "a guardian": signed_in(trust.guardian),
        "an administrator": signed_in(trust.administrator),
        "somebody outside the team": signed_in(factories.recipient(trust)),
    }


def status_of(browser: PageClient, address: str, body: bytes, kind: str) -> int:
    headers = {"Origin": f"https://{browser.host}"}
    answer = browser.client.post(
        address,
        base_url=f"https://{browser.host}",
        headers=headers,
        input_stream=io.BytesIO(body),
        content_length=len(body),
        content_type=kind,
    )
    answer.close()
    return answer.status_code


@pytest.mark.parametrize("what", BODIES)
def test_a_body_that_is_no_form_of_ours_is_refused_in_words(
    app: Flask, trust: Trust, everybody: dict[str, PageClient], what: str
) -> None:
    kind, body = BODIES[what]
    known = known_of(trust, factories.raised_case(trust))
    for rule in pages(app):
        if "POST" in methods_of(rule):
            for who, browser in everybody.items():
                status = status_of(browser, known.address(rule), body, kind)
                assert 300 <= status < 500, (rule.rule, who, status)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "IjEyMyI.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb", "\x00"])
def test_a_forged_token_is_no_token(app: Flask, trust: Trust, everybody: dict[str, PageClient], token: str) -> None:
    absent = nothing()
    for rule in pages(app):
        if "POST" in methods_of(rule):
            for who, browser in everybody.items():
                host = f"https://{browser.host}"
                answer = browser.client.post(
                    absent.address(rule), base_url=host, data={"csrf_token": token, "words": "a"}
                )
                assert 300 <= answer.status_code < 500, (rule.rule, who, answer.status)


def test_a_token_of_one_browser_is_none_in_another(everybody: dict[str, PageClient]) -> None:
    theirs = token_of(everybody["nobody signed in"])
    mine = everybody["a guardian"]
    mine.get("/account")
    answer = mine.client.post("/account/absence", base_url=f"https://{mine.host}", data={"csrf_token": theirs})
    assert answer.status_code in {400, 422}


def test_nothing_typed_into_the_pages_of_a_case_breaks_them(trust: Trust, guardian: PageClient) -> None:
    raised = factories.raised_case(trust)
    token = token_of(guardian)
    addresses = [
        "acknowledge",
        "reply",
        "outcome",
        "notice",
        "notes/new",
        "title",
        "code",
        "close",
        "reopen",
        "new-words",
    ]

    @settings(
        max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(address=st.sampled_from(addresses), fields=st.dictionaries(st.sampled_from(FIELDS), TEXT, max_size=6))
    def post(address: str, fields: dict[str, str]) -> None:
        host, data = f"https://{guardian.host}", {**fields, "csrf_token": token}
        answer = guardian.client.post(f"/cases/{raised.ref}/{address}", base_url=host, data=data)
        assert answer.status_code < 500, address

    post()
