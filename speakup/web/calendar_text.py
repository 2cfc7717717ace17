"""A calendar as RFC 5545 writes one: whole days, and a neutral line for each. Made here, since that is all it needs.

Whoever keeps the calendar reads what is in it, so nothing names the program, the organisation or a case.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_WIDTH = 75
"""Octets of a line at most (3.1); what is longer goes on in the next one, behind a space."""
_HOURS_BETWEEN = 6
"""How often a calendar is asked to look again; many look less often."""


@dataclass(frozen=True, slots=True)
class WholeDay:
    """One line on one day."""

    day: date
    line: str


def write(events: Iterable[WholeDay], name: str, today: date, seed: bytes) -> bytes:
    """Write a calendar of whole days. `seed` makes an event's id the same each time, and says nothing about whose."""
    again = f"PT{_HOURS_BETWEEN}H"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//calendar//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{again}",
        f"X-PUBLISHED-TTL:{again}",
        *(line for each in events for line in _event(each, today, seed)),
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _event(event: WholeDay, today: date, seed: bytes) -> list[str]:
    own = hashlib.sha256(seed + event.day.isoformat().encode()).hexdigest()[:32]
    return [
        "BEGIN:VEVENT",
        f"UID:{own}",
        # The moment of asking would say when somebody's telephone is awake; the day says enough.
        f"DTSTAMP:{today:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(event.line)}",
        "CLASS:PRIVATE",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _escaped(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _folded(line: str) -> bytes:
    """End a line, broken between characters so that no part is longer than it may be."""
    parts, width = [b""], _WIDTH
    for octets in (character.encode() for character in line):
        if len(parts[-1]) + len(octets) > width:
            # The space that the next line begins with counts in it.
            parts, width = [*parts, b""], _WIDTH - 1
        parts[-1] += octets
    return b"\r\n ".join(parts) + b"\r\n"
