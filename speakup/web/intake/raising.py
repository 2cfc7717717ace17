"""The form: one question a page, all at one address.

A post keeps what was typed before anything is judged, then sends the browser back with a GET, so that no page of the
form is ever the answer to a post and the Back button never asks to send something again.
"""

from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from speakup import cases, organisations
from speakup.cases import DraftContent, StoredFile
from speakup.gateways.sealed_files import blob_name
from speakup.kernel.actor import system
from speakup.kernel.errors import NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.organisations import Organisation
from speakup.web import attachments, danger, file_words
from speakup.web.actors import organisation_id, public_work, work_as
from speakup.web.attachments import Incoming
from speakup.web.cookies import DRAFT
from speakup.web.fields import PlainForm, names_of_fields, token_fits
from speakup.web.intake import checking, kept_out, pausing, sending, steps, surface
from speakup.web.intake.concern import form_of, somebody_is_left
from speakup.web.intake.forms import ExcludeForm, FilesForm
from speakup.web.intake.opening import alerts_guardians, intake_open, why_closed
from speakup.web.intake.steps import BY_NAME, CHECK, FIRST, Place, Step
from speakup.web.site import site

_REMOVE = "remove-"
_KEPT_AT_MOST = 2 * cases.NARRATIVE_LIMIT
"""Characters of one question that a draft keeps. More goes back to whoever typed it, and fills no disk."""


@dataclass(slots=True)
class Shown:
    """What a step's page shows."""

    step: Step
    form: PlainForm
    context: dict[str, Any] = field(default_factory=dict, repr=False)


@surface.get("/raise")
def form() -> ResponseReturnValue:
    place = Place.read(DRAFT.read())
    with public_work() as uow:
        organisation = organisations.here(uow)
        draft = _draft(uow, place)
        if draft is not None and draft.sent is not None:
            return redirect(url_for("intake.sent"), 303)
        if draft is not None and draft.parked:
            return pausing.page(organisation, draft)
        if draft is None and not intake_open(uow, organisation):
            return _closed(uow, organisation)
        at = place.seen(draft, back=steps.went_back(request)) if place and draft else Place("")
        shown = _prepared(uow, organisation, at, draft)
    response = make_response(_rendered(shown))
    if draft is not None and at != place:
        DRAFT.put(response, at.written())
    return response


@surface.post("/raise")
def answer() -> ResponseReturnValue:
    _allow_files()
    if request.form.get("step") == pausing.STEP:
        return pausing.go_on()
    step = BY_NAME.get(request.form.get("step", ""))
    if step is None:
        abort(400)
    if not token_fits():
        return _again(step, 400)
    if step is CHECK and request.form.get("to") == "send":
        return sending.send()
    if sum(map(len, chain.from_iterable(_typed(step).values()))) > _KEPT_AT_MOST:
        return _again(step, 422)
    return _keep(step, request.form.get("to", "next"))


def _keep(step: Step, to: str) -> ResponseReturnValue:
    """Keep this step's answers, whatever they are worth, and go where the button says."""
    incoming = _incoming(step, to)
    removed: list[StoredFile] = []
    with public_work(writes=True) as uow:
        place, started = _place(uow)
        if place is None:
            return _closed(uow, organisations.here(uow))
        draft = cases.read_draft(uow, place.token)
        if draft.sent is not None or draft.parked:
            return _again(step, 409, _already_sent())
        if not started and request.form.get("draft", draft.mark) != draft.mark:
            attachments.forget(organisation_id(), incoming.stored)
            return _again(step, 409, _another_is_open())
        draft = _saved(uow, place, step, incoming)
        if step.name == "files" and to.startswith(_REMOVE):
            removed = _removed(uow, place, draft, to.removeprefix(_REMOVE))
        begun_again = started and step is not FIRST
        here = replace(place, step=step)
        # Who may know is asked again, and first: it must never be another way than the one somebody chose before.
        place = replace(here, step=FIRST, fresh=True) if begun_again else _next(uow, here, draft, to, incoming)
    attachments.forget(organisation_id(), removed)
    if begun_again:
        flash(
            gettext(
                "You were away for over two hours, so earlier answers are gone. The last one is kept. "
                "Please choose again how you want to tell us."
            ),
            "trouble",
        )
    if to == "pause":
        return pausing.pause(place)
    return _redirect(place)


