"""What was passed on to somebody outside the team: that it was, to whom and where it stands. Words are sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0021_referrals"
down_revision = "0020_absences"
branch_labels = None
depends_on = None

TABLE = "referral"

# What the application may do with it beside reading and adding.
OWNED = {TABLE: "UPDATE"}

ROLE = "speakup_app"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.String(length=20), nullable=False),
        sa.Column("recipient_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("referred_on", sa.Date(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["recipient_id"], ["person.id"], name=op.f("fk_referral_recipient_id_person")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_referral")),
        sa.UniqueConstraint("organisation_id", "ref", name=op.f("uq_referral_organisation_id_ref")),
        sqlite_with_rowid=False,
    )
    index = op.f("ix_referral_organisation_id_recipient_id")
    op.create_index(index, TABLE, ["organisation_id", "recipient_id"], unique=False)
    op.add_column("case", sa.Column("answer_waiting", sa.Boolean(), nullable=False, server_default=sa.false()))
    if op.get_bind().dialect.name == "postgresql":
        _protect()


def downgrade() -> None:
    op.drop_column("case", "answer_waiting")
    op.drop_index(op.f("ix_referral_organisation_id_recipient_id"), table_name=TABLE)
    op.drop_table(TABLE)


def _protect() -> None:
    """Let the application see one organisation's rows at a time."""
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY one_organisation ON {TABLE} USING (organisation_id = {HERE})")
    found = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    if found is not None:
        op.execute(f"GRANT SELECT, INSERT, {OWNED[TABLE]} ON {TABLE} TO {ROLE}")
