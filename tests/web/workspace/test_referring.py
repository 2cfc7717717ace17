"""Passing a case on through its pages: the guardian's, the colleague's who vouches, and the recipient's."""

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from speakup import accounts, cases, keyring
from speakup.cases import CaseState, PersonDetails
from speakup.kernel.actor import Role
from speakup.routing import Subject
from speakup.tables import METADATA
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient
from tests.web.workspace.test_session_ended import sent_after_signing_in

SignIn = Callable[[Colleague], PageClient]
GROUNDS = {"basis": "nothing that tells who they are", "authoriser": "Lead guardian", "why_not_told": "Cannot be asked"}


@pytest.fixture
def case(trust: Trust) -> RaisedCase:
    return factories.answered_case(trust, person=PersonDetails("Petra Pinewood"))


@pytest.fixture
def mine(case: RaisedCase, signed_in: SignIn) -> PageClient:
    return signed_in(readers_of(case)[0])


def marked(page: Page) -> list[str]:
    return [each.get_text() for each in page.soup.find_all("mark")]


def filled(case: RaisedCase, mine: PageClient, to: object, text: str) -> Page:
    fields = {"to": str(to), "kind": "manager", "text": text, "ask": "Please look at the rotas."}
    return mine.submit(f"/cases/{case.ref}/refer", "Look it over", **fields, **GROUNDS)


def test_what_was_found_is_pointed_out_and_what_is_changed_is_looked_at_again(
    trust: Trust, case: RaisedCase, mine: PageClient, ida: Colleague
) -> None:
    looked = filled(case, mine, ida.id, "Sarah Okafor saw it. Ring 07700 900123.")
    assert looked.status == 200
    assert marked(looked) == ["Sarah Okafor", "07700 900123"]
    assert "it has not been sent" in looked.text
    again = mine.submit(looked, "Send it as it is", text="One of the nurses saw it, and Gail Guard did.")
    assert marked(again) == ["Gail Guard"]
    sent = mine.submit(again, "Send it as it is")
    assert sent.heading.endswith("Passed on to Ida Inquiry")
    assert "Sent" in sent.text
    page = mine.get(f"/cases/{case.ref}")
    assert "Passed on" in page.text
    assert "Ida Inquiry sent" in page.text
    with trust.work(ida) as uow:
        assert len(cases.my_referrals(uow)) == 1


def test_whom_the_person_agreed_to_is_shown_beside_whom_it_goes_to(
    case: RaisedCase, mine: PageClient, ida: Colleague
) -> None:
    with case.as_(readers_of(case)[0]) as (uow, row):
        said = [("the head of estates", "so that it is locked"), ("Ida Inquiry", "so that it is looked into")]
        first, second = [
            str(
                cases.record_agreement(
                    uow, row, cases.Agreement("What was seen", *each, cases.HowAgreed.VERBALLY, name=True, on=uow.today)
                )
            )
            for each in said
        ]
    fields = {"to": str(ida.id), "kind": "manager", "text": "Somebody saw it.", "basis": "agreement", "name_too": "y"}
    looked = mine.submit(f"/cases/{case.ref}/refer", "Look it over", **fields, agreement=first)
    assert "The person agreed that it is shared with: the head of estates. Is that Ida Inquiry" in looked.text
    again = mine.submit(looked, "Send it as it is", agreement=second)
    assert "it has not been sent" in again.text
    assert "The person agreed that it is shared with: Ida Inquiry." in again.text
    assert "Passed on to Ida Inquiry" in mine.submit(again, "Send it as it is").heading


def test_the_persons_own_name_is_refused_and_nothing_typed_is_lost(
    case: RaisedCase, mine: PageClient, ida: Colleague
) -> None:
    refused = filled(case, mine, ida.id, "petra was alone that night")
    assert refused.status == 422
    assert refused.errors[0].startswith("The name of the person is in here")
    assert "petra was alone that night" in refused.body
    referenced = mine.submit(refused, "Look it over", text=f"Somebody of {case.ref} was alone")
    assert referenced.errors == ["The reference of a case stands here. Take it out"]
    named = mine.submit(refused, "Look it over", text="Somebody was alone", name_too="y")
    assert named.errors == ["There is no agreement in force to share their name with this"]


