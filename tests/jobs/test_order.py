"""After the night's work nothing in the database orders a day's submissions better than chance."""

import random
import re
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from speakup import audit, cases, jobs
from speakup.gateways.blobs import Blobs
from speakup.jobs.order import TOUCHED, UNTOUCHED, remove_order
from speakup.kernel.db import make_engine
from speakup.kernel.ids import new_id
from speakup.tables import METADATA
from tests import databases, factories
from tests.databases import Stored
from tests.factories import RaisedCase
from tests.trusts import Trust

ITEMS = 50
BOUND = 0.7
"""Of Spearman's rank correlation: five standard deviations of chance, which are 1/√49 = 0.14. Some 50 are measured."""
CERTAIN = 0.95
"""What the same measures find before the night's work, so that they would find what it left behind."""


@dataclass(frozen=True)
class Row:
    """One stored row: what tells it apart, and the cases it could be traced to."""

    table: str
    marks: tuple[bytes, ...]
    case: int
    size: int


def rank_correlation(places: list[float]) -> float:
    """Spearman's, of places with the numbers 0, 1, 2 …; tied places share their mean rank."""
    order = sorted(range(len(places)), key=places.__getitem__)
    ranks = [0.0] * len(places)
    start = 0
    while start < len(order):
        end = start
        while end < len(order) and places[order[end]] == places[order[start]]:
            end += 1
        for each in order[start:end]:
            ranks[each] = (start + end - 1) / 2
        start = end
    mean = (len(places) - 1) / 2
    spread = sum((rank - mean) ** 2 for rank in ranks)
    if not spread:
        return 0.0
    together = sum((rank - mean) * (number - mean) for number, rank in enumerate(ranks))
    return float(together / (spread * sum((n - mean) ** 2 for n in range(len(places)))) ** 0.5)


def raise_many(trust: Trust) -> list[RaisedCase]:
    """A day's concerns, some long, in the order of the list."""
    chosen = random.Random(20261121)
    return [
        factories.raised_case(trust, narrative="There were two of us. " * chosen.randint(1, 400)) for _ in range(ITEMS)
    ]


def do_everything(raised: RaisedCase) -> None:
    """What a person may do in their inbox, one thing after the other."""
    factories.message(raised, "There is more. " * 600)
    with raised.as_(raised.reporter) as (uow, case):
        cases.answer_about(uow, case, {"age": "prefer_not"})
        cases.note_baseline(uow, case, {"rota": "Tuesdays off"})
        cases.report_detriment(uow, case, cases.DetrimentReport("They took them"))
        cases.choose_check_ins(uow, case, [3], cases.How.INBOX)
        cases.say_how_things_are(uow, case, cases.Things.WORSE, "Nobody speaks to me")
        cases.say_who_i_am(uow, case, cases.PersonDetails("Nora"), cases.HowRaised.CONFIDENTIAL)
        cases.ask_to_stop(uow, case)


def traces(connection: sa.Connection, case_ids: list[uuid.UUID]) -> Iterator[Row]:
    """Every row that a submission wrote, with the submission it belongs to."""
    number = {case_id: position for position, case_id in enumerate(case_ids)}
    for compartment in connection.execute(sa.select(METADATA.tables["compartment"])):
        if compartment.case_id in number:
            number[compartment.id] = number[compartment.case_id]
    for name in TOUCHED:
        table = METADATA.tables[name]
        for row in connection.execute(sa.select(table)).mappings():
            named = (row[each] for each in ("id", "case_id", "subject_id", "compartment_id") if each in row)
            case = next((number[each] for each in named if each in number), None)
            if case is None:
                continue
            long = [value for value in row.values() if isinstance(value, bytes) and len(value) >= 32]
            marks = tuple(part for value in long for part in (value[:24], value[-24:]))
            yield Row(name, marks, case, sum(map(len, long)))


def marks_in(stored: Stored, case_ids: list[uuid.UUID]) -> frozenset[bytes]:
    """Say by which marks everything can be found that is there now."""
    with stored.unbound() as connection:
        return frozenset(mark for row in traces(connection, case_ids) for mark in row.marks)


