"""What whoever sees to a learning action fills in."""

from flask_babel import lazy_gettext as _
from wtforms import MultipleFileField

from speakup.learning import TEXT_LIMIT
from speakup.web.fields import AtMost, Needed, PlainForm
from speakup.web.lines import Line, Lines

NOBODY = _("Name nobody. What you write here stands in clear, and the guardians read it.")


class UpdateForm(PlainForm):
    """How far it is."""

    text = Lines(
        _("How far is it?"), description=NOBODY, validators=[Needed(_("Write how far it is")), AtMost(TEXT_LIMIT)]
    )


class QuestionForm(PlainForm):
    """Something a guardian is asked."""

    text = Lines(
        _("Your question"),
        description=_("Ask about what is to change. Who spoke up, and how many, no guardian will tell you."),
        validators=[Needed(_("Write your question")), AtMost(TEXT_LIMIT)],
    )


class EvidenceForm(PlainForm):
    """What shows that something was done: words, files or both."""

    page = "evidence"

    text = Lines(_("In words"), description=NOBODY, validators=[AtMost(TEXT_LIMIT)])
    files = MultipleFileField(
        _("Add files"),
        description=_(
            "A rota, a photograph, minutes. Hidden details, such as authors, are taken out before they are kept."
        ),
    )


class DoneForm(EvidenceForm):
    """The same, of the whole."""

    page = "done"

    text = Lines(_("How can anybody see that it is done?"), description=NOBODY, validators=[AtMost(TEXT_LIMIT)])


class HandOnForm(PlainForm):
    """Who sees to it from now on."""

    name = Line(_("Their name"), validators=[Needed(_("Write their name")), AtMost()])
    email = Line(
        _("Their e-mail address at work"),
        description=_("Somebody who has no account here gets a letter with a link to make one."),
        validators=[Needed(_("Write their e-mail address at work")), AtMost()],
    )
    text = Lines(_("What they should know (optional)"), description=NOBODY, validators=[AtMost(TEXT_LIMIT)])
