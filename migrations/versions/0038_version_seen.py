"""The application's role may read at which migration the database stands: it looks before it serves a page."""

import sqlalchemy as sa
from alembic import op

revision = "0038_version_seen"
down_revision = "0037_chart_decisions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if _has_role():
        op.execute("GRANT SELECT ON alembic_version TO speakup_app")


def downgrade() -> None:
    if _has_role():
        op.execute("REVOKE SELECT ON alembic_version FROM speakup_app")


def _has_role() -> bool:
    bind = op.get_bind()
    if bind.dialect.name != "postgresql":
        return False
    return bind.scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = 'speakup_app'")) is not None
