"""After sending: the seven words, shown again on every load until they are saved or two hours have passed."""

from datetime import date

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from speakup import cases, organisations
from speakup.cases import DraftContent
from speakup.kernel.errors import NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.web import danger
from speakup.web.actors import public_work
from speakup.web.cookies import DRAFT
from speakup.web.fields import token_fits
from speakup.web.intake import surface
from speakup.web.intake.forms import OnlyButton
from speakup.web.intake.opening import alerts_guardians
from speakup.web.intake.steps import Place


@surface.get("/raise/sent")
def sent() -> ResponseReturnValue:
    place = Place.read(DRAFT.read())
    with public_work() as uow:
        organisation = organisations.here(uow)
        draft = _draft(uow, place)
        now = danger.read(uow, organisation)
    if draft is not None and draft.sent is None:
        return redirect(url_for("intake.form"), 303)
    if draft is None or draft.sent is None:
        return render_template("intake/saved.html", organisation=organisation)
    receipt = cases.receipt_of(draft)
    return render_template(
        "intake/sent.html",
        organisation=organisation,
        form=OnlyButton(),
        words=list(zip(receipt.words, receipt.numbers, strict=True)),
        sent=draft.sent,
        answer_by=date.fromisoformat(draft.sent.answer_by),
        sites=now.sites,
        next_look=now.next_look,
        alerts=alerts_guardians(),
    )


@surface.post("/raise/sent")
def saved() -> ResponseReturnValue:
    """The words are saved: forget them."""
    if not token_fits():
        abort(400)
    place = Place.read(DRAFT.read())
    response = redirect(url_for("intake.sent"), 303)
    if place is not None:
        with public_work(writes=True) as uow:
            draft = _draft(uow, place)
            if draft is None or draft.sent is not None:
                cases.delete_draft(uow, place.token)
                DRAFT.drop(response)
    return response


def _draft(uow: UnitOfWork, place: Place | None) -> DraftContent | None:
    try:
        return cases.read_draft(uow, place.token) if place else None
    except NotFound:
        return None
