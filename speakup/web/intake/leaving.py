"""Leaving quickly: a link, so that it works without scripts. The only GET that deletes; every page says so first."""

from flask import redirect
from flask.typing import ResponseReturnValue

from speakup import cases, keyring, organisations
from speakup.cases import StoredFile
from speakup.kernel.uow import UnitOfWork
from speakup.web import attachments
from speakup.web.actors import organisation_id, public_work
from speakup.web.cookies import DONE, DRAFT, FORM, INBOX
from speakup.web.intake import surface
from speakup.web.intake.steps import Place


@surface.get("/leave")
def leave() -> ResponseReturnValue:
    """Delete the draft, close the inbox, take our cookies away, and go to the organisation's neutral page."""
    place, inbox = Place.read(DRAFT.read()), INBOX.read()
    with public_work(writes=bool(place or inbox)) as uow:
        address = organisations.neutral_address(organisations.here(uow).leave_address)
        lost = _delete(uow, place.token if place else "", inbox)
    attachments.forget(organisation_id(), lost)
    response = redirect(address, 303)
    for cookie in (FORM, DRAFT, INBOX, DONE):
        if cookie.read():
            cookie.drop(response)
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


def _delete(uow: UnitOfWork, draft_token: str, inbox_token: str) -> list[StoredFile]:
    if inbox_token:
        keyring.end_reporter(uow, inbox_token)
    return cases.delete_draft(uow, draft_token) if draft_token else []
