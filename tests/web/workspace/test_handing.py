"""Handing cases over through the pages: the person is asked, answers in their inbox, and reads who has it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from speakup import accounts, cases, keyring
from speakup.cases import Exclusions, PersonDetails
from speakup.kernel.clock import today
from speakup.kernel.errors import Invalid
from speakup.routing import Rule, Subject
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient
from tests.web.walking import open_inbox

SignIn = Callable[[Colleague], PageClient]
GO_ON, NOW = "Go on", "Hand it over now"


@pytest.fixture(autouse=True)
def by_rule(trust: Trust) -> None:
    """Every concern goes to the two guardians, whatever chance says."""
    with trust.work(trust.guardian) as uow:
        keyring.approve_routing(uow, [Rule(None, None, trust.guardian.id, trust.second_guardian.id).plain()])


@pytest.fixture
def case(trust: Trust) -> RaisedCase:
    return factories.raised_case(trust, person=PersonDetails(name="Nora"))


def third(case: RaisedCase) -> Colleague:
    """A guardian who is not on the case."""
    team = (case.trust.guardian, case.trust.second_guardian, case.trust.lead)
    return next(each for each in team if each not in readers_of(case))


def address(case: RaisedCase) -> str:
    return f"/cases/{case.ref}/hand-over"


def inbox(app: Flask, case: RaisedCase) -> PageClient:
    browser = PageClient(app, case.trust.host)
    open_inbox(browser, " ".join(case.words))
    return browser


def plan(theirs: PageClient, case: RaisedCase, to: Colleague, **more: object) -> Page:
    """Let `to` take the place of whoever looks after it."""
    return theirs.submit(theirs.get(address(case)), GO_ON, first=str(to.id), **more)


def test_a_case_goes_to_somebody_else_once_its_person_agreed_in_their_inbox(
    app: Flask, case: RaisedCase, signed_in: SignIn
) -> None:
    first, cover = readers_of(case)
    theirs, to = signed_in(first), third(case)
    asked = plan(theirs, case, to, said="ask", words="I go on leave in May. May Lena have it?")
    assert "The question is in their private inbox" in asked.text
    assert "Asked, no answer yet" in asked.text
    person = inbox(app, case)
    assert "may somebody else look after this?" in person.get("/follow-up").text
    question = person.get("/follow-up/hand-over")
    assert "I go on leave in May." in question.text
    assert f"{to.name} looks after it from now on." in question.text
    assert person.submit(question).status == 422
    person.submit(question, answer="yes", text="Thank you for asking.")
    shown = theirs.get(f"/cases/{case.ref}")
    assert "The person agrees that others have this" in shown.text
    assert "Thank you for asking." in shown.text
    gone = theirs.submit(theirs.get(address(case)), NOW)
    assert "You can open it no more" in gone.text
    assert theirs.get(f"/cases/{case.ref}").status == 404
    assert f"from now on {to.name} looks after this" in person.get("/follow-up").text
    assert person.get("/follow-up/hand-over").heading == "Your private inbox"
    got = signed_in(to).get(f"/cases/{case.ref}")
    assert "You are the guardian" in got.text
    assert "You are the cover" in signed_in(cover).get(f"/cases/{case.ref}").text


def test_who_is_asked_reads_that_one_of_them_is_a_guardian_of_another_organisation(
    app: Flask, case: RaisedCase, signed_in: SignIn
) -> None:
    buddy = case.trust.buddy
    plan(signed_in(readers_of(case)[0]), case, buddy, said="ask", words="May Bea have it?")
    described = inbox(app, case).get("/follow-up/hand-over").text.partition("Who they are")[2]
    assert described.count("(guardian of another organisation)") == 1
    assert buddy.name in described.partition("(guardian of another organisation)")[0].rpartition(")")[2]


def test_a_yes_given_while_the_guardian_asks_about_somebody_else_counts_for_nobody(
    app: Flask, case: RaisedCase, signed_in: SignIn
) -> None:
    first, _cover = readers_of(case)
    theirs, to, person, other = signed_in(first), third(case), inbox(app, case), case.trust.non_executive_lead
    plan(theirs, case, to, said="ask", words="May they?")
    read = person.get("/follow-up/hand-over")
    plan(theirs, case, other, said="ask", words="Or may Ida?")
    again = person.submit(read, answer="yes", text="Words that must not be lost")
    assert again.status == 409
    assert again.errors == ["The guardian asks about other people now. Read who, then answer."]
    assert f"{other.name} looks after it from now on." in again.text
    assert "Words that must not be lost" in again.body
    assert "Asked, no answer yet" in theirs.get(address(case)).text
    person.submit(again, answer="yes")
    assert "They agree" in theirs.get(address(case)).text


def test_a_button_that_named_others_hands_nothing_to_those_a_colleague_planned_since(
    app: Flask, case: RaisedCase, signed_in: SignIn
) -> None:
    first, cover = readers_of(case)
    theirs, to, person = signed_in(first), third(case), inbox(app, case)
    plan(theirs, case, to, said="ask", words="May they?")
    person.submit("/follow-up/hand-over", answer="yes")
    ready = theirs.get(address(case))
    plan(signed_in(cover), case, case.trust.non_executive_lead, said="ask", words="Or may Ida?")
    person.submit("/follow-up/hand-over", answer="yes")
    told = theirs.submit(ready, NOW)
    assert "It is planned otherwise than when you opened the page. Nothing was changed" in told.text
    assert f"{case.trust.non_executive_lead.name} looks after it" in told.text
    assert first in readers_of(case)
    assert "You can open it no more" in theirs.submit(told, NOW).text


def test_what_a_colleague_planned_otherwise_since_is_passed_over_when_many_are_handed_over(
    app: Flask, case: RaisedCase, signed_in: SignIn
) -> None:
    first, cover = readers_of(case)
    theirs, person, other = signed_in(first), inbox(app, case), case.trust.non_executive_lead
    plan(theirs, case, third(case), said="ask", words="May they?")
    person.submit("/follow-up/hand-over", answer="yes")
    ready = theirs.get("/cases/hand-over")
    plan(signed_in(cover), case, other, said="ask", words="Or may Ida?")
    for button in ("Hand over what is ready", "They could not be asked"):
        told = theirs.submit(ready, button, refs=[case.ref], words="The telephone rang out")
        assert "1 case is planned otherwise than when you opened the page" in told.text, button
    assert "Asked, no answer yet" in theirs.get(address(case)).text
    assert first in readers_of(case)
    person.submit("/follow-up/hand-over", answer="yes")
    assert "1 case changed hands" in theirs.submit("/cases/hand-over", "Hand over what is ready", refs=[case.ref]).text


def test_nothing_is_handed_over_before_somebody_says_what_the_person_says(case: RaisedCase, signed_in: SignIn) -> None:
    first, _cover = readers_of(case)
    theirs = signed_in(first)
    refused = plan(theirs, case, third(case), words="Words that must not be lost")
    assert refused.status == 422
    assert refused.errors == ["Say what the person says to it, or how you ask them"]
    assert "Words that must not be lost" in refused.body
    assert theirs.get(f"/cases/{case.ref}").status == 200


def test_whoever_says_no_keeps_their_guardian_and_no_reason_goes_past_it(
    app: Flask, case: RaisedCase, signed_in: SignIn
) -> None:
    first, _cover = readers_of(case)
    theirs, to, person = signed_in(first), third(case), inbox(app, case)
    plan(theirs, case, to, said="ask", words="May they?")
    person.submit("/follow-up/hand-over", answer="no")
    assert "you said no, nobody new may look after this" in person.get("/follow-up").text
    page = theirs.get(address(case))
    assert "They do not agree" in page.text
    assert NOW not in page.text
    for said, words in (("not had", "No time"), ("ask", "Again?")):
        again = theirs.submit(theirs.get(address(case)), GO_ON, first=str(to.id), said=said, words=words)
        assert theirs.get(f"/cases/{case.ref}").status == 200, again.text
    person.submit("/follow-up/hand-over", answer="yes")
    assert "They agree" in theirs.get(address(case)).text


def test_what_the_person_told_a_guardian_is_written_down_with_its_day(case: RaisedCase, signed_in: SignIn) -> None:
    first, cover = readers_of(case)
    theirs, to = signed_in(first), third(case)
    ahead = today() + timedelta(days=3)
    day = {"on-day": str(ahead.day), "on-month": str(ahead.month), "on-year": str(ahead.year)}
    assert "That day has not come yet" in plan(theirs, case, to, said="agreed", words="By phone", **day).errors
    assert "You can open it no more" in plan(theirs, case, to, said="agreed", words="By phone, after six").text
    assert "By phone, after six" in signed_in(cover).get(f"/cases/{case.ref}").text


def test_why_nobody_could_be_asked_is_written_down(case: RaisedCase, signed_in: SignIn) -> None:
    first, cover = readers_of(case)
    theirs, to = signed_in(first), third(case)
    assert "Write how they told you" in " ".join(plan(theirs, case, to, said="not had").errors)
    plan(theirs, case, to, said="not had", words="They have not looked in since March.")
    assert "They have not looked in since March." in signed_in(cover).get(f"/cases/{case.ref}").text


def test_changing_places_needs_nobodys_leave(case: RaisedCase, signed_in: SignIn) -> None:
    first, cover = readers_of(case)
    theirs = signed_in(first)
    page = theirs.submit(theirs.get(address(case)), GO_ON, first=str(cover.id), cover=str(first.id))
    assert "You are the cover" in page.text


@pytest.mark.parametrize("kept_out", ["person", "subject"])
def test_whoever_is_kept_out_is_neither_offered_nor_taken(trust: Trust, signed_in: SignIn, kept_out: str) -> None:
    never = trust.lead if kept_out == "person" else trust.non_executive_lead
    excluded = Exclusions(people=frozenset({never.id})) if kept_out == "person" else Exclusions()
    subject = Subject.NOBODY_NAMED if kept_out == "person" else Subject.CHAIR
    case = factories.raised_case(trust, exclusions=excluded, subject=subject)
    theirs = signed_in(readers_of(case)[0])
    page = theirs.get(address(case))
    assert never.name not in page.text
    refused = plan(theirs, case, never, said="not had", words="Urgent")
    assert refused.status == 422
    with case.as_(readers_of(case)[0]) as (uow, row), pytest.raises(Invalid):
        cases.hand_over(uow, row, cases.Places(never.id, row.cover_id))


def test_two_who_hand_over_at_once_lose_no_word_and_the_second_is_told(case: RaisedCase, signed_in: SignIn) -> None:
    first, cover = readers_of(case)
    theirs, others = signed_in(first), signed_in(cover)
    slow = others.get(address(case))
    assert "no more" in plan(theirs, case, third(case), said="agreed", words="By phone").text
    late = others.submit(slow, GO_ON, cover=str(first.id), said="agreed", words="Also by phone")
    assert late.status == 409
    assert "Somebody else has this case now than when you opened the page" in late.errors[0]
    assert "Also by phone" in late.body
    assert third(case).name in late.text
    assert others.get(f"/cases/{case.ref}").status == 200


def test_somebody_away_is_not_offered(trust: Trust, case: RaisedCase, signed_in: SignIn) -> None:
    away = third(case)
    with trust.work(away) as uow:
        accounts.mark_absent(uow, accounts.member(uow, away.id).membership, today() + timedelta(days=9))
    assert away.name not in signed_in(readers_of(case)[0]).get(address(case)).text


def test_the_cover_takes_over_while_the_guardian_is_away_and_not_while_they_are_here(
    app: Flask, trust: Trust, case: RaisedCase, signed_in: SignIn
) -> None:
    first, cover = readers_of(case)
    theirs = signed_in(cover)
    assert "Take it over" not in theirs.get(f"/cases/{case.ref}").text
    with trust.work(first) as uow:
        accounts.mark_absent(uow, accounts.member(uow, first.id).membership, today() + timedelta(days=60))
    taken = theirs.submit(theirs.get(f"/cases/{case.ref}"), "Take it over: its guardian is not here")
    assert "You look after this case from now on" in taken.text
    assert "You are the guardian" in taken.text
    assert f"from now on {cover.name} looks after this" in inbox(app, case).get("/follow-up").text
    assert "You are the cover" in signed_in(first).get(f"/cases/{case.ref}").text


def test_all_of_mine_go_on_their_way_in_steps_that_can_be_broken_off(
    app: Flask, trust: Trust, signed_in: SignIn
) -> None:
    raised = [factories.raised_case(trust) for _ in range(4)]
    theirs = signed_in(trust.guardian)
    page = theirs.get("/cases/hand-over")
    assert "4 you hold" in page.text
    assert theirs.submit(page, "Plan it and ask them", to="").status == 422
    planned = theirs.submit(page, "Plan it and ask them", to=str(trust.lead.id), words="I leave in May.")
    assert "4 people are asked" in planned.text
    people = [inbox(app, each) for each in raised]
    assert all("I leave in May." in each.get("/follow-up/hand-over").text for each in people)
    people[0].submit("/follow-up/hand-over", answer="yes")
    people[1].submit("/follow-up/hand-over", answer="no")
    ready = theirs.get("/cases/hand-over")
    done = theirs.submit(ready, "Hand over what is ready", refs=[each.ref for each in raised])
    assert "1 case changed hands" in done.text
    assert "3 cases are not ready yet" in done.text
    assert "3 you hold" in done.text
    assert [trust.guardian in readers_of(each) for each in raised] == [False, True, True, True]


def test_whoever_has_lost_their_last_case_meanwhile_is_led_to_no_box_that_is_gone(
    case: RaisedCase, trust: Trust, signed_in: SignIn
) -> None:
    theirs, (first, second) = signed_in(trust.guardian), readers_of(case)
    page = theirs.get("/cases/hand-over")
    with case.as_(second if first is trust.guardian else first) as (uow, found):
        keyring.revoke(uow, found.id, trust.guardian.id)
    late = theirs.submit(page, "Plan it and ask them", to=str(trust.lead.id))
    assert late.status == 422
    assert late.errors
    assert "You hold no case" in late.text


def test_several_who_could_not_be_asked_are_written_down_together(trust: Trust, signed_in: SignIn) -> None:
    mine = [factories.raised_case(trust) for _ in range(3)]
    theirs = signed_in(trust.guardian)
    refs = [each.ref for each in mine]
    theirs.submit("/cases/hand-over", "Plan it and ask them", to=str(trust.lead.id), refs=refs)
    page = theirs.get("/cases/hand-over")
    assert theirs.submit(page, "They could not be asked", refs=refs).status == 422
    noted = theirs.submit(page, "They could not be asked", refs=refs, words="I leave today, at short notice.")
    assert f"Written down for {len(mine)} case" in noted.text
    theirs.submit(noted, "Hand over what is ready", refs=refs)
    assert all(set(readers_of(each)) & {trust.lead} for each in mine)
    assert not any(trust.guardian in readers_of(each) for each in mine)


def test_what_is_not_planned_yet_is_to_be_planned_before_it_is_said_that_nobody_could_be_asked(
    trust: Trust, signed_in: SignIn
) -> None:
    mine = [factories.raised_case(trust) for _ in range(3)]
    theirs = signed_in(trust.guardian)
    refs = [each.ref for each in mine]
    theirs.submit("/cases/hand-over", "Plan it and ask them", to=str(trust.lead.id), refs=refs[:1])
    page = theirs.get("/cases/hand-over")
    refused = theirs.submit(page, "They could not be asked", refs=refs, words="I leave today, at short notice.")
    assert refused.status == 422
    (said,) = refused.errors
    assert said.startswith("2 of the ticked cases are not planned yet. Choose below who gets them and press “Plan it")
    assert said.endswith("then come back to this. Nothing was written down")
    assert "I leave today, at short notice." in refused.body
    assert len(refused.soup.select("input[name=refs][checked]")) == 3
    planned = theirs.submit(refused, "Plan it and ask them", to=str(trust.lead.id), refs=refs[1:])
    noted = theirs.submit(planned, "They could not be asked", refs=refs, words="I leave today, at short notice.")
    assert "Written down for 3 cases" in noted.text


def test_what_is_not_planned_yet_is_not_handed_over_and_the_page_says_what_comes_first(
    trust: Trust, signed_in: SignIn
) -> None:
    raised = factories.raised_case(trust)
    told = signed_in(trust.guardian).submit("/cases/hand-over", "Hand over what is ready", refs=[raised.ref])
    assert "1 case is not planned yet. Tick it, choose who gets it and press “Plan it and ask them” first" in told.text


def test_a_case_without_an_inbox_is_planned_and_waits_for_what_the_person_says(
    guardian: PageClient, trust: Trust
) -> None:
    with trust.work(trust.guardian) as uow:
        ref = cases.record_case(uow, cases.Recorded("They rang.", "phone", cases.HowRaised.CONFIDENTIAL)).ref
    page = guardian.submit("/cases/hand-over", "Plan it and ask them", to=str(trust.lead.id))
    assert "1 case is planned" in page.text
    assert "They have no inbox: write down what they say." in page.text
    assert "I ask them in their private inbox" not in guardian.get(f"/cases/{ref}/hand-over").text
