"""A line or a table of a publication as it is drawn, told in a sentence and set out in a table: all three say the same.

Whatever is drawn here was published; nothing is counted.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from speakup import charts
from speakup.charts import HALF, WHOLE, Bar, Chart, Point, Side, Size, Words
from speakup.disclosure import SIGN, SafeFigure, SafeSeries, SafeTable
from speakup.papers import OF_SOME, Pack, expected, read_back
from speakup.web.board.words import SIGNALS, period_words

_HIGH = Side.HIGH.value


@dataclass(frozen=True, slots=True)
class Value:
    """One point of a line, in the table under it."""

    period: str
    value: str
    average: str
    limits: str
    signal: Any


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its drawing, its sentence, its table."""

    title: str
    short: str
    """What it is of, where its table is shared with others."""
    drawing: Markup
    sentence: str
    """What the chart says."""
    caveat: str
    """How far that can be trusted."""
    values: Sequence[Value]

    @property
    def few(self) -> bool:
        """Say whether it has so few points that it is drawn small, with its table beside it."""
        return len(self.values) < charts.LEAST_TO_SIGN

    @property
    def by_period(self) -> dict[str, str]:
        """Each point by its period, for a table that several lines share."""
        return {each.period: each.value for each in self.values}


@dataclass(frozen=True, slots=True)
class Share:
    """A line of a table of one dimension."""

    label: str
    figure: str
    masked: bool
    percentage: str


@dataclass(frozen=True, slots=True)
class OneWay:
    """A table of one dimension, with its bars."""

    title: str
    axis: str
    drawing: Markup
    shares: Sequence[Share]
    total: str
    notes: Sequence[str]
    has_percentages: bool


@dataclass(frozen=True, slots=True)
class TwoWay:
    """A table of two dimensions."""

    title: str
    axis: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[SafeFigure]]]
    """The last is that of the totals."""
    notes: Sequence[str]


def line_of(pack: Pack, series: SafeSeries, name: str, size: Size = WHOLE) -> Line:
    """Draw a line. `name` is an id that nothing else on the page has."""
    chart = read_back(series)
    periods = [period_words(label) for label, _figure in series.points]
    title = pack.title(series).words
    sentence, caveat = _sentence(series, chart, periods), _caveat(series, chart)
    said = f"{sentence} {caveat}".rstrip()
    numbers = [str(figure) for _label, figure in series.points]
    if size is HALF:
        numbers = _fewer(numbers, chart)
    words = Words(
        name,
        title,
        said,
        periods,
        _("Counting changed") if series.breaks else "",
        numbers,
        _told(series),
    )
    drawing = charts.draw(chart, words, size=size)
    short = series.name.partition("/")[2] or title
    values = list(_values(series, chart, periods))
    return Line(title, short, Markup(drawing), sentence, caveat, values)  # noqa: S704 -- every word of ours in it was escaped where it was drawn


def lines_of(pack: Pack, every: Sequence[SafeSeries], name: str) -> tuple[list[Line], str]:
    """Draw lines that stand beside each other, and give what is said once, above them, of how far to trust them."""
    size = WHOLE if len(every) == 1 and len(every[0].points) >= charts.LEAST_TO_SIGN else HALF
    lines = [line_of(pack, each, f"{name}-{n}", size) for n, each in enumerate(every)]
    for caveat, count in Counter(each.caveat for each in lines).most_common(1):
        if count > 1 and all(each.caveat for each in lines):
            alone = [replace(each, caveat="") if each.caveat == caveat else each for each in lines]
            other = _("Unless a chart says something else: %(said)s", said=caveat)
            return alone, caveat if count == len(lines) else other
    return lines, ""


def _told(series: SafeSeries) -> list[str]:
    """Return the limits of all points, or since counting changed, as they were published, from below."""
    now = expected(series).get(series.limits[-1].first) if series.limits else None
    return [str(each) for each in (now.lower, now.centre, now.upper)] if now else []


def _fewer(numbers: Sequence[str], chart: Chart) -> list[str]:
    """Leave out what has no room in a small drawing: the first, the last and what stands out stay."""
    ends = {0, len(numbers) - 1}
    return [each if n in ends or chart.points[n].signal else "" for n, each in enumerate(numbers)]


