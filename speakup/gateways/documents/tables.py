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
from itertools import islice
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
LONGEST_CELL = 50_000
"""Characters. What is longer is kept nowhere; cut one beyond this, its row is still seen to be too long."""
_LONGEST_RECORD = 400
"""Lines of a CSV that one row may run over, between quotation marks."""
_STRICT = b"http://purl.oclc.org/ooxml/"
"""What a workbook names itself by in a dialect that cannot be read here: it would seem to be empty."""
_DELIMITERS = (",", ";", "\t", "|")
_LOOKED_AT = 60
"""Lines of a CSV by which its delimiter is told."""
_TOLD_BY = 1024 * 1024
"""Characters by which it is told."""
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
    if any(_STRICT in content[:2000] for name, content in members.items() if name.startswith("xl/worksheets/")):
        raise Refused(Reason.UNREADABLE)
    # Only what was calculated before is read; nothing is calculated, and what lies in other files is not looked for.
    book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
    sheets = [_sheet(each, members) for each in book.worksheets]
    return {"sheets": sheets, "formulas": sum(_without_outcome(each) for each in members.items())}


def _sheet(sheet: Any, members: dict[str, bytes]) -> dict[str, Any]:  # noqa: ANN401 -- openpyxl publishes no types
    sheet.reset_dimensions()
    rows = [[_cell(value) for value in _narrow(row)] for row in _within(sheet.iter_rows(values_only=True))]
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


def _narrow(row: Sequence[Any]) -> Sequence[Any]:
    """Cut off columns that hold nothing; where one beyond the most does, nothing of the log may be lost in silence."""
    if any(value is not None and str(value).strip() for value in row[MOST_COLUMNS:]):
        raise Refused(Reason.TOO_LARGE)
    return row[:MOST_COLUMNS]


def _cell(value: Any) -> Cell:  # noqa: ANN401 -- whatever a cell holds
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, datetime):
        return ["day", value.date().isoformat()]
    if isinstance(value, date):
        return ["day", value.isoformat()]
    text = str(value)[: LONGEST_CELL + 1]
    return None if text.startswith("#") and text.rstrip("!?").isupper() and text.endswith(("!", "?", "A")) else text


def _merged(part: bytes) -> Iterator[list[int]]:
    if b"<mergeCell" not in part:
        return
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    cells = 0
    for each in etree.fromstring(part, parser).iter(f"{_MAIN}mergeCell"):
        left, top, right, bottom = _area(each.get("ref", ""))
        right, bottom = min(right, MOST_COLUMNS), min(bottom, MOST_ROWS)
        if not (0 < left <= right and 0 < top <= bottom):
            continue
        cells += (right - left + 1) * (bottom - top + 1)
        # Areas that Excel merges lie beside each other. Thousands over one another are only there to keep us busy.
        if cells > MOST_ROWS * MOST_COLUMNS:
            raise Refused(Reason.UNREADABLE)
        yield [top - 1, left - 1, bottom - 1, right - 1]


def _area(ref: str) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom, from one; noughts for what names no area."""
    try:
        left, top, right, bottom = range_boundaries(ref)
    except (TypeError, ValueError):
        return 0, 0, 0, 0
    return left or 0, top or 0, right or 0, bottom or 0


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
    rows = list(islice(_records(text, delimiter), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise Refused(Reason.TOO_LARGE)
    cells: list[list[Cell]] = [[_written_cell(cell) for cell in _narrow(row)] for row in rows]
    return {"name": "", "hidden": False, "rows": _trimmed(cells), "merged": []}


def _written_cell(cell: str) -> Cell:
    return cell[: LONGEST_CELL + 1] if cell.strip() else None


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    """Give the rows. A quotation mark that nobody closed is a sign like any other, and swallows no row after it."""
    lines = list(io.StringIO(text, newline=""))
    at = 0
    while at < len(lines):
        row, after = _record(lines, at, delimiter)
        if after > at + 1 and not _is_whole("".join(lines[at:after]), delimiter):
            row, after = next(csv.reader([lines[at]], delimiter=delimiter, quoting=csv.QUOTE_NONE), []), at + 1
        yield row
        at = after


def _record(lines: Sequence[str], at: int, delimiter: str) -> tuple[list[str], int]:
    """Return the row that begins in this line, and the line after its last."""
    reader = csv.reader(lines[at : at + _LONGEST_RECORD] if '"' in lines[at] else [lines[at]], delimiter=delimiter)
    return next(reader, []), at + max(1, reader.line_num)


def _is_whole(record: str, delimiter: str) -> bool:
    try:
        next(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter, strict=True), None)
    except csv.Error:
        return False
    return True


def _columns_by(text: str, delimiter: str) -> tuple[int, int]:
    widths = [len(row) for row in islice(_records(text[:_TOLD_BY], delimiter), _LOOKED_AT) if any(row)]
    return (median_low(widths), sum(widths)) if widths else (0, 0)


def _trimmed(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Leave out what is empty at the end of each row, and of all of them."""
    for row in rows:
        while row and row[-1] is None:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows
