"""Drawings of published figures, with a sentence that says what each says. No number in them is anything else."""

import re
from collections.abc import Sequence

from speakup import charts
from speakup.charts import HALF, WHOLE, Bar, Chart, Limits, Point, Side, Signal, Size
from speakup.disclosure import SafeLimits, SafeSeries, SafeTable, total
from speakup.papers.documents.paper import Drawing
from speakup.papers.documents.words import Say, period
from speakup.papers.pack import Title

LEAST_BARS = 3
"""Fewer say nothing that the table does not."""


def line_drawn(line: SafeSeries, title: Title, _: Say, size: Size = WHOLE) -> Drawing:
    """Draw a line as it was read when it was published, whatever rules come later."""
    chart, said = _chart(line), _said(line, _)
    periods = [period(label) for label, _figure in line.points]
    numbers = [str(figure) for _label, figure in line.points]
    if size is HALF:
        numbers = _fewer(numbers, chart)
    begins_anew = _("counted otherwise from here")
    words = charts.Words(_name(line.name), title.words, said, periods, begins_anew, numbers, _limits(line))
    return Drawing(charts.draw(chart, words, size=size), said, title.words, _signalled(line, _) if line.limits else "")


def _limits(line: SafeSeries) -> list[str]:
    """The newest, as they were published: they may be rounded to other sides."""
    return [str(each) for last in line.limits[-1:] for each in (last.lower, last.centre, last.upper)]


def _fewer(numbers: Sequence[str], chart: Chart) -> list[str]:
    """Leave out what a small drawing has no room for: the first, the last and what stands out stay."""
    ends = {0, len(numbers) - 1}
    return [each if at in ends or chart.points[at].signal else "" for at, each in enumerate(numbers)]


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
        average = (
            _("The average is %(centre)s.")
            if limits.count < charts.LEAST_TO_SIGN
            else _("The average is %(centre)s; chance alone moves it between %(lower)s and %(upper)s.")
        )
        said.append(average % {"centre": limits.centre, "lower": limits.lower, "upper": limits.upper})
        if limits.count < charts.LEAST_TO_TRUST:
            said.append(_("There are few points, so the limits are provisional."))
        said.append(_signalled(line, _))
    return " ".join(said)


def _signalled(line: SafeSeries, _: Say) -> str:
    found = {each.point: each for each in line.signals}
    if line.limits[-1].count < charts.LEAST_TO_SIGN:
        return _("There are too few points yet to tell a change from chance.")
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
