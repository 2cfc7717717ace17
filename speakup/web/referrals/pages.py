"""`/referrals` and `/referrals/REF`: reading what was written for me, and answering it."""

import uuid
from collections.abc import Collection
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import MultipleFileField, RadioField

from speakup import cases, organisations
from speakup.cases import NARRATIVE_LIMIT, Referral, StoredFile
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.web import attachments, places
from speakup.web.actors import public_work, work
from speakup.web.downloads import offered_for_keeping
from speakup.web.fields import AtMost, FromTheList, Needed, PlainForm, offer
from speakup.web.lines import Lines
from speakup.web.referrals import surface
from speakup.web.site import site

_ = lazy_gettext

FINAL, SO_FAR = "final", "so far"


class AnswerForm(PlainForm):
    """An answer, or how far one is; with or without files."""

    text = Lines(
        _("Your answer"),
        description=_("Only the guardians who asked you read it. Write what was found, and name nobody you need not."),
        validators=[Needed(_("Write your answer")), AtMost(NARRATIVE_LIMIT)],
    )
    files = MultipleFileField(
        _("Add files"), description=_("Hidden details, such as authors and places, are taken out before they are kept.")
    )
    kind = RadioField(
        _("Is this your answer?"),
        choices=offer([(FINAL, _("Yes, this is my answer")), (SO_FAR, _("No, I need longer: this is how far I am"))]),
        validate_choice=False,
        validators=[Needed(_("Say whether this is your answer")), FromTheList()],
    )


@surface.get("/referrals")
def referrals() -> ResponseReturnValue:
    """List what was passed on to me."""
    with work() as uow:
        listed, ended = cases.my_referrals(uow), cases.my_ended_referrals(uow)
        return render_template("referrals/list.html", listed=listed, ended=ended, today=uow.today, **_common(uow))


@surface.route("/referrals/<ref>", methods=["GET", "POST"])
def referral(ref: str) -> ResponseReturnValue:
    """Read one, and answer it. Files are cleaned before any unit of work begins."""
    with public_work() as uow:
        organisation = organisations.here(uow)
    if request.mimetype == "multipart/form-data":
        attachments.allow_files(organisation)
    form, stored = AnswerForm(), list[StoredFile]()
    chosen = attachments.chosen("files") if form.is_submitted() else []
    valid = form.validate_on_submit()
    if valid and chosen:
        with work(writes=False) as uow:
            cases.find_referral(uow, ref)
        limit, room = organisation.file_size_limit, organisation.file_count_limit
        incoming = attachments.take_in(chosen, organisation.id, limit, room, as_they_are=False)
        stored = incoming.stored
        if incoming.refusals:
            attachments.forget(organisation.id, stored)
            form.files.errors = [*incoming.refusals, gettext("Nothing was sent yet. Choose the files once more")]
            valid = False
    with work() as uow:
        row = cases.find_referral(uow, ref)
        if valid and _answered(uow, row, form, stored):
            done = True
        else:
            done, page = False, _page(uow, row, form)
    if not done:
        return page, form.status
    flash(gettext("Thank you. The guardian reads it when they next look"))
    return redirect(url_for(".referral", ref=ref))


@surface.get("/referrals/<ref>/files/<uuid:record_id>")
def referral_file(ref: str, record_id: uuid.UUID) -> ResponseReturnValue:
    """Give back a file of one's own answer."""
    with work() as uow:
        stored, parts = cases.open_referral_file(uow, cases.find_referral(uow, ref), record_id, site().blobs)
        body = b"".join(parts)
    return offered_for_keeping(stored.name, body)


def _answered(uow: UnitOfWork, row: Referral, form: AnswerForm, stored: Collection[StoredFile]) -> bool:
    try:
        cases.answer_referral(uow, row, form.text.data or "", stored, final=form.kind.data == FINAL)
    except Conflict:
        form.text.errors = [
            gettext("This needs a new lock first. Ring the guardian, and then send it: your words are still here")
        ]
        form.overtaken = True
    except Invalid:
        form.files.errors = [gettext("That is too much at once. Send fewer files")]
    else:
        return True
    return False


def _page(uow: UnitOfWork, row: Referral, form: AnswerForm) -> str:
    return render_template(
        "referrals/referral.html", form=form, view=cases.read_referral(uow, row), today=uow.today, **_common(uow)
    )


def _common(uow: UnitOfWork) -> dict[str, Any]:
    return {"organisation": organisations.here(uow), **places.of(uow)}
