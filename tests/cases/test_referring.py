"""Passing a case on: who may be given it, what they open by their keys, and what is left when it is taken back."""

import uuid
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from speakup import accounts, cases, jobs, keyring
from speakup.cases import (
    Agreement,
    CaseState,
    ClockKind,
    Exclusions,
    HowAgreed,
    HowRaised,
    Invited,
    PersonDetails,
    ReferralState,
    Shown,
)
from speakup.cases.models import RecordKind
from speakup.cases.operations.reminding import remind
from speakup.gateways.blobs import Blobs
from speakup.gateways.documents import Cleaned, Kind
from speakup.gateways.sealed_files import store
from speakup.jobs import Job
from speakup.kernel.actor import Role, system
from speakup.kernel.errors import Conflict, Forbidden, IntegrityFault, Invalid, NotFound
from speakup.keyring import CompartmentKind
from speakup.keyring.models import SealedRecord
from speakup.keyring.operations import compartments
from speakup.routing import Subject
from speakup.tables import METADATA
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust

PLAIN = Shown("Two nurses for thirty", "Please look at the rotas.")


@pytest.fixture
def raised(trust: Trust) -> RaisedCase:
    return factories.answered_case(trust, person=PersonDetails("Petra Pinewood"))


@pytest.fixture
def guardian(raised: RaisedCase) -> Colleague:
    return readers_of(raised)[0]


def opened_by(trust: Trust, who: Colleague, place: uuid.UUID) -> set[CompartmentKind]:
    """Which compartments of a place somebody's own keys open, whatever pages would show."""
    with trust.work(who) as uow:
        return set(keyring.open_cases(uow, [place]).get(place, {}))


def letters(trust: Trust) -> list[uuid.UUID]:
    with trust.work() as uow:
        return [row.subject_id for row in jobs.to_hand_over(uow) if row.job is Job.SOMETHING_TO_READ_MAIL]


def test_the_recipient_reads_what_was_written_for_them_and_answers(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague
) -> None:
    row = factories.referred(raised, guardian, ida)
    assert row.ref != raised.ref
    assert row.ref.startswith("RE-")
    assert ida.id in letters(trust)
    with trust.work(ida) as uow:
        view = cases.read_referral(uow, cases.find_referral(uow, row.ref))
        assert [(each.text, each.ask, each.name) for each in view.shown] == [(PLAIN.text, PLAIN.ask, "")]
        cases.answer_referral(uow, cases.find_referral(uow, row.ref), "There were two of us.", final=True)
    with raised.as_(guardian) as (uow, case):
        assert case.state is CaseState.PASSED_ON
        assert case.answer_waiting
        answers = cases.open_referral(uow, case, row.id).answers
        assert [(each.text, each.by, each.final) for each in answers] == [("There were two of us.", ida.id, True)]
        assert ClockKind.REFERRAL not in {each.kind for each in cases.clock_lines(uow, case)}
    assert guardian.id in letters(trust)


def test_by_their_keys_a_recipient_opens_the_referral_and_not_a_byte_of_the_case(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague
) -> None:
    row = factories.referred(raised, guardian, ida)
    assert opened_by(trust, ida, row.id) == {CompartmentKind.REFERRAL}
    assert opened_by(trust, ida, raised.id) == set()
    sealed, granted = METADATA.tables["sealed_record"], METADATA.tables["grant_to"]
    with trust.work(ida) as uow:
        held = uow.session.scalars(sa.select(granted.c.compartment_id).where(granted.c.principal_id == ida.id)).all()
        within = sa.select(METADATA.tables["compartment"].c.id).where(
            METADATA.tables["compartment"].c.case_id == raised.id
        )
        records = uow.session.execute(sa.select(sealed.c.compartment_id).where(sealed.c.compartment_id.in_(within)))
        assert len(held) == 1
        assert {each[0] for each in records}.isdisjoint(held)
        for kind in (CompartmentKind.IDENTITY, CompartmentKind.CONVERSATION, CompartmentKind.CASEWORK):
            with pytest.raises(NotFound):
                keyring.open_case(uow, raised.id, kind)
        with pytest.raises(NotFound):
            cases.find(uow, raised.ref)


