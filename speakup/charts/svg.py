"""Drawing a process chart as SVG: one drawing for pages, Word and PDF, without style sheet or script.

A point's shape says what its colour says, and the description says in a sentence what the chart says; the numbers stand
in a table beside it. The same chart gives the same bytes.
"""

import html
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from speakup.charts.signs import Better, Variation, judged
from speakup.charts.xmr import Chart, Limits

WIDTH: Final = 720
HEIGHT: Final = 320
COMMON, IMPROVEMENT, CONCERN, NEUTRAL, TARGET = "#a6a6a6", "#00b0f0", "#e46c0a", "#490092", "#de1b1b"
"""The colours of *Making Data Count*."""
LINE, _TEXT = "#4c6272", "#212b32"
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 16, 16, 48
_ROOM_FOR_A_LABEL = 81
_HALF_A_LABEL = 36
_LINE_HEIGHT = 16
_STEPS = 5
_RADIUS = 5
_ROOM_FOR_NUMBERS = 56
"""At the right, where the limits are told in numbers."""
_ROOM_ABOVE = 28
"""For the number of a point that is as high as the drawing; and a line more for where limits begin anew."""
_COLOURS = {
    Variation.COMMON: COMMON,
    Variation.IMPROVEMENT_HIGH: IMPROVEMENT,
    Variation.IMPROVEMENT_LOW: IMPROVEMENT,
    Variation.CONCERN_HIGH: CONCERN,
    Variation.CONCERN_LOW: CONCERN,
    Variation.NEUTRAL_HIGH: NEUTRAL,
    Variation.NEUTRAL_LOW: NEUTRAL,
}


@dataclass(frozen=True, slots=True)
class Words:
    """What a drawing says to whoever cannot see it, and along its foot. `periods` has one for each point."""

    name: str
    """An id that no other drawing on the page has."""
    title: str
    description: str
    periods: Sequence[str]
    rebased: str = ""
    """Stands where limits begin anew."""
    numbers: Sequence[str] = ()
    """What stands at each point, where there is no scale: a drawing for a board holds only published numbers."""
    limits: Sequence[str] = ()
    """With them: the last lower limit, centre and upper limit, as they were published."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a drawing is, in pixels. Its letters are as large in every size."""

    width: int
    height: int


WHOLE: Final = Size(WIDTH, HEIGHT)
HALF: Final = Size(372, 240)
"""Two beside each other on a page."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where a value and a point stand, in pixels."""

    lowest: float
    step: float
    steps: int
    count: int
    size: Size
    left: float = _LEFT
    right: float = _RIGHT
    """What is left free at the sides."""
    top: float = _TOP

    def x(self, index: float) -> float:
        room = self.size.width - self.left - self.right
        return self.left + room * (index + 0.5) / self.count

    def y(self, value: float) -> float:
        room = self.foot - self.top
        return self.top + room * (1 - (value - self.lowest) / (self.step * self.steps))

    @property
    def foot(self) -> float:
        return self.size.height - _BOTTOM

    @property
    def end(self) -> float:
        return self.size.width - self.right

    @property
    def ticks(self) -> Iterator[float]:
        return (self.lowest + self.step * each for each in range(self.steps + 1))


def draw(
    chart: Chart, words: Words, *, better: Better = Better.NEITHER, target: float | None = None, size: Size = WHOLE
) -> str:
    """Write the drawing. `ValueError` where the periods are not as many as the points."""
    if len(words.periods) != len(chart.points):
        raise ValueError("A drawing needs a period for each point")
    if words.numbers and len(words.numbers) != len(chart.points):
        raise ValueError("A drawing needs a number for each point, or none")
    scale = _scale_of(chart, target, size)
    if words.numbers:
        above = _ROOM_ABOVE + (_LINE_HEIGHT if words.rebased and len(chart.segments) > 1 else 0)
        scale = replace(scale, left=_RIGHT, right=_ROOM_FOR_NUMBERS, top=above)
    inside = [
        *(_foot(scale) if words.numbers else _ticks(scale)),
        *_periods(scale, words.periods),
        *(part for segment in chart.segments if not segment.too_short for part in _limits(scale, segment)),
        *([] if target is None else [_level(scale, target, 0, scale.count, TARGET, dashes="2 4")]),
        *(part for segment in chart.segments[1:] for part in _begin_anew(scale, segment, words.rebased)),
        _path(scale, chart),
        *_points(scale, chart, better),
        *(_numbers(scale, chart, words) if words.numbers else ()),
    ]
    return framed(words.name, words.title, words.description, size, inside)


def framed(name: str, title: str, description: str, size: Size, inside: Iterable[str]) -> str:
    """Put a drawing in its frame, with what it says to whoever cannot see it. `name` is an id of its own."""
    named = html.escape(name)
    title_id, description_id = f"{named}-title", f"{named}-description"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size.width} {size.height}" role="img"'
        f' aria-labelledby="{title_id} {description_id}">'
        f'<title id="{title_id}">{html.escape(title)}</title>'
        f'<desc id="{description_id}">{html.escape(description)}</desc>'
        f"{''.join(inside)}</svg>"
    )


def _scale_of(chart: Chart, target: float | None, size: Size) -> _Scale:
    shown = [point.value for point in chart.points]
    shown += [edge for each in chart.segments if not each.too_short for edge in (each.lower, each.upper)]
    shown += [] if target is None else [target]
    low, high = min(shown), max(shown)
    # Counts begin at nothing: the lower limit below it says only that nothing is to be expected too.
    if all(point.value >= 0 for point in chart.points) and (target is None or target >= 0):
        low = 0.0
    step = round_step((high - low) / _STEPS)
    lowest = math.floor(low / step) * step
    return _Scale(lowest, step, max(1, math.ceil((high - lowest) / step)), len(chart.points), size)


