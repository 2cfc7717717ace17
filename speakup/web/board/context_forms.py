"""What a guardian or the board's secretary writes about figures from elsewhere."""

import re
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import FormField, SelectField
from wtforms.validators import ValidationError

from speakup.assurance import ContextFigure, FigureDetails, Indicator, Trouble, Unit, Wrong, fault
from speakup.kernel.uow import UnitOfWork
from speakup.web.board.words import INDICATORS, UNITS
from speakup.web.fields import AtMost, FromTheList, Needed, PlainForm, offer
from speakup.web.lines import DayForm, Hidden, Line, Lines

_NUMBER = re.compile(r"(\d{1,3}(?:[, ]\d{3})+|\d{1,12})(?:\.(\d{1,6}))?\s?%?", re.ASCII)

FAULTS: dict[str, Any] = {
    "size": lazy_gettext("That is more than there can be of it"),
    "places": lazy_gettext("Write up to three digits after the point"),
    "whole": lazy_gettext("Write a whole number"),
    "small": lazy_gettext("Numbers under five are left out, so that nobody can be found. Take a longer period"),
}

TROUBLES: dict[Wrong, Any] = {
    Wrong.COLUMNS: lazy_gettext("there should be four columns: what, value, day, source"),
    Wrong.NAME: lazy_gettext("it does not say what the figure is of"),
    Wrong.VALUE: lazy_gettext("the value is no number"),
    Wrong.DAY: lazy_gettext("the day cannot be read"),
    Wrong.AHEAD: lazy_gettext("the day is still to come"),
    Wrong.SOURCE: lazy_gettext("the source is missing"),
    Wrong.LONG: lazy_gettext("a name or a source is too long"),
    Wrong.SIZE: lazy_gettext("the value is more than there can be of it"),
    Wrong.PLACES: lazy_gettext("the value has more than three digits after the point"),
    Wrong.WHOLE: lazy_gettext("a number of things is whole"),
    Wrong.SMALL: lazy_gettext("numbers under five are left out, so that nobody can be found"),
    Wrong.MANY: lazy_gettext("there are more than 200 lines. Paste them in parts"),
}


class FigureForm(PlainForm):
    """One figure."""

    revision = Hidden()
    indicator = SelectField(lazy_gettext("What it is of"), validate_choice=False, validators=[FromTheList()])
    name = Line(
        lazy_gettext("What it is called, if it is something else"),
        validators=[AtMost()],
    )
    value = Line(lazy_gettext("Value"), description=lazy_gettext("Of the whole organisation, as it was published."))
    unit = SelectField(lazy_gettext("Counted in"), validate_choice=False, validators=[FromTheList()])
    as_of = FormField(DayForm, lazy_gettext("As of which day"))
    source = Line(
        lazy_gettext("Where it is from"),
        description=lazy_gettext("For example: NHS Staff Survey 2025, or electronic staff record."),
        validators=[Needed(lazy_gettext("Write where the figure is from")), AtMost()],
    )

    def offer(self) -> None:
        """Offer what can be chosen."""
        self.indicator.choices = offer((each.value, words) for each, words in INDICATORS.items())
        self.unit.choices = offer((each.value, words) for each, words in UNITS.items())

    @property
    def decimal(self) -> Decimal | None:
        """Return the value; None for what is no number."""
        found = _NUMBER.fullmatch(self.value.data or "")
        if found is None:
            return None
        whole = found[1].replace(",", "").replace(" ", "")
        return Decimal(f"{whole}.{found[2]}" if found[2] else whole)

    def validate_value(self, _field: Line) -> None:
        """Refuse what is no number, or none of this unit."""
        if self.decimal is None:
            raise ValidationError(_("Write a number in digits: for example 5.1 or 1,204"))
        if self.unit.data in {each.value for each in Unit} and (wrong := fault(self.decimal, Unit(self.unit.data))):
            raise ValidationError(str(FAULTS[wrong]))

    def validate_name(self, field: Line) -> None:
        """Ask for a name where there is none."""
        if self.indicator.data == Indicator.OTHER.value and not field.data:
            raise ValidationError(_("Write what the figure is of"))

    def fits(self, uow: UnitOfWork) -> bool:
        """Say whether it can be kept, with every fault said beside its field."""
        valid = bool(self.validate())
        if self.as_of.form.day.errors or self.as_of.form.month.errors or self.as_of.form.year.errors:
            return False
        written = self.as_of.form.written
        if written is None or written > uow.today:
            words = _("Write which day it is of") if written is None else _("That day is still to come")
            self.as_of.form.day.errors = [words]
            return False
        return valid

    @property
    def written(self) -> FigureDetails:
        """Return what was written, once it fits."""
        indicator, day = Indicator(self.indicator.data), self.as_of.form.written
        if self.decimal is None or day is None:
            raise ValueError("Only what fits was written")
        return FigureDetails(
            indicator,
            self.decimal,
            Unit(self.unit.data),
            self.source.data or "",
            day,
            (self.name.data or "") if indicator is Indicator.OTHER else "",
        )

    @property
    def revision_read(self) -> int:
        """Return which revision the page was served with; none for what is none."""
        return int(self.revision.number)

    def show(self, row: ContextFigure) -> None:
        """Fill it in."""
        self.revision.data, self.indicator.data, self.name.data = str(row.revision), row.indicator.value, row.name
        self.value.data, self.unit.data, self.source.data = f"{row.value:f}", row.unit.value, row.source
        self.as_of.form.show(row.as_of)


class PasteForm(PlainForm):
    """Several figures, as they stand in a spreadsheet."""

    lines = Lines(
        lazy_gettext("Figures"),
        description=lazy_gettext("What, value, day and source on each line, as copied from a spreadsheet."),
        validators=[Needed(lazy_gettext("Paste at least one line")), AtMost(40_000)],
    )


def trouble_words(trouble: Trouble) -> str:
    """Say why a line cannot be read."""
    why = TROUBLES[trouble.what]
    if not trouble.line:
        return str(_("The lines cannot be read: %(why)s", why=why))
    return str(_("Line %(number)s, “%(said)s”: %(why)s", number=trouble.line, said=trouble.words, why=why))
