"""Drafting routing rules, and the list of executives with them. Only a guardian's key puts them into effect."""

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import delete

from speakup import audit, policy
from speakup.accounts import Marked
from speakup.audit import Event
from speakup.kernel.errors import Conflict, Invalid, NotFound
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.routing import queries
from speakup.routing.models import Draft, DraftRule
from speakup.routing.rules import Rule

MOST_RULES = 100
MOST_LANGUAGES = 10
MOST_MARKED = 100


def begin_draft(uow: UnitOfWork, rules: Iterable[Rule], marked: Iterable[Marked] = ()) -> Draft:
    """Begin a draft with what is in effect; `Conflict` where there is one already."""
    policy.require(uow.actor, Permission.ADMIN_ROUTING_DRAFT)
    if queries.draft(uow) is not None:
        raise Conflict("draft")
    begun = Draft(
        organisation_id=uow.organisation_id,
        begun_by=uow.actor.id,
        begun_at=uow.now,
        marked=[each.plain() for each in marked],
    )
    uow.session.add(begun)
    _write(uow, list(rules))
    audit.record(uow, Event.ROUTING_DRAFTED)
    return begun


def draft_rules(uow: UnitOfWork, rules: Sequence[Rule]) -> None:
    """Put these rules in this order in the place of all that were drafted; begin a draft where there is none."""
    policy.require(uow.actor, Permission.ADMIN_ROUTING_DRAFT)
    if queries.draft(uow) is None:
        begin_draft(uow, rules)
        return
    _open_draft(uow)
    uow.session.execute(delete(DraftRule).where(DraftRule.organisation_id == uow.organisation_id))
    _write(uow, list(rules))
    audit.record(uow, Event.ROUTING_DRAFTED)


def add_rule(uow: UnitOfWork, rule: Rule) -> uuid.UUID:
    """Put one more rule last; return its id. `Invalid("rules", "too many")` where there are as many as can be."""
    _open_draft(uow)
    position = len(queries.rows(uow))
    if position >= MOST_RULES:
        raise Invalid("rules", "too many")
    row = _row(uow, position, rule)
    uow.session.add(row)
    audit.record(uow, Event.ROUTING_DRAFTED)
    return row.id


def change_rule(uow: UnitOfWork, rule_id: uuid.UUID, rule: Rule, read_as: Rule) -> None:
    """Put a rule in the place of the one that was read; `Conflict` where somebody else has changed that one since."""
    _open_draft(uow)
    row = _found(uow, rule_id)
    if queries.rule_of(row) != read_as:
        raise Conflict(rule_id)
    _fill(row, rule)
    audit.record(uow, Event.ROUTING_DRAFTED)


def move_rule(uow: UnitOfWork, rule_id: uuid.UUID, by: int) -> int:
    """Move a rule so many places down, or up where `by` is negative; return its place from 1. It stops at the ends."""
    _open_draft(uow)
    rows, row = queries.rows(uow), _found(uow, rule_id)
    at = rows.index(row)
    rows.remove(row)
    place = min(max(at + by, 0), len(rows))
    rows.insert(place, row)
    for position, each in enumerate(rows):
        each.position = position
    audit.record(uow, Event.ROUTING_DRAFTED)
    return place + 1


def remove_rule(uow: UnitOfWork, rule_id: uuid.UUID) -> None:
    """Take a rule out of the draft."""
    _open_draft(uow)
    uow.session.delete(_found(uow, rule_id))
    audit.record(uow, Event.ROUTING_DRAFTED)


def draft_mark(uow: UnitOfWork, marked: Marked) -> None:
    """Put somebody on the drafted list of executives; `Invalid` for nobody, or for whoever is on it."""
    found = _open_draft(uow)
    if not marked.name.strip():
        raise Invalid("name", "empty")
    listed = queries.drafted_marks(uow)
    if any(each.means_same(marked) for each in listed):
        raise Invalid("name", "on the list")
    if len(listed) >= MOST_MARKED:
        raise Invalid("name", "too many")
    found.marked = [*found.marked, marked.plain()]
    audit.record(uow, Event.ROUTING_DRAFTED)


def draft_unmark(uow: UnitOfWork, marked: Marked) -> None:
    """Take somebody off the drafted list. In effect they stay on it until a guardian approves."""
    found = _open_draft(uow)
    left = [each for each in found.marked if each != marked.plain()]
    if len(left) == len(found.marked):
        raise NotFound("marked")
    found.marked = left
    audit.record(uow, Event.ROUTING_DRAFTED)


