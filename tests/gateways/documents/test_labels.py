import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.gateways.documents import Kind
from speakup.gateways.documents.labels import LONGEST_NAME, cleaned_name, is_program, kind_from_name, kinds_from_bytes


@pytest.mark.parametrize(
    ("name", "kind", "expected"),
    [
        ("rota.JPG", Kind.JPEG, "rota.jpg"),
        ("rota.jpeg", Kind.JPEG, "rota.jpeg"),
        ("C:\\Users\\jane\\Desktop\\rota.png", Kind.PNG, "rota.png"),
        ("../../etc/passwd.txt", Kind.TEXT, "passwd.txt"),
        ("IMG_0001.HEIC", Kind.HEIC, "IMG_0001.jpg"),
        ("rota\u202egpj.exe.png", Kind.PNG, "rotagpj.exe.png"),
        ("a\r\nb\x00.pdf", Kind.PDF, "a b.pdf"),
        ("  .  rota . pdf", Kind.PDF, "rota.pdf"),
        (".pdf", Kind.PDF, "pdf.pdf"),
        ("", Kind.OTHER, "file"),
        ("recording.mp3", Kind.OTHER, "recording.mp3"),
        ("what is this?", Kind.OTHER, "what is this"),
        ("clip.mp4:hidden", Kind.OTHER, "clip.mp4 hidden"),
        ("Nyrsys ar ddyletswydd – Dŵr.docx", Kind.DOCX, "Nyrsys ar ddyletswydd – Dŵr.docx"),
    ],
)
def test_a_name_is_made_safe_and_gets_the_ending_of_its_kind(name: str, kind: Kind, expected: str) -> None:
    assert cleaned_name(name, kind) == expected


@given(st.text(max_size=400), st.sampled_from(Kind))
def test_no_name_holds_a_path_or_a_character_that_nobody_sees(name: str, kind: Kind) -> None:
    kept = cleaned_name(name, kind)
    assert 0 < len(kept) <= LONGEST_NAME
    assert not set(kept) & set('/\\:*?"<>|')
    assert not any(unicodedata.category(character).startswith("C") for character in kept)
    assert kept == kept.strip()
    assert not kept.startswith(".")


@given(st.text(max_size=200), st.sampled_from(Kind))
def test_cleaning_a_name_twice_changes_nothing_more(name: str, kind: Kind) -> None:
    once = cleaned_name(name, kind)
    assert cleaned_name(once, kind) == once


@pytest.mark.parametrize("name", ["a.exe", "a.pdf.EXE", "a.js", "a.html", "a.svg", "a.docm", "a.exe. ", "a.lnk"])
def test_a_program_is_known_by_its_name(name: str) -> None:
    assert is_program(name, b"hello")


@pytest.mark.parametrize(
    "ending",
    [
        "rdp",
        "library-ms",
        "search-ms",
        "slk",
        "iqy",
        "diagcab",
        "theme",
        "website",
        "accdb",
        "mdb",
        "ade",
        "wiz",
        "one",
    ],
)
def test_what_leads_elsewhere_when_it_is_opened_is_a_program_too(ending: str) -> None:
    assert is_program(f"rota.{ending.upper()}", b"hello")


@pytest.mark.parametrize("start", [b"MZ\x90\0", b"\x7fELF\x02", b"#!/bin/sh\n"])
def test_a_program_is_known_by_its_first_bytes(start: bytes) -> None:
    assert is_program("rota.txt", start)


def test_kinds_are_known_by_name_and_by_bytes() -> None:
    assert kind_from_name("a.b.PDF") is Kind.PDF
    assert kind_from_name("pdf") is Kind.OTHER
    assert kinds_from_bytes(b"\0\0\0\x18ftypheic") == {Kind.HEIC}
    assert kinds_from_bytes(b"\0\0\0\x18ftypmp42") == frozenset()
    assert kinds_from_bytes(b"RIFF\0\0\0\0WAVE") == frozenset()
