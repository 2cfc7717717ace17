"""Logs made to break whoever reads them, and logs that somebody's program broke."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date

import openpyxl
from openpyxl.chart import BarChart, Reference
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.cases.importing.logs import saved

SHEET = "xl/worksheets/sheet1.xml"
TITLES = "Ref,Date raised,What was said"
PLAIN = f"{TITLES}\r\nF1,1/3/2024,Told\r\n"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
WITH_PASSWORD = OLD_OFFICE + "EncryptedPackage".encode("utf-16-le") + bytes(600)
OF_BEFORE_2007 = OLD_OFFICE + "Workbook".encode("utf-16-le") + bytes(600)


def tidy(*more: list[object]) -> openpyxl.Workbook:
    """One row of headings and one of a case, then others."""
    book = openpyxl.Workbook()
    for row in (TITLES.split(","), ["F1", date(2024, 3, 1), "Told"], *more):
        book.active.append(row)
    return book


def changed(book: openpyxl.Workbook, change: Callable[[bytes], bytes]) -> bytes:
    """Write it, with its sheet as no program writes it."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(book))) as old, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == SHEET else content)
    return written.getvalue()


def with_cells(cells: bytes, book: openpyxl.Workbook | None = None) -> bytes:
    """Put raw rows below the others."""
    return changed(book or tidy(), lambda sheet: sheet.replace(b"</sheetData>", cells + b"</sheetData>"))


def merged(*areas: str, times: int = 1, rows: int = 60) -> bytes:
    """Merge these areas, so many times over."""
    marks = "".join(f'<mergeCell ref="{area}"/>' for area in areas).encode() * times
    book = tidy(*([f"F{number}", date(2024, 3, 2), "Told"] for number in range(2, rows)))
    end = b"</sheetData>"
    return changed(book, lambda sheet: sheet.replace(end, end + b"<mergeCells>" + marks + b"</mergeCells>"))


def of_1904() -> bytes:
    """Days counted from 1904, as Excel on a Macintosh did."""
    book = tidy()
    book.epoch = CALENDAR_MAC_1904
    return saved(book)


def far_to_the_right() -> bytes:
    """One word in the last of 16,384 columns."""
    book = tidy()
    book.active.cell(3, 16_384, "far away")
    return saved(book)


def with_a_sheet_that_is_a_chart() -> bytes:
    """A chart on a sheet of its own, before the log."""
    book = tidy()
    chart = BarChart()
    chart.add_data(Reference(book.active, min_col=1, min_row=1, max_row=2))
    book.create_chartsheet("Charts", 0).add_chart(chart)
    return saved(book)


def declared_as_a_million_rows() -> bytes:
    """A sheet that says it reaches to its end."""
    whole = b'<dimension ref="A1:XFD1048576"/>'
    return changed(tidy(), lambda sheet: re.sub(rb'<dimension ref="[^"]*"/>', whole, sheet))


def in_the_strict_dialect() -> bytes:
    """A sheet whose elements have other names."""
    usual, strict = b"schemas.openxmlformats.org/spreadsheetml/2006/main", b"purl.oclc.org/ooxml/spreadsheetml/main"
    return changed(tidy(), lambda sheet: sheet.replace(usual, strict))


UNCLOSED = (
    PLAIN
    + 'F2,2/3/2024,"Told me\r\n'
    + "".join(f"F{number},{number % 28 + 1}/3/2024,row {number}\r\n" for number in range(3, 500))
    + 'F500,1/4/2024,"a, b"\r\n'
).encode()
"""A quotation mark that nobody closed, five hundred rows before one that is closed."""

ERROR_CELLS = b'<row r="3"><c r="A3" t="e"><v>#REF!</v></c><c r="B3" t="e"><v>#N/A</v></c></row>'
NO_SUCH_TEXT = b'<row r="3"><c r="C3" t="s"><v>99999</v></c></row>'
HALF_AN_ERROR = (
    b'<row r="3"><c r="A3" t="e"><v>#NAME?</v></c><c r="B3" t="inlineStr"><is><t>2/3/2024</t></is></c>'
    b'<c r="C3" t="inlineStr"><is><t>Told twice</t></is></c></row>'
)

