"""Opening the inbox with seven words: kindly to whoever holds them, slowly for whoever guesses, the same for both."""

from dataclasses import dataclass, field, replace

from flask import Response, current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from werkzeug.exceptions import HTTPException
from wtforms import Field

from speakup import cases, keyring, organisations
from speakup.cases import DraftContent, StoredFile
from speakup.crypto.receipts import Receipt, ReceiptSecrets
from speakup.kernel.actor import Actor, ActorKind
from speakup.kernel.errors import Busy, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.web import actors, attachments, kept, misspelt
from speakup.web.actors import organisation_id, public_work
from speakup.web.cookies import DRAFT, FORM, INBOX
from speakup.web.inbox import conversation, front
from speakup.web.inbox.forms import WordsForm
from speakup.web.site import site
from speakup.web.throttle import WORDS_BY_ADDRESS

REPLACE, WORDS_SAVED = "replace", "words_saved"
"""The buttons that let a draft take the place of what this browser holds: something written, or words still shown."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What the words opened: an inbox, or a draft that was put aside. The token goes into its cookie."""

    token: str = field(repr=False)
    reporter: Actor | None = None
    showed_words: bool = False
    """This browser still showed the words to whoever came next. Typing them proves that they are kept elsewhere."""
    held: DraftContent | None = field(default=None, repr=False)
    """Nothing is opened before somebody has said what becomes of this, which the browser holds already."""
    lost: tuple[StoredFile, ...] = ()
    """Files of what gave way; their blobs go once it is committed."""


@front.get("/follow-up")
def follow_up() -> ResponseReturnValue:
    if actors.reporter() is not None:
        return conversation.page()
    return _ask(WordsForm(formdata=None), 200)


@front.post("/follow-up")
def open_with_words() -> ResponseReturnValue:
    form = WordsForm()
    client = site().throttle.client(FORM.read())
    if not form.validate():
        return _ask(form, 400 if form.token_failed else 422)
    wait = site().throttle.wait(client)
    if wait:
        return _slowed(form, wait)
    receipt = receipt_of(form.words)
    if receipt is None:
        return _ask(form, 422)
    try:
        opened = _tried(receipt, client)
    except Busy:
        form.words.errors = [too_many_at_once()]
        return _ask(form, 503)
    if opened is None:
        form.words.errors = [not_found()]
        return _ask(form, 422)
    return _answered(form, opened)


def _answered(form: WordsForm, opened: Opened) -> ResponseReturnValue:
    if opened.held is not None:
        return _ask_what_stays(form, opened.held)
    if opened.reporter is None and request.form.get("then"):
        form.words.errors = [_words_of_a_draft()]
        return _ask(form, 422)
    return _enter(opened)


def receipt_of(typed: Field) -> Receipt | None:
    """Read the words; a word that is not on the list is named, and nothing is said about the others."""
    try:
        return keyring.parse_receipt(typed.data or "")
    except keyring.Misspelt as wrong:
        typed.errors = [misspelt.sentence(wrong)]
    except keyring.WrongCount as wrong:
        typed.errors = [
            ngettext(
                "There is %(num)d word here. We need all seven.",
                "There are %(num)d words here. We need exactly seven.",
                wrong.found,
            )
        ]
    return None


def _tried(receipt: Receipt, client: str) -> Opened | None:
    """Try the words, one after the other with all who come from the same address; `Busy` where too many wait."""
    slowing, address = site().throttle, site().throttle.address()
    slowing.queue({address: WORDS_BY_ADDRESS})
    # The address and not the browser: who drops a cookie for each try waits behind themselves all the same.
    opened = _opened(receipt, address)
    if opened is None:
        slowing.failed(client, address)
    else:
        slowing.succeeded(client)
    return opened


def _opened(receipt: Receipt, waiting: str) -> Opened | None:
    """Try the words with every salt there ever was, so that old, new and unknown words cost the same."""
    with public_work() as uow:
        generations = keyring.all_generations(uow)
    tried = [keyring.receipt_secrets(receipt, each, organisation_id(), waiting) for each in reversed(generations)]
    with public_work(writes=True) as uow:
        found = (_inbox(uow, secrets) or _draft(uow, secrets, receipt) for secrets in tried)
        opened = next((each for each in found if each is not None), None)
        if opened is None or opened.held is not None or not DRAFT.read():
            return opened
        return replace(opened, showed_words=cases.forget_words(uow, DRAFT.token(), receipt))


