"""Whatever is posted to a page of staff is answered with a page, and never with an error."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

SignIn = Callable[[Colleague], PageClient]

ANYTHING = st.one_of(
    st.text(max_size=200),
    st.sampled_from(["\x00", "\r\n", "٣", "-1", "9" * 400, "\ud7ff", "{{7*7}}", "' OR 1=1 --", "a@b", "../..", "%00"]),
)
ADMINISTRATORS = [
    *(
        "name",
        "email",
        "roles",
        "job_title",
        "phone",
        "emergency_number",
        "manager_on_call",
        "headcount",
        "directorate",
    ),
    *(
        "site",
        "primaries",
        "cover",
        "shown",
        "language",
        "subject",
        "worker_group",
        "person",
        "what",
        "leave_address",
        "guardian_phone",
        "acknowledge_days",
        "hours",
        "first",
    ),
    *("count", "size", "small_group", "domains", "conversation_days", "update_days", "review_days"),
]
TOKEN = st.sampled_from(["right", "forged", "missing"])
FEW = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def token_of(page: Page) -> str:
    found = page.soup.select_one("input[name=csrf_token]")
    assert found is not None
    return str(found["value"])


def posted(browser: PageClient, address: str, fields: dict[str, Any], how: str, right: str) -> Page:
    token = {"right": {"csrf_token": right}, "forged": {"csrf_token": "x" + right}, "missing": {}}[how]
    return browser.post(address, {**fields, **token})


@FEW
@given(fields=st.fixed_dictionaries({"then": ANYTHING, "email": ANYTHING}), kept=ANYTHING, how=TOKEN)
def test_nothing_posted_to_sign_in_is_an_error(
    browser: PageClient, fields: dict[str, str], kept: str, how: str
) -> None:
    """Without a passphrase, so that no example costs an Argon2id."""
    right = token_of(browser.get("/sign-in"))
    shown = posted(browser, "/sign-in", {**fields, "kept.text": kept, "kept_address": fields["then"]}, how, right)
    assert shown.status == 422


@FEW
@given(code=ANYTHING, then=ANYTHING, how=TOKEN)
def test_nothing_posted_as_a_code_is_an_error(signed_in: SignIn, trust: Trust, code: str, then: str, how: str) -> None:
    browser = _half_signed_in(signed_in, trust)
    shown = posted(browser, "/sign-in/code", {"code": code, "then": then}, how, token_of(browser.get("/sign-in/code")))
    assert shown.status == (422 if how == "right" else 400)


@pytest.mark.parametrize("address", ["/account/profile", "/account/absence", "/account/authenticator"])
@FEW
@given(
    fields=st.dictionaries(
        st.sampled_from(
            ["phone", "hours", "about", "until-day", "until-month", "until-year", "code", "drawn", "photo"]
        ),
        ANYTHING,
    ),
    how=TOKEN,
)
def test_nothing_posted_to_one_s_account_is_an_error(
    guardian: PageClient, address: str, fields: dict[str, str], how: str
) -> None:
    shown = posted(guardian, address, fields, how, token_of(guardian.get("/account/absence")))
    assert shown.status in ({200, 422} if how == "right" else {400, 422})


@pytest.mark.parametrize(
    "address",
    [
        "/admin/members/invite",
        "/admin/structure/sites/new",
        "/admin/structure/directorates/new",
        "/admin/routing/new",
        "/admin/routing/draft",
        "/admin/routing/submit",
        "/admin/routing/discard",
        "/admin/routing/take-back",
        "/admin/routing/executives",
        *(f"/admin/branding/{name}" for name in ("leaving", "contact", "looking", "limits", "mail", "intake")),
    ],
)
@FEW
@given(
    fields=st.dictionaries(
        st.sampled_from(ADMINISTRATORS),
        ANYTHING,
    ),
    how=TOKEN,
)
def test_nothing_posted_by_an_administrator_is_an_error(
    signed_in: SignIn, trust: Trust, address: str, fields: dict[str, str], how: str
) -> None:
    """A draft that is not as the page showed it is said to be so, and nothing is done to it."""
    administrator = signed_in(trust.administrator)
    shown = posted(administrator, address, fields, how, token_of(administrator.get("/admin")))
    assert shown.status in ({200, 409, 422} if how == "right" else {400, 409, 422})


@pytest.mark.parametrize(
    ("method", "address"),
    [("get", "/welcome/x"), ("post", "/welcome/x"), ("get", "/welcome/%00"), ("get", "/admin/members/not-an-id")],
)
def test_an_address_of_nothing_is_absent(
    browser: PageClient, signed_in: SignIn, trust: Trust, method: str, address: str
) -> None:
    asking = signed_in(trust.administrator)
    shown = asking.get(address) if method == "get" else asking.post(address)
    assert shown.status == 404


def test_a_body_that_is_too_large_gets_a_sentence(guardian: PageClient) -> None:
    shown = guardian.post("/account/profile", {"about": "x" * 3_000_000})
    assert shown.status == 413
    assert "Back button" in shown.text


def _half_signed_in(signed_in: SignIn, trust: Trust) -> PageClient:
    from speakup import keyring  # noqa: PLC0415 -- only to begin a session whose code is owed

    browser = signed_in(trust.guardian)
    with trust.work(trust.visitor) as uow:
        token = keyring.start_staff(uow, trust.guardian.id, trust.guardian.root_secret)
    browser.client.set_cookie("__Host-staff", token, domain=trust.host, secure=True, path="/", httponly=True)
    return browser
