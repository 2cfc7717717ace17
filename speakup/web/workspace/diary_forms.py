"""What a guardian fills in about a visit, a training or an hour."""

import re
import uuid
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import FormField, SelectField, SelectMultipleField
from wtforms.validators import ValidationError

from speakup.diary import DiaryEntry, EntryDetails, Kind
from speakup.web.fields import FromTheList, PlainForm
from speakup.web.lines import DayForm, Hidden, Line

_AN_HOUR = 4

KINDS: dict[Kind, Any] = {
    Kind.VISIT: lazy_gettext("Visit or walkabout"),
    Kind.TRAINING_GIVEN: lazy_gettext("Training given"),
    Kind.TRAINING_HAD: lazy_gettext("Training had"),
    Kind.SUPERVISION: lazy_gettext("Supervision"),
    Kind.NETWORK: lazy_gettext("Network or meeting"),
    Kind.OTHER: lazy_gettext("Other hours"),
}


class Hours(Line):
    """A length of time, typed as 1, 1.25, 1,5 or 1:15."""

    @property
    def quarters(self) -> int | None:
        """Return it in quarters of an hour; None for what is no such length."""
        typed = (self.data or "").replace(",", ".")
        if re.fullmatch(r"[0-9]{1,2}:(00|15|30|45)", typed, re.ASCII):
            whole, _colon, minutes = typed.partition(":")
            return int(whole) * _AN_HOUR + int(minutes) // 15
        if re.fullmatch(r"[0-9]{0,2}(\.(0|00|25|5|50|75))?", typed, re.ASCII) and typed:
            return int(float(typed) * _AN_HOUR)
        return None


class Count(Line):
    """How many people; empty for nobody counted."""

    @property
    def count(self) -> int | None:
        """Return the number; None for what is none."""
        typed = (self.data or "0").replace(" ", "").replace(",", "")
        return int(typed) if re.fullmatch("[0-9]{1,12}", typed, re.ASCII) else None


class DiaryForm(PlainForm):
    """One entry of the diary."""

    revision = Hidden()
    kind = SelectField(lazy_gettext("What"), validate_choice=False, validators=[FromTheList()])
    hours = Hours(
        lazy_gettext("Hours"),
        description=lazy_gettext("In quarters: 1.25 or 1:15"),
    )
    day = FormField(DayForm, lazy_gettext("Day"))
    directorate = SelectField(lazy_gettext("Directorate"), validate_choice=False, validators=[FromTheList()])
    site = SelectField(lazy_gettext("Site"), validate_choice=False, validators=[FromTheList()])
    groups = SelectMultipleField(lazy_gettext("Groups you reached"), validate_choice=False, validators=[FromTheList()])
    people = Count(
        lazy_gettext("About how many people"),
        description=lazy_gettext("Leave it empty if you did not count."),
    )

    def validate_hours(self, field: Hours) -> None:
        """Refuse what is no length of time."""
        if not field.data:
            raise ValidationError(_("Write how long it took"))
        if field.quarters is None:
            raise ValidationError(_("Write hours in quarters: for example 1, 0.75, 1.25 or 1:15"))

    def validate_people(self, field: Count) -> None:
        """Refuse what is no number."""
        if field.count is None:
            raise ValidationError(_("Write a whole number, in digits"))

    @property
    def opened(self) -> bool:
        """Whether anything stands in the part that is folded away."""
        folded = (self.directorate, self.site, self.groups, self.people)
        return any(each.data or each.errors for each in folded)

    def fill(self, entry: DiaryEntry) -> None:
        """Show an entry."""
        self.revision.data, self.kind.data = str(entry.revision), entry.kind.value
        self.hours.data = hours_words(entry.quarters)
        self.day.form.show(entry.day)
        self.directorate.data, self.site.data = str(entry.directorate_id or ""), str(entry.site_id or "")
        self.groups.data, self.people.data = list(entry.groups), str(entry.people or "")

    @property
    def revision_read(self) -> int:
        """Return which revision of the entry the page was served with; none for what is none."""
        return int(self.revision.number)

    def written(self, today: date) -> EntryDetails:
        """Return what was written."""
        return EntryDetails(
            day=self.day.form.written or today,
            kind=Kind(self.kind.data),
            quarters=self.hours.quarters or 0,
            directorate_id=_chosen(self.directorate),
            site_id=_chosen(self.site),
            groups=tuple(self.groups.data or ()),
            people=self.people.count or 0,
        )


def hours_words(quarters: int) -> str:
    """Write a length of time in hours: 1.25."""
    return f"{quarters / _AN_HOUR:.2f}".rstrip("0").rstrip(".")


def _chosen(field: SelectField) -> uuid.UUID | None:
    return uuid.UUID(field.data) if field.data else None
