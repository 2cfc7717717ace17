"""Reading one's own diary; and of everybody's, no more than sums and marks."""

import uuid
from collections.abc import Iterable
from datetime import date

from sqlalchemy import Select, bindparam, func, select

from speakup import policy
from speakup.diary.models import DiaryEntry, Kind
from speakup.diary.rules import Month, month_of, months_before
from speakup.kernel.actor import Actor
from speakup.kernel.errors import NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.organisations import Directorate, Site
from speakup.policy import Permission

Hours = dict[Month, dict[Kind, int]]
"""Quarters of an hour, by month and by what they were spent on."""


def visible_to(actor: Actor) -> Select[DiaryEntry]:
    """Scope: everybody reads their own entries and nobody else's."""
    return select(DiaryEntry).where(
        DiaryEntry.organisation_id == actor.organisation_id, DiaryEntry.person_id == actor.person_id
    )


def find(uow: UnitOfWork, entry_id: uuid.UUID) -> DiaryEntry:
    """Return one's own entry."""
    policy.require(uow.actor, Permission.DIARY_KEEP)
    entry = uow.session.scalar(visible_to(uow.actor).where(DiaryEntry.id == entry_id))
    if entry is None:
        raise NotFound(entry_id)
    return entry


def entries_between(uow: UnitOfWork, first: date, before: date) -> list[DiaryEntry]:
    """List one's own entries from `first` until the day before `before`, newest first."""
    policy.require(uow.actor, Permission.DIARY_KEEP)
    days = visible_to(uow.actor).where(DiaryEntry.day >= first, DiaryEntry.day < before)
    return list(uow.session.scalars(days.order_by(DiaryEntry.day.desc(), DiaryEntry.written_at.desc())))


def every_entry(uow: UnitOfWork) -> list[DiaryEntry]:
    """List all of one's own entries, oldest first."""
    policy.require(uow.actor, Permission.DIARY_KEEP)
    return list(uow.session.scalars(visible_to(uow.actor).order_by(DiaryEntry.day, DiaryEntry.written_at)))


def first_day(uow: UnitOfWork) -> date | None:
    """Return the day of one's oldest entry; None for an empty diary."""
    policy.require(uow.actor, Permission.DIARY_KEEP)
    return uow.session.scalar(visible_to(uow.actor).with_only_columns(func.min(DiaryEntry.day)))


def last_kind(uow: UnitOfWork) -> Kind:
    """Return what one wrote last: most likely the next entry is about the same. A visit in an empty diary."""
    policy.require(uow.actor, Permission.DIARY_KEEP)
    newest = visible_to(uow.actor).order_by(DiaryEntry.written_at.desc()).limit(1)
    entry = uow.session.scalar(newest)
    return entry.kind if entry is not None else Kind.VISIT


def hours_by_month(uow: UnitOfWork, *, team: bool = False) -> Hours:
    """Sum one's own hours, or the whole team's for whoever leads it, by month: this one and the eleven before it."""
    policy.require(uow.actor, Permission.DIARY_TEAM if team else Permission.DIARY_KEEP)
    months = months_before(uow.today)
    entries = (
        select(DiaryEntry).where(DiaryEntry.organisation_id == uow.organisation_id) if team else visible_to(uow.actor)
    )
    found = uow.session.execute(
        entries.where(DiaryEntry.day >= months[-1].first, DiaryEntry.day < months[0].next.first)
        .with_only_columns(DiaryEntry.day, DiaryEntry.kind, func.sum(DiaryEntry.quarters))
        .group_by(DiaryEntry.day, DiaryEntry.kind)
    )
    return _summed(months, ((day, kind, quarters) for day, kind, quarters in found))


def reached(uow: UnitOfWork, since: date) -> set[tuple[uuid.UUID | None, str]]:
    """Say which worker groups of which directorates anybody of the team has reached since a day: marks, no more."""
    policy.require(uow.actor, Permission.DIARY_KEEP)
    found = uow.session.execute(
        select(DiaryEntry.directorate_id, DiaryEntry.groups).where(
            DiaryEntry.organisation_id == bindparam("organisation"), DiaryEntry.day >= bindparam("since")
        ),
        {"organisation": uow.organisation_id, "since": since},
    )
    return {(directorate_id, group) for directorate_id, groups in found for group in groups}


def names_of_places(uow: UnitOfWork) -> dict[uuid.UUID, str]:
    """Map every directorate and site there ever was to its name: an entry may be about one that is closed."""
    return {
        place_id: name
        for table in (Directorate, Site)
        for place_id, name in uow.session.execute(
            select(table.id, table.name).where(table.organisation_id == uow.organisation_id)
        )
    }


def _summed(months: Iterable[Month], found: Iterable[tuple[date, Kind, int]]) -> Hours:
    hours: Hours = {month: {} for month in months}
    for day, kind, quarters in found:
        of_month = hours[month_of(day)]
        of_month[kind] = of_month.get(kind, 0) + int(quarters)
    return hours
