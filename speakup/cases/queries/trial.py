"""Trying routing rules on past months: how many of somebody's own cases would have gone to whom.

It is worked out from what the cases hold sealed, which only somebody on them can open; nothing of it is kept. People
are those of today, everybody here: the rules are tried, and not the leave of last spring.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import select

from speakup import audit, keyring, policy, routing
from speakup.audit import Event
from speakup.cases.models import Case, RecordKind
from speakup.cases.operations.intake import as_asked, receivers
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, PrincipalKind
from speakup.policy import Permission
from speakup.routing import Concern, Receiver, Rule

LONGEST = 24
"""Months back from this one."""
_AT_ONCE = 200
_EXCLUSIONS = "exclusions"


class Tally(NamedTuple):
    """Of one rule set: how many concerns each would have been first for. None: nobody could have received them."""

    to: Counter[uuid.UUID | None]
    by_rule: Counter[int | None]
    """How many each rule decided, counted from 1; None for the rules that are always there."""


@dataclass(frozen=True, slots=True)
class Month:
    """One month, by its first day."""

    first: date
    drafted: Tally
    in_effect: Tally
    elsewhere: int
    """Concerns that would have gone to other people than by the rules in effect, guardian or cover."""

    @property
    def cases(self) -> int:
        """How many concerns were tried."""
        return self.drafted.to.total()


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it, newest month first."""

    months: list[Month]
    written_down: int
    """Cases that a guardian recorded or brought in, which no rule gives out."""
    damaged: frozenset[uuid.UUID] = field(default_factory=frozenset)

    @property
    def tried(self) -> int:
        """How many concerns were tried in all."""
        return sum(each.cases for each in self.months)

    @property
    def opened(self) -> int:
        """How many cases were opened for it."""
        return self.tried + self.written_down

    def by_rule(self) -> Counter[int | None]:
        """Say how many each drafted rule decided in all."""
        return sum((each.drafted.by_rule for each in self.months), Counter[int | None]())


class _Past(NamedTuple):
    case_id: uuid.UUID
    raised_on: date
    told: Mapping[str, Any]
    kept_out: Mapping[str, Any]


@dataclass(slots=True)
class Trying:
    """One trial, as far as it has come. `steps` goes on with it; when that is over, `trial` says what came of it."""

    uow: UnitOfWork
    rules: Sequence[Rule]
    months: int
    among: dict[uuid.UUID, date] = field(repr=False)
    """The cases to open, with the days on which they were raised."""
    looked_through: int = 0
    damaged: set[uuid.UUID] = field(default_factory=set)
    trial: Trial | None = None

    @property
    def total(self) -> int:
        """How many cases there are to open."""
        return len(self.among)

    @property
    def opened(self) -> int:
        """How many cases were opened for it up to now."""
        return self.looked_through - len(self.damaged)

    def steps(self) -> Iterator[int]:
        """Go through all of them, some hundreds at a time; give how many have been looked through."""
        uow, log, now = self.uow, keyring.load_key_log(self.uow), keyring.places_now(self.uow)
        by_month: dict[date, list[tuple[_Past, Concern, Concern]]] = defaultdict(list)
        written_down, rows = 0, iter(self.among.items())
        while part := dict(islice(rows, _AT_ONCE)):
            for past in _opened(uow, part, self.damaged):
                if past is None:
                    written_down += 1
                    continue
                drafted, in_effect = (as_asked(past.told, past.kept_out, now, known) for known in (now, log.places))
                by_month[past.raised_on.replace(day=1)].append((past, drafted, in_effect))
            self.looked_through += len(part)
            yield self.looked_through
        able = [replace(each, absent=False) for each in receivers(uow, log, counted=False)]
        approved = routing.in_force(log.routing)
        firsts = [_first_of(uow.today, back) for back in range(self.months)]
        found = [_month(each, by_month[each], self.rules, approved, able) for each in firsts]
        self.trial = Trial(found, written_down, frozenset(self.damaged))


