"""Let what a log said on speaking up again be taken out of the counts, with the log it came in with."""

import sqlalchemy as sa
from alembic import op

revision = "0026_feedback_taken_back"
down_revision = "0025_following_up"
branch_labels = None
depends_on = None

TABLE, ROLE = "feedback", "speakup_app"


def upgrade() -> None:
    if _role_exists():
        op.execute(f"GRANT DELETE ON {TABLE} TO {ROLE}")


def downgrade() -> None:
    if _role_exists():
        op.execute(f"REVOKE DELETE ON {TABLE} FROM {ROLE}")


def _role_exists() -> bool:
    """Say whether there is somebody to be given rights; SQLite knows no roles."""
    if op.get_bind().dialect.name != "postgresql":
        return False
    found = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    return found is not None
