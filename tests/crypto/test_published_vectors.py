"""Known answers that others published. The long ones are in vectors/, each file with its source.

HPKE: nobody has published a vector for X-Wing with AES-256-GCM, the suite used here. Its three parts each have one:
X-Wing with HKDF-SHA256 (and ChaCha20-Poly1305), AES-256-GCM (with X25519), and the X-Wing keys alone; the whole suite
is checked against another implementation in test_interoperability.py.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, mlkem, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from speakup.crypto import envelope, errors, keypairs, passphrases


def published(name: str) -> list[dict[str, Any]]:
    vectors: list[dict[str, Any]] = json.loads((Path(__file__).parent / "vectors" / name).read_text())["vectors"]
    return vectors


def unhex(vector: dict[str, Any]) -> dict[str, Any]:
    return {name: bytes.fromhex(value) if isinstance(value, str) else value for name, value in vector.items()}


# --- X-Wing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", published("xwing.json"))
def test_an_xwing_seed_gives_the_published_public_key(vector: dict[str, Any]) -> None:
    known = unhex(vector)
    lattice, curve = keypairs.xwing_halves(known["seed"])
    assert lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw() == known["pk"]


@pytest.mark.parametrize("vector", published("xwing.json"))
def test_the_halves_of_an_xwing_key_open_the_published_ciphertext(vector: dict[str, Any]) -> None:
    known = unhex(vector)
    lattice, curve = keypairs.xwing_halves(known["seed"])
    lattice_sealed, curve_share = known["ct"][:1088], known["ct"][1088:]
    curve_secret = curve.exchange(x25519.X25519PublicKey.from_public_bytes(curve_share))
    # Section 5.3 of the draft; its label draws the ship.
    label = bytes.fromhex("5c2e2f2f5e5c")
    combined = lattice.decapsulate(lattice_sealed) + curve_secret + curve_share + known["pk"][1184:] + label
    assert hashlib.sha3_256(combined).digest() == known["ss"]


# --- HPKE ------------------------------------------------------------------------------------------------------------

KEMS = {0x20: KEM.X25519, 0x41: KEM.MLKEM768, 0x647A: KEM.MLKEM768_X25519}
AEADS = {1: AEAD.AES_128_GCM, 2: AEAD.AES_256_GCM, 3: AEAD.CHACHA20_POLY1305}


def hpke_private_key(
    kem: int, secret: bytes
) -> x25519.X25519PrivateKey | mlkem.MLKEM768PrivateKey | MLKEM768X25519PrivateKey:
    if kem == 0x20:
        return x25519.X25519PrivateKey.from_private_bytes(secret)
    if kem == 0x41:
        return mlkem.MLKEM768PrivateKey.from_seed_bytes(secret)
    return MLKEM768X25519PrivateKey(*keypairs.xwing_halves(secret))


@pytest.mark.parametrize("vector", published("hpke.json"))
def test_hpke_opens_the_published_messages(vector: dict[str, Any]) -> None:
    known = unhex(vector)
    suite = Suite(KEMS[known["kem_id"]], KDF.HKDF_SHA256, AEADS[known["aead_id"]])
    key = hpke_private_key(known["kem_id"], known["skRm"])
    # All published messages carry associated data, for which the library's public single-shot call has no place.
    opened = openssl.hpke._decrypt_with_aad(suite, known["enc"] + known["ct"], key, known["info"], known["aad"])  # noqa: SLF001
    assert opened == known["pt"]


# --- AES-256-GCM -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", published("aes_gcm.json"))
def test_aes_gcm_agrees_with_nist(vector: dict[str, Any]) -> None:
    known = unhex(vector)
    sealed = known["ct"] + known["tag"]
    if known["pt"] is None:
        with pytest.raises(InvalidTag):
            AESGCM(known["key"]).decrypt(known["iv"], sealed, known["aad"])
        return
    assert AESGCM(known["key"]).decrypt(known["iv"], sealed, known["aad"]) == known["pt"]
    assert AESGCM(known["key"]).encrypt(known["iv"], known["pt"], known["aad"]) == sealed


def test_a_sealed_record_is_nists_aes_gcm_behind_a_version_byte() -> None:
    """Two of NIST's vectors have associated data that begins, as ours always does, with the byte 1."""
    ours = [known for known in map(unhex, published("aes_gcm.json")) if known["aad"].startswith(b"\x01")]
    outcomes: list[bytes | None] = []
    for known in ours:
        blob = b"\x01" + known["iv"] + known["ct"] + known["tag"]
        try:
            outcomes.append(envelope.open_sealed(known["key"], blob, known["aad"][1:]))
        except errors.Unreadable:
            outcomes.append(None)
    assert outcomes == [known["pt"] for known in ours]
    assert [outcome is None for outcome in outcomes] == [False, True]


# --- HKDF-SHA256 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", published("hkdf_sha256.json"))
def test_hkdf_agrees_with_its_rfc(vector: dict[str, Any]) -> None:
    known = unhex(vector)
    kdf = HKDF(hashes.SHA256(), len(known["output"]), known["salt"], known["info"])
    assert kdf.derive(known["secret"]) == known["output"]


# --- Argon2id --------------------------------------------------------------------------------------------------------


def test_argon2id_agrees_with_its_rfc() -> None:
    """RFC 9106, section 5.3: with a secret and associated data."""
    kdf = Argon2id(
        salt=b"\x02" * 16, length=32, iterations=3, lanes=4, memory_cost=32, ad=b"\x04" * 12, secret=b"\x03" * 8
    )
    assert kdf.derive(b"\x01" * 32).hex() == "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"


@pytest.mark.parametrize(
    ("iterations", "memory_kib", "lanes", "output"),
    [
        (2, 65536, 1, "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"),
        (2, 256, 1, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"),
        (2, 256, 2, "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"),
        (1, 65536, 1, "f6a5adc1ba723dddef9b5ac1d464e180fcd9dffc9d1cbf76cca2fed795d9ca98"),
    ],
)
def test_stretching_agrees_with_the_reference_implementation(
    iterations: int, memory_kib: int, lanes: int, output: str
) -> None:
    """github.com/P-H-C/phc-winner-argon2, src/test.c, version 0x13."""
    stretched = passphrases.Parameters(memory_kib, iterations, lanes).stretch(b"password", b"somesalt")
    assert stretched.hex() == output


# --- ML-KEM-768 ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", published("ml_kem_768_key_generation.json"))
def test_ml_kem_keys_from_seeds_agree_with_nist(vector: dict[str, Any]) -> None:
    known = unhex(vector)
    key = mlkem.MLKEM768PrivateKey.from_seed_bytes(known["d"] + known["z"])
    assert key.public_key().public_bytes_raw() == known["ek"]


# --- Ed25519 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", published("ed25519.json"))
def test_signatures_agree_with_their_rfc(vector: dict[str, Any]) -> None:
    known = unhex(vector)
    key = ed25519.Ed25519PrivateKey.from_private_bytes(known["secret"])
    assert key.public_key().public_bytes_raw() == known["public"]
    assert key.sign(known["message"]) == known["signature"]
    assert keypairs.verify_signature(known["public"], known["message"], known["signature"])
