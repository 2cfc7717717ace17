"""Granting, revoking, changing words, sealing again: who can open what, and who no longer can."""

import pytest
import sqlalchemy as sa

from speakup import cases, keyring
from speakup.kernel.actor import Actor
from speakup.kernel.errors import Conflict, Forbidden, IntegrityFault, NotFound
from speakup.keyring import CompartmentKind
from speakup.keyring.models import SealedRecord
from speakup.keyring.operations import compartments
from speakup.tables import METADATA
from tests import factories
from tests.factories import RaisedCase
from tests.security import tampering
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust


def not_on(raised: RaisedCase) -> Colleague:
    """A guardian of the team who was not routed to."""
    on = readers_of(raised)
    return next(
        each for each in (raised.trust.guardian, raised.trust.second_guardian, raised.trust.lead) if each not in on
    )


def opens(raised: RaisedCase, who: Colleague | Actor) -> set[CompartmentKind]:
    """Which compartments somebody's own keys open, whatever pages would show."""
    with raised.trust.work(who) as uow:
        try:
            return set(keyring.open_cases(uow, [raised.id]).get(raised.id, {}))
        except IntegrityFault:
            return set()


def test_each_holds_exactly_what_the_design_says(trust: Trust) -> None:
    raised = factories.raised_case(trust, person=factories.PersonDetailsFactory.create())
    identity, conversation, casework = CompartmentKind.IDENTITY, CompartmentKind.CONVERSATION, CompartmentKind.CASEWORK
    for each in readers_of(raised):
        assert opens(raised, each) == {identity, conversation, casework}
    assert opens(raised, raised.reporter) == {identity, conversation}
    for each in set(trust.people.values()) - set(readers_of(raised)):
        assert opens(raised, each) == set()
    other = factories.raised_case(trust)
    assert opens(raised, other.reporter) == set()
    assert opens(other, raised.reporter) == set()


def test_a_case_granted_is_read_whole_and_the_person_sees_who_was_added(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    third = not_on(raised)
    with raised.as_(readers_of(raised)[0]) as (uow, case):
        keyring.grant(uow, case.id, third.id)
    assert raised.view(third).told.narrative == raised.concern.narrative
    assert third.name in {each.name for each in raised.inbox().readers}


def test_whoever_is_not_on_a_case_gives_it_to_nobody(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    third = not_on(raised)
    for act in (keyring.grant, keyring.revoke):
        with pytest.raises(NotFound), trust.work(third) as uow:
            act(uow, raised.id, third.id)


@pytest.mark.parametrize("who", ["administrator", "executive_lead"])
def test_nobody_without_a_vouching_is_given_a_case(trust: Trust, who: str) -> None:
    raised = factories.raised_case(trust)
    with pytest.raises(Forbidden), raised.as_(readers_of(raised)[0]) as (uow, case):
        keyring.grant(uow, case.id, trust.people[who].id)


def test_a_revoked_guardian_opens_nothing_even_with_a_copy_of_everything_they_held(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    stays, goes = readers_of(raised)
    raised.view(goes)
    before = tampering.snapshot(trust)
    with raised.as_(stays) as (uow, case):
        keyring.revoke(uow, case.id, goes.id)
    factories.message(raised, "After they had gone")
    assert opens(raised, goes) == set()
    with trust.stored.unbound() as connection:
        mine = [row for row in before["grant_to"] if row["principal_id"] == goes.id]
        connection.execute(sa.insert(METADATA.tables["grant_to"]), mine)
    with pytest.raises(IntegrityFault):
        raised.view(goes)
    with trust.work(goes) as uow:
        assert [line.may_open for line in cases.worklist(uow, cases.Filters()).lines] == [False]
    assert [each.text for each in raised.view(stays).messages] == ["After they had gone"]


def test_the_last_reader_is_not_taken_away(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    first, second = readers_of(raised)
    with raised.as_(first) as (uow, case):
        keyring.revoke(uow, case.id, second.id)
    with pytest.raises(Conflict), raised.as_(first) as (uow, case):
        keyring.revoke(uow, case.id, first.id)
    assert raised.view(first).told.narrative == raised.concern.narrative


def test_older_records_are_sealed_again_in_steps_until_none_waits(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    first, second = readers_of(raised)
    for number in range(5):
        factories.message(raised, f"message {number}")
    with raised.as_(first) as (uow, case):
        keyring.revoke(uow, case.id, second.id)
    waiting = []
    for _ in range(10):
        with raised.as_(first) as (uow, case):
            conversation = keyring.open_case(uow, case.id)[CompartmentKind.CONVERSATION]
            waiting.append(keyring.reseal(uow, conversation, limit=2))
    assert waiting[0] > 0
    assert waiting[-1] == 0
    with trust.work() as uow:
        versions = uow.session.scalars(
            sa.select(SealedRecord.key_version).where(SealedRecord.compartment_id == conversation.row.id)
        )
        assert set(versions) == {2}
    assert len(raised.inbox().messages) == 5


def test_a_record_replaced_under_a_new_key_no_longer_waits(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    first, second = readers_of(raised)
    with raised.as_(first) as (uow, case):
        cases.title_case(uow, case, "Old")
    with raised.as_(first) as (uow, case):
        keyring.revoke(uow, case.id, second.id)
        before = keyring.open_case(uow, case.id)[CompartmentKind.CASEWORK].row.records_behind
        cases.title_case(uow, case, "New")
        assert keyring.open_case(uow, case.id)[CompartmentKind.CASEWORK].row.records_behind == before - 1


def test_new_words_open_and_the_old_ones_do_not(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    guardian = readers_of(raised)[0]
    raised.view(guardian)
    with trust.work() as uow:
        generation = keyring.current_generation(uow)
    renewed = keyring.submit_secrets(keyring.draw_receipt(), generation, trust.id, "tests")
    with trust.work(raised.reporter) as uow:
        keyring.replace_receipt(uow, renewed, generation.number)
    anew = Actor(raised.reporter.kind, trust.id, raised.reporter.id, root_secret=renewed.root_secret)
    factories.reply(raised, "Still here", by=guardian)
    assert [each.text for each in raised.inbox(anew).messages] == ["Still here"]
    assert opens(raised, raised.reporter) == set()
    with trust.work(trust.visitor) as uow:
        assert keyring.find_reporter(uow, renewed.lookup_hash).id == anew.id
        with pytest.raises(NotFound):
            keyring.find_reporter(uow, raised.secrets.lookup_hash)


def test_an_exhausted_data_key_refuses_to_seal(trust: Trust, monkeypatch: pytest.MonkeyPatch) -> None:
    raised = factories.raised_case(trust)
    factories.message(raised, "One more")
    monkeypatch.setattr(compartments, "RECORD_LIMIT", 3)
    with pytest.raises(Conflict):
        factories.message(raised, "One too many")
    assert [each.text for each in raised.inbox().messages] == ["One more"]


def test_somebody_the_log_no_longer_knows_is_sealed_nothing_new(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    first, second = readers_of(raised)
    leaver, stays = (first, second) if first is not trust.guardian else (second, first)
    raised.view(stays)
    with trust.work(trust.guardian if leaver is not trust.guardian else stays) as uow:
        keyring.remove(uow, leaver.id)
    assert leaver not in readers_of(factories.raised_case(trust))
    with raised.as_(stays) as (uow, case):
        keyring.revoke(uow, case.id, leaver.id)
    factories.message(raised, "Later")
    assert opens(raised, leaver) == set()
    with pytest.raises(Forbidden), raised.as_(stays) as (uow, case):
        keyring.grant(uow, case.id, leaver.id)
