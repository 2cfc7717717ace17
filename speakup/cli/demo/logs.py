"""The log that a guardian of each fictional trust keeps beside the system, in a spreadsheet, and brings in.

What is older than the system comes in when the trust moves in; from then on each quarter does, a week after its end.
Every row comes in by the same operations as on the page. The content depends on the seed and the days alone.
"""

import tomllib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from itertools import islice
from random import Random
from typing import Any, Final

from speakup import cases, insight
from speakup.cli.demo import texts
from speakup.cli.demo.texts import PlaceContent, TrustContent
from speakup.cli.demo.trusts import DemoTrust
from speakup.gateways.documents import Cell, Sheet, Workbook
from speakup.kernel.clock import LONDON
from speakup.kernel.uow import Database, UnitOfWork

MOVED_IN_AFTER, COMES_AFTER = timedelta(days=4), timedelta(days=8)
"""After the first day of the system, and after the end of a quarter."""
WHOLE_YEARS = 3
"""So many whole years there are to be published, whatever day it is."""
_AT: Final = time(8, 40, tzinfo=LONDON)
_SEASON: Final = (0.95, 0.9, 1.0, 1.15)
"""By quarter: the last one of the financial year is the busiest."""
_BEFORE_THE_SYSTEM: Final = 1.4
"""Then the log held everything, and not only what came to one of the guardians."""
_DETRIMENT: Final = 0.03
_CLOSED_WITHIN: Final = 13
_IN_WORDS: Final = 0.25
"""So many of its days are typed, each in another way."""
_ATTEMPTS: Final = 300
_PHRASES: Final = cases.Phrases("From the log: sheet “%(sheet)s”, row %(row)d", "The log says nothing of it.")
_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "nursing_midwifery": ("Nursing", "nurse", "Nursing & midwifery"),
    "additional_clinical": ("HCA", "support worker", "Add clinical - HCA"),
    "additional_professional": ("Add prof", "add prof"),
    "administrative": ("Admin", "A&C", "admin & clerical"),
    "allied_health": ("AHP", "ahp"),
    "estates": ("Estates", "facilities"),
    "healthcare_scientists": ("Scientist", "BMS"),
    "medical_dental": ("Medical", "Doctor"),
    "students": ("Student",),
    "other": ("Other",),
}
_ELEMENTS: Final[Mapping[str, tuple[str, ...]]] = {
    "patient_safety": ("PS", "pt safety", "Patient safety"),
    "worker_safety": ("staff wellbeing", "Worker safety", "wellbeing"),
    "bullying_harassment": ("BH", "B&H", "bullying"),
    "other_behaviours": ("behaviours", "IAB", "Behaviour"),
}
_NO_PATIENTS: Final = frozenset({
    "cleaning", "digital", "equipment", "estates", "finance", "kitchen", "laboratory", "office", "portering",
    "secretaries", "stores", "volunteers",
})  # fmt: skip
"""Kinds of places at which nobody speaks of what happens to patients."""
_HOW: Final = {"Conf": 68, "Open": 22, "Anon": 10}
_WAYS: Final = {"passed": 58, "advice": 30, "process": 12}
_OUTCOMES: Final[Mapping[str, tuple[str, ...]]] = {
    "passed": ("Action taken", "Resolved", "resolved"),
    "advice": ("Advice given", "signposted", "NFA"),
    "process": ("Passed to HR", "Investigation"),
    "lost": ("No contact",),
}
_AGAIN: Final = {"Yes": 42, "yes definitely": 6, "Maybe": 8, "No": 5, "not asked": 14, "": 25}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a log, before it is put into columns."""

    raised_on: date
    closed_on: date
    came_by: str
    how: str
    place: PlaceContent
    role: str
    worker_group: str
    elements: tuple[str, ...]
    theme: str
    detriment: bool
    said: str
    done: str
    outcome: str
    again: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What is brought in on one day: each sheet's name, and what stands in it."""

    on: date
    sheets: tuple[tuple[str, tuple[Entry, ...]], ...]


