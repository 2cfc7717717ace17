"""What somebody who can write the database might do to a world of cases, and what its people then read."""

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from speakup import cases, keyring
from speakup.cases import HowRaised
from speakup.kernel.errors import IntegrityFault, NotFound, SpeakUpError
from speakup.tables import METADATA
from tests import factories
from tests.factories import RaisedCase
from tests.trusts import Colleague, Trust

TABLES = (
    "case",
    "compartment",
    "grant_to",
    "key_record",
    "sealed_record",
    "seen_state",
    "reporter",
    "key_log_entry",
    "key_pair",
)
"""Where the words of cases and everything that leads to them stands."""

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class World:
    """Some cases, the two guardians on all of them, and what each reader reads while nothing is tampered with."""

    trust: Trust
    raised: list[RaisedCase]
    guardians: tuple[Colleague, Colleague]
    truth: dict[tuple[str, str], tuple[str, ...]]
    past: list[Rows] = field(repr=False)
    """The tables as they stood at earlier moments, which every reader has since passed."""
    tables: tuple[str, ...] = TABLES
    """Which of them are tampered with."""


def make_world(trust: Trust) -> World:
    """Raise three cases, talk, note, change words, rotate, and have everybody read everything in between."""
    raised = [
        factories.raised_case(trust, narrative=f"First words of {n}", person=factories.PersonDetailsFactory.create())
        for n in range(3)
    ]
    guardians = readers_of(raised[0])
    for each in raised[1:]:
        _move_to(each, guardians)
    world = World(trust, raised, guardians, {}, [])
    _everybody_reads(world)
    for each in raised:
        factories.message(each, f"A message about {each.ref}")
        factories.reply(each, f"An answer about {each.ref}", by=guardians[0])
    world.past.append(snapshot(trust))
    _everybody_reads(world)
    for each in raised:
        factories.note(each, f"A note about {each.ref}", by=guardians[1])
        with each.as_(guardians[0]) as (uow, case):
            cases.title_case(uow, case, f"Title of {each.ref}")
    with raised[0].as_(guardians[1]) as (uow, case):
        cases.title_case(uow, case, "Title, changed")
    with raised[1].as_(guardians[0]) as (uow, case):
        keyring.revoke(uow, case.id, guardians[1].id)
        keyring.grant(uow, case.id, guardians[1].id)
    with raised[2].as_(raised[2].reporter) as (uow, case):
        cases.say_who_i_am(uow, case, factories.PersonDetailsFactory.create(), HowRaised.OPEN)
    _everybody_reads(world)
    world.past.append(snapshot(trust))
    factories.message(raised[0], "The newest message")
    factories.note(raised[1], "The newest note", by=guardians[0])
    _everybody_reads(world)
    world.truth.update({(who, each.ref): said for who, each, said in _all_readings(world)})
    return world


def readers_of(raised: RaisedCase) -> tuple[Colleague, Colleague]:
    """Say which two colleagues a case was routed to."""
    with raised.trust.work(raised.reporter) as uow:
        case = cases.mine(uow)
        by_id = {each.id: each for each in raised.trust.people.values()}
        return by_id[case.primary_id], by_id[case.cover_id]


def read_as(world: World, who: str, raised: RaisedCase) -> tuple[str, ...]:
    """Read everything this reader sees of a case, as plain words."""
    if who == "reporter":
        inbox = raised.inbox()
        name = inbox.person.name if inbox.person else ""
        return (inbox.told.narrative, name, inbox.case.how_raised.value, *(each.text for each in inbox.messages))
    view = raised.view(world.guardians[int(who)])
    return (
        view.told.narrative, view.title or "", view.person.name if view.person else "", view.case.how_raised.value,
        *sorted(view.exclusions.people), *(each.text for each in view.messages), *(each.text for each in view.notes),
    )  # fmt: skip


def worklist_as(world: World, who: int) -> dict[str, str | None]:
    """Read the worklist: the title of each case that opens, by reference."""
    with world.trust.work(world.guardians[who]) as uow:
        listed = cases.worklist(uow, cases.Filters())
    return {line.case.ref: line.title for line in listed.lines if line.may_open}


