"""Files that people send, rebuilt without what the files say about them. docs/files.md lists it in plain words.

`clean(name, body, keep_other=…, limits=…)` gives a `Cleaned` or raises `Refused`, and `read_tables(name, body, limits)`
the cells of a spreadsheet; nothing else leaves it, and nothing is written to any disk on the way.
"""

from speakup.gateways.documents.cleaning import clean
from speakup.gateways.documents.outcomes import Cleaned, Kind, Limits, Reason, Refused, Removed
from speakup.gateways.documents.reading import Cell, Sheet, Workbook, read_tables

__all__ = [
    "Cell",
    "Cleaned",
    "Kind",
    "Limits",
    "Reason",
    "Refused",
    "Removed",
    "Sheet",
    "Workbook",
    "clean",
    "read_tables",
]
