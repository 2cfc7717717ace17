"""What follows by a named rule from the numbers that a publication shows, and from nothing else.

*Answered*: of those who were asked for feedback, the share that answered, of the two totals that are shown. None where
one is masked, where fewer than 20 were asked, or where more answered than were asked: some had been asked before.

*Time until closed*: the end of the first band by which at least half, and at least nine in ten, of the cases that were
closed had been closed, whatever was rounded away or masked. None where that is not certain of a band that has an end,
where how many were closed is masked, or where they are fewer than 20.
"""

from dataclasses import dataclass
from fractions import Fraction

from speakup.disclosure import SafeTable, total
from speakup.papers import grid
from speakup.papers.pack import Pack

HALF, NINE_IN_TEN = Fraction(1, 2), Fraction(9, 10)
_ROUNDED_AWAY = 2
"""A number that is shown is the nearest multiple of 5: so many more or fewer there were at most."""


@dataclass(frozen=True, slots=True)
class Times:
    """In which time cases were closed, as their bands are called; none where that band has no end."""

    half: str
    nine_in_ten: str | None


def answered(pack: Pack) -> int | None:
    """Return how many of a hundred who were asked for feedback gave it."""
    asked, again = pack.table(grid.ASKED), pack.table(grid.AGAIN)
    if asked is None or again is None:
        return None
    share = total(again).percentage_of(total(asked))
    return share if share is not None and share <= 100 else None  # noqa: PLR2004 -- a whole


def times(pack: Pack) -> Times | None:
    """Return in which time at least half, and at least nine in ten, of what was closed had been closed."""
    table = pack.table(grid.TOOK)
    if table is None or total(table).percentage_of(total(table)) is None:
        return None
    half, nine_in_ten = _closed_by(table, HALF), _closed_by(table, NINE_IN_TEN)
    return None if half is None else Times(half, nine_in_ten)


def _closed_by(table: SafeTable, share: Fraction) -> str | None:
    """Name the first band but the last, which has no end, by which so large a share had been closed for certain.

    Of a masked band nothing is taken to have closed in it.
    """
    ((_axis, bands),) = table.axes
    shown = [table.figure(band).shown for band in bands]
    everybody = total(table).shown
    if everybody is None:
        return None
    closed = 0
    for at, (band, figure) in enumerate(zip(bands[:-1], shown, strict=False), 1):
        closed += max(0, (figure or 0) - _ROUNDED_AWAY)
        later = [each for each in shown[at:] if each is not None]
        most = everybody + _ROUNDED_AWAY
        if len(later) == len(bands) - at:
            most = min(most, closed + sum(each + _ROUNDED_AWAY for each in later))
        if closed >= share * most:
            return band
    return None
