"""A publication as it leaves the house: everything a board sees, in one value that never changes, and its bytes.

Board pages, the paper as PDF and Word, tables as files and the public version are all made from a `Pack`, and have
nothing else to make them from.
"""

import json
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from speakup.disclosure import (
    Altered,
    SafeFigure,
    SafeSeries,
    SafeTable,
    digest,
    restore,
    restore_series,
    stored,
    total,
)
from speakup.papers.national import NationalFigure, known_before_kept
from speakup.papers.plain import made_of, plain

FORMAT = 2
"""Of the bytes. Whoever changes what a pack holds counts on, and goes on reading the earlier ones."""
_WITHOUT_NATIONAL = 1
"""Of packs that held no national figures: those that the program had then stood beside them."""


class Kind(StrEnum):
    """What a publication is."""

    QUARTER = "quarter"
    YEAR = "year"
    RESTATEMENT = "restatement"
    """A year's figures again, with cases that were recoded since."""
    ANSWER = "answer"
    """To somebody who asked under the Freedom of Information Act."""


class Section(StrEnum):
    """The parts of a board paper, in their order."""

    NEW = "new"
    CASES = "cases"
    ELEMENTS = "elements"
    HOW = "how"
    GROUPS = "groups"
    PLACES = "places"
    THEMES = "themes"
    TIMELINESS = "timeliness"
    DETRIMENT = "detriment"
    FEEDBACK = "feedback"
    COMPARISON = "comparison"
    TRIANGULATION = "triangulation"
    LEARNING = "learning"
    STORIES = "stories"
    REACH = "reach"
    CAPACITY = "capacity"
    RECOMMENDATIONS = "recommendations"
    METHOD = "method"
    ABSENT = "absent"
    """What is not there, and why. Nobody writes in it."""


@dataclass(frozen=True, slots=True)
class Period:
    """What the figures are of."""

    name: str
    """As it is printed: "July to September 2026 (quarter 2 of 2026-27)"."""
    quarters: tuple[str, ...]
    """As they are named everywhere: "2026-27/Q2"."""
    begins: date
    ends: date


@dataclass(frozen=True, slots=True)
class Cover:
    """What a board paper says first of itself. What is empty is not printed."""

    meeting: str = ""
    meeting_on: date | None = None
    agenda_item: str = ""
    author: str = ""
    lead_director: str = ""
    purpose: str = ""
    recommendation: str = ""
    assurance: str = ""
    strategic_risk: str = ""
    cqc_domain: str = ""
    equality_impact: str = ""
    previously_considered: str = ""


@dataclass(frozen=True, slots=True)
class Title:
    """What a table or a series is called, where it stands, and what is said under it."""

    of: str
    """The table's or series' name."""
    section: Section
    words: str
    axes: tuple[str, ...] = ()
    """What the lines of each axis are."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs that two people have read."""

    section: Section
    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActionLine:
    """A learning action, as it stood on the day of publication."""

    ref: str
    title: str
    state: str
    """The value of `learning.ActionState`."""
    theme: str
    """Its label; empty where it has none."""
    due: date | None
    what: str
    """What changes."""
    rose_again: bool
    """Its theme rose again after it was closed."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What the guardian asks of the board, or asked before."""

    text: str
    progress: str
    """Since it was made; empty for a new one."""


@dataclass(frozen=True, slots=True)
class ContextFigure:
    """What stands beside the figures and was never joined to a case: a survey's score, sickness, turnover."""

    name: str
    value: str
    """As it was published, so that nothing is rounded twice."""
    unit: str
    source: str
    as_of: date


@dataclass(frozen=True, slots=True)
class Break:
    """From this period on something is counted otherwise."""

    at: str
    why: str


@dataclass(frozen=True, slots=True)
class Pack:
    """One publication, whole."""

    organisation: str
    ref: str
    version: int
    kind: Kind
    period: Period
    published_on: date
    cover: Cover
    headline: tuple[str, ...]
    """What is new, in three sentences."""
    tables: tuple[SafeTable, ...]
    series: tuple[SafeSeries, ...]
    titles: tuple[Title, ...]
    """Of every table and every series, by name."""
    texts: tuple[Text, ...]
    actions: tuple[ActionLine, ...]
    recommendations: tuple[Recommendation, ...]
    stories: tuple[Text, ...]
    context: tuple[ContextFigure, ...]
    national: tuple[NationalFigure, ...]
    """Every national figure that was out on the day it is dated, each with its source."""
    method: tuple[str, ...]
    breaks: tuple[Break, ...]

    def __post_init__(self) -> None:
        titled = {title.of for title in self.titles}
        named = {table.name for table in self.tables} | {line.name for line in self.series}
        if not named <= titled:
            raise ValueError("Each table and each series has a title")

    @property
    def begun(self) -> tuple[Break, ...]:
        """The breaks that a line goes across: before the first point of every line there is nothing they changed."""
        first = min((line.points[0][0] for line in self.series), default=None)
        return tuple(each for each in self.breaks if first is not None and each.at > first)

    def title(self, made: SafeTable | SafeSeries) -> Title:
        """What one of its own tables or series is called."""
        return next(title for title in self.titles if title.of == made.name)

    def tables_of(self, section: Section) -> list[SafeTable]:
        """The tables that stand in a part of the paper."""
        return [table for table in self.tables if self.title(table).section is section]

    def series_of(self, section: Section) -> list[SafeSeries]:
        """The lines that stand in a part of the paper."""
        return [line for line in self.series if self.title(line).section is section]

    def texts_of(self, section: Section) -> list[Text]:
        """What is written in a part of the paper."""
        return [text for text in (*self.texts, *self.stories) if text.section is section]

    def table(self, name: str) -> SafeTable | None:
        """The table of a name, if this publication has it."""
        return next((table for table in self.tables if table.name == name), None)

    @property
    def cases(self) -> SafeFigure | None:
        """Everybody who spoke up in the period, if the publication says so."""
        table = self.table(CASES)
        return None if table is None else total(table)


CASES = "cases"
"""The table that has nothing but the total."""


# --- bytes ----------------------------------------------------------------------------------------------------------


def written(pack: Pack) -> bytes:
    """The pack as bytes, the same for equal packs. What is published is these bytes."""
    whole = {field.name: plain(getattr(pack, field.name)) for field in fields(Pack)}
    whole["tables"] = [_kept(table) for table in pack.tables]
    whole["series"] = [_kept(line) for line in pack.series]
    whole["format"] = FORMAT
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read(data: bytes) -> Pack:
    """What `written` wrote. `disclosure.Altered` for anything else."""
    try:
        whole = json.loads(data)
        written_as = whole.pop("format")
        if written_as not in {_WITHOUT_NATIONAL, FORMAT}:
            raise Altered
        if written_as == _WITHOUT_NATIONAL:
            whole["national"] = known_before_kept(date.fromisoformat(whole["published_on"]))
        whole["tables"] = tuple(restore(*_given(each)) for each in whole["tables"])
        whole["series"] = tuple(restore_series(*_given(each)) for each in whole["series"])
        return made_of(Pack, whole)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Altered from error


def _kept(made: SafeTable | SafeSeries) -> dict[str, str]:
    data = stored(made)
    return {"data": data.decode(), "digest": digest(data)}


def _given(kept: dict[str, str]) -> tuple[bytes, str]:
    return kept["data"].encode(), kept["digest"]
