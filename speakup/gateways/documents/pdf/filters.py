"""The filters around a PDF's streams, undone under a limit: ISO 32000-1:2008, 7.4."""

import base64
import re
import zlib
from collections.abc import Callable

from pikepdf import Array, Object

from speakup.gateways.documents.outcomes import Reason, Refused


def unpacked(stream: Object, most: int) -> tuple[bytes, list[str]]:
    """The bytes with their general filters undone, and the filters that remain because they code a picture."""
    content, filters = stream.read_raw_bytes(), filter_names(stream)
    while filters and (undo := _UNDO.get(filters[0])):
        content = undo(content, most)
        if len(content) > most:
            raise Refused(Reason.BOMB)
        filters = filters[1:]
    return content, filters


def filter_names(stream: Object) -> list[str]:
    names = stream.get("/Filter")
    if names is None:
        return []
    return [str(name) for name in names] if isinstance(names, Array) else [str(names)]


def _inflate(packed: bytes, most: int) -> bytes:
    """What can be inflated: a stream whose end is damaged gives what comes before, as in every reader."""
    inflater, unpacked = zlib.decompressobj(), bytearray()
    try:
        while packed and not inflater.eof:
            unpacked += inflater.decompress(packed, most + 1 - len(unpacked))
            packed = inflater.unconsumed_tail
            if len(unpacked) > most:
                raise Refused(Reason.BOMB)
    except zlib.error:
        pass
    return bytes(unpacked)


def _from_base_85(packed: bytes, _: int) -> bytes:
    return base64.a85decode(packed.partition(b"~>")[0].removeprefix(b"<~"))


def _from_hexadecimal(packed: bytes, _: int) -> bytes:
    digits = re.sub(rb"[^0-9A-Fa-f]", b"", packed.partition(b">")[0])
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


_UNDO: dict[str, Callable[[bytes, int], bytes]] = {
    "/FlateDecode": _inflate,
    "/Fl": _inflate,
    "/ASCII85Decode": _from_base_85,
    "/A85": _from_base_85,
    "/ASCIIHexDecode": _from_hexadecimal,
    "/AHx": _from_hexadecimal,
}
