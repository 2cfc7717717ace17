"""What is typed about staff: numbers on a day, larger groups, and how long a quarter stays open."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import FormField
from wtforms.validators import ValidationError

from speakup.web.fields import AtMost, Needed, PlainForm
from speakup.web.lines import DayForm, Hidden, Line, Lines
from speakup.web.measures.pasted import MOST_LINES, Trouble

_MOST_TEXT = 60_000
_TOLD = 12
"""Lines that could not be read are told of one by one up to here."""


class PastedForm(PlainForm):
    """Lines that take the place of others, with a mark of those that the page showed."""

    seen = Hidden()
    lines = Lines(
        _("A line for each"),
        validators=[
            Needed(_("Write a line for each group, or paste the columns of a table")),
            AtMost(_MOST_TEXT),
        ],
    )

    def show(self, text: str) -> None:
        """Show what stands."""
        self.lines.data, self.seen.data = text, mark(text)

    def was_overtaken(self, text: str) -> bool:
        """Say whether what stands now is not what the page showed."""
        return self.seen.data != mark(text)

    def tell(self, troubles: Iterable[Trouble]) -> None:
        """Say of each line what could not be read."""
        self.lines.errors = list(_sentences(list(troubles)))


class CountsForm(PastedForm):
    """How many work in each group, on which day, and who says so."""

    as_of = FormField(DayForm, _("On which day was that so?"))
    source = Line(
        _("Where are the numbers from?"),
        description=_("For example: ESR, headcount at 30 September"),
        validators=[Needed(_("Write where the numbers are from")), AtMost(200)],
    )


class ClosingForm(PlainForm):
    """How long after its end a quarter stays open."""

    days = Line(
        _("Days after the end of a quarter"),
        description=_("From 28, which is four weeks, to 84."),
        validators=[Needed(_("Write a number of days"))],
    )

    @property
    def number(self) -> int:
        """Return how many; 0 for what is no number."""
        typed = self.days.data or ""
        return int(typed) if re.fullmatch("[0-9]{1,3}", typed, re.ASCII) else 0

    def validate_days(self, field: Line) -> None:
        """Refuse what is no number."""
        if field.data and not self.number:
            raise ValidationError(gettext("Write a whole number of days, in digits"))


def mark(text: str) -> str:
    """Make a short mark of some lines, by which they are known again."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _sentences(troubles: list[Trouble]) -> Iterator[Any]:
    said = {
        "name": _("Line %(line)s: “%(words)s” is not in the list"),
        "number": _("Line %(line)s: “%(words)s” is no whole number"),
        "twice": _("Line %(line)s: “%(words)s” stands there twice"),
        "labels": _("Line %(line)s: “%(words)s” has too many larger groups, or one with too long a name"),
        "many": _("There are more than %(most)s lines. Leave some out and save those later"),
        "none": _("Write how many people work in at least one of them"),
    }
    for each in troubles[:_TOLD]:
        yield str(said[each.what]) % {"line": each.line, "words": each.words[:60], "most": MOST_LINES}
    if len(troubles) > _TOLD:
        yield gettext("And %(count)s more lines that could not be read", count=len(troubles) - _TOLD)
