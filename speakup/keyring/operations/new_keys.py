"""New keys for somebody whose passphrase may be known, and then for all that was sealed to the old ones.

Changing a passphrase alone is not enough then: whoever knew it may have copied the root secret. The former ones stay,
sealed under the new one, so that what was sealed to them can be opened and sealed anew.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from speakup import audit, policy
from speakup.audit import Event
from speakup.crypto.keypairs import staff_keys
from speakup.crypto.passphrases import Locked
from speakup.kernel.actor import Role
from speakup.kernel.errors import Conflict, Forbidden
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.models import Compartment, CompartmentKind, Grant, KeyPair, KeyRecord, PrincipalKind
from speakup.keyring.operations import compartments, key_log
from speakup.keyring.operations.credentials import write_locked
from speakup.keyring.principals import former_roots, principal, sealed_former
from speakup.keyring.rules import key_records
from speakup.keyring.rules.key_records import Place
from speakup.policy import Permission


def may_replace_keys(uow: UnitOfWork) -> bool:
    """Say whether somebody else could vouch for new keys of the acting person, who else would open nothing again."""
    others = (each for each in key_log.load(uow).valid.values() if each.person_id != uow.actor.id)
    return any(uow.today <= each.expires and _may_vouch(each.roles) for each in others)


def had_keys(uow: UnitOfWork) -> bool:
    """Say whether the acting person had other keys before."""
    return bool(former_roots(uow))


def replace_keys(uow: UnitOfWork, root_secret: bytes, locked: Locked) -> None:
    """Give the acting person a new root secret, sealed as `locked`. The caller ends every session there is.

    `Conflict` while nobody else could vouch for it. Until somebody does, it opens no case.
    """
    policy.require(uow.actor, Permission.ACCOUNT_KEEP)
    me, old = uow.actor.person_id, uow.actor.root_secret
    if old is None:
        raise Forbidden(me)
    if not may_replace_keys(uow):
        raise Conflict(me)
    row = uow.session.get_one(KeyPair, me)
    row.sealed_former = sealed_former(me, root_secret, [*former_roots(uow), old])
    row.public = staff_keys(root_secret).public.to_bytes()
    write_locked(row, locked)
    audit.record(uow, Event.KEYS_REPLACED, me)


def with_old_locks(uow: UnitOfWork) -> list[uuid.UUID]:
    """List the cases of which something is still sealed to a key the acting person had before."""
    policy.require(uow.actor, Permission.CASE_ROTATE)
    me = principal(uow)
    held = (
        select(Grant.compartment_id, Grant.case_id, Grant.kind, KeyRecord.body)
        .join(Compartment, and_(*_same(Compartment.organisation_id, Compartment.id)))
        .join(KeyRecord, and_(*_same(KeyRecord.organisation_id, KeyRecord.compartment_id)))
        .where(
            Grant.organisation_id == uow.organisation_id,
            Grant.principal_kind == PrincipalKind.STAFF,
            Grant.principal_id == me.id,
            # What a group shares is given a new key by whoever shares something in it.
            Grant.kind != CompartmentKind.GROUP,
            KeyRecord.version == Compartment.version,
        )
    )
    found = set()
    for compartment_id, case_id, kind, body in uow.session.execute(held):
        stated = key_records.read(Place(uow.organisation_id, case_id, compartment_id, kind), body)
        holder = stated.holder(me.kind, me.id)
        if holder is not None and holder.fingerprint != me.fingerprint:
            found.add(case_id)
    return sorted(found)


def change_locks(uow: UnitOfWork, case_ids: list[uuid.UUID]) -> None:
    """Give all that the acting person holds of these cases a new key, sealed to their new one and nobody's former."""
    policy.require(uow.actor, Permission.CASE_ROTATE)
    for case_id in case_ids:
        compartments.settle(uow, compartments.open_case(uow, case_id).values())


def _may_vouch(roles: Iterable[Role]) -> bool:
    return any(Permission.KEYLOG_VOUCH in policy.GRANTS[role] for role in roles)


def _same(organisation: Any, compartment: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:  # noqa: ANN401 -- mapped attributes
    return organisation == Grant.organisation_id, compartment == Grant.compartment_id
