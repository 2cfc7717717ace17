"""Reading the draft."""

import uuid
from dataclasses import dataclass

from sqlalchemy import select

from speakup.accounts import Marked
from speakup.kernel.errors import NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.routing.models import Draft, DraftRule
from speakup.routing.rules import Rule


@dataclass(frozen=True, slots=True)
class Drafted:
    """One rule of the draft, and what it is found by wherever it is moved."""

    id: uuid.UUID
    rule: Rule


def draft(uow: UnitOfWork) -> Draft | None:
    """Return how the draft stands; None where there is none."""
    return uow.session.get(Draft, uow.organisation_id)


def drafted(uow: UnitOfWork) -> list[Rule]:
    """List the drafted rules in their order."""
    return [each.rule for each in drafted_rules(uow)]


def drafted_rules(uow: UnitOfWork) -> list[Drafted]:
    """List the drafted rules in their order, each with its id."""
    return [Drafted(row.id, rule_of(row)) for row in rows(uow)]


def drafted_marks(uow: UnitOfWork) -> list[Marked]:
    """List whom the draft has on the list of executives."""
    found = draft(uow)
    return [Marked.from_plain(each) for each in found.marked] if found else []


def find_drafted(uow: UnitOfWork, rule_id: uuid.UUID) -> Drafted:
    """Return one rule of the draft; `NotFound` once it is gone."""
    row = uow.session.get(DraftRule, (uow.organisation_id, rule_id))
    if row is None:
        raise NotFound(rule_id)
    return Drafted(row.id, rule_of(row))


def rows(uow: UnitOfWork) -> list[DraftRule]:
    """List the rows behind the draft in their order."""
    found = select(DraftRule).where(DraftRule.organisation_id == uow.organisation_id)
    return list(uow.session.scalars(found.order_by(DraftRule.position)))


def rule_of(row: DraftRule) -> Rule:
    """Read the rule in a row."""
    return Rule(
        row.directorate_id,
        row.site_id,
        row.primary_id,
        row.cover_id,
        tuple(uuid.UUID(each) for each in row.others),
        row.worker_group,
        tuple(row.languages),
        row.subject,
    )
