"""What an organisation is called and answers to, kept outside the database beside its trust root.

Whoever can write the database could otherwise give one organisation's address to another, whose guardians would then
read what was meant for the first. The file is written by the command line only.
"""

import json
import uuid
from dataclasses import dataclass, replace
from pathlib import Path

from speakup import audit, policy
from speakup.audit import Event
from speakup.kernel.errors import Conflict, IntegrityFault, Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.kernel.whole_files import write_whole
from speakup.organisations import queries
from speakup.organisations.models import HostName, Organisation
from speakup.policy import Permission

_ENDING = ".names.json"


@dataclass(frozen=True, slots=True)
class Names:
    """What the file says."""

    name: str
    hosts: frozenset[str]


def read_names(folder: Path, organisation_id: uuid.UUID) -> Names | None:
    """Return what the file says; None for an organisation from before there was one. `ValueError` for anything else."""
    try:
        said = json.loads((folder / f"{organisation_id}{_ENDING}").read_text("utf-8"))
        return Names(str(said["name"]), frozenset(map(str, said["hosts"])))
    except FileNotFoundError:
        return None
    except (KeyError, TypeError) as malformed:
        raise ValueError from malformed


def answers_to(folder: Path, organisation_id: uuid.UUID, host: str) -> bool:
    """Say whether a host name is this organisation's, as the files have it.

    One from before there were files answers to what the database says, except to what is another's by its file.
    """
    try:
        own = read_names(folder, organisation_id)
        return host.lower() in own.hosts if own else not _is_anothers(folder, organisation_id, host)
    except ValueError:
        return False


def require_name(uow: UnitOfWork) -> None:
    """Raise `IntegrityFault` where the database calls the organisation something else than the file does."""
    kept = _kept(uow)
    if kept is not None and kept.name != queries.here(uow).name:
        raise IntegrityFault(uow.organisation_id, "name")


def require_names(uow: UnitOfWork) -> Names | None:
    """Raise `IntegrityFault` where the database gives another name or other host names than the file; return those."""
    require_name(uow)
    kept = _kept(uow)
    if kept is not None and kept.hosts != frozenset(queries.hosts(uow)):
        raise IntegrityFault(uow.organisation_id, "host names")
    return kept


def confirm_names(uow: UnitOfWork) -> Names:
    """Write the file as the database stands: for the founding, and for somebody who has read it and found it right."""
    policy.require(uow.actor, Permission.ORGANISATION_FOUND)
    names = Names(queries.here(uow).name, frozenset(queries.hosts(uow)))
    uow.opened["names"] = names
    uow.before_commit.append(lambda _: _write(uow.trust_dir, uow.organisation_id, names))
    return names


def rename_organisation(uow: UnitOfWork, organisation: Organisation, name: str) -> None:
    """Call the organisation something else, in the database and in the file."""
    policy.require(uow.actor, Permission.ORGANISATION_FOUND)
    if not name.strip():
        raise Invalid("name", "empty")
    organisation.name = name.strip()
    _change(uow, name=organisation.name)
    audit.record(uow, Event.SETTINGS_CHANGED, organisation.id)


def add_host(uow: UnitOfWork, host: str) -> None:
    """Let the organisation answer to one more host name. A name answers for one organisation only."""
    policy.require(uow.actor, Permission.ORGANISATION_FOUND)
    host = host.strip().lower()
    if uow.session.get(HostName, host) is not None or _is_anothers(uow.trust_dir, uow.organisation_id, host):
        raise Invalid("host", "taken")
    uow.session.add(HostName(host=host, organisation_id=uow.organisation_id))
    kept = _kept(uow)
    if kept is not None:
        _change(uow, hosts=kept.hosts | {host})


def drop_host(uow: UnitOfWork, host: str) -> None:
    """Let the organisation answer to one host name less; never to none."""
    policy.require(uow.actor, Permission.ORGANISATION_FOUND)
    row = uow.session.get(HostName, host.strip().lower())
    if row is None or row.organisation_id != uow.organisation_id:
        raise NotFound(host)
    if len(queries.hosts(uow)) == 1:
        raise Conflict(host)
    uow.session.delete(row)
    kept = _kept(uow)
    if kept is not None:
        _change(uow, hosts=kept.hosts - {row.host})


def _is_anothers(folder: Path, organisation_id: uuid.UUID, host: str) -> bool:
    """Say whether another organisation's file names this host, whatever the database says."""
    everybody = {uuid.UUID(file.name.removesuffix(_ENDING)) for file in folder.glob(f"*{_ENDING}")}
    files = (read_names(folder, each) for each in everybody - {organisation_id})
    return any(file is not None and host.lower() in file.hosts for file in files)


def _change(uow: UnitOfWork, *, name: str | None = None, hosts: frozenset[str] | None = None) -> None:
    """Change only this in the file: the rest of the database may have been changed by somebody else meanwhile."""
    kept = _kept(uow)
    if kept is None:
        return
    changed = replace(kept, name=name or kept.name, hosts=kept.hosts if hosts is None else hosts)
    uow.opened["names"] = changed
    uow.before_commit.append(lambda _: _write(uow.trust_dir, uow.organisation_id, changed))


def _kept(uow: UnitOfWork) -> Names | None:
    held = uow.opened.get("names")
    if isinstance(held, Names):
        return held
    try:
        found = read_names(uow.trust_dir, uow.organisation_id)
    except ValueError as fault:
        raise IntegrityFault(uow.organisation_id, "names") from fault
    uow.opened["names"] = found
    return found


def _write(folder: Path, organisation_id: uuid.UUID, names: Names) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(folder / f"{organisation_id}{_ENDING}", {"name": names.name, "hosts": sorted(names.hosts)})
