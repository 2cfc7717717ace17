"""Two founded trusts with people in every role that works cases, and the actors that tests act as.

Founding them costs real Argon2id, so it is done once a run (`found`), and every test gets a copy.
"""

import json
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp

from speakup import accounts, keyring, organisations, vocabulary
from speakup.kernel.actor import Actor, ActorKind, Role, system, visitor
from speakup.kernel.ids import new_id
from speakup.kernel.uow import Database, UnitOfWork
from tests.databases import Stored, migrate

PASSPHRASE = "seven lanterns over the quiet harbour"
"""Everybody's. Strong enough for the real check, and sealed at the real cost."""

ANYTOWN = {
    "guardian": ("Gail Guard", [Role.GUARDIAN]),
    "second_guardian": ("Hugh Harbour", [Role.GUARDIAN]),
    "lead": ("Lena Leigh", [Role.LEAD_GUARDIAN]),
    "non_executive_lead": ("Nadia Noon", [Role.NON_EXECUTIVE_LEAD]),
    "buddy": ("Bea Budd", [Role.BUDDY_GUARDIAN]),
    "administrator": ("Adam Ames", [Role.ADMINISTRATOR]),
    "executive_lead": ("Edna Eden", [Role.EXECUTIVE_LEAD]),
}
OTHERHAM = {
    "guardian": ("Olga Orme", [Role.GUARDIAN]),
    "second_guardian": ("Otto Oakes", [Role.GUARDIAN]),
}


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with an account: what they know, and nothing the database does not."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    name: str
    email: str
    roles: frozenset[Role]
    root_secret: bytes = field(repr=False)
    totp_secret: str = field(repr=False)
    passphrase: str = field(default=PASSPHRASE, repr=False)

    @property
    def actor(self) -> Actor:
        """This person, signed in with both factors, in the roles that are in effect."""
        return Actor(ActorKind.PERSON, self.organisation_id, self.id, self.roles, self.root_secret)

    def code(self, at: datetime | None = None) -> str:
        """Return what their authenticator shows."""
        return pyotp.TOTP(self.totp_secret).at(at or datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Trust:
    """One organisation, its people, and the database all of it stands in."""

    name: str
    host: str
    id: uuid.UUID
    people: dict[str, Colleague]
    stored: Stored
    database: Database

    @property
    def guardian(self) -> Colleague:
        """The first guardian, who is the trust root."""
        return self.people["guardian"]

    @property
    def second_guardian(self) -> Colleague:
        """Vouched for by the first."""
        return self.people["second_guardian"]

    @property
    def lead(self) -> Colleague:
        """The lead guardian."""
        return self.people["lead"]

    @property
    def non_executive_lead(self) -> Colleague:
        """Receives what the team must not see."""
        return self.people["non_executive_lead"]

    @property
    def buddy(self) -> Colleague:
        """The buddy guardian."""
        return self.people["buddy"]

    @property
    def administrator(self) -> Colleague:
        """Keeps memberships; holds no grant, ever."""
        return self.people["administrator"]

    @property
    def executive_lead(self) -> Colleague:
        """On the list of executives who can be excluded."""
        return self.people["executive_lead"]

    @property
    def system(self) -> Actor:
        """The program itself."""
        return system(self.id)

    @property
    def visitor(self) -> Actor:
        """Anybody on a public page."""
        return visitor(self.id)

    def as_(self, person: Colleague) -> Actor:
        """Return the actor somebody is."""
        return person.actor

    @contextmanager
    def work(self, who: Actor | Colleague | None = None, *, writes: bool = True) -> Iterator[UnitOfWork]:
        """Do one thing as somebody; as the program itself when nobody is named."""
        actor = who.actor if isinstance(who, Colleague) else who or self.system
        with self.database.work(actor, writes=writes) as uow:
            yield uow


def found(folder: Path) -> None:
    """Make `template.db`, the folder `trust`, and `people.json`, which holds what the people know."""
    url = f"sqlite:///{folder / 'template.db'}"
    migrate(url)
    stored = Stored("sqlite", url, url, folder / "trust", folder / "template.db")
    with stored.open() as database:
        said = [
            _found_trust(database, "Anytown NHS Trust", "anytown.localhost", ANYTOWN),
            _found_trust(database, "Otherham NHS Trust", "otherham.localhost", OTHERHAM),
        ]
        with database.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
            connection.rollback()
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
    (folder / "people.json").write_text(json.dumps(said))


def read(folder: Path, stored: Stored, database: Database) -> list[Trust]:
    """Give the founded trusts as they stand in a copy."""
    return [_trust(said, stored, database) for said in json.loads((folder / "people.json").read_text())]


def _trust(said: dict[str, Any], stored: Stored, database: Database) -> Trust:
    organisation_id = uuid.UUID(said["id"])
    people = {
        key: Colleague(
            uuid.UUID(each["id"]),
            organisation_id,
            each["name"],
            each["email"],
            frozenset(Role(role) for role in each["roles"]),
            bytes.fromhex(each["root"]),
            each["totp"],
        )
        for key, each in said["people"].items()
    }
    return Trust(said["name"], said["host"], organisation_id, people, stored, database)


def _found_trust(database: Database, name: str, host: str, people: dict[str, tuple[str, list[Role]]]) -> dict[str, Any]:
    organisation_id = new_id()
    with database.work(system(organisation_id)) as uow:
        organisations.found_organisation(uow, name, [host])
        vocabulary.adopt_defaults(uow)
        keyring.current_generation(uow)
        _open_for_concerns(uow)
    joined = {key: _join(database, organisation_id, *about) for key, about in people.items()}
    _vouch_for_all(database, joined)
    for person in joined.values():
        _set_second_factor(database, person)
    return {
        "name": name,
        "host": host,
        "id": str(organisation_id),
        "people": {
            key: {
                "id": str(each.id),
                "name": each.name,
                "email": each.email,
                "roles": sorted(each.roles),
                "root": each.root_secret.hex(),
                "totp": each.totp_secret,
            }
            for key, each in joined.items()
        },
    }


def _open_for_concerns(uow: UnitOfWork) -> None:
    """Give the organisation a telephone number and one site with its emergency numbers."""
    here = organisations.here(uow)
    contact = organisations.Contact("0300 000 0000", "Monday to Friday, 9 to 5", "privacy@example.org")
    organisations.settle_contact(uow, here, contact)
    organisations.add_site(uow, organisations.SiteDetails("Main hospital", "2222", "0300 000 0001", 900))
    organisations.add_directorate(uow, "Surgery", 300)


def _join(database: Database, organisation_id: uuid.UUID, name: str, roles: list[Role]) -> Colleague:
    email = f"{name.lower().replace(' ', '.')}@example.org"
    with database.work(system(organisation_id)) as uow:
        invitation = accounts.invite(uow, accounts.PersonDetails(email, name, "Colleague", "Main hospital"), roles)
        accounts.take_up(uow, invitation)
    root = keyring.new_root()
    locked = keyring.locked_new(invitation.person_id, root, PASSPHRASE, "tests", [name, email])
    with database.work(system(organisation_id)) as uow:
        keyring.create_key_pair(uow, invitation.person_id, root, locked)
    secret = pyotp.random_base32()
    return Colleague(invitation.person_id, organisation_id, name, email, frozenset(roles), root, secret)


def _vouch_for_all(database: Database, people: dict[str, Colleague]) -> None:
    root = people["guardian"]
    with database.work(root.actor) as uow:
        expires = uow.today + timedelta(days=365)
        keyring.found_key_log(uow, expires)
        words = keyring.my_words(uow)
    with database.work(system(root.organisation_id)) as uow:
        keyring.set_trust_root(uow, words)
    for person in people.values():
        if person is not root and person.roles - {Role.ADMINISTRATOR, Role.EXECUTIVE_LEAD}:
            with database.work(person.actor) as uow:
                words = keyring.my_words(uow)
            with database.work(root.actor) as uow:
                keyring.vouch(uow, keyring.offered(uow, person.id), words, expires)


def _set_second_factor(database: Database, person: Colleague) -> None:
    """Set it an hour ago, so that the code of this half minute is still unused."""
    with database.work(person.actor) as uow:
        account = accounts.member(uow, person.id).person
        uow.now -= timedelta(hours=1)
        secret = accounts.begin_second_factor(uow, account)
        object.__setattr__(person, "totp_secret", secret)
        accounts.confirm_second_factor(uow, account, person.code(uow.now))


def new_name(prefix: str) -> str:
    """Make a name for a database that no other worker uses."""
    return f"{prefix}_{secrets.token_hex(6)}"