def test_until_their_words_are_vouched_for_it_waits_sealed_to_guardians(
    trust: Trust, raised: RaisedCase, guardian: Colleague
) -> None:
    ida = factories.invited(trust, "Ida Inquiry")
    row = factories.referred(raised, guardian, ida)
    assert row.state is ReferralState.WAITING
    assert opened_by(trust, ida, row.id) == set()
    with trust.work(ida) as uow, pytest.raises(NotFound):
        cases.find_referral(uow, row.ref)
    with raised.as_(guardian) as (uow, case):
        assert case.state is not CaseState.PASSED_ON
        assert ClockKind.REFERRAL in {each.kind for each in cases.clock_lines(uow, case)}
        with pytest.raises(Conflict):
            cases.send_waiting(uow, case, row.id)
    factories.vouched_for(trust, ida)
    with raised.as_(guardian) as (uow, case):
        cases.send_waiting(uow, case, row.id)
        assert case.state is CaseState.PASSED_ON
        assert [each.ref for each in cases.disclosures(uow, case)] == [row.ref]
    assert opened_by(trust, ida, row.id) == {CompartmentKind.REFERRAL}


def test_whoever_vouches_sends_what_waited_and_tells_the_others(
    trust: Trust, raised: RaisedCase, guardian: Colleague
) -> None:
    ida = factories.vouched_for(trust, factories.invited(trust, "Ida Inquiry", [Role.RECIPIENT]))
    with trust.work(trust.guardian) as uow:
        keyring.remove(uow, ida.id)
    row = factories.referred(raised, guardian, ida)
    assert row.state is ReferralState.WAITING
    factories.vouched_for(trust, ida)
    stranger = next(
        each for each in (trust.guardian, trust.second_guardian, trust.lead) if each not in readers_of(raised)
    )
    with trust.work(stranger) as uow:
        assert cases.send_all_waiting_for(uow, ida.id) == 0
    with trust.work(guardian) as uow:
        assert cases.send_all_waiting_for(uow, ida.id) == 1
    assert opened_by(trust, ida, row.id) == {CompartmentKind.REFERRAL}


def test_taking_it_back_takes_the_grant_away_and_rotates_the_key(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague
) -> None:
    row = factories.referred(raised, guardian, ida)
    with raised.as_(guardian) as (uow, case):
        before = keyring.open_referral(uow, row.id).version
        cases.end_referral(uow, case, row.id, "They are part of it.")
    with raised.as_(guardian) as (uow, case):
        assert keyring.open_referral(uow, row.id).version == before + 1
        assert ClockKind.REFERRAL not in {each.kind for each in cases.clock_lines(uow, case)}
        assert [each.ended for each in cases.open_view(uow, case).referrals] == [True]
        with pytest.raises(Conflict):
            cases.end_referral(uow, case, row.id)
        with pytest.raises(Conflict):
            cases.add_to_referral(uow, case, row.id, PLAIN)
    assert opened_by(trust, ida, row.id) == set()
    with trust.work(ida) as uow, pytest.raises(NotFound):
        cases.find_referral(uow, row.ref)


# Edge rows of the field's reference: 11, 13, 14, 15 and 17, where they meet agreement and referral.


@pytest.mark.parametrize("how", ["by name", "by what they are", "by a namesake"])
def test_row_11_an_executive_who_is_kept_out_is_given_nothing(trust: Trust, how: str) -> None:
    executive = trust.executive_lead
    with trust.work() as uow:
        membership = accounts.member(uow, executive.id).membership
        accounts.change_roles(uow, membership, {Role.EXECUTIVE_LEAD, Role.RECIPIENT})
    subject = Subject.EXECUTIVE if how == "by what they are" else Subject.NOBODY_NAMED
    people = frozenset() if how == "by what they are" else frozenset({executive.id})
    raised = factories.raised_case(trust, subject=subject, exclusions=Exclusions(people=people))
    guardian = readers_of(raised)[0]
    factories.reply(raised, "Thank you.", by=guardian)
    other = factories.recipient(trust, "Edna  EDEN") if how == "by a namesake" else None
    refused = other.id if other else executive.id
    with raised.as_(guardian) as (uow, case):
        assert refused not in {each.id for each in cases.recipients(uow, case)}
        with pytest.raises(Forbidden):
            cases.refer(uow, case, refused, PLAIN, factories.grounds(uow))
    for email in ("edna.eden@example.org", "another@example.org"):
        if how == "by what they are" and email.startswith("another"):
            continue
        with raised.as_(guardian) as (uow, case), pytest.raises(Forbidden):
            cases.refer(uow, case, Invited("Edna Eden", email), PLAIN, factories.grounds(uow))


