"""A person's key pair and the passphrase that opens it.

Argon2id takes a third of a second, so it is never run inside a unit of work: `locked_key` reads, `open_locked`
computes with the database let go, and only then does another unit begin.
"""

import re
import uuid

from zxcvbn import zxcvbn

from speakup import audit
from speakup.audit import Event
from speakup.crypto import passphrases, slots
from speakup.crypto.envelope import bind
from speakup.crypto.errors import Unreadable
from speakup.crypto.keypairs import new_root_secret, staff_keys
from speakup.crypto.passphrases import Locked, Parameters, WrongPassphrase
from speakup.kernel.errors import Busy, Conflict, IntegrityFault, Invalid
from speakup.kernel.turns import away
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import KeyPair
from speakup.keyring.operations import seen

SHORTEST = 14
"""Characters in the shortest passphrase."""
LONGEST = 1024
_STRONG = 3
"""zxcvbn's score from which guessing offline is at least moderately hard (over 10^8 guesses)."""


def locked_key(uow: UnitOfWork, person_id: uuid.UUID) -> Locked | None:
    """Read what a passphrase opens; None for somebody without a key pair yet."""
    row = uow.session.get(KeyPair, person_id)
    if row is None:
        return None
    try:
        costs = Parameters(row.memory_kib, row.iterations, row.lanes)
    except Unreadable as fault:
        raise IntegrityFault(person_id, "key pair") from fault
    return Locked(costs, row.salt, row.verifier, row.sealed_root)


def open_locked(person_id: uuid.UUID | None, locked: Locked | None, passphrase: str, client: str) -> bytes:
    """Return the root secret. `WrongPassphrase` costs the same for an unknown account; `Busy` after 2 seconds.

    `client` is any value that tells one guesser from the next, kept for as long as the call lasts.
    """
    try:
        with away(), slots.SIGN_IN.hold(client):
            if locked is None or person_id is None:
                passphrases.waste()
                raise WrongPassphrase
            return passphrases.unlock(passphrase, locked, _context(person_id))
    except slots.Full as full:
        raise Busy from full
    except Unreadable as fault:
        raise IntegrityFault(person_id, "key pair") from fault


def locked_new(person_id: uuid.UUID, root_secret: bytes, passphrase: str, client: str, about: list[str]) -> Locked:
    """Seal a root secret under a new passphrase; `Invalid("passphrase", …)` for one that is short or easy to guess."""
    require_strong(passphrase, about)
    try:
        with away(), slots.SIGN_IN.hold(client):
            return passphrases.lock(passphrase, root_secret, _context(person_id))
    except slots.Full as full:
        raise Busy from full


def require_strong(passphrase: str, about: list[str]) -> None:
    """Refuse what is short or easy to guess, from what is known of the person too. No rules of composition."""
    if len(passphrase) < SHORTEST:
        raise Invalid("passphrase", "short")
    if len(passphrase) > LONGEST:
        raise Invalid("passphrase", "long")
    if not all(_hard_to_guess(each, about) for each in {passphrase, _without(passphrase, about)}):
        raise Invalid("passphrase", "easy to guess")


def _hard_to_guess(passphrase: str, about: list[str]) -> bool:
    # zxcvbn's time grows with the square of the length, and what follows the first seventy letters only adds strength.
    return bool(passphrase and zxcvbn(passphrase[:72], user_inputs=about)["score"] >= _STRONG)


def _without(passphrase: str, about: list[str]) -> str:
    """Leave out every word that is known of the person: what remains has to be hard to guess by itself."""
    known = {part for text in about for part in re.findall(r"\w{3,}", text.casefold())}
    if not known:
        return passphrase
    longest_first = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    rest, found = re.subn(longest_first, "", passphrase.casefold())
    return rest.strip() if found else passphrase


def new_root() -> bytes:
    """Draw the root secret of a new account."""
    return new_root_secret()


def create_key_pair(uow: UnitOfWork, person_id: uuid.UUID, root_secret: bytes, locked: Locked) -> None:
    """Give a person their keys, at their first visit."""
    if uow.session.get(KeyPair, person_id) is not None:
        raise Conflict(person_id)
    row = KeyPair(person_id=person_id, public=staff_keys(root_secret).public.to_bytes())
    write_locked(row, locked)
    uow.session.add(row)
    uow.session.flush()
    seen.begin(uow, person_id, root_secret)


def change_passphrase(uow: UnitOfWork, locked: Locked) -> None:
    """Seal the acting person's root secret under another passphrase. The keys stay; the caller ends other sessions."""
    row = uow.session.get_one(KeyPair, uow.actor.person_id)
    write_locked(row, locked)
    audit.record(uow, Event.PASSPHRASE_CHANGED, uow.actor.id)


def renew(uow: UnitOfWork, person_id: uuid.UUID, locked: Locked) -> None:
    """Write the same secret under today's costs, after a sign-in that found older ones."""
    write_locked(uow.session.get_one(KeyPair, person_id), locked)


def write_locked(row: KeyPair, locked: Locked) -> None:
    """Put a root secret, as a passphrase seals it, in its row."""
    costs = locked.parameters
    row.memory_kib, row.iterations, row.lanes = costs.memory_kib, costs.iterations, costs.lanes
    row.salt, row.verifier, row.sealed_root = locked.salt, locked.verifier, locked.sealed_root


def _context(person_id: uuid.UUID) -> bytes:
    return bind("root secret", person_id)
