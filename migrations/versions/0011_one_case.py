"""Which cases go on from one that the same person raised before: counts leave them out. Which one it is, is sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0011_one_case"
down_revision = "0010_diary"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("case", sa.Column("continues", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("case", "continues")
