"""Learning actions, what was done about them, and which guardians have somebody to tell."""

import sqlalchemy as sa
from alembic import op

revision = "0022_learning"
down_revision = "0021_referrals"
branch_labels = None
depends_on = None

# What the application may do with the new tables beside reading and adding.
OWNED = {"learning_action": "UPDATE", "learning_event": "", "learning_asked": "DELETE"}

ROLE = "speakup_app"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"


def upgrade() -> None:
    _create_action()
    _create_event()
    _create_asked()
    if op.get_bind().dialect.name == "postgresql":
        for table in OWNED:
            _protect(table)


def downgrade() -> None:
    op.drop_index(op.f("ix_learning_asked_organisation_id_person_id"), table_name="learning_asked")
    op.drop_table("learning_asked")
    op.drop_table("learning_event")
    for column in ("owner_id", "state"):
        op.drop_index(op.f(f"ix_learning_action_organisation_id_{column}"), table_name="learning_action")
    op.drop_table("learning_action")


def _create_action() -> None:
    days = (
        "agreed_on",
        "started_on",
        "implemented_on",
        "checked_on",
        "closed_on",
        "check_again_on",
        "last_update_on",
    )
    reasons = ("ended_why", "no_effect_why", "staff_untold_why")
    op.create_table(
        "learning_action",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("title", "issue", "change")),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("priority", sa.String(length=40), nullable=False),
        sa.Column("theme", sa.String(length=60), nullable=True),
        sa.Column("directorate_id", sa.Uuid(), nullable=True),
        sa.Column("proposed_month", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=True) for name in days),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in reasons),
        sa.Column("question_waiting", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(
            ["organisation_id", "directorate_id"],
            ["directorate.organisation_id", "directorate.id"],
            name=op.f("fk_learning_action_organisation_id_directorate_id_directorate"),
        ),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_learning_action_{name}_person"))
            for name in ("author_id", "owner_id", "ended_by")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_learning_action")),
        sa.UniqueConstraint("organisation_id", "ref", name=op.f("uq_learning_action_organisation_id_ref")),
        sqlite_with_rowid=False,
    )
    for column in ("state", "owner_id"):
        index = op.f(f"ix_learning_action_organisation_id_{column}")
        op.create_index(index, "learning_action", ["organisation_id", column], unique=False)


def _create_event() -> None:
    op.create_table(
        "learning_event",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("guardians_only", sa.Boolean(), nullable=False, server_default=sa.false()),
        _of_action("learning_event"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_learning_event_by_id_person")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_learning_event")),
        sa.UniqueConstraint(
            "organisation_id",
            "action_id",
            "number",
            name=op.f("uq_learning_event_organisation_id_action_id_number"),
        ),
        sqlite_with_rowid=False,
    )


def _create_asked() -> None:
    op.create_table(
        "learning_asked",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        _of_action("learning_asked"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_learning_asked_person_id_person")),
        sa.PrimaryKeyConstraint("organisation_id", "action_id", "person_id", name=op.f("pk_learning_asked")),
        sqlite_with_rowid=False,
    )
    index = op.f("ix_learning_asked_organisation_id_person_id")
    op.create_index(index, "learning_asked", ["organisation_id", "person_id"], unique=False)


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
        rights = ", ".join(filter(None, ("SELECT", "INSERT", OWNED[table])))
        op.execute(f"GRANT {rights} ON {table} TO {ROLE}")