def _inbox(uow: UnitOfWork, secrets: ReceiptSecrets) -> Opened | None:
    try:
        row = keyring.find_reporter(uow, secrets.lookup_hash)
    except NotFound:
        return None
    if INBOX.read():
        keyring.end_reporter(uow, INBOX.read())
    token = keyring.start_reporter(uow, row.id, row.case_id, secrets.root_secret)
    return Opened(token, Actor(ActorKind.REPORTER, uow.organisation_id, row.id, frozenset(), secrets.root_secret))


def _draft(uow: UnitOfWork, secrets: ReceiptSecrets, receipt: Receipt) -> Opened | None:
    """Come back to a draft, once nothing is in its way, or whoever holds that has let it go."""
    if not cases.is_parked(uow, secrets):
        return None
    if request.form.get("then"):
        # What is carried was written in an inbox: a draft opened now would leave it behind.
        return Opened("")
    held = cases.in_the_way(uow, DRAFT.token(), receipt)
    if held is None:
        return Opened(cases.unpark_draft(uow, secrets))
    if request.form.get("to") != (WORDS_SAVED if held.shows_words else REPLACE):
        return Opened("", held=held)
    return Opened(cases.unpark_draft(uow, secrets), lost=tuple(cases.delete_draft(uow, DRAFT.token())))


def _enter(opened: Opened) -> ResponseReturnValue:
    attachments.forget(organisation_id(), opened.lost)
    if opened.reporter is None:
        response = redirect(url_for("intake.form"), 303)
        DRAFT.put(response, opened.token)
        return response
    response = _completed(opened.reporter) or make_response(redirect(url_for("inbox.follow_up"), 303))
    INBOX.put(response, opened.token)
    if opened.showed_words:
        DRAFT.drop(response)
    return response


def _completed(reporter: Actor) -> Response | None:
    """Do what a post wanted that came after its session had ended; None when there was none.

    The words' page carried every field of that post, so the page it was for answers as if nothing had happened.
    """
    address = request.form.get("then", "")
    try:
        endpoint, values = current_app.url_map.bind(request.host).match(address, method="POST")
    except HTTPException:
        return None
    if not endpoint.startswith("private_inbox."):
        return None
    g.reporter = reporter
    return make_response(current_app.ensure_sync(current_app.view_functions[endpoint])(**values))


def _ask(form: WordsForm, status: int) -> ResponseReturnValue:
    with public_work() as uow:
        organisation = organisations.here(uow)
    if request.method == "POST" and request.form.get("then"):
        carried = {**kept.fields_to_keep(), "retry_address": request.form["then"]}
        page = render_template("inbox/words_again.html", organisation=organisation, form=form, **carried)
    else:
        page = render_template("inbox/words.html", organisation=organisation, form=form)
    return make_response(page, status)


def _ask_what_stays(form: WordsForm, held: DraftContent) -> ResponseReturnValue:
    """Ask before a draft takes the place of another: until then both are where they were."""
    with public_work() as uow:
        organisation = organisations.here(uow)
    page = render_template(
        "inbox/two_drafts.html",
        organisation=organisation,
        words=form.words.data,
        held=held,
        replace=WORDS_SAVED if held.shows_words else REPLACE,
    )
    return make_response(page, 409)


def _slowed(form: WordsForm, wait: int) -> ResponseReturnValue:
    form.words.errors = [many_tries(wait)]
    response = make_response(_ask(form, 429))
    response.headers["Retry-After"] = str(wait)
    return response


def many_tries(seconds: int) -> str:
    words = ngettext(
        "That was many tries. Please wait %(num)d second, then press the button again.",
        "That was many tries. Please wait %(num)d seconds, then press the button again.",
        seconds,
    )
    return str(words)


def too_many_at_once() -> str:
    return str(gettext("Many people try at this moment. Wait a few seconds, then press the button again."))


def _words_of_a_draft() -> str:
    return str(
        gettext(
            "These seven words belong to something you have not sent yet. What is in the box above was written in an "
            "inbox: type the words of that inbox, or copy what you wrote and open Follow up again."
        )
    )


def not_found() -> str:
    return str(gettext("These words do not open anything. Check each word and their order, then try again."))
