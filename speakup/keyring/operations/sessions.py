"""Sealed sessions: the row holds a root secret that only the cookie can open; each is useless without the other."""

import json
import os
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update

from speakup import audit, policy
from speakup.audit import Event
from speakup.crypto import envelope, tokens
from speakup.crypto.errors import Unreadable
from speakup.crypto.keypairs import reporter_keys
from speakup.kernel.db import table_of
from speakup.kernel.errors import IntegrityFault, NotFound
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import Reporter, ReporterSession, StaffSession
from speakup.policy import Permission

STAFF_IDLE = timedelta(minutes=30)
STAFF_LONGEST = timedelta(hours=10)
REPORTER_IDLE = timedelta(minutes=20)
REPORTER_LONGEST = timedelta(hours=10)
_TOUCH_AFTER = timedelta(minutes=1)
_COARSE = timedelta(minutes=10)

# Built once, and of columns: every page of a person who is signed in begins with it.
_STAFF = table_of(StaffSession)
_THIS_ONE = _STAFF.c.token_hash == bindparam("token")
_RESUMED = select(
    _STAFF.c.id,
    _STAFF.c.person_id,
    _STAFF.c.organisation_id,
    _STAFF.c.sealed_root,
    _STAFF.c.second_factor_done,
    _STAFF.c.started_at,
    _STAFF.c.seen_at,
).where(_THIS_ONE)
_SEEN = update(_STAFF).where(_THIS_ONE).values(seen_at=bindparam("now"))


@dataclass(frozen=True, slots=True)
class StaffResumed:
    """A session found open."""

    id: uuid.UUID
    person_id: uuid.UUID
    second_factor_done: bool
    stale: bool
    """Whether a writing unit should mark it as seen; it was, where this was one."""
    root_secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReporterResumed:
    """An inbox found open."""

    reporter_id: uuid.UUID
    case_id: uuid.UUID
    root_secret: bytes = field(repr=False)
    proposal: bytes = field(repr=False)
    """Seed of the new words this inbox offers, the same ones until it closes; gone with it."""


def start_staff(uow: UnitOfWork, person_id: uuid.UUID, root_secret: bytes, *, second_factor_done: bool = False) -> str:
    """Open a session; return the cookie's token, which is stored nowhere."""
    token = tokens.new_token()
    uow.session.add(
        StaffSession(
            token_hash=tokens.lookup(token, "session"),
            id=new_id(),
            person_id=person_id,
            organisation_id=uow.organisation_id,
            sealed_root=envelope.seal(
                tokens.key(token, "session"),
                root_secret,
                _staff_context(uow.organisation_id, person_id, second_factor_done=second_factor_done),
            ),
            second_factor_done=second_factor_done,
            started_at=uow.now,
            seen_at=uow.now,
        )
    )
    return token


def resume_staff(uow: UnitOfWork, token: str) -> StaffResumed:
    """Open a session again; `NotFound` when it has ended, idled or never was."""
    uow.session.flush()
    token_hash = tokens.lookup(token, "session")
    row = uow.session.execute(_RESUMED, {"token": token_hash}).one_or_none()
    if row is None or row.organisation_id != uow.organisation_id or _over(row, uow.now):
        raise NotFound("session")
    try:
        root = envelope.open_sealed(
            tokens.key(token, "session"),
            row.sealed_root,
            _staff_context(row.organisation_id, row.person_id, second_factor_done=row.second_factor_done),
        )
    except Unreadable as changed:
        raise NotFound("session") from changed
    stale = uow.now - row.seen_at > _TOUCH_AFTER
    if uow.writes and stale:
        uow.session.execute(_SEEN, {"token": token_hash, "now": uow.now})
    return StaffResumed(row.id, row.person_id, row.second_factor_done, stale, root)


def renew_staff(uow: UnitOfWork, token: str) -> str:
    """Replace the session by a new one with both factors done: its token changes with what it may do."""
    resumed = resume_staff(uow, token)
    end_staff(uow, token)
    audit.record(uow, Event.SIGNED_IN, resumed.person_id)
    return start_staff(uow, resumed.person_id, resumed.root_secret, second_factor_done=True)


def end_staff(uow: UnitOfWork, token: str) -> None:
    """End the session this token opens."""
    uow.session.execute(delete(StaffSession).where(StaffSession.token_hash == tokens.lookup(token, "session")))


def my_sessions(uow: UnitOfWork) -> list[StaffSession]:
    """List my sessions here, newest first."""
    policy.require(uow.actor, Permission.ACCOUNT_KEEP)
    query = select(StaffSession).where(
        StaffSession.person_id == uow.actor.person_id, StaffSession.organisation_id == uow.organisation_id
    )
    rows = uow.session.scalars(query.order_by(StaffSession.started_at.desc()))
    return [row for row in rows if not _over(row, uow.now)]


def end_mine(uow: UnitOfWork, session_id: uuid.UUID) -> None:
    """End one of my sessions."""
    policy.require(uow.actor, Permission.ACCOUNT_KEEP)
    uow.session.execute(
        delete(StaffSession).where(StaffSession.person_id == uow.actor.person_id, StaffSession.id == session_id)
    )
    audit.record(uow, Event.SESSION_ENDED, uow.actor.id)