def test_row_12_a_guardian_is_no_recipient_of_what_their_team_works_on(
    trust: Trust, raised: RaisedCase, guardian: Colleague
) -> None:
    with raised.as_(guardian) as (uow, case), pytest.raises(Forbidden):
        cases.refer(uow, case, trust.lead.id, PLAIN, factories.grounds(uow))
    invited = Invited("Lena Leigh", "lena.leigh@example.org")
    with raised.as_(guardian) as (uow, case), pytest.raises(Forbidden):
        cases.refer(uow, case, invited, PLAIN, factories.grounds(uow))


def test_row_13_an_administrator_finds_no_referral(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague
) -> None:
    row = factories.referred(raised, guardian, ida)
    assert opened_by(trust, trust.administrator, row.id) == set()
    with trust.work(trust.administrator) as uow:
        with pytest.raises(Forbidden):
            cases.find_referral(uow, row.ref)
        with pytest.raises(Forbidden):
            cases.my_referrals(uow)


def test_row_14_a_guardian_who_comes_or_goes_gets_or_loses_the_referral_too(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague
) -> None:
    row = factories.referred(raised, guardian, ida)
    cover = readers_of(raised)[1]
    third = next(each for each in (trust.guardian, trust.second_guardian, trust.lead) if each not in readers_of(raised))
    with raised.as_(guardian) as (uow, case):
        keyring.grant(uow, case.id, third.id)
        keyring.revoke(uow, case.id, cover.id)
        cases.follow_referrals(uow, case)
    assert opened_by(trust, third, row.id) == opened_by(trust, ida, row.id) == {CompartmentKind.REFERRAL}
    assert opened_by(trust, cover, row.id) == set()


def test_row_14_whoever_steps_aside_loses_the_referral_and_whoever_takes_over_has_it(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague
) -> None:
    row = factories.referred(raised, guardian, ida)
    with raised.as_(guardian) as (uow, case):
        aside = cases.SteppingAside(cases.WhyAside.KNOWS, "I know who it is about.")
        places = cases.step_aside(uow, case, aside)
    assert opened_by(trust, guardian, row.id) == set()
    for each in (*(each for each in trust.people.values() if each.id in places.people), ida):
        assert opened_by(trust, each, row.id) == {CompartmentKind.REFERRAL}


def test_row_15_what_was_told_stands_in_a_log_that_names_the_basis(
    raised: RaisedCase, guardian: Colleague, ida: Colleague
) -> None:
    row = factories.referred(raised, guardian, ida)
    with raised.as_(guardian) as (uow, case):
        (line,) = cases.disclosures(uow, case)
    assert (line.ref, line.disclosure.named, line.disclosure.authoriser) == (row.ref, False, "The lead guardian")
    assert PLAIN.text in line.disclosure.what


def test_row_17_what_is_passed_on_is_not_closed_over_before_the_person_is_told(
    raised: RaisedCase, guardian: Colleague, ida: Colleague
) -> None:
    factories.referred(raised, guardian, ida)
    closing = cases.Closing("resolved", "Done.", satisfied=cases.Satisfied.NO, why_not_satisfied="More")
    with raised.as_(guardian) as (uow, case):
        coding = cases.Coding(frozenset(), none_apply=True, worker_group="nursing_midwifery")
        cases.code_case(uow, case, coding)
        with pytest.raises(cases.NotReadyToClose):
            cases.close_case(uow, case, closing)


# Names


def agree(raised: RaisedCase, guardian: Colleague, *, name: bool) -> uuid.UUID:
    with raised.as_(guardian) as (uow, case):
        said = Agreement("What happened", "Ida Inquiry", "to look", HowAgreed.VERBALLY, name, uow.today)
        return cases.record_agreement(uow, case, said)


@pytest.mark.parametrize("text", [
    "Petra Pinewood was there", "petra said so", "Mrs Pinewood's rota", "Pinewod was there", "P.P. was there",
])  # fmt: skip
def test_nobody_is_shown_a_name_without_an_agreement_in_force(
    raised: RaisedCase, guardian: Colleague, ida: Colleague, text: str
) -> None:
    agreement_id = agree(raised, guardian, name=False)
    with raised.as_(guardian) as (uow, case):
        for shown in (Shown(text), Shown("It happened.", text)):
            said = factories.grounds(uow, basis=cases.Basis.AGREEMENT, agreement_id=agreement_id)
            with pytest.raises(Invalid, match="names the person"):
                cases.refer(uow, case, ida.id, shown, said)
        with pytest.raises(Invalid, match="no agreement to the name"):
            cases.refer(uow, case, ida.id, Shown("It happened.", name_too=True), said)
        assert cases.open_view(uow, case).referrals == []


