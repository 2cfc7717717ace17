"""What may leave the house. Nothing else in the program shows a board a number."""

from collections.abc import Iterator
from dataclasses import KW_ONLY, InitVar, dataclass

from speakup.disclosure import rules

SIGN = "[c]"
"""Stands for every masked number, whatever the reason."""

Labels = tuple[str | None, ...]
"""A cell of a table: the line on each axis, None for the axis' total."""


class Seal:
    """Held by this package alone, for `protect`, `series` and `restore`: whoever lacks it cannot make a table."""

    __slots__ = ()


SEAL = Seal()


@dataclass(frozen=True, slots=True)
class SafeFigure:
    """A number of a protected table, rounded; or none, where it is masked."""

    shown: int | None
    _: KW_ONLY
    seal: InitVar[Seal | None] = None

    def __post_init__(self, seal: Seal | None) -> None:
        require_seal(seal)

    def __str__(self) -> str:
        return SIGN if self.shown is None else str(self.shown)

    def percentage_of(self, base: "SafeFigure") -> int | None:
        """To whole per cent, from what both show; None where either is masked or the base is under 20."""
        if self.shown is None or base.shown is None:
            return None
        return rules.percentage(self.shown, base.shown)

    def share_of(self, base: "SafeFigure") -> "SafeFigure":
        """The same as a figure, for a series of percentages."""
        return SafeFigure(self.percentage_of(base), seal=SEAL)


@dataclass(frozen=True, slots=True)
class SafeTable:
    """A protected table with its totals, which were rounded on their own: numbers may not add up."""

    name: str
    axes: tuple[tuple[str, tuple[str, ...]], ...]
    """Each dimension's name and the labels of its lines, in order."""
    figures: tuple[tuple[Labels, SafeFigure], ...]
    _: KW_ONLY
    seal: InitVar[Seal | None] = None

    def __post_init__(self, seal: Seal | None) -> None:
        require_seal(seal)

    def figure(self, *labels: str | None) -> SafeFigure:
        """The one of these lines; None for an axis' total. `KeyError` for what the table has not."""
        return dict(self.figures)[labels]

    def __iter__(self) -> Iterator[tuple[Labels, SafeFigure]]:
        return iter(self.figures)


def require_seal(seal: Seal | None) -> None:
    """Refuse whoever makes a number of their own. `TypeError`."""
    if seal is not SEAL:
        raise TypeError("Only protect() makes what a board may see")