@pytest.mark.parametrize(("left_out", "said"), [
    ("to", "Choose whom to pass it on to"),
    ("kind", "Choose what they are"),
    ("text", "Write what they will read"),
    ("basis", "Choose the basis"),
    ("authoriser", "Write who decided it: the person did not agree"),
])  # fmt: skip
def test_what_is_missing_is_named(case: RaisedCase, mine: PageClient, ida: Colleague, left_out: str, said: str) -> None:
    fields = {"to": str(ida.id), "kind": "manager", "text": "It happened.", **GROUNDS, left_out: ""}
    assert mine.submit(f"/cases/{case.ref}/refer", "Look it over", **fields).errors == [said]


def test_everything_that_is_wrong_is_said_at_once_and_nothing_typed_is_lost(case: RaisedCase, mine: PageClient) -> None:
    fields = {
        "to": "new", "new_email": "nobody", "kind": "", "basis": "nothing that tells who they are",
        "text": f"petra was alone, see {case.ref}", "ask": "Ring Petra Pinewood",
    }  # fmt: skip
    refused = mine.submit(f"/cases/{case.ref}/refer", "Look it over", **fields)
    named = (
        "The name of the person is in here, or something like it. Take it out, or get their agreement to their name "
        "and tick “Tell them who the person is”"
    )
    assert refused.status == 422
    said = [
        "Write their name",
        "Write their e-mail address, like name@example.nhs.uk",
        "Choose what they are",
        "The reference of a case stands here. Take it out",
        named,
        named,
        "Write who decided it: the person did not agree",
        "Write on which day the person was told, or why they were not",
    ]
    assert refused.errors == said
    assert fields["text"] in refused.body
    # A day that is none is said to be none, and not to be missing.
    again = mine.submit(refused, "Look it over", **{"told_on-day": "31", "told_on-month": "2", "told_on-year": "2026"})
    assert "Write a day that exists, in numbers: for example 27 3 2027" in again.errors
    assert not any(each.startswith("Write on which day") for each in again.errors)


def test_answers_that_were_never_offered_are_refused_together(case: RaisedCase, mine: PageClient) -> None:
    agreed(case)
    fields = {"to": "rubbish", "kind": "rubbish", "basis": "agreement", "agreement": "rubbish", "text": "x" * 60_000}
    page = mine.get(f"/cases/{case.ref}/refer")
    token = page.soup.select_one("input[name=csrf_token]")
    assert token is not None
    refused = mine.post(page.path, {**fields, "told_on-year": "9" * 4000, "csrf_token": str(token["value"])})
    assert refused.status == 422
    assert refused.errors == [
        "Choose from the answers shown.",
        "Choose from the answers shown.",
        "This is too long by 35,000 characters. Up to 25,000 fit.",
        "Choose from the answers shown.",
        "Write a day that exists, in numbers: for example 27 3 2027",
    ]
    without_basis = mine.post(page.path, {**fields, "basis": "rubbish", "csrf_token": str(token["value"])})
    assert without_basis.status == 422


def test_without_a_basis_the_name_in_the_text_is_said_all_the_same(
    case: RaisedCase, mine: PageClient, ida: Colleague
) -> None:
    fields = {"to": str(ida.id), "kind": "manager", "text": "petra was alone"}
    refused = mine.submit(f"/cases/{case.ref}/refer", "Look it over", **fields)
    assert [each.split(" in ")[0] for each in refused.errors] == ["The name of the person is", "Choose the basis"]


def test_without_an_agreement_both_it_and_the_name_in_the_text_are_said(
    case: RaisedCase, mine: PageClient, ida: Colleague
) -> None:
    fields = {"to": str(ida.id), "kind": "manager", "basis": "agreement", "text": "petra was alone"}
    refused = mine.submit(f"/cases/{case.ref}/refer", "Look it over", **fields)
    assert [each.split(" in ")[0] for each in refused.errors] == [
        "The name of the person is", "Choose an agreement that is",
    ]  # fmt: skip


