"""Runs migrations on the database that `SPEAKUP_DATABASE_URL`, or the caller's `url` attribute, names."""

import os
from typing import Literal

from alembic import context
from sqlalchemy import Connection

from speakup.kernel.db import Choice, Moment, make_engine
from speakup.tables import METADATA


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our own column types as the plain ones they are kept in, so that an old migration needs no new code."""
    if kind == "type" and isinstance(item, Choice):
        return "sa.String(length=40)"
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: Connection) -> None:
    """Run on one connection, in one transaction."""
    # SQLite changes a table by copying it; the copy must not trip over its own foreign keys.
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
        compare_type=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    url = context.config.get_main_option("sqlalchemy.url") or os.environ["SPEAKUP_DATABASE_URL"]
    engine = make_engine(url)
    with engine.connect() as opened:
        run(opened)
        opened.commit()
    engine.dispose()
