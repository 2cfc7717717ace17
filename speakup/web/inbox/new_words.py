"""New words. They are shown and saved first, and only then do the old ones end, so that nobody is ever locked out.

Whoever asks types the present words first: an inbox left open must not be taken over for good. An inbox offers the
same new words until it closes, however often its pages are shown, so that those on somebody's paper are those that
come into use. They follow from a seed that lies sealed in the inbox's session and goes with it; the page that shows
them carries a mark of them, which nobody else can make.
"""

import hmac
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from speakup import cases, keyring, organisations
from speakup.crypto.keypairs import derive
from speakup.crypto.receipts import Generation, Receipt
from speakup.kernel.errors import Busy, NotFound
from speakup.web.actors import inbox_work, organisation_id, public_work
from speakup.web.cookies import FORM, INBOX
from speakup.web.inbox import surface, words
from speakup.web.inbox.forms import NewWordsForm, PresentWordsForm
from speakup.web.site import site
from speakup.web.throttle import WORDS_BY_ADDRESS


@dataclass(frozen=True, slots=True)
class Proposal:
    """The new words this inbox offers, and the mark of the page that showed them."""

    receipt: Receipt = field(repr=False)
    mark: str = field(repr=False)


@surface.get("/follow-up/new-words")
def new_words() -> ResponseReturnValue:
    with inbox_work(writes=False) as uow:
        if not cases.is_received(uow, cases.mine(uow)):
            flash(gettext("You cannot get new words now, because nobody who could read what you write works here."))
            return redirect(url_for("inbox.follow_up"), 303)
    return _ask(PresentWordsForm(formdata=None))


@surface.post("/follow-up/new-words")
def take_new_words() -> ResponseReturnValue:
    proposal = _proposal()
    if "shown" not in request.form:
        return _show(proposal)
    form = NewWordsForm()
    if not form.validate():
        abort(400)
    if proposal is None or not hmac.compare_digest(proposal.mark.encode(), (form.shown.data or "").encode()):
        return _ask_again(gettext("Your inbox had closed, so the new words you saw are not in use. Your old ones are."))
    return _use(proposal.receipt)


def _show(proposal: Proposal | None) -> ResponseReturnValue:
    """Show the new words to whoever typed the present ones."""
    form = PresentWordsForm()
    if not form.validate():
        return _ask(form, 400 if form.token_failed else 422)
    if proposal is None:
        return _ask_again(gettext("Your inbox had closed, and is open again."))
    status = _looked_at(form)
    if status is not HTTPStatus.OK:
        return _ask(form, status)
    return _page(NewWordsForm(formdata=None, data={"shown": proposal.mark}), proposal.receipt)


def _looked_at(form: PresentWordsForm) -> HTTPStatus:
    """Return OK for the right words; otherwise what is wrong stands on the form."""
    wait = site().throttle.wait(site().throttle.client(FORM.read()))
    if wait:
        form.present_words.errors = [words.many_tries(wait)]
        return HTTPStatus.TOO_MANY_REQUESTS
    typed = words.receipt_of(form.present_words)
    if typed is None:
        return HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        right = _are_mine(typed)
    except Busy:
        form.present_words.errors = [words.too_many_at_once()]
        return HTTPStatus.SERVICE_UNAVAILABLE
    if right:
        return HTTPStatus.OK
    form.present_words.errors = [gettext("These words do not open this inbox. Check each word and their order.")]
    return HTTPStatus.UNPROCESSABLE_ENTITY


def _are_mine(typed: Receipt) -> bool:
    """Say whether these words open this inbox, as slowly as elsewhere for whoever guesses."""
    slowing, address = site().throttle, site().throttle.address()
    client = slowing.client(FORM.read())
    slowing.queue({address: WORDS_BY_ADDRESS})
    with inbox_work(writes=False) as uow:
        row = keyring.my_row(uow)
        number, lookup_hash = row.generation, row.lookup_hash
        generation = next(each for each in keyring.all_generations(uow) if each.number == number)
    secrets = keyring.receipt_secrets(typed, generation, organisation_id(), address)
    right = hmac.compare_digest(secrets.lookup_hash, lookup_hash)
    if right:
        slowing.succeeded(client)
    else:
        slowing.failed(client, address)
    return right


def _use(receipt: Receipt) -> ResponseReturnValue:
    generation = _generation()
    secrets = keyring.submit_secrets(receipt, generation, organisation_id(), site().throttle.client(FORM.read()))
    with inbox_work() as uow:
        row = keyring.my_row(uow)
        keyring.replace_receipt(uow, secrets, generation.number)
        keyring.end_reporter(uow, INBOX.read())
        token = keyring.start_reporter(uow, row.id, row.case_id, secrets.root_secret)
    flash(gettext("Your new words are in use. The old ones open nothing any more."))
    response = redirect(url_for("inbox.follow_up"), 303)
    INBOX.put(response, token)
    return response


def _proposal() -> Proposal | None:
    """Return what this browser's inbox offers; None where that inbox has closed and another was opened just now."""
    try:
        with public_work() as uow:
            seed = keyring.resume_reporter(uow, INBOX.read()).proposal
    except NotFound:
        return None
    return Proposal(keyring.receipt_drawn_from(seed), derive(seed, "mark of the words shown", 16).hex())


def _ask(form: PresentWordsForm, status: int = 200) -> ResponseReturnValue:
    return _page(form, None, status)


def _ask_again(why: str) -> ResponseReturnValue:
    form = PresentWordsForm(formdata=None)
    form.form_errors.append(f"{why} {gettext('Type your seven words once more to see new ones.')}")
    return _ask(form, 409)


def _page(form: NewWordsForm | PresentWordsForm, receipt: Receipt | None, status: int = 200) -> ResponseReturnValue:
    with public_work() as uow:
        organisation = organisations.here(uow)
    pairs = list(zip(receipt.words, receipt.numbers, strict=True)) if receipt else []
    page = render_template("inbox/new_words.html", organisation=organisation, form=form, words=pairs)
    return make_response(page, status)


def _generation() -> Generation:
    with public_work() as uow:
        return keyring.all_generations(uow)[-1]
