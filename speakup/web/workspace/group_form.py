"""What a guardian fills in for people who spoke up together: the account they share, then a few words on each."""

import hashlib
import uuid

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, FieldList, Form, FormField, SelectField, SelectMultipleField
from wtforms.validators import ValidationError

from speakup.cases import FEWEST, MOST, NARRATIVE_LIMIT, HowRaised, OneOfGroup, PersonDetails, Recorded
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.web.fields import AtMost, FromTheList, offer
from speakup.web.help_asked import HelpAsked
from speakup.web.lines import Hidden, Line, Lines
from speakup.web.workspace.recording_form import THEIR_HELP, WhereForm

_OWN_WORDS = 10_000


class OneForm(Form):
    """One person of the group."""

    name = Line(_("Their name"), validators=[AtMost()])
    contact = Line(_("How to reach them"), validators=[AtMost()])
    how_raised = SelectField(
        _("Who may know who they are?"),
        choices=offer(
            [
                (HowRaised.CONFIDENTIAL.value, _("Confidentially: only whoever can open this case")),
                (HowRaised.OPEN.value, _("Openly: their name can be shared")),
                (HowRaised.ANONYMOUS.value, _("Anonymously: I do not know who they are")),
            ]
        ),
        default=HowRaised.CONFIDENTIAL.value,
        validate_choice=False,
        validators=[FromTheList()],
    )
    language = Line(_("Which language do they want to use?"), validators=[AtMost()])
    help = SelectMultipleField(
        _("What would help them to talk with us?"),
        choices=THEIR_HELP,
        validate_choice=False,
        validators=[FromTheList()],
    )
    other_help = Line(_("Anything else that would help them?"), validators=[AtMost()])
    own_words = Lines(_("What they said for themselves"), validators=[AtMost(_OWN_WORDS)])
    agrees = BooleanField(_("Agrees to share the account with those of the group who agree too"))

    def validate_name(self, _field: Field) -> None:
        if self.how_raised.data == HowRaised.ANONYMOUS and (self.name.data or self.contact.data):
            words = gettext("Somebody anonymous has no name here. Leave it out, or choose “Confidentially”.")
            raise ValidationError(words)

    @property
    def asked(self) -> HelpAsked:
        """What they want so that one can talk with them."""
        return HelpAsked(self.language.data or "", self.help.data or [], self.other_help.data or "")

    @property
    def asks(self) -> bool:
        """Whether any of that is filled in, or amiss."""
        given = (self.language, self.help, self.other_help)
        return any(each.data or each.errors for each in given)


class GroupForm(WhereForm):
    """All of them."""

    how_raised = None
    """Asked of each of them."""
    together = FieldList(FormField(OneForm), min_entries=FEWEST, max_entries=MOST)
    title = Line(
        _("Short title"),
        description=_("Each case has it, with a number. Without one, it has the first words. Leave out names."),
        validators=[AtMost(110)],
    )
    drawn = Hidden()
    """What the first case will be known by: drawn with the form, so that sending it twice is one group."""

    def prepare(self, uow: UnitOfWork) -> None:
        """Draw what this form is known by."""
        super().prepare(uow)
        self.drawn.data = self.drawn.data or str(new_id())

    def validate_narrative(self, field: Field) -> None:
        """Leave room for what each said for themselves."""
        AtMost(NARRATIVE_LIMIT - _OWN_WORDS - 2)(self, field)

    def one_more(self) -> None:
        """Ask about one person more, with nothing typed lost."""
        if len(self.together) < MOST:
            self.together.append_entry()

    def one_less(self) -> None:
        """Ask about one person less."""
        if len(self.together) > FEWEST:
            self.together.pop_entry()

    def everybody(self) -> list[OneOfGroup]:
        """Return each of them, with the account they share."""
        return [self._one(place, each.form) for place, each in enumerate(self.together)]

    @property
    def shared(self) -> str:
        """What those who agreed may all read."""
        return (self.narrative.data or "").strip()

    def _one(self, place: int, one: OneForm) -> OneOfGroup:
        details = PersonDetails(one.name.data or "", one.contact.data or "")
        own = (one.own_words.data or "").strip()
        recorded = Recorded(
            narrative=f"{self.shared}\n\n{own}" if own else self.shared,
            help_needed=one.asked.in_words,
            language=one.asked.languages,
            how_raised=HowRaised(one.how_raised.data),
            title=self.title.data or "",
            person=details if details != PersonDetails() else None,
            id=_numbered(self.drawn.data or "", place),
            **self.common(),
        )
        return OneOfGroup(recorded, bool(one.agrees.data))


def _numbered(drawn: str, place: int) -> uuid.UUID:
    """Derive an id for each, of the random kind, so that the same form always names the same cases."""
    return uuid.UUID(bytes=hashlib.sha256(f"{drawn} {place}".encode()).digest()[:16], version=4)
