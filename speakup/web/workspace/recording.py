"""`/cases/new`: writing down what came by telephone, in person, by e-mail, by letter or through a champion."""

import json
import uuid
from dataclasses import dataclass, field

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import accounts, cases, keyring, organisations, policy
from speakup.cases import Recorded
from speakup.crypto import envelope, tokens
from speakup.crypto.errors import Unreadable
from speakup.crypto.receipts import Receipt
from speakup.kernel.actor import Actor, ActorKind
from speakup.kernel.errors import Conflict, Invalid, NobodyToReceive, NotFound
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.web.actors import organisation_id, signed_in, work, work_as
from speakup.web.cookies import STAFF
from speakup.web.lines import without_controls
from speakup.web.workspace import surface
from speakup.web.workspace.pages import common
from speakup.web.workspace.recording_form import RecordingForm

UNPROCESSABLE = 422
_NEVER_CARRIED = frozenset({"csrf_token", "sealed"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """Words that wait in a page to be kept, and whom that page named."""

    receipt: Receipt = field(repr=False)
    reporter_id: uuid.UUID
    named: tuple[uuid.UUID, uuid.UUID]


@surface.get("/cases/new")
def new_case() -> ResponseReturnValue:
    return _page(RecordingForm(formdata=None), 200)


@surface.post("/cases/new")
def record_case() -> ResponseReturnValue:
    """Save it, or hand it on with words for the person. Whatever is amiss, every word comes back."""
    form = RecordingForm()
    with work(writes=False) as uow:
        policy.require(uow.actor, Permission.CASE_RECORD)
        form.prepare(uow)
        valid = form.validate()
    if not valid:
        return _page(form, form.status)
    if form.only_signposted:
        return _page(form, UNPROCESSABLE, signposted=True)
    try:
        return _saved(form, form.recorded())
    except Invalid as refused:
        form.blame(refused)
    except NobodyToReceive:
        form.say("people", nobody_left())
    return _page(form, UNPROCESSABLE)


def nobody_left() -> str:
    """Say why nothing was saved."""
    return str(
        _(
            "At least two people must be able to open a case, and with these answers there are not. Nothing was saved. "
            "Keep fewer people out, or ask for a colleague’s key to be vouched for first."
        )
    )


def _saved(form: RecordingForm, recorded: Recorded) -> ResponseReturnValue:
    with work(writes=False) as uow:
        before = cases.recorded_before(uow, recorded)
        named = cases.holders_of(uow, recorded)
        mine = named[0] == uow.actor.person_id
    if before:
        return redirect(url_for(".case_page", ref=before))
    if not mine:
        return _handed_on(form, recorded, named)
    with work() as uow:
        case = cases.record_case(uow, recorded)
        ref, cover = case.ref, accounts.names_of(uow, [case.cover_id])[case.cover_id]
    flash(_("Saved. %(name)s covers this case.", name=cover))
    return redirect(url_for(".case_page", ref=ref))


def _handed_on(form: RecordingForm, recorded: Recorded, named: tuple[uuid.UUID, uuid.UUID]) -> ResponseReturnValue:
    """Show who will hold it and the words for the person; once those are kept, send it, and once only."""
    waiting = _opened(form.sealed.data or "")
    if waiting is None or not _sent(recorded, waiting):
        waiting = Waiting(keyring.draw_receipt(), new_id(), named)
        return _words_page(recorded, waiting, changed=bool(form.sealed.data))
    return _sent_page(recorded, waiting.named)


def _sent(recorded: Recorded, waiting: Waiting) -> bool:
    """Send it to those who were named, unless these words were sent already; False where they can receive no more."""
    with work(writes=False) as uow:
        by, generation = uow.actor.person_id, keyring.all_generations(uow)[-1]
    user = signed_in()
    # Stretching takes a while, so the database is let go meanwhile.
    client = str(user.session_id if user else "")
    secrets = keyring.submit_secrets(waiting.receipt, generation, organisation_id(), client)
    person = Actor(ActorKind.REPORTER, organisation_id(), waiting.reporter_id, frozenset(), secrets.root_secret)
    try:
        with work_as(person) as uow:
            if not _sent_before(uow, secrets.lookup_hash):
                cases.pass_to_others(uow, recorded, by, (secrets, generation.number), waiting.named)
    except Conflict:
        return False
    return True


def _sent_before(uow: UnitOfWork, lookup_hash: bytes) -> bool:
    try:
        keyring.find_reporter(uow, lookup_hash)
    except NotFound:
        return False
    return True


def _page(form: RecordingForm, status: int, *, signposted: bool = False) -> ResponseReturnValue:
    with work(writes=False) as uow:
        policy.require(uow.actor, Permission.CASE_RECORD)
        form.prepare(uow)
        shared = common(uow)
    diary = current_app.url_map.bind("").test("/diary", "GET")
    return render_template("workspace/new.html", form=form, signposted=signposted, diary=diary, **shared), status


def _words_page(recorded: Recorded, waiting: Waiting, *, changed: bool) -> ResponseReturnValue:
    with work(writes=False) as uow:
        shown = {"names": _names(uow, waiting.named), **common(uow)}
    carried = [
        (without_controls(name), without_controls(value))
        for name, value in request.form.items(multi=True)
        if name not in _NEVER_CARRIED
    ]
    return render_template(
        "workspace/new_words_first.html",
        form=None,
        recorded=recorded,
        carried=[*carried, ("sealed", _sealed(waiting))],
        words=list(zip(waiting.receipt.words, waiting.receipt.numbers, strict=True)),
        changed=changed,
        **shown,
    )


def _sent_page(recorded: Recorded, named: tuple[uuid.UUID, uuid.UUID]) -> ResponseReturnValue:
    with work(writes=False) as uow:
        here = organisations.here(uow)
        answer_by = cases.working_day_after(uow.today, here.acknowledge_days, here.country)
        shown = {"names": _names(uow, named), "answer_by": answer_by, **common(uow)}
    return render_template("workspace/new_sent.html", recorded=recorded, **shown)


def _names(uow: UnitOfWork, named: tuple[uuid.UUID, uuid.UUID]) -> list[str]:
    found = keyring.names_vouched_for(uow, accounts.names_of(uow, named))
    return [found[each] for each in named]


def _sealed(waiting: Waiting) -> str:
    """Seal the words under what only this browser's cookie holds: whoever sends back something else gets new ones."""
    said = [waiting.receipt.text(), str(waiting.reporter_id), *(str(each) for each in waiting.named)]
    return envelope.seal(_key(), json.dumps(said).encode(), _context()).hex()


def _opened(sealed: str) -> Waiting | None:
    try:
        text, reporter_id, primary, cover = json.loads(envelope.open_sealed(_key(), bytes.fromhex(sealed), _context()))
    except (Unreadable, ValueError):
        return None
    named = (uuid.UUID(primary), uuid.UUID(cover))
    return Waiting(Receipt(tuple(text.split())), uuid.UUID(reporter_id), named)


def _key() -> bytes:
    return tokens.key(STAFF.read(), "words for a recorded concern")


def _context() -> bytes:
    return envelope.bind("words for a recorded concern", organisation_id())