def by_place_in_file(rows: list[Row], content: bytes, before: frozenset[bytes]) -> Iterator[tuple[str, list[float]]]:
    """Where in the file the first and the last bytes of each long value lie: cells, and the pages they overflow to."""
    places: dict[tuple[str, int], dict[int, float]] = defaultdict(dict)
    # Of several rows of a case the longest: what does not fit beside others lies where there was room when it came.
    for row in sorted(rows, key=lambda each: -each.size):
        for which, mark in enumerate(row.marks):
            found = -1 if mark in before else content.find(mark)
            if found >= 0:
                places[row.table, which].setdefault(row.case, float(found))
    for (table, which), found_at in places.items():
        if len(found_at) == ITEMS:
            yield f"{table} mark {which}", [found_at[case] for case in range(ITEMS)]


def by_postgresql(connection: sa.Connection, case_ids: list[uuid.UUID]) -> Iterator[tuple[str, list[float]]]:
    """The transaction that wrote each row, its place, and the numbers of its long values."""
    key = {"case": "id", "compartment": "case_id", "reporter": "case_id", "audit_pending": "subject_id"}
    sources = {table: f'"{table}" AS t' for table in key}
    for table in ("key_record", "grant_to", "sealed_record"):
        sources[table] = f"{table} AS t JOIN compartment AS c ON c.id = t.compartment_id"
        key[table] = "c.case_id"
    for table, source in sources.items():
        column = key[table] if "." in key[table] else f"t.{key[table]}"
        measures = {
            "xmin": "t.xmin::text::bigint",
            "place": "(t.ctid::text::point)[0] * 1000 + (t.ctid::text::point)[1]",
        }
        long = [each.name for each in METADATA.tables[table].columns if isinstance(each.type, sa.LargeBinary)]
        measures |= {f"{each} number": f"pg_column_toast_chunk_id(t.{each})::bigint" for each in long}
        for name, measure in measures.items():
            query = f"SELECT {column}, coalesce(max({measure}), 0)::float FROM {source} GROUP BY 1"  # noqa: S608 -- words of this test
            found = {case_id: float(place) for case_id, place in connection.execute(sa.text(query))}
            if set(case_ids) <= set(found):
                yield f"{table} {name}", [found[case_id] for case_id in case_ids]


def measured(stored: Stored, case_ids: list[uuid.UUID], before: frozenset[bytes] = frozenset()) -> dict[str, float]:
    """The rank correlation of every measure with the true order; of what was there before, in a file, none."""
    reading = make_engine(stored.unbound_url)
    with reading.connect() as connection:
        rows = list(traces(connection, case_ids))
        found = dict(by_postgresql(connection, case_ids)) if stored.kind == "postgresql" else {}
    reading.dispose()
    if stored.file is not None:
        # What is still in the write-ahead log belongs to what a thief finds.
        log = stored.file.with_name(f"{stored.file.name}-wal")
        content = stored.file.read_bytes() + (log.read_bytes() if log.exists() else b"")
        found = dict(by_place_in_file(rows, content, before))
    return {name: rank_correlation(places) for name, places in found.items()}


def places_in_audit_chain(trust: Trust, case_ids: list[uuid.UUID]) -> list[float]:
    """Append the day's entries as the next night would, and say where each case stands."""
    with trust.work() as uow:
        audit.append_pending(uow, uow.today + timedelta(days=1))
    with trust.work() as uow:
        numbers = {
            uuid.UUID(str(line["subject"])): float(str(line["number"]))
            for line in audit.lines(uow)
            if line["event"] == audit.Event.CASE_RAISED
        }
    return [numbers[case_id] for case_id in case_ids]


def owner_url(stored: Stored) -> str:
    """The address of the role that owns the tables."""
    if stored.kind == "sqlite":
        return stored.url
    return re.sub(rf"//{databases.APPLICATION}@", f"//{databases.OWNER}@", stored.url)


def test_after_the_night_nothing_in_the_database_orders_a_days_submissions(trust: Trust, stored: Stored) -> None:
    case_ids = [each.id for each in raise_many(trust)]
    before = measured(stored, case_ids)
    assert max(before.values()) > CERTAIN
    night(trust, stored)
    after = measured(stored, case_ids)
    assert set(after) >= {name for name, found in before.items() if found > CERTAIN}
    assert {name: found for name, found in after.items() if abs(found) > BOUND} == {}
    assert abs(rank_correlation(places_in_audit_chain(trust, case_ids))) < BOUND


