"""What a guardian fills in about agreement: what the person agreed to, and what somebody was told."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, FormField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from speakup.cases import (
    NARRATIVE_LIMIT,
    OUTSIDE,
    Agreement,
    AgreementLine,
    Basis,
    Disclosure,
    HowAgreed,
    ToWhom,
)
from speakup.kernel.errors import Invalid
from speakup.web import labels
from speakup.web.fields import AtMost, FromTheList, Needed, PlainForm, offer
from speakup.web.lines import DayForm, Line, Lines

_ = lazy_gettext

RAISED_OPENLY = "openly"
"""The agreement of whoever raised it openly: it is in no line of the log."""


class AgreementForm(PlainForm):
    """What the person agreed to, or refused."""

    what = Lines(
        _("What may be shared?"),
        validators=[Needed(_("Write what may be shared")), AtMost(NARRATIVE_LIMIT)],
    )
    whom = Line(
        _("With whom?"),
        description=_("Name and job."),
        validators=[Needed(_("Write with whom")), AtMost()],
    )
    purpose = Line(_("What for?"), validators=[Needed(_("Write what for")), AtMost()])
    name = BooleanField(_("Their name may be shared with it"))
    how = RadioField(
        _("What did they say?"),
        choices=offer((each.value, labels.HOW_AGREED[each]) for each in HowAgreed),
        validate_choice=False,
        validators=[Needed(_("Choose what they said")), FromTheList()],
    )
    on = FormField(DayForm, label=_("On which day?"), description=_("Leave it empty for today."))

    def written(self, today: date) -> Agreement:
        """Return what was written."""
        return Agreement(
            self.what.data or "",
            self.whom.data or "",
            self.purpose.data or "",
            HowAgreed(self.how.data),
            bool(self.name.data),
            self.on.form.written or today,
        )

    def blame(self, refused: Invalid) -> None:
        """Put what cannot be kept beside its field."""
        if refused.field == "on":
            self.on.form.year.errors = [gettext("This day has not come yet")]


class GroundsForm(PlainForm):
    """On what something may be told: the person's agreement, or else who decided and whether the person knows."""

    basis = RadioField(
        _("On what basis?"),
        choices=offer((each.value, labels.BASES[each]) for each in Basis),
        validate_choice=False,
        validators=[Needed(_("Choose the basis")), FromTheList()],
    )
    agreement = RadioField(_("Which agreement?"), validate_choice=False, validators=[FromTheList()])
    authoriser = Line(
        _("Who decided it?"), description=_("Name and job, where the person did not agree."), validators=[AtMost()]
    )
    told_on = FormField(
        DayForm, label=_("On which day was the person told of it?"), description=_("Leave it empty if they were not.")
    )
    why_not_told = Lines(_("If they were not told: why?"), validators=[AtMost(NARRATIVE_LIMIT)])

    def offer_agreements(self, lines: Iterable[AgreementLine], *, openly: bool) -> None:
        """Offer what is in force."""
        said = [(str(each.id), agreement_words(each)) for each in lines if each.in_force]
        opened = [(RAISED_OPENLY, gettext("They raised it openly: their name can be shared"))] if openly else []
        self.agreement.choices = offer([*said, *opened])

    @property
    def agreement_id(self) -> UUID | None:
        """Return which line of the log was chosen; None for none, or where it was raised openly."""
        chosen = None if self.agreement.errors else self.agreement.data
        return UUID(chosen) if chosen and chosen != RAISED_OPENLY and self.rests_on_agreement else None

    @property
    def rests_on_agreement(self) -> bool:
        """Whether the person agreed."""
        return bool(self.basis.data == Basis.AGREEMENT)

    def blame(self, refused: Invalid) -> None:
        """Put what is missing beside its field."""
        words = {
            "agreement": _("Choose an agreement that is in force, or another basis"),
            "authoriser": _("Write who decided it: the person did not agree"),
            "why_not_told": _("Write on which day the person was told, or why they were not"),
            "told_person_on": _("This day has not come yet"),
            "named": _("There is no agreement in force to share their name with this"),
            "on": _("This day has not come yet"),
        }
        days = {"told_person_on": "told_on", "on": "on"}
        name, said = refused.field, [str(words.get(refused.field, refused.field))]
        if name == "agreement" and not self.agreement.choices:
            name = "basis"
        field = self[days[name]].form.year if name in days else self[name]
        field.errors = field.errors or said


class DisclosureForm(GroundsForm):
    """What somebody was told."""

    to = SelectField(
        _("Who was told?"),
        choices=[
            SelectChoice("", _("Choose")),
            *(
                SelectChoice(each.value, labels.TO_WHOM[each], optgroup=_("Outside"))
                if each in OUTSIDE
                else SelectChoice(each.value, labels.TO_WHOM[each], optgroup=_("Here"))
                for each in sorted(ToWhom, key=lambda each: (each in OUTSIDE, list(ToWhom).index(each)))
            ),
        ],
        validate_choice=False,
        validators=[Needed(_("Choose who was told")), FromTheList()],
    )
    whom = Line(_("Their name and job"), validators=[Needed(_("Write who was told")), AtMost()])
    what = Lines(
        _("What were they told?"), validators=[Needed(_("Write what they were told")), AtMost(NARRATIVE_LIMIT)]
    )
    on = FormField(DayForm, label=_("On which day?"), description=_("Leave it empty for today."))
    named = BooleanField(_("They learned who the person is"))
    passes_on = BooleanField(_("This passes the case on: they work on it now, and owe an answer"))

    def written(self, today: date) -> Disclosure:
        """Return what was written."""
        return Disclosure(
            to=ToWhom(self.to.data),
            whom=self.whom.data or "",
            what=self.what.data or "",
            on=self.on.form.written or today,
            basis=Basis(self.basis.data),
            agreement_id=self.agreement_id,
            named=bool(self.named.data),
            authoriser=self.authoriser.data or "",
            told_person_on=self.told_on.form.written,
            why_not_told=self.why_not_told.data or "",
            passes_on=bool(self.passes_on.data),
        )


def agreement_words(line: AgreementLine) -> str:
    """Say an agreement in one line."""
    said: str = gettext("%(what)s, with %(whom)s", what=line.agreement.what[:200], whom=line.agreement.whom)
    with_name: str = gettext("%(agreement)s; their name too", agreement=said)
    return with_name if line.agreement.name else said
