"""What else the trusts of the demonstration know of themselves: survey, staff record, grievances, incidents; invented.

The trust secretary enters each figure some weeks after its day, and publications dated later hold it.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from speakup import assurance
from speakup.assurance import USUAL_UNITS, FigureDetails, Indicator
from speakup.cli.demo.trusts import DemoTrust
from speakup.kernel.clock import LONDON
from speakup.kernel.uow import Database

_AT: Final = time(11, 20, tzinfo=LONDON)
_ENTERED: Final = timedelta(days=24)
"""After the day a figure is of."""
_TENTH, _HUNDREDTH, _WHOLE = Decimal("0.1"), Decimal("0.01"), Decimal(1)
_SURVEY: Final = (11, 30)
_YEAR_ENDS: Final = (3, 31)
_HALF_YEAR_ENDS: Final = (9, 30)
_OF: Final[Mapping[tuple[int, int], tuple[Indicator, ...]]] = {
    _SURVEY: (
        Indicator.SUB_SCORE, Indicator.CLINICAL_SECURE, Indicator.CLINICAL_ADDRESSED, Indicator.SAFE,
        Indicator.ADDRESSED,
    ),
    _YEAR_ENDS: (Indicator.SICKNESS, Indicator.TURNOVER, Indicator.GRIEVANCES, Indicator.INCIDENTS),
    _HALF_YEAR_ENDS: (Indicator.SICKNESS, Indicator.TURNOVER),
}  # fmt: skip
"""What is known of which day of a year."""
_SOURCES: Final = {
    Indicator.SICKNESS: "Electronic staff record",
    Indicator.TURNOVER: "Electronic staff record",
    Indicator.GRIEVANCES: "Employee relations log, whole year",
    Indicator.INCIDENTS: "Incident system, whole year",
}
_USUALLY: Final[Mapping[str, Mapping[Indicator, tuple[str, Decimal]]]] = {
    "anytown": {
        Indicator.SUB_SCORE: ("6.31", _HUNDREDTH),
        Indicator.CLINICAL_SECURE: ("70.2", _TENTH),
        Indicator.CLINICAL_ADDRESSED: ("55.6", _TENTH),
        Indicator.SAFE: ("60.4", _TENTH),
        Indicator.ADDRESSED: ("47.9", _TENTH),
        Indicator.SICKNESS: ("5.4", _TENTH),
        Indicator.TURNOVER: ("12.6", _TENTH),
        Indicator.GRIEVANCES: ("44", _WHOLE),
        Indicator.INCIDENTS: ("9180", _WHOLE),
    },
    "otherham": {
        Indicator.SUB_SCORE: ("6.58", _HUNDREDTH),
        Indicator.CLINICAL_SECURE: ("73.8", _TENTH),
        Indicator.CLINICAL_ADDRESSED: ("60.3", _TENTH),
        Indicator.SAFE: ("64.9", _TENTH),
        Indicator.ADDRESSED: ("52.7", _TENTH),
        Indicator.SICKNESS: ("4.9", _TENTH),
        Indicator.TURNOVER: ("10.8", _TENTH),
        Indicator.GRIEVANCES: ("27", _WHOLE),
        Indicator.INCIDENTS: ("5240", _WHOLE),
    },
}
"""What each trust's figure is about, and how finely it is told."""
_MOVES: Final = {_HUNDREDTH: Decimal("0.03"), _TENTH: Decimal("0.05"), _WHOLE: Decimal("0.15")}
"""By so much of itself a figure moves at most from what it usually is."""


def entries(seed: int, key: str, start: date, today: date) -> Iterator[tuple[date, list[FigureDetails]]]:
    """List on which day which figures are entered, oldest first."""
    chance = Random(f"{seed} beside {key}")  # noqa: S311 -- invented figures need a seed
    for of in _days(start, today):
        indicators = _OF[of.month, of.day]
        yield of + _ENTERED, [_details(chance, key, each, of) for each in indicators]


def count(start: date, today: date) -> int:
    """Say how many days there will be on which figures are entered."""
    return len(_days(start, today))


def enter(database: Database, trust: DemoTrust, day: date, figures: list[FigureDetails]) -> None:
    """Let the trust secretary enter them."""
    secretary = trust.content.people_with("board_secretary")[0].key
    with database.work(trust.actor(secretary), at=datetime.combine(day, _AT)) as uow:
        assurance.keep_figures(uow, figures)


def _days(start: date, today: date) -> list[date]:
    every = (date(year, *each) for year in range(start.year, today.year + 1) for each in _OF)
    return sorted(each for each in every if start <= each and each + _ENTERED < today)


def _details(chance: Random, key: str, of: Indicator, day: date) -> FigureDetails:
    usual, finely = _USUALLY[key][of]
    moved = Decimal(usual) * (1 + _MOVES[finely] * chance.randint(-100, 100) / 100)
    source = _SOURCES.get(of, "NHS Staff Survey, this organisation")
    return FigureDetails(of, moved.quantize(finely), USUAL_UNITS[of], source, day)
