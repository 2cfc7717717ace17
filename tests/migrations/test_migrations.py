"""Migrations: numbered without a gap, equal to the models at their head, and good in both directions."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from speakup.kernel.db import make_engine, owned_tables
from speakup.tables import METADATA
from tests import databases, factories, trusts
from tests.databases import OWNER, ROOT, Stored, migrate
from tests.trusts import Trust

VERSIONS = ROOT / "migrations" / "versions"


@pytest.fixture
def empty(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The owner's address of a database with nothing in it."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: str = request.getfixturevalue("postgresql")
    databases.make_roles(server)
    name = trusts.new_name("empty")
    databases.create_postgresql(server, name)
    yield databases.address(server, name, OWNER)
    databases.drop_postgresql(server, name)


def shape(url: str) -> dict[str, object]:
    """Everything that tables are, and on PostgreSQL who may do what to which rows."""
    engine = make_engine(url)
    with engine.connect() as connection:
        found: dict[str, object] = {
            table.name: sorted(
                [str((each.name, each.type, each.nullable)) for each in table.columns]
                + [str((type(each).__name__, each.name)) for each in table.constraints]
                + [str(each.name) for each in table.indexes]
            )
            for table in _reflected(connection).values()
        }
        if connection.dialect.name == "postgresql":
            found["policies"] = sorted(connection.execute(sa.text(
                "SELECT tablename, policyname, qual FROM pg_policies"
            )).fetchall())  # fmt: skip
            found["rights"] = sorted(connection.execute(sa.text(
                "SELECT table_name, privilege_type FROM information_schema.role_table_grants"
                " WHERE grantee = 'speakup_app'"
            )).fetchall())  # fmt: skip
            found["forced"] = sorted(connection.execute(sa.text(
                "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
            )).fetchall())  # fmt: skip
        else:
            found["triggers"] = sorted(connection.scalars(sa.text(
                "SELECT sql FROM sqlite_master WHERE type = 'trigger'"
            )).all())  # fmt: skip
    engine.dispose()
    return found


def _reflected(connection: sa.Connection) -> dict[str, sa.Table]:
    reflected = sa.MetaData()
    reflected.reflect(connection)
    return {name: table for name, table in reflected.tables.items() if name != "alembic_version"}


def test_files_are_numbered_without_a_gap_and_are_named_as_their_revision() -> None:
    files = sorted(VERSIONS.glob("*.py"))
    assert [int(each.name[:4]) for each in files] == list(range(1, len(files) + 1))
    names = [each.stem for each in files]
    said = [
        {
            target.id: ast.literal_eval(node.value)
            for node in ast.parse(each.read_text()).body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name) and target.id in {"revision", "down_revision"}
        }
        for each in files
    ]
    assert [each["revision"] for each in said] == names
    assert [each["down_revision"] for each in said] == [None, *names[:-1]]


def test_the_head_is_the_one_that_is_written_down() -> None:
    head = ScriptDirectory.from_config(databases.alembic_config()).get_current_head()
    assert (ROOT / "migrations" / ".current-head").read_text().strip() == head


def test_the_head_equals_the_models(empty: str) -> None:
    migrate(empty)
    engine = make_engine(empty)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), METADATA) == []
    engine.dispose()


def test_down_and_up_again_leaves_the_same_tables_rules_and_rights(empty: str) -> None:
    migrate(empty)
    first = shape(empty)
    migrate(empty, "base")
    assert {name for name, held in shape(empty).items() if held} == set()
    migrate(empty)
    assert shape(empty) == first


def test_every_step_can_be_undone_and_done_again_with_rows_in_place(stored: Stored) -> None:
    """Down to the first migration and up again, a founded trust loses no row."""
    owner = stored.url.replace("speakup_app@", f"{OWNER}@")
    before = _counted(stored)
    migrate(owner, "0001_spine")
    migrate(owner)
    assert _counted(stored) == before
    assert before["key_log_entry"] > 3


def test_what_nobody_had_opened_yet_is_new_to_everybody_and_stays_so(stored: Stored, trust: Trust) -> None:
    """From one flag for all to a count that each reader compares with their own memory, and back."""
    opened, unopened = (factories.raised_case(trust) for _ in range(2))
    owner = stored.url.replace("speakup_app@", f"{OWNER}@")
    migrate(owner, "0006_unsent_sizes")
    assert _of_cases(stored, "unread") == {opened.ref: True, unopened.ref: True}
    with stored.unbound() as connection:
        connection.execute(sa.text('UPDATE "case" SET unread = false WHERE ref = :ref'), {"ref": opened.ref})
    migrate(owner)
    assert _of_cases(stored, "told_times") == {opened.ref: 0, unopened.ref: 1}
    assert set(_of_cases(stored, "told_when_closed").values()) == {0}
    assert set(map(bool, _of_cases(stored, "narrow").values())) == {True}
    migrate(owner, "0006_unsent_sizes")
    assert _of_cases(stored, "unread") == {opened.ref: False, unopened.ref: True}
    migrate(owner)


def _of_cases(stored: Stored, column: str) -> dict[str, object]:
    table = sa.table("case", sa.column("ref", sa.String), sa.column(column))
    with stored.unbound() as connection:
        return {row.ref: getattr(row, column) for row in connection.execute(sa.select(table))}


def _counted(stored: Stored) -> dict[str, int]:
    engine = sa.create_engine(stored.unbound_url)
    with engine.connect() as connection:
        counted = {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in METADATA.sorted_tables
        }
    engine.dispose()
    return counted


def test_row_level_security_names_every_owned_table() -> None:
    lists: dict[str, list[str]] = {each: [] for each in ("OWNED", "WITHIN", "LOOKED_UP", "GLOBAL")}
    for file in sorted(VERSIONS.glob("*.py")):
        names: dict[str, object] = {}
        exec(compile(file.read_text(), file.stem, "exec"), names)  # noqa: S102 -- our own migrations, read for their lists
        for each in lists:
            lists[each] += names.get(each, {})  # type: ignore[arg-type]
    assert sorted(lists["OWNED"]) == list(owned_tables(METADATA))
    assert sorted(table for named in lists.values() for table in named) == sorted(METADATA.tables)


def test_organisations_that_exist_get_exactly_the_lists_that_a_new_one_adopts(stored: Stored, trust: Trust) -> None:
    """What is added to the lists that are shipped goes into a migration as well; nothing of the trust's own is lost."""
    owner = stored.url.replace("speakup_app@", f"{OWNER}@")
    adopted = _lists(stored)
    with stored.unbound() as connection:
        connection.execute(sa.text(
            'INSERT INTO code (organisation_id, "set", key, valid_from, name, position, source, certainty,'
            " national_set, national_key) SELECT organisation_id, 'worker group', 'own', valid_from, 'Porters', 99,"
            " source, certainty, '', '' FROM code WHERE key = 'estates' AND \"set\" = 'worker group'"
        ))  # fmt: skip
    migrate(owner, "0008_clocks")
    with stored.unbound() as connection:
        held = set(connection.scalars(sa.text('SELECT DISTINCT "set" FROM code')))
    assert held == {"element", "worker group", "how raised", "route", "outcome"}
    migrate(owner)
    added = {row for row in _lists(stored) if row not in adopted}
    assert {row[2:4] for row in added} == {("worker group", "own")}
    assert {row for row in adopted if row not in _lists(stored)} == set()
    assert len({row[1] for row in adopted}) == 2, "both organisations"


def _lists(stored: Stored) -> set[tuple[object, ...]]:
    with stored.unbound() as connection:
        codes, versions = METADATA.tables["code"], METADATA.tables["code_set_version"]
        return {
            (table.name, *map(str, row)) for table in (codes, versions) for row in connection.execute(sa.select(table))
        }