def night(trust: Trust, stored: Stored) -> None:
    owner = make_engine(owner_url(stored))
    remove_order(owner, [trust.id])
    owner.dispose()


def test_after_the_night_nothing_orders_what_people_did_in_their_inboxes_that_day(trust: Trust, stored: Stored) -> None:
    raised = raise_many(trust)
    night(trust, stored)
    known = marks_in(stored, [each.id for each in raised])
    random.Random(20261122).shuffle(raised)
    for each in raised:
        do_everything(each)
    case_ids = [each.id for each in raised]
    before = measured(stored, case_ids, known)
    assert max(before.values()) > CERTAIN
    night(trust, stored)
    after = measured(stored, case_ids, known)
    assert set(after) >= {name for name, found in before.items() if found > CERTAIN}
    assert {name: found for name, found in after.items() if abs(found) > BOUND} == {}


def test_nothing_waits_in_the_outbox_because_somebody_spoke_up(trust: Trust) -> None:
    def waiting() -> list[uuid.UUID]:
        with trust.work() as uow:
            return [row.id for row in jobs.to_hand_over(uow)]

    before = waiting()
    do_everything(factories.raised_case(trust))
    assert waiting() == before


def test_removing_order_changes_no_row(trust: Trust, other_trust: Trust, stored: Stored) -> None:
    for each in (trust, other_trust):
        factories.raised_case(each)

    def everything() -> dict[str, list[str]]:
        reading = make_engine(stored.unbound_url)
        with reading.connect() as connection:
            found = {
                name: sorted(map(repr, connection.execute(sa.select(table)).all()))
                for name, table in METADATA.tables.items()
            }
        reading.dispose()
        return found

    before = everything()
    owner = make_engine(owner_url(stored))
    remove_order(owner, [trust.id, other_trust.id])
    owner.dispose()
    assert everything() == before


def test_no_table_of_a_migrated_file_counts_its_rows(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'speakup.db'}"
    databases.migrate(url)
    engine = make_engine(url)
    with engine.connect() as connection:
        told = connection.exec_driver_sql("PRAGMA table_list").mappings().all()
    engine.dispose()
    tables = {row["name"]: row["wr"] for row in told if row["name"] in METADATA.tables}
    assert tables == dict.fromkeys(METADATA.tables, 1)


def test_every_table_is_known_to_be_written_by_reporters_or_not() -> None:
    assert set(TOUCHED).isdisjoint(UNTOUCHED)
    assert {*TOUCHED, *UNTOUCHED} == set(METADATA.tables)


def test_a_reporter_changes_only_tables_that_lose_their_order(trust: Trust, stored: Stored) -> None:
    def rows() -> dict[str, list[str]]:
        reading = make_engine(stored.unbound_url)
        with reading.connect() as connection:
            found = {
                name: sorted(map(repr, connection.execute(sa.select(table)).all()))
                for name, table in METADATA.tables.items()
            }
        reading.dispose()
        return found

    before = rows()
    do_everything(factories.raised_case(trust))
    after = rows()
    assert {name for name in before if before[name] != after[name]} <= set(TOUCHED)


def test_rewritten_files_lie_in_no_order(tmp_path: Path) -> None:
    blobs = Blobs.from_url(str(tmp_path / "blobs"))
    keys = [str(new_id()) for _ in range(ITEMS)]
    for key in keys:
        blobs.put(key, [b"sealed"])
    shuffled = random.Random(7).sample(keys, len(keys))
    blobs.rewrite(shuffled)
    found = [(tmp_path / "blobs" / key).stat() for key in keys]
    for places in ([each.st_ino for each in found], [each.st_mtime_ns for each in found]):
        assert abs(rank_correlation([float(place) for place in places])) < BOUND


@pytest.mark.parametrize(
    ("places", "expected"), [([1, 2, 3, 4], 1.0), ([4, 3, 2, 1], -1.0), ([5, 5, 5, 5], 0.0), ([2, 1, 4, 3], 0.6)]
)
def test_the_rank_correlation_is_spearmans(places: list[float], expected: float) -> None:
    assert rank_correlation(places) == pytest.approx(expected)
