"""What a guardian fills in to write a concern down: three answers, and whatever else is known already."""

import uuid
from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, Field, FormField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import ValidationError

from speakup import cases, keyring, organisations, vocabulary
from speakup.cases import (
    NARRATIVE_LIMIT,
    Answer,
    Exclusions,
    HowRaised,
    OfferedExclusions,
    PersonDetails,
    Recorded,
    Work,
)
from speakup.kernel.errors import Invalid
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.routing import Subject
from speakup.vocabulary import CodeSet
from speakup.web import labels
from speakup.web.fields import AtMost, FromTheList, Needed, PlainForm, offer
from speakup.web.help_asked import HELP, HelpAsked
from speakup.web.lines import DayForm, Hidden, Line, Lines

_ = lazy_gettext

_TITLE, _WISHES, _OTHERS = 120, 2_000, 5_000
CHAMPION = "champion"
"""The route by which a champion passed somebody on."""
TEAM, EXECUTIVES = "team", "executives"
HELD_BY_ME, HELD_BY_OTHERS, MY_OWN = "me", "others", "own"
_WRITTEN_BY_THEM = "online_form"

_THEIRS = {"someone": _("Having someone with them")}
"""What is said of somebody in other words than by them."""
THEIR_HELP = offer((key, _THEIRS.get(key, words)) for key, words in HELP.items())
"""What may help somebody, as it is asked of whoever writes down what they said."""
_AT_RISK = {"yes": Answer.YES, "no": Answer.NO, "unsure": Answer.NOT_SURE}
_SUBJECTS = (
    (Subject.NOBODY_NAMED.value, _("None of these, or not known")),
    (Subject.GUARDIAN.value, _("A guardian")),
    (Subject.EXECUTIVE.value, _("An executive director")),
    (Subject.CHAIR.value, _("The chair")),
)


