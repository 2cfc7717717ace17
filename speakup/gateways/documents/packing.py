"""Files written on their way out, piece by piece and in memory: a zip, a spreadsheet of words, a CSV.

openpyxl writes each sheet to a temporary file first, in clear; so a workbook of nothing but words is written here.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import chain, islice, zip_longest
from typing import Final

_OLDEST: Final = (1980, 1, 1, 0, 0, 0)
_RUNS: Final = ("=", "+", "-", "@", "\t", "\r")
_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_CELL: Final = 32_767
"""Characters that Excel keeps in a cell."""
_NAMESPACE: Final = "http://schemas.openxmlformats.org"
_LINK: Final = f"{_NAMESPACE}/officeDocument/2006/relationships"
_PARTS: Final = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_NAMESPACE}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
        '<Override PartName="/xl/styles.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_NAMESPACE}/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{_LINK}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_NAMESPACE}/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{_LINK}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
        f'Type="{_LINK}/styles" Target="styles.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_NAMESPACE}/spreadsheetml/2006/main" '
        f'xmlns:r="{_LINK}"><sheets>'
        '<sheet name="{sheet}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_NAMESPACE}/spreadsheetml/2006/main">'
        '<fonts count="2"><font><sz val="11"/><name val="Arial"/></font>'
        '<font><b/><sz val="11"/><name val="Arial"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
        '<alignment vertical="top" wrapText="1"/></xf>'
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">'
        '<alignment vertical="top" wrapText="1"/></xf>'
        '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
        '<alignment vertical="top"/></xf></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}
_TITLES_STAY: Final = (
    '<sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
)
_WIDTHS: Final = (12, 45)
"""Of columns, in letters: from a day to some words of a text, which goes on below."""
_WRAPPED: Final = 400
"""Characters of a cell that are broken into lines; a whole narrative would make its row taller than the screen."""
_MEASURED: Final = 50
"""Rows whose words say how wide a column is; the rest is not held back for that."""
_SPARE: Final = 4
"""Letters of a column that are left empty: capitals are wider than most."""
_POINTS: Final = 15
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'

Member = tuple[str, Iterable[bytes]]
"""A file of a zip: its name, and its bytes piece by piece."""


class _Outlet(io.RawIOBase):
    """What a zip is written to: whatever has come is taken away, and nothing can be gone back to."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = bytes(memoryview(data))  # type: ignore[arg-type]  # RawIOBase takes any buffer, which has no name in types
        self._held += piece
        return len(piece)

    def take(self) -> bytes:
        taken, self._held = bytes(self._held), bytearray()
        return taken


def zipped(members: Iterable[Member]) -> Iterator[bytes]:
    """Pack files as they come, without times or traces of a program; never more of them in memory than a piece."""
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, pieces in members:
            entry = zipfile.ZipInfo(name, date_time=_OLDEST)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            with archive.open(entry, "w") as inside:
                for piece in pieces:
                    inside.write(piece)
                    yield outlet.take()
    yield outlet.take()


def harmless(words: str) -> str:
    """Return words that no spreadsheet takes for something to be run."""
    return f"'{words}" if words.startswith(_RUNS) else words


def workbook(rows: Iterable[Sequence[str]], sheet: str = "Cases") -> Iterator[bytes]:
    """Write a workbook (.xlsx) of one sheet, every cell of it words and nothing else; its name has up to 31 letters."""
    parts: list[Member] = [
        (name, [(_HEAD + content.replace("{sheet}", escape(sheet))).encode()]) for name, content in _PARTS.items()
    ]
    return zipped([*parts, ("xl/worksheets/sheet1.xml", _sheet(rows))])


def _sheet(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Write the titles so that they stay in sight, columns as wide as their words ask for, and rows as tall."""
    every = iter(rows)
    first = list(islice(every, _MEASURED))
    widths = _widths(first)
    opening = f'{_HEAD}<worksheet xmlns="{_NAMESPACE}/spreadsheetml/2006/main">{_TITLES_STAY}{_columns(widths)}'
    yield f"{opening}<sheetData>".encode()
    for number, row in enumerate(chain(first, every)):
        cells = "".join(
            f'<c t="inlineStr" s="{_style(number, words)}"><is><t xml:space="preserve">{_cell(words)}</t></is></c>'
            for words in row
        )
        yield f'<row ht="{_height(row, widths)}" customHeight="1">{cells}</row>'.encode()
    yield b"</sheetData></worksheet>"


def _style(number: int, words: str) -> int:
    """Name one of the styles: titles are bold, and long words stand in one line."""
    return 1 if number == 0 else 2 if len(words) > _WRAPPED else 0


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    least, most = _WIDTHS
    longest = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    return [min(max(length + _SPARE, least), most) for length in longest]


def _columns(widths: Sequence[int]) -> str:
    """Say how wide each column is; nothing of a sheet without any."""
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>' for place, width in enumerate(widths, 1)
    )
    return f"<cols>{columns}</cols>" if columns else ""


def _height(row: Sequence[str], widths: Sequence[int]) -> int:
    """Return how tall a row is, in points: LibreOffice does not find it out by itself, and cuts words off."""
    lines = [
        sum(len(line) // (width - _SPARE) + 1 for line in words.split("\n"))
        for words, width in zip(row, widths, strict=False)
        if len(words) <= _WRAPPED
    ]
    return _POINTS * max([1, *lines])


def _cell(words: str) -> str:
    kept = _NO_XML.sub("", harmless(words))
    # What is longer than a cell would make the whole workbook one that Excel calls damaged.
    return escape(kept if len(kept) <= _LONGEST_CELL else kept[: _LONGEST_CELL - 1] + "…", quote=False)


def comma_separated(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Write a CSV that Excel opens as what it is: UTF-8 with a mark."""
    yield "\ufeff".encode()
    for row in rows:
        line = io.StringIO(newline="")
        csv.writer(line).writerow([harmless(words) for words in row])
        yield line.getvalue().encode()
