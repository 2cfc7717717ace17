"""Vouching and approving, through the pages."""

from collections.abc import Callable

import pytest

from speakup import accounts, jobs, keyring, organisations, routing
from speakup.jobs import Job
from speakup.kernel.actor import Role
from speakup.routing import Rule
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]


def test_every_guardian_is_shown_as_vouched(guardian: PageClient) -> None:
    page = guardian.get("/colleagues")
    assert "Hugh Harbour" in page.text
    assert "Waits for vouching" not in page.text


def test_those_who_never_see_a_case_are_listed_apart(guardian: PageClient, trust: Trust) -> None:
    with trust.work(trust.administrator) as uow:
        accounts.change_roles(uow, accounts.member(uow, trust.executive_lead.id).membership, [Role.RECIPIENT])
    page = guardian.get("/colleagues")
    concerns, others = (page.text.index(words) for words in ("Those who may be given concerns", "Others with a key"))
    assert concerns < page.text.index("Hugh Harbour") < others
    assert page.text.index(trust.executive_lead.name) > others


def widen(trust: Trust, who: Colleague, *roles: Role) -> None:
    with trust.work(trust.administrator) as uow:
        accounts.change_roles(uow, accounts.member(uow, who.id).membership, roles)


def words_of(trust: Trust, who: Colleague) -> str:
    with trust.work(who, writes=False) as uow:
        return " ".join(keyring.my_words(uow))


def signed_roles(trust: Trust, who: Colleague) -> frozenset[Role]:
    with trust.work(trust.guardian, writes=False) as uow:
        return keyring.load_key_log(uow).valid[who.id].roles


def test_wrong_words_vouch_for_nobody(guardian: PageClient, trust: Trust) -> None:
    widen(trust, trust.buddy, Role.BUDDY_GUARDIAN, Role.GUARDIAN)
    page = guardian.get("/colleagues")
    assert "Waits for vouching" in page.text
    misspelt = guardian.submit(page, "Vouch", words="zzzzq two three four five")
    assert "Word 1, “zzzzq”, is not one of our words" in misspelt.errors[0]
    refused = guardian.submit(page, "Vouch", words=" ".join(reversed(words_of(trust, trust.buddy).split())))
    assert refused.status == 422
    assert any("not the words" in error for error in refused.errors)
    spoken = ",  ".join(words_of(trust, trust.buddy).split()).upper()
    vouched = guardian.submit(refused, "Vouch", words=spoken)
    assert "Vouched. From now on they can be given what their part opens" in vouched.text


def test_whoever_was_slower_to_vouch_is_told_so_where_there_is_no_box_any_more(
    guardian: PageClient, trust: Trust, signed_in: SignIn
) -> None:
    widen(trust, trust.buddy, Role.BUDDY_GUARDIAN, Role.GUARDIAN)
    page, words = guardian.get("/colleagues"), words_of(trust, trust.buddy)
    signed_in(trust.second_guardian).submit("/colleagues", "Vouch", words=words)
    again = guardian.submit(page, "Vouch", words="one two three four five")
    assert again.status == 422
    assert again.errors
    assert again.soup.select(".nhsuk-error-summary a") == []
    assert "Nobody waits" in again.text


def test_what_is_signed_is_what_the_guardian_was_shown(guardian: PageClient, trust: Trust) -> None:
    widen(trust, trust.buddy, Role.BUDDY_GUARDIAN, Role.RECIPIENT)
    page = guardian.get("/colleagues")
    assert "Bea Budd: Buddy guardian from another organisation, Receives referrals" in page.text
    widen(trust, trust.buddy, Role.BUDDY_GUARDIAN, Role.GUARDIAN)
    refused = guardian.submit(page, "Vouch", words=words_of(trust, trust.buddy))
    assert refused.status == 422
    assert any("has changed since you opened the page. Nothing was signed" in error for error in refused.errors)
    assert signed_roles(trust, trust.buddy) == {Role.BUDDY_GUARDIAN}
    assert "Bea Budd: Buddy guardian from another organisation, Guardian" in refused.text
    guardian.submit(refused, "Vouch", words=words_of(trust, trust.buddy))
    assert signed_roles(trust, trust.buddy) == {Role.BUDDY_GUARDIAN, Role.GUARDIAN}