def test_somebody_invited_by_it_waits_for_their_words_and_then_has_it(
    trust: Trust, case: RaisedCase, mine: PageClient, signed_in: SignIn
) -> None:
    fields = {"to": "new", "kind": "director", "text": "It happened at night.", "new_name": "Ida Inquiry"}
    page = mine.submit(f"/cases/{case.ref}/refer", "Look it over", **fields, **GROUNDS)
    assert page.errors == ["Write their e-mail address, like name@example.nhs.uk"]
    looked = mine.submit(page, "Look it over", new_email="ida.inquiry@example.org", new_job="Matron")
    waits = mine.submit(looked, "Send it as it is")
    assert "Waiting for Ida Inquiry" in waits.text
    assert "waiting for Ida Inquiry" in mine.get(f"/cases/{case.ref}").text
    ida = taken_up(trust)
    words = " ".join(factories.words_of(trust, ida))
    own = signed_in(ida)
    assert own.get("/referrals").status == 404
    vouched = mine.submit("/colleagues", "Vouch", words=words)
    assert "What waited for them was sent" in vouched.text
    shown = own.get("/referrals")
    assert "Please answer by" in shown.text
    with case.as_(readers_of(case)[0]) as (_uow, row):
        assert row.state is CaseState.PASSED_ON


def taken_up(trust: Trust) -> Colleague:
    """Let the invited person take their invitation up."""
    with trust.work() as uow:
        (invitation,) = accounts.open_invitations(uow)
        accounts.take_up(uow, invitation)
    return factories.with_keys(trust, invitation.person_id, "Ida Inquiry", "ida.inquiry@example.org")


def test_the_recipient_reads_the_warning_first_answers_with_a_file_and_the_guardian_opens_it(
    trust: Trust, case: RaisedCase, mine: PageClient, ida: Colleague, signed_in: SignIn
) -> None:
    row = factories.referred(case, readers_of(case)[0], ida)
    own = signed_in(ida)
    assert own.get("/cases").status == 404
    assert own.get(f"/cases/{case.ref}").status == 404
    page = own.get(f"/referrals/{row.ref}")
    assert "Do not try to find out who spoke. If you think you know, say nothing and tell the guardian." in page.text
    assert "How to respond well" in page.text
    assert case.ref not in page.body
    assert str(case.id) not in page.body
    missing = own.submit(page, "Send to the guardian", text="We looked.")
    assert missing.errors == ["Say whether this is your answer"]
    sent = own.submit(
        missing, "Send to the guardian", kind="final", files=(io.BytesIO(b"Rota of March"), "rota.txt", "text/plain")
    )
    assert "Thank you. The guardian reads it" in sent.text
    assert "You have answered" in sent.text
    assert own.client.get(file_in(sent), base_url=f"https://{own.host}").data == b"Rota of March"
    assert "An answer came" in mine.get("/cases").text
    answered = mine.get(f"/cases/{case.ref}/referrals/{row.id}")
    assert "We looked." in answered.text
    assert mine.client.get(file_in(answered), base_url=f"https://{mine.host}").data == b"Rota of March"
    assert "An answer came" not in mine.get("/cases").text


def file_in(page: Page) -> str:
    return next(each for each in page.links() if "/files/" in each)


def test_taken_back_it_is_gone_for_its_recipient(
    case: RaisedCase, mine: PageClient, ida: Colleague, signed_in: SignIn
) -> None:
    row = factories.referred(case, readers_of(case)[0], ida)
    own, page = signed_in(ida), f"/cases/{case.ref}/referrals/{row.id}"
    assert own.get(f"/referrals/{row.ref}").status == 200
    done = mine.submit(page, "Take it back", why="They are part of it")
    assert "Taken back" in done.text
    gone = own.get(f"/referrals/{row.ref}")
    never = own.get("/referrals/RE-0000-0000")
    assert (gone.status, gone.heading) == (never.status, never.heading) == (404, never.heading)
    listed = own.get("/referrals")
    assert f"{row.ref} ended" in listed.text
    assert f"/referrals/{row.ref}" not in listed.links()