def test_with_an_agreement_to_it_the_name_is_copied_into_the_referral_until_it_is_withdrawn(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague
) -> None:
    agreement_id = agree(raised, guardian, name=True)
    with raised.as_(guardian) as (uow, case):
        said = factories.grounds(uow, basis=cases.Basis.AGREEMENT, agreement_id=agreement_id)
        row = cases.refer(uow, case, ida.id, Shown("Petra was there.", name_too=True), said)
    with trust.work(ida) as uow:
        view = cases.read_referral(uow, cases.find_referral(uow, row.ref))
        assert [each.name for each in view.shown] == ["Petra Pinewood"]
    with raised.as_(raised.reporter) as (uow, case):
        cases.withdraw_agreement(uow, case, agreement_id)
    with raised.as_(guardian) as (uow, case), pytest.raises(Invalid):
        cases.add_to_referral(uow, case, row.id, Shown("And this."))


def test_what_waited_is_not_sent_once_the_agreement_is_gone(
    trust: Trust, raised: RaisedCase, guardian: Colleague
) -> None:
    ida, agreement_id = factories.invited(trust, "Ida Inquiry"), agree(raised, guardian, name=True)
    with raised.as_(guardian) as (uow, case):
        said = factories.grounds(uow, basis=cases.Basis.AGREEMENT, agreement_id=agreement_id)
        row = cases.refer(uow, case, ida.id, PLAIN, said)
    with raised.as_(raised.reporter) as (uow, case):
        cases.withdraw_agreement(uow, case, agreement_id)
    factories.vouched_for(trust, ida)
    with trust.work(guardian) as uow:
        assert cases.send_all_waiting_for(uow, ida.id) == 0
    with raised.as_(guardian) as (uow, case), pytest.raises(Invalid):
        cases.send_waiting(uow, case, row.id)
    assert opened_by(trust, ida, row.id) == set()


def test_somebody_who_raised_it_anonymously_has_no_name_to_be_told(trust: Trust, ida: Colleague) -> None:
    raised = factories.raised_case(trust, how_raised=HowRaised.ANONYMOUS)
    guardian = readers_of(raised)[0]
    factories.reply(raised, "Thank you.", by=guardian)
    with raised.as_(guardian) as (uow, case), pytest.raises(Invalid, match="no name"):
        cases.refer(uow, case, ida.id, Shown("It happened.", name_too=True), factories.grounds(uow))


# Clocks, and who may write


def test_whoever_owes_an_answer_is_reminded_when_it_is_due_and_no_more_once_they_answered(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague
) -> None:
    row = factories.referred(raised, guardian, ida)
    with trust.work(ida) as uow:
        (listed,) = cases.my_referrals(uow)
        due = listed.due_on
    assert due is not None
    at = datetime(due.year, due.month, due.day, 9, tzinfo=UTC)
    with trust.database.work(system(trust.id), at=at) as uow:
        before = len([row for row in jobs.to_hand_over(uow) if row.subject_id == ida.id])
        remind(uow)
        uow.session.flush()
        assert len([row for row in jobs.to_hand_over(uow) if row.subject_id == ida.id]) >= before
        assert ida.id in {row.subject_id for row in jobs.to_hand_over(uow)}
    with trust.work(ida) as uow:
        cases.answer_referral(uow, cases.find_referral(uow, row.ref), "Soon.", final=False)
        assert cases.my_referrals(uow)[0].due_on is not None
        cases.answer_referral(uow, cases.find_referral(uow, row.ref), "Done.", final=True)
        assert cases.my_referrals(uow)[0].due_on is None


def test_only_its_recipient_answers_a_referral(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague
) -> None:
    row = factories.referred(raised, guardian, ida)
    other = factories.recipient(trust, "Olaf Other")
    with trust.work(other) as uow, pytest.raises(NotFound):
        cases.find_referral(uow, row.ref)
    with trust.work(other) as uow, pytest.raises(NotFound):
        cases.answer_referral(uow, row, "Mine now.", final=True)
    with trust.work(guardian) as uow, pytest.raises(Forbidden):
        cases.find_referral(uow, row.ref)


def test_a_recipient_makes_no_key_and_writes_under_none_that_a_guardian_would_not_stand_by(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague
) -> None:
    row, cover = factories.referred(raised, guardian, ida), readers_of(raised)[1]
    by = next(each for each in (trust.guardian, trust.second_guardian, trust.lead) if each is not cover)
    with trust.work(by) as uow:
        keyring.remove(uow, cover.id)
    with trust.work(ida) as uow, pytest.raises(Conflict):
        cases.answer_referral(uow, cases.find_referral(uow, row.ref), "There were two.", final=True)
    with raised.as_(guardian) as (uow, case):
        cases.follow_referrals(uow, case)
    with trust.work(ida) as uow:
        cases.answer_referral(uow, cases.find_referral(uow, row.ref), "There were two.", final=True)


