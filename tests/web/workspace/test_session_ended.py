"""A session that ends while a guardian writes costs them no word: it is carried through signing in, and sent."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import PASSPHRASE, Colleague, Trust
from tests.web.client import Page, PageClient

SignIn = Callable[[Colleague], PageClient]

LONG = "She rang <b>three</b> times.\n\nNobody & nothing came.\n" + "“And then, again, the bell.” " * 200


@pytest.fixture
def case(trust: Trust) -> RaisedCase:
    return factories.raised_case(trust)


def sent_after_signing_in(browser: PageClient, who: Colleague, form: Page, **fields: Any) -> Page:  # noqa: ANN401 -- text or lists
    """Send a form after the session has ended, sign in as the page asks, and press its button."""
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=40)):
        asked = browser.submit(form, **fields)
        assert (asked.status, asked.heading) == (401, "Sign in again to send this")
        code = browser.submit(asked, email=who.email, passphrase=PASSPHRASE)
        ready = browser.submit(code, code=who.code(datetime.now(UTC)))
        assert "It has not been sent yet." in ready.text
        return browser.submit(ready, "Send it now")


def folded(words: str) -> str:
    return " ".join(words.split())


@pytest.mark.parametrize(
    ("step", "fields", "shown"),
    [
        ("acknowledge", {"text": LONG}, LONG),
        ("reply", {"text": LONG}, LONG),
        ("notes/new", {"text": LONG}, LONG),
        ("title", {"text": "Nights"}, "Nights"),
        ("code", {"elements": ["patient_safety", "worker_safety"], "worker_group": "not_known"}, "Coded"),
    ],
)
def test_what_was_written_on_a_case_is_sent_after_signing_in(
    case: RaisedCase, signed_in: SignIn, step: str, fields: dict[str, Any], shown: str
) -> None:
    theirs = readers_of(case)[0]
    browser = signed_in(theirs)
    done = sent_after_signing_in(browser, theirs, browser.get(f"/cases/{case.ref}/{step}"), **fields)
    assert (done.path, done.status) == (f"/cases/{case.ref}", 200)
    assert folded(shown) in done.text
    assert "<b>three" not in done.body


def test_everything_about_the_end_of_a_case_is_sent_after_signing_in(case: RaisedCase, signed_in: SignIn) -> None:
    theirs, page = readers_of(case)[0], f"/cases/{case.ref}"
    browser = signed_in(theirs)
    browser.submit(f"{page}/reply", text="Thank you.")
    browser.submit(f"{page}/code", none_apply=["y"], worker_group="not_known")
    said = {
        "outcome": "dissatisfied",
        "summary": LONG,
        "why_not_told": "They asked us not to write any more.",
        "satisfied": "no",
        "why_not_satisfied": "It took them too long, they say.",
        "escalation": "The regulator, and the chair.",
    }
    done = sent_after_signing_in(browser, theirs, browser.get(f"{page}/close"), **said)
    assert "Case closed" in done.text
    for words in ("summary", "why_not_told", "why_not_satisfied", "escalation"):
        assert folded(said[words]) in done.text


def test_what_the_person_is_told_of_a_pause_is_sent_after_signing_in(case: RaisedCase, signed_in: SignIn) -> None:
    theirs, page = readers_of(case)[0], f"/cases/{case.ref}"
    browser, until = signed_in(theirs), datetime.now(UTC) + timedelta(days=20)
    browser.submit(f"{page}/reply", text="Thank you.")
    day = {"until-day": str(until.day), "until-month": str(until.month), "until-year": str(until.year)}
    said = {"reason": "the person asked", "why": "They are away.", "words": "Have a good rest first.", **day}
    sent_after_signing_in(browser, theirs, browser.get(f"{page}/pause"), **said)
    assert "Have a good rest first." in case.inbox().messages[-1].text


def test_what_a_stranger_to_the_case_sends_on_changes_nothing(
    case: RaisedCase, trust: Trust, signed_in: SignIn
) -> None:
    theirs = readers_of(case)[0]
    browser = signed_in(theirs)
    answer = sent_after_signing_in(
        browser, trust.administrator, browser.get(f"/cases/{case.ref}/notes/new"), text="Rang the ward"
    )
    assert answer.status == 404
    assert "Rang the ward" not in signed_in(theirs).get(f"/cases/{case.ref}").text
