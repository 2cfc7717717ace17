"""The way in: every finder, one after the other."""

from speakup.identifying.found import Found, Known, settle
from speakup.identifying.known import known_names
from speakup.identifying.numbers import shapes
from speakup.identifying.people import initials, people
from speakup.identifying.posts import posts


def find(text: str, known: Known = Known()) -> tuple[Found, ...]:  # noqa: B008 - It is frozen and empty.
    """Find what could tell who somebody is, in order and without overlaps."""
    return settle((
        *known_names(text, known.names), *shapes(text), *people(text), *posts(text, known.places), *initials(text),
    ))  # fmt: skip
