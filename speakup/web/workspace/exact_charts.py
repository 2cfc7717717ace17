"""The charts behind `/signals`: exact counts, read as the board's are, and where the two say something else.

The board's charts are drawn from rounded figures of the quarters as they were first counted, so that one of them may
show what is chance, or miss what is not. Nobody but a guardian can tell: it takes the exact counts.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import lazy_gettext

from speakup import charts, papers
from speakup.charts import Chart, Point, Side, Signal
from speakup.disclosure import SafeSeries
from speakup.insight import Of, Series
from speakup.kernel.uow import UnitOfWork
from speakup.papers import CASES, Pack
from speakup.web.process_charts import SIGNALS

_LINES: Mapping[Of, str] = {
    Of.ELEMENT: "element",
    Of.DETRIMENT: "detriment",
    Of.THEME: "theme",
    Of.DIRECTORATE: "directorate",
    Of.SITE: "site",
    Of.WORKER_GROUP: "worker_group",
    Of.HOW: "how",
}
"""What the board's line of each is named after."""
_DETRIMENT_LINE = "Yes"
_NOTHING = lazy_gettext("no more than chance")
_WAYS: Mapping[Side, Any] = {Side.HIGH: lazy_gettext("high"), Side.LOW: lazy_gettext("low")}


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A quarter of which the board's chart says something else than the exact counts do."""

    series: Series
    name: str
    quarter: str
    exact: str
    board: str


def beginnings(uow: UnitOfWork, quarter: str) -> frozenset[str]:
    """The quarters up to one from which charts begin anew, as the board's do."""
    return frozenset(each.at for each in papers.beginnings(uow, quarter))


def read(points: Sequence[tuple[str, int]], anew: Collection[str]) -> Chart:
    """Read exact counts, with limits of their own from each new beginning on; too few points give no signal."""
    begun = [at for at, (quarter, _count) in enumerate(points) if at and quarter in anew]
    chart = charts.analyse([count for _quarter, count in points], rebase_at=begun)
    return replace(chart, points=tuple(each if _trusted(each) else replace(each, signals=()) for each in chart.points))


def _trusted(point: Point) -> bool:
    return not point.limits.too_short


def says_otherwise(series: Series, name: str, board: Pack | None, anew: Collection[str]) -> Otherwise | None:
    """Hold the newest point of the board's line against the exact counts of the same quarters.

    None where both say the same, where the board has no such line by quarters, or where either is too short for a sign.
    """
    line = _line(series, name, board)
    if line is None:
        return None
    quarters = [label for label, _figure in line.points]
    same = tuple(each for each in series.points if quarters[0] <= each[0] <= quarters[-1])
    if [quarter for quarter, _count in same] != quarters:
        return None
    chart = read(same, anew)
    board_chart = papers.read_back(line)
    if chart.latest.too_short or board_chart.latest.too_short:
        return None
    newest, told = chart.points[-1], board_chart.points[-1]
    exact, shown = (newest.signal, newest.side), (told.signal, told.side)
    return None if exact == shown else Otherwise(series, name, quarters[-1], _words(*exact), _words(*shown))


def _line(series: Series, name: str, board: Pack | None) -> SafeSeries | None:
    """The board's line of the same thing, if the newest publication has one."""
    if series.of is Of.ALL:
        wanted = CASES
    elif series.of in _LINES:
        wanted = f"{_LINES[series.of]}/{_DETRIMENT_LINE if series.of is Of.DETRIMENT else name}"
    else:
        return None
    return next((each for each in board.series if each.name == wanted), None) if board else None


def _words(signal: Signal | None, side: Side | None) -> str:
    return f"{SIGNALS[signal]} ({_WAYS[side]})" if signal and side else str(_NOTHING)
