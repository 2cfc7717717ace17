"""An archive opens with its passphrase alone, and only whole."""

import pytest

from speakup.crypto import archives
from speakup.crypto.errors import UnknownFormat, Unreadable
from speakup.crypto.passphrases import Parameters

CHEAP = Parameters(memory_kib=64, iterations=1, lanes=1)
PASSPHRASE = "seven lanterns over the quiet harbour"


def sealed(body: bytes, passphrase: str = PASSPHRASE) -> bytes:
    return b"".join(archives.seal_archive([body], archives.new_key(passphrase, CHEAP)))


def opened(archive: bytes, passphrase: str = PASSPHRASE, size: int = 1000) -> bytes:
    pieces = (archive[at : at + size] for at in range(0, len(archive), size))
    return b"".join(archives.open_archive(pieces, passphrase))


@pytest.mark.parametrize("length", [0, 1, 70_000, 300_000])
@pytest.mark.parametrize("size", [7, 1000, 1_000_000])
def test_an_archive_opens_with_its_passphrase_however_it_comes(length: int, size: int) -> None:
    body = bytes(range(256)) * (length // 256 + 1)
    assert opened(sealed(body[:length]), size=size) == body[:length]


def test_the_same_letters_from_another_keyboard_open_it() -> None:
    assert opened(sealed(b"x", "café and four more words"), "cafe\u0301 and four more words") == b"x"


def test_nothing_else_opens_it() -> None:
    archive = sealed(b"what was told" * 10_000)
    with pytest.raises(Unreadable):
        opened(archive, PASSPHRASE + " ")
    for at in (len(archives.MAGIC) + 30, len(archive) // 2, len(archive) - 1):
        changed = archive[:at] + bytes([archive[at] ^ 1]) + archive[at + 1 :]
        with pytest.raises(Unreadable):
            opened(changed)
    for end in (10, len(archives.MAGIC) + 5, len(archive) - 70_000, len(archive) - 1):
        with pytest.raises(Unreadable):
            opened(archive[:end])


@pytest.mark.parametrize("body", [b"PK\x03\x04\n\n", b"\n\n", b"SPEAK-UP-ARCHIVE-2\n{}\n"])
def test_another_kind_of_file_is_said_to_be_one(body: bytes) -> None:
    with pytest.raises(UnknownFormat):
        opened(body)


def test_costs_that_nobody_would_choose_are_not_paid() -> None:
    line = (
        b'{"kdf": "argon2id", "memory_kib": 99999999, "iterations": 3, "lanes": 1, "salt": "AAAAAAAAAAAAAAAAAAAAAA=="}'
    )
    with pytest.raises(Unreadable):
        opened(archives.MAGIC + line + b"\n" + bytes(100))
