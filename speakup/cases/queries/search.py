"""Searching everything somebody may read, by opening every case of theirs: there is no index to be stolen.

What is decrypted lives for the case it belongs to; of a case that is found, the sentence around the words is kept for
the one page that shows it.
"""

import re
import uuid
from bisect import insort
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import reduce
from itertools import islice
from operator import or_
from typing import NamedTuple

from sqlalchemy import ColumnElement, select

from speakup import audit, keyring, policy
from speakup.audit import Event
from speakup.cases.models import Case, CaseElement, CaseState, RecordKind
from speakup.cases.queries.scanning import own, scan
from speakup.cases.queries.texts import Part, Where, every_part_of, latest_day, parts_of, title_of
from speakup.cases.searching import Excerpt, Query, excerpt, squeeze_all
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.memory import give_back, seldom_collected
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import PrincipalKind, Record, ScannedCase
from speakup.policy import Permission

PAGE = 20
"""Cases of one page."""
PLACES = 3
"""Places of one case that are shown; of more it is said how many."""
_READ_AT_ONCE = 2000
"""Cases whose sealed rows are in memory together: some 80 MB, where each has twenty messages and notes."""
_STEP = 100
"""Cases after which it is said how far the search has come, and others may compute: a twentieth of a second or two."""


class Stand(StrEnum):
    """Whether a case is worked on."""

    ANY = "any"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for, and among which cases."""

    query: Query
    raised_from: date | None = None
    raised_to: date | None = None
    state: CaseState | None = None
    element: str | None = None
    theme: str | None = None
    """Sealed with the case: only its opening tells."""
    stand: Stand = Stand.ANY
    page: int = 1


class SearchedCase(NamedTuple):
    """What is shown of the row of a case, by the row's own names."""

    id: uuid.UUID
    ref: str
    state: CaseState
    raised_on: date
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a case something was found, and the sentence around it."""

    where: Where
    day: date | None
    excerpt: Excerpt = field(repr=False)


Rank = tuple[int, bool, int, str]
"""What comes first has the least: most in one place, then in the title, then the newest."""


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case in which every term was found; the places that say most stand first."""

    case: SearchedCase
    title: str | None = field(repr=False)
    said: list[Part] = field(repr=False)
    more: int
    rank: Rank
    places: list[Place] = field(default_factory=list, repr=False)
    """Those that say most, with the sentence around it: only a case of the page that is shown has any."""

    def show(self, query: Query) -> None:
        """Make its places."""
        self.places[:] = [Place(each.where, each.day, excerpt(each.text, query.hits(each.text))) for each in self.said]


