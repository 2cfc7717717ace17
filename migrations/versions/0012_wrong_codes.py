"""How many wrong codes were written for an account since the last right one, and until when codes rest."""

import sqlalchemy as sa
from alembic import op

revision = "0012_wrong_codes"
down_revision = "0011_one_case"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("second_factor", sa.Column("wrong_codes", sa.Integer(), server_default="0", nullable=False))
    op.add_column("second_factor", sa.Column("codes_rest_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("second_factor", "codes_rest_until")
    op.drop_column("second_factor", "wrong_codes")
