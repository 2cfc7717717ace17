"""What is done to somebody because they spoke up, as a guardian writes it down and follows it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from speakup import cases
from speakup.audit import Event
from speakup.cases import Answer
from speakup.kernel.errors import NotFound
from speakup.kernel.ids import new_id
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient
from tests.web.workspace.test_session_ended import sent_after_signing_in

SignIn = Callable[[Colleague], PageClient]


@pytest.fixture
def case(trust: Trust) -> RaisedCase:
    return factories.raised_case(trust)


@pytest.fixture
def holders(case: RaisedCase) -> tuple[Colleague, Colleague]:
    return readers_of(case)


@pytest.fixture
def mine(holders: tuple[Colleague, Colleague], signed_in: SignIn) -> PageClient:
    return signed_in(holders[0])


def code(mine: PageClient, case: RaisedCase, **fields: object) -> None:
    assert "Triage saved" in mine.submit(f"/cases/{case.ref}/triage", "Save triage", none_apply=["y"], **fields).text


def test_what_they_told_is_written_down_followed_and_never_overwritten(case: RaisedCase, mine: PageClient) -> None:
    address = f"/cases/{case.ref}/detriment"
    shown = mine.submit(
        f"{address}/new", "Save", text="Off the rota since Monday", forms=["rota_duties", "threat"], source="manager",
        spoken_up_to="manager",
    )  # fmt: skip
    assert (shown.path, shown.status) == (address, 200)
    for words in ("Off the rota since Monday", "Rota or duties; Threat", "Manager"):
        assert words in shown.text
    (step,) = [each for each in shown.links() if each.startswith(f"{address}/") and not each.endswith("/new")]
    assert "Off the rota since Monday" in mine.get(step).text
    for done in ("Spoke with the head of service, as agreed", "Rota given back"):
        shown = mine.submit(step, "Save", text=done)
    assert "Spoke with the head of service, as agreed" in shown.text
    assert "Rota given back" in shown.text
    assert "They told of 1 thing that happened" in mine.get(f"/cases/{case.ref}").text


def test_the_person_reads_what_was_noted_with_them_and_not_what_a_guardian_wrote_down(
    case: RaisedCase, mine: PageClient
) -> None:
    mine.submit(f"/cases/{case.ref}/baseline", "Save", duties="Nurse in charge at weekends")
    mine.submit(f"/cases/{case.ref}/detriment/new", "Save", text="Off the rota since Monday")
    assert "Nurse in charge at weekends" in mine.get(f"/cases/{case.ref}/detriment").text
    (line,) = case.inbox().messages
    assert isinstance(line.more, cases.Baseline)
    assert line.more.areas == {"duties": "Nurse in charge at weekends"}


def test_it_is_counted_once_and_in_one_place(
    case: RaisedCase, mine: PageClient, holders: tuple[Colleague, Colleague]
) -> None:
    code(mine, case)
    assert case.view(holders[0]).elements == []
    mine.submit(f"/cases/{case.ref}/detriment/new", "Save", forms=["exclusion"])
    assert case.view(holders[0]).elements == ["detriment"]
    mine.submit(f"/cases/{case.ref}/detriment/new", "Save", text="And again")
    assert case.view(holders[0]).elements == ["detriment"]
    coded = [line for line in case.view(holders[0]).history if line.event is Event.CASE_CODED]
    assert len(coded) == 2


def test_before_it_is_coded_triage_begins_with_a_yes(case: RaisedCase, mine: PageClient) -> None:
    mine.submit(f"/cases/{case.ref}/detriment/new", "Save", text="Off the rota")
    page = mine.get(f"/cases/{case.ref}/triage")
    assert [str(each["value"]) for each in page.soup.select("[name=detriment][checked]")] == ["yes"]


def test_what_the_person_tells_after_coding_waits_to_be_counted_by_a_guardian(
    case: RaisedCase, mine: PageClient, holders: tuple[Colleague, Colleague]
) -> None:
    """Row 6 of the field's edge cases: told later, flagged on the case it belongs to."""
    code(mine, case, detriment=Answer.NO.value)
    with case.as_(case.reporter) as (uow, row):
        cases.report_detriment(uow, row, cases.DetrimentReport("They took my Tuesdays"))
    assert case.view(holders[0]).elements == []
    assert "It is not counted yet." in mine.get(f"/cases/{case.ref}").text
    done = mine.submit(f"/cases/{case.ref}/detriment", "Count it")
    assert "Counted among the elements" in done.text
    assert case.view(holders[0]).elements == ["detriment"]
    assert "is not counted so yet" not in done.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Write what happened, or tick what it was."),
        ({"text": "x", "source": "the chief"}, "Choose from the answers shown."),
        ({"text": "x", "told_on-day": "1", "told_on-month": "1", "told_on-year": "2999"}, "That day is still to come"),
        (
            {"text": "x", "told_on-day": "1", "told_on-month": "1", "told_on-year": "1999"},
            "That day is before the case was raised",
        ),
        (
            {"text": "x", "told_on-day": "31", "told_on-month": "2", "told_on-year": "2026"},
            "Write a day that exists, in numbers: for example 27 3 2027",
        ),
    ],
)
def test_what_cannot_be_is_said_and_every_word_kept(
    case: RaisedCase, mine: PageClient, fields: dict[str, str], words: str
) -> None:
    refused = mine.submit(f"/cases/{case.ref}/detriment/new", "Save", **fields)
    assert (refused.status, refused.errors) == (422, [words])
    assert all(value in refused.body for value in fields.values() if value != "the chief")


