"""Decisions that are written down: thresholds other than those of the method, and where charts begin anew."""

import uuid
from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from speakup import audit, insight, organisations, policy, vocabulary
from speakup.audit import Event
from speakup.disclosure import Rules
from speakup.kernel.errors import Invalid
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.papers import ledger, periods, words
from speakup.papers.models import ChartDecision, ThresholdDecision
from speakup.papers.pack import Break
from speakup.policy import Permission
from speakup.vocabulary import CodeSet


def decide_thresholds(
    uow: UnitOfWork, groups: int, trust_wide: int, least_staff: int, decision: str, decided_on: date
) -> ThresholdDecision:
    """Record what the Caldicott guardian or the SIRO decided. `Invalid` for what the method does not allow."""
    policy.require(uow.actor, Permission.PUBLICATION_PREPARE)
    if decided_on > uow.today:
        raise Invalid("decided_on", "still to come")
    try:
        Rules(groups, trust_wide, least_staff, decision)
    except ValueError as refused:
        raise Invalid("groups", str(refused)) from refused
    organisations.one_at_a_time(uow)
    row = ThresholdDecision(
        organisation_id=uow.organisation_id,
        id=new_id(),
        number=len(ledger.decisions(uow)) + 1,
        groups=groups,
        trust_wide=trust_wide,
        least_staff=least_staff,
        decision=decision,
        decided_on=decided_on,
        recorded_by=uow.actor.person_id,
    )
    uow.session.add(row)
    audit.record(uow, Event.THRESHOLDS_DECIDED, row.id)
    return row


def decide_break(uow: UnitOfWork, quarter: str, why: str, decision: str, decided_on: date) -> ChartDecision:
    """Record that charts begin anew with a closed quarter. `Invalid` for one that was decided already."""
    policy.require(uow.actor, Permission.PUBLICATION_PREPARE)
    if decided_on > uow.today:
        raise Invalid("decided_on", "still to come")
    if not why.strip() or not decision.strip():
        raise Invalid("decision", "empty")
    organisations.one_at_a_time(uow)
    if quarter not in insight.closed_quarters(uow) or quarter in {each.quarter for each in chart_decisions(uow)}:
        raise Invalid("quarter", "not closed, or decided")
    row = ChartDecision(
        organisation_id=uow.organisation_id,
        id=new_id(),
        quarter=quarter,
        why=why.strip(),
        decision=decision.strip(),
        decided_on=decided_on,
        recorded_by=uow.actor.person_id,
    )
    uow.session.add(row)
    audit.record(uow, Event.CHARTS_DECIDED, row.id)
    return row


def chart_decisions(uow: UnitOfWork) -> list[ChartDecision]:
    """Every decision that charts begin anew, the newest quarter first."""
    policy.require(uow.actor, Permission.PUBLICATION_PREPARE)
    query = select(ChartDecision).where(ChartDecision.organisation_id == uow.organisation_id)
    return list(uow.session.scalars(query.order_by(ChartDecision.quarter.desc())))


def beginnings(uow: UnitOfWork, last: str) -> Iterator[Break]:
    """Where charts up to a quarter begin anew: a list of what is counted changed there, or somebody decided it."""
    for each in reversed(chart_decisions(uow)):
        if each.quarter <= last:
            yield Break(each.quarter, words.begun_anew(each.why))
    days = {day for which in (CodeSet.ELEMENT, CodeSet.WORKER_GROUP) for day in vocabulary.breaks(uow, which)}
    for day in sorted(each for each in days if each <= periods.ends(last)):
        yield Break(insight.quarter_of(day), words.CODED_ANEW)


def words_decided_by(uow: UnitOfWork, person_id: uuid.UUID) -> frozenset[Break | str]:
    """What publications carry of the decisions somebody recorded: breaks of charts, and lines of the method note."""
    charts = select(ChartDecision).where(
        ChartDecision.organisation_id == uow.organisation_id, ChartDecision.recorded_by == person_id
    )
    breaks = (Break(each.quarter, words.begun_anew(each.why)) for each in uow.session.scalars(charts))
    thresholds = (words.following(each.decision) for each in ledger.decisions(uow) if each.recorded_by == person_id)
    return frozenset((*breaks, *thresholds))
