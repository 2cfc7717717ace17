"""What format 1 wrote once must open for ever: these bytes were made by this program and are never made again.

A failure here means that an upgrade would lose what people wrote. Give the format a new number and keep reading 1.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from speakup.crypto import envelope, keypairs, padding, passphrases, receipts, streams

ROOT_SECRET = bytes(range(32))
DATA_KEY = bytes(range(32, 64))
CONTEXT = envelope.bind("organisation", "case", 1)
STAFF = keypairs.staff_keys(ROOT_SECRET)


@pytest.fixture(scope="module")
def stored() -> dict[str, bytes]:
    values: dict[str, Any] = json.loads((Path(__file__).parent / "vectors" / "format_1.json").read_text())
    return {name: bytes.fromhex(value) for name, value in values.items()}


def test_a_record_still_opens(stored: dict[str, bytes]) -> None:
    assert padding.unpad(envelope.open_sealed(DATA_KEY, stored["record"], CONTEXT)) == b"A word."


def test_a_wrapped_key_still_opens(stored: dict[str, bytes]) -> None:
    assert envelope.unwrap_key(stored["wrapped_key"], STAFF, CONTEXT) == DATA_KEY


def test_a_file_still_opens(stored: dict[str, bytes]) -> None:
    assert b"".join(streams.open_stream([stored["stream"]], DATA_KEY, CONTEXT)) == b"A file."


def test_a_passphrase_still_unlocks(stored: dict[str, bytes]) -> None:
    parameters = passphrases.Parameters(memory_kib=64, iterations=1, lanes=1)
    locked = passphrases.Locked(parameters, stored["salt"], stored["verifier"], stored["sealed_root"])
    assert passphrases.unlock("correct horse", locked, CONTEXT) == ROOT_SECRET


def test_a_receipt_still_opens_its_inbox(stored: dict[str, bytes]) -> None:
    generation = receipts.Generation(1, stored["salt"], passphrases.Parameters(memory_kib=64, iterations=1, lanes=1))
    receipt = receipts.parse("abacus zoom tapestry unplug yelp cognitive acorn")
    secrets = receipts.open_receipt(receipt, generation, b"organisation")
    assert (secrets.root_secret, secrets.lookup_hash) == (stored["receipt_root"], stored["receipt_lookup_hash"])


def test_keys_and_signatures_are_still_the_same(stored: dict[str, bytes]) -> None:
    assert STAFF.public.to_bytes() == stored["public_keys"]
    assert STAFF.public.fingerprint() == stored["fingerprint"]
    assert STAFF.sign_vouching(b"message") == stored["vouching_signature"]
    assert STAFF.sign_approving(b"message") == stored["approving_signature"]
    assert keypairs.derive(ROOT_SECRET, "label", 48) == stored["derived"]
    assert keypairs.five_words(stored["fingerprint"], b"organisation") == tuple(stored["five_words"].decode().split())


def test_commitments_digests_and_codes_are_still_the_same(stored: dict[str, bytes]) -> None:
    assert envelope.commit(DATA_KEY, CONTEXT) == stored["commitment"]
    assert envelope.digest(DATA_KEY, [b"two", b"one"], CONTEXT) == stored["digest"]
    assert envelope.mac(DATA_KEY, b"message") == stored["mac"]
