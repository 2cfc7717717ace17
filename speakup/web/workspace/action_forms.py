"""What a guardian fills in about a learning action."""

import re
import uuid
from collections.abc import Iterable, Sequence
from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import FormField, RadioField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice

from speakup import organisations, vocabulary
from speakup.accounts import Member
from speakup.cases import NARRATIVE_LIMIT, Case, find
from speakup.kernel.errors import Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.learning import TEXT_LIMIT, TITLE_LIMIT, LearningAction, Priority, Wording, months_after
from speakup.vocabulary import CodeSet
from speakup.web import labels
from speakup.web.action_words import PRIORITIES
from speakup.web.checked_form import CheckedForm
from speakup.web.fields import AtMost, FromTheList, Needed, PlainForm, offer
from speakup.web.lines import DayForm, Hidden, Line, Lines

_REFERENCE = re.compile("SU-?([0-9A-Z]{4})-?([0-9A-Z]{4})")


class CasesForm(PlainForm):
    """Which cases led to an action, by their references."""

    cases = Line(
        _("Which cases led to this?"),
        description=_("Their references, with spaces between. Only guardians on a case ever learn that it led here."),
        validators=[AtMost()],
    )

    def found_cases(self, uow: UnitOfWork) -> list[Case] | None:
        """Find the cases that were named; None where one is no case of this guardian's, which is said."""
        typed = [each for each in re.split(r"[\s,;]+", (self.cases.data or "").upper()) if each]
        found: dict[uuid.UUID, Case] = {}
        for each in typed:
            match = _REFERENCE.fullmatch(each)
            try:
                case = find(uow, "SU-{}-{}".format(*match.groups()) if match else each)
            except NotFound:
                self.cases.errors = [gettext("No case of yours has the reference %(ref)s", ref=each[:20])]
                return None
            found[case.id] = case
        return list(found.values())


class WordingForm(CheckedForm, CasesForm):
    """What an action says."""

    CHECKED = ("title", "issue", "change")
    revision = Hidden()
    title = Line(
        _("Title"),
        description=_("A few words by which colleagues know it, like “Two more people on late shifts”."),
        validators=[Needed(_("Give it a title")), AtMost(TITLE_LIMIT)],
    )
    issue = Lines(
        _("What is not as it should be?"),
        description=_(
            "In your own words, and about what happens, not about who. Whoever sees to it reads this, and knows "
            "nothing else."
        ),
        validators=[Needed(_("Write what is not as it should be")), AtMost(TEXT_LIMIT)],
    )
    change = Lines(
        _("What will be different?"),
        description=_("So that anybody can see later whether it is."),
        validators=[Needed(_("Write what will be different")), AtMost(TEXT_LIMIT)],
    )
    priority = RadioField(_("How much does it matter?"), validate_choice=False, validators=[FromTheList()])
    theme = SelectField(_("Theme"), validate_choice=False, validators=[FromTheList()])
    directorate = SelectField(
        _("Directorate"),
        description=_("Only where it is about one, and only one with enough people that nobody is told by it."),
        validate_choice=False,
        validators=[FromTheList()],
    )

    def prepare(self, uow: UnitOfWork, action: LearningAction | None = None) -> None:
        """Offer themes and directorates; those that an action has already, too."""
        self.priority.choices = offer((each.value, PRIORITIES[each]) for each in Priority)
        names = vocabulary.names(uow, CodeSet.THEME)
        keys = [code.key for code in vocabulary.codes(uow, CodeSet.THEME)]
        if action is not None and action.theme and action.theme not in keys:
            keys.append(action.theme)
        self.theme.choices = offer([("", _("None of these")), *((key, names.get(key, key)) for key in keys)])
        least = organisations.here(uow).small_group
        large = [each for each in organisations.directorates(uow) if each.headcount >= least]
        self.directorate.choices = offer([("", _("The whole organisation")), *((str(e.id), e.name) for e in large)])
        if not self.is_submitted() and action is None:
            self.priority.data = Priority.MEDIUM.value

    def show(self, action: LearningAction) -> None:
        """Fill it in as it stands."""
        self.title.data, self.issue.data, self.change.data = action.title, action.issue, action.change
        self.priority.data, self.theme.data = action.priority.value, action.theme or ""
        self.directorate.data = str(action.directorate_id) if action.directorate_id else ""
        self.revision.data = str(action.revision)

    @property
    def wording(self) -> Wording:
        """Return what was written."""
        return Wording(
            title=self.title.data or "",
            issue=self.issue.data or "",
            change=self.change.data or "",
            priority=Priority(self.priority.data or Priority.MEDIUM.value),
            theme=self.theme.data or None,
            directorate_id=uuid.UUID(self.directorate.data) if self.directorate.data else None,
        )

    def besides(self) -> list[str]:
        """Which cases its words are held against."""
        return [self.cases.data or ""]

    def blame(self, refused: Invalid) -> None:
        """Put beside its field what keeps these words from being saved."""
        few = gettext("Too few people work there: it could tell who somebody is")
        name = refused.field if refused.field in self else "theme"
        self[name].errors = [few if refused.reason == "few people" else gettext("Choose from the answers shown.")]


class LinkForm(CheckedForm, CasesForm):
    """Which other cases led to an action: its words are held against theirs."""

    def hold(self, action: LearningAction) -> None:
        """Take the words that stand."""
        self._standing = {
            gettext("Title"): action.title,
            gettext("What is not as it should be?"): action.issue,
            gettext("What will be different?"): action.change,
        }
        self._owner_id = action.owner_id

    @property
    def texts(self) -> dict[str, str]:
        """Return the words that stand, which nobody changes here."""
        return self._standing

    def besides(self) -> list[str]:
        """Which cases they are held against, and who reads them."""
        return [self.cases.data or "", str(self._owner_id)]


