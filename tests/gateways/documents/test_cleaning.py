import traceback
from collections.abc import Callable

import pytest

from speakup.gateways.documents import Cleaned, Kind, Limits, Reason, Refused, clean
from tests.gateways.documents import offices, papers, pictures
from tests.gateways.documents.traces import MARK

ZIP = offices.zipped({"notes.txt": b"hello"})
PDF = papers.saved(papers.new())


def cleaned(name: str, body: bytes, *, keep_other: bool = False, limits: Limits | None = None) -> Cleaned:
    return clean(name, body, keep_other=keep_other, limits=limits or Limits())


def refusal(name: str, body: bytes, *, keep_other: bool = False, limits: Limits | None = None) -> Reason:
    with pytest.raises(Refused) as refused:
        cleaned(name, body, keep_other=keep_other, limits=limits)
    return refused.value.reason


OTHERS = {
    "call.mp3": b"ID3\x03\0" + b"\0" * 50,
    "call.m4a": b"\0\0\0\x18ftypM4A " + b"\0" * 50,
    "clip.mp4": b"\0\0\0\x18ftypmp42" + b"\0" * 50,
    "clip.mov": b"\0\0\0\x14ftypqt  " + b"\0" * 50,
    "sound.wav": b"RIFF\x24\0\0\0WAVEfmt ",
    "letter.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 50,
    "mail.msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 50,
    "papers.zip": ZIP,
    "letter.odt": ZIP,
    "letter.rtf": b"{\\rtf1 hello}",
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_cannot_be_cleaned_needs_agreement(name: str) -> None:
    assert refusal(name, OTHERS[name]) is Reason.NEEDS_AGREEMENT
    kept = cleaned(name, OTHERS[name], keep_other=True)
    assert (kept.body, kept.name, kept.kind, kept.media_type, kept.removed) == (
        OTHERS[name],
        name,
        Kind.OTHER,
        "application/octet-stream",
        (),
    )


@pytest.mark.parametrize("name", ["photo.mp3", "photo", "photo.xyz"])
def test_agreeing_does_not_let_a_known_format_past_under_another_name(name: str) -> None:
    for body in (pictures.jpeg(), PDF, pictures.heic()):
        assert refusal(name, body, keep_other=True) is Reason.MISLABELLED


def test_programs_are_never_kept() -> None:
    assert refusal("setup.exe", b"MZ\x90\0", keep_other=True) is Reason.PROGRAM
    assert refusal("rota.mp3", b"MZ\x90\0", keep_other=True) is Reason.PROGRAM
    assert refusal("letter.docm", offices.document(), keep_other=True) is Reason.PROGRAM


def test_size_and_emptiness_are_looked_at_first() -> None:
    assert refusal("a.pdf", b"") is Reason.EMPTY
    assert refusal("a.mp3", b"abc", keep_other=True, limits=Limits(size=2)) is Reason.TOO_LARGE


def gif_and_pdf() -> bytes:
    return pictures.gif_with(b"\x21\xfe" + pictures.gif_blocks(b"\n%PDF-1.7\n"))


POLYGLOTS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "GIF and PDF": ("a.gif", lambda: pictures.gif(comment=b"%PDF-1.7 1 0 obj")),
    "JPEG and PDF": ("a.jpg", lambda: pictures.jpeg(comment=b"\n%PDF-1.7\n1 0 obj")),
    "JPEG and zip": ("a.jpg", lambda: pictures.jpeg() + ZIP),
    "PNG and zip": ("a.png", lambda: pictures.png() + ZIP),
    "WebP and zip": ("a.webp", lambda: pictures.webp() + ZIP),
    "GIF and RAR": ("a.gif", lambda: pictures.gif() + b"Rar!\x1a\x07\x01\0" + b"\0" * 40),
    "PNG and 7z": ("a.png", lambda: pictures.png() + b"7z\xbc\xaf\x27\x1c" + b"\0" * 40),
    "HEIC and zip": ("a.heic", lambda: pictures.heic() + ZIP),
    "PDF and zip behind it": ("a.pdf", lambda: PDF + ZIP),
    "PDF inside a zip's comment": ("a.pdf", lambda: PDF[:-40] + ZIP[:-2] + (40).to_bytes(2, "little") + PDF[-40:]),
    "text and PDF": ("a.txt", lambda: b"hello\n%PDF-1.7\n1 0 obj\n"),
    "docx and PDF": ("a.docx", lambda: offices.zipped({"%PDF-1.7": b"x"} | offices.members(offices.document()))),
}


@pytest.mark.parametrize("which", POLYGLOTS)
def test_a_file_of_two_kinds_is_refused(which: str) -> None:
    name, maker = POLYGLOTS[which]
    assert refusal(name, maker()) is Reason.POLYGLOT


def test_a_zip_pinned_inside_a_pdf_is_removed_and_not_taken_for_a_polyglot() -> None:
    pdf = papers.new()
    pdf.attachments["notes.zip"] = ZIP * 3
    kept = cleaned("a.pdf", papers.saved_plainly(pdf))
    assert b"PK\x03\x04" not in kept.body


def test_no_refusal_shows_a_name_or_a_word_of_the_file() -> None:
    for name, body in ((f"{MARK}.pdf", b"%PDF-1.7 " + MARK.encode()), (f"{MARK}.mp3", MARK.encode())):
        with pytest.raises(Refused) as refused:
            cleaned(name, body)
        shown = "".join(traceback.format_exception_only(refused.value)) + repr(refused.value.__context__)
        assert MARK not in shown
        assert MARK not in repr(refused.value.__dict__)


def test_what_could_be_logged_shows_no_word_of_a_kept_file() -> None:
    kept = cleaned(f"{MARK}.txt", MARK.encode())
    assert MARK in kept.name
    assert MARK not in repr(kept)
