"""The first page, and the pages that are written in full. None of them sets a cookie."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from speakup import accounts, keyring, organisations
from speakup.kernel.actor import Role
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind
from speakup.organisations import Organisation
from speakup.web import danger
from speakup.web.actors import public_work
from speakup.web.intake import surface
from speakup.web.intake.opening import why_closed

_TEAM = frozenset({Role.GUARDIAN, Role.LEAD_GUARDIAN})


@dataclass(frozen=True, slots=True)
class Guardian:
    """A guardian as the first page shows them."""

    name: str
    job_title: str
    workplace: str
    phone: str
    hours: str
    about: str
    photo_address: str


@surface.get("/")
def home() -> ResponseReturnValue:
    with public_work() as uow:
        organisation = organisations.here(uow)
        closed = why_closed(uow, organisation)
        shown = {"intake_open": closed is None, "why_closed": closed or "", **_with_people(uow, organisation)}
    return render_template("public/home.html", **shown)


@surface.get("/support")
def support() -> ResponseReturnValue:
    with public_work() as uow:
        shown = _with_people(uow, organisations.here(uow))
    return render_template("public/support.html", **shown)


@surface.get("/privacy")
def privacy() -> ResponseReturnValue:
    return _written("public/privacy.html")


@surface.get("/accessibility")
def accessibility() -> ResponseReturnValue:
    return _written("public/accessibility.html")


@surface.get("/about/security")
def security() -> ResponseReturnValue:
    return _written("public/security.html")


@surface.get("/guardians/<uuid:person_id>/photo")
def photo(person_id: uuid.UUID) -> ResponseReturnValue:
    """Send a guardian's photo, rebuilt when it was given; only of those the first page shows."""
    with public_work() as uow:
        found = next((each.person.photo for each in _guardians(uow) if each.id == person_id), None)
    if found is None:
        abort(404)
    return Response(found, mimetype="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


def _written(template: str) -> ResponseReturnValue:
    with public_work() as uow:
        organisation = organisations.here(uow)
    return render_template(template, organisation=organisation)


def _with_people(uow: UnitOfWork, organisation: Organisation) -> dict[str, Any]:
    now = danger.read(uow, organisation)
    photographed = accounts.photographed(uow)
    guardians = [_shown(each, has_photo=each.id in photographed) for each in _guardians(uow)]
    return {"organisation": organisation, "sites": now.sites, "next_look": now.next_look, "guardians": guardians}


def _guardians(uow: UnitOfWork) -> list[accounts.Member]:
    """List the guardians who really can be given a key: by the key log, whatever has been written since."""
    try:
        log = keyring.load_key_log(uow)
    except keyring.NoTrustRoot:
        return []
    vouched = log.receivers(CompartmentKind.CASEWORK, uow.today)
    found = keyring.as_vouched(log, accounts.members(uow))
    return [each for each in found if each.id in vouched and log.valid[each.id].roles & _TEAM]


def _shown(member: accounts.Member, *, has_photo: bool) -> Guardian:
    person = member.person
    address = url_for("intake.photo", person_id=person.id) if has_photo else ""
    return Guardian(member.name, person.job_title, person.workplace, person.phone, person.hours, person.about, address)
