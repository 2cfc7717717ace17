import csv
import io

import pytest

from speakup.gateways.documents import Cleaned, Kind, Limits, Reason, Refused, Removed, clean
from tests.gateways.documents import pictures


def cleaned(name: str, body: bytes) -> Cleaned:
    return clean(name, body, keep_other=False, limits=Limits())


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_kept_as_utf_8_whatever_it_was(codec: str) -> None:
    said = "They said £5 “extra” – café\r\nand left.\n"
    kept = cleaned("notes.txt", said.encode(codec))
    assert kept.body.decode() == said
    assert (kept.kind, kept.media_type, kept.removed) == (Kind.TEXT, "text/plain; charset=utf-8", ())


def test_other_scripts_and_emoji_stay_as_they_are() -> None:
    said = "می‌خواهم क्‍ष 👩‍⚕️ 🏴󠁧󠁢󠁷󠁬󠁳󠁿 Iechyd da — 日本語\n"
    assert cleaned("notes.txt", said.encode()).body.decode() == said


@pytest.mark.parametrize(
    "mark", ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u202e", "\u00ad", "\U000e0041", "\U000e0100", "\x07"]
)
def test_characters_that_nobody_sees_are_gone(mark: str) -> None:
    kept = cleaned("notes.txt", f"The rota{mark} had two nurses and a long list of everything else".encode())
    assert kept.body.decode() == "The rota had two nurses and a long list of everything else"
    assert kept.removed == (Removed.HIDDEN_TEXT,)


def test_blanks_that_spell_something_at_the_ends_of_lines_are_gone() -> None:
    kept = cleaned("notes.txt", b"one \t \nand two\t\t \r\nthree  ")
    assert kept.body == b"one\nand two\r\nthree"


@pytest.mark.parametrize(
    "cell",
    ["=1+1", '=HYPERLINK("http://a.example")', "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "\t=1"],
)
def test_a_cell_that_would_run_becomes_text(cell: str) -> None:
    table = io.StringIO()
    csv.writer(table).writerows([["day", "note"], ["Monday", cell]])
    kept = cleaned("rota.csv", table.getvalue().encode())
    rows = list(csv.reader(io.StringIO(kept.body.decode(), newline="")))
    assert rows == [["day", "note"], ["Monday", f"'{cell}"]]
    assert kept.removed == (Removed.SCRIPTS,)


def test_a_table_without_formulas_is_kept_to_the_letter() -> None:
    table = b'day;"number; of nurses"\r\nMonday;-2\r\nTuesday;+44 20 7946 0000\r\n\r\n'
    kept = cleaned("rota.csv", table)
    assert (kept.body, kept.removed) == (table, ())


@pytest.mark.parametrize("name", ["notes.txt", "rota.csv"])
@pytest.mark.parametrize(
    "body", [pictures.png(), b"%PDF-1.7 hello", b"PK\x03\x04 hello", b"\0\1\2\3" * 50, bytes(range(1, 32)) * 9]
)
def test_what_is_no_text_is_refused(name: str, body: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        cleaned(name, body)
    assert refusal.value.reason is Reason.MISLABELLED