def test_a_name_that_was_changed_is_vouched_for_by_nobody_who_read_another(guardian: PageClient, trust: Trust) -> None:
    widen(trust, trust.buddy, Role.BUDDY_GUARDIAN, Role.GUARDIAN)
    page = guardian.get("/colleagues")
    with trust.work() as uow:
        accounts.member(uow, trust.buddy.id).person.name = "Hugh Harbour"
    refused = guardian.submit(page, "Vouch", words=words_of(trust, trust.buddy))
    assert refused.status == 422
    assert signed_roles(trust, trust.buddy) == {Role.BUDDY_GUARDIAN}
    assert "Two people have this name" in refused.text
    assert trust.buddy.email in refused.text


def ask_leaving(trust: Trust, who: Colleague) -> None:
    with trust.work(trust.administrator) as uow:
        keyring.ask_leaving(uow, accounts.member(uow, who.id).membership)


def test_leaving_is_agreed_to_by_another_guardian(guardian: PageClient, signed_in: SignIn, trust: Trust) -> None:
    ask_leaving(trust, trust.second_guardian)
    page = guardian.get("/colleagues")
    assert "New concerns are still sealed to them, beside another person who can open them" in page.text
    agreed = guardian.submit(page, "Agree that Hugh Harbour has left")
    assert "Agreed. It counts from now on" in agreed.text
    assert "Agree that" not in agreed.text
    with trust.work(trust.guardian, writes=False) as uow:
        assert trust.second_guardian.id not in keyring.load_key_log(uow).valid


def test_an_answer_counts_for_what_was_shown_only(guardian: PageClient, trust: Trust) -> None:
    with trust.work(trust.administrator) as uow:
        keyring.ask_roles(uow, accounts.member(uow, trust.lead.id).membership, [Role.BOARD_MEMBER])
    page = guardian.get("/colleagues")
    ask_leaving(trust, trust.lead)
    refused = guardian.submit(page, "Agree to the change for Lena Leigh")
    assert refused.status == 422
    assert refused.errors == ["This has changed since you opened the page. Nothing was signed. Look at it again"]
    assert signed_roles(trust, trust.lead) == {Role.LEAD_GUARDIAN}


