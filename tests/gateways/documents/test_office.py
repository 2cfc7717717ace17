import io
import zipfile
from collections.abc import Callable

import docx
import docx.document
import openpyxl
import pptx
import pptx.presentation
import pytest
from openpyxl.styles import Font
from PIL import Image, ImageChops
from pptx.shapes.base import BaseShape

from speakup.gateways.documents import Cleaned, Limits, Reason, Refused, Removed, clean
from tests.gateways.documents import offices
from tests.gateways.documents.pictures import jpeg, painting, saved
from tests.gateways.documents.traces import MARK, traces_of

PLANTED = [
    pytest.param(ending, maker, id=f"{ending} with {where}")
    for ending, makers in (("docx", offices.DOCUMENTS), ("xlsx", offices.WORKBOOKS), ("pptx", offices.SLIDES))
    for where, maker in makers.items()
]
PLAIN = {"docx": offices.document, "xlsx": offices.workbook, "pptx": offices.slides}


def cleaned(ending: str, body: bytes, limits: Limits | None = None) -> Cleaned:
    return clean(f"minutes.{ending}", body, keep_other=False, limits=limits or Limits())


def refusal(ending: str, body: bytes, limits: Limits | None = None) -> Reason:
    with pytest.raises(Refused) as refused:
        cleaned(ending, body, limits)
    return refused.value.reason


def seen_in(ending: str, body: bytes) -> list[str]:
    """What the format's own library reads from a file."""
    if ending == "docx":
        return [paragraph.text for paragraph in docx.Document(io.BytesIO(body)).paragraphs]
    if ending == "xlsx":
        sheets = openpyxl.load_workbook(io.BytesIO(body))
        return [str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row]
    show = pptx.Presentation(io.BytesIO(body))
    return [shape.text_frame.text for slide in show.slides for shape in slide.shapes if shape.has_text_frame]


def is_picture(shape: BaseShape) -> bool:
    return hasattr(shape, "image")


@pytest.mark.parametrize(("ending", "maker"), PLANTED)
def test_a_word_planted_in_an_office_file_goes_and_what_is_seen_stays(
    ending: str, maker: Callable[[], bytes], exiftool_report: Callable[[bytes, str], str]
) -> None:
    body = maker()
    assert traces_of(MARK, body)
    kept = cleaned(ending, body).body
    assert traces_of(MARK, kept) == []
    assert MARK not in exiftool_report(kept, ending)
    assert offices.SEEN in seen_in(ending, kept)


def test_revision_marks_go() -> None:
    body = offices.with_rsids()
    assert traces_of("00ABCDEF", body)
    assert traces_of("00ABCDEF", cleaned("docx", body).body) == []


def test_the_words_of_comments_and_tracked_changes_stay() -> None:
    kept = docx.Document(io.BytesIO(cleaned("docx", offices.with_word_comment()).body))
    assert [(comment.text, comment.author) for comment in kept.comments] == [("Who agreed?", "Author")]
    tracked = cleaned("docx", offices.DOCUMENTS["a tracked change"]()).body
    assert traces_of("<w:t>new</w:t>", tracked)
    assert traces_of("2026-01-02", tracked) == traces_of("2026-02-03", tracked) == []
    sheet = openpyxl.load_workbook(io.BytesIO(cleaned("xlsx", offices.WORKBOOKS["a comment's author"]()).body)).active
    assert sheet is not None
    assert sheet["A1"].comment.text.strip() == "Who agreed?"


@pytest.mark.parametrize("where", ["a link", "a link as a field", "a picture's path as a field", "a simple field"])
def test_the_words_of_a_link_or_field_stay(where: str) -> None:
    seen = " ".join(seen_in("docx", cleaned("docx", offices.DOCUMENTS[where]()).body))
    assert any(word in seen for word in ("here", "result", "Ward"))


