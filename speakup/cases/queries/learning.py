"""From a learning action to the cases that led to it, as far as whoever asks is on them; and what its words give away.

There is no index to ask: whoever is on a case opens its `casework`, where the link is sealed.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from speakup import accounts, audit, identifying, keyring, learning, organisations, policy
from speakup.audit import Event
from speakup.cases.models import Case, RecordKind
from speakup.cases.operations import referring
from speakup.cases.operations.learning import LearningLink, links_in, links_of
from speakup.cases.queries.scanning import scan
from speakup.cases.queries.texts import Where, parts_of
from speakup.cases.queries.views import as_written
from speakup.identifying import Found, Known
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, Record
from speakup.learning import LearningAction, ToldOf
from speakup.policy import Permission


@dataclass(frozen=True, slots=True)
class LinkedCase:
    """A case of mine that led to an action."""

    case: Case
    title: str | None = field(repr=False)
    link: LearningLink
    has_inbox: bool


@dataclass(frozen=True, slots=True)
class LearningOfCase:
    """An action that a case led to, with what has been told."""

    action: ToldOf
    link: LearningLink
    may_open: bool
    """Whoever is on the case may read the action; or else only what it is called."""


def linked_cases(uow: UnitOfWork, action: LearningAction, damaged: list[Case] | None = None) -> list[LinkedCase]:
    """List my cases that led to this action, those whose person is to be told first; recorded once.

    What is asked of me about it is settled by what stands in them. With `damaged`, what does not check out of my cases
    is recorded and put there, whether or not it led here, which nobody can say; without it, that is a fault.
    """
    policy.require(uow.actor, Permission.CASE_LEARN, action)
    found = [case for _, case in _linked(uow, action.id, damaged)]
    _settle(uow, action.id, found, whole=not damaged)
    return sorted(found, key=lambda each: (not each.link.is_open, each.case.raised_on, each.case.ref))


def people_to_tell(uow: UnitOfWork, damaged: list[Case] | None = None) -> list[tuple[ToldOf, LinkedCase]]:
    """List whom of my cases I am to tell of which action, now that what came of it is known; recorded once.

    What is asked of me is settled by it. `damaged` is as for `linked_cases`.
    """
    policy.require(uow.actor, Permission.CASE_LEARN)
    by_action: dict[uuid.UUID, list[LinkedCase]] = {each: [] for each in learning.asked_of_me(uow)}
    for action_id, case in _linked(uow, damaged=damaged):
        by_action.setdefault(action_id, []).append(case)
    called = learning.told_of(uow, list(by_action))
    for action_id, found in by_action.items():
        _require_actions(called, ((each.case.id, action_id) for each in found))
        _settle(uow, action_id, found, whole=not damaged)
    known = {each: called[each] for each in by_action if called[each].is_known}
    lines = [(told_of, case) for each, told_of in known.items() for case in by_action[each] if case.link.is_open]
    return sorted(lines, key=lambda each: (each[0].title, each[0].ref, each[1].case.raised_on))


def is_kept_out(uow: UnitOfWork, action: LearningAction, person_id: uuid.UUID) -> bool:
    """Say whether somebody was kept out of one of my cases that led to this action, by key or by name."""
    led = [each.case for each in linked_cases(uow, action)]
    return _is_kept_out(uow, led, person_id)


def owner_is_kept_out(uow: UnitOfWork, led: Collection[Case], action: LearningAction) -> bool:
    """Say whether whoever sees to an action was kept out of one of these cases of mine, by key or by name."""
    return action.owner_id is not None and _is_kept_out(uow, led, action.owner_id)


def _is_kept_out(uow: UnitOfWork, led: Collection[Case], person_id: uuid.UUID) -> bool:
    if not led:
        return False
    member = accounts.member(uow, person_id)
    return any(referring.must_not_see(uow, each, member) for each in led)


def settle_asking(uow: UnitOfWork, action_id: uuid.UUID) -> None:
    """Let whoever acts be asked to tell, or not, as their own cases say now."""
    policy.require(uow.actor, Permission.CASE_LEARN)
    _settle(uow, action_id, [case for _, case in _linked(uow, action_id)])


def learning_of(uow: UnitOfWork, case: Case) -> list[LearningOfCase]:
    """List the actions a case led to, what is still to be told first. Reading is recorded."""
    with as_written(case):
        links = links_of(uow, case)
    called = learning.told_of(uow, [each.action_id for each in links])
    mine = {each.id for each in learning.list_actions(uow, ids=list(called))} if called else set()
    audit.record(uow, Event.CASE_READ, case.id)
    _require_actions(called, ((case.id, each.action_id) for each in links))
    lines = [LearningOfCase(called[each.action_id], each, each.action_id in mine) for each in links]
    return sorted(lines, key=lambda each: (not each.link.is_open, each.action.title, each.action.ref))


def _require_actions(called: Collection[uuid.UUID], links: Iterable[tuple[uuid.UUID, uuid.UUID]]) -> None:
    """Raise `IntegrityFault` for a case that led to an action which is gone: actions are never deleted."""
    for case_id, action_id in links:
        if action_id not in called:
            raise IntegrityFault(case_id, "learning")


def learning_wording(
    uow: UnitOfWork, case_ids: Collection[uuid.UUID], texts: Mapping[str, str]
) -> dict[str, tuple[Found, ...]]:
    """Find in each text what could tell who somebody is, and what stands in the sealed words of these cases as well.

    Everything in them is opened; recorded once, and not how many they were: that would stand beside the action's own
    entry.
    """
    policy.require(uow.actor, Permission.CASE_LEARN)
    names = [each.name for each in accounts.members(uow)]
    places = (
        *(each.name for each in organisations.directorates(uow)),
        *(each.name for each in organisations.sites(uow)),
    )
    said, spoken = list[str](), list[str]()
    for where, text in _said_in(uow, list(case_ids)):
        (spoken if where is Where.PERSON else said).append(text)
    if case_ids:
        audit.record(uow, Event.CASES_SEARCHED)
    known = Known(tuple(filter(None, (*names, *spoken))), places)
    shared = identifying.words_of(said)
    return {name: identifying.find_with(text, known, shared) for name, text in texts.items()}


def linked_case_ids(uow: UnitOfWork, action: LearningAction) -> list[uuid.UUID]:
    """Name my cases that led to this action."""
    policy.require(uow.actor, Permission.CASE_LEARN, action)
    return [case_id for case_id, _title, _link in _links(uow, action.id)]


def _said_in(uow: UnitOfWork, case_ids: Sequence[uuid.UUID]) -> Iterator[tuple[Where, str]]:
    """Give every text of these cases, as far as I am on them; one that does not check out is a fault."""
    damaged: set[uuid.UUID] = set()
    for scanned in scan(uow, case_ids, damaged, keyring.scan_referrals(uow)) if case_ids else ():
        try:
            parts = parts_of(scanned.records().values())
        except (KeyError, TypeError, ValueError) as malformed:
            raise IntegrityFault(scanned.case_id, "content") from malformed
        yield from ((each.where, each.text) for each in parts if each.where is not Where.REFERENCE)
    if damaged:
        raise IntegrityFault(min(damaged), "learning")


def _linked(
    uow: UnitOfWork, action_id: uuid.UUID | None = None, damaged: list[Case] | None = None
) -> Iterator[tuple[uuid.UUID, LinkedCase]]:
    """Give my cases by the action they led to: this one, or any."""
    torn = None if damaged is None else set[uuid.UUID]()
    links = list(_links(uow, action_id, torn))
    ids = {each[0] for each in links}.union(torn or ())
    query = select(Case).where(Case.organisation_id == uow.organisation_id, Case.id.in_(ids))
    rows = {case.id: case for case in uow.session.scalars(query)} if ids else {}
    if damaged is not None:
        damaged += _recorded(uow, torn or (), rows)
    for case_id, title, link in links:
        if case_id in rows:
            yield link.action_id, LinkedCase(rows[case_id], title, link, keyring.has_receipt(uow, case_id))


def _recorded(uow: UnitOfWork, torn: Iterable[uuid.UUID], rows: Mapping[uuid.UUID, Case]) -> Iterator[Case]:
    for case_id in sorted(torn):
        audit.record(uow, Event.INTEGRITY_FAULT, case_id)
        if case_id in rows:
            yield rows[case_id]


def _links(
    uow: UnitOfWork, action_id: uuid.UUID | None, damaged: set[uuid.UUID] | None = None
) -> Iterator[tuple[uuid.UUID, str | None, LearningLink]]:
    """Open what each of my cases with any link says, and give those that led to this action, or to any.

    `damaged` is as for `keyring.open_cases`.
    """
    ids = keyring.mine_with(uow, RecordKind.LEARNING)
    if not ids:
        return
    wanted = (RecordKind.LEARNING, RecordKind.TITLE)
    opened = keyring.open_cases(uow, ids, CompartmentKind.CASEWORK, damaged=damaged, fetch=set(wanted))
    casework = {case_id: kinds[CompartmentKind.CASEWORK] for case_id, kinds in opened.items()}
    records = keyring.read_many(uow, list(casework.values()), *wanted, damaged=damaged)
    audit.record(uow, Event.CASES_LISTED, quantity=len(casework))
    for case_id, compartment in casework.items():
        found = records[compartment.id]
        for link in _read_whole(case_id, found, damaged):
            if action_id is None or link.action_id == action_id:
                yield case_id, _title(found), link


def _read_whole(
    case_id: uuid.UUID, records: Sequence[Record], damaged: set[uuid.UUID] | None
) -> Sequence[LearningLink]:
    """Read the links of a case unless it is damaged, or found so by it: of such a one nothing is believed."""
    if damaged is None:
        return _read(case_id, records)
    try:
        return () if case_id in damaged else _read(case_id, records)
    except IntegrityFault:
        damaged.add(case_id)
        return ()


def _read(case_id: uuid.UUID, records: Iterable[Record]) -> list[LearningLink]:
    try:
        return links_in(each for each in records if each.kind == RecordKind.LEARNING)
    except (AttributeError, KeyError, TypeError, ValueError) as malformed:
        raise IntegrityFault(case_id, "content") from malformed


def _title(records: Sequence[Record]) -> str | None:
    titles = [each for each in records if each.kind == RecordKind.TITLE]
    return str(titles[-1].body["text"]) if titles else None


def _settle(uow: UnitOfWork, action_id: uuid.UUID, found: Collection[LinkedCase], *, whole: bool = True) -> None:
    """Ask whoever acts to tell what is open in cases that they look after, or whose guardian has left; or no more.

    Nobody is let off while their cases are not all there to be read: the damaged one may be what it was about.
    """
    me = uow.actor.person_id
    gone = accounts.gone(uow, {each.case.primary_id for each in found})
    if any(each.link.is_open and each.case.primary_id in {me, *gone} for each in found):
        learning.ask_to_tell(uow, action_id, me)
    elif whole:
        learning.stop_asking(uow, action_id, me)
