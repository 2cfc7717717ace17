"""The steps of a case: answering, noting, naming, telling."""

from collections.abc import Callable, Collection
from functools import partial

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import cases, keyring, learning, organisations
from speakup.cases import Case, CaseState, CaseView, StoredFile
from speakup.kernel.uow import UnitOfWork
from speakup.web import attachments, notices
from speakup.web.actors import public_work, work
from speakup.web.fields import ButtonForm
from speakup.web.workspace import meanwhile, surface
from speakup.web.workspace.forms import MessageForm, NoteForm, ReplyForm, TitleForm
from speakup.web.workspace.pages import common, found_case
from speakup.web.workspace.steps import Step, turned_away

CONFLICT = 409
ANSWERED = frozenset(CaseState) - {CaseState.NEW, CaseState.CLOSED}
"""What a case may be when somebody else has answered in it, and it can be answered again."""

Send = Callable[[UnitOfWork, Case, str], None]


@surface.route("/cases/<ref>/acknowledge", methods=["GET", "POST"])
def acknowledge(ref: str) -> ResponseReturnValue:
    return _message(ref, cases.acknowledge, "acknowledge")


@surface.route("/cases/<ref>/reply", methods=["GET", "POST"])
def reply(ref: str) -> ResponseReturnValue:
    """Answer the person, with files where there are any: they are cleaned before any unit of work begins."""
    with public_work() as uow:
        organisation = organisations.here(uow)
    if request.mimetype == "multipart/form-data":
        attachments.allow_files(organisation)
    form = ReplyForm()
    chosen = attachments.chosen("files")
    if not chosen or not form.validate_on_submit():
        return _message(ref, cases.reply, "reply", form)
    limit, count = organisation.file_size_limit, organisation.file_count_limit
    incoming = attachments.take_in(chosen, organisation.id, limit, count, as_they_are=False)
    if incoming.refusals:
        attachments.forget(organisation.id, incoming.stored)
        form.files.errors = [*incoming.refusals, _("Nothing was sent yet. Choose the files you want once more")]
        return _message(ref, cases.reply, "reply", form, refused=True)
    return _message(ref, partial(cases.reply, attached=incoming.stored), "reply", form, stored=incoming.stored)


@surface.route("/cases/<ref>/outcome", methods=["GET", "POST"])
def outcome(ref: str) -> ResponseReturnValue:
    return _message(ref, cases.tell_person, "outcome")


@surface.post("/cases/<ref>/notice")
def send_notice(ref: str) -> ResponseReturnValue:
    """Try again to send a notice that waits."""
    with work(writes=False) as uow:
        cases.find(uow, ref)
    if ButtonForm().pressed():
        notices.send_and_say(ref)
    return redirect(url_for(".case_page", ref=ref))


@surface.route("/cases/<ref>/notes/new", methods=["GET", "POST"])
def add_note(ref: str) -> ResponseReturnValue:
    form = NoteForm()
    with work() as uow:
        case, shared = found_case(uow, ref)
        if not form.is_submitted() and (refusal := turned_away(Step.NOTE, case)):
            return refusal
        if not form.validate_on_submit():
            return render_template("workspace/note.html", form=form, case=case, **shared), form.status
        cases.add_note(uow, case, form.text.data or "")
    flash(_("Note saved"))
    return redirect(url_for(".case_page", ref=ref, _anchor="notes"))


@surface.route("/cases/<ref>/title", methods=["GET", "POST"])
def title(ref: str) -> ResponseReturnValue:
    """Name the case. What a colleague called it meanwhile is shown before it is called anything else."""
    form = TitleForm()
    with work() as uow:
        case, shared = found_case(uow, ref)
        if not form.validate_on_submit():
            if not form.is_submitted():
                form.text.data = form.read.data = cases.title_of(uow, case)
            return render_template("workspace/title.html", form=form, case=case, **shared), form.status
        called = cases.title_of(uow, case)
        if called != form.read.data:
            form.read.data = called
            return render_template("workspace/title.html", form=form, case=case, called=called, **shared), CONFLICT
        cases.title_case(uow, case, form.text.data or "")
    flash(_("Title saved"))
    return redirect(url_for(".case_page", ref=ref))


def _answered_meanwhile(uow: UnitOfWork, view: CaseView, form: MessageForm, purpose: str) -> ResponseReturnValue:
    """Show what a colleague wrote first, with the words typed ready to go, if they still fit.

    What was to acknowledge goes as a reply, since it has been acknowledged.
    """
    form.read.data = str(meanwhile.said_by_guardians(view))
    shown = {"view": view, "meanwhile": True, "helpful": learning.for_guardian(uow), **common(uow)}
    purpose = "reply" if purpose == "acknowledge" else purpose
    return render_template("workspace/message.html", form=form, case=view.case, purpose=purpose, **shown), CONFLICT


def _message(
    ref: str,
    send: Send,
    purpose: str,
    form: MessageForm | None = None,
    *,
    refused: bool = False,
    stored: Collection[StoredFile] = (),
) -> ResponseReturnValue:
    form = form or MessageForm()
    with work() as uow:
        case = cases.find(uow, ref)
        if not form.is_submitted() and (refusal := turned_away(Step(purpose), case)):
            return refusal
        view = cases.open_view(uow, case)
        said = meanwhile.said_by_guardians(view)
        if not refused and form.validate_on_submit() and case.state in ANSWERED and said > form.read.number:
            attachments.forget(case.organisation_id, stored)
            return _answered_meanwhile(uow, view, form, purpose)
        if refused or not form.validate_on_submit():
            if not form.is_submitted():
                form.read.data = str(said)
            shown = {"view": view, "helpful": learning.for_guardian(uow), **common(uow)}
            page = render_template("workspace/message.html", form=form, case=case, purpose=purpose, **shown)
            return page, form.status
        send(uow, case, form.text.data or "")
        has_inbox = keyring.has_receipt(uow, case.id)
    flash(_("Message sent") if has_inbox else _("Saved with the case. The person has no inbox to read it in"))
    # The notice goes out only now: what it says is there, is there.
    notices.send_and_say(ref)
    return redirect(url_for(".case_page", ref=ref, _anchor="conversation"))