def test_numbers_and_plain_formulas_stay() -> None:
    assert {"2", "3", "=B1+B2"} <= set(seen_in("xlsx", cleaned("xlsx", offices.workbook()).body))


def test_the_look_of_cells_stays() -> None:
    def make_bold(made: openpyxl.Workbook) -> None:
        made.active["A1"].font = Font(bold=True)
        made.active["B1"].number_format = "0.00%"

    kept = openpyxl.load_workbook(io.BytesIO(cleaned("xlsx", offices.workbook(make_bold)).body)).active
    assert kept is not None
    assert (kept["A1"].font.b, kept["B1"].number_format) == (True, "0.00%")


def test_visible_sheets_keep_their_order_and_names() -> None:
    kept = openpyxl.load_workbook(io.BytesIO(cleaned("xlsx", offices.WORKBOOKS["a hidden sheet"]()).body))
    assert kept.sheetnames == ["Sheet"]


def test_a_used_shared_text_stays() -> None:
    assert offices.SEEN in seen_in("xlsx", cleaned("xlsx", offices.with_shared_strings()).body)


def test_notes_and_charts_of_slides_stay() -> None:
    kept = pptx.Presentation(io.BytesIO(cleaned("pptx", offices.with_embedded_chart_data()).body))
    assert kept.slides[0].notes_slide.notes_text_frame.text == "Say it slowly"
    chart = next(shape.chart for shape in kept.slides[0].shapes if shape.has_chart)
    assert [tuple(series.values) for series in chart.plots[0].series] == [(4.0, 2.0)]


@pytest.mark.parametrize("where", ["an embedded workbook", "a film"])
def test_an_embedded_object_leaves_its_picture(where: str) -> None:
    kept = pptx.Presentation(io.BytesIO(cleaned("pptx", offices.SLIDES[where]()).body))
    assert any(is_picture(shape) for shape in kept.slides[0].shapes)


def test_a_photograph_keeps_its_place_and_pixels() -> None:
    body = offices.DOCUMENTS["EXIF of a photograph"]()
    kept = docx.Document(io.BytesIO(cleaned("docx", body).body))
    assert len(kept.inline_shapes) == 1
    image = next(part for part in kept.part.package.iter_parts() if "/media/" in str(part.partname))
    assert image.blob.startswith(b"\xff\xd8\xff")
    assert image.blob == jpeg()


def test_pictures_and_shapes_keep_their_sizes() -> None:
    before = pptx.Presentation(io.BytesIO(offices.SLIDES["EXIF of a photograph"]()))
    after = pptx.Presentation(io.BytesIO(cleaned("pptx", offices.SLIDES["EXIF of a photograph"]()).body))
    sizes = [[(shape.left, shape.width, shape.height) for shape in show.slides[0].shapes] for show in (before, after)]
    assert sizes[0] == sizes[1]
    assert all(width and height for _, width, height in sizes[1])
    inline = docx.Document(io.BytesIO(cleaned("docx", offices.DOCUMENTS["EXIF of a photograph"]()).body)).inline_shapes
    assert (inline[0].width, inline[0].height) == (1219200, 812800)


def test_what_was_cropped_away_is_gone() -> None:
    def crop(made: pptx.presentation.Presentation) -> None:
        whole = made.slides[0].shapes.add_picture(io.BytesIO(saved(painting(96, 64), "PNG")), 0, 0)
        whole.crop_left, whole.crop_top = 0.25, 0.5

    kept = cleaned("pptx", offices.slides(crop))
    picture = next(shape for shape in pptx.Presentation(io.BytesIO(kept.body)).slides[0].shapes if is_picture(shape))
    shown = Image.open(io.BytesIO(picture.image.blob)).convert("RGB")
    assert ImageChops.difference(shown, painting(96, 64).crop((24, 32, 96, 64))).getbbox() is None
    assert (picture.crop_left, picture.crop_top) == (0, 0)
    assert len([name for name in offices.members(kept.body) if "/media/" in name]) == 1
    assert Removed.EXTRA_PICTURES in kept.removed