def try_rules(uow: UnitOfWork, rules: Sequence[Rule], months: int) -> Trying:
    """Begin to try `rules` on this month and the ones before it, `months` in all, beside the rules in effect."""
    policy.require(uow.actor, Permission.ROUTING_TRY)
    months = min(months, LONGEST)
    columns = Case.__table__.c
    mine = keyring.held_cases(PrincipalKind.STAFF, uow.actor.person_id, uow.organisation_id)
    query = select(columns.id, columns.raised_on).where(
        columns.organisation_id == uow.organisation_id,
        columns.id.in_(mine),
        columns.raised_on >= _first_of(uow.today, months - 1),
    )
    return Trying(uow, rules, months, dict(tuple(row) for row in uow.session.execute(query)))


def record_trial(uow: UnitOfWork, trying: Trying) -> None:
    """Write down that so many cases were opened for it, also where it was broken off, and which do not check out."""
    policy.require(uow.actor, Permission.ROUTING_TRY)
    audit.record(uow, Event.ROUTING_TRIED, quantity=trying.opened)
    for case_id in sorted(trying.damaged):
        audit.record(uow, Event.INTEGRITY_FAULT, case_id)


def _month(
    first: date,
    raised: Sequence[tuple[_Past, Concern, Concern]],
    drafted: Sequence[Rule],
    in_effect: Sequence[Rule],
    able: Sequence[Receiver],
) -> Month:
    new, old, elsewhere = Tally(Counter(), Counter()), Tally(Counter(), Counter()), 0
    for past, as_drafted, as_approved in raised:
        # The same lot for both, so that what differs differs by the rules.
        drawn = _drawn(able, past.case_id)
        would, does = routing.choose(as_drafted, drafted, drawn), routing.choose(as_approved, in_effect, drawn)
        for tally, choice in ((new, would), (old, does)):
            tally.to[choice.primary if choice else None] += 1
            if choice is not None:
                tally.by_rule[choice.rule] += 1
        pairs = [choice and (choice.primary, choice.cover) for choice in (would, does)]
        elsewhere += pairs[0] != pairs[1]
    return Month(first, new, old, elsewhere)


def _drawn(able: Sequence[Receiver], case_id: uuid.UUID) -> list[Receiver]:
    turns = routing.turns({each.person_id: 0 for each in able}, case_id.bytes)
    return [replace(each, turn=turns[each.person_id]) for each in able]


def _opened(uow: UnitOfWork, raised_on: Mapping[uuid.UUID, date], damaged: set[uuid.UUID]) -> Iterator[_Past | None]:
    """Open each of these cases; None for one that a guardian wrote down or brought in."""
    kinds = (CompartmentKind.CONVERSATION, CompartmentKind.CASEWORK)
    wanted = {RecordKind.CONCERN, RecordKind.IMPORTED, _EXCLUSIONS}
    opened = keyring.open_cases(uow, list(raised_on), *kinds, damaged=damaged, fetch=wanted)
    every = [each for case in opened.values() for each in case.values()]
    records = keyring.read_many(uow, every, *wanted, damaged=damaged)
    for case_id, case in opened.items():
        held = {each.kind: each for kind in kinds if kind in case for each in records[case[kind].id]}
        if case_id in damaged or RecordKind.CONCERN not in held or _EXCLUSIONS not in held:
            damaged.add(case_id)
        elif RecordKind.IMPORTED in held or "recording" in held[RecordKind.CONCERN].body:
            yield None
        else:
            yield _Past(case_id, raised_on[case_id], held[RecordKind.CONCERN].body, held[_EXCLUSIONS].body)


def _first_of(today: date, months_back: int) -> date:
    """Return the first day of the month so many before this one."""
    whole = today.year * 12 + today.month - 1 - months_back
    return date(whole // 12, whole % 12 + 1, 1)