def test_a_reason_that_is_too_long_to_keep_comes_back_whole(case: RaisedCase, mine: PageClient, ida: Colleague) -> None:
    row, why = factories.referred(case, readers_of(case)[0], ida), "They are part of it. " * 100
    back = mine.submit(f"/cases/{case.ref}/referrals/{row.id}", "Take it back", why=why)
    assert back.status == 422
    assert "This is too long by" in back.text
    assert why.strip() in back.body


def test_writing_more_is_looked_over_too(case: RaisedCase, mine: PageClient, ida: Colleague, signed_in: SignIn) -> None:
    row = factories.referred(case, readers_of(case)[0], ida)
    page = f"/cases/{case.ref}/referrals/{row.id}"
    looked = mine.submit(page, "Look it over", text="It was Dr Mensah who asked.")
    assert marked(looked) == ["Dr Mensah"]
    sent = mine.submit(looked, "Send it as it is", text="A doctor asked.")
    assert marked(sent) == []
    assert "A doctor asked." not in signed_in(ida).get(f"/referrals/{row.ref}").text
    mine.submit(sent, "Send it as it is")
    assert "A doctor asked." in signed_in(ida).get(f"/referrals/{row.ref}").text


def test_a_case_nobody_answered_cannot_be_passed_on(trust: Trust, signed_in: SignIn) -> None:
    raised = factories.raised_case(trust)
    page = signed_in(readers_of(raised)[0]).get(f"/cases/{raised.ref}/refer")
    assert "Answer the person first" in page.text


def test_an_answer_that_needs_a_new_lock_keeps_its_words(
    trust: Trust, case: RaisedCase, ida: Colleague, signed_in: SignIn
) -> None:
    row, cover = factories.referred(case, readers_of(case)[0], ida), readers_of(case)[1]
    by = next(each for each in (trust.guardian, trust.second_guardian, trust.lead) if each is not cover)
    with trust.work(by) as uow:
        keyring.remove(uow, cover.id)
    page = signed_in(ida).submit(f"/referrals/{row.ref}", "Send to the guardian", text="Two of us.", kind="final")
    assert page.status == 409
    assert "Ring the guardian" in page.errors[0]
    assert "Two of us." in page.body


def test_an_answer_sent_after_the_session_ended_arrives(case: RaisedCase, ida: Colleague, signed_in: SignIn) -> None:
    row = factories.referred(case, readers_of(case)[0], ida)
    own = signed_in(ida)
    shown = own.get(f"/referrals/{row.ref}")
    sent_after_signing_in(own, ida, shown, text="Two of us.", kind="final")
    with case.as_(readers_of(case)[0]) as (uow, found):
        assert [each.text for each in cases.open_referral(uow, found, row.id).answers] == ["Two of us."]


def test_an_executive_who_is_kept_out_is_not_offered(trust: Trust, signed_in: SignIn) -> None:
    with trust.work() as uow:
        membership = accounts.member(uow, trust.executive_lead.id).membership
        accounts.change_roles(uow, membership, {Role.EXECUTIVE_LEAD, Role.RECIPIENT})
    raised = factories.raised_case(
        trust, exclusions=cases.Exclusions(people=frozenset({trust.executive_lead.id}), others="Her deputy")
    )
    factories.reply(raised, "Thank you.", by=readers_of(raised)[0])
    mine = signed_in(readers_of(raised)[0])
    page = mine.get(f"/cases/{raised.ref}/refer")
    assert trust.executive_lead.name not in page.text
    assert "Her deputy" in page.text
    fields = {"to": "new", "kind": "director", "text": "It happened.", **GROUNDS}
    for name, email in (("Edna Eden", "edna@example.org"), ("Edith Other", "edna.eden@example.org")):
        refused = mine.submit(page, "Look it over", **fields, new_name=name, new_email=email)
        assert refused.status == 422
        assert refused.errors == ["This must not go to them: they work in the team, or were kept out of this case"]
        assert "will read exactly this" not in refused.text


