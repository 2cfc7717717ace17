"""Worker groups that stood in facts move out of them: counts stay, closed quarters hold, and cases find their rows."""

import uuid
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from speakup import insight
from speakup.insight import Count, Counts, Edition, GroupFact, Measured, Pointer
from tests.databases import OWNER, Stored, migrate
from tests.trusts import Trust

BEFORE = "0031_publications"
FIRST, SECOND = date(2025, 5, 4), date(2025, 8, 4)
GROUPS = ("nursing_midwifery", "nursing_midwifery", "medical_dental", "estates", "students")
FACT = sa.table(
    "fact",
    *(sa.column(name, sa.Uuid()) for name in ("organisation_id", "id", "person", "directorate_id", "site_id")),
    *(sa.column(name, sa.String()) for name in ("raised", "counts_in", "elements", "how", "edition", "worker_group")),
    *(sa.column(name, sa.Boolean()) for name in ("continues", "detriment", "acknowledged_in_time")),
)
HEADCOUNT = sa.table(
    "headcount",
    *(sa.column(name, sa.Uuid()) for name in ("organisation_id", "id")),
    *(sa.column(name, sa.String()) for name in ("dimension", "key", "source")),
    sa.column("as_of", sa.Date()),
    sa.column("count", sa.Integer()),
)


def work(trust: Trust, day: date, *, system: bool = False) -> Any:  # noqa: ANN401 -- a unit of work to enter
    actor = trust.system if system else trust.guardian.actor
    return trust.database.work(actor, at=datetime(day.year, day.month, day.day, tzinfo=UTC))


def counted(trust: Trust) -> None:
    """Count cases of two quarters, which close."""
    for day in (FIRST, SECOND):
        with work(trust, day) as uow:
            for group in GROUPS:
                insight.push(uow, Counts(day, "open", frozenset({"patient_safety"}), worker_group=group), None)
    with work(trust, date(2025, 12, 1), system=True) as uow:
        insight.close_quarters(uow)


def facts(stored: Stored) -> list[dict[str, Any]]:
    with stored.unbound() as connection:
        return [dict(row) for row in connection.execute(sa.select(FACT)).mappings()]


def groups(trust: Trust, *editions: Edition) -> Counter[tuple[str, str]]:
    with trust.work() as uow:
        rows = uow.session.scalars(sa.select(GroupFact).where(GroupFact.edition.in_(editions)))
        return Counter((row.raised, row.worker_group) for row in rows)


def coded_anew(stored: Stored, fact: dict[str, Any], **said: str) -> None:
    """As the program before wrote it: how a closed quarter's case was counted first, and how it is to be restated."""
    with stored.unbound() as connection:
        connection.execute(sa.update(FACT).where(FACT.c.id == fact["id"]).values(edition="before"))
        connection.execute(sa.insert(FACT).values(**{**fact, "id": uuid.uuid4(), "edition": "after", **said}))


def old_pointers(stored: Stored) -> list[tuple[Counts, Pointer]]:
    """What the program before had sealed in each case, read by this one."""
    of_case: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for fact in sorted(facts(stored), key=lambda each: each["edition"] == "after"):
        of_case.setdefault(fact["person"], []).append(fact)
    found = []
    for rows in of_case.values():
        day = FIRST if rows[0]["raised"] == insight.quarter_of(FIRST) else SECOND
        counts = Counts(day, "open", frozenset({rows[-1]["elements"]}), worker_group=rows[-1]["worker_group"])
        plain = {
            str(row["id"]): {"kind": "fact"}
            | {name: str(value) if isinstance(value, uuid.UUID) else value for name, value in row.items()}
            for row in rows
        }
        for row in plain.values():
            del row["organisation_id"], row["id"]
        found.append((counts, insight.pointer_of({"said": counts.plain(), "rows": plain})))
    return found


def test_groups_leave_facts_and_nothing_that_is_counted_changes(stored: Stored, trust: Trust) -> None:
    owner = stored.url.replace("speakup_app@", f"{OWNER}@")
    counted(trust)
    before = groups(trust, Edition.KEPT)
    migrate(owner, BEFORE)
    assert Counter((row["raised"], row["worker_group"]) for row in facts(stored)) == before
    estates, doctor = (
        next(
            row for row in facts(stored) if row["worker_group"] == group and row["raised"] == insight.quarter_of(FIRST)
        )
        for group in ("estates", "medical_dental")
    )
    coded_anew(stored, estates, worker_group="administrative")
    coded_anew(stored, doctor, elements="worker_safety")
    cases = old_pointers(stored)
    migrate(owner)
    with trust.work(trust.system) as uow:
        assert insight.rewritten_quarters(uow) == []
        assert not [each for each in uow.session.scalars(sa.select(GroupFact)) if not each.moved]
    assert groups(trust, Edition.KEPT, Edition.BEFORE) == before
    now = before.copy()
    now.subtract([(estates["raised"], "estates")])
    now.update([(estates["raised"], "administrative")])
    assert groups(trust, Edition.KEPT, Edition.AFTER) == +now
    _each_case_finds_its_rows(trust, cases)
    assert groups(trust, Edition.KEPT, Edition.BEFORE) == before
    assert groups(trust, Edition.KEPT, Edition.AFTER) == +now


