"""An index that leads to the few sealed records that lead to a learning action."""

import sqlalchemy as sa
from alembic import op

revision = "0024_links_to_learning"
down_revision = "0023_learning_measures"
branch_labels = None
depends_on = None

INDEX = "ix_sealed_record_learning"


def upgrade() -> None:
    of_learning = sa.text("kind = 'learning'")
    op.create_index(
        INDEX,
        "sealed_record",
        ["organisation_id", "compartment_id"],
        unique=False,
        sqlite_where=of_learning,
        postgresql_where=of_learning,
    )


def downgrade() -> None:
    op.drop_index(INDEX, table_name="sealed_record")
