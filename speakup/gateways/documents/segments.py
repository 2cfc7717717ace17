"""Picture files taken apart into their segments, and put together again from those that hold the picture.

Nothing is decoded here, so every pixel stays what it was. Each `strip_…` keeps an allow-list: a segment that is not
needed to draw the picture is left out, whatever it is called, and so is everything after the end.
Sources: JPEG: ITU-T T.81 annex B; PNG: W3C PNG third edition, 4 and 11; GIF: GIF89a; WebP: RFC 9649;
JPEG 2000: ITU-T T.800 annexes A and I.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from speakup.gateways.documents.outcomes import Reason, Rebuilt, Refused, Removed


@dataclass(frozen=True)
class Segment:
    """One piece of a file: its name, the bytes inside it, and the whole of it as it stands in the file."""

    name: bytes
    inside: bytes = field(repr=False)
    whole: bytes = field(repr=False)


# --- JPEG ------------------------------------------------------------------------------------------------------------

_JPEG_MARKER_IN_SCAN = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_JPEG_ALONE = frozenset(range(0xD0, 0xD8)) | {0x01}
_END_OF_IMAGE, _START_OF_SCAN = 0xD9, 0xDA
_JFIF_FIXED, _ADOBE_FIXED = 12, 12  # bytes of each that say something about the picture
_ADOBE, _JFIF = b"\xee", b"\xe0"


def jpeg_segments(body: bytes) -> Iterator[Segment]:
    """Marker segments in order; the data of a scan belongs to its SOS. The last one, `end`, is what follows EOI."""
    if not body.startswith(b"\xff\xd8"):
        raise Refused(Reason.MISLABELLED)
    at = 2
    while True:
        at, marker = _jpeg_marker(body, at)
        if marker == _END_OF_IMAGE:
            yield Segment(b"end", body[at:], body[at:])
            return
        if marker in _JPEG_ALONE:
            continue
        length = int.from_bytes(_exactly(body, at, 2), "big")
        stop = at + length
        inside = _exactly(body, at + 2, max(0, length - 2))
        if marker == _START_OF_SCAN:
            found = _JPEG_MARKER_IN_SCAN.search(body, stop)
            if found is None:
                raise Refused(Reason.TRUNCATED)
            stop = found.start()
        yield Segment(bytes([marker]), inside, b"\xff" + bytes([marker]) + body[at:stop])
        at = stop


def strip_jpeg(body: bytes) -> Rebuilt:
    """Without EXIF, XMP, IPTC, colour profile, further pictures, comments and trailing bytes.

    Adobe's segment stays, because it says how the colours are coded; JFIF's stays without its thumbnail.
    """
    kept, removed = [b"\xff\xd8"], set[Removed]()
    for segment in jpeg_segments(body):
        if segment.name == b"end":
            removed |= {Removed.EXTRA_DATA} if segment.inside.strip(b"\0") else set()
        elif segment.name == _JFIF and segment.inside.startswith(b"JFIF\0") and len(segment.inside) >= _JFIF_FIXED:
            kept.append(b"\xff\xe0\x00\x10" + segment.inside[:12] + b"\0\0")
        elif segment.name == _ADOBE and segment.inside.startswith(b"Adobe") and len(segment.inside) >= _ADOBE_FIXED:
            kept.append(b"\xff\xee\x00\x0e" + segment.inside[:12])
        elif b"\xe0" <= segment.name <= b"\xef" or segment.name == b"\xfe":
            removed |= found_in_jpeg_segment(segment)
        else:
            kept.append(segment.whole)
    return Rebuilt(b"".join([*kept, b"\xff\xd9"]), removed)


def found_in_jpeg_segment(segment: Segment) -> set[Removed]:
    if segment.inside.startswith((b"http://ns.adobe.com/xap", b"http://ns.adobe.com/xmp")):
        return found_in_xmp(segment.inside)
    if segment.inside.startswith(b"MPF\0"):
        return {Removed.EXTRA_PICTURES}
    if segment.inside.startswith((b"JFXX", b"JFIF")):
        return {Removed.THUMBNAIL} if segment.inside.startswith(b"JFXX") else set()
    if segment.inside.startswith(b"ICC_PROFILE\0"):
        return set()
    if segment.inside.startswith(b"Exif\0"):
        return found_in_exif(segment.inside)
    return {Removed.DESCRIPTION}


# --- PNG -------------------------------------------------------------------------------------------------------------

_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_DRAWN = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"acTL", b"fcTL", b"fdAT", b"IEND"})
_PNG_HARMLESS = frozenset({b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"pHYs", b"sBIT", b"bKGD", b"hIST", b"cICP", b"sPLT"})


def png_segments(body: bytes) -> Iterator[Segment]:
    if not body.startswith(_PNG_START):
        raise Refused(Reason.MISLABELLED)
    at = len(_PNG_START)
    while True:
        length = int.from_bytes(_exactly(body, at, 4), "big")
        name = _exactly(body, at + 4, 4)
        whole = _exactly(body, at, length + 12)
        yield Segment(name, whole[8:-4], whole)
        at += length + 12
        if name == b"IEND":
            yield Segment(b"end", body[at:], body[at:])
            return


def strip_png(body: bytes) -> Rebuilt:
    """Without text, EXIF, time, colour profile, private chunks and trailing bytes. An animation stays one."""
    kept, removed = [_PNG_START], set[Removed]()
    for segment in png_segments(body):
        if segment.name in _PNG_DRAWN:
            kept.append(segment.whole)
        else:
            removed |= found_in_png_segment(segment)
    return Rebuilt(b"".join(kept), removed)


def found_in_png_segment(segment: Segment) -> set[Removed]:
    if segment.name == b"end":
        return {Removed.EXTRA_DATA} if segment.inside.strip(b"\0") else set()
    if segment.name in _PNG_HARMLESS:
        return set()
    if segment.name == b"eXIf":
        return found_in_exif(segment.inside)
    if segment.name == b"tIME":
        return {Removed.DATES}
    if segment.name in (b"tEXt", b"zTXt", b"iTXt"):
        return _found_in_png_text(segment.inside)
    return {Removed.DESCRIPTION}


def _found_in_png_text(inside: bytes) -> set[Removed]:
    keyword = inside.partition(b"\0")[0].lower()
    if keyword.startswith(b"xml:com.adobe"):
        return found_in_xmp(inside)
    named = {b"author": Removed.AUTHOR, b"creation time": Removed.DATES, b"software": Removed.CAMERA}
    return {named.get(keyword, Removed.DESCRIPTION)}


# --- GIF -------------------------------------------------------------------------------------------------------------

_APPLICATION = 0xFF
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def gif_segments(body: bytes) -> Iterator[Segment]:
    """`head`, then `picture`, `control`, `loop`, `comment`, `text` or `private` blocks, then `end`."""
    if not body.startswith((b"GIF87a", b"GIF89a")):
        raise Refused(Reason.MISLABELLED)
    at = 13 + _gif_colours(_exactly(body, 10, 1)[0])
    yield Segment(b"head", b"", _exactly(body, 0, at))
    while (introducer := _exactly(body, at, 1)) != b"\x3b":
        if introducer == b"\x2c":
            start = at + 10 + _gif_colours(_exactly(body, at + 9, 1)[0]) + 1
            name = b"picture"
        elif introducer == b"\x21":
            start = at + 2
            name = _gif_extension(body, at)
        else:
            raise Refused(Reason.UNREADABLE)
        stop = _after_gif_blocks(body, start)
        yield Segment(name, body[start:stop], body[at:stop])
        at = stop
    yield Segment(b"end", body[at + 1 :], body[at + 1 :])


def strip_gif(body: bytes) -> Rebuilt:
    """Without comments, plain text, private blocks and trailing bytes. An animation stays one, with its loop."""
    kept, removed = list[bytes](), set[Removed]()
    for segment in gif_segments(body):
        if segment.name in (b"head", b"picture", b"control", b"loop"):
            kept.append(segment.whole)
        elif segment.name == b"end":
            removed |= {Removed.EXTRA_DATA} if segment.inside.strip(b"\0") else set()
        else:
            removed |= found_in_xmp(segment.inside) if b"XMP" in segment.inside[:12] else {Removed.DESCRIPTION}
    return Rebuilt(b"".join([*kept, b"\x3b"]), removed)


def _gif_colours(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _gif_extension(body: bytes, at: int) -> bytes:
    label = _exactly(body, at + 1, 1)[0]
    if label == _APPLICATION:
        plain_loop = _exactly(body, at + 3, 11) in _LOOPS and _after_gif_blocks(body, at + 2) == at + 19
        return b"loop" if plain_loop else b"private"
    return {0xF9: b"control", 0xFE: b"comment", 0x01: b"text"}.get(label, b"private")


def _after_gif_blocks(body: bytes, at: int) -> int:
    while length := _exactly(body, at, 1)[0]:
        at += length + 1
    return at + 1


# --- WebP ------------------------------------------------------------------------------------------------------------

_WEBP_DRAWN = frozenset({b"VP8 ", b"VP8L", b"ALPH", b"ANIM"})
_WEBP_KEPT_FLAGS = 0b0001_0010  # alpha and animation; colour profile, EXIF and XMP go


def webp_segments(body: bytes) -> Iterator[Segment]:
    if not (body.startswith(b"RIFF") and body[8:12] == b"WEBP"):
        raise Refused(Reason.MISLABELLED)
    stop = 8 + int.from_bytes(_exactly(body, 4, 4), "little")
    _exactly(body, 0, stop)
    yield from _riff_segments(body, 12, stop)
    yield Segment(b"end", body[stop:], body[stop:])


def strip_webp(body: bytes) -> Rebuilt:
    """Without EXIF, XMP, colour profile, unknown chunks and trailing bytes. An animation stays one."""
    kept, removed = list[bytes](), set[Removed]()
    for segment in webp_segments(body):
        if segment.name in _WEBP_DRAWN:
            kept.append(segment.whole)
        elif segment.name == b"VP8X":
            kept.append(_riff(b"VP8X", bytes([segment.inside[0] & _WEBP_KEPT_FLAGS, 0, 0, 0]) + segment.inside[4:10]))
        elif segment.name == b"ANMF":
            drawn = (s.whole for s in _riff_segments(segment.inside, 16, len(segment.inside)) if s.name in _WEBP_DRAWN)
            kept.append(_riff(b"ANMF", b"".join([segment.inside[:16], *drawn])))
        else:
            removed |= found_in_webp_segment(segment)
    return Rebuilt(_riff(b"RIFF", b"".join([b"WEBP", *kept])), removed)


def found_in_webp_segment(segment: Segment) -> set[Removed]:
    if segment.name == b"end":
        return {Removed.EXTRA_DATA} if segment.inside.strip(b"\0") else set()
    if segment.name == b"EXIF":
        return found_in_exif(segment.inside)
    if segment.name == b"XMP ":
        return found_in_xmp(segment.inside)
    return set() if segment.name == b"ICCP" else {Removed.DESCRIPTION}


def _riff_segments(body: bytes, at: int, stop: int) -> Iterator[Segment]:
    while at + 8 <= stop:
        length = int.from_bytes(body[at + 4 : at + 8], "little")
        inside = _exactly(body[:stop] if at + 8 + length > stop else body, at + 8, length)
        yield Segment(body[at : at + 4], inside, _riff(body[at : at + 4], inside))
        at += 8 + length + length % 2


def _riff(name: bytes, inside: bytes) -> bytes:
    return name + len(inside).to_bytes(4, "little") + inside + b"\0" * (len(inside) % 2)


# --- JPEG 2000, which only ever stands inside a PDF ------------------------------------------------------------------

_JP2_DRAWN = frozenset({b"jP  ", b"ftyp", b"jp2h", b"jp2c"})


def strip_jpeg2000(body: bytes) -> Rebuilt:
    """Without XML, UUID and other boxes, and without the comments in the code stream."""
    if body.startswith(b"\xff\x4f"):
        return _strip_code_stream(body)
    kept, removed, at = list[bytes](), set[Removed](), 0
    while at < len(body):
        length, name, head = int.from_bytes(_exactly(body, at, 4), "big"), _exactly(body, at + 4, 4), 8
        if length == 1:
            length, head = int.from_bytes(_exactly(body, at + 8, 8), "big"), 16
        length = length or len(body) - at
        inside = _exactly(body, at + head, max(0, length - head))
        if name == b"jp2c":
            inside = _strip_code_stream(inside).body
        if name in _JP2_DRAWN:
            kept.append((len(inside) + 8).to_bytes(4, "big") + name + inside)
        else:
            removed.add(Removed.DESCRIPTION)
        at += max(length, head)
    return Rebuilt(b"".join(kept), removed)


def _strip_code_stream(body: bytes) -> Rebuilt:
    """Leave out COM (ff64) segments of the main header, which ends at the first SOT (ff90)."""
    kept, removed, at = [_exactly(body, 0, 2)], set[Removed](), 2
    while (marker := _exactly(body, at, 2)) != b"\xff\x90":
        whole = _exactly(body, at, 2 + max(2, int.from_bytes(_exactly(body, at + 2, 2), "big")))
        if marker == b"\xff\x64":
            removed.add(Removed.DESCRIPTION)
        else:
            kept.append(whole)
        at += len(whole)
    return Rebuilt(b"".join([*kept, body[at:]]), removed)


# --- what the segments tell ------------------------------------------------------------------------------------------

_XMP_TELLS = (
    (re.compile(rb"GPS|Location|Iptc4xmp.*(?:City|Country)", re.DOTALL), Removed.LOCATION),
    (re.compile(rb"creator|Creator|Artist|rights|Credit|Byline"), Removed.AUTHOR),
    (re.compile(rb"CreateDate|ModifyDate|MetadataDate|DateCreated|DateTime"), Removed.DATES),
    (re.compile(rb"tiff:M|CreatorTool|SerialNumber|aux:|Lens"), Removed.CAMERA),
    (re.compile(rb"History|DocumentID|InstanceID|DerivedFrom"), Removed.EDIT_HISTORY),
    (re.compile(rb"Thumbnails"), Removed.THUMBNAIL),
    (re.compile(rb"MotionPhoto|MicroVideo|hasExtendedXMP"), Removed.EXTRA_DATA),
)
_EXIF_TELLS = {
    0x010F: Removed.CAMERA,
    0x0110: Removed.CAMERA,
    0x0131: Removed.CAMERA,
    0x0132: Removed.DATES,
    0x013B: Removed.AUTHOR,
    0x8298: Removed.AUTHOR,
    0x9C9D: Removed.AUTHOR,
    0x8825: Removed.LOCATION,
    0x8769: Removed.CAMERA,
    0x010E: Removed.DESCRIPTION,
    0x9C9B: Removed.DESCRIPTION,
    0x9C9C: Removed.DESCRIPTION,
    0x9C9E: Removed.DESCRIPTION,
    0x02BC: Removed.DESCRIPTION,
    0x83BB: Removed.DESCRIPTION,
}


def found_in_xmp(inside: bytes) -> set[Removed]:
    return {what for tell, what in _XMP_TELLS if tell.search(inside)} or {Removed.DESCRIPTION}


def found_in_exif(inside: bytes) -> set[Removed]:
    """What the first directory (and a second, which holds the thumbnail) of an EXIF block tells. Never raises."""
    tiff = inside.removeprefix(b"Exif\0\0")
    order: Literal["little", "big"] = "little" if tiff.startswith(b"II") else "big"
    at = int.from_bytes(tiff[4:8], order)
    count = int.from_bytes(tiff[at : at + 2], order)
    tags = {int.from_bytes(tiff[at + 2 + 12 * n :][:2], order) for n in range(min(count, 200))}
    found = {what for tag, what in _EXIF_TELLS.items() if tag in tags}
    if any(tiff[at + 2 + 12 * count :][:4]):
        found.add(Removed.THUMBNAIL)
    return found


def _jpeg_marker(body: bytes, at: int) -> tuple[int, int]:
    """The next marker and where it ends. Bytes between segments are skipped, as every decoder does."""
    at = body.find(b"\xff", at)
    while at >= 0 and body[at : at + 1] == b"\xff":
        at += 1
    if at < 0 or at >= len(body):
        raise Refused(Reason.TRUNCATED)
    return at + 1, body[at]


def _exactly(body: bytes, at: int, length: int) -> bytes:
    if at < 0 or at + length > len(body):
        raise Refused(Reason.TRUNCATED)
    return body[at : at + length]
