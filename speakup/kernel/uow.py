"""The unit of work: one transaction, one actor, one moment. Nothing else commits."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from speakup.kernel import clock
from speakup.kernel.actor import Actor, ActorKind
from speakup.kernel.db import begin_next

T = TypeVar("T")

_CHANGE_NOTHING_SHARED = frozenset({ActorKind.VISITOR, ActorKind.REPORTER})


@dataclass(slots=True)
class UnitOfWork:
    """What every operation and query is handed.

    `opened` holds what a package has opened for this request alone (data keys, a verified key log), by package name.
    """

    session: Session
    actor: Actor
    now: datetime
    trust_dir: Path
    """Small files that stand outside the database, so that whoever can write the one cannot contradict the other."""
    writes: bool = True
    """Whether this unit may change anything; a reading one sees one moment throughout."""
    opened: dict[str, Any] = field(default_factory=dict, repr=False)
    asked: dict[str, Any] | None = field(default=None, repr=False)
    """What `once` has found while the unit is `steady`."""
    before_commit: list[Callable[["UnitOfWork"], None]] = field(default_factory=list, repr=False)
    """What a package has gathered during the unit and writes once, last."""

    @property
    def organisation_id(self) -> uuid.UUID:
        """The organisation all of this happens in."""
        return self.actor.organisation_id

    @property
    def today(self) -> date:
        """The day in London."""
        return clock.london_day(self.now)

    def once(self, what: str, read: Callable[[], T]) -> T:
        """Return what `read` finds, asking the database only once where this unit cannot change the answer.

        A reading unit sees one moment throughout. A visitor or a reporter changes nothing that belongs to the whole
        organisation; what their unit does change, it must `forget`. Nor does any unit while it is `steady`.
        """
        kept = self.asked
        if kept is None and self.writes and self.actor.kind not in _CHANGE_NOTHING_SHARED:
            return read()
        if kept is None:
            kept = self.opened
        if what not in kept:
            kept[what] = read()
        found: T = kept[what]
        return found

    @contextmanager
    def steady(self) -> Iterator[None]:
        """Until the block ends nothing that belongs to the whole organisation changes: `once` asks only once.

        For doing the same to many cases in one unit.
        """
        before, self.asked = self.asked, {}
        try:
            yield
        finally:
            self.asked = before

    def forget(self, what: str) -> None:
        """Ask again for what this unit has changed."""
        self.opened.pop(what, None)
        if self.asked is not None:
            self.asked.pop(what, None)

    @property
    def on_postgresql(self) -> bool:
        """Whether the database is PostgreSQL; only locks and row-level security differ."""
        return self.session.get_bind().dialect.name == "postgresql"


class Database:
    """Begins units of work on one engine."""

    def __init__(self, engine: Engine, trust_dir: Path) -> None:
        self.engine = engine
        self.trust_dir = trust_dir

    @contextmanager
    def work(self, actor: Actor, *, writes: bool = True, at: datetime | None = None) -> Iterator[UnitOfWork]:
        """Do one thing as `actor`: commit on a clean exit, roll back on any error.

        `writes=False` lets a page that only reads stand beside a writer on SQLite. `at` dates what is done: for
        bringing in what happened before, never for a page.
        """
        with (
            self.engine.connect() as plain,
            Session(bind=_prepared(plain, writes=writes), expire_on_commit=False) as session,
        ):
            _enter_organisation(session, actor.organisation_id)
            uow = UnitOfWork(session, actor, at or clock.now(), self.trust_dir, writes)
            yield uow
            for finish in uow.before_commit:
                finish(uow)
            session.commit()


def _prepared(connection: Connection, *, writes: bool) -> Connection:
    """A SQLite writer takes its turn at once; a PostgreSQL reader sees one moment: a head must match its records."""
    if connection.dialect.name == "sqlite":
        begin_next(connection, writes=writes)
        return connection
    if writes:
        return connection
    return connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _enter_organisation(session: Session, organisation_id: uuid.UUID) -> None:
    """Tell PostgreSQL's row-level security which organisation this transaction may see."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT set_config('speakup.organisation', :id, true)"), {"id": str(organisation_id)})
