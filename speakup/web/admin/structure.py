"""`/admin/structure`: directorates, and sites with the numbers for danger now. Dated and closed, never deleted."""

import uuid
from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from speakup import organisations, policy
from speakup.kernel.errors import Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.organisations import Directorate, Site, SiteDetails
from speakup.policy import Permission
from speakup.web.actors import work
from speakup.web.admin import surface
from speakup.web.admin.forms import DirectorateForm, SiteForm
from speakup.web.admin.overview import common
from speakup.web.fields import NOT_A_NUMBER, ButtonForm


@surface.get("/admin/structure")
def structure() -> ResponseReturnValue:
    with work(writes=False) as uow:
        policy.require(uow.actor, Permission.ADMIN_STRUCTURE)
        return render_template(
            "admin/structure.html",
            sites=organisations.sites(uow),
            directorates=organisations.directorates(uow),
            **common(uow),
        )


@surface.route("/admin/structure/sites/new", methods=["GET", "POST"])
def add_site() -> ResponseReturnValue:
    form = SiteForm()
    posted = form.validate_on_submit()
    with work() as uow:
        policy.require(uow.actor, Permission.ADMIN_STRUCTURE)
        if not posted:
            return _site_page(uow, form, None)
        if not _kept(form, lambda: organisations.add_site(uow, _details(form))):
            return _site_page(uow, form, None)
    flash(_("Site added"))
    return redirect(url_for(".structure"))


@surface.route("/admin/structure/sites/<uuid:site_id>", methods=["GET", "POST"])
def change_site(site_id: uuid.UUID) -> ResponseReturnValue:
    with work() as uow:
        site = _open_site(uow, site_id)
        form = SiteForm(obj=site)
        if not form.validate_on_submit():
            return _site_page(uow, form, site)
        if not _kept(form, lambda: organisations.change_site(uow, site, _details(form))):
            return _site_page(uow, form, site)
    flash(_("Site saved"))
    return redirect(url_for(".structure"))


@surface.post("/admin/structure/sites/<uuid:site_id>/close")
def close_site(site_id: uuid.UUID) -> ResponseReturnValue:
    if ButtonForm().validate_on_submit():
        with work() as uow:
            organisations.close_site(uow, _open_site(uow, site_id), uow.today)
        flash(_("The site closes at the end of today. Cases keep it"))
    return redirect(url_for(".structure"))


@surface.route("/admin/structure/directorates/new", methods=["GET", "POST"])
def add_directorate() -> ResponseReturnValue:
    form = DirectorateForm()
    posted = form.validate_on_submit()
    with work() as uow:
        policy.require(uow.actor, Permission.ADMIN_STRUCTURE)
        if not posted:
            return _directorate_page(uow, form, None)
        if not _kept(form, lambda: organisations.add_directorate(uow, form.name.data or "", form.headcount.data or 0)):
            return _directorate_page(uow, form, None)
    flash(_("Directorate added"))
    return redirect(url_for(".structure"))


@surface.route("/admin/structure/directorates/<uuid:directorate_id>", methods=["GET", "POST"])
def change_directorate(directorate_id: uuid.UUID) -> ResponseReturnValue:
    with work() as uow:
        directorate = _open_directorate(uow, directorate_id)
        form = DirectorateForm(obj=directorate)
        if not form.validate_on_submit():
            return _directorate_page(uow, form, directorate)
        name, headcount = form.name.data or "", form.headcount.data or 0
        if not _kept(form, lambda: organisations.change_directorate(uow, directorate, name, headcount)):
            return _directorate_page(uow, form, directorate)
    flash(_("Directorate saved"))
    return redirect(url_for(".structure"))


@surface.post("/admin/structure/directorates/<uuid:directorate_id>/close")
def close_directorate(directorate_id: uuid.UUID) -> ResponseReturnValue:
    if ButtonForm().validate_on_submit():
        with work() as uow:
            organisations.close_directorate(uow, _open_directorate(uow, directorate_id), uow.today)
        flash(_("The directorate closes at the end of today. Cases keep it"))
    return redirect(url_for(".structure"))


def _kept(form: SiteForm | DirectorateForm, keep: Callable[[], object]) -> bool:
    """Keep a place; a name that another has, or a number nobody can ring, stands in the form as wrong."""
    try:
        keep()
    except Invalid as invalid:
        if invalid.reason not in _SENTENCES:
            raise
        form[invalid.field].errors = [_SENTENCES[invalid.reason]]
    return not form.errors


_SENTENCES = {
    "taken": lazy_gettext("There is one of this name already. Write a name that nobody takes for the other"),
    "not a number": NOT_A_NUMBER,
}


def _open_site(uow: UnitOfWork, site_id: uuid.UUID) -> Site:
    policy.require(uow.actor, Permission.ADMIN_STRUCTURE)
    found = organisations.find_site(uow, site_id)
    if found.valid_to is not None and found.valid_to < uow.today:
        raise NotFound(site_id)
    return found


def _open_directorate(uow: UnitOfWork, directorate_id: uuid.UUID) -> Directorate:
    policy.require(uow.actor, Permission.ADMIN_STRUCTURE)
    found = organisations.find_directorate(uow, directorate_id)
    if found.valid_to is not None and found.valid_to < uow.today:
        raise NotFound(directorate_id)
    return found


def _details(form: SiteForm) -> SiteDetails:
    return SiteDetails(
        form.name.data or "",
        form.emergency_number.data or "",
        form.manager_on_call.data or "",
        form.headcount.data or 0,
    )


def _site_page(uow: UnitOfWork, form: SiteForm, site: Site | None) -> ResponseReturnValue:
    page = render_template(
        "admin/site.html", form=form, site=site, button_form=ButtonForm(formdata=None), **common(uow)
    )
    return page, form.status


def _directorate_page(uow: UnitOfWork, form: DirectorateForm, directorate: Directorate | None) -> ResponseReturnValue:
    page = render_template(
        "admin/directorate.html",
        form=form,
        directorate=directorate,
        button_form=ButtonForm(formdata=None),
        **common(uow),
    )
    return page, form.status
