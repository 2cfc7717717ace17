"""What somebody who can write the database, or a guardian in a hurry, could do to what is passed on: it holds."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from speakup import accounts, cases, jobs, keyring
from speakup.cases import (
    Basis,
    Closing,
    Coding,
    HowRaised,
    Missing,
    NotReadyToClose,
    PersonDetails,
    ReferralState,
    Satisfied,
    Shown,
)
from speakup.cases.models import RecordKind
from speakup.kernel.errors import IntegrityFault, Invalid, NotFound
from tests import factories
from tests.factories import RaisedCase
from tests.security.intruder import T
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust

NAMED = Shown("Petra Pinewood was there.", name_too=True)


@pytest.fixture
def raised(trust: Trust) -> RaisedCase:
    return factories.answered_case(trust, person=PersonDetails("Petra Pinewood"))


@pytest.fixture
def guardian(raised: RaisedCase) -> Colleague:
    return readers_of(raised)[0]


def write(trust: Trust, table: str, **values: Any) -> None:  # noqa: ANN401 -- whatever the columns hold
    """Change every row of a table as somebody who can write the database does."""
    with trust.stored.unbound() as connection:
        connection.execute(sa.update(T[table]).values(**values))
        connection.commit()


def test_two_references_that_change_places_are_not_what_their_recipient_answers(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague
) -> None:
    """An answer that means one matter would stand in the other."""
    first, second = factories.referred(raised, guardian, ida), factories.referred(raised, guardian, ida)
    table = T["referral"]
    with trust.stored.unbound() as connection:
        for row, ref in ((first, "RE-AWAY-AWAY"), (second, first.ref), (first, second.ref)):
            connection.execute(sa.update(table).where(table.c.id == row.id).values(ref=ref))
        connection.commit()
    with trust.work(ida) as uow:
        row = cases.find_referral(uow, second.ref)
        assert row.id == first.id
        with pytest.raises(IntegrityFault):
            cases.read_referral(uow, row)
        with pytest.raises(IntegrityFault):
            cases.answer_referral(uow, row, "There were two of us.", final=True)


def test_what_was_passed_on_before_its_words_named_its_reference_is_read_and_answered(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague
) -> None:
    row = factories.referred(raised, guardian, ida)
    with raised.as_(guardian) as (uow, _):
        referral = keyring.open_referral(uow, row.id)
        body = dict(keyring.read(uow, referral, RecordKind.SHOWN)[-1].body)
        assert body.pop("ref") == row.ref
        keyring.add(uow, referral, RecordKind.SHOWN, body)
    with trust.work(ida) as uow:
        found = cases.find_referral(uow, row.ref)
        assert len(cases.read_referral(uow, found).shown) == 2
        cases.answer_referral(uow, found, "There were two of us.", final=True)
        assert len(cases.read_referral(uow, found).answers) == 1


@pytest.mark.parametrize("basis", [Basis.SERIOUS_RISK, Basis.LEGAL_DUTY])
def test_no_other_basis_stands_in_for_an_agreement_to_the_name(
    raised: RaisedCase, guardian: Colleague, ida: Colleague, basis: Basis
) -> None:
    with raised.as_(guardian) as (uow, case):
        said = factories.grounds(uow, basis=basis)
        with pytest.raises(Invalid, match="no agreement to the name"):
            cases.refer(uow, case, ida.id, NAMED, said)
        with pytest.raises(Invalid, match="names the person"):
            cases.refer(uow, case, ida.id, Shown(NAMED.text), said)
        assert cases.refer(uow, case, ida.id, Shown("It happened."), said).state is ReferralState.SENT


def test_what_waits_on_having_been_raised_openly_does_not_go_once_the_person_took_that_back_whatever_the_row_says(
    trust: Trust,
) -> None:
    raised = factories.raised_case(trust, how_raised=HowRaised.OPEN, person=PersonDetails("Petra Pinewood"))
    guardian, ida = readers_of(raised)[0], factories.invited(trust, "Ida Inquiry")
    factories.reply(raised, "Thank you.", by=guardian)
    with raised.as_(guardian) as (uow, case):
        row = cases.refer(uow, case, ida.id, NAMED, factories.grounds(uow, basis=Basis.AGREEMENT))
    with raised.as_(raised.reporter) as (uow, case):
        cases.say_who_i_am(uow, case, PersonDetails("Petra Pinewood"), HowRaised.CONFIDENTIAL)
    write(trust, "case", how_raised=HowRaised.OPEN)
    factories.vouched_for(trust, ida)
    with raised.as_(guardian) as (uow, case), pytest.raises(IntegrityFault):
        cases.send_waiting(uow, case, row.id)
    with trust.work(ida) as uow, pytest.raises(NotFound):
        cases.find_referral(uow, row.ref)


@pytest.mark.parametrize("state", [ReferralState.ENDED, ReferralState.WAITING])
def test_a_row_that_says_it_was_taken_back_keeps_nobody_from_taking_it_back(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague, state: ReferralState
) -> None:
    row = factories.referred(raised, guardian, ida)
    write(trust, "referral", state=state)
    with raised.as_(guardian) as (uow, case):
        cases.end_referral(uow, case, row.id)
    write(trust, "referral", state=ReferralState.SENT)
    with trust.work(ida) as uow, pytest.raises(NotFound):
        cases.find_referral(uow, row.ref)


@pytest.mark.parametrize("state", [ReferralState.ENDED, ReferralState.WAITING, None])
def test_a_row_that_says_it_was_taken_back_has_nobody_left_reading_when_the_case_is_closed(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague, state: ReferralState | None
) -> None:
    """Nor has one that is gone."""
    row = factories.referred(raised, guardian, ida)
    with raised.as_(guardian) as (uow, case):
        cases.tell_person(uow, case, "It was seen to.")
        cases.code_case(uow, case, Coding(frozenset(), none_apply=True, worker_group="nursing_midwifery"))
    if state is None:
        with trust.stored.unbound() as connection:
            connection.execute(sa.delete(T["referral"]))
    else:
        write(trust, "referral", state=state)
    with raised.as_(guardian) as (uow, case):
        view = cases.open_view(uow, case)
        assert [each.state for each in cases.standing_referrals(uow, view)] == [ReferralState.SENT]
        if state is not None:
            assert cases.open_referral(uow, case, row.id).state is ReferralState.SENT
        closing = Closing("resolved", "Staffing agreed", Satisfied.YES)
        with pytest.raises(NotReadyToClose) as refused:
            cases.close_case(uow, case, closing)
        assert refused.value.missing == [Missing.PASSED_ON]
        cases.close_case(uow, case, replace(closing, ends_referrals=True))
    with trust.work(ida) as uow:
        assert keyring.open_cases(uow, [row.id]) == {}


def take_the_clocks_away(trust: Trust) -> None:
    """As somebody who can write the database does: nothing says any more which case a referral is of."""
    with trust.stored.unbound() as connection:
        connection.execute(sa.delete(T["case_clock"]))


def test_a_clock_that_was_taken_away_keeps_nobody_from_answering(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague
) -> None:
    row = factories.referred(raised, guardian, ida)
    take_the_clocks_away(trust)
    with trust.work(ida) as uow:
        before = {each.id for each in jobs.to_hand_over(uow)}
        cases.answer_referral(uow, cases.find_referral(uow, row.ref), "There were two of us.", final=True)
        uow.session.flush()
        told = {each.subject_id for each in jobs.to_hand_over(uow) if each.id not in before}
    assert told == {each.id for each in readers_of(raised)}
    with raised.as_(guardian) as (uow, case):
        opened = cases.open_referral(uow, case, row.id)
    assert (opened.state, [each.text for each in opened.answers]) == (ReferralState.ANSWERED, ["There were two of us."])


def test_a_clock_that_was_taken_away_keeps_nobody_from_being_vouched_for(
    trust: Trust, raised: RaisedCase, guardian: Colleague
) -> None:
    una = factories.invited(trust, "Una Unvouched")
    row = factories.referred(raised, guardian, una)
    take_the_clocks_away(trust)
    factories.vouched_for(trust, una, by=guardian)
    with trust.work(guardian) as uow:
        assert cases.send_all_waiting_for(uow, una.id) == 0
    with raised.as_(guardian) as (uow, case):
        cases.send_waiting(uow, case, row.id)
    with trust.work(una) as uow:
        assert cases.find_referral(uow, row.ref).id == row.id


def test_what_waits_waits_whatever_its_row_says(trust: Trust, raised: RaisedCase, guardian: Colleague) -> None:
    row = factories.referred(raised, guardian, factories.invited(trust, "Una Unvouched"))
    write(trust, "referral", state=ReferralState.ANSWERED)
    with raised.as_(guardian) as (uow, case):
        assert cases.open_referral(uow, case, row.id).state is ReferralState.WAITING
        view = cases.open_view(uow, case)
        assert [each.state for each in cases.standing_referrals(uow, view)] == [ReferralState.WAITING]


def test_what_is_written_for_somebody_who_reads_it_is_logged_as_told_whatever_the_row_says(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague
) -> None:
    row = factories.referred(raised, guardian, ida)
    write(trust, "referral", state=ReferralState.WAITING)
    with raised.as_(guardian) as (uow, case):
        cases.add_to_referral(uow, case, row.id, Shown("And this."))
        assert [each.disclosure.what for each in cases.disclosures(uow, case)][-1] == "And this."


@pytest.fixture
def other(trust: Trust, raised: RaisedCase) -> Colleague:
    """Somebody of the team who has nothing to do with the case."""
    return next(each for each in (trust.guardian, trust.second_guardian, trust.lead) if each not in readers_of(raised))


def test_a_row_that_names_another_cover_has_nobody_left_out_when_a_guardian_steps_aside(
    trust: Trust, raised: RaisedCase, guardian: Colleague, other: Colleague
) -> None:
    write(trust, "case", primary_id=guardian.id, cover_id=other.id)
    with raised.as_(guardian) as (uow, case), pytest.raises(IntegrityFault):
        cases.step_aside(uow, case, cases.SteppingAside(cases.WhyAside.KNOWS, "My neighbour."))


def test_a_row_that_names_another_cover_has_the_case_given_to_nobody(
    trust: Trust, raised: RaisedCase, guardian: Colleague, other: Colleague
) -> None:
    cover = readers_of(raised)[1]
    write(trust, "case", primary_id=guardian.id, cover_id=other.id)
    with raised.as_(guardian) as (uow, case), pytest.raises(IntegrityFault):
        cases.hand_over(uow, case, cases.Places(cover.id, guardian.id))


def test_a_row_that_names_somebody_who_is_away_has_the_case_taken_from_nobody(
    trust: Trust, raised: RaisedCase, guardian: Colleague, other: Colleague
) -> None:
    cover = readers_of(raised)[1]
    with trust.work(other) as uow:
        accounts.mark_absent(uow, accounts.member(uow, other.id).membership, uow.today + timedelta(days=9))
    write(trust, "case", primary_id=other.id)
    with raised.as_(cover) as (uow, case), pytest.raises(IntegrityFault):
        cases.take_over(uow, case)
