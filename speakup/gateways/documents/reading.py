"""Reading a spreadsheet that somebody brings along, in the same confined child that cleans files."""

import json
from dataclasses import dataclass, field
from typing import Any

from speakup.gateways.documents import child, polyglots
from speakup.gateways.documents.cleaning import kind_of
from speakup.gateways.documents.outcomes import Kind, Limits, Reason, Refused

READABLE = frozenset({Kind.XLSX, Kind.CSV})

Cell = str | int | float | bool | list[str] | None
"""Text, a number, yes or no, nothing, or `["day", "2021-03-31"]`."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as it stands, row by row."""

    name: str = field(repr=False)
    hidden: bool
    rows: list[list[Cell]] = field(repr=False)
    merged: list[list[int]]
    """Top, left, bottom, right of each merged area, counted from nought."""


@dataclass(frozen=True, slots=True)
class Workbook:
    """Every sheet of a file."""

    sheets: list[Sheet] = field(repr=False)
    formulas: int
    """Cells with a formula whose outcome the file does not hold."""


def read_tables(name: str, body: bytes, limits: Limits) -> Workbook:
    """Return what stands in the cells of a CSV or Excel file, or `Refused`."""
    kind = Kind.CSV if name.lower().endswith((".tsv", ".tab")) else kind_of(name, body, limits)
    # A plain export is often called .txt; what is in it is the same.
    kind = Kind.CSV if kind is Kind.TEXT else kind
    if kind not in READABLE:
        raise Refused(Reason.MISLABELLED)
    if polyglots.hides_another_format(kind, body):
        raise Refused(Reason.POLYGLOT)
    found = child.read(kind, body, limits)
    try:
        said = json.loads(found)
        return Workbook([_sheet(each) for each in said["sheets"]], int(said["formulas"]))
    except (KeyError, TypeError, ValueError):
        raise Refused(Reason.UNREADABLE) from None


def _sheet(said: dict[str, Any]) -> Sheet:
    return Sheet(str(said["name"]), bool(said["hidden"]), list(said["rows"]), list(said["merged"]))
