"""Keeping what a worker is writing: for two hours in their browser's keeping, or for seven days under their words."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, delete, func, insert, select, update

from speakup import policy
from speakup.cases.drafts import DraftContent
from speakup.cases.models import Draft, ParkedDraft, StoredBlob
from speakup.crypto import envelope, keypairs, padding, tokens
from speakup.crypto.errors import Unreadable
from speakup.crypto.receipts import Receipt, ReceiptSecrets, draw
from speakup.gateways.sealed_files import StoredFile
from speakup.kernel.errors import Busy, IntegrityFault, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission

DRAFT_LASTS = timedelta(hours=2)
PARKED_LASTS = timedelta(days=7)
WRITING_LIMIT = 2 * 1024**3
"""Bytes of files in all drafts being written at one organisation, so that no stranger fills the disk."""
PARKED_LIMIT = 2 * 1024**3
"""The same for drafts put aside. On its own, so that filling one for a week leaves the other open."""
_COARSE = 600.0

# A draft is read and written on every page of the form: its row by plain statements, built once.
_DRAFT: Table = Draft.metadata.tables[Draft.__tablename__]
_THIS = (
    _DRAFT.c.organisation_id == bindparam("organisation"),
    _DRAFT.c.token_hash == bindparam("found_by"),
)
_READ = select(_DRAFT.c.sealed, _DRAFT.c.expires_at).where(*_THIS)
_READ_AND_HOLD = _READ.with_for_update()
_WRITE = update(_DRAFT).where(*_THIS).values(sealed=bindparam("body"), expires_at=bindparam("until"))
_DELETE = delete(_DRAFT).where(*_THIS)
_BEGIN = insert(_DRAFT)


def start_draft(uow: UnitOfWork) -> str:
    """Begin a concern, its seven words drawn and sealed with it; return the cookie's token, which is stored nowhere."""
    policy.require(uow.actor, Permission.CASE_RAISE)
    return _begin(uow, DraftContent(draw().words))


def read_draft(uow: UnitOfWork, token: str) -> DraftContent:
    """Open a draft; `NotFound` when it has expired, was deleted, or never was.

    Once a unit of work: one that reads sees one moment, and one that writes holds the row from the first look on, so
    that no other page changes it and sending it twice meets itself.
    """
    opened = _opened(uow)
    if token not in opened:
        opened[token] = _open(uow, token)
    return opened[token]


def save_answers(uow: UnitOfWork, token: str, step: str, answers: dict[str, Any]) -> DraftContent:
    """Keep one step's answers, and no other step's: a stale tab can only save its own."""
    return _change(uow, token, lambda draft: draft.answers.__setitem__(step, answers))


def add_file(uow: UnitOfWork, token: str, stored: StoredFile) -> DraftContent:
    """Add a file that has been cleaned and sealed into the blob store. The caller asked `room_for_files` before."""
    uow.session.add(
        StoredBlob(
            organisation_id=uow.organisation_id,
            id=stored.blob_id,
            expires_at=_later(uow.now),
            unsent_size=padding.padded_length(stored.size),
        )
    )
    return _change(uow, token, lambda draft: draft.files.append(stored))


def remove_file(uow: UnitOfWork, token: str, position: int) -> StoredFile:
    """Take a file out of the draft; the caller deletes its blob once this is committed. `NotFound` for no such file."""
    removed: list[StoredFile] = []

    def take(draft: DraftContent) -> None:
        if not 0 <= position < len(draft.files):
            raise NotFound("file")
        removed.append(draft.files.pop(position))

    _change(uow, token, take)
    _forget_blobs(uow, removed)
    return removed[0]


def delete_draft(uow: UnitOfWork, token: str) -> list[StoredFile]:
    """Delete everything written; return the files whose blobs the caller deletes once this is committed."""
    try:
        draft = read_draft(uow, token)
    except NotFound:
        return []
    _opened(uow).pop(token)
    uow.session.execute(_DELETE, _this(uow, token))
    if draft.sent is not None:
        return []
    _forget_blobs(uow, draft.files)
    return draft.files


def receipt_of(draft: DraftContent) -> Receipt:
    """The words this draft will be sent, or come back to, under."""
    return Receipt(draft.words)


