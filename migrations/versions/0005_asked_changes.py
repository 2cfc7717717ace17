"""What an administrator asks for and a guardian has to agree to; and where an invitation goes until it is taken up."""

import sqlalchemy as sa
from alembic import op

revision = "0005_asked_changes"
down_revision = "0004_planner_statistics"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("membership", sa.Column("invited_email", sa.Text(), nullable=True))
    op.add_column("membership", sa.Column("roles_asked_by", sa.Uuid(), nullable=True))
    op.add_column("membership", sa.Column("roles_asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("membership", sa.Column("absence_asked_by", sa.Uuid(), nullable=True))
    op.add_column("membership", sa.Column("absence_asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("membership", sa.Column("absence_asked_until", sa.Date(), nullable=True))


def downgrade() -> None:
    for column in (
        "absence_asked_until", "absence_asked_at", "absence_asked_by",
        "roles_asked_at", "roles_asked_by", "invited_email",
    ):  # fmt: skip
        op.drop_column("membership", column)
