"""What people are called whom a worker is told of: as whoever vouched for them read it.

Names swapped in the database would else lead somebody to write to the very person they would keep out.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import replace

from speakup.accounts import Member
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.operations import key_log
from speakup.keyring.rules.key_log import KeyLog


def as_vouched(log: KeyLog, members: Iterable[Member]) -> list[Member]:
    """Give each the name they were vouched for; those the log does not know keep what is written."""
    return [replace(each, vouched_name=log.name_of(each.id)) for each in members]


def names_vouched_for(uow: UnitOfWork, stored: Mapping[uuid.UUID, str]) -> dict[uuid.UUID, str]:
    """Return `stored` with the name in the key log wherever it has one."""
    try:
        log = key_log.load(uow)
    except key_log.NoTrustRoot:
        return dict(stored)
    return {person_id: log.name_of(person_id) or name for person_id, name in stored.items()}
