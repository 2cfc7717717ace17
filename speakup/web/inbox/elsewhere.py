"""`/follow-up/elsewhere`: the guardian says it belongs to another organisation, and the person may take it there.

The words for it are shown before it is sent. They follow from a seed in this inbox's session, as new words do, and the
form carries a mark of them: an inbox that was opened again would show others, and those must not come into use.
"""

import hmac
import uuid
from dataclasses import dataclass, field
from typing import Any

from flask import flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from speakup import accounts, cases, keyring, organisations
from speakup.cases import Offer, PersonDetails, Taking
from speakup.crypto.keypairs import derive
from speakup.crypto.receipts import Receipt
from speakup.kernel.actor import Actor, ActorKind, visitor
from speakup.kernel.errors import Conflict, NobodyToReceive
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.web import danger, elsewhere
from speakup.web.actors import inbox_work, public_work, work_as
from speakup.web.cookies import FORM, INBOX
from speakup.web.elsewhere import Elsewhere
from speakup.web.inbox import surface
from speakup.web.inbox.forms import OnlyButton, TakeElsewhereForm
from speakup.web.site import site


@dataclass(frozen=True, slots=True)
class Words:
    """The words this inbox offers for going there, what chance decides by, and the mark of the page with them."""

    receipt: Receipt = field(repr=False)
    lot: bytes = field(repr=False)
    mark: str = field(repr=False)


@surface.route("/follow-up/elsewhere", methods=["GET", "POST"])
def take_elsewhere() -> ResponseReturnValue:
    """Show what would be told there, to whom, and the words for it; and send it when the person does."""
    form = TakeElsewhereForm()
    with inbox_work() as uow:
        organisation, view = organisations.here(uow), cases.open_inbox(uow, cases.mine(uow))
    offer = view.offer
    there = elsewhere.find(offer.organisation_id) if offer else None
    if offer is None or there is None:
        flash(gettext("There is nothing to send elsewhere just now."))
        return redirect(url_for("inbox.follow_up"), 303)
    words = _words(offer)
    if not form.is_submitted():
        form.text.data = offer.text
    if form.is_submitted() and form.validate() and _sent(form, words, there, view.person):
        with inbox_work() as uow:
            cases.note_taken(uow, cases.mine(uow))
        flash(gettext("You sent it to %(name)s. Your new words open your inbox there.", name=there.name))
        return redirect(url_for("inbox.follow_up"), 303)
    form.shown.data = words.mark
    readers = _readers(there, Taking(form.text.data or offer.text, None, words.lot))
    form.named.data = ",".join(str(each) for each in readers)
    status = 400 if form.token_failed else 422 if form.is_submitted() else 200
    pairs = list(zip(words.receipt.words, words.receipt.numbers, strict=True))
    is_known = view.person is not None and bool(view.person.name or view.person.contact)
    shown = {
        "is_known": is_known,
        "offer": offer,
        "there": there,
        "words": pairs,
        "readers": list(readers.values()),
        "names": view.names,
        **_danger(there),
    }
    page = render_template("inbox/elsewhere.html", organisation=organisation, form=form, **shown)
    return make_response(page, status)


@surface.post("/follow-up/elsewhere/no")
def keep_here() -> ResponseReturnValue:
    """Say that it stays here."""
    if OnlyButton().validate():
        with inbox_work() as uow:
            cases.decline_elsewhere(uow, cases.mine(uow))
        flash(gettext("It stays here. The guardian reads that you want it so."))
    return redirect(url_for("inbox.follow_up"), 303)


def _sent(form: TakeElsewhereForm, words: Words, there: Elsewhere, known: PersonDetails | None) -> bool:
    """Raise it there with the words that were shown; what is amiss stands on the form, and every word in it."""
    if form.readers is None:
        form.form_errors.append(_changed())
        return False
    if not hmac.compare_digest(words.mark.encode(), (form.shown.data or "").encode()):
        form.form_errors.append(gettext("Your inbox had closed, so these are other words. Write these down instead."))
        return False
    with public_work(writes=True) as uow:
        generation = keyring.current_generation(uow)
    client = site().throttle.client(FORM.read())
    secrets = keyring.submit_secrets(words.receipt, generation, there.id, client)
    person = known if form.with_name.data else None
    taking = Taking(form.text.data or "", person, words.lot, form.readers)
    try:
        with work_as(Actor(ActorKind.REPORTER, there.id, new_id(), frozenset(), secrets.root_secret)) as uow:
            cases.raise_elsewhere(uow, secrets, generation.number, taking)
    except (Conflict, NobodyToReceive):
        form.form_errors.append(_changed())
        return False
    return True


def _changed() -> str:
    return str(gettext("The people who will read this have changed. Nothing was sent. Look once more, then send."))


def _words(offer: Offer) -> Words:
    with public_work() as uow:
        seed = derive(keyring.resume_reporter(uow, INBOX.read()).proposal, f"words for elsewhere {offer.record_id}")
    mark = derive(seed, "mark of the words shown", 16).hex()
    return Words(keyring.receipt_drawn_from(seed), derive(seed, "lot"), mark)


def _readers(there: Elsewhere, taking: Taking) -> dict[uuid.UUID, str]:
    """Name who would read it there, in their order; nobody where no two people may."""
    with work_as(visitor(there.id), writes=False) as uow:
        try:
            choice = cases.who_would_have_it(uow, taking)
        except NobodyToReceive:
            return {}
        return _called(uow, [choice.primary, choice.cover])


def _danger(there: Elsewhere) -> dict[str, Any]:
    """When somebody would look at it there, and whom to call who does not wait."""
    with work_as(visitor(there.id), writes=False) as uow:
        now = danger.read(uow, organisations.here(uow))
        return {"sites": now.sites, "next_look": now.next_look}


def _called(uow: UnitOfWork, people: list[uuid.UUID]) -> dict[uuid.UUID, str]:
    names = keyring.names_vouched_for(uow, accounts.names_of(uow, people))
    return {each: names[each] for each in people}
