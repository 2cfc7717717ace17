"""Publications for the board: in the making and published, the ledger of all that went out, and thresholds."""

import sqlalchemy as sa
from alembic import op

revision = "0031_publications"
down_revision = "0030_returns"
branch_labels = None
depends_on = None

# What the application may do with the new tables beside reading and adding. What went out is never changed.
OWNED = {"publication": "UPDATE, DELETE", "ledger_release": "", "published_pack": "", "threshold_decision": ""}

ROLE = "speakup_app"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"


def upgrade() -> None:
    _create_publication()
    _create_ledger_release()
    _create_published_pack()
    _create_threshold_decision()
    if op.get_bind().dialect.name == "postgresql":
        for table in OWNED:
            _protect(table)


def downgrade() -> None:
    for table in ("threshold_decision", "published_pack", "ledger_release", "publication"):
        op.drop_table(table)


def _create_publication() -> None:
    op.create_table(
        "publication",
        *_key(),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("quarters", sa.JSON(), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("chosen", "rungs", "words", "writers")),
        sa.Column("year_before", sa.Integer(), nullable=True),
        sa.Column("skeleton", sa.LargeBinary(), nullable=True),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("withheld", sa.String(length=40), nullable=False),
        sa.Column("pack", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("releases", "workings")),
        sa.Column("ledger_mark", sa.String(length=64), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        _person("publication", "approved_by"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_publication")),
        sa.UniqueConstraint("organisation_id", "ref", name=op.f("uq_publication_organisation_id_ref")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_publication_organisation_id_state"), "publication", ["organisation_id", "state"])


def _create_ledger_release() -> None:
    op.create_table(
        "ledger_release",
        *_key(),
        sa.Column("population", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("publication_id", sa.Uuid(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "publication_id"],
            ["publication.organisation_id", "publication.id"],
            name=op.f("fk_ledger_release_organisation_id_publication_id_publication"),
        ),
        _person("ledger_release", "entered_by"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_ledger_release")),
        sa.UniqueConstraint(
            "organisation_id",
            "population",
            "number",
            name=op.f("uq_ledger_release_organisation_id_population_number"),
        ),
        sqlite_with_rowid=False,
    )


def _create_published_pack() -> None:
    op.create_table(
        "published_pack",
        *_key(),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("pack", sa.LargeBinary(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        _person("published_pack", "approved_by"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_published_pack")),
        sa.UniqueConstraint("organisation_id", "ref", name=op.f("uq_published_pack_organisation_id_ref")),
        sqlite_with_rowid=False,
    )


def _create_threshold_decision() -> None:
    op.create_table(
        "threshold_decision",
        *_key(),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("number", "groups", "trust_wide", "least_staff")),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        _person("threshold_decision", "recorded_by"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_threshold_decision")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_threshold_decision_organisation_id_number")),
        sqlite_with_rowid=False,
    )


def _key() -> list[sa.Column[object]]:
    return [sa.Column(name, sa.Uuid(), nullable=False) for name in ("organisation_id", "id")]


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_{table}_{column}_person"))


def _protect(table: str) -> None:
    """Let the application see one organisation's rows at a time."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY one_organisation ON {table} USING (organisation_id = {HERE})")
    found = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    if found is not None:
        rights = ", ".join(each for each in ("SELECT", "INSERT", OWNED[table]) if each)
        op.execute(f"GRANT {rights} ON {table} TO {ROLE}")
