"""What may be done with which list, and how a code's names follow each other: plain values in and out."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from speakup.vocabulary.models import Code, CodeSet


class Keeping(StrEnum):
    """Who keeps a list."""

    NATIONAL = "national"
    """The national codes stay as they are; an organisation may add its own, each counting as a national one."""
    LOCAL = "local"
    """The organisation's own: what is shipped is a proposal."""
    FIXED = "fixed"
    """The product or the law goes by these codes: nobody changes them here."""


ANSWERS: Mapping[str, CodeSet] = {
    "age": CodeSet.AGE,
    "sex": CodeSet.SEX,
    "gender_identity": CodeSet.GENDER_IDENTITY,
    "ethnicity": CodeSet.ETHNICITY,
    "disability": CodeSet.DISABILITY,
    "religion": CodeSet.RELIGION,
    "orientation": CodeSet.ORIENTATION,
    "pregnancy": CodeSet.PREGNANCY,
    "marriage": CodeSet.MARRIAGE,
    "overseas_trained": CodeSet.OVERSEAS_TRAINED,
    "working_pattern": CodeSet.WORKING_PATTERN,
}
"""The questions of `CodeSet.CHARACTERISTIC` and the set that holds the answers to each."""

PREFER_NOT, NOT_ASKED = "prefer_not", "not_asked"
"""Two answers of every question, which are never taken for one another."""
NOT_KNOWN = "not_known"

_LAST = frozenset({"other", NOT_KNOWN, PREFER_NOT, NOT_ASKED})
"""What is answered when nothing else fits."""

_NATIONAL = frozenset({CodeSet.ELEMENT, CodeSet.WORKER_GROUP})
_FIXED = frozenset({
    CodeSet.HOW_RAISED, CodeSet.RISK, CodeSet.QUALIFYING, CodeSet.QUALIFYING_HEADING, CodeSet.DISCLOSURE_BASIS,
    CodeSet.FEEDBACK, CodeSet.CHARACTERISTIC,
})  # fmt: skip

_ACTED_ON: Mapping[CodeSet, frozenset[str]] = {
    CodeSet.ROUTE: frozenset({"online_form", "champion"}),
    CodeSet.OUTCOME: frozenset({"resolved"}),
    CodeSet.SERVICE: frozenset({"first_90_days", "first_year", "longer"}),
    **dict.fromkeys(ANSWERS.values(), frozenset({PREFER_NOT, NOT_ASKED})),
}
"""Codes of a local list that the product itself gives or goes by: they may be neither renamed nor ended."""


def kept(which: CodeSet) -> Keeping:
    """Say who keeps a list."""
    if which in _FIXED:
        return Keeping.FIXED
    return Keeping.NATIONAL if which in _NATIONAL else Keeping.LOCAL


def may_change(code: Code) -> bool:
    """Say whether an organisation may rename, map, move or end this code."""
    if kept(code.set) is Keeping.FIXED or code.is_national or code.key == NOT_KNOWN:
        return False
    return code.key not in _ACTED_ON.get(code.set, frozenset())


def may_add(which: CodeSet) -> bool:
    """Say whether an organisation may add codes of its own."""
    return kept(which) is not Keeping.FIXED


@dataclass(frozen=True, slots=True)
class Entry:
    """One code with all its rows, oldest first: one for each name it had, has or will have."""

    key: str
    rows: Sequence[Code]

    @property
    def first_day(self) -> date:
        """The day from which it may be chosen."""
        return self.rows[0].valid_from

    @property
    def last_day(self) -> date | None:
        """The last day on which it may be chosen; None where no end is set."""
        return self.rows[-1].valid_to

    @property
    def is_national(self) -> bool:
        """Whether the national list itself has this code."""
        return self.rows[-1].is_national

    @property
    def may_change(self) -> bool:
        """Whether an organisation may rename, map, move or end it."""
        return may_change(self.rows[-1])

    @property
    def days(self) -> list[date]:
        """Every day on which something about it changes: its beginning, each new name, and the day after its last."""
        last = self.last_day
        return [*(row.valid_from for row in self.rows), *([last + timedelta(days=1)] if last else [])]

    def ended_by(self, day: date) -> bool:
        """Say whether it can no longer be chosen on that day."""
        return self.last_day is not None and self.last_day < day

    def on(self, day: date) -> Code:
        """Return the row of that day, or the nearest."""
        return row_on(self.rows, day)


def entries_of(rows: Iterable[Code]) -> list[Entry]:
    """Gather rows, sorted by day within each key, into entries, in the order in which the keys come."""
    gathered: dict[str, list[Code]] = {}
    for row in rows:
        gathered.setdefault(row.key, []).append(row)
    return [Entry(key, held) for key, held in gathered.items()]


def row_on(rows: Sequence[Code], day: date) -> Code:
    """Return the row that holds on that day; the first before it began, the last after it ended."""
    begun = [row for row in rows if row.valid_from <= day]
    return begun[-1] if begun else rows[0]


def breaks_between(versions: Sequence[date], counted: Iterable[Entry]) -> list[date]:
    """List the days, after the set's own first, on which a version or a code begins or a code has ended."""
    counted = list(counted)
    began = min([*versions, *(entry.first_day for entry in counted)], default=None)
    ends = (entry.last_day + timedelta(days=1) for entry in counted if entry.last_day is not None)
    days = {*versions, *(entry.first_day for entry in counted), *ends}
    return sorted(days - {began})


def fingerprint(entries: Iterable[Entry]) -> str:
    """Say how a list stands, for a page that is to be compared with it later: each key with a digest of its rows."""
    return " ".join(f"{entry.key}:{_digest(entry)}" for entry in entries)


def changed_since(entries: Iterable[Entry], shown: str) -> frozenset[str]:
    """Name the codes that are not as they were when `shown` was written, stand elsewhere, are new or are gone."""
    then = dict(each.partition(":")[::2] for each in shown.split())
    now = {entry.key: _digest(entry) for entry in entries}
    changed = {key for key in then.keys() | now.keys() if then.get(key) != now.get(key)}
    stood, stand = ([key for key in order if key in then and key in now] for order in (then, now))
    return frozenset(changed | {key for key, other in zip(stood, stand, strict=True) if key != other})


def _digest(entry: Entry) -> str:
    said = [(row.valid_from, row.valid_to, row.name, row.national_set, row.national_key) for row in entry.rows]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:12]


def with_new(entries: Sequence[Entry], new: Entry) -> list[Entry]:
    """Put a new code at the end of a list, but before what is answered when nothing else fits."""
    at = len(entries)
    while at and entries[at - 1].key in _LAST:
        at -= 1
    return [*entries[:at], new, *entries[at:]]


def moved_up(entries: Sequence[Entry], key: str, today: date) -> list[Entry]:
    """Put a code before the one that is offered above it; the first stays the first."""
    at = next(place for place, entry in enumerate(entries) if entry.key == key)
    above = [place for place in range(at) if not entries[place].ended_by(today)]
    if not above:
        return list(entries)
    return [*entries[: above[-1]], entries[at], *entries[above[-1] : at], *entries[at + 1 :]]
