"""Days away, as they are asked for and shown on one's own page, on the team's and on an administrator's."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import FormField, SelectField

from speakup import accounts, keyring
from speakup.accounts import Absence, Days
from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.policy import CASE_ROLES
from speakup.web import labels
from speakup.web.fields import FromTheList, PlainForm, offer
from speakup.web.lines import DayForm


class AwayForm(PlainForm):
    """From which day to which, and who stands in."""

    first = FormField(DayForm, _("First day away"), description=_("Leave it empty for today."))
    until = FormField(DayForm, _("Last day away"), description=_("For example: 27 3 2027. A year ahead at most."))
    stand_in = SelectField(
        _("Who stands in?"),
        description=_("They receive what a rule gives to the person away. Without them, the rule’s cover does."),
        validate_choice=False,
        validators=[FromTheList()],
    )

    def prepare(self, uow: UnitOfWork, person_id: uuid.UUID | None) -> None:
        """Offer everybody who receives concerns, but for whoever is away."""
        people = [each for each in accounts.members_with(uow, CASE_ROLES) if each.id != person_id]
        self.stand_in.choices = offer(
            [("", _("Nobody in particular")), *((str(each.id), each.name) for each in people)]
        )

    def days(self, today: date) -> Days | None:
        """Read what was asked for; None leaves what is wrong with it in the form."""
        last = self.until.form.written
        if last is None:
            self.until.form.day.errors = [gettext("Write the last day away")]
            return None
        stand_in = uuid.UUID(self.stand_in.data) if self.stand_in.data else None
        return Days(self.first.form.written or today, last, stand_in)

    def refuse(self, fault: Invalid, today: date) -> None:
        """Say what is wrong with the days beside the field it is about."""
        words = _words(fault.reason, today)
        if fault.field == "stand_in":
            self.stand_in.errors = [words]
        elif fault.reason in {"past", "far"}:
            self.until.form.day.errors = [words]
        else:
            self.first.form.day.errors = [words]


@dataclass(frozen=True, slots=True)
class Shown:
    """One absence in words."""

    id: uuid.UUID
    person_id: uuid.UUID
    name: str
    first: date
    last: date
    stand_in: str
    now: bool
    waits: bool
    """An administrator wrote it, and no guardian has agreed yet."""
    ending: bool
    """An administrator asks that it end."""


def shown(uow: UnitOfWork, among: Iterable[Absence]) -> list[Shown]:
    """Put absences into words, with the names people were vouched for under."""
    listed = list(among)
    people = {each for one in listed for each in (one.person_id, one.stand_in_id) if each}
    names = keyring.names_vouched_for(uow, accounts.names_of(uow, people))
    return [
        Shown(
            each.id,
            each.person_id,
            names.get(each.person_id, ""),
            each.first_on,
            each.last_on,
            names.get(each.stand_in_id, "") if each.stand_in_id else "",
            each.covers(uow.today),
            not each.agreed,
            each.agreed and each.end_asked_at is not None,
        )
        for each in listed
    ]


def of_person(uow: UnitOfWork, person_id: uuid.UUID) -> list[Shown]:
    """List somebody's absences that are not over."""
    return shown(uow, (each for each in accounts.absences(uow) if each.person_id == person_id))


def _words(fault: str, today: date) -> str:
    if fault == "past":
        return str(gettext("That day has gone by. Write the last day away"))
    if fault == "far":
        words = gettext(
            "That is more than a year ahead. Write a day up to %(latest)s. When it comes nearer, write a later one",
            latest=labels.day(today + accounts.LONGEST_ABSENCE),
        )
        return str(words)
    if fault == "written already":
        return str(gettext("Some of these days are written as days away already. End those first, or choose others"))
    if fault == "too many":
        return str(gettext("So many absences are written already that one more is probably a slip"))
    if fault == "themselves":
        return str(gettext("Choose somebody else to stand in"))
    return str(gettext("The first day is after the last"))
