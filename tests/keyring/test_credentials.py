"""Passphrases: what they open, at what cost, and what a changed row does."""

import pytest
import sqlalchemy as sa

from speakup import keyring
from speakup.crypto import passphrases
from speakup.kernel.errors import Conflict, IntegrityFault, Invalid
from speakup.keyring import WrongPassphrase
from speakup.tables import METADATA
from tests.trusts import Trust


def locked(trust: Trust) -> keyring.Locked:
    with trust.work() as uow:
        found = keyring.locked_key(uow, trust.guardian.id)
    assert found is not None
    return found


def test_the_passphrase_opens_the_root_secret_at_the_real_cost_and_no_other_does(trust: Trust) -> None:
    held, who = locked(trust), trust.guardian
    assert (held.parameters.memory_kib, held.parameters.iterations, held.parameters.lanes) == (65536, 3, 1)
    assert keyring.open_locked(who.id, held, who.passphrase, "tests") == who.root_secret
    with pytest.raises(WrongPassphrase):
        keyring.open_locked(who.id, held, who.passphrase + " ", "tests")
    with pytest.raises(WrongPassphrase):
        keyring.open_locked(None, None, who.passphrase, "tests")


def test_a_colleagues_sealed_secret_does_not_open_with_my_passphrase(trust: Trust) -> None:
    with trust.work() as uow:
        colleagues = keyring.locked_key(uow, trust.second_guardian.id)
    with pytest.raises(IntegrityFault):
        keyring.open_locked(trust.guardian.id, colleagues, trust.guardian.passphrase, "tests")


@pytest.mark.parametrize(
    "change", [{"memory_kib": 8}, {"memory_kib": 2**30}, {"lanes": 0}, {"salt": b""}, {"verifier": b""}], ids=str
)
def test_a_row_somebody_wrote_to_never_opens_and_never_costs_a_machine(trust: Trust, change: dict[str, object]) -> None:
    with trust.stored.unbound() as connection:
        connection.execute(sa.update(METADATA.tables["key_pair"]).values(change))
    with pytest.raises((IntegrityFault, WrongPassphrase)):
        keyring.open_locked(trust.guardian.id, locked(trust), trust.guardian.passphrase, "tests")


def test_a_changed_passphrase_keeps_the_keys_and_ends_the_old_one(trust: Trust) -> None:
    who, new = trust.guardian, "eleven barges drift past the mill"
    made = keyring.locked_new(who.id, who.root_secret, new, "tests", [who.name])
    with trust.work(who) as uow:
        keyring.change_passphrase(uow, made)
    assert keyring.open_locked(who.id, locked(trust), new, "tests") == who.root_secret
    with pytest.raises(WrongPassphrase):
        keyring.open_locked(who.id, locked(trust), who.passphrase, "tests")


@pytest.mark.parametrize(
    ("passphrase", "reason"),
    [
        ("short", "short"),
        ("x" * 1025, "long"),
        ("passwordpassword", "easy to guess"),
        ("gail.guard@example.org", "easy to guess"),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", "easy to guess"),
        ("Nova Newguard Anytown", "easy to guess"),
        ("newguardnova-anytown-2026", "easy to guess"),
    ],
)
def test_a_passphrase_that_is_easy_to_guess_is_refused_with_the_reason(passphrase: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        keyring.require_strong(
            passphrase, ["gail.guard@example.org", "Gail Guard", "Nova Newguard", "Anytown NHS Trust"]
        )
    assert (refused.value.field, refused.value.reason) == ("passphrase", reason)


def test_fourteen_characters_without_any_rule_of_composition_are_enough() -> None:
    keyring.require_strong("qvztplmwkrjxhd", [])


def test_a_known_name_does_no_harm_in_a_passphrase_that_is_hard_to_guess_without_it() -> None:
    keyring.require_strong("gail and eleven barges drift past the mill", ["Gail Guard"])


def test_keys_are_given_once(trust: Trust) -> None:
    with pytest.raises(Conflict), trust.work() as uow:
        keyring.create_key_pair(uow, trust.guardian.id, trust.guardian.root_secret, locked(trust))


def test_older_costs_are_known_to_be_old(trust: Trust) -> None:
    cheap = passphrases.lock(trust.guardian.passphrase, bytes(32), b"", passphrases.Parameters(8 * 1024, 1, 1))
    assert keyring.needs_renewal(cheap)
    assert not keyring.needs_renewal(locked(trust))
