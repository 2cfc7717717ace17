"""`/cases/hand-over`: all that somebody holds, on its way to others, twenty at a time.

Each case is a unit of its own: whoever stops in between, or comes upon a damaged one, has done the others for good.
"""

import uuid
from collections import Counter
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms.fields.choices import SelectChoice

from speakup import accounts, cases, keyring
from speakup.cases import Case, Consented, HandPage, Heard, NotAgreed, Noted
from speakup.kernel.errors import Conflict, IntegrityFault, Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.web import notices
from speakup.web.actors import work
from speakup.web.fields import ButtonForm
from speakup.web.workspace import surface
from speakup.web.workspace.handing import candidate_words, plan_mark
from speakup.web.workspace.handing_forms import ManyForm
from speakup.web.workspace.pages import common
from speakup.web.workspace.worklist import page_number

BAD_REQUEST, UNPROCESSABLE = 400, 422


class Became(StrEnum):
    """What became of one case."""

    ASKED = "asked"
    PLANNED = "planned"
    NOTED = "noted"
    DONE = "done"
    WAITS = "waits"
    UNPLANNED = "unplanned"
    CHANGED = "changed"
    CANNOT = "cannot"


_UNDONE = frozenset({Became.WAITS, Became.UNPLANNED, Became.CHANGED, Became.CANNOT})

Step = Callable[[UnitOfWork, Case], Became]


@surface.route("/cases/hand-over", methods=["GET", "POST"])
def hand_over_many() -> ResponseReturnValue:
    """Show a page of everything I hold, and do one thing with what is ticked."""
    form, number = ManyForm(), page_number(request.args.get("page", ""))
    with work() as uow:
        listed = cases.to_hand_over(uow, number)
        _offer(uow, form, listed)
    if form.is_submitted() and form.validate() and (step := _step(form, listed)):
        _say(_each(form.refs.data or [], step))
        return redirect(url_for(".hand_over_many", page=listed.page))
    if not form.is_submitted():
        ready = [line.ref for line in listed.lines if line.ready]
        form.refs.data = ready or [line.ref for line in listed.lines if not line.planned]
    with work(writes=False) as uow:
        page = _page(uow, form, listed)
    return page, BAD_REQUEST if form.token_failed else UNPROCESSABLE if form.is_submitted() else 200


@surface.post("/cases/take-over/<uuid:person_id>")
def take_over_many(person_id: uuid.UUID) -> ResponseReturnValue:
    """Look after the next few cases of somebody who is away or has left, as their cover."""
    if ButtonForm().pressed():
        with work(writes=False) as uow:
            refs = cases.refs_to_take_over(uow, person_id)
        _say(_each(refs, _taken))
    return redirect(url_for(".hand_over_many"))


@surface.post("/cases/hand-over/requests/<uuid:request_id>")
def answer_request(request_id: uuid.UUID) -> ResponseReturnValue:
    """Tell the lead that what they asked for was done, or will not be."""
    if ButtonForm().pressed():
        with work() as uow:
            cases.answer_request(uow, request_id, done=request.form.get("answer") == "done")
        flash(_("The lead guardian reads your answer"))
    return redirect(url_for(".hand_over_many"))


def _step(form: ManyForm, listed: HandPage) -> Step | None:
    """Return what the pressed button does to each case; None where the form says what is missing."""
    act, words = request.form.get("act"), (form.words.data or "").strip()
    if not form.refs.data:
        form.refs.errors = [_("Tick the cases it is about")]
        return None
    if act == "now":
        return _as_shown(_handed)
    if act == "note":
        if not words:
            form.words.errors = [_("Write why they could not be asked")]
        if unplanned := sum(line.ref in form.refs.data and not line.planned for line in listed.lines):
            form.refs.errors = [_plan_first(unplanned)]
        if form.errors:
            return None
        return _as_shown(lambda uow, case: _noted(uow, case, words))
    if not form.to.data:
        form.to.errors = [_("Choose who gets them")]
        return None
    to = uuid.UUID(form.to.data)
    return lambda uow, case: _asked(uow, case, to, words)


def _as_shown(step: Step) -> Step:
    """Let a step be done only to a case that is still planned as the page said."""
    shown = {ref: mark for ref, _, mark in (each.partition(":") for each in request.form.getlist("plan"))}

    def done(uow: UnitOfWork, case: Case) -> Became:
        places = cases.planned(uow, case)
        if places is not None and shown.get(case.ref) != plan_mark(places):
            return Became.CHANGED
        return step(uow, case)

    return done


def _plan_first(count: int) -> str:
    words: str = ngettext(
        "%(num)d of the ticked cases is not planned yet. Choose below who gets it and press “Plan it and ask them”; "
        "then come back to this. Nothing was written down",
        "%(num)d of the ticked cases are not planned yet. Choose below who gets them and press “Plan it and ask them”; "
        "then come back to this. Nothing was written down",
        count,
    )
    return words


