"""Which places the menu of a signed-in person shows: what the policy allows, never a role."""

from typing import Any

from speakup import policy
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import NoTrustRoot, load_key_log
from speakup.policy import Permission
from speakup.web.actors import half_signed_in

_BY_PERMISSION = {
    "cases": Permission.CASE_LIST,
    "colleagues": Permission.KEYLOG_VOUCH,
    "routing_approval": Permission.ROUTING_APPROVE,
    "members": Permission.ADMIN_MEMBERSHIPS,
    "structure": Permission.ADMIN_STRUCTURE,
    "routing": Permission.ADMIN_ROUTING_DRAFT,
    "branding": Permission.ADMIN_SETTINGS,
}


def of(uow: UnitOfWork) -> dict[str, Any]:
    """Return what the staff layout asks for: places, the viewer's name, and whether keys need a guardian's eye."""
    user = half_signed_in()
    held = [key for key, permission in _BY_PERMISSION.items() if policy.allows(uow.actor, permission)]
    return {
        "places": [*held, "account"],
        "viewer_name": user.person.name if user else "",
        "home_address": "/cases" if "cases" in held else "/account",
        "key_trouble": _key_trouble(uow) if policy.allows(uow.actor, Permission.KEYLOG_READ) else "",
    }


def _key_trouble(uow: UnitOfWork) -> str:
    try:
        load_key_log(uow)
    except NoTrustRoot:
        return "no trust root"
    except IntegrityFault:
        return "key log"
    return ""
