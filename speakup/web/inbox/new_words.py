"""New words. They are shown and saved first, and only then do the old ones end, so that nobody is ever locked out.

Between the two posts the new words travel in the page, sealed under the inbox's own cookie: whoever sends back
something else gets nothing, and nothing is stored before the words are safe.
"""

from flask import abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from speakup import cases, keyring, organisations
from speakup.crypto import envelope, tokens
from speakup.crypto.errors import Unreadable
from speakup.crypto.receipts import Generation, Receipt
from speakup.web.actors import inbox_work, organisation_id, public_work
from speakup.web.cookies import FORM, INBOX
from speakup.web.inbox import surface
from speakup.web.inbox.forms import NewWordsForm
from speakup.web.site import site


@surface.get("/follow-up/new-words")
def new_words() -> ResponseReturnValue:
    with inbox_work(writes=False) as uow:
        if not cases.is_received(uow, cases.mine(uow)):
            flash(gettext("You cannot get new words now, because nobody who could read what you write works here."))
            return redirect(url_for("inbox.follow_up"), 303)
    return _page(NewWordsForm(formdata=None), None)


@surface.post("/follow-up/new-words")
def take_new_words() -> ResponseReturnValue:
    form = NewWordsForm()
    if not form.validate():
        return _page(form, None, 400)
    if not form.sealed.data:
        receipt = keyring.draw_receipt()
        form.sealed.data = _sealed(receipt)
        return _page(form, receipt)
    receipt = _opened(form.sealed.data)
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


def _page(form: NewWordsForm, receipt: Receipt | None, status: int = 200) -> ResponseReturnValue:
    with public_work() as uow:
        organisation = organisations.here(uow)
    words = list(zip(receipt.words, receipt.numbers, strict=True)) if receipt else []
    page = render_template("inbox/new_words.html", organisation=organisation, form=form, words=words)
    return make_response(page, status)


def _generation() -> Generation:
    with public_work() as uow:
        return keyring.all_generations(uow)[-1]


def _sealed(receipt: Receipt) -> str:
    key = tokens.key(INBOX.read(), "new words")
    return envelope.seal(key, receipt.text().encode(), envelope.bind("new words", organisation_id())).hex()


def _opened(sealed: str) -> Receipt:
    """Open what the page carried; anything else is a post that is not ours."""
    key = tokens.key(INBOX.read(), "new words")
    try:
        text = envelope.open_sealed(key, bytes.fromhex(sealed), envelope.bind("new words", organisation_id()))
    except (Unreadable, ValueError):
        abort(400)
    return Receipt(tuple(text.decode().split()))
