"""What a guardian fills in to triage a case. Nothing in it has to be known."""

import re
from collections.abc import Collection, Mapping
from datetime import date

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, Field, FormField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from speakup import cases, vocabulary
from speakup.cases import NARRATIVE_LIMIT, Answer, Case, Triage
from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.vocabulary import NOT_KNOWN
from speakup.web import labels
from speakup.web.fields import AtMost, FromTheList, PlainForm, offer
from speakup.web.lines import DayForm, Hidden, Lines
from speakup.web.workspace.triage_words import DETRIMENT

_ = lazy_gettext

_SAVINGS = re.compile("[0-9]{1,6}", re.ASCII)
_BOXES = ("elements", "themes", "wants", "prior_routes", "support", "headings")
_LISTS = ("worker_group", "relationship", "seniority", "service")


class TriageForm(PlainForm):
    """One page about a case."""

    savings = Hidden()
    risk = RadioField(_("Risk now"), validate_choice=False, validators=[FromTheList()])
    elements = SelectMultipleField(
        _("Which of these does it have?"),
        description=_("Choose every one that it touches. They go into the national return."),
        validate_choice=False,
        validators=[FromTheList()],
    )
    none_apply = BooleanField(_("None of these"))
    detriment = RadioField(
        _("Were they treated badly because they spoke up?"),
        description=_("What the person says counts. Nothing has to be proved. A yes goes into the return."),
        choices=offer((each.value, words) for each, words in DETRIMENT.items()),
        validate_choice=False,
        validators=[FromTheList()],
    )
    worker_group = SelectField(_("Worker group"), validate_choice=False, validators=[FromTheList()])
    relationship = SelectField(_("How do they work here?"), validate_choice=False, validators=[FromTheList()])
    seniority = SelectField(_("Seniority"), validate_choice=False, validators=[FromTheList()])
    service = SelectField(_("Length of service"), validate_choice=False, validators=[FromTheList()])
    themes = SelectMultipleField(_("Local themes"), validate_choice=False, validators=[FromTheList()])
    wants = SelectMultipleField(_("What does the person want?"), validate_choice=False, validators=[FromTheList()])
    wants_words = Lines(_("What they want, in their words"), validators=[AtMost(NARRATIVE_LIMIT)])
    prior_routes = SelectMultipleField(
        _("Where did they raise it before?"), validate_choice=False, validators=[FromTheList()]
    )
    support = SelectMultipleField(_("Support you offered"), validate_choice=False, validators=[FromTheList()])
    offered_on = FormField(
        DayForm, label=_("Day you offered it"), description=_("Of what you tick now. Leave it empty for today.")
    )
    qualifying = RadioField(_("May it be a qualifying disclosure?"), validate_choice=False, validators=[FromTheList()])
    headings = SelectMultipleField(_("What it may tend to show"), validate_choice=False, validators=[FromTheList()])
    qualifying_words = Lines(_("Your view, or the advice you were given"), validators=[AtMost(NARRATIVE_LIMIT)])

    def prepare(self, uow: UnitOfWork, case: Case, standing: Triage) -> None:
        """Offer the codes of the day it was raised, and what was chosen before."""
        for name, which in cases.TRIAGE_SETS.items():
            names = vocabulary.names(uow, which, case.raised_on)
            valid = {code.key: code.name for code in vocabulary.codes(uow, which, case.raised_on)}
            said = getattr(standing, name)
            kept = [said] if isinstance(said, str) else sorted(said)
            valid.update({key: names[key] for key in kept if key in names and key not in valid})
            self[name].choices = offer((key, words) for key, words in valid.items() if key != cases.DETRIMENT_ELEMENT)
        self.risk.choices = [SelectChoice("", gettext("Not looked at yet")), *self.risk.choices]
        self._date_support(standing.support)

    def _date_support(self, offered: Mapping[str, date]) -> None:
        for choice in self.support.choices:
            if choice.value in offered:
                day = labels.day(offered[choice.value])
                choice.render_kw = {"hint": gettext("offered on %(day)s", day=day)}

    def fill(self, triage: Triage, savings: int) -> None:
        """Show how it stands."""
        self.savings.data = str(savings)
        for name in ("risk", "none_apply", "wants_words", "qualifying", "qualifying_words", *_LISTS):
            self[name].data = getattr(triage, name)
        self.detriment.data = triage.detriment.value
        for name in _BOXES:
            self[name].data = sorted(getattr(triage, name))

    @property
    def read_at(self) -> int:
        """Return how many savings there were when the page was read; none for what is no number."""
        carried = self.savings.data or ""
        return int(carried) if _SAVINGS.fullmatch(carried) else 0

    def written(self, today: date, read: Triage) -> Triage:
        """Return what was written; support that was offered already keeps its day."""
        offered_on = self.offered_on.form.written or today
        return Triage(
            risk=self.risk.data or "",
            elements=_ticked(self.elements),
            none_apply=bool(self.none_apply.data),
            detriment=Answer(self.detriment.data or Answer.NOT_ANSWERED),
            **{name: self[name].data or NOT_KNOWN for name in _LISTS},
            themes=_ticked(self.themes),
            wants=_ticked(self.wants),
            wants_words=_words(self.wants_words),
            prior_routes=_ticked(self.prior_routes),
            support={key: read.support.get(key, offered_on) for key in sorted(_ticked(self.support))},
            qualifying=self.qualifying.data or read.qualifying,
            headings=_ticked(self.headings),
            qualifying_words=_words(self.qualifying_words),
        )

    def validate_elements(self, field: Field) -> None:
        """Refuse elements beside the answer that there are none."""
        if field.data and self.none_apply.data:
            raise ValidationError(gettext("Choose elements, or “None of these”, not both"))

    def blame(self, refused: Invalid) -> None:
        """Say beside its field what the domain refused."""
        name, words = {
            ("elements", "empty"): (
                "elements",
                gettext("Choose every element that applies, or “None of these”"),
            ),
            ("prior_routes", "none and some"): (
                "prior_routes",
                gettext("“None” and “Not known” go with nothing else. Leave them out, or the others"),
            ),
            ("wants", "none and some"): (
                "wants",
                gettext("“Not known” goes with nothing else. Leave it out, or the others"),
            ),
            ("support", "in the future"): ("support", gettext("You cannot have offered it on a day still to come")),
        }.get((refused.field, refused.reason), ("risk", gettext("Choose from the answers shown.")))
        self[name].errors = [words]


def _ticked(field: SelectMultipleField) -> frozenset[str]:
    ticked: Collection[str] = field.data or ()
    return frozenset(ticked)


def _words(field: Lines) -> str:
    return (field.data or "").strip()
