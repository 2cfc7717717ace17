import io
from collections.abc import Callable

import pikepdf
import pytest
from pikepdf import Array, Name, Pdf

from speakup.gateways.documents import Cleaned, Limits, Reason, Refused, Removed, clean
from tests.gateways.documents import papers
from tests.gateways.documents.pictures import jpeg
from tests.gateways.documents.traces import MARK, traces_of

PLANTED = [pytest.param(maker, id=where) for where, maker in papers.PLANTED.items()]


def cleaned(body: bytes, limits: Limits | None = None) -> Cleaned:
    return clean("minutes.pdf", body, keep_other=False, limits=limits or Limits())


def refusal(body: bytes, limits: Limits | None = None) -> Reason:
    with pytest.raises(Refused) as refused:
        cleaned(body, limits)
    return refused.value.reason


def words(body: bytes) -> str:
    """What is drawn by the page's own instructions, and by those of the drawings it uses."""
    with pikepdf.open(io.BytesIO(body)) as pdf:
        drawn = b"".join(page.obj.Contents.read_bytes() for page in pdf.pages)
        forms = [thing.read_bytes() for thing in pdf.objects if isinstance(thing, pikepdf.Stream) and _draws(thing)]
    return (drawn + b"".join(forms)).decode("latin-1")


def _draws(thing: pikepdf.Stream) -> bool:
    return thing.get("/Subtype") == Name.Form


@pytest.mark.parametrize("maker", PLANTED)
def test_a_word_planted_in_a_pdf_goes_and_what_is_seen_stays(
    maker: Callable[[], bytes], exiftool_report: Callable[[bytes, str], str]
) -> None:
    body = maker()
    sought = MARK if traces_of(MARK, body) else MARK[:13]
    assert traces_of(sought, body)
    kept = cleaned(body).body
    assert traces_of(sought, kept) == []
    assert sought not in exiftool_report(kept, "pdf")
    assert papers.SEEN in words(kept)


def test_a_visible_layer_and_a_comment_stay() -> None:
    assert "Ward 7" in words(cleaned(papers.with_layer_name()).body)
    with pikepdf.open(io.BytesIO(cleaned(papers.with_comment_author()).body)) as pdf:
        assert str(pdf.pages[0].obj.Annots[0].Contents) == "Who agreed?"


def test_what_is_filled_into_a_form_is_drawn_on_the_page() -> None:
    body = cleaned(papers.with_form()).body
    assert "Ward seven" in words(body)
    with pikepdf.open(io.BytesIO(body)) as pdf:
        assert "/AcroForm" not in pdf.Root


def test_a_photograph_in_a_pdf_keeps_its_coded_pixels() -> None:
    with pikepdf.open(io.BytesIO(cleaned(papers.with_jpeg()).body)) as pdf:
        image = pdf.pages[0].obj.Resources.XObject["/X1"]
        assert isinstance(image, pikepdf.Stream)
        assert pikepdf.PdfImage(image).as_pil_image().size == (96, 64)


def test_a_picture_among_the_drawing_instructions_stays() -> None:
    inline = b"% a note\nq 9 0 0 9 0 0 cm BI /W 2 /H 1 /CS /G /BPC 8 ID \x01\xfe EI Q"
    kept = cleaned(papers.saved(papers.new(inline))).body
    assert "\x01\xfe" in words(kept)
    assert "a note" not in words(kept)


def test_a_pdf_keeps_its_pages_in_order() -> None:
    pdf = Pdf.new()
    for width in (100, 200, 300):
        pdf.add_blank_page(page_size=(width, 100))
    with pikepdf.open(io.BytesIO(cleaned(papers.saved(pdf)).body)) as kept:
        assert [int(page.mediabox[2]) for page in kept.pages] == [100, 200, 300]


def test_a_rebuilt_pdf_is_sound() -> None:
    with pikepdf.open(io.BytesIO(cleaned(papers.with_form()).body), suppress_warnings=False) as pdf:
        assert pdf.check_pdf_syntax() == []


def test_the_words_about_a_pdf_name_what_was_in_it() -> None:
    assert Removed.SCRIPTS in cleaned(papers.PLANTED["named scripts"]()).removed
    assert Removed.EMBEDDED_FILES in cleaned(papers.PLANTED["an attached file"]()).removed
    assert Removed.COMMENT_AUTHORS in cleaned(papers.with_comment_author()).removed
    assert Removed.HIDDEN_TEXT in cleaned(papers.with_hidden_layer()).removed
    assert Removed.EDIT_HISTORY in cleaned(papers.with_earlier_version()).removed
    assert Removed.LOCATION in cleaned(papers.with_jpeg()).removed
    assert Removed.FORM_FIELDS in cleaned(papers.with_form()).removed


def test_the_same_pdf_is_rebuilt_the_same_way() -> None:
    assert cleaned(papers.with_info()).body == cleaned(papers.with_info()).body


def test_a_pdf_with_a_password_is_refused() -> None:
    locked = papers.saved(papers.new(), encryption=pikepdf.Encryption(user="secret", owner="secret"))
    assert refusal(locked) is Reason.ENCRYPTED


def test_a_pdf_that_only_forbids_copying_is_rebuilt() -> None:
    locked = papers.saved(papers.new(), encryption=pikepdf.Encryption(user="", owner="secret"))
    assert papers.SEEN in words(cleaned(locked).body)


def test_a_pdf_without_its_end_is_refused() -> None:
    body = papers.with_jpeg()
    assert refusal(body[: len(body) // 2]) is Reason.TRUNCATED


def test_a_pdf_whose_streams_grow_too_large_is_refused() -> None:
    pdf = papers.new()
    pdf.pages[0].contents_add(pdf.make_stream(b" " * 30_000_000))
    body = papers.saved(pdf)
    assert len(body) < 100_000
    assert refusal(body, Limits(unpacked=20_000_000)) is Reason.BOMB


def test_a_pdf_with_a_huge_picture_is_refused() -> None:
    pdf = papers.new()
    image = papers.picture(pdf, jpeg())
    image.Width, image.Height = 60_000, 60_000
    assert refusal(papers.saved(papers.shown(pdf, image))) is Reason.BOMB


def test_a_pdf_with_too_many_pages_is_refused() -> None:
    assert refusal(papers.saved(papers.new()), Limits(pages=0)) is Reason.BOMB


def test_a_deeply_nested_pdf_is_refused() -> None:
    pdf = papers.new()
    nest = Array([1])
    for _ in range(60):
        nest = Array([nest])
    pdf.pages[0].obj.Resources.Font.F1.Widths = nest
    assert refusal(papers.saved(pdf)) is Reason.UNREADABLE
