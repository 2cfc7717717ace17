"""What of a publication another organisation is sent, and which organisations are of one sort and size."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from speakup.disclosure import SafeTable
from speakup.organisations import Nature
from speakup.papers import CASES, DECISION, Cover, Pack

CROSSES: Final = frozenset({(), ("element",), ("how",)})
"""By what the tables that cross are broken down: nothing that names a place, a group or a theme of the organisation."""
_SMALL, _MEDIUM = 5_000, 10_000


class Band(StrEnum):
    """How large an organisation is, by its staff."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which organisations are held against each other; None for any."""

    nature: Nature | None = None
    band: Band | None = None

    def holds(self, nature: Nature | None, staff: int | None) -> bool:
        """Say whether one is of that sort and size. Whose staff nobody has counted is of no size."""
        if self.nature is not None and nature is not self.nature:
            return False
        return self.band is None or (staff is not None and band_of(staff) is self.band)


def band_of(staff: int) -> Band:
    """Return the band: small up to 5,000, medium up to 10,000."""
    if staff <= _SMALL:
        return Band.SMALL
    return Band.MEDIUM if staff <= _MEDIUM else Band.LARGE


def for_others(pack: Pack) -> Pack:
    """Leave what another organisation is sent: figures of the whole, how they were made, and no word somebody wrote."""
    tables = tuple(table for table in pack.tables if _crosses(table))
    names = {each.name for each in tables}
    return replace(
        pack,
        cover=Cover(),
        headline=(),
        tables=tables,
        series=(),
        titles=tuple(title for title in pack.titles if title.of in names),
        texts=(),
        actions=(),
        recommendations=(),
        stories=(),
        context=(),
        national=(),
        method=_as_made(pack.method),
        breaks=(),
    )


def _crosses(table: SafeTable) -> bool:
    axes = tuple(name for name, _lines in table.axes)
    return axes in CROSSES and (bool(axes) or table.name == CASES)


def _as_made(method: Sequence[str]) -> tuple[str, ...]:
    return tuple(each for each in method if not each.startswith(DECISION))
