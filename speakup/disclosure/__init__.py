"""Disclosure control: counts in, tables out in which nobody can be found. `docs/disclosure.md` is the method."""

from speakup.disclosure.audit import Interval, Relation, Unsolved, reach
from speakup.disclosure.ledger import Entry, Ledger, Line, Release, read, written
from speakup.disclosure.protection import Progress, Publication, Reason, Report, Withheld, cells, protect, snapshot
from speakup.disclosure.rules import ONE_WAY_ONLY, Rules, Why, earliest
from speakup.disclosure.safe import SIGN, SafeFigure, SafeTable
from speakup.disclosure.series import Reading, SafeLimits, SafeSeries, SafeSignal, series, total
from speakup.disclosure.stored import Altered, digest, restore, restore_series, stored
from speakup.disclosure.tables import (
    Axis,
    Category,
    Definition,
    Dimension,
    Kind,
    Layout,
    LeftOut,
    Row,
    Staff,
    Tables,
    Where,
)

__all__ = [
    "ONE_WAY_ONLY",
    "SIGN",
    "Altered",
    "Axis",
    "Category",
    "Definition",
    "Dimension",
    "Entry",
    "Interval",
    "Kind",
    "Layout",
    "Ledger",
    "LeftOut",
    "Line",
    "Progress",
    "Publication",
    "Reading",
    "Reason",
    "Relation",
    "Release",
    "Report",
    "Row",
    "Rules",
    "SafeFigure",
    "SafeLimits",
    "SafeSeries",
    "SafeSignal",
    "SafeTable",
    "Staff",
    "Tables",
    "Unsolved",
    "Where",
    "Why",
    "Withheld",
    "cells",
    "digest",
    "earliest",
    "protect",
    "reach",
    "read",
    "restore",
    "restore_series",
    "series",
    "snapshot",
    "stored",
    "total",
    "written",
]
