"""What a publication shows for *Freedom to speak up*, a quality statement of the Care Quality Commission (well-led)."""

from collections.abc import Iterator
from dataclasses import dataclass

from speakup.papers.documents.paper import Block, Grid, Section
from speakup.papers.documents.words import Say
from speakup.papers.pack import Pack
from speakup.papers.pack import Section as Part


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing an inspector looks for, and the parts of a publication that may show it."""

    words: str
    parts: tuple[Part, ...]


def topics(_: Say) -> dict[str, tuple[Asked, ...]]:
    """The statement's topics."""
    return {
        _("A culture of speaking up"): (
            Asked(_("Staff know how to speak up, in more ways than one"), (Part.REACH, Part.HOW)),
            Asked(_("Staff of all groups and places are heard"), (Part.GROUPS, Part.PLACES)),
            Asked(_("What staff say elsewhere is held beside what they raise"), (Part.TRIANGULATION, Part.COMPARISON)),
        ),
        _("The guardian"): (
            Asked(_("The guardian has time for the work"), (Part.CAPACITY, Part.CASES, Part.TIMELINESS)),
            Asked(_("The guardian reports to the board and asks it for something"), (Part.RECOMMENDATIONS,)),
            Asked(_("People who spoke up say what they thought of it"), (Part.FEEDBACK,)),
        ),
        _("Whistleblowing: concerns are looked into, and acted on"): (
            Asked(_("Concerns are recorded and answered in time"), (Part.CASES, Part.TIMELINESS)),
            Asked(_("The board knows what they are about"), (Part.ELEMENTS, Part.THEMES)),
            Asked(_("Lessons are shared, and something changes"), (Part.LEARNING, Part.STORIES)),
        ),
        _("Closed cultures"): (
            Asked(_("Nobody is treated worse for speaking up"), (Part.DETRIMENT,)),
            Asked(_("Groups and places that say nothing are noticed"), (Part.GROUPS, Part.PLACES, Part.REACH)),
        ),
    }


def sections(pack: Pack, headings: dict[Part, str], _: Say) -> Iterator[Section]:
    """One for each topic: what shows it, or that nothing in this publication does; then what is to be had beside it."""
    for topic, asked in topics(_).items():
        yield Section(topic, tuple(_rows(pack, asked, headings, _)))


def _rows(pack: Pack, asked: tuple[Asked, ...], headings: dict[Part, str], _: Say) -> Iterator[Block]:
    columns = (_("What is looked for"), _("Where this publication shows it"), _("What it holds"))
    rows = tuple(_row(pack, each, headings, _) for each in asked)
    yield Grid("", columns, rows, figures=False, together=True)


def _row(pack: Pack, asked: Asked, headings: dict[Part, str], _: Say) -> tuple[str, str, str]:
    shown = [part for part in asked.parts if part in headings]
    if not shown:
        return asked.words, _("Not in this publication"), ""
    return asked.words, "; ".join(headings[part] for part in shown), "; ".join(_held(pack, shown, _))


def _held(pack: Pack, parts: list[Part], _: Say) -> Iterator[str]:
    for part in parts:
        yield from (pack.title(table).words for table in pack.tables_of(part))
        yield from (text.heading for text in pack.texts_of(part))
    if Part.LEARNING in parts and pack.actions:
        yield _("Learning actions with their state and date")
    if Part.RECOMMENDATIONS in parts and pack.recommendations:
        yield _("Recommendations and what became of earlier ones")
    if Part.TRIANGULATION in parts and pack.context:
        yield "; ".join(dict.fromkeys(figure.source for figure in pack.context))
