"""The organisation's key log: founding it, vouching, removing, putting routing into effect."""

import hashlib
import hmac
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, func, select, text

from speakup import accounts, audit, jobs, organisations, policy, vocabulary
from speakup.accounts import Marked
from speakup.audit import Event
from speakup.crypto.errors import Unreadable
from speakup.crypto.keypairs import PublicKeys, five_words
from speakup.jobs import Job
from speakup.kernel.actor import Role
from speakup.kernel.errors import Conflict, Forbidden, IntegrityFault, Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import trust_root
from speakup.keyring.models import CompartmentKind, KeyLogEntry, KeyPair, LogKind
from speakup.keyring.principals import principal
from speakup.keyring.rules import canonical, key_log
from speakup.keyring.rules.key_log import KeyLog, LogFault, Places, SignedEntry, Signing, TrustRoot, Vouched, Whose
from speakup.keyring.rules.pending import SIGNED
from speakup.policy import Permission
from speakup.vocabulary import CodeSet

CASE_COMPARTMENTS = frozenset(CompartmentKind)

# Public, already verified, and followed only forwards: what one request found good, the next need not check again.
_verified: dict[tuple[Path, uuid.UUID, bytes], KeyLog] = {}

# Built once: putting a statement together takes longer than asking it.
_ENTRY = KeyLogEntry.__table__.c
_FROM = (
    select(_ENTRY.body, _ENTRY.signature)
    .where(_ENTRY.organisation_id == bindparam("organisation"), _ENTRY.number >= bindparam("number"))
    .order_by(_ENTRY.number)
)

# Set in a unit of work that wrote an entry: what may yet be rolled back is remembered nowhere.
_WRITTEN = "key log written"


class NoTrustRoot(Conflict):
    """No trust root has been written for this organisation, so nobody can be sealed to."""


def load(uow: UnitOfWork) -> KeyLog:
    """Return the log, followed to its end and found good; `IntegrityFault` when forged, forked or older than seen.

    So it is where the organisation is called otherwise than outside the database: nothing is sealed for its guardians.
    """
    opened = uow.opened.get("key log")
    if isinstance(opened, KeyLog):
        return opened
    try:
        root = trust_root.read(uow.trust_dir, uow.organisation_id)
    except ValueError as fault:
        raise IntegrityFault(uow.organisation_id, "trust root") from fault
    if root is None:
        raise NoTrustRoot(uow.organisation_id)
    organisations.require_name(uow)
    log = _follow(uow, root)
    if log.number > root.number and _WRITTEN not in uow.opened:
        trust_root.advance(
            uow.trust_dir, uow.organisation_id, TrustRoot(root.person_id, root.fingerprint, log.number, log.hash)
        )
    uow.opened["key log"] = log
    return log


def found(uow: UnitOfWork, expires: date) -> None:
    """Write the first entry, by the first guardian about themselves. It counts once the trust root names it."""
    me = accounts.member(uow, uow.actor.person_id)
    if _count(uow) or Role.GUARDIAN not in me.membership.drafted_roles:
        raise Conflict(uow.organisation_id)
    keys = principal(uow).keys
    log = key_log.empty(uow.organisation_id)
    signing, whose, roles = Signing(me.id, uow.today), Whose(me.id, me.person.name), me.membership.drafted_roles
    body = key_log.vouching_body(log, LogKind.ROOT, signing, whose, keys.public, CASE_COMPARTMENTS, roles, expires)
    _append(uow, log, body, keys.sign_vouching(body))


def root_words(uow: UnitOfWork) -> tuple[str, ...]:
    """Return the five words of the key the log begins with, to be compared with those the first guardian reads out."""
    first = uow.session.get(KeyLogEntry, (uow.organisation_id, 1))
    if first is None:
        raise NotFound("key log")
    root = _claimed_root(first)
    return _five_words(root.fingerprint, uow.organisation_id)


def set_trust_root(uow: UnitOfWork, words: Iterable[str]) -> KeyLog:
    """Write the trust root file, if `words` are those the first guardian reads out; then follow the log from it."""
    policy.require(uow.actor, Permission.ORGANISATION_FOUND)
    _require_words(words, root_words(uow))
    first = uow.session.get_one(KeyLogEntry, (uow.organisation_id, 1))
    trust_root.write(uow.trust_dir, uow.organisation_id, _claimed_root(first))
    uow.opened.pop("key log", None)
    return load(uow)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a guardian is shown before vouching for somebody, and all that the vouching can say."""

    person_id: uuid.UUID
    name: str
    email: str
    job_title: str
    roles: frozenset[Role]

    @property
    def fingerprint(self) -> str:
        """Name exactly this, so that a page can say what it showed."""
        said = [str(self.person_id), self.name, self.email, self.job_title, sorted(self.roles)]
        return hashlib.sha256(canonical.encode({"shown": said})).hexdigest()


def offered(uow: UnitOfWork, person_id: uuid.UUID) -> Offer:
    """Return what there is to be vouched for: `NotFound` for somebody who has not taken their invitation up."""
    policy.require(uow.actor, Permission.KEYLOG_READ)
    member = accounts.member(uow, person_id)
    if member.membership.joined_on is None or member.membership.left_on is not None:
        raise NotFound(person_id)
    person = member.person
    return Offer(person_id, person.name, member.email, person.job_title, member.membership.drafted_roles & SIGNED)


def vouch(uow: UnitOfWork, offer: Offer, words: Iterable[str], expires: date) -> None:
    """Vouch for a colleague's key by the five words they read out, for exactly what was shown.

    `Conflict` when something of it has been changed since: what is signed is what a guardian read.
    """
    policy.require(uow.actor, Permission.KEYLOG_VOUCH)
    person_id = offer.person_id
    if person_id == uow.actor.id:
        raise Forbidden(person_id)
    if not offer.roles & policy.CAN_HOLD_GRANTS:
        raise Invalid("roles", "none that can hold a grant")
    if expires <= uow.today:
        raise Invalid("expires", "past")
    if offer != offered(uow, person_id):
        raise Conflict(person_id)
    keys = claimed_keys(uow, person_id)
    _require_words(words, _five_words(keys.fingerprint(), uow.organisation_id))
    _sign_vouching(uow, _latest(uow), offer, keys, expires)


def narrow(uow: UnitOfWork, person_id: uuid.UUID, roles: frozenset[Role]) -> None:
    """Vouch again for the same key until the same day, for fewer roles. No words are needed: nothing is added."""
    policy.require(uow.actor, Permission.KEYLOG_VOUCH)
    log = _latest(uow)
    held = log.valid.get(person_id)
    if held is None or uow.today > held.expires or not roles < held.roles or not roles & policy.CAN_HOLD_GRANTS:
        raise Conflict(person_id)
    if person_id == uow.actor.id:
        raise Forbidden(person_id)
    _sign_vouching(uow, log, Offer(person_id, held.name, "", "", roles), held.keys, held.expires)


def remove(uow: UnitOfWork, person_id: uuid.UUID) -> None:
    """Say that nothing more is to be sealed to this person."""
    policy.require(uow.actor, Permission.KEYLOG_VOUCH)
    log = _latest(uow)
    if person_id not in log.valid or person_id == uow.actor.id:
        raise Conflict(person_id)
    _sign_removal(uow, log, person_id)


def remove_myself(uow: UnitOfWork) -> None:
    """Say that nothing more is to be sealed to whoever acts, who leaves by their own word."""
    policy.require(uow.actor, Permission.ACCOUNT_KEEP)
    _sign_removal(uow, _latest(uow), uow.actor.person_id)


def _sign_removal(uow: UnitOfWork, log: KeyLog, person_id: uuid.UUID) -> None:
    body = key_log.removal_body(log, Signing(uow.actor.person_id, uow.today), person_id)
    _append(uow, log, body, principal(uow).keys.sign_vouching(body))


def approve_routing(uow: UnitOfWork, rules: Iterable[dict[str, Any]], marked: Iterable[Marked] = ()) -> None:
    """Put routing rules and the list of executives into effect under the guardian's approving key; the log carries
    them. Every other guardian is told.

    What every place is called now goes with them: renaming two places would else swap who receives from them.
    """
    policy.require(uow.actor, Permission.ROUTING_APPROVE)
    log = _latest(uow)
    signing = Signing(uow.actor.person_id, uow.today)
    body = key_log.routing_body(log, signing, rules, places_now(uow), marked)
    _append(uow, log, body, principal(uow).keys.sign_approving(body))
    for person_id in approvers(log, uow.today) - {uow.actor.id}:
        jobs.defer(uow, Job.SOMETHING_TO_READ_MAIL, person_id)
    audit.record(uow, Event.ROUTING_APPROVED, uow.actor.id)


def approvers(log: KeyLog, today: date) -> frozenset[uuid.UUID]:
    """Name everybody whose key may put routing rules into effect today."""
    return frozenset(
        person_id
        for person_id, vouched in log.valid.items()
        if today <= vouched.expires and any(Permission.ROUTING_APPROVE in policy.GRANTS[role] for role in vouched.roles)
    )


def ask_for_approval(uow: UnitOfWork) -> None:
    """Let everybody who may approve routing rules know by mail that there is something to read."""
    policy.require(uow.actor, Permission.ADMIN_ROUTING_DRAFT)
    try:
        log = load(uow)
    except (NoTrustRoot, IntegrityFault):
        # Nobody could approve anything yet; they see the draft once they can.
        return
    for person_id in sorted(approvers(log, uow.today)):
        jobs.defer(uow, Job.SOMETHING_TO_READ_MAIL, person_id)


def places_now(uow: UnitOfWork) -> Places:
    """Return what every open directorate, site and staff group is called today."""
    return Places(
        {each.id: each.name for each in organisations.directorates(uow)},
        {each.id: each.name for each in organisations.sites(uow)},
        {each.key: each.name for each in vocabulary.codes(uow, CodeSet.WORKER_GROUP)},
    )


def claimed_keys(uow: UnitOfWork, person_id: uuid.UUID) -> PublicKeys:
    """Return the keys the database says are this person's: good for comparing words, never for sealing."""
    row = uow.session.get(KeyPair, person_id)
    if row is None:
        raise NotFound(person_id)
    try:
        return PublicKeys.from_bytes(row.public)
    except Unreadable as fault:
        raise IntegrityFault(person_id, "public key") from fault


def my_words(uow: UnitOfWork) -> tuple[str, ...]:
    """Return my five words, from my opened private key and never from a row."""
    return _five_words(principal(uow).fingerprint, uow.organisation_id)


def effective_roles(
    uow: UnitOfWork, written: frozenset[Role], person_id: uuid.UUID, fingerprint: bytes | None = None
) -> frozenset[Role]:
    """Return the roles in effect: those that can hold a grant as the key log says, whatever has been written since.

    They begin and end under a guardian's key, so that an administrator alone neither makes a reader nor blinds one.
    `fingerprint` is the opened key's, where the person is here; a key the log does not know gives no role.
    """
    plain = written - policy.CAN_HOLD_GRANTS
    try:
        vouched = load(uow).valid.get(person_id)
    except NoTrustRoot:
        return plain
    if (
        vouched is None
        or uow.today > vouched.expires
        or (fingerprint is not None and vouched.fingerprint != fingerprint)
    ):
        return plain
    held = plain | (vouched.roles & policy.CAN_HOLD_GRANTS)
    # An administrator may have written this combination over a vouched role, whose end waits for a guardian.
    return held if policy.may_combine(held) else held - {Role.ADMINISTRATOR}


def ever_named(uow: UnitOfWork) -> frozenset[uuid.UUID]:
    """Name everybody any entry vouches for, whether or not it checks out: for warning people, never for sealing."""
    bodies = uow.session.scalars(select(KeyLogEntry.body).where(KeyLogEntry.organisation_id == uow.organisation_id))
    found = (key_log.claimed_person(body) for body in bodies)
    return frozenset(each for each in found if each is not None)


def may_vouch(vouched: Vouched, today: date) -> bool:
    """Say whether somebody the log knows may sign for others today."""
    permitted = frozenset().union(*(policy.GRANTS[role] for role in vouched.roles))
    return today <= vouched.expires and Permission.KEYLOG_VOUCH in permitted


@lru_cache(maxsize=256)
def _five_words(fingerprint: bytes, organisation_id: uuid.UUID) -> tuple[str, ...]:
    """Both are public, and the words of a key never change; working them out takes a third of a second."""
    return five_words(fingerprint, organisation_id.bytes)


def _sign_vouching(uow: UnitOfWork, log: KeyLog, offer: Offer, keys: PublicKeys, expires: date) -> None:
    signing, whose = Signing(uow.actor.person_id, uow.today), Whose(offer.person_id, offer.name)
    compartments = _compartments_for(offer.roles)
    body = key_log.vouching_body(log, LogKind.VOUCH, signing, whose, keys, compartments, offer.roles, expires)
    _append(uow, log, body, principal(uow).keys.sign_vouching(body))


def _compartments_for(roles: frozenset[Role]) -> frozenset[CompartmentKind]:
    if roles & policy.CASE_ROLES:
        return CASE_COMPARTMENTS
    return frozenset({CompartmentKind.REFERRAL}) if Role.RECIPIENT in roles else frozenset()


def _require_words(typed: Iterable[str], right: tuple[str, ...]) -> None:
    said = " ".join(word.strip().lower() for word in typed)
    if not hmac.compare_digest(said.encode(), " ".join(right).encode()):
        raise Invalid("words", "not those words")


def _latest(uow: UnitOfWork) -> KeyLog:
    """Follow the log to its end while holding the place where the next entry goes."""
    if uow.on_postgresql:
        # The log itself may only be added to, so its rows cannot be held.
        uow.session.execute(
            text("SELECT pg_advisory_xact_lock(hashtext(:log))"), {"log": f"key log {uow.organisation_id}"}
        )
    uow.opened.pop("key log", None)
    return load(uow)


def _append(uow: UnitOfWork, log: KeyLog, body: bytes, signature: bytes) -> None:
    uow.session.add(
        KeyLogEntry(organisation_id=uow.organisation_id, number=log.number + 1, body=body, signature=signature)
    )
    uow.session.flush()
    uow.opened.pop("key log", None)
    uow.opened[_WRITTEN] = True
    audit.record(uow, Event.KEY_LOG_ENTRY, uow.actor.id, log.number + 1)


def _follow(uow: UnitOfWork, root: TrustRoot) -> KeyLog:
    cached = (uow.trust_dir, uow.organisation_id, root.fingerprint)
    start = _verified.get(cached, key_log.empty(uow.organisation_id))
    uow.session.flush()
    rows = uow.session.execute(_FROM, {"organisation": uow.organisation_id, "number": start.number})
    entries = [SignedEntry(body, signature) for body, signature in rows.all()]
    try:
        log = key_log.replay(start, key_log.after(start, entries), root)
    except LogFault as fault:
        raise IntegrityFault(uow.organisation_id, "key log") from fault
    if _WRITTEN not in uow.opened:
        _verified[cached] = log
    return log


def _count(uow: UnitOfWork) -> int:
    return (
        uow.session.scalar(
            select(func.count()).select_from(KeyLogEntry).where(KeyLogEntry.organisation_id == uow.organisation_id)
        )
        or 0
    )


def _claimed_root(first: KeyLogEntry) -> TrustRoot:
    try:
        said = key_log.claimed_root(first.body)
    except LogFault as fault:
        raise IntegrityFault(first.organisation_id, "key log") from fault
    return TrustRoot(said.person_id, said.fingerprint, 1, SignedEntry(first.body, first.signature).hash)
