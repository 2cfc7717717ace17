"""Clocks on a case's page, and what a guardian does to them there."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from speakup import cases
from speakup.cases import Act, CaseState, ClockKind, clocks
from speakup.cases.operations.moving import move
from speakup.web.labels import CLOCKS, PAUSES
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

SignIn = Callable[[Colleague], PageClient]
WHY = "The police asked us to wait for their interview."


@pytest.fixture
def case(trust: Trust) -> RaisedCase:
    return factories.raised_case(trust)


@pytest.fixture
def guardian(case: RaisedCase) -> Colleague:
    return readers_of(case)[0]


@pytest.fixture
def theirs(guardian: Colleague, signed_in: SignIn) -> PageClient:
    return signed_in(guardian)


def day(name: str, value: date) -> dict[str, str]:
    return {f"{name}-day": str(value.day), f"{name}-month": str(value.month), f"{name}-year": str(value.year)}


def today(case: RaisedCase) -> date:
    with case.as_(case.reporter) as (uow, _):
        return uow.today


def acknowledged(case: RaisedCase, guardian: Colleague) -> None:
    with case.as_(guardian) as (uow, row):
        cases.acknowledge(uow, row, "Thank you")


def waits(case: RaisedCase, theirs: PageClient, **changed: str) -> Page:
    until = day("until", today(case) + timedelta(days=21))
    return theirs.submit(
        f"/cases/{case.ref}/pause",
        "Let it wait",
        **{"reason": "another process comes first", "why": WHY, **until, **changed},
    )


def test_the_page_of_a_case_says_what_each_clock_is_for_and_what_is_left(case: RaisedCase, theirs: PageClient) -> None:
    shown = theirs.get(f"/cases/{case.ref}").text
    for words in ("Acknowledge: answer the person", "Speak with the person", "Look over the whole case"):
        assert words in shown
    assert "working days left" in shown


def test_a_clock_that_ran_out_is_late_in_working_days(
    case: RaisedCase, theirs: PageClient, guardian: Colleague
) -> None:
    with case.as_(guardian) as (uow, row):
        due = cases.working_day_after(uow.today - timedelta(days=30), 1, "ENG")
        clocks.start(uow, row, ClockKind.CONVERSATION, due)
        late = cases.working_days_late(due, uow.today, "ENG")
    assert f"{late} working days late" in theirs.get(f"/cases/{case.ref}").text


def test_having_spoken_is_noted_with_its_day_and_words(case: RaisedCase, theirs: PageClient) -> None:
    shown = theirs.submit(f"/cases/{case.ref}/spoken", text="We met in the canteen.")
    assert "Saved" in shown.text
    assert "We met in the canteen." in shown.text
    assert "Acknowledged" in shown.text
    assert "Speak with the person" not in shown.text


@pytest.mark.parametrize(("days", "says"), [(1, "That day has not come yet"), (-400, "That is before it was raised")])
def test_a_day_that_cannot_be_is_refused_with_every_word_kept(
    case: RaisedCase, theirs: PageClient, days: int, says: str
) -> None:
    spoken = day("on", today(case) + timedelta(days=days))
    refused = theirs.submit(f"/cases/{case.ref}/spoken", text="We met.", **spoken)
    assert refused.status == 422
    assert says in " ".join(refused.errors)
    assert "We met." in refused.body


def test_no_day_is_no_conversation(case: RaisedCase, theirs: PageClient) -> None:
    nothing = {f"on-{part}": "" for part in ("day", "month", "year")}
    refused = theirs.submit(f"/cases/{case.ref}/spoken", text="We met.", **nothing)
    assert refused.errors == ["Write the day on which you spoke"]


def test_there_being_no_conversation_is_said_once_and_why(case: RaisedCase, theirs: PageClient) -> None:
    assert theirs.submit(f"/cases/{case.ref}/no-conversation", text=" ").status == 422
    shown = theirs.submit(f"/cases/{case.ref}/no-conversation", text="They write only.")
    assert "They write only." in shown.text
    assert f"/cases/{case.ref}/no-conversation" not in shown.links()
    assert "cannot be done" in theirs.get(f"/cases/{case.ref}/no-conversation").text


def test_a_paused_case_says_since_when_why_and_until_when_and_the_person_is_told(
    case: RaisedCase, theirs: PageClient, guardian: Colleague
) -> None:
    acknowledged(case, guardian)
    shown = waits(case, theirs, words="Ring me if it gets worse.")
    assert "Paused since" in shown.text
    assert "something else has to finish first" in shown.text
    assert WHY in shown.text
    assert "Look again whether it still has to wait" in shown.text
    [*_, told] = [each.text for each in case.inbox().messages]
    assert "has to wait for a while" in told
    assert told.endswith("Ring me if it gets worse.")
    assert WHY not in told


def test_the_person_is_not_told_where_the_guardian_takes_the_tick_away(
    case: RaisedCase, theirs: PageClient, guardian: Colleague
) -> None:
    acknowledged(case, guardian)
    until = day("until", today(case) + timedelta(days=21))
    theirs.submit(f"/cases/{case.ref}/pause", "Let it wait", reason="another reason", why=WHY, tell=None, **until)
    assert [each.text for each in case.inbox().messages] == ["Thank you"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"why": " "}, "Write why it waits"),
        ({"until-day": "", "until-month": "", "until-year": ""}, "Write the day on which you look at it again"),
        ({"until-year": "2020"}, "That day has gone by"),
        ({"until-year": "2190"}, "That is too far away"),
        ({"until-month": "14"}, "Write a day that exists"),
    ],
)
def test_a_pause_that_cannot_be_is_refused_in_words_and_nothing_is_sent(
    case: RaisedCase, theirs: PageClient, guardian: Colleague, changed: dict[str, str], says: str
) -> None:
    acknowledged(case, guardian)
    refused = waits(case, theirs, words="My own words.", **changed)
    assert refused.status == 422
    assert says in " ".join(refused.errors)
    assert "My own words." in refused.body
    assert [each.text for each in case.inbox().messages] == ["Thank you"]


def test_a_paused_case_goes_on_or_waits_longer_and_keeps_why_it_waited(
    case: RaisedCase, theirs: PageClient, guardian: Colleague
) -> None:
    acknowledged(case, guardian)
    waits(case, theirs)
    longer = waits(case, theirs, why="They are not done yet.")
    assert "They are not done yet." in longer.text
    assert "When it waited before" in longer.text
    gone_on = theirs.submit(longer, "Go on with it")
    assert "Paused since" not in gone_on.text
    assert "Its clocks run again" in gone_on.text
    assert WHY in gone_on.text


def test_a_case_that_is_not_acknowledged_is_not_paused(case: RaisedCase, theirs: PageClient) -> None:
    assert f"/cases/{case.ref}/pause" not in theirs.get(f"/cases/{case.ref}").links()
    assert "cannot be done" in theirs.get(f"/cases/{case.ref}/pause").text


def test_a_button_pressed_twice_changes_nothing_the_second_time(
    case: RaisedCase, theirs: PageClient, guardian: Colleague
) -> None:
    acknowledged(case, guardian)
    waits(case, theirs)
    stale = theirs.get(f"/cases/{case.ref}")
    theirs.submit(stale, "Go on with it")
    assert "has moved on since you opened the page" in theirs.submit(stale, "Go on with it").text


def test_a_case_is_taken_up_reviewed_and_taken_back_by_buttons(
    case: RaisedCase, theirs: PageClient, guardian: Colleague
) -> None:
    acknowledged(case, guardian)
    page = f"/cases/{case.ref}"
    theirs.submit(page, "Take it up")
    with case.as_(guardian) as (uow, row):
        assert row.state is CaseState.WITH_GUARDIAN
        move(uow, row, Act.REFER)
    assert "Under review" in theirs.submit(page, "A review has begun").text
    assert "With guardian" in theirs.submit(page, "Work on it again").text
    assert "The next round begins today" in theirs.submit(page, "I have looked it over").text


def test_a_move_that_a_colleague_made_meanwhile_is_not_undone_unseen(
    case: RaisedCase, theirs: PageClient, guardian: Colleague
) -> None:
    acknowledged(case, guardian)
    with case.as_(guardian) as (uow, row):
        move(uow, row, Act.START)
        move(uow, row, Act.REFER)
    stale = theirs.get(f"/cases/{case.ref}")
    theirs.submit(stale, "A review has begun")
    told = theirs.submit(stale, "Work on it again")
    assert "has moved on since you opened the page. Nothing was changed" in told.text
    assert "Under review" in told.text
    assert "With guardian" in theirs.submit(told, "Work on it again").text


def test_a_move_that_is_no_button_is_no_move(case: RaisedCase, theirs: PageClient) -> None:
    assert theirs.post(f"/cases/{case.ref}/move", {"act": "close"}).status == 400


def test_nobody_else_can_tell_the_case_exists(case: RaisedCase, trust: Trust, signed_in: SignIn) -> None:
    first, cover = readers_of(case)
    stranger = signed_in(
        next(each for each in (trust.guardian, trust.second_guardian, trust.lead) if each not in {first, cover})
    )
    for step in ("spoken", "no-conversation", "pause"):
        refused, missing = (stranger.get(f"/cases/{ref}/{step}") for ref in (case.ref, "SU-0000-0000"))
        assert (refused.status, refused.body) == (missing.status, missing.body)
        assert refused.status == 404


def test_every_clock_and_every_reason_has_its_words() -> None:
    assert set(CLOCKS) == set(ClockKind)
    assert set(PAUSES) == set(cases.PauseReason)


def test_the_worklist_says_what_is_due_and_what_waits_and_why(
    case: RaisedCase, theirs: PageClient, guardian: Colleague
) -> None:
    assert "Acknowledge: answer the person" in theirs.get("/cases").text
    acknowledged(case, guardian)
    assert "Speak with the person" in theirs.get("/cases").text
    waits(case, theirs)
    listed = theirs.get("/cases").text
    assert "Paused since" in listed
    assert "something else has to finish first" in listed
    assert "Look again whether it still has to wait" in listed
    assert "0 overdue" in listed
    assert WHY not in listed


def test_what_a_button_beside_the_clocks_does_is_said_before_it(signed_in: SignIn, trust: Trust) -> None:
    case = factories.raised_case(trust)
    theirs = signed_in(readers_of(case)[0])
    theirs.submit(f"/cases/{case.ref}/acknowledge", text="Thank you")
    page = theirs.get(f"/cases/{case.ref}").text
    assert "From now on it stands as being worked on by you. Nobody is told. Take it up" in page
    assert "Let it wait Its clocks stop until a day you choose. You write down why." in page
