"""Bringing a log in: the file is kept sealed until somebody accepts what was made of it, then it comes in as cases.

Rows come in by the hundred, each hundred whole or not at all, so that nobody else waits for long; together they are one
import, which can be taken back as long as nobody has worked on any case of it.
"""

import base64
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import delete, select

from speakup import audit, insight, keyring, organisations, policy, vocabulary
from speakup.audit import Event
from speakup.cases import clocks
from speakup.cases.importing.columns import Column
from speakup.cases.importing.plan import (
    SETS,
    Choices,
    Known,
    LeftOut,
    LeftOutRow,
    Lists,
    Log,
    Plan,
    PlannedCase,
    Reading,
)
from speakup.cases.importing.values import plain
from speakup.cases.models import (
    Case,
    CaseClock,
    CaseElement,
    CaseState,
    ClockKind,
    HowRaised,
    RecordKind,
    Said,
    Undertaking,
    UndertakingKind,
)
from speakup.cases.operations import counting, intake, recording, triage, undertakings
from speakup.cases.operations.intake import NewConcern, PersonDetails, Recording, Work
from speakup.cases.rules import Answer, Satisfied
from speakup.gateways.documents import Sheet, Workbook
from speakup.kernel.clock import LONDON
from speakup.kernel.errors import Conflict, NobodyToReceive
from speakup.kernel.ids import new_id, new_reference
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, Record, WrittenCase
from speakup.policy import Permission
from speakup.routing import Choice
from speakup.vocabulary import CodeSet

AT_ONCE = 100
"""Cases that come in, or go, in one transaction: a third of a second in which nobody else writes on SQLite."""
KEPT_FOR = timedelta(days=7)
"""How long a file that nobody accepted lies sealed."""
_OPENED_AT_ONCE = 500
_MARK = 8
"""Bytes of a row's fingerprint that an import remembers: enough to tell its own rows apart."""
_LINE = 16 + _MARK + 2
"""Bytes of what is remembered of one row: its case, its fingerprint, how many records it had."""
_ANY_ROUTE = "other"
_NOON = time(12, tzinfo=LONDON)


class ImportState(StrEnum):
    """How far an import is."""

    PREPARED = "prepared"
    COMING_IN = "coming in"
    DONE = "done"
    GOING = "going"
    """It is being taken back."""
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Phrases:
    """What is written into a case in the language of whoever imports."""

    source: str
    """With `%(sheet)s` and `%(row)d`: the first line of what the log said."""
    without_words: str
    """Stands where the log has no word on what was said."""


@dataclass(frozen=True, slots=True)
class LogImport:
    """One import: whose log it is, what was chosen, and what came of it."""

    id: uuid.UUID
    begun_on: date
    revision: int
    state: ImportState
    name: str = field(repr=False)
    choices: Choices = field(repr=False)
    came_in: int
    left_out: Sequence[LeftOutRow] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What an import would do, and how many cases were opened to see which rows came in before."""

    plan: Plan
    opened: int
    covers: Mapping[Work, uuid.UUID]
    """Who would hold the cases beside the importing guardian, by the place they come from; empty where nobody may."""


def begin_import(uow: UnitOfWork, name: str, workbook: Workbook) -> uuid.UUID:
    """Keep a log, sealed, until what is made of it is accepted."""
    policy.require(uow.actor, Permission.CASE_IMPORT)
    sheets = [[each.name, each.hidden, each.rows, each.merged] for each in workbook.sheets]
    row = undertakings.begin(
        uow,
        UndertakingKind.IMPORT,
        _state(ImportState.PREPARED, name, Choices()),
        {"sheets": sheets, "formulas": workbook.formulas},
    )
    return row.id


def my_imports(uow: UnitOfWork) -> list[LogImport]:
    """List the imports of whoever acts, the newest first."""
    policy.require(uow.actor, Permission.CASE_IMPORT)
    return [_import(uow, row) for row in undertakings.mine(uow, UndertakingKind.IMPORT)]


def find_import(uow: UnitOfWork, id: uuid.UUID) -> LogImport:
    """Return one of the actor's imports."""
    return _import(uow, _row(uow, id))


