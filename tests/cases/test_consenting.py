"""What the person agreed to: in force until somebody says otherwise; and what was told without it."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from speakup import cases
from speakup.audit.models import PendingAudit
from speakup.cases import Agreement, Basis, Disclosure, HowAgreed, HowRaised, PersonDetails, ToWhom
from speakup.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from speakup.kernel.ids import new_id
from speakup.tables import METADATA
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust


@pytest.fixture
def raised(trust: Trust) -> RaisedCase:
    return factories.raised_case(trust, person=PersonDetails("Petra Pine"))


@pytest.fixture
def guardian(raised: RaisedCase) -> Colleague:
    return readers_of(raised)[0]


def agree(raised: RaisedCase, who: Colleague, *, name: bool = False, how: HowAgreed = HowAgreed.VERBALLY) -> UUID:
    with raised.as_(who) as (uow, case):
        said = Agreement("What happened on nights", "Ida Inquiry, matron", "to look into it", how, name, uow.today)
        return cases.record_agreement(uow, case, said)


def tell(raised: RaisedCase, who: Colleague, **said: object) -> None:
    with raised.as_(who) as (uow, case):
        told = {"to": ToWhom.CQC, "whom": "The inspector", "what": "Two at night", "on": uow.today, **said}
        cases.record_disclosure(uow, case, Disclosure(**told))  # type: ignore[arg-type] # The test names some of them.


def test_an_agreement_to_the_name_is_what_lets_the_name_be_shown(raised: RaisedCase, guardian: Colleague) -> None:
    without, with_name = agree(raised, guardian), agree(raised, guardian, name=True)
    refused = agree(raised, guardian, name=True, how=HowAgreed.REFUSED)
    with raised.as_(guardian) as (uow, case):
        assert [cases.may_name(uow, case, each) for each in (None, without, with_name, refused, new_id())] == [
            False, False, True, False, False,
        ]  # fmt: skip


def test_whoever_raised_it_openly_agreed_to_that(trust: Trust) -> None:
    raised = factories.raised_case(trust, how_raised=HowRaised.OPEN, person=PersonDetails("Petra Pine"))
    with raised.as_(readers_of(raised)[0]) as (uow, case):
        assert cases.may_name(uow, case)
    with raised.as_(raised.reporter) as (uow, case):
        cases.say_who_i_am(uow, case, PersonDetails("Petra Pine"), HowRaised.CONFIDENTIAL)
    with raised.as_(readers_of(raised)[0]) as (uow, case):
        assert not cases.may_name(uow, case)


def test_the_person_sees_what_they_agreed_to_and_takes_it_back_without_a_trace_of_when(
    raised: RaisedCase, guardian: Colleague
) -> None:
    agreement_id = agree(raised, guardian, name=True)
    jobs = METADATA.tables["outbox"]
    with raised.as_(raised.reporter) as (uow, case):
        (line,) = cases.open_inbox(uow, case).agreements
        assert (line.agreement.whom, line.in_force) == ("Ida Inquiry, matron", True)
        before = uow.session.scalar(sa.select(sa.func.count()).select_from(jobs))
        cases.withdraw_agreement(uow, case, line.id)
    with raised.as_(raised.reporter) as (uow, case):
        assert uow.session.scalar(sa.select(sa.func.count()).select_from(jobs)) == before
        pending = uow.session.scalars(sa.select(PendingAudit.event)).all()
        assert "agreement withdrawn" in [each.value for each in pending]
        (line,) = cases.open_inbox(uow, case).agreements
        assert (line.in_force, line.by_person, line.withdrawn_on) == (False, True, uow.today)
        with pytest.raises(Conflict):
            cases.withdraw_agreement(uow, case, line.id)
        with pytest.raises(NotFound):
            cases.withdraw_agreement(uow, case, new_id())
    with raised.as_(guardian) as (uow, case):
        assert not cases.may_name(uow, case, line.id)
        view = cases.open_view(uow, case)
        assert [each.told for each in view.messages] == ["agreement withdrawn"]
        assert [each.in_force for each in view.agreements] == [False]
        assert view.case.told_times == 2
    with raised.as_(guardian) as (uow, case), pytest.raises(Conflict):
        cases.end_agreement(uow, case, line.id, uow.today)
    assert line.id == agreement_id


def test_a_guardian_notes_that_it_was_withdrawn_and_nothing_is_overwritten(
    raised: RaisedCase, guardian: Colleague
) -> None:
    first = agree(raised, guardian)
    with raised.as_(guardian) as (uow, case):
        cases.end_agreement(uow, case, first, uow.today)
    agree(raised, guardian, name=True)
    view, inbox = raised.view(guardian), raised.inbox()
    assert [(each.in_force, each.by_person) for each in view.agreements] == [(False, False), (True, False)]
    assert [each.in_force for each in inbox.agreements] == [False, True]
    assert [each.id for each in inbox.agreements] == [each.id for each in view.agreements]


WITHOUT = {"basis": Basis.SERIOUS_RISK, "authoriser": "The chair", "why_not_told": "There was no time"}


@pytest.mark.parametrize(("said", "blamed"), [
    ({"basis": Basis.AGREEMENT}, "agreement"),
    ({"basis": Basis.AGREEMENT, "agreement_id": new_id()}, "agreement"),
    ({**WITHOUT, "authoriser": " "}, "authoriser"),
    ({**WITHOUT, "why_not_told": ""}, "why_not_told"),
    ({**WITHOUT, "what": ""}, "what"),
    ({**WITHOUT, "basis": Basis.NOTHING_IDENTIFYING, "named": True}, "named"),
])  # fmt: skip
def test_without_agreement_it_needs_a_basis_who_decided_and_whether_the_person_was_told(
    raised: RaisedCase, guardian: Colleague, said: dict[str, object], blamed: str
) -> None:
    with pytest.raises(Invalid) as refused:
        tell(raised, guardian, **said)
    assert refused.value.field == blamed
    assert raised.view(guardian).disclosures == []
    tell(raised, guardian, **WITHOUT, named=True)
    (line,) = raised.view(guardian).disclosures
    assert (line.disclosure.basis, line.disclosure.named, line.author_id) == (Basis.SERIOUS_RISK, True, guardian.id)


def test_a_day_that_has_not_come_is_no_day(raised: RaisedCase, guardian: Colleague) -> None:
    with raised.as_(guardian) as (uow, _case):
        tomorrow = uow.today + timedelta(days=1)
    for said in ({"on": tomorrow}, {"told_person_on": tomorrow}):
        with pytest.raises(Invalid):
            tell(raised, guardian, **{**WITHOUT, **said})
    late = Agreement("a", "b", "c", HowAgreed.VERBALLY, name=False, on=tomorrow)
    with raised.as_(guardian) as (uow, case), pytest.raises(Invalid):
        cases.record_agreement(uow, case, late)


def test_only_whoever_holds_the_case_keeps_its_logs(raised: RaisedCase, guardian: Colleague, trust: Trust) -> None:
    agree(raised, guardian)
    stranger = next(
        each for each in (trust.guardian, trust.second_guardian, trust.lead) if each not in readers_of(raised)
    )
    with raised.as_(guardian) as (_uow, case):
        pass
    with trust.work(stranger) as uow, pytest.raises(NotFound):
        cases.agreements(uow, case)
    with trust.work(trust.administrator) as uow, pytest.raises(Forbidden):
        cases.agreements(uow, case)
    with raised.as_(raised.reporter) as (uow, mine), pytest.raises(Forbidden):
        cases.disclosures(uow, mine)