def test_whom_the_concern_is_about_is_refused_before_anything_is_looked_over(trust: Trust, signed_in: SignIn) -> None:
    raised = factories.raised_case(trust, subject=Subject.EXECUTIVE)
    factories.reply(raised, "Thank you.", by=readers_of(raised)[0])
    mine = signed_in(readers_of(raised)[0])
    page = mine.get(f"/cases/{raised.ref}/refer")
    fields = {"to": "new", "kind": "director", "text": "It happened.", "authoriser": "", "new_name": "Edna Eden"}
    refused = mine.submit(
        page, "Look it over", **{**GROUNDS, **fields}, new_email="edna.eden@example.org"
    )  # fmt: skip
    assert refused.errors == [
        "This must not go to them: they work in the team, or were kept out of this case",
        "Write who decided it: the person did not agree",
    ]
    assert "will read exactly this" not in refused.text


def test_somebody_who_left_is_refused_before_anything_is_looked_over(
    trust: Trust, case: RaisedCase, mine: PageClient, ida: Colleague
) -> None:
    with trust.work(trust.administrator) as uow:
        accounts.end_membership(uow, accounts.member(uow, ida.id).membership)
    fields = {"to": "new", "kind": "director", "text": "It happened.", "new_name": "Ida Inquiry"}
    with trust.work() as uow:
        email = accounts.member(uow, ida.id).email
    refused = mine.submit(f"/cases/{case.ref}/refer", "Look it over", **fields, **GROUNDS, new_email=email)
    assert refused.errors == ["They left. An administrator can let them belong here again"]


def agreed(case: RaisedCase) -> cases.AgreementLine:
    """What the person agreed to."""
    with case.as_(readers_of(case)[0]) as (uow, row):
        said = cases.Agreement(
            "The rotas", "The matron", "to look", cases.HowAgreed.VERBALLY, name=False, on=uow.today
        )  # fmt: skip
        made = cases.record_agreement(uow, row, said)
        return next(each for each in cases.agreements(uow, row) if each.id == made)


def with_agreement(case: RaisedCase, to: Colleague) -> tuple[cases.AgreementLine, cases.Referral]:
    """Pass a case on with the person's agreement."""
    made = agreed(case)
    with case.as_(readers_of(case)[0]) as (uow, row):
        grounds = factories.grounds(
            uow, basis=cases.Basis.AGREEMENT, agreement_id=made.id, authoriser="", why_not_told=""
        )  # fmt: skip
        return made, cases.refer(uow, row, to.id, cases.Shown("Two nurses for thirty"), grounds)


def test_what_rests_on_an_agreement_the_person_took_back_is_taken_back_with_one_press(
    trust: Trust, case: RaisedCase, mine: PageClient, ida: Colleague
) -> None:
    made, row = with_agreement(case, ida)
    gone = "Take it back: the person no longer agrees"
    assert gone not in mine.get(f"/cases/{case.ref}").text
    assert "Something new" not in mine.get("/cases").text
    with trust.database.work(case.reporter) as uow:
        cases.withdraw_agreement(uow, cases.mine(uow), made.id)
    for _ in range(2):
        # Reading it is not doing it: it stands on the worklist until what was passed on is taken back.
        assert "Something new" in mine.get("/cases").text
        page = mine.get(f"/cases/{case.ref}")
        assert gone in page.text
        assert "what they had agreed to share with The matron" in page.text
        assert "The rotas" in page.text
    assert gone in mine.get(f"/cases/{case.ref}/consent").text
    assert gone in mine.get(f"/cases/{case.ref}/referrals/{row.id}").text
    done = mine.submit(page, "Take it back")
    assert "Taken back. They can open nothing of it any more" in done.text
    assert gone not in done.text
    assert gone not in mine.get(f"/cases/{case.ref}").text
    assert "Something new" not in mine.get("/cases").text
    with trust.work(ida) as uow:
        assert keyring.open_cases(uow, [row.id]) == {}


