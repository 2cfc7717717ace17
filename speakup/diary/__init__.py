"""What guardians do beside cases: visits, training and hours; which groups were reached, and which were not."""

from speakup.diary.models import DiaryEntry, Kind
from speakup.diary.operations import EntryDetails, add_entry, change_entry, delete_entry
from speakup.diary.queries import (
    entries_between,
    every_entry,
    find,
    first_day,
    hours_by_month,
    last_kind,
    names_of_places,
    reached,
)
from speakup.diary.rules import FEWEST_NAMED, Month, month_of, months_before

__all__ = [
    "FEWEST_NAMED",
    "DiaryEntry",
    "EntryDetails",
    "Kind",
    "Month",
    "add_entry",
    "change_entry",
    "delete_entry",
    "entries_between",
    "every_entry",
    "find",
    "first_day",
    "hours_by_month",
    "last_kind",
    "month_of",
    "months_before",
    "names_of_places",
    "reached",
]
