"""Giving a case to others: agreement first, new readers before old ones go, and nobody who must not have it."""

import uuid

import pytest

from speakup import cases, keyring
from speakup.cases.operations import agreeing, handing
from speakup.cases.operations.agreeing import Consented, Heard, Noted, Places
from speakup.kernel.errors import Conflict, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.routing import Rule
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust


def asked_of(uow: UnitOfWork, case: cases.Case) -> uuid.UUID:
    """Return the question that stands in the inbox of whoever spoke up."""
    asked = cases.open_inbox(uow, case).asked
    assert asked is not None
    return asked.record_id


def test_a_case_goes_round_with_the_persons_word_and_past_whoever_steps_aside(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    first, cover = readers_of(raised)
    third = next(each for each in (trust.guardian, trust.second_guardian, trust.lead) if each not in (first, cover))
    raised.view(first)
    raised.view(cover)
    places = Places(third.id, cover.id)
    with raised.as_(first) as (uow, case):
        with pytest.raises(handing.NotAgreed):
            handing.hand_over(uow, case, places)
        agreeing.ask_person(uow, case, places, "May Lena have it?")
        assert agreeing.standing_now(uow, case, [third.id]).said is Consented.ASKED
    with raised.as_(raised.reporter) as (uow, case):
        agreeing.answer_hand_over(uow, case, asked_of(uow, case), agrees=True)
    with raised.as_(first) as (uow, case):
        handing.hand_over(uow, case, places)
    view = raised.view(third)
    raised.inbox()
    assert view.case.primary_id == third.id
    with pytest.raises(NotFound):
        raised.view(first)
    with raised.as_(cover) as (uow, case):
        handing.step_aside(uow, case, handing.SteppingAside(handing.WhyAside.KNOWS, "My neighbour."))
    raised.view(third)
    raised.inbox()


def test_what_was_passed_on_follows_the_case_and_its_recipient_goes_on_answering(trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        rule = Rule(None, None, trust.guardian.id, trust.second_guardian.id)
        keyring.approve_routing(uow, [rule.plain()])
    ida = factories.recipient(trust)
    raised = factories.raised_case(trust)
    factories.reply(raised, "Thank you.", by=trust.guardian)
    with raised.as_(trust.guardian) as (uow, case):
        shown = cases.Shown("Two nurses for thirty", "Please look at the rotas.")
        place = cases.refer(uow, case, ida.id, shown, factories.grounds(uow)).id
    with raised.as_(trust.guardian) as (uow, case):
        heard = Heard(Noted.AGREED, "By telephone", uow.today)
        agreeing.note_agreement(uow, case, {trust.lead.id}, heard)
        handing.hand_over(uow, case, Places(trust.lead.id, trust.second_guardian.id))
    opens: dict[str, bool] = {}
    for each in (trust.guardian, trust.second_guardian, trust.lead, ida):
        with trust.work(each) as uow:
            opens[each.name] = bool(keyring.open_cases(uow, [place]))
    assert opens == {
        trust.guardian.name: False,
        trust.second_guardian.name: True,
        trust.lead.name: True,
        ida.name: True,
    }
    with trust.work(ida) as uow:
        keyring.settle(uow, [keyring.open_referral(uow, place)])
    with trust.work(trust.lead) as uow:
        referral = keyring.open_referral(uow, place)
        before = referral.version
        keyring.settle(uow, [referral])
        assert referral.version == before + 1


def asked_about_a_third(trust: Trust) -> tuple[RaisedCase, Colleague, Colleague, Colleague]:
    """Ask whether somebody new may be the first; return the case, who is first and who covers, and who is new."""
    raised = factories.raised_case(trust)
    first, cover = readers_of(raised)
    third = next(each for each in (trust.guardian, trust.second_guardian, trust.lead) if each not in (first, cover))
    with raised.as_(first) as (uow, case):
        agreeing.ask_person(uow, case, Places(third.id, cover.id), "May Lena have it?")
    return raised, first, cover, third


def test_a_yes_to_one_question_is_none_to_another_that_was_asked_since(trust: Trust) -> None:
    raised, first, cover, _third = asked_about_a_third(trust)
    with raised.as_(raised.reporter) as (uow, case):
        read = asked_of(uow, case)
    other = Places(trust.non_executive_lead.id, cover.id)
    with raised.as_(cover) as (uow, case):
        agreeing.ask_person(uow, case, other, "Or may Ida?")
    with raised.as_(raised.reporter) as (uow, case), pytest.raises(Conflict):
        agreeing.answer_hand_over(uow, case, read, agrees=True)
    with raised.as_(first) as (uow, case):
        assert agreeing.standing_now(uow, case, [trust.non_executive_lead.id]).said is Consented.ASKED
        with pytest.raises(handing.NotAgreed):
            handing.hand_over(uow, case, other)


def test_a_no_to_somebody_is_not_got_round_by_adding_another_or_by_what_was_done_since(trust: Trust) -> None:
    raised, first, cover, third = asked_about_a_third(trust)
    with raised.as_(raised.reporter) as (uow, case):
        agreeing.answer_hand_over(uow, case, asked_of(uow, case), agrees=False)
    could_not = Heard(Noted.NOT_HAD, "The telephone rang out")
    with raised.as_(first) as (uow, case):
        with pytest.raises(Conflict):
            agreeing.note_agreement(uow, case, {third.id, trust.non_executive_lead.id}, could_not)
        handing.hand_over(uow, case, Places(cover.id, first.id))
    with raised.as_(first) as (uow, case):
        with pytest.raises(Conflict):
            agreeing.note_agreement(uow, case, {third.id}, could_not)
        with pytest.raises(handing.NotAgreed):
            handing.hand_over(uow, case, Places(third.id, cover.id))
        agreeing.ask_person(uow, case, Places(third.id, cover.id), "May Lena have it after all?")
        with pytest.raises(Conflict):
            agreeing.note_agreement(uow, case, {third.id}, could_not)
        assert agreeing.standing_now(uow, case, {trust.non_executive_lead.id}).said is Consented.NOT_ASKED
        agreeing.note_agreement(uow, case, {third.id}, Heard(Noted.AGREED, "By telephone", uow.today))
        handing.hand_over(uow, case, Places(third.id, cover.id))
    assert raised.view(third).case.primary_id == third.id
