"""One form for each question. What was typed is kept as it was typed, and checked again before it is sent."""

import uuid
from typing import Any

from flask_babel import lazy_gettext
from wtforms import BooleanField, HiddenField, MultipleFileField, RadioField, SelectField, SelectMultipleField

from speakup import cases, keyring, organisations, vocabulary
from speakup.accounts import Member
from speakup.cases import NARRATIVE_LIMIT, HowRaised, OfferedExclusions
from speakup.kernel.uow import UnitOfWork
from speakup.routing import Subject
from speakup.vocabulary import CodeSet
from speakup.web import labels
from speakup.web.fields import AtMost, FromTheList, Needed, PlainForm, offer
from speakup.web.help_asked import HELP
from speakup.web.lines import Line, Lines
from speakup.web.person_form import PersonForm

_ = lazy_gettext

_LONG = 5_000
_NOT_SAID = ("", _("I would rather not say"))


class Prepared:
    """What a question needs to know of the organisation before it is shown or checked."""

    def prepare(self, uow: UnitOfWork, *, shown: bool) -> None:
        """Read it; most questions need nothing. One that is not shown needs no list from which nothing was chosen."""


class HowForm(Prepared, PlainForm):
    """Who may know it was you."""

    how = RadioField(
        _("How do you want to tell us?"),
        choices=offer(
            [
                (HowRaised.OPEN, _("Open")),
                (HowRaised.CONFIDENTIAL, _("Confidential")),
                (HowRaised.ANONYMOUS, _("Anonymous")),
            ]
        ),
        validate_choice=False,
        validators=[FromTheList()],
    )


class StoryForm(Prepared, PlainForm):
    """What happened: the one answer that is needed."""

    narrative = Lines(
        _("What happened?"),
        validators=[Needed(_("Write what happened. A few words are enough to begin with.")), AtMost(NARRATIVE_LIMIT)],
    )
    spoke_up_before = BooleanField(_("I spoke up about this before"))


class RiskForm(Prepared, PlainForm):
    """Is anyone at risk now."""

    at_risk = RadioField(
        _("Is anyone at risk now?"),
        choices=offer([("yes", _("Yes")), ("no", _("No")), ("unsure", _("I am not sure"))]),
        validate_choice=False,
        validators=[FromTheList()],
    )
    risk = Lines(_("Who is at risk, and how?"), validators=[AtMost(_LONG)])


class WorkForm(Prepared, PlainForm):
    """About your work and what would help you: all of it optional."""

    directorate = SelectField(
        _("Which part of the organisation?"),
        description=_("For example surgery, mental health or estates. Not sure? Choose the part your manager is in."),
        validate_choice=False,
        validators=[FromTheList()],
    )
    site = SelectField(_("Which place?"), validate_choice=False, validators=[FromTheList()])
    worker_group = SelectField(
        _("Which staff group are you in?"),
        description=_(
            "These are the NHS’s own names. Estates and ancillary: porters, cleaners, catering, security. "
            "Additional clinical services: healthcare assistants, support workers. "
            "Administrative and clerical: secretaries, receptionists, managers. "
            "Allied health professionals: physiotherapists, radiographers, paramedics."
        ),
        validate_choice=False,
        validators=[FromTheList()],
    )
    role = Line(
        _("What is your job, in your own words?"),
        description=_("Only the people who can open what you tell us see this."),
        validators=[AtMost()],
    )
    language = Line(
        _("Which language do you want to use?"),
        description=_("You can write and talk with us in any language."),
        validators=[AtMost()],
    )
    help = SelectMultipleField(
        _("What would help you to talk with us?"),
        choices=offer(HELP.items()),
        validate_choice=False,
        validators=[FromTheList()],
    )
    other_help = Line(_("Anything else that would help?"), validators=[AtMost()])

    def prepare(self, uow: UnitOfWork, *, shown: bool) -> None:
        """Offer the directorates, sites and staff groups of today."""
        if shown or self.directorate.data:
            places = [(str(each.id), each.name) for each in organisations.directorates(uow)]
            self.directorate.choices = offer([_NOT_SAID, *places])
        if shown or self.site.data:
            self.site.choices = offer([_NOT_SAID, *((str(each.id), each.name) for each in organisations.sites(uow))])
        if shown or self.worker_group.data:
            # Nobody does not know their own group; who would rather not say leaves it.
            listed = vocabulary.codes(uow, CodeSet.WORKER_GROUP)
            groups = [(code.key, code.name) for code in listed if code.key != vocabulary.NOT_KNOWN]
            self.worker_group.choices = offer([_NOT_SAID, *groups])


