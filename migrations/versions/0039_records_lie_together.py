"""What one compartment holds lies together: a case is opened whole, its records were strewn over the whole table."""

import sqlalchemy as sa
from alembic import op

revision = "0039_records_lie_together"
down_revision = "0038_version_seen"
branch_labels = None
depends_on = None

TABLE, OLD = "sealed_record", "sealed_record_before"
TOGETHER, APART = ["organisation_id", "compartment_id", "id"], ["organisation_id", "id"]
BY_COMPARTMENT = "ix_sealed_record_organisation_id_compartment_id"
LEARNING = "ix_sealed_record_learning"
# As the fourth migration counts: the table's own key stands under its name.
STATISTICS_TOGETHER = {TABLE: "150000 150000 5 1"}
STATISTICS_APART = {TABLE: "150000 150000 1", BY_COMPARTMENT: "150000 150000 5"}


def upgrade() -> None:
    op.drop_index(op.f(BY_COMPARTMENT), table_name=TABLE)
    _arrange(TOGETHER, STATISTICS_TOGETHER)


def downgrade() -> None:
    _arrange(APART, STATISTICS_APART)
    op.create_index(op.f(BY_COMPARTMENT), TABLE, ["organisation_id", "compartment_id"], unique=False)


def _arrange(key: list[str], statistics: dict[str, str]) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("pk_sealed_record"), TABLE, type_="primary")
        op.create_primary_key(op.f("pk_sealed_record"), TABLE, key)
        return
    # On SQLite the key is the table: it is written anew in the key's order.
    op.drop_index(LEARNING, table_name=TABLE)
    op.rename_table(TABLE, OLD)
    _create(key)
    columns = "organisation_id, id, compartment_id, kind, revision, key_version, body"
    op.execute(f"INSERT INTO {TABLE} ({columns}) SELECT {columns} FROM {OLD} ORDER BY {', '.join(key)}")  # noqa: S608 -- names of this file
    op.drop_table(OLD)
    where = sa.text("kind = 'learning'")
    op.create_index(LEARNING, TABLE, ["organisation_id", "compartment_id"], sqlite_where=where)
    _tell_the_planner(statistics)


def _create(key: list[str]) -> None:
    op.create_table(
        TABLE,
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "compartment_id"],
            ["compartment.organisation_id", "compartment.id"],
            name=op.f("fk_sealed_record_organisation_id_compartment_id_compartment"),
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_sealed_record")),
        sqlite_with_rowid=False,
    )


def _tell_the_planner(statistics: dict[str, str]) -> None:
    op.execute(sa.text("DELETE FROM sqlite_stat1 WHERE tbl = :table").bindparams(table=TABLE))
    for index, rows in statistics.items():
        written = sa.text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:table, :index, :rows)")
        op.execute(written.bindparams(table=TABLE, index=index, rows=rows))
