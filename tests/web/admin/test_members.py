"""People, as an administrator keeps them, through the pages."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from speakup import accounts, jobs, keyring
from speakup.kernel.actor import Role
from speakup.kernel.clock import today
from speakup.kernel.errors import Conflict
from speakup.policy import CAN_HOLD_GRANTS
from tests import factories
from tests.trusts import PASSPHRASE, Colleague, Trust
from tests.web.client import Page, PageClient

SignIn = Callable[[Colleague], PageClient]
NEW = {"name": "Nell Newby", "email": "nell@example.org"}


@pytest.fixture
def administrator(signed_in: SignIn, trust: Trust) -> PageClient:
    return signed_in(trust.administrator)


def test_somebody_is_invited_and_their_link_is_shown_once(administrator: PageClient, trust: Trust) -> None:
    invited = administrator.submit("/admin/members/invite", **NEW, roles=["guardian"])
    assert "Invited. No mail is set up" in invited.text
    assert "Waits for a guardian" in invited.text
    shown = administrator.submit(invited, "Show a new link once")
    link = shown.soup.select_one("#link")
    assert link is not None
    address = link.get_text()
    assert address.startswith(f"https://{trust.host}/welcome/")
    assert PageClient(administrator.app, trust.host).get(address.removeprefix(f"https://{trust.host}")).status == 200
    assert address not in administrator.get(invited.path).body
    again = administrator.submit(invited.path, "Show a new link once")
    assert address not in again.body
    assert PageClient(administrator.app, trust.host).get(address.removeprefix(f"https://{trust.host}")).status == 404


@pytest.mark.parametrize("role", sorted(CAN_HOLD_GRANTS))
def test_an_administrator_is_never_also_somebody_who_opens_cases(administrator: PageClient, role: Role) -> None:
    refused = administrator.submit("/admin/members/invite", **NEW, roles=["administrator", role.value])
    assert refused.status == 422
    assert "An administrator can never open what people tell us" in refused.errors[0]
    assert 'value="Nell Newby"' in refused.body
    assert "Nell Newby" not in administrator.get("/admin/members").text
    assert "Invited." in administrator.submit(refused, "Invite", roles=[role.value]).text


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"email": "no address"}, "Write the whole address, with an @ in it"),
        ({"email": ""}, "Write their work e-mail address"),
        ({"name": " "}, "Write their name"),
        ({"roles": []}, "Choose at least one"),
        (
            {"email": "gail.guard@example.org"},
            "Somebody with this address is here already. Find them on the list of people",
        ),
    ],
)
def test_what_is_missing_is_said(administrator: PageClient, changed: dict[str, Any], sentence: str) -> None:
    refused = administrator.submit("/admin/members/invite", **{**NEW, "roles": ["board_member"], **changed})
    assert refused.status == 422
    assert refused.errors == [sentence]


def test_a_part_that_opens_cases_waits_until_a_guardian_vouches(
    administrator: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    page = f"/admin/members/{trust.executive_lead.id}"
    saved = administrator.submit(page, "Save", roles=["executive_lead", "guardian"])
    assert "Guardian Waits for a guardian" in saved.text
    theirs = signed_in(trust.executive_lead)
    assert theirs.get("/cases").status == 404
    with trust.work(trust.executive_lead) as uow:
        words = keyring.my_words(uow)
    with trust.work(trust.guardian) as uow:
        keyring.vouch(uow, keyring.offered(uow, trust.executive_lead.id), words, uow.today + timedelta(days=300))
    assert theirs.get("/cases").status == 200
    assert "Guardian Waits for a guardian" not in administrator.get(page).text


def test_a_part_that_opens_no_case_ends_at_once(administrator: PageClient, signed_in: SignIn, trust: Trust) -> None:
    with trust.work(trust.administrator) as uow:
        lead = accounts.member(uow, trust.lead.id).membership
        accounts.change_roles(uow, lead, [Role.LEAD_GUARDIAN, Role.BOARD_MEMBER])
    page = f"/admin/members/{trust.lead.id}"
    saved = administrator.submit(page, "Save", roles=["lead_guardian"])
    assert "Board member" not in saved.soup.select_one("dl").get_text()  # type: ignore[union-attr] # It is there.
    assert Role.BOARD_MEMBER not in _in_effect(trust, trust.lead)


def test_a_part_that_opens_cases_ends_when_a_guardian_agrees(
    administrator: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    theirs = signed_in(trust.lead)
    assert theirs.get("/cases").status == 200
    saved = administrator.submit(f"/admin/members/{trust.lead.id}", "Save", roles=["board_member"])
    assert "It waits for a guardian to agree; until then new concerns still reach them" in saved.text
    assert "Lead guardian Ends when a guardian agrees" in saved.text
    assert "1 waits for a guardian to agree" in administrator.get("/admin").text
    assert theirs.get("/cases").status == 200
    guardian = signed_in(trust.guardian)
    assert "An administrator asks for a change to who receives concerns" in guardian.get("/cases").text
    asked = guardian.get("/colleagues")
    assert "Would no longer be: Lead guardian" in asked.text
    assert f"Asked by {trust.administrator.name}" in asked.text
    agreed = guardian.submit(asked, f"Agree to the change for {trust.lead.name}")
    assert "Agreed. It counts from now on" in agreed.text
    assert theirs.get("/cases").status == 404
    assert "Ends when a guardian agrees" not in administrator.get(f"/admin/members/{trust.lead.id}").text
    assert "An administrator asks" not in guardian.get("/cases").text


def test_a_guardian_written_down_as_administrator_administers_nothing_until_a_guardian_agrees(
    administrator: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    saved = administrator.submit(f"/admin/members/{trust.lead.id}", "Save", roles=["administrator"])
    assert "Administrator Waits for a guardian" in saved.text
    theirs = signed_in(trust.lead)
    assert (theirs.get("/admin").status, theirs.get("/cases").status) == (404, 200)
    assert "Lead guardian" in theirs.get("/account").text
    signed_in(trust.guardian).submit("/colleagues", f"Agree to the change for {trust.lead.name}")
    assert (theirs.get("/admin").status, theirs.get("/cases").status) == (200, 404)


def _in_effect(trust: Trust, who: Colleague) -> frozenset[Role]:
    with trust.work(writes=False) as uow:
        return keyring.effective_roles(uow, accounts.member(uow, who.id).membership.drafted_roles, who.id)


def test_nobody_takes_their_own_administration_away(administrator: PageClient, trust: Trust) -> None:
    mine = f"/admin/members/{trust.administrator.id}"
    refused = administrator.submit(mine, "Save", roles=["board_member"])
    assert refused.errors == ["You cannot stop being administrator yourself. Ask another administrator to do it"]
    assert "You cannot end your own membership" in administrator.get(f"{mine}/end").text


def test_before_a_membership_ends_the_page_says_what_becomes_of_their_cases(
    administrator: PageClient, trust: Trust
) -> None:
    said = administrator.get(f"/admin/members/{trust.lead.id}/end").text
    assert "They can open nothing any more, because they cannot sign in." in said
    assert "Where another person holds a key, that one can still open and answer the case." in said


def test_ending_a_membership_takes_somebody_off_the_list(administrator: PageClient, trust: Trust) -> None:
    page = f"/admin/members/{trust.lead.id}"
    ended = administrator.submit(f"{page}/end", "End their membership")
    assert trust.lead.name not in ended.soup.select_one("main table").get_text()  # type: ignore[union-attr] # It is there.
    assert f"Left, and it waits for a guardian to agree: {trust.lead.name}" in ended.text
    assert administrator.get(page).status == 404


@pytest.fixture
def returned(administrator: PageClient, trust: Trust) -> Page:
    """The page of a guardian who left, and was invited again with the address they had."""
    administrator.submit(f"/admin/members/{trust.lead.id}/end")
    again = {"name": trust.lead.name, "email": trust.lead.email}
    return administrator.submit("/admin/members/invite", **again, roles=["lead_guardian"])


def test_whoever_comes_back_signs_in_as_before_and_is_offered_no_link(returned: Page, app: Flask, trust: Trust) -> None:
    assert returned.path == f"/admin/members/{trust.lead.id}"
    assert "They belong here again, and sign in with the passphrase they had" in returned.text
    assert not any(words in returned.text for words in ("Show a new link", "Send a new link", "Invitation"))
    theirs = PageClient(app, trust.host)
    code = theirs.submit("/sign-in", email=trust.lead.email, passphrase=PASSPHRASE)
    assert theirs.submit(code, code=trust.lead.code()).path == "/cases"


def test_no_link_is_made_for_whoever_has_an_account_here(
    returned: Page, administrator: PageClient, trust: Trust
) -> None:
    token = returned.soup.select_one("input[name=csrf_token]")
    assert token is not None
    for act in ("link", "send-again"):
        answer = administrator.post(f"{returned.path}/{act}", {"csrf_token": token["value"]})
        assert answer.status == 404
    with trust.work(trust.administrator) as uow, pytest.raises(Conflict):
        accounts.invite(uow, accounts.PersonDetails(trust.lead.email, trust.lead.name), [Role.LEAD_GUARDIAN])


def test_whoever_comes_back_is_written_to_once_and_sent_no_link(administrator: PageClient, trust: Trust) -> None:
    person = trust.executive_lead
    administrator.submit(f"/admin/members/{person.id}/end")
    administrator.submit("/admin/members/invite", name=person.name, email=person.email, roles=["executive_lead"])
    with trust.work(trust.administrator) as uow:
        rows = [each.job for each in uow.session.query(jobs.OutboxRow) if each.subject_id == person.id]
        assert accounts.open_invitations(uow) == []
    assert rows == [jobs.Job.SOMETHING_TO_READ_MAIL]


def test_a_part_is_chosen_for_whoever_comes_back(administrator: PageClient, trust: Trust) -> None:
    administrator.submit(f"/admin/members/{trust.lead.id}/end")
    again = {"name": trust.lead.name, "email": trust.lead.email}
    refused = administrator.submit("/admin/members/invite", **again, roles=["guardian", "administrator"])
    assert refused.status == 422
    assert refused.errors[0].startswith("An administrator can never open")


def test_sending_again_replaces_the_letter_that_waits(administrator: PageClient, trust: Trust) -> None:
    with trust.work(trust.administrator) as uow:
        invitation = accounts.invite(uow, accounts.PersonDetails("nell@example.org", "Nell"), [Role.BOARD_MEMBER])
    with trust.work(trust.administrator) as uow:
        accounts.send_again(uow, accounts.find_invitation(uow, invitation.id))
    with trust.work() as uow:
        rows = [each for each in uow.session.query(jobs.OutboxRow) if each.subject_id == invitation.id]
    assert len(rows) == 1


def test_a_colleague_is_away_when_a_guardian_agrees(administrator: PageClient, signed_in: SignIn, trust: Trust) -> None:
    last = today() + timedelta(days=120)
    written = f"{last.day} {last:%B %Y}"
    fields = {"until-day": str(last.day), "until-month": str(last.month), "until-year": str(last.year)}
    saved = administrator.submit(f"/admin/members/{trust.lead.id}/away", **fields)
    assert "Saved. It waits for a guardian to agree" in saved.text
    assert f"Here Waits for a guardian away until {written}" in saved.text
    guardian = signed_in(trust.guardian)
    guardian.submit("/colleagues", f"Agree that {trust.lead.name} is away")
    assert f"Away until {written}" in administrator.get(saved.path).text
    assert "Waits for a guardian" not in administrator.get(saved.path).text


@pytest.mark.parametrize(("year", "words"), [("2020", "That day has gone by"), ("9999", "That is more than a year")])
def test_a_day_gone_by_or_far_off_is_not_asked_of_the_guardians(
    administrator: PageClient, trust: Trust, year: str, words: str
) -> None:
    fields = {"until-day": "27", "until-month": "3", "until-year": year}
    refused = administrator.submit(f"/admin/members/{trust.lead.id}/away", **fields)
    assert refused.status == 422
    assert refused.errors[0].startswith(words)
    with trust.work(trust.guardian) as uow:
        assert keyring.pending(uow) == []


def test_being_away_is_asked_only_of_people_concerns_go_to(administrator: PageClient, trust: Trust) -> None:
    page = administrator.get(f"/admin/members/{trust.executive_lead.id}")
    assert f"{page.path}/away" not in page.links()
    assert administrator.get(f"{page.path}/away").status == 404


def test_no_page_of_an_administrator_knows_of_a_case(administrator: PageClient, trust: Trust) -> None:
    case = factories.raised_case(trust)
    seen = ["/admin", "/admin/members", f"/admin/members/{trust.guardian.id}", "/admin/routing", "/admin/branding"]
    for address in seen:
        body = administrator.get(address).body
        assert case.ref not in body
        assert not re.search(r"SU-\w{4}-\w{4}", body)
    assert administrator.get(f"/cases/{case.ref}").status == administrator.get("/cases").status == 404


@pytest.mark.parametrize("who", ["guardian", "lead", "non_executive_lead", "executive_lead"])
def test_nobody_else_can_tell_that_these_pages_exist(signed_in: SignIn, trust: Trust, who: str) -> None:
    theirs = signed_in(trust.people[who])
    missing = theirs.get("/admin/nothing-here")
    for address in ("/admin", "/admin/members", f"/admin/members/{trust.lead.id}", "/admin/structure/sites/new"):
        refused = theirs.get(address)
        assert (refused.status, refused.body) == (missing.status, missing.body)


def test_people_of_another_trust_are_absent_like_people_who_never_were(
    administrator: PageClient, trust: Trust, other_trust: Trust
) -> None:
    never = administrator.get("/admin/members/00000000-0000-4000-8000-000000000000")
    theirs = administrator.get(f"/admin/members/{other_trust.guardian.id}")
    assert (theirs.status, theirs.body) == (never.status, never.body) == (404, never.body)