class TextForm(CheckedForm):
    """A few sentences."""

    CHECKED = ("text",)
    text = Lines(_("In a few sentences"), validators=[Needed(_("Write something")), AtMost(TEXT_LIMIT)])


class ButtonStepForm(CheckedForm):
    """A step that asks for nothing."""


class WhyForm(CheckedForm):
    """A reason."""

    CHECKED = ("why",)
    why = Lines(_("Why?"), validators=[Needed(_("Write why")), AtMost(TEXT_LIMIT)])


class NeededDay(DayForm):
    """A day that must be written: what is missing is said at once, beside whatever else is."""

    def validate_day(self, _field: Line) -> None:
        """Refuse three empty boxes."""
        if not any((self.day.data, self.month.data, self.year.data)):
            raise ValidationError(gettext("Write a day"))


class WhyAndDueForm(WhyForm):
    """A reason, and a new day."""

    due = FormField(NeededDay, _("Until when?"))


class EvidenceForm(CheckedForm):
    """How it can be seen that something is done."""

    CHECKED = ("evidence",)
    evidence = Lines(
        _("How can anybody see that it is done?"),
        description=_("Not needed where that is written already, or a file shows it."),
        validators=[AtMost(TEXT_LIMIT)],
    )


class EffectForm(CheckedForm):
    """Why an effect is checked without a measure."""

    CHECKED = ("no_effect_why",)
    no_effect_why = Lines(
        _("If nothing was measured before and after: why not?"), validators=[AtMost(TEXT_LIMIT)]
    )  # fmt: skip


class ClosingForm(CheckedForm):
    """What an action may be closed without."""

    CHECKED = ("staff_untold_why", "untold_why")
    staff_untold_why = Lines(
        _("If staff were not told what changed: why not?"), validators=[AtMost(TEXT_LIMIT)]
    )  # fmt: skip
    untold_why = Lines(
        _("If somebody who spoke up may not have been told: why does it not wait for that?"),
        description=_("Only guardians read this."),
        validators=[AtMost(TEXT_LIMIT)],
    )
    damaged: Sequence[Case] = ()
    """Cases of whoever closes it that could not be read: whether they led to it, nobody can say."""


def _described(member: Member) -> str:
    said = labels.described(member)
    return said if member.membership.joined_on is not None else gettext("%(who)s (invited)", who=said)


class OwnerForm(CheckedForm):
    """Who sees to it."""

    owner = SelectField(
        _("Who sees to it?"),
        description=_("They read the action and nothing else. They need an account, and no keys."),
        validate_choice=False,
        validators=[Needed(_("Choose who sees to it")), FromTheList()],
    )

    def prepare(self, members: Iterable[Member]) -> None:
        """Offer everybody who belongs here, those last who are invited and have not come yet."""
        found = sorted(members, key=lambda each: each.membership.joined_on is None)
        here = [(str(each.id), _described(each)) for each in found]
        self.owner.choices = [SelectChoice("", _("Choose")), *offer(here)]

    @property
    def owner_id(self) -> uuid.UUID:
        """Return who was chosen."""
        return uuid.UUID(self.owner.data)

    def besides(self) -> list[str]:
        """Whoever was chosen when it was looked over."""
        return [self.owner.data or ""]


class AgreeForm(OwnerForm):
    """Who sees to it, until when."""

    due = FormField(NeededDay, _("Until when?"))


class HandOnForm(OwnerForm):
    """Who sees to it from now on."""

    CHECKED = ("text",)
    text = Lines(_("Is there anything they should know?"), validators=[AtMost(TEXT_LIMIT)])


class LookAgainForm(CheckedForm):
    """When to look again whether an effect lasts."""

    when = RadioField(
        _("When shall it be looked at again?"),
        choices=offer([("6", _("In six months")), ("12", _("In a year")), ("0", _("Not any more"))]),
        default="6",
        validate_choice=False,
        validators=[Needed(_("Choose when")), FromTheList()],
    )

    def day(self, today: date) -> date | None:
        """Return the day that was chosen; None for none."""
        months = int(self.when.data or 0)
        return months_after(today, months) if months else None


class LookedForm(LookAgainForm):
    """What was seen."""

    CHECKED = ("text",)
    text = Lines(
        _("What did you see?"),
        description=_("If the effect did not last, take the action up again in place of this."),
        validators=[Needed(_("Write what you saw")), AtMost(TEXT_LIMIT)],
    )


INBOX, MYSELF, NOT = "inbox", "myself", "not"


class TellForm(PlainForm):
    """How somebody was told what changed, or why they were not."""

    way = RadioField(
        _("How do they hear of it?"),
        validate_choice=False,
        validators=[Needed(_("Choose how they hear of it")), FromTheList()],
    )
    text = Lines(_("What they will read"), validators=[AtMost(NARRATIVE_LIMIT)])
    how = Line(_("How did you tell them?"), description=_("For example: by telephone"), validators=[AtMost()])
    on = FormField(DayForm, _("On which day?"))
    why = Lines(_("Why are they not told?"), validators=[AtMost(NARRATIVE_LIMIT)])
    told = Hidden()
    """What had been told when the page was read."""

    def prepare(self, *, has_inbox: bool, is_known: bool) -> None:
        """Offer what can be done: in an inbox is told only who has one, and by voice only what came of it."""
        ways = [
            (INBOX, _("I write it to their private inbox, now")),
            (MYSELF, _("I told them myself")),
            (NOT, _("They are not told, and I say why")),
        ]
        can = {INBOX: has_inbox, MYSELF: is_known, NOT: True}
        self.way.choices = offer((way, words) for way, words in ways if can[way])
