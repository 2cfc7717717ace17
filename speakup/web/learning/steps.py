"""What whoever sees to an action does: an update, a start, a question, evidence, done, and handing it on.

Each acts in a unit of work that an error undoes whole, and then shows its page again with every word kept.
"""

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from speakup import learning, organisations
from speakup.accounts import PersonDetails
from speakup.gateways.sealed_files import StoredFile
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.learning import ActionState, LearningAction, NotYet
from speakup.web import attachments
from speakup.web.actors import keyless_work, organisation_id, public_work
from speakup.web.fields import ButtonForm, PlainForm
from speakup.web.learning import surface
from speakup.web.learning.forms import DoneForm, EvidenceForm, HandOnForm, QuestionForm, UpdateForm
from speakup.web.learning.pages import page_of, step_page

Do = Callable[[UnitOfWork, LearningAction], object]
DoWithFiles = Callable[[UnitOfWork, LearningAction, list[StoredFile], str], object]


@surface.post("/actions/<ref>")
def update(ref: str) -> ResponseReturnValue:
    """Say how far it is."""
    form = UpdateForm()
    if form.validate_on_submit() and _done(ref, form, lambda uow, row: learning.add_update(uow, row, form.text.data)):
        flash(_("Saved. Thank you"))
        return redirect(url_for(".action", ref=ref))
    return page_of(ref, form)


@surface.post("/actions/<ref>/start")
def start(ref: str) -> ResponseReturnValue:
    """Say that work has begun."""
    form = ButtonForm()
    if form.validate_on_submit() and _done(ref, form, learning.start):
        flash(_("Noted that it has begun"))
    return redirect(url_for(".action", ref=ref))


@surface.route("/actions/<ref>/question", methods=["GET", "POST"])
def question(ref: str) -> ResponseReturnValue:
    """Ask the guardians."""
    form = QuestionForm()
    if form.validate_on_submit() and _done(ref, form, lambda uow, row: learning.ask_guardian(uow, row, form.text.data)):
        flash(_("Asked. You get a letter when a guardian has answered"))
        return redirect(url_for(".action", ref=ref))
    return step_page(ref, "question", form)


@surface.route("/actions/<ref>/evidence", methods=["GET", "POST"])
def evidence(ref: str) -> ResponseReturnValue:
    """Show that something was done."""
    _allow_files()
    return _with_files(ref, EvidenceForm(), learning.attach_evidence, _("Kept with the action"))


@surface.route("/actions/<ref>/done", methods=["GET", "POST"])
def done(ref: str) -> ResponseReturnValue:
    """Say that what was to change has changed, and how that can be seen."""
    _allow_files()
    said = _("Thank you. The guardians look at whether it makes a difference")
    return _with_files(ref, DoneForm(), _finish, said)


@surface.route("/actions/<ref>/hand-on", methods=["GET", "POST"])
def hand_on(ref: str) -> ResponseReturnValue:
    """Give it to somebody else to see to."""
    form = HandOnForm()

    def give(uow: UnitOfWork, row: LearningAction) -> None:
        learning.hand_on_to(uow, row, PersonDetails(form.email.data, form.name.data), form.text.data)

    if form.validate_on_submit() and _done(ref, form, give):
        flash(_("Handed on. They get a letter, and you no longer see it here"))
        return redirect(url_for(".actions"))
    return step_page(ref, "hand_on", form)


def _finish(uow: UnitOfWork, row: LearningAction, files: list[StoredFile], text: str) -> None:
    """Note that it is done; work on it may have begun without a word here."""
    if row.state is ActionState.AGREED:
        learning.start(uow, row)
    if files:
        learning.attach_evidence(uow, row, files, text)
    learning.implement(uow, row, "" if files else text)


def _with_files(ref: str, form: EvidenceForm, do: DoWithFiles, said: str) -> ResponseReturnValue:
    """Take files in before any unit of work begins, then do what they are for."""
    if not form.validate_on_submit():
        return step_page(ref, form.page, form)
    with keyless_work(writes=False) as uow:
        learning.find_owned(uow, ref)
    stored = _taken_in(form)
    if form.errors or not _done(ref, form, lambda uow, row: do(uow, row, stored, form.text.data or "")):
        attachments.forget(organisation_id(), stored)
        return step_page(ref, form.page, form)
    flash(said)
    return redirect(url_for(".action", ref=ref))


def _taken_in(form: EvidenceForm) -> list[StoredFile]:
    """Clean, scan and seal what was chosen; say in the form what was not kept."""
    with public_work() as uow:
        organisation = organisations.here(uow)
    chosen = attachments.chosen("files")
    limit, room = organisation.file_size_limit, organisation.file_count_limit
    incoming = attachments.take_in(chosen, organisation.id, limit, room, as_they_are=False)
    if incoming.refusals:
        form.files.errors = [*incoming.refusals, _("Nothing was kept yet. Choose the files once more")]
    return incoming.stored


def _allow_files() -> None:
    """Let a post with files be as large as they may be. Called before the form reads the body."""
    if request.mimetype == "multipart/form-data":
        with public_work() as uow:
            attachments.allow_files(organisations.here(uow))


def _done(ref: str, form: PlainForm, do: Do) -> bool:
    """Do one thing whole or not at all; say in the form what stood in the way."""
    try:
        with keyless_work() as uow:
            do(uow, learning.find_owned(uow, ref))
    except NotYet:
        _say(form, "text", _("Write how anybody can see that it is done, or add a file that shows it"))
    except Invalid as refused:
        _say(form, refused.field, str(_SENTENCES.get((refused.field, refused.reason), _("Write it in other words"))))
    except Conflict:
        form.form_errors.append(_("This cannot be done with it now: a guardian may have moved it on. Go back and look"))
    else:
        return True
    return False


def _say(form: PlainForm, name: str, words: str) -> None:
    """Put a sentence where it belongs: with its field, or with the form where the page has no such field."""
    field = _ASKED_AS.get(name, name)
    if field in form:
        form[field].errors = [words]
    else:
        form.form_errors.append(words)


_ASKED_AS = {"owner": "email"}
"""Fields of the form by what an operation calls them."""

_SENTENCES = {
    ("email", "not an address"): lazy_gettext("Write an e-mail address, like name@nhs.net"),
    ("email", "not of here"): lazy_gettext(
        "Write an address of this organisation. For somebody from outside, ask the guardians"
    ),
    ("email", "left"): lazy_gettext("They do not work here any more. Choose somebody else, or ask the guardians"),
    ("owner", "has it"): lazy_gettext("You have it already. Write the address of whoever takes it over"),
    ("files", "too many"): lazy_gettext("That is too much at once. Send fewer files"),
    ("text", "empty"): lazy_gettext("Write something, or add a file"),
}
