"""The appendix with which a board thinks about itself: what the paper shows, and room for what the board makes of it.

The eight principles are those of the guide for leaders in the NHS and organisations delivering NHS services (2022).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from speakup.papers.documents.paper import Block, Grid, Section, Words
from speakup.papers.documents.words import Say
from speakup.papers.pack import Section as Part


@dataclass(frozen=True, slots=True)
class Principle:
    """One of eight, and which parts of the paper speak of it."""

    words: str
    parts: tuple[Part, ...]


def principles(_: Say) -> tuple[Principle, ...]:
    """The eight, in their order."""
    return (
        Principle(_("Value speaking up"), (Part.CASES, Part.FEEDBACK)),
        Principle(_("Role-model speaking up and set a healthy culture"), (Part.TRIANGULATION, Part.HOW)),
        Principle(
            _("Make sure workers know how to speak up and feel safe doing so"), (Part.REACH, Part.GROUPS, Part.HOW)
        ),
        Principle(_("When someone speaks up: thank, listen, follow up"), (Part.TIMELINESS, Part.FEEDBACK)),
        Principle(_("Use speaking up to learn and improve"), (Part.THEMES, Part.LEARNING, Part.STORIES)),
        Principle(_("Support guardians to do their work"), (Part.CAPACITY,)),
        Principle(_("Find barriers to speaking up and take them away"), (Part.DETRIMENT, Part.GROUPS, Part.PLACES)),
        Principle(
            _("Know strengths and weaknesses, and act"), (Part.RECOMMENDATIONS, Part.COMPARISON, Part.TRIANGULATION)
        ),
    )


def appendix(headings: dict[Part, str], _: Say) -> Section:
    """Everything the paper holds beside each principle, and empty cells for the board's own words."""
    return Section(_("Appendix: reflection and planning"), tuple(_blocks(headings, _)), on_new_sheet=True)


def _blocks(headings: dict[Part, str], _: Say) -> Iterator[Block]:
    yield Words(
        _(
            "For the board's own reflection, at least every two years. Beside each principle stands where this paper"
            " speaks of it. The board writes down how well it does, what shows it, and what it plans next."
        )
    )
    rows = tuple(
        (each.words, "; ".join(headings[part] for part in each.parts if part in headings) or _("Nothing yet"), "", "")
        for each in principles(_)
    )
    columns = (
        _("Principle"),
        _("Where this paper speaks of it"),
        _("How well we do, and what shows it"),
        _("What we plan, who, by when"),
    )
    yield Grid(_("The eight principles"), columns, rows, figures=False, to_fill=True)
