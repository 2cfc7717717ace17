"""Leaving: what only one person can open is handed over first; then their grants, their key and their sessions end.

The log ends what may be sealed to somebody from the moment it says so. Every compartment they could open gets a new
key when somebody who still holds it opens it next (`compartments.settle`).
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import delete, select

from speakup import accounts, audit, jobs, policy
from speakup.accounts import Membership
from speakup.audit import Event
from speakup.jobs import Job
from speakup.kernel.errors import Conflict, Forbidden
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import CompartmentKind, Grant, PrincipalKind, StaffSession
from speakup.keyring.operations import key_log
from speakup.keyring.operations.compartments import WHOLE
from speakup.policy import Permission


class OnlyReader(Conflict):
    """Nobody else could open `count` cases: whoever leaves hands them over first."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class LastToVouch(Conflict):
    """Nobody else could vouch for anybody, so nobody could ever be given a case again."""


def only_mine(uow: UnitOfWork) -> list[uuid.UUID]:
    """List the cases that nobody but whoever acts can open, who holds all of them."""
    policy.require(uow.actor, Permission.CASE_LIST)
    return _only_theirs(uow, uow.actor.person_id)


def count_only_theirs(uow: UnitOfWork, person_id: uuid.UUID) -> int:
    """Say how many cases nobody but this person can open, and no more: for whoever ends memberships or agrees to it."""
    if not policy.allows(uow.actor, Permission.ADMIN_MEMBERSHIPS):
        policy.require(uow.actor, Permission.KEYLOG_VOUCH)
    return len(_only_theirs(uow, person_id))


def require_others_can_open(uow: UnitOfWork, person_id: uuid.UUID) -> None:
    """Raise `OnlyReader` where something would be lost if this person's keys were no longer sealed to."""
    alone = _only_theirs(uow, person_id)
    if alone:
        raise OnlyReader(len(alone))


def leave(uow: UnitOfWork) -> None:
    """Leave, by one's own word and key: from now on nothing is sealed to whoever acts, and nothing opens for them.

    Whoever signs nothing in the log (a buddy guardian) is shut out at once, and the rest waits for somebody who does.
    `OnlyReader` and `LastToVouch` say why not. Everybody who vouches is told by mail.
    """
    policy.require(uow.actor, Permission.ACCOUNT_KEEP)
    me = uow.actor.person_id
    vouched = key_log.load(uow).valid.get(me)
    if vouched is None or not vouched.roles & policy.CASE_ROLES:
        raise Forbidden(me)
    require_others_can_open(uow, me)
    if not others_may_vouch(uow):
        raise LastToVouch(uow.organisation_id)
    if key_log.may_vouch(vouched, uow.today):
        key_log.remove_myself(uow)
        drop_everything(uow, me)
    end_sessions(uow, me)
    accounts.leave(uow, accounts.member(uow, me).membership)
    for person_id, each in key_log.load(uow).valid.items():
        if key_log.may_vouch(each, uow.today):
            jobs.defer(uow, Job.SOMETHING_TO_READ_MAIL, person_id)


def others_may_vouch(uow: UnitOfWork) -> bool:
    """Say whether somebody else is here who could vouch for colleagues."""
    others = {
        each.person_id
        for each in key_log.load(uow).valid.values()
        if each.person_id != uow.actor.id and key_log.may_vouch(each, uow.today)
    }
    return bool(others - accounts.gone(uow, others))


def drop_everything(uow: UnitOfWork, person_id: uuid.UUID) -> None:
    """Delete every grant of somebody whom the key log no longer names."""
    if person_id in key_log.load(uow).valid:
        raise Conflict(person_id)
    theirs = (
        Grant.organisation_id == uow.organisation_id,
        Grant.principal_kind == PrincipalKind.STAFF,
        Grant.principal_id == person_id,
    )
    uow.session.execute(delete(Grant).where(*theirs))


def end_sessions(uow: UnitOfWork, person_id: uuid.UUID) -> None:
    """End every session somebody has here."""
    uow.session.execute(
        delete(StaffSession).where(
            StaffSession.person_id == person_id, StaffSession.organisation_id == uow.organisation_id
        )
    )
    audit.record(uow, Event.SESSION_ENDED, person_id)


def end_membership(uow: UnitOfWork, membership: Membership) -> None:
    """Shut somebody out at once. Their keys stay until a guardian agrees, so that nothing is lost by it."""
    accounts.end_membership(uow, membership)
    end_sessions(uow, membership.person_id)


def _only_theirs(uow: UnitOfWork, person_id: uuid.UUID) -> list[uuid.UUID]:
    """Find them by grants: whoever else holds all of a case, is in the key log and has not left, can open it."""
    log = key_log.load(uow)
    able = log.receivers(CompartmentKind.CASEWORK, uow.today) - {person_id}
    able -= accounts.gone(uow, able)
    held: dict[uuid.UUID, dict[uuid.UUID, set[CompartmentKind]]] = defaultdict(lambda: defaultdict(set))
    for case_id, principal_id, kind in _grants_beside(uow, person_id):
        held[case_id][principal_id].add(kind)
    return sorted(case_id for case_id, by_person in held.items() if not _anybody(by_person, able))


def _anybody(by_person: dict[uuid.UUID, set[CompartmentKind]], able: Iterable[uuid.UUID]) -> bool:
    return any(by_person.get(each, set()) >= set(WHOLE) for each in able)


def _grants_beside(uow: UnitOfWork, person_id: uuid.UUID) -> list[tuple[uuid.UUID, uuid.UUID, CompartmentKind]]:
    uow.session.flush()
    theirs = select(Grant.case_id).where(
        Grant.organisation_id == uow.organisation_id,
        Grant.principal_kind == PrincipalKind.STAFF,
        Grant.principal_id == person_id,
        Grant.kind.in_(WHOLE),
    )
    query = select(Grant.case_id, Grant.principal_id, Grant.kind).where(
        Grant.organisation_id == uow.organisation_id,
        Grant.principal_kind == PrincipalKind.STAFF,
        Grant.kind.in_(WHOLE),
        Grant.case_id.in_(theirs),
    )
    return [(case_id, principal_id, kind) for case_id, principal_id, kind in uow.session.execute(query)]
