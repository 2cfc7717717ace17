"""The inbox itself: where things stand, what was said by both, files, and who can open all of it."""

import uuid
from datetime import date
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from speakup import cases, keyring, organisations
from speakup.cases import Case, CaseState, ClockKind, InboxView
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import PrincipalKind
from speakup.organisations import Organisation
from speakup.web import attachments, danger, labels
from speakup.web.actors import inbox_work, organisation_id, public_work
from speakup.web.attachments import Incoming
from speakup.web.inbox import afterwards, surface
from speakup.web.inbox.acts import is_known
from speakup.web.inbox.forms import MessageForm
from speakup.web.site import site


def page(form: MessageForm | None = None, status: int = 200) -> ResponseReturnValue:
    """Show the inbox, with a message that could not be sent still in its box."""
    form = form or MessageForm(formdata=None)
    with inbox_work() as uow:
        organisation = organisations.here(uow)
        view = cases.open_inbox(uow, cases.mine(uow))
        shown = _shown(uow, organisation, view)
        cases.remember_readers(uow, view.case)
    return make_response(render_template("inbox/inbox.html", form=form, **shown), status)


@surface.get("/follow-up/message")
def back_from_message() -> ResponseReturnValue:
    return redirect(url_for("inbox.follow_up"), 303)


@surface.post("/follow-up/message")
def send_message() -> ResponseReturnValue:
    organisation = _organisation()
    if request.mimetype == "multipart/form-data":
        attachments.allow_files(organisation)
    form = MessageForm()
    files = attachments.chosen("files")
    if not form.validate():
        return page(form, 400 if form.token_failed else 422)
    if not (form.text.data or "").strip() and not files:
        form.text.errors = [gettext("Write something, or choose a file.")]
        return page(form, 422)
    incoming = _taken_in(form, organisation)
    if incoming.refusals:
        form.files.errors = [*incoming.refusals, gettext("Nothing was sent yet. Choose the files you want once more.")]
        return page(form, 422)
    with inbox_work() as uow:
        cases.send_from_inbox(uow, cases.mine(uow), form.text.data or "", incoming.stored)
    flash(gettext("Your message is sent. A guardian will read it."))
    return redirect(url_for("inbox.follow_up"), 303)


@surface.get("/follow-up/files/<uuid:record_id>")
def file(record_id: uuid.UUID) -> ResponseReturnValue:
    """Send one file, checked to its end before the first byte goes out."""
    with inbox_work() as uow:
        stored, parts = cases.open_file(uow, cases.mine(uow), record_id, site().blobs)
        body = b"".join(parts)
    response = Response(body, mimetype=stored.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=stored.name)
    return response


def _taken_in(form: MessageForm, organisation: Organisation) -> Incoming:
    """Take the files in; when one is refused, keep none, so that nothing lies about that was never sent."""
    incoming = attachments.take_in(
        attachments.chosen("files"),
        organisation.id,
        organisation.file_size_limit,
        organisation.file_count_limit,
        as_they_are=bool(form.as_they_are.data),
    )
    if incoming.refusals:
        attachments.forget(organisation_id(), incoming.stored)
    return incoming


def _organisation() -> Organisation:
    with public_work() as uow:
        return organisations.here(uow)


def _shown(uow: UnitOfWork, organisation: Organisation, view: InboxView) -> dict[str, Any]:
    now = danger.read(uow, organisation)
    newest = keyring.all_generations(uow)[-1].number
    owed_on = _owed_on(view.case)
    return {
        "organisation": organisation,
        "view": view,
        "is_known": is_known(view.person),
        "late": owed_on is not None and owed_on < uow.today,
        "owed_on": owed_on,
        "standing": labels.STANDINGS[view.case.state],
        "readers": [each for each in view.readers if each.kind is PrincipalKind.STAFF and each.name],
        "old_words": keyring.my_row(uow).generation < newest,
        "sites": now.sites,
        "next_look": now.next_look,
        **afterwards.shown(uow, view),
    }


def _owed_on(case: Case) -> date | None:
    """Return the day by which the guardian was to answer: at first, and when the person said that things are worse."""
    return case.due_on if case.state is CaseState.NEW or case.due_for is ClockKind.WORSE else None