@cache
def content() -> Mapping[str, Any]:
    """Read what logs are made of."""
    return tomllib.loads((files("speakup.cli.demo") / "content" / "log.toml").read_text("utf-8"))


def newest_quarter(today: date) -> str:
    """Name the newest quarter that is closed today."""
    quarter = insight.quarter_before(insight.quarter_of(today))
    return quarter if insight.closes_on(quarter, insight.LEAST_WAIT) <= today else insight.quarter_before(quarter)


def first_quarter(today: date) -> str:
    """Name the quarter in which logs begin, and with it so many whole years as are to be published."""
    newest = newest_quarter(today)
    last_year = int(newest[:4]) - (not newest.endswith("Q4"))
    return insight.quarter_of(date(last_year - WHOLE_YEARS + 1, 4, 1))


def days(start: date, last: date) -> list[date]:
    """List the days on which something is brought in, between the system's first day and the last."""
    quarters = insight.quarters_between(insight.quarter_of(start), insight.quarter_of(last))
    ends = (insight.last_day(quarter) + COMES_AFTER for quarter in quarters)
    return [start + MOVED_IN_AFTER, *(each for each in ends if each <= last)]


def batches(seed: int, trust: TrustContent, start: date, last: date) -> Iterator[Batch]:
    """Compose what is brought in on each of those days; nothing in it is after that day."""
    entries = _Composer(seed, trust, start, last).entries()
    old = [each for each in entries if each.raised_on < start]
    years = dict.fromkeys(insight.year_in(insight.quarter_of(each.raised_on)) for each in old)
    moved_in, *later = days(start, last)
    yield Batch(moved_in, tuple((year, _in_year(old, year)) for year in years))
    for day in later:
        quarter = insight.quarter_of(day - COMES_AFTER)
        own = (each for each in entries if each.raised_on >= start and insight.quarter_of(each.raised_on) == quarter)
        yield Batch(day, ((quarter.replace("/", " "), tuple(own)),))


def _in_year(entries: Sequence[Entry], year: str) -> tuple[Entry, ...]:
    return tuple(each for each in entries if insight.year_in(insight.quarter_of(each.raised_on)) == year)


@dataclass
class _Composer:
    """Makes the lines of one log, one after another, and tells nothing twice."""

    seed: int
    trust: TrustContent
    start: date
    last: date
    told: set[str] = field(default_factory=set)

    def entries(self) -> list[Entry]:
        """Every line, the oldest first."""
        quarters = insight.quarters_between(first_quarter(self.last + timedelta(days=1)), insight.quarter_of(self.last))
        return [each for quarter in quarters for each in self._quarter(quarter)]

    def _quarter(self, quarter: str) -> Iterator[Entry]:
        # Each quarter has a chance of its own, so that a day later nothing in the older ones is another.
        chance = Random(f"{self.seed}/{self.trust.key}/{quarter}")  # noqa: S311 -- repeatable, not secret
        made = content()["trusts"][self.trust.key]
        usual = round(made["each_quarter"] * _SEASON[int(quarter[-1]) - 1])
        if insight.last_day(quarter) < self.start:
            usual = round(usual * _BEFORE_THE_SYSTEM)
        about = [""] * usual
        if quarter == self._busy(made["busy_before"]):
            about += [made["busy_about"]] * made["busy"]
        chance.shuffle(about)
        first, span = insight.first_day(quarter), (insight.last_day(quarter) - insight.first_day(quarter)).days + 1
        drawn = sorted(_working_day(first + timedelta(days=chance.randrange(span))) for _ in about)
        for day, only in zip(drawn, about, strict=True):
            if insight.quarter_of(day) == quarter:
                yield self._entry(chance, day, only)

    def _busy(self, before: int) -> str:
        quarter = newest_quarter(self.last + timedelta(days=1))
        for _ in range(before):
            quarter = insight.quarter_before(quarter)
        return quarter

    def _entry(self, chance: Random, day: date, only: str) -> Entry:
        kinds = [each for each in content()["about"] if each.get("only", "") == only]
        about = chance.choices(kinds, [each.get("weight", 1) for each in kinds])[0]
        came_by = chance.choice(list(content()["opens"]))
        place = chance.choice([each for each in self.trust.places if _may_be_at(each, about)])
        how = _drawn(chance, _HOW)
        way = "lost" if how == "Anon" and chance.random() < 1 / 3 else _drawn(chance, _WAYS)
        # What is brought in is over by then.
        closed_on = min(_working_day(day + timedelta(days=chance.randrange(1, _CLOSED_WITHIN))), self._before(day))
        role, group = chance.choice(texts.load().roles[place.kinds[0]])
        words = texts.filler(chance, {"at": place.at, "back": f"{closed_on.day}/{closed_on.month}"})
        return Entry(
            day,
            closed_on,
            came_by,
            how,
            place,
            role,
            group,
            tuple(about["elements"]),
            about["theme"],
            detriment=chance.random() < _DETRIMENT,
            said=self._untold(chance, words, content()["opens"][came_by], about["lines"]),
            done=words(chance.choice(content()["done"][way])),
            outcome=chance.choice(_OUTCOMES[way]),
            again=_drawn(chance, _AGAIN) if way != "lost" else "",
        )

    def _before(self, day: date) -> date:
        """Return the last day before a line of a day is brought in."""
        in_old = day < self.start
        comes_in = self.start + MOVED_IN_AFTER if in_old else insight.last_day(insight.quarter_of(day)) + COMES_AFTER
        return comes_in - timedelta(days=1)

    def _untold(self, chance: Random, words: texts.Filler, opens: Sequence[str], lines: Sequence[str]) -> str:
        """Say what it is about as it was not said before; logs are too short for it to be said in two ways."""
        for _ in range(_ATTEMPTS):
            line = words(chance.choice(lines))
            if line not in self.told:
                self.told.add(line)
                return f"{chance.choice(opens)} {line}"
        raise ValueError(f"no untold line is left for {self.trust.key}; ask for fewer")


def _may_be_at(place: PlaceContent, about: Mapping[str, Any]) -> bool:
    return not _NO_PATIENTS.intersection(place.kinds) if "clinical" in about else "volunteers" not in place.kinds


def _drawn(chance: Random, shares: Mapping[str, int]) -> str:
    return chance.choices(list(shares), list(shares.values()))[0]


def _working_day(day: date) -> date:
    return day + timedelta(days={5: 2, 6: 1}.get(day.weekday(), 0))


# --- as a spreadsheet -------------------------------------------------------------------------------------------------


def workbook(trust: TrustContent, batch: Batch) -> Workbook:
    """Put a batch into columns as the trust's guardian does: each has their own."""
    columns = _ticked if trust.key == "anytown" else _named
    sheets = [(name, _rows(trust, columns, entries)) for name, entries in batch.sheets]
    return Workbook([Sheet(name, hidden=False, rows=rows, merged=[]) for name, rows in sheets], 0)


def _rows(trust: TrustContent, columns: Any, entries: Sequence[Entry]) -> list[list[Cell]]:  # noqa: ANN401 -- one of two below
    chance = Random(len(entries))  # noqa: S311 -- repeatable, not secret
    lines = [columns(trust, chance, number, entry) for number, entry in enumerate(entries, 1)]
    titles: list[Cell] = list(lines[0]) if lines else ["Date"]
    return [titles, *([*line.values()] for line in lines), ["Total", len(lines)]]


