import unicodedata
from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.crypto import envelope, errors, passphrases
from speakup.crypto.passphrases import Locked, Parameters, WrongPassphrase

CHEAP = Parameters(memory_kib=8, iterations=1, lanes=1)
ROOT = bytes(range(32))
CONTEXT = envelope.bind("person", 1)
LOCKED = passphrases.lock("correct horse", ROOT, CONTEXT, CHEAP)


@given(st.text())
def test_any_passphrase_unlocks_what_it_locked(passphrase: str) -> None:
    locked = passphrases.lock(passphrase, ROOT, CONTEXT, CHEAP)
    assert passphrases.unlock(passphrase, locked, CONTEXT) == ROOT


@given(st.text().filter(lambda typed: unicodedata.normalize("NFKC", typed) != "correct horse"))
def test_no_other_passphrase_unlocks(passphrase: str) -> None:
    with pytest.raises(WrongPassphrase):
        passphrases.unlock(passphrase, LOCKED, CONTEXT)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_keyboards_that_compose_letters_differently_unlock_the_same(
    form: Literal["NFC", "NFD", "NFKC", "NFKD"],
) -> None:
    locked = passphrases.lock(
        "Ysgol Llanfairpwllgwyngyll \N{LATIN SMALL LETTER W WITH CIRCUMFLEX} ﬁn", ROOT, CONTEXT, CHEAP
    )
    typed = unicodedata.normalize(form, "Ysgol Llanfairpwllgwyngyll \N{LATIN SMALL LETTER W WITH CIRCUMFLEX} ﬁn")
    assert passphrases.unlock(typed, locked, CONTEXT) == ROOT


def test_half_a_surrogate_pair_is_a_passphrase_like_any_other() -> None:
    """A broken input method can send one; it must not end in a server error."""
    locked = passphrases.lock("half \ud83d", ROOT, CONTEXT, CHEAP)
    assert passphrases.unlock("half \ud83d", locked, CONTEXT) == ROOT


def test_a_lock_opens_only_where_it_belongs() -> None:
    with pytest.raises(errors.Unreadable):
        passphrases.unlock("correct horse", LOCKED, envelope.bind("person", 2))


def test_a_wrong_passphrase_never_reaches_the_sealed_root(monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[bytes] = []
    monkeypatch.setattr(envelope, "open_sealed", lambda _key, blob, _context: reached.append(blob))
    with pytest.raises(WrongPassphrase):
        passphrases.unlock("wrong horse", LOCKED, CONTEXT)
    assert reached == []


def test_a_swapped_verifier_makes_the_passphrase_wrong() -> None:
    with pytest.raises(WrongPassphrase):
        passphrases.unlock("correct horse", replace(LOCKED, verifier=bytes(32)), CONTEXT)


@given(st.integers(min_value=0, max_value=len(LOCKED.sealed_root) * 8 - 1))
def test_any_flipped_bit_of_the_sealed_root_is_unreadable(bit: int) -> None:
    place, mask = divmod(bit, 8)
    changed = bytearray(LOCKED.sealed_root)
    changed[place] ^= 1 << mask
    with pytest.raises(errors.Unreadable):
        passphrases.unlock("correct horse", replace(LOCKED, sealed_root=bytes(changed)), CONTEXT)


@pytest.mark.parametrize("parameters", [replace(CHEAP, iterations=2), replace(CHEAP, memory_kib=9)])
def test_changed_parameters_open_nothing(parameters: Parameters) -> None:
    with pytest.raises(WrongPassphrase):
        passphrases.unlock("correct horse", replace(LOCKED, parameters=parameters), CONTEXT)


@pytest.mark.parametrize("salt", [b"", bytes(15), bytes(17)])
def test_a_salt_of_another_length_is_unreadable(salt: bytes) -> None:
    with pytest.raises(errors.Unreadable):
        passphrases.unlock("correct horse", replace(LOCKED, salt=salt), CONTEXT)


@pytest.mark.parametrize(
    ("memory_kib", "iterations", "lanes"),
    [(7, 1, 1), (2**20 + 1, 1, 1), (64, 0, 1), (64, 65, 1), (1024, 1, 0), (1024, 1, 17), (31, 1, 4), (-8, -1, -1)],
)
def test_a_row_cannot_make_the_program_spend_a_machine(memory_kib: int, iterations: int, lanes: int) -> None:
    with pytest.raises(errors.Unreadable):
        Parameters(memory_kib, iterations, lanes)


def test_two_locks_of_one_passphrase_have_nothing_in_common() -> None:
    other = passphrases.lock("correct horse", ROOT, CONTEXT, CHEAP)
    assert {other.salt, other.verifier, other.sealed_root}.isdisjoint(
        {LOCKED.salt, LOCKED.verifier, LOCKED.sealed_root}
    )


def test_nothing_stored_is_the_root_secret_or_its_key() -> None:
    assert ROOT not in LOCKED.salt + LOCKED.verifier + LOCKED.sealed_root
    with pytest.raises(errors.Unreadable):
        envelope.open_sealed(LOCKED.verifier, LOCKED.sealed_root, CONTEXT)


def test_a_lock_shows_only_what_it_cost() -> None:
    assert repr(LOCKED) == "Locked(parameters=Parameters(memory_kib=8, iterations=1, lanes=1))"


def test_older_parameters_are_renewed_at_sign_in() -> None:
    assert Parameters(memory_kib=65536, iterations=3, lanes=1) == passphrases.CURRENT
    assert passphrases.needs_renewal(LOCKED)
    assert not passphrases.needs_renewal(Locked(passphrases.CURRENT, bytes(16), bytes(32), b""))


def test_an_unknown_account_costs_one_derivation_like_a_known_one(monkeypatch: pytest.MonkeyPatch) -> None:
    spent: list[Parameters] = []
    stretch = Parameters.stretch

    def counted(self: Parameters, secret: bytes, salt: bytes) -> bytes:
        spent.append(self)
        return stretch(self, secret, salt)

    monkeypatch.setattr(Parameters, "stretch", counted)
    passphrases.unlock("correct horse", LOCKED, CONTEXT)
    passphrases.waste(CHEAP)
    assert spent == [CHEAP, CHEAP]
