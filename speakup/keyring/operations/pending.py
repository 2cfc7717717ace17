"""What an administrator has asked for about people who may be sealed to, and a guardian's answer to it.

An administrator writes roles, ends memberships and says who is away. Whatever of that would change who receives the
next concern counts only once somebody who vouches has agreed; everybody who vouches is told at once.
"""

import hashlib
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from speakup import accounts, jobs, policy
from speakup.accounts import Absence, Days, Membership
from speakup.jobs import Job
from speakup.kernel.actor import Role
from speakup.kernel.errors import Conflict, Forbidden, IntegrityFault, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.operations import key_log, leaving
from speakup.keyring.rules import canonical
from speakup.keyring.rules.key_log import KeyLog, Vouched
from speakup.keyring.rules.pending import Narrowing, narrowing
from speakup.policy import CASE_ROLES, Permission


@dataclass(frozen=True, slots=True)
class Pending(ABC):
    """One change that waits: who it is about, what it is, who asked and since when."""

    person_id: uuid.UUID
    asked_by: uuid.UUID | None
    asked_at: datetime | None

    @property
    def fingerprint(self) -> str:
        """Name exactly this change, so that a page can say what it showed."""
        said = {"person": str(self.person_id), "at": self.asked_at.isoformat() if self.asked_at else "", **self._said()}
        return hashlib.sha256(canonical.encode(said)).hexdigest()

    @abstractmethod
    def _said(self) -> dict[str, object]:
        """What the change is, in plain values."""


@dataclass(frozen=True, slots=True)
class PendingRoles(Pending):
    """Somebody would be less than what was vouched for. `ended`: they can no longer sign in, and would be nothing."""

    narrowing: Narrowing
    ended: bool

    def _said(self) -> dict[str, object]:
        return {"taken": sorted(self.narrowing.taken), "left": sorted(self.narrowing.left), "ended": self.ended}


@dataclass(frozen=True, slots=True)
class PendingAbsence(Pending):
    """Somebody would be away on these days, or would not: then `ends`."""

    absence_id: uuid.UUID
    first: date
    last: date
    stand_in: uuid.UUID | None
    ends: bool

    def _said(self) -> dict[str, object]:
        days = [self.first.isoformat(), self.last.isoformat(), str(self.stand_in), self.ends]
        return {"absence": str(self.absence_id), "days": days}


def pending(uow: UnitOfWork) -> list[PendingRoles | PendingAbsence]:
    """List every change that waits for somebody who vouches, the longest waiting first; none without a good key log."""
    if not policy.allows(uow.actor, Permission.ADMIN_MEMBERSHIPS):
        policy.require(uow.actor, Permission.KEYLOG_READ)
    return list(uow.once("pending changes", lambda: _pending(uow, _log(uow))))


def agree(uow: UnitOfWork, change: PendingRoles | PendingAbsence) -> None:
    """Put a change into effect that an administrator asked for, exactly as it was shown; with my key where keys count.

    Nobody answers for their own roles, or agreeing would take no second person. `OnlyReader` while there are cases that
    nobody else could open.
    """
    policy.require(uow.actor, Permission.KEYLOG_VOUCH)
    _answering(uow, change)
    if isinstance(change, PendingAbsence):
        accounts.agree_absence(uow, accounts.find_absence(uow, change.absence_id))
    elif change.narrowing.left:
        if not change.narrowing.left & CASE_ROLES:
            leaving.require_others_can_open(uow, change.person_id)
        key_log.narrow(uow, change.person_id, change.narrowing.left)
    else:
        leaving.require_others_can_open(uow, change.person_id)
        key_log.remove(uow, change.person_id)
        leaving.drop_everything(uow, change.person_id)


def keep(uow: UnitOfWork, change: PendingRoles | PendingAbsence) -> None:
    """Leave things as they are: the administrator's word is taken back. A membership that ended is theirs to open."""
    policy.require(uow.actor, Permission.KEYLOG_VOUCH)
    membership = _answering(uow, change)
    if isinstance(change, PendingAbsence):
        accounts.withdraw_absence(uow, accounts.find_absence(uow, change.absence_id))
    elif change.ended:
        raise Conflict(change.person_id)
    else:
        accounts.put_roles_back(uow, membership, change.narrowing.taken)


def ask_roles(uow: UnitOfWork, membership: Membership, roles: Iterable[Role]) -> bool:
    """Write down other roles; say whether something is taken away by it that waits for a guardian."""
    accounts.change_roles(uow, membership, roles)
    return _tell_if_waiting(uow, membership, PendingRoles)


def ask_leaving(uow: UnitOfWork, membership: Membership, *, shut_out: bool = False) -> bool:
    """End a membership; say whether a guardian has to agree before concerns go to others.

    `OnlyReader` while there are cases that nobody else can open, unless they have to be shut out today: then those
    cases rest, no key is taken away, and no guardian can agree before they were let in again and handed them over.
    """
    policy.require(uow.actor, Permission.ADMIN_MEMBERSHIPS, membership)
    if not shut_out and _log(uow) is not None:
        leaving.require_others_can_open(uow, membership.person_id)
    leaving.end_membership(uow, membership)
    return _tell_if_waiting(uow, membership, PendingRoles)


