"""What is written about trying a change out, and about what is counted."""

import hashlib
import json
import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from wtforms import FormField, RadioField, SelectField
from wtforms.validators import ValidationError

from speakup.charts import Better
from speakup.learning import (
    TEXT_LIMIT,
    TITLE_LIMIT,
    Decision,
    Every,
    LearningCycle,
    Measure,
    Measured,
    Partner,
    Planned,
    ReadFigures,
    Studied,
    Trouble,
    Wrong,
    read_figures,
    written,
)
from speakup.web.action_words import DECISIONS
from speakup.web.fields import AtMost, FromTheList, Needed, PlainForm, offer
from speakup.web.lines import DayForm, Hidden, Line, Lines
from speakup.web.process_charts import BETTER

FIGURES_LIMIT = 20_000
_SAID = 12
"""Bad lines that are said at once: more would be a wall of words."""


class Revised(PlainForm):
    """A form that overwrites something, and carries which revision of it was read."""

    revision = Hidden()

    @property
    def revision_read(self) -> int:
        """Return the revision the page was served with; 0 for none."""
        return int(self.revision.number)


class MeasureForm(Revised):
    """What is counted."""

    name = Line(
        _("What do you count?"),
        description=_("For example: falls on late shifts. Not how often people spoke up."),
        validators=[Needed(_("Write what you count")), AtMost(TITLE_LIMIT)],
    )
    unit = Line(
        _("In what?"),
        description=_("For example: falls a month, per cent of shifts, minutes"),
        validators=[Needed(_("Write in what you count it")), AtMost(TITLE_LIMIT)],
    )
    better = RadioField(
        _("Which way is better?"), choices=offer((each.value, words) for each, words in BETTER.items()),
        validate_choice=False, validators=[FromTheList(), Needed(_("Choose which way is better"))],
    )  # fmt: skip
    target = Line(_("Target, if there is one"))
    changed_on = FormField(
        DayForm,
        _("When was the change made?"),
        description=_("Leave it empty until it was. Values from that day on are compared with those before it."),
    )

    def validate_target(self, field: Line) -> None:
        """Refuse what is no number."""
        if field.data and self.goal is None:
            raise ValidationError(gettext("Write the target as a number: for example 12 or 4.5"))

    @property
    def goal(self) -> Decimal | None:
        """Return the target; None for none, or for what is no number."""
        typed = (self.target.data or "").replace(",", "").removesuffix("%").strip()
        try:
            return Decimal(typed) if re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,4})?", typed, re.ASCII) else None
        except InvalidOperation:
            return None

    def fill(self, found: Measured | None) -> None:
        """Show what stands."""
        self.revision.data = str(found.revision if found else 0)
        if found:
            self.name.data, self.unit.data, self.better.data = found.name, found.unit, found.better.value
            self.target.data = "" if found.target is None else f"{found.target:f}"
            self.changed_on.form.show(found.changed_on)

    def said(self) -> Measure:
        """Return what was written."""
        return Measure(
            self.name.data or "",
            self.unit.data or "",
            Better(self.better.data),
            self.goal,
            self.changed_on.form.written,
        )


class FiguresForm(Revised):
    """The values of a measure."""

    figures = Lines(
        _("Values"),
        description=_(
            "A line for each: a day or month, and the number. You can copy two columns from a spreadsheet and paste"
            " them here, or one column of numbers alone."
        ),
        validators=[AtMost(FIGURES_LIMIT)],
    )
    first = FormField(
        DayForm,
        _("If the lines have no days: which day or month is the first one for?"),
        description=_("For a month or a quarter, write its first day."),
    )
    every = SelectField(
        _("And the others come one each"),
        choices=offer([(Every.MONTH, _("month")), (Every.WEEK, _("week")), (Every.QUARTER, _("quarter of a year"))]),
        validate_choice=False,
        validators=[FromTheList()],
    )

    def fill(self, found: Measured) -> None:
        """Show what stands."""
        self.revision.data, self.figures.data = str(found.revision), written(found.figures)

    def read(self, today: date) -> ReadFigures:
        """Read what was written; what could not be read stands in the form, line by line."""
        read = read_figures(self.figures.data or "", today, self.first.form.written, Every(self.every.data or "month"))
        if read.troubles:
            self.figures.errors = list(_sentences(read.troubles))
        return read


