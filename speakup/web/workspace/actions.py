"""`/learning/REF`: what is to change, from what was heard to what came of it."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import accounts, cases, learning, organisations, policy, vocabulary
from speakup.cases import Case
from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.learning import Act, LearningAction
from speakup.policy import Permission
from speakup.vocabulary import CodeSet
from speakup.web import action_words, improving
from speakup.web.actors import work
from speakup.web.fields import ButtonForm
from speakup.web.workspace import surface
from speakup.web.workspace.action_forms import LinkForm, WordingForm
from speakup.web.workspace.meanwhile import led_back
from speakup.web.workspace.pages import common

CONFLICT, UNPROCESSABLE = 409, 422


@surface.get("/learning/tell")
def people_to_tell() -> ResponseReturnValue:
    """List whom of my cases I am to tell what changed."""
    damaged: list[Case] = []
    with work() as uow:
        lines, shared = cases.people_to_tell(uow, damaged), common(uow)
    return render_template("workspace/people_to_tell.html", lines=lines, damaged=damaged, **shared)


@surface.route("/learning/new", methods=["GET", "POST"])
def propose() -> ResponseReturnValue:
    """Propose an action that several cases led to, one, or none."""
    return _proposed("")


@surface.route("/cases/<ref>/learning/new", methods=["GET", "POST"])
def propose_from(ref: str) -> ResponseReturnValue:
    """Propose an action that this case led to, and perhaps others."""
    return _proposed(ref)


@surface.get("/learning/<ref>")
def action(ref: str) -> ResponseReturnValue:
    with work() as uow:
        found = learning.find(uow, ref)
        return render_template("workspace/action.html", action=found, form=ButtonForm(), **_shown(uow, found))


@surface.route("/learning/<ref>/words", methods=["GET", "POST"])
def revise_action(ref: str) -> ResponseReturnValue:
    """Write its words anew. What a colleague wrote meanwhile is shown before it is written over."""
    form = WordingForm()
    with work() as uow:
        found = learning.find(uow, ref)
        if not learning.may_act(uow.actor, found, Act.REVISE):
            return led_back(ref)
        form.prepare(uow, found)
        if not form.is_submitted():
            form.show(found)
        became = _revised(uow, found, form) if form.validate_on_submit() else form.status
        if became != DONE:
            shown = {"action": found, "meanwhile": became == CONFLICT, "from_case": "", **common(uow)}
            return render_template("workspace/action_words.html", form=form, **shown), became
    flash(_("Saved"))
    return redirect(url_for(".action", ref=ref))


@surface.route("/learning/<ref>/cases", methods=["GET", "POST"])
def link_cases(ref: str) -> ResponseReturnValue:
    """Note that other cases led to it, too. Its words are held against theirs."""
    form = LinkForm()
    with work() as uow:
        found = learning.find(uow, ref)
        form.hold(found)
        if not (form.validate_on_submit() and _linked(uow, found, form)):
            shown = {"action": found, **common(uow)}
            return render_template("workspace/action_cases.html", form=form, **shown), form.status
    flash(_("Linked. Whoever is on the case can see it there"))
    return redirect(url_for(".action", ref=ref))


DONE = 303
"""What leads on to the next page."""


def _proposed(ref: str) -> ResponseReturnValue:
    form = WordingForm()
    with work() as uow:
        policy.require(uow.actor, Permission.LEARNING_PROPOSE)
        case = cases.find(uow, ref) if ref else None
        form.prepare(uow)
        if case is not None and not form.is_submitted():
            form.cases.data = case.ref
        made = _made(uow, form) if form.validate_on_submit() else None
        if made is None:
            keeps = policy.allows(uow.actor, Permission.LEARNING_KEEP)
            shown = {"from_case": ref, "action": None, "meanwhile": False, "keeps": keeps, **common(uow)}
            return render_template("workspace/action_words.html", form=form, **shown), form.status
    flash(_("Proposed. It begins once a guardian agrees who sees to it and until when"))
    return redirect(url_for(".action", ref=made.ref))


def _made(uow: UnitOfWork, form: WordingForm) -> LearningAction | None:
    led = form.found_cases(uow)
    if led is None or not form.passes(uow, lambda: [each.id for each in led]):
        return None
    try:
        return cases.propose_from_cases(uow, led, form.wording)
    except Invalid as refused:
        form.blame(refused)
        return None


def _revised(uow: UnitOfWork, found: LearningAction, form: WordingForm) -> int:
    """Write it anew; return the status of the page that follows, `DONE` where it was written."""
    if form.revision.number != found.revision:
        form.revision.data = str(found.revision)
        return CONFLICT
    if not form.passes(uow, lambda: cases.linked_case_ids(uow, found)):
        return 200
    try:
        learning.revise_action(uow, found, form.wording, found.revision)
    except Invalid as refused:
        form.blame(refused)
        return UNPROCESSABLE
    return DONE


def _linked(uow: UnitOfWork, found: LearningAction, form: LinkForm) -> bool:
    led = form.found_cases(uow)
    if led is None:
        return False
    if not led:
        form.cases.errors = [_("Write the reference of a case")]
        return False
    kept_out = cases.owner_is_kept_out(uow, led, found)
    if not form.passes(uow, lambda: [each.id for each in led], kept_out=kept_out):
        return False
    cases.link_cases(uow, led, found)
    return True


def _shown(uow: UnitOfWork, found: LearningAction) -> dict[str, Any]:
    history = learning.history(uow, found)
    people: set[uuid.UUID] = {found.author_id, *(each.by_id for each in history)}
    people.update(each for each in (found.owner_id, found.ended_by) if each)
    damaged: list[Case] = []
    return {
        "history": history,
        "names": accounts.names_of(uow, people),
        "owner_left": bool(found.owner_id and accounts.gone(uow, [found.owner_id])),
        "linked": cases.linked_cases(uow, found, damaged),
        "damaged": damaged,
        "may": frozenset(act.value for act in Act if learning.may_act(uow.actor, found, act)),
        "missing": _missing(uow, found),
        "files": learning.evidence(uow, found),
        "statements": len(learning.statements(uow, found)),
        "theme": vocabulary.names(uow, CodeSet.THEME, _named_on(found)).get(found.theme or "", ""),
        "directorate": organisations.find_directorate(uow, found.directorate_id).name if found.directorate_id else "",
        "days_late": (uow.today - found.due_on).days if _is_late(uow, found) and found.due_on else 0,
        "moves": action_words.MOVES,
        "today": uow.today,
        "improvement": improving.shown(uow, found),
        **common(uow),
    }


def _named_on(found: LearningAction) -> Any:  # noqa: ANN401 -- a day
    """Return the day whose names count: a theme keeps what it was called when it was agreed."""
    return found.agreed_on or found.proposed_month


def _is_late(uow: UnitOfWork, found: LearningAction) -> bool:
    return found.due_on is not None and found.due_on < uow.today and found.state not in learning.DONE


def _missing(uow: UnitOfWork, found: LearningAction) -> list[Any]:
    """Say what the next step still needs, in words."""
    lacking = {each for move in learning.ways_on(found.state) for each in learning.missing(uow, found, move.act)}
    return [action_words.MISSING[each] for each in action_words.MISSING if each in lacking]
