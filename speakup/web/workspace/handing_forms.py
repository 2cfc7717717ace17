"""What a guardian fills in to hand cases over, and to step aside."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FormField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import DataRequired, InputRequired

from speakup.cases import NARRATIVE_LIMIT
from speakup.web.fields import AtMost, ButtonForm, FromTheList, PlainForm
from speakup.web.lines import DayForm, Hidden, Line, Lines

ASK, AGREED, REFUSED, NOT_HAD = "ask", "agreed", "refused", "not had"


class HandOverForm(PlainForm):
    """Who is to have a case, and what its person says to it."""

    shown = Hidden()
    """With whom it was when the page was shown."""
    first = SelectField(_("Who looks after it from now on?"), validate_choice=False, validators=[FromTheList()])
    cover = SelectField(
        _("Who stands in when they are away?"),
        description=_("Two people have every case, so that nobody waits for one."),
        validate_choice=False,
        validators=[FromTheList()],
    )
    said = RadioField(
        _("What does the person say to it?"),
        description=_("Not asked for where nobody new could open it."),
        validate_choice=False,
        validators=[FromTheList()],
    )
    on = FormField(DayForm, _("On which day did they tell you?"))
    words = Lines(
        _("In your own words"),
        validators=[AtMost(NARRATIVE_LIMIT)],
    )


class NowForm(ButtonForm):
    """That a case is handed over as the page said it is planned."""

    planned = Hidden()


class AsideForm(PlainForm):
    """Why a guardian must not have a case."""

    shown = Hidden()
    reason = RadioField(_("Why do you step aside?"), validators=[InputRequired(_("Choose why you step aside"))])
    why = Lines(
        _("In your own words"),
        description=_("Kept with the case: the guardians who have it can read it, you cannot. The person does not."),
        validators=[DataRequired(_("Write why you step aside")), AtMost(NARRATIVE_LIMIT)],
    )
    sure = BooleanField(
        _("I know that I can never be given this case again"),
        validators=[DataRequired(_("Tick that you know you can never be given it again"))],
    )


class ManyForm(PlainForm):
    """Cases of one page, and what is to be done with those that are ticked."""

    refs = SelectMultipleField(_("Cases"), validate_choice=False, validators=[FromTheList()])
    to = SelectField(_("Who gets the ticked cases?"), validate_choice=False, validators=[FromTheList()])
    words = Lines(
        _("What you tell the people, or why they could not be asked"),
        description=_(
            "Whoever has a private inbox reads it there, with the name of who would take your place. Whoever has none "
            "is asked by you, on the page of their own case."
        ),
        validators=[AtMost(NARRATIVE_LIMIT)],
    )


class AskTeamForm(PlainForm):
    """Whom the lead asks, for whom, and about which case if it is about one."""

    asked = SelectField(_("Who has too much?"), validate_choice=False, validators=[FromTheList()])
    to = SelectField(_("Who could take some?"), validate_choice=False, validators=[FromTheList()])
    ref = Line(
        _("One case (optional)"),
        description=_("Its reference, from the team’s list. Left empty, they choose which."),
        validators=[AtMost(40)],
    )


class ElsewhereForm(PlainForm):
    """What a person may take to another organisation, and to which."""

    to = RadioField(
        _("Where does it belong?"),
        validate_choice=False,
        validators=[InputRequired(_("Choose where it belongs")), FromTheList()],
    )
    text = Lines(
        _("What would be told there"),
        description=_("The person changes it as they like before they send it. Leave out what does not belong there."),
        validators=[DataRequired(_("Write what would be told there")), AtMost(NARRATIVE_LIMIT)],
    )
    words = Lines(_("What you say to them about it"), validators=[AtMost(NARRATIVE_LIMIT)])
