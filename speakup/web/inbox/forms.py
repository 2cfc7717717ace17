"""The forms of the private inbox."""

import uuid

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, Field, HiddenField, MultipleFileField, RadioField
from wtforms.validators import DataRequired, ValidationError

from speakup.cases import NARRATIVE_LIMIT, HowRaised
from speakup.notifications import NoticeBy
from speakup.web.fields import AtMost, FromTheList, Needed, PlainForm, offer
from speakup.web.lines import Hidden, Lines
from speakup.web.person_form import PersonForm

_ = lazy_gettext

_WORDS_LIMIT = 500


class WordsForm(PlainForm):
    """The seven words, however they are typed."""

    words = Lines(
        _("Your seven words"),
        description=_("Capitals, spaces and commas do not matter. You can type the numbers instead of the words."),
        validators=[Needed(_("Type your seven words.")), AtMost(_WORDS_LIMIT)],
    )


class MessageForm(PlainForm):
    """A message to the guardians, with or without files."""

    text = Lines(_("Write to the guardian"), validators=[AtMost(NARRATIVE_LIMIT)])
    files = MultipleFileField(_("Add files"))
    as_they_are = BooleanField(_("Send it as it is"))


class WhoIAmForm(PersonForm):
    """Say who you are or how to reach you, later; or change it."""

    is_known = False
    """Whether something was given before, so that it can be taken back: set before validating."""

    how = RadioField(
        _("Who may know?"),
        choices=offer(
            [
                (HowRaised.CONFIDENTIAL, _("Only the people who can open this")),
                (HowRaised.OPEN, _("My name can be shared with the people who need to put things right")),
            ]
        ),
        default=HowRaised.CONFIDENTIAL.value,
        validate_choice=False,
        validators=[FromTheList()],
    )

    def validate_name(self, field: Field) -> None:
        if field.data:
            return
        if self.how.data == HowRaised.OPEN:
            raise ValidationError(gettext("Write your name."))
        reachable = self.contact.data or (self.safe_contact.data or "").strip()
        if not (self.is_known or reachable or self.notice_by.data in {NoticeBy.EMAIL, NoticeBy.TEXT}):
            raise ValidationError(gettext("Write your name, or how the guardian can reach you."))


class HandOverForm(PlainForm):
    """Whether others may have the case of the person who answers."""

    question = Hidden()
    """Which question the page showed."""
    answer = RadioField(
        _("May they?"),
        choices=offer([("yes", _("Yes")), ("no", _("No"))]),
        validate_choice=False,
        validators=[Needed(_("Choose yes or no.")), FromTheList()],
    )
    text = Lines(_("Anything you want to say about it (optional)"), validators=[AtMost(NARRATIVE_LIMIT)])


class TakeElsewhereForm(PlainForm):
    """What the person tells another organisation, with words they have written down before."""

    shown = Hidden()
    """The mark of the words that were shown."""
    named = Hidden()
    """Who would read it, as the page named them."""
    text = Lines(_("What you tell them"), validators=[Needed(_("Write what you tell them.")), AtMost(NARRATIVE_LIMIT)])
    with_name = BooleanField(_("Tell them who I am and how to reach me, as I told it here"))
    saved = BooleanField(
        _("I have saved the seven words"), validators=[DataRequired(_("Save the seven words first, then tick this."))]
    )

    @property
    def readers(self) -> tuple[uuid.UUID, uuid.UUID] | None:
        """Whom the page named; nobody where somebody has changed it."""
        try:
            first, cover = map(uuid.UUID, (self.named.data or "").split(","))
        except ValueError:
            return None
        return first, cover


class PresentWordsForm(PlainForm):
    """The seven words that open the inbox now. Their field has a name of its own: the words' page carries others."""

    present_words = Lines(
        _("Your seven words, as they are now"),
        description=_(
            "We ask for them so that nobody who finds this page open can lock you out. "
            "Capitals, spaces and commas do not matter. You can type the numbers instead."
        ),
        validators=[Needed(_("Type your seven words.")), AtMost(_WORDS_LIMIT)],
    )


class NewWordsForm(PlainForm):
    """New words that have been shown and saved: the mark of those that were shown comes back, never the words."""

    shown = HiddenField()


class OnlyButton(PlainForm):
    """A page with nothing but a button: the token alone."""
