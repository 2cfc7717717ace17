"""Founding an organisation and keeping its structure and settings."""

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from urllib.parse import urlsplit

from speakup import audit, policy
from speakup.audit import Event
from speakup.kernel.errors import Invalid
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.organisations import names, queries, telephone
from speakup.organisations.models import ClockChange, Country, Directorate, Nature, Organisation, Site
from speakup.policy import Permission

CLOCK_BOUNDS = {
    "acknowledge_days": (1, 10),
    "conversation_days": (1, 20),
    "update_days": (5, 40),
    "review_days": (20, 130),
}
"""Working days, least and most: nobody is to wait for months by a setting, and no clock runs out as it starts."""
_HOURS = frozenset(range(24))
_SMALLEST_GROUP = 10
_SOONEST_CLOSING, _LATEST_CLOSING = 28, 84
"""Days: nothing is published before four weeks, and a quarter closes before the next one does."""


@dataclass(frozen=True, slots=True)
class SiteDetails:
    """What an administrator writes about a site. Telephone numbers are kept as typed, once they can be rung."""

    name: str
    emergency_number: str
    manager_on_call: str
    headcount: int


@dataclass(frozen=True, slots=True)
class Contact:
    """How workers reach the guardians, and who answers questions about privacy."""

    guardian_phone: str
    guardian_hours: str
    privacy_contact: str


@dataclass(frozen=True, slots=True)
class ClockDays:
    """For how many working days the clocks of a case run that start from now on."""

    acknowledge_days: int
    conversation_days: int
    update_days: int
    review_days: int


@dataclass(frozen=True, slots=True)
class Branding:
    """The organisation's own mark and neutral page."""

    logo_file: str
    leave_address: str


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How many files, and how large (bytes), one concern or message may carry."""

    count: int
    size: int


@dataclass(frozen=True, slots=True)
class Looking:
    """Hours of a working day, London time: those at which guardians are told, and the first at which they look."""

    hours: frozenset[int]
    first: int


def found_organisation(
    uow: UnitOfWork, name: str, hosts: list[str], country: Country = Country.ENGLAND
) -> Organisation:
    """Make the organisation the unit of work already stands in; its id is the actor's."""
    policy.require(uow.actor, Permission.ORGANISATION_FOUND)
    organisation = Organisation(id=uow.organisation_id, name=_filled("name", name), country=country)
    uow.session.add(organisation)
    uow.session.flush()
    for host in hosts:
        names.add_host(uow, host)
    names.confirm_names(uow)
    audit.record(uow, Event.ORGANISATION_FOUNDED, organisation.id)
    return organisation


def add_site(uow: UnitOfWork, details: SiteDetails) -> Site:
    """Open a site from today."""
    policy.require(uow.actor, Permission.ADMIN_STRUCTURE)
    site = change_site(uow, Site(organisation_id=uow.organisation_id, id=new_id(), valid_from=uow.today), details)
    uow.session.add(site)
    return site


def change_site(uow: UnitOfWork, site: Site, details: SiteDetails) -> Site:
    """Change a site's name, numbers or headcount."""
    policy.require(uow.actor, Permission.ADMIN_STRUCTURE, site)
    site.name = _free_name(queries.sites(uow), details.name, site.id)
    site.emergency_number = _dialled("emergency_number", details.emergency_number)
    site.manager_on_call = _dialled("manager_on_call", details.manager_on_call)
    site.headcount = _not_negative("headcount", details.headcount)
    audit.record(uow, Event.STRUCTURE_CHANGED, site.id)
    return site


def close_site(uow: UnitOfWork, site: Site, last_day: date) -> Site:
    """End a site; cases keep it."""
    policy.require(uow.actor, Permission.ADMIN_STRUCTURE, site)
    site.valid_to = last_day
    audit.record(uow, Event.STRUCTURE_CHANGED, site.id)
    return site


