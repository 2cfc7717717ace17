"""Tables, types and connections for SQLite and PostgreSQL alike."""

import math
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar, cast

from sqlalchemy import (
    JSON,
    Date,
    DateTime,
    Dialect,
    Engine,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    create_engine,
    event,
)
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator

from speakup.kernel.errors import IntegrityFault

_BEGIN = "begin"
"""Where a SQLite connection keeps how it begins next; writers say so at once and never meet in the middle."""

_ID_LENGTH = 16

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC on both databases; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("naive datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


E = TypeVar("E", bound=StrEnum)

_LONGEST_WORD = 40


class Choice(TypeDecorator[E], Generic[E]):
    """A state kept as its word, so that adding one needs no change of type in the database.

    A word that is none of them was not written by this program, and reading it is an `IntegrityFault`.
    """

    impl = String(_LONGEST_WORD)
    cache_ok = True

    def __init__(self, enumeration: type[E]) -> None:
        super().__init__()
        longest = max((each.value for each in enumeration), key=len, default="")
        if len(longest) > _LONGEST_WORD:
            # SQLite would take it, and PostgreSQL refuse it on the day somebody first does what it says.
            raise ValueError(f"{longest!r} is longer than {_LONGEST_WORD} letters")
        self.enumeration = enumeration
        self._by_word: dict[str | None, E | None] = {None: None, **{each.value: each for each in enumeration}}

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        return None if value is None else self.enumeration(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        return self._read(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], E | None]:
        """Read with one function instead of three: a case's history holds four hundred such words."""
        return self._read

    def _read(self, value: str | None) -> E | None:
        try:
            return self._by_word[value]
        except KeyError as unknown:
            raise IntegrityFault(None, self.enumeration.__name__) from unknown


class Id(Uuid[uuid.UUID]):
    """A `uuid.UUID`, read from its 32 digits in a tenth of the time: one page of a worklist reads five hundred."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """Read digits where the database keeps digits; PostgreSQL's driver gives the ids themselves."""
        return None if dialect.supports_native_uuid else _id_or_none


def _id_or_none(digits: str | None) -> uuid.UUID | None:
    return None if digits is None else id_from_digits(digits)


def id_from_digits(digits: str) -> uuid.UUID:
    """Fill in what `uuid.UUID` would, without asking which of its six forms this is; `ValueError` for no id."""
    raw = bytes.fromhex(digits)
    if len(raw) != _ID_LENGTH:
        raise ValueError("no id")
    made = _new_id(uuid.UUID)
    _set_number(made, _number(raw))
    _set_safety(made, _UNKNOWN)
    return made


# The members that every id has, found once.
_new_id, _number, _UNKNOWN = object.__new__, int.from_bytes, uuid.SafeUUID.unknown
_set_number, _set_safety = (uuid.UUID.__dict__[name].__set__ for name in ("int", "is_safe"))


class Base(DeclarativeBase):
    """The one registry of tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        uuid.UUID: Id(),
        datetime: Moment(),
        date: Date(),
        bytes: LargeBinary(),
        str: Text(),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
    }
    # Without a rowid, rows lie in the order of their random keys, and the nightly VACUUM leaves no trace of arrival.
    __table_args__: Any = {"sqlite_with_rowid": False}  # noqa: RUF012 -- SQLAlchemy declares it as no class variable


def table_args(*constraints: SchemaItem) -> tuple[Any, ...]:
    """Add constraints to a table without losing what every table has."""
    return (*constraints, Base.__table_args__)


def table_of(model: type[Base]) -> Table:
    """The table behind a model, for statements that change rows without making objects of them."""
    return cast("Table", model.__table__)


class Owned:
    """A table whose rows belong to one organisation: its id stands first in the key."""

    organisation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, sort_order=-20)


class OwnedById(Owned):
    """The usual case: organisation, then a random id."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, sort_order=-10)


def owned_tables(metadata: MetaData) -> Sequence[str]:
    """Name every table that belongs to an organisation, and so stands under row-level security."""
    return sorted(
        t.name for t in metadata.tables.values() if t.info.get("owned", "organisation_id" in t.primary_key.columns)
    )


def make_engine(url: str, *, echo: bool = False) -> Engine:
    """Open a database; SQLite gets write-ahead logging, wiping of what is deleted, and foreign keys."""
    engine = create_engine(url, echo=echo, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        # In place of the dialect's own, which does nothing here; the library's event would slow down every statement.
        engine.dialect.do_begin = _begin_sqlite  # type: ignore[assignment]
    else:
        event.listen(engine, "checkin", _note_when)
        event.listen(engine, "checkout", partial(_ask_whether_it_lives, engine.dialect))
    return engine


def _note_when(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info[_LAST_USED] = time.monotonic()


def _ask_whether_it_lives(
    dialect: Dialect, connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection
) -> None:
    """Have the pool take another connection where the server has gone away since this one was used.

    The library's own `pool_pre_ping` asks before each unit of work, and a page has four: a third of what one takes.
    """
    if time.monotonic() - record.info.get(_LAST_USED, math.inf) < _SURELY_LIVES:
        return
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as gone:
        raise DisconnectionError from gone


_LAST_USED = "last used"
_SURELY_LIVES = 1.0
"""Seconds since a connection was used for which nobody asks."""


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions of its own: `_begin_sqlite` does, and says how.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "temp_store=MEMORY",
        # KiB: a thousand cases' rows and keys. With the usual 2 MB each list would push out what the next one needs.
        "cache_size=-16384",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@contextmanager
def mapped(connection: Connection) -> Iterator[None]:
    """Read a SQLite file through the system's own pages until the block ends, which spares copying each of them.

    For what goes through whole tables, and has fetched everything it asked for before the block ends. While it lasts
    the pages count as this process's, though they are the system's to take back. Elsewhere nothing happens.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    connection.exec_driver_sql(f"PRAGMA mmap_size={_MAPPED}")
    try:
        yield
    finally:
        connection.exec_driver_sql("PRAGMA mmap_size=0")


_MAPPED = 0x7FFF0000
"""Bytes: as many as SQLite maps at most. Of a larger file the rest is read as ever."""


def begin_next(connection: Connection, *, writes: bool) -> None:
    """Say how the next transaction of a SQLite connection begins: a writer takes its turn at once."""
    connection.connection.info[_BEGIN] = "BEGIN IMMEDIATE" if writes else "BEGIN"


def _begin_sqlite(connection: PoolProxiedConnection) -> None:
    driver: Any = connection.driver_connection
    driver.execute(connection.info.pop(_BEGIN, "BEGIN IMMEDIATE"))
