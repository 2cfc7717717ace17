"""Looking for a planted word wherever a file could hold it."""

import base64
import io
import re
import zipfile
import zlib
from collections.abc import Iterator

import pikepdf

MARK = "Quillon-Zebrafinch"  # in no library, font or template


def traces_of(mark: str, body: bytes, depth: int = 0) -> list[str]:
    """Where the word is: as it stands, in UTF-16, base 64 or hexadecimal, and in everything packed inside."""
    found = [name for name, written in _ways_to_write(mark) if written.lower() in body.lower()]
    if depth < 3:
        for where, inside in _packed_inside(body):
            found += [f"{where}: {trace}" for trace in traces_of(mark, inside, depth + 1)]
    return found


def _ways_to_write(mark: str) -> Iterator[tuple[str, bytes]]:
    yield "raw", mark.encode()
    yield "UTF-16 LE", mark.encode("utf-16-le")
    yield "UTF-16 BE", mark.encode("utf-16-be")
    yield "hexadecimal", mark.encode().hex().encode()
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + mark.encode())
        yield "base 64", coded[4 if shift else 0 : -4]


def _packed_inside(body: bytes) -> Iterator[tuple[str, bytes]]:
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for member in archive.infolist():
                yield "a member's name", member.filename.encode()
                yield member.filename, archive.read(member)
    elif body.startswith(b"%PDF-"):
        yield from _inside_pdf(body)
    elif len(body) < 2_000_000:
        for start in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", body):
            inflated = _inflated(body[start.start() :])
            if len(inflated) >= len(MARK):
                yield f"deflated at {start.start()}", inflated


def _inflated(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, 1_000_000)
    except zlib.error:
        return b""


def _inside_pdf(body: bytes) -> Iterator[tuple[str, bytes]]:
    with pikepdf.open(io.BytesIO(body)) as pdf:
        for thing in pdf.objects:
            where = f"object {thing.objgen}"
            yield where, b" ".join(_strings(thing, 0))
            if isinstance(thing, pikepdf.Stream):
                yield where, thing.read_raw_bytes()
                try:
                    yield where, thing.read_bytes()
                except pikepdf.PdfError:
                    continue
        yield "trailer", b" ".join(_strings(pdf.trailer, 0))


def _strings(thing: object, depth: int) -> Iterator[bytes]:
    if isinstance(thing, pikepdf.String):
        yield bytes(thing)
    elif isinstance(thing, pikepdf.Array) and depth < 8:
        for item in thing:
            yield from _strings(item, depth + 1)
    elif isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)) and depth < 8:
        for key in thing.keys():  # noqa: SIM118 -- a stream cannot be gone through itself.
            yield str(key).encode()
            if str(key) != "/Parent":
                yield from _strings(thing[key], depth + 1)
    else:
        yield str(thing).encode(errors="replace") if isinstance(thing, pikepdf.Name) else b""