def add_directorate(uow: UnitOfWork, name: str, headcount: int) -> Directorate:
    """Open a directorate from today."""
    policy.require(uow.actor, Permission.ADMIN_STRUCTURE)
    directorate = Directorate(organisation_id=uow.organisation_id, id=new_id(), valid_from=uow.today)
    uow.session.add(change_directorate(uow, directorate, name, headcount))
    return directorate


def change_directorate(uow: UnitOfWork, directorate: Directorate, name: str, headcount: int) -> Directorate:
    """Change a directorate's name or headcount."""
    policy.require(uow.actor, Permission.ADMIN_STRUCTURE, directorate)
    directorate.name = _free_name(queries.directorates(uow), name, directorate.id)
    directorate.headcount = _not_negative("headcount", headcount)
    audit.record(uow, Event.STRUCTURE_CHANGED, directorate.id)
    return directorate


def close_directorate(uow: UnitOfWork, directorate: Directorate, last_day: date) -> Directorate:
    """End a directorate; cases keep it."""
    policy.require(uow.actor, Permission.ADMIN_STRUCTURE, directorate)
    directorate.valid_to = last_day
    audit.record(uow, Event.STRUCTURE_CHANGED, directorate.id)
    return directorate


def settle_contact(uow: UnitOfWork, organisation: Organisation, contact: Contact) -> None:
    """Set the guardians' telephone number and hours."""
    policy.require(uow.actor, Permission.ADMIN_SETTINGS)
    _settle(
        uow,
        organisation,
        guardian_phone=_dialled("guardian_phone", _filled("guardian_phone", contact.guardian_phone)),
        guardian_hours=contact.guardian_hours.strip(),
        privacy_contact=contact.privacy_contact.strip(),
    )


def settle_clocks(uow: UnitOfWork, organisation: Organisation, days: ClockDays) -> None:
    """Set how long clocks run that start from now on. The change is dated and kept; running clocks stay as they are."""
    policy.require(uow.actor, Permission.ADMIN_SETTINGS)
    settled = asdict(days)
    for name, (least, most) in CLOCK_BOUNDS.items():
        if not least <= settled[name] <= most:
            raise Invalid(name, "out of bounds")
    if days.acknowledge_days > days.conversation_days:
        raise Invalid("conversation_days", "before the first answer")
    if days.update_days > days.review_days:
        raise Invalid("review_days", "before the update")
    if all(getattr(organisation, name) == value for name, value in settled.items()):
        return
    for name, value in settled.items():
        setattr(organisation, name, value)
    uow.session.add(
        ClockChange(
            organisation_id=uow.organisation_id, id=new_id(), changed_at=uow.now, changed_by=uow.actor.id, **settled
        )
    )
    audit.record(uow, Event.CLOCKS_CHANGED, organisation.id)


def settle_branding(uow: UnitOfWork, organisation: Organisation, branding: Branding) -> None:
    """Set the mark and the neutral page."""
    policy.require(uow.actor, Permission.ADMIN_SETTINGS)
    if not branding.leave_address.startswith("https://"):
        raise Invalid("leave_address", "not https")
    if _leads_home(uow, branding.leave_address):
        raise Invalid("leave_address", "our own")
    _settle(uow, organisation, logo_file=branding.logo_file.strip(), leave_address=branding.leave_address)


def _leads_home(uow: UnitOfWork, address: str) -> bool:
    """Say whether an address is one of ours, at any port: whoever leaves in a hurry must not land here again."""
    try:
        wanted = urlsplit(address).hostname
    except ValueError:
        return True
    return not wanted or wanted.rstrip(".") in {urlsplit(f"//{host}").hostname for host in queries.hosts(uow)}


def settle_files(uow: UnitOfWork, organisation: Organisation, limits: FileLimits) -> None:
    """Set how many files and how large."""
    policy.require(uow.actor, Permission.ADMIN_SETTINGS)
    count, size = _positive("count", limits.count), _positive("size", limits.size)
    _settle(uow, organisation, file_count_limit=count, file_size_limit=size)