def _each(refs: Iterable[str], step: Step) -> Counter[Became]:
    """Do it to each case in a unit of its own, and send the notices that each wants."""
    found: Counter[Became] = Counter()
    for ref in refs:
        became = _one(ref, step)
        found[became] += 1
        if became is Became.ASKED:
            notices.send(ref)
    return found


def _one(ref: str, step: Step) -> Became:
    try:
        with work() as uow:
            return step(uow, cases.find(uow, ref))
    except (Invalid, Conflict, NotFound, IntegrityFault):
        return Became.CANNOT


def _asked(uow: UnitOfWork, case: Case, to: uuid.UUID, words: str) -> Became:
    """Plan that `to` takes a place in it, and ask its person where they have an inbox to be asked in."""
    places = cases.places_after(case, uow.actor.person_id, to, cases.not_gone(uow))
    cases.plan_hand_over(uow, case, places)
    new = cases.newcomers(uow, case, places)
    if not new or cases.standing_now(uow, case, new).said in {Consented.ASKED, Consented.AGREED}:
        return Became.PLANNED
    if not keyring.has_receipt(uow, case.id):
        return Became.PLANNED
    cases.ask_person(uow, case, places, words)
    return Became.ASKED


def _noted(uow: UnitOfWork, case: Case, words: str) -> Became:
    """Write down why the person of a planned hand-over could not be asked, unless they answered already."""
    places = cases.planned(uow, case)
    if places is None:
        return Became.UNPLANNED
    new = cases.newcomers(uow, case, places)
    if not new or cases.standing_now(uow, case, new).said.suffices:
        return Became.WAITS
    cases.note_agreement(uow, case, new, Heard(Noted.NOT_HAD, words))
    return Became.NOTED


def _handed(uow: UnitOfWork, case: Case) -> Became:
    places = cases.planned(uow, case)
    if places is None:
        return Became.UNPLANNED
    try:
        cases.hand_over(uow, case, places)
    except NotAgreed:
        return Became.WAITS
    return Became.DONE


def _taken(uow: UnitOfWork, case: Case) -> Became:
    cases.take_over(uow, case)
    return Became.DONE


def _say(found: Counter[Became]) -> None:
    """Say of how many what became; nothing is passed over in silence."""
    for became, count in sorted(found.items()):
        flash(_words(became, count), "warning" if became in _UNDONE else "message")


def _words(became: Became, count: int) -> str:
    words: dict[Became, str] = {
        Became.DONE: ngettext("%(num)d case changed hands", "%(num)d cases changed hands", count),
        Became.ASKED: ngettext("%(num)d person is asked", "%(num)d people are asked, each in their inbox", count),
        Became.PLANNED: ngettext("%(num)d case is planned", "%(num)d cases are planned", count),
        Became.NOTED: ngettext("Written down for %(num)d case", "Written down for %(num)d cases", count),
        Became.WAITS: ngettext("%(num)d case is not ready yet", "%(num)d cases are not ready yet", count),
        Became.UNPLANNED: ngettext(
            "%(num)d case is not planned yet. Tick it, choose who gets it and press “Plan it and ask them” first",
            "%(num)d cases are not planned yet. Tick them, choose who gets them and press “Plan it and ask them” first",
            count,
        ),
        Became.CHANGED: ngettext(
            "%(num)d case is planned otherwise than when you opened the page. Nothing was changed in it",
            "%(num)d cases are planned otherwise than when you opened the page. Nothing was changed in them",
            count,
        ),
        Became.CANNOT: ngettext("%(num)d case cannot be done so", "%(num)d cases cannot be done so", count),
    }
    return words[became]


def _offer(uow: UnitOfWork, form: ManyForm, listed: HandPage) -> None:
    me = uow.actor.person_id
    form.refs.choices = [SelectChoice(line.ref, line.ref) for line in listed.lines if not line.damaged]
    able = [SelectChoice(str(each.id), candidate_words(each)) for each in cases.everybody_here(uow) if each.id != me]
    form.to.choices = [SelectChoice("", _("Choose somebody")), *able]


def _page(uow: UnitOfWork, form: ManyForm, listed: HandPage) -> str:
    requests, taking = cases.my_requests(uow), cases.to_take_over(uow)
    planned = {person for line in listed.lines if line.planned for person in line.planned.people}
    asking = {person for each in requests for person in (each.to_id, each.by_id)}
    names = keyring.names_vouched_for(uow, accounts.names_of(uow, planned | asking))
    shown: dict[str, Any] = {"listed": listed, "requests": requests, "taking": taking, "names": names}
    shown["plan_mark"] = plan_mark
    return render_template(
        "workspace/hand_over_many.html", form=form, button_form=ButtonForm(formdata=None), **shown, **common(uow)
    )
