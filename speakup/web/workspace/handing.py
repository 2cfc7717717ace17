"""`/cases/REF/hand-over`, `…/step-aside`, `…/take-over`: one case goes to others."""

import uuid
from collections.abc import Iterable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from speakup import accounts, cases, keyring
from speakup.cases import Candidate, Case, CaseView, Consented, Heard, NotAgreed, Noted, Places, SteppingAside, WhyAside
from speakup.kernel.actor import Role
from speakup.kernel.errors import Conflict, Invalid, NobodyToReceive
from speakup.kernel.uow import UnitOfWork
from speakup.web import labels, notices
from speakup.web.actors import work
from speakup.web.fields import ButtonForm
from speakup.web.workspace import surface
from speakup.web.workspace.handing_forms import AGREED, ASK, NOT_HAD, REFUSED, AsideForm, HandOverForm, NowForm
from speakup.web.workspace.pages import common

BAD_REQUEST, CONFLICT, UNPROCESSABLE = 400, 409, 422
NOTED = {AGREED: Noted.AGREED, REFUSED: Noted.REFUSED, NOT_HAD: Noted.NOT_HAD}
ASKED, KEPT, DONE = "asked", "kept", "done"


@surface.route("/cases/<ref>/hand-over", methods=["GET", "POST"])
def hand_over(ref: str) -> ResponseReturnValue:
    """Plan who is to have it, ask the person or write down what they said, and hand it over once they agree."""
    form = HandOverForm()
    with work() as uow:
        case = cases.find(uow, ref)
        view = cases.open_view(uow, case)
        _offer(uow, form, case, view)
        if not form.is_submitted():
            _fill(form, uow, case)
            return _page(uow, form, view), 200
        became = _carried_out(uow, form, case) if form.validate() and _still_there(form, case) else ""
        if not became:
            status = BAD_REQUEST if form.token_failed else CONFLICT if form.shown.errors else UNPROCESSABLE
            form.shown.data = _shown(case)
            return _page(uow, form, view), status
        mine = uow.actor.person_id in cases.places_of(case).people
    return _after(ref, became, mine=mine, has_inbox=view.has_inbox)


@surface.post("/cases/<ref>/hand-over/now")
def hand_over_now(ref: str) -> ResponseReturnValue:
    """Hand it over as it was planned, now that the person agreed."""
    form = NowForm()
    with work() as uow:
        case = cases.find(uow, ref)
        places = cases.planned(uow, case)
        if not form.pressed() or places is None:
            return redirect(url_for(".hand_over", ref=ref))
        if form.planned.data != plan_mark(places):
            flash(_("It is planned otherwise than when you opened the page. Nothing was changed"), "warning")
            return redirect(url_for(".hand_over", ref=ref))
        has_inbox = keyring.has_receipt(uow, case.id)
        try:
            cases.hand_over(uow, case, places)
        except (NotAgreed, Invalid):
            flash(_("This is not ready to be handed over: look at how it stands"), "warning")
            return redirect(url_for(".hand_over", ref=ref))
        mine = uow.actor.person_id in places.people
    return _after(ref, DONE, mine=mine, has_inbox=has_inbox)


@surface.route("/cases/<ref>/step-aside", methods=["GET", "POST"])
def step_aside(ref: str) -> ResponseReturnValue:
    """Lose a case one must not have, to whom the rules choose."""
    form = AsideForm()
    form.reason.choices = [SelectChoice(each.value, labels.ASIDE[each]) for each in WhyAside]
    with work() as uow:
        case = cases.find(uow, ref)
        after = _after_aside(uow, case)
        valid = form.is_submitted() and form.validate() and after is not None
        if valid and form.shown.data != _shown(case):
            form.shown.errors, form.overtaken = [_moved_on()], True
            valid = False
        if not valid:
            status = form.status if after or not form.is_submitted() else UNPROCESSABLE
            form.shown.data = _shown(case)
            names = _names(uow, after.people) if after else {}
            shown = {"form": form, "case": case, "after": after, "names": names, **common(uow)}
            shown["has_inbox"] = keyring.has_receipt(uow, case.id)
            return render_template("workspace/step_aside.html", **shown), status
        cases.step_aside(uow, case, SteppingAside(WhyAside(form.reason.data), form.why.data or ""))
        names = _names(uow, cases.places_of(case).people)
    flash(_("You stepped aside, and can open it no more. It is with %(names)s", names=", ".join(names.values())))
    return redirect(url_for(".worklist"))


