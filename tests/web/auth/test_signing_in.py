"""Signing in and out, through the pages."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from speakup import keyring
from speakup.audit import Event
from speakup.web.throttle import PASSPHRASES_BY_ACCOUNT, Throttle
from tests.trusts import PASSPHRASE, Colleague, Trust
from tests.web.client import Page, PageClient
from tests.web.test_throttle import Clock

SignIn = Callable[[Colleague], PageClient]


def sign_in(browser: PageClient, person: Colleague, passphrase: str = PASSPHRASE, start: str = "/sign-in") -> Page:
    return browser.submit(start, email=person.email, passphrase=passphrase)


def test_a_guardian_signs_in_with_passphrase_and_code_and_sees_the_worklist(browser: PageClient, trust: Trust) -> None:
    asked = sign_in(browser, trust.guardian)
    assert asked.path == "/sign-in/code"
    half = browser.client.get_cookie("__Host-staff", domain=trust.host)
    listed = browser.submit(asked, code=trust.guardian.code())
    assert listed.path == "/cases"
    assert listed.status == 200
    whole = browser.client.get_cookie("__Host-staff", domain=trust.host)
    assert half is not None
    assert whole is not None
    assert half.value != whole.value


def test_an_administrator_without_a_second_factor_goes_straight_to_the_settings(
    browser: PageClient, trust: Trust
) -> None:
    with trust.work() as uow:
        from speakup.accounts.models import SecondFactor  # noqa: PLC0415 -- as if none had ever been set

        uow.session.get_one(SecondFactor, trust.administrator.id).confirmed = False
    assert sign_in(browser, trust.administrator).path == "/admin"


def test_until_the_code_is_given_no_page_opens(browser: PageClient, trust: Trust) -> None:
    sign_in(browser, trust.guardian)
    assert browser.get("/cases").path == "/sign-in?then=/cases"
    assert browser.get("/account").path == "/sign-in?then=/account"


def test_one_goes_on_to_the_page_one_came_for(browser: PageClient, trust: Trust) -> None:
    asked = browser.get("/account/words")
    code = browser.submit(asked, email=trust.guardian.email, passphrase=PASSPHRASE)
    assert browser.submit(code, code=trust.guardian.code()).path == "/account/words"


def test_what_was_asked_of_the_page_is_still_asked_after_signing_in(browser: PageClient, trust: Trust) -> None:
    wanted = "/cases?whose=team&page=2&sort=due"
    code = browser.submit(browser.get(wanted), email=trust.guardian.email, passphrase=PASSPHRASE)
    assert browser.submit(code, code=trust.guardian.code()).path == wanted


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "/\t/elsewhere.example",
        "/cases?\\elsewhere.example",
        "https:/elsewhere.example",
        "///elsewhere.example",
        "/\\/elsewhere.example",
        "elsewhere.example",
        "javascript:1",
    ],
)
def test_nobody_is_sent_to_another_site(browser: PageClient, trust: Trust, elsewhere: str) -> None:
    page = browser.get("/sign-in", query_string={"then": elsewhere})
    assert "elsewhere" not in page.body
    posted = browser.submit(page, email=trust.guardian.email, passphrase=PASSPHRASE, then=elsewhere)
    assert posted.path == "/sign-in/code"
    arrived = browser.submit(posted, code=trust.guardian.code(), then=elsewhere)
    assert arrived.path == "/cases"


@pytest.mark.parametrize(
    "unsuitable",
    [
        "/sign-out",
        "/sign%2Dout",
        "/signed-out",
        "/leave",
        "/sign-in",
        "/account/sessions/end-others",
        "/follow-up/message",
        "/static/app.css",
        "/nowhere",
        "/cases/SU-0000/notice",
    ],
)
def test_signing_in_leads_to_no_address_that_is_not_a_page_one_signs_in_for(
    browser: PageClient, trust: Trust, unsuitable: str
) -> None:
    page = browser.get("/sign-in", query_string={"then": unsuitable})
    posted = browser.submit(page, email=trust.guardian.email, passphrase=PASSPHRASE, then=unsuitable)
    arrived = browser.submit(posted, code=trust.guardian.code(), then=unsuitable)
    assert (arrived.status, arrived.path) == (200, "/cases")
    assert browser.get("/sign-in", query_string={"then": unsuitable}).path == "/cases"


def test_a_wrong_passphrase_and_an_unknown_address_get_the_same_answer(browser: PageClient, trust: Trust) -> None:
    wrong = browser.submit("/sign-in", email=trust.guardian.email, passphrase="not the right passphrase")
    unknown = browser.submit("/sign-in", email=f"x{trust.guardian.email[1:]}", passphrase="not the right passphrase")
    assert wrong.errors == ["The address or the passphrase is not right. Check both and try again"]
    assert (wrong.status, len(wrong.body)) == (unknown.status, len(unknown.body))
    assert _without_typed(wrong) == _without_typed(unknown)


def _without_typed(page: Page) -> str:
    return re.sub(r'value="[^"]*"', "", page.body)


def test_a_failure_is_recorded_without_address_or_words(browser: PageClient, trust: Trust) -> None:
    browser.submit("/sign-in", email=trust.guardian.email, passphrase="not the right passphrase")
    with trust.work() as uow:
        from speakup.audit.models import AuditEntry  # noqa: PLC0415 -- to look at the row itself

        entries = [each for each in uow.session.query(AuditEntry) if each.event is Event.SIGN_IN_FAILED]
        assert [each.subject_id for each in entries] == [trust.guardian.id]


def test_a_guesser_is_slowed_and_the_owner_of_the_account_is_not(
    browser: PageClient, app: object, trust: Trust
) -> None:
    shown = browser.get("/sign-in")
    for _ in range(8):
        shown = browser.submit(shown, email=trust.guardian.email, passphrase="not the right passphrase")
    assert "Too many tries in a row" in shown.errors[0]
    owner = PageClient(browser.app, trust.host)
    assert sign_in(owner, trust.guardian).path == "/sign-in/code"


def guess_elsewhere(browser: PageClient, email: str, times: int) -> list[Page]:
    """Guess at an account, from another address and with a new browser for each try."""
    answers = []
    for number in range(times):
        guesser = PageClient(browser.app, browser.host)
        guesser.client.environ_base["REMOTE_ADDR"] = f"2001:db8:{number}::1"
        answers.append(guesser.submit("/sign-in", email=email, passphrase="not the right passphrase"))
    return answers


@pytest.fixture
def clock(browser: PageClient) -> Clock:
    """A clock that goes on only where somebody stands in line."""
    made = Clock()
    browser.app.extensions["speakup"].throttle = Throttle(made, made.stand)
    return made


@pytest.mark.parametrize("who", ["the guardian", "nobody"])
def test_guessing_at_one_account_from_anywhere_stands_in_line_and_an_account_that_is_none_tells_nothing(
    browser: PageClient, trust: Trust, clock: Clock, who: str
) -> None:
    email = trust.guardian.email if who == "the guardian" else "nobody@example.org"
    answers = guess_elsewhere(browser, email, 16)
    assert {each.status for each in answers} == {422}
    assert len(clock.stood) == 9
    assert clock.stood == sorted(clock.stood)
    assert clock.stood[-1] == 1.5


def test_the_owner_of_an_account_under_attack_waits_a_moment_and_is_never_locked_out(
    browser: PageClient, trust: Trust, clock: Clock
) -> None:
    guess_elsewhere(browser, trust.guardian.email, 16)
    clock.stood.clear()
    assert sign_in(browser, trust.guardian).path == "/sign-in/code"
    assert sum(clock.stood) <= 1.5


def test_a_browser_that_signed_in_before_is_not_slowed_by_what_others_do(
    browser: PageClient, trust: Trust, clock: Clock
) -> None:
    sign_in(browser, trust.guardian)
    browser.client.delete_cookie("__Host-staff", domain=trust.host)
    guess_elsewhere(browser, trust.guardian.email, 16)
    clock.stood.clear()
    assert sign_in(browser, trust.guardian).path == "/sign-in/code"
    assert clock.stood == []


def test_being_known_for_one_account_is_worth_nothing_at_another_and_cannot_be_forged(
    browser: PageClient, trust: Trust, clock: Clock
) -> None:
    sign_in(browser, trust.lead)
    browser.client.delete_cookie("__Host-staff", domain=trust.host)
    guess_elsewhere(browser, trust.guardian.email, 16)
    for forged in (None, "", "a" * 96, "ä"):
        if forged is not None:
            browser.client.set_cookie("__Host-known", forged, domain=trust.host, secure=True, path="/", httponly=True)
        clock.stood.clear()
        browser.client.delete_cookie("__Host-staff", domain=trust.host)
        assert sign_in(browser, trust.guardian, "not the right passphrase").status == 422
        assert clock.stood


def test_a_known_browser_that_guesses_is_asked_to_wait_though_it_drops_the_forms_cookie(
    browser: PageClient, trust: Trust, clock: Clock
) -> None:
    sign_in(browser, trust.guardian)
    for _ in range(8):
        for name in ("__Host-staff", "__Host-form"):
            browser.client.delete_cookie(name, domain=trust.host)
        shown = sign_in(browser, trust.guardian, "not the right passphrase")
    assert "Too many tries in a row" in shown.errors[0]


def test_a_full_line_at_an_account_is_said_kindly_and_gives_the_address_back(
    browser: PageClient, trust: Trust, clock: Clock
) -> None:
    email, throttle = trust.guardian.email, browser.app.extensions["speakup"].throttle
    line = throttle.account(f" {email.upper()}")
    throttle.failed(*[line] * 30)
    clock.stopped = True
    for _ in range(2):
        throttle.queue({line: PASSPHRASES_BY_ACCOUNT})
    busy = sign_in(browser, trust.guardian)
    assert busy.status == 503
    assert "Wait a few seconds" in busy.errors[0]
    assert email in busy.body
    assert PASSPHRASE not in busy.body
    clock.now += 5
    assert browser.submit(busy, passphrase=PASSPHRASE).path == "/sign-in/code"


def test_guessing_with_a_stolen_session_is_slowed_whatever_cookies_are_dropped(
    guardian: PageClient, trust: Trust
) -> None:
    shown = guardian.get("/account/passphrase")
    for _ in range(8):
        guardian.client.delete_cookie("__Host-form", domain=trust.host)
        shown = guardian.submit(
            "/account/passphrase",
            "Change it",
            passphrase="not the right one",
            new_passphrase="x" * 20,
            again="x" * 20,
        )
    assert "Too many tries in a row" in shown.errors[0]


def test_a_wrong_code_opens_nothing_and_a_used_one_neither(browser: PageClient, trust: Trust) -> None:
    asked = sign_in(browser, trust.guardian)
    refused = browser.submit(asked, code="000000" if trust.guardian.code() != "000000" else "111111")
    assert refused.status == 422
    assert "That code is not right" in refused.errors[0]
    code = trust.guardian.code()
    assert browser.submit(refused, code=code).path == "/cases"
    again = PageClient(browser.app, trust.host)
    assert "That code is not right" in again.submit(sign_in(again, trust.guardian), code=code).errors[0]


def test_guessing_codes_is_slowed_whatever_cookies_the_guesser_brings(browser: PageClient, trust: Trust) -> None:
    sign_in(browser, trust.guardian)
    half = browser.client.get_cookie("__Host-staff", domain=trust.host)
    assert half is not None
    for _ in range(8):
        guesser = PageClient(browser.app, trust.host)
        guesser.client.set_cookie("__Host-staff", half.value, domain=trust.host, secure=True, path="/", httponly=True)
        shown = guesser.submit("/sign-in/code", code="12")
    assert "Too many tries in a row" in shown.errors[0]


def test_a_member_of_another_trust_cannot_sign_in_here(browser: PageClient, other_trust: Trust) -> None:
    assert sign_in(browser, other_trust.guardian).status == 422


def test_somebody_who_left_can_neither_sign_in_nor_go_on(browser: PageClient, signed_in: SignIn, trust: Trust) -> None:
    from speakup import accounts  # noqa: PLC0415 -- only to let somebody go

    open_still = signed_in(trust.lead)
    assert open_still.get("/account").status == 200
    with trust.work(trust.administrator) as uow:
        accounts.end_membership(uow, accounts.member(uow, trust.lead.id).membership)
    assert open_still.get("/account").path.startswith("/sign-in")
    assert sign_in(browser, trust.lead).status == 422


def test_signing_out_ends_the_session_and_not_only_the_cookie(guardian: PageClient, trust: Trust) -> None:
    cookie = guardian.client.get_cookie("__Host-staff", domain=trust.host)
    assert cookie is not None
    assert guardian.submit("/account", "Sign out").heading == "You are signed out"
    assert "__Host-staff" not in guardian.cookies()
    guardian.client.set_cookie("__Host-staff", cookie.value, domain=trust.host, secure=True, path="/", httponly=True)
    assert guardian.get("/account").path.startswith("/sign-in")


def test_signing_out_from_a_page_of_another_browser_asks_once_more(guardian: PageClient) -> None:
    refused = guardian.post("/sign-out", {"csrf_token": "forged"})
    assert refused.status == 400
    assert guardian.submit(refused, "Sign out").heading == "You are signed out"


def test_older_costs_are_renewed_when_somebody_signs_in(browser: PageClient, trust: Trust) -> None:
    from speakup.crypto import passphrases  # noqa: PLC0415 -- to lock at another cost
    from speakup.crypto.envelope import bind  # noqa: PLC0415 -- see above
    from speakup.crypto.passphrases import Parameters  # noqa: PLC0415 -- see above

    person = trust.guardian
    cheap = passphrases.lock(PASSPHRASE, person.root_secret, bind("root secret", person.id), Parameters(8192, 1, 1))
    with trust.work() as uow:
        keyring.renew(uow, person.id, cheap)
    assert sign_in(browser, person).path == "/sign-in/code"
    with trust.work() as uow:
        locked = keyring.locked_key(uow, person.id)
    assert locked is not None
    assert not keyring.needs_renewal(locked)


def test_what_was_written_when_a_session_ended_is_sent_after_signing_in(signed_in: SignIn, trust: Trust) -> None:
    browser = signed_in(trust.guardian)
    form = browser.get("/account/profile")
    about = "I was a ward sister for twenty years.\nCome and find me <em>any</em> day."
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=40)):
        asked = browser.submit(form, about=about, phone="0300 000 0123")
        assert asked.status == 401
        assert asked.heading == "Sign in again to send this"
        assert "ward sister" in asked.text
        code = browser.submit(asked, email=trust.guardian.email, passphrase=PASSPHRASE)
        assert "ward sister" in code.text
        wrong = browser.submit(code, code="1")
        assert "ward sister" in wrong.text
        ready = browser.submit(wrong, code=trust.guardian.code(datetime.now(UTC)))
        assert "It has not been sent yet." in ready.text
        done = browser.submit(ready, "Send it now")
        assert done.path == "/account"
        assert "ward sister for twenty years" in done.text
        assert "<em>any" not in done.body


def test_what_is_carried_through_signing_in_holds_no_secret(signed_in: SignIn, trust: Trust) -> None:
    browser = signed_in(trust.guardian)
    form = browser.get("/account/passphrase")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=40)):
        asked = browser.submit(
            form, passphrase=PASSPHRASE, new_passphrase="a wholly other passphrase", again="a wholly other passphrase"
        )
    assert asked.status == 401
    assert PASSPHRASE not in asked.body
    assert "wholly other" not in asked.body
