"""After the end, as a guardian sees it: whom to ask, whom to answer, and whether they would speak up again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from speakup import cases, insight
from speakup.cases import CaseState, HowRaised, PersonDetails, Things
from speakup.gateways.mail import FakeMailer
from speakup.notifications import NoticeBy
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient
from tests.web.workspace.test_recording import ref_of, save

SignIn = Callable[[Colleague], PageClient]
NOTICE = "You have a new message in the place you know."


@contextmanager
def months_later(signed_in: SignIn, who: Colleague, days: int = 95) -> Iterator[PageClient]:
    with time_machine.travel(datetime.now(UTC) + timedelta(days=days)):
        yield signed_in(who)


def closed(case: RaisedCase, theirs: PageClient, **fields: Any) -> None:  # noqa: ANN401 -- text or lists
    page = f"/cases/{case.ref}"
    theirs.submit(f"{page}/reply", text="Thank you")
    theirs.submit(f"{page}/code", none_apply=["y"], worker_group="not_known")
    theirs.submit(f"{page}/outcome", text="Two more nurses start in March.")
    done = theirs.submit(f"{page}/close", outcome="resolved", satisfied="yes", **fields)
    assert "Case closed" in done.text, done.errors


@pytest.fixture
def case(trust: Trust) -> RaisedCase:
    """Somebody who may be told by e-mail that there is something to read."""
    person = PersonDetails("Nora Nurse", "", "", NoticeBy.EMAIL, "nora@example.org")
    return factories.raised_case(trust, person=person, how_raised=HowRaised.CONFIDENTIAL)


@pytest.fixture
def mine(case: RaisedCase, signed_in: SignIn) -> PageClient:
    return signed_in(readers_of(case)[0])


def test_closing_keeps_what_the_person_wants_later_and_what_they_answered(
    case: RaisedCase, mine: PageClient, trust: Trust
) -> None:
    closed(case, mine, months=["3", "6"], how="inbox", would_again="maybe", again_words="If it were quicker")
    shown = mine.get(f"/cases/{case.ref}")
    for words in ("To be asked how things are on", "Would they speak up again? Maybe", "If it were quicker"):
        assert words in shown.text
    assert "We ask here how things are" not in shown.text
    wish = case.inbox().check_ins.wish
    assert wish is not None
    assert (wish.months, wish.how) == ((3, 6), cases.How.INBOX)
    with trust.work(readers_of(case)[0]) as uow:
        counts = insight.feedback_in(uow, insight.quarter_of(uow.today))
    assert (counts.asked, counts.answers) == (1, {"maybe": 1})


def test_what_the_person_chose_themselves_stands_on_the_closing_page_and_is_not_written_twice(
    case: RaisedCase, mine: PageClient
) -> None:
    with case.as_(case.reporter) as (uow, row):
        cases.choose_check_ins(uow, row, [9], cases.How.GUARDIAN)
    page = mine.submit(f"/cases/{case.ref}/reply", text="Thank you")
    page = mine.get(f"/cases/{case.ref}/close")
    assert [str(each["value"]) for each in page.soup.select("[name=months][checked], [name=how][checked]")] == [
        "9", "guardian",
    ]  # fmt: skip
    closed(case, mine)
    assert case.inbox().check_ins.said == 1


def test_on_its_day_a_check_in_stands_on_the_worklist_and_only_the_guardians_request_sends_the_notice(
    case: RaisedCase, mine: PageClient, signed_in: SignIn, notices: FakeMailer
) -> None:
    closed(case, mine, months=["3"])
    assert case.ref not in mine.get("/cases").text
    sent = len(notices.sent)
    with months_later(signed_in, readers_of(case)[0]) as later:
        listed = later.get("/cases")
        assert case.ref in listed.text
        assert "Ask how things are" in listed.text
        page = later.get(f"/cases/{case.ref}/check-ins")
        assert "They get the ordinary notice" in page.text
        assert len(notices.sent) == sent
        done = later.submit(page, "Ask how things are")
        assert "Asked. The question is in their inbox" in done.text
        assert "A notice without content was sent" in done.text
        assert notices.sent[-1].text.strip() == NOTICE
        assert case.ref not in later.get("/cases").text
        assert "Asked, no answer yet" in later.get(f"/cases/{case.ref}/check-ins").text
    with months_later(signed_in, readers_of(case)[0], 130) as later:
        shown = later.get(f"/cases/{case.ref}/check-ins").text
    assert "It does not mean that nothing happened." in shown
    assert "Asked, no answer yet" not in shown


def test_whoever_wants_to_be_spoken_with_is_and_silence_is_no_answer(
    case: RaisedCase, mine: PageClient, signed_in: SignIn
) -> None:
    closed(case, mine, months=["3", "6"], how="guardian")
    assert "no answer" not in [
        str(each["value"]) for each in mine.get(f"/cases/{case.ref}/check-ins/told").soup.select("[name=things]")
    ]
    with months_later(signed_in, readers_of(case)[0]) as later:
        page = later.get(f"/cases/{case.ref}/check-ins")
        assert "The person wanted to be asked by you on" in page.text
        assert "Ask how things are" not in [each.get_text(strip=True) for each in page.soup.select("button")]
        told = later.submit(f"/cases/{case.ref}/check-ins/told", "Save", things="no answer")
        assert "No answer" in told.text
        told = later.submit(f"/cases/{case.ref}/check-ins/told", "Save", things="same", text="She is well")
        assert "Answered: About the same" in told.text
        assert case.ref not in later.get("/cases").text


def test_worse_comes_first_and_is_answered_without_opening_the_case(
    case: RaisedCase, mine: PageClient, trust: Trust, notices: FakeMailer
) -> None:
    closed(case, mine)
    with case.as_(case.reporter) as (uow, row):
        cases.say_how_things_are(uow, row, Things.WORSE, "Nobody speaks to me")
    page = mine.get(f"/cases/{case.ref}")
    assert "Nobody speaks to me" in page.text
    address = f"/cases/{case.ref}/answer"
    assert address in page.links()
    refused = mine.submit(address, "Save")
    assert refused.errors == ["Write your message"]
    done = mine.submit(refused, "Save", text="I am sorry. What may I do?")
    assert "Nobody waits for this answer now" in done.text
    assert notices.sent[-1].text.strip() == NOTICE
    assert case.inbox().messages[-1].text == "I am sorry. What may I do?"
    assert case.inbox().case.state is CaseState.CLOSED
    assert "They have been answered already" in mine.get(address).text
    assert mine.post(address, {"text": "Late"}).status in {400, 409}


def test_worse_stands_on_the_worklist_of_a_closed_case_once_two_days_have_passed(
    case: RaisedCase, mine: PageClient, trust: Trust, signed_in: SignIn
) -> None:
    closed(case, mine)
    with case.as_(case.reporter) as (uow, row):
        cases.say_how_things_are(uow, row, Things.WORSE)
    assert "Read what came after the end" in mine.get("/cases").text
    mine.get(f"/cases/{case.ref}")
    assert "Answer: the person says things are worse" in mine.get("/cases").text
    lead = signed_in(trust.lead)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=9)):
        listed = signed_in(readers_of(case)[0]).get("/cases")
        assert "Answer: the person says things are worse" in listed.text
        assert "working days late" in listed.text
        with trust.work(trust.lead) as uow:
            cases.worklist(uow, cases.Filters(whose=cases.Whose.TEAM))
    assert lead.get("/cases?whose=team").status == 200


def test_in_an_open_case_worse_is_answered_by_a_reply(case: RaisedCase, mine: PageClient) -> None:
    mine.submit(f"/cases/{case.ref}/reply", text="Thank you")
    with case.as_(case.reporter) as (uow, row):
        cases.say_how_things_are(uow, row, Things.WORSE)
    assert mine.get(f"/cases/{case.ref}/answer").path == f"/cases/{case.ref}/reply"


def test_somebody_without_an_inbox_is_spoken_with(trust: Trust, signed_in: SignIn) -> None:
    mine = signed_in(trust.guardian)
    ref = ref_of(save(mine))
    page = mine.get(f"/cases/{ref}/check-ins")
    assert [str(each["value"]) for each in page.soup.select("[name=how]")] == ["guardian"]
    refused = mine.submit(page, "Save", months=["3"], how="inbox")
    assert refused.errors == ["Choose from the answers shown."]
    assert "Saved." in mine.submit(refused, "Save", how="guardian").text
    page = mine.get(f"/cases/{ref}/close")
    assert [str(each["value"]) for each in page.soup.select("[name=how]")] == ["guardian"]


def test_feedback_is_written_down_after_the_end_and_not_before(
    case: RaisedCase, mine: PageClient, trust: Trust
) -> None:
    assert "This is asked when the case is closed" in mine.get(f"/cases/{case.ref}/feedback").text
    closed(case, mine)
    assert mine.submit(f"/cases/{case.ref}/feedback", "Save").errors == ["Choose an answer."]
    done = mine.submit(f"/cases/{case.ref}/feedback", "Save", would_again="rather_not")
    assert "Would they speak up again? Would rather not say" in done.text
    mine.submit(f"/cases/{case.ref}/feedback", "Save", would_again="dont_know", text="It was slow")
    with trust.work(readers_of(case)[0]) as uow:
        counts = insight.feedback_in(uow, insight.quarter_of(uow.today))
    assert (counts.asked, counts.received, counts.answers) == (1, 1, {"dont_know": 1})
