"""What people type in a line, in several, or as a day: control characters left out, since no keyboard types them.

PostgreSQL keeps no NUL, so that one would otherwise be an error page. Characters that turn the direction of what
follows them come along when a number is copied from a telephone, and can make a name read as another.
"""

import re
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Form, HiddenField, StringField, TextAreaField
from wtforms.validators import ValidationError

_EARLIEST = 1900
_NUMBER = re.compile("[0-9]{1,9}", re.ASCII)


def _writable() -> str:
    """List, for a pattern, what a page can hold; what is typed most stands first, and is found first.

    Left out are controls but for line breaks and tabs, halves of pairs, code points that are no characters, among them
    the last two of every plane, and what turns the direction of whole stretches. The marks that a writer of Arabic or
    Hebrew sets beside one letter stay, and so do joiners.
    """
    further = "".join(f"{chr(plane << 16)}-{chr(plane << 16 | 0xFFFD)}" for plane in range(1, 17))
    return " -~\t\n\xa0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd" + further


_UNWRITABLE = re.compile(f"[^{_writable()}]")


def without_controls(words: str) -> str:
    """Leave control characters out; a line break counts once."""
    return _UNWRITABLE.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))


class Hidden(HiddenField):
    """What a page carries for itself, which somebody may have changed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = without_controls(valuelist[0]) if valuelist else ""

    @property
    def number(self) -> int:
        """The number it carries; 0 for what is none, as an empty one is."""
        return int(self.data) if self.data and _NUMBER.fullmatch(self.data) else 0


class Line(StringField):
    """One line, without space at its ends."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = " ".join(without_controls(valuelist[0]).split()) if valuelist else ""


class Lines(TextAreaField):
    """Several lines."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = without_controls(valuelist[0]) if valuelist else ""


class DayForm(Form):
    """A day in three boxes; either all are filled in or none."""

    day = Line(_("Day"))
    month = Line(_("Month"))
    year = Line(_("Year"))

    @property
    def written(self) -> date | None:
        """Return the day that was written; None where nothing was. `ValueError` for no day."""
        parts: tuple[Any, ...] = (self.year.data, self.month.data, self.day.data)
        return date(*(int(part) for part in parts)) if any(parts) else None

    def show(self, value: date | None) -> None:
        """Fill the boxes."""
        if value is not None:
            self.day.data, self.month.data, self.year.data = str(value.day), str(value.month), str(value.year)

    def validate_year(self, _field: Line) -> None:
        """Refuse what is no day."""
        try:
            written = self.written
        except (ValueError, OverflowError) as no_day:
            raise ValidationError(gettext("Write a day that exists, in numbers: for example 27 3 2027")) from no_day
        if written is not None and written.year < _EARLIEST:
            raise ValidationError(gettext("Write the year with four digits: for example 2027"))
