"""The national return: what is written beside its figures, what was signed off, what its lines are called."""

import sqlalchemy as sa
from alembic import op

revision = "0030_returns"
down_revision = "0029_facts"
branch_labels = None
depends_on = None

# What the application may do with the new tables beside reading and adding.
OWNED = {"national_return": "UPDATE", "return_submission": "", "return_wording": "", "returned_line": ""}

ROLE = "speakup_app"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"


def upgrade() -> None:
    _create_return()
    _create_submission()
    _create_wording()
    _create_line()
    if op.get_bind().dialect.name == "postgresql":
        for table in OWNED:
            _protect(table)


def downgrade() -> None:
    for table in ("returned_line", "return_wording", "return_submission", "national_return"):
        op.drop_table(table)


def _create_return() -> None:
    op.create_table(
        "national_return",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("themes", "learning", "comments")),
        sa.Column("checked", sa.String(length=64), nullable=False),
        sa.Column("submissions", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_national_return")),
        sa.UniqueConstraint("organisation_id", "period", name=op.f("uq_national_return_organisation_id_period")),
        sqlite_with_rowid=False,
    )


def _create_submission() -> None:
    op.create_table(
        "return_submission",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("collector", sa.Text(), nullable=False),
        sa.Column("nil", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("themes", "learning", "comments")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "return_id"],
            ["national_return.organisation_id", "national_return.id"],
            name=op.f("fk_return_submission_organisation_id_return_id_national_return"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_return_submission_by_id_person")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_return_submission")),
        sa.UniqueConstraint(
            "organisation_id",
            "return_id",
            "number",
            name=op.f("uq_return_submission_organisation_id_return_id_number"),
        ),
        sqlite_with_rowid=False,
    )


def _create_wording() -> None:
    op.create_table(
        "return_wording",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.String(length=60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("text", "source")),
        sa.Column("certainty", sa.String(length=40), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_return_wording_by_id_person")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_return_wording")),
        sqlite_with_rowid=False,
    )


def _create_line() -> None:
    op.create_table(
        "returned_line",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(length=20), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("counts", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "period", "number", "line", name=op.f("pk_returned_line")),
        sqlite_with_rowid=False,
    )


def _protect(table: str) -> None:
    """Let the application see one organisation's rows at a time."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY one_organisation ON {table} USING (organisation_id = {HERE})")
    found = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    if found is not None:
        rights = ", ".join(filter(None, ("SELECT", "INSERT", OWNED[table])))
        op.execute(f"GRANT {rights} ON {table} TO {ROLE}")
