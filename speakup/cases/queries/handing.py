"""What whoever acts holds, and how far each case is on its way to others."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Select, func, select

from speakup import accounts, audit, keyring, policy
from speakup.audit import Event
from speakup.cases.models import Case, CaseState, RecordKind
from speakup.cases.operations import agreeing, handing
from speakup.cases.operations.agreeing import Places, Standing
from speakup.cases.queries.worklist import visible_to
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, OpenCompartment, PrincipalKind, Record
from speakup.policy import Permission

PAGE = 20
"""Cases of one page, and so of one press: nobody waits for long, and what is done is done."""

_KINDS = (CompartmentKind.CASEWORK, CompartmentKind.CONVERSATION)
_FETCHED = frozenset({RecordKind.TITLE, RecordKind.HAND_OVER, RecordKind.MESSAGE})


@dataclass(frozen=True, slots=True)
class HandLine:
    """One case on its way to others, or not yet."""

    ref: str
    state: CaseState
    title: str | None = field(repr=False)
    is_first: bool
    """Whoever looks at the list looks after the case, and is not its cover."""
    alone: bool
    """Nobody else who is in the key log and has not left holds it."""
    has_words: bool
    planned: Places | None
    standing: Standing | None
    """What the person says to the plan; None without one, or where nobody new would have it."""
    damaged: bool = False

    @property
    def ready(self) -> bool:
        """Whether pressing once hands it over."""
        return self.planned is not None and (self.standing is None or self.standing.said.suffices)


@dataclass(frozen=True, slots=True)
class HandPage:
    """One page of them."""

    lines: list[HandLine]
    page: int
    pages: int
    total: int
    open: int


@dataclass(frozen=True, slots=True)
class ToTakeOver:
    """How many cases somebody looks after, who is away or has left, whose cover is whoever acts."""

    person_id: uuid.UUID
    name: str
    count: int
    gone: bool


def to_hand_over(uow: UnitOfWork, page: int) -> HandPage:
    """List a page of every case that whoever acts holds, the open ones first, and record it once."""
    policy.require(uow.actor, Permission.CASE_HAND_OVER)
    total = count_held(uow)
    still = uow.session.scalar(
        select(func.count()).select_from(_mine(uow).where(Case.state != CaseState.CLOSED).subquery())
    )
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    ordered = _mine(uow).order_by(Case.state == CaseState.CLOSED, Case.raised_on, Case.ref)
    rows = list(uow.session.scalars(ordered.limit(PAGE).offset(PAGE * (page - 1))))
    damaged: set[uuid.UUID] = set()
    opened = keyring.open_cases(uow, [row.id for row in rows], *_KINDS, damaged=damaged, fetch=_FETCHED)
    here = handing.not_gone(uow) - {uow.actor.person_id}
    lines = [_line(uow, row, opened.get(row.id, {}), here) for row in rows]
    if opened:
        audit.record(uow, Event.CASES_LISTED, quantity=len(opened))
    return HandPage(lines, page, pages, total, still or 0)


def to_take_over(uow: UnitOfWork) -> list[ToTakeOver]:
    """Count the cases that wait for their cover, by who is away or has left. Nothing is opened."""
    policy.require(uow.actor, Permission.CASE_HAND_OVER)
    rows = uow.session.execute(
        _waiting(uow).with_only_columns(Case.primary_id, func.count()).group_by(Case.primary_id)
    ).all()
    people = [row[0] for row in rows]
    names, here = keyring.names_vouched_for(uow, accounts.names_of(uow, people)), handing.not_gone(uow)
    found = [ToTakeOver(each, names.get(each, ""), count, each not in here) for each, count in rows]
    return sorted(found, key=lambda each: (each.name, each.person_id))


def refs_to_take_over(uow: UnitOfWork, person_id: uuid.UUID) -> list[str]:
    """Name the next few cases of somebody who is away or has left, whose cover is whoever acts."""
    policy.require(uow.actor, Permission.CASE_HAND_OVER)
    theirs = _waiting(uow).where(Case.primary_id == person_id).order_by(Case.ref).limit(PAGE)
    return list(uow.session.scalars(theirs.with_only_columns(Case.ref)))


def refs_only_mine(uow: UnitOfWork) -> list[str]:
    """Name the cases that nobody but whoever acts can open."""
    alone = keyring.only_mine(uow)
    return list(
        uow.session.scalars(_mine(uow).where(Case.id.in_(alone)).with_only_columns(Case.ref).order_by(Case.ref))
    )


def count_held(uow: UnitOfWork) -> int:
    """Say how many cases whoever acts holds, open or closed."""
    policy.require(uow.actor, Permission.CASE_LIST)
    return uow.session.scalar(select(func.count()).select_from(_mine(uow).subquery())) or 0


def _mine(uow: UnitOfWork) -> Select[Case]:
    return visible_to(uow.actor)


def _waiting(uow: UnitOfWork) -> Select[Case]:
    here = handing.present(uow) | {uow.actor.person_id}
    return _mine(uow).where(
        Case.cover_id == uow.actor.person_id, Case.primary_id.not_in(here), Case.state != CaseState.CLOSED
    )


def _line(
    uow: UnitOfWork, row: Case, opened: Mapping[CompartmentKind, OpenCompartment], here: frozenset[uuid.UUID]
) -> HandLine:
    is_first = row.primary_id == uow.actor.person_id
    if not set(_KINDS) <= opened.keys():
        return HandLine(
            row.ref, row.state, None, is_first, alone=False, has_words=False, planned=None, standing=None, damaged=True
        )
    casework, conversation = (opened[kind] for kind in _KINDS)
    noted = keyring.read(uow, casework, RecordKind.HAND_OVER)
    titles = keyring.read(uow, casework, RecordKind.TITLE)
    holding = {each.id for each in casework.stated.holders}
    places = handing.plan_of(noted)
    new = places.people - holding if places else frozenset()
    return HandLine(
        ref=row.ref,
        state=row.state,
        title=titles[-1].body["text"] if titles else None,
        is_first=is_first,
        alone=not holding & here,
        has_words=any(each.kind is PrincipalKind.REPORTER for each in conversation.stated.holders),
        planned=places,
        standing=_standing(uow, conversation, noted, new),
    )


def _standing(
    uow: UnitOfWork, conversation: OpenCompartment, noted: list[Record], new: frozenset[uuid.UUID]
) -> Standing | None:
    if not new:
        return None
    return agreeing.standing(new, keyring.read(uow, conversation, RecordKind.MESSAGE), noted)
