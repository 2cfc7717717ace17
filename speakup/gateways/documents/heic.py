"""HEIC, the format of newer phones, kept as JPEG because few computers can open it. Apart from `pictures`, so that
only those who send one wait for its library.
"""

import io
from typing import Any

import pillow_heif
from PIL import Image

from speakup.gateways.documents import segments
from speakup.gateways.documents.outcomes import Kind, Limits, Reason, Rebuilt, Refused, Removed
from speakup.gateways.documents.pictures import as_jpeg, in_srgb

_QUALITY = 90


def rebuild(_: Kind, body: bytes, limits: Limits) -> Rebuilt:
    """The main picture as JPEG. libheif has already turned it; depth maps, bursts and films behind it are left out."""
    container = pillow_heif.open_heif(io.BytesIO(body), convert_hdr_to_8bit=True)
    shown = container[container.primary_index]
    width, height = shown.size
    if width * height > limits.pixels:
        raise Refused(Reason.BOMB)
    removed = _found_in(shown.info) | ({Removed.EXTRA_PICTURES} if len(container) > 1 else set())
    profile = shown.info.get("icc_profile")
    picture = shown.to_pillow()
    picture.info = {"icc_profile": profile} if profile else {}
    return Rebuilt(as_jpeg(_on_white(in_srgb(picture)), _QUALITY), removed)


def _found_in(info: dict[str, Any]) -> set[Removed]:
    removed = segments.found_in_exif(info["exif"]) if info.get("exif") else set()
    removed |= segments.found_in_xmp(info["xmp"]) if info.get("xmp") else set()
    removed |= {Removed.DESCRIPTION} if info.get("metadata") else set()
    removed |= {Removed.THUMBNAIL} if info.get("thumbnails") else set()
    return removed | ({Removed.EXTRA_PICTURES} if info.get("depth_images") else set())


def _on_white(picture: Image.Image) -> Image.Image:
    if "A" not in picture.getbands():
        return picture
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture.convert("RGBA")).convert("RGB")
