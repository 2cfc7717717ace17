"""What is tried out for a learning action, with whom, and what is counted to see whether it made a difference."""

import sqlalchemy as sa
from alembic import op

revision = "0023_learning_measures"
down_revision = "0022_learning"
branch_labels = None
depends_on = None

# What the application may do with the new tables beside reading and adding.
OWNED = {
    "learning_cycle": "UPDATE",
    "learning_partner": "UPDATE, DELETE",
    "learning_measure": "UPDATE",
    "learning_value": "DELETE",
}

ROLE = "speakup_app"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"


def upgrade() -> None:
    _create_cycle()
    _create_partner()
    _create_measure()
    _create_value()
    if op.get_bind().dialect.name == "postgresql":
        for table in OWNED:
            _protect(table)


def downgrade() -> None:
    for table in ("learning_value", "learning_measure", "learning_partner", "learning_cycle"):
        op.drop_table(table)


def _create_cycle() -> None:
    op.create_table(
        "learning_cycle",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("plan", "prediction", "done", "result")),
        sa.Column("decision", sa.String(length=40), nullable=True),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        _of_action("learning_cycle"),
        sa.PrimaryKeyConstraint("organisation_id", "action_id", "number", name=op.f("pk_learning_cycle")),
        sqlite_with_rowid=False,
    )


def _create_partner() -> None:
    op.create_table(
        "learning_partner",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        _of_action("learning_partner"),
        sa.PrimaryKeyConstraint("organisation_id", "action_id", "kind", name=op.f("pk_learning_partner")),
        sqlite_with_rowid=False,
    )


def _create_measure() -> None:
    op.create_table(
        "learning_measure",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("better", sa.String(length=40), nullable=False),
        sa.Column("target", sa.String(length=30), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=True),
        _of_action("learning_measure"),
        sa.PrimaryKeyConstraint("organisation_id", "action_id", name=op.f("pk_learning_measure")),
        sqlite_with_rowid=False,
    )


def _create_value() -> None:
    op.create_table(
        "learning_value",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("value", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "action_id"],
            ["learning_measure.organisation_id", "learning_measure.action_id"],
            name=op.f("fk_learning_value_organisation_id_action_id_learning_measure"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "action_id", "on", name=op.f("pk_learning_value")),
        sqlite_with_rowid=False,
    )


def _of_action(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", "action_id"],
        ["learning_action.organisation_id", "learning_action.id"],
        name=op.f(f"fk_{table}_organisation_id_action_id_learning_action"),
    )


def _protect(table: str) -> None:
    """Let the application see one organisation's rows at a time."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY one_organisation ON {table} USING (organisation_id = {HERE})")
    found = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    if found is not None:
        op.execute(f"GRANT SELECT, INSERT, {OWNED[table]} ON {table} TO {ROLE}")
