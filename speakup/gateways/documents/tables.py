"""What stands in the cells of a spreadsheet, as JSON: nothing is run, no link is followed, no picture looked at.

`{"sheets": [{"name": "2021-22", "hidden": false, "rows": [[cell, …], …], "merged": [[top, left, bottom, right], …]}],
"formulas": 3}`. A cell is text, a number, true or false, null for nothing, or `["day", "2021-03-31"]`. `merged` counts
rows and columns from nought, both ends included; `formulas` says how many cells hold one whose outcome is not kept.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from statistics import median_low
from typing import Any

import openpyxl
from lxml import etree
from openpyxl.utils.cell import range_boundaries

from speakup.gateways.documents.office.archive import unpack
from speakup.gateways.documents.outcomes import Kind, Limits, Reason, Rebuilt, Refused
from speakup.gateways.documents.writing import decoded

MOST_ROWS, MOST_COLUMNS = 30_000, 150
"""Of one sheet. A log that is longer is none that a person kept."""
_DELIMITERS = (",", ";", "\t", "|")
_LOOKED_AT = 60
"""Lines of a CSV by which its delimiter is told."""
_SEP = re.compile(r'"?sep=(.)"?\r?\n')
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_NO_OUTCOME = re.compile(rb"<f[ >/][^<]*(?:</f>)?(?!<v>[^<])")

Cell = Any


def read(kind: Kind, body: bytes, limits: Limits) -> Rebuilt:
    """Return the cells of every sheet, as JSON."""
    found = _workbook(body, limits) if kind is Kind.XLSX else {"sheets": [_written(body)], "formulas": 0}
    return Rebuilt(json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode(), frozenset())


def _workbook(body: bytes, limits: Limits) -> dict[str, Any]:
    members, _ = unpack(body, limits)
    # Only what was calculated before is read; nothing is calculated, and what lies in other files is not looked for.
    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
    sheets = [_sheet(each, members) for each in book.worksheets]
    return {"sheets": sheets, "formulas": sum(_without_outcome(each) for each in members.items())}


def _sheet(sheet: Any, members: dict[str, bytes]) -> dict[str, Any]:  # noqa: ANN401 -- openpyxl publishes no types
    sheet.reset_dimensions()
    rows = [[_cell(value) for value in row[:MOST_COLUMNS]] for row in _within(sheet.iter_rows(values_only=True))]
    source = str(sheet._worksheet_path).lstrip("/")  # noqa: SLF001 -- where its merged cells are is said nowhere else
    merged = list(_merged(members.get(source, b"")))
    return {"name": sheet.title, "hidden": sheet.sheet_state != "visible", "rows": _trimmed(rows), "merged": merged}


def _within(rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """Give rows up to where a sheet that somebody formatted to its end holds nothing more."""
    empty = 0
    for number, row in enumerate(rows):
        empty = 0 if any(value is not None for value in row) else empty + 1
        if empty >= MOST_ROWS:
            return
        if number - empty >= MOST_ROWS:
            raise Refused(Reason.TOO_LARGE)
        yield row


def _cell(value: Any) -> Cell:  # noqa: ANN401 -- whatever a cell holds
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, datetime):
        return ["day", value.date().isoformat()]
    if isinstance(value, date):
        return ["day", value.isoformat()]
    text = str(value)
    return None if text.startswith("#") and text.rstrip("!?").isupper() and text.endswith(("!", "?", "A")) else text


def _merged(part: bytes) -> Iterator[list[int]]:
    if b"<mergeCell" not in part:
        return
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    for each in etree.fromstring(part, parser).iter(f"{_MAIN}mergeCell"):
        left, top, right, bottom = range_boundaries(each.get("ref"))
        yield [top - 1, left - 1, bottom - 1, right - 1]


def _without_outcome(member: tuple[str, bytes]) -> int:
    name, content = member
    return len(_NO_OUTCOME.findall(content)) if name.startswith("xl/worksheets/") and b"<f" in content else 0


def _written(body: bytes) -> dict[str, Any]:
    """Read a CSV: by the delimiter that most of its lines have most of."""
    text = decoded(body)
    named = _SEP.match(text)
    if named:
        text, delimiter = text[named.end() :], named[1]
    else:
        delimiter = max(_DELIMITERS, key=lambda each: _columns_by(text, each))
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    if len(rows) > MOST_ROWS:
        raise Refused(Reason.TOO_LARGE)
    cells: list[list[Cell]] = [[cell if cell.strip() else None for cell in row[:MOST_COLUMNS]] for row in rows]
    return {"name": "", "hidden": False, "rows": _trimmed(cells), "merged": []}


def _columns_by(text: str, delimiter: str) -> tuple[int, int]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    widths = [len(row) for row, _ in zip(reader, range(_LOOKED_AT), strict=False) if any(row)]
    return (median_low(widths), sum(widths)) if widths else (0, 0)


def _trimmed(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Leave out what is empty at the end of each row, and of all of them."""
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows
