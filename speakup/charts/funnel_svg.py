"""Drawing a funnel: size to the right, rate upwards, limits that close as organisations grow."""

import html
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from speakup.charts.bars import BLUE
from speakup.charts.funnel import Funnel, Standing, Stood
from speakup.charts.poisson import FAR, USUAL
from speakup.charts.svg import LINE, WIDTH, Size, framed, round_step, text_at

HEIGHT: Final = 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 24, 16, 60
_ROOM: Final = 1.15
"""How far the scales go beyond the largest."""
_LETTER: Final = 8
"""Pixels that a letter of a name takes, at most on average."""
_PALE: Final = "#768692"


@dataclass(frozen=True, slots=True)
class FunnelWords:
    """What the drawing says to whoever cannot see it, and along its sides."""

    name: str
    title: str
    description: str
    across: str
    upwards: str


@dataclass(frozen=True, slots=True)
class _Room:
    """The scales: staff across and rates upwards, each from nothing."""

    staff: float
    rate: float

    def x(self, staff: float) -> float:
        return _LEFT + (WIDTH - _LEFT - _RIGHT) * staff / self.staff

    def y(self, rate: float) -> float:
        return _TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - rate / self.rate)


def draw_funnel(funnel: Funnel, words: FunnelWords, own: str = "") -> str:
    """Write the drawing. `own` is the name of the organisation that is pointed out."""
    most = max(each.place.staff for each in funnel.stood) * _ROOM
    room = _Room(most, max(funnel.rate * 2, *(each.place.rate * _ROOM for each in funnel.stood)))
    inside = [
        *_scales(room, words),
        *_level(room, funnel.rate),
        *(part for chance, dashes in ((USUAL, "6 4"), (FAR, "2 3")) for part in _edges(room, funnel, chance, dashes)),
        *(_mark(room, each, own) for each in funnel.stood),
        *(_named(room, each, own) for each in funnel.stood if each.place.name == own),
    ]
    return framed(words.name, words.title, words.description, Size(WIDTH, HEIGHT), inside)


def _named(room: _Room, stood: Stood, own: str) -> str:
    """Write a name above its mark; where it would run over an edge of the drawing, it ends or begins there."""
    x, half = room.x(stood.place.staff), len(own) * _LETTER / 2
    end = WIDTH - _RIGHT / 2
    at, anchor = (end, "end") if x + half > end else (_LEFT, "start") if x - half < _LEFT else (x, "middle")
    return text_at(at, room.y(stood.place.rate) - 12, own, anchor)


def _scales(room: _Room, words: FunnelWords) -> Iterator[str]:
    for rate in _ticks(room.rate):
        y = room.y(rate)
        yield f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d8dde0"/>'
        yield text_at(_LEFT - 8, y + 4, f"{rate:.10g}", "end")
    for staff in _ticks(room.staff):
        yield text_at(room.x(staff), HEIGHT - _BOTTOM + 20, f"{staff:,.10g}", "middle")
    yield text_at(_LEFT, HEIGHT - 14, f"{words.across} · {words.upwards}", "start")


def _ticks(most: float) -> Iterator[float]:
    step = round_step(most / 5)
    return (step * each for each in range(math.floor(most / step) + 1))


def _level(room: _Room, rate: float) -> Iterator[str]:
    y = room.y(rate)
    yield f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{LINE}" stroke-width="1.5"/>'


def _edges(room: _Room, funnel: Funnel, chance: float, dashes: str) -> Iterator[str]:
    for upper in (True, False):
        inside = _inside(room, funnel.edge(chance, math.ceil(room.staff), upper=upper))
        points = " ".join(f"{room.x(staff):.1f},{room.y(rate):.1f}" for staff, rate in inside)
        stroke = f'stroke="{LINE}" stroke-width="1.5" stroke-dasharray="{dashes}"'
        yield f'<polyline points="{points}" fill="none" {stroke}/>'


def _inside(room: _Room, edge: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Cut a line off where the drawing ends, at its top and at its right."""
    before: tuple[float, float] | None = None
    for point in edge:
        if before is not None and before[1] > room.rate >= point[1]:
            yield _between(before, point, (before[1] - room.rate) / (before[1] - point[1]))
        if point[1] <= room.rate and point[0] <= room.staff:
            yield point
        if before is not None and point[0] > room.staff >= before[0] and before[1] <= room.rate:
            yield _between(before, point, (room.staff - before[0]) / (point[0] - before[0]))
        before = point


def _between(one: tuple[float, float], other: tuple[float, float], share: float) -> tuple[float, float]:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def _mark(room: _Room, stood: Stood, own: str) -> str:
    """Draw a circle where expected, a square beyond a limit; the own one is filled in blue, others are grey."""
    x, y = room.x(stood.place.staff), room.y(stood.place.rate)
    r = 7 if stood.place.name == own else 5
    colour = BLUE if stood.place.name == own else _PALE
    title = f"<title>{html.escape(stood.place.name)}</title>"
    if stood.standing is Standing.AS_EXPECTED:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r}" fill="{colour}" stroke="{LINE}">{title}</circle>'
    corner = f'x="{x - r:.1f}" y="{y - r:.1f}" width="{2 * r}" height="{2 * r}"'
    return f'<rect {corner} fill="{colour}" stroke="{LINE}">{title}</rect>'
