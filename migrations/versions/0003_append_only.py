"""On SQLite, which has no rights to withhold, triggers keep the audit chain and the key log from being rewritten.

On PostgreSQL the application's role was never given the right.
"""

from alembic import op

revision = "0003_append_only"
down_revision = "0002_row_level_security"
branch_labels = None
depends_on = None

TABLES = ("audit_entry", "key_log_entry")
CHANGES = ("update", "delete")


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in TABLES:
        for change in CHANGES:
            op.execute(
                f"CREATE TRIGGER {table}_no_{change} BEFORE {change.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in TABLES:
        for change in CHANGES:
            op.execute(f"DROP TRIGGER {table}_no_{change}")
