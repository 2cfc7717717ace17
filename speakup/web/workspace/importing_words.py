"""What is said about a log on its way in."""

from typing import Any

from flask_babel import lazy_gettext as _

from speakup.cases import Column, Doubt, ImportState, LeftOut
from speakup.gateways.documents import Reason

COLUMNS: dict[Column, Any] = {
    Column.RAISED: _("Day it was raised"),
    Column.REFERENCE: _("The log’s own reference"),
    Column.STATE: _("Open or closed"),
    Column.ACKNOWLEDGED: _("Day it was acknowledged"),
    Column.TOLD: _("Day the person was told the outcome"),
    Column.CLOSED: _("Day it was closed"),
    Column.STORY: _("What was said"),
    Column.TITLE: _("Short title"),
    Column.NOTE: _("Kept as a note"),
    Column.OUTCOME: _("Outcome, from the list"),
    Column.SUMMARY: _("How it ended, in words"),
    Column.NAME: _("Name of the person"),
    Column.CONTACT: _("How to reach the person"),
    Column.HOW: _("Open, confidential or anonymous"),
    Column.ROUTE: _("How it reached you"),
    Column.ELEMENTS: _("Elements"),
    Column.DETRIMENT: _("Treated badly because they spoke up"),
    Column.GROUP: _("Worker group"),
    Column.JOB: _("Their job"),
    Column.DIRECTORATE: _("Directorate"),
    Column.SITE: _("Site"),
    Column.THEMES: _("Themes"),
    Column.THEMES_AND_ELEMENTS: _("Themes, and elements too"),
    Column.AGAIN: _("Would they speak up again?"),
    Column.IGNORED: _("Leave it out"),
}
TICKED = _("Ticks for: %(element)s")

LEFT_OUT: dict[LeftOut, Any] = {
    LeftOut.NO_DAY: _("No day that could be read"),
    LeftOut.FUTURE: _("The day is still to come"),
    LeftOut.TOO_LONG: _("One cell is too long to keep"),
    LeftOut.CHANGED: _("Came in before under this reference, and says something else now"),
    LeftOut.HERE: _("Here already: it has the reference of a case you can open"),
    LeftOut.KNOWN: _("Came in before"),
    LeftOut.COPY: _("Word for word the same as a row before it"),
    LeftOut.TWICE: _("The same row twice, under one reference"),
    LeftOut.TOTALS: _("Totals"),
    LeftOut.HEADING: _("A heading between rows"),
}
DOUBTS: dict[Doubt, Any] = {
    Doubt.NOT_CODED: _("Some of its elements are kept in words only"),
    Doubt.OPEN_WITH_ANSWER: _("Open, with an answer on speaking up again: it is kept in words only"),
    Doubt.MONTH_ONLY: _("Only the month was written: it counts as raised on the first"),
    Doubt.NO_CLOSING_DAY: _("Closed, without a day: it counts as closed on the last day in its row"),
    Doubt.CLOSED_FIRST: _("The day of closing is before the day it was raised, or still to come"),
    Doubt.OPEN_WITH_CLOSING_DAY: _("Open, with a day of closing: it comes in open"),
    Doubt.LATER_DAY: _("Another day does not fit, and is kept in words only"),
    Doubt.SAME_REFERENCE: _("Another row has the same reference"),
}
STATES: dict[ImportState, Any] = {
    ImportState.PREPARED: _("Not brought in yet"),
    ImportState.COMING_IN: _("Broken off half way"),
    ImportState.DONE: _("Brought in"),
    ImportState.GOING: _("Half taken back"),
    ImportState.UNDONE: _("Taken back"),
}
REFUSALS: dict[Reason, Any] = {
    Reason.TOO_LARGE: _(
        "This file is too large: at most 15 MB, and 30,000 rows and 150 columns in one sheet. Split it, for example by "
        "year, and bring in one part after the other. Delete what stands far to the right or far below the log."
    ),
    Reason.EMPTY: _("This file is empty. Choose it again."),
    Reason.TRUNCATED: _("The end of this file is missing. Choose it again, or save a new copy."),
    Reason.MISLABELLED: _(
        "This is no CSV and no Excel workbook of today (.xlsx). Save the log as one of these and choose that."
    ),
    Reason.PROGRAM: _("A workbook with macros is not opened. Save it as an Excel workbook (.xlsx) without macros."),
    Reason.NEEDS_AGREEMENT: _("Save the log as an Excel workbook (.xlsx) or as CSV, and choose that."),
    Reason.BOMB: _("This file gets far too large when it is opened. Save the log as CSV and choose that."),
    Reason.ENCRYPTED: _("This file has a password. Save a copy without one, choose that, and delete the copy."),
    Reason.POLYGLOT: _("This file has another kind of file hidden in it. Save a new copy."),
    Reason.MALWARE: _("This file holds something that can harm a computer."),
    Reason.TOO_SLOW: _("This file took too long to read. Save the log as CSV, or split it, and try again."),
    Reason.UNREADABLE: _("This file is damaged, or not as Excel writes it. Open it, save a new copy and choose that."),
}
