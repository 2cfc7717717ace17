"""What somebody is by the signed log, and what an administrator has written since that waits for a guardian."""

from collections.abc import Collection
from dataclasses import dataclass

from speakup.kernel.actor import Role
from speakup.policy import CAN_HOLD_GRANTS

SIGNED = CAN_HOLD_GRANTS | {Role.EXECUTIVE_LEAD}
"""Roles a vouching carries. Nothing is sealed to an executive lead as such, but being one keeps somebody out of what
executives must not see, and that must not end by an administrator's word alone."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What somebody would no longer be, and what of the signed roles they would still be."""

    taken: frozenset[Role]
    left: frozenset[Role]


def narrowing(signed: Collection[Role], written: Collection[Role], *, ended: bool) -> Narrowing | None:
    """Compare the roles signed for somebody with those written down; None when nothing signed is taken away."""
    held = SIGNED.intersection(signed)
    left = frozenset() if ended else held.intersection(written)
    # Without a role that can hold a grant there is nothing to vouch for, so the whole vouching ends.
    left = left if left & CAN_HOLD_GRANTS else frozenset()
    return Narrowing(held - left, left) if held - left else None
