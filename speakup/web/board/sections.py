"""A publication in the order in which a board reads it: each part with its lines, tables, texts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _

from speakup import assurance, papers
from speakup.assurance import Reference
from speakup.disclosure import SafeTable
from speakup.learning import ActionState
from speakup.papers import ActionLine, ContextFigure, Pack, Section, Text
from speakup.web.board.drawn import Line, OneWay, TwoWay, lines_of, one_way, two_way
from speakup.web.board.words import SECTIONS, of_what, period_words, with_unit

_COUNTED = (
    Section.CASES, Section.ELEMENTS, Section.HOW, Section.GROUPS, Section.PLACES, Section.THEMES, Section.TIMELINESS,
    Section.DETRIMENT, Section.FEEDBACK,
)  # fmt: skip
_WRITTEN = (Section.STORIES, Section.REACH, Section.CAPACITY)
_ORDER = tuple(Section)
_UNDER_WAY = {
    ActionState.PROPOSED,
    ActionState.AGREED,
    ActionState.IN_PROGRESS,
    ActionState.IMPLEMENTED,
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the page."""

    key: str
    heading: Any
    lines: Sequence[Line] = ()
    caveat: str = ""
    """Said once, above several lines."""
    totals: Sequence[tuple[str, str]] = ()
    bars: Sequence[OneWay] = ()
    crossed: Sequence[TwoWay] = ()
    follows: Sequence[str] = ()
    """What its numbers come to, in a sentence each."""
    texts: Sequence[Text] = ()

    @property
    def periods(self) -> list[str]:
        """Return every period that one of its lines has a point of, the oldest first."""
        return sorted({each.period for line in self.lines for each in line.values})


@dataclass(frozen=True, slots=True)
class Actions:
    """Learning actions by what a board asks of them."""

    under_way: Sequence[ActionLine]
    ended: Sequence[ActionLine]
    not_taken: Sequence[ActionLine]
    rose_again: Sequence[ActionLine]

    def __bool__(self) -> bool:
        return bool(self.under_way or self.ended or self.not_taken)


@dataclass(frozen=True, slots=True)
class Compared:
    """One national figure, and the trust's own where it can be said."""

    of: Any
    here: str
    nationally: str
    period: str
    source: str


@dataclass(frozen=True, slots=True)
class Known:
    """One figure from elsewhere, at its times, the newest first."""

    name: str
    values: Sequence[tuple[str, date, str]]
    """Value with unit, day, source."""
    nationally: str


def parts_of(pack: Pack) -> list[Part]:
    """List the counted and the written parts that a publication has, in their order."""
    found = [_part(pack, section) for section in sorted({*_COUNTED, *_WRITTEN}, key=_ORDER.index)]
    return [each for each in found if any((each.lines, each.totals, each.bars, each.crossed, each.texts))]


def _part(pack: Pack, section: Section) -> Part:
    series, tables = pack.series_of(section), pack.tables_of(section)
    key = section.value
    lines, caveat = lines_of(pack, series, f"{key}-line")
    return Part(
        key,
        SECTIONS[section],
        lines,
        caveat,
        [(pack.title(each).words, str(each.figure())) for each in tables if not each.axes],
        [one_way(pack, each, f"{key}-bars-{n}") for n, each in enumerate(tables) if _is_of(each, 1)],
        [two_way(pack, each) for each in tables if _is_of(each, 2)],
        papers.follows(pack, section, _),
        pack.texts_of(section),
    )


def _is_of(table: SafeTable, axes: int) -> bool:
    return len(table.axes) == axes


def actions_of(pack: Pack) -> Actions:
    """Sort the learning actions."""
    states = {each.ref: ActionState(each.state) for each in pack.actions}
    return Actions(
        [each for each in pack.actions if states[each.ref] in _UNDER_WAY],
        [each for each in pack.actions if states[each.ref] in {ActionState.CHECKED, ActionState.CLOSED}],
        [each for each in pack.actions if states[each.ref] is ActionState.NOT_TAKEN],
        [each for each in pack.actions if each.rose_again],
    )


# --- national figures -----------------------------------------------------------------------------------------------


def compared(pack: Pack) -> list[Compared]:
    """Hold the trust's shares against the newest national ones that were published when the publication was."""
    return [
        Compared(
            of_what(each.of),
            each.here,
            with_unit(f"{each.figure.value:f}", each.figure.unit),
            period_words(each.figure.period),
            published_words(each.figure),
        )
        for each in papers.compared(pack)
    ]


def published_words(figure: Reference) -> str:
    """Say who published a figure, and when."""
    when = format_date(figure.published, {"day": "d MMMM yyyy", "month": "MMMM yyyy"}.get(figure.exact, "yyyy"))
    source = f"{figure.publication}, {when}"
    return _("%(source)s (about)", source=source) if figure.about else source


def every_national(pack: Pack) -> list[tuple[Any, str, str, str, Sequence[str]]]:
    """List national figures for the table of all: of what, period, value, source, and what earlier sources gave."""
    return [
        (
            of_what(each.of),
            period_words(each.period),
            with_unit(f"{each.value:f}", each.unit),
            published_words(each),
            [
                _("%(value)s in %(source)s", value=with_unit(f"{was.value:f}", was.unit), source=published_words(was))
                for was in papers.superseded(pack, each)
            ],
        )
        for each in papers.national_figures(pack)
    ]


# --- what else is known ---------------------------------------------------------------------------------------------


def known_beside(pack: Pack) -> list[Known]:
    """List the figures from elsewhere that a publication holds, by name, and the national one of the same thing."""
    by_name: dict[str, list[ContextFigure]] = {}
    for each in sorted(pack.context, key=lambda figure: figure.as_of, reverse=True):
        by_name.setdefault(each.name, []).append(each)
    return [
        Known(
            name,
            [(papers.with_unit(each.value, each.unit), each.as_of, each.source) for each in found],
            _nationally(pack, name),
        )
        for name, found in sorted(by_name.items())
    ]


def _nationally(pack: Pack, name: str) -> str:
    """Say the newest national figure of what a figure is of, which its name in the publication tells."""
    same = {indicator for indicator, title in assurance.TITLES.items() if title == name}
    known = [each for each in papers.national_figures(pack) if each.of in same]
    if not known:
        return ""
    newest = max(known, key=lambda each: each.period)
    said: str = _("%(value)s in %(period)s", value=with_unit(f"{newest.value:f}", newest.unit), period=newest.period)
    return said


def themes_of(pack: Pack) -> list[tuple[str, str]]:
    """List the themes with their figures, to stand beside what else is known."""
    return [
        (label, str(table.figure(label)))
        for table in pack.tables_of(Section.THEMES) + pack.tables_of(Section.ELEMENTS)
        if _is_of(table, 1)
        for label in table.axes[0][1]
    ]


def contents(parts: Iterable[Part], more: Iterable[Section]) -> list[tuple[str, Any]]:
    """List what the page has, in its order, for the links at its top."""
    there = {each.key for each in parts} | {each.value for each in more}
    return [(section.value, SECTIONS[section]) for section in Section if section.value in there]
