"""The clocks of a case: starting, stopping, holding up and going on. Whoever calls has asked the policy.

`Case.due_on` and `due_for` follow from the rows and are written here alone.
"""

import uuid
from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import bindparam, select

from speakup import organisations
from speakup.cases.models import Case, CaseClock, CaseState, ClockKind
from speakup.cases.rules import due_with_left, working_day_after, working_days_left
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.organisations import Organisation

HELD_UP = frozenset({
    ClockKind.ACKNOWLEDGE, ClockKind.CONVERSATION, ClockKind.UPDATE, ClockKind.REVIEW, ClockKind.REFERRAL,
})  # fmt: skip
"""What a pause holds up. Its own end and what became worse run on."""
WORSE_DAYS = 2
"""Working days within which somebody for whom things became worse is answered."""

# Built once: putting a statement together takes longer than asking it.
_STANDING = (
    select(CaseClock)
    .where(
        CaseClock.organisation_id == bindparam("organisation"),
        CaseClock.case_id == bindparam("case"),
        CaseClock.stopped_on.is_(None),
    )
    .order_by(CaseClock.due_on, CaseClock.id)
)


def standing(uow: UnitOfWork, case: Case) -> list[CaseClock]:
    """List the clocks of a case that have not stopped, held up ones too, in the order they run out."""
    return list(uow.session.scalars(_STANDING, {"organisation": uow.organisation_id, "case": case.id}))


def turn(
    uow: UnitOfWork,
    case: Case,
    *,
    starts: Collection[ClockKind] = (),
    stops: Collection[ClockKind] = (),
    on: date | None = None,
) -> None:
    """Stop some clocks and start others by what the organisation has settled, from today or from an earlier day.

    One that runs already begins anew, unless it began later than that day.
    """
    rows, day = standing(uow, case), on or uow.today
    begun_later = {row.kind for row in rows if row.started_on > day} - set(stops)
    anew = [kind for kind in sorted(starts) if kind not in begun_later]
    left = _stopped(uow, rows, {*anew, *stops}, on=day)
    organisation = organisations.here(uow)
    begun = [_begin(uow, case, kind, day, days_of(organisation, kind)) for kind in anew]
    _settle(case, [*left, *begun])


def begin(uow: UnitOfWork, case: Case, kinds: Iterable[ClockKind], on: date | None = None) -> None:
    """Start the first clocks of a case, from the day it was raised or a later one. Its row has been written."""
    organisation, day = organisations.here(uow), on or case.raised_on
    _settle(case, [_begin(uow, case, kind, day, days_of(organisation, kind)) for kind in sorted(kinds)])


def start(
    uow: UnitOfWork, case: Case, kind: ClockKind, due_on: date | None = None, about_id: uuid.UUID | None = None
) -> CaseClock:
    """Start one clock, until a day or for as long as is settled. One about the same thing that runs is stopped."""
    left = _stopped(uow, standing(uow, case), {kind}, about_id)
    days = None if due_on else days_of(organisations.here(uow), kind)
    begun = _begin(uow, case, kind, uow.today, days, due_on, about_id)
    _settle(case, [*left, begun])
    return begun


def stop(uow: UnitOfWork, case: Case, kind: ClockKind, about_id: uuid.UUID | None = None) -> None:
    """Stop one clock: what it waited for has been done."""
    _settle(case, _stopped(uow, standing(uow, case), {kind}, about_id))


def owed_to_worse(uow: UnitOfWork, case: Case) -> None:
    """Let somebody for whom things became worse be answered. Saying it again makes nobody wait longer.

    The person's own act begins it, by the day, as raising begins the first clocks: a clock knows no hour.
    """
    if not any(row.kind is ClockKind.WORSE for row in standing(uow, case)):
        start(uow, case, ClockKind.WORSE)


def due_once(uow: UnitOfWork, case: Case, kind: ClockKind, due_on: date | None) -> None:
    """Let one clock of a kind run until a day, or none; one that runs until then already goes on."""
    runs_until = {row.due_on for row in standing(uow, case) if row.kind is kind}
    if due_on is None:
        stop(uow, case, kind)
    elif runs_until != {due_on}:
        start(uow, case, kind, due_on=due_on)