class CycleForm(Revised):
    """What is to be tried, and what is expected."""

    plan = Lines(
        _("What will you try?"),
        description=_("Small and soon: one ward, one week, one shift."),
        validators=[Needed(_("Write what you will try")), AtMost(TEXT_LIMIT)],
    )
    prediction = Lines(
        _("What do you expect to happen?"),
        description=_("Write it before you try. You cannot change it once you have written what happened."),
        validators=[Needed(_("Write what you expect")), AtMost(TEXT_LIMIT)],
    )

    def fill(self, cycle: LearningCycle | None) -> None:
        """Show what stands."""
        self.revision.data = str(cycle.revision if cycle else 0)
        if cycle:
            self.plan.data, self.prediction.data = cycle.plan, cycle.prediction

    def said(self) -> Planned:
        """Return what was written."""
        return Planned(self.plan.data or "", self.prediction.data or "")


class StudyForm(Revised):
    """What was done, what came of it, and what follows."""

    done = Lines(_("What did you do?"), validators=[Needed(_("Write what you did")), AtMost(TEXT_LIMIT)])
    result = Lines(_("What happened, and how does it compare with what you expected?"), validators=[AtMost(TEXT_LIMIT)])
    decision = RadioField(
        _("What follows?"),
        choices=offer([("", _("We are still trying")), *((each.value, words) for each, words in DECISIONS.items())]),
        default="",
        validate_choice=False,
        validators=[FromTheList()],
    )

    def validate_result(self, field: Lines) -> None:
        """Refuse a decision that rests on nothing."""
        if self.decision.data and not (field.data or "").strip():
            raise ValidationError(gettext("Write what happened before you decide what follows"))

    def fill(self, cycle: LearningCycle) -> None:
        """Show what stands."""
        self.revision.data, self.done.data, self.result.data = str(cycle.revision), cycle.done, cycle.result
        self.decision.data = cycle.decision.value if cycle.decision else ""

    def said(self) -> Studied:
        """Return what was written."""
        decision = Decision(self.decision.data) if self.decision.data else None
        return Studied(self.done.data or "", self.result.data or "", decision)


class PartnersForm(PlainForm):
    """With whom the change is worked out. Field names are those of `Partner`."""

    staff = Line(_("Staff"), description=_("For example: porters of three sites"), validators=[AtMost(TITLE_LIMIT)])
    patients = Line(
        _("Patients, families or carers"),
        description=_("For example: the patients’ council"),
        validators=[AtMost(TITLE_LIMIT)],
    )
    others = Line(_("Others"), validators=[AtMost(TITLE_LIMIT)])
    mark = Hidden()
    """Of who was named when the page was read."""

    def fill(self, held: dict[Partner, str]) -> None:
        """Show what stands."""
        self.mark.data = _mark(held)
        for kind in Partner:
            self[kind.value].data = held.get(kind, "")

    def was_read_of(self, held: dict[Partner, str]) -> bool:
        """Say whether this is what the page showed; where not, it carries from now on that this was shown."""
        carried, self.mark.data = self.mark.data, _mark(held)
        return carried == self.mark.data

    def said(self) -> dict[Partner, str]:
        """Return what was written."""
        return {kind: self[kind.value].data or "" for kind in Partner}


def _mark(held: dict[Partner, str]) -> str:
    said = json.dumps([held.get(kind, "") for kind in Partner])
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _sentences(troubles: tuple[Trouble, ...]) -> list[Any]:
    said: list[Any] = [_sentence(each) for each in troubles[:_SAID]]
    more = len(troubles) - len(said)
    if more:
        said.append(ngettext("%(num)d more line could not be read", "%(num)d more lines could not be read", more))
    return said


def _sentence(trouble: Trouble) -> str:
    words = _WRONG[trouble.what] % {"line": trouble.line, "words": trouble.words}
    return str(words)


_WRONG: dict[Wrong, Any] = {
    Wrong.NO_NUMBER: _("Line %(line)s: there is no number in “%(words)s”"),
    Wrong.NO_DAY: _("Line %(line)s: “%(words)s” begins with no day that exists"),
    Wrong.DAY_MISSING: _("Line %(line)s: “%(words)s” has no day, and other lines have one"),
    Wrong.COLUMNS: _("Line %(line)s: “%(words)s” has more than two columns"),
    Wrong.TWICE: _("Line %(line)s: the day of “%(words)s” stands here twice"),
    Wrong.AHEAD: _("Line %(line)s: the day of “%(words)s” is still to come"),
    Wrong.SIZE: _("Line %(line)s: the number of “%(words)s” is too large"),
    Wrong.PLACES: _("Line %(line)s: the number of “%(words)s” has more than four digits after the point"),
    Wrong.MANY: _("These are %(words)s values. Up to 400 fit: leave the oldest out, or take months in place of weeks"),
    Wrong.FIRST_MISSING: _("No line has a day. Write which day or month the first one is for"),
}
