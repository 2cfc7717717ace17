"""The secrets a person's keys came from before, sealed under the present one: what was sealed to them opens still."""

import sqlalchemy as sa
from alembic import op

revision = "0014_former_keys"
down_revision = "0013_characteristics"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("key_pair", sa.Column("sealed_former", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("key_pair", "sealed_former")