def test_what_was_asked_about_me_is_answered_by_somebody_else(
    guardian: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    with trust.work(trust.administrator) as uow:
        keyring.ask_roles(uow, accounts.member(uow, trust.guardian.id).membership, [Role.BOARD_MEMBER])
    mine = guardian.get("/colleagues")
    assert "This is about you, so another guardian or the non-executive lead answers it" in mine.text
    kept = signed_in(trust.non_executive_lead).submit("/colleagues", "Keep Gail Guard as they are")
    assert "Left as it was" in kept.text
    assert guardian.get("/cases").status == 200


def test_a_buddy_sees_what_is_asked_and_answers_nothing(signed_in: SignIn, trust: Trust) -> None:
    ask_leaving(trust, trust.lead)
    page = signed_in(trust.buddy).get("/colleagues")
    assert "A guardian or the non-executive lead answers it" in page.text
    assert "Agree that" not in page.text
    # Whom this trust invites is no concern of somebody from another one.
    assert "What was changed lately" not in page.text


def test_rules_take_effect_only_when_a_guardian_approves_what_was_shown(guardian: PageClient, trust: Trust) -> None:
    with trust.work() as uow:
        surgery = organisations.directorates(uow)[0]
        routing.draft_rules(uow, [Rule(surgery.id, None, trust.second_guardian.id, None)])
        routing.submit_draft(uow)
    page = guardian.get("/routing")
    assert "Concerns from Surgery go to Hugh Harbour" in page.text
    with trust.work() as uow:
        routing.take_back_draft(uow)
        routing.draft_rules(uow, [Rule(surgery.id, None, trust.lead.id, None)])
        routing.submit_draft(uow)
    refused = guardian.submit(page, "Approve the draft")
    assert "The draft has changed since you opened this page. Read it again" in refused.errors
    approved = guardian.submit(refused, "Approve the draft")
    assert "Approved. New concerns follow these rules from now on" in approved.text
    with trust.work() as uow:
        assert [rule["primary"] for rule in keyring.load_key_log(uow).routing] == [str(trust.lead.id)]


def test_places_renamed_since_are_named_and_the_approved_names_still_count(guardian: PageClient, trust: Trust) -> None:
    with trust.work() as uow:
        surgery = organisations.directorates(uow)[0]
        routing.draft_rules(uow, [Rule(surgery.id, None, trust.lead.id, None)])
        routing.submit_draft(uow)
    page = guardian.submit("/routing", "Approve the draft")
    with trust.work(trust.administrator) as uow:
        found = organisations.find_directorate(uow, surgery.id)
        organisations.change_directorate(uow, found, "Operations", 300)
        organisations.add_directorate(uow, "Medicine", 300)
    page = guardian.get("/routing")
    assert "Surgery is now called Operations" in page.text
    assert "Medicine is new" in page.text
    assert "Concerns from Surgery go to Lena Leigh" in page.text
    again = guardian.submit(page, "Approve the names of today")
    assert "Concerns from Operations go to Lena Leigh" in again.text
    assert "is now called" not in again.text


def test_a_draft_whose_places_were_renamed_while_it_was_read_is_not_approved(
    guardian: PageClient, trust: Trust
) -> None:
    with trust.work() as uow:
        surgery = organisations.directorates(uow)[0]
        routing.draft_rules(uow, [Rule(surgery.id, None, trust.lead.id, None)])
        routing.submit_draft(uow)
    page = guardian.get("/routing")
    with trust.work(trust.administrator) as uow:
        organisations.change_directorate(uow, organisations.find_directorate(uow, surgery.id), "Operations", 300)
    refused = guardian.submit(page, "Approve the draft")
    assert "The draft has changed since you opened this page. Read it again" in refused.errors


def test_guardians_see_what_administrators_changed_and_the_number_people_are_given(
    guardian: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    administrator = signed_in(trust.administrator)
    administrator.submit(f"/admin/members/{trust.executive_lead.id}", "Save", roles=["board_member"])
    administrator.submit("/admin/branding/contact", guardian_phone="0300 666 6666")
    page = guardian.get("/colleagues")
    assert "People who speak up are given this number of the guardians: 0300 666 6666" in page.text
    assert "What somebody is here was changed: Edna Eden by Adam Ames" in page.text
    assert "Settings were changed" in page.text
    with trust.work(trust.lead) as uow:
        accounts.leave(uow, accounts.member(uow, trust.lead.id).membership)
    said = guardian.get("/colleagues").text
    assert f"Somebody left, or was written down as having left: {trust.lead.name}" in said
    assert f"{trust.lead.name} by {trust.lead.name}" not in said


@pytest.mark.parametrize(("name", "fields"), [("intake", {"stopped": "y"}), ("contact", {"guardian_phone": "0300 1"})])
def test_guardians_are_told_by_mail_of_what_leads_people_to_them(
    signed_in: SignIn, trust: Trust, name: str, fields: dict[str, str]
) -> None:
    signed_in(trust.administrator).submit(f"/admin/branding/{name}", **fields)
    with trust.work(writes=False) as uow:
        told = {row.subject_id for row in uow.session.query(jobs.OutboxRow).filter_by(job=Job.SOMETHING_TO_READ_MAIL)}
    assert {trust.guardian.id, trust.second_guardian.id, trust.lead.id, trust.non_executive_lead.id} == told


def test_a_closed_front_door_is_said_on_every_page_of_those_who_receive(signed_in: SignIn, trust: Trust) -> None:
    buddy = signed_in(trust.buddy)
    assert "No new concern is taken" not in buddy.get("/cases").text
    signed_in(trust.administrator).submit("/admin/branding/intake", stopped="y")
    for address in ("/cases", "/colleagues", "/account"):
        assert "An administrator has closed the front door" in buddy.get(address).text
