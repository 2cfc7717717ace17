"""The letter of the morning: something is due or late. It says as much as any letter to staff, which is nothing."""

import uuid
from datetime import datetime, time

from sqlalchemy import bindparam, select

from speakup import accounts, audit, jobs, organisations, policy
from speakup.audit import Event
from speakup.cases.models import Case, CaseClock, Referral, ReferralState
from speakup.cases.rules import next_working_day
from speakup.jobs import Job
from speakup.kernel.clock import LONDON
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission

_OWING_AN_ANSWER = (
    select(Referral.recipient_id)
    .join(CaseClock, (CaseClock.organisation_id == Referral.organisation_id) & (CaseClock.about_id == Referral.id))
    .where(
        Referral.organisation_id == bindparam("organisation"),
        Referral.state == ReferralState.SENT,
        CaseClock.stopped_on.is_(None),
        CaseClock.days_left.is_(None),
        CaseClock.due_on <= bindparam("today"),
    )
    .distinct()
)
"""Who was passed something on and has not answered by the day it was hoped for."""


def remind(uow: UnitOfWork) -> int:
    """Let everybody know in whose cases something is due today or late, once a working day; return how many people.

    It goes to the guardian, or to the cover while the guardian is away, and to whoever owes an answer to something that
    was passed on; to nobody who has switched it off.
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
    asked |= set(uow.session.scalars(_OWING_AN_ANSWER, {"organisation": uow.organisation_id, "today": uow.today}))
    return {person_id for person_id in asked if person_id in members and members[person_id].reminders}
