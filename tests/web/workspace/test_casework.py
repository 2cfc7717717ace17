"""A guardian's day, through the pages."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from speakup import audit, cases, keyring
from speakup.audit import Event
from speakup.cases import Exclusions, HowRaised, PersonDetails
from speakup.gateways.blobs import Blobs
from speakup.gateways.mail import FakeMailer
from speakup.gateways.texts import FakeTexter
from speakup.kernel.actor import Actor, ActorKind
from speakup.kernel.errors import NotFound
from speakup.routing import Subject
from tests import factories
from tests.factories import RaisedCase
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]


@pytest.fixture
def case(trust: Trust) -> RaisedCase:
    return factories.raised_case(trust)


@pytest.fixture
def theirs(case: RaisedCase, trust: Trust, signed_in: SignIn) -> PageClient:
    """A browser of the guardian the case was routed to."""
    return signed_in(_primary(case, trust))


def _primary(case: RaisedCase, trust: Trust) -> Colleague:
    with trust.work(case.reporter) as uow:
        primary = cases.mine(uow).primary_id
    return next(person for person in trust.people.values() if person.id == primary)


def test_a_new_case_stands_on_the_worklist_and_opens(case: RaisedCase, theirs: PageClient) -> None:
    listed = theirs.get("/cases")
    assert case.ref in listed.text
    assert "1 not answered yet" in listed.text
    opened = theirs.get(f"/cases/{case.ref}")
    assert case.concern.narrative in opened.text
    assert "Who can open it" in opened.text


def test_acknowledging_answers_the_person_and_stops_the_clock(case: RaisedCase, theirs: PageClient) -> None:
    shown = theirs.submit(f"/cases/{case.ref}/acknowledge", text="Thank you. I have read it.")
    assert shown.status == 200
    assert "Thank you. I have read it." in shown.text
    assert "Acknowledged" in shown.text
    assert "Message sent" in shown.text


def test_a_case_that_was_opened_over_and_over_says_so_in_one_line(case: RaisedCase, theirs: PageClient) -> None:
    for _ in range(4):
        page = theirs.get(f"/cases/{case.ref}")
    [line] = [each for each in page.soup.select(".app-history li") if "Opened and read" in each.get_text()]
    assert "Opened and read, 3 times" in line.get_text()


def test_a_note_is_shown_to_the_guardians_and_not_to_the_person(
    case: RaisedCase, theirs: PageClient, trust: Trust
) -> None:
    assert "Rang the ward" in theirs.submit(f"/cases/{case.ref}/notes/new", text="Rang the ward").text
    with trust.work(case.reporter) as uow:
        inbox = cases.open_inbox(uow, cases.mine(uow))
    assert "Rang the ward" not in repr([each.text for each in inbox.messages])


def test_a_whole_case_goes_from_new_to_closed(case: RaisedCase, theirs: PageClient) -> None:
    page = f"/cases/{case.ref}"
    theirs.submit(f"{page}/title", text="Staffing at night")
    theirs.submit(f"{page}/reply", text="Thank you. May I ring you?")
    refused = theirs.submit(f"{page}/close", outcome="resolved", satisfied="yes")
    assert refused.status == 422
    assert "Say which elements it has, or that none applies" in refused.errors
    assert {f"{page}/triage", f"{page}/outcome"} <= set(theirs.get(f"{page}/close").links())
    theirs.submit(f"{page}/code", elements=["patient_safety", "worker_safety"], worker_group="nursing_midwifery")
    told = theirs.submit(f"{page}/outcome", text="Two more nurses start in March.")
    assert "Person told" in told.text
    assert not {f"{page}/triage", f"{page}/outcome"}.intersection(theirs.get(f"{page}/close").links())
    closed = theirs.submit(f"{page}/close", outcome="resolved", satisfied="yes", summary="Staffing agreed")
    assert "Case closed" in closed.text
    assert "Staffing agreed" in closed.text
    assert "Staffing at night" in theirs.get("/cases?closed=yes").text
    reopened = theirs.submit(f"{page}/reopen", why="It has happened again")
    assert "Reopened" in reopened.text


def test_a_reference_typed_in_small_letters_leads_to_its_case(case: RaisedCase, theirs: PageClient) -> None:
    assert case.ref in theirs.get(f"/cases/{case.ref.lower()}").text


def test_all_that_closing_needs_and_other_pages_do_is_listed_before_anything_is_typed(
    case: RaisedCase, theirs: PageClient
) -> None:
    page = f"/cases/{case.ref}"

    def listed() -> dict[str, str]:
        links = theirs.get(f"{page}/close").soup.select(".nhsuk-inset-text li a")
        return {each.get_text(): str(each["href"]).removeprefix(f"{page}/") for each in links}

    assert listed() == {
        "Answer the person first": "acknowledge",
        "Say which elements it has, or that none applies": "triage",
        "Choose a worker group. “Not known” is one of them": "triage",
        "Tell the person the outcome, or write below why that was not possible": "outcome",
    }
    theirs.submit(f"{page}/reply", text="Thank you")
    theirs.submit(f"{page}/code", none_apply=["y"], worker_group="not_known")
    assert set(listed().values()) == {"outcome"}
    theirs.submit(f"{page}/outcome", text="A lock was fitted.")
    assert listed() == {}


def test_edge_17_a_no_is_never_closed_over_without_its_reason_and_a_further_step_offered(
    case: RaisedCase, theirs: PageClient
) -> None:
    page = f"/cases/{case.ref}"
    theirs.submit(f"{page}/reply", text="Thank you")
    theirs.submit(f"{page}/code", none_apply=["y"], worker_group="not_known")
    theirs.submit(f"{page}/outcome", text="Nothing could be done.")
    refused = theirs.submit(f"{page}/close", outcome="explained", satisfied="no")
    assert "The person is not satisfied: choose or write which further step you offered" in refused.errors
    assert "The person is not satisfied: write why not, in their words if you can" in refused.errors
    again = theirs.submit(refused, satisfied="no", escalation="The non-executive lead")
    assert again.errors == ["The person is not satisfied: write why not, in their words if you can"]
    closed = theirs.submit(again, satisfied="no", why_not_satisfied="Nothing has changed on the ward")
    assert "Case closed" in closed.text
    assert "Nothing has changed on the ward" in closed.text
    assert "The non-executive lead" in closed.text


def test_resolved_and_not_satisfied_together_have_to_be_meant(case: RaisedCase, theirs: PageClient) -> None:
    page = f"/cases/{case.ref}"
    theirs.submit(f"{page}/reply", text="Thank you")
    theirs.submit(f"{page}/code", none_apply=["y"], worker_group="not_known")
    theirs.submit(f"{page}/outcome", text="A lock was fitted.")
    said = {"satisfied": "no", "why_not_satisfied": "It came late", "escalation": "The regulator"}
    asked = theirs.submit(f"{page}/close", outcome="resolved", **said)
    assert asked.errors == ["The person is not satisfied. Choose what else came of it, or tick that it is resolved"]
    assert "Case closed" in theirs.submit(asked, resolved_all_the_same="y").text


def test_what_was_typed_comes_back_with_the_sentence_that_says_what_to_do(case: RaisedCase, theirs: PageClient) -> None:
    refused = theirs.submit(f"/cases/{case.ref}/title", text="x" * 121)
    assert refused.status == 422
    assert "x" * 121 in refused.body
    assert refused.errors == ["This is too long by 1 character. Up to 120 fit."]


@pytest.mark.parametrize("step", ["/reply", "/notes/new"])
def test_numbers_in_a_sentence_are_written_as_people_write_them(
    case: RaisedCase, theirs: PageClient, step: str
) -> None:
    refused = theirs.submit(f"/cases/{case.ref}{step}", text="x" * 51_000)
    assert refused.errors == ["This is too long by 1,000 characters. Up to 50,000 fit."]


@pytest.mark.parametrize("step", ["", "/reply", "/notes/new", "/title", "/code", "/outcome", "/close", "/acknowledge"])
def test_nobody_else_can_tell_the_case_exists(case: RaisedCase, trust: Trust, signed_in: SignIn, step: str) -> None:
    holders = {_primary(case, trust).name}
    for person in (trust.administrator, trust.executive_lead, trust.buddy):
        if person.name in holders:
            continue
        stranger = signed_in(person)
        refused, missing = (stranger.get(f"/cases/{ref}{step}") for ref in (case.ref, "SU-0000-0000"))
        assert (refused.status, refused.body) == (missing.status, missing.body) == (404, refused.body)


def test_a_stranger_is_sent_to_sign_in_and_learns_nothing(case: RaisedCase, browser: PageClient) -> None:
    refused, missing = (
        browser.client.get(f"/cases/{ref}", base_url=f"https://{browser.host}") for ref in (case.ref, "x")
    )
    assert refused.status_code == missing.status_code == 302
    assert refused.headers["Location"].startswith("/sign-in")


def test_a_notice_is_sent_in_neutral_words_to_whoever_asked_for_one(
    trust: Trust, signed_in: SignIn, notices: FakeMailer
) -> None:
    person = PersonDetails(name="Nora", notice_by="email", notice_to="nora@home.example")
    case = factories.raised_case(trust, person=person, how_raised=HowRaised.CONFIDENTIAL)
    theirs = signed_in(_primary(case, trust))
    shown = theirs.submit(f"/cases/{case.ref}/reply", text="Are you all right?")
    assert "A notice without content was sent to the person" in shown.text
    (sent,) = notices.sent
    assert sent.to == "nora@home.example"
    said = f"{sent.subject} {sent.text} {sent.html}".lower()
    for forbidden in ("trust", "speak", "guardian", "concern", "http", case.ref.lower(), "nhs"):
        assert forbidden not in said


def test_a_form_without_its_token_changes_nothing_and_loses_no_word(case: RaisedCase, theirs: PageClient) -> None:
    page = theirs.post(f"/cases/{case.ref}/notes/new", {"text": "Rang the ward twice today"})
    assert page.status == 400
    assert "Press the button once more" in page.text
    assert "Rang the ward twice today" in page.body
    assert "No notes yet" in theirs.get(f"/cases/{case.ref}").text


def test_a_post_from_another_site_is_refused(case: RaisedCase, theirs: PageClient) -> None:
    for headers in ({"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert theirs.post(f"/cases/{case.ref}/notes/new", {"text": "x"}, headers=headers).status == 400


def test_a_named_person_gets_new_words_by_voice_and_the_old_ones_end(trust: Trust, signed_in: SignIn) -> None:
    case = factories.raised_case(trust, person=PersonDetails(name="Nora"))
    theirs = signed_in(_primary(case, trust))
    shown = theirs.submit(f"/cases/{case.ref}/new-words")
    words = [each.get_text().strip() for each in shown.soup.select(".app-words__word")]
    assert len(words) == 7
    with trust.work(trust.visitor) as uow:
        generation = keyring.current_generation(uow)
    new = keyring.receipt_secrets(keyring.parse_receipt(" ".join(words)), generation, trust.id, "test")
    with trust.work(trust.visitor) as uow:
        found = keyring.find_reporter(uow, new.lookup_hash)
        with pytest.raises(NotFound):
            keyring.find_reporter(uow, case.secrets.lookup_hash)
    with trust.work(Actor(ActorKind.REPORTER, trust.id, found.id, frozenset(), new.root_secret)) as uow:
        inbox = cases.open_inbox(uow, cases.mine(uow))
    assert inbox.told.narrative == case.concern.narrative
    assert inbox.words_changed_on is not None
    assert case.concern.narrative in theirs.get(f"/cases/{case.ref}").text


def test_nobody_can_be_given_the_words_of_an_anonymous_person(case: RaisedCase, theirs: PageClient) -> None:
    page = theirs.get(f"/cases/{case.ref}/new-words")
    assert "No new words can be given" in page.text
    theirs.post(f"/cases/{case.ref}/new-words")
    assert "New words were made" not in theirs.get(f"/cases/{case.ref}").text


def test_a_guardian_sends_a_file_which_is_cleaned_and_opened_by_the_person(
    case: RaisedCase, theirs: PageClient, trust: Trust, blobs: Blobs
) -> None:
    shown = theirs.submit(
        f"/cases/{case.ref}/reply",
        text="Here is the policy.",
        files=(io.BytesIO(b"Night cover: two nurses."), "policy.txt"),
    )
    assert "policy.txt" in shown.text
    with trust.work(case.reporter) as uow:
        mine = cases.mine(uow)
        (line,) = cases.open_inbox(uow, mine).messages[-1].files
        _, parts = cases.open_file(uow, mine, line.record_id, blobs)
        assert b"".join(parts) == b"Night cover: two nurses."
    address = next(link for link in shown.links() if "/files/" in link)
    sent = theirs.client.get(address, base_url=f"https://{theirs.host}")
    assert sent.data == b"Night cover: two nurses."
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in sent.headers["Content-Security-Policy"]


def test_a_file_that_cannot_be_cleaned_is_refused_and_the_words_stay(case: RaisedCase, theirs: PageClient) -> None:
    refused = theirs.submit(
        f"/cases/{case.ref}/reply", text="Here is the picture.", files=(io.BytesIO(b"not a picture"), "picture.png")
    )
    assert refused.status == 422
    assert "Here is the picture." in refused.body
    assert any("picture.png" in error for error in refused.errors)
    assert "Here is the picture." not in theirs.get(f"/cases/{case.ref}").text


def test_a_text_that_cannot_go_waits_on_the_case_and_is_sent_from_there(
    trust: Trust, signed_in: SignIn, texts: FakeTexter
) -> None:
    case = factories.raised_case(trust, person=PersonDetails(name="Nora", notice_by="text", notice_to="07700 900123"))
    theirs = signed_in(_primary(case, trust))
    texts.down = True
    shown = theirs.submit(f"/cases/{case.ref}/reply", text="Are you all right?")
    assert "It waits on the case page" in shown.text
    assert "Notice waits" in theirs.get("/cases").text
    texts.down = False
    shown = theirs.submit(shown, "Send the notice now")
    assert texts.sent == [("07700 900123", "You have a new message in the place you know.")]
    assert "A notice without content was sent to the person" in shown.text
    assert "Notice waits" not in theirs.get("/cases").text


def test_the_lead_never_learns_of_a_case_that_keeps_somebody_out(trust: Trust, signed_in: SignIn) -> None:
    lead = signed_in(trust.lead)
    kept_out = factories.raised_case(trust, exclusions=Exclusions(frozenset({trust.lead.id})))
    about = factories.raised_case(trust, subject=Subject.GUARDIAN)
    everyday = factories.raised_case(trust)
    for query in ("whose=team", "whose=team&state=new"):
        shown = lead.get(f"/cases?{query}").text
        assert everyday.ref in shown
        assert kept_out.ref not in shown
        assert about.ref not in shown
        assert "1 open" in shown


def test_a_damaged_file_is_a_fault_and_never_half_a_file(
    case: RaisedCase, theirs: PageClient, blobs: Blobs, trust: Trust
) -> None:
    shown = theirs.submit(f"/cases/{case.ref}/reply", text="Here.", files=(io.BytesIO(b"x" * 200_000), "long.txt"))
    address = next(link for link in shown.links() if "/files/" in link)
    (key,) = blobs.keys()
    stored = bytearray(b"".join(blobs.get(key)))
    stored[-1] ^= 1
    blobs.put(key, [bytes(stored)])
    damaged = theirs.get(address)
    assert damaged.status == 500
    assert damaged.heading == "Something here was changed, so we do not show it"
    with trust.work() as uow:
        assert audit.recorded_since(uow, Event.INTEGRITY_FAULT, uow.now - timedelta(minutes=5))


def test_words_typed_into_a_damaged_case_are_given_back(case: RaisedCase, theirs: PageClient, trust: Trust) -> None:
    form = theirs.get(f"/cases/{case.ref}/notes/new")
    with trust.stored.unbound() as intruder:
        intruder.execute(text("UPDATE compartment SET head = :head"), {"head": b"\x01" + bytes(60)})
    refused = theirs.submit(form, text="A note that took half an hour to write")
    assert refused.status == 500
    assert "A note that took half an hour to write" in refused.body


def test_a_guardian_without_a_second_factor_opens_nothing(trust: Trust, signed_in: SignIn) -> None:
    browser = signed_in(trust.guardian)
    with trust.stored.unbound() as intruder:
        intruder.execute(text("DELETE FROM second_factor"))
    assert browser.get("/cases").heading == "Sign in"


def test_a_line_break_counts_once_as_on_the_pages_for_workers(case: RaisedCase, theirs: PageClient) -> None:
    note = "a\r\n" * (cases.NARRATIVE_LIMIT // 2)
    assert theirs.submit(f"/cases/{case.ref}/notes/new", text=note).path == f"/cases/{case.ref}"
