"""Closing over somebody who has had no time to answer, and what the person is told when a case is closed."""

from collections.abc import Callable
from datetime import timedelta

from speakup import cases, keyring
from speakup.cases import ReferralState
from speakup.cases.operations.moving import seal_standing
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient
from tests.web.walking import open_inbox

SignIn = Callable[[Colleague], PageClient]


def told(case: RaisedCase, theirs: PageClient) -> str:
    """Take a case as far as the outcome; return where it closes."""
    page = f"/cases/{case.ref}"
    theirs.submit(f"{page}/reply", text="Thank you")
    theirs.submit(f"{page}/code", none_apply=["y"], worker_group="not_known")
    theirs.submit(f"{page}/outcome", text="Two more nurses start in March.")
    return f"{page}/close"


def test_a_case_closes_over_nobody_who_was_told_just_now_unless_that_is_meant(signed_in: SignIn, trust: Trust) -> None:
    case = factories.raised_case(trust)
    theirs = signed_in(readers_of(case)[0])
    address = told(case, theirs)
    assert "You told the person the outcome on" in theirs.get(address).text
    assert theirs.submit(address, summary="Staffing agreed", csrf_token="forged").status == 400
    refused = theirs.submit(address, outcome="resolved", satisfied="not known", summary="Staffing agreed")
    assert refused.status == 422
    assert "They have had less than 5 working days to answer" in refused.errors[0]
    assert "Staffing agreed" in refused.body
    assert "Case closed" in theirs.submit(refused, close_all_the_same="y").text


def test_whoever_has_answered_or_had_a_week_is_not_waited_for(signed_in: SignIn, trust: Trust) -> None:
    case, other = factories.raised_case(trust), factories.raised_case(trust)
    theirs = signed_in(readers_of(case)[0])
    assert "Case closed" in theirs.submit(told(case, theirs), outcome="resolved", satisfied="yes").text
    others = signed_in(readers_of(other)[0])
    address = told(other, others)
    with other.as_(readers_of(other)[0]) as (uow, row):
        row.told_on = cases.working_day_after(uow.today - timedelta(days=20), 0, "ENG")
        seal_standing(uow, row)
    assert "You told the person the outcome on" not in others.get(address).text
    assert "Case closed" in others.submit(address, outcome="resolved", satisfied="not known").text


def test_what_is_still_passed_on_ends_with_the_case_once_that_is_meant(signed_in: SignIn, trust: Trust) -> None:
    case, ida = factories.raised_case(trust), factories.recipient(trust)
    ivo = factories.recipient(trust, "Ivo Inquiry")
    guardian = readers_of(case)[0]
    theirs = signed_in(guardian)
    factories.reply(case, "Thank you.", by=guardian)
    answered, sent = (factories.referred(case, guardian, each) for each in (ivo, ida))
    waiting = factories.referred(case, guardian, factories.invited(trust, "Una Unvouched"))
    with trust.work(ivo) as uow:
        cases.answer_referral(uow, cases.find_referral(uow, answered.ref), "It was so.", final=True)
    address = told(case, theirs)
    page = theirs.get(address)
    assert "Still passed on" in page.text
    assert "Ida Inquiry" in page.text
    assert "Una Unvouched" in page.text
    assert "Ivo Inquiry" not in page.text
    refused = theirs.submit(address, outcome="resolved", satisfied="yes", summary="Staffing agreed")
    assert refused.status == 422
    assert refused.errors == ["It is still passed on to somebody. Tick that you take it back, or wait for an answer"]
    assert "Staffing agreed" in refused.body
    assert "Case closed" in theirs.submit(refused, ends_referrals="y").text
    with trust.work(ida) as uow:
        assert cases.my_referrals(uow) == []
        assert keyring.open_cases(uow, [sent.id]) == {}
    with case.as_(guardian) as (uow, row):
        view = cases.open_view(uow, row)
        states = {each.line.id: each.state for each in cases.standing_referrals(uow, view)}
        assert keyring.open_referral(uow, sent.id).version > 2
    ended = ReferralState.ENDED
    assert states == {answered.id: ReferralState.ANSWERED, sent.id: ended, waiting.id: ended}
    listed = signed_in(ida).get("/referrals")
    assert "Nothing is with you now." in listed.text
    assert f"{sent.ref} ended" in listed.text
    assert "Nothing more is asked of you" in listed.text
    with trust.work(ida) as uow:
        uow.now += timedelta(weeks=7)
        assert cases.my_ended_referrals(uow) == []


def test_a_case_that_was_passed_on_to_nobody_asks_nothing_of_it(signed_in: SignIn, trust: Trust) -> None:
    case = factories.raised_case(trust)
    theirs = signed_in(readers_of(case)[0])
    assert "Still passed on" not in theirs.get(told(case, theirs)).text


def test_a_closed_case_tells_the_person_what_to_do_if_they_are_not_content(
    signed_in: SignIn, trust: Trust, browser: PageClient
) -> None:
    case = factories.raised_case(trust)
    theirs = signed_in(readers_of(case)[0])
    assert "Are you not content" not in open_inbox(browser, " ".join(case.words)).text
    theirs.submit(told(case, theirs), outcome="resolved", satisfied="yes")
    inbox = browser.get("/follow-up")
    assert "Are you not content with how it ended? Write it below." in inbox.text
    assert "/support" in inbox.links()


