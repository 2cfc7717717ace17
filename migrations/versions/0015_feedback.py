"""Who was asked whether they would speak up again, and what was answered, by quarter."""

import sqlalchemy as sa
from alembic import op

revision = "0015_feedback"
down_revision = "0014_former_keys"
branch_labels = None
depends_on = None

TABLE = "feedback"

# An answer may be changed by whoever gave it.
OWNED = {TABLE: "UPDATE"}

ROLE = "speakup_app"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("counted", sa.String(length=40), nullable=False),
        sa.Column("again", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_feedback")),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        _protect()


def downgrade() -> None:
    op.drop_table(TABLE)


def _protect() -> None:
    """Let the application count for one organisation at a time."""
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY one_organisation ON {TABLE} USING (organisation_id = {HERE})")
    found = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    if found is not None:
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {TABLE} TO {ROLE}")
