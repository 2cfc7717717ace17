"""Absences from a day to a day, several ahead, with who stands in; what was said until now goes on from today."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op

revision = "0020_absences"
down_revision = "0019_kept_keys"
branch_labels = None
depends_on = None

TABLE = "absence"

OWNED = {TABLE: "UPDATE, DELETE"}

ROLE = "speakup_app"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"

MEMBERSHIPS = sa.table(
    "membership",
    sa.column("organisation_id", sa.Uuid()), sa.column("person_id", sa.Uuid()), sa.column("absent_until", sa.Date()),
    sa.column("absence_asked_by", sa.Uuid()), sa.column("absence_asked_at", sa.DateTime(timezone=True)),
    sa.column("absence_asked_until", sa.Date()),
)  # fmt: skip
ABSENCES = sa.table(
    TABLE,
    sa.column("organisation_id", sa.Uuid()), sa.column("id", sa.Uuid()), sa.column("person_id", sa.Uuid()),
    sa.column("first_on", sa.Date()), sa.column("last_on", sa.Date()), sa.column("agreed", sa.Boolean()),
    sa.column("asked_by", sa.Uuid()), sa.column("asked_at", sa.DateTime(timezone=True)),
    sa.column("end_asked_by", sa.Uuid()), sa.column("end_asked_at", sa.DateTime(timezone=True)),
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("stand_in_id", sa.Uuid(), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_asked_by", sa.Uuid(), nullable=True),
        sa.Column("end_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id_person")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_absence")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_absence_organisation_id_last_on"), TABLE, ["organisation_id", "last_on"])
    with _open("membership"):
        _keep_what_was_said()
    for column in ("absence_asked_until", "absence_asked_at", "absence_asked_by", "absent_until"):
        op.drop_column("membership", column)
    if op.get_bind().dialect.name == "postgresql":
        _protect()


def downgrade() -> None:
    op.add_column("membership", sa.Column("absent_until", sa.Date(), nullable=True))
    op.add_column("membership", sa.Column("absence_asked_by", sa.Uuid(), nullable=True))
    op.add_column("membership", sa.Column("absence_asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("membership", sa.Column("absence_asked_until", sa.Date(), nullable=True))
    with _open("membership", TABLE):
        _say_who_is_away()
    op.drop_index(op.f("ix_absence_organisation_id_last_on"), TABLE)
    op.drop_table(TABLE)


def _keep_what_was_said() -> None:
    """Somebody away stays away until the same day; what an administrator asked for goes on waiting."""
    bind, today = op.get_bind(), _today()
    for row in bind.execute(sa.select(MEMBERSHIPS)).all():
        away = row.absent_until if row.absent_until is not None and row.absent_until >= today else None
        asked = row.absence_asked_until if row.absence_asked_at is not None else None
        if away is not None:
            ends = row.absence_asked_at is not None and (asked is None or asked < today)
            bind.execute(sa.insert(ABSENCES).values(_row(row, today, away, agreed=True, ends=ends)))
        after = today if away is None else date.fromordinal(away.toordinal() + 1)
        if asked is not None and asked >= after:
            bind.execute(sa.insert(ABSENCES).values(_row(row, after, asked, agreed=False, ends=False)))


def _row(row: sa.Row[tuple[object, ...]], first: date, last: date, *, agreed: bool, ends: bool) -> dict[str, object]:
    asked = {"asked_by": row.absence_asked_by, "asked_at": row.absence_asked_at}
    end = {"end_asked_by": row.absence_asked_by, "end_asked_at": row.absence_asked_at}
    return {
        "organisation_id": row.organisation_id, "id": uuid.uuid4(), "person_id": row.person_id, "first_on": first,
        "last_on": last, "agreed": agreed, **({} if agreed else asked), **(end if ends else {}),
    }  # fmt: skip


def _say_who_is_away() -> None:
    bind, today = op.get_bind(), _today()
    now = sa.select(ABSENCES).where(ABSENCES.c.agreed, ABSENCES.c.first_on <= today, ABSENCES.c.last_on >= today)
    for row in bind.execute(now).all():
        mine = (MEMBERSHIPS.c.organisation_id == row.organisation_id, MEMBERSHIPS.c.person_id == row.person_id)
        bind.execute(sa.update(MEMBERSHIPS).where(*mine).values(absent_until=row.last_on))


def _today() -> date:
    return datetime.now(UTC).date()


@contextmanager
def _open(*tables: str) -> Iterator[None]:
    """Let the owner see the rows of every organisation for as long as this lasts."""
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in tables if on_postgresql else ():
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    for table in tables if on_postgresql else ():
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _protect() -> None:
    """Let the application keep the absences of one organisation at a time."""
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY one_organisation ON {TABLE} USING (organisation_id = {HERE})")
    found = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    if found is not None:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO {ROLE}")
