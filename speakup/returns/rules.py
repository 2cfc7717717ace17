"""What a quarter's cases come to in the lines of the return, what is wrong with it, and what changed since: pure."""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from speakup.kernel.errors import Invalid
from speakup.returns.lines import Counts, Line

_PERIOD = re.compile(r"(20[0-9]{2})-([0-9]{2})/Q([1-4])", re.ASCII)
DETRIMENT = "detriment"
"""The element of disadvantageous or demeaning treatment, which a fact keeps apart."""
_APRIL, _MONTHS_OF_A_QUARTER, _MONTHS_OF_A_YEAR = 4, 3, 12
_LAST_QUARTER = 4

Figures = Mapping[str, int]
"""How many, by the name of the line."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """One quarter of a financial year, which begins in April of `year`."""

    year: int
    number: int

    @classmethod
    def read(cls, name: str) -> "Quarter":
        """Read 2026-27/Q2; `Invalid` for what is no quarter."""
        found = _PERIOD.fullmatch(name)
        if found is None or (int(found[1]) + 1) % 100 != int(found[2]):
            raise Invalid("period", "no quarter")
        return cls(int(found[1]), int(found[3]))

    @property
    def financial_year(self) -> str:
        """Name its year, as 2026-27."""
        return f"{self.year}-{(self.year + 1) % 100:02}"

    @property
    def name(self) -> str:
        """Name it, as 2026-27/Q2."""
        return f"{self.financial_year}/Q{self.number}"

    @property
    def first_day(self) -> date:
        """The day it begins."""
        month = _APRIL + (self.number - 1) * _MONTHS_OF_A_QUARTER
        return date(self.year + (month > _MONTHS_OF_A_YEAR), (month - 1) % _MONTHS_OF_A_YEAR + 1, 1)

    @property
    def last_day(self) -> date:
        """The day it ends."""
        return self.next.first_day - timedelta(days=1)

    @property
    def next(self) -> "Quarter":
        """The quarter after it."""
        return Quarter(self.year + self.number // _LAST_QUARTER, self.number % _LAST_QUARTER + 1)

    @property
    def before(self) -> "Quarter":
        """The quarter before it."""
        return Quarter(self.year - (self.number == 1), (self.number - 2) % _LAST_QUARTER + 1)


@dataclass(frozen=True, slots=True)
class CountedCase:
    """What is counted of one case, in the organisation's own keys."""

    elements: frozenset[str]
    """The one of detriment among them."""
    anonymous: bool
    """As it was raised, whatever became known later."""


def figures(
    lines: Sequence[Line], cases: Collection[CountedCase], groups: Mapping[str, int], answers: Mapping[str, int]
) -> dict[str, int]:
    """Count each line; `groups` is how many cases came from which worker group, `answers` how many answered what."""
    count: dict[Counts, Callable[[Line], int]] = {
        Counts.CASES: lambda _: len(cases),
        Counts.ANONYMOUS: lambda _: sum(each.anonymous for each in cases),
        Counts.ELEMENT: lambda line: sum(bool(each.elements & line.local) for each in cases),
        Counts.WORKER_GROUP: lambda line: sum(groups.get(key, 0) for key in line.local),
        Counts.FEEDBACK: lambda _: sum(answers.values()),
        Counts.ANSWER: lambda line: sum(answers.get(key, 0) for key in line.local),
    }
    return {line.name: count[line.counts](line) for line in lines}


def is_nil(counted: Figures) -> bool:
    """Say whether no case was raised: such a quarter is returned too, and says so."""
    return counted["R1"] == 0


class Check(StrEnum):
    """What is looked for before a return is signed off."""

    QUARTER_RUNS = "quarter not over"
    ABOVE_TOTAL = "line above the total"
    GROUPS_DO_NOT_ADD = "groups do not add up"
    ANSWERS_DO_NOT_ADD = "answers do not add up"
    NO_ELEMENTS = "no elements"
    NOT_COUNTED = "not counted"
    """Cases nobody has opened yet: no line counts them."""
    NOT_LOOKED_AT = "not looked at"
    """Cases whose elements nobody has set yet, nor the group beyond what the person said of it."""
    EARLIER_CHANGED = "earlier quarters changed"
    NOT_OPEN_YET = "not taken yet"
    TAKEN_NO_MORE = "not taken any more"
    NO_WINDOW = "no days known"


