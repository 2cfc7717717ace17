"""From a learning action to the cases that led to it, as far as whoever asks is on them; and what its words give away.

There is no index to ask: whoever is on a case opens its `casework`, where the link is sealed. Which case has such a
record at all is read from rows in clear, so that pages need not open every case. Before an action is closed, every case
of whoever closes it is opened: then a row that somebody changed shows.
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
    opened = _open(uow, damaged)
    found = [case for _, case in _shown(uow, opened, action.id, damaged)]
    _settle(uow, action.id, opened)
    return sorted(found, key=lambda each: (not each.link.is_open, each.case.raised_on, each.case.ref))


def people_to_tell(uow: UnitOfWork, damaged: list[Case] | None = None) -> list[tuple[ToldOf, LinkedCase]]:
    """List whom of my cases I am to tell of which action, now that what came of it is known; recorded once.

    What is asked of me is settled by it. `damaged` is as for `linked_cases`.
    """
    policy.require(uow.actor, Permission.CASE_LEARN)
    by_action: dict[uuid.UUID, list[LinkedCase]] = {each: [] for each in learning.asked_of_me(uow)}
    opened = _open(uow, damaged)
    for action_id, case in _shown(uow, opened, None, damaged):
        by_action.setdefault(action_id, []).append(case)
    called = learning.told_of(uow, list(by_action))
    for action_id, found in sorted(by_action.items()):
        _require_actions(called, ((each.case.id, action_id) for each in found))
        _settle(uow, action_id, opened)
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
    """Let whoever acts be asked to tell, or not, as their own cases say now. What does not check out is recorded."""
    policy.require(uow.actor, Permission.CASE_LEARN)
    damaged: list[Case] = []
    opened = _open(uow, damaged)
    _note_damaged(uow, opened, {}, damaged)
    _settle(uow, action_id, opened)


def settle_before_closing(uow: UnitOfWork, action: LearningAction, damaged: list[Case]) -> None:
    """Ask whoever has still to tell by what is sealed in every case of mine, whatever rows in clear say.

    `damaged` is as for `linked_cases`: of one that does not check out nobody knows whether it led here. It comes first
    in a unit of work: every case is held until that is over, and whoever writes in one waits for the audit chain.
    """
    policy.require(uow.actor, Permission.CASE_LEARN, action)
    opened = _open(uow, damaged, everywhere=True)
    _note_damaged(uow, opened, _rows(uow, opened.torn), damaged)
    _settle(uow, action.id, opened)


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


def linked_case_ids(
    uow: UnitOfWork, action: LearningAction, damaged: Collection[Case] | None = None
) -> list[uuid.UUID]:
    """Name my cases that led to this action; without `damaged`, found before, what does not check out is a fault."""
    policy.require(uow.actor, Permission.CASE_LEARN, action)
    links = _open(uow, None if damaged is None else list(damaged)).links
    return sorted({each.case_id for each in links if each.link.action_id == action.id})


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


@dataclass(frozen=True, slots=True)
class _Linked:
    """A link as it was found, with whoever holds the keys of its case."""

    case_id: uuid.UUID
    title: str | None = field(repr=False)
    link: LearningLink
    readers: frozenset[uuid.UUID]


@dataclass(frozen=True, slots=True)
class _Opened:
    """What my cases say they led to."""

    links: list[_Linked]
    torn: set[uuid.UUID]
    """Cases that do not check out."""
    records: dict[uuid.UUID, set[uuid.UUID]]
    """Which records there were to read, before any was."""


def _open(uow: UnitOfWork, damaged: list[Case] | None, *, everywhere: bool = False) -> _Opened:
    """Read what each of my cases with any link led to; with `everywhere`, of every case of mine.

    Without `damaged`, what does not check out is a fault.
    """
    records = keyring.mine_with(uow, RecordKind.LEARNING)
    ids = keyring.mine(uow) if everywhere else list(records)
    torn = set[uuid.UUID]()
    return _Opened(list(_links(uow, ids, None if damaged is None else torn)) if ids else [], torn, records)


def _shown(
    uow: UnitOfWork, opened: _Opened, action_id: uuid.UUID | None, damaged: list[Case] | None
) -> list[tuple[uuid.UUID, LinkedCase]]:
    """List my cases by the action they led to: this one, or any."""
    links = [each for each in opened.links if action_id in {None, each.link.action_id}]
    ids = {each.case_id for each in links}
    with_words = keyring.with_receipts(uow, sorted(ids), None if damaged is None else opened.torn)
    rows = _rows(uow, ids | opened.torn)
    if damaged is not None:
        _note_damaged(uow, opened, rows, damaged)
    return [
        (each.link.action_id, LinkedCase(rows[each.case_id], each.title, each.link, each.case_id in with_words))
        for each in links
        if each.case_id in rows and each.case_id not in opened.torn
    ]


def _rows(uow: UnitOfWork, case_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Case]:
    query = select(Case).where(Case.organisation_id == uow.organisation_id, Case.id.in_(case_ids))
    return {case.id: case for case in uow.session.scalars(query)} if case_ids else {}


def _note_damaged(uow: UnitOfWork, opened: _Opened, rows: Mapping[uuid.UUID, Case], damaged: list[Case]) -> None:
    """Record what does not check out, and put those with a row to `damaged`."""
    for case_id in sorted(opened.torn):
        audit.record(uow, Event.INTEGRITY_FAULT, case_id)
        if case_id in rows:
            damaged.append(rows[case_id])


def _links(uow: UnitOfWork, ids: Sequence[uuid.UUID], damaged: set[uuid.UUID] | None) -> Iterator[_Linked]:
    """Open what these cases say they led to; `damaged` as for `keyring.open_cases`."""
    wanted = (RecordKind.LEARNING, RecordKind.TITLE)
    opened = keyring.open_cases(uow, ids, CompartmentKind.CASEWORK, damaged=damaged, fetch=set(wanted))
    casework = {case_id: kinds[CompartmentKind.CASEWORK] for case_id, kinds in opened.items()}
    records = keyring.read_many(uow, list(casework.values()), *wanted, damaged=damaged)
    audit.record(uow, Event.CASES_LISTED, quantity=len(casework))
    for case_id, compartment in casework.items():
        found = records[compartment.id]
        links = _read_whole(case_id, found, damaged)
        readers = compartment.stated.staff if links else ()
        yield from (_Linked(case_id, _title(found), each, frozenset(readers)) for each in links)


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


def _settle(uow: UnitOfWork, action_id: uuid.UUID, opened: _Opened) -> None:
    """Ask whoever has somebody to tell of this action, by what my cases say; and me no more, where none is mine.

    Nobody is let off while their cases are not all there to be read: the damaged one may be what it was about.
    """
    waiting = _to_tell(uow, action_id, opened)
    asked = learning.asked_to_tell(uow, action_id)
    for person_id in sorted(waiting - asked):
        learning.ask_to_tell(uow, action_id, person_id)
    me = uow.actor.person_id
    if me in asked - waiting and not opened.torn and _is_still_so(uow, action_id, opened):
        learning.stop_asking(uow, action_id, me)


def _is_still_so(uow: UnitOfWork, action_id: uuid.UUID, opened: _Opened) -> bool:
    """Hold the asking, and say whether nothing was linked or told since it was read."""
    learning.hold_asking(uow, action_id)
    return keyring.mine_with(uow, RecordKind.LEARNING) == opened.records


def _to_tell(uow: UnitOfWork, action_id: uuid.UUID, opened: _Opened) -> frozenset[uuid.UUID]:
    """Say who is to tell the people of my cases what is open: whoever looks after a case, if they hold its keys.

    Else it is me. Whose case it is stands in clear; who holds it, they signed.
    """
    waiting = [each for each in opened.links if each.link.action_id == action_id and each.link.is_open]
    rows = _rows(uow, {each.case_id for each in waiting} - opened.torn)
    looked_after = [(rows[each.case_id].primary_id, each.readers) for each in waiting if each.case_id in rows]
    gone = accounts.gone(uow, {primary_id for primary_id, _ in looked_after})
    me = uow.actor.person_id
    return frozenset(primary_id if primary_id in readers - gone else me for primary_id, readers in looked_after)
