"""Who may do what is reviewed as one page, and holds to what the design says of it."""

import itertools
from pathlib import Path

import pytest

from speakup import policy
from speakup.kernel.actor import Actor, ActorKind, Role
from speakup.kernel.errors import Forbidden, NotFound
from speakup.kernel.ids import new_id
from speakup.policy import CAN_HOLD_GRANTS, CASE_ROLES, GRANTS, Permission
from tests.architecture import permissions

LEDGER = Path(__file__).with_name("permissions.txt")
CASEWORK = {
    each for each in Permission if each.value.startswith(("case:", "inbox:")) and each is not Permission.CASE_RAISE
}


def test_the_reviewed_matrix_is_the_one_in_force() -> None:
    """Write `permissions.table()` into the ledger when a change is meant, and have it reviewed."""
    assert LEDGER.read_text() == permissions.table()


def test_every_role_and_every_kind_of_actor_is_decided() -> None:
    assert set(GRANTS) == set(Role)
    assert set(policy.BY_KIND) == set(ActorKind)


@pytest.mark.parametrize("role", sorted(set(Role) - CASE_ROLES))
def test_whoever_works_no_case_may_do_nothing_to_any(role: Role) -> None:
    assert GRANTS[role] & CASEWORK == frozenset()


def test_an_administrator_never_touches_a_case_the_key_log_or_routing_in_force() -> None:
    may = GRANTS[Role.ADMINISTRATOR] - {Permission.HEADCOUNT_KEEP}
    assert {each.value.split(":")[0] for each in may} == {"admin"}


@pytest.mark.parametrize("roles", list(itertools.combinations(Role, 2)), ids=str)
def test_an_administrator_holds_no_role_that_can_hold_a_grant(roles: tuple[Role, Role]) -> None:
    forbidden = Role.ADMINISTRATOR in roles and bool(set(roles) & CAN_HOLD_GRANTS)
    assert policy.may_combine(roles) is not forbidden


def test_whoever_works_cases_can_hold_grants() -> None:
    assert CASE_ROLES <= CAN_HOLD_GRANTS


@pytest.mark.parametrize("permission", list(Permission))
def test_nothing_crosses_organisations(permission: Permission) -> None:
    here, elsewhere = new_id(), Actor(ActorKind.SYSTEM, new_id())

    class Thing:
        organisation_id = here

    assert not policy.allows(Actor(ActorKind.PERSON, new_id(), new_id(), frozenset(Role)), permission, Thing())
    assert not policy.allows(elsewhere, permission, Thing())


def test_being_refused_looks_like_absence() -> None:
    nobody = Actor(ActorKind.VISITOR, new_id())
    with pytest.raises(NotFound) as refused:
        policy.require(nobody, Permission.CASE_READ)
    assert isinstance(refused.value, Forbidden)
