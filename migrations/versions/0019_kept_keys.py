"""Beside a colleague's grant, what came of opening and checking it, so that it need be done once only."""

import sqlalchemy as sa
from alembic import op

revision = "0019_kept_keys"
down_revision = "0018_hand_over_requests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("grant_to", sa.Column("kept_key", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("grant_to", "kept_key")
