"""Lines over quarters and years: from what was published, and from nothing else."""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from speakup import charts, disclosure
from speakup.charts import Chart, Limits, Point, Rules, Side, Signal
from speakup.disclosure import Reading, SafeFigure, SafeLimits, SafeSeries, SafeSignal, SafeTable, total
from speakup.papers import grid, periods
from speakup.papers.pack import Break, Kind, Pack

LINES = (grid.ELEMENT, grid.HOW, grid.GROUP, grid.DIRECTORATE, grid.SITE, grid.THEME, grid.DETRIMENT)
LEAST = 2
"""A line has two points at least."""


def lines(packs: Sequence[Pack]) -> list[tuple[SafeSeries, str]]:
    """Every line that can be drawn through these publications, the last of which is the new one; and its width.

    Through quarters where each of them shows its point; through years otherwise.
    """
    quarters = [each for each in packs if each.kind is Kind.QUARTER]
    years = [each for each in packs if each.kind is Kind.YEAR]
    breaks = packs[-1].breaks
    found: list[tuple[SafeSeries, str]] = []
    for name in _names(packs[-1]):
        for width, of_width in (("quarter", _running(quarters)), ("year", years)):
            line = _line(name, of_width, breaks)
            if line is not None:
                found.append((line, width))
                break
    return found


def _names(pack: Pack) -> Iterator[str]:
    yield "cases"
    for table in pack.tables:
        if table.name in LINES:
            yield from (f"{table.name}/{line}" for line in table.axes[0][1])


def _running(quarters: Sequence[Pack]) -> list[Pack]:
    """The newest quarters up to the first that was not published: a line has no gaps."""
    newest = sorted(quarters, key=lambda each: each.period.begins, reverse=True)
    together = takewhile(
        lambda pair: pair[0] == 0 or periods.follows(newest[pair[0] - 1].period, pair[1].period), enumerate(newest)
    )
    return [each for _, each in together][::-1]


def _line(name: str, packs: Sequence[Pack], breaks: Sequence[Break]) -> SafeSeries | None:
    """Through the newest publications that have such a figure."""
    figures = [(pack, _figure(name, pack)) for pack in packs]
    newest = list(takewhile(lambda pair: pair[1] is not None, reversed(figures)))[::-1]
    points = [(_label(pack), figure) for pack, figure in newest if figure is not None]
    if len(points) < LEAST:
        return None
    begun = {each.at for each in breaks}
    anew = [at for at, (pack, _) in enumerate(newest) if at and begun & set(pack.period.quarters)]
    return disclosure.series(name, "people", points, lambda values: reading(values, anew), breaks=anew)


def _label(pack: Pack) -> str:
    return pack.period.quarters[0] if pack.kind is Kind.QUARTER else periods.year_of(pack.period.quarters[0])


def _figure(name: str, pack: Pack) -> SafeFigure | None:
    table_name, _, line = name.partition("/")
    table = pack.table(table_name)
    if table is None:
        return None
    return _of_line(table, line) if line else total(table)


def _of_line(table: SafeTable, line: str) -> SafeFigure | None:
    return table.figure(line) if line in table.axes[0][1] else None


def reading(values: Sequence[int], anew: Sequence[int] = ()) -> Reading:
    """Read published points, with limits of their own from each new beginning on, told in whole numbers as they are.

    They are computed from the rounded points, so they give away nothing that the points do not.
    """
    chart = charts.analyse(values, rebase_at=anew)
    limits = tuple(
        SafeLimits(each.first, each.count, max(0, round(each.lower)), round(each.centre), round(each.upper))
        for each in chart.segments
    )
    signals = (
        SafeSignal(at, point.signal.value, point.side.value)
        for at, point in enumerate(chart.points)
        if point.signal is not None and point.side is not None
    )
    return Reading(limits, tuple(signals))


def read_back(line: SafeSeries) -> Chart:
    """Put together what was published of a line, as it is drawn; a stretch that is too short gives no signal."""
    segments = tuple(
        Limits(each.first, each.count, float(each.centre), float(each.upper - each.centre)) for each in line.limits
    ) or (Limits(0, len(line.points), float(line.values[-1]), 0.0),)
    told = {each.point: ((Signal(each.signal), Side(each.side)),) for each in line.signals}
    points = []
    for at, value in enumerate(line.values):
        limits = next(each for each in reversed(segments) if each.first <= at)
        points.append(Point(float(value), limits, () if limits.too_short else told.get(at, ())))
    return Chart(tuple(points), segments, Rules())


def expected(line: SafeSeries) -> dict[int, SafeLimits]:
    """What is expected of each stretch of a line that has points enough, by the index of its first point."""
    return {each.first: each for each in line.limits if each.count >= charts.LEAST_TO_SIGN}
