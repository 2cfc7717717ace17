"""Facts: what is counted of a case, pushed down from it. Whoever holds the case holds what leads to its rows.

A quarter's rows follow its cases while it is open. Once it is closed, nothing but an edition changes: how a case was
counted first stays, and beside it stands how it is to be counted in the restatement.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from speakup import policy
from speakup.insight.models import ClosingFact, Edition, Fact, GroupFact, ThemeFact
from speakup.insight.quarters import counting_quarter, hold_quarter
from speakup.insight.rules import band_of, quarter_of
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.vocabulary import NOT_KNOWN

Row = Fact | GroupFact | ThemeFact | ClosingFact
_KINDS: Mapping[str, type[Row]] = {"fact": Fact, "group": GroupFact, "theme": ThemeFact, "closing": ClosingFact}
_FACT, _GROUP, *_ = _KINDS
_NAMED, _TOKEN = "worker_group", "person"
_NOT_SEALED = frozenset({"organisation_id", "id", "moved"})
_RECODED = ("continues", "elements", "detriment", "directorate_id", "site_id")
"""What makes a case of a closed quarter one that was coded anew."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted of one case, as it stands now."""

    raised_on: date
    how: str
    """As it was raised."""
    elements: frozenset[str] = frozenset()
    """Without the one of detriment."""
    detriment: bool = False
    worker_group: str = ""
    directorate_id: uuid.UUID | None = None
    site_id: uuid.UUID | None = None
    acknowledged_in_time: bool | None = None
    themes: frozenset[str] = frozenset()
    closed_on: date | None = None
    took: int = 0
    """Working days from when it was raised until it was closed."""
    continues: bool = False
    imported: bool = False

    def plain(self) -> dict[str, Any]:
        """Write it down, so that two can be compared."""
        return {
            "raised": quarter_of(self.raised_on),
            "how": self.how,
            "elements": "+".join(sorted(self.elements)),
            "detriment": self.detriment,
            "worker_group": self.worker_group,
            "directorate_id": _text(self.directorate_id),
            "site_id": _text(self.site_id),
            "acknowledged_in_time": self.acknowledged_in_time,
            "themes": sorted(self.themes),
            "closed": self.closed_on.isoformat() if self.closed_on else None,
            "took": band_of(self.took),
            "continues": self.continues,
        }


@dataclass(frozen=True, slots=True)
class Pointer:
    """What leads from a case to its rows. It is to be sealed in that case, and stands in clear nowhere."""

    said: Mapping[str, Any] = field(repr=False)
    """What was pushed last."""
    rows: Mapping[str, Mapping[str, Any]] = field(repr=False)
    """Each row by its id, as it must stand."""
    moved: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    """What the rows of its group say, where its fact once said it: which of those that say so are its own, is open."""

    def plain(self) -> dict[str, Any]:
        """Write it down, to be sealed."""
        rows = {id: dict(row) for id, row in self.rows.items()}
        # Apart, so that the program before this one passes over what it knows nothing of.
        groups = {id: rows.pop(id) for id in [id for id, row in rows.items() if row["kind"] == _GROUP]}
        return {"said": dict(self.said), "rows": rows, "groups": groups}


def pointer_of(body: Mapping[str, Any]) -> Pointer:
    """Read what `Pointer.plain` wrote, also when facts still had a group and a token in them."""
    facts = {id: row for id, row in body["rows"].items() if row["kind"] == _FACT}
    old = [row for row in facts.values() if _NAMED in row]
    now = {id: {name: row[name] for name in row if name not in {_NAMED, _TOKEN}} for id, row in facts.items()}
    return Pointer(body["said"], {**body["rows"], **now, **body.get("groups", {})}, tuple(_moved(old)))