def _sentence(series: SafeSeries, chart: Chart, periods: Sequence[str]) -> str:
    """Say what the chart says: how many points, what is expected, and whether the newest is more than chance."""
    count, figures = len(series.points), [figure for _label, figure in series.points]
    said = [
        ngettext(
            "%(num)d point, of %(last)s: %(value)s.",
            "%(num)d points from %(first)s to %(last)s, the newest %(value)s.",
            count, first=periods[0], last=periods[-1], value=figures[-1],
        )
    ]  # fmt: skip
    if series.limits and not chart.latest.too_short:
        now = series.limits[-1]
        said.append(
            _("The average is %(mean)s; from %(low)s to %(high)s is no more than chance.",
              mean=now.centre, low=now.lower, high=now.upper)
        )  # fmt: skip
        said.append(_newest(chart.points[-1]))
    return " ".join(said)


def _caveat(series: SafeSeries, chart: Chart) -> str:
    """Say how far the chart can be trusted."""
    if chart.latest.too_short:
        return str(_("There are too few points yet to tell a change from chance."))
    if series.limits and chart.latest.provisional:
        return str(_("With fewer than 12 points the limits are provisional."))
    return ""


def _newest(point: Point) -> str:
    if point.signal is None:
        return str(_("The newest is within it."))
    words = SIGNALS[point.signal]
    if point.side is Side.HIGH:
        return str(_("The newest stands out, and is high: %(why)s.", why=words))
    return str(_("The newest stands out, and is low: %(why)s.", why=words))


def _values(series: SafeSeries, chart: Chart, periods: Sequence[str]) -> list[Value]:
    limits = expected(series)
    found = []
    for (_label, figure), point, period in zip(series.points, chart.points, periods, strict=True):
        told = limits.get(point.limits.first)
        signal = SIGNALS[point.signal] if point.signal else ""
        between = _("%(low)s to %(high)s", low=told.lower, high=told.upper) if told else "–"
        found.append(Value(period, str(figure), str(told.centre) if told else "–", between, signal))
    return found


def one_way(pack: Pack, table: SafeTable, name: str) -> OneWay:
    """Draw a table of one dimension as bars."""
    ((axis, labels),) = table.axes
    total = table.figure(None)
    figures = [table.figure(label) for label in labels]
    shares = [
        Share(label, str(figure), figure.shown is None, "" if axis in OF_SOME else _percent(figure, total))
        for label, figure in zip(labels, figures, strict=True)
    ]
    title = pack.title(table)
    bars = [Bar(share.label, figure.shown, share.figure) for share, figure in zip(shares, figures, strict=True)]
    drawing = charts.draw_bars(name, title.words, _in_words(shares), bars)
    return OneWay(
        title.words,
        title.axes[0] if title.axes else title.words,
        Markup(drawing),  # noqa: S704 -- every word of ours in it was escaped where it was drawn
        shares,
        str(total),
        _notes(title.notes, figures),
        any(share.percentage for share in shares),
    )


def _percent(figure: SafeFigure, total: SafeFigure) -> str:
    if figure.shown is None or total.shown is None or figure.shown > total.shown:
        return ""
    share = figure.percentage_of(total)
    return "" if share is None else f"{share}%"


def _in_words(shares: Sequence[Share]) -> str:
    """Say the bars in a sentence."""
    return "; ".join(f"{each.label}: {_('not shown') if each.masked else each.figure}" for each in shares) + "."


def two_way(pack: Pack, table: SafeTable) -> TwoWay:
    """Set out a table of two dimensions, with its totals."""
    (_first, down), (_second, across) = table.axes
    title = pack.title(table)
    lines: list[str | None] = [*down, None]
    columns: list[str | None] = [*across, None]
    rows = [(label or _("All"), [table.figure(label, each) for each in columns]) for label in lines]
    every = [figure for _label, figures in rows for figure in figures]
    names = title.axes or tuple(name for name, _lines in table.axes)
    return TwoWay(title.words, names[0], [*across, _("All")], rows, _notes(title.notes, every))


def _notes(notes: Sequence[str], figures: Sequence[SafeFigure]) -> list[str]:
    """What is said under a table; where something is masked, the sign is always explained there."""
    masked = any(figure.shown is None for figure in figures)
    if masked and not any(SIGN in note for note in notes):
        return [*notes, _("%(sign)s: masked so that nobody can be found; the sign says nothing about why.", sign=SIGN)]
    return list(notes)
