"""`/cases/export`: taking my cases out, sealed under a passphrase, or in clear after a warning."""

from collections.abc import Iterator
from typing import Any

from flask import Response, render_template, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.http import dump_options_header
from wtforms import BooleanField, PasswordField, RadioField

from speakup import accounts, cases, policy, vocabulary
from speakup.cases import CaseState, SpreadsheetWords
from speakup.gateways.documents import packing
from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.vocabulary import CodeSet
from speakup.web import labels
from speakup.web.actors import signed_in, work
from speakup.web.fields import FromTheList, PlainForm, offer
from speakup.web.site import site
from speakup.web.workspace import surface
from speakup.web.workspace.pages import common

ARCHIVE, WORKBOOK, CSV = "archive", "xlsx", "csv"
_ENDINGS = {ARCHIVE: "speakup", WORKBOOK: "xlsx", CSV: "csv"}


class ExportForm(PlainForm):
    """As what the cases are taken out."""

    kind = RadioField(
        _("As what?"),
        choices=offer(
            [
                (ARCHIVE, _("A sealed archive: everything, with files. Only your passphrase opens it")),
                (WORKBOOK, _("An Excel workbook, which anybody can read who gets hold of it")),
                (CSV, _("A CSV file, which anybody can read who gets hold of it")),
            ]
        ),
        default=ARCHIVE,
        validate_choice=False,
        validators=[FromTheList()],
    )
    passphrase = PasswordField(
        _("A passphrase for the archive"),
        description=_(
            "Another one than you sign in with, of at least 14 characters. Without it nobody can open the archive."
        ),
    )
    again = PasswordField(_("The same passphrase again"))
    names = BooleanField(_("With names and ways to reach people"))
    warned = BooleanField(_("I know that nothing protects this file, and that I answer for it from now on"))


@surface.route("/cases/export", methods=["GET", "POST"])
def export() -> ResponseReturnValue:
    form = ExportForm()
    with work(writes=False) as uow:
        ids = cases.my_case_ids(uow)
        shared = {"quantity": len(ids), **common(uow)}
    if form.validate_on_submit():
        answer = _taken_out(form, len(ids))
        if answer is not None:
            return answer
    status = form.status
    return render_template("workspace/export.html", form=form, **shared), status


def _taken_out(form: ExportForm, quantity: int) -> Response | None:
    """Give the file; None leaves a sentence in the form."""
    if form.kind.data == ARCHIVE:
        return _archive(form, quantity)
    if not form.warned.data:
        form.warned.errors = [gettext("Tick that you know it, or take a sealed archive")]
        return None
    _record(quantity)
    with work(writes=False) as uow:
        rows = cases.spreadsheet_rows(uow, cases.my_case_ids(uow), _words(uow), names=bool(form.names.data))
        write = packing.workbook if form.kind.data == WORKBOOK else packing.comma_separated
        # Whole before a byte leaves: half a list must not be taken for a whole one.
        return _file(iter([b"".join(write(rows))]), form.kind.data)


def _archive(form: ExportForm, quantity: int) -> Response | None:
    user = signed_in()
    passphrase = form.passphrase.data or ""
    if passphrase != (form.again.data or ""):
        form.again.errors = [gettext("The two are not the same. Write them again")]
        return None
    with work(writes=False) as uow:
        me = accounts.member(uow, uow.actor.person_id)
    try:
        key = cases.archive_key(passphrase, str(user.session_id if user else ""), [me.name, me.email])
    except Invalid as refused:
        form.passphrase.errors = [_why(refused)]
        return None
    _record(quantity)

    def pieces() -> Iterator[bytes]:
        with work(writes=False) as uow:
            yield from cases.archive_cases(uow, cases.my_case_ids(uow), site().blobs, key)

    return _file(stream_with_context(pieces()), ARCHIVE)


def _why(refused: Invalid) -> str:
    if refused.reason == "easy to guess":
        return str(
            gettext("That is too easy to guess. Take four or more words that have nothing to do with each other")
        )
    return str(gettext("Write a passphrase of at least 14 characters"))


def _record(quantity: int) -> None:
    with work() as uow:
        policy.require(uow.actor, Permission.CASE_EXPORT)
        cases.record_export(uow, quantity)


def _file(pieces: Any, kind: str) -> Response:  # noqa: ANN401 -- whatever a response is made of
    response = Response(pieces, mimetype="application/octet-stream")
    name = f"cases.{_ENDINGS[kind]}"
    response.headers["Content-Disposition"] = dump_options_header("attachment", {"filename": name})
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _words(uow: UnitOfWork) -> SpreadsheetWords:
    titles = (
        gettext("Reference"), gettext("Where it stands"), gettext("Day raised"), gettext("Day closed"),
        gettext("How raised"), gettext("How it reached us"), gettext("Elements"), gettext("Title"),
        gettext("What was said"), gettext("Messages and notes"), gettext("How it ended"), gettext("Name"),
        gettext("How to reach them"),
    )  # fmt: skip
    return SpreadsheetWords(
        titles=titles,
        states={each.value: str(labels.STATES[each]) for each in CaseState},
        how={each: str(words) for each, words in labels.HOW.items()},
        routes=vocabulary.names(uow, CodeSet.ROUTE),
        elements=vocabulary.names(uow, CodeSet.ELEMENT),
    )
