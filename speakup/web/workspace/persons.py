"""Who the person of a recorded case is, as they told a guardian later."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Field, RadioField
from wtforms.validators import ValidationError

from speakup import cases, keyring
from speakup.cases import HowRaised, PersonDetails
from speakup.kernel.errors import Conflict
from speakup.web.actors import work
from speakup.web.fields import AtMost, FromTheList, PlainForm, offer
from speakup.web.lines import Hidden, Line, Lines
from speakup.web.workspace import meanwhile, surface
from speakup.web.workspace.pages import found_case

CONFLICT = 409


class PersonForm(PlainForm):
    """A name, a way to be reached, and who may know."""

    read = Hidden()
    name = Line(_("Their name"), validators=[AtMost()])
    contact = Line(_("How to reach them"), validators=[AtMost()])
    safe_contact = Lines(_("When and how it is safe to reach them"), validators=[AtMost(2_000)])
    how = RadioField(
        _("Who may know who they are?"),
        choices=offer(
            [
                (HowRaised.CONFIDENTIAL.value, _("Confidentially: only whoever can open this case")),
                (HowRaised.OPEN.value, _("Openly: their name can be shared")),
            ]
        ),
        default=HowRaised.CONFIDENTIAL.value,
        validate_choice=False,
        validators=[FromTheList()],
    )

    def validate_name(self, field: Field) -> None:
        if field.data:
            return
        if self.how.data == HowRaised.OPEN:
            raise ValidationError(gettext("Write their name."))
        if not (self.contact.data or (self.safe_contact.data or "").strip()):
            raise ValidationError(gettext("Write their name, or how to reach them."))

    def show(self, person: PersonDetails | None, how: HowRaised) -> None:
        """Fill in what is known."""
        if person is not None:
            self.name.data, self.contact.data, self.safe_contact.data = person.name, person.contact, person.safe_contact
        self.how.data = (HowRaised.OPEN if how is HowRaised.OPEN else HowRaised.CONFIDENTIAL).value

    def details(self) -> PersonDetails:
        """Return what is said of them."""
        return PersonDetails(self.name.data or "", self.contact.data or "", (self.safe_contact.data or "").strip())


@surface.route("/cases/<ref>/person", methods=["GET", "POST"])
def person(ref: str) -> ResponseReturnValue:
    """Write down who the person is, for as long as they have no inbox to say it in."""
    form = PersonForm()
    with work() as uow:
        case, shared = found_case(uow, ref)
        if keyring.has_receipt(uow, case.id):
            if form.is_submitted():
                raise Conflict(ref)
            flash(gettext("The person has words, and says in their own inbox who they are"), "warning")
            return redirect(url_for(".case_page", ref=ref))
        known = cases.person_of(uow, case)
        mark = meanwhile.mark_of_person(known, case.how_raised)
        if not (form.is_submitted() and form.validate()):
            if not form.is_submitted():
                form.show(known, case.how_raised)
                form.read.data = mark
            page = render_template("workspace/person.html", form=form, case=case, **shared)
            return page, form.status
        if form.read.data != mark:
            form.read.data = mark
            return render_template("workspace/person.html", form=form, case=case, known=known, **shared), CONFLICT
        cases.write_person_down(uow, case, form.details(), HowRaised(form.how.data))
    flash(gettext("Saved. The day is noted"))
    return redirect(url_for(".case_page", ref=ref, _anchor="person"))