def ask_absence(uow: UnitOfWork, membership: Membership, days: Days) -> bool:
    """Ask that a colleague be away on these days; say whether that waits. Only for those concerns may go to."""
    policy.require(uow.actor, Permission.ADMIN_MEMBERSHIPS, membership)
    if not may_be_away(uow, membership):
        raise NotFound(membership.person_id)
    accounts.plan_absence(uow, membership, days)
    return _tell_if_waiting(uow, membership, PendingAbsence)


def ask_presence(uow: UnitOfWork, absence: Absence) -> bool:
    """Ask that an absence end, or not be; say whether that waits."""
    policy.require(uow.actor, Permission.ADMIN_MEMBERSHIPS, absence)
    if accounts.end_absence(uow, absence):
        return False
    return _tell_if_waiting(uow, accounts.member(uow, absence.person_id).membership, PendingAbsence)


def may_be_away(uow: UnitOfWork, membership: Membership) -> bool:
    """Say whether it matters that somebody is away: whether concerns may be, or may come to be, given to them."""
    log = _log(uow)
    vouched = log.valid.get(membership.person_id) if log is not None else None
    return bool((membership.drafted_roles | (vouched.roles if vouched else frozenset())) & CASE_ROLES)


def _pending(uow: UnitOfWork, log: KeyLog | None) -> list[PendingRoles | PendingAbsence]:
    if log is None:
        return []
    memberships = accounts.memberships(uow, besides=log.valid)
    found = [change for each in memberships for change in _about(uow, log, each)]
    return sorted(found, key=lambda change: (change.asked_at or uow.now, change.person_id))


def _about(uow: UnitOfWork, log: KeyLog, membership: Membership) -> list[PendingRoles | PendingAbsence]:
    vouched = log.valid.get(membership.person_id)
    in_effect = vouched if vouched is not None and uow.today <= vouched.expires else None
    roles = _roles_pending(membership, in_effect)
    return [*([roles] if roles is not None else []), *_absences_pending(uow, membership)]


def _roles_pending(membership: Membership, vouched: Vouched | None) -> PendingRoles | None:
    ended = membership.left_on is not None
    less = narrowing(vouched.roles, membership.drafted_roles, ended=ended) if vouched is not None else None
    if less is None:
        return None
    return PendingRoles(membership.person_id, membership.roles_asked_by, membership.roles_asked_at, less, ended)


def _absences_pending(uow: UnitOfWork, membership: Membership) -> Iterator[PendingAbsence]:
    for each in accounts.absences(uow) if membership.left_on is None else ():
        if each.person_id != membership.person_id or (each.agreed and each.end_asked_at is None):
            continue
        by, at = (each.end_asked_by, each.end_asked_at) if each.agreed else (each.asked_by, each.asked_at)
        yield PendingAbsence(
            membership.person_id, by, at, each.id, each.first_on, each.last_on, each.stand_in_id, ends=each.agreed
        )


def _answering(uow: UnitOfWork, change: PendingRoles | PendingAbsence) -> Membership:
    """Return whose change it is, if it still waits exactly as shown; `Conflict` when it has changed or was answered."""
    if isinstance(change, PendingRoles) and change.person_id == uow.actor.id:
        raise Forbidden(change.person_id)
    membership = accounts.member(uow, change.person_id).membership
    uow.session.refresh(membership, with_for_update=True)
    if change not in _about(uow, key_log.load(uow), membership):
        raise Conflict(change.person_id)
    return membership


def tell_guardians(uow: UnitOfWork) -> None:
    """Let everybody who vouches know by mail that there is something to read, and no more.

    For what an administrator does that people who speak up may feel: `Permission.ADMIN_SETTINGS` or memberships.
    """
    if not policy.allows(uow.actor, Permission.ADMIN_SETTINGS):
        policy.require(uow.actor, Permission.ADMIN_MEMBERSHIPS)
    log = _log(uow)
    for person_id, vouched in log.valid.items() if log is not None else ():
        if key_log.may_vouch(vouched, uow.today):
            jobs.defer(uow, Job.SOMETHING_TO_READ_MAIL, person_id)


def _tell_if_waiting(uow: UnitOfWork, membership: Membership, kind: type[Pending]) -> bool:
    log = _log(uow)
    if log is None or not any(isinstance(each, kind) for each in _about(uow, log, membership)):
        return False
    tell_guardians(uow)
    return True


def _log(uow: UnitOfWork) -> KeyLog | None:
    """Return the key log; None where there is none to go by, and so nothing in effect that could be taken away."""
    try:
        return key_log.load(uow)
    except (key_log.NoTrustRoot, IntegrityFault):
        return None
