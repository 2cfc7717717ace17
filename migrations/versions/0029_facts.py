"""What is counted of a case, apart from it; quarters that close; how many work where, and in what larger groups."""

import sqlalchemy as sa
from alembic import op

revision = "0029_facts"
down_revision = "0028_statement_lines"
branch_labels = None
depends_on = None

FACTS = ("fact", "fact_theme", "fact_closing")

# What the application may do with the new tables beside reading and adding.
OWNED = {
    **dict.fromkeys(FACTS, "UPDATE, DELETE"),
    "quarter": "UPDATE",
    "headcount": "DELETE",
    "grouping": "DELETE",
}

ROLE = "speakup_app"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"


def upgrade() -> None:
    op.add_column("organisation", sa.Column("quarter_closes_after", sa.Integer(), server_default="28", nullable=False))
    _create_facts()
    _create_quarter()
    _create_headcount()
    _create_grouping()
    if op.get_bind().dialect.name == "postgresql":
        for table in OWNED:
            _protect(table)


def downgrade() -> None:
    for table in ("grouping", "headcount", "quarter"):
        op.drop_table(table)
    for table in reversed(FACTS):
        op.drop_index(op.f(f"ix_{table}_organisation_id_counts_in"), table_name=table)
        op.drop_table(table)
    op.drop_column("organisation", "quarter_closes_after")


def _create_facts() -> None:
    _create_fact(
        "fact",
        sa.Column("raised", sa.String(length=10), nullable=False),
        sa.Column("counts_in", sa.String(length=10), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("continues", sa.Boolean(), nullable=False),
        sa.Column("elements", sa.String(length=400), nullable=False),
        sa.Column("detriment", sa.Boolean(), nullable=False),
        sa.Column("worker_group", sa.String(length=60), nullable=False),
        sa.Column("directorate_id", sa.Uuid(), nullable=True),
        sa.Column("site_id", sa.Uuid(), nullable=True),
        sa.Column("how", sa.String(length=40), nullable=False),
        sa.Column("acknowledged_in_time", sa.Boolean(), nullable=True),
        sa.Column("edition", sa.String(length=40), nullable=False),
    )
    _create_fact(
        "fact_theme",
        sa.Column("counts_in", sa.String(length=10), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("theme", sa.String(length=60), nullable=False),
        sa.Column("edition", sa.String(length=40), nullable=False),
    )
    _create_fact(
        "fact_closing",
        sa.Column("counts_in", sa.String(length=10), nullable=False),
        sa.Column("took", sa.String(length=10), nullable=False),
    )


def _create_fact(table: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        table,
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )
    index = op.f(f"ix_{table}_organisation_id_counts_in")
    op.create_index(index, table, ["organisation_id", "counts_in"], unique=False)


def _create_quarter() -> None:
    op.create_table(
        "quarter",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=10), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("snapshot", sa.String(length=64), server_default="", nullable=False),
        sa.Column("published", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("restated", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "name", name=op.f("pk_quarter")),
        sqlite_with_rowid=False,
    )


def _create_headcount() -> None:
    op.create_table(
        "headcount",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dimension", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=110), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_headcount")),
        sa.UniqueConstraint(
            "organisation_id",
            "dimension",
            "key",
            "as_of",
            name=op.f("uq_headcount_organisation_id_dimension_key_as_of"),
        ),
        sqlite_with_rowid=False,
    )


def _create_grouping() -> None:
    op.create_table(
        "grouping",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("dimension", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("rung", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "dimension", "key", "rung", name=op.f("pk_grouping")),
        sqlite_with_rowid=False,
    )


def _protect(table: str) -> None:
    """Let the application see one organisation's rows at a time."""
    op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')
    op.execute(f'CREATE POLICY one_organisation ON "{table}" USING (organisation_id = {HERE})')
    found = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    if found is not None:
        op.execute(f'GRANT SELECT, INSERT, {OWNED[table]} ON "{table}" TO {ROLE}')