class DetrimentForm(Prepared, PlainForm):
    """Has something bad happened because you spoke up."""

    happened = RadioField(
        _("Has something bad happened to you because you spoke up?"),
        choices=offer([("yes", _("Yes")), ("no", _("No")), ("unsure", _("I am not sure"))]),
        validate_choice=False,
        validators=[FromTheList()],
    )
    detriment = Lines(_("What happened to you?"), validators=[AtMost(_LONG)])


class ReachForm(Prepared, PersonForm):
    """How to reach you."""

    def prepare(self, uow: UnitOfWork, *, shown: bool) -> None:
        """Read which addresses are the employer's."""
        self.staff_domains = organisations.here(uow).staff_mail_domains


class ExcludeForm(Prepared, PlainForm):
    """Who should not see this. Only what leaves two people to receive is offered."""

    people = SelectMultipleField(
        _("People who get no key to open it"), choices=[], validate_choice=False, validators=[FromTheList()]
    )
    others = Lines(_("Is there anyone else who should not see this?"), validators=[AtMost(_LONG)])
    subject = RadioField(
        _("Is it about one of these people?"), validate_choice=False, validators=[FromTheList()], default=""
    )
    needed: list[Member]
    """Who cannot be kept out here, because nobody else could receive."""
    names: dict[str, str]
    """What each tick is called in a sentence."""

    TEAM, EXECUTIVES = "team", "executives"

    def prepare(self, uow: UnitOfWork, *, shown: bool) -> None:
        """Offer the people, the whole team and the executives, as far as somebody is left."""
        if not (shown or self.people.data or self.subject.data):
            return
        try:
            offered = cases.offered_exclusions(uow)
        except keyring.NoTrustRoot:
            offered = OfferedExclusions([], [], team=[], executives=[], subjects=frozenset())
        groups = [
            (self.TEAM, _("The whole guardian team"), [each.name for each in offered.team]),
            (self.EXECUTIVES, _("The executives"), offered.executive_names),
        ]
        whole = [(key, words, ", ".join(names)) for key, words, names in groups if names]
        people = [(str(each.id), labels.described(each)) for each in offered.people]
        self.people.choices = offer([*people, *((key, f"{words}: {names}") for key, words, names in whole)])
        self.names = {str(each.id): each.name for each in offered.people}
        self.names |= {key: str(words) for key, words, _ in whole}
        self.subject.choices = offer([(key, words) for key, words in _SUBJECTS if not key or key in offered.subjects])
        self.needed = offered.needed

    @property
    def chosen_people(self) -> frozenset[uuid.UUID]:
        """The people ticked by name."""
        return frozenset(uuid.UUID(each) for each in self.people.data or [] if each not in {self.TEAM, self.EXECUTIVES})


class FilesForm(Prepared, PlainForm):
    """Files to send along."""

    files = MultipleFileField(_("Choose files"))
    as_they_are = BooleanField(_("Send it as it is"))


class CheckForm(Prepared, PlainForm):
    """Check your answers. Who was named as reader goes along, so that nobody else ever receives it unsaid."""

    readers = HiddenField()


class OnlyButton(PlainForm):
    """A page with nothing but a button: the token alone."""


_SUBJECTS: list[tuple[str, Any]] = [
    ("", _("No, or I would rather not say")),
    (Subject.GUARDIAN.value, _("A guardian")),
    (Subject.EXECUTIVE.value, _("An executive director, such as the chief executive")),
    (Subject.CHAIR.value, _("The chair")),
]