def read_log(uow: UnitOfWork, id: uuid.UUID) -> Reading:
    """Open the log of an import, with what was chosen so far."""
    row = _row(uow, id)
    kept, state = undertakings.bulk_of(uow, row), undertakings.state_of(uow, row)
    sheets = [Sheet(name, hidden, rows, merged) for name, hidden, rows, merged in kept["sheets"]]
    log = Log(state["name"], sheets, kept["formulas"])
    return Reading(log, Choices.from_plain(state["choices"]), lists_of(uow), uow.today)


def choose(uow: UnitOfWork, id: uuid.UUID, choices: Choices, revision: int) -> None:
    """Keep what somebody corrected; `Conflict` where it was corrected elsewhere since, or is on its way."""
    row = _row(uow, id)
    state = undertakings.state_of(uow, row)
    if state["state"] != ImportState.PREPARED:
        raise Conflict(id)
    undertakings.require_as_read(row, revision)
    undertakings.keep(uow, row, {**state, "choices": choices.plain()})


def prepare_import(uow: UnitOfWork, id: uuid.UUID) -> Prepared:
    """Say what would come in and what would not, the rows that came in before among them."""
    reading = read_log(uow, id)
    known, opened = _known(uow, reading)
    plan = reading.plan(known)
    return Prepared(plan, opened, _covers(uow, id, plan))


def record_prepared(uow: UnitOfWork, prepared: Prepared) -> None:
    """Write down how many cases were opened to look for rows that came in before."""
    policy.require(uow.actor, Permission.CASE_IMPORT)
    if prepared.opened:
        audit.record(uow, Event.CASES_SEARCHED, quantity=prepared.opened)


def bring_in(
    uow: UnitOfWork,
    id: uuid.UUID,
    planned: Sequence[PlannedCase],
    phrases: Phrases,
    covers: Mapping[Work, uuid.UUID],
) -> int:
    """Bring some rows in; return how many came in with all before. Rows of this import that are in stay as they are.

    `covers` were shown before it was accepted: nobody else gets a key, however the load shifts meanwhile.
    `NobodyToReceive` where not two people may hold them, `Conflict` where the importing guardian or a cover may not, or
    where the import is being taken back.
    """
    row = _row(uow, id)
    state = undertakings.state_of(uow, row)
    if state["state"] not in {ImportState.PREPARED, ImportState.COMING_IN}:
        raise Conflict(id)
    lines = _lines(state)
    marks = {mark for _, mark, _ in lines}
    new = [each for each in planned if _mark(each.fingerprint) not in marks]
    written = _Writer(uow, row.id, phrases, covers).write(new) if new else {}
    lines += [(case_id, _mark(each.fingerprint), written[case_id]) for each, case_id in zip(new, written, strict=True)]
    row.quantity = len(lines)
    undertakings.keep(uow, row, {**state, "state": ImportState.COMING_IN.value, "lines": _packed(lines)})
    return len(lines)


def finish_import(uow: UnitOfWork, id: uuid.UUID, left_out: Sequence[LeftOutRow]) -> None:
    """Forget the log: everything of it that came in is in cases, and which rows did not is kept."""
    row = _row(uow, id)
    state = undertakings.state_of(uow, row)
    if state["state"] == ImportState.DONE:
        return
    rest = [[each.sheet, each.row, each.why.value] for each in left_out]
    undertakings.keep(uow, row, {**state, "state": ImportState.DONE.value, "left_out": rest})
    undertakings.keep_bulk(uow, row, None)


def drop_import(uow: UnitOfWork, id: uuid.UUID) -> None:
    """Forget a log of which nothing came in."""
    row = _row(uow, id)
    if row.quantity:
        raise Conflict(id)
    undertakings.forget(uow, row)


def worked_on(uow: UnitOfWork, id: uuid.UUID) -> list[str]:
    """Name the cases of an import on which somebody has worked since, for which it can not be taken back."""
    counts = {case_id: count for case_id, _, count in _lines(undertakings.state_of(uow, _row(uow, id)))}
    return _references(uow, _worked_on(uow, counts))