def passed_on(trust: Trust, signed_in: SignIn) -> tuple[RaisedCase, PageClient, str]:
    """Have a case that waits for Ida's answer; return the page of that too."""
    case, ida = factories.raised_case(trust), factories.recipient(trust)
    guardian = readers_of(case)[0]
    factories.reply(case, "Thank you.", by=guardian)
    referral = factories.referred(case, guardian, ida)
    return case, signed_in(guardian), f"/cases/{case.ref}/referrals/{referral.id}"


def test_a_case_that_is_passed_on_says_what_is_in_the_way_of_closing_it(signed_in: SignIn, trust: Trust) -> None:
    case, theirs, referral = passed_on(trust, signed_in)
    page = theirs.get(f"/cases/{case.ref}/close")
    assert "It cannot close yet: it is passed on" in page.text
    assert "Ida Inquiry" in page.text
    assert {referral, f"/cases/{case.ref}/outcome"} <= set(page.links())
    assert "Close the case" not in page.text
    working = theirs.submit(page, "Work on it again")
    assert "With guardian" in working.text
    again = theirs.get(f"/cases/{case.ref}/close")
    assert "Close the case" in again.text
    assert "Still passed on" in again.text


def test_a_case_that_was_answered_or_is_under_review_says_how_to_go_on(signed_in: SignIn, trust: Trust) -> None:
    case, theirs, referral = passed_on(trust, signed_in)
    theirs.submit(referral, "Take it back", why="Asked elsewhere")
    theirs.submit(f"/cases/{case.ref}", "A review has begun")
    page = theirs.get(f"/cases/{case.ref}/close")
    assert "It cannot close yet: a review is under way" in page.text
    assert "Nobody outside the team still has it" in page.text
    assert referral not in page.links()


def test_what_was_passed_on_outside_and_waits_for_an_answer_is_in_the_way_too(signed_in: SignIn, trust: Trust) -> None:
    case = factories.raised_case(trust, how_raised=cases.HowRaised.OPEN, person=cases.PersonDetails("Nora Nurse", ""))
    theirs = signed_in(readers_of(case)[0])
    theirs.submit(f"/cases/{case.ref}/reply", text="Thank you")
    told_them = theirs.submit(
        f"/cases/{case.ref}/consent/told", to="care quality commission", whom="Duty inspector", what="The rota",
        basis="agreement", agreement="openly", passes_on="y",
    )  # fmt: skip
    assert "Saved" in told_them.text, told_them.errors
    page = theirs.get(f"/cases/{case.ref}/close")
    assert "An answer from outside is waited for" in page.text
    assert f"/cases/{case.ref}/consent#told" in page.links()


def test_what_was_typed_to_close_a_case_that_was_passed_on_meanwhile_is_not_lost(
    signed_in: SignIn, trust: Trust
) -> None:
    case, theirs, _referral = passed_on(trust, signed_in)
    theirs.submit(f"/cases/{case.ref}/close", "Work on it again")
    page = theirs.get(f"/cases/{case.ref}/close")
    factories.referred(case, readers_of(case)[0], factories.recipient(trust, "Ivo Inquiry"))
    typed = {"outcome": "resolved", "satisfied": "yes", "summary": "Staffing agreed", "why_not_told": "Gone abroad"}
    moved = theirs.submit(page, "Close the case", **typed)
    assert moved.status == 409
    assert "Close it if it is still right" not in moved.text
    ways = moved.soup.select(f'main a[href^="/cases/{case.ref}/"], main form[action$="/move"]')
    assert len(ways) == 4
    assert {each.get("target") for each in ways} == {"_blank"}
    again = theirs.submit(moved, "Close the case")
    assert again.status == 422
    assert "Staffing agreed" in again.body
    assert "It cannot close yet: it is passed on" in again.text


def test_everything_in_the_way_of_closing_is_said_at_once(signed_in: SignIn, trust: Trust) -> None:
    case = factories.raised_case(trust)
    theirs = signed_in(readers_of(case)[0])
    theirs.submit(f"/cases/{case.ref}/reply", text="Thank you")
    refused = theirs.submit(f"/cases/{case.ref}/close", outcome="resolved", satisfied="no", summary="Staffing agreed")
    assert refused.status == 422
    said = refused.soup.select_one(".nhsuk-error-summary")
    assert said is not None
    for words in (
        "Choose what else came of it, or tick that it is resolved",
        "write why not, in their words",
        "which further step you offered",
        "elements",
    ):
        assert words in said.get_text(), said.get_text()
    empty = theirs.submit(f"/cases/{case.ref}/close", outcome="", satisfied="", summary="Staffing agreed")
    assert {"Choose what came of it", "Say whether the person is satisfied"} <= set(empty.errors)
    assert "elements" in str(empty.soup.select_one(".nhsuk-error-summary"))
    assert "Staffing agreed" in empty.body