def _moved(facts: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """What was moved out of a case's facts: one row where both editions say the same group."""
    counted = [row for row in facts if not row["continues"]]
    same = len(counted) > 1 and len({row[_NAMED] for row in counted}) == 1
    for row in counted[:1] if same else counted:
        edition = Edition.KEPT.value if same else row["edition"]
        group = row[_NAMED] or NOT_KNOWN
        yield {"raised": row["raised"], "counts_in": row["counts_in"], _NAMED: group, "edition": edition}


def push(uow: UnitOfWork, counts: Counts, pointer: Pointer | None) -> Pointer:
    """Let the rows of a case say what the case says; return what leads to them from now on, to be sealed there.

    Without a `pointer` the case was not counted before. Nothing is audited here: an entry of its own would say which
    rows were written when.
    """
    policy.require(uow.actor, Permission.FACT_PUSH)
    if pointer is not None and pointer.said == counts.plain() and not pointer.moved:
        return pointer
    rows = _Rows(uow, pointer)
    rows.count(counts)
    rows.say_group(counts)
    rows.say_themes(counts)
    rows.close(counts, pointer)
    return Pointer(counts.plain(), rows.sealed())


def mend(uow: UnitOfWork, pointer: Pointer) -> bool:
    """Put rows back that are not as they were pushed; say whether any had to be."""
    policy.require(uow.actor, Permission.FACT_PUSH)
    found = _find(uow, pointer.rows)
    odd = [id for id, row in pointer.rows.items() if id not in found or _sealed(found[id]) != row]
    for id in odd:
        row = pointer.rows[id]
        if id not in found and row["kind"] == _GROUP:
            _drop_moved(uow, row)
        standing = found.get(id) or _KINDS[row["kind"]](organisation_id=uow.organisation_id, id=uuid.UUID(id))
        for name, value in row.items():
            if name != "kind":
                setattr(standing, name, _value(standing, name, value))
        uow.session.add(standing)
    uow.session.flush()
    return bool(odd)


def take_out(uow: UnitOfWork, pointers: Iterable[Pointer]) -> None:
    """Take cases out again that were brought in by mistake. Of a published quarter rows stay, as they were hashed.

    A row that stays is told of by nobody any more: the quarter was counted with it, and its restatement leaves it out.
    """
    policy.require(uow.actor, Permission.FACT_PUSH)
    for pointer in pointers:
        for row in _load(uow, pointer).values():
            quarter = hold_quarter(uow, row.counts_in)
            if not quarter.published:
                quarter.closed_on, quarter.snapshot = None, ""
                uow.session.delete(row)
            elif not quarter.restated and not isinstance(row, ClosingFact):
                _leave_out(uow, row)
    uow.session.flush()


def _leave_out(uow: UnitOfWork, row: Fact | GroupFact | ThemeFact) -> None:
    if row.edition is Edition.AFTER:
        uow.session.delete(row)
    else:
        row.edition = Edition.BEFORE


class _Rows:
    """The rows of one case, while they are brought up to what it says."""

    def __init__(self, uow: UnitOfWork, pointer: Pointer | None) -> None:
        self.uow = uow
        self.rows = _load(uow, pointer) if pointer else {}

    def count(self, counts: Counts) -> None:
        """Keep the fact: one row, or two once a closed quarter's case was coded anew."""
        said = counts.plain()
        first = next((row for row in self._of(Fact) if row.edition is not Edition.AFTER), None)
        after = next((row for row in self._of(Fact) if row.edition is Edition.AFTER), None)
        if first is None:
            counts_in = counting_quarter(self.uow, said["raised"], imported=counts.imported)
            first = self._new(Fact(raised=said["raised"], counts_in=counts_in, edition=Edition.KEPT))
            self._write(first, said)
            return
        quarter = hold_quarter(self.uow, first.counts_in)
        if quarter.closed_on is None:
            self._write(first, said)
            first.edition = Edition.KEPT
            self._drop(after)
        elif not quarter.restated:
            self._recode(first, after, said)

    def _recode(self, first: Fact, after: Fact | None, said: Mapping[str, Any]) -> None:
        if all(_text(getattr(first, name)) == _text(said[name]) for name in _RECODED):
            first.edition = Edition.KEPT
            self._drop(after)
            return
        first.edition = Edition.BEFORE
        if after is None:
            after = self._new(Fact(raised=first.raised, counts_in=first.counts_in, edition=Edition.AFTER))
        self._write(after, said)
        after.acknowledged_in_time = first.acknowledged_in_time

    def _write(self, row: Fact, said: Mapping[str, Any]) -> None:
        for name in (*_RECODED, "how", "acknowledged_in_time"):
            setattr(row, name, _value(row, name, said[name]))

    def say_group(self, counts: Counts) -> None:
        """Keep one row for the worker group, or two once a closed quarter's case was found to come from another.

        It follows no edition of the fact: from that a row could be told among others to be of this fact.
        """
        wanted = None if counts.continues else counts.worker_group or NOT_KNOWN
        fact = next(row for row in self._of(Fact) if row.edition is not Edition.AFTER)
        first = next((row for row in self._of(GroupFact) if row.edition is not Edition.AFTER), None)
        after = next((row for row in self._of(GroupFact) if row.edition is Edition.AFTER), None)
        quarter = hold_quarter(self.uow, fact.counts_in)
        if quarter.closed_on is None:
            self._drop(after)
            self._say(fact, first, wanted, Edition.KEPT)
        elif not quarter.restated:
            kept = first is not None and first.worker_group == wanted
            if first is not None:
                first.edition = Edition.KEPT if kept else Edition.BEFORE
            self._say(fact, after, None if kept else wanted, Edition.AFTER)

    def _say(self, fact: Fact, row: GroupFact | None, wanted: str | None, edition: Edition) -> None:
        if wanted is None:
            self._drop(row)
        elif row is None:
            self._new(GroupFact(raised=fact.raised, counts_in=fact.counts_in, worker_group=wanted, edition=edition))
        else:
            row.worker_group, row.edition = wanted, edition

    def say_themes(self, counts: Counts) -> None:
        """Keep one row for each theme. Whatever counts as one with another case has none of its own."""
        wanted = set() if counts.continues else set(counts.themes)
        first = next(row for row in self._of(Fact) if row.edition is not Edition.AFTER)
        quarter, rows = hold_quarter(self.uow, first.counts_in), self._of(ThemeFact)
        if quarter.restated:
            return
        closed, token = quarter.closed_on is not None, rows[0].person if rows else new_id()
        for row in rows:
            if row.edition is Edition.AFTER or not closed:
                if row.theme not in wanted:
                    self._drop(row)
                elif not closed:
                    row.edition = Edition.KEPT
            else:
                row.edition = Edition.KEPT if row.theme in wanted else Edition.BEFORE
        new = Edition.AFTER if closed else Edition.KEPT
        for theme in sorted(wanted - {row.theme for row in rows}):
            self._new(ThemeFact(counts_in=first.counts_in, person=token, theme=theme, edition=new))

    def close(self, counts: Counts, pointer: Pointer | None) -> None:
        """Count a closing in its own quarter. One that was undone is taken out only while that quarter is open."""
        said = counts.plain()
        ended = None if counts.continues else counts.closed_on
        closed = said["closed"] if ended else None
        before = pointer.said if pointer else {}
        counted = None if before.get("continues") else before.get("closed")
        if (closed, said["took"] if closed else "") == (counted, before.get("took", "") if counted else ""):
            return
        kept = False
        for row in self._of(ClosingFact):
            if hold_quarter(self.uow, row.counts_in).closed_on is None:
                self._drop(row)
            elif ended:
                # While the case was taken for one with another, what was counted of it in a closed quarter stayed.
                kept = kept or (closed == before.get("closed") and row.counts_in >= quarter_of(ended))
        if ended and not kept:
            quarter = counting_quarter(self.uow, quarter_of(ended), imported=counts.imported)
            self._new(ClosingFact(counts_in=quarter, took=said["took"]))

    def sealed(self) -> dict[str, dict[str, Any]]:
        """Each row as it stands now, the newest edition last."""
        ordered = sorted(self.rows.items(), key=lambda each: getattr(each[1], "edition", "") == Edition.AFTER)
        return {id: _sealed(row) for id, row in ordered}

    def _of(self, kind: type[Any]) -> list[Any]:
        return [row for row in self.rows.values() if isinstance(row, kind)]

    def _new(self, row: Any) -> Any:  # noqa: ANN401 -- any of the kinds, returned as it came
        row.organisation_id, row.id = self.uow.organisation_id, new_id()
        self.uow.session.add(row)
        self.rows[str(row.id)] = row
        return row

    def _drop(self, row: Row | None) -> None:
        if row is not None:
            del self.rows[str(row.id)]
            self.uow.session.delete(row)


def _load(uow: UnitOfWork, pointer: Pointer) -> dict[str, Row]:
    """The rows of a case. Those of its group that were moved out of its fact become its own with this."""
    found = _find(uow, pointer.rows)
    for said in pointer.moved:
        row = _taken(uow, said)
        found[str(row.id)] = row
    return found


def _taken(uow: UnitOfWork, said: Mapping[str, Any]) -> GroupFact:
    """One of the moved rows that say this. They are all alike, so it does not matter which."""
    row = _moved_row(uow, said)
    if row is None:
        # Somebody took it out of the database: the case says that it counts, and how.
        row = GroupFact(
            organisation_id=uow.organisation_id, id=new_id(), **{**said, "edition": Edition(said["edition"])}
        )
        uow.session.add(row)
    row.moved = False
    uow.session.flush()
    return row


def _drop_moved(uow: UnitOfWork, row: Mapping[str, Any]) -> None:
    """Let go of what was moved once more, where the database went back to the program before and forward again."""
    moved = _moved_row(uow, {name: value for name, value in row.items() if name != "kind"})
    if moved is not None:
        uow.session.delete(moved)
        uow.session.flush()


def _moved_row(uow: UnitOfWork, said: Mapping[str, Any]) -> GroupFact | None:
    query = select(GroupFact).where(GroupFact.organisation_id == uow.organisation_id, GroupFact.moved)
    query = query.where(*(getattr(GroupFact, name) == value for name, value in said.items())).limit(1)
    return uow.session.scalar(query.with_for_update(skip_locked=True))


def _find(uow: UnitOfWork, rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for name, kind in _KINDS.items():
        ids = [uuid.UUID(id) for id, row in rows.items() if row["kind"] == name]
        if ids:
            query = select(kind).where(kind.organisation_id == uow.organisation_id, kind.id.in_(ids))
            rows_found: Iterable[Any] = uow.session.scalars(query)
            found |= {str(row.id): row for row in rows_found}
    return found


def _sealed(row: Row) -> dict[str, Any]:
    kind = next(name for name, each in _KINDS.items() if isinstance(row, each))
    columns = row.__table__.columns.keys()
    return {"kind": kind} | {name: _text(getattr(row, name)) for name in columns if name not in _NOT_SEALED}


def _text(value: Any) -> Any:  # noqa: ANN401 -- what a row holds, as JSON
    return str(value) if isinstance(value, uuid.UUID | Edition) else value


def _value(row: Row, name: str, value: Any) -> Any:  # noqa: ANN401 -- the same, from JSON
    kind = row.__table__.columns[name].type
    try:
        if value is None or isinstance(value, bool):
            return value
        if name == "edition":
            return Edition(value)
        return uuid.UUID(value) if kind.python_type is uuid.UUID else value
    except ValueError as malformed:
        raise IntegrityFault(row.id, "fact") from malformed