def hold_up(uow: UnitOfWork, case: Case, until: date) -> None:
    """Keep what is left of every clock that a pause holds up, and start the one that says when to look again."""
    country, rows = organisations.here(uow).country, standing(uow, case)
    for row in rows:
        if row.kind in HELD_UP and row.days_left is None:
            row.days_left = working_days_left(row.due_on, uow.today, country)
    left = _stopped(uow, rows, {ClockKind.LOOK_AGAIN})
    _settle(case, [*left, _begin(uow, case, ClockKind.LOOK_AGAIN, uow.today, None, until)])


def go_on(uow: UnitOfWork, case: Case) -> None:
    """Let every clock that was held up run on with what was left of it."""
    country, rows = organisations.here(uow).country, standing(uow, case)
    for row in rows:
        if row.days_left is not None:
            row.due_on, row.days_left = due_with_left(row.days_left, uow.today, country), None
    _settle(case, _stopped(uow, rows, {ClockKind.LOOK_AGAIN}))


def mend(uow: UnitOfWork, case: Case) -> bool:
    """Begin again what every case in this state is watched by, where somebody took it away; say whether they had.

    Rows of clocks are sealed nowhere. The state is, and the caller has held it against that.
    """
    rows = standing(uow, case)
    kinds, was = {row.kind for row in rows}, (case.due_on, case.due_for)
    missing = _watched_by(case, kinds) - kinds
    organisation = organisations.here(uow)
    begun = [_begin(uow, case, kind, uow.today, days_of(organisation, kind)) for kind in sorted(missing)]
    _settle(case, [*rows, *begun])
    return bool(missing) or was != (case.due_on, case.due_for)


def _watched_by(case: Case, kinds: Collection[ClockKind]) -> set[ClockKind]:
    """Name what a case in this state never is without, of which `kinds` may do for another."""
    if case.state is CaseState.CLOSED:
        return set()
    watched = {ClockKind.REVIEW} if case.paused_on is None else {ClockKind.REVIEW, ClockKind.LOOK_AGAIN}
    if case.state is CaseState.NEW:
        return watched | {ClockKind.ACKNOWLEDGE}
    if ClockKind.UPDATE in kinds or ClockKind.ACKNOWLEDGE in kinds:
        return watched
    return watched | {ClockKind.ACKNOWLEDGE if case.state is CaseState.REOPENED else ClockKind.UPDATE}


def days_of(organisation: Organisation, kind: ClockKind) -> int:
    """Return for how many working days a clock of this kind runs in an organisation from now on."""
    return {
        ClockKind.ACKNOWLEDGE: organisation.acknowledge_days,
        ClockKind.CONVERSATION: organisation.conversation_days,
        ClockKind.UPDATE: organisation.update_days,
        ClockKind.REVIEW: organisation.review_days,
        ClockKind.LOOK_AGAIN: organisation.review_days,
        ClockKind.REFERRAL: organisation.update_days,
        ClockKind.WORSE: WORSE_DAYS,
        ClockKind.CHECK_IN: 0,
    }[kind]


def _begin(
    uow: UnitOfWork,
    case: Case,
    kind: ClockKind,
    on: date,
    days: int | None,
    due_on: date | None = None,
    about_id: uuid.UUID | None = None,
) -> CaseClock:
    country = organisations.here(uow).country
    due = due_on or working_day_after(on, days or 0, country)
    row = CaseClock(
        organisation_id=uow.organisation_id,
        id=new_id(),
        case_id=case.id,
        kind=kind,
        about_id=about_id,
        started_on=on,
        days=days,
        due_on=due,
        # What is begun while a case is paused waits with the rest.
        days_left=working_days_left(due, uow.today, country) if case.paused_on and kind in HELD_UP else None,
    )
    uow.session.add(row)
    return row


def _stopped(
    uow: UnitOfWork,
    rows: Iterable[CaseClock],
    kinds: Collection[ClockKind],
    about_id: uuid.UUID | None = None,
    on: date | None = None,
) -> list[CaseClock]:
    """Stop the clocks of these kinds, of one thing where one is named; return those that stand as before."""
    left = []
    for row in rows:
        if row.kind in kinds and (about_id is None or row.about_id == about_id):
            row.stopped_on = on or uow.today
        else:
            left.append(row)
    return left


def _settle(case: Case, rows: Iterable[CaseClock]) -> None:
    running = [row for row in rows if row.days_left is None]
    first = min(running, key=lambda row: (row.due_on, _ORDER[row.kind]), default=None)
    case.due_on, case.due_for = (first.due_on, first.kind) if first else (None, None)


_ORDER = {kind: place for place, kind in enumerate(ClockKind)}
"""Of several that run out on one day, the one that the person waits for comes first."""
