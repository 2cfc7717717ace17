"""Drawings of published figures, with a sentence that says what each says. No number in them is anything else."""

import re
from collections.abc import Sequence

from speakup import charts
from speakup.charts import Bar, Chart, Limits, Point, Side, Signal
from speakup.disclosure import SafeLimits, SafeSeries, SafeTable, total
from speakup.papers.documents.paper import Drawing
from speakup.papers.documents.words import Say, period
from speakup.papers.pack import Title

LEAST_BARS = 3
"""Fewer say nothing that the table does not."""


def line_drawn(line: SafeSeries, title: Title, _: Say) -> Drawing:
    """Draw a line as it was read when it was published, whatever rules come later."""
    chart, said = _chart(line), _said(line, _)
    periods = [period(label) for label, _figure in line.points]
    numbers = [str(figure) for _label, figure in line.points]
    words = charts.Words(_name(line.name), title.words, said, periods, _("counted otherwise from here"), numbers)
    return Drawing(charts.draw(chart, words), said, title.words, _signalled(line, _) if line.limits else "")


def bars_drawn(table: SafeTable, title: Title, _: Say) -> Drawing | None:
    """Draw a table of one axis; None where there is too little to draw."""
    if len(table.axes) != 1 or len(table.axes[0][1]) < LEAST_BARS:
        return None
    lines = table.axes[0][1]
    if all(table.figure(line).shown is None for line in lines):
        return None
    bars = [Bar(line, table.figure(line).shown, str(table.figure(line))) for line in lines]
    listed = "; ".join(f"{bar.label}: {bar.written}" for bar in bars)
    said = _("%(title)s, in people. %(listed)s. All: %(all)s.") % {
        "title": title.words,
        "listed": listed,
        "all": total(table),
    }
    return Drawing(charts.draw_bars(_name(table.name), title.words, said, bars), said, title.words)


def _name(words: str) -> str:
    return "drawing-" + re.sub("[^a-z0-9]+", "-", words.lower()).strip("-")


def _chart(line: SafeSeries) -> Chart:
    limits = line.limits or (SafeLimits(0, len(line.points), 0, 0, 0),)
    segments = tuple(Limits(each.first, each.count, each.centre, each.upper - each.centre) for each in limits)
    signals = {each.point: ((Signal(each.signal), Side(each.side)),) for each in line.signals}
    points = tuple(
        Point(float(value), _segment_of(segments, at), signals.get(at, ())) for at, value in enumerate(line.values)
    )
    return Chart(points, segments, charts.Rules())


def _segment_of(segments: Sequence[Limits], at: int) -> Limits:
    return next(each for each in reversed(segments) if each.first <= at)


def _said(line: SafeSeries, _: Say) -> str:
    """Say what the chart says, in two or three sentences."""
    (first, _figure), (last, latest) = line.points[0], line.points[-1]
    said = [_("%(first)s to %(last)s.") % {"first": period(first), "last": period(last)}]
    said.append(_("The latest figure is %(latest)s people.") % {"latest": latest})
    if line.limits:
        limits = line.limits[-1]
        said.append(
            _("The average is %(centre)s; chance alone moves it between %(lower)s and %(upper)s.")
            % {"centre": limits.centre, "lower": limits.lower, "upper": limits.upper}
        )
        said.append(_signalled(line, _))
    return " ".join(said)


def _signalled(line: SafeSeries, _: Say) -> str:
    found = {each.point: each for each in line.signals}
    if not found:
        return _("The ups and downs are no more than chance.")
    newest = found.get(len(line.points) - 1)
    if newest is not None:
        higher = Side(newest.side) is Side.HIGH
        return (
            _("The latest figure is higher than chance alone would make it.")
            if higher
            else _("The latest figure is lower than chance alone would make it.")
        )
    named = ", ".join(period(line.points[at][0]) for at in sorted(found))
    return _("The latest figure is no more than chance. More than chance: %(periods)s.") % {"periods": named}
