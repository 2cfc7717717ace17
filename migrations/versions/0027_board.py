"""What a board looks at beside the published figures: other figures of the trust, and questions to its guardians."""

import sqlalchemy as sa
from alembic import op

revision = "0027_board"
down_revision = "0026_feedback_taken_back"
branch_labels = None
depends_on = None

# What the application may do with the new tables beside reading and adding.
OWNED = {"context_figure": "UPDATE, DELETE", "board_question": "UPDATE"}

ROLE = "speakup_app"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"


def upgrade() -> None:
    _create_figure()
    _create_question()
    if op.get_bind().dialect.name == "postgresql":
        for table in OWNED:
            _protect(table)


def downgrade() -> None:
    op.drop_index(op.f("ix_board_question_organisation_id_asked_on"), table_name="board_question")
    op.drop_table("board_question")
    op.drop_index(op.f("ix_context_figure_organisation_id_as_of"), table_name="context_figure")
    op.drop_table("context_figure")


def _create_figure() -> None:
    op.create_table(
        "context_figure",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.String(length=30), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("kept_by", sa.Uuid(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["kept_by"], ["person.id"], name=op.f("fk_context_figure_kept_by_person")),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_context_figure")),
        sqlite_with_rowid=False,
    )
    index = op.f("ix_context_figure_organisation_id_as_of")
    op.create_index(index, "context_figure", ["organisation_id", "as_of"], unique=False)


def _create_question() -> None:
    op.create_table(
        "board_question",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("publication", sa.String(length=30), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_board_question_{name}_person"))
            for name in ("asked_by", "answered_by")
        ),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_board_question")),
        sqlite_with_rowid=False,
    )
    index = op.f("ix_board_question_organisation_id_asked_on")
    op.create_index(index, "board_question", ["organisation_id", "asked_on"], unique=False)


def _protect(table: str) -> None:
    """Let the application see one organisation's rows at a time."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY one_organisation ON {table} USING (organisation_id = {HERE})")
    found = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    if found is not None:
        op.execute(f"GRANT SELECT, INSERT, {OWNED[table]} ON {table} TO {ROLE}")