def _each_case_finds_its_rows(trust: Trust, cases: list[tuple[Counts, Pointer]]) -> None:
    owned = list[str]()
    for counts, pointer in cases:
        with work(trust, date(2025, 12, 2)) as uow:
            assert not insight.mend(uow, pointer)
            kept = insight.push(uow, counts, pointer)
        again = insight.pointer_of(kept.plain())
        with work(trust, date(2025, 12, 3)) as uow:
            assert not insight.mend(uow, again)
            assert insight.push(uow, counts, again) is again
        owned += [id for id, row in again.rows.items() if row["kind"] == "group"]
        for row in again.rows.values():
            assert ("worker_group" in row) == (row["kind"] == "group")
    with trust.work(trust.system) as uow:
        rows = uow.session.scalars(sa.select(GroupFact)).all()
        assert sorted(owned) == sorted(str(row.id) for row in rows)
        assert not any(row.moved for row in rows)
        assert insight.rewritten_quarters(uow) == []


def test_a_case_from_before_that_is_coded_anew_moves_its_own_row_and_no_other(stored: Stored, trust: Trust) -> None:
    owner = stored.url.replace("speakup_app@", f"{OWNER}@")
    with work(trust, FIRST) as uow:
        for group in GROUPS:
            insight.push(uow, Counts(FIRST, "open", frozenset({"patient_safety"}), worker_group=group), None)
    migrate(owner, BEFORE)
    (*_, (counts, pointer)) = [each for each in old_pointers(stored) if each[0].worker_group == "nursing_midwifery"]
    migrate(owner)
    with work(trust, FIRST) as uow:
        insight.push(uow, replace(counts, worker_group="estates"), pointer)
    quarter = insight.quarter_of(FIRST)
    assert groups(trust, Edition.KEPT) == {
        (quarter, "nursing_midwifery"): 1,
        (quarter, "medical_dental"): 1,
        (quarter, "estates"): 2,
        (quarter, "students"): 1,
    }


def test_a_quarter_that_was_rewritten_before_is_still_found(stored: Stored, trust: Trust) -> None:
    owner = stored.url.replace("speakup_app@", f"{OWNER}@")
    counted(trust)
    migrate(owner, BEFORE)
    with stored.unbound() as connection:
        one = facts(stored)[0]
        connection.execute(sa.update(FACT).where(FACT.c.id == one["id"]).values(how="anonymous"))
    migrate(owner)
    with trust.work(trust.system) as uow:
        assert insight.rewritten_quarters(uow) == [one["raised"]]


def test_there_and_back_again_counts_no_group_twice(stored: Stored, trust: Trust) -> None:
    owner = stored.url.replace("speakup_app@", f"{OWNER}@")
    counts = Counts(FIRST, "open", worker_group="estates")
    with work(trust, FIRST) as uow:
        pointer = insight.push(uow, counts, None)
    migrate(owner, BEFORE)
    migrate(owner)
    with work(trust, FIRST) as uow:
        assert insight.mend(uow, insight.pointer_of(pointer.plain()))
    assert groups(trust, Edition.KEPT) == {(insight.quarter_of(FIRST), "estates"): 1}


def test_staff_counted_by_two_at_once_are_let_go_of_and_all_others_stay(stored: Stored, trust: Trust) -> None:
    owner = stored.url.replace("speakup_app@", f"{OWNER}@")
    with trust.work(trust.guardian) as uow:
        insight.keep_headcounts(uow, Measured.WORKER_GROUP, uow.today, [Count("estates", 40)], "ESR")
    migrate(owner, "0035_published_to_others")
    with stored.unbound() as connection:
        row = dict(connection.execute(sa.select(HEADCOUNT)).mappings().one())
        pair = {"id": uuid.uuid4(), "dimension": "worker_group+directorate", "key": f"estates+{uuid.uuid4()}"}
        connection.execute(sa.insert(HEADCOUNT).values(**{**row, **pair}))
    migrate(owner)
    with stored.unbound() as connection:
        assert [dict(each) for each in connection.execute(sa.select(HEADCOUNT)).mappings()] == [row]
