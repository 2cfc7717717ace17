"""The cases behind a figure, for whoever may read them: found by what each case itself says it is counted as."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from speakup import audit, keyring, policy
from speakup.audit import Event
from speakup.cases.models import Case, CaseState, RecordKind
from speakup.cases.queries.worklist import visible_to
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind
from speakup.policy import Permission

MOST_BEHIND = 300
"""Cases of one quarter that are opened for one page; a trust hears some hundred in a quarter at most."""


@dataclass(frozen=True, slots=True)
class CaseBehind:
    """One case of a figure."""

    ref: str
    state: CaseState
    title: str = field(repr=False)


def cases_behind(
    uow: UnitOfWork, first: date, last: date, counts: Callable[[Mapping[str, Any]], bool], *, by_closing: bool = False
) -> list[CaseBehind]:
    """List the cases raised (or closed) from the first day to the last that `counts` takes, of those held by the actor.

    `counts` is given what a case is counted as (`insight.Counts.plain`). A case not counted yet is in no figure.
    """
    policy.require(uow.actor, Permission.CASE_SEARCH)
    day = Case.closed_on if by_closing else Case.raised_on
    query = visible_to(uow.actor).where(day.between(first, last)).order_by(Case.ref).limit(MOST_BEHIND)
    found = {case.id: case for case in uow.session.scalars(query)}
    behind = [each for each in _opened(uow, found) if counts(each[1])]
    if found:
        audit.record(uow, Event.CASES_SEARCHED, quantity=len(found))
    return [CaseBehind(case.ref, case.state, title) for case, _said, title in behind]


def _opened(uow: UnitOfWork, found: Mapping[uuid.UUID, Case]) -> list[tuple[Case, Mapping[str, Any], str]]:
    # A case that does not check out is said to be so by every list; here it only counts as nothing.
    kind, damaged, wanted = CompartmentKind.CASEWORK, set[uuid.UUID](), {RecordKind.FACT, RecordKind.TITLE}
    opened = keyring.open_cases(uow, list(found), kind, damaged=damaged, fetch=wanted)
    records = keyring.read_many(uow, [each[kind] for each in opened.values()], *wanted, damaged=damaged)
    lines = []
    for case_id, parts in opened.items():
        bodies = {each.kind: each.body for each in records[parts[kind].id]}
        if RecordKind.FACT in bodies:
            title = str(bodies.get(RecordKind.TITLE, {}).get("text", ""))
            lines.append((found[case_id], bodies[RecordKind.FACT]["said"], title))
    return sorted(lines, key=lambda each: each[0].ref)
