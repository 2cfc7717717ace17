"""`/learning/resources`: links and files that help whoever sees to an action, and guardians when they answer."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import FileField, SelectField, SelectMultipleField

from speakup import learning, organisations, policy, vocabulary
from speakup.gateways.sealed_files import StoredFile
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.learning import ABOUT_LIMIT, ADDRESS_LIMIT, TITLE_LIMIT, LearningResource, Resource, ResourceLine
from speakup.policy import Permission
from speakup.vocabulary import CodeSet
from speakup.web import attachments
from speakup.web.actors import organisation_id, public_work, work
from speakup.web.downloads import offered_for_keeping
from speakup.web.fields import AtMost, ButtonForm, FromTheList, Needed, PlainForm, offer
from speakup.web.lines import Hidden, Line, Lines
from speakup.web.site import site
from speakup.web.workspace import surface
from speakup.web.workspace.pages import common

CONFLICT, UNPROCESSABLE = 409, 422
OWNERS, GUARDIANS = "owners", "guardians"


class ResourceForm(PlainForm):
    """One entry of the library."""

    title = Line(_("Title"), validators=[Needed(_("Write a title")), AtMost(TITLE_LIMIT)])
    about = Lines(_("What it is good for (optional)"), validators=[AtMost(ABOUT_LIMIT)])
    theme = SelectField(_("Theme"), validate_choice=False, validators=[FromTheList()])
    address = Line(
        _("Address of a page"),
        description=_("For example https://www.example.org/page. Leave it empty for a file."),
        validators=[AtMost(ADDRESS_LIMIT)],
    )
    file = FileField(
        _("Or a file"),
        description=_("Hidden details, such as authors, are taken out before it is kept."),
    )
    shown = SelectMultipleField(
        _("To whom is it shown?"),
        choices=offer([
            (OWNERS, _("To whoever sees to a learning action of this theme")),
            (GUARDIANS, _("To guardians, when they answer")),
        ]),
        validate_choice=False,
        validators=[FromTheList()],
    )  # fmt: skip
    revision = Hidden()
    """Of the entry when it was read."""

    def prepare(self, uow: UnitOfWork, row: LearningResource | None = None) -> None:
        """Offer themes; the one that an entry has already, too."""
        names = vocabulary.names(uow, CodeSet.THEME)
        keys = [code.key for code in vocabulary.codes(uow, CodeSet.THEME)]
        if row is not None and row.theme and row.theme not in keys:
            keys.append(row.theme)
        self.theme.choices = offer([("", _("Helps with all of them")), *((key, names.get(key, key)) for key in keys)])
        if self.is_submitted():
            return
        self.shown.data = [OWNERS, GUARDIANS]
        if row is not None:
            self.title.data, self.about.data, self.theme.data = row.title, row.about, row.theme or ""
            self.address.data, self.revision.data = row.address, str(row.revision)
            shown = ((OWNERS, row.for_owners), (GUARDIANS, row.for_guardians))
            self.shown.data = [key for key, wanted in shown if wanted]

    @property
    def said(self) -> Resource:
        """Return what was written."""
        shown = self.shown.data or []
        return Resource(
            self.title.data or "", self.about.data or "", self.theme.data or None, self.address.data or "",
            OWNERS in shown, GUARDIANS in shown,
        )  # fmt: skip


@surface.get("/learning/resources")
def library() -> ResponseReturnValue:
    """Show the library by theme."""
    with work(writes=False) as uow:
        names = vocabulary.names(uow, CodeSet.THEME)
        by_theme: dict[str, list[ResourceLine]] = {}
        for each in learning.library(uow):
            by_theme.setdefault(names.get(each.theme, each.theme) if each.theme else "", []).append(each)
        keeps = policy.allows(uow.actor, Permission.LEARNING_RESOURCES)
        return render_template("workspace/library.html", by_theme=by_theme, keeps=keeps, **common(uow))


@surface.route("/learning/resources/new", methods=["GET", "POST"])
def add_resource() -> ResponseReturnValue:
    """Put something in the library."""
    return _written(None)


@surface.route("/learning/resources/<uuid:resource_id>", methods=["GET", "POST"])
def change_resource(resource_id: uuid.UUID) -> ResponseReturnValue:
    """Change an entry."""
    return _written(resource_id)


@surface.post("/learning/resources/<uuid:resource_id>/remove")
def remove_resource(resource_id: uuid.UUID) -> ResponseReturnValue:
    """Take an entry out."""
    with work() as uow:
        policy.require(uow.actor, Permission.LEARNING_RESOURCES)
        row = learning.find_resource(uow, resource_id)
        if ButtonForm().pressed():
            learning.remove_resource(uow, row)
            flash(gettext("Taken out of the library"))
    return redirect(url_for(".library"))


@surface.get("/learning/resources/<uuid:resource_id>/file")
def library_file(resource_id: uuid.UUID) -> ResponseReturnValue:
    """Give the file of an entry."""
    with work(writes=False) as uow:
        name, parts = learning.open_resource(uow, learning.find_resource(uow, resource_id), site().blobs)
        body = b"".join(parts)
    return offered_for_keeping(name, body)


def _written(resource_id: uuid.UUID | None) -> ResponseReturnValue:
    """Show the form of an entry, and keep it. Its file is cleaned before any unit of work begins."""
    if request.mimetype == "multipart/form-data":
        with public_work() as uow:
            attachments.allow_files(organisations.here(uow))
    form, stored = ResourceForm(), list[StoredFile]()
    with work(writes=False) as uow:
        policy.require(uow.actor, Permission.LEARNING_RESOURCES)
        row = learning.find_resource(uow, resource_id) if resource_id else None
        form.prepare(uow, row)
    valid = form.validate_on_submit()
    if valid:
        stored = _taken_in(form)
    with work() as uow:
        row = learning.find_resource(uow, resource_id) if resource_id else None
        status = _kept(uow, row, form, stored) if valid and not form.errors else form.status
        if status != DONE:
            _ask_for_the_file_again(form)
            page = _page(uow, row, form, meanwhile=status == CONFLICT)
    if status != DONE:
        attachments.forget(organisation_id(), stored)
        return page, status
    flash(gettext("Saved"))
    return redirect(url_for(".library"))


DONE = 303
"""What leads on to the next page."""


def _taken_in(form: ResourceForm) -> list[StoredFile]:
    with public_work() as uow:
        organisation = organisations.here(uow)
    incoming = attachments.take_in(
        attachments.chosen("file"), organisation.id, organisation.file_size_limit, 1, as_they_are=False
    )
    if incoming.refusals:
        form.file.errors = [*incoming.refusals, gettext("Nothing was kept yet. Choose the file once more")]
    return incoming.stored


def _ask_for_the_file_again(form: ResourceForm) -> None:
    """Say that a chosen file did not stay: no browser sends it a second time of its own accord."""
    if attachments.chosen("file") and not form.file.errors:
        form.file.errors = [gettext("Choose the file once more")]


def _kept(uow: UnitOfWork, row: LearningResource | None, form: ResourceForm, stored: list[StoredFile]) -> int:
    file = stored[0] if stored else None
    try:
        if row is None:
            learning.add_resource(uow, form.said, file)
        else:
            learning.change_resource(uow, row, form.said, form.revision.number, file)
    except Conflict:
        form.revision.data = str(row.revision) if row else ""
        return CONFLICT
    except Invalid as refused:
        words = _SENTENCES.get((refused.field, refused.reason), _("Write it in other words"))
        at_fault = form[refused.field] if refused.field in form else form.title  # noqa: SIM401 -- a form has no `get`
        at_fault.errors = [str(words)]
        return UNPROCESSABLE
    return DONE


def _page(uow: UnitOfWork, row: LearningResource | None, form: ResourceForm, **more: Any) -> str:  # noqa: ANN401 -- variables of the template
    return render_template(
        "workspace/resource.html", form=form, resource=row, button_form=ButtonForm(formdata=None), **more, **common(uow)
    )


_SENTENCES = {
    ("address", "not a link"): _("Write the whole address, beginning with https://"),
    ("address", "both"): _("Choose a page or a file, not both"),
    ("address", "neither"): _("Write the address of a page, or choose a file"),
    ("shown", "nobody"): _("Choose to whom it is shown"),
}
