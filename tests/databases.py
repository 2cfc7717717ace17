"""Databases for tests: one migrated template of each kind, copied for every test that asks.

On PostgreSQL the migrations run as an owner and the application connects as `speakup_app`, which owns nothing and
stands under row-level security, as in production.
"""

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.pool import NullPool

from speakup.kernel.db import make_engine
from speakup.kernel.uow import Database
from speakup.tables import METADATA

ROOT = Path(__file__).parents[1]
OWNER, APPLICATION = "speakup_owner", "speakup_app"

Making = Callable[[str], Engine]
_make_plain = partial(sa.create_engine, poolclass=NullPool)
_idle: defaultdict[tuple[Making, str], list[Engine]] = defaultdict(list)
"""Engines that no test uses at present. One that is used again knows the SQL of what it was asked before, which is a
tenth of what a test costs.
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """One database: as the application opens it, and as somebody opens it who may write anything."""

    kind: str
    url: str
    unbound_url: str
    trust_dir: Path
    file: Path | None = None

    @contextmanager
    def open(self) -> Iterator[Database]:
        """Give the application's database, closed at the end."""
        with _standing_on(self.url, make_engine) as engine:
            yield Database(engine, self.trust_dir)

    @contextmanager
    def unbound(self) -> Iterator[sa.Connection]:
        """Give a thief's connection: no row-level security, no foreign keys, no triggers; committed at the end."""
        with _standing_on(self.unbound_url, _make_plain) as engine, engine.begin() as connection:
            if self.kind == "sqlite":
                triggers = connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
                for name in triggers:
                    connection.exec_driver_sql(f"DROP TRIGGER {name}")
            else:
                connection.exec_driver_sql("SET session_replication_role = replica")
            yield connection


@contextmanager
def _standing_on(url: str, making: Making) -> Iterator[Engine]:
    """Give an engine that connects to this database and has no connection to any other; closed at the end.

    What a test listens to on it is heard no longer once it is given back.
    """
    address = make_url(url)
    idle = _idle[making, address.get_backend_name()]
    engine = idle.pop() if idle else _that_can_be_turned(making(url))
    engine.url = address
    try:
        yield engine.execution_options()
    finally:
        engine.dispose()
        idle.append(engine)


def _that_can_be_turned(engine: Engine) -> Engine:
    """Let it connect to whatever its address says when it connects."""

    def aim(dialect: sa.Dialect, _: object, given: list[Any], named: dict[str, Any]) -> None:
        given[:], found = dialect.create_connect_args(engine.url)
        named.clear()
        named.update(found)

    sa.event.listen(engine, "do_connect", aim)
    return engine


def migrate(url: str, revision: str = "head") -> None:
    """Bring a database to a revision, up or down."""
    engine = make_engine(url)
    with engine.connect() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        here = connection.dialect.has_table(connection, "alembic_version") and connection.scalar(
            sa.text("SELECT version_num FROM alembic_version")
        )
        connection.rollback()
        down = revision == "base" or (here and here > revision != "head")
        (command.downgrade if down else command.upgrade)(config, revision)
        connection.commit()
    engine.dispose()


def alembic_config() -> Config:
    """Name the migrations; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return config


def copy_sqlite(template: Path, into: Path) -> None:
    """Copy a closed SQLite database."""
    shutil.copyfile(template, into)


def make_roles(superuser_url: str) -> None:
    """Make the two roles of an installation, unless they are there."""
    with _administering(superuser_url) as connection:
        for role in (OWNER, APPLICATION):
            if connection.scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}) is None:
                connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS")


def create_postgresql(superuser_url: str, name: str, template: str | None = None) -> None:
    """Make a database, empty or as a copy of another."""
    copied = f" TEMPLATE {template} STRATEGY FILE_COPY" if template else ""
    with _administering(superuser_url) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} OWNER {OWNER}{copied}")


def drop_postgresql(superuser_url: str, name: str) -> None:
    """Delete a database, whoever is still connected."""
    with _administering(superuser_url) as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def has_postgresql(superuser_url: str, name: str) -> bool:
    """Say whether there is a database of that name."""
    with _administering(superuser_url) as connection:
        return connection.scalar(sa.text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}) is not None


def address(superuser_url: str, name: str, role: str | None = None) -> str:
    """Return the address of a database for a role (the superuser unless one is named)."""
    url: URL = make_url(superuser_url).set(database=name)
    return (url if role is None else url.set(username=role, password=None)).render_as_string(hide_password=False)


def copy_rows(from_url: str, to_url: str) -> None:
    """Copy every row of one database into another, which is migrated and empty."""
    source, target = make_engine(from_url), make_engine(to_url)
    with source.connect() as reading, target.begin() as writing:
        for table in METADATA.sorted_tables:
            rows = [dict(row) for row in reading.execute(sa.select(table)).mappings()]
            if rows:
                writing.execute(sa.insert(table), rows)
    source.dispose()
    target.dispose()


@contextmanager
def _administering(superuser_url: str) -> Iterator[sa.Connection]:
    with _administrator(superuser_url).connect() as connection:
        yield connection


@cache
def _administrator(superuser_url: str) -> Engine:
    return sa.create_engine(superuser_url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