@surface.post("/cases/<ref>/take-over")
def take_over(ref: str) -> ResponseReturnValue:
    """Look after a case whose guardian is away or has left, as its cover."""
    taken = False
    with work() as uow:
        case = cases.find(uow, ref)
        if ButtonForm().pressed():
            try:
                cases.take_over(uow, case)
            except Conflict:
                flash(_("The guardian of this case is here. Nothing was changed"), "warning")
            else:
                flash(_("You look after this case from now on"))
                taken = True
    if taken:
        notices.send_and_say(ref)
    return redirect(url_for(".case_page", ref=ref))


def candidate_words(each: Candidate) -> str:
    """Name somebody in a list, with what has to be known before they are chosen."""
    if Role.BUDDY_GUARDIAN in each.roles:
        return str(_("%(name)s, guardian of another organisation", name=each.name))
    if Role.NON_EXECUTIVE_LEAD in each.roles:
        return str(_("%(name)s, non-executive lead", name=each.name))
    return str(_("%(name)s, %(count)s open cases", name=each.name, count=each.open_cases))


def _offer(uow: UnitOfWork, form: HandOverForm, case: Case, view: CaseView) -> None:
    able = {str(each.id): candidate_words(each) for each in cases.candidates(uow, case)}
    holding = keyring.colleagues_on(uow, case.id) & cases.not_gone(uow)
    staying = {str(each): view.names.get(each, "") for each in holding if str(each) not in able}
    choices = [SelectChoice(value, words) for value, words in (able | staying).items()]
    form.first.choices = form.cover.choices = choices
    said = [
        (ASK, _("I ask them in their private inbox")) if keyring.has_receipt(uow, case.id) else None,
        (AGREED, _("They told me that they agree")),
        (REFUSED, _("They told me that they do not agree")),
        (NOT_HAD, _("They could not be asked")),
    ]
    form.said.choices = [SelectChoice(*each) for each in said if each]


def _fill(form: HandOverForm, uow: UnitOfWork, case: Case) -> None:
    places = cases.planned(uow, case) or cases.places_of(case)
    form.first.data, form.cover.data, form.shown.data = str(places.first), str(places.cover), _shown(case)
    form.on.form.show(uow.today)


def _still_there(form: HandOverForm, case: Case) -> bool:
    if form.shown.data == _shown(case):
        return True
    form.shown.errors = [_moved_on()]
    return False


def _carried_out(uow: UnitOfWork, form: HandOverForm, case: Case) -> str:
    """Do what can be done now; say what became of it, or nothing where the form says what is missing."""
    if not (form.first.data and form.cover.data):
        form.first.errors = [_("Choose who looks after it")]
        return ""
    places = Places(uuid.UUID(form.first.data), uuid.UUID(form.cover.data))
    try:
        return _done(uow, form, case, places)
    except Invalid as refused:
        _blame(form, refused)
    except NotAgreed as refused:
        form.said.errors = [_not_agreed(refused)]
    except Conflict:
        form.said.errors = [_("They said no. Ask them about somebody else, or keep the case with who has it now")]
    return ""


