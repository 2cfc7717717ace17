"""Which organisation answers to a host, and its structure on a day."""

import uuid
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from speakup.kernel.errors import NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.organisations.models import Directorate, HostName, Organisation, Site


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
    organisation = uow.session.get(Organisation, uow.organisation_id)
    if organisation is None:
        raise NotFound(uow.organisation_id)
    return organisation


def sites(uow: UnitOfWork, on: date | None = None) -> list[Site]:
    """List the sites open on a day (today), by name."""
    day = on or uow.today
    query = select(Site).where(Site.organisation_id == uow.organisation_id, *_open_on(Site, day)).order_by(Site.name)
    return list(uow.once(f"sites on {day}", lambda: list(uow.session.scalars(query))))


def directorates(uow: UnitOfWork, on: date | None = None) -> list[Directorate]:
    """List the directorates open on a day (today), by name."""
    day = on or uow.today
    query = select(Directorate).where(Directorate.organisation_id == uow.organisation_id, *_open_on(Directorate, day))
    return list(uow.once(f"directorates on {day}", lambda: list(uow.session.scalars(query.order_by(Directorate.name)))))


def find_site(uow: UnitOfWork, site_id: uuid.UUID) -> Site:
    """Return one site of this organisation, open or closed."""
    site = uow.session.get(Site, (uow.organisation_id, site_id))
    if site is None:
        raise NotFound(site_id)
    return site


def find_directorate(uow: UnitOfWork, directorate_id: uuid.UUID) -> Directorate:
    """Return one directorate of this organisation, open or closed."""
    directorate = uow.session.get(Directorate, (uow.organisation_id, directorate_id))
    if directorate is None:
        raise NotFound(directorate_id)
    return directorate


def _open_on(table: type[Site | Directorate], day: date) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.valid_from <= day, or_(table.valid_to.is_(None), table.valid_to >= day)
