"""What is found, and what was known beforehand."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What sort of thing was found. Where several meet, the first of these names the whole."""

    KNOWN = "known"
    """A name that was known beforehand, or something close to it."""
    EMAIL = "email"
    TELEPHONE = "telephone"
    NUMBER = "number"
    """Of staff, a professional register, the NHS, national insurance, a post code."""
    BIRTH = "birth"
    PERSON = "person"
    POST = "post"
    """A job that few people, or only one, can have."""
    PLACE = "place"
    INITIALS = "initials"
    COPIED = "copied"
    """Words in a row that stand in what somebody said."""
    RARE = "rare"
    """A rare word, a number or a day that stands in what somebody said."""


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """Characters of a text, from `start` up to `end`."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Known:
    """Names of people, whole ("Ann-Marie O'Neill"), and of wards, directorates and sites, to be found as such."""

    names: tuple[str, ...] = field(default=(), repr=False)
    places: tuple[str, ...] = ()


def settle(found: Iterable[Found]) -> tuple[Found, ...]:
    """Put what was found in order, and make one of whatever overlaps."""
    settled: list[Found] = []
    for each in sorted(found):
        if settled and each.start < settled[-1].end:
            last = settled.pop()
            first = min(last.kind, each.kind, key=list(Kind).index)
            settled.append(Found(last.start, max(last.end, each.end), first))
        else:
            settled.append(each)
    return tuple(settled)


def pieces(text: str, found: Iterable[Found]) -> Iterator[tuple[str, Kind | None]]:
    """Take a text apart where something was found; put together again, the pieces are the text."""
    at = 0
    for each in found:
        if each.start > at:
            yield text[at : each.start], None
        yield text[each.start : each.end], each.kind
        at = each.end
    if at < len(text):
        yield text[at:], None
