"""What the administrators of the demonstration changed in their lists, so that there is a chart to break."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from speakup import vocabulary
from speakup.cli.demo import figures
from speakup.cli.demo.trusts import DemoTrust
from speakup.kernel.uow import Database
from speakup.vocabulary import CodeDetails, CodeSet

_MORNING: Final = time(9, 30, tzinfo=ZoneInfo("Europe/London"))


@dataclass(frozen=True, slots=True)
class Added:
    """A code of the trust's own."""

    days_ago: int
    which: CodeSet
    name: str
    counts_as: str = ""


@dataclass(frozen=True, slots=True)
class Renamed:
    """Another name for a code, from the first day of the month after next."""

    days_ago: int
    which: CodeSet
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A code that is offered no longer."""

    days_ago: int
    which: CodeSet
    key: str


Change = Added | Renamed | Ended

CHANGES: dict[str, tuple[Change, ...]] = {
    "anytown": (
        Added(1000, CodeSet.THEME, "Waiting lists and cancelled operations"),
        Added(700, CodeSet.WORKER_GROUP, "Porters and security", "estates"),
        Renamed(420, CodeSet.THEME, "systems", "How work is organised"),
        Added(300, CodeSet.THEME, "Parking, food and rest areas"),
        Ended(200, CodeSet.THEME, "recruitment"),
        Renamed(9, CodeSet.THEME, "hr_process", "Employment processes"),
    ),
    "otherham": (
        Added(900, CodeSet.THEME, "Lone working and visits at home"),
        Added(540, CodeSet.WORKER_GROUP, "Peer support workers", "additional_clinical"),
        Added(400, CodeSet.THEME, "Restraint and seclusion"),
        Renamed(260, CodeSet.THEME, "behaviours", "How we treat each other"),
    ),
}


def changes(trust: DemoTrust, today: date) -> Iterator[tuple[date, Change]]:
    """List what was changed, each on its day."""
    for change in CHANGES.get(trust.content.key, ()):
        yield today - timedelta(days=change.days_ago), change


def make(database: Database, trust: DemoTrust, day: date, change: Change) -> None:
    """Let an administrator change it, as on that day."""
    administrator, at = trust.content.people_with("administrator")[0].key, datetime.combine(day, _MORNING)
    with database.work(trust.actor(administrator), at=at) as uow:
        match change:
            case Added(_, which, name, counts_as):
                added = vocabulary.add_code(uow, which, CodeDetails(name, counts_as, uow.today)).key
            case Renamed(_, which, key, name):
                vocabulary.change_code(uow, which, key, CodeDetails(name, "", _month_after_next(uow.today)))
            case Ended(_, which, key):
                vocabulary.end_code(uow, which, key, uow.today)
    if isinstance(change, Added) and change.which is CodeSet.WORKER_GROUP:
        figures.join_larger(database, trust, at, added, change.counts_as)


def _month_after_next(day: date) -> date:
    return ((day.replace(day=1) + timedelta(days=32)).replace(day=1) + timedelta(days=32)).replace(day=1)