def _ticked(trust: TrustContent, chance: Random, number: int, entry: Entry) -> dict[str, Cell]:
    """One column for each element, and a cross where it applies."""
    year = insight.year_in(insight.quarter_of(entry.raised_on))
    ticks: dict[str, Cell] = {
        title: "x" if element in entry.elements else None
        for title, element in (
            ("Pt safety", "patient_safety"),
            ("Staff safety/wellbeing", "worker_safety"),
            ("B&H", "bullying_harassment"),
            ("Other behaviours", "other_behaviours"),
        )
    }
    return {
        "Ref": f"{year[2:4]}Q{entry.raised_on.month:02}{number:03}",
        "Date raised": _day(chance, entry.raised_on),
        "How received": entry.came_by,
        "Directorate": _directorate(trust, entry),
        "Site": _site(trust, entry),
        "Role": entry.role if entry.how != "Anon" else "?",
        "Staff group": _group(chance, entry),
        "Open / conf / anon": entry.how,
        **ticks,
        "Detriment Y/N": "Y" if entry.detriment else "N",
        "Theme": entry.theme,
        "Brief details": entry.said,
        "Action / notes": entry.done,
        "Date closed": _day(chance, entry.closed_on),
        "Outcome": entry.outcome,
        "Would speak up again?": entry.again,
    }


def _named(trust: TrustContent, chance: Random, number: int, entry: Entry) -> dict[str, Cell]:
    """One column that names every element, in the guardian's short words."""
    named = " / ".join(chance.choice(_ELEMENTS[each]) for each in entry.elements)
    return {
        "No": number,
        "Date": _day(chance, entry.raised_on),
        "Contact method": entry.came_by.lower(),
        "Service": _directorate(trust, entry),
        "Base": _site(trust, entry),
        "Job": entry.role if entry.how != "Anon" else "",
        "Staff group": _group(chance, entry),
        "Open/conf/anon": entry.how.lower(),
        "Category": named or "none",
        "Detriment?": "yes" if entry.detriment else "no",
        "Subject": entry.theme,
        "Summary": entry.said,
        "Actions": entry.done,
        "Status": "Closed",
        "Closed on": _day(chance, entry.closed_on),
        "Outcome": entry.outcome,
        "Speak up again": entry.again,
    }


def _day(chance: Random, day: date) -> Cell:
    if chance.random() > _IN_WORDS:
        return ["day", day.isoformat()]
    return chance.choice(
        (f"{day.day}/{day.month}/{day.year}", f"{day.day}.{day.month}.{day:%y}", f"{day.day} {day:%b %y}")
    )


def _directorate(trust: TrustContent, entry: Entry) -> str:
    return next(each.name for each in trust.directorates if each.key == entry.place.directorate)


def _site(trust: TrustContent, entry: Entry) -> str:
    return next(each.name for each in trust.sites if each.key == entry.place.site)


def _group(chance: Random, entry: Entry) -> str:
    return chance.choice(_GROUPS[entry.worker_group]) if entry.how != "Anon" else chance.choice(("NK", "not known"))


# --- through the operations -------------------------------------------------------------------------------------------


def bring_in(database: Database, trust: DemoTrust, batch: Batch) -> None:
    """Let the guardian who keeps the log bring a batch of it in, as on the page."""
    keeper = trust.actor(trust.content.people_with("guardian")[-1].key)

    def work(*, writes: bool = True) -> AbstractContextManager[UnitOfWork]:
        return database.work(keeper, at=datetime.combine(batch.on, _AT), writes=writes)

    with work() as uow:
        id = cases.begin_import(
            uow, str(content()["trusts"][trust.content.key]["file"]), workbook(trust.content, batch)
        )
        prepared = cases.prepare_import(uow, id)
        cases.record_prepared(uow, prepared)
    every = iter(prepared.plan.cases)
    while some := list(islice(every, cases.IMPORTED_AT_ONCE)):
        _some(work(), id, some, prepared)
    with work() as uow:
        cases.finish_import(uow, id, prepared.plan.left_out)


def _some(
    work: AbstractContextManager[UnitOfWork], id: uuid.UUID, some: Sequence[Any], prepared: cases.Prepared
) -> None:
    with work as uow:
        cases.bring_in(uow, id, some, _PHRASES, prepared.covers)
