"""Which organisation answers to a host, and its structure on a day."""

import uuid
from datetime import date

from sqlalchemy import ColumnElement, bindparam, or_, select
from sqlalchemy.orm import Session

from speakup.kernel.errors import NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.organisations.models import ClockChange, Directorate, HostName, Organisation, Site

# A session forgets a row that nobody holds, and asks for it again: what is found is held in `uow.opened` as well.

# Built once: putting a statement together takes longer than asking it.
_HERE = select(Organisation).where(Organisation.id == bindparam("organisation"))


def _open_on(table: type[Site | Directorate]) -> tuple[ColumnElement[bool], ...]:
    return (
        table.organisation_id == bindparam("organisation"),
        table.valid_from <= bindparam("day"),
        or_(table.valid_to.is_(None), table.valid_to >= bindparam("day")),
    )


_SITES = select(Site).where(*_open_on(Site)).order_by(Site.name)
_DIRECTORATES = select(Directorate).where(*_open_on(Directorate)).order_by(Directorate.name)


def id_for_host(session: Session, host: str) -> uuid.UUID | None:
    """Return whose host name this is; None for an unknown one."""
    return session.scalar(select(HostName.organisation_id).where(HostName.host == host.lower()))


def every_id(session: Session) -> list[uuid.UUID]:
    """List every organisation of the installation: for scheduled work, one after another."""
    return list(session.scalars(select(Organisation.id).order_by(Organisation.id)))


def hosts(uow: UnitOfWork) -> list[str]:
    """List the names this organisation answers to, in alphabetical order; links in letters begin with the first."""
    query = select(HostName.host).where(HostName.organisation_id == uow.organisation_id)
    return list(uow.session.scalars(query.order_by(HostName.host)))


def here(uow: UnitOfWork) -> Organisation:
    """Return the organisation of this unit of work."""
    organisation = uow.opened.get("organisation")
    if not isinstance(organisation, Organisation):
        organisation = uow.session.scalar(_HERE, {"organisation": uow.organisation_id})
        if organisation is None:
            raise NotFound(uow.organisation_id)
        uow.opened["organisation"] = organisation
    return organisation


def one_at_a_time(uow: UnitOfWork) -> None:
    """Let nobody else here do what asks for this until this unit is done. What is read from now on is what stands."""
    uow.session.refresh(here(uow), with_for_update={"key_share": True})


def clock_changes(uow: UnitOfWork, limit: int = 10) -> list[ClockChange]:
    """List the last changes of how long clocks run, newest first."""
    query = select(ClockChange).where(ClockChange.organisation_id == uow.organisation_id)
    return list(uow.session.scalars(query.order_by(ClockChange.changed_at.desc(), ClockChange.id).limit(limit)))


def sites(uow: UnitOfWork, on: date | None = None) -> list[Site]:
    """List the sites open on a day (today), by name."""
    asked = {"organisation": uow.organisation_id, "day": on or uow.today}
    return list(uow.once(f"sites on {asked['day']}", lambda: uow.session.scalars(_SITES, asked).all()))


def directorates(uow: UnitOfWork, on: date | None = None) -> list[Directorate]:
    """List the directorates open on a day (today), by name."""
    asked = {"organisation": uow.organisation_id, "day": on or uow.today}
    return list(uow.once(f"directorates on {asked['day']}", lambda: uow.session.scalars(_DIRECTORATES, asked).all()))


def every_site(uow: UnitOfWork) -> list[Site]:
    """List every site there ever was, by name."""
    query = select(Site).where(Site.organisation_id == uow.organisation_id).order_by(Site.name, Site.id)
    return list(uow.session.scalars(query))


def every_directorate(uow: UnitOfWork) -> list[Directorate]:
    """List every directorate there ever was, by name."""
    query = select(Directorate).where(Directorate.organisation_id == uow.organisation_id)
    return list(uow.session.scalars(query.order_by(Directorate.name, Directorate.id)))


def find_site(uow: UnitOfWork, site_id: uuid.UUID) -> Site:
    """Return one site of this organisation, open or closed."""
    site = uow.session.get(Site, (uow.organisation_id, site_id))
    if site is None:
        raise NotFound(site_id)
    uow.opened[f"site {site_id}"] = site
    return site


def find_directorate(uow: UnitOfWork, directorate_id: uuid.UUID) -> Directorate:
    """Return one directorate of this organisation, open or closed."""
    directorate = uow.session.get(Directorate, (uow.organisation_id, directorate_id))
    if directorate is None:
        raise NotFound(directorate_id)
    uow.opened[f"directorate {directorate_id}"] = directorate
    return directorate