def take_away(trust: Trust, row: cases.Referral, part: str) -> None:
    """Take away the row of a referral, or its sealed words, as somebody does who writes the database."""
    table = METADATA.tables[part]
    theirs = table.c.id == row.id if part == "referral" else table.c.case_id == row.id
    with trust.stored.unbound() as intruder:
        intruder.execute(sa.delete(table).where(theirs))


@pytest.mark.parametrize("part", ["referral", "compartment"])
@pytest.mark.parametrize("agreement", ["in force", "withdrawn"])
def test_what_somebody_took_a_part_of_away_is_described_by_what_is_sealed_and_taken_back(
    trust: Trust, case: RaisedCase, mine: PageClient, ida: Colleague, part: str, agreement: str
) -> None:
    made, row = with_agreement(case, ida)
    if agreement == "withdrawn":
        with trust.database.work(case.reporter) as uow:
            cases.withdraw_agreement(uow, cases.mine(uow), made.id)
    take_away(trust, row, part)
    page = mine.get(f"/cases/{case.ref}")
    assert "will not be" not in page.text
    assert ("can still open what you passed on to them" in page.text) == (agreement == "withdrawn")
    broken = mine.get(f"/cases/{case.ref}/referrals/{row.id}")
    assert (broken.status, "Something stored does not check out" in broken.text) == (200, True)
    done = mine.submit(broken, "Take it back")
    assert "Taken back. They can open nothing of it any more" in done.text
    assert "It was taken back." in done.text
    with trust.work(ida) as uow:
        assert keyring.open_cases(uow, [row.id]) == {}


def test_the_day_on_which_it_was_sent_is_said_without_its_row_as_well(
    trust: Trust, case: RaisedCase, signed_in: SignIn, ida: Colleague
) -> None:
    _, row = with_agreement(case, ida)
    take_away(trust, row, "referral")
    with trust.work() as uow:
        sent = uow.today
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3)):
        page = signed_in(readers_of(case)[0]).get(f"/cases/{case.ref}")
    assert f"sent {sent.day} " in page.text


def test_what_a_guardian_notes_as_taken_back_is_to_be_taken_back_as_well(
    case: RaisedCase, mine: PageClient, ida: Colleague
) -> None:
    _, row = with_agreement(case, ida)
    page = mine.submit(f"/cases/{case.ref}/consent", "They took this back")
    assert "Take it back: the person no longer agrees" in page.text
    done = mine.submit(mine.get(f"/cases/{case.ref}/referrals/{row.id}"), "Take it back")
    assert "Taken back. They can open nothing of it any more" in done.text


def test_what_rests_on_another_basis_stays_when_an_agreement_is_taken_back(
    trust: Trust, case: RaisedCase, mine: PageClient, ida: Colleague
) -> None:
    made = agreed(case)
    factories.referred(case, readers_of(case)[0], ida)
    with trust.database.work(case.reporter) as uow:
        cases.withdraw_agreement(uow, cases.mine(uow), made.id)
    assert "Something new" in mine.get("/cases").text
    assert "the person no longer agrees" not in mine.get(f"/cases/{case.ref}").text
    assert "Something new" not in mine.get("/cases").text


def test_an_answer_whose_day_was_taken_away_does_not_read_as_of_today(
    trust: Trust, case: RaisedCase, mine: PageClient, ida: Colleague
) -> None:
    _made, row = with_agreement(case, ida)
    with trust.work(ida) as uow:
        cases.answer_referral(uow, cases.find_referral(uow, row.ref), "We put two more on.", final=True)
    passed = METADATA.tables["referral"]
    with trust.stored.unbound() as intruder:
        intruder.execute(sa.update(passed).where(passed.c.id == row.id).values(answered_on=None))
    shown = mine.get(f"/cases/{case.ref}").soup.select_one(f'li:has(a[href$="/referrals/{row.id}"])')
    assert shown is not None
    assert shown.get_text(" ", strip=True) == "Ida Inquiry answered"