Made = Callable[[], bytes]
COMES_IN: dict[str, tuple[str, Made, list[str]]] = {
    "declared as a million rows": ("log.xlsx", declared_as_a_million_rows, ["Told"]),
    "formulas without an outcome": ("log.xlsx", lambda: saved(tidy(["F2", "=TODAY()", "=[1]Sheet1!A1"])), ["Told"]),
    "nothing but errors in a row": ("log.xlsx", lambda: with_cells(ERROR_CELLS), ["Told"]),
    "an error in a row": ("log.xlsx", lambda: with_cells(HALF_AN_ERROR), ["Told", "Told twice"]),
    "days from 1904": ("log.xlsx", of_1904, ["Told"]),
    "merged to its end": ("log.xlsx", lambda: merged("A1:XFD1048576", rows=2), ["Told"]),
    "a sheet that is a chart": ("log.xlsx", with_a_sheet_that_is_a_chart, ["Told"]),
    "utf-16": ("log.csv", lambda: PLAIN.encode("utf-16"), ["Told"]),
    "utf-16 with tabs": ("log.txt", lambda: PLAIN.replace(",", "\t").encode("utf-16"), ["Told"]),
    "semicolons": ("log.csv", lambda: PLAIN.replace(",", ";").encode(), ["Told"]),
    "an old macintosh": (
        "log.csv", lambda: PLAIN.replace("\r\n", "\r").replace("Told", "“Told”").encode("mac_roman"), ["“Told”"],
    ),
    "a cell of half a megabyte": (
        "log.csv", f"{PLAIN}F2,2/3/2024,{'x' * 450_000}\r\nF3,3/3/2024,After\r\n".encode, ["Told", "After"],
    ),
    "an inch": ("log.csv", f'{PLAIN}F2,2/3/2024,a 5" gap\r\n'.encode, ["Told", 'a 5" gap']),
    "two lines in one cell": (
        "log.csv", f'{PLAIN}F2,2/3/2024,"One\nand ""two"""\r\n'.encode, ["Told", 'One\nand "two"'],
    ),
    "titles twice": ("log.csv", lambda: b"Date raised,What was said,Notes,Notes\n1/3/2024,Told,a,b\n", ["Told"]),
}  # fmt: skip
"""Name, what makes the body, and what the cases say that come in."""
IS_REFUSED: dict[str, tuple[str, Made, str]] = {
    "a bomb": ("log.xlsx", lambda: changed(tidy(), lambda sheet: sheet + b" " * 210_000_000), "gets far too large"),
    "a word at the end of the columns": ("log.xlsx", far_to_the_right, "150 columns"),
    "thousands of areas over one another": ("log.xlsx", lambda: merged("A1:XFD50", times=10_000), "is damaged"),
    "an area that is none": ("log.xlsx", lambda: merged("nonsense"), "is damaged"),
    "the strict dialect": ("log.xlsx", in_the_strict_dialect, "is damaged"),
    "a text that is not there": ("log.xlsx", lambda: with_cells(NO_SUCH_TEXT), "is damaged"),
    "a password": ("log.xlsx", lambda: WITH_PASSWORD, "has a password"),
    "of before 2007": ("log.xlsx", lambda: OF_BEFORE_2007, "no Excel workbook of today"),
    "of before 2007 by its name": ("log.xls", lambda: OF_BEFORE_2007, "no Excel workbook of today"),
    "a page of the web": ("log.xls", lambda: b"<html><table><tr><td>Date</td></tr></table></html>", "This is no CSV"),
    "noughts among the letters": ("log.csv", lambda: PLAIN.replace("Told", "To\0ld").encode(), "This is no CSV"),
    "utf-16 without its mark": ("log.csv", lambda: PLAIN.encode("utf-16-le"), "This is no CSV"),
    "two hundred thousand columns": ("log.csv", f"{PLAIN}{',' * 200_000}x\r\n".encode, "150 columns"),
    "thirty thousand rows and one": ("log.csv", lambda: b"Date\n" + b"1/3/2024\n" * 30_001, "30,000 rows"),
}  # fmt: skip
"""Name, what makes the body, and what is said of it."""
