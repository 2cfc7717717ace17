"""Recorded decisions that charts begin anew with a quarter."""

import sqlalchemy as sa
from alembic import op

revision = "0037_chart_decisions"
down_revision = "0036_staff_by_one"
branch_labels = None
depends_on = None

# What the application may do with the new table beside reading and adding: nothing. A decision is never changed.
OWNED = {"chart_decision": ""}

ROLE = "speakup_app"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "chart_decision",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.String(length=10), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_chart_decision_recorded_by_person")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_chart_decision")),
        sa.UniqueConstraint("organisation_id", "quarter", name=op.f("uq_chart_decision_organisation_id_quarter")),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in OWNED:
            _protect(table)


def downgrade() -> None:
    op.drop_table("chart_decision")


def _protect(table: str) -> None:
    """Let the application see one organisation's rows at a time."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY one_organisation ON {table} USING (organisation_id = {HERE})")
    found = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    if found is not None:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {ROLE}")
