"""What an administrator fills in."""

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import BooleanField, Form, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, StopValidation

from speakup.kernel.actor import Role
from speakup.organisations import CLOCK_BOUNDS
from speakup.web.fields import AtMost, Dialled, FromTheList, PlainForm
from speakup.web.labels import ROLES
from speakup.web.lines import Hidden, Line, Lines, without_controls

_LINE = AtMost()
_PHONE = AtMost(60)
MOST_PEOPLE = 1_000_000


class EndMembershipForm(PlainForm):
    """That somebody no longer belongs here."""

    shut_out = BooleanField(_("They must be shut out today all the same: those cases rest until they are let in again"))


class WholeNumber(IntegerField):
    """A whole number, with or without commas, and a sentence of ours for anything else."""

    def process_formdata(self, valuelist: list[str]) -> None:
        digits = without_controls(valuelist[0]).replace(",", "").strip() if valuelist else ""
        self.raw_data = [digits]
        if not digits.isdecimal() or len(digits) > 9:  # noqa: PLR2004 -- as many digits as any of these may have
            self.data = None
            raise ValueError(_("Write a whole number, in digits"))
        self.data = int(digits)

    def pre_validate(self, form: Form) -> None:
        """Say one thing about a field, not two."""
        if self.process_errors:
            raise StopValidation


def _number(label: str, least: int, most: int, description: str = "") -> WholeNumber:
    words = _("Write a number from %(least)s to %(most)s", least=f"{least:,}", most=f"{most:,}")
    return WholeNumber(label, description=description, validators=[NumberRange(least, most, words)])


def _role_choices() -> list[SelectChoice]:
    return [SelectChoice(role.value, words) for role, words in ROLES.items()]


class RolesForm(PlainForm):
    """What somebody is here."""

    roles = SelectMultipleField(
        _("What they are here"),
        description=_("Choose every part they have. An administrator can have no part that opens cases."),
        validate_choice=False,
        validators=[InputRequired(_("Choose at least one")), FromTheList()],
    )

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.roles.choices = _role_choices()

    @property
    def chosen(self) -> frozenset[Role]:
        """The roles that were ticked."""
        return frozenset(role for role in Role if role.value in (self.roles.data or []))


class InviteForm(RolesForm):
    """Somebody new."""

    name = Line(_("Name"), validators=[InputRequired(_("Write their name")), _LINE])
    email = Line(
        _("Work e-mail address"),
        validators=[InputRequired(_("Write their work e-mail address")), AtMost(254)],
    )
    job_title = Line(
        _("Job (optional)"),
        description=_("People who speak up see job and workplace, so that they can say who should not see it."),
        validators=[_LINE],
    )
    workplace = Line(_("Workplace (optional)"), validators=[_LINE])
    phone = Line(_("Telephone (optional)"), validators=[_PHONE, Dialled()])


class SiteForm(PlainForm):
    """A place of work and its numbers."""

    name = Line(_("Name of the site"), validators=[InputRequired(_("Write the name of the site")), _LINE])
    emergency_number = Line(
        _("Emergency number on this site"),
        description=_("What staff ring here for danger now, besides 999. For example: 2222"),
        validators=[InputRequired(_("Write the number staff ring in an emergency")), _PHONE, Dialled()],
    )
    manager_on_call = Line(
        _("Manager on call"),
        description=_("A telephone number that is answered at any hour."),
        validators=[InputRequired(_("Write the number of the manager on call")), _PHONE, Dialled()],
    )
    headcount = _number(
        _("How many people work here"), 0, MOST_PEOPLE, _("About as many will do. It is used to protect small groups.")
    )


class DirectorateForm(PlainForm):
    """A part of the organisation."""

    name = Line(_("Name of the directorate"), validators=[InputRequired(_("Write its name")), _LINE])
    headcount = _number(
        _("How many people work in it"), 0, MOST_PEOPLE, _("About as many will do. It is used to protect small groups.")
    )


class RuleForm(PlainForm):
    """One sentence of the routing. `shown` names the sentence as it was when the page was opened."""

    shown = Hidden()
    directorate = SelectField(_("Concerns from the directorate"), validate_choice=False)
    site = SelectField(_("At the site"), validate_choice=False)
    worker_group = SelectField(_("From the staff group"), validate_choice=False)
    languages = Line(
        _("In the language (optional)"),
        description=_(
            "As people may write it, in English and in the language itself, with commas between: Polish, polski. "
            "For sign language: BSL."
        ),
        validators=[_LINE],
    )
    subject = SelectField(
        _("About"),
        description=_("As the person says it when they raise it."),
        validate_choice=False,
    )
    primary = SelectMultipleField(
        _("Go to"),
        description=_(
            "Choose several, and they share these concerns: the fewer open cases, the likelier the next one."
        ),
        validate_choice=False,
    )
    cover = SelectField(_("With this person as cover"), validate_choice=False)


