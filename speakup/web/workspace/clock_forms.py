"""What a guardian fills in about clocks."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FormField, RadioField
from wtforms.validators import DataRequired, InputRequired

from speakup.cases import NARRATIVE_LIMIT
from speakup.web.fields import AtMost, PlainForm
from speakup.web.lines import DayForm, Hidden, Lines

_LENGTH = AtMost(NARRATIVE_LIMIT - 1000)
"""Room is left for the sentences that go before what the person is told."""


class SpokenForm(PlainForm):
    """On which day they spoke, and what was said."""

    on = FormField(DayForm, _("On which day did you speak?"), description=_("By telephone, in person or on a screen."))
    text = Lines(
        _("What was said (optional)"),
        description=_("Kept as a private note, which only the guardians on this case can open."),
        validators=[_LENGTH],
    )


class NoConversationForm(PlainForm):
    """Why nobody will speak."""

    text = Lines(
        _("Why will there be no conversation?"),
        description=_("For example: they want to write only, or they answer no message. Kept as a private note."),
        validators=[DataRequired(_("Write why there will be no conversation")), _LENGTH],
    )


class PauseForm(PlainForm):
    """Why a case waits, until when, and whether the person is told."""

    read = Hidden()
    """Whether it waited when the page was read."""
    reason = RadioField(_("Why does it wait?"), validators=[InputRequired(_("Choose why it waits"))])
    why = Lines(
        _("In your own words"),
        description=_("Only the guardians on this case can open it."),
        validators=[DataRequired(_("Write why it waits")), _LENGTH],
    )
    until = FormField(
        DayForm,
        _("When do you look at it again?"),
        description=_("On that day it comes back to the top of the list. For example: 27 3 2027"),
    )
    tell = BooleanField(_("Tell the person that it waits, and until when"), default=True)
    words = Lines(
        _("Anything you add for them (optional)"),
        description=_(
            "They read in their private inbox that it waits, that it is not closed, when you look at it again at the "
            "latest, and that they can write at any time. Your words follow. Without the tick above, nothing is sent."
        ),
        validators=[_LENGTH],
    )
