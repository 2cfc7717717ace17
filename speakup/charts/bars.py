"""Bars: one number for each line of a table, told beside its bar. What is masked has a sign and no bar."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from speakup.charts.svg import WIDTH, framed, text_at

BLUE: Final = "#005eb8"
_HEIGHT_OF_ONE, _BAR, _TOP = 34, 20, 6
_LABELS, _NUMBERS = 250, 56
"""Room for the words at the left and the number at the right."""
_MOST_LETTERS: Final = 34


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
    inside = [part for number, bar in enumerate(bars) for part in _drawn(bar, _TOP + number * _HEIGHT_OF_ONE, most)]
    return framed(name, title, description, _TOP + len(bars) * _HEIGHT_OF_ONE, inside)


def _drawn(bar: Bar, y: int, most: int) -> Iterator[str]:
    words = y + _BAR / 2 + 5
    yield text_at(_LABELS - 10, words, shortened(bar.label), "end")
    length = (WIDTH - _LABELS - _NUMBERS) * (bar.value or 0) / most if most else 0.0
    if bar.value is not None:
        yield (
            f'<rect x="{_LABELS}" y="{y}" width="{max(length, 1):.1f}" height="{_BAR}" fill="{BLUE}">'
            f"<title>{html.escape(bar.label)}: {html.escape(bar.written)}</title></rect>"
        )
    yield text_at(_LABELS + length + 8, words, bar.written, "start")


def shortened(label: str) -> str:
    """Cut a name that has no room at a word; the table has it whole."""
    if len(label) <= _MOST_LETTERS:
        return label
    return label[: _MOST_LETTERS - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
