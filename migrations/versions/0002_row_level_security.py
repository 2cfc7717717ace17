"""Row-level security on PostgreSQL: the application's role sees one organisation at a time.

The role `speakup_app` owns nothing and is given here, table by table, the least it needs; an operator creates it before
migrating. SQLite has no roles, and there the scope of every query does the same work alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_row_level_security"
down_revision = "0001_spine"
branch_labels = None
depends_on = None

ROLE = "speakup_app"
POLICY = "one_organisation"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"

# Owned tables, and what the application may do there beside reading and adding.
OWNED = {
    "audit_entry": "",
    "audit_head": "UPDATE",
    "audit_pending": "UPDATE, DELETE",
    "case": "UPDATE, DELETE",
    "case_element": "UPDATE, DELETE",
    "code": "UPDATE, DELETE",
    "compartment": "UPDATE, DELETE",
    "directorate": "UPDATE",
    "draft": "UPDATE, DELETE",
    "grant_to": "UPDATE, DELETE",
    "invitation": "UPDATE, DELETE",
    "key_log_entry": "",
    "key_record": "UPDATE, DELETE",
    "membership": "UPDATE",
    "outbox": "UPDATE, DELETE",
    "parked_draft": "UPDATE, DELETE",
    "reporter": "UPDATE, DELETE",
    "routing_draft": "UPDATE, DELETE",
    "sealed_record": "UPDATE, DELETE",
    "seen_state": "UPDATE",
    "site": "UPDATE",
    "stored_blob": "UPDATE, DELETE",
}

# Not owned, but written for one organisation only: everybody may look up, and change their own.
LOOKED_UP = {
    "host_name": ("organisation_id", "INSERT, DELETE"),
    "organisation": ("id", "INSERT, UPDATE"),
}

# A reporter's session is looked up by its token, within its organisation.
WITHIN = {"reporter_session": "UPDATE, DELETE"}

# People, their credentials and sessions are global: a person may belong to several organisations.
GLOBAL = {
    "key_pair": "INSERT, UPDATE",
    "person": "INSERT, UPDATE",
    "receipt_generation": "INSERT",
    "second_factor": "INSERT, UPDATE",
    "staff_session": "INSERT, UPDATE, DELETE",
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in (*OWNED, *WITHIN):
        _enforce(table)
        op.execute(f'CREATE POLICY {POLICY} ON "{table}" USING (organisation_id = {HERE})')
    for table, (column, _) in LOOKED_UP.items():
        _enforce(table)
        op.execute(f'CREATE POLICY {POLICY} ON "{table}" USING ({column} = {HERE})')
        op.execute(f'CREATE POLICY looked_up ON "{table}" FOR SELECT USING (true)')
    if _role_exists():
        _give()


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in (*OWNED, *WITHIN, *LOOKED_UP):
        op.execute(f'DROP POLICY {POLICY} ON "{table}"')
        if table in LOOKED_UP:
            op.execute(f'DROP POLICY looked_up ON "{table}"')
        op.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY')
    if _role_exists():
        for table in (*OWNED, *WITHIN, *LOOKED_UP, *GLOBAL):
            op.execute(f'REVOKE ALL ON "{table}" FROM {ROLE}')


def _enforce(table: str) -> None:
    """For the owner too: whoever migrates is bound like everybody else, except a superuser."""
    op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')


def _give() -> None:
    for table, more in {**OWNED, **WITHIN}.items():
        _grant(table, ", ".join(filter(None, ("SELECT", "INSERT", more))))
    for table, (_, more) in LOOKED_UP.items():
        _grant(table, f"SELECT, {more}")
    for table, more in GLOBAL.items():
        _grant(table, f"SELECT, {more}")


def _grant(table: str, rights: str) -> None:
    op.execute(f'GRANT {rights} ON "{table}" TO {ROLE}')


def _role_exists() -> bool:
    found = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    return found is not None
