"""`/cases/REF/consent`: what the person agreed to share, and what was told to whom."""

import uuid
from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import cases
from speakup.cases import Act, Case, CaseView, ClockKind, HowRaised
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.web.actors import work
from speakup.web.fields import ButtonForm
from speakup.web.workspace import surface
from speakup.web.workspace.consent_form import AgreementForm, DisclosureForm
from speakup.web.workspace.pages import common


@surface.route("/cases/<ref>/consent", methods=["GET", "POST"])
def consent(ref: str) -> ResponseReturnValue:
    """Show both logs, and add to the first."""
    form = AgreementForm()
    with work() as uow:
        view = cases.open_view(uow, cases.find(uow, ref))
        if not form.validate_on_submit() or not _agreed(uow, view.case, form):
            return _page(uow, view, form), form.status
    flash(
        _("Saved. The person reads it in their inbox, and can take it back")
        if view.has_inbox
        else _("Saved. The person has no inbox: they take it back by telling you")
    )
    return redirect(url_for(".consent", ref=ref))


@surface.post("/cases/<ref>/consent/<uuid:record_id>/withdraw")
def end_agreement(ref: str, record_id: uuid.UUID) -> ResponseReturnValue:
    """Note that the person told a guardian they take an agreement back."""
    return _pressed(
        ref,
        lambda uow, case: cases.end_agreement(uow, case, record_id, uow.today),
        _("Noted. Share nothing on it from now on"),
    )


@surface.post("/cases/<ref>/consent/<uuid:record_id>/answered")
def answer_came(ref: str, record_id: uuid.UUID) -> ResponseReturnValue:
    """Note that whoever it was passed on to outside has answered."""
    return _pressed(
        ref,
        lambda uow, case: cases.answer_came(uow, case, record_id),
        _("Noted. Write what they answered in a note"),
    )


@surface.route("/cases/<ref>/consent/told", methods=["GET", "POST"])
def told_somebody(ref: str) -> ResponseReturnValue:
    """Write down what somebody was told, with or without the person's agreement."""
    form = DisclosureForm()
    with work() as uow:
        view = cases.open_view(uow, cases.find(uow, ref))
        form.offer_agreements(view.agreements, openly=view.case.how_raised is HowRaised.OPEN)
        if not form.validate_on_submit() or not _disclosed(uow, view.case, form):
            page = render_template(
                "workspace/told_somebody.html",
                form=form,
                case=view.case,
                may_pass_on=cases.may_do(view.case.state, Act.REFER),
                **common(uow),
            )
            return page, form.status
    flash(_("Saved"))
    return redirect(url_for(".consent", ref=ref))


def _agreed(uow: UnitOfWork, case: Case, form: AgreementForm) -> bool:
    try:
        cases.record_agreement(uow, case, form.written(uow.today))
    except Invalid as refused:
        form.blame(refused)
        return False
    return True


def _disclosed(uow: UnitOfWork, case: Case, form: DisclosureForm) -> bool:
    try:
        written = form.written(uow.today)
        if written.passes_on and not cases.may_do(case.state, Act.REFER):
            form.passes_on.errors = [_("A case that stands like this cannot be passed on. Answer the person first")]
            return False
        cases.record_disclosure(uow, case, written)
    except Invalid as refused:
        form.blame(refused)
        return False
    return True


def _pressed(ref: str, do: Callable[[UnitOfWork, Case], None], done: str) -> ResponseReturnValue:
    if ButtonForm().pressed():
        with work() as uow:
            try:
                do(uow, cases.find(uow, ref))
            except Conflict:
                flash(_("That was noted already"), "warning")
            else:
                flash(done)
    return redirect(url_for(".consent", ref=ref))


def _page(uow: UnitOfWork, view: CaseView, form: AgreementForm) -> str:
    waiting = {each.about_id for each in cases.clock_lines(uow, view.case) if each.kind is ClockKind.REFERRAL}
    return render_template(
        "workspace/consent.html",
        form=form,
        pressing=ButtonForm(formdata=None),
        view=view,
        case=view.case,
        waiting=waiting,
        referrals=cases.standing_referrals(uow, view),
        by_id={each.id: each for each in view.agreements},
        **common(uow),
    )
