"""A line of published numbers: a chart reads what everybody may read, so that its limits give nothing away."""

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, InitVar, dataclass

from speakup.disclosure.safe import SEAL, SafeFigure, SafeTable, Seal, require_seal

Point = tuple[str, SafeFigure]
"""What it is of, a period above all, and its number."""


@dataclass(frozen=True, slots=True)
class SafeLimits:
    """What is expected of a stretch of points, in whole numbers."""

    first: int
    """The index of its first point."""
    count: int
    lower: int
    centre: int
    upper: int


@dataclass(frozen=True, slots=True)
class SafeSignal:
    """That a point is more than chance, in the words of `charts.Signal` and `charts.Side`."""

    point: int
    signal: str
    side: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a chart makes of the points."""

    limits: tuple[SafeLimits, ...] = ()
    signals: tuple[SafeSignal, ...] = ()


@dataclass(frozen=True, slots=True)
class SafeSeries:
    """Points that are published, none of them masked, the oldest first, and what a chart makes of them."""

    name: str
    unit: str
    points: tuple[Point, ...]
    limits: tuple[SafeLimits, ...] = ()
    signals: tuple[SafeSignal, ...] = ()
    breaks: tuple[int, ...] = ()
    """Indices at which limits begin anew, because something is counted otherwise from there on."""
    _: KW_ONLY
    seal: InitVar[Seal | None] = None

    def __post_init__(self, seal: Seal | None) -> None:
        require_seal(seal)

    @property
    def values(self) -> tuple[int, ...]:
        """The numbers alone."""
        return tuple(figure.shown for _, figure in self.points if figure.shown is not None)


def series(
    name: str,
    unit: str,
    points: Sequence[Point],
    read: Callable[[Sequence[int]], Reading] = lambda _: Reading(),
    *,
    breaks: Sequence[int] = (),
) -> SafeSeries | None:
    """Make a line of published figures; None where there is none, or one is masked and periods have to be longer.

    `read` is handed what the points show, and nothing else: whatever it says follows from what is public.
    """
    values = [figure.shown for _, figure in points if figure.shown is not None]
    if not values or len(values) < len(points):
        return None
    reading = read(values)
    return SafeSeries(name, unit, tuple(points), reading.limits, reading.signals, tuple(breaks), seal=SEAL)


def total(table: SafeTable) -> SafeFigure:
    """The figure of everything a table counts."""
    return table.figure(*(None for _ in table.axes))
