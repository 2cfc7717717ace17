"""How large the files of unsent drafts are, as they lie padded in the store: what waits unsent has a ceiling."""

import sqlalchemy as sa
from alembic import op

revision = "0006_unsent_sizes"
down_revision = "0005_asked_changes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stored_blob", sa.Column("unsent_size", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("stored_blob", "unsent_size")
