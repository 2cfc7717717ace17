"""The demonstration's small organisation: one whole year comes out of it, and so three stand beside each other."""

from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from speakup import charts, insight, organisations, papers, peers
from speakup.cli.demo import county, neighbour, publications, texts, trusts
from speakup.cli.demo.loading import write_sign_ins
from speakup.cli.demo.trusts import DemoTrust
from speakup.kernel import clock
from speakup.kernel.actor import Actor, ActorKind, Role
from speakup.kernel.clock import LONDON
from speakup.papers import Kind, State
from tests import factories
from tests.cli.demo.test_county import lived
from tests.factories.publications import SECRET
from tests.trusts import Trust


@pytest.fixture
def small(trust: Trust) -> DemoTrust:
    """It, founded beside a trust at which its guardians have their keys."""
    home = DemoTrust(trust.id, texts.neighbour(), trust.host)
    start = datetime.combine(date(2024, 1, 8), time(9, tzinfo=LONDON))
    trusts.people(trust.database, home, {}, start)
    home.roles = dict.fromkeys(home.people, frozenset({Role.GUARDIAN}))
    for person in home.people.values():
        trusts.keys(trust.database, home, person, trusts.locked(person), start)
    return neighbour.found(trust.database, [home], ["anytown.localhost", "localhost:8001"], 7, clock.today())


def test_its_newest_year_comes_out_and_no_quarter_of_it(trust: Trust, small: DemoTrust, tmp_path: Path) -> None:
    write_sign_ins(tmp_path / "demo.json", [small])
    told: list[str] = []
    assert publications.publish(trust.database, tmp_path / "demo.json", SECRET, told.append) == 1
    year = neighbour.newest_year(clock.today())
    assert told == [f"{small.content.name}: {year} published (1 of 1)"]
    with trust.database.work(small.actor("tamsin"), writes=False) as uow:
        (row,) = papers.list_publications(uow)
        assert (row.kind, row.state, tuple(row.quarters)) == (Kind.YEAR, State.PUBLISHED, papers.of_year(year))
        pack = papers.find_published(uow, row.ref)
        assert pack.cases is not None
        elements = pack.table("element")
        assert elements is not None
        assert [figure for labels, figure in elements if labels[0] and figure.shown is not None]
        assert {insight.year_in(each) for each in insight.closed_quarters(uow)} >= {year}
    with trust.database.engine.connect() as connection, Session(connection) as session:
        assert organisations.id_for_host(session, "heronsmere.localhost:8001") == small.id


def test_with_both_trusts_it_makes_three_that_can_be_compared(
    trust: Trust, other_trust: Trust, small: DemoTrust, tmp_path: Path
) -> None:
    members = {"gethin": trust.administrator, "lemuel": trust.executive_lead}
    all_three = [lived(trust, "anytown", members), lived(other_trust, "otherham", {}), small]
    hosts = {"anytown": [trust.host], "otherham": [other_trust.host]}
    county.found(trust.database, all_three, hosts, clock.today())
    write_sign_ins(tmp_path / "demo.json", [small])
    publications.publish(trust.database, tmp_path / "demo.json", SECRET)
    year = neighbour.newest_year(clock.today())
    for each in (trust, other_trust):
        period = papers.period(papers.of_year(year))
        factories.published_year(each, 100, period=period)
        factories.carried(each)
    factories.carried(replace(trust, id=small.id))
    with trust.database.engine.connect() as connection, Session(connection) as session:
        there = organisations.id_for_host(session, county.HOST)
    assert there is not None
    for organisation_id in (there, trust.id, other_trust.id, small.id):
        member = Actor(ActorKind.PERSON, organisation_id, trust.executive_lead.id, frozenset({Role.BOARD_MEMBER}))
        with trust.database.work(member, writes=False) as uow:
            placed = [each for each in peers.years(uow, year) if each.people is not None and each.staff]
        assert len(placed) == charts.FEWEST


def test_a_year_is_its_newest_from_the_day_on_which_it_may_be_published() -> None:
    first = papers.not_before(papers.of_year("2025-26"))
    assert neighbour.newest_year(first) == "2025-26"
    assert neighbour.newest_year(date.fromordinal(first.toordinal() - 1)) == "2024-25"
