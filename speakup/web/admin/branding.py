"""`/admin/branding`: the organisation's name and logo, how it is reached, and what it has settled."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from speakup import keyring, organisations, policy
from speakup.gateways import documents
from speakup.gateways.documents import Kind, Limits, Refused
from speakup.kernel.errors import Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.organisations import CLOCK_BOUNDS, Branding, ClockDays, Contact, FileLimits, Looking, Organisation
from speakup.policy import Permission
from speakup.web.actors import work
from speakup.web.admin import surface
from speakup.web.admin.forms import (
    ClocksForm,
    ContactForm,
    IntakeForm,
    LeavingForm,
    LimitsForm,
    LogoForm,
    LookingForm,
    MailDomainsForm,
)
from speakup.web.admin.overview import common
from speakup.web.fields import NOT_A_NUMBER, PlainForm
from speakup.web.site import site

LOGO = Limits(size=900_000, kept_size=2_000_000, pixels=4_000_000, wall_seconds=20.0)
_MEGABYTE = 1024 * 1024
_ENDINGS = {Kind.PNG: "png", Kind.JPEG: "jpg"}


@dataclass(frozen=True, slots=True)
class Section:
    """One group of settings: its form, how the form is filled from the organisation, and how it is kept."""

    title: object
    form: type[PlainForm]
    fill: Callable[[PlainForm, Organisation], None]
    keep: Callable[[UnitOfWork, Organisation, PlainForm], None]
    upload: bool = False


@surface.get("/admin/branding")
def branding() -> ResponseReturnValue:
    with work(writes=False) as uow:
        policy.require(uow.actor, Permission.ADMIN_SETTINGS)
        return render_template("admin/branding.html", hosts=organisations.hosts(uow), **common(uow))


@surface.route("/admin/branding/<name>", methods=["GET", "POST"])
def settle(name: str) -> ResponseReturnValue:
    if name not in SECTIONS:
        raise NotFound(name)
    section = SECTIONS[name]
    form = section.form()
    posted = form.validate_on_submit()
    with work() as uow:
        policy.require(uow.actor, Permission.ADMIN_SETTINGS)
        organisation = organisations.here(uow)
        before = _settled(organisation)
        if not form.is_submitted():
            section.fill(form, organisation)
        if not posted or not _kept(uow, section, organisation, form):
            page = render_template("admin/settle.html", form=form, name=name, section=section, **common(uow))
            return page, form.status
        changed = _settled(organisation) != before
        if changed and name in _TOLD:
            keyring.tell_guardians(uow)
    flash(_said(name, changed=changed))
    return redirect(url_for(".branding"))


def _settled(organisation: Organisation) -> list[object]:
    return [getattr(organisation, column.key) for column in Organisation.__table__.columns]


def _said(name: str, *, changed: bool) -> str:
    if not changed:
        return str(_("Nothing was changed"))
    return str(_("Saved. The guardians are told that something changed") if name in _TOLD else _("Saved"))


def _kept(uow: UnitOfWork, section: Section, organisation: Organisation, form: PlainForm) -> bool:
    try:
        section.keep(uow, organisation, form)
    except Invalid as invalid:
        form[invalid.field].errors = [_SENTENCES.get((invalid.field, invalid.reason)) or _("This cannot be right")]
        return False
    return not form.errors


_TOLD = frozenset({"clocks", "contact", "intake"})
"""What leads people to the guardians or away from them, or how long they wait: it must not go unseen."""

_SENTENCES = {
    ("conversation_days", "before the first answer"): lazy_gettext(
        "Write no fewer days than for the first answer: it comes before the conversation"
    ),
    ("review_days", "before the update"): lazy_gettext(
        "Write no fewer days than for hearing again: a case is looked over less often than the person hears"
    ),
    ("guardian_phone", "not a number"): NOT_A_NUMBER,
    ("leave_address", "not https"): lazy_gettext("Write the whole address, beginning with https://"),
    ("leave_address", "our own"): lazy_gettext(
        "This is an address of Speak Up itself. Write the address of an ordinary page elsewhere"
    ),
    ("first", "after the last"): lazy_gettext("Write an hour that is not after the last one ticked above"),
    ("logo", "not a picture"): lazy_gettext("This picture could not be used. Choose a PNG or JPEG of less than 900 kB"),
    ("domains", "not a domain"): lazy_gettext("Write what stands after the @, one to a line: anytown.nhs.uk"),
}


def _fill_leaving(form: PlainForm, organisation: Organisation) -> None:
    form["leave_address"].data = organisation.leave_address


def _keep_leaving(uow: UnitOfWork, organisation: Organisation, form: PlainForm) -> None:
    address = form["leave_address"].data
    if any(each <= " " or each in "\\\"'<>" for each in address):
        raise Invalid("leave_address", "not https")
    organisations.settle_branding(uow, organisation, Branding(organisation.logo_file, address))


def _fill_nothing(_form: PlainForm, _organisation: Organisation) -> None:
    """A picture cannot be filled in."""


def _keep_logo(uow: UnitOfWork, organisation: Organisation, form: PlainForm) -> None:
    name = "" if form["remove"].data else _stored_logo(organisation, form)
    organisations.settle_branding(uow, organisation, Branding(name, organisation.leave_address))


def _stored_logo(organisation: Organisation, form: PlainForm) -> str:
    """Keep the picture, rebuilt without hidden data, under a name that changes with it; return the name."""
    sent = form["logo"].data
    if not sent or not sent.filename:
        return organisation.logo_file
    try:
        cleaned = documents.clean(sent.filename, sent.read(), keep_other=False, limits=LOGO)
    except Refused as refused:
        raise Invalid("logo", "not a picture") from refused
    if cleaned.kind not in _ENDINGS:
        raise Invalid("logo", "not a picture")
    name = f"{hashlib.sha256(cleaned.body).hexdigest()[:32]}.{_ENDINGS[cleaned.kind]}"
    site().public_folder.mkdir(parents=True, exist_ok=True)
    (site().public_folder / name).write_bytes(cleaned.body)
    return name


def _fill_contact(form: PlainForm, organisation: Organisation) -> None:
    for name in ("guardian_phone", "guardian_hours", "privacy_contact"):
        form[name].data = getattr(organisation, name)


def _keep_contact(uow: UnitOfWork, organisation: Organisation, form: PlainForm) -> None:
    organisations.settle_contact(
        uow,
        organisation,
        Contact(
            form["guardian_phone"].data,
            form["guardian_hours"].data or "",
            form["privacy_contact"].data or "",
        ),
    )


def _fill_clocks(form: PlainForm, organisation: Organisation) -> None:
    for name in CLOCK_BOUNDS:
        form[name].data = getattr(organisation, name)


def _keep_clocks(uow: UnitOfWork, organisation: Organisation, form: PlainForm) -> None:
    organisations.settle_clocks(uow, organisation, ClockDays(**{name: form[name].data for name in CLOCK_BOUNDS}))


def _fill_looking(form: PlainForm, organisation: Organisation) -> None:
    form["hours"].data, form["first"].data = organisation.next_look_hours.split(), organisation.first_look_hour


def _keep_looking(uow: UnitOfWork, organisation: Organisation, form: PlainForm) -> None:
    hours = frozenset(int(hour) for hour in form["hours"].data)
    organisations.settle_looking(uow, organisation, Looking(hours, form["first"].data))


def _fill_limits(form: PlainForm, organisation: Organisation) -> None:
    form["count"].data, form["small_group"].data = organisation.file_count_limit, organisation.small_group
    form["size"].data = max(1, organisation.file_size_limit // _MEGABYTE)


def _keep_limits(uow: UnitOfWork, organisation: Organisation, form: PlainForm) -> None:
    limits = FileLimits(form["count"].data, form["size"].data * _MEGABYTE)
    organisations.settle_files(uow, organisation, limits)
    organisations.settle_small_group(uow, organisation, form["small_group"].data)


def _fill_domains(form: PlainForm, organisation: Organisation) -> None:
    form["domains"].data = "\n".join(organisation.staff_mail_domains.split())


def _keep_domains(uow: UnitOfWork, organisation: Organisation, form: PlainForm) -> None:
    written = (form["domains"].data or "").replace(",", " ").split()
    if any("." not in each.strip("@.") for each in written):
        raise Invalid("domains", "not a domain")
    organisations.settle_mail_domains(uow, organisation, written)


def _fill_intake(form: PlainForm, organisation: Organisation) -> None:
    form["stopped"].data = organisation.intake_stopped


def _keep_intake(uow: UnitOfWork, organisation: Organisation, form: PlainForm) -> None:
    organisations.stop_intake(uow, organisation, stopped=bool(form["stopped"].data))


SECTIONS = {
    "leaving": Section(lazy_gettext("Neutral page"), LeavingForm, _fill_leaving, _keep_leaving),
    "logo": Section(lazy_gettext("Logo"), LogoForm, _fill_nothing, _keep_logo, upload=True),
    "contact": Section(lazy_gettext("How people reach the guardians"), ContactForm, _fill_contact, _keep_contact),
    "clocks": Section(lazy_gettext("How long clocks run"), ClocksForm, _fill_clocks, _keep_clocks),
    "looking": Section(lazy_gettext("When guardians look"), LookingForm, _fill_looking, _keep_looking),
    "limits": Section(lazy_gettext("Files and small groups"), LimitsForm, _fill_limits, _keep_limits),
    "mail": Section(lazy_gettext("Work e-mail addresses"), MailDomainsForm, _fill_domains, _keep_domains),
    "intake": Section(lazy_gettext("The front door"), IntakeForm, _fill_intake, _keep_intake),
}
