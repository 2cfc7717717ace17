"""Clocks of cases, how long an organisation lets them run, pauses, reminders and calendar addresses."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import holidays
import sqlalchemy as sa
from alembic import op

revision = "0008_clocks"
down_revision = "0007_what_was_told"
branch_labels = None
depends_on = None

ROLE = "speakup_app"
POLICY = "one_organisation"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"
# Tables of this migration, and what the application may do there beside reading and adding.
OWNED = {"case_clock": "UPDATE, DELETE", "clock_change": "", "calendar_address": "UPDATE, DELETE"}
CASE_COLUMNS = ("due_for", "paused_on", "pause_reason")
SETTLED = {"conversation_days": "5", "update_days": "20", "review_days": "60"}

CASES = sa.table(
    "case",
    sa.column("organisation_id", sa.Uuid()), sa.column("id", sa.Uuid()), sa.column("state", sa.String()),
    sa.column("raised_on", sa.Date()), sa.column("due_on", sa.Date()), sa.column("told_times", sa.Integer()),
    sa.column("due_for", sa.String()),
)  # fmt: skip
ORGANISATIONS = sa.table("organisation", sa.column("id", sa.Uuid()), sa.column("country", sa.String()))
CLOCKS = sa.table(
    "case_clock",
    sa.column("organisation_id", sa.Uuid()), sa.column("id", sa.Uuid()), sa.column("case_id", sa.Uuid()),
    sa.column("kind", sa.String()), sa.column("about_id", sa.Uuid()), sa.column("started_on", sa.Date()),
    sa.column("days", sa.Integer()), sa.column("due_on", sa.Date()), sa.column("days_left", sa.Integer()),
    sa.column("stopped_on", sa.Date()),
)  # fmt: skip


def upgrade() -> None:
    for column in ("due_for", "pause_reason"):
        op.add_column("case", sa.Column(column, sa.String(40), nullable=True))
    op.add_column("case", sa.Column("paused_on", sa.Date(), nullable=True))
    for column, days in SETTLED.items():
        op.add_column("organisation", sa.Column(column, sa.Integer(), nullable=False, server_default=days))
    op.add_column("membership", sa.Column("reminders", sa.Boolean(), nullable=False, server_default=sa.true()))
    _create_case_clock()
    _create_clock_change()
    _create_calendar_address()
    with _every_row("case"):
        _give_clocks()
    if op.get_bind().dialect.name == "postgresql":
        _guard()


def downgrade() -> None:
    for table in OWNED:
        op.drop_table(table)
    op.drop_column("membership", "reminders")
    for column in SETTLED:
        op.drop_column("organisation", column)
    for column in CASE_COLUMNS:
        op.drop_column("case", column)


def _create_case_clock() -> None:
    op.create_table(
        "case_clock",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("days_left", sa.Integer(), nullable=True),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_case_clock")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "case_id"],
            ["case.organisation_id", "case.id"],
            name=op.f("fk_case_clock_organisation_id_case_id_case"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_case_clock_organisation_id_case_id"), "case_clock", ["organisation_id", "case_id"])


def _create_clock_change() -> None:
    op.create_table(
        "clock_change",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("acknowledge_days", sa.Integer(), nullable=False),
        sa.Column("conversation_days", sa.Integer(), nullable=False),
        sa.Column("update_days", sa.Integer(), nullable=False),
        sa.Column("review_days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_clock_change")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_clock_change_organisation_id_changed_at"), "clock_change", ["organisation_id", "changed_at"]
    )


def _create_calendar_address() -> None:
    op.create_table(
        "calendar_address",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "person_id", name=op.f("pk_calendar_address")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_address_person_id_person")),
        sa.UniqueConstraint(
            "organisation_id", "secret_hash", name=op.f("uq_calendar_address_organisation_id_secret_hash")
        ),
        sqlite_with_rowid=False,
    )


@contextmanager
def _every_row(table: str) -> Iterator[None]:
    """Let the owner reach every organisation's rows: on PostgreSQL not even the owner sees one without being asked."""
    forced = op.get_bind().dialect.name == "postgresql"
    if forced:
        op.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
    yield
    if forced:
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')


def _guard() -> None:
    role = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    for table, more in OWNED.items():
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY {POLICY} ON "{table}" USING (organisation_id = {HERE})')
        if role is not None:
            rights = ", ".join(filter(None, ("SELECT", "INSERT", more)))
            op.execute(f'GRANT {rights} ON "{table}" TO {ROLE}')


def _give_clocks() -> None:
    """Let the one clock that an open case had run on as what it was, and begin the others today: nothing is late anew.

    Whether somebody has been spoken with is not known of older cases. Where the person has written more than once the
    clock is not begun.
    """
    bind = op.get_bind()
    countries = {row.id: row.country for row in bind.execute(sa.select(ORGANISATIONS))}
    today = datetime.now(UTC).date()
    rows = []
    for case in bind.execute(sa.select(CASES).where(CASES.c.state != "closed")).all():
        country = str(countries[case.organisation_id])
        given = dict(_clocks_of(case, country, today))
        first = min(given, key=lambda kind: given[kind][2])
        due = {"due_on": given[first][2], "due_for": first}
        mine = (CASES.c.organisation_id == case.organisation_id) & (CASES.c.id == case.id)
        bind.execute(sa.update(CASES).where(mine).values(due))
        rows += [_row(case, kind, *clock) for kind, clock in given.items()]
    if rows:
        op.bulk_insert(CLOCKS, rows)


def _clocks_of(
    case: sa.Row[tuple[object, ...]], country: str, today: date
) -> Iterator[tuple[str, tuple[date, int, date]]]:
    """Give kind, and from when, how many working days and until when it runs."""
    if case.state in {"new", "reopened"}:
        yield "acknowledge", (case.raised_on, 2, case.due_on or _after(today, 2, country))
    else:
        yield "update", (today, 20, case.due_on or _after(today, 20, country))
    if case.state == "new" or (case.state == "acknowledged" and case.told_times < 2):  # noqa: PLR2004 -- once, when it was raised
        yield "first conversation", (today, 5, _after(today, 5, country))
    yield "review", (today, 60, _after(today, 60, country))


def _row(case: sa.Row[tuple[object, ...]], kind: str, started: date, days: int, due: date) -> dict[str, object]:
    return {
        "organisation_id": case.organisation_id, "id": uuid.uuid4(), "case_id": case.id, "kind": kind,
        "about_id": None, "started_on": started, "days": days, "due_on": due, "days_left": None, "stopped_on": None,
    }  # fmt: skip


def _after(start: date, days: int, country: str) -> date:
    """The day so many working days on, as the clocks counted when this was written."""
    closed, day = holidays.country_holidays("GB", subdiv=country), start
    for _ in range(days):
        day += timedelta(days=1)
        while day.weekday() >= 5 or day in closed:  # noqa: PLR2004 -- Saturday is 5
            day += timedelta(days=1)
    return day
