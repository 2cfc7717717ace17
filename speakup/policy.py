"""Who may do what, on one page.

A permission is `scope:resource:action`. A role holds permissions; a person may hold several roles, but never
administrator together with a role that can hold a grant. Whether a person is *on* a case is not a role: it is
whether they hold a grant, which the queries' scope and the keys themselves decide.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol

from speakup.kernel.actor import Actor, ActorKind, Role
from speakup.kernel.errors import Forbidden


class Permission(StrEnum):
    """Everything that can be allowed, alphabetical by value."""

    ABSENCE_TEAM = "absence:team:keep"
    ACCOUNT_KEEP = "account:keep"
    ADMIN_MEMBERSHIPS = "admin:memberships:keep"
    ADMIN_PEERS = "admin:peers:keep"
    ADMIN_ROUTING_DRAFT = "admin:routing:draft"
    ADMIN_SETTINGS = "admin:settings:keep"
    ADMIN_STRUCTURE = "admin:structure:keep"
    ADMIN_VOCABULARY = "admin:vocabulary:keep"
    AUDIT_VERIFY = "audit:chain:verify"
    CONTEXT_KEEP = "board:context:keep"
    BOARD_ANSWER = "board:question:answer"
    BOARD_ASK = "board:question:ask"
    BOARD_READ = "board:read"
    CALENDAR_FOLLOW = "calendar:follow"
    CASE_ACKNOWLEDGE = "case:acknowledge"
    CASE_ANNOUNCE = "case:announce"
    CASE_CLOSE = "case:close"
    CASE_CODE = "case:code"
    CASE_CONSENT = "case:consent"
    CASE_DETRIMENT = "case:detriment"
    CASE_EXPORT = "case:export"
    CASE_IMPORT = "case:import"
    CASE_HAND_OVER = "case:hand-over"
    CASE_LEARN = "case:learning"
    CASE_LIST = "case:list"
    CASE_MESSAGE = "case:message:send"
    CASE_NOTE = "case:note:add"
    CASE_PAUSE = "case:pause"
    CASE_RAISE = "case:raise"
    CASE_READ = "case:read"
    CASE_REFER = "case:refer"
    CASE_RECORD = "case:record"
    CASE_REOPEN = "case:reopen"
    CASE_ROTATE = "case:keys:rotate"
    CASE_SEARCH = "case:search"
    CASE_STEP_ASIDE = "case:step-aside"
    CASE_SUBJECT_ACCESS = "case:subject-access"
    CASE_TEAM_CLOCKS = "case:team:clocks"
    CASE_TRIAGE = "case:triage"
    CHARACTERISTICS_GIVE = "characteristics:give"
    DIARY_KEEP = "diary:keep"
    DIARY_TEAM = "diary:team"
    FEEDBACK_GIVE = "feedback:give"
    INBOX_USE = "inbox:use"
    FACT_PUSH = "insight:fact:push"
    HEADCOUNT_KEEP = "insight:headcount:keep"
    QUARTER_CLOSE = "insight:quarter:close"
    SIGNAL_READ = "insight:signal:read"
    KEYLOG_READ = "keylog:read"
    KEYLOG_VOUCH = "keylog:vouch"
    LEARNING_FOLLOW_UP = "learning:follow-up"
    LEARNING_KEEP = "learning:action:keep"
    LEARNING_OVERDUE = "learning:overdue:read"
    LEARNING_OWN = "learning:action:own"
    LEARNING_PROPOSE = "learning:action:propose"
    LEARNING_RESOURCES = "learning:resource:keep"
    ORGANISATION_FOUND = "organisation:found"
    ORDER_REMOVE = "order:remove"
    PUBLICATION_APPROVE = "publication:approve"
    PUBLICATION_MAKE = "publication:make"
    PUBLICATION_PREPARE = "publication:prepare"
    REFERRAL_ANSWER = "referral:answer"
    RETURN_KEEP = "return:keep"
    RETURN_SUBMIT = "return:submit"
    ROUTING_APPROVE = "routing:approve"
    ROUTING_TRY = "routing:try"
    STAFF_NOTIFY = "staff:notify"


P = Permission

_EVERY_PERSON = frozenset({P.ACCOUNT_KEEP, P.LEARNING_OWN})

_CASEWORK = frozenset({
    P.CASE_ACKNOWLEDGE, P.CASE_CLOSE, P.CASE_CODE, P.CASE_CONSENT, P.CASE_DETRIMENT, P.CASE_HAND_OVER, P.CASE_LEARN,
    P.CASE_LIST, P.CASE_MESSAGE, P.CASE_NOTE, P.CASE_PAUSE, P.CASE_READ, P.CASE_RECORD, P.CASE_REFER, P.CASE_REOPEN,
    P.CASE_ROTATE, P.CASE_SEARCH, P.CASE_STEP_ASIDE, P.CASE_TRIAGE, P.CHARACTERISTICS_GIVE, P.FACT_PUSH,
    P.FEEDBACK_GIVE, P.KEYLOG_READ, P.LEARNING_PROPOSE,
})  # fmt: skip

_COUNTING = frozenset({
    P.ADMIN_PEERS, P.BOARD_ANSWER, P.BOARD_READ, P.CONTEXT_KEEP, P.HEADCOUNT_KEEP, P.PUBLICATION_APPROVE,
    P.PUBLICATION_PREPARE, P.RETURN_KEEP, P.RETURN_SUBMIT, P.SIGNAL_READ,
})  # fmt: skip
"""What those who keep the log do with what is counted: publish it, return it, and see what it says."""

_WHOLE_LOG = frozenset({P.CASE_EXPORT, P.CASE_IMPORT, P.CASE_SUBJECT_ACCESS})
"""What is done with all cases at once, by those who keep the log."""

_LEARNING = frozenset({P.LEARNING_KEEP, P.LEARNING_RESOURCES})

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.GUARDIAN: _CASEWORK
    | _WHOLE_LOG
    | _COUNTING
    | _LEARNING
    | {P.KEYLOG_VOUCH, P.ROUTING_APPROVE, P.ROUTING_TRY, P.DIARY_KEEP},
    Role.LEAD_GUARDIAN: _CASEWORK
    | _WHOLE_LOG
    | _COUNTING
    | _LEARNING
    | {
        P.ABSENCE_TEAM,
        P.KEYLOG_VOUCH,
        P.ROUTING_APPROVE,
        P.ROUTING_TRY,
        P.CASE_TEAM_CLOCKS,
        P.DIARY_KEEP,
        P.DIARY_TEAM,
    },
    Role.BUDDY_GUARDIAN: _CASEWORK,
    Role.NON_EXECUTIVE_LEAD: _CASEWORK
    | {P.AUDIT_VERIFY, P.BOARD_ASK, P.BOARD_READ, P.KEYLOG_VOUCH, P.PUBLICATION_APPROVE},
    Role.RECIPIENT: frozenset({P.REFERRAL_ANSWER}),
    Role.ACTION_OWNER: frozenset(),
    Role.BOARD_MEMBER: frozenset({P.BOARD_ASK, P.BOARD_READ}),
    Role.EXECUTIVE_LEAD: frozenset({P.BOARD_ASK, P.BOARD_READ, P.LEARNING_OVERDUE}),
    Role.BOARD_SECRETARY: frozenset({P.BOARD_READ, P.CONTEXT_KEEP}),
    Role.RECOVERY_OFFICER: frozenset(),
    Role.ADMINISTRATOR: frozenset(
        {
            P.ADMIN_MEMBERSHIPS,
            P.ADMIN_PEERS,
            P.ADMIN_ROUTING_DRAFT,
            P.ADMIN_SETTINGS,
            P.ADMIN_STRUCTURE,
            P.ADMIN_VOCABULARY,
            P.HEADCOUNT_KEEP,
        }
    ),
}

BY_KIND: dict[ActorKind, frozenset[Permission]] = {
    ActorKind.VISITOR: frozenset({P.CALENDAR_FOLLOW, P.CASE_RAISE}),
    ActorKind.REPORTER: frozenset({P.CASE_RAISE, P.CHARACTERISTICS_GIVE, P.FEEDBACK_GIVE, P.INBOX_USE}),
    ActorKind.SYSTEM: frozenset({P.CASE_ANNOUNCE, P.ORGANISATION_FOUND, P.ORDER_REMOVE, P.STAFF_NOTIFY, P.AUDIT_VERIFY,
                                 P.ADMIN_MEMBERSHIPS, P.ADMIN_STRUCTURE, P.ADMIN_SETTINGS, P.ADMIN_ROUTING_DRAFT,
                                 P.ADMIN_VOCABULARY, P.LEARNING_FOLLOW_UP, P.PUBLICATION_MAKE, P.QUARTER_CLOSE}),
    ActorKind.PERSON: _EVERY_PERSON,
}  # fmt: skip

CAN_HOLD_GRANTS = frozenset({
    Role.GUARDIAN, Role.LEAD_GUARDIAN, Role.BUDDY_GUARDIAN, Role.NON_EXECUTIVE_LEAD, Role.RECIPIENT,
    Role.RECOVERY_OFFICER,
})  # fmt: skip
"""Roles whose holder may be given a data key; all of them need a second factor and a vouching."""

CASE_ROLES = frozenset({Role.GUARDIAN, Role.LEAD_GUARDIAN, Role.BUDDY_GUARDIAN, Role.NON_EXECUTIVE_LEAD})
"""Roles that concerns may be routed to."""

OWN_ACTIONS = frozenset({Role.ACTION_OWNER})
"""Roles whose holder was asked to come here to see to a learning action."""


class InOrganisation(Protocol):
    """Anything that belongs to one organisation."""

    @property
    def organisation_id(self) -> object: ...


def permissions_of(actor: Actor) -> frozenset[Permission]:
    """Return everything this actor may do somewhere."""
    return BY_KIND[actor.kind].union(*(GRANTS[role] for role in actor.roles))


def allows(actor: Actor, permission: Permission, thing: InOrganisation | None = None) -> bool:
    """Say whether `actor` may do this, to `thing` where one is named; nothing crosses organisations."""
    if thing is not None and thing.organisation_id != actor.organisation_id:
        return False
    return permission in permissions_of(actor)


def require(actor: Actor, permission: Permission, thing: InOrganisation | None = None) -> None:
    """Raise `Forbidden`, which looks like absence, unless the policy allows this."""
    if not allows(actor, permission, thing):
        raise Forbidden(permission)


def may_combine(roles: Iterable[Role]) -> bool:
    """Say whether one person may hold these together: an administrator never holds a role that can hold a grant."""
    held = frozenset(roles)
    return Role.ADMINISTRATOR not in held or not held & CAN_HOLD_GRANTS
