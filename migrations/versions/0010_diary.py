"""The guardians' diary: visits, training and hours, without a word that could name anybody."""

import sqlalchemy as sa
from alembic import op

revision = "0010_diary"
down_revision = "0009_lists"
branch_labels = None
depends_on = None

# What the application may do with the new table beside reading and adding.
OWNED = {"diary_entry": "UPDATE, DELETE"}

ROLE = "speakup_app"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        "diary_entry",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("quarters", sa.Integer(), nullable=False),
        sa.Column("directorate_id", sa.Uuid(), nullable=True),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "directorate_id"],
            ["directorate.organisation_id", "directorate.id"],
            name=op.f("fk_diary_entry_organisation_id_directorate_id_directorate"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "site_id"],
            ["site.organisation_id", "site.id"],
            name=op.f("fk_diary_entry_organisation_id_site_id_site"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_diary_entry_person_id_person")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_diary_entry")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_diary_entry_organisation_id_day"), "diary_entry", ["organisation_id", "day"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        _protect()


def downgrade() -> None:
    op.drop_index(op.f("ix_diary_entry_organisation_id_day"), table_name="diary_entry")
    op.drop_table("diary_entry")


def _protect() -> None:
    """Let the application see one organisation's entries at a time."""
    op.execute("ALTER TABLE diary_entry ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY one_organisation ON diary_entry USING (organisation_id = {HERE})")
    found = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    if found is not None:
        op.execute(f"GRANT SELECT, INSERT, {OWNED['diary_entry']} ON diary_entry TO {ROLE}")
