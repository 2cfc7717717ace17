"""The policy as a table: one line a permission, one column a role or kind of actor."""

from speakup.kernel.actor import ActorKind, Role
from speakup.policy import BY_KIND, GRANTS, Permission


def table() -> str:
    """Write the whole matrix as it stands in the code."""
    lines = [
        f"{permission.value}: {', '.join(sorted(_who(permission))) or 'nobody'}"
        for permission in sorted(Permission, key=lambda each: each.value)
    ]
    return "\n".join(lines) + "\n"


def _who(permission: Permission) -> set[str]:
    kinds = {f"any {kind.value}" for kind in ActorKind if permission in BY_KIND[kind]}
    return kinds | {role.value for role in Role if permission in GRANTS[role]}
