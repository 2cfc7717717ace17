"""Stop and come back: the seven words are shown at once, and all waits under them, seen by nobody, for 7 days."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from speakup import cases, keyring
from speakup.cases import DraftContent
from speakup.crypto.receipts import ReceiptSecrets
from speakup.kernel.errors import Busy, NotFound
from speakup.organisations import Organisation
from speakup.web.actors import organisation_id, public_work
from speakup.web.cookies import DRAFT, FORM
from speakup.web.fields import token_fits
from speakup.web.intake.forms import OnlyButton
from speakup.web.intake.sending import first_generation
from speakup.web.intake.steps import Place
from speakup.web.site import site

STEP = "paused"
"""What the page with the words calls itself in its form."""


def pause(place: Place) -> ResponseReturnValue:
    """Put the draft aside under its own words."""
    secrets = _secrets(place)
    response = redirect(url_for("intake.form"), 303)
    try:
        with public_work(writes=True) as uow:
            cases.park_draft(uow, place.token, secrets, place.step.name, returning=place.returning)
    except Busy:
        flash(
            gettext(
                "Very many files wait here just now, so yours cannot be put aside. Everything you wrote is still here. "
                "Send it now, or take the files out and stop then. You can add them later in your private inbox."
            ),
            "trouble",
        )
    DRAFT.put(response, place.written())
    return response


def page(organisation: Organisation, draft: DraftContent) -> ResponseReturnValue:
    """Show the words until they are saved."""
    receipt = cases.receipt_of(draft)
    words = list(zip(receipt.words, receipt.numbers, strict=True))
    return render_template("intake/paused.html", organisation=organisation, words=words, form=OnlyButton(), step=STEP)


def go_on() -> ResponseReturnValue:
    """The words are saved, or the person goes on after all."""
    place = Place.read(DRAFT.read())
    if not token_fits():
        abort(400)
    if place is None:
        return redirect(url_for("intake.form"), 303)
    if request.form.get("to") == "put_aside":
        return _put_aside(place)
    return _carry_on(place) if request.form.get("to") == "carry_on" else _saved(place)


def _put_aside(place: Place) -> ResponseReturnValue:
    """Stop where somebody is, from another page: two drafts were in each other's way there."""
    try:
        with public_work() as uow:
            here = place.seen(cases.read_draft(uow, place.token), back=False)
        return pause(here)
    except NotFound:
        return redirect(url_for("intake.form"), 303)


def _saved(place: Place) -> ResponseReturnValue:
    with public_work(writes=True) as uow:
        cases.delete_draft(uow, place.token)
    flash(gettext("What you wrote is kept for 7 days. To go on, choose Follow up and type your seven words."))
    response = redirect(url_for("intake.home"), 303)
    DRAFT.drop(response)
    return response


def _carry_on(place: Place) -> ResponseReturnValue:
    response = redirect(url_for("intake.form"), 303)
    try:
        secrets = _secrets(place)
        with public_work(writes=True) as uow:
            token = cases.unpark_draft(uow, secrets)
            cases.delete_draft(uow, place.token)
    except NotFound:
        return response
    DRAFT.put(response, token)
    return response


def _secrets(place: Place) -> ReceiptSecrets:
    with public_work() as uow:
        draft, generations = cases.read_draft(uow, place.token), keyring.all_generations(uow)
    generation = generations[-1] if generations else first_generation()
    client = site().throttle.client(FORM.read())
    return keyring.submit_secrets(cases.receipt_of(draft), generation, organisation_id(), client)