def undo_import(uow: UnitOfWork, id: uuid.UUID) -> int:
    """Take some of its cases back, keys and grants too; return how many are left. `Conflict` once one was worked on."""
    row = _row(uow, id)
    state = undertakings.state_of(uow, row)
    lines = _lines(state)
    going = state["state"] == ImportState.GOING
    looked_at = lines[-AT_ONCE:] if going else lines
    if _worked_on(uow, {case_id: count for case_id, _, count in looked_at}):
        raise Conflict(id)
    taken, left = lines[-AT_ONCE:], lines[:-AT_ONCE]
    _uncount(uow, [case_id for case_id, _, _ in taken])
    _remove(uow, [case_id for case_id, _, _ in taken])
    audit.record(uow, Event.IMPORT_UNDONE, row.id, quantity=len(taken))
    row.quantity = len(left)
    now = ImportState.GOING if left else ImportState.UNDONE
    undertakings.keep(uow, row, {**state, "state": now.value, "lines": _packed(left), "left_out": []})
    undertakings.keep_bulk(uow, row, None)
    return len(left)


def sweep_imports(uow: UnitOfWork) -> int:
    """Forget logs that nobody accepted in time; return how many."""
    old = (
        Undertaking.organisation_id == uow.organisation_id,
        Undertaking.kind == UndertakingKind.IMPORT,
        Undertaking.quantity == 0,
        Undertaking.sealed_bulk.is_not(None),
        Undertaking.begun_on < uow.today - KEPT_FOR,
    )
    return int(uow.session.connection().execute(delete(Undertaking).where(*old)).rowcount)


def lists_of(uow: UnitOfWork) -> Lists:
    """Return every list that a log's words are turned into, as it stood between two changes."""
    codes = {which: _eras(uow, which) for which in SETS.values()}
    places = ({str(each.id): each.name for each in organisations.directorates(uow)},
              {str(each.id): each.name for each in organisations.sites(uow)})  # fmt: skip
    return Lists(codes, *places)


def _eras(uow: UnitOfWork, which: CodeSet) -> list[tuple[date, Mapping[str, str]]]:
    entries = vocabulary.entries(uow, which)
    first = min((entry.first_day for entry in entries), default=uow.today)
    days = [first, *(day for day in vocabulary.breaks(uow, which) if first < day <= uow.today)]
    return [(day, {code.key: code.name for code in vocabulary.codes(uow, which, day)}) for day in days]


# What came in before


def _known(uow: UnitOfWork, reading: Reading) -> tuple[Known, int]:
    """Open every case of mine that is as old as a row of the log, and see from which rows they came."""
    days = reading.days()
    if not days:
        return Known(), 0
    held = keyring.held_cases(keyring.PrincipalKind.STAFF, uow.actor.person_id, uow.organisation_id)
    mine = (Case.organisation_id == uow.organisation_id, Case.id.in_(held))
    ids = uow.session.scalars(select(Case.id).where(*mine, Case.raised_on.between(min(days), max(days)))).all()
    marks, references = set[str](), set[str]()
    for body in _rows_before(uow, ids):
        marks.add(body["fingerprint"])
        references.add(plain(body["reference"]))
    here = frozenset(map(plain, uow.session.scalars(select(Case.ref).where(*mine))))
    return Known(frozenset(marks), frozenset(references - {""}), here), len(ids)


def _rows_before(uow: UnitOfWork, ids: Sequence[uuid.UUID]) -> Iterator[Mapping[str, Any]]:
    return (record.body for record in _sealed_in(uow, ids, RecordKind.IMPORTED))


def _sealed_in(uow: UnitOfWork, ids: Sequence[uuid.UUID], *kinds: RecordKind) -> Iterator[Record]:
    every, kind, damaged = iter(ids), CompartmentKind.CASEWORK, set[uuid.UUID]()
    while some := list(islice(every, _OPENED_AT_ONCE)):
        # A case that does not check out is said to be so by every list; here it only says nothing.
        opened = keyring.open_cases(uow, some, kind, damaged=damaged, fetch=set(kinds))
        casework = [each[kind] for each in opened.values()]
        for records in keyring.read_many(uow, casework, *kinds, damaged=damaged).values():
            yield from records


def _covers(uow: UnitOfWork, id: uuid.UUID, plan: Plan) -> dict[Work, uuid.UUID]:
    places = dict.fromkeys(map(_place_of, plan.cases))
    try:
        # One lot for all of a log: what is drawn for the page is drawn again once it is accepted.
        return {place: _holders(uow, place, id.bytes).cover for place in places}
    except (Conflict, NobodyToReceive, keyring.NoTrustRoot):
        return {}


def _place_of(planned: PlannedCase) -> Work:
    directorate, site = (uuid.UUID(each) if each else None for each in (planned.directorate, planned.site))
    return Work(directorate, site)


