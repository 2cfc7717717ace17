"""What every command begins with: the settings, the database behind them, and the organisation that was named."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from config import Settings
from speakup import organisations, tables
from speakup.cli import migrate
from speakup.cli.reading import settings
from speakup.kernel.actor import system
from speakup.kernel.db import make_engine
from speakup.kernel.uow import Database

REGISTRY = tables.METADATA
"""Named so that every table is known before the first query: rows refer to tables of other packages by name."""


@dataclass(frozen=True, slots=True)
class Installation:
    """The settings and the open database."""

    settings: Settings
    database: Database

    def organisations(self) -> list[uuid.UUID]:
        """List every organisation served here."""
        with self.database.engine.connect() as connection, Session(connection) as session:
            return organisations.every_id(session)

    def organisation_named(self, word: str) -> uuid.UUID:
        """Find the organisation by its host name, its name or its id; a sentence for any other word."""
        with self.database.engine.connect() as connection, Session(connection) as session:
            found = organisations.id_for_host(session, word)
        known = {}
        for each in self.organisations():
            with self.database.work(system(each), writes=False) as uow:
                known[each] = organisations.here(uow).name
            if word.casefold() in {known[each].casefold(), str(each)}:
                found = each
        if found is None:
            names = ", ".join(sorted(known.values())) or "none yet; `speakup init` makes the first"
            raise click.ClickException(f"No organisation is called {word}. There are: {names}.")
        return found


@contextmanager
def opened() -> Iterator[Installation]:
    """Open the installation, whose database has to be at this version's migrations."""
    chosen = settings()
    engine: Engine = make_engine(chosen.database_url)
    try:
        _require_newest(engine)
        yield Installation(chosen, Database(engine, chosen.trust_dir))
    finally:
        engine.dispose()


def _require_newest(engine: Engine) -> None:
    try:
        here = migrate.standing(engine)
    except OperationalError as error:
        place = engine.url.render_as_string(hide_password=True)
        raise click.ClickException(
            f"The database {place} cannot be opened. Check SPEAKUP_DATABASE_URL, or start `speakup migrate` to make it."
        ) from error
    except ProgrammingError as error:
        raise click.ClickException(
            "The database is there, and this role has no right to see its version. Start `speakup migrate` first."
        ) from error
    if here != migrate.newest():
        raise click.ClickException("The database is not at this version. Start `speakup migrate` first.")