def hold_draft(uow: UnitOfWork) -> Draft | None:
    """Read the draft anew and keep everybody else from changing it until this unit ends; None where there is none.

    Whoever compares a page with what stands does so after this, or another change could come between.
    """
    if not policy.allows(uow.actor, Permission.ADMIN_ROUTING_DRAFT):
        policy.require(uow.actor, Permission.ROUTING_APPROVE)
    return _held(uow)


def submit_draft(uow: UnitOfWork) -> None:
    """Ask the guardians to approve it. It rests from now on, until they have or it is taken back."""
    found = _open_draft(uow)
    found.submitted_by, found.submitted_at = uow.actor.id, uow.now
    found.sent_back_by = found.sent_back_at = None
    audit.record(uow, Event.ROUTING_SUBMITTED)


def take_back_draft(uow: UnitOfWork) -> None:
    """Work on it again: guardians are no longer asked."""
    policy.require(uow.actor, Permission.ADMIN_ROUTING_DRAFT)
    found = _held(uow)
    if found is None or found.submitted_at is None:
        raise Conflict("draft")
    found.submitted_by = found.submitted_at = None
    audit.record(uow, Event.ROUTING_DRAFTED)


def discard_draft(uow: UnitOfWork) -> None:
    """Throw the draft away; what is in effect stays."""
    policy.require(uow.actor, Permission.ADMIN_ROUTING_DRAFT)
    _end(uow)
    audit.record(uow, Event.ROUTING_DRAFTED)


def send_back_draft(uow: UnitOfWork) -> None:
    """Give a submitted draft back to be changed. What is in effect stays."""
    policy.require(uow.actor, Permission.ROUTING_APPROVE)
    found = _held(uow)
    if found is None or found.submitted_at is None:
        raise Conflict("draft")
    found.submitted_by = found.submitted_at = None
    found.sent_back_by, found.sent_back_at = uow.actor.id, uow.now
    audit.record(uow, Event.ROUTING_SENT_BACK)


def end_draft(uow: UnitOfWork) -> None:
    """End a draft that is in effect now; whoever approved it does this in the same unit of work."""
    policy.require(uow.actor, Permission.ROUTING_APPROVE)
    _end(uow)


def _open_draft(uow: UnitOfWork) -> Draft:
    """Return the draft for writing; `Conflict` where there is none, or while guardians are asked about it."""
    policy.require(uow.actor, Permission.ADMIN_ROUTING_DRAFT)
    found = _held(uow)
    if found is None or found.submitted_at is not None:
        raise Conflict("draft")
    return found


def _held(uow: UnitOfWork) -> Draft | None:
    """Read it anew and hold it: two administrators take turns."""
    uow.session.flush()
    return uow.session.get(Draft, uow.organisation_id, with_for_update=True, populate_existing=True)


def _end(uow: UnitOfWork) -> None:
    found = _held(uow)
    if found is None:
        raise Conflict("draft")
    uow.session.execute(delete(DraftRule).where(DraftRule.organisation_id == uow.organisation_id))
    uow.session.delete(found)
    uow.session.flush()


def _found(uow: UnitOfWork, rule_id: uuid.UUID) -> DraftRule:
    row = uow.session.get(DraftRule, (uow.organisation_id, rule_id), populate_existing=True)
    if row is None:
        raise NotFound(rule_id)
    return row


def _write(uow: UnitOfWork, rules: Sequence[Rule]) -> None:
    if len(rules) > MOST_RULES:
        raise Invalid("rules", "too many")
    for position, rule in enumerate(rules):
        uow.session.add(_row(uow, position, rule))
    uow.session.flush()


def _row(uow: UnitOfWork, position: int, rule: Rule) -> DraftRule:
    row = DraftRule(organisation_id=uow.organisation_id, id=new_id(), position=position)
    _fill(row, rule)
    return row


def _fill(row: DraftRule, rule: Rule) -> None:
    if len(set(rule.people)) != len(rule.people):
        raise Invalid("cover", "somebody twice")
    if len(rule.languages) > MOST_LANGUAGES:
        raise Invalid("languages", "too many")
    row.directorate_id, row.site_id = rule.directorate_id, rule.site_id
    row.primary_id, row.cover_id = rule.primary, rule.cover
    row.others = [str(each) for each in rule.others]
    row.worker_group, row.languages, row.subject = rule.worker_group, list(rule.languages), rule.subject
