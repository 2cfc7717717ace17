"""Spreadsheets are read in the confined child: cells and nothing else, however hostile the file."""

import io
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from speakup.gateways.documents import Limits, Reason, Refused, read_tables


def workbook(*rows: list[object]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def refused(name: str, body: bytes, limits: Limits | None = None) -> Reason:
    with pytest.raises(Refused) as caught:
        read_tables(name, body, limits or Limits())
    return caught.value.reason


def repacked(body: bytes, **changes: bytes) -> bytes:
    """Put other members in the place of some."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *changes}:
            new.writestr(name, changes[name] if name in changes else old.read(name))
    return written.getvalue()


def test_cells_come_as_what_they_are() -> None:
    book = workbook(["Day", "Number", "Words", "Yes", None], [date(2021, 3, 3), 44258, " words ", True, 2.5])
    book.active.append([datetime.fromisoformat("2021-03-03T14:30"), None, "#REF!", False, 7.0])
    (sheet,) = read_tables("log.xlsx", saved(book), Limits()).sheets
    assert sheet.rows[1:] == [
        [["day", "2021-03-03"], 44258, " words ", True, 2.5],
        [["day", "2021-03-03"], None, None, False, 7],
    ]


def test_formulas_are_not_calculated_and_those_without_an_outcome_are_counted() -> None:
    book = workbook(["=1+1", '=HYPERLINK("http://example.org")'], ["told", None])
    found = read_tables("log.xlsx", saved(book), Limits())
    assert found.sheets[0].rows == [[], ["told"]]
    assert found.formulas == 2


def test_merged_areas_and_hidden_sheets_are_said_to_be_so() -> None:
    book = workbook(["Title"], ["a", "b"])
    book.active.merge_cells("A1:B1")
    book.create_sheet("old").sheet_state = "hidden"
    shown, hidden = read_tables("log.xlsx", saved(book), Limits()).sheets
    assert (shown.merged, shown.hidden, hidden.hidden) == ([[0, 0, 0, 1]], False, True)


def test_a_sheet_formatted_to_its_end_is_as_long_as_what_is_in_it() -> None:
    book = workbook(["Day"], ["told"])
    book.active.cell(row=20_000, column=3).fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")
    assert len(read_tables("log.xlsx", saved(book), Limits()).sheets[0].rows) == 2


@pytest.mark.parametrize(("body", "rows"), [
    (b"a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
    (b"a;b\n1,5;2\n", [["a", "b"], ["1,5", "2"]]),
    (b"a\tb\n1\t2\n", [["a", "b"], ["1", "2"]]),
    (b"sep=|\r\na|b\r\n", [["a", "b"]]),
    ("a,b\nĐặng,“x”\n".encode("utf-8-sig"), [["a", "b"], ["Đặng", "“x”"]]),
    ("a,b\nßé,2\n".encode("utf-16"), [["a", "b"], ["ßé", "2"]]),
    ("a,b\n‘café’ – £5,2\n".encode("cp1252"), [["a", "b"], ["‘café’ – £5", "2"]]),
    (b'a,"b\nc"\n\n\n', [["a", "b\nc"]]),
])  # fmt: skip
def test_a_csv_is_read_in_the_usual_encodings_and_delimiters(body: bytes, rows: list[list[str]]) -> None:
    assert read_tables("log.csv", body, Limits()).sheets[0].rows == rows


def test_a_bomb_is_no_log() -> None:
    bomb = repacked(saved(workbook(["a"])), **{"xl/sharedStrings.xml": b"<sst>" + b" " * 210_000_000 + b"</sst>"})
    assert len(bomb) < 1_000_000
    assert refused("log.xlsx", bomb) is Reason.BOMB


def test_entities_that_grow_are_not_followed() -> None:
    entities = b'<!DOCTYPE sst [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        f'<!ENTITY {chr(98 + step)} "{f"&{chr(97 + step)};" * 10}">'.encode() for step in range(9)
    )
    strings = (
        entities + b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&j;</t></si></sst>'
    )
    body = repacked(saved(workbook(["a"])), **{"xl/sharedStrings.xml": strings.replace(b"<sst ", b"]><sst ", 1)})
    (sheet,) = read_tables("log.xlsx", body, Limits()).sheets
    assert len(str(sheet.rows)) < 100


def test_what_lies_outside_the_workbook_is_not_looked_for() -> None:
    link = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
        b'Target="file:///etc/passwd" TargetMode="External"/></Relationships>'
    )
    body = repacked(saved(workbook(["told"])), **{"xl/externalLinks/_rels/externalLink1.xml.rels": link})
    assert read_tables("log.xlsx", body, Limits()).sheets[0].rows == [["told"]]


@pytest.mark.parametrize(("name", "body", "reason"), [
    ("log.xlsm", b"PK\x03\x04", Reason.PROGRAM),
    ("log.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), Reason.MISLABELLED),
    ("log.xlsx", b"PK\x03\x04 cut off", Reason.TRUNCATED),
    ("log.csv", b"\x00\x01\x02" * 100, Reason.MISLABELLED),
    ("log.pdf", b"%PDF-1.7\n", Reason.MISLABELLED),
    ("log.csv", b"", Reason.EMPTY),
])  # fmt: skip
def test_what_is_no_spreadsheet_is_refused(name: str, body: bytes, reason: Reason) -> None:
    assert refused(name, body) is reason


def test_a_log_longer_than_anybody_keeps_is_refused() -> None:
    assert refused("log.csv", b"a,b\n" * 40_000) is Reason.TOO_LARGE
    assert refused("log.csv", b"a,b\n" * 400, Limits(size=100)) is Reason.TOO_LARGE
