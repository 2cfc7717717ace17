"""Pictures inside an Office file: stripped segment by segment, so that size and crop stay as the document has them."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import BmpImagePlugin, Image, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

from speakup.gateways.documents import segments
from speakup.gateways.documents.outcomes import Limits, Reason, Rebuilt, Refused, Removed

Image.MAX_IMAGE_PIXELS = None  # The limit is ours, and is checked before anything is decoded.
# Pillow imports these on first use, when the confined child can no longer open a file.
_IMPORTED_EARLY = (MpoImagePlugin, PngImagePlugin)
Image.preinit()
_EMF_SIGNATURE, _EMF_HEADER = b" EMF", 68
_WMF_STARTS = (b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00")
_STRIPPED: tuple[tuple[bytes, Callable[[bytes], Rebuilt], str, str], ...] = (
    (b"\xff\xd8\xff", segments.strip_jpeg, ".jpeg", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", segments.strip_png, ".png", "image/png"),
    (b"GIF8", segments.strip_gif, ".gif", "image/gif"),
)
_REDRAWN = (
    (b"BM", BmpImagePlugin.BmpImageFile),
    (b"II*\0", TiffImagePlugin.TiffImageFile),
    (b"MM\0*", TiffImagePlugin.TiffImageFile),
    (b"RIFF", WebPImagePlugin.WebPImageFile),
)


_JPEG = "image/jpeg"
_CUTTABLE: dict[str, Callable[[io.BytesIO], Image.Image]] = {
    _JPEG: JpegImagePlugin.JpegImageFile,
    "image/png": PngImagePlugin.PngImageFile,
}


@dataclass(frozen=True)
class Picture:
    content: bytes = field(repr=False)
    ending: str
    media_type: str
    removed: frozenset[Removed]


def cleaned(content: bytes, limits: Limits) -> Picture | None:
    """None for what is no picture we know (SVG, HD Photo, damaged ones): the document keeps an empty frame."""
    for start, strip, ending, media_type in _STRIPPED:
        if content.startswith(start):
            return _stripped(content, strip, ending, media_type)
    for start, plugin in _REDRAWN:
        if content.startswith(start):
            return _redrawn(content, plugin, limits)
    if content[40:44] == _EMF_SIGNATURE:
        return Picture(_without_emf_description(content), ".emf", "image/x-emf", frozenset())
    if content.startswith(_WMF_STARTS):
        return Picture(content, ".wmf", "image/x-wmf", frozenset())
    return None


def opened(content: bytes, media_type: str, limits: Limits) -> Image.Image | None:
    """The pixels of a JPEG or PNG; None for what is neither, moves, or is damaged."""
    plugin = _CUTTABLE.get(media_type)
    if plugin is None:
        return None
    try:
        picture = plugin(io.BytesIO(content))
        width, height = picture.size
        if width * height > limits.pixels:
            raise Refused(Reason.BOMB)
        if getattr(picture, "n_frames", 1) > 1:
            return None
        picture.load()
    except (OSError, SyntaxError, ValueError):
        return None
    return picture


def saved(picture: Image.Image, media_type: str) -> bytes:
    written = io.BytesIO()
    if media_type == _JPEG:
        picture.save(written, "JPEG", quality=90)
    else:
        picture.save(written, "PNG")
    return written.getvalue()


def _stripped(content: bytes, strip: Callable[[bytes], Rebuilt], ending: str, media_type: str) -> Picture | None:
    try:
        rebuilt = strip(content)
    except Refused:
        return None
    return Picture(rebuilt.body, ending, media_type, frozenset(rebuilt.removed))


def _redrawn(content: bytes, plugin: Callable[[io.BytesIO], Image.Image], limits: Limits) -> Picture | None:
    try:
        picture = plugin(io.BytesIO(content))
        width, height = picture.size
        if width * height > limits.pixels:
            raise Refused(Reason.BOMB)
        written = io.BytesIO()
        picture.convert("RGBA").save(written, "PNG")
    except (OSError, SyntaxError, ValueError):
        return None
    return Picture(written.getvalue(), ".png", "image/png", frozenset())


def _without_emf_description(content: bytes) -> bytes:
    """The header names the program and the picture (MS-EMF 2.3.4.2: length at 60 in UTF-16 units, offset at 64)."""
    length = 2 * int.from_bytes(content[60:64], "little")
    at = int.from_bytes(content[64:68], "little")
    if not length or at < _EMF_HEADER or at + length > len(content):
        return content
    return content[:at] + b"\0" * length + content[at + length :]
