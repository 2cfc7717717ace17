"""A second person reads what is answered to the board before the board does. What stood already was read."""

import sqlalchemy as sa
from alembic import op

revision = "0034_answers_read"
down_revision = "0033_facts_without_tokens"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("board_question", sa.Column("read_by", sa.Uuid(), nullable=True))
    op.add_column("board_question", sa.Column("read_on", sa.Date(), nullable=True))
    # The board has these before its eyes: whoever answered stands for them, and nobody read them as a second person.
    forced = op.get_bind().dialect.name == "postgresql"
    if forced:
        op.execute("ALTER TABLE board_question NO FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE board_question SET read_on = answered_on")
    if forced:
        op.execute("ALTER TABLE board_question FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    """Show the board every answer again, those that nobody has read over too: the program before this one does."""
    op.drop_column("board_question", "read_on")
    op.drop_column("board_question", "read_by")
