"""What the person told, counted, so that each reader can know what is new to them; and who may be at risk."""

import sqlalchemy as sa
from alembic import op

revision = "0007_what_was_told"
down_revision = "0006_unsent_sizes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case", sa.Column("told_times", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("case", sa.Column("told_when_closed", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("case", sa.Column("may_be_at_risk", sa.Boolean(), nullable=False, server_default=sa.false()))
    # What nobody had opened yet is new to everybody; what somebody had read stays read.
    op.execute('UPDATE "case" SET told_times = 1 WHERE unread')
    op.drop_column("case", "unread")


def downgrade() -> None:
    op.add_column("case", sa.Column("unread", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Who has read what is known to its reader alone: nothing may look read that perhaps was not.
    op.execute('UPDATE "case" SET unread = (told_times > told_when_closed)')
    op.drop_column("case", "may_be_at_risk")
    op.drop_column("case", "told_when_closed")
    op.drop_column("case", "told_times")
