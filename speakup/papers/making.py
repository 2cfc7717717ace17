"""One check: protect what is counted, and put the figures into the pack. Values in, values out."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from speakup import disclosure, insight
from speakup.disclosure import Layout, Ledger, Progress, Rules, SafeSeries, Tables, Withheld, protect
from speakup.papers import grid, periods, series, words
from speakup.papers.pack import CASES, ActionLine, Kind, Pack, Text


@dataclass(frozen=True, slots=True)
class Material:
    """All a check needs, so that nothing is read while it works."""

    skeleton: Pack
    themes: tuple[Text, ...]
    """Each kept only where its theme is shown."""
    tables: Mapping[str, Tables]
    ledgers: Mapping[str, Ledger]
    earlier: Sequence[Pack]
    rules: Rules
    mark: str
    revision: int


@dataclass(frozen=True, slots=True)
class Made:
    """A publication that could go out."""

    pack: Pack
    releases: Mapping[str, disclosure.Release]
    workings: dict[str, Any]
    """Plain, as a row keeps it."""


def make(
    material: Material, seed: bytes, progress: Callable[[Progress], None] = lambda _: None
) -> Made | disclosure.Reason:
    """Protect each population beside its own ledger; any that cannot be protected withholds the whole."""
    protected: dict[str, disclosure.Publication] = {}
    for name, tables in material.tables.items():
        done = protect(tables, material.ledgers[name], material.rules, seed=seed + name.encode(), progress=progress)
        if isinstance(done, disclosure.Publication):
            protected[name] = done
        elif name == CASES or done.reason is not disclosure.Reason.NOTHING:
            return _reason(done)
    if not any(figure.shown is not None for done in protected.values() for table in done.tables for _, figure in table):
        return disclosure.Reason.NOTHING
    finished = _finished(material, protected)
    workings: dict[str, Any] = {name: _workings(material, name, done) for name, done in protected.items()}
    shown = _shown_lines(finished)
    workings["themes left out"] = [each.heading for each in material.themes if each.heading not in shown]
    return Made(finished, {name: done.release for name, done in protected.items()}, workings)


def _reason(done: Withheld) -> disclosure.Reason:
    return done.reason


def _finished(material: Material, protected: Mapping[str, disclosure.Publication]) -> Pack:
    """The pack with its figures, and what is said of them."""
    skeleton = material.skeleton
    titled = [(table, words.title(table, name)) for name, done in protected.items() for table in done.tables]
    with_tables = replace(
        skeleton,
        tables=tuple(table for table, _ in titled),
        titles=tuple(title for _, title in titled),
        method=words.method(material.rules, skeleton.kind),
    )
    shown = _shown_lines(with_tables)
    written = replace(
        with_tables,
        texts=(*skeleton.texts, *(each for each in material.themes if each.heading in shown)),
        headline=(*_headline(with_tables, material.earlier), *skeleton.headline),
        actions=tuple(each if each.theme in shown else replace(each, theme="") for each in skeleton.actions),
    )
    if skeleton.kind not in {Kind.QUARTER, Kind.YEAR}:
        return replace(written, actions=_risen(written.actions, frozenset()))
    lines = series.lines([*material.earlier, written])
    return replace(
        written,
        series=tuple(line for line, _ in lines),
        titles=(*written.titles, *(words.line_title(line, width) for line, width in lines)),
        actions=_risen(written.actions, _rising(line for line, _ in lines)),
    )


def _rising(lines: Iterable[SafeSeries]) -> frozenset[str]:
    """The themes whose newest published point is higher than any of the four before it."""
    found = set()
    for line in lines:
        name, _, theme = line.name.partition("/")
        points = [(label, figure.shown or 0) for label, figure in line.points]
        if name == grid.THEME and len(points) > 1 and insight.rose_again(points, points[-2][0]):
            found.add(theme)
    return frozenset(found)


def _risen(actions: Iterable[ActionLine], rising: Collection[str]) -> tuple[ActionLine, ...]:
    """Of those that ended before the period, only the ones whose theme rises now rose again."""
    return tuple(replace(each, rose_again=each.rose_again and each.theme in rising) for each in actions)


def _headline(now: Pack, earlier: Sequence[Pack]) -> list[str]:
    """An answer has none: what it is of is what was asked for."""
    if now.kind is Kind.ANSWER:
        return []
    alike = [each for each in earlier if each.kind is now.kind and periods.follows(now.period, each.period)]
    before = alike[-1].cases if alike else None
    return words.headline(now.kind, now.cases, before, now.table(grid.ELEMENT))


def _shown_lines(made: Pack) -> frozenset[str]:
    """The themes that enough people raised for them to be shown."""
    table = made.table(grid.THEME)
    if table is None:
        return frozenset()
    return frozenset(line for line in table.axes[0][1] if table.figure(line).shown is not None)


# --- for whoever prepares and approves -------------------------------------------------------------------------------


def _workings(material: Material, name: str, done: disclosure.Publication) -> dict[str, Any]:
    tables, report = material.tables[name], done.report
    why = dict(done.reasons)
    return {
        "cells": report.cells,
        "shown": report.shown,
        "few": report.few,
        "extra": report.extra,
        "linked": report.linked,
        "closest": None if report.closest is None else [report.closest.low, min(report.closest.high, 10**6)],
        "programs": report.programs,
        "left out": [[table, reason.value] for table, reason in done.left_out],
        "reasons": {
            layout.definition.name: [
                [list(labels), why[where].value] for labels, where in disclosure.cells(tables, layout) if where in why
            ]
            for layout in done.layouts
        },
        "rungs": {layout.definition.name: _rungs(tables, layout, material.rules) for layout in done.layouts},
    }


def _rungs(tables: Tables, chosen: Layout, rules: Rules) -> list[dict[str, Any]]:
    """What other groupings would show, if last year's cases were spread as the staff are."""
    found = [
        {
            "lines": [[line.label for line in lines] for lines in layout.axes],
            "share": round(100 * tables.share_shown(layout, rules)),
            "used": layout.rungs == chosen.rungs,
        }
        for layout in tables.layouts(chosen.definition)
    ]
    return found if len(found) > 1 else []
