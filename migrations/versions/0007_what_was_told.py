"""What the person told, counted, so that each reader knows what is new to them; who may be at risk or is kept out."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

revision = "0007_what_was_told"
down_revision = "0006_unsent_sizes"
branch_labels = None
depends_on = None


@contextmanager
def _every_row() -> Iterator[None]:
    """Let the owner reach every organisation's cases: on PostgreSQL not even the owner sees one without being asked."""
    forced = op.get_bind().dialect.name == "postgresql"
    if forced:
        op.execute('ALTER TABLE "case" NO FORCE ROW LEVEL SECURITY')
    yield
    if forced:
        op.execute('ALTER TABLE "case" FORCE ROW LEVEL SECURITY')


def upgrade() -> None:
    op.add_column("case", sa.Column("told_times", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("case", sa.Column("told_when_closed", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("case", sa.Column("may_be_at_risk", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("case", sa.Column("narrow", sa.Boolean(), nullable=False, server_default=sa.false()))
    # What nobody had opened yet is new to everybody; what somebody had read stays read. Whom a person kept out of an
    # older case is sealed with it: no list of others shows any of these.
    with _every_row():
        op.execute('UPDATE "case" SET narrow = true')
        op.execute('UPDATE "case" SET told_times = 1 WHERE unread')
    op.drop_column("case", "unread")


def downgrade() -> None:
    op.add_column("case", sa.Column("unread", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Who has read what is known to its reader alone: nothing may look read that perhaps was not.
    with _every_row():
        op.execute('UPDATE "case" SET unread = (told_times > told_when_closed)')
    op.drop_column("case", "narrow")
    op.drop_column("case", "may_be_at_risk")
    op.drop_column("case", "told_when_closed")
    op.drop_column("case", "told_times")
