"""A draft of routing rules that is written, submitted and answered, with all that a rule may say; who has read them."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0016_routing_drafts"
down_revision = "0015_feedback"
branch_labels = None
depends_on = None

TABLE = "routing_proposal"

OWNED = {TABLE: "UPDATE, DELETE"}

DRAFTED = sa.table("routing_draft", sa.column("organisation_id", sa.Uuid()))
PROPOSALS = sa.table(
    TABLE,
    sa.column("organisation_id", sa.Uuid()), sa.column("begun_at", sa.DateTime(timezone=True)),
    sa.column("marked", sa.JSON()),
)  # fmt: skip

ROLE = "speakup_app"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("begun_by", sa.Uuid(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_back_by", sa.Uuid(), nullable=True),
        sa.Column("sent_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("marked", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_routing_proposal")),
        sqlite_with_rowid=False,
    )
    op.add_column("routing_draft", sa.Column("others", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("routing_draft", sa.Column("worker_group", sa.String(length=60), nullable=True))
    op.add_column("routing_draft", sa.Column("languages", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("routing_draft", sa.Column("subject", sa.String(length=40), nullable=True))
    op.add_column("membership", sa.Column("routing_read", sa.Integer(), nullable=False, server_default="0"))
    _keep_drafts()
    if op.get_bind().dialect.name == "postgresql":
        _protect()


def downgrade() -> None:
    op.drop_column("membership", "routing_read")
    for column in ("subject", "languages", "worker_group", "others"):
        op.drop_column("routing_draft", column)
    op.drop_table(TABLE)


def _keep_drafts() -> None:
    """What was drafted before is a draft that somebody goes on with."""
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        op.execute("ALTER TABLE routing_draft NO FORCE ROW LEVEL SECURITY")
    for (organisation_id,) in bind.execute(sa.select(DRAFTED.c.organisation_id).distinct()).all():
        begun = {"organisation_id": organisation_id, "begun_at": datetime.now(UTC), "marked": []}
        bind.execute(sa.insert(PROPOSALS).values(begun))
    if bind.dialect.name == "postgresql":
        op.execute("ALTER TABLE routing_draft FORCE ROW LEVEL SECURITY")


def _protect() -> None:
    """Let the application keep the draft of one organisation at a time."""
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY one_organisation ON {TABLE} USING (organisation_id = {HERE})")
    found = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    if found is not None:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLE} TO {ROLE}")
