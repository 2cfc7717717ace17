"""What a guardian is pointed to: exact counts by quarter, of whatever may be more than chance, and who is not heard.

Counted as things are now, recoded cases as recoded, by the quarter a case was raised in. The quarter that is still
running is left out of every series: a part of one is no point of a chart.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from speakup import audit, policy
from speakup.audit import Event
from speakup.insight.measures import headcount_on
from speakup.insight.models import ClosingFact, Edition, Fact, GroupFact, Measured, ThemeFact
from speakup.insight.rules import BANDS, quarter_before, quarter_of, quarters_between
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission

_YEAR = 4
RETURNED_HOW = "anonymous"
"""Of how cases were raised the return counts this alone. Of the others a case nobody here may know of would show."""
LEAST_STAFF = 30
"""A group with fewer is too small for its silence to mean anything."""


class Of(StrEnum):
    """What is counted by quarter."""

    ALL = "all"
    ELEMENT = "element"
    DETRIMENT = "detriment"
    THEME = "theme"
    DIRECTORATE = "directorate"
    SITE = "site"
    WORKER_GROUP = "worker_group"
    HOW = "how"
    """Only what the return tells as well: `RETURNED_HOW`."""
    LATE = "late"
    """Cases that were not acknowledged in time."""
    LONG = "long"
    """Cases that had taken very long when they were closed, by the quarter of that."""


Points = tuple[tuple[str, int], ...]
"""Quarters, oldest first, each with its count."""


@dataclass(frozen=True, slots=True)
class Series:
    """One thing counted over quarters; `key` is of the list it comes from, and empty where there is only one."""

    of: Of
    key: str
    points: Points

    @property
    def values(self) -> list[int]:
        """The counts alone."""
        return [count for _quarter, count in self.points]


@dataclass(frozen=True, slots=True)
class Silent:
    """A group nobody of which was heard in four whole quarters."""

    dimension: Measured
    key: str
    staff: int
    expected: int
    """How many cases would have come from it, had it spoken up as often as everybody else."""


def record_signals_read(uow: UnitOfWork) -> None:
    """Write down that somebody looked at exact counts."""
    policy.require(uow.actor, Permission.SIGNAL_READ)
    audit.record(uow, Event.SIGNALS_READ)


def every_series(uow: UnitOfWork) -> list[Series]:
    """Count everything, by whole quarters from the first one anything was counted in."""
    policy.require(uow.actor, Permission.SIGNAL_READ)
    counted = Counter(_counted(uow))
    quarters = _whole_quarters(uow, [quarter for _of, _key, quarter in counted])
    kinds = dict.fromkeys((of, key) for of, key, _quarter in counted)
    return [Series(of, key, tuple((each, counted[of, key, each]) for each in quarters)) for of, key in kinds]


def find_series(uow: UnitOfWork, of: Of, key: str) -> Series:
    """Return one of them; one of which nothing was ever counted has no points."""
    found = (each for each in every_series(uow) if (each.of, each.key) == (of, key))
    return next(found, Series(of, key, ()))


def silent_groups(uow: UnitOfWork) -> list[Silent]:
    """List the groups nobody was heard of in the four newest whole quarters, those of most staff first.

    The running quarter is left out: whoever is kept out of a case would else see from which group it came that day.
    """
    policy.require(uow.actor, Permission.SIGNAL_READ)
    first = running = quarter_of(uow.today)
    counted = Counter[tuple[Of, str]]()
    for _ in range(_YEAR):
        first = quarter_before(first)
    for of, key, quarter in _counted(uow):
        if first <= quarter < running:
            counted[of, key] += 1
    found = [each for dimension in _PLACED for each in _silent(uow, dimension, counted)]
    return sorted(found, key=lambda each: (-each.expected, -each.staff, each.key))


_PLACED = {Measured.DIRECTORATE: Of.DIRECTORATE, Measured.SITE: Of.SITE, Measured.WORKER_GROUP: Of.WORKER_GROUP}


def _silent(uow: UnitOfWork, dimension: Measured, counted: Mapping[tuple[Of, str], int]) -> Iterator[Silent]:
    staff = headcount_on(uow, dimension, uow.today)
    everybody, heard = max(sum(staff.values()), 1), counted.get((Of.ALL, ""), 0)
    for key, count in staff.items():
        if count >= LEAST_STAFF and not counted.get((_PLACED[dimension], key), 0):
            yield Silent(dimension, key, count, round(heard * count / everybody))


def rose_again(points: Sequence[tuple[str, int]], ended_in: str) -> tuple[int, int] | None:
    """Say whether the newest quarter since something ended was worse than any of the four up to then.

    Return how often it was heard of in that quarter, and at most in one of those; None where it did not rise.
    """
    before = [count for quarter, count in points if quarter <= ended_in][-_YEAR:]
    since = [count for quarter, count in points if quarter > ended_in]
    if not before or not since or since[-1] <= max(before):
        return None
    return since[-1], max(before)


def _whole_quarters(uow: UnitOfWork, names: Sequence[str]) -> list[str]:
    last = quarter_before(quarter_of(uow.today))
    return list(quarters_between(min([*names, last]), last))


def _counted(uow: UnitOfWork) -> Iterator[tuple[Of, str, str]]:
    """Give each thing that is counted of each case, with its quarter."""
    now = (Fact.organisation_id == uow.organisation_id, Fact.edition != Edition.BEFORE, Fact.continues.is_(False))
    for fact in uow.session.scalars(select(Fact).where(*now)):
        for of, key in _things(fact):
            yield of, key, fact.raised
    said = (GroupFact.organisation_id == uow.organisation_id, GroupFact.edition != Edition.BEFORE)
    for group in uow.session.scalars(select(GroupFact).where(*said)):
        yield Of.WORKER_GROUP, group.worker_group, group.raised
    here = (ThemeFact.organisation_id == uow.organisation_id, ThemeFact.edition != Edition.BEFORE)
    for theme in uow.session.scalars(select(ThemeFact).where(*here)):
        yield Of.THEME, theme.theme, theme.counts_in
    long = (ClosingFact.organisation_id == uow.organisation_id, ClosingFact.took == BANDS[-1])
    for closing in uow.session.scalars(select(ClosingFact).where(*long)):
        yield Of.LONG, "", closing.counts_in


def _things(fact: Fact) -> Iterator[tuple[Of, str]]:
    yield Of.ALL, ""
    if fact.how == RETURNED_HOW:
        yield Of.HOW, fact.how
    for element in filter(None, fact.elements.split("+")):
        yield Of.ELEMENT, element
    if fact.detriment:
        yield Of.DETRIMENT, ""
    if fact.acknowledged_in_time is False:
        yield Of.LATE, ""
    if fact.directorate_id:
        yield Of.DIRECTORATE, str(fact.directorate_id)
    if fact.site_id:
        yield Of.SITE, str(fact.site_id)