def test_a_picture_in_hidden_text_is_gone() -> None:
    def hide(made: docx.document.Document) -> None:
        made.add_picture(io.BytesIO(jpeg()))
        made.paragraphs[-1].runs[0].font.hidden = True

    assert not [name for name in offices.members(cleaned("docx", offices.document(hide)).body) if "/media/" in name]


@pytest.mark.parametrize("ending", PLAIN)
def test_the_zip_tells_no_time_and_no_program(ending: str) -> None:
    with zipfile.ZipFile(io.BytesIO(cleaned(ending, PLAIN[ending]()).body)) as archive:
        for member in archive.infolist():
            assert (member.date_time, member.comment, member.extra) == ((1980, 1, 1, 0, 0, 0), b"", b"")
            assert member.create_system == 0
        assert archive.comment == b""


def test_the_words_about_an_office_file_name_what_was_in_it() -> None:
    assert Removed.AUTHOR in cleaned("docx", offices.document()).removed
    assert Removed.MACROS in cleaned("docx", offices.DOCUMENTS["macros"]()).removed
    assert Removed.EMBEDDED_FILES in cleaned("docx", offices.with_word_object()).removed
    assert Removed.LINKS in cleaned("docx", offices.with_hyperlink()).removed
    assert Removed.COMMENT_AUTHORS in cleaned("docx", offices.with_word_comment()).removed
    assert Removed.LOCATION in cleaned("docx", offices.DOCUMENTS["EXIF of a photograph"]()).removed
    assert Removed.HIDDEN_SHEETS in cleaned("xlsx", offices.WORKBOOKS["a hidden sheet"]()).removed


@pytest.mark.parametrize("ending", PLAIN)
def test_an_office_file_without_its_end_is_refused(ending: str) -> None:
    body = PLAIN[ending]()
    assert refusal(ending, body[: len(body) * 2 // 3]) is Reason.TRUNCATED


@pytest.mark.parametrize("ending", PLAIN)
@pytest.mark.parametrize("other", PLAIN)
def test_one_office_format_under_another_ones_name_is_refused(ending: str, other: str) -> None:
    if ending != other:
        assert refusal(ending, PLAIN[other]()) is Reason.MISLABELLED
    else:
        assert cleaned(ending, PLAIN[other]()).body


def test_any_other_zip_under_an_office_name_is_refused() -> None:
    assert refusal("docx", offices.zipped({"notes.txt": b"hello"})) is Reason.MISLABELLED


def test_an_office_file_that_grows_too_large_is_refused() -> None:
    bomb = offices.zipped(offices.members(offices.document()) | {"word/media/a.png": b"\0" * 30_000_000})
    assert len(bomb) < 100_000
    assert refusal("docx", bomb, Limits(unpacked=20_000_000)) is Reason.BOMB


def test_an_office_file_with_too_many_parts_is_refused() -> None:
    assert refusal("docx", offices.document(), Limits(members=5)) is Reason.BOMB


def test_entities_in_xml_are_refused() -> None:
    parts = offices.members(offices.document())
    parts["word/document.xml"] = (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "' + b"c" * 10_000 + b'">]>'
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">&b;&b;</w:document>'
    )
    assert refusal("docx", offices.zipped(parts)) is Reason.UNREADABLE


def test_an_office_file_with_a_password_is_refused() -> None:
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
    assert refusal("docx", old + "EncryptedPackage".encode("utf-16-le") + b"\0" * 4096) is Reason.ENCRYPTED
    assert refusal("docx", old + "WordDocument".encode("utf-16-le") + b"\0" * 4096) is Reason.MISLABELLED
    body = bytearray(offices.document())
    body[body.rfind(b"PK\x01\x02") + 8] |= 1
    assert refusal("docx", bytes(body)) is Reason.ENCRYPTED