def settle_looking(uow: UnitOfWork, organisation: Organisation, looking: Looking) -> None:
    """Set when guardians are told of new concerns, and from when on they look."""
    policy.require(uow.actor, Permission.ADMIN_SETTINGS)
    if not looking.hours or not looking.hours <= _HOURS:
        raise Invalid("hours", "none of a day")
    if looking.first not in _HOURS or looking.first > max(looking.hours):
        raise Invalid("first", "after the last")
    hours = " ".join(str(hour) for hour in sorted(looking.hours))
    _settle(uow, organisation, next_look_hours=hours, first_look_hour=looking.first)


def settle_small_group(uow: UnitOfWork, organisation: Organisation, fewer_than: int) -> None:
    """Set below how many people a workplace or staff group is kept sealed only; never under ten."""
    policy.require(uow.actor, Permission.ADMIN_SETTINGS)
    if fewer_than < _SMALLEST_GROUP:
        raise Invalid("small_group", "too small")
    _settle(uow, organisation, small_group=fewer_than)


def settle_quarter_closing(uow: UnitOfWork, organisation: Organisation, days: int) -> None:
    """Set how many days after its end a quarter's figures are closed: four weeks at least, twelve at most."""
    policy.require(uow.actor, Permission.HEADCOUNT_KEEP)
    if not _SOONEST_CLOSING <= days <= _LATEST_CLOSING:
        raise Invalid("days", "too soon or too late")
    _settle(uow, organisation, quarter_closes_after=days)


def settle_mail_domains(uow: UnitOfWork, organisation: Organisation, domains: list[str]) -> None:
    """Name the domains of work addresses, which no notice to a worker is sent to."""
    policy.require(uow.actor, Permission.ADMIN_SETTINGS)
    named = sorted({domain.strip().lower().lstrip("@") for domain in domains if domain.strip()})
    _settle(uow, organisation, staff_mail_domains=" ".join(named))


def settle_nature(uow: UnitOfWork, organisation: Organisation, nature: Nature) -> None:
    """Say what sort of organisation it is."""
    policy.require(uow.actor, Permission.ADMIN_PEERS)
    _settle(uow, organisation, nature=nature)


def stop_intake(uow: UnitOfWork, organisation: Organisation, *, stopped: bool) -> None:
    """Close or open the front door; the public pages then give the telephone number instead."""
    policy.require(uow.actor, Permission.ADMIN_SETTINGS)
    _settle(uow, organisation, intake_stopped=stopped)


def _settle(uow: UnitOfWork, organisation: Organisation, **values: object) -> None:
    """Set these and record it; where all were so already, nothing happened that anybody should be told of."""
    if all(getattr(organisation, name) == value for name, value in values.items()):
        return
    for name, value in values.items():
        setattr(organisation, name, value)
    audit.record(uow, Event.SETTINGS_CHANGED, organisation.id)


def _free_name(places: Iterable[Site | Directorate], name: str, own: uuid.UUID | None = None) -> str:
    """Return the name; a guardian could not tell which of two places of one name a rule is about."""
    wanted = " ".join(_filled("name", name).split())
    if any(each.id != own and " ".join(each.name.split()).casefold() == wanted.casefold() for each in places):
        raise Invalid("name", "taken")
    return wanted


def _filled(field: str, value: str) -> str:
    if not value.strip():
        raise Invalid(field, "empty")
    return value.strip()


def _dialled(field: str, value: str) -> str:
    if value.strip() and not telephone.is_telephone_number(value.strip()):
        raise Invalid(field, "not a number")
    return value.strip()


def _not_negative(field: str, value: int) -> int:
    if value < 0:
        raise Invalid(field, "negative")
    return value


def _positive(field: str, value: int) -> int:
    if value < 1:
        raise Invalid(field, "too small")
    return value
