"""What one person has under way with many cases at once: bringing a log in, answering who asks what is held."""

import sqlalchemy as sa
from alembic import op

revision = "0017_undertakings"
down_revision = "0016_routing_drafts"
branch_labels = None
depends_on = None

# What the application may do with the new table beside reading and adding.
OWNED = {"undertaking": "UPDATE, DELETE"}

ROLE = "speakup_app"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "undertaking",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_bulk", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_undertaking_person_id_person")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_undertaking")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_undertaking_organisation_id_person_id"), "undertaking", ["organisation_id", "person_id"], unique=False
    )
    if op.get_bind().dialect.name == "postgresql":
        _protect()


def downgrade() -> None:
    op.drop_index(op.f("ix_undertaking_organisation_id_person_id"), table_name="undertaking")
    op.drop_table("undertaking")


def _protect() -> None:
    """Let the application see one organisation's at a time."""
    op.execute("ALTER TABLE undertaking ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY one_organisation ON undertaking USING (organisation_id = {HERE})")
    found = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    if found is not None:
        op.execute(f"GRANT SELECT, INSERT, {OWNED['undertaking']} ON undertaking TO {ROLE}")