def _done(uow: UnitOfWork, form: HandOverForm, case: Case, places: Places) -> str:
    cases.plan_hand_over(uow, case, places)
    new = cases.newcomers(uow, case, places)
    if new and form.said.data == ASK and not cases.standing_now(uow, case, new).said.suffices:
        cases.ask_person(uow, case, places, form.words.data or "")
        return ASKED
    if new and form.said.data in NOTED:
        what = NOTED[form.said.data]
        on = None if what is Noted.NOT_HAD else form.on.form.written
        cases.note_agreement(uow, case, new, Heard(what, form.words.data or "", on))
        if what is Noted.REFUSED:
            return KEPT
    cases.hand_over(uow, case, places)
    return DONE


def _blame(form: HandOverForm, refused: Invalid) -> None:
    sentences = {
        ("cover", "the same"): _("Two different people have every case. Choose somebody else to stand in"),
        ("cover", "about an executive"): _(
            "It is about an executive, so the non-executive lead keeps it. Choose them for one of the two places"
        ),
        ("first", "as it is"): _("They have it already. Choose somebody else"),
        ("words", "empty"): _("Write how they told you, or why they could not be asked"),
        ("on", "empty"): _("Write the day on which they told you"),
        ("on", "in the future"): _("That day has not come yet"),
        ("on", "before it was raised"): _("That is before it was raised"),
    }
    words = sentences.get((refused.field, refused.reason), _("This person may not have this case, or is away"))
    fields = {"on": form.on.form.day, "first": form.first, "cover": form.cover}
    fields.get(refused.field, form.words).errors = [words]


def _not_agreed(refused: NotAgreed) -> str:
    if refused.standing.said is Consented.REFUSED:
        return str(_("They said no. Ask them about somebody else, or keep the case with who has it now"))
    if refused.standing.said is Consented.ASKED:
        return str(_("They have not answered yet. Wait for their answer, or say what they told you"))
    return str(_("Say what the person says to it, or how you ask them"))


def _page(uow: UnitOfWork, form: HandOverForm, view: CaseView) -> str:
    case, places = view.case, cases.planned(uow, view.case)
    new = cases.newcomers(uow, case, places) if places else frozenset()
    standing = cases.standing_now(uow, case, new) if new else None
    shown: dict[str, Any] = {
        "case": case,
        "view": view,
        "names": view.names | _names(uow, places.people if places else ()),
        "planned": places,
        "standing": standing,
        "ready": places is not None and (standing is None or standing.said.suffices),
        "now": NowForm(formdata=None, planned=plan_mark(places) if places else ""),
    }
    return render_template("workspace/hand_over.html", form=form, **shown, **common(uow))


def _after(ref: str, became: str, *, mine: bool, has_inbox: bool) -> ResponseReturnValue:
    if became == ASKED:
        flash(_("The question is in their private inbox. When they agree, come back here and hand it over"))
        notices.send_and_say(ref)
        return redirect(url_for(".hand_over", ref=ref))
    if became == KEPT:
        flash(_("Written down. The case stays where it is"))
        return redirect(url_for(".hand_over", ref=ref))
    flash(
        _("Handed over. The person reads in their inbox who has it now")
        if has_inbox
        else _("Handed over. The person has no inbox: agree who tells them who has it now")
    )
    if mine:
        notices.send_and_say(ref)
        return redirect(url_for(".case_page", ref=ref))
    flash(_("You can open it no more"))
    return redirect(url_for(".worklist"))


def _after_aside(uow: UnitOfWork, case: Case) -> Places | None:
    try:
        return cases.after_stepping_aside(uow, case)
    except NobodyToReceive:
        return None


def _names(uow: UnitOfWork, people: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    return keyring.names_vouched_for(uow, accounts.names_of(uow, people))


def plan_mark(places: Places) -> str:
    """Name a plan in a page, so that a press counts only for what the page said."""
    return f"{places.first}.{places.cover}"


def _shown(case: Case) -> str:
    return f"{case.primary_id}.{case.cover_id}"


def _moved_on() -> str:
    return str(
        _(
            "Somebody else has this case now than when you opened the page. Nothing was changed. What you typed is "
            "below; look at who has it, and send it again if it still fits"
        )
    )
