"""The letter of the morning: something is due or late. It says as much as any letter to staff, which is nothing."""

import uuid
from datetime import datetime, time

from sqlalchemy import select

from speakup import accounts, audit, jobs, organisations, policy
from speakup.audit import Event
from speakup.cases.models import Case
from speakup.cases.rules import next_working_day
from speakup.jobs import Job
from speakup.kernel.clock import LONDON
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission


def remind(uow: UnitOfWork) -> int:
    """Let everybody know in whose cases something is due today or late, once a working day; return how many people.

    It goes to the guardian, or to the cover while the guardian is away; to nobody who has switched it off.
    """
    policy.require(uow.actor, Permission.CASE_ANNOUNCE)
    midnight = datetime.combine(uow.today, time(), LONDON)
    if next_working_day(uow.today, organisations.here(uow).country) != uow.today:
        return 0
    if audit.recorded_since(uow, Event.GUARDIANS_REMINDED, midnight):
        return 0
    people = _whom(uow)
    for person_id in sorted(people):
        jobs.defer(uow, Job.SOMETHING_TO_READ_MAIL, person_id)
    if people:
        audit.record(uow, Event.GUARDIANS_REMINDED, quantity=len(people))
    return len(people)


def _whom(uow: UnitOfWork) -> set[uuid.UUID]:
    members = {each.id: each.membership for each in accounts.members(uow)}
    here = members.keys() - accounts.away(uow).keys()
    due = select(Case.primary_id, Case.cover_id).where(
        Case.organisation_id == uow.organisation_id, Case.due_on <= uow.today
    )
    asked = {primary if primary in here else cover for primary, cover in uow.session.execute(due.distinct())}
    return {person_id for person_id in asked if person_id in members and members[person_id].reminders}