def _holders(uow: UnitOfWork, place: Work, lot: bytes, cover: uuid.UUID | None = None) -> Choice:
    _, choice = recording.choose_holders(uow, NewConcern(".", work=place, lot=lot), cover)
    if choice.primary != uow.actor.person_id:
        raise Conflict("the importing guardian")
    return choice


# Writing cases


class _Writer:
    """Writes rows as cases: what is the same for many of them is asked once."""

    def __init__(self, uow: UnitOfWork, run: uuid.UUID, phrases: Phrases, covers: Mapping[Work, uuid.UUID]) -> None:
        self.uow, self.run, self.phrases, self.covers = uow, run, phrases, covers
        self.at = uow.now.isoformat()
        self.by = str(uow.actor.id)
        self.lists = lists_of(uow)
        self.small_group = organisations.here(uow).small_group
        self._places: dict[Work, tuple[Choice, tuple[uuid.UUID | None, uuid.UUID | None]]] = {}

    def write(self, planned: Sequence[PlannedCase]) -> dict[uuid.UUID, int]:
        """Write them, in their order; return each case's id with how many records it has."""
        uow = self.uow
        refs = _free_references(uow, len(planned))
        days = {day for each in planned for day in (each.raised_on, each.closed_on) if day is not None}
        insight.hold_quarters(uow, {insight.quarter_of(each) for each in days})
        with uow.steady():
            made = [self._made(each, ref) for each, ref in zip(planned, refs, strict=True)]
        uow.session.add_all(case for case, _ in made)
        uow.session.flush()
        for (case, _), each in zip(made, planned, strict=True):
            self._beside(case, each)
        counts = keyring.create_many(uow, [written for _, written in made])
        # Whoever brought them in has seen them, as far as a log can be seen.
        for case, _ in made:
            keyring.remember_told(uow, case.id, case.told_times)
            audit.record(uow, Event.CASE_IMPORTED, case.id)
        uow.session.flush()
        intake.forget_load(uow)
        return {case.id: counts[case.id] for case, _ in made}

    def _made(self, planned: PlannedCase, ref: str) -> tuple[Case, WrittenCase]:
        concern, counted = self._concern(planned), self._counted(planned)
        choice, (directorate_id, site_id) = self._place(_place_of(planned))
        case = Case(
            organisation_id=self.uow.organisation_id, id=new_id(), ref=ref,
            state=CaseState.CLOSED if planned.closed else CaseState.WITH_GUARDIAN,
            route=concern.recording.route if concern.recording else _ANY_ROUTE, how_raised=planned.how,
            raised_anonymously=planned.raised_anonymously, raised_on=planned.raised_on, primary_id=choice.primary,
            cover_id=choice.cover, directorate_id=directorate_id, site_id=site_id,
            worker_group=None, outcome=planned.outcome or None,
            acknowledged_on=planned.acknowledged_on, told_on=planned.told_on, closed_on=planned.closed_on,
            unannounced=False, told_times=1, told_when_closed=1 if planned.closed else 0, stop_asked=False,
        )  # fmt: skip
        said: dict[CompartmentKind, Sequence[tuple[str, Mapping[str, Any]]]] = {
            CompartmentKind.IDENTITY: self._identity(concern),
            CompartmentKind.CONVERSATION: [
                (RecordKind.CONCERN, intake.concern_body(concern, case, [])),
                *self._answered(planned, counted),
            ],
            CompartmentKind.CASEWORK: list(self._casework(planned, case, choice, counted)),
        }
        excluded = intake.exclusion_body(self.uow, concern, frozenset(), choice)
        return case, WrittenCase(case.id, frozenset({choice.primary, choice.cover}), excluded, said)

    def _concern(self, planned: PlannedCase) -> NewConcern:
        person = PersonDetails(planned.name, planned.contact) if planned.name or planned.contact else None
        named = person if planned.how is not HowRaised.ANONYMOUS else None
        place = _place_of(planned)
        by = self.uow.actor.person_id
        return NewConcern(
            planned.story or self.phrases.without_words,
            planned.how,
            work=replace(place, worker_group=planned.worker_group, role=planned.job),
            happened=_ANSWERS[planned.detriment],
            person=named,
            recording=Recording(by, self.uow.today, self._route(planned)),
        )

    def _route(self, planned: PlannedCase) -> str:
        """Return the route, which stands in the row in clear: only ever one of the list."""
        offered = self.lists.offered(Column.ROUTE, self.lists.era(Column.ROUTE, planned.raised_on))
        return next(each for each in (planned.route, _ANY_ROUTE, *offered) if each in offered)

    def _place(self, place: Work) -> tuple[Choice, tuple[uuid.UUID | None, uuid.UUID | None]]:
        if place not in self._places:
            settled = self.covers.get(place)
            choice = _holders(self.uow, place, self.run.bytes, settled)
            if choice.cover != settled:
                raise Conflict("the cover of an import")
            self._places[place] = choice, intake.large_enough(self.uow, place, self.small_group)
        return self._places[place]

    def _identity(self, concern: NewConcern) -> list[tuple[str, Mapping[str, Any]]]:
        return [(RecordKind.PERSON, concern.person.plain())] if concern.person else []

    def _counted(self, planned: PlannedCase) -> list[uuid.UUID]:
        """Count what the log says on speaking up again in the quarter of the end; return by what it is taken out."""
        return insight.count_earlier(self.uow, planned.again, _ended(planned)) if planned.asked_again else []

    def _answered(self, planned: PlannedCase, counted: Sequence[uuid.UUID]) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Give the message that an answer stands in, as if a guardian had written it down on the day of the end."""
        if planned.again:
            body = {"from": "guardian", "author": self.by, "at": self.at, "text": "", "files": []}
            said = {"told": Said.FEEDBACK, "again": planned.again, "counted_as": str(counted[-1])}
            yield RecordKind.MESSAGE, {**body, "day": _ended(planned).isoformat(), **said}

    def _casework(
        self, planned: PlannedCase, case: Case, choice: Choice, counted: Sequence[uuid.UUID]
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        routed = {"why": choice.why.value, "primary": str(choice.primary), "cover": str(choice.cover)}
        yield RecordKind.ROUTING, routed
        yield RecordKind.IMPORTED, {**self._origin(planned), "counted": [str(each) for each in counted]}
        title = planned.title or self.phrases.without_words
        yield RecordKind.TITLE, {"text": title, "ref": case.ref}
        yield RecordKind.NOTE, {"text": self._note(planned), "author": self.by, "at": self.at}
        if planned.coded:
            coded = {"elements": sorted(planned.elements), "none_apply": not planned.elements}
            yield RecordKind.CODING, {**coded, "worker_group": planned.worker_group, "by": self.by, "at": self.at}
        if planned.coded or planned.themes or planned.detriment is not None:
            yield RecordKind.TRIAGE, self._triage(planned)
        if planned.closed:
            yield RecordKind.CLOSURE, self._closure(planned)
        yield RecordKind.FACT, self._fact(planned, case)

    def _fact(self, planned: PlannedCase, case: Case) -> Mapping[str, Any]:
        """Count it where it belongs, also in an earlier quarter of which nothing is published yet."""
        said = (planned.how, planned.worker_group, planned.elements, planned.themes)
        return insight.push(self.uow, counting.counts_of(self.uow, case, *said, imported=True), None).plain()

    def _origin(self, planned: PlannedCase) -> Mapping[str, Any]:
        return {
            "run": str(self.run),
            "sheet": planned.sheet,
            "row": planned.row,
            "reference": planned.reference,
            "fingerprint": planned.fingerprint,
            "by": self.by,
            "at": self.at,
        }

    def _note(self, planned: PlannedCase) -> str:
        lines = [self.phrases.source % {"sheet": planned.sheet, "row": planned.row}]
        return "\n".join([*lines, *(f"{title}: {words}" for title, words in planned.notes)])

    def _triage(self, planned: PlannedCase) -> Mapping[str, Any]:
        return triage.body_of(
            self.uow,
            triage.Triage(
                elements=planned.elements - {counting.DETRIMENT_ELEMENT},
                none_apply=planned.coded and not planned.elements,
                detriment=_ANSWERS[planned.detriment],
                worker_group=planned.worker_group,
                themes=planned.themes,
            ),
        )

    def _closure(self, planned: PlannedCase) -> Mapping[str, Any]:
        return {
            "outcome": planned.outcome or None,
            "summary": planned.summary,
            "satisfied": Satisfied.NOT_KNOWN.value,
            "why_not_satisfied": "",
            "escalation": "",
            "why_not_told": "",
            "by": self.by,
            "at": datetime.combine(_ended(planned), _NOON).isoformat(),
        }

    def _beside(self, case: Case, planned: PlannedCase) -> None:
        """Add elements; and to one that is open clocks that run from today: what came before is nobody's deadline."""
        for element in sorted(planned.elements):
            self.uow.session.add(CaseElement(organisation_id=case.organisation_id, case_id=case.id, element=element))
        if not planned.closed:
            clocks.begin(self.uow, case, {ClockKind.UPDATE, ClockKind.REVIEW}, on=self.uow.today)


