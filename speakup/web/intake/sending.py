"""Sending: a draft becomes a case, once, sealed to the two people the page named and to nobody else."""

from dataclasses import replace

from flask import flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from speakup import cases, keyring, organisations
from speakup.cases import DraftContent, NewConcern
from speakup.crypto.receipts import Generation
from speakup.kernel.actor import Actor, ActorKind
from speakup.kernel.errors import Conflict, NobodyToReceive, NotFound
from speakup.kernel.ids import new_id
from speakup.web.actors import organisation_id, public_work, work_as
from speakup.web.cookies import DRAFT, FORM
from speakup.web.intake.checking import named_readers
from speakup.web.intake.concern import concern_of, first_trouble, forms_of
from speakup.web.intake.opening import intake_open
from speakup.web.intake.steps import CHECK, Place, Step
from speakup.web.site import site


def send() -> ResponseReturnValue:
    """Send the draft of this browser. Sent before, it shows the same words again; anything amiss keeps every word."""
    place = Place.read(DRAFT.read())
    if place is None:
        return _start_again()
    try:
        draft, generation, concern, trouble = _read(place)
    except NotFound:
        return _start_again()
    if draft.sent is not None:
        return redirect(url_for("intake.sent"), 303)
    if request.form.get("draft", draft.mark) != draft.mark:
        flash(gettext("Something else has been opened in this browser. Look at it before you send it."), "trouble")
        return _back_to(place, CHECK)
    if concern is None or concern.named is None:
        return _back_to(place, trouble or CHECK)
    return _send(place, draft, generation, concern)


def _read(place: Place) -> tuple[DraftContent, Generation, NewConcern | None, Step | None]:
    with public_work() as uow:
        draft, generations = cases.read_draft(uow, place.token), keyring.all_generations(uow)
        forms = forms_of(uow, draft)
        trouble = None if draft.sent else first_trouble(forms, draft)
        may_send = draft.sent is None and trouble is None and intake_open(uow, organisations.here(uow))
        concern = concern_of(forms, draft.lot, named_readers()) if may_send else None
    return draft, generations[-1] if generations else first_generation(), concern, trouble


def first_generation() -> Generation:
    """Make the installation's first salt, which needs a unit that writes."""
    with public_work(writes=True) as uow:
        return keyring.current_generation(uow)


def _send(place: Place, draft: DraftContent, generation: Generation, concern: NewConcern) -> ResponseReturnValue:
    client = site().throttle.client(FORM.read())
    secrets = keyring.submit_secrets(cases.receipt_of(draft), generation, organisation_id(), client)
    reporter = Actor(ActorKind.REPORTER, organisation_id(), new_id(), frozenset(), secrets.root_secret)
    try:
        with work_as(reporter) as uow:
            cases.raise_concern(uow, place.token, secrets, generation.number, concern)
    except Conflict:
        flash(
            gettext("The people who will read this have changed. Nothing was sent. Look once more, then send."),
            "trouble",
        )
        return _back_to(place, CHECK)
    except NobodyToReceive:
        return _back_to(place, CHECK)
    return redirect(url_for("intake.sent"), 303)


def _back_to(place: Place, step: Step) -> ResponseReturnValue:
    response = redirect(url_for("intake.form"), 303)
    DRAFT.put(response, replace(place, step=step, fresh=True, troubled=True, returning=step is not CHECK).written())
    return response


def _start_again() -> ResponseReturnValue:
    flash(
        gettext("This page was open for more than two hours, so what you wrote was deleted. Nothing was sent."),
        "trouble",
    )
    response = make_response(redirect(url_for("intake.form"), 303))
    DRAFT.drop(response)
    return response
