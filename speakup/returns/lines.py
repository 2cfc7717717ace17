"""The lines of the national return and what they are called: data with a date, a source, and how sure it is.

Who collects the return has changed and will again. What is shipped here is what could be read in public by November
2026: the guidance of February 2024 and the specification of 2026 are seen by registered providers of data only, so most
labels are unverified, and an organisation writes over them what its own copy says (`ReturnWording`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from speakup.vocabulary import Certainty

COLLECTOR = "collector"
"""Stands for the name of a line where it is said who collects the return."""


class Counts(StrEnum):
    """What a line counts."""

    CASES = "cases"
    ANONYMOUS = "raised anonymously"
    ELEMENT = "element"
    WORKER_GROUP = "worker group"
    FEEDBACK = "feedback received"
    ANSWER = "would speak up again"


@dataclass(frozen=True, slots=True)
class Wording:
    """What a line is called from one day on."""

    line: str
    valid_from: date
    text: str
    source: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class NationalCode:
    """One code of a national list, as it was on the last day of the quarter."""

    key: str
    wording: Wording
    local: frozenset[str]
    """The keys of this organisation's own list that count as it, itself among them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line with a number in it. `key` is the national code it counts, empty where it counts all."""

    name: str
    counts: Counts
    wording: Wording
    key: str = ""
    local: frozenset[str] = frozenset()

    @property
    def worded_as(self) -> str:
        """What its wordings are kept under: its name; of a numbered line the code, wherever that stands in its list."""
        listed, _dot, number = self.name.partition(".")
        return f"{listed}.{self.key}" if number else self.name


_COUNTED_FROM = date(2021, 4, 1)
_GUIDANCE = "recording cases and reporting data guidance, February 2024, as generally known"
_COLLECTION = "NHS England Digital, Freedom to Speak Up data collection, edited 22 June 2026"
_OFFICE = "National Guardian's Office, guardian directory, January 2021"
_SURE, _UNSURE = Certainty.CONFIRMED, Certainty.UNVERIFIED

SHIPPED: Sequence[Wording] = (
    Wording(COLLECTOR, _COUNTED_FROM, "National Guardian’s Office", _OFFICE, _SURE),
    # The collection's own page was edited in June 2026; that the quarter from April was the first is read from that.
    Wording(COLLECTOR, date(2026, 4, 1), "NHS England", _COLLECTION, _UNSURE),
    Wording(COLLECTOR, date(2026, 7, 1), "NHS England", _COLLECTION, _SURE),
    Wording("R1", _COUNTED_FROM, "Number of cases raised with the guardian", _GUIDANCE, _UNSURE),
    Wording("R2", _COUNTED_FROM, "Number of cases raised anonymously", _GUIDANCE, _UNSURE),
    Wording("R9", _COUNTED_FROM, "Number of responses to the feedback question", _GUIDANCE, _UNSURE),
    Wording("R11", _COUNTED_FROM, "Summary of themes", _GUIDANCE, _UNSURE),
    Wording("R12", _COUNTED_FROM, "Learning, and barriers to speaking up", _GUIDANCE, _UNSURE),
    Wording("R13", _COUNTED_FROM, "Comments on the quality of these figures", _GUIDANCE, _UNSURE),
    Wording("R14", _COUNTED_FROM, "Nil return: no case was raised", _GUIDANCE, _UNSURE),
)
"""What is not a code of a list. The others are called what the vocabulary calls their national code."""

WORDS = ("R11", "R12", "R13")
NIL_LINE = "R14"

_ELEMENT_LINES = {
    "patient_safety": "R3",
    "worker_safety": "R4",
    "bullying_harassment": "R5",
    "other_behaviours": "R6",
    "detriment": "R7",
}


def in_force(wordings: Iterable[Wording], day: date) -> dict[str, Wording]:
    """Map each line to what it is called on a day; before the first of its wordings began, that one.

    Of two from one day, the later in `wordings` holds.
    """
    found: dict[str, Wording] = {}
    for each in wordings:
        held = found.get(each.line)
        if held is None or _holds_rather(each, held, day):
            found[each.line] = each
    return found


def _holds_rather(new: Wording, held: Wording, day: date) -> bool:
    if (new.valid_from <= day) != (held.valid_from <= day):
        return new.valid_from <= day
    return new.valid_from >= held.valid_from if new.valid_from <= day else new.valid_from < held.valid_from


def lines(
    called: Mapping[str, Wording],
    elements: Sequence[NationalCode],
    groups: Sequence[NationalCode],
    answers: Sequence[NationalCode],
) -> list[Line]:
    """List the lines R1 to R10 in their order, each called what `called` says, or else what its code is called."""
    found = [
        Line("R1", Counts.CASES, called["R1"]),
        Line("R2", Counts.ANONYMOUS, called["R2"]),
        *_coded("R7.", Counts.ELEMENT, elements, _ELEMENT_LINES),
        *_coded("R8.", Counts.WORKER_GROUP, groups),
        Line("R9", Counts.FEEDBACK, called["R9"]),
        *_coded("R10.", Counts.ANSWER, answers),
    ]
    return [_called(each, called) for each in found]


def _coded(
    prefix: str, counts: Counts, codes: Sequence[NationalCode], names: Mapping[str, str] | None = None
) -> list[Line]:
    """Give each code its line. One that came after these lines were laid down is numbered after those it is like."""
    fixed = names or {}
    known = [Line(fixed[each.key], counts, each.wording, each.key, each.local) for each in codes if each.key in fixed]
    others = [each for each in codes if each.key not in fixed]
    numbered = [Line(f"{prefix}{at}", counts, each.wording, each.key, each.local) for at, each in enumerate(others, 1)]
    return [*sorted(known, key=lambda each: each.name), *numbered]


def _called(line: Line, called: Mapping[str, Wording]) -> Line:
    return Line(line.name, line.counts, called.get(line.worded_as, line.wording), line.key, line.local)
