"""Tables and series as bytes, and back: what was published is read for years, and by documents that are made later."""

import json
from hashlib import sha256
from typing import Any

from speakup.disclosure.safe import SEAL, SafeFigure, SafeTable
from speakup.disclosure.series import SafeLimits, SafeSeries, SafeSignal


class Altered(Exception):
    """The bytes are not those that were stored, or were never a table."""


def stored(made: SafeTable | SafeSeries) -> bytes:
    """The bytes of what may be seen, the same for equal ones."""
    plain = _plain_table(made) if isinstance(made, SafeTable) else _plain_series(made)
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(data: bytes) -> str:
    """What is kept apart from the bytes, to know them by."""
    return sha256(data).hexdigest()


def restore(data: bytes, known_by: str) -> SafeTable:
    """A table out of its bytes, if they are still those of the digest. `Altered` otherwise."""
    plain = _opened(data, known_by)
    try:
        axes = tuple((str(name), tuple(map(str, lines))) for name, lines in plain["axes"])
        figures = tuple((tuple(labels), _figure(shown)) for labels, shown in plain["figures"])
        return SafeTable(str(plain["name"]), axes, figures, seal=SEAL)
    except (KeyError, TypeError, ValueError) as error:
        raise Altered from error


def restore_series(data: bytes, known_by: str) -> SafeSeries:
    """A series out of its bytes, if they are still those of the digest. `Altered` otherwise."""
    plain = _opened(data, known_by)
    try:
        return SafeSeries(
            str(plain["name"]),
            str(plain["unit"]),
            tuple((str(label), _figure(shown)) for label, shown in plain["points"]),
            tuple(SafeLimits(*each) for each in plain["limits"]),
            tuple(SafeSignal(*each) for each in plain["signals"]),
            tuple(plain["breaks"]),
            seal=SEAL,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Altered from error


def _opened(data: bytes, known_by: str) -> dict[str, Any]:
    if digest(data) != known_by:
        raise Altered
    try:
        plain = json.loads(data)
    except ValueError as error:
        raise Altered from error
    if not isinstance(plain, dict):
        raise Altered
    return plain


def _figure(shown: Any) -> SafeFigure:  # noqa: ANN401 -- it comes out of bytes
    if shown is not None and (isinstance(shown, bool) or not isinstance(shown, int)):
        raise TypeError("a figure is a whole number")
    return SafeFigure(shown, seal=SEAL)


def _plain_table(table: SafeTable) -> dict[str, Any]:
    figures = [[list(labels), figure.shown] for labels, figure in table]
    return {"name": table.name, "axes": [[name, list(lines)] for name, lines in table.axes], "figures": figures}


def _plain_series(made: SafeSeries) -> dict[str, Any]:
    return {
        "name": made.name,
        "unit": made.unit,
        "points": [[label, figure.shown] for label, figure in made.points],
        "limits": [[each.first, each.count, each.lower, each.centre, each.upper] for each in made.limits],
        "signals": [[each.point, each.signal, each.side] for each in made.signals],
        "breaks": list(made.breaks),
    }
