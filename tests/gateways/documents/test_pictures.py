import io
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageChops, ImageStat

from speakup.gateways.documents import Cleaned, Kind, Limits, Reason, Refused, Removed, clean
from tests.gateways.documents import pictures
from tests.gateways.documents.traces import MARK, traces_of

Maker = Callable[[], bytes]
Report = Callable[[bytes, str], str]
PLANTED = [
    pytest.param(ending, maker, id=f"{ending} with {where}")
    for ending, makers in (
        ("jpg", pictures.JPEGS),
        ("png", pictures.PNGS),
        ("webp", pictures.WEBPS),
        ("gif", pictures.GIFS),
        ("heic", pictures.HEICS),
    )
    for where, maker in makers.items()
]


def cleaned(name: str, body: bytes) -> Cleaned:
    return clean(name, body, keep_other=False, limits=Limits())


def opened(body: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(body))
    picture.load()
    return picture


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of a channel, of 255."""
    assert one.size == other.size
    return max(ImageStat.Stat(ImageChops.difference(one.convert("RGB"), other.convert("RGB"))).mean)


@pytest.mark.parametrize(("ending", "maker"), PLANTED)
def test_a_word_planted_in_a_picture_goes_and_what_is_seen_stays(
    ending: str, maker: Maker, exiftool_report: Report
) -> None:
    body = maker()
    sought = MARK if traces_of(MARK, body) else MARK[:13]
    assert traces_of(sought, body)
    kept = cleaned(f"rota.{ending}", body)
    assert traces_of(sought, kept.body) == []
    assert sought not in exiftool_report(kept.body, ending)
    assert difference(opened(kept.body), pictures.painting()) < 8


@pytest.mark.parametrize(("ending", "orientation"), [*(("jpg", turn) for turn in range(1, 9)), ("png", 6), ("webp", 8)])
def test_a_picture_taken_sideways_comes_out_upright(ending: str, orientation: int) -> None:
    turned_back = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    upright = pictures.painting()
    stored = upright.transpose(turned_back[orientation]) if orientation > 1 else upright
    kind = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[ending]
    kept = cleaned(f"rota.{ending}", pictures.saved(stored, kind, exif=pictures.exif(orientation)))
    assert difference(opened(kept.body), upright) < 8


@pytest.mark.parametrize(
    ("ending", "maker"),
    [("gif", pictures.animated_gif), ("webp", pictures.animated_webp), ("png", pictures.animated_png)],
)
def test_an_animation_keeps_every_frame_to_the_pixel(ending: str, maker: Maker) -> None:
    before, after = Image.open(io.BytesIO(maker())), Image.open(io.BytesIO(cleaned(f"a.{ending}", maker()).body))
    frames: int = getattr(before, "n_frames", 1)
    assert frames > 1
    assert getattr(after, "n_frames", 1) == frames
    for number in range(frames):
        before.seek(number)
        after.seek(number)
        assert difference(before, after) == 0


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_keeps_its_pixels_in_every_mode(mode: str) -> None:
    picture = pictures.painting().convert("L").convert("I;16") if mode == "I;16" else pictures.painting().convert(mode)
    kept = opened(cleaned("a.png", pictures.png(picture)).body)
    assert kept.size == picture.size
    assert difference(kept.convert("L"), opened(pictures.png(picture)).convert("L")) == 0


def test_what_lies_under_a_transparent_part_is_gone() -> None:
    picture = pictures.painting().convert("RGBA")
    picture.putpixel((5, 5), (1, 2, 3, 0))
    kept = opened(cleaned("a.png", pictures.png(picture)).body)
    assert kept.getpixel((5, 5)) == (0, 0, 0, 0)
    assert kept.getpixel((50, 50)) == picture.getpixel((50, 50))


def test_a_print_picture_becomes_one_for_screens() -> None:
    kept = opened(cleaned("a.jpg", pictures.saved(pictures.painting().convert("CMYK"), "JPEG")).body)
    assert kept.mode == "RGB"


def test_the_words_about_a_photograph_name_what_was_in_it() -> None:
    kept = cleaned("rota.jpg", pictures.jpeg_with_thumbnail() + b"clip")
    assert set(kept.removed) >= {Removed.THUMBNAIL, Removed.EXTRA_DATA}
    kept = cleaned("rota.jpg", pictures.jpeg(exif=pictures.exif()))
    assert set(kept.removed) >= {Removed.LOCATION, Removed.CAMERA, Removed.AUTHOR, Removed.DATES}


def test_a_plain_picture_is_said_to_hold_nothing() -> None:
    assert cleaned("a.png", pictures.png()).removed == ()
    assert cleaned("a.gif", pictures.gif()).removed == ()


def test_a_heic_is_kept_as_jpeg_and_says_so() -> None:
    kept = cleaned("IMG_0001.HEIC", pictures.heic())
    assert (kept.kind, kept.media_type, kept.name) == (Kind.HEIC, "image/jpeg", "IMG_0001.jpg")
    assert kept.body.startswith(b"\xff\xd8\xff")


WHOLE: dict[str, Maker] = {
    "jpg": pictures.jpeg,
    "png": pictures.png,
    "webp": pictures.webp,
    "gif": pictures.animated_gif,
    "heic": pictures.heic,
}


@pytest.mark.parametrize("share", [0.5, 0.99])
@pytest.mark.parametrize("ending", WHOLE)
def test_a_picture_without_its_end_is_refused(ending: str, share: float) -> None:
    whole = WHOLE[ending]()
    with pytest.raises(Refused) as refusal:
        cleaned(f"a.{ending}", whole[: int(len(whole) * share)])
    assert refusal.value.reason in (Reason.TRUNCATED, Reason.UNREADABLE)
    if ending != "heic":
        assert refusal.value.reason is Reason.TRUNCATED


@pytest.mark.parametrize("ending", ["png", "gif", "webp", "jpg"])
def test_a_picture_that_grows_too_large_is_refused(ending: str) -> None:
    kind = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "gif": "GIF"}[ending]
    flat = pictures.saved(Image.new("L", (9000, 9000)), kind)
    assert len(flat) < 1_500_000
    with pytest.raises(Refused) as refusal:
        cleaned(f"a.{ending}", flat)
    assert refusal.value.reason is Reason.BOMB


def test_a_caption_that_grows_too_large_does_no_harm() -> None:
    caption = pictures.png_with(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 50_000_000))
    with pytest.raises(Refused) as refusal:
        cleaned("a.png", caption)
    assert refusal.value.reason is Reason.BOMB


@pytest.mark.parametrize("ending", WHOLE)
@pytest.mark.parametrize("other", WHOLE)
def test_a_picture_under_another_kinds_name_is_refused(ending: str, other: str) -> None:
    if ending == other:
        assert cleaned(f"a.{ending}", WHOLE[other]()).body
        return
    with pytest.raises(Refused) as refusal:
        cleaned(f"a.{ending}", WHOLE[other]())
    assert refusal.value.reason is Reason.MISLABELLED