def test_whoever_was_given_the_case_without_one_referral_opens_the_files_of_another(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague, blobs: Blobs
) -> None:
    factories.referred(raised, guardian, ida)
    team = (trust.guardian, trust.second_guardian, trust.lead)
    newcomer = next(each for each in team if each not in readers_of(raised))
    with raised.as_(guardian) as (uow, case):
        keyring.grant(uow, case.id, newcomer.id)
    row = factories.referred(raised, guardian, ida, "And of March?")
    stored = store(blobs, trust.id, Cleaned(b"Rota of March", "rota.txt", "text/plain", Kind.TEXT, ()), scanned=True)
    with trust.work(ida) as uow:
        cases.answer_referral(uow, cases.find_referral(uow, row.ref), "Here it is.", [stored], final=True)
    with raised.as_(newcomer) as (uow, case):
        record = cases.open_referral(uow, case, row.id).answers[0].files[0].record_id
        assert b"".join(cases.open_case_file(uow, case, record, blobs)[1]) == b"Rota of March"


def test_no_recipient_puts_a_file_of_theirs_in_the_place_of_another_recipients(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague, blobs: Blobs
) -> None:
    """Whoever writes the database gives their own record the other's id, and seals it with a key they have."""
    olaf = factories.recipient(trust, "Olaf Other")
    forged, real = (
        factories.referred(raised, guardian, ida),
        factories.referred(raised, guardian, olaf, "And of March?"),
    )
    for who, row, said in ((ida, forged, b"Rota of hers"), (olaf, real, b"Rota of March")):
        stored = store(blobs, trust.id, Cleaned(said, "rota.txt", "text/plain", Kind.TEXT, ()), scanned=True)
        with trust.work(who) as uow:
            cases.answer_referral(uow, cases.find_referral(uow, row.ref), "Here it is.", [stored], final=False)
    with raised.as_(guardian) as (uow, case):
        wanted = cases.open_referral(uow, case, real.id).answers[0].files[0].record_id
        assert b"".join(cases.open_case_file(uow, case, wanted, blobs)[1]) == b"Rota of March"
    with trust.work(ida) as uow:
        place = keyring.open_referral(uow, forged.id)
        [mine] = keyring.read(uow, place, RecordKind.FILE)
        place.counter += 1
        seal = compartments._sealed_body  # noqa: SLF001 -- what a program of their own would do
        sealed = {
            "organisation_id": trust.id, "compartment_id": place.id, "id": wanted, "kind": mine.kind, "revision": 1,
            "key_version": place.version, "body": seal(place, wanted, mine.kind, 1, place.counter, mine.body),
        }  # fmt: skip
        uow.session.add(SealedRecord(**sealed))
        place.items[wanted] = (1, mine.kind)
        compartments._write_head(uow, place)  # noqa: SLF001 -- see above
    with raised.as_(guardian) as (uow, case), pytest.raises(IntegrityFault):
        cases.open_case_file(uow, case, wanted, blobs)


def test_a_referral_whose_row_was_changed_is_none_of_the_case(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague
) -> None:
    row = factories.referred(raised, guardian, ida)
    with trust.stored.unbound() as connection:
        connection.execute(sa.update(METADATA.tables["referral"]).values(ref="RE-0000-0000"))
        connection.commit()
    with raised.as_(guardian) as (uow, case), pytest.raises(NotFound):
        cases.open_referral(uow, case, row.id)


def test_a_referral_given_to_another_by_its_row_opens_for_nobody_new(
    trust: Trust, raised: RaisedCase, guardian: Colleague, ida: Colleague
) -> None:
    row, other = factories.referred(raised, guardian, ida), factories.recipient(trust, "Olaf Other")
    with trust.stored.unbound() as connection:
        connection.execute(sa.update(METADATA.tables["referral"]).values(recipient_id=other.id))
        connection.commit()
    with trust.work(other) as uow, pytest.raises(NotFound):
        cases.find_referral(uow, row.ref)
    with raised.as_(guardian) as (uow, case):
        cases.add_to_referral(uow, case, row.id, PLAIN)
    assert opened_by(trust, other, row.id) == set()
