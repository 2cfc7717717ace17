"""Founding a fictional trust: its people with real keys, its places, its vouchings and its routing rules."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pyotp

from speakup import accounts, keyring, organisations, routing, vocabulary
from speakup.accounts import Days, Marked, Part, PersonDetails, PublicProfile
from speakup.cli.demo.texts import PersonContent, TrustContent
from speakup.kernel.actor import Actor, ActorKind, Role, system
from speakup.kernel.errors import Busy
from speakup.kernel.ids import new_id
from speakup.kernel.uow import Database
from speakup.organisations import Contact, Country, SiteDetails
from speakup.policy import CAN_HOLD_GRANTS
from speakup.routing import Rule

PASSPHRASE = "seven lanterns over the quiet harbour"
"""Everybody's, in the demonstration only; it is printed at every start."""
VOUCHED_FOR = timedelta(days=731)


@dataclass(slots=True)
class DemoPerson:
    """Somebody of the demonstration, with everything they know."""

    id: uuid.UUID
    content: PersonContent
    root_secret: bytes = field(repr=False)
    authenticator: str = field(default="", repr=False)
    has_keys: bool = False


@dataclass(slots=True)
class DemoTrust:
    """A founded trust and the ids of what its content names."""

    id: uuid.UUID
    content: TrustContent
    host: str
    people: dict[str, DemoPerson] = field(default_factory=dict)
    ids: dict[str, uuid.UUID] = field(default_factory=dict)
    roles: dict[str, frozenset[Role]] = field(default_factory=dict)

    def actor(self, key: str) -> Actor:
        """Return one of its people, acting here."""
        person = self.people[key]
        return Actor(ActorKind.PERSON, self.id, person.id, self.roles[key], person.root_secret)

    def actor_by_id(self, person_id: uuid.UUID) -> Actor:
        """Return one of its people by id."""
        return self.actor(next(key for key, person in self.people.items() if person.id == person_id))


def found(database: Database, content: TrustContent, hosts: list[str], start: datetime) -> DemoTrust:
    """Make the organisation with its lists, places, contact details and settings, as at `start`."""
    trust = DemoTrust(new_id(), content, hosts[0])
    with database.work(system(trust.id), at=start) as uow:
        organisation = organisations.found_organisation(uow, content.name, hosts, Country(content.country))
        vocabulary.adopt_defaults(uow)
        for directorate in content.directorates:
            made = organisations.add_directorate(uow, directorate.name, directorate.headcount)
            trust.ids[f"directorate/{directorate.key}"] = made.id
        for site in content.sites:
            details = SiteDetails(site.name, site.emergency_phone, site.manager_on_call, site.headcount)
            trust.ids[f"site/{site.key}"] = organisations.add_site(uow, details).id
        first, domains = content.people_with("lead_guardian")[0], content.staff_mail_domains.split()
        asked = f"your-information@{domains[0]}"
        organisations.settle_contact(uow, organisation, Contact(first.phone, content.guardians_look, asked))
        organisations.settle_mail_domains(uow, organisation, domains)
        organisation.leave_address = content.leave_address
    return trust


def at_ports(host: str, hosts: Sequence[str]) -> list[str]:
    """Name a host at each port at which others answer."""
    ports = dict.fromkeys(port for _name, _colon, port in (each.partition(":") for each in hosts) if port)
    return [f"{host}:{port}" for port in ports]


def people(database: Database, trust: DemoTrust, known: Mapping[str, DemoPerson], start: datetime) -> None:
    """Invite everybody and let them take it up. Whoever has keys from the other trust keeps them."""
    with database.work(system(trust.id), at=start) as uow:
        for each in trust.content.people:
            roles = frozenset(Role(role) for role in each.roles)
            invitation = accounts.invite(
                uow, PersonDetails(each.email, each.name, each.job, each.workplace, each.phone), roles
            )
            accounts.take_up(uow, invitation)
            same = known.get(each.email)
            trust.people[each.key] = same or DemoPerson(invitation.person_id, each, keyring.new_root())
            trust.ids[f"person/{each.key}"] = invitation.person_id
            trust.roles[each.key] = roles


def locked(person: DemoPerson) -> keyring.Locked:
    """Seal a root secret under the passphrase. Nobody waits for it, so on a busy machine it waits for its turn."""
    while True:
        try:
            return keyring.locked_new(person.id, person.root_secret, PASSPHRASE, str(person.id), [])
        except Busy:
            continue


