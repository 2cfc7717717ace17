"""When guardians next look, and whom to call who does not wait: said wherever somebody may be in danger."""

from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext

from speakup import cases, organisations
from speakup.kernel.clock import LONDON
from speakup.kernel.uow import UnitOfWork
from speakup.organisations import Organisation, Site
from speakup.web.labels import long_day

_NOON = 12


@dataclass(frozen=True, slots=True)
class DangerNow:
    """What the danger component shows. `next_look` is empty where nobody who reads is expected."""

    sites: list[Site]
    next_look: str


def read(uow: UnitOfWork, organisation: Organisation) -> DangerNow:
    """Read the numbers to call, and when guardians next look."""
    return DangerNow(organisations.sites(uow), next_look(organisation, uow.now, cases.read_from(uow)))


def next_look(organisation: Organisation, now: datetime, read_from: date | None) -> str:
    """Say when guardians next look: "today at 2 pm", "Monday 23 November at 9 am".

    `read_from` is the first day on which one of them is here. Where there is none, nothing is promised: empty.
    """
    here = now.astimezone(LONDON)
    today = here.date()
    if read_from is None:
        return ""
    if read_from > today:
        return _opening(cases.next_working_day(read_from, organisation.country), organisation)
    hours = organisations.look_hours(organisation.next_look_hours)
    later = [hour for hour in hours if hour > here.hour and hour >= organisation.first_look_hour]
    if later and cases.next_working_day(today, organisation.country) == today:
        return str(gettext("today at %(hour)s", hour=_hour(later[0])))
    day = _next_working_day(today, organisation, before_opening=here.hour < organisation.first_look_hour)
    return _opening(day, organisation)


def _opening(day: date, organisation: Organisation) -> str:
    return str(gettext("%(day)s at %(hour)s", day=long_day(day), hour=_hour(organisation.first_look_hour)))


def _next_working_day(today: date, organisation: Organisation, *, before_opening: bool) -> date:
    start = today if before_opening else date.fromordinal(today.toordinal() + 1)
    return cases.next_working_day(start, organisation.country)


def _hour(hour: int) -> str:
    if hour == _NOON:
        return str(gettext("12 noon"))
    return str(gettext("%(hour)s am", hour=hour) if hour < _NOON else gettext("%(hour)s pm", hour=hour - _NOON))
