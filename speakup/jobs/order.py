"""Removing from the database the order in which things arrived.

Reporters write these tables, and the product keeps only the day they wrote. But a database file also shows what lay
next to what, and PostgreSQL marks each row with the number of the transaction that wrote it (`xmin`) and its place
(`ctid`), and each long value with a number that counts up. So at night every row of these tables is written anew, in
the order of its random key, by one transaction; then the tables are rewritten without what was there before.
"""

import sqlite3
import time
import uuid
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import OperationalError

TOUCHED = (
    "audit_pending",
    "case",
    "case_clock",
    "case_element",
    "characteristic_answer",
    "compartment",
    "draft",
    "fact",
    "fact_closing",
    "fact_group",
    "fact_theme",
    "feedback",
    "grant_to",
    "key_record",
    "outbox",
    "parked_draft",
    "reporter",
    "reporter_session",
    "sealed_record",
    "stored_blob",
)
"""Every table in which a reporter's act writes a row, and those of facts, which stand beside such rows and must not be
known by their neighbours. Parents stand before what refers to them."""

UNTOUCHED = frozenset({
    "absence", "audit_entry", "audit_head", "board_question", "calendar_address", "chart_decision", "clock_change",
    "code", "code_set_version", "context_figure", "diary_entry", "directorate", "grouping", "hand_over_request",
    "headcount", "host_name", "invitation", "key_log_entry", "key_pair", "learning_action", "learning_asked",
    "learning_cycle", "learning_event", "learning_file", "learning_follow_up", "learning_measure", "learning_partner",
    "learning_resource", "learning_statement", "learning_value", "ledger_release", "membership", "national_return",
    "organisation", "person", "publication", "published_pack", "quarter", "receipt_generation", "referral",
    "return_submission", "return_wording", "returned_line", "routing_draft", "routing_proposal", "second_factor",
    "published_to", "received_from", "received_year", "seen_state", "site", "staff_session", "threshold_decision",
    "undertaking",
})  # fmt: skip
"""Every other table. Staff and the program write them, at times that are recorded anyway."""

TRIES = 60
_LOCK_WITHIN = "700ms"
"""Less than PostgreSQL's deadlock_timeout (1 s): where we and a page wait for each other, we give way."""
_NOT_NOW = {"55P03", "40P01"}
"""PostgreSQL's codes for a lock not to be had and for a deadlock."""


class NotRemovedError(Exception):
    """The tables were in use all the time. Nothing was changed that matters; the next try may find them free."""


def remove_order(engine: Engine, organisation_ids: Sequence[uuid.UUID]) -> None:
    """Remove it, as the role that owns the tables. Pages go on being served; writing waits for moments."""
    if engine.dialect.name == "sqlite":
        _patiently(lambda: _rewrite_file(engine))
        return
    for organisation_id in organisation_ids:
        _patiently(lambda: _write_rows_anew(engine, organisation_id))  # noqa: B023 -- called before the next turn
    for table in TOUCHED:
        _patiently(lambda: _rewrite_table(engine, table))  # noqa: B023 -- called before the next turn


def _rewrite_file(engine: Engine) -> None:
    """Write the file anew: VACUUM lays rows without a rowid out by their keys. Then empty the write-ahead log."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        busy, _, _ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise NotRemovedError
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        raise NotRemovedError from error
    finally:
        connection.close()


def _write_rows_anew(engine: Engine, organisation_id: uuid.UUID) -> None:
    """Take every row of one organisation out and put it back by key, in one transaction.

    Readers go on seeing the rows: unlike TRUNCATE, deleting leaves them to whoever began before. What row-level
    security hides from this role stays where it is, so nothing can be lost.
    """
    with engine.begin() as connection:
        _begin_with(connection, organisation_id)
        connection.execute(text(f"LOCK TABLE {', '.join(map(_quoted, TOUCHED))} IN EXCLUSIVE MODE"))
        for table in TOUCHED:
            connection.execute(text(_anew(connection, table)), {"organisation": organisation_id})


def _begin_with(connection: Connection, organisation_id: uuid.UUID) -> None:
    connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_WITHIN}'"))
    connection.execute(text("SELECT set_config('speakup.organisation', :id, true)"), {"id": str(organisation_id)})


def _anew(connection: Connection, table: str) -> str:
    # The table's name is one of TOUCHED and its columns are the database's own words.
    return (
        f"WITH gone AS (DELETE FROM {_quoted(table)} WHERE organisation_id = :organisation RETURNING *) "  # noqa: S608
        f"INSERT INTO {_quoted(table)} SELECT * FROM gone ORDER BY {', '.join(map(_quoted, _key(connection, table)))}"
    )


def _rewrite_table(engine: Engine, table: str) -> None:
    """Write the table's file anew by its key, without the rows that were taken out. It is closed for that moment."""
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        name = inspect(connection).get_pk_constraint(table)["name"]
        connection.execute(text(f"CLUSTER {_quoted(table)} USING {_quoted(str(name))}"))


def _key(connection: Connection, table: str) -> Iterable[str]:
    return inspect(connection).get_pk_constraint(table)["constrained_columns"]


def _quoted(name: str) -> str:
    return f'"{name}"'


def _patiently(attempt: Callable[[], None]) -> None:
    """Try again while somebody else holds what is needed, for a few minutes at most."""
    for wait in [min(0.1 * 2**each, 5.0) for each in range(TRIES)]:
        try:
            return attempt()
        except NotRemovedError:
            pass
        except OperationalError as error:
            if not _is_passing(error):
                raise
        time.sleep(wait)
    raise NotRemovedError


def _is_passing(error: OperationalError) -> bool:
    return getattr(error.orig, "sqlstate", None) in _NOT_NOW
