"""Exclusions bind: at intake, and every grant after it, whatever people become later."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

import pytest

from speakup import accounts, cases, keyring
from speakup.cases import Exclusions
from speakup.kernel.actor import Role
from speakup.kernel.errors import Forbidden, NobodyToReceive
from speakup.routing import Subject
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


def test_who_received_a_concern_tells_nothing_of_those_raised_before_it_on_the_same_day(trust: Trust) -> None:
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
