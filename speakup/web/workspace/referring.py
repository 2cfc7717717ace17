"""`/cases/REF/refer`, and the referrals of a case: passing on, looking at answers, writing more, taking back."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import cases, identifying, keyring, organisations
from speakup.cases import Act, Case, CaseView, HowRaised, Referral, ReferralLine, ReferralState
from speakup.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.web.actors import work
from speakup.web.fields import ButtonForm
from speakup.web.workspace import surface
from speakup.web.workspace.pages import common
from speakup.web.workspace.refer_form import EndForm, ReferForm, ShownForm


@surface.route("/cases/<ref>/refer", methods=["GET", "POST"])
def refer(ref: str) -> ResponseReturnValue:
    """Pass a case on. What was found in the words is shown first; what is changed then is looked at again."""
    form = ReferForm()
    with work() as uow:
        view = cases.open_view(uow, cases.find(uow, ref))
        if not cases.may_do(view.case.state, Act.REFER):
            if form.is_submitted():
                raise Conflict(ref)
            flash(_("A case that stands like this cannot be passed on. Answer the person first"), "warning")
            return redirect(url_for(".case_page", ref=ref))
        form.prepare(cases.recipients(uow, view.case))
        form.offer_agreements(view.agreements, openly=view.case.how_raised is HowRaised.OPEN)
        row = _referred(uow, view.case, form) if form.is_submitted() else None
        if row is None:
            return _refer_page(uow, view, form), form.status
        waits = row.state is ReferralState.WAITING
    if waits:
        flash(_("It waits, sealed to guardians, until somebody has vouched for their five words"))
    else:
        flash(_("Passed on"))
    return redirect(url_for(".referral", ref=ref, record_id=row.id))


@surface.route("/cases/<ref>/referrals/<uuid:record_id>", methods=["GET", "POST"])
def referral(ref: str, record_id: uuid.UUID) -> ResponseReturnValue:
    """Show one with its answers, and write more for its recipient."""
    form = ShownForm()
    with work() as uow:
        view = cases.open_view(uow, cases.find(uow, ref))
        cases.follow_referrals(uow, view.case)
        if not form.validate_on_submit() or not _more_written(uow, view.case, record_id, form):
            page = _referral_page(uow, view, record_id, form)
            cases.look_at_answers(uow, view.case)
            return page, form.status
    flash(_("Sent"))
    return redirect(url_for(".referral", ref=ref, record_id=record_id))


@surface.post("/cases/<ref>/referrals/<uuid:record_id>/send")
def send_referral(ref: str, record_id: uuid.UUID) -> ResponseReturnValue:
    """Seal to its recipient what waited for them."""
    if ButtonForm().pressed():
        with work() as uow:
            case = cases.find(uow, ref)
            try:
                cases.send_waiting(uow, case, record_id)
            except Invalid:
                flash(_("The agreement this rests on is no longer in force. Ask the person again"), "warning")
            except Forbidden:
                flash(_("They must not be given this: they were kept out of the case. Take it back"), "warning")
            except Conflict:
                flash(_("It cannot be sent yet: somebody has to vouch for their five words first"), "warning")
            else:
                flash(_("Passed on"))
    return redirect(url_for(".referral", ref=ref, record_id=record_id))


@surface.post("/cases/<ref>/referrals/<uuid:record_id>/end")
def end_referral(ref: str, record_id: uuid.UUID) -> ResponseReturnValue:
    """Take it back: from now on its recipient opens nothing of it."""
    ending = EndForm()
    with work() as uow:
        case = cases.find(uow, ref)
        if not ending.validate():
            page = _referral_page(uow, cases.open_view(uow, case), record_id, ShownForm(formdata=None), ending)
            return page, ending.status
        try:
            cases.end_referral(uow, case, record_id, ending.why.data or "")
        except Conflict:
            flash(_("It was taken back already"), "warning")
        else:
            flash(_("Taken back. They can open nothing of it any more; what they read, they have read"))
    return redirect(url_for(".referral", ref=ref, record_id=record_id))


def _referred(uow: UnitOfWork, case: Case, form: ReferForm) -> Referral | None:
    """Pass it on, if these very words were looked at; all that keeps it from that is put beside its field."""
    if not form.validate() and form.token_failed:
        return None
    _say_what_is_wrong(uow, case, form)
    if form.errors or not form.was_looked_at:
        return None
    try:
        return cases.refer(uow, case, form.recipient, form.shown, form.grounds(uow))
    except Forbidden:
        form.to.errors = [_not_to_them()]
    except Invalid as refused:
        _blame(form, refused)
    return None


def _say_what_is_wrong(uow: UnitOfWork, case: Case, form: ReferForm) -> None:
    """Put beside each field what the case itself has against it: nobody comes back once for every fault."""
    try:
        if form.invited:
            cases.require_may_be_invited(uow, case, form.invited)
    except Forbidden:
        form.to.errors = [_not_to_them()]
    except Conflict:
        form.to.errors = [_("They left. An administrator can let them belong here again")]
    grounds = None if form.basis.errors else form.grounds(uow)
    for fault in cases.referral_faults(uow, case, form.shown, grounds):
        # A day that cannot be read was written all the same.
        if fault.field != "why_not_told" or not form.told_on.errors:
            _blame(form, fault)


def _not_to_them() -> str:
    return str(_("This must not go to them: they work in the team, or were kept out of this case"))


def _blame(form: ReferForm, refused: Invalid) -> None:
    if refused.field in {"authoriser", "why_not_told", "told_person_on", "agreement"}:
        form.blame(refused)
    elif refused.field in {"email", "roles"}:
        form.new_email.errors = [_("This address cannot be given a referral")]
    else:
        form.blame_words(refused)


def _more_written(uow: UnitOfWork, case: Case, record_id: uuid.UUID, form: ShownForm) -> bool:
    try:
        cases.check_more(uow, case, record_id, form.shown)
        if not form.was_looked_at:
            return False
        cases.add_to_referral(uow, case, record_id, form.shown)
    except Invalid as refused:
        form.blame_words(refused)
    except Conflict:
        form.text.errors = [_("This was taken back, or the case stands so that nothing can be passed on")]
    else:
        return True
    form.looked_at.data = ""
    return False


def _refer_page(uow: UnitOfWork, view: CaseView, form: ReferForm) -> str:
    to = next((str(each.label) for each in form.to.choices if each.value == form.to.data), "")
    return render_template(
        "workspace/refer.html",
        form=form,
        view=view,
        case=view.case,
        to=form.new_name.data if form.new_name.data and form.to.data == "new" else to,
        looked=_looked(uow, view.case, form),
        agreed=next((each for each in view.agreements if each.id == form.agreement_id), None),
        **common(uow),
    )


def _referral_page(
    uow: UnitOfWork, view: CaseView, record_id: uuid.UUID, form: ShownForm, ending: EndForm | None = None
) -> str:
    try:
        opened = cases.open_referral(uow, view.case, record_id)
    except NotFound:
        return _broken_page(uow, view, cases.find_broken_referral(uow, view.case, record_id), ending)
    return render_template(
        "workspace/referral.html",
        form=form,
        ending=ending or EndForm(formdata=None),
        pressing=ButtonForm(formdata=None),
        view=view,
        case=view.case,
        referral=opened,
        referrals=[each for each in cases.standing_referrals(uow, view) if each.line.id == record_id],
        line=next(each for each in view.referrals if each.id == record_id),
        can_be_sent=keyring.may_be_referred_to(uow, opened.recipient_id),
        looked=_looked(uow, view.case, form),
        **common(uow),
    )


def _broken_page(uow: UnitOfWork, view: CaseView, line: ReferralLine, ending: EndForm | None) -> str:
    """Show of what somebody took away in part what the case says itself, so that it can still be taken back."""
    return render_template(
        "workspace/referral_broken.html",
        ending=ending or EndForm(formdata=None),
        pressing=ButtonForm(formdata=None),
        case=view.case,
        line=line,
        referrals=[each for each in cases.standing_referrals(uow, view) if each.line.id == line.id],
        **common(uow),
    )


def _looked(uow: UnitOfWork, case: Case, form: ShownForm) -> dict[str, Any]:
    """What is pointed out before sending: the words as they were written, taken apart where something was found."""
    if not form.is_submitted() or form.errors:
        form.looked_at.data = ""
        return {}
    form.looked_at.data = form.words
    places = [
        *(each.name for each in organisations.directorates(uow)),
        *(each.name for each in organisations.sites(uow)),
    ]
    found = cases.found_in(uow, case, form.shown, places)
    return {
        "text": list(identifying.pieces(form.shown.text, found["text"])),
        "ask": list(identifying.pieces(form.shown.ask, found["ask"])),
        "count": sum(len(each) for each in found.values()),
    }