class WhereForm(PlainForm):
    """What a concern and a whole group of them have in common: what was said, how it came, and who must not see it.

    In the order of the page, so that what is amiss is listed in that order too.
    """

    narrative = Lines(
        _("What was said?"),
        validators=[Needed(_("Write what was said.")), AtMost(NARRATIVE_LIMIT)],
    )
    route = RadioField(_("How did it reach you?"), validate_choice=False, validators=[FromTheList()])
    by_champion = RadioField(
        _("What did the champion do?"),
        choices=offer(
            [("passed on", _("Passed the person on to me")), ("signposted", _("Only told them where to go"))]
        ),
        default="passed on",
        validate_choice=False,
        validators=[FromTheList()],
    )
    how_raised = RadioField(
        _("Who may know who they are?"),
        choices=offer(
            [
                (HowRaised.OPEN.value, _("Openly: their name can be shared")),
                (HowRaised.CONFIDENTIAL.value, _("Confidentially: only whoever can open this case")),
                (HowRaised.ANONYMOUS.value, _("Anonymously: I do not know who they are")),
            ]
        ),
        validate_choice=False,
        validators=[FromTheList()],
    )
    raised_on = FormField(DayForm, label=_("Day it reached you"))
    at_risk = SelectField(
        _("Is anyone at risk now?"),
        choices=offer([("", _("Not said")), ("yes", _("Yes")), ("no", _("No")), ("unsure", _("Not sure"))]),
        validate_choice=False,
        validators=[FromTheList()],
    )
    directorate = SelectField(_("Directorate"), validate_choice=False, validators=[FromTheList()])
    site = SelectField(_("Site"), validate_choice=False, validators=[FromTheList()])
    under_way = BooleanField(_("It was under way already when I joined"))
    under_way_since = FormField(DayForm, label=_("Under way since"))
    people = SelectMultipleField(
        _("Who should not see this?"), choices=[], validate_choice=False, validators=[FromTheList()]
    )
    others = Lines(_("Anyone else who should not see it"), validators=[AtMost(_OTHERS)])
    subject = RadioField(
        _("Is it about one of these people?"),
        choices=offer(_SUBJECTS),
        default=Subject.NOBODY_NAMED.value,
        validate_choice=False,
        validators=[FromTheList()],
    )

    def prepare(self, uow: UnitOfWork) -> None:
        """Offer the routes, places and people of today."""
        routes = [(code.key, code.name) for code in vocabulary.codes(uow, CodeSet.ROUTE)]
        self.route.choices = offer((key, name) for key, name in routes if key != _WRITTEN_BY_THEM)
        not_known = ("", _("Not known"))
        self.directorate.choices = offer(
            [not_known, *((str(each.id), each.name) for each in organisations.directorates(uow))]
        )
        self.site.choices = offer([not_known, *((str(each.id), each.name) for each in organisations.sites(uow))])
        self._offer_people(uow)

    def _offer_people(self, uow: UnitOfWork) -> None:
        try:
            offered = cases.offered_exclusions(uow)
        except keyring.NoTrustRoot:
            offered = OfferedExclusions([], [], team=[], executives=[], subjects=frozenset())
        whole = [
            (TEAM, _("The whole guardian team"), [each.name for each in offered.team]),
            (EXECUTIVES, _("The executives on the list"), offered.executive_names),
        ]
        people = [(str(each.id), labels.described(each)) for each in offered.people]
        self.people.choices = offer([*people, *((key, words) for key, words, names in whole if names)])

    def validate_route(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(gettext("Choose how it reached you."))

    @property
    def only_signposted(self) -> bool:
        """Whether a champion helped somebody on and no guardian was spoken to: that is no case."""
        return bool(self.route.data == CHAMPION and self.by_champion.data == "signposted")

    @property
    def work(self) -> Work:
        """Where it comes from, as far as that is known."""
        return Work(_id_of(self.directorate), _id_of(self.site))

    @property
    def exclusions(self) -> Exclusions:
        """Who is to be kept out."""
        ticked = set(self.people.data or [])
        people = frozenset(uuid.UUID(each) for each in ticked - {TEAM, EXECUTIVES})
        return Exclusions(people, TEAM in ticked, EXECUTIVES in ticked, (self.others.data or "").strip())

    def common(self) -> dict[str, Any]:
        """Return what every case written down with this form has in common, by the names of `Recorded`."""
        since = self.under_way_since.form.written
        return {
            "route": self.route.data,
            "raised_on": self.raised_on.form.written,
            "work": self.work,
            "at_risk": _AT_RISK.get(self.at_risk.data or "", Answer.NOT_ANSWERED),
            "subject": Subject(self.subject.data or Subject.NOBODY_NAMED),
            "exclusions": self.exclusions,
            "under_way": bool(self.under_way.data or since),
            "under_way_since": since,
        }

    def blame(self, refused: Invalid) -> None:
        """Say beside its field what the domain refused."""
        field, words = {
            ("raised_on", "in the future"): (
                "raised_on",
                gettext("This day is still to come. Write the day it reached you."),
            ),
            ("raised_on", "too long ago"): (
                "raised_on",
                gettext("Write a day in the last two years. Bring older ones in as a log."),
            ),
            ("under_way_since", "after it was raised"): (
                "under_way_since",
                gettext("This is after the day it reached you. Write when it began."),
            ),
            ("route", "not in the list"): (
                "route",
                gettext("This was no way to speak up on that day. Choose another."),
            ),
            ("person", "anonymous with a name"): (
                "name",
                gettext("Somebody anonymous has no name here. Leave it out, or choose “Confidentially”."),
            ),
        }.get(
            (refused.field, refused.reason),
            ("narrative", gettext("This cannot be kept as it is. Look at it once more.")),
        )
        self.say(field, words)

    def say(self, name: str, words: str) -> None:
        """Put words beside a field."""
        field = self[name]
        if isinstance(field, FormField):
            field.form.day.errors = [words]
        else:
            field.errors = [words]


class RecordingForm(WhereForm):
    """One concern."""

    name = Line(_("Their name"), validators=[AtMost()])
    contact = Line(_("How to reach them"), validators=[AtMost()])
    safe_contact = Lines(_("When and how it is safe to reach them"), validators=[AtMost(_WISHES)])
    language = Line(_("Which language do they want to use?"), validators=[AtMost()])
    help = SelectMultipleField(
        _("What would help them to talk with us?"),
        choices=THEIR_HELP,
        validate_choice=False,
        validators=[FromTheList()],
    )
    other_help = Line(_("Anything else that would help them?"), validators=[AtMost()])
    worker_group = SelectField(_("Worker group"), validate_choice=False, validators=[FromTheList()])
    role = Line(_("Their role, in their words"), validators=[AtMost()])
    title = Line(
        _("Short title"),
        description=_("So that you find it again. Without one, it has the first words. Leave out names."),
        validators=[AtMost(_TITLE)],
    )
    held_by = RadioField(
        _("Who holds this case?"),
        choices=offer(
            [
                (HELD_BY_ME, _("I do, and a colleague covers it")),
                (HELD_BY_OTHERS, _("Others: I know those it is about, or should not hold it")),
                (MY_OWN, _("Others: this is my own concern")),
            ]
        ),
        default=HELD_BY_ME,
        validate_choice=False,
        validators=[FromTheList()],
    )
    drawn = Hidden()
    """What the case will be known by: drawn with the form, so that sending it twice is one case."""
    sealed = Hidden()
    """Words drawn for the person, on their way through the page."""

    def prepare(self, uow: UnitOfWork) -> None:
        """Offer the worker groups as well."""
        super().prepare(uow)
        groups = [(code.key, code.name) for code in vocabulary.codes(uow, CodeSet.WORKER_GROUP)]
        known = [(key, name) for key, name in groups if key != "not_known"]
        self.worker_group.choices = offer([("", _("Not known")), *known])
        self.drawn.data = self.drawn.data or str(new_id())

    def validate_how_raised(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(gettext("Choose who may know."))

    def validate_name(self, field: Field) -> None:
        if self.how_raised.data == HowRaised.ANONYMOUS and self.details() is not None:
            words = gettext("Somebody anonymous has no name here. Leave it out, or choose “Confidentially”.")
            raise ValidationError(words)

    def details(self) -> PersonDetails | None:
        """Return who they are, as far as that was given."""
        details = PersonDetails(self.name.data or "", self.contact.data or "", (self.safe_contact.data or "").strip())
        return details if details != PersonDetails() else None

    def recorded(self) -> Recorded:
        """Return all of it."""
        said = self.common()
        work = Work(
            said["work"].directorate_id, said["work"].site_id, self.worker_group.data or None, self.role.data or ""
        )
        asked = HelpAsked(self.language.data or "", self.help.data or [], self.other_help.data or "")
        return Recorded(
            narrative=self.narrative.data or "",
            help_needed=asked.in_words,
            language=asked.languages,
            how_raised=HowRaised(self.how_raised.data),
            title=self.title.data or "",
            person=self.details(),
            steps_aside=self.held_by.data == HELD_BY_OTHERS,
            own=self.held_by.data == MY_OWN,
            id=_id_of(self.drawn) or new_id(),
            **{**said, "work": work},
        )


def _id_of(field: Field) -> uuid.UUID | None:
    """Read an id; whatever is none is as if nothing had been said."""
    try:
        return uuid.UUID(field.data) if field.data else None
    except ValueError:
        return None
