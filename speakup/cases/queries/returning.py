"""For the return of a quarter: which cases were raised in it, and which of them are still to be looked at."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from speakup import audit, keyring, policy
from speakup.audit import Event
from speakup.cases.models import Case, CaseState, RecordKind
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, PrincipalKind
from speakup.policy import Permission

MOST = 50
"""Cases named at once: for each, a title is opened."""


@dataclass(frozen=True, slots=True)
class CaseToMend:
    """A case of mine that the return cannot count as it should yet."""

    ref: str
    title: str | None = field(repr=False)
    raised_on: date
    state: CaseState
    is_counted: bool
    """It is counted at all; opening it sees to that where it is not."""


@dataclass(frozen=True, slots=True)
class RaisedCases:
    """What is amiss with the cases raised in a quarter: in numbers of all, and by name of mine."""

    uncounted: int
    """Nobody has opened them yet."""
    uncoded: int
    """Of those that are counted, nobody has set the elements and the worker group."""
    to_mend: Sequence[CaseToMend]


def mine_raised(uow: UnitOfWork, first: date, last: date) -> list[uuid.UUID]:
    """Name my cases that were raised between two days, both of them counted in."""
    policy.require(uow.actor, Permission.CASE_LIST)
    return [each.id for each in _raised(uow, first, last, mine=True)]


def raised_between(uow: UnitOfWork, first: date, last: date) -> RaisedCases:
    """Find the cases raised between two days that are not counted, or that nobody has coded.

    How many there are of all is asked with the right to their exact number. Named are those of mine alone.
    """
    policy.require(uow.actor, Permission.RETURN_KEEP)
    every = {each.id for each in _raised(uow, first, last)}
    counted, coded = (keyring.cases_with(uow, every, kind) for kind in (RecordKind.FACT, RecordKind.CODING))
    amiss = every - (counted & coded)
    mine = [each for each in _raised(uow, first, last, mine=True) if each.id in amiss][:MOST] if amiss else []
    titles = _titles(uow, [each.id for each in mine])
    named = [CaseToMend(each.ref, titles.get(each.id), each.raised_on, each.state, each.id in counted) for each in mine]
    return RaisedCases(len(every - counted), len(counted - coded), named)


def _raised(uow: UnitOfWork, first: date, last: date, *, mine: bool = False) -> Sequence[Case]:
    """Those that go on from an earlier case count as one with it, and are left out."""
    query = select(Case).where(
        Case.organisation_id == uow.organisation_id, Case.raised_on.between(first, last), ~Case.continues
    )
    if mine:
        held = keyring.held_cases(PrincipalKind.STAFF, uow.actor.person_id, uow.organisation_id)
        query = query.where(Case.id.in_(held))
    return uow.session.scalars(query.order_by(Case.raised_on, Case.ref)).all()


def _titles(uow: UnitOfWork, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Open what each is called. One that does not check out has no title here; its own page says what is wrong."""
    if not ids:
        return {}
    damaged = set[uuid.UUID]()
    opened = keyring.open_cases(uow, ids, CompartmentKind.CASEWORK, damaged=damaged, fetch={RecordKind.TITLE})
    casework = {case_id: kinds[CompartmentKind.CASEWORK] for case_id, kinds in opened.items()}
    records = keyring.read_many(uow, list(casework.values()), RecordKind.TITLE, damaged=damaged)
    audit.record(uow, Event.CASES_LISTED, quantity=len(casework))
    return {
        case_id: str(found[-1].body["text"])
        for case_id, compartment in casework.items()
        if case_id not in damaged and (found := records[compartment.id])
    }
