"""What a guardian fills in."""

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired

from speakup.cases import CHECK_IN_MONTHS, NARRATIVE_LIMIT, How
from speakup.web.fields import AtMost, FromTheList, PlainForm, offer
from speakup.web.lines import Hidden, Lines


class MessageForm(PlainForm):
    """A message to the person who spoke up."""

    read = Hidden()
    """How much guardians had written when the page was read."""
    text = Lines(
        _("Your message"),
        description=_("The person reads it in their private inbox. Write as you would speak to them."),
        validators=[InputRequired(_("Write your message")), AtMost(NARRATIVE_LIMIT)],
    )


class ReplyForm(MessageForm):
    """A message, with or without files."""

    files = MultipleFileField(
        _("Add files"), description=_("Hidden details, such as authors and places, are taken out before they are kept.")
    )


class NoteForm(PlainForm):
    """A private note."""

    text = Lines(
        _("Your note"),
        description=_(
            "Only the guardians on this case can open it. The person it is about may one day ask for a copy."
        ),
        validators=[InputRequired(_("Write your note")), AtMost(NARRATIVE_LIMIT)],
    )


class TitleForm(PlainForm):
    """What the case is called on the worklist."""

    text = StringField(
        _("Short title"),
        description=_("So that you find it again. Leave out names."),
        validators=[InputRequired(_("Write a short title")), AtMost(120)],
    )
    read = Hidden()
    """The title when the page was read."""


class CloseForm(PlainForm):
    """How the case ends."""

    asks_again = False
    """Whether it says "resolved" and "no" at once, so that one of them has to be confirmed."""

    outcome = RadioField(_("What came of it?"), validators=[InputRequired(_("Choose what came of it"))])
    summary = Lines(
        _("In your own words"),
        description=_("What was done and what was learned. Kept with your notes."),
        validators=[AtMost(NARRATIVE_LIMIT)],
    )
    why_not_told = Lines(_("If the person could not be told: why?"), validators=[AtMost(NARRATIVE_LIMIT)])
    satisfied = RadioField(
        _("Is the person satisfied that it can close?"),
        validators=[InputRequired(_("Say whether the person is satisfied"))],
    )
    why_not_satisfied = Lines(_("Why are they not satisfied?"), validators=[AtMost(NARRATIVE_LIMIT)])
    offered = SelectMultipleField(
        _("To whom did you offer to take it on?"), validate_choice=False, validators=[FromTheList()]
    )
    escalation = Lines(_("Which further step did you offer?"), validators=[AtMost(NARRATIVE_LIMIT)])
    months = SelectMultipleField(
        _("When do they want to be asked how things are?"),
        description=_("So many months from today. As the person tells you; tick none if they said nothing."),
        choices=offer((str(each), _("After %(num)d months", num=each)) for each in CHECK_IN_MONTHS),
        validate_choice=False,
        validators=[FromTheList()],
    )
    how = RadioField(_("How?"), default=How.INBOX.value, validate_choice=False, validators=[FromTheList()])
    would_again = RadioField(
        _("“Given your experience, would you speak up again?”"),
        default="",
        validate_choice=False,
        validators=[FromTheList()],
    )
    again_words = Lines(_("Why, in their words (optional)"), validators=[AtMost(NARRATIVE_LIMIT)])
    read = Hidden()
    """How the case stood when the page was read."""
    asks_to_wait = False
    """Whether the person was told so lately that they may still answer, so that closing now has to be meant."""
    close_all_the_same = BooleanField(_("Close it now, without waiting for what the person says to the outcome"))
    ends_referrals = BooleanField(
        _("Take it back when the case is closed"),
        description=_("They open nothing of it from then on, and see that nothing more is asked of them."),
    )
    resolved_all_the_same = BooleanField(_("It is resolved, although the person is not satisfied"))


class ReopenForm(PlainForm):
    """Why a closed case opens again."""

    why = Lines(
        _("Why is it opened again?"),
        validators=[InputRequired(_("Write why it is opened again")), AtMost(NARRATIVE_LIMIT)],
    )


class VouchForm(PlainForm):
    """The five words a colleague read out. `person` holds whom they are of and what was shown about them."""

    person = HiddenField(validators=[InputRequired()])
    words = StringField(
        _("The five words they read to you"),
        description=_("Ask for them by telephone or in person, never by e-mail. With spaces between them."),
        validators=[InputRequired(_("Write the five words your colleague reads to you"))],
    )


class AnswerForm(PlainForm):
    """A guardian's answer to exactly the change that was shown."""

    shown = HiddenField(validators=[InputRequired()])
    answer = HiddenField(validators=[InputRequired()])


class ApproveForm(PlainForm):
    """Approving exactly the rules that were shown, or sending them back. The button says which."""

    shown = HiddenField(validators=[InputRequired()])
    answer = StringField()