def require_true_or_refused(world: World) -> int:
    """Have everybody read everything: each reading is the truth, or refused by name. Return how many were refused."""
    refused = 0
    for who in ("0", "1", "reporter"):
        for each in world.raised:
            try:
                said = read_as(world, who, each)
            except (IntegrityFault, NotFound):
                refused += 1
            else:
                assert said == world.truth[who, each.ref], (who, each.ref)
    for place in (0, 1):
        refused += _worklist_is_true_or_refused(world, place)
    return refused


def snapshot(trust: Trust, tables: tuple[str, ...] = TABLES) -> Rows:
    """Take a copy of the tables, as a thief with a backup has one."""
    with trust.stored.unbound() as connection:
        return {
            name: [dict(row) for row in connection.execute(sa.select(METADATA.tables[name])).mappings()]
            for name in tables
        }


def put_back(
    connection: sa.Connection,
    name: str,
    rows: list[dict[str, Any]],
    where: Callable[[dict[str, Any]], bool] = lambda _: True,
) -> None:
    """Make a table's rows (those that `where` holds for) what they were in an earlier copy."""
    table = METADATA.tables[name]
    keys = [column.name for column in table.primary_key]
    for row in connection.execute(sa.select(table)).mappings().all():
        if where(dict(row)):
            connection.execute(sa.delete(table).where(*(table.c[key] == row[key] for key in keys)))
    wanted = [row for row in rows if where(row)]
    for each in wanted:
        # It may stand elsewhere by an earlier tampering.
        connection.execute(sa.delete(table).where(*(table.c[key] == each[key] for key in keys)))
    if wanted:
        connection.execute(sa.insert(table), wanted)


def tamper(world: World, choice: random.Random) -> str:
    """Do one of the things such a somebody might; return which."""
    act = choice.choice(ACTS)
    try:
        with world.trust.stored.unbound() as connection:
            return f"{act.__name__}: {act(world, connection, choice)}"
    except IntegrityFault:
        # An earlier tampering wrote a word that is none: even we cannot read the row to tamper with it once more.
        return "nothing"


def _flip_a_bit(world: World, connection: sa.Connection, choice: random.Random) -> str:
    name = choice.choice(world.tables)
    table = METADATA.tables[name]
    rows = connection.execute(sa.select(table)).mappings().all()
    if not rows:
        return "nothing"
    row = choice.choice(rows)
    blobs = [column for column in table.columns if isinstance(row[column.name], bytes) and row[column.name]]
    if not blobs:
        return "nothing"
    column = choice.choice(blobs)
    value = bytearray(row[column.name])
    value[choice.randrange(len(value))] ^= 1 << choice.randrange(8)
    _write(connection, table, row, {column.name: bytes(value)})
    return f"{name}.{column.name}"


def _cut_a_blob(world: World, connection: sa.Connection, choice: random.Random) -> str:
    name = choice.choice(world.tables)
    table = METADATA.tables[name]
    rows = connection.execute(sa.select(table)).mappings().all()
    if not rows:
        return "nothing"
    row = choice.choice(rows)
    blobs = [column for column in table.columns if isinstance(row[column.name], bytes)]
    if not blobs:
        return "nothing"
    column = choice.choice(blobs)
    new = choice.choice(
        [b"", row[column.name][: choice.randrange(1 + len(row[column.name]))], b"{}", b"\x01", b"[" * 9000]
    )
    _write(connection, table, row, {column.name: new})
    return f"{name}.{column.name}"


def _swap_values(world: World, connection: sa.Connection, choice: random.Random) -> str:
    """Exchange one column's values between two rows."""
    name = choice.choice(world.tables)
    table = METADATA.tables[name]
    rows = connection.execute(sa.select(table)).mappings().all()
    keys = {column.name for column in table.primary_key}
    columns = [each for each in table.columns if each.name not in keys]
    if len(rows) < 2 or not columns:
        return "nothing"
    column = choice.choice(columns)
    one, other = choice.sample(rows, 2)
    if any(
        column.name in {c.name for c in constraint.columns}
        for constraint in table.constraints
        if isinstance(constraint, sa.UniqueConstraint)
    ):
        _write(connection, table, one, {column.name: _unlike(one[column.name])})
    _write(connection, table, other, {column.name: one[column.name]})
    _write(connection, table, one, {column.name: other[column.name]})
    return f"{name}.{column.name}"


