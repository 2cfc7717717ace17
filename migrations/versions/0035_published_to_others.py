"""Whom an organisation publishes to and receives from, copies of the years that came, and what sort each is."""

import sqlalchemy as sa
from alembic import op

revision = "0035_published_to_others"
down_revision = "0034_answers_read"
branch_labels = None
depends_on = None

# What the application may do with the new tables beside reading and adding. What came is never changed.
OWNED = {"published_to": "DELETE", "received_from": "DELETE", "received_year": ""}

ROLE = "speakup_app"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"


def upgrade() -> None:
    op.add_column("organisation", sa.Column("nature", sa.String(length=40), nullable=True))
    _create_agreed("published_to", "receiver_id")
    _create_agreed("received_from", "provider_id")
    _create_received_year()
    if op.get_bind().dialect.name == "postgresql":
        for table in OWNED:
            _protect(table)


def downgrade() -> None:
    for table in ("received_year", "received_from", "published_to"):
        op.drop_table(table)
    op.drop_column("organisation", "nature")


def _create_agreed(table: str, other: str) -> None:
    op.create_table(
        table,
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column(other, sa.Uuid(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("agreed_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint([other], ["organisation.id"], name=op.f(f"fk_{table}_{other}_organisation")),
        sa.ForeignKeyConstraint(["agreed_by"], ["person.id"], name=op.f(f"fk_{table}_agreed_by_person")),
        sa.PrimaryKeyConstraint("organisation_id", other, name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )


def _create_received_year() -> None:
    op.create_table(
        "received_year",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("organisation_id", "id", "provider_id")),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("year", sa.String(length=10), nullable=False),
        sa.Column("nature", sa.String(length=40), nullable=True),
        sa.Column("staff", sa.Integer(), nullable=True),
        sa.Column("staff_on", sa.Date(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("pack", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["organisation.id"], name=op.f("fk_received_year_provider_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_received_year")),
        sa.UniqueConstraint(
            "organisation_id", "provider_id", "number", name=op.f("uq_received_year_organisation_id_provider_id_number")
        ),
        sqlite_with_rowid=False,
    )


def _protect(table: str) -> None:
    """Let the application see one organisation's rows at a time."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY one_organisation ON {table} USING (organisation_id = {HERE})")
    found = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    if found is not None:
        rights = ", ".join(each for each in ("SELECT", "INSERT", OWNED[table]) if each)
        op.execute(f"GRANT {rights} ON {table} TO {ROLE}")