class MarkForm(PlainForm):
    """Somebody for the list of executives and chair."""

    person = SelectField(
        _("Who?"),
        description=_("With an account, no key of a concern they are kept out of is ever made for them."),
        validate_choice=False,
    )
    name = Line(
        _("Name, for somebody without an account"),
        description=_("Should they have an account one day, it is known by this name."),
        validators=[_LINE],
    )
    job = Line(_("Job (optional)"), description=_("For example: Chief executive"), validators=[_LINE])
    part = RadioField(
        _("What are they?"),
        choices=[
            SelectChoice("executive", _("An executive, or another director whom “the executives” should mean")),
            SelectChoice("chair", _("The chair")),
        ],
        validate_choice=False,
        validators=[InputRequired(_("Say what they are")), FromTheList()],
    )


class DraftForm(PlainForm):
    """A button that changes the draft. `shown` names the whole of it, as it was when the page was opened."""

    shown = Hidden()


class LeavingForm(PlainForm):
    """The neutral page."""

    leave_address = Line(
        _("Where “Leave this page now” goes"),
        description=_("An ordinary page that says nothing, beginning with https://"),
        validators=[InputRequired(_("Write the address of an ordinary page")), AtMost(300)],
    )


class LogoForm(PlainForm):
    """The organisation's own logo."""

    logo = FileField(
        _("Logo"), description=_("A PNG or JPEG picture of less than 900 kB. It is shown 40 pixels high on blue.")
    )
    remove = BooleanField(_("Use the name in words instead of a logo"))


class ContactForm(PlainForm):
    """How workers reach the guardians."""

    guardian_phone = Line(
        _("The guardians’ telephone number"),
        validators=[
            InputRequired(_("Write a telephone number: it is shown when nothing else works")),
            _PHONE,
            Dialled(),
        ],
    )
    guardian_hours = Line(
        _("When it is answered"), description=_("For example: Monday to Friday, 9 to 5"), validators=[_LINE]
    )
    privacy_contact = Line(
        _("Who answers questions about privacy"),
        description=_("A name, an address or a number. It is shown on the privacy page."),
        validators=[_LINE],
    )


class ClocksForm(PlainForm):
    """How long the clocks run."""

    acknowledge_days = _number(
        _("Working days in which a guardian gives a first answer"),
        *CLOCK_BOUNDS["acknowledge_days"],
        _("People are told it before they write. 2 is usual."),
    )
    conversation_days = _number(
        _("Working days in which a guardian speaks with the person"),
        *CLOCK_BOUNDS["conversation_days"],
        _("5 is usual."),
    )
    update_days = _number(
        _("Working days in which the person hears again, every time"), *CLOCK_BOUNDS["update_days"], _("20 is usual.")
    )
    review_days = _number(
        _("Working days in which the whole case is looked over, every time"),
        *CLOCK_BOUNDS["review_days"],
        _("60 is usual."),
    )


class LookingForm(PlainForm):
    """When guardians look for new concerns."""

    hours = SelectMultipleField(
        _("At which hours are guardians told that something new has come?"),
        description=_("On working days. People are told these hours before they write."),
        validate_choice=False,
        validators=[InputRequired(_("Choose at least one hour")), FromTheList()],
    )
    first = _number(
        _("From which hour on do guardians look?"),
        0,
        23,
        _("For example: 9. It is the time people are told for the next working day."),
    )

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.hours.choices = [SelectChoice(str(hour), f"{hour}:00") for hour in range(6, 23)]


class LimitsForm(PlainForm):
    """Files and small groups."""

    count = _number(_("Files with one concern or message, at most"), 1, 50)
    size = _number(_("Megabytes for one file, at most"), 1, 200)
    small_group = _number(
        _("A group is small with fewer people than"),
        10,
        1000,
        _(
            "What is said about a workplace as small as this is kept sealed only, and counted nowhere. "
            "Which staff group a person belongs to is always kept sealed."
        ),
    )


class MailDomainsForm(PlainForm):
    """Addresses that a notice to a worker never goes to."""

    domains = Lines(
        _("What work e-mail addresses end with"),
        description=_("One to a line, for example: anytown.nhs.uk. People are asked for a private address instead."),
        validators=[AtMost(4000)],
    )


class IntakeForm(PlainForm):
    """The front door."""

    stopped = BooleanField(
        _("Take no new concerns for now"),
        description=_("The public pages then give the guardians’ telephone number instead of a form."),
    )
