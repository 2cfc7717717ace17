"""What a second person says they have read, word by word, before a board reads it."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Field, SelectMultipleField
from wtforms.validators import ValidationError

from speakup.web.fields import FromTheList, PlainForm, offer


class SecondReadingForm(PlainForm):
    """Five lines to read it against, and all of them to be marked."""

    read = SelectMultipleField(
        _("I have read every word of it, and there is"),
        choices=offer([
            ("names", _("no name, and nobody’s initials")),
            ("posts", _("no job that fewer than 30 people have")),
            ("days", _("no day, no shift and no month")),
            ("quotes", _("nothing in somebody’s own words")),
            ("known", _("nothing by which a colleague would know who it was")),
        ]),
        validate_choice=False,
        validators=[FromTheList()],
    )  # fmt: skip

    def validate_read(self, field: Field) -> None:
        """Ask for all of them."""
        if len(field.data or []) < len(list(field.iter_choices())):
            raise ValidationError(gettext("Read it against each line, and mark all of them"))
