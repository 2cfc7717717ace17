"""Bars: one number for each line of a table, told beside its bar. What is masked has a sign and no bar.

Each name stands above its bar, so that the drawing is narrow and can be read on a telephone.
"""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from speakup.charts.svg import Size, framed, text_at

BLUE: Final = "#005eb8"
_WIDTH, _HEIGHT_OF_ONE, _BAR, _WORDS = 360, 46, 18, 18
_NUMBERS = 52
"""Room for the number at the right."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A line: its name, its value where there is one, and how the value is written."""

    label: str
    value: int | None
    written: str


def draw_bars(name: str, title: str, description: str, bars: Sequence[Bar]) -> str:
    """Draw at least one bar. They begin at nothing, and the longest fills the room."""
    if not bars:
        raise ValueError("A drawing needs a bar")
    most = max((each.value or 0 for each in bars), default=0)
    inside = [part for number, bar in enumerate(bars) for part in _drawn(bar, number * _HEIGHT_OF_ONE, most)]
    return framed(name, title, description, Size(_WIDTH, len(bars) * _HEIGHT_OF_ONE), inside)


def _drawn(bar: Bar, y: int, most: int) -> Iterator[str]:
    yield text_at(0, y + _WORDS - 4, bar.label, "start")
    length = (_WIDTH - _NUMBERS) * (bar.value or 0) / most if most else 0.0
    if bar.value is not None:
        yield (
            f'<rect x="0" y="{y + _WORDS}" width="{max(length, 1):.1f}" height="{_BAR}" fill="{BLUE}">'
            f"<title>{html.escape(bar.label)}: {html.escape(bar.written)}</title></rect>"
        )
    yield text_at(length + 8 if bar.value is not None else 0, y + _WORDS + _BAR / 2 + 5, bar.written, "start")
