"""Whatever is posted, the answer is a page: never a 500, and nothing typed is lost."""

import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speakup.web.intake.steps import STEPS
from tests.factories import RaisedCase, raised_case
from tests.trusts import Trust
from tests.web.client import PageClient
from tests.web.walking import open_inbox, walk

NAMES = sorted({
    "how", "narrative", "spoke_up_before", "at_risk", "risk", "directorate", "site", "worker_group", "role", "language",
    "help", "other_help", "happened", "detriment", "name", "contact", "safe_contact", "notice_by", "notice_email",
    "notice_phone", "people", "others", "subject", "files", "as_they_are", "readers", "returning", "words", "then",
    "text", "sealed",
})  # fmt: skip
TEXT = st.text(max_size=40) | st.sampled_from(
    ["", "yes", "open", "email", "team", "\x00", "\ud7ff", "a" * 3000, "-1", "{}"]
)
FIELDS = st.dictionaries(st.sampled_from(NAMES) | st.text(string.printable, max_size=8), TEXT, max_size=8)
STEP_NAMES = st.sampled_from([*(step.name for step in STEPS), "paused", "", "nowhere", "\x00"])
BUTTONS = st.sampled_from(
    [*(step.name for step in STEPS), "next", "pause", "send", "add", "saved", "carry_on", "remove-x", ""]
)
SLOWLY = settings(
    max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def token(browser: PageClient, path: str = "/follow-up") -> str:
    field = browser.get(path).soup.find("input", {"name": "csrf_token"})
    assert field is not None
    return str(field["value"])


def post(browser: PageClient, path: str, fields: dict[str, str]) -> int:
    """Post exactly this. The page is not read as HTML: no browser sends the characters that break that rule."""
    return browser.client.post(path, base_url=f"https://{browser.host}", data=fields).status_code


@pytest.mark.parametrize("whose", ["own", "forged"])
@SLOWLY
@given(fields=FIELDS, step=STEP_NAMES, to=BUTTONS)
def test_no_post_to_the_form_breaks_it(
    browser: PageClient, whose: str, fields: dict[str, str], step: str, to: str
) -> None:
    posted = {**fields, "csrf_token": token(browser) if whose == "own" else whose, "step": step, "to": to}
    assert post(browser, "/raise", posted) in ({303, 400, 409} if whose == "own" else {303, 400})
    assert browser.client.get("/raise", base_url=f"https://{browser.host}").status_code in {200, 303}


@SLOWLY
@given(fields=FIELDS, words=TEXT)
def test_no_post_to_the_words_page_breaks_it(browser: PageClient, fields: dict[str, str], words: str) -> None:
    assert post(browser, "/follow-up", {**fields, "csrf_token": token(browser), "words": words}) in {422, 429}


@pytest.mark.parametrize("path", ["message", "who-i-am", "new-words", "stop"])
def test_no_post_to_the_inbox_breaks_it(browser: PageClient, trust: Trust, path: str) -> None:
    raised: RaisedCase = raised_case(trust)
    words = " ".join(raised.words)
    open_inbox(browser, words)

    @settings(SLOWLY, max_examples=15)
    @given(fields=FIELDS)
    def try_it(fields: dict[str, str]) -> None:
        posted = {**fields, "csrf_token": token(browser, "/follow-up/stop")}
        assert post(browser, f"/follow-up/{path}", posted) in {200, 303, 400, 422}

    try_it()
    assert browser.get("/follow-up").status == 200


@pytest.mark.parametrize("cookie", ["", ".", "x", "x.story-ftr", "x.nowhere-zzz", "\x7f", "a" * 3000, "%00.check-f"])
@pytest.mark.parametrize("path", ["/raise", "/raise/sent", "/leave", "/follow-up"])
def test_a_forged_cookie_is_as_good_as_none(browser: PageClient, cookie: str, path: str) -> None:
    headers = {"Cookie": f"__Host-draft={cookie}; __Host-inbox={cookie}; __Host-form={cookie}"}
    answer = browser.client.get(path, base_url=f"https://{browser.host}", headers=headers)
    assert answer.status_code in {200, 303}


def test_words_typed_with_a_nul_arrive(browser: PageClient) -> None:
    page = walk(browser, 9, story={"narrative": "before\x00after"})
    assert "before" in page.text


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_methods_nobody_uses_find_nothing(browser: PageClient, method: str) -> None:
    answer = getattr(browser.client, method)("/raise", base_url=f"https://{browser.host}")
    assert answer.status_code == 404
