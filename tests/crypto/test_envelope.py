from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.crypto import envelope, errors, keypairs

KEY = bytes(range(32))
CONTEXT = envelope.bind("organisation", "case", "conversation", 1)
KEYS = keypairs.reporter_keys(b"\x01" * 32)
OTHER_KEYS = keypairs.reporter_keys(b"\x02" * 32)
WRAPPED = envelope.wrap_key(KEY, KEYS.public.sealing, CONTEXT)


def flipped(blob: bytes, bit: int) -> bytes:
    place, mask = divmod(bit, 8)
    return blob[:place] + bytes([blob[place] ^ (1 << mask)]) + blob[place + 1 :]


# --- sealed records --------------------------------------------------------------------------------------------------


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_a_sealed_record_opens_with_its_key_and_context(plaintext: bytes, context: bytes) -> None:
    assert envelope.open_sealed(KEY, envelope.seal(KEY, plaintext, context), context) == plaintext


def test_every_flipped_bit_makes_a_record_unreadable() -> None:
    blob = envelope.seal(KEY, b"A word.", CONTEXT)
    for bit in range(len(blob) * 8):
        with pytest.raises(errors.Unreadable):
            envelope.open_sealed(KEY, flipped(blob, bit), CONTEXT)


def test_every_truncation_makes_a_record_unreadable() -> None:
    blob = envelope.seal(KEY, b"A word.", CONTEXT)
    for length in range(len(blob)):
        with pytest.raises(errors.Unreadable):
            envelope.open_sealed(KEY, blob[:length], CONTEXT)


@given(st.binary(min_size=1, max_size=40))
def test_an_extended_record_is_unreadable(more: bytes) -> None:
    with pytest.raises(errors.Unreadable):
        envelope.open_sealed(KEY, envelope.seal(KEY, b"A word.", CONTEXT) + more, CONTEXT)


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_a_record_opens_nowhere_else(one: bytes, other: bytes) -> None:
    blob = envelope.seal(KEY, b"A word.", one)
    if one == other:
        assert envelope.open_sealed(KEY, blob, other) == b"A word."
        return
    with pytest.raises(errors.Unreadable):
        envelope.open_sealed(KEY, blob, other)


def test_a_record_opens_with_no_other_key() -> None:
    with pytest.raises(errors.Unreadable):
        envelope.open_sealed(envelope.new_data_key(), envelope.seal(KEY, b"A word.", CONTEXT), CONTEXT)


@given(st.integers(min_value=0, max_value=255).filter(lambda version: version != envelope.FORMAT))
def test_an_unknown_version_has_an_error_of_its_own(version: int) -> None:
    sealed, wrapped = envelope.seal(KEY, b"A word.", CONTEXT), WRAPPED
    with pytest.raises(errors.UnknownFormat):
        envelope.open_sealed(KEY, bytes([version]) + sealed[1:], CONTEXT)
    with pytest.raises(errors.UnknownFormat):
        envelope.unwrap_key(bytes([version]) + wrapped[1:], KEYS, CONTEXT)


def test_an_error_says_nothing_about_the_reason() -> None:
    with pytest.raises(errors.Unreadable) as caught:
        envelope.open_sealed(KEY, flipped(envelope.seal(KEY, b"A word.", CONTEXT), 100), CONTEXT)
    assert (caught.value.args, caught.value.__suppress_context__) == ((), True)


def test_the_same_words_never_seal_to_the_same_bytes() -> None:
    assert len({envelope.seal(KEY, b"A word.", CONTEXT) for _ in range(100)}) == 100


def test_sealing_adds_version_nonce_and_tag() -> None:
    blob = envelope.seal(KEY, b"A word.", CONTEXT)
    assert (blob[0], len(blob)) == (1, 7 + envelope.SEAL_OVERHEAD) == (1, 7 + 29)


@pytest.mark.parametrize("length", [0, 16, 24, 31, 33])
def test_only_a_32_byte_key_is_a_data_key(length: int) -> None:
    key = bytes(length)
    uses: list[Callable[[], object]] = [
        lambda: envelope.seal(key, b"", b""),
        lambda: envelope.open_sealed(key, envelope.seal(KEY, b"", b""), b""),
        lambda: envelope.wrap_key(key, KEYS.public.sealing, b""),
        lambda: envelope.commit(key, b""),
        lambda: envelope.digest(key, [], b""),
        lambda: envelope.subkey(key, "purpose", b""),
    ]
    for use in uses:
        with pytest.raises(ValueError, match="32 bytes"):
            use()


# --- wrapped data keys -----------------------------------------------------------------------------------------------