def _next(uow: UnitOfWork, here: Place, draft: DraftContent, to: str, incoming: Incoming) -> Place:
    """Decide which page follows. Back and Change name their step and judge nothing; Continue judges first."""
    returning = "returning" in request.form
    if to in BY_NAME:
        return replace(here, step=BY_NAME[to], fresh=True, troubled=False, returning=here.step is CHECK)
    files_only = here.step.name == "files" and (to == "add" or to.startswith(_REMOVE) or bool(incoming.refusals))
    if files_only or to == "pause":
        return replace(here, fresh=True, troubled=bool(incoming.refusals), returning=returning)
    if here.step is not CHECK and not _good(uow, form_of(uow, here.step, draft), draft):
        return replace(here, fresh=True, troubled=True, returning=returning)
    follows = _unasked(here.step, draft) if returning else steps.after(draft, here.step)
    return replace(here, step=follows, fresh=True, troubled=False, returning=returning and follows is not CHECK)


def _unasked(step: Step, draft: DraftContent) -> Step:
    """After a change: back to checking, unless the change brought up a question that was not asked before."""
    reach = BY_NAME["reach"]
    owed = step is FIRST and reach in steps.asked(draft) and reach.name not in draft.answers
    return reach if owed else CHECK


def _good(uow: UnitOfWork, form: PlainForm, draft: DraftContent) -> bool:
    """Judge a step's answers, and leave on the form what is wrong with them."""
    if not form.validate():
        return False
    if isinstance(form, ExcludeForm) and not somebody_is_left(uow, form, draft):
        form.people.errors = [kept_out.too_many(uow, form, draft)]
        return False
    return True


def _draft(uow: UnitOfWork, place: Place | None) -> DraftContent | None:
    if place is None:
        return None
    try:
        return cases.read_draft(uow, place.token)
    except NotFound:
        return None


def _place(uow: UnitOfWork) -> tuple[Place | None, bool]:
    """Return where this browser is, and whether a draft had to be begun for it; no place while the form is closed."""
    place = Place.read(DRAFT.read())
    if place is not None and _draft(uow, place) is not None:
        return place, False
    if not intake_open(uow, organisations.here(uow)):
        return None, False
    return Place(cases.start_draft(uow)), True


def _saved(uow: UnitOfWork, place: Place, step: Step, incoming: Incoming) -> DraftContent:
    if step is CHECK:
        return cases.read_draft(uow, place.token)
    for stored in incoming.stored:
        cases.add_file(uow, place.token, stored)
    answers = {"refused": incoming.refusals} if step.name == "files" else _typed(step)
    return cases.save_answers(uow, place.token, step.name, answers)


def _typed(step: Step) -> dict[str, list[str]]:
    """Return what was posted for this step's fields, and nothing else."""
    names = names_of_fields(step.form)  # type: ignore[arg-type]  # The forms' metaclass hides that classes have a hash.
    return {name: request.form.getlist(name) for name in names if name in request.form}


def _removed(uow: UnitOfWork, place: Place, draft: DraftContent, wanted: str) -> list[StoredFile]:
    """Take one file out, named by itself and not by its place in a list that another tab may have changed."""
    position = next((n for n, each in enumerate(draft.files) if each.blob_id.hex == wanted), None)
    return [] if position is None else [cases.remove_file(uow, place.token, position)]


def _allow_files() -> None:
    if request.mimetype == "multipart/form-data":
        with public_work() as uow:
            attachments.allow_files(organisations.here(uow))


def _incoming(step: Step, to: str) -> Incoming:
    files = attachments.chosen("files") if step.name == "files" else []
    if not files:
        return Incoming([], [file_words.none_chosen()] if step.name == "files" and to == "add" else [])
    with public_work() as uow:
        organisation = organisations.here(uow)
        draft = _draft(uow, Place.read(DRAFT.read()))
    room = organisation.file_count_limit - (len(draft.files) if draft else 0)
    agreed = "as_they_are" in request.form
    return attachments.take_in(
        files, organisation.id, organisation.file_size_limit, room, as_they_are=agreed, space=_space(files)
    )


