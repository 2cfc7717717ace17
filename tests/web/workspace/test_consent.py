"""Agreement to share, through its pages: the guardian's and the person's."""

from collections.abc import Callable

import pytest

from speakup import cases
from speakup.cases import CaseState, ClockKind, PersonDetails
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient
from tests.web.walking import open_inbox

SignIn = Callable[[Colleague], PageClient]


@pytest.fixture
def case(trust: Trust) -> RaisedCase:
    raised = factories.raised_case(trust, person=PersonDetails("Petra Pine"))
    factories.reply(raised, "Thank you.", by=readers_of(raised)[0])
    return raised


@pytest.fixture
def mine(case: RaisedCase, signed_in: SignIn) -> PageClient:
    return signed_in(readers_of(case)[0])


SAID = {"what": "That the rota was changed", "whom": "Ida Inquiry, matron", "purpose": "To look into it"}


def test_what_the_person_says_is_written_down_and_they_take_it_back(
    case: RaisedCase, mine: PageClient, browser: PageClient
) -> None:
    page = f"/cases/{case.ref}/consent"
    assert "no agreement yet" in mine.get(f"/cases/{case.ref}").text
    shown = mine.submit(page, "Save", **SAID, how="verbally", name="y")
    assert "In force With their name" in shown.text
    assert "1 agreement in force" in mine.get(f"/cases/{case.ref}").text
    inbox = open_inbox(browser, " ".join(case.words))
    assert "/follow-up/agreements" in inbox.links()
    theirs = browser.get("/follow-up/agreements")
    assert "Ida Inquiry, matron" in theirs.text
    assert "Your name may be shared with it." in theirs.text
    done = browser.submit(theirs, "Take this back")
    assert "You took it back" in done.text
    assert "Take this back" not in [each.get_text(strip=True) for each in done.soup.find_all("button")]
    again = mine.get(page)
    assert "They withdrew it in their inbox" in again.text
    assert "The person took back an agreement to share" in mine.get(f"/cases/{case.ref}").text
    assert "you took back that something may be shared" in browser.get("/follow-up").text


def test_a_withdrawal_told_to_the_guardian_is_a_button(case: RaisedCase, mine: PageClient) -> None:
    page = f"/cases/{case.ref}/consent"
    mine.submit(page, "Save", **SAID, how="in writing")
    shown = mine.submit(page, "They took this back")
    assert "Share nothing on it from now on" in shown.text
    assert "Withdrawn" in shown.text


def test_nothing_typed_is_lost_when_something_is_missing(case: RaisedCase, mine: PageClient) -> None:
    shown = mine.submit(f"/cases/{case.ref}/consent", "Save", **SAID)
    assert (shown.status, shown.errors) == (422, ["Choose what they said"])
    assert "That the rota was changed" in shown.body
    far = {"on-day": "1", "on-month": "1", "on-year": "2099"}
    assert mine.submit(shown, "Save", how="verbally", **far).errors == ["This day has not come yet"]


def test_passing_it_to_the_regulator_without_agreement_is_written_down_with_its_basis_and_chased(
    case: RaisedCase, mine: PageClient
) -> None:
    page = f"/cases/{case.ref}/consent/told"
    told = {
        "to": "care quality commission",
        "whom": "Duty inspector",
        "what": "Two nurses for thirty",
        "passes_on": "y",
    }
    refused = mine.submit(page, "Save", **told, basis="serious risk")
    assert refused.errors == ["Write who decided it: the person did not agree"]
    refused = mine.submit(refused, "Save", authoriser="The chair")
    assert refused.errors == ["Write on which day the person was told, or why they were not"]
    done = mine.submit(refused, "Save", why_not_told="It could not wait")
    assert "Care Quality Commission: Duty inspector" in done.text
    assert "Decided by The chair." in done.text
    assert "The person was not told: It could not wait" in done.text
    with case.as_(readers_of(case)[0]) as (uow, row):
        assert row.state is CaseState.PASSED_ON
        assert ClockKind.REFERRAL in {each.kind for each in cases.clock_lines(uow, row)}
    answered = mine.submit(done, "They have answered")
    assert "They have answered" not in [each.get_text(strip=True) for each in answered.soup.find_all("button")]
    with case.as_(readers_of(case)[0]) as (uow, row):
        assert ClockKind.REFERRAL not in {each.kind for each in cases.clock_lines(uow, row)}


def test_what_rests_on_an_agreement_needs_one_in_force(case: RaisedCase, mine: PageClient) -> None:
    page = f"/cases/{case.ref}/consent/told"
    told = {"to": "manager", "whom": "Ida Inquiry", "what": "That the rota changed", "basis": "agreement"}
    assert "No agreement is written down that is in force" in mine.get(page).text
    assert mine.submit(page, "Save", **told).errors == ["Choose an agreement that is in force, or another basis"]
    mine.submit(f"/cases/{case.ref}/consent", "Save", **SAID, how="verbally")
    chosen = str(mine.get(page).soup.select_one("input[name=agreement]")["value"])  # type: ignore[index] # It is there.
    refused = mine.submit(page, "Save", **told, agreement=chosen, named="y")
    assert refused.errors == ["There is no agreement in force to share their name with this"]
    done = mine.submit(refused, "Save", named=None)
    assert "The person agreed: Ida Inquiry, matron" in done.text


def test_a_case_nobody_answered_is_not_passed_on(trust: Trust, signed_in: SignIn) -> None:
    raised = factories.raised_case(trust)
    mine = signed_in(readers_of(raised)[0])
    page = mine.get(f"/cases/{raised.ref}/consent/told")
    assert page.soup.select_one("input[name=passes_on]") is None
