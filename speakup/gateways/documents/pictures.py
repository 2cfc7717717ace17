"""Photographs and drawings, drawn again from their pixels.

A still picture is decoded, turned the right way up, brought to the sRGB colours and written afresh, so that nothing of
the old file but its pixels can remain. Animations keep their frames as they are (every frame must decode) in a file
put together from the segments that draw them. HEIC has a module of its own.
"""

import io
from collections.abc import Callable

from PIL import (
    GifImagePlugin,
    Image,
    ImageCms,
    ImageColor,
    ImagePalette,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from speakup.gateways.documents import segments
from speakup.gateways.documents.outcomes import Kind, Limits, Reason, Rebuilt, Refused

_PLUGINS: dict[Kind, Callable[[io.BytesIO], Image.Image]] = {
    Kind.JPEG: JpegImagePlugin.JpegImageFile,
    Kind.PNG: PngImagePlugin.PngImageFile,
    Kind.WEBP: WebPImagePlugin.WebPImageFile,
    Kind.GIF: GifImagePlugin.GifImageFile,
}
_STRIP: dict[Kind, Callable[[bytes], Rebuilt]] = {
    Kind.JPEG: segments.strip_jpeg,
    Kind.PNG: segments.strip_png,
    Kind.WEBP: segments.strip_webp,
    Kind.GIF: segments.strip_gif,
}
# JPEG quality, and the sum of the luminance table that libjpeg writes at it. Writing at the quality of the original
# neither blurs nor bloats it; only these steps are used, since exact tables tell the make of a camera.
_QUALITIES = {75: 1858, 85: 1109, 90: 736, 95: 369}
_FINEST = 95
_FINE = 90  # from here on, colours keep their full resolution too
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_MOST_FRAMES = 2_000
# Pillow imports these on first use, when the confined child can no longer open a file.
_IMPORTED_EARLY = (ImageColor, ImagePalette, MpoImagePlugin, TiffImagePlugin)
Image.preinit()
Image.MAX_IMAGE_PIXELS = None  # The limit is ours, and is checked before anything is decoded.


def rebuild(kind: Kind, body: bytes, limits: Limits) -> Rebuilt:
    stripped = _STRIP[kind](body)
    picture = _opened(kind, body)
    frames = getattr(picture, "n_frames", 1)
    width, height = picture.size
    if width * height * frames > limits.pixels or frames > _MOST_FRAMES:
        raise Refused(Reason.BOMB)
    if frames > 1 or kind is Kind.GIF:
        _decode_every_frame(kind, stripped.body, frames)
        return stripped
    lossless = any(segment.name == b"VP8L" for segment in segments.webp_segments(body)) if kind is Kind.WEBP else False
    return Rebuilt(_drawn_again(kind, _loaded(picture), lossless=lossless), stripped.removed)


def _opened(kind: Kind, body: bytes) -> Image.Image:
    try:
        return _PLUGINS[kind](io.BytesIO(body))
    except (SyntaxError, OSError):
        raise Refused(Reason.UNREADABLE) from None
    except ValueError:  # Pillow's word for a compressed caption that grows too large.
        raise Refused(Reason.BOMB) from None


def _loaded(picture: Image.Image) -> Image.Image:
    """The pixels decoded. Pillow tells a missing end from other damage only in words."""
    try:
        picture.load()
    except (OSError, SyntaxError) as error:
        raise Refused(Reason.TRUNCATED if "truncated" in str(error) else Reason.UNREADABLE) from None
    return picture


def _decode_every_frame(kind: Kind, body: bytes, frames: int) -> None:
    picture = _opened(kind, body)
    for number in range(frames):
        try:
            picture.seek(number)
        except EOFError:
            raise Refused(Reason.TRUNCATED) from None
        _loaded(picture)


def _drawn_again(kind: Kind, picture: Image.Image, *, lossless: bool) -> bytes:
    plain = _without_hidden_colours(in_srgb(_upright(picture)))
    if kind is Kind.JPEG:
        return as_jpeg(plain, _quality(picture))
    written = io.BytesIO()
    if kind is Kind.PNG:
        plain.save(written, "PNG", compress_level=6, **_transparency(plain))
    else:
        plain.save(written, "WEBP", quality=90, lossless=lossless, method=2, exact=False)
    return written.getvalue()


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as its EXIF asks. A damaged EXIF block asks for nothing."""
    try:
        turn = _TURNS.get(picture.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 -- Pillow's EXIF reader raises many things, and the picture itself is sound.
        turn = None
    return picture if turn is None else picture.transpose(turn)


def as_jpeg(picture: Image.Image, quality: int) -> bytes:
    written = io.BytesIO()
    plain = picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
    plain.save(written, "JPEG", quality=quality, optimize=False, subsampling="4:4:4" if quality >= _FINE else "4:2:0")
    return written.getvalue()


def _quality(picture: Image.Image) -> int:
    """The lowest step that keeps at least the detail of the original."""
    tables = getattr(picture, "quantization", {})
    original = sum(tables[min(tables)]) if tables else 0
    return next((step for step, coarseness in _QUALITIES.items() if coarseness <= original), _FINEST)


def in_srgb(picture: Image.Image) -> Image.Image:
    """The colours as sRGB, so that the profile (which can name a device or a person) is no longer needed."""
    converted = _by_profile(picture) if picture.mode in ("RGB", "RGBA", "CMYK") else None
    if converted is not None:
        return converted
    return picture.convert("RGB") if picture.mode == "CMYK" else picture


def _by_profile(picture: Image.Image) -> Image.Image | None:
    profile = picture.info.get("icc_profile")
    if not profile:
        return None
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError):
        return None  # A damaged profile changes shades, not what is seen.


def _without_hidden_colours(picture: Image.Image) -> Image.Image:
    """A picture that holds nothing but pixels, and none where it is wholly transparent.

    Some programs "rub out" by making a part transparent, and leave what was there underneath.
    """
    if picture.mode in ("PA", "La", "LA", "RGBa") or (picture.mode == "P" and "transparency" in picture.info):
        picture = picture.convert("LA" if picture.mode in ("LA", "La") else "RGBA")
    if picture.mode in ("RGBA", "LA"):
        opaque = picture.getchannel("A").point(lambda alpha: 255 if alpha else 0)
        return Image.composite(picture, Image.new(picture.mode, picture.size, 0), opaque)
    fresh = picture.copy()
    fresh.info = {key: picture.info[key] for key in ("transparency",) if key in picture.info}
    return fresh


def _transparency(picture: Image.Image) -> dict[str, object]:
    return {"transparency": picture.info["transparency"]} if "transparency" in picture.info else {}
