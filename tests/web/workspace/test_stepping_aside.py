"""A guardian who must not have a case loses it for good, to whom the rules choose; and the lead shares work out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from speakup import accounts, cases, keyring
from speakup.cases import Work
from speakup.kernel.clock import today
from speakup.kernel.errors import Forbidden, Invalid, NobodyToReceive, NotFound
from speakup.routing import Rule
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient
from tests.web.walking import open_inbox

SignIn = Callable[[Colleague], PageClient]
ASIDE = {"reason": "knows somebody in it", "why": "The matron is my sister.", "sure": "y"}


@pytest.fixture(autouse=True)
def by_rule(trust: Trust) -> None:
    """Every concern goes to the lead and the first guardian, whatever chance says."""
    with trust.work(trust.guardian) as uow:
        keyring.approve_routing(uow, [Rule(None, None, trust.lead.id, trust.guardian.id).plain()])


@pytest.fixture
def case(trust: Trust) -> RaisedCase:
    return factories.raised_case(trust)


def test_whoever_steps_aside_loses_the_case_for_good_and_others_have_it(
    app: Flask, trust: Trust, case: RaisedCase, signed_in: SignIn
) -> None:
    first, cover = readers_of(case)
    theirs, path = signed_in(first), f"/cases/{case.ref}/step-aside"
    page = theirs.get(path)
    assert f"{cover.name} looks after it" in page.text
    assert theirs.submit(page, why="Half a reason").status == 422
    done = theirs.submit(page, **ASIDE)
    assert "You stepped aside, and can open it no more." in done.text
    assert theirs.get(f"/cases/{case.ref}").status == 404
    now = readers_of(case)
    assert first not in now
    assert now[0] == cover
    shown = signed_in(cover).get(f"/cases/{case.ref}").text
    assert "The matron is my sister." in shown
    assert f"{first.name} stepped aside, kept out by keys" in shown
    assert first.name not in signed_in(cover).get(f"/cases/{case.ref}/hand-over").soup.find("select").get_text()  # type: ignore[union-attr]
    person = open_inbox(PageClient(app, trust.host), " ".join(case.words))
    assert f"from now on {cover.name} looks after this" in person.text
    assert "sister" not in person.text
    with case.as_(cover) as (uow, row), pytest.raises(Forbidden):
        keyring.grant(uow, row.id, first.id)
    with case.as_(cover) as (uow, row), pytest.raises(Invalid):
        cases.hand_over(uow, row, cases.Places(first.id, cover.id))


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"work": Work(worker_group="nursing_midwifery")}, {"worker_group": "nursing_midwifery"}),
        ({"language": "I speak Polish"}, {"languages": ("Polish",)}),
    ],
)
def test_the_empty_place_goes_to_whom_a_rule_names_for_that_staff_group_or_language(
    trust: Trust, said: dict[str, Any], rule: dict[str, Any]
) -> None:
    case = factories.raised_case(trust, **said)
    first, cover = readers_of(case)
    with trust.work(trust.guardian) as uow:
        keyring.approve_routing(uow, [Rule(None, None, trust.buddy.id, None, **rule).plain()])
    with case.as_(first) as (uow, row):
        cases.step_aside(uow, row, cases.SteppingAside(cases.WhyAside.KNOWS, "My neighbour."))
    assert readers_of(case) == (cover, trust.buddy)


def test_whoever_stepped_aside_finds_it_in_no_list_and_no_search(trust: Trust, signed_in: SignIn) -> None:
    case = factories.raised_case(trust)
    theirs = signed_in(trust.lead)
    assert case.ref in theirs.get("/cases?whose=team").text
    theirs.submit(f"/cases/{case.ref}/step-aside", **ASIDE)
    for path in ("/cases", "/cases?whose=team", "/cases/team", "/cases/hand-over"):
        assert case.ref not in theirs.get(path).text, path


def test_stepping_aside_is_refused_in_a_sentence_where_nobody_else_could_have_it(
    trust: Trust, case: RaisedCase, signed_in: SignIn
) -> None:
    first, cover = readers_of(case)
    everybody = [trust.guardian, trust.second_guardian, trust.lead, trust.non_executive_lead, trust.buddy]
    for each in everybody:
        if each not in {first, cover}:
            with trust.work(each) as uow:
                accounts.mark_absent(uow, accounts.member(uow, each.id).membership, today() + timedelta(days=9))
    alone = signed_in(first).get(f"/cases/{case.ref}/step-aside")
    assert "so nobody stands in until they find somebody" in alone.text
    with trust.work(trust.administrator) as uow:
        keyring.ask_leaving(uow, accounts.member(uow, cover.id).membership)
    theirs = signed_in(first)
    refused = theirs.get(f"/cases/{case.ref}/step-aside")
    assert "Nobody else could have this case" in refused.text
    with case.as_(first) as (uow, row), pytest.raises(NobodyToReceive):
        cases.step_aside(uow, row, cases.SteppingAside(cases.WhyAside.KNOWS, "A reason"))
    assert theirs.get(f"/cases/{case.ref}").status == 200


def test_stepping_aside_from_a_page_that_is_old_loses_no_word(
    trust: Trust, case: RaisedCase, signed_in: SignIn
) -> None:
    first, cover = readers_of(case)
    theirs = signed_in(first)
    page = theirs.get(f"/cases/{case.ref}/step-aside")
    with case.as_(cover) as (uow, row):
        cases.step_aside(uow, row, cases.SteppingAside(cases.WhyAside.OTHER, "I was first."))
    late = theirs.submit(page, **ASIDE)
    assert late.status == 409
    assert "The matron is my sister." in late.body


def test_the_lead_asks_for_a_hand_over_without_a_key_and_reads_the_answer(trust: Trust, signed_in: SignIn) -> None:
    with trust.work(trust.guardian) as uow:
        rule = Rule(None, None, trust.guardian.id, trust.second_guardian.id)
        keyring.approve_routing(uow, [rule.plain()])
    case = factories.raised_case(trust)
    lead, guardian = signed_in(trust.lead), signed_in(trust.guardian)
    page = lead.get("/cases/team")
    assert trust.guardian.name in page.text
    said = {"asked": str(trust.guardian.id), "to": str(trust.lead.id)}
    assert "no open case with this reference" in lead.submit(page, **said, ref="SU-0000-0000").errors[0]
    assert lead.submit(page, asked=str(trust.guardian.id)).status == 422
    assert "waits" in lead.submit(page, **said, ref=case.ref.lower()).text
    assert lead.get(f"/cases/{case.ref}").status == 404
    asked = guardian.get("/cases/hand-over")
    assert f"{trust.lead.name} asks on" in asked.text
    guardian.submit(asked, "I have done this")
    assert "done on" in lead.get("/cases/team").text
    assert "asks on" not in guardian.get("/cases/hand-over").text


def test_only_the_lead_sees_the_team(guardian: PageClient, trust: Trust, signed_in: SignIn) -> None:
    assert guardian.get("/cases/team").status == 404
    assert "/cases/team" not in guardian.get("/cases").links()
    assert signed_in(trust.lead).get("/cases/team").status == 200


def test_nobody_else_answers_for_whoever_was_asked(trust: Trust) -> None:
    with trust.work(trust.lead) as uow:
        cases.ask_for_hand_over(uow, trust.guardian.id, trust.second_guardian.id)
    with trust.work(trust.guardian) as uow:
        (asked,) = cases.my_requests(uow)
    with trust.work(trust.second_guardian) as uow, pytest.raises(NotFound):
        cases.answer_request(uow, asked.id, done=True)
