"""What a guardian fills in to pass a case on, and to write more for whoever it was passed on to."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from uuid import UUID

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, Field, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from speakup.accounts import Member
from speakup.cases import NARRATIVE_LIMIT, OUTSIDE, Basis, Disclosure, Invited, Shown, ToWhom
from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.web import labels
from speakup.web.fields import AtMost, FromTheList, Needed, NoCase, PlainForm, offer
from speakup.web.lines import Hidden, Line, Lines
from speakup.web.workspace.consent_form import GroundsForm

_ = lazy_gettext

SOMEBODY_ELSE = "new"
_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_ON_THE_PAGE = (
    "to", "new_name", "new_job", "new_email", "kind", "text", "ask", "name_too", "basis", "agreement", "authoriser",
    "told_on", "why_not_told",
)  # fmt: skip
_INSIDE = [each for each in ToWhom if each not in OUTSIDE]


class ShownForm(PlainForm):
    """Words for the recipient. `looked_at` names exactly the words that were last shown to be looked over."""

    looked_at = Hidden()
    text = Lines(
        _("What they will read"),
        description=_(
            "Write it anew, in your own words; never copy what the person wrote. Only what this one has to know."
        ),
        validators=[Needed(_("Write what they will read")), AtMost(NARRATIVE_LIMIT // 2), NoCase()],
    )
    ask = Lines(_("What do you ask of them?"), validators=[AtMost(NARRATIVE_LIMIT // 10), NoCase()])
    name_too = BooleanField(_("Tell them who the person is"))

    @property
    def shown(self) -> Shown:
        """Return what was written."""
        return Shown(self.text.data or "", self.ask.data or "", name_too=bool(self.name_too.data))

    @property
    def words(self) -> str:
        """Name exactly what would be sent, so that what was changed after looking is looked at again."""
        said = [self.text.data, self.ask.data, bool(self.name_too.data), *self._besides()]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()

    @property
    def was_looked_at(self) -> bool:
        """Whether what is posted is what was shown with everything found in it."""
        return self.looked_at.data == self.words

    def _besides(self) -> Iterable[str | None]:
        return ()

    def blame_words(self, refused: Invalid) -> None:
        """Put beside its field what keeps these words from being sent."""
        words = {
            "names the person": _(
                "The name of the person is in here, or something like it. Take it out, or get their agreement to "
                "their name and tick “Tell them who the person is”"
            ),
            "no name": _("Nobody knows the person’s name"),
            "empty": _("Write what they will read"),
            "too long": _("This is too long"),
        }
        no_agreement = _("There is no agreement in force to share their name with this")
        said = [str(words.get(refused.reason, no_agreement))]
        field = {"named": "name_too", "what": "text", "agreement": "text"}.get(refused.field, refused.field)
        if refused.field == "agreement":
            said = [gettext("The agreement this rests on is no longer in force. Ask the person again")]
        place = self[field if field in self else "text"]
        place.errors = [*place.errors, *(each for each in said if each not in place.errors)]


class ReferForm(GroundsForm, ShownForm):
    """Whom to pass a case on to, on what basis, and what they will read."""

    to = RadioField(
        _("Whom do you pass it on to?"),
        validate_choice=False,
        validators=[Needed(_("Choose whom to pass it on to")), FromTheList()],
    )
    new_name = Line(_("Their name"), validators=[AtMost()])
    new_job = Line(_("Their job"), validators=[AtMost()])
    new_email = Line(_("Their work e-mail address"), validators=[AtMost()])
    kind = SelectField(
        _("What are they?"),
        choices=[SelectChoice("", _("Choose")), *(SelectChoice(each.value, labels.TO_WHOM[each]) for each in _INSIDE)],
        validate_choice=False,
        validators=[Needed(_("Choose what they are")), FromTheList()],
    )

    def __iter__(self) -> Iterator[Field]:
        """Give the fields as they stand on the page, so that what is wrong is listed from its top to its end."""
        places = {name: place for place, name in enumerate(_ON_THE_PAGE)}
        return iter(sorted(super().__iter__(), key=lambda each: places.get(each.short_name, -1)))

    def prepare(self, members: Iterable[Member]) -> None:
        """Offer those who may be given a referral of this case."""
        known = [
            (str(each.id), f"{each.name}, {each.person.job_title}" if each.person.job_title else each.name)
            for each in members
        ]
        self.to.choices = [*offer(known), *offer([(SOMEBODY_ELSE, gettext("Somebody who is not on this list"))])]

    def validate_new_name(self, field: Field) -> None:
        """Ask for a name where somebody new is meant."""
        if self.to.data == SOMEBODY_ELSE and not field.data:
            raise ValidationError(gettext("Write their name"))

    def validate_new_email(self, field: Field) -> None:
        """Ask for an address where somebody new is meant."""
        if self.to.data == SOMEBODY_ELSE and not _ADDRESS.fullmatch(field.data or ""):
            raise ValidationError(gettext("Write their e-mail address, like name@example.nhs.uk"))

    @property
    def invited(self) -> Invited | None:
        """Return who is to be invited by it; None for somebody who is on the list."""
        if self.to.data != SOMEBODY_ELSE:
            return None
        return Invited(self.new_name.data or "", self.new_email.data or "", self.new_job.data or "")

    @property
    def recipient(self) -> UUID | Invited:
        """Return whom it goes to."""
        return self.invited or UUID(self.to.data)

    def grounds(self, uow: UnitOfWork) -> Disclosure:
        """Return on what basis it is passed on. It need be no whole one: what is missing elsewhere is said there."""
        chosen = next((str(each.label) for each in self.to.choices if each.value == self.to.data), "")
        new = f"{self.new_name.data}, {self.new_job.data}" if self.new_job.data else self.new_name.data or ""
        return Disclosure(
            to=_INSIDE[0] if self.kind.errors else ToWhom(self.kind.data),
            whom=new if self.to.data == SOMEBODY_ELSE else chosen,
            what="",
            on=uow.today,
            basis=Basis(self.basis.data),
            agreement_id=self.agreement_id,
            authoriser=self.authoriser.data or "",
            told_person_on=None if self.told_on.errors else self.told_on.form.written,
            why_not_told=self.why_not_told.data or "",
            passes_on=True,
        )

    def _besides(self) -> Iterable[str | None]:
        return (self.to.data, self.new_name.data, self.new_email.data, str(self.agreement_id or ""))


class EndForm(PlainForm):
    """Why a referral is taken back."""

    why = Line(_("Why is it taken back?"), validators=[AtMost()])
