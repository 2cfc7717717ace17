"""The way in: every finder, one after the other."""

import unicodedata
from dataclasses import replace

from speakup.identifying.found import Found, Known, settle
from speakup.identifying.known import known_names
from speakup.identifying.numbers import shapes
from speakup.identifying.people import initials, people
from speakup.identifying.posts import posts
from speakup.identifying.shared import Shared, common_words


def find(text: str, known: Known = Known()) -> tuple[Found, ...]:  # noqa: B008 -- It is frozen and empty.
    """Find what could tell who somebody is, in order and without overlaps."""
    return find_with(text, known, Shared())


def find_with(text: str, known: Known, shared: Shared) -> tuple[Found, ...]:
    """Find what could tell who somebody is, and what a text has in common with what was said."""
    # What nobody sees, a soft hyphen or a space of no width, takes no word apart.
    seen = [place for place, letter in enumerate(text) if unicodedata.category(letter) != "Cf"]
    if len(seen) == len(text):
        return _found(text, known, shared)
    plain = "".join(text[place] for place in seen)
    return tuple(
        replace(each, start=seen[each.start], end=seen[each.end - 1] + 1) for each in _found(plain, known, shared)
    )


def _found(text: str, known: Known, shared: Shared) -> tuple[Found, ...]:
    return settle((
        *known_names(text, known.names), *shapes(text), *people(text), *posts(text, known.places), *initials(text),
        *common_words(text, shared),
    ))  # fmt: skip