def round_step(rough: float) -> float:
    """Return the next of 1, 2 and 5 times a power of ten."""
    if rough <= 0:
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)


def _ticks(scale: _Scale) -> Iterator[str]:
    for tick in scale.ticks:
        y = scale.y(tick)
        yield f'<line x1="{scale.left}" x2="{scale.end}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d8dde0"/>'
        yield text_at(scale.left - 8, y + 4, f"{tick:.10g}", "end")


def _foot(scale: _Scale) -> Iterator[str]:
    ends = f'y1="{scale.foot}" y2="{scale.foot}"'
    yield f'<line x1="{scale.left}" x2="{scale.end}" {ends} stroke="{LINE}"/>'


def _numbers(scale: _Scale, chart: Chart, words: Words) -> Iterator[str]:
    """Write each point's number on its side of the centre, and beside the last limits what they are."""
    for index, (point, number) in enumerate(zip(chart.points, words.numbers, strict=True)):
        if number:
            away = -_RADIUS - 6 if point.value >= point.limits.centre else _RADIUS + 15
            yield text_at(scale.x(index), scale.y(point.value) + away, number, "middle")
    segment = chart.latest
    if segment.too_short:
        return
    lowest_free = math.inf
    for edge, number in zip((segment.lower, segment.centre, segment.upper), words.limits, strict=False):
        y = scale.y(edge) + 4
        # Where limits lie close together, their numbers would lie on each other: the table has them all.
        if edge >= scale.lowest and lowest_free - y >= _LINE_HEIGHT:
            yield text_at(scale.end + 6, y, number, "start")
            lowest_free = y


def _periods(scale: _Scale, periods: Sequence[str]) -> Iterator[str]:
    apart = math.ceil(len(periods) * _ROOM_FOR_A_LABEL / (scale.size.width - scale.left - scale.right))
    # Counted from the end, so that the newest is always named.
    for index in range((len(periods) - 1) % apart, len(periods), apart):
        x = min(max(scale.x(index), _HALF_A_LABEL), scale.size.width - _HALF_A_LABEL)
        yield text_at(x, scale.foot + 22, periods[index], "middle")


def text_at(x: float, y: float, words: str, anchor: str) -> str:
    """Write words into a drawing: they begin, end or have their middle there."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="Arial, sans-serif" font-size="13" fill="{_TEXT}"'
        f' text-anchor="{anchor}" stroke="#fff" stroke-width="3" paint-order="stroke">{html.escape(words)}</text>'
    )


def _limits(scale: _Scale, segment: Limits) -> Iterator[str]:
    first, end = segment.first, segment.first + segment.count
    yield _level(scale, segment.centre, first, end, LINE)
    for edge in (segment.lower, segment.upper):
        if edge >= scale.lowest:
            yield _level(scale, edge, first, end, COMMON, dashes="6 4")


def _level(scale: _Scale, value: float, first: int, end: int, colour: str, dashes: str = "") -> str:
    x1, x2, y = scale.x(first - 0.5), scale.x(end - 0.5), scale.y(value)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<line x1="{x1:.1f}" x2="{x2:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="{colour}" stroke-width="1.5"{dashed}/>'


def _begin_anew(scale: _Scale, segment: Limits, words: str) -> Iterator[str]:
    x = scale.x(segment.first - 0.5)
    ends = f'y1="{_TOP}" y2="{scale.foot}"'
    yield f'<line x1="{x:.1f}" x2="{x:.1f}" {ends} stroke="{LINE}" stroke-dasharray="4 4"/>'
    if words:
        left = x > scale.size.width / 2
        # Above the limits, where a drawing has room for it.
        y = _TOP if scale.top > _TOP else _TOP + 10
        yield text_at(x - 6 if left else x + 6, y, words, "end" if left else "start")


def _path(scale: _Scale, chart: Chart) -> str:
    points = " ".join(f"{scale.x(n):.1f},{scale.y(point.value):.1f}" for n, point in enumerate(chart.points))
    return f'<polyline points="{points}" fill="none" stroke="{LINE}" stroke-width="1.5"/>'


def _points(scale: _Scale, chart: Chart, better: Better) -> Iterator[str]:
    for index, point in enumerate(chart.points):
        yield _shape(scale.x(index), scale.y(point.value), judged(point, better))


def _shape(x: float, y: float, variation: Variation) -> str:
    """Draw a circle for chance, a diamond for improvement, a triangle for concern, a square for a change without value.

    A triangle points the way the change went.
    """
    colour, r = _COLOURS[variation], _RADIUS
    if colour == COMMON:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r}" fill="{colour}" stroke="{LINE}"/>'
    if colour == NEUTRAL:
        return f'<rect x="{x - r:.1f}" y="{y - r:.1f}" width="{2 * r}" height="{2 * r}" fill="{colour}"/>'
    if colour == IMPROVEMENT:
        corners = [(x, y - r - 2), (x + r + 2, y), (x, y + r + 2), (x - r - 2, y)]
    else:
        tip = -1 if variation is Variation.CONCERN_HIGH else 1
        corners = [(x, y + tip * (r + 2)), (x - r - 2, y - tip * r), (x + r + 2, y - tip * r)]
    listed = " ".join(f"{each_x:.1f},{each_y:.1f}" for each_x, each_y in corners)
    return f'<polygon points="{listed}" fill="{colour}" stroke="{LINE}"/>'