def _delete_a_row(world: World, connection: sa.Connection, choice: random.Random) -> str:
    name = choice.choice(world.tables)
    table = METADATA.tables[name]
    rows = connection.execute(sa.select(table)).mappings().all()
    if not rows:
        return "nothing"
    row = choice.choice(rows)
    connection.execute(sa.delete(table).where(*(table.c[key.name] == row[key.name] for key in table.primary_key)))
    return name


def _put_a_row_back(world: World, connection: sa.Connection, choice: random.Random) -> str:
    name = choice.choice(world.tables)
    table = METADATA.tables[name]
    rows = choice.choice(world.past)[name]
    if not rows:
        return "nothing"
    row = choice.choice(rows)
    connection.execute(sa.delete(table).where(*(table.c[key.name] == row[key.name] for key in table.primary_key)))
    connection.execute(sa.insert(table), [row])
    return name


def _roll_a_compartment_back(world: World, connection: sa.Connection, choice: random.Random) -> str:
    past = choice.choice(world.past)
    whole = choice.choice(past["compartment"])["id"]
    for name, key in (
        ("sealed_record", "compartment_id"),
        ("grant_to", "compartment_id"),
        ("key_record", "compartment_id"),
        ("compartment", "id"),
    ):
        put_back(connection, name, past[name], lambda row, key=key: row[key] == whole)  # type: ignore[misc]
    return str(whole)


def _roll_a_case_back(world: World, connection: sa.Connection, choice: random.Random) -> str:
    past = choice.choice(world.past)
    case_id = choice.choice(world.raised).id
    whole = {row["id"] for row in past["compartment"] if row["case_id"] == case_id}
    for name, key in (
        ("sealed_record", "compartment_id"),
        ("grant_to", "compartment_id"),
        ("key_record", "compartment_id"),
        ("compartment", "id"),
    ):
        put_back(connection, name, past[name], lambda row, key=key: row[key] in whole)  # type: ignore[misc]
    return str(case_id)


def _copy_a_grant(world: World, connection: sa.Connection, choice: random.Random) -> str:
    """Give somebody's sealed key to another principal, compartment or version."""
    table = METADATA.tables["grant_to"]
    grants = [dict(row) for row in connection.execute(sa.select(table)).mappings()]
    one, other = choice.sample(grants, 2)
    how = choice.choice(["principal", "compartment", "key"])
    made = {
        "principal": {**one, "principal_kind": other["principal_kind"], "principal_id": other["principal_id"]},
        "compartment": {**one, "compartment_id": other["compartment_id"]},
        "key": {**one, "sealed_key": other["sealed_key"]},
    }[how]
    connection.execute(sa.delete(table).where(*(table.c[key.name] == made[key.name] for key in table.primary_key)))
    connection.execute(sa.insert(table), [made])
    return how


def _replay_an_older_version(world: World, connection: sa.Connection, choice: random.Random) -> str:
    """Forget the newest key version of a compartment that has had several."""
    table, records = METADATA.tables["compartment"], METADATA.tables["key_record"]
    rotated = connection.execute(sa.select(table).where(table.c.version > 1)).mappings().all()
    if not rotated:
        return "nothing"
    row = choice.choice(rotated)
    connection.execute(
        sa.delete(records).where(records.c.compartment_id == row["id"], records.c.version == row["version"])
    )
    _write(connection, table, row, {"version": row["version"] - 1})
    return str(row["kind"])


def _forget_all_versions(world: World, connection: sa.Connection, choice: random.Random) -> str:
    table, records, grants = (METADATA.tables[name] for name in ("compartment", "key_record", "grant_to"))
    row = choice.choice(connection.execute(sa.select(table)).mappings().all())
    connection.execute(sa.delete(records).where(records.c.compartment_id == row["id"]))
    connection.execute(sa.update(grants).where(grants.c.compartment_id == row["id"]).values(version=0))
    _write(connection, table, row, {"version": 0})
    return str(row["kind"])


