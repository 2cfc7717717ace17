"""Small pictures with a planted word in every place that their formats have."""

import io
import struct
import zlib

import pillow_heif
from PIL import Image, ImageCms

from tests.gateways.documents.traces import MARK

TEXT = MARK.encode()
XMP = (
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    f'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
    f'exif:GPSLatitude="51,30.1N"><dc:creator>{MARK}</dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>'
).encode()


def painting(width: int = 96, height: int = 64) -> Image.Image:
    """A picture whose four corners differ, so that a wrong turn shows."""
    picture = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    picture.paste((200, 30, 30), (0, 0, width // 4, height // 4))
    picture.paste((30, 160, 60), (3 * width // 4, 0, width, height // 4))
    return picture


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def exif(orientation: int = 1) -> bytes:
    """An EXIF block with a maker, a model, an artist, dates, a comment, a place and a thumbnail."""
    block = Image.Exif()
    block[0x0112] = orientation
    block[0x010F], block[0x0110], block[0x0131], block[0x013B] = MARK, MARK, MARK, MARK
    block[0x010E], block[0x8298], block[0x0132] = MARK, MARK, "2026:01:02 03:04:05"
    detail = block.get_ifd(0x8769)
    detail[0x9003], detail[0xA431], detail[0x927C] = "2026:01:02 03:04:05", MARK, TEXT
    detail[0x9286] = b"ASCII\0\0\0" + TEXT
    place = block.get_ifd(0x8825)
    place[1], place[2], place[3], place[4], place[29] = "N", (51.0, 30.0, 1.0), "W", (0.0, 7.0, 2.0), MARK
    return block.tobytes()


def profile() -> bytes:
    """An sRGB colour profile that carries the word in its description."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    built_in = "sRGB built-in".encode("utf-16-be")
    assert built_in in made
    return made.replace(built_in, MARK[:13].encode("utf-16-be"))


# --- JPEG ---


def jpeg(**options: object) -> bytes:
    return saved(painting(), "JPEG", quality=92, **options)


def jpeg_with(marker: int, inside: bytes) -> bytes:
    """A JPEG with one more segment, right after its start."""
    plain = jpeg()
    return plain[:2] + bytes([0xFF, marker]) + (len(inside) + 2).to_bytes(2, "big") + inside + plain[2:]


def jpeg_of_two() -> bytes:
    """A multi-picture file: a second JPEG, with its own EXIF, behind the first."""
    first, second = painting(), painting()
    return saved(first, "MPO", save_all=True, append_images=[second], exif=exif()) + jpeg(exif=exif())


def jpeg_with_thumbnail() -> bytes:
    """EXIF whose second directory holds a thumbnail that has a comment."""
    small = saved(painting(16, 16), "JPEG", comment=TEXT)
    first = struct.pack("<2sHIHHHII", b"II", 42, 8, 1, 0x0112, 3, 1, 1) + struct.pack("<I", 26)
    second = struct.pack("<HHHIIHHIII", 2, 0x0201, 4, 1, 56, 0x0202, 4, 1, len(small), 0)
    block = first + second
    return jpeg_with(0xE1, b"Exif\0\0" + block.ljust(56, b"\0") + small)


JPEGS = {
    "EXIF with a place": lambda: jpeg(exif=exif()),
    "a thumbnail": jpeg_with_thumbnail,
    "XMP": lambda: jpeg_with(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
    "extended XMP": lambda: jpeg_with(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 40 + XMP),
    "IPTC": lambda: jpeg_with(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x17\x1c\x02\x50\0\x12" + TEXT + b"\0"),
    "a colour profile": lambda: jpeg(icc_profile=profile()),
    "a comment": lambda: jpeg(comment=TEXT),
    "a JFXX thumbnail": lambda: jpeg_with(0xE0, b"JFXX\0\x10" + TEXT),
    "an unknown segment": lambda: jpeg_with(0xEB, TEXT),
    "a second picture": jpeg_of_two,
    "bytes after the end": lambda: jpeg() + TEXT,
    "a film behind a motion photo": lambda: jpeg() + b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + TEXT,
}


# --- PNG ---


def png(picture: Image.Image | None = None, **options: object) -> bytes:
    return saved(picture or painting(), "PNG", **options)


def png_chunk(name: bytes, inside: bytes) -> bytes:
    return len(inside).to_bytes(4, "big") + name + inside + zlib.crc32(name + inside).to_bytes(4, "big")


def png_with(name: bytes, inside: bytes, *, late: bool = False) -> bytes:
    """A PNG with one more chunk, after its header or before its end."""
    plain = png()
    at = len(plain) - 12 if late else 33
    return plain[:at] + png_chunk(name, inside) + plain[at:]


def animated_png() -> bytes:
    frames = [painting(), painting().rotate(180)]
    moving = saved(frames[0], "PNG", save_all=True, append_images=frames[1:], duration=100)
    return moving[:33] + png_chunk(b"tEXt", b"Author\0" + TEXT) + moving[33:]


PNGS = {
    "text": lambda: png_with(b"tEXt", b"Author\0" + TEXT),
    "compressed text": lambda: png_with(b"zTXt", b"Comment\0\0" + zlib.compress(TEXT)),
    "international text": lambda: png_with(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP),
    "late text": lambda: png_with(b"tEXt", b"Comment\0" + TEXT, late=True),
    "EXIF": lambda: png(exif=exif()),
    "a colour profile": lambda: png(icc_profile=profile()),
    "a private chunk": lambda: png_with(b"quIl", TEXT),
    "a suggested palette": lambda: png_with(b"sPLT", TEXT + b"\0\x08"),
    "bytes after the end": lambda: png() + TEXT,
    "text in an animation": animated_png,
}


# --- WebP ---


def webp(**options: object) -> bytes:
    return saved(painting(), "WEBP", **options)


def webp_with(name: bytes, inside: bytes) -> bytes:
    """An extended WebP with one more chunk at its end."""
    plain = webp(exif=exif())
    body = plain[12:] + name + len(inside).to_bytes(4, "little") + inside + b"\0" * (len(inside) % 2)
    return b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP" + body


def animated_webp() -> bytes:
    frames = [painting(), painting().rotate(180)]
    return saved(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=100, exif=exif(), xmp=XMP)


WEBPS = {
    "EXIF": lambda: webp(exif=exif()),
    "XMP": lambda: webp(xmp=XMP),
    "a colour profile": lambda: webp(icc_profile=profile()),
    "an unknown chunk": lambda: webp_with(b"quil", TEXT),
    "bytes after the end": lambda: webp() + TEXT,
    "EXIF and XMP of an animation": animated_webp,
    "EXIF of a lossless picture": lambda: webp(lossless=True, exif=exif()),
}


# --- GIF ---


def gif(**options: object) -> bytes:
    return saved(painting(), "GIF", **options)


def animated_gif(**options: object) -> bytes:
    frames = [painting(), painting().rotate(180), painting().rotate(90)]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100, loop=0, **options)


def gif_with(block: bytes) -> bytes:
    plain = animated_gif()
    return plain[:-1] + block + b"\x3b"


def gif_blocks(inside: bytes) -> bytes:
    return bytes([len(inside)]) + inside + b"\0"


GIFS = {
    "a comment": lambda: animated_gif(comment=TEXT),
    "a late comment": lambda: gif_with(b"\x21\xfe" + gif_blocks(TEXT)),
    "plain text": lambda: gif_with(b"\x21\x01\x0c" + b"\0" * 12 + gif_blocks(TEXT)),
    "an application's block": lambda: gif_with(b"\x21\xff\x0bQUILLON 1.0" + gif_blocks(TEXT)),
    "a word behind the loop": lambda: gif_with(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0" + gif_blocks(TEXT)),
    "XMP": lambda: gif_with(b"\x21\xff\x0bXMP DataXMP" + XMP + b"\x01" + bytes(range(255, -1, -1)) + b"\0"),
    "bytes after the end": lambda: gif() + TEXT,
}


# --- HEIC ---


def heic(**options: object) -> bytes:
    container = pillow_heif.from_pillow(painting())
    written = io.BytesIO()
    container.save(written, quality=90, **options)
    return written.getvalue()


def heic_of_two() -> bytes:
    container = pillow_heif.from_pillow(painting())
    container.add_from_pillow(painting().rotate(180))
    written = io.BytesIO()
    container.save(written, quality=90, exif=exif())
    return written.getvalue()


HEICS = {
    "EXIF": lambda: heic(exif=exif()),
    "XMP": lambda: heic(exif=exif(), xmp=XMP),
    "a second picture": heic_of_two,
    "bytes after the end": lambda: heic() + TEXT,
}