STOPS = frozenset({Check.QUARTER_RUNS, Check.ABOVE_TOTAL, Check.GROUPS_DO_NOT_ADD, Check.ANSWERS_DO_NOT_ADD})
"""What keeps a return from being signed off; all else is said, and left to whoever signs."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was found: in which line, how many, and how many there should be."""

    check: Check
    line: str = ""
    count: int = 0
    expected: int = 0
    periods: tuple[str, ...] = ()
    """The quarters it is about."""

    @property
    def stops(self) -> bool:
        """Whether the return cannot be signed off like this."""
        return self.check in STOPS


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when the return is taken; either may not be known."""

    opens_on: date | None = None
    closes_on: date | None = None

    def require_order(self) -> None:
        """Refuse a window that ends before it begins."""
        if self.opens_on and self.closes_on and self.closes_on < self.opens_on:
            raise Invalid("closes_on", "before it opens")


def of_cases(uncounted: int, uncoded: int) -> list[Finding]:
    """Say what is amiss with the cases themselves, of which whoever may read them knows more."""
    found = ((Check.NOT_COUNTED, uncounted), (Check.NOT_LOOKED_AT, uncoded))
    return [Finding(what, "R1", count) for what, count in found if count]


def check(
    lines: Sequence[Line], counted: Figures, quarter: Quarter, window: Window | None, today: date
) -> list[Finding]:
    """Find what the figures and days alone can say; what stops comes first. No `window`: when it is taken is past."""
    found = [
        *([Finding(Check.QUARTER_RUNS)] if today <= quarter.last_day else []),
        *_arithmetic(lines, counted),
        *(_days(window, today) if window else []),
    ]
    return sorted(found, key=lambda each: not each.stops)


def _arithmetic(lines: Sequence[Line], counted: Figures) -> list[Finding]:
    total = counted["R1"]
    parts = [each for each in lines if each.counts in {Counts.ANONYMOUS, Counts.ELEMENT}]
    found = [
        Finding(Check.ABOVE_TOTAL, each.name, counted[each.name], total) for each in parts if counted[each.name] > total
    ]
    for counts, whole, what in (
        (Counts.WORKER_GROUP, "R1", Check.GROUPS_DO_NOT_ADD),
        (Counts.ANSWER, "R9", Check.ANSWERS_DO_NOT_ADD),
    ):
        added = sum(counted[each.name] for each in lines if each.counts is counts)
        if added != counted[whole]:
            found.append(Finding(what, whole, added, counted[whole]))
    # Whoever was treated badly for speaking up spoke up about something: that element alone says nothing of it.
    elements = [counted[each.name] for each in lines if each.counts is Counts.ELEMENT and each.key != DETRIMENT]
    if total and not any(elements):
        found.append(Finding(Check.NO_ELEMENTS, count=total))
    return found


def _days(window: Window, today: date) -> list[Finding]:
    if window.closes_on is None:
        return [Finding(Check.NO_WINDOW)]
    if window.opens_on is not None and today < window.opens_on:
        return [Finding(Check.NOT_OPEN_YET)]
    return [Finding(Check.TAKEN_NO_MORE)] if today > window.closes_on else []


@dataclass(frozen=True, slots=True)
class Difference:
    """A line that is not as it was signed off; None where there was or is no such line."""

    line: str
    then: int | None
    now: int | None


def differences(then: Figures, now: Figures) -> list[Difference]:
    """List what changed between two countings of one quarter, in the order of the lines."""
    names = list(dict.fromkeys([*now, *then]))
    return [Difference(name, then.get(name), now.get(name)) for name in names if then.get(name) != now.get(name)]


def digest(counted: Figures, words: Mapping[str, str]) -> str:
    """Mark what somebody saw, so that nobody signs off anything else."""
    return hashlib.sha256(json.dumps([sorted(counted.items()), sorted(words.items())]).encode()).hexdigest()