def forget_words(uow: UnitOfWork, token: str, receipt: Receipt) -> bool:
    """Forget the seven words that a browser still shows, now that somebody typed them; say whether it showed them.

    Only what was sent or put aside, and only under these words: nobody's last sight of others is taken away.
    """
    try:
        draft = read_draft(uow, token)
    except NotFound:
        return False
    if draft.words != receipt.words or not draft.shows_words:
        return False
    delete_draft(uow, token)
    return True


def in_the_way(uow: UnitOfWork, token: str, receipt: Receipt) -> DraftContent | None:
    """Return what a browser holds that opening a draft under these words would put out of reach; None for nothing.

    Something written and neither sent nor put aside, or other words, which are still shown because nobody saved them.
    """
    try:
        draft = read_draft(uow, token)
    except NotFound:
        return None
    loses = draft.words != receipt.words if draft.shows_words else draft.holds_anything
    return draft if loses else None


def park_draft(
    uow: UnitOfWork, token: str, secrets_of_words: ReceiptSecrets, step: str = "", *, returning: bool = False
) -> None:
    """Stop at a step and come back: keep the draft under its own seven words, and nowhere else.

    `returning`: the step was being changed, and what follows it is to check the answers.

    `Busy` where its files have no room beside those already put aside; nothing is changed then.
    The row stays with nothing but the words in it, so that a page that was loaded again still shows them.
    """
    draft = read_draft(uow, token)
    if draft.shows_words:
        return
    if draft.files and room_to_park(uow) < sum(padding.padded_length(each.size) for each in draft.files):
        raise Busy
    draft.stopped_at, draft.returning = step, returning
    last_day = uow.today + PARKED_LASTS
    old = uow.session.get(ParkedDraft, (uow.organisation_id, secrets_of_words.lookup_hash))
    if old is not None:
        uow.session.delete(old)
        uow.session.flush()
    sealed = envelope.seal(_parking_key(secrets_of_words), padding.pad(draft.to_bytes()), _context(uow, "parked"))
    uow.session.add(
        ParkedDraft(
            organisation_id=uow.organisation_id,
            lookup_hash=secrets_of_words.lookup_hash,
            sealed=sealed,
            expires_on=last_day,
        )
    )
    for stored in draft.files:
        blob = uow.session.get(StoredBlob, (uow.organisation_id, stored.blob_id))
        if blob is not None:
            blob.expires_at = _later(uow.now) + PARKED_LASTS + timedelta(days=1)
    write_draft(uow, token, DraftContent(draft.words, parked=True))


def is_parked(uow: UnitOfWork, secrets_of_words: ReceiptSecrets) -> bool:
    """Say whether a draft waits under these words."""
    parked = uow.session.get(ParkedDraft, (uow.organisation_id, secrets_of_words.lookup_hash))
    return parked is not None and parked.expires_on >= uow.today


def unpark_draft(uow: UnitOfWork, secrets_of_words: ReceiptSecrets) -> str:
    """Come back: return the token of a draft like any other. `NotFound` when the words keep no draft."""
    policy.require(uow.actor, Permission.CASE_RAISE)
    key = (uow.organisation_id, secrets_of_words.lookup_hash)
    parked = uow.session.get(ParkedDraft, key, with_for_update=True)
    if parked is None or parked.expires_on < uow.today:
        raise NotFound("draft")
    try:
        draft = DraftContent.from_bytes(
            padding.unpad(envelope.open_sealed(_parking_key(secrets_of_words), parked.sealed, _context(uow, "parked")))
        )
    except Unreadable as changed:
        raise IntegrityFault(uow.organisation_id, "parked draft") from changed
    uow.session.delete(parked)
    return _begin(uow, draft)


def write_draft(uow: UnitOfWork, token: str, draft: DraftContent) -> None:
    """Seal a draft back into its row for another two hours."""
    _opened(uow)[token] = draft
    body = _sealed(uow, token, draft)
    uow.session.execute(_WRITE, {**_this(uow, token), "body": body, "until": _later(uow.now)})


def room_for_files(uow: UnitOfWork) -> int:
    """Return how many bytes of files may be added to drafts here before the disk has to be kept for others."""
    return WRITING_LIMIT - _unsent_bytes(uow, StoredBlob.expires_at <= _soon(uow))