@dataclass(slots=True)
class Search:
    """One look through all cases of whoever acts, as far as it has come. `steps` goes on with it."""

    uow: UnitOfWork
    asked: Asked
    among: list[SearchedCase]
    looked_through: int = 0
    count: int = 0
    """Cases found."""
    damaged: list[SearchedCase] = field(default_factory=list)
    """What is stored of these does not check out; they were not looked through."""
    _best: list[FoundCase] = field(default_factory=list, repr=False)

    @property
    def total(self) -> int:
        """How many cases there are to look through."""
        return len(self.among)

    @property
    def opened(self) -> int:
        """How many cases were opened."""
        return self.looked_through - len(self.damaged)

    @property
    def pages(self) -> int:
        """How many pages the found cases fill."""
        return max(1, -(-self.count // PAGE))

    @property
    def page(self) -> int:
        """The page that is shown: the last for one past the end."""
        return min(self.asked.page, self.pages)

    @property
    def lines(self) -> list[FoundCase]:
        """The page that was asked for, once every case was looked through: the best first, then the newest."""
        start = PAGE * (self.page - 1)
        return self._best[start : start + PAGE]

    def steps(self) -> Iterator[int]:
        """Look through the cases, some at a time; give how many it has been each time."""
        try:
            with seldom_collected():
                yield from self._steps()
            # Before the patterns go: what looks for words once more keeps them once more.
            for each in self.lines:
                each.show(self.asked.query)
        finally:
            # Python keeps the patterns it was asked for last, and these are made of what was typed.
            re.purge()
            give_back()

    def _steps(self) -> Iterator[int]:
        referrals = keyring.scan_referrals(self.uow)
        for start in range(0, self.total, _READ_AT_ONCE):
            part = {each.id: each for each in self.among[start : start + _READ_AT_ONCE]}
            damaged: set[uuid.UUID] = set()
            scanned = scan(self.uow, list(part), damaged, referrals)
            looked_at = self._look(part, scanned, damaged)
            while some := len(list(islice(looked_at, _STEP))):
                self.looked_through += some
                yield self.looked_through
            # A case whose last key was taken away since it was listed is nobody's to speak of.
            self.damaged += [part[each] for each in damaged]
            self.looked_through = min(start + _READ_AT_ONCE, self.total)
            yield self.looked_through

    def _look(
        self, part: dict[uuid.UUID, SearchedCase], scanned: Iterator[ScannedCase], damaged: set[uuid.UUID]
    ) -> Iterator[SearchedCase]:
        for each in scanned:
            row = part[each.case_id]
            try:
                found = look_at(self.asked.query, row, each, self.asked.theme)
                if found is not None:
                    self._keep(found)
            except IntegrityFault:
                damaged.add(row.id)
            else:
                yield row

    def _keep(self, found: "Finding") -> None:
        """Count it; keep of it what can still stand on the page that was asked for, if it can."""
        most = PAGE * self.asked.page
        if len(self._best) < most or found.may_come_before(self._best[-1].rank):
            insort(self._best, found.in_full(), key=_rank)
            del self._best[most:]
        self.count += 1


def _rank(found: FoundCase) -> Rank:
    return found.rank


def start(uow: UnitOfWork, asked: Asked) -> Search:
    """Find the cases that are to be looked through, the newest first; nothing is opened yet."""
    policy.require(uow.actor, Permission.CASE_SEARCH)
    query = select(*(Case.__table__.c[name] for name in SearchedCase._fields)).where(*_among(uow, asked))
    rows = uow.session.execute(query.order_by(Case.raised_on.desc(), Case.ref)).all()
    return Search(uow, asked, [SearchedCase._make(row) for row in rows])


def record(uow: UnitOfWork, search: Search) -> None:
    """Write down that so many cases were opened, and which do not check out; never what was looked for.

    What was opened for the first time is spared its opening from now on.
    """
    policy.require(uow.actor, Permission.CASE_SEARCH)
    keyring.keep_noted(uow, search.uow)
    audit.record(uow, Event.CASES_SEARCHED, quantity=search.opened)
    for each in search.damaged:
        audit.record(uow, Event.INTEGRITY_FAULT, each.id)


def _among(uow: UnitOfWork, asked: Asked) -> Iterator[ColumnElement[bool]]:
    yield Case.organisation_id == uow.organisation_id
    yield Case.id.in_(keyring.held_cases(PrincipalKind.STAFF, uow.actor.person_id, uow.organisation_id))
    if asked.raised_from is not None:
        yield Case.raised_on >= asked.raised_from
    if asked.raised_to is not None:
        yield Case.raised_on <= asked.raised_to
    if asked.state is not None:
        yield Case.state == asked.state
    if asked.stand is not Stand.ANY:
        closed = Case.state == CaseState.CLOSED
        yield closed if asked.stand is Stand.CLOSED else ~closed
    if asked.element is not None:
        coded = select(CaseElement.case_id).where(CaseElement.organisation_id == uow.organisation_id)
        yield Case.id.in_(coded.where(CaseElement.element == asked.element))


def look_at(query: Query, row: SearchedCase, scanned: ScannedCase, theme: str | None = None) -> "Finding | None":
    """Look at one opened case; None where not every term is in it, or it was triaged as of other themes."""
    squeezed = squeeze_all([*scanned.texts(), row.ref.encode()])
    # Most cases end here, without a record of theirs being read.
    may = query.may_say(squeezed)
    if not may:
        return None
    found = Finding(query, row, scanned, squeezed, may)
    return found if found.says_all() and (theme is None or theme in _themes(scanned)) else None


@dataclass(slots=True)
class Finding:
    """A case that may be found, while it is open: no more of it is read than is asked for."""

    query: Query
    row: SearchedCase
    scanned: ScannedCase = field(repr=False)
    squeezed: Sequence[bytes] = field(repr=False)
    """Its texts as they are searched, and last its reference."""
    may: list[int] = field(repr=False)
    """Which terms may be in each of them, as `query` says of the texts."""
    worth: list[int] = field(init=False, repr=False)
    """The numbers of its own texts that may say any."""

    def __post_init__(self) -> None:
        self.worth = [number for number, may in enumerate(self.may[:-1]) if may]

    def says_all(self) -> bool:
        """Say whether every term is said, reading no more than that takes.

        A record that holds none of the terms, or comes once all are said, is not read: malformed, it is passed over
        here, and a fault only for `in_full` or whoever opens the case.
        """
        said, every = self._said_by_reference(), self.query.every
        for number in self._worth_reading():
            if said == every:
                break
            if self.may[number] & ~said:
                said |= self._said(self.scanned.record(number))
        return said == every

    def _worth_reading(self) -> Iterator[int]:
        """Number the texts that may say a term, the likely and then the shortest first.

        Most often one is enough, and reading it takes as long as it is.
        """
        unlikely = []
        squeezed = self.squeezed
        for number in sorted(self.worth, key=lambda number: len(squeezed[number])):
            if self.query.begins_a_word_in(squeezed[number]):
                yield number
            else:
                unlikely.append(number)
        yield from unlikely

    def _said_by_reference(self) -> int:
        return self.query.says(self.row.ref) if self.may[-1] else 0

    def _said(self, record: Record) -> int:
        return reduce(or_, (self.query.says(part.text) for part in self._parts([[record]], every_part_of)), 0)

    def _parts(
        self,
        records: Collection[Sequence[Record]],
        read: Callable[[Iterable[Sequence[Record]]], list[Part]] = parts_of,
    ) -> list[Part]:
        try:
            return read(records)
        except (KeyError, TypeError, ValueError) as malformed:
            raise IntegrityFault(self.row.id, "content") from malformed

    def may_come_before(self, rank: Rank) -> bool:
        """Say whether it may come before a case of this rank; never no where `in_full` says that it does."""
        kinds = self.scanned.kinds()
        worth = {kinds[number] for number in self.worth}
        in_title = RecordKind.TITLE in worth or bool(self._said_by_reference())
        best = (-max(map(int.bit_count, set(self.may))), not in_title)
        if best != rank[:2]:
            return best < rank[:2]
        # On which day a file was sent is said elsewhere.
        latest = date.max if RecordKind.FILE in worth else self._latest()
        return (-latest.toordinal(), self.row.ref) < rank[2:]

    def _latest(self) -> date:
        """Return a day than which none is later on which something of it was said, but for files."""
        texts = self.scanned.texts()
        return max(self.row.raised_on, latest_day([texts[number] for number in self.worth]))

    def in_full(self) -> FoundCase:
        """Read all that says something, and say what is shown of it; a fault where its words are another case's."""
        kinds = self.scanned.kinds()
        wanted = [number for number, kind in enumerate(kinds) if self.may[number] or kind in _ALWAYS_READ]
        # On which day a file was sent, the message says that names it.
        everything = any(kinds[number] == RecordKind.FILE for number in wanted)
        records = self.scanned.records(None if everything else wanted)
        title = _checked(self.row, own(records))
        found = self._saying(self._parts(records.values()))
        if reduce(or_, (said for _, said in found), 0) != self.query.every:
            # What is left out as said again stood inside a longer text, where it is no word of its own.
            found = self._saying(self._parts(records.values(), every_part_of))
        return _found(self.row, title, found)

    def _saying(self, parts: Iterable[Part]) -> list[tuple[Part, int]]:
        """Return the parts that say anything, each with which terms."""
        says = [(part, self.query.says(part.text)) for part in (Part(Where.REFERENCE, None, self.row.ref), *parts)]
        return [(part, said) for part, said in says if said]


def _themes(scanned: ScannedCase) -> Collection[str]:
    """Return the themes that the newest triage names."""
    newest = next((each[-1].body for each in scanned.records_of(RecordKind.TRIAGE).values() if each), {})
    return frozenset(newest.get("themes", ()))


_ALWAYS_READ = frozenset({RecordKind.CONCERN, RecordKind.STANDING, RecordKind.TITLE})
"""What says which case this is, and how it stands."""


def _checked(row: SearchedCase, records: Collection[Sequence[Record]]) -> str | None:
    """Return the title, once what is sealed says that this is the case of this reference, and stands where it says."""
    every = [each for compartment in records for each in compartment]
    stood = [each.body for each in every if each.kind in {RecordKind.CONCERN, RecordKind.STANDING}]
    title = title_of(records)
    try:
        if row.ref != stood[0]["ref"] or (title is not None and row.ref != title.body.get("ref", row.ref)):
            raise IntegrityFault(row.id, "case row")
        # What was sealed before it said where the case stood can be held against nothing.
        if "state" in stood[0] and row.state != stood[-1]["state"]:
            raise IntegrityFault(row.id, "case row")
        ended = row.closed_on.isoformat() if row.closed_on else None
        if "days" in stood[-1] and stood[-1]["days"].get("closed_on") != ended:
            raise IntegrityFault(row.id, "case row")
        return None if title is None else str(title.body["text"])
    except (AttributeError, IndexError, KeyError, TypeError) as malformed:
        raise IntegrityFault(row.id, "content") from malformed


def _found(row: SearchedCase, title: str | None, found: list[tuple[Part, int]]) -> FoundCase:
    newest = max((part.day for part, _ in found if part.day is not None), default=row.raised_on)
    by_terms = sorted(found, key=lambda each: (-each[1].bit_count(), -(each[0].day or date.min).toordinal()))
    return FoundCase(
        case=row,
        title=title,
        said=[part for part, _ in by_terms[:PLACES]],
        more=max(0, len(found) - PLACES),
        rank=(
            -by_terms[0][1].bit_count(),
            all(part.where not in {Where.TITLE, Where.REFERENCE} for part, _ in found),
            -newest.toordinal(),
            row.ref,
        ),
    )
