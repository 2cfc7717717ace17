"""Nothing the person said, changed or added later passes a guardian by, and no page leads to where nothing is done."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from speakup import cases
from speakup.cases import Answer, Closing, Coding, HowRaised, PersonDetails, Satisfied, Things, clocks
from speakup.cases.operations.moving import seal_standing
from speakup.gateways.texts import FakeTexter
from tests import factories
from tests.factories import RaisedCase
from tests.security.intruder import T
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]
SEEN_TO = "Nothing needs to be done"


@pytest.fixture
def case(trust: Trust) -> RaisedCase:
    return factories.raised_case(trust)


@pytest.fixture
def readers(case: RaisedCase, signed_in: SignIn) -> tuple[PageClient, PageClient]:
    """A browser of the guardian the case was routed to, and one of the cover."""
    first, cover = _both(case)
    return signed_in(first), signed_in(cover)


def _both(case: RaisedCase) -> tuple[Colleague, Colleague]:
    found = readers_of(case)
    with case.as_(found[0]) as (_, row):
        return (found[0], found[1]) if row.primary_id == found[0].id else (found[1], found[0])


def _close(case: RaisedCase) -> None:
    with case.as_(_both(case)[0]) as (uow, row):
        cases.mark_read(uow, row)
        cases.reply(uow, row, "Thank you")
        cases.code_case(uow, row, Coding(frozenset(), none_apply=True, worker_group="not_known"))
        cases.tell_person(uow, row, "A lock was fitted.")
        cases.close_case(uow, row, Closing("resolved", "", Satisfied.YES))


@pytest.mark.parametrize(
    ("answer", "shown", "sign"),
    [
        (Answer.YES, "Is anyone at risk now? Yes", "At risk now"),
        (Answer.NO, "Is anyone at risk now? No", ""),
        (Answer.NOT_SURE, "Is anyone at risk now? Not sure", "May be at risk"),
        (Answer.NOT_ANSWERED, "Is anyone at risk now? Not answered", "May be at risk"),
    ],
)
def test_whatever_is_written_about_risk_reaches_the_guardian(
    trust: Trust, signed_in: SignIn, answer: Answer, shown: str, sign: str
) -> None:
    case = factories.raised_case(trust, at_risk=answer, risk="The man in the corner bed.")
    theirs = signed_in(readers_of(case)[0])
    listed = theirs.get("/cases").text
    assert [each for each in ("At risk now", "May be at risk") if each in listed] == [sign] * bool(sign)
    page = theirs.get(f"/cases/{case.ref}").text
    assert page.count("The man in the corner bed.") == 1
    assert shown in page


@pytest.mark.parametrize(
    ("answer", "shown"),
    [(Answer.YES, "Yes"), (Answer.NO, "No"), (Answer.NOT_SURE, "Not sure"), (Answer.NOT_ANSWERED, "Not answered")],
)
def test_whatever_is_written_about_reprisal_reaches_the_guardian(
    trust: Trust, signed_in: SignIn, answer: Answer, shown: str
) -> None:
    case = factories.raised_case(trust, happened=answer, detriment="My shifts were cut.")
    page = signed_in(readers_of(case)[0]).get(f"/cases/{case.ref}").text
    assert f"Has something bad happened to them because they spoke up? {shown} My shifts were cut." in page


def test_what_is_written_after_the_end_stands_behind_the_unacknowledged_until_each_has_read_it(
    trust: Trust, case: RaisedCase, readers: tuple[PageClient, PageClient]
) -> None:
    _close(case)
    for theirs in readers:
        assert case.ref not in theirs.get("/cases").text
    unanswered = _until_each_holds_one(case)
    factories.message(case, "It has begun again.")
    for theirs in readers:
        listed = theirs.get("/cases")
        rows = [each.get_text(" ") for each in listed.soup.select("tbody tr")]
        before = [row for row in rows if any(ref in row for ref in unanswered)]
        assert before
        assert rows[: len(before)] == before
        first = rows[len(before)]
        assert case.ref in first
        assert "Closed" in first
        assert "Something new" in first
        assert "Read what came after the end" in first
        opened = theirs.get(f"/cases/{case.ref}")
        assert "It has begun again." in opened.text
        assert "The person wrote after this case was closed." in opened.text
        assert f"/cases/{case.ref}/reopen" in opened.links()
        assert case.ref not in theirs.get("/cases").text
        assert case.ref in theirs.get("/cases?closed=yes").text


def _until_each_holds_one(case: RaisedCase) -> set[str]:
    """Raise concerns until both readers of a case have got another; who receives one is drawn by lot."""
    raised, waiting = set[str](), {each.id for each in readers_of(case)}
    for _ in range(99):
        another = factories.raised_case(case.trust)
        raised.add(another.ref)
        waiting -= {each.id for each in readers_of(another)}
        if not waiting:
            return raised
    raise AssertionError("of a hundred concerns none came to one of three guardians")


def test_what_one_guardian_has_seen_to_after_the_end_is_asked_of_nobody_else(
    case: RaisedCase, readers: tuple[PageClient, PageClient]
) -> None:
    first, cover = readers
    _close(case)
    factories.message(case, "Thank you. All is well.")
    page = first.get(f"/cases/{case.ref}")
    # Reading alone is no promise to the other one.
    assert "Read what came after the end" in cover.get("/cases").text
    factories.message(case, "No, it has begun again.")
    done = first.submit(page, SEEN_TO)
    assert "The person wrote after this case was closed." in done.text
    assert "Read what came after the end" in cover.get("/cases").text
    done = first.submit(done, SEEN_TO)
    assert "Your colleague is not asked to read it any more" in done.text
    assert "The person wrote after this case was closed." not in done.text
    assert case.ref not in cover.get("/cases").text
    assert "Something new" not in cover.get("/cases?closed=yes").text
    assert "No, it has begun again." in cover.get(f"/cases/{case.ref}").text
    assert "The case has moved on" in first.submit(page, SEEN_TO).text
    factories.message(case, "And again.")
    assert case.ref in cover.get("/cases").text


def test_whoever_is_answered_after_the_end_is_read_by_nobody_else_for_it(
    case: RaisedCase, readers: tuple[PageClient, PageClient]
) -> None:
    first, cover = readers
    _close(case)
    with case.as_(case.reporter) as (uow, row):
        cases.say_how_things_are(uow, row, Things.WORSE, "They took my Tuesdays")
    page = first.get(f"/cases/{case.ref}")
    # What is owed an answer is answered as it stands, and is never nothing to do.
    assert "To answer them, open it again." not in page.text
    assert SEEN_TO not in page.text
    assert page.links().count(f"/cases/{case.ref}/answer") == 2
    assert case.ref in cover.get("/cases").text
    first.submit(f"/cases/{case.ref}/answer", text="I am sorry. I ring you today.")
    assert case.ref not in cover.get("/cases").text


def test_what_arrives_while_a_case_is_being_closed_is_not_closed_with_it(
    case: RaisedCase, readers: tuple[PageClient, PageClient]
) -> None:
    with case.as_(_both(case)[0]) as (uow, row):
        cases.mark_read(uow, row)
    factories.message(case, "One more thing.")
    with case.as_(_both(case)[0]) as (uow, row):
        cases.reply(uow, row, "Thank you")
        cases.code_case(uow, row, Coding(frozenset(), none_apply=True, worker_group="not_known"))
        cases.close_case(uow, row, Closing("resolved", "", Satisfied.YES, why_not_told="They left."))
    assert case.ref in readers[0].get("/cases").text


def test_something_new_is_new_to_each_until_they_read_it_themselves(
    trust: Trust, case: RaisedCase, readers: tuple[PageClient, PageClient]
) -> None:
    first, cover = readers
    assert "1 with something new" in first.get("/cases").text
    first.get(f"/cases/{case.ref}")
    assert "0 with something new" in first.get("/cases").text
    assert "1 with something new" in cover.get("/cases").text
    cover.get(f"/cases/{case.ref}")
    assert "Something new" not in cover.get("/cases").text
    for other in (factories.raised_case(trust), case):
        with other.as_(readers_of(other)[0]) as (uow, row):
            cases.acknowledge(uow, row, "Thank you")
    factories.message(case, "One more thing.")
    for theirs in readers:
        assert "Something new" in theirs.get("/cases").soup.select("tbody tr")[0].get_text(" ")


def test_a_permission_taken_back_is_shown_with_its_day_and_what_it_asks(trust: Trust, signed_in: SignIn) -> None:
    person = PersonDetails(name="Nora Nowak")
    case = factories.raised_case(trust, how_raised=HowRaised.OPEN, person=person)
    theirs = signed_in(readers_of(case)[0])
    before = theirs.get(f"/cases/{case.ref}").text
    assert "Openly: their name can be shared since" in before
    assert "Tell nobody unless they agree" not in before
    with case.as_(case.reporter) as (uow, row):
        cases.say_who_i_am(uow, row, person, HowRaised.CONFIDENTIAL)
    after = theirs.get(f"/cases/{case.ref}").text
    assert "The person withdrew: their name may not be shared any more" in after
    assert "Confidentially: only the people who can open this may know since" in after
    assert "They had agreed that their name may be shared, and do so no longer." in after
    assert "Tell nobody unless they agree" in after
    with case.as_(case.reporter) as (uow, row):
        cases.say_who_i_am(uow, row, person, HowRaised.OPEN)
    again = theirs.get(f"/cases/{case.ref}").text
    assert "The person agreed that their name can be shared" in again
    assert "do so no longer" not in again


@pytest.mark.parametrize(
    ("before", "how", "words"),
    [
        (HowRaised.ANONYMOUS, HowRaised.OPEN, "The person said who they are. Their name can be shared."),
        (
            HowRaised.ANONYMOUS,
            HowRaised.CONFIDENTIAL,
            "The person said who they are, or how to reach them. Only the people who can open this may know.",
        ),
        (
            HowRaised.CONFIDENTIAL,
            HowRaised.CONFIDENTIAL,
            "The person said who they are, or how to reach them. Who may know is as before.",
        ),
    ],
)
def test_a_name_given_later_says_who_may_know_it(
    trust: Trust, signed_in: SignIn, before: HowRaised, how: HowRaised, words: str
) -> None:
    case = factories.raised_case(trust, how_raised=before)
    with case.as_(case.reporter) as (uow, row):
        cases.say_who_i_am(uow, row, PersonDetails(name="Nora Nowak"), how)
    assert words in signed_in(readers_of(case)[0]).get(f"/cases/{case.ref}").text


def test_no_page_of_a_case_gives_its_sealed_title_to_the_browsers_history(
    case: RaisedCase, readers: tuple[PageClient, PageClient]
) -> None:
    readers[0].submit(f"/cases/{case.ref}/title", text="Staffing at night")
    for step in ("", "/reply", "/notes/new", "/title", "/code", "/close", "/new-words"):
        shown = readers[0].get(f"/cases/{case.ref}{step}").soup.title
        assert shown is not None
        assert "Staffing" not in shown.get_text()


def test_the_worklist_says_what_is_due_and_who_is_the_cover(
    trust: Trust, case: RaisedCase, readers: tuple[PageClient, PageClient]
) -> None:
    first, cover = readers
    assert "Acknowledge" in first.get("/cases").soup.select("tbody tr")[0].get_text(" ")
    assert "You are the cover" not in first.get("/cases").text
    assert "You are the cover" in cover.get("/cases").text
    assert case.ref in first.get("/cases?whose=first").text
    assert case.ref not in cover.get("/cases?whose=first").text
    with case.as_(_both(case)[0]) as (uow, row):
        row.due_on = cases.working_day_after(uow.today - timedelta(days=365), 1, "ENG")
        for clock in clocks.standing(uow, row):
            clock.due_on = row.due_on
        late = cases.working_days_late(row.due_on, uow.today, "ENG")
    for page in ("/cases", f"/cases/{case.ref}"):
        assert f"{late} working days late" in first.get(page).text


def test_what_did_not_work_is_not_said_in_one_breath_with_what_did(
    trust: Trust, signed_in: SignIn, texts: FakeTexter
) -> None:
    case = factories.raised_case(trust, person=PersonDetails(name="Nora", notice_by="text", notice_to="07700 900123"))
    texts.down = True
    shown = signed_in(readers_of(case)[0]).submit(f"/cases/{case.ref}/reply", text="Are you all right?").soup
    (done,) = shown.select(".nhsuk-notification-banner--success")
    assert "Message sent" in done.get_text()
    assert "could not be sent" not in done.get_text()
    (failed,) = shown.select(".nhsuk-notification-banner:not(.nhsuk-notification-banner--success)")
    assert "could not be sent" in failed.get_text()


def test_words_that_a_colleague_forestalled_can_go_as_a_reply(
    case: RaisedCase, readers: tuple[PageClient, PageClient]
) -> None:
    first, cover = readers
    form = first.get(f"/cases/{case.ref}/acknowledge")
    cover.submit(f"/cases/{case.ref}/acknowledge", text="Thank you from the cover.")
    refused = first.submit(form, text="Thank you from the guardian.")
    assert refused.status == 409
    assert "A colleague answered this meanwhile" in refused.text
    assert "Thank you from the cover." in refused.text
    assert f"/cases/{case.ref}" in refused.links()
    sent = first.submit(refused)
    assert "Message sent" in sent.text
    assert "Thank you from the guardian." in sent.text


@pytest.mark.parametrize(
    ("is_closed", "step", "why"),
    [
        ("", "reopen", "This case is open already"),
        ("", "outcome", "Answer the person first"),
        ("closed", "acknowledge", "This case is closed. Open it again first"),
        ("closed", "reply", "This case is closed. Open it again first"),
        ("closed", "close", "This case is closed. Open it again first"),
        ("closed", "notes/new", "This case is closed. Open it again first"),
    ],
)
def test_a_form_that_can_do_nothing_leads_to_the_case_and_says_why(
    case: RaisedCase, readers: tuple[PageClient, PageClient], is_closed: str, step: str, why: str
) -> None:
    if is_closed:
        _close(case)
    shown = readers[0].get(f"/cases/{case.ref}/{step}")
    assert shown.path == f"/cases/{case.ref}"
    assert why in shown.text


def test_a_post_that_came_too_late_gives_back_its_words_and_a_way_on(
    case: RaisedCase, readers: tuple[PageClient, PageClient]
) -> None:
    form = readers[0].get(f"/cases/{case.ref}/notes/new")
    _close(case)
    refused = readers[0].submit(form, text="Rang the ward.")
    assert refused.status == 409
    assert "Rang the ward." in refused.text
    assert {f"/cases/{case.ref}", "/cases", "/account"} <= set(refused.links())
    assert "Try again" not in refused.text


def test_a_page_that_is_not_there_leaves_somebody_signed_in_their_menu(
    trust: Trust, case: RaisedCase, signed_in: SignIn
) -> None:
    stranger = signed_in(next(each for each in (trust.lead, trust.buddy) if each not in readers_of(case)))
    absent, forbidden = (stranger.get(f"/cases/{ref}") for ref in ("SU-0000-0000", case.ref))
    assert absent.body == forbidden.body
    assert {"/cases", "/account"} <= set(absent.links())
    assert "Go to all cases" in absent.text
    assert "/admin/members" in signed_in(trust.administrator).get(f"/cases/{case.ref}").links()


def test_whoever_is_signed_in_finds_their_menu_wherever_nothing_is(trust: Trust, signed_in: SignIn) -> None:
    guardian, recipient = signed_in(trust.guardian), signed_in(factories.recipient(trust))
    for place in ("/absences", "/diary", "/cases", "/referrals"):
        page = guardian.get(f"{place}/none/here")
        assert (page.status, "/cases" in page.links()) == (404, True), place
    assert "/account" in recipient.get("/referrals/RE-0000-0000").links()


def test_closed_cases_stand_newest_first_and_nothing_in_them_is_urgent(trust: Trust, signed_in: SignIn) -> None:
    earlier, later = (factories.raised_case(trust, at_risk=Answer.YES) for _ in range(2))
    for case in (earlier, later):
        _close(case)
    reader = next(each for each in readers_of(earlier) if each in readers_of(later))
    with earlier.as_(reader) as (uow, row):
        row.closed_on = uow.today - timedelta(days=365)
        seal_standing(uow, row)
    theirs = signed_in(reader)
    listed = theirs.get("/cases?closed=yes")
    assert "Closed cases, newest first" in listed.text
    assert [later.ref in listed.soup.select("tbody tr")[0].get_text(" "), "At risk now" in listed.text] == [True, False]
    assert "The person said somebody is at risk now" not in theirs.get(f"/cases/{later.ref}").text


@pytest.mark.parametrize("page", ["000001000000000000000000000000", "9" * 30, "0", "-1", "one", "9999"])
def test_a_page_that_is_not_there_is_one_that_is(signed_in: SignIn, trust: Trust, page: str) -> None:
    case = factories.raised_case(trust)
    reader = signed_in(readers_of(case)[0])
    assert case.ref in reader.get(f"/cases?page={page}").text
    assert "No closed cases here." in reader.get(f"/cases?page={page}&closed=yes&state=new").text


def test_a_page_full_of_cases_stays_light(trust: Trust, signed_in: SignIn) -> None:
    """Signs and words repeat on every row: what one of them weighs, fifty would weigh, more than a page holds."""
    case = factories.raised_case(trust, at_risk=Answer.YES)
    reader = readers_of(case)[0]
    with case.as_(reader) as (uow, row):
        cases.title_case(uow, row, "Staffing at night on the ward")
    (line,) = signed_in(reader).get("/cases").soup.select("tbody tr")
    assert 50 * len(str(line)) < 40_000


def test_a_doubt_about_a_risk_is_shown_whatever_the_row_says(trust: Trust, signed_in: SignIn) -> None:
    case = factories.raised_case(trust, at_risk=Answer.NOT_SURE)
    with trust.stored.unbound() as connection:
        connection.execute(sa.update(T["case"]).where(T["case"].c.id == case.id).values(may_be_at_risk=False))
        connection.commit()
    page = signed_in(readers_of(case)[0]).get(f"/cases/{case.ref}")
    assert "The person is not sure whether somebody is at risk now" in page.text
