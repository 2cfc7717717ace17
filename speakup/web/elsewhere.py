"""The other organisations of the installation, as anybody sees them from outside: name, address and front door."""

import uuid
from dataclasses import dataclass

from flask import request

from speakup import cases, keyring, organisations
from speakup.kernel.actor import visitor
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import UnitOfWork
from speakup.web.actors import organisation_id, public_work, work_as
from speakup.web.site import site


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another organisation. Only one whose key log and name check out, and that takes concerns, is ever named."""

    id: uuid.UUID
    name: str
    address: str
    """Of its front page."""


def others() -> list[Elsewhere]:
    """List every other one that takes concerns now, by name."""
    with public_work() as uow:
        ids = [each for each in organisations.every_id(uow.session) if each != organisation_id()]
    found = [each for each in map(find, ids) if each is not None]
    return sorted(found, key=lambda each: (each.name, each.id))


def find(identifier: uuid.UUID) -> Elsewhere | None:
    """Return one; None where it is closed, or what is kept of it does not check out."""
    try:
        with work_as(visitor(identifier), writes=False) as uow:
            return _seen(uow)
    except (IntegrityFault, keyring.NoTrustRoot):
        return None


def _seen(uow: UnitOfWork) -> Elsewhere | None:
    organisations.require_names(uow)
    organisation, hosts = organisations.here(uow), organisations.hosts(uow)
    numbers = [each.emergency_number for each in organisations.sites(uow)]
    takes = not organisation.intake_stopped and numbers and all(numbers) and cases.can_receive(uow)
    if not takes or not hosts:
        return None
    return Elsewhere(organisation.id, organisation.name, f"{address_of(hosts)}/")


def address_of(hosts: list[str]) -> str:
    """Return where an organisation that answers to these is reached from here."""
    return f"{site().settings.scheme}://{_host(hosts)}"


def _host(hosts: list[str]) -> str:
    """Choose the name that differs least from the one asked for here, with the port if it has none of its own."""
    name, colon, port = request.host.partition(":")
    chosen = next((each for each in hosts if each.partition(":")[0] == name), hosts[0])
    return chosen if ":" in chosen else f"{chosen}{colon}{port}"
