"""What a guardian fills in for a return."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FormField, RadioField

from speakup.returns import LABEL_LIMIT, SOURCE_LIMIT, WORDS_LIMIT, Window, Words
from speakup.vocabulary import Certainty
from speakup.web.checked_form import CheckedForm
from speakup.web.fields import AtMost, ButtonForm, FromTheList, Needed, PlainForm, offer
from speakup.web.lines import DayForm, Hidden, Line, Lines

SURE: dict[Certainty, Any] = {
    Certainty.CONFIRMED: _("It stands there in these words"),
    Certainty.UNVERIFIED: _("I believe so, and have not seen it"),
}


class WordsForm(CheckedForm):
    """Lines R11 to R13."""

    CHECKED = ("themes", "learning", "comments")
    themes = Lines(
        _("Themes"),
        description=_("What people spoke up about in this quarter, in general terms. Name nobody and no day."),
        validators=[AtMost(WORDS_LIMIT)],
    )
    learning = Lines(
        _("Learning, and what keeps people from speaking up"),
        description=_("What changed because somebody spoke up, and what stands in the way of others."),
        validators=[AtMost(WORDS_LIMIT)],
    )
    comments = Lines(
        _("Comments on these figures"),
        description=_("For example: a case from an earlier quarter that was recorded late."),
        validators=[AtMost(WORDS_LIMIT)],
    )
    revision = Hidden()

    def show(self, words: Words, revision: int) -> None:
        """Fill it in as it stands."""
        self.themes.data, self.learning.data, self.comments.data = words.themes, words.learning, words.comments
        self.revision.data = str(revision)

    @property
    def said(self) -> Words:
        """Return what was written."""
        return Words(self.themes.data or "", self.learning.data or "", self.comments.data or "")


class WindowForm(PlainForm):
    """From when until when a return is taken."""

    opens_on = FormField(DayForm, _("First day"))
    closes_on = FormField(DayForm, _("Last day"))
    revision = Hidden()

    def show(self, window: Window, revision: int) -> None:
        """Fill it in as it stands."""
        self.opens_on.form.show(window.opens_on)
        self.closes_on.form.show(window.closes_on)
        self.revision.data = str(revision)

    @property
    def said(self) -> Window:
        """Return what was written; `ValueError` where it was not validated."""
        return Window(self.opens_on.form.written, self.closes_on.form.written)


class SeenForm(ButtonForm):
    """A button about exactly the figures and words that were shown."""

    seen = Hidden()


class SignForm(PlainForm):
    """Signing off."""

    sure = BooleanField(_("I have looked at these figures and words, and they are right as far as I know"))
    seen = Hidden()


class WordingForm(PlainForm):
    """What the collection calls a line."""

    text = Line(_("What it is called"), validators=[Needed(_("Write what it is called")), AtMost(LABEL_LIMIT)])
    source = Line(
        _("Where does it say so?"),
        description=_("For example: data collections framework, version of July 2026, page 12."),
        validators=[Needed(_("Write where it says so")), AtMost(SOURCE_LIMIT)],
    )
    certainty = RadioField(
        _("How sure is it?"), validators=[Needed(_("Choose one")), FromTheList()], validate_choice=False
    )
    valid_from = FormField(DayForm, _("From which day on?"))

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 -- whatever a form is given
        super().__init__(*args, **options)
        self.certainty.choices = offer((each.value, words) for each, words in SURE.items())
