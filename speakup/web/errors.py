"""What goes wrong, answered in words, with nothing in a log that anybody typed."""

import traceback
import uuid
from collections.abc import Callable
from typing import Any, TypeVar, cast

import structlog
from flask import Flask, g, render_template, request, session
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from speakup import audit, organisations
from speakup.audit import Event
from speakup.kernel.errors import Busy, Conflict, IntegrityFault, Invalid, NobodyToReceive, NoLongerHeld, NotFound
from speakup.organisations import Organisation
from speakup.web import actors, bodies, faults, file_words, places, surfaces
from speakup.web.form_session import FormSession
from speakup.web.kept import fields_to_keep

log = structlog.get_logger()

Read = TypeVar("Read")

_TO_SIGN_IN = frozenset({"sign-in", "sign-out", "signed-out", "welcome"})
"""First parts of addresses that lead to those of staff."""

_GIVE_BACK = frozenset({400, 409, 429, 500, 503})
_GO_ON = frozenset({404, 409})
"""After which somebody signed in goes on from their menu."""
_HAVE_A_PAGE = frozenset({400, 404, 409, 413, 429, 500, 503})


def install(app: Flask) -> None:
    """Answer each kind of trouble."""
    app.register_error_handler(NotFound, lambda _: page(404))
    app.register_error_handler(NoLongerHeld, lambda _: page(404, "errors/no_longer_held.html"))
    app.register_error_handler(Busy, lambda _: page(503))
    app.register_error_handler(NobodyToReceive, lambda _: page(503, "errors/nobody.html"))
    app.register_error_handler(Conflict, lambda _: page(409))
    app.register_error_handler(Invalid, lambda _: page(400))
    app.register_error_handler(IntegrityFault, _integrity)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def page(status: int, template: str = "") -> ResponseReturnValue:
    """Show the page for a status, giving back every word of a post that failed for a reason of ours."""
    # What a unit of work said before it failed was not done.
    cast("FormSession", session).unsay()
    template = template or (f"errors/{status}.html" if status in _HAVE_A_PAGE else "errors/400.html")
    kept = fields_to_keep() if request.method == "POST" and status in _GIVE_BACK else {}
    place = request.path.split("/")[1]
    staff = place in _TO_SIGN_IN or place in surfaces.staff_places()
    surroundings = (_quietly(_read_surroundings) or {}) if staff and status in _GO_ON else {}
    organisation = surroundings.get("organisation") or _organisation()
    shown: dict[str, Any] = {
        "organisation": organisation,
        "limit": file_words.size(organisation.file_size_limit) if organisation else "",
        "error_layout": "layouts/plain.html" if staff else "layouts/public.html",
        "raising": request.path == "/raise",
        **kept,
        **surroundings,
    }
    words = render_template(template, **shown)
    headers = {"Retry-After": "5"} if status == 503 else {}  # noqa: PLR2004 -- Service Unavailable
    return words, status, headers


def _organisation() -> Organisation | None:
    """The organisation for the page's head; none where even that cannot be read."""
    if "organisation_id" not in g:
        return None
    return _quietly(_read_organisation)


def _read_surroundings() -> dict[str, Any]:
    """Read the menu of whoever is signed in, and which case they were at: that it is theirs was found before."""
    if actors.signed_in() is None:
        return {}
    with actors.work(writes=False) as uow:
        menu = {**places.of(uow), "organisation": organisations.here(uow)}
    at_case = request.url_rule is not None and request.url_rule.rule.startswith("/cases/<ref>")
    address = f"/cases/{(request.view_args or {})['ref']}" if at_case else ""
    return {**menu, "error_layout": "layouts/staff_error.html", "case_address": address}


def _read_organisation() -> Organisation:
    with actors.public_work() as uow:
        return organisations.here(uow)


def _quietly(read: Callable[[], Read]) -> Read | None:
    try:
        return read()
    except Exception as fault:  # noqa: BLE001 -- an error page must not fail for the reason it is shown
        # Never the message, which may hold what somebody typed.
        log.error("error page without its surroundings", kind=type(fault).__name__)  # noqa: TRY400 -- see above
        return None


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:  # noqa: PLR2004 -- a redirect is not an error
        return error.get_response()
    if status == 413:  # noqa: PLR2004 -- Content Too Large
        bodies.read_to_the_end()
    # A method that is not answered would tell an address that exists from one that does not.
    return page(404 if status == 405 else status)  # noqa: PLR2004 -- Method Not Allowed


def _integrity(fault: IntegrityFault) -> ResponseReturnValue:
    """Something stored does not check out: nothing of it is shown, and it is recorded in a unit of work of its own.

    On a page for staff, guardians are warned at once. On a public page it is recorded by the day like all that happens
    there, since a line or a mail now would tell that somebody was here; and of the key log, which every visitor meets,
    nothing is written at all: whatever process does the hourly work finds that by itself.
    """
    subject = fault.subject if isinstance(fault.subject, uuid.UUID) else None
    if surfaces.for_staff():
        faults.record(actors.organisation_id(), subject, fault.check)
    elif subject != actors.organisation_id():
        with actors.public_work(writes=True) as uow:
            audit.record(uow, Event.INTEGRITY_FAULT, subject)
    return page(500, "errors/integrity.html")


def _unexpected(error: Exception) -> ResponseReturnValue:
    """Log where it happened and of what kind it was. Never its message: it may hold what somebody typed."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    log.error("unexpected", kind=type(error).__name__, at=[f"{frame.name}:{frame.lineno}" for frame in frames])
    return page(500)