def _space(files: list[FileStorage]) -> int:
    """Return how many bytes may be added to drafts, cleared of those that ran out where these files need it."""
    needed = sum(attachments.size(each) for each in files)
    with public_work() as uow:
        space = cases.room_for_files(uow)
    if space >= needed:
        return space
    _clear_drafts()
    with public_work() as uow:
        return cases.room_for_files(uow)


def _clear_drafts() -> None:
    """Delete drafts that have run out, and their files, before the night does: their room is needed now."""
    with work_as(system(organisation_id())) as uow:
        lost = cases.sweep_drafts(uow)
    for row in lost:
        site().blobs.delete(blob_name(row.organisation_id, row.id))


def _prepared(uow: UnitOfWork, organisation: Organisation, at: Place, draft: DraftContent | None) -> Shown:
    form = form_of(uow, at.step, draft, shown=True)
    if at.troubled and draft is not None:
        _good(uow, form, draft)
    return _shown(uow, organisation, at, form, draft)


def _shown(
    uow: UnitOfWork, organisation: Organisation, at: Place, form: PlainForm, draft: DraftContent | None
) -> Shown:
    now = danger.read(uow, organisation)
    if isinstance(form, FilesForm) and draft is not None and at.troubled:
        form.files.errors = steps.answered(draft, "files").get("refused", [])
    context: dict[str, Any] = {
        "organisation": organisation,
        "sites": now.sites,
        "next_look": now.next_look,
        "alerts": alerts_guardians(),
        "returning": at.returning,
        "back": CHECK if at.returning else steps.before(draft, at.step),
        "count": len(steps.STEPS),
        "files": draft.files if draft else [],
        "mark": draft.mark if draft else "",
    }
    if at.step is CHECK and draft is not None:
        context.update(checking.context(uow, draft))
    return Shown(at.step, form, context)


def _rendered(shown: Shown) -> str:
    return render_template(f"intake/{shown.step.name}.html", step=shown.step, form=shown.form, **shown.context)


def _again(step: Step, status: int, *words: str) -> ResponseReturnValue:
    """Give a post back as it came, with every word in its box, stored nowhere."""
    form = step.form(formdata=request.form)
    with public_work() as uow:
        form.prepare(uow, shown=True)
        form.validate()
        if words:
            form.form_errors.extend(words)
        place = Place.read(DRAFT.read())
        draft = _draft(uow, place)
        if step is CHECK and draft is None:
            return redirect(url_for("intake.form"), 303)
        at = replace(place or Place(""), step=step, returning="returning" in request.form, troubled=False)
        shown = _shown(uow, organisations.here(uow), at, form, draft)
    if isinstance(form, FilesForm) and attachments.chosen("files"):
        form.form_errors.append(gettext("Choose your files again: a page cannot keep them."))
    return make_response(_rendered(shown), status)


def _already_sent() -> str:
    words = gettext(
        "You have already sent this, or put it aside. What you wrote here is not part of it. "
        "Copy it, then use Follow up with your seven words."
    )
    return str(words)


def _another_is_open() -> str:
    words = gettext(
        "Something else has been opened in this browser since. What you wrote here is not part of it, and is not kept. "
        "Copy it first. If you go on, it takes the place of the answer that is there."
    )
    return str(words)


def _closed(uow: UnitOfWork, organisation: Organisation) -> ResponseReturnValue:
    now = danger.read(uow, organisation)
    kept = checking.given_back()
    page = render_template(
        "intake/closed.html",
        organisation=organisation,
        sites=now.sites,
        next_look=now.next_look,
        why_closed=why_closed(uow, organisation) or "",
        **kept,
    )
    return page, 503 if request.method == "POST" else 200


def _redirect(place: Place) -> ResponseReturnValue:
    response = redirect(url_for("intake.form"), 303)
    DRAFT.put(response, place.written())
    return response
