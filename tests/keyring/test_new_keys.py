"""Somebody may know my passphrase: new keys open what the old ones did, once they are vouched for."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from speakup import accounts, cases, keyring
from speakup.crypto import envelope
from speakup.crypto.errors import Unreadable
from speakup.crypto.keypairs import staff_keys
from speakup.kernel.errors import Conflict, Forbidden, IntegrityFault
from speakup.keyring.models import PrincipalKind
from speakup.keyring.rules.key_records import Holder, Place
from tests import factories
from tests.factories import RaisedCase
from tests.security.intruder import T
from tests.security.tampering import readers_of
from tests.trusts import PASSPHRASE, Colleague, Trust


def with_new_keys(trust: Trust, who: Colleague) -> Colleague:
    """Do what the page does, without its session."""
    root_secret = keyring.new_root()
    locked = keyring.locked_new(who.id, root_secret, PASSPHRASE, "tests", [])
    with trust.work(who) as uow:
        accounts.seal_factor_anew(uow, accounts.member(uow, who.id).person, root_secret)
        keyring.replace_keys(uow, root_secret, locked)
    return replace(who, root_secret=root_secret)


def vouch(trust: Trust, who: Colleague, by: Colleague) -> None:
    """Read the five words to somebody."""
    with trust.work(who) as uow:
        words = keyring.my_words(uow)
    with trust.work(by) as uow:
        keyring.vouch(uow, keyring.offered(uow, who.id), words, uow.today.replace(year=uow.today.year + 1))


@pytest.fixture
def raised(trust: Trust) -> RaisedCase:
    raised = factories.raised_case(trust, narrative="The first words.")
    for each in readers_of(raised):
        raised.view(each)
    return raised


def test_until_a_guardian_has_vouched_new_keys_open_nothing(trust: Trust, raised: RaisedCase) -> None:
    before, other = readers_of(raised)
    me = with_new_keys(trust, before)
    with trust.work(me, writes=False) as uow:
        fingerprint = staff_keys(me.root_secret).fingerprint
        assert keyring.effective_roles(uow, me.roles, me.id, fingerprint) == frozenset()
    factories.reply(raised, "Thank you.", by=other)
    assert raised.inbox().messages[-1].text == "Thank you."


def test_once_vouched_everything_opens_and_is_sealed_to_the_new_keys_alone(trust: Trust, raised: RaisedCase) -> None:
    before, other = readers_of(raised)
    me = with_new_keys(trust, before)
    vouch(trust, me, other)
    with trust.work(me) as uow:
        assert keyring.with_old_locks(uow) == [raised.id]
        assert raised.ref in [line.case.ref for line in cases.worklist(uow, cases.Filters()).lines]
    with trust.work(me) as uow:
        keyring.change_locks(uow, keyring.with_old_locks(uow))
    with trust.work(me, writes=False) as uow:
        assert keyring.with_old_locks(uow) == []
        assert keyring.had_keys(uow)
    assert raised.view(me).told.narrative == "The first words."
    assert raised.view(other).told.narrative == "The first words."
    assert opened_by(before, raised) == 0
    assert opened_by(me, raised) == 3


def test_what_is_said_after_the_vouching_is_sealed_to_the_new_keys_whoever_writes_first(
    trust: Trust, raised: RaisedCase
) -> None:
    before, other = readers_of(raised)
    me = with_new_keys(trust, before)
    vouch(trust, me, other)
    factories.message(raised, "It happened again.")
    assert raised.view(me).messages[-1].text == "It happened again."
    assert opened_by(before, raised) == 0


def test_keys_can_be_replaced_twice(trust: Trust, raised: RaisedCase) -> None:
    before, other = readers_of(raised)
    me = with_new_keys(trust, with_new_keys(trust, before))
    vouch(trust, me, other)
    assert raised.view(me).told.narrative == "The first words."


def test_the_authenticator_and_the_memory_stay(trust: Trust, raised: RaisedCase) -> None:
    before, other = readers_of(raised)
    with raised.as_(before) as (uow, case):
        cases.mark_read(uow, case)
    me = with_new_keys(trust, before)
    vouch(trust, me, other)
    with trust.work(me) as uow:
        accounts.check_second_factor(uow, accounts.member(uow, me.id).person, me.code())
        assert keyring.told_seen(uow, raised.id) == 1


def test_nobody_takes_new_keys_that_nobody_could_vouch_for(trust: Trust, raised: RaisedCase) -> None:
    with trust.work(trust.guardian) as uow:
        for each in (trust.second_guardian, trust.lead, trust.non_executive_lead):
            keyring.remove(uow, each.id)
    with pytest.raises(Conflict):
        with_new_keys(trust, trust.guardian)


def test_a_visitor_and_somebody_without_cases_have_no_locks(trust: Trust) -> None:
    with pytest.raises(Forbidden), trust.work(trust.administrator, writes=False) as uow:
        keyring.with_old_locks(uow)
    with trust.work(trust.guardian, writes=False) as uow:
        assert keyring.with_old_locks(uow) == []
        assert not keyring.had_keys(uow)


def test_former_secrets_taken_away_are_a_fault_and_no_silent_loss(trust: Trust, raised: RaisedCase) -> None:
    before, other = readers_of(raised)
    me = with_new_keys(trust, before)
    vouch(trust, me, other)
    with trust.stored.unbound() as connection:
        connection.execute(
            sa.update(T["key_pair"]).where(T["key_pair"].c.person_id == me.id).values(sealed_former=None)
        )
        connection.commit()
    with pytest.raises(IntegrityFault):
        raised.view(me)


def opened_by(who: Colleague, raised: RaisedCase) -> int:
    """Count the grants of a case that this colleague's root secret opens, as a thief would try."""
    keys, opened = staff_keys(who.root_secret), 0
    with raised.trust.stored.unbound() as connection:
        rows = connection.execute(sa.select(T["grant_to"]).where(T["grant_to"].c.case_id == raised.id)).mappings()
        for row in rows.all():
            place = Place(raised.trust.id, raised.id, row["compartment_id"], row["kind"])
            holder = Holder(PrincipalKind.STAFF, who.id, keys.fingerprint)
            try:
                envelope.unwrap_key(row["sealed_key"], keys, place.grant_info(row["version"], holder))
            except Unreadable:
                continue
            opened += 1
    return opened
