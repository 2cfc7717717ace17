"""Drawings of published figures, with a sentence that says what each says. No number in them is anything else."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from speakup import charts
from speakup.charts import HALF, WHOLE, Bar, Chart, Side, Size
from speakup.disclosure import SafeSeries, SafeTable, total
from speakup.papers.documents.paper import Drawing, Words
from speakup.papers.documents.words import Say, period
from speakup.papers.pack import Title
from speakup.papers.series import expected, read_back

LEAST_BARS = 3
"""Fewer say nothing that the table does not."""


def line_drawn(line: SafeSeries, title: Title, _: Say, size: Size = WHOLE) -> Drawing:
    """Draw a line as it was read when it was published, whatever rules come later."""
    chart, said = read_back(line), _said(line, _)
    periods = [period(label) for label, _figure in line.points]
    numbers = [str(figure) for _label, figure in line.points]
    if size is HALF:
        numbers = _fewer(numbers, chart)
    begins_anew = _("counted otherwise from here")
    words = charts.Words(_name(line.name), title.words, said, periods, begins_anew, numbers, _limits(line))
    return Drawing(charts.draw(chart, words, size=size), said, title.words, _told(line, _))


def lines_drawn(lines: Sequence[SafeSeries], titles: Sequence[Title], _: Say) -> Iterator[Words | Drawing]:
    """Draw lines that stand beside each other: what most of the drawings say is said once, above them."""
    if len(lines) == 1:
        few = len(lines[0].points) < charts.LEAST_TO_SIGN
        yield line_drawn(lines[0], titles[0], _, HALF if few else WHOLE)
        return
    drawings = [line_drawn(line, title, _, HALF) for line, title in zip(lines, titles, strict=True)]
    for said, count in Counter(each.message for each in drawings).most_common(1):
        if said and count > 1:
            alike = _("Unless a drawing says something else: %(said)s") % {"said": said}
            yield Words(said if count == len(drawings) else alike)
            drawings = [replace(each, message="") if each.message == said else each for each in drawings]
    yield from drawings


def _limits(line: SafeSeries) -> list[str]:
    """The newest, as they were published: they may be rounded to other sides."""
    now = expected(line).get(line.limits[-1].first) if line.limits else None
    return [str(each) for each in (now.lower, now.centre, now.upper)] if now else []


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


def _said(line: SafeSeries, _: Say) -> str:
    """Say what the chart says, in two or three sentences."""
    (first, _figure), (last, latest) = line.points[0], line.points[-1]
    said = [_("%(first)s to %(last)s.") % {"first": period(first), "last": period(last)}]
    said.append(_("The latest figure is %(latest)s people.") % {"latest": latest})
    if line.limits:
        limits = line.limits[-1]
        if limits.first in expected(line):
            average = _("The average is %(centre)s; chance alone moves it between %(lower)s and %(upper)s.")
            said.append(average % {"centre": limits.centre, "lower": limits.lower, "upper": limits.upper})
        said.append(_told(line, _))
    return " ".join(said)


def _told(line: SafeSeries, _: Say) -> str:
    """Say whether there is more in it than chance, and how far that can be trusted."""
    if not line.limits:
        return ""
    few = _("There are few points, so the limits are provisional.")
    is_provisional = line.limits[-1].first in expected(line) and line.limits[-1].count < charts.LEAST_TO_TRUST
    return f"{_signalled(line, _)} {few}" if is_provisional else _signalled(line, _)


def _signalled(line: SafeSeries, _: Say) -> str:
    chart = read_back(line)
    found = [at for at, point in enumerate(chart.points) if point.signal]
    if chart.latest.too_short:
        return _("There are too few points yet to tell a change from chance.")
    if not found:
        return _("The ups and downs are no more than chance.")
    newest = chart.points[-1]
    if newest.signal:
        return (
            _("The latest figure is higher than chance alone would make it.")
            if newest.side is Side.HIGH
            else _("The latest figure is lower than chance alone would make it.")
        )
    named = ", ".join(period(line.points[at][0]) for at in found)
    return _("The latest figure is no more than chance. More than chance: %(periods)s.") % {"periods": named}