def test_what_was_done_has_words_and_a_day_that_has_come(case: RaisedCase, mine: PageClient) -> None:
    shown = mine.submit(f"/cases/{case.ref}/detriment/new", "Save", text="Off the rota")
    step = next(each for each in shown.links() if "/detriment/" in each and not each.endswith("/new"))
    assert mine.submit(step, "Save").errors == ["Write what was done"]
    tomorrow = {"on-day": "1", "on-month": "1", "on-year": "2999"}
    assert mine.submit(step, "Save", text="Done", **tomorrow).errors == ["That day is still to come"]
    assert mine.get(f"/cases/{case.ref}/detriment/{new_id()}").status == 404
    with case.as_(readers_of(case)[0]) as (uow, row), pytest.raises(NotFound):
        cases.act_on_detriment(uow, row, new_id(), "Done", uow.today)


@pytest.mark.parametrize("step", ["detriment", "detriment/new", "baseline", "check-ins", "check-ins/told", "feedback"])
def test_nobody_else_can_tell_the_case_exists(case: RaisedCase, trust: Trust, signed_in: SignIn, step: str) -> None:
    everybody = [trust.guardian, trust.second_guardian, trust.lead]
    stranger = signed_in(next(each for each in everybody if each not in readers_of(case)))
    refused, missing = (stranger.get(f"/cases/{ref}/{step}") for ref in (case.ref, "SU-0000-0000"))
    assert (refused.status, refused.body) == (missing.status, missing.body)
    assert refused.status == 404


def test_what_was_typed_outlives_the_session(case: RaisedCase, signed_in: SignIn) -> None:
    theirs = readers_of(case)[0]
    browser = signed_in(theirs)
    form = browser.get(f"/cases/{case.ref}/detriment/new")
    done = sent_after_signing_in(browser, theirs, form, text="Off the rota since Monday", forms=["threat"])
    assert "Off the rota since Monday" in done.text
    assert "Threat" in done.text


def test_a_report_on_a_closed_case_is_kept_with_it(case: RaisedCase, mine: PageClient, trust: Trust) -> None:
    mine.submit(f"/cases/{case.ref}/reply", text="Thank you")
    code(mine, case)
    mine.submit(f"/cases/{case.ref}/outcome", text="A new bell")
    mine.submit(f"/cases/{case.ref}/close", outcome="resolved", satisfied="yes")
    shown = mine.submit(f"/cases/{case.ref}/detriment/new", "Save", text="Off the rota")
    assert "Off the rota" in shown.text
    with trust.work() as uow:
        row = uow.session.query(cases.Case).filter_by(ref=case.ref).one()
        assert (row.state, row.closed_on) == (cases.CaseState.CLOSED, uow.today)
        assert uow.today - row.raised_on < timedelta(days=2)
