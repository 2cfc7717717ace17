"""`speakup migrate`: bring the databases to this version."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from config import Settings

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def newest() -> str:
    """Name the newest migration; a migration's file name is its revision, and begins with its number."""
    return max(path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def standing(engine: "Engine") -> str | None:
    """Name the migration a database stands at; None for an empty one."""
    from sqlalchemy import inspect, text

    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def to_newest(url: str) -> None:
    """Run what is missing, in one transaction, as the role that owns the tables."""
    from alembic import command
    from alembic.config import Config

    from speakup.kernel.db import make_engine

    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            chosen = Config()
            chosen.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            chosen.attributes["connection"] = connection
            command.upgrade(chosen, "head")
    finally:
        engine.dispose()


def make_folders(chosen: "Settings") -> None:
    """Make the folders that state is kept in, for their owner alone."""
    files = [
        Path(url.removeprefix("sqlite:///"))
        for url in (chosen.database_url, chosen.jobs_database_url)
        if url.startswith("sqlite:///")
    ]
    for folder in (chosen.data_dir, chosen.trust_dir, *(file.parent for file in files)):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)


@click.command()
def migrate() -> None:
    """Bring the databases to this version. Nothing is lost; starting it again changes nothing."""
    from speakup.cli.reading import settings

    chosen = settings()
    make_folders(chosen)
    if _file_stands_at(chosen.owner_database_url) == newest():
        click.echo("The database is at this version already.")
        return
    to_newest(chosen.owner_database_url)
    click.echo(f"The database is at {newest()}. Next: `speakup init` for a new installation, then `speakup serve`.")


def _file_stands_at(url: str) -> str | None:
    """Answer for a SQLite file without loading what a migration needs: most starts find nothing to do."""
    path = Path(url.removeprefix("sqlite:///"))
    if not url.startswith("sqlite:///") or not path.exists():
        return None
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            row = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        return None
    return str(row[0]) if row else None
