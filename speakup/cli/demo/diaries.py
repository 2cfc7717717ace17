"""What the guardians of the demonstration did beside cases: years of visits, training and hours, month by month."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from speakup import diary
from speakup.cli.demo.texts import TrustContent
from speakup.cli.demo.trusts import DemoTrust
from speakup.diary import EntryDetails, Kind, Month
from speakup.kernel.actor import Role
from speakup.kernel.uow import Database
from speakup.policy import GRANTS, Permission

_EVENING: Final = time(17, 0, tzinfo=ZoneInfo("Europe/London"))
_SATURDAY: Final = 5
_SHARES: Final = {
    Kind.VISIT: 9,
    Kind.TRAINING_GIVEN: 5,
    Kind.NETWORK: 3,
    Kind.OTHER: 3,
    Kind.TRAINING_HAD: 1,
    Kind.SUPERVISION: 2,
}
_QUARTERS: Final = {
    Kind.VISIT: (3, 4, 6, 8, 10),
    Kind.TRAINING_GIVEN: (4, 6, 8),
    Kind.NETWORK: (4, 6, 8),
    Kind.OTHER: (1, 2, 4),
    Kind.TRAINING_HAD: (8, 14, 28),
    Kind.SUPERVISION: (4, 6),
}
_REACHING: Final = frozenset({Kind.VISIT, Kind.TRAINING_GIVEN})
_SELDOM_VISITED: Final = 3
"""How many of a trust's directorates hardly anybody visits, so that the page has something to say."""
_SELDOM: Final = 0.04
_GROUPS: Final = {
    "nursing_midwifery": 0.6,
    "additional_clinical": 0.45,
    "medical_dental": 0.25,
    "allied_health": 0.25,
    "administrative": 0.3,
    "estates": 0.08,
    "healthcare_scientists": 0.05,
    "additional_professional": 0.05,
    "students": 0.06,
}
"""How often a visit reaches each group; the rest are reached by nobody."""


@dataclass(frozen=True, slots=True)
class DiaryMonth:
    """What one guardian wrote down at the end of one month."""

    on: date
    person: str
    entries: tuple[EntryDetails, ...]


def months(seed: int, trust: DemoTrust, start: date, today: date) -> Iterator[DiaryMonth]:
    """Compose every guardian's diary from `start` to `today`; the same arguments always give the same diary."""
    for person in _who_keep_one(trust.content):
        chance = Random(f"{seed}/{trust.content.key}/{person}/diary")  # noqa: S311 -- invented load needs a seed
        for month in _months(start, today):
            last = min(month.next.first - timedelta(days=1), today)
            days = [month.first + timedelta(days=each) for each in range((last - month.first).days + 1)]
            worked = sorted(chance.sample(days, min(len(days), chance.randint(5, 9))))
            entries = tuple(_entry(chance, trust, day) for day in worked if day.weekday() < _SATURDAY)
            yield DiaryMonth(last, person, entries)


def count(content: TrustContent, start: date, today: date) -> int:
    """Say how many months there will be to write, over all who keep a diary."""
    return len(_who_keep_one(content)) * len(_months(start, today))


def write(database: Database, trust: DemoTrust, month: DiaryMonth) -> None:
    """Let the guardian write the month down in one sitting."""
    with database.work(trust.actor(month.person), at=datetime.combine(month.on, _EVENING)) as uow:
        for details in month.entries:
            diary.add_entry(uow, details)


def _who_keep_one(content: TrustContent) -> list[str]:
    return [
        person.key
        for person in content.people
        if any(Permission.DIARY_KEEP in GRANTS[Role(role)] for role in person.roles)
    ]


def _months(start: date, today: date) -> list[Month]:
    months = [diary.month_of(start)]
    while months[-1].next.first <= today:
        months.append(months[-1].next)
    return months


def _entry(chance: Random, trust: DemoTrust, day: date) -> EntryDetails:
    (kind,) = chance.choices(list(_SHARES), list(_SHARES.values()))
    quarters = chance.choice(_QUARTERS[kind])
    if kind not in _REACHING:
        return EntryDetails(day, kind, quarters)
    directorates = [key for key in trust.ids if key.startswith("directorate/")]
    often, seldom = directorates[:-_SELDOM_VISITED], directorates[-_SELDOM_VISITED:]
    visited = chance.choice(seldom if chance.random() < _SELDOM else often)
    groups = tuple(group for group, share in _GROUPS.items() if chance.random() < share)
    site = chance.choice([key for key in trust.ids if key.startswith("site/")][:2])
    return EntryDetails(day, kind, quarters, trust.ids[visited], trust.ids[site], groups, chance.randint(6, 45))