def _change_a_word(world: World, connection: sa.Connection, choice: random.Random) -> str:
    """Write another state, kind or number where one stands in clear."""
    name, column, value = choice.choice([
        ("compartment", "kind", "group"), ("compartment", "kind", "nonsense"), ("compartment", "version", 7),
        ("grant_to", "version", 9), ("grant_to", "principal_kind", "nonsense"), ("sealed_record", "kind", "message"),
        ("sealed_record", "revision", 2), ("sealed_record", "key_version", 5), ("sealed_record", "kind", "note"),
        ("case", "how_raised", "open"), ("case", "how_raised", "nonsense"), ("case", "ref", "SU-0000-0000"),
        ("case", "state", "nonsense"), ("key_record", "signer_id", None), ("key_record", "countersigner_id", None),
    ])  # fmt: skip
    table = METADATA.tables[name]
    row = choice.choice(connection.execute(sa.select(table)).mappings().all())
    # Past our own column types, which would refuse such a word.
    _write(connection, table, row, {column: sa.null() if value is None else sa.literal(value)})
    return f"{name}.{column} = {value}"


ACTS: list[Callable[[World, sa.Connection, random.Random], str]] = [
    _flip_a_bit, _flip_a_bit, _flip_a_bit, _cut_a_blob, _swap_values, _delete_a_row, _put_a_row_back,
    _roll_a_compartment_back, _roll_a_case_back, _copy_a_grant, _replay_an_older_version, _forget_all_versions,
    _change_a_word,
]  # fmt: skip


def untouched(world: World, tmp_path: Path) -> Path | Rows:
    """Take a copy of the whole to come back to: of the file, or of the tables."""
    file = world.trust.stored.file
    if file is None:
        return snapshot(world.trust, world.tables)
    # The last connection to close writes everything into the one file.
    world.trust.database.engine.dispose()
    return Path(shutil.copy(file, tmp_path / "untouched.db"))


def restore(world: World, untouched: Path | Rows) -> None:
    """Undo every tampering: from a copy of the file, or of the tables."""
    if isinstance(untouched, Path):
        world.trust.database.engine.dispose()
        for left in ("-wal", "-shm"):
            Path(f"{world.trust.stored.file}{left}").unlink(missing_ok=True)
        shutil.copyfile(untouched, str(world.trust.stored.file))
        return
    with world.trust.stored.unbound() as connection:
        for name in reversed(world.tables):
            connection.execute(sa.delete(METADATA.tables[name]))
        for name in world.tables:
            connection.execute(sa.insert(METADATA.tables[name]), untouched[name])


def _write(connection: sa.Connection, table: sa.Table, row: sa.RowMapping, values: dict[str, Any]) -> None:
    same = [table.c[key.name] == row[key.name] for key in table.primary_key]
    connection.execute(sa.update(table).where(*same).values(values))


def _unlike(value: object) -> object:
    return bytes(32) if isinstance(value, bytes) else f"-{value}"[:20]


def _all_readings(world: World) -> list[tuple[str, RaisedCase, tuple[str, ...]]]:
    return [(who, each, read_as(world, who, each)) for who in ("0", "1", "reporter") for each in world.raised]


def _everybody_reads(world: World) -> None:
    _all_readings(world)


def _worklist_is_true_or_refused(world: World, who: int) -> int:
    titles = {each.ref: world.truth[str(who), each.ref][1] for each in world.raised}
    try:
        listed = worklist_as(world, who)
    except SpeakUpError:
        return 1
    assert listed.items() <= titles.items()
    return len(titles) - len(listed)


def _move_to(raised: RaisedCase, guardians: tuple[Colleague, Colleague]) -> None:
    """Have the case held by exactly these two."""
    present = readers_of(raised)
    for wanted in guardians:
        if wanted not in present:
            with raised.as_(present[0]) as (uow, case):
                cases.open_view(uow, case)
                keyring.grant(uow, case.id, wanted.id)
    for other in present:
        if other not in guardians:
            with raised.as_(guardians[0]) as (uow, case):
                keyring.revoke(uow, case.id, other.id)