def keys(database: Database, trust: DemoTrust, person: DemoPerson, sealed: keyring.Locked, start: datetime) -> None:
    """Give one person their keys and authenticator, exactly as their first visit would, unless they have them."""
    if person.has_keys:
        remember(database, trust, person, start)
        return
    with database.work(system(trust.id), at=start) as uow:
        keyring.create_key_pair(uow, person.id, person.root_secret, sealed)
    if Role.ADMINISTRATOR.value in person.content.roles or set(person.content.roles) & set(CAN_HOLD_GRANTS):
        _authenticator(database, trust, person)
    if person.content.about:
        with database.work(trust.actor(person.content.key), at=start) as uow:
            mine = accounts.member(uow, person.id).person
            accounts.describe_myself(
                uow, mine, PublicProfile(person.content.phone, person.content.hours, person.content.about)
            )
    person.has_keys = True


def remember(database: Database, trust: DemoTrust, person: DemoPerson, start: datetime) -> None:
    """Let somebody who has keys from elsewhere begin here with the same ones."""
    with database.work(system(trust.id), at=start) as uow:
        keyring.begin_memory(uow, person.id, person.root_secret)


def who_hold_keys(trust: DemoTrust) -> list[str]:
    """List who reads five words to a colleague, the first guardian first."""
    first = trust.content.people_with("lead_guardian")[0].key
    return [first, *(key for key in trust.people if key != first and trust.roles[key] & CAN_HOLD_GRANTS)]


def words(database: Database, trust: DemoTrust, key: str) -> tuple[str, ...]:
    """Return the five words somebody reads out."""
    with database.work(trust.actor(key), writes=False) as uow:
        return keyring.my_words(uow)


def vouch(
    database: Database, trust: DemoTrust, read_out: Mapping[str, tuple[str, ...]], start: datetime, today: date
) -> None:
    """Found the key log with the first guardian, set the trust root, and let that guardian vouch for the others."""
    (first, *others), expires = who_hold_keys(trust), today + VOUCHED_FOR
    with database.work(trust.actor(first), at=start) as uow:
        keyring.found_key_log(uow, expires)
    with database.work(system(trust.id), at=start) as uow:
        keyring.set_trust_root(uow, read_out[first])
    for key in others:
        with database.work(trust.actor(first), at=start) as uow:
            keyring.vouch(uow, keyring.offered(uow, trust.people[key].id), read_out[key], expires)


def route(database: Database, trust: DemoTrust, start: datetime) -> None:
    """Draft who looks after which directorate, and who is an executive; the lead guardian approves it."""
    rules = [
        Rule(trust.ids[f"directorate/{directorate}"], None, trust.people[each.key].id, None)
        for each in trust.content.people_with("guardian")
        for directorate in each.looks_after
    ]
    executives = [
        Marked(each.name, Part.EXECUTIVE, each.job, trust.people[each.key].id)
        for each in trust.content.people_with("executive")
    ]
    with database.work(system(trust.id), at=start) as uow:
        routing.begin_draft(uow, rules, executives)
        routing.submit_draft(uow)
    with database.work(trust.actor(trust.content.people_with("lead_guardian")[0].key), at=start) as uow:
        keyring.approve_routing(uow, [rule.plain() for rule in rules], executives)
        routing.end_draft(uow)


def plan_absences(database: Database, trust: DemoTrust) -> None:
    """Let each guardian be away for a fortnight ahead, one after the other, and the next one stand in."""
    team = [trust.people[each.key] for each in trust.content.people_with("guardian")]
    for number, person in enumerate(team):
        stand_in = team[(number + 1) % len(team)].id if len(team) > 1 else None
        with database.work(trust.actor(person.content.key)) as uow:
            first = uow.today + timedelta(days=21 * (number + 1))
            days = Days(first, first + timedelta(days=13), stand_in)
            accounts.plan_absence(uow, accounts.member(uow, person.id).membership, days)


def _authenticator(database: Database, trust: DemoTrust, person: DemoPerson) -> None:
    """Set a real authenticator, at the real time, since its codes are of this minute."""
    with database.work(trust.actor(person.content.key)) as uow:
        someone = accounts.member(uow, person.id).person
        person.authenticator = accounts.begin_second_factor(uow, someone)
    with database.work(trust.actor(person.content.key)) as uow:
        someone = accounts.member(uow, person.id).person
        accounts.confirm_second_factor(uow, someone, pyotp.TOTP(person.authenticator).now())
