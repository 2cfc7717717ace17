"""What a member of the board asks, and what a guardian answers."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext

from speakup import assurance, identifying
from speakup.web.fields import AtMost, Needed, NoCase, PlainForm
from speakup.web.lines import Hidden, Lines
from speakup.web.months import WithoutMonths
from speakup.web.second_reading import SecondReadingForm

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Pointed:
    """An answer in pieces, some of which may tell who somebody is, or how many."""

    pieces: list[tuple[str, bool]] = field(repr=False)
    names: bool
    numbers: bool


class AskForm(PlainForm):
    """A question. It is read by everybody who reads what is published."""

    publication = Hidden()
    question = Lines(
        lazy_gettext("Your question"),
        description=lazy_gettext(
            "Everybody who reads this page can read it, with your name. Write nothing about a person or one case."
        ),
        validators=[Needed(lazy_gettext("Write your question")), AtMost(LONGEST)],
    )


def marked(text: str, published: frozenset[str]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Find what may tell who somebody is, and numbers that are not published."""
    names = [(each.start, each.end) for each in identifying.find(text)]
    return names, [(a, b) for a, b in assurance.numbers_of(text) if text[a:b] not in published]


class ReadForm(SecondReadingForm):
    """What a second person says of an answer."""

    revision = Hidden()

    @property
    def revision_read(self) -> int:
        """Return which revision of the answer was read."""
        return int(self.revision.number)


class AnswerForm(PlainForm):
    """An answer, looked through for names and numbers before it goes to the board."""

    revision = Hidden()
    looked_at = Hidden()
    answer = Lines(
        lazy_gettext("Your answer"),
        description=lazy_gettext(
            "The whole board reads it. Use only numbers that are published: any other, even “only one”, "
            "can give away what was masked."
        ),
        validators=[Needed(lazy_gettext("Write your answer")), AtMost(LONGEST), NoCase(), WithoutMonths()],
    )
    pointed: Pointed | None = None

    @property
    def revision_read(self) -> int:
        """Return which revision of the answer the page was served with; none for what is none."""
        return int(self.revision.number)

    def passes(self, published: frozenset[str]) -> bool:
        """Say whether it may be saved: nothing was found in it, or exactly these words were looked over."""
        text = self.answer.data or ""
        names, numbers = marked(text, published)
        if not names and not numbers:
            return True
        mark = hashlib.sha256(text.encode()).hexdigest()
        if self.looked_at.data == mark:
            return True
        self.looked_at.data = mark
        self.pointed = Pointed(pieces_of(text, [*names, *numbers]), bool(names), bool(numbers))
        return False


def pieces_of(text: str, found: Iterable[tuple[int, int]]) -> list[tuple[str, bool]]:
    """Cut a text into pieces, each with whether it is to be marked."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in sorted(found):
        if end <= at:
            continue
        pieces += [(text[at : max(at, start)], False), (text[max(at, start) : end], True)]
        at = end
    return [each for each in [*pieces, (text[at:], False)] if each[0]]


def numbers_of_pack(pack: Any) -> frozenset[str]:  # noqa: ANN401 -- a Pack, or none
    """List what is published as a number, as text: an answer may say these."""
    if pack is None:
        return frozenset()
    shown = {str(figure) for table in pack.tables for _labels, figure in table}
    shown |= {str(figure) for line in pack.series for _label, figure in line.points}
    years = {str(pack.period.begins.year), str(pack.period.ends.year)}
    return frozenset(shown | years | {each.value for each in pack.context})
