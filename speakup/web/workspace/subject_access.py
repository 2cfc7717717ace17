"""`/subject-access`: answering somebody who asks what is held about them, without telling who spoke up.

Four steps: whom it is about; the sentences found, each to be ticked and put into words that may be given; all of it
once more; and then it is written down and can be printed. What was typed stands in no address.
"""

import uuid
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.http import dump_options_header
from wtforms import FormField

from speakup import cases, policy
from speakup.cases import NARRATIVE_LIMIT, AccessRequest
from speakup.kernel.errors import Conflict, Invalid
from speakup.policy import Permission
from speakup.web import labels
from speakup.web.actors import work
from speakup.web.downloads import offered_for_keeping
from speakup.web.fields import AtMost, ButtonForm, Needed, NoCase, PlainForm
from speakup.web.lines import DayForm, Line, Lines, without_controls
from speakup.web.workspace import surface
from speakup.web.workspace.access_word import Answer, answer_in_word
from speakup.web.workspace.pages import common
from speakup.web.workspace.search import WHERE

PAGE = 20
BAD_REQUEST, UNPROCESSABLE, CONFLICT = 400, 422, 409


class AccessForm(PlainForm):
    """Who asks."""

    name = Line(
        _("Name of the person who asks"), validators=[Needed(_("Write the name of the person who asks")), AtMost(120)]
    )
    spellings = Lines(
        _("Other names or spellings"),
        description=_("One a line: a name from before, a short form, how others misspell it."),
        validators=[AtMost(1000)],
    )
    asked_on = FormField(DayForm, _("Day they asked"), description=_("Leave it empty for today."))


@surface.route("/subject-access", methods=["GET", "POST"])
def subject_access() -> ResponseReturnValue:
    form = AccessForm()
    if form.validate_on_submit():
        opened = _opened(form)
        if opened is not None:
            return redirect(url_for(".access_request", id=opened), code=303)
    with work(writes=False) as uow:
        policy.require(uow.actor, Permission.CASE_SUBJECT_ACCESS)
        shown = {"requests": cases.my_access_requests(uow), "today": uow.today, **common(uow)}
    status = form.status
    return render_template("workspace/access.html", form=form, **shown), status


