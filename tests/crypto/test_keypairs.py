import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.crypto import errors, keypairs, words

ROOT = bytes(range(32))
STAFF = keypairs.staff_keys(ROOT)


def test_the_same_root_secret_always_gives_the_same_keys() -> None:
    assert keypairs.staff_keys(ROOT).public == STAFF.public
    assert keypairs.staff_keys(keypairs.new_root_secret()).public != STAFF.public


def test_staff_vouch_and_approve_with_different_keys() -> None:
    public = STAFF.public
    assert public.vouching != public.approving
    assert keypairs.verify_signature(public.vouching, b"message", STAFF.sign_vouching(b"message"))
    assert keypairs.verify_signature(public.approving, b"message", STAFF.sign_approving(b"message"))
    assert not keypairs.verify_signature(public.approving, b"message", STAFF.sign_vouching(b"message"))
    assert not keypairs.verify_signature(public.vouching, b"another", STAFF.sign_vouching(b"message"))


def test_a_reporter_signs_nothing() -> None:
    reporter = keypairs.reporter_keys(ROOT)
    assert (reporter.public.vouching, reporter.public.approving) == (b"", b"")
    for sign in (reporter.sign_vouching, reporter.sign_approving):
        with pytest.raises(ValueError, match="only staff"):
            sign(b"message")


@pytest.mark.parametrize(
    ("public", "signature"), [(b"", b""), (bytes(31), bytes(64)), (STAFF.public.vouching, b"short")]
)
def test_a_malformed_key_or_signature_does_not_verify(public: bytes, signature: bytes) -> None:
    assert not keypairs.verify_signature(public, b"message", signature)


def test_key_pairs_show_nothing_secret() -> None:
    seen = repr(STAFF) + str(STAFF)
    assert seen == "<KeyPairs><KeyPairs>"


@pytest.mark.parametrize("keys", [STAFF, keypairs.reporter_keys(ROOT)], ids=["staff", "reporter"])
def test_public_keys_survive_storage(keys: keypairs.KeyPairs) -> None:
    assert keypairs.PublicKeys.from_bytes(keys.public.to_bytes()) == keys.public


@pytest.mark.parametrize("length", [0, 1, 1216, 1218, 1249, 1280, 1282])
def test_stored_public_keys_of_another_length_are_unreadable(length: int) -> None:
    with pytest.raises(errors.Unreadable):
        keypairs.PublicKeys.from_bytes(STAFF.public.to_bytes().ljust(2000, b"\0")[:length])


def test_stored_public_keys_of_another_version_are_an_unknown_format() -> None:
    with pytest.raises(errors.UnknownFormat):
        keypairs.PublicKeys.from_bytes(b"\x02" + STAFF.public.to_bytes()[1:])


def test_fingerprints_cover_every_key() -> None:
    public, other = STAFF.public, keypairs.staff_keys(keypairs.new_root_secret()).public
    variants = [
        public,
        keypairs.PublicKeys(other.sealing, public.vouching, public.approving),
        keypairs.PublicKeys(public.sealing, other.vouching, public.approving),
        keypairs.PublicKeys(public.sealing, public.vouching, other.approving),
        keypairs.PublicKeys(public.sealing, public.approving, public.vouching),
        keypairs.PublicKeys(public.sealing),
    ]
    assert len({variant.fingerprint() for variant in variants}) == len(variants)
    assert len(public.fingerprint()) == 32


@given(st.text(max_size=10), st.text(max_size=10), st.integers(1, 64), st.integers(1, 64))
def test_labels_and_lengths_give_unrelated_bytes(one: str, other: str, length: int, other_length: int) -> None:
    first, second = keypairs.derive(ROOT, one, length), keypairs.derive(ROOT, other, other_length)
    assert (len(first), len(second)) == (length, other_length)
    if (one, length) == (other, other_length):
        assert first == second
    elif min(length, other_length) >= 16:
        assert first[:16] != second[:16]


@pytest.mark.parametrize("length", [0, 31, 33])
def test_only_32_bytes_are_a_root_secret(length: int) -> None:
    for use in (keypairs.staff_keys, keypairs.reporter_keys, lambda secret: keypairs.derive(secret, "label")):
        with pytest.raises(ValueError, match="32 bytes"):
            use(bytes(length))


def test_five_words_are_of_the_list_and_belong_to_one_organisation() -> None:
    fingerprint = STAFF.public.fingerprint()
    here, elsewhere = keypairs.five_words(fingerprint, b"here"), keypairs.five_words(fingerprint, b"elsewhere")
    assert here != elsewhere
    assert len(here) == 5
    assert set(here) <= set(words.all_words())


def test_five_words_can_say_all_64_bits() -> None:
    assert words.LENGTH**5 > 2**64
