"""Looking for planted words in whatever a thief can carry off: plain, in other encodings, in compressed streams."""

import base64
import bz2
import codecs
import gzip
import io
import itertools
import json
import lzma
import quopri
import struct
import subprocess
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa

from speakup.tables import METADATA
from tests import postgres
from tests.databases import Stored

LOOKED_FOR = 50
"""So many letters of a sentence: what lies about may be cut off."""
MOST = 4_000_000
"""Bytes of a compressed stream, and as many of what was in it."""
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be")


def forms_of(sentence: str) -> Iterator[bytes]:
    """Every way the words might lie about: plain, other encodings, base 64 at its three offsets, hexadecimal."""
    words = sentence[:LOOKED_FOR]
    for encoding in ENCODINGS:
        raw = words.encode(encoding)
        yield raw
        yield codecs.encode(raw, "hex")
        yield codecs.encode(raw, "hex").upper()
        for offset in range(3):
            encoded = base64.b64encode(bytes(offset) + raw)
            yield encoded[4 if offset else 0 : -4]
            yield encoded[4 if offset else 0 : -4].replace(b"+", b"-").replace(b"/", b"_")
    yield words.replace(" ", "+").encode()
    yield quote(words).encode()
    yield quote(words, safe="").encode()
    yield json.dumps(words)[1:-1].encode()
    yield quopri.encodestring(words.encode(), quotetabs=True).replace(b"=\n", b"")


def heaps_of(stored: bytes) -> Iterator[bytes]:
    """What lies there, without the ends of lines that letters are cut at, and every compressed stream in it, opened."""
    yield stored
    for ending in (b"=\r\n", b"=\n", b"\r\n", b"\n"):
        if ending in stored:
            yield stored.replace(ending, b"")
    for mark, opened in _STREAMS.items():
        at = stored.find(mark)
        while at >= 0:
            with suppress(zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, struct.error):
                yield opened(memoryview(stored)[at : at + MOST])
            at = stored.find(mark, at + 1)


def _deflated(bits: int) -> Callable[[memoryview], bytes]:
    return lambda stream: zlib.decompressobj(bits).decompress(stream, MOST)


def _zipped(stream: memoryview) -> bytes:
    """Open one member of an archive, by what stands before it."""
    name, extra = struct.unpack("<HH", stream[26:30])
    return zlib.decompressobj(-15).decompress(stream[30 + name + extra :], MOST)


_STREAMS: Mapping[bytes, Callable[[memoryview], bytes]] = {
    b"\x1f\x8b\x08": _deflated(31),
    b"\x78\x01": _deflated(15),
    b"\x78\x5e": _deflated(15),
    b"\x78\x9c": _deflated(15),
    b"\x78\xda": _deflated(15),
    b"PK\x03\x04": _zipped,
    b"BZh": lambda stream: bz2.BZ2Decompressor().decompress(stream, MOST),
    b"\xfd7zXZ\x00": lambda stream: lzma.LZMADecompressor().decompress(stream, MOST),
    b"\x5d\x00\x00": lambda stream: lzma.LZMADecompressor(lzma.FORMAT_ALONE).decompress(stream, MOST),
}


def found_in(stored: bytes, planted: Mapping[str, str]) -> list[str]:
    """Name what was planted and can be found."""
    forms = {name: {form.lower() for form in forms_of(sentence)} for name, sentence in planted.items()}
    return sorted({
        name
        for heap, (name, ways) in itertools.product([each.lower() for each in heaps_of(stored)], forms.items())
        if any(form in heap for form in ways)
    })  # fmt: skip


def disguises_of(sentence: str) -> Iterator[bytes]:
    """Yield the sentence as it might lie about, made without what looks for it: to see that the looking looks."""
    plain = sentence.encode()
    yield plain
    yield sentence.encode("utf-16-le")
    yield sentence.encode("utf-16-be")
    yield plain.hex().encode()
    yield quote(sentence).encode()
    yield quopri.encodestring(plain * 3, quotetabs=True)
    yield base64.encodebytes(b"A letter of several lines goes on and on for a while. " + plain)
    for offset in range(3):
        yield base64.b64encode(b"x" * offset + plain)
        yield base64.urlsafe_b64encode(b"\xff" * offset + sentence.encode("utf-16-le"))
    yield b"..." + gzip.compress(plain) + b"..."
    yield b"..." + zlib.compress(plain)
    yield zlib.compress(base64.b64encode(plain))
    yield b"..." + bz2.compress(plain)
    yield b"..." + lzma.compress(plain)
    yield b"..." + lzma.compress(plain, lzma.FORMAT_ALONE)
    yield _archive(plain)


def _archive(content: bytes) -> bytes:
    """An archive with one file in it, as an office document is."""
    with io.BytesIO() as made:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("word/document.xml", content)
        return made.getvalue()


def dumped(stored: Stored) -> bytes:
    """The whole PostgreSQL database as its own program writes it, and once more with its bytes as they are."""
    tool = postgres.program("pg_dump")
    address = stored.unbound_url.replace("postgresql+psycopg://", "postgresql://")
    text = subprocess.run([tool, "--dbname", address], check=True, capture_output=True).stdout if tool.exists() else b""
    return text + b"".join(_raw_rows(stored))


def _raw_rows(stored: Stored) -> Iterator[bytes]:
    with stored.unbound() as connection:
        for table in METADATA.sorted_tables:
            for row in connection.execute(sa.select(table)):
                yield b"|".join(value if isinstance(value, bytes) else str(value).encode() for value in row)


def kept_by_postgresql(stored: Stored) -> dict[str, bytes]:
    """The server's own files of this database, and what it wrote into its log, where this user may read them."""
    with stored.unbound() as connection:
        connection.exec_driver_sql("CHECKPOINT")
        data = Path(connection.scalar(sa.text("SHOW data_directory")))
        number = connection.scalar(sa.text("SELECT oid FROM pg_database WHERE datname = current_database()"))
    log = Path(str(sa.make_url(stored.url).query.get("host", ""))) / "log"
    try:
        return files_in(data / "base" / str(number)) | ({str(log): log.read_bytes()} if log.is_file() else {})
    except PermissionError:
        return {}


def files_in(*folders: Path) -> dict[str, bytes]:
    """Every file below, by where it lies; the name as well, which may itself say something."""
    return {
        str(path): f"{path}\n".encode() + path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }
