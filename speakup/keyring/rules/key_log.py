"""Whose public key is whose: replaying the organisation's signed log.

An entry counts only if its number follows, it points to the hash of the entry before, and its signer was valid at
that entry. The first entry is the trust root, and must be the one that a file outside the database names.
"""

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from speakup.accounts import Marked
from speakup.crypto.errors import Unreadable
from speakup.crypto.keypairs import PublicKeys, verify_signature
from speakup.kernel.actor import Role
from speakup.keyring.models import CompartmentKind, LogKind
from speakup.keyring.rules import canonical
from speakup.policy import CASE_ROLES

GENESIS = bytes(32)

# What reading an entry that nobody honest wrote may raise, before its signature is even looked at.
_MALFORMED = (AttributeError, KeyError, TypeError, Unreadable, ValueError)


class LogFault(Exception):
    """The log is forged, forked, older than one already seen, or has no root."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@dataclass(frozen=True, slots=True)
class TrustRoot:
    """What the file outside the database holds: whose log it is, and how far it has been seen."""

    person_id: uuid.UUID
    fingerprint: bytes
    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Vouched:
    """What the log says of one person."""

    person_id: uuid.UUID
    keys: PublicKeys
    compartments: frozenset[CompartmentKind]
    roles: frozenset[Role]
    expires: date
    since: int
    by: uuid.UUID
    fingerprint: bytes
    name: str = ""
    """As the voucher read it; empty in entries from before names were kept."""

    def may_receive(self, kind: CompartmentKind, on: date) -> bool:
        """Say whether a data key of this kind may be sealed to this person today."""
        return kind in self.compartments and on <= self.expires


@dataclass(frozen=True, slots=True)
class Whose:
    """Whom an entry vouches for, by the name that the voucher read."""

    person_id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs an entry, and on which day."""

    person_id: uuid.UUID
    day: date


@dataclass(frozen=True, slots=True)
class Places:
    """What each directorate, site and staff group is called. A rule follows the name a guardian read, whatever is
    renamed since.
    """

    directorates: dict[uuid.UUID, str] = field(default_factory=dict)
    sites: dict[uuid.UUID, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As an entry carries it."""
        return {
            "directorates": {str(place): name for place, name in self.directorates.items()},
            "sites": {str(place): name for place, name in self.sites.items()},
            "groups": self.groups,
        }

    @classmethod
    def from_plain(cls, said: dict[str, Any]) -> "Places":
        """Read it out of an entry."""
        kinds = (said.get("directorates", {}), said.get("sites", {}))
        places, sites = ({uuid.UUID(place): str(name) for place, name in kind.items()} for kind in kinds)
        return cls(places, sites, {str(key): str(name) for key, name in said.get("groups", {}).items()})


@dataclass(frozen=True, slots=True)
class Approval:
    """Which entry the rules in effect came with."""

    number: int
    by: uuid.UUID
    day: date


@dataclass(frozen=True, slots=True)
class KeyLog:
    """The log, replayed and found good."""

    organisation_id: uuid.UUID
    number: int
    hash: bytes
    valid: dict[uuid.UUID, Vouched]
    once_valid: dict[uuid.UUID, tuple[Vouched, ...]] = field(repr=False)
    """Everybody ever vouched for, with each key they had; for judging what was signed and sealed at the time."""
    routing: tuple[dict[str, Any], ...]
    places: Places = field(default_factory=Places)
    """What places were called when the rules were approved; none in entries from before this was kept."""
    day: date = date.min
    """Of the newest entry. Days never fall, so nobody whose vouching has expired can sign as if it had not."""
    approved: "Approval | None" = None
    """Who put the rules into effect, and where in the log."""
    marked: tuple[Marked, ...] = ()
    """Who is on the list of executives and chair, as a guardian approved it."""

    def receivers(self, kind: CompartmentKind, on: date) -> frozenset[uuid.UUID]:
        """Everybody who may be sealed a key of this kind."""
        return frozenset(person for person, vouched in self.valid.items() if vouched.may_receive(kind, on))

    def knew(self, person_id: uuid.UUID, fingerprint: bytes) -> bool:
        """Say whether this key was ever this person's, by the log."""
        return any(each.fingerprint == fingerprint for each in self.once_valid.get(person_id, ()))

    def name_of(self, person_id: uuid.UUID) -> str:
        """Return the name somebody was last vouched for under; nothing for somebody it never knew, or not by name."""
        known = self.once_valid.get(person_id, ())
        return known[-1].name if known else ""

    def once_guardian(self, person_id: uuid.UUID) -> Iterator[Vouched]:
        """Give each key this person had while they could be on a case."""
        return (each for each in self.once_valid.get(person_id, ()) if each.roles & CASE_ROLES)


@dataclass(frozen=True, slots=True)
class SignedEntry:
    """One row of the log as it lies in the database."""

    body: bytes
    signature: bytes

    @property
    def hash(self) -> bytes:
        """What the next entry points back to."""
        return hashlib.sha256(len(self.body).to_bytes(4, "big") + self.body + self.signature).digest()


def empty(organisation_id: uuid.UUID) -> KeyLog:
    """Return the log before its first entry."""
    return KeyLog(organisation_id, 0, GENESIS, {}, {}, ())


def replay(log: KeyLog, entries: Iterable[SignedEntry], root: TrustRoot) -> KeyLog:
    """Follow `entries` from where `log` stands; `LogFault` names the first that does not count."""
    _require_as_seen(log, root)
    for entry in entries:
        log = _follow(log, entry, root)
        _require_as_seen(log, root)
    if log.number < root.number:
        raise LogFault(log.number)
    return log


def after(log: KeyLog, entries: list[SignedEntry]) -> list[SignedEntry]:
    """Leave out the entry `log` already stands at, which must be the first of them and the same."""
    if not log.number:
        return entries
    if not entries or entries[0].hash != log.hash:
        raise LogFault(log.number)
    return entries[1:]


def _require_as_seen(log: KeyLog, root: TrustRoot) -> None:
    if log.number == root.number and log.hash != root.hash:
        raise LogFault(log.number)


def claimed_root(body: bytes) -> Vouched:
    """Read whom a first entry names, before anything vouches for it; for setting the trust root by words."""
    try:
        said = canonical.decode(body)
        return _vouched(said, 1, uuid.UUID(said["signer"]))
    except _MALFORMED as malformed:
        raise LogFault(1) from malformed


def claimed_person(body: bytes) -> uuid.UUID | None:
    """Read whom an entry is about, before anything is checked; None where it is about nobody."""
    try:
        return uuid.UUID(canonical.decode(body)["person"])
    except _MALFORMED:
        return None


def vouching_body(
    log: KeyLog,
    kind: LogKind,
    signing: Signing,
    whose: Whose,
    keys: PublicKeys,
    compartments: Iterable[CompartmentKind],
    roles: Iterable[Role],
    expires: date,
) -> bytes:
    """Write the entry that says: these keys are this person's, who is called so, for these compartments and roles."""
    return canonical.encode({
        **_place(log, kind, signing),
        "person": str(whose.person_id),
        "keys": canonical.text(keys.to_bytes()),
        "compartments": sorted(compartments),
        "roles": sorted(roles),
        "expires": expires.isoformat(),
        "name": whose.name,
    })  # fmt: skip


def removal_body(log: KeyLog, signing: Signing, person_id: uuid.UUID) -> bytes:
    """Write the entry that says: nothing more is sealed to this person."""
    return canonical.encode({**_place(log, LogKind.REMOVE, signing), "person": str(person_id)})


def routing_body(
    log: KeyLog, signing: Signing, rules: Iterable[dict[str, Any]], places: Places, marked: Iterable[Marked] = ()
) -> bytes:
    """Write the entry that puts routing rules into effect; they stand in it, what places are called, who is marked."""
    place = _place(log, LogKind.ROUTING, signing)
    listed = [each.plain() for each in marked]
    return canonical.encode({**place, "rules": list(rules), "places": places.plain(), "marked": listed})


def _place(log: KeyLog, kind: LogKind, signing: Signing) -> dict[str, Any]:
    return {
        "format": 1,
        "organisation": str(log.organisation_id),
        "number": log.number + 1,
        "previous": canonical.text(log.hash),
        "kind": kind.value,
        "signer": str(signing.person_id),
        "day": signing.day.isoformat(),
    }


def _follow(log: KeyLog, entry: SignedEntry, root: TrustRoot) -> KeyLog:
    number = log.number + 1
    try:
        body = canonical.decode(entry.body)
        in_place = (body["format"], body["organisation"], body["number"], canonical.raw(body["previous"])) == (
            1,
            str(log.organisation_id),
            number,
            log.hash,
        )
        if not in_place or date.fromisoformat(body["day"]) < log.day:
            raise LogFault(number)
        return _apply(log, entry, body, root)
    except _MALFORMED as malformed:
        raise LogFault(number) from malformed


def _apply(log: KeyLog, entry: SignedEntry, body: dict[str, Any], root: TrustRoot) -> KeyLog:
    number, kind, signer = log.number + 1, LogKind(body["kind"]), uuid.UUID(body["signer"])
    valid, once = dict(log.valid), dict(log.once_valid)
    if kind is LogKind.ROOT:
        vouched = _vouched(body, number, signer)
        is_root = (
            number == 1 and vouched.person_id == signer == root.person_id and vouched.fingerprint == root.fingerprint
        )
        signing = vouched.keys.vouching if is_root else b""
    else:
        signing = _signing_key(log, body, kind, signer)
    if not signing or not verify_signature(signing, entry.body, entry.signature):
        raise LogFault(number)
    if kind in {LogKind.ROOT, LogKind.VOUCH}:
        vouched = _vouched(body, number, signer)
        valid[vouched.person_id] = vouched
        once[vouched.person_id] = (*once.get(vouched.person_id, ()), vouched)
    elif kind is LogKind.REMOVE:
        del valid[uuid.UUID(body["person"])]
    after = replace(
        log, number=number, hash=entry.hash, valid=valid, once_valid=once, day=date.fromisoformat(body["day"])
    )
    return _with_routing(after, body, signer) if kind is LogKind.ROUTING else after


def _with_routing(log: KeyLog, body: dict[str, Any], signer: uuid.UUID) -> KeyLog:
    return replace(
        log,
        routing=tuple(body["rules"]),
        places=Places.from_plain(body.get("places", {})),
        approved=Approval(log.number, signer, log.day),
        marked=tuple(Marked.from_plain(each) for each in body.get("marked", ())),
    )


def _signing_key(log: KeyLog, body: dict[str, Any], kind: LogKind, signer: uuid.UUID) -> bytes:
    """Return the key this entry must be signed with, or nothing where its signer may not sign it."""
    held = log.valid.get(signer)
    if held is None or date.fromisoformat(body["day"]) > held.expires:
        return b""
    if kind is LogKind.VOUCH and body["person"] == str(signer):
        return b""
    if kind is LogKind.ROUTING:
        return held.keys.approving if held.roles & {Role.GUARDIAN, Role.LEAD_GUARDIAN} else b""
    return held.keys.vouching if held.roles & {Role.GUARDIAN, Role.LEAD_GUARDIAN, Role.NON_EXECUTIVE_LEAD} else b""


def _vouched(body: dict[str, Any], number: int, signer: uuid.UUID) -> Vouched:
    keys = PublicKeys.from_bytes(canonical.raw(body["keys"]))
    return Vouched(
        person_id=uuid.UUID(body["person"]),
        keys=keys,
        compartments=frozenset(CompartmentKind(kind) for kind in body["compartments"]),
        roles=frozenset(Role(role) for role in body["roles"]),
        expires=date.fromisoformat(body["expires"]),
        since=number,
        by=signer,
        fingerprint=keys.fingerprint(),
        name=str(body.get("name", "")),
    )
