"""Tell SQLite's query planner what its tables are like: one organisation's rows fill them.

Every key begins with the organisation, and without statistics SQLite takes ten rows for what an organisation has, so
that it reads whole tables where an index would find three rows. The numbers are those of a busy trust; a later ANALYZE
writes the real ones. PostgreSQL gathers its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004_planner_statistics"
down_revision = "0003_append_only"
branch_labels = None
depends_on = None

# Table, index (the table's own name is its primary key), rows in all, then rows for each longer part of the key.
STATISTICS = (
    ("audit_entry", "audit_entry", "500000 500000 1"),
    ("audit_entry", "ix_audit_entry_organisation_id_subject_id", "500000 500000 25"),
    ("case", "case", "10000 10000 1"),
    ("case", "sqlite_autoindex_case_2", "10000 10000 1"),
    ("case", "ix_case_organisation_id_state", "10000 10000 2000"),
    ("case_element", "case_element", "20000 20000 2 1"),
    ("compartment", "compartment", "30000 30000 1"),
    ("compartment", "ix_compartment_organisation_id_case_id", "30000 30000 3"),
    ("grant_to", "grant_to", "80000 80000 3 2 1"),
    ("grant_to", "ix_grant_to_organisation_id_principal_id_kind_case_id", "80000 80000 3000 1000 1"),
    ("key_record", "key_record", "40000 40000 2 1"),
    ("reporter", "reporter", "10000 10000 1"),
    ("reporter", "sqlite_autoindex_reporter_2", "10000 10000 1"),
    ("reporter", "ix_reporter_organisation_id_case_id", "10000 10000 1"),
    ("sealed_record", "sealed_record", "150000 150000 1"),
    ("sealed_record", "ix_sealed_record_organisation_id_compartment_id", "150000 150000 5"),
)


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    # This makes the table of statistics, which no other statement can.
    op.execute("ANALYZE sqlite_schema")
    for table, index, rows in STATISTICS:
        written = sa.text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:table, :index, :rows)")
        op.execute(written.bindparams(table=table, index=index, rows=rows))


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.execute("DELETE FROM sqlite_stat1")