_ANSWERS = {True: Answer.YES, False: Answer.NO, None: Answer.NOT_ANSWERED}


def _ended(planned: PlannedCase) -> date:
    return planned.closed_on or planned.raised_on


def _free_references(uow: UnitOfWork, count: int) -> list[str]:
    """Draw so many references that are nobody's yet."""
    free: set[str] = set()
    while len(free) < count:
        drawn = {new_reference() for _ in range(count - len(free))}
        taken = select(Case.ref).where(Case.organisation_id == uow.organisation_id, Case.ref.in_(drawn))
        free |= drawn - set(uow.session.scalars(taken))
    return list(free)


# Taking them back


def _worked_on(uow: UnitOfWork, counts: Mapping[uuid.UUID, int]) -> set[uuid.UUID]:
    every, found = iter(counts.items()), set[uuid.UUID]()
    while some := dict(islice(every, _OPENED_AT_ONCE)):
        found |= keyring.worked_on(uow, some)
    return found


def _references(uow: UnitOfWork, ids: set[uuid.UUID]) -> list[str]:
    query = select(Case.ref).where(
        Case.organisation_id == uow.organisation_id, Case.id.in_(list(ids)[:_OPENED_AT_ONCE])
    )
    return sorted(uow.session.scalars(query))


def _uncount(uow: UnitOfWork, ids: Sequence[uuid.UUID]) -> None:
    """Take out what was counted with these cases. Of one that does not check out nobody can say what that was."""
    came = list(_sealed_in(uow, ids, RecordKind.IMPORTED, RecordKind.FACT))
    counted = [each for record in came for each in record.body.get("counted", [])]
    if counted:
        insight.uncount(uow, [uuid.UUID(each) for each in counted])
    insight.take_out(uow, counting.pointers_in(each for each in came if each.kind == RecordKind.FACT))


