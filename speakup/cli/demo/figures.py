"""What the demonstration's figures are measured by: staff by group, larger groups, and quarters that closed in time."""

from collections.abc import Sequence
from datetime import date, datetime

from speakup import insight, organisations
from speakup.cli.demo.trusts import DemoTrust
from speakup.insight import Count, Measured
from speakup.kernel.actor import system
from speakup.kernel.clock import LONDON
from speakup.kernel.uow import Database

_NIGHT_HOUR = 3
_SHARES = {
    "nursing_midwifery": 30,
    "additional_clinical": 19,
    "administrative": 18,
    "medical_dental": 11,
    "allied_health": 8,
    "estates": 6,
    "additional_professional": 4,
    "healthcare_scientists": 2,
    "students": 2,
}
"""Of a hundred staff. Whatever the list holds besides has none, and is never shown."""
_NURSES, _CLINICAL, _SUPPORT = "Nurses and midwives", "Other clinical staff", "Support staff"
LARGER = {
    "nursing_midwifery": _NURSES,
    "additional_clinical": _CLINICAL,
    "additional_professional": _CLINICAL,
    "allied_health": _CLINICAL,
    "healthcare_scientists": _CLINICAL,
    "medical_dental": _CLINICAL,
    "students": _CLINICAL,
    "administrative": _SUPPORT,
    "estates": _SUPPORT,
    "other": _SUPPORT,
}
"""Of too few people in any one staff group can a board be told; of these it can."""


def closing_days(first: date, last: date) -> Sequence[date]:
    """List the days on which quarters close between two days."""
    quarters = insight.quarters_between(insight.quarter_of(first), insight.quarter_of(last))
    days = [insight.closes_on(quarter, insight.LEAST_WAIT) for quarter in quarters]
    return [day for day in days if first <= day <= last]


def close(database: Database, trust: DemoTrust, day: date) -> None:
    """Let the night's work close what is due."""
    at = datetime(day.year, day.month, day.day, _NIGHT_HOUR, tzinfo=LONDON)
    with database.work(system(trust.id), at=at) as uow:
        insight.close_quarters(uow)


def count_staff(database: Database, trust: DemoTrust, start: datetime) -> None:
    """Count staff by list, and make divisions of directorates, as the first guardian would."""
    first = trust.content.people_with("lead_guardian")[0].key
    with database.work(trust.actor(first), at=start) as uow:
        places = {str(each.id): each.headcount for each in organisations.directorates(uow)}
        everybody = sum(places.values())
        groups = insight.groups_of(uow, Measured.WORKER_GROUP)
        counts = [Count(key, everybody * share // 100) for key, share in _SHARES.items() if key in groups]
        sites = [Count(str(each.id), each.headcount) for each in organisations.sites(uow) if each.headcount]
        for dimension, counted in (
            (Measured.ALL, [Count("", everybody)]),
            (Measured.WORKER_GROUP, counts),
            (Measured.DIRECTORATE, [Count(key, count) for key, count in places.items()]),
            (Measured.SITE, sites),
        ):
            insight.keep_headcounts(uow, dimension, uow.today, counted, "ESR")
        ids = {each.key: trust.ids[f"directorate/{each.key}"] for each in trust.content.directorates}
        larger = {str(ids[each.key]): [each.division] for each in trust.content.directorates}
        insight.keep_ladder(uow, Measured.DIRECTORATE, larger)
        insight.keep_ladder(uow, Measured.WORKER_GROUP, {key: [LARGER[key]] for key in groups if key in LARGER})


def join_larger(database: Database, trust: DemoTrust, at: datetime, key: str, counts_as: str) -> None:
    """Put a staff group of the trust's own into the larger group of the national one it counts as."""
    first = trust.content.people_with("lead_guardian")[0].key
    with database.work(trust.actor(first), at=at) as uow:
        insight.keep_ladder(uow, Measured.WORKER_GROUP, {key: [LARGER[counts_as]]})
