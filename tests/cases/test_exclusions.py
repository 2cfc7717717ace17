"""Exclusions bind: at intake, and every grant after it, whatever people become later."""

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from speakup import accounts, cases, keyring, routing
from speakup.accounts import Marked, Part
from speakup.cases import Exclusions
from speakup.kernel.actor import Role
from speakup.kernel.errors import Forbidden, NobodyToReceive
from speakup.routing import Rule, Subject
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust


def grant(raised: RaisedCase, to: Colleague) -> None:
    with raised.as_(readers_of(raised)[0]) as (uow, case):
        keyring.grant(uow, case.id, to.id)


def become(trust: Trust, who: Colleague, roles: Iterable[Role]) -> None:
    """Be written down for other roles, and vouched for them."""
    with trust.work(trust.administrator) as uow:
        accounts.change_roles(uow, accounts.member(uow, who.id).membership, roles)
    with trust.work(who) as uow:
        words = keyring.my_words(uow)
    with trust.work(trust.guardian if who is not trust.guardian else trust.lead) as uow:
        keyring.vouch(uow, keyring.offered(uow, who.id), words, uow.today + timedelta(days=100))


def test_somebody_excluded_by_name_is_neither_routed_to_nor_ever_given_the_case(trust: Trust) -> None:
    raised = factories.raised_case(trust, exclusions=Exclusions(people=frozenset({trust.guardian.id})))
    assert trust.guardian not in readers_of(raised)
    with pytest.raises(Forbidden):
        grant(raised, trust.guardian)


def test_the_team_excluded_means_whoever_is_on_it_and_whoever_joins_it_later(trust: Trust) -> None:
    raised = factories.raised_case(trust, exclusions=Exclusions(team=True))
    assert set(readers_of(raised)) == {trust.non_executive_lead, trust.buddy}
    for each in (trust.guardian, trust.second_guardian, trust.lead):
        with pytest.raises(Forbidden):
            grant(raised, each)
    become(trust, trust.executive_lead, [Role.GUARDIAN])
    with pytest.raises(Forbidden):
        grant(raised, trust.executive_lead)


def test_a_concern_about_an_unnamed_guardian_reaches_no_guardian_later_either(trust: Trust) -> None:
    raised = factories.raised_case(trust, subject=Subject.GUARDIAN)
    assert set(readers_of(raised)) == {trust.non_executive_lead, trust.buddy}
    with pytest.raises(Forbidden):
        grant(raised, trust.lead)


def test_a_concern_about_the_chair_never_reaches_the_non_executive_lead(trust: Trust) -> None:
    raised = factories.raised_case(trust, subject=Subject.CHAIR)
    with pytest.raises(Forbidden):
        grant(raised, trust.non_executive_lead)
    grant(raised, trust.buddy)
    assert raised.view(trust.buddy).told.narrative == raised.concern.narrative


def test_an_executive_excluded_from_the_list_cannot_become_a_guardian_who_reads_it(trust: Trust) -> None:
    raised = factories.raised_case(trust, exclusions=Exclusions(executives=True))
    become(trust, trust.executive_lead, [Role.EXECUTIVE_LEAD, Role.BUDDY_GUARDIAN])
    with pytest.raises(Forbidden):
        grant(raised, trust.executive_lead)


def test_a_concern_that_would_leave_nobody_is_not_taken_in_silence(trust: Trust) -> None:
    everybody = frozenset(each.id for each in trust.people.values())
    with pytest.raises(NobodyToReceive):
        factories.raised_case(trust, exclusions=Exclusions(people=everybody))
    with trust.work(trust.visitor) as uow:
        assert cases.can_receive(uow)
        assert not cases.can_receive(uow, everybody)


def test_only_guardians_see_who_was_excluded(trust: Trust) -> None:
    raised = factories.raised_case(trust, exclusions=Exclusions(people=frozenset({trust.lead.id}), others="My manager"))
    view = raised.view(readers_of(raised)[0])
    assert (view.exclusions.people, view.exclusions.others) == ([trust.lead.name], "My manager")


@pytest.mark.parametrize("name", ["Gail Guard", "GAIL  GUARD", "Gáil Guard"])
def test_a_second_person_of_one_name_draws_no_exclusion_away_from_the_first(trust: Trust, name: str) -> None:
    with trust.work(trust.administrator) as uow:
        details = accounts.PersonDetails("other.gail@example.org", name, "Colleague", "Main hospital")
        second = accounts.invite(uow, details, [Role.EXECUTIVE_LEAD]).person_id
    with trust.work(trust.visitor, writes=False) as uow:
        meant = cases.everybody_excluded(uow, Exclusions(people=frozenset({second})))
    assert meant == {second, trust.guardian.id}
    raised = factories.raised_case(trust, exclusions=Exclusions(people=frozenset({second})))
    assert trust.guardian not in readers_of(raised)
    with pytest.raises(Forbidden):
        grant(raised, trust.guardian)