def test_a_wrapped_key_opens_for_its_principal_only() -> None:
    assert envelope.unwrap_key(WRAPPED, KEYS, CONTEXT) == KEY
    with pytest.raises(errors.Unreadable):
        envelope.unwrap_key(WRAPPED, OTHER_KEYS, CONTEXT)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=64))
def test_any_data_key_wraps_and_unwraps(data_key: bytes, info: bytes) -> None:
    blob = envelope.wrap_key(data_key, KEYS.public.sealing, info)
    assert envelope.unwrap_key(blob, KEYS, info) == data_key
    assert blob != envelope.wrap_key(data_key, KEYS.public.sealing, info)


def test_a_wrapped_key_is_a_version_and_1168_bytes() -> None:
    assert (WRAPPED[0], len(WRAPPED)) == (1, 1 + 1168)
    assert len(WRAPPED) == envelope.WRAPPED_KEY_LENGTH


@given(st.integers(min_value=0, max_value=len(WRAPPED) * 8 - 1))
def test_any_flipped_bit_makes_a_wrapped_key_unreadable(bit: int) -> None:
    with pytest.raises(errors.Unreadable):
        envelope.unwrap_key(flipped(WRAPPED, bit), KEYS, CONTEXT)


@given(st.integers(min_value=0, max_value=len(WRAPPED) - 1))
def test_any_truncation_makes_a_wrapped_key_unreadable(length: int) -> None:
    with pytest.raises(errors.Unreadable):
        envelope.unwrap_key(WRAPPED[:length], KEYS, CONTEXT)


@given(st.binary(min_size=1, max_size=64))
def test_an_extended_wrapped_key_is_unreadable(more: bytes) -> None:
    with pytest.raises(errors.Unreadable):
        envelope.unwrap_key(WRAPPED + more, KEYS, CONTEXT)


@given(st.binary(max_size=64).filter(lambda info: info != CONTEXT))
def test_a_wrapped_key_opens_under_no_other_info(info: bytes) -> None:
    with pytest.raises(errors.Unreadable):
        envelope.unwrap_key(WRAPPED, KEYS, info)


@pytest.mark.parametrize(
    "public_key",
    [
        b"",
        b"\xff" * 1216,
        KEYS.public.sealing[:-1],
        KEYS.public.sealing + b"\0",
        KEYS.public.sealing[:1184] + bytes(32),
    ],
    ids=["empty", "no lattice key", "short", "long", "curve point of low order"],
)
def test_nothing_is_wrapped_for_a_malformed_public_key(public_key: bytes) -> None:
    with pytest.raises(errors.Unreadable):
        envelope.wrap_key(KEY, public_key, CONTEXT)


def test_data_keys_are_random() -> None:
    assert len({envelope.new_data_key() for _ in range(100)}) == 100
    assert len(envelope.new_data_key()) == 32


# --- commitments, digests, codes -------------------------------------------------------------------------------------


def test_a_commitment_fixes_key_and_context() -> None:
    other = envelope.new_data_key()
    commitments = {envelope.commit(key, context) for key in (KEY, other) for context in (b"one", b"two")}
    assert len(commitments) == 4
    assert envelope.commit(KEY, b"one") == envelope.commit(KEY, b"one")
    assert KEY not in commitments


items = st.lists(st.binary(max_size=6), max_size=6)


@given(items, st.randoms())
def test_a_digest_does_not_depend_on_the_order(one: list[bytes], random: Random) -> None:
    shuffled = list(one)
    random.shuffle(shuffled)
    assert envelope.digest(KEY, shuffled, CONTEXT) == envelope.digest(KEY, iter(one), CONTEXT)


@given(items, items)
def test_a_digest_tells_any_two_collections_apart(one: list[bytes], other: list[bytes]) -> None:
    same = envelope.digest(KEY, one, CONTEXT) == envelope.digest(KEY, other, CONTEXT)
    assert same == (sorted(one) == sorted(other))


def test_a_digest_depends_on_key_and_context() -> None:
    records = [b"one", b"two"]
    other = envelope.new_data_key()
    assert len({envelope.digest(key, records, context) for key in (KEY, other) for context in (b"a", b"b")}) == 4


@given(st.binary(), st.binary())
def test_a_code_matches_its_message_only(message: bytes, other: bytes) -> None:
    tag = envelope.mac(KEY, message)
    assert envelope.mac_matches(KEY, message, tag)
    assert envelope.mac_matches(KEY, other, tag) == (other == message)
    assert not envelope.mac_matches(bytes(32), message, tag)
    assert not envelope.mac_matches(KEY, message, tag[:-1])


def test_subkeys_of_different_purposes_and_contexts_differ() -> None:
    subkeys = {envelope.subkey(KEY, purpose, context) for purpose in ("one", "two") for context in (b"a", b"b")}
    assert len(subkeys | {KEY}) == 5