def _remove(uow: UnitOfWork, ids: Sequence[uuid.UUID]) -> None:
    keyring.remove_many(uow, ids)
    for table, column in ((CaseElement, CaseElement.case_id), (CaseClock, CaseClock.case_id), (Case, Case.id)):
        here = table.organisation_id == uow.organisation_id
        uow.session.execute(delete(table).where(here, column.in_(ids)))
    intake.forget_load(uow)


# How an import is kept


def _row(uow: UnitOfWork, id: uuid.UUID) -> Undertaking:
    policy.require(uow.actor, Permission.CASE_IMPORT)
    return undertakings.find(uow, UndertakingKind.IMPORT, id)


def _import(uow: UnitOfWork, row: Undertaking) -> LogImport:
    state = undertakings.state_of(uow, row)
    left_out = [LeftOutRow(sheet, number, LeftOut(why)) for sheet, number, why in state["left_out"]]
    choices = Choices.from_plain(state["choices"])
    now = ImportState(state["state"])
    return LogImport(row.id, row.begun_on, row.revision, now, state["name"], choices, row.quantity, left_out)


def _state(state: ImportState, name: str, choices: Choices) -> dict[str, Any]:
    return {"state": state.value, "name": name, "choices": choices.plain(), "lines": "", "left_out": []}


_Line = tuple[uuid.UUID, bytes, int]
"""A case that came in, its row's mark, and how many records it had then."""


def _mark(fingerprint: str) -> bytes:
    return bytes.fromhex(fingerprint)[:_MARK]


def _packed(lines: Sequence[_Line]) -> str:
    return base64.b64encode(b"".join(case.bytes + mark + count.to_bytes(2) for case, mark, count in lines)).decode()


def _lines(state: Mapping[str, Any]) -> list[_Line]:
    packed = base64.b64decode(state["lines"])
    pieces = (packed[at : at + _LINE] for at in range(0, len(packed), _LINE))
    return [(uuid.UUID(bytes=each[:16]), each[16:-2], int.from_bytes(each[-2:])) for each in pieces]
