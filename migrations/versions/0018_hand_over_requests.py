"""That the lead guardian asks for cases to be handed over: ids and days."""

import sqlalchemy as sa
from alembic import op

revision = "0018_hand_over_requests"
down_revision = "0017_undertakings"
branch_labels = None
depends_on = None

TABLE = "hand_over_request"

# What the application may do with the new table beside reading and adding.
OWNED = {TABLE: "UPDATE"}

ROLE = "speakup_app"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"


def upgrade() -> None:
    people = ("asked_id", "to_id", "by_id")
    op.create_table(
        TABLE,
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in people),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("done", sa.Boolean(), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_hand_over_request_{name}_person"))
            for name in people
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_hand_over_request")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_hand_over_request_organisation_id_asked_id"), TABLE, ["organisation_id", "asked_id"], unique=False
    )
    if op.get_bind().dialect.name == "postgresql":
        _protect()


def downgrade() -> None:
    op.drop_index(op.f("ix_hand_over_request_organisation_id_asked_id"), table_name=TABLE)
    op.drop_table(TABLE)


def _protect() -> None:
    """Let the application see one organisation's requests at a time."""
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY one_organisation ON {TABLE} USING (organisation_id = {HERE})")
    found = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    if found is not None:
        op.execute(f"GRANT SELECT, INSERT, {OWNED[TABLE]} ON {TABLE} TO {ROLE}")