@surface.route("/subject-access/<uuid:id>", methods=["GET", "POST"])
def access_request(id: uuid.UUID) -> ResponseReturnValue:
    """Show some of the sentences, and keep what was chosen."""
    form = ButtonForm()
    with work(writes=False) as uow:
        found, shared = cases.find_access_request(uow, id), common(uow)
    if found.given_on is not None:
        return redirect(url_for(".access_given", id=id))
    pages = max(1, -(-len(found.passages) // PAGE))
    page = _page(request.args.get("page", ""), pages)
    chosen = _chosen(found, page) if form.is_submitted() else {}
    if not form.validate_on_submit():
        return _passages_page(found, page, pages, chosen, shared, status=BAD_REQUEST if form.is_submitted() else 200)
    if faults := _faults(chosen):
        return _passages_page(found, page, pages, chosen, shared, faults=faults, status=UNPROCESSABLE)
    try:
        with work() as uow:
            cases.choose_passages(uow, id, chosen, _revision())
    except Conflict:
        return _passages_page(found, page, pages, chosen, shared, changed=True, status=CONFLICT)
    onward = {"id": id, "page": page + 1} if "next" in request.form else {"id": id}
    return redirect(url_for(".access_request" if "next" in request.form else ".access_given", **onward), code=303)


@surface.route("/subject-access/<uuid:id>/given", methods=["GET", "POST"])
def access_given(id: uuid.UUID) -> ResponseReturnValue:
    """Show what is to be given, or was, to be printed."""
    form, refused = ButtonForm(), ""
    if form.validate_on_submit():
        try:
            with work() as uow:
                cases.give_passages(uow, id, _revision(), looked_over="looked" in request.form)
            return redirect(url_for(".access_given", id=id), code=303)
        except Invalid as fault:
            refused = gettext("Look at what is marked below, and change it; or tick that you have looked at it")
            if fault.reason == "names a case":
                refused = gettext("Go back, and take the reference of a case out of what is marked")
        except Conflict:
            refused = gettext("It was changed in another window meanwhile. Look through it once more")
    with work(writes=False) as uow:
        found, shared = cases.find_access_request(uow, id), common(uow)
    status = UNPROCESSABLE if refused else BAD_REQUEST if form.is_submitted() else 200
    page = render_template("workspace/access_given.html", form=form, request_=found, refused=refused, **shared)
    return page, status


@surface.get("/subject-access/<uuid:id>/text")
def access_text(id: uuid.UUID) -> ResponseReturnValue:
    """Give what was given as plain text."""
    with work(writes=False) as uow:
        found = cases.find_access_request(uow, id)
    if found.given_on is None:
        return redirect(url_for(".access_request", id=id))
    numbered = (f"{number}. {each.given}" for number, each in enumerate(found.ticked, 1))
    response = Response("\r\n\r\n".join(numbered) + "\r\n", mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": "answer.txt"})
    return response


@surface.get("/subject-access/<uuid:id>/word")
def access_word(id: uuid.UUID) -> ResponseReturnValue:
    """Give what was given as a Word file, with what was left out blacked out."""
    with work(writes=False) as uow:
        found = cases.find_access_request(uow, id)
    if found.given_on is None:
        return redirect(url_for(".access_request", id=id))
    dates = {"asked": labels.long_day(found.asked_on), "answered": labels.long_day(found.given_on)}
    answer = Answer(
        title=gettext("What is held about you"),
        about=gettext("For: %(name)s", name=found.name),
        dates=gettext("Asked on %(asked)s, answered on %(answered)s.", **dates),
        blank=_blank(),
        blank_means=gettext("Where it says %(blank)s, something could tell who somebody else is.", blank=_blank()),
        heading=gettext("What is given"),
        given=[each.given for each in found.ticked],
        nothing=gettext("Nothing that may be given is held."),
    )
    return offered_for_keeping("answer.docx", answer_in_word(answer))


@surface.post("/subject-access/<uuid:id>/forget")
def forget_request(id: uuid.UUID) -> ResponseReturnValue:
    if not ButtonForm().validate_on_submit():
        return redirect(url_for(".subject_access"))
    with work() as uow:
        cases.drop_access_request(uow, id)
    flash(gettext("The request is forgotten here."))
    return redirect(url_for(".subject_access"), code=303)


def _blank() -> str:
    """Return what stands where words are left out."""
    return str(gettext("[left out]"))


def _opened(form: AccessForm) -> uuid.UUID | None:
    """Look through the cases, and keep what was found; None leaves a sentence in the form."""
    spellings = [each for each in (form.spellings.data or "").splitlines() if each.strip()]
    try:
        with work(writes=False) as uow:
            asked_on = form.asked_on.form.written or uow.today
            looked = cases.look_for(uow, form.name.data or "", spellings, asked_on, _blank())
    except Invalid as refused:
        if refused.field == "asked_on":
            form.asked_on.form.day.errors = [gettext("They cannot have asked on a day still to come")]
        else:
            form.name.errors = [gettext("Write the name of the person who asks")]
        return None
    with work() as uow:
        return cases.open_access_request(uow, looked)


def _page(asked: str, pages: int) -> int:
    return min(int(asked), pages) if asked.isdecimal() and len(asked) < 5 and int(asked) else 1  # noqa: PLR2004 -- so many pages there are not


def _revision() -> int:
    read = request.form.get("revision", "")
    return int(read) if read.isdecimal() and len(read) < 9 else -1  # noqa: PLR2004 -- no number of ours is longer


def _chosen(found: AccessRequest, page: int) -> dict[int, tuple[bool, str]]:
    """Return what was ticked and written on one page, by the place of each sentence; however long it is."""
    places = range(PAGE * (page - 1), min(PAGE * page, len(found.passages)))
    written = {place: without_controls(request.form.get(f"text-{place}", "")) for place in places}
    return {
        place: (f"give-{place}" in request.form, words)
        for place, words in written.items()
        if f"text-{place}" in request.form
    }


def _faults(chosen: Mapping[int, tuple[bool, str]]) -> dict[int, str]:
    """Say what is wrong with each of the texts, by its place. A case may be named where nothing of it is given."""
    said = {place: _too_long(len(words)) or (NoCase.fault(words) if ticked else "")
            for place, (ticked, words) in chosen.items()}  # fmt: skip
    return {place: fault for place, fault in said.items() if fault}


def _too_long(length: int) -> str:
    if length <= NARRATIVE_LIMIT:
        return ""
    return str(
        gettext(
            "This is %(over)s characters too long. Nothing was saved, and every word is still below. Make it shorter, "
            "or split it.",
            over=f"{length - NARRATIVE_LIMIT:,}",
        )
    )


def _passages_page(
    found: AccessRequest,
    page: int,
    pages: int,
    chosen: Mapping[int, tuple[bool, str]],
    shared: Mapping[str, Any],
    *,
    faults: Mapping[int, str] = MappingProxyType({}),
    changed: bool = False,
    status: int = 200,
) -> ResponseReturnValue:
    start = PAGE * (page - 1)
    shown: Sequence[Any] = [
        (place, each, *chosen.get(place, (each.ticked, each.given)))
        for place, each in enumerate(found.passages[start : start + PAGE], start)
    ]
    words = render_template(
        "workspace/access_request.html", form=ButtonForm(), request_=found, passages=shown, page=page, pages=pages,
        changed=changed, where_names=WHERE, faults=faults, **shared,
    )  # fmt: skip
    return words, status
