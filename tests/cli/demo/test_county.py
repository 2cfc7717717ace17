"""The demonstration's third organisation: an integrated care board that receives what both trusts publish."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from speakup import accounts, insight, organisations, peers
from speakup.cli.demo import county, texts
from speakup.cli.demo.trusts import DemoPerson, DemoTrust
from speakup.insight import Measured
from speakup.kernel.actor import Actor, ActorKind, Role, system
from speakup.organisations import Nature
from tests import factories
from tests.trusts import Colleague, Trust

TODAY = date(2026, 11, 20)


def lived(trust: Trust, key: str, who: dict[str, Colleague]) -> DemoTrust:
    """A founded trust as the demonstration knows its own."""
    content = texts.load().trusts[key]
    made = DemoTrust(trust.id, content, trust.host)
    lead = content.people_with("lead_guardian")[0].key
    for each in content.people:
        colleague = trust.guardian if each.key == lead else who.get(each.key)
        if colleague is not None:
            said = replace(each, email=colleague.email, name=colleague.name)
            made.people[each.key] = DemoPerson(colleague.id, said, colleague.root_secret)
            made.roles[each.key] = colleague.roles
    return made


@pytest.fixture
def agreed(trust: Trust, other_trust: Trust) -> list[DemoTrust]:
    members = {"gethin": trust.administrator, "lemuel": trust.executive_lead}
    both = [lived(trust, "anytown", members), lived(other_trust, "otherham", {})]
    hosts = {"anytown": [trust.host, "localhost:8001", "127.0.0.1:8001"], "otherham": [other_trust.host]}
    county.found(trust.database, both, hosts, TODAY)
    return both


def test_what_both_trusts_publish_comes_to_it(trust: Trust, other_trust: Trust, agreed: list[DemoTrust]) -> None:
    for each in (trust, other_trust):
        factories.published_year(each, 100)
        factories.carried(each)
    with trust.database.engine.connect() as connection, Session(connection) as session:
        there = organisations.id_for_host(session, "county.localhost:8001")
    assert there is not None
    member = Actor(ActorKind.PERSON, there, trust.executive_lead.id, frozenset({Role.BOARD_MEMBER}))
    with trust.database.work(member, writes=False) as uow:
        found = peers.years(uow, "2025-26")
        assert {each.name: each.nature for each in found} == {
            trust.name: Nature.ACUTE,
            other_trust.name: Nature.COMBINED,
        }
        assert all(each.staff and each.staff_on == date(2026, 3, 31) for each in found)
    with trust.work(trust.guardian) as uow:
        assert len(peers.years(uow, "2025-26")) == 2


def test_its_members_are_people_of_the_first_trust_under_the_same_key(trust: Trust, agreed: list[DemoTrust]) -> None:
    with trust.database.engine.connect() as connection, Session(connection) as session:
        there = organisations.id_for_host(session, county.HOST)
    assert there is not None
    with trust.database.work(system(there), writes=False) as uow:
        found = {each.id: each.membership.drafted_roles for each in accounts.members(uow)}
    assert found == {trust.administrator.id: {Role.ADMINISTRATOR}, trust.executive_lead.id: {Role.BOARD_MEMBER}}


def test_staff_are_counted_at_the_end_of_each_year_that_is_over(trust: Trust, agreed: list[DemoTrust]) -> None:
    with trust.work() as uow:
        days = [each.as_of for each in insight.headcounts(uow, Measured.ALL)]
    assert days == [date(2026, 3, 31), date(2025, 3, 31), date(2024, 3, 31)]


def test_a_start_on_another_port_finds_it_there_and_one_without_it_is_left_alone(
    trust: Trust, agreed: list[DemoTrust]
) -> None:
    county.answer_to(trust.database, {"anytown": ["anytown.localhost", "localhost:9001"]})
    county.answer_to(trust.database, {"anytown": ["anytown.localhost", "localhost:9001"]})
    with trust.database.engine.connect() as connection, Session(connection) as session:
        found = {organisations.id_for_host(session, f"county.localhost:{port}") for port in (8001, 9001)}
    assert len(found) == 1
    assert None not in found


def test_where_there_is_none_no_address_is_given_to_it(trust: Trust) -> None:
    county.answer_to(trust.database, {"anytown": ["anytown.localhost", "localhost:9001"]})
    with trust.database.engine.connect() as connection, Session(connection) as session:
        assert organisations.id_for_host(session, "county.localhost:9001") is None
