"""What both sides fill in about how somebody is treated, how things are later, and whether they would do it again."""

from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Field, FormField, RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from speakup import cases, vocabulary
from speakup.cases import CHECK_IN_MONTHS, NARRATIVE_LIMIT, DetrimentReport, How, Plan, Things
from speakup.kernel.uow import UnitOfWork
from speakup.vocabulary import CodeSet
from speakup.web import told_words
from speakup.web.fields import AtMost, FromTheList, Needed, PlainForm, offer
from speakup.web.lines import DayForm, Hidden, Lines

_AN_AREA = AtMost(5_000)
_WORDS = AtMost(NARRATIVE_LIMIT)

_PLAINLY = {
    "exclusion": _("Left out, or not spoken to"),
    "rota_duties": _("My shifts or duties were changed"),
    "blocked_progression": _("Kept from training or a better post"),
    "performance_disciplinary": _("Formal steps, or a bad appraisal"),
    "verbal_demeaning": _("Shouted at, mocked or put down"),
    "contract_pay": _("My contract, hours or pay"),
    "threat": _("Threatened"),
    "other": _("Something else"),
}
"""The forms that detriment takes, to the person; a form that an administrator added has its own name."""


class BaselineForm(PlainForm):
    """How things are at work now, in as many of these as somebody likes."""

    rota = Lines(told_words.AREAS["rota"], validators=[_AN_AREA])
    duties = Lines(told_words.AREAS["duties"], validators=[_AN_AREA])
    appraisal = Lines(told_words.AREAS["appraisal"], validators=[_AN_AREA])
    progression = Lines(told_words.AREAS["progression"], validators=[_AN_AREA])
    relationships = Lines(told_words.AREAS["relationships"], validators=[_AN_AREA])
    other = Lines(told_words.AREAS["other"], validators=[_AN_AREA])

    def validate_rota(self, _field: Field) -> None:
        """Refuse a page on which nothing is written."""
        if not any((self[area].data or "").strip() for area in cases.BASELINE_AREAS):
            raise ValidationError(gettext("Write something in one of the boxes."))

    @property
    def areas(self) -> dict[str, str]:
        """Return what was written, by area."""
        return {area: self[area].data or "" for area in cases.BASELINE_AREAS}


class TreatedForm(PlainForm):
    """That something bad happened because somebody spoke up."""

    text = Lines(_("What happened, and when?"), validators=[_WORDS])
    forms = SelectMultipleField(_("What was it?"), validate_choice=False, validators=[FromTheList()])
    source = RadioField(_("Who did it?"), default="", validate_choice=False, validators=[FromTheList()])
    spoken_up_to = RadioField(
        _("Whom had you spoken up to?"), default="", validate_choice=False, validators=[FromTheList()]
    )

    def prepare(self, uow: UnitOfWork, *, to_person: bool) -> None:
        """Offer the lists of today."""
        named = {code.key: code.name for code in vocabulary.codes(uow, CodeSet.DETRIMENT_FORM)}
        self.forms.choices = offer((key, _PLAINLY.get(key, name) if to_person else name) for key, name in named.items())
        left_out = SelectChoice("", _("I leave this out") if to_person else _("Not said"))
        for name in ("source", "spoken_up_to"):
            codes = vocabulary.codes(uow, cases.DETRIMENT_SETS[name])
            self[name].choices = [left_out, *offer((code.key, code.name) for code in codes)]

    def validate_text(self, field: Field) -> None:
        """Refuse a page that says nothing."""
        if not (field.data or "").strip() and not self.forms.data:
            raise ValidationError(gettext("Write what happened, or tick what it was."))

    def report(self, told_on: date | None = None) -> DetrimentReport:
        """Return what was said."""
        return DetrimentReport(
            (self.text.data or "").strip(),
            frozenset(self.forms.data or ()),
            self.source.data or "",
            self.spoken_up_to.data or "",
            told_on,
        )


class WrittenDownForm(TreatedForm):
    """The same, as somebody told it to a guardian."""

    told_on = FormField(DayForm, _("On which day did they tell you?"), description=_("Leave it empty for today."))


class StepForm(PlainForm):
    """What was done about it, and when."""

    text = Lines(_("What was done?"), validators=[Needed(_("Write what was done")), _WORDS])
    on = FormField(DayForm, _("On which day?"), description=_("Leave it empty for today."))


class CheckInsForm(PlainForm):
    """Whether, when and how somebody wants to be asked how things are."""

    said = Hidden()
    months = SelectMultipleField(
        _("When shall we ask?"),
        choices=offer((str(each), _("After %(num)d months", num=each)) for each in CHECK_IN_MONTHS),
        validate_choice=False,
        validators=[FromTheList()],
    )
    how = RadioField(
        _("How?"),
        choices=offer((each.value, words) for each, words in told_words.HOW.items()),
        default=How.INBOX.value,
        validate_choice=False,
        validators=[FromTheList()],
    )

    def show(self, plan: Plan, *, has_inbox: bool = True) -> None:
        """Fill in what was said last."""
        self.said.data = str(plan.said)
        self.how.data = (How.INBOX if has_inbox else How.GUARDIAN).value
        if plan.wish is not None:
            self.months.data = [str(each) for each in plan.wish.months]
            self.how.data = plan.wish.how.value

    @property
    def read_at(self) -> int:
        """Return how often something had been said about it when the page was read; none for what is no number."""
        return int(self.said.number)

    @property
    def chosen(self) -> tuple[list[int], How]:
        """Return after how many months, and how."""
        return sorted(int(each) for each in self.months.data or ()), How(self.how.data or How.INBOX)


class ThingsForm(PlainForm):
    """How things are."""

    things = RadioField(_("How are things?"), validate_choice=False, validators=[FromTheList()])
    text = Lines(_("Anything you want to add"), validators=[_WORDS])

    def validate_things(self, field: Field) -> None:
        """Refuse no answer at all."""
        if not field.data:
            raise ValidationError(gettext("Choose an answer."))

    @property
    def answer(self) -> Things:
        """Return how things are."""
        return Things(self.things.data)


class FeedbackForm(PlainForm):
    """Whether somebody would speak up again."""

    would_again = RadioField(
        _("Given your experience, would you speak up again?"), validate_choice=False, validators=[FromTheList()]
    )
    text = Lines(_("Why? You need not say."), validators=[_WORDS])

    def prepare(self, uow: UnitOfWork, *, to_person: bool) -> None:
        """Offer the answers of today; a guardian may write down that somebody would rather not say."""
        self.would_again.choices = offer((code.key, code.name) for code in vocabulary.codes(uow, CodeSet.FEEDBACK))
        if not to_person:
            self.would_again.choices.append(SelectChoice(RATHER_NOT, _("They would rather not say")))

    def validate_would_again(self, field: Field) -> None:
        """Refuse no answer at all."""
        if not field.data:
            raise ValidationError(gettext("Choose an answer."))

    @property
    def answer(self) -> str:
        """Return the answer's key; empty where somebody would rather not say."""
        return "" if self.would_again.data == RATHER_NOT else self.would_again.data


RATHER_NOT = "rather_not"
