"""What somebody tells in their inbox of how they are treated, how things are later, and whether it was worth it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from speakup import cases, insight
from speakup.cases import CaseState, ClockKind, How, Things
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient
from tests.web.inbox.test_conversation import forget_session
from tests.web.walking import open_inbox

SignIn = Callable[[Colleague], PageClient]
THREE_MONTHS = timedelta(days=93)


@pytest.fixture
def closed(raised: RaisedCase) -> RaisedCase:
    """The case, closed."""
    end(raised)
    return raised


def end(raised: RaisedCase) -> None:
    with raised.as_(readers_of(raised)[0]) as (uow, case):
        cases.reply(uow, case, "Thank you")
        cases.tell_person(uow, case, "A new bell")
        cases.code_case(uow, case, cases.Coding(frozenset(), none_apply=True, worker_group="not_known"))
        cases.close_case(uow, case, cases.Closing("resolved", "", cases.Satisfied.YES))


def standing(raised: RaisedCase) -> dict[ClockKind, object]:
    with raised.as_(readers_of(raised)[0]) as (uow, case):
        return {line.kind: line.due_on for line in cases.clock_lines(uow, case)}


def test_how_things_are_at_work_is_noted_and_both_sides_read_it(
    browser: PageClient, inbox: Page, raised: RaisedCase, signed_in: SignIn
) -> None:
    assert "/follow-up/how-it-is" in inbox.links()
    done = browser.submit("/follow-up/how-it-is", "Save", rota="Tuesdays off", relationships="My manager greets me")
    for words in ("You noted how things are at work", "Rota and hours", "Tuesdays off", "My manager greets me"):
        assert words in done.text
    theirs = signed_in(readers_of(raised)[0])
    assert "Tuesdays off" in theirs.get(f"/cases/{raised.ref}").text
    assert "Tuesdays off" in theirs.get(f"/cases/{raised.ref}/detriment").text


def test_an_empty_page_is_not_sent_and_says_what_to_do(browser: PageClient, inbox: Page) -> None:
    assert browser.submit("/follow-up/how-it-is", "Save").errors == ["Write something in one of the boxes."]
    told = browser.submit("/follow-up/treated-badly", "Tell the guardian")
    assert told.errors == ["Write what happened, or tick what it was."]
    assert browser.submit("/follow-up/treated-badly", "Tell the guardian", forms=["astrology"]).status == 422


def test_whoever_is_treated_badly_is_answered_within_two_working_days(
    browser: PageClient, inbox: Page, raised: RaisedCase, signed_in: SignIn
) -> None:
    done = browser.submit(
        "/follow-up/treated-badly", "Tell the guardian", text="They took my Tuesdays", forms=["rota_duties"],
        source="manager", spoken_up_to="guardian",
    )  # fmt: skip
    assert "The guardian answers you here within 2 working days." in done.text
    for words in ("You told us that you are treated badly", "They took my Tuesdays", "Rota or duties", "Manager"):
        assert words in done.text
    with raised.as_(readers_of(raised)[0]) as (uow, _):
        in_two_days = cases.working_day_after(uow.today, 2, "ENG")
    assert standing(raised)[ClockKind.WORSE] == in_two_days
    theirs = signed_in(readers_of(raised)[0])
    page = theirs.get(f"/cases/{raised.ref}")
    assert "The person says things are worse." in page.text
    assert "They told of 1 thing that happened because they spoke up." in page.text
    theirs.submit(f"/cases/{raised.ref}/reply", text="What would you like me to do?")
    assert ClockKind.WORSE not in standing(raised)


def test_saying_it_again_makes_nobody_wait_longer(raised: RaisedCase) -> None:
    report = cases.DetrimentReport("They took my Tuesdays")
    with raised.as_(raised.reporter) as (uow, case):
        cases.report_detriment(uow, case, report)
    before = standing(raised)[ClockKind.WORSE]
    with raised.trust.database.work(raised.reporter, at=datetime.now(UTC) + timedelta(days=5)) as uow:
        cases.report_detriment(uow, cases.mine(uow), report)
    assert standing(raised)[ClockKind.WORSE] == before


def test_a_closed_case_opens_still_and_asks_one_question(browser: PageClient, closed: RaisedCase) -> None:
    shown = open_inbox(browser, " ".join(closed.words))
    assert "given your experience, would you speak up again?" in shown.text
    done = browser.submit("/follow-up/feedback", "Send", would_again="maybe", text="If it were quicker")
    assert "Thank you. Your answer is counted." in done.text
    assert "Would you speak up again? You said: Maybe" in done.text
    assert "If it were quicker" in done.text
    assert "would you speak up again?" not in done.text.lower().replace("would you speak up again? you said", "")
    again = browser.get("/follow-up/feedback")
    assert "You have answered this." in again.text
    ticked = [str(each["value"]) for each in again.soup.select("input[checked]")]
    assert ticked == ["maybe"]


def test_feedback_is_asked_only_at_the_end(browser: PageClient, inbox: Page) -> None:
    assert browser.get("/follow-up/feedback").status == 404
    assert browser.get("/follow-up/check-ins").status == 404
    assert "/follow-up/feedback" not in inbox.links()
    assert "/follow-up/check-ins" not in inbox.links()


def test_an_answer_is_needed_and_the_words_stay(browser: PageClient, closed: RaisedCase) -> None:
    open_inbox(browser, " ".join(closed.words))
    refused = browser.submit("/follow-up/feedback", "Send", text="Let me think")
    assert refused.errors == ["Choose an answer."]
    assert "Let me think" in refused.body
    assert browser.submit("/follow-up/feedback", "Send", would_again="perhaps").errors == [
        "Choose from the answers shown."
    ]
    assert browser.submit("/follow-up/how-things-are", "Send").errors == ["Choose an answer."]
    assert browser.submit("/follow-up/how-things-are", "Send", things="no answer").status == 422


def test_feedback_that_came_after_the_session_ended_is_counted_once_the_words_are_typed(
    browser: PageClient, closed: RaisedCase, trust: Trust
) -> None:
    open_inbox(browser, " ".join(closed.words))
    page = browser.get("/follow-up/feedback")
    forget_session(browser)
    asked = browser.submit(page, "Send", would_again="yes", text="Because somebody listened")
    assert asked.status == 401
    done = browser.submit(asked, "Open and send", words=" ".join(closed.words))
    assert "Because somebody listened" in done.text
    with trust.work(readers_of(closed)[0]) as uow:
        assert insight.feedback_in(uow, insight.quarter_of(uow.today)).answers == {"yes": 1}


def test_the_person_chooses_when_to_be_asked_and_is_shown_the_days(browser: PageClient, closed: RaisedCase) -> None:
    open_inbox(browser, " ".join(closed.words))
    done = browser.submit("/follow-up/check-ins", "Save", months=["3", "12"])
    assert "Saved. Write the days down: they are on this page." in done.text
    with closed.as_(readers_of(closed)[0]) as (uow, case):
        plan = cases.open_view(uow, case).check_ins
    assert len(plan.check_ins) == 2
    days = [each.get_text() for each in done.soup.select(".nhsuk-inset-text strong")]
    assert [str(each.on.year) in day for each, day in zip(plan.check_ins, days, strict=True)] == [True, True]
    assert "We ask here how things are, 3 and 12 months after the end" in browser.get("/follow-up").text
    stopped = browser.submit("/follow-up/check-ins", "Stop asking me")
    assert "We will not ask." in stopped.text
    assert ClockKind.CHECK_IN not in standing(closed)


def test_two_windows_on_when_to_be_asked_do_not_overwrite_each_other_unseen(
    browser: PageClient, closed: RaisedCase
) -> None:
    open_inbox(browser, " ".join(closed.words))
    old = browser.get("/follow-up/check-ins")
    browser.submit("/follow-up/check-ins", "Save", months=["6"])
    late = browser.submit(old, "Save", months=["3"])
    assert late.status == 409
    assert "This was changed since you opened the page." in late.text
    assert [str(each["value"]) for each in late.soup.select("[name=months][checked]")] == ["3"]
    assert "Saved." in browser.submit(late, "Save").text


def test_on_its_day_the_question_stands_in_the_inbox_of_whoever_nobody_knows(
    browser: PageClient, closed: RaisedCase
) -> None:
    with closed.as_(closed.reporter) as (uow, case):
        cases.choose_check_ins(uow, case, [3, 6], How.INBOX)
    assert "You wanted us to ask on" not in open_inbox(browser, " ".join(closed.words)).text
    with time_machine.travel(datetime.now(UTC) + THREE_MONTHS, tick=False):
        assert "You wanted us to ask on" in open_inbox(browser, " ".join(closed.words)).text
        done = browser.submit("/follow-up/how-things-are", "Send", things="better")
    assert "How are things? You said: Better" in done.text
    assert "You wanted us to ask on" not in done.text


def test_things_are_worse_begins_a_clock_on_a_closed_case_and_reaches_nobody_else(
    browser: PageClient, closed: RaisedCase, trust: Trust
) -> None:
    open_inbox(browser, " ".join(closed.words))
    done = browser.submit("/follow-up/how-things-are", "Send", things="worse", text="Nobody speaks to me")
    assert "The guardian answers you here within 2 working days." in done.text
    assert standing(closed).keys() == {ClockKind.WORSE}
    assert f"You will have an answer by {standing(closed)[ClockKind.WORSE]:%A %-d %B}." in done.text
    with trust.work() as uow:
        assert uow.session.query(cases.Case).filter_by(ref=closed.ref).one().state is CaseState.CLOSED
    said = [each.more for each in closed.inbox().messages]
    assert [each.things for each in said if isinstance(each, cases.ThingsAre)] == [Things.WORSE]
