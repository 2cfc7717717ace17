"""Evidence, what staff were told, the library, and what was sent to whoever sees to an action."""

import sqlalchemy as sa
from alembic import op

revision = "0025_following_up"
down_revision = "0024_links_to_learning"
branch_labels = None
depends_on = None

# What the application may do with the new tables beside reading and adding.
OWNED = {
    "learning_file": "DELETE",
    "learning_statement": "UPDATE",
    "learning_resource": "UPDATE, DELETE",
    "learning_follow_up": "UPDATE",
}

ROLE = "speakup_app"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"


def upgrade() -> None:
    _create_file()
    _create_statement()
    _create_resource()
    _create_follow_up()
    if op.get_bind().dialect.name == "postgresql":
        for table in OWNED:
            _protect(table)


def downgrade() -> None:
    op.drop_table("learning_follow_up")
    op.drop_table("learning_resource")
    for column in ("action_id", "published_on"):
        op.drop_index(op.f(f"ix_learning_statement_organisation_id_{column}"), table_name="learning_statement")
    op.drop_table("learning_statement")
    op.drop_index(op.f("ix_learning_file_organisation_id_event_id"), table_name="learning_file")
    op.drop_table("learning_file")


def _create_file() -> None:
    op.create_table(
        "learning_file",
        *_key(),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("removed", sa.JSON(), nullable=False),
        sa.Column("scanned", sa.Boolean(), nullable=False),
        _reference("learning_file", "event_id", "learning_event"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_learning_file")),
        sqlite_with_rowid=False,
    )
    index = op.f("ix_learning_file_organisation_id_event_id")
    op.create_index(index, "learning_file", ["organisation_id", "event_id"], unique=False)


def _create_statement() -> None:
    op.create_table(
        "learning_statement",
        *_key(),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("you_said", "we_did", "told_where")),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        _reference("learning_statement", "action_id", "learning_action"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_learning_statement")),
        sqlite_with_rowid=False,
    )
    for column in ("action_id", "published_on"):
        index = op.f(f"ix_learning_statement_organisation_id_{column}")
        op.create_index(index, "learning_statement", ["organisation_id", column], unique=False)


def _create_resource() -> None:
    op.create_table(
        "learning_resource",
        *_key(),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("theme", sa.String(length=60), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("title", "about", "address")),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("for_owners", "for_guardians")),
        sa.Column("changed_on", sa.Date(), nullable=False),
        _reference("learning_resource", "file_id", "learning_file"),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_learning_resource")),
        sqlite_with_rowid=False,
    )


def _create_follow_up() -> None:
    op.create_table(
        "learning_follow_up",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("action_id", sa.Uuid(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("raised", sa.Integer(), server_default="0", nullable=False),
        _reference("learning_follow_up", "action_id", "learning_action"),
        sa.PrimaryKeyConstraint("organisation_id", "action_id", name=op.f("pk_learning_follow_up")),
        sqlite_with_rowid=False,
    )


def _key() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
    )


def _reference(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", column],
        [f"{to}.organisation_id", f"{to}.id"],
        name=op.f(f"fk_{table}_organisation_id_{column}_{to}"),
    )


def _protect(table: str) -> None:
    """Let the application see one organisation's rows at a time."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY one_organisation ON {table} USING (organisation_id = {HERE})")
    found = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    if found is not None:
        op.execute(f"GRANT SELECT, INSERT, {OWNED[table]} ON {table} TO {ROLE}")
