"""Which places the menu of a signed-in person shows: what the policy allows, never a role."""

from typing import Any

from speakup import audit, cases, keyring, learning, organisations, policy, routing
from speakup.kernel.actor import Actor
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import NoTrustRoot, load_key_log
from speakup.policy import CASE_ROLES, OWN_ACTIONS, Permission
from speakup.web import faults
from speakup.web.actors import SignedIn, half_signed_in

_BY_PERMISSION = {
    "admin": Permission.ADMIN_SETTINGS,
    "board": Permission.BOARD_READ,
    "cases": Permission.CASE_LIST,
    "colleagues": Permission.KEYLOG_VOUCH,
    "routing_approval": Permission.ROUTING_APPROVE,
    "members": Permission.ADMIN_MEMBERSHIPS,
    "structure": Permission.ADMIN_STRUCTURE,
    "routing": Permission.ADMIN_ROUTING_DRAFT,
    "branding": Permission.ADMIN_SETTINGS,
    "lists": Permission.ADMIN_VOCABULARY,
    "learning": Permission.LEARNING_PROPOSE,
    "diary": Permission.DIARY_KEEP,
    "publications": Permission.PUBLICATION_APPROVE,
    "headcount": Permission.HEADCOUNT_KEEP,
    "signals": Permission.SIGNAL_READ,
    "overdue": Permission.LEARNING_OVERDUE,
    "referrals": Permission.REFERRAL_ANSWER,
    "returns": Permission.RETURN_KEEP,
}


def of(uow: UnitOfWork) -> dict[str, Any]:
    """Return what the staff layout asks for: places, the viewer's name, and what needs a guardian's eye."""
    user = half_signed_in()
    held = [key for key, permission in _BY_PERMISSION.items() if policy.allows(uow.actor, permission)]
    # Everybody may see to an action, and hardly anybody does: an empty place would only be in the way.
    if _sees_to_actions(uow):
        held.append("actions")
    return {
        "places": [*held, "account"],
        "viewer_name": user.person.name if user else "",
        "home_address": home_address(uow.actor),
        # Whoever receives concerns must not believe for weeks that there are none.
        "door_closed": _door_closed(uow) if policy.allows(uow.actor, Permission.CASE_LIST) else "",
        "waiting_changes": _waiting_changes(uow),
        "routing_news": _routing_news(uow, user) if user else "",
        "key_trouble": _key_trouble(uow) if user and _minds_keys(uow, user) else "",
    }


def _door_closed(uow: UnitOfWork) -> str:
    """Say why no new concern is taken, "stopped" or "readers"; empty while the front door is open."""
    if organisations.here(uow).intake_stopped:
        return "stopped"
    return "" if _key_trouble(uow) or cases.can_receive(uow) else "readers"


def home_address(actor: Actor) -> str:
    """Return where somebody begins their day."""
    if policy.allows(actor, Permission.CASE_LIST):
        return "/cases"
    if policy.allows(actor, Permission.REFERRAL_ANSWER):
        return "/referrals"
    if policy.allows(actor, Permission.ADMIN_SETTINGS):
        return "/admin"
    if policy.allows(actor, Permission.LEARNING_OVERDUE):
        return "/actions/overdue"
    if policy.allows(actor, Permission.BOARD_READ):
        return "/board"
    return "/actions" if actor.roles & OWN_ACTIONS else "/account"


def has_something_due(uow: UnitOfWork) -> bool:
    """Say whether anything is ever due for somebody: cases, or learning actions, seen to or looked over."""
    looked_over = (Permission.CASE_LIST, Permission.LEARNING_OVERDUE)
    return any(policy.allows(uow.actor, each) for each in looked_over) or _sees_to_actions(uow)


def _sees_to_actions(uow: UnitOfWork) -> bool:
    return bool(uow.actor.roles & OWN_ACTIONS) or learning.owns_any(uow)


def _minds_keys(uow: UnitOfWork, user: SignedIn) -> bool:
    """Say who is told of trouble with keys. It is then that no role is in effect, so what is written is asked.

    Whoever the log names is told as well: roles may have been struck out by the same hand.
    """
    return bool(user.written & CASE_ROLES) or (faults.noticed_key_log() and user.person.id in keyring.ever_named(uow))


def _waiting_changes(uow: UnitOfWork) -> int:
    """Count what an administrator asks for, on the pages of those who may answer."""
    return len(keyring.pending(uow)) if policy.allows(uow.actor, Permission.KEYLOG_VOUCH) else 0


def _routing_news(uow: UnitOfWork, user: SignedIn) -> str:
    """Say what a guardian has to be told about routing: "waits" for approval, "changed" since they read it, or none."""
    if not policy.allows(uow.actor, Permission.ROUTING_APPROVE) or _key_trouble(uow):
        return ""
    draft, approved = routing.draft(uow), load_key_log(uow).approved
    if draft is not None and draft.submitted_at is not None:
        return "waits"
    unread = approved is not None and approved.number > user.routing_read and approved.by != user.person.id
    return "changed" if unread else ""


def _key_trouble(uow: UnitOfWork) -> str:
    try:
        load_key_log(uow)
        audit.require_anchored(uow)
    except NoTrustRoot:
        return "no trust root"
    except IntegrityFault as fault:
        return "audit chain" if fault.check == "audit chain" else "key log"
    return ""