def mark(trust: Trust, *marked: Marked) -> None:
    with trust.work(trust.guardian) as uow:
        keyring.approve_routing(uow, [], marked)


EXECUTIVES: dict[str, Any] = {"exclusions": Exclusions(executives=True)}
ABOUT_ONE: dict[str, Any] = {"subject": Subject.EXECUTIVE}


@pytest.mark.parametrize("kept_out", [EXECUTIVES, ABOUT_ONE], ids=["kept out", "about one"])
def test_everybody_on_the_list_of_executives_is_bound_by_every_grant(trust: Trust, kept_out: dict[str, Any]) -> None:
    mark(trust, Marked("Lena Leigh", Part.EXECUTIVE, person_id=trust.lead.id))
    raised = factories.raised_case(trust, **kept_out)
    assert trust.lead not in readers_of(raised)
    with pytest.raises(Forbidden):
        grant(raised, trust.lead)


def test_somebody_put_on_the_list_later_is_given_nothing_from_then_on(trust: Trust) -> None:
    raised = factories.raised_case(trust, **EXECUTIVES)
    other = next(each for each in (trust.guardian, trust.second_guardian, trust.lead, trust.buddy)
                 if each not in readers_of(raised) and each is not trust.guardian)  # fmt: skip
    mark(trust, Marked(other.name, Part.EXECUTIVE, person_id=other.id))
    with pytest.raises(Forbidden):
        grant(raised, other)


def test_somebody_taken_off_the_list_stays_kept_out_of_what_was_raised_before(trust: Trust) -> None:
    mark(trust, Marked("Bea Budd", Part.EXECUTIVE, person_id=trust.buddy.id))
    raised = factories.raised_case(trust, **EXECUTIVES)
    mark(trust)
    with pytest.raises(Forbidden):
        grant(raised, trust.buddy)
    later = factories.raised_case(trust, **EXECUTIVES)
    grant(later, trust.buddy)
    assert later.view(trust.buddy).told.narrative == later.concern.narrative


def test_somebody_listed_by_name_alone_is_known_by_it_once_they_have_an_account(trust: Trust) -> None:
    mark(trust, Marked("HUGH  Hárbour", Part.EXECUTIVE))
    raised = factories.raised_case(trust, **EXECUTIVES)
    mark(trust)
    assert trust.second_guardian not in readers_of(raised)
    with pytest.raises(Forbidden):
        grant(raised, trust.second_guardian)


def test_what_is_about_the_chair_reaches_nobody_who_is_listed_as_the_chair(trust: Trust) -> None:
    mark(trust, Marked("Lena Leigh", Part.CHAIR, person_id=trust.lead.id))
    raised = factories.raised_case(trust, subject=Subject.CHAIR)
    assert trust.lead not in readers_of(raised)
    with pytest.raises(Forbidden):
        grant(raised, trust.lead)
    grant(factories.raised_case(trust, **EXECUTIVES, lot=bytes(32)), trust.buddy)


def test_an_administrator_alone_takes_nobody_off_the_list(trust: Trust) -> None:
    mark(trust, Marked("Bea Budd", Part.EXECUTIVE, person_id=trust.buddy.id))
    with trust.work(trust.administrator) as uow:
        routing.begin_draft(uow, [], [])
        routing.submit_draft(uow)
        accounts.change_roles(uow, accounts.member(uow, trust.buddy.id).membership, [Role.BUDDY_GUARDIAN])
    raised = factories.raised_case(trust, **EXECUTIVES)
    with pytest.raises(Forbidden):
        grant(raised, trust.buddy)


@pytest.mark.parametrize("given_out", ["by the last rule", "by a rule that several share"])
def test_who_received_a_concern_tells_nothing_of_those_raised_before_it_on_the_same_day(
    trust: Trust, given_out: str
) -> None:
    if given_out != "by the last rule":
        rule = Rule(None, None, trust.guardian.id, None, (trust.second_guardian.id, trust.lead.id))
        with trust.work(trust.guardian) as uow:
            keyring.approve_routing(uow, [rule.plain()])
    lots = [bytes([each]) for each in range(12)]

    def receivers() -> list[tuple[uuid.UUID, uuid.UUID]]:
        with trust.work(trust.visitor) as uow:
            choices = [cases.choose_receivers(uow, cases.NewConcern("", lot=lot), frozenset()) for lot in lots]
        return [(choice.primary, choice.cover) for choice in choices]

    before = receivers()
    for _ in range(3):
        factories.raised_case(trust)
    assert receivers() == before
    assert len(set(before)) > 1
