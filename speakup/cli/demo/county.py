"""An integrated care board that receives what both trusts and their neighbour publish. Some belong to it and a trust.

It has nobody of its own: whoever reads there signs in as at their trust, and finds its address on their account.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from speakup import accounts, insight, keyring, organisations, peers, vocabulary
from speakup.accounts import PersonDetails
from speakup.cli.demo import texts
from speakup.cli.demo.trusts import DemoTrust, at_ports
from speakup.insight import Count, Measured
from speakup.kernel.actor import Actor, ActorKind, Role, system
from speakup.kernel.ids import new_id
from speakup.kernel.uow import Database
from speakup.organisations import Nature

NAME = "Saltings and Fen Integrated Care Board (demo)"
HOST = "county.localhost"
MEMBERS = {"gethin": Role.ADMINISTRATOR, "lemuel": Role.BOARD_MEMBER}
"""People of the first trust who belong here too, and what they are here."""
_NATURES = {"anytown": Nature.ACUTE, "otherham": Nature.COMBINED, "heronsmere": Nature.INDEPENDENT}


def found(database: Database, founded: Sequence[DemoTrust], hosts: Mapping[str, list[str]], today: date) -> None:
    """Found it, with its members, and let everybody agree to publish to each other and to it."""
    home, organisation_id = founded[0], new_id()
    with database.work(system(organisation_id)) as uow:
        organisations.found_organisation(uow, NAME, [HOST, *at_ports(HOST, hosts[home.content.key])])
        vocabulary.adopt_defaults(uow)
        for key, role in MEMBERS.items():
            person = home.people[key]
            invited = accounts.invite(uow, PersonDetails(person.content.email, person.content.name), {role})
            accounts.take_up(uow, invited)
            keyring.begin_memory(uow, person.id, person.root_secret)
    keeper = home.people["gethin"]
    with database.work(Actor(ActorKind.PERSON, organisation_id, keeper.id, frozenset({Role.ADMINISTRATOR}))) as uow:
        organisations.settle_nature(uow, organisations.here(uow), Nature.BOARD)
        for trust in founded:
            peers.receive_from(uow, trust.host)
    for trust in founded:
        _count_staff(database, trust, today)
        _agree(database, trust, [each.host for each in founded if each is not trust])


def _agree(database: Database, trust: DemoTrust, others: Sequence[str]) -> None:
    """Let a trust publish to the board and to the others, and receive from those."""
    with database.work(_lead(trust)) as uow:
        organisations.settle_nature(uow, organisations.here(uow), _NATURES[trust.content.key])
        for host in (HOST, *others):
            peers.publish_to(uow, host)
        for host in others:
            peers.receive_from(uow, host)


def _count_staff(database: Database, trust: DemoTrust, today: date) -> None:
    """Count everybody at the end of each year: without that there is no rate."""
    everybody = sum(each.headcount for each in trust.content.directorates)
    with database.work(_lead(trust)) as uow:
        for day in _ends(today):
            insight.keep_headcounts(uow, Measured.ALL, day, [Count("", everybody)], "ESR")


def _ends(today: date) -> Iterator[date]:
    """Give the last days of the financial years that end in the three years of the demonstration."""
    for year in range(today.year - 2, today.year + 1):
        day = date(year, 3, 31)
        if day < today:
            yield day


def _lead(trust: DemoTrust) -> Actor:
    return trust.actor(trust.content.people_with("lead_guardian")[0].key)


def answer_to(database: Database, hosts: Mapping[str, list[str]]) -> None:
    """Let it and the neighbour answer at the ports of the first trust, as a start on other ports asks.

    One that is not there does not.
    """
    beside = next(iter(hosts.values()))
    for host in (HOST, texts.neighbour().host):
        with database.engine.connect() as connection, Session(connection) as session:
            there = organisations.id_for_host(session, host)
            wanted = at_ports(host, beside)
            unknown = [each for each in wanted if organisations.id_for_host(session, each) is None]
        if there is None:
            continue
        with database.work(system(there)) as uow:
            for each in unknown:
                organisations.add_host(uow, each)