def end_others(uow: UnitOfWork, token: str) -> None:
    """End all my sessions, everywhere, but the one this token opens."""
    policy.require(uow.actor, Permission.ACCOUNT_KEEP)
    uow.session.execute(
        delete(StaffSession).where(
            StaffSession.person_id == uow.actor.person_id, StaffSession.token_hash != tokens.lookup(token, "session")
        )
    )
    audit.record(uow, Event.SESSION_ENDED, uow.actor.id)


def start_reporter(uow: UnitOfWork, reporter_id: uuid.UUID, case_id: uuid.UUID, root_secret: bytes) -> str:
    """Open a private inbox; return the cookie's token."""
    token = tokens.new_token()
    until = _rounded_up(uow.now + REPORTER_LONGEST)
    said = {
        "reporter": str(reporter_id),
        "case": str(case_id),
        "root": root_secret.hex(),
        "until": until.isoformat(),
        "proposal": os.urandom(32).hex(),
    }
    inside = json.dumps(said).encode()
    sealed = envelope.seal(tokens.key(token, "session"), inside, envelope.bind("reporter session", uow.organisation_id))
    uow.session.add(
        ReporterSession(
            token_hash=tokens.lookup(token, "session"),
            organisation_id=uow.organisation_id,
            sealed=sealed,
            expires_at=_rounded_up(uow.now + REPORTER_IDLE),
        )
    )
    return token


def resume_reporter(uow: UnitOfWork, token: str) -> ReporterResumed:
    """Open an inbox again; `NotFound` when it has ended, idled or never was."""
    row = uow.session.get(ReporterSession, tokens.lookup(token, "session"))
    if row is None or row.organisation_id != uow.organisation_id or row.expires_at < uow.now:
        raise NotFound("session")
    try:
        inside = json.loads(
            envelope.open_sealed(
                tokens.key(token, "session"), row.sealed, envelope.bind("reporter session", row.organisation_id)
            )
        )
    except Unreadable as changed:
        raise NotFound("session") from changed
    until, later = datetime.fromisoformat(inside["until"]), _rounded_up(uow.now + REPORTER_IDLE)
    resumed = ReporterResumed(
        uuid.UUID(inside["reporter"]),
        uuid.UUID(inside["case"]),
        bytes.fromhex(inside["root"]),
        # An inbox opened before there were proposals has none, and opens again with its words.
        bytes.fromhex(inside.get("proposal", "")),
    )
    if until < uow.now or not resumed.proposal or _words_have_changed(uow, resumed):
        raise NotFound("session")
    if uow.writes and later > row.expires_at:
        row.expires_at = min(later, until)
    return resumed


def _words_have_changed(uow: UnitOfWork, resumed: ReporterResumed) -> bool:
    """Whether new words were given since: then what this session holds opens nothing any more."""
    row = uow.session.get(Reporter, (uow.organisation_id, resumed.reporter_id))
    if row is None:
        return True
    if row.public == reporter_keys(resumed.root_secret).public.to_bytes():
        return False
    if row.words_changed_on is None:
        raise IntegrityFault(resumed.case_id, "reporter key")
    return True


def end_reporter(uow: UnitOfWork, token: str) -> None:
    """Close the inbox this token opens."""
    uow.session.execute(delete(ReporterSession).where(ReporterSession.token_hash == tokens.lookup(token, "session")))


def sweep(uow: UnitOfWork) -> None:
    """Delete what has ended by itself."""
    uow.session.execute(delete(ReporterSession).where(ReporterSession.expires_at < uow.now))
    uow.session.execute(
        delete(StaffSession).where(
            (StaffSession.seen_at < uow.now - STAFF_IDLE) | (StaffSession.started_at < uow.now - STAFF_LONGEST)
        )
    )


def end_all(uow: UnitOfWork) -> None:
    """End every session of this organisation, staff and reporters."""
    policy.require(uow.actor, Permission.ADMIN_SETTINGS)
    uow.session.execute(delete(StaffSession).where(StaffSession.organisation_id == uow.organisation_id))
    uow.session.execute(delete(ReporterSession).where(ReporterSession.organisation_id == uow.organisation_id))


def _staff_context(organisation_id: uuid.UUID, person_id: uuid.UUID, *, second_factor_done: bool) -> bytes:
    """Whoever writes the row cannot make a session one that has given both factors."""
    return envelope.bind("staff session", organisation_id, person_id, int(second_factor_done))


def _over(row: StaffSession | Row[*tuple[Any, ...]], moment: datetime) -> bool:
    return moment - row.seen_at > STAFF_IDLE or moment - row.started_at > STAFF_LONGEST


def _rounded_up(moment: datetime) -> datetime:
    seconds = _COARSE.total_seconds()
    return datetime.fromtimestamp(-(-moment.timestamp() // seconds) * seconds, moment.tzinfo)