def room_to_park(uow: UnitOfWork) -> int:
    """Return how many bytes of files may be put aside with drafts here."""
    return PARKED_LIMIT - _unsent_bytes(uow, StoredBlob.expires_at > _soon(uow))


def sweep_drafts(uow: UnitOfWork) -> list[StoredBlob]:
    """Delete expired drafts; return the blob rows that no longer belong to anything, removed here too."""
    uow.session.execute(delete(Draft).where(Draft.organisation_id == uow.organisation_id, Draft.expires_at < uow.now))
    uow.session.execute(
        delete(ParkedDraft).where(
            ParkedDraft.organisation_id == uow.organisation_id, ParkedDraft.expires_on < uow.today
        )
    )
    lost = list(
        uow.session.scalars(
            select(StoredBlob).where(StoredBlob.organisation_id == uow.organisation_id, StoredBlob.expires_at < uow.now)
        )
    )
    for row in lost:
        uow.session.delete(row)
    return lost


def _unsent_bytes(uow: UnitOfWork, which: ColumnElement[bool]) -> int:
    """Add up what lies there, whether or not it has run out: it fills the disk until it is swept away."""
    query = select(func.coalesce(func.sum(StoredBlob.unsent_size), 0))
    return int(uow.session.scalar(query.where(StoredBlob.organisation_id == uow.organisation_id, which)) or 0)


def _soon(uow: UnitOfWork) -> datetime:
    """Return when all that is being written now will have run out; what runs out later was put aside."""
    return uow.now + 2 * DRAFT_LASTS


def _change(uow: UnitOfWork, token: str, change: Callable[[DraftContent], None]) -> DraftContent:
    draft = read_draft(uow, token)
    if draft.sent is not None:
        raise NotFound("draft")
    change(draft)
    write_draft(uow, token, draft)
    for stored in draft.files:
        blob = uow.session.get(StoredBlob, (uow.organisation_id, stored.blob_id))
        if blob is not None and blob.expires_at is not None:
            blob.expires_at = max(blob.expires_at, _later(uow.now))
    return draft


def _begin(uow: UnitOfWork, draft: DraftContent) -> str:
    token = tokens.new_token()
    uow.session.execute(
        _BEGIN,
        {
            "organisation_id": uow.organisation_id,
            "token_hash": tokens.lookup(token, "draft"),
            "sealed": _sealed(uow, token, draft),
            "expires_at": _later(uow.now),
        },
    )
    _opened(uow)[token] = draft
    return token


def _opened(uow: UnitOfWork) -> dict[str, DraftContent]:
    """Return the drafts this unit of work has open, by their token."""
    held: dict[str, DraftContent] = uow.opened.setdefault("drafts", {})
    return held


def _open(uow: UnitOfWork, token: str) -> DraftContent:
    row = uow.session.execute(_READ_AND_HOLD if uow.writes else _READ, _this(uow, token)).one_or_none()
    if row is None or row.expires_at < uow.now:
        raise NotFound("draft")
    try:
        return DraftContent.from_bytes(
            padding.unpad(envelope.open_sealed(tokens.key(token, "draft"), row.sealed, _context(uow, "draft")))
        )
    except Unreadable as changed:
        raise NotFound("draft") from changed


def _this(uow: UnitOfWork, token: str) -> dict[str, Any]:
    return {"organisation": uow.organisation_id, "found_by": tokens.lookup(token, "draft")}


def _sealed(uow: UnitOfWork, token: str, draft: DraftContent) -> bytes:
    return envelope.seal(tokens.key(token, "draft"), padding.pad(draft.to_bytes()), _context(uow, "draft"))


def _forget_blobs(uow: UnitOfWork, files: list[StoredFile]) -> None:
    ids = [each.blob_id for each in files]
    uow.session.execute(
        delete(StoredBlob).where(StoredBlob.organisation_id == uow.organisation_id, StoredBlob.id.in_(ids))
    )


def _later(moment: datetime) -> datetime:
    return datetime.fromtimestamp(-(-(moment + DRAFT_LASTS).timestamp() // _COARSE) * _COARSE, moment.tzinfo)


def _parking_key(secrets_of_words: ReceiptSecrets) -> bytes:
    return keypairs.derive(secrets_of_words.root_secret, "parked draft")


def _context(uow: UnitOfWork, what: str) -> bytes:
    return envelope.bind(what, uow.organisation_id)
