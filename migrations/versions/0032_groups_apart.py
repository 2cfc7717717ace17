"""Move worker groups out of facts into a table of their own: which fact each one was of is told nowhere any more.

A closed quarter that is what was hashed is hashed again over the tables as they are now; one that was rewritten stays
one that was.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import sqlalchemy as sa
from alembic import op

revision = "0032_groups_apart"
down_revision = "0031_publications"
branch_labels = None
depends_on = None

ROLE = "speakup_app"
HERE = "nullif(current_setting('speakup.organisation', true), '')::uuid"
# What the application may do with the new table beside reading and adding.
OWNED = {"fact_group": "UPDATE, DELETE"}
TOUCHED = ("fact", "fact_theme", "fact_closing", "quarter")
NOT_KNOWN = "not_known"
KEPT, BEFORE, AFTER = "kept", "before", "after"

FACT = sa.table(
    "fact",
    sa.column("organisation_id", sa.Uuid()), sa.column("id", sa.Uuid()), sa.column("raised", sa.String()),
    sa.column("counts_in", sa.String()), sa.column("person", sa.Uuid()), sa.column("continues", sa.Boolean()),
    sa.column("elements", sa.String()), sa.column("detriment", sa.Boolean()),
    sa.column("worker_group", sa.String()), sa.column("directorate_id", sa.Uuid()),
    sa.column("site_id", sa.Uuid()), sa.column("how", sa.String()),
    sa.column("acknowledged_in_time", sa.Boolean()), sa.column("edition", sa.String()),
)  # fmt: skip
GROUP = sa.table(
    "fact_group",
    sa.column("organisation_id", sa.Uuid()), sa.column("id", sa.Uuid()), sa.column("raised", sa.String()),
    sa.column("counts_in", sa.String()), sa.column("worker_group", sa.String()),
    sa.column("edition", sa.String()), sa.column("moved", sa.Boolean()),
)  # fmt: skip
THEME = sa.table(
    "fact_theme",
    sa.column("organisation_id", sa.Uuid()), sa.column("counts_in", sa.String()), sa.column("person", sa.Uuid()),
    sa.column("theme", sa.String()), sa.column("edition", sa.String()),
)  # fmt: skip
CLOSING = sa.table(
    "fact_closing",
    sa.column("organisation_id", sa.Uuid()), sa.column("id", sa.Uuid()), sa.column("counts_in", sa.String()),
    sa.column("took", sa.String()),
)  # fmt: skip
QUARTER = sa.table(
    "quarter",
    sa.column("organisation_id", sa.Uuid()), sa.column("name", sa.String()), sa.column("closed_on", sa.Date()),
    sa.column("snapshot", sa.String()),
)  # fmt: skip

_THEMES = (THEME, "person", ("counts_in", "theme"))
_CLOSINGS = (CLOSING, "id", ("counts_in", "took"))
_PLACED = ("directorate_id", "site_id", "how", "acknowledged_in_time")
_SAID = ("raised", "counts_in", "continues", "elements", "detriment")
HASHED_BEFORE = ((FACT, "person", (*_SAID, "worker_group", *_PLACED)), _THEMES, _CLOSINGS)
HASHED_NOW = (
    (FACT, "person", (*_SAID, *_PLACED)), (GROUP, "", ("raised", "counts_in", "worker_group")), _THEMES, _CLOSINGS,
)  # fmt: skip
"""What is hashed of a quarter: each table, the column that tells its rows apart, and what they say, in this order."""

Hashed = Sequence[tuple[sa.TableClause, str, Sequence[str]]]


class Moved(NamedTuple):
    """What a row of `fact_group` says."""

    organisation_id: UUID
    raised: str
    counts_in: str
    worker_group: str
    edition: str


def upgrade() -> None:
    _create_group()
    with _every_row():
        whole = _whole_quarters(HASHED_BEFORE)
        _insert(_moved(op.get_bind().execute(sa.select(FACT).where(FACT.c.continues.is_(sa.false()))).mappings()))
        op.drop_column("fact", "worker_group")
        _hash(whole, HASHED_NOW)
    if op.get_bind().dialect.name == "postgresql":
        for table in OWNED:
            _protect(table)


def downgrade() -> None:
    """Deal groups out to a quarter's facts, whichever to whichever: a quarter's counts by group are as first made.

    Nothing else by group means anything then. A case that was not opened in between puts its own back when it is.
    """
    column = sa.Column("worker_group", sa.String(length=60), server_default=NOT_KNOWN, nullable=False)
    op.add_column("fact", column)
    with _every_row("fact_group"):
        whole = _whole_quarters(HASHED_NOW)
        connection = op.get_bind()
        facts = connection.execute(sa.select(FACT).where(FACT.c.continues.is_(sa.false()))).mappings().all()
        groups = connection.execute(sa.select(GROUP)).mappings().all()
        for fact, name in _dealt(facts, groups):
            this = (FACT.c.organisation_id == fact["organisation_id"], FACT.c.id == fact["id"])
            connection.execute(sa.update(FACT).where(*this).values(worker_group=name))
        _hash(whole, HASHED_BEFORE)
    op.drop_index(op.f("ix_fact_group_organisation_id_counts_in"), table_name="fact_group")
    op.drop_table("fact_group")


def _create_group() -> None:
    op.create_table(
        "fact_group",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("raised", sa.String(length=10), nullable=False),
        sa.Column("counts_in", sa.String(length=10), nullable=False),
        sa.Column("worker_group", sa.String(length=60), nullable=False),
        sa.Column("edition", sa.String(length=40), nullable=False),
        sa.Column("moved", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "id", name=op.f("pk_fact_group")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_fact_group_organisation_id_counts_in"), "fact_group", ["organisation_id", "counts_in"])


def _moved(facts: Iterable[sa.RowMapping]) -> Iterator[Moved]:
    """One row for each case and edition; one for both where it was coded anew in other ways only."""
    of_case = defaultdict[tuple[UUID, str, UUID], list[sa.RowMapping]](list)
    for fact in facts:
        of_case[fact["organisation_id"], fact["counts_in"], fact["person"]].append(fact)
    for those in of_case.values():
        same = {each["edition"] for each in those} == {BEFORE, AFTER} and len({_named(each) for each in those}) == 1
        for fact in those[:1] if same else those:
            edition = KEPT if same else fact["edition"]
            yield Moved(fact["organisation_id"], fact["raised"], fact["counts_in"], _named(fact), edition)


def _named(fact: sa.RowMapping) -> str:
    return str(fact["worker_group"] or NOT_KNOWN)


def _insert(moved: Iterable[Moved]) -> None:
    """In the order of their keys, which is none."""
    rows = [{**each._asdict(), "id": uuid4(), "moved": True} for each in moved]
    if rows:
        op.get_bind().execute(sa.insert(GROUP), sorted(rows, key=lambda row: row["id"]))


def _dealt(facts: Iterable[sa.RowMapping], groups: Iterable[sa.RowMapping]) -> Iterator[tuple[sa.RowMapping, str]]:
    of_time = defaultdict[tuple[UUID, str, str], dict[str, list[str]]](lambda: {KEPT: [], BEFORE: [], AFTER: []})
    for group in groups:
        names = of_time[group["organisation_id"], group["raised"], group["counts_in"]]
        names[group["edition"]].append(group["worker_group"])
    of_case = dict[UUID, str]()
    for fact in sorted(facts, key=lambda each: ((KEPT, BEFORE, AFTER).index(each["edition"]), each["id"])):
        names = of_time[fact["organisation_id"], fact["raised"], fact["counts_in"]]
        wanted = (AFTER,) if fact["edition"] == AFTER else (KEPT, BEFORE)
        found = next((names[each] for each in wanted if names[each]), None)
        of_case[fact["person"]] = found.pop() if found else of_case.get(fact["person"], NOT_KNOWN)
        yield fact, of_case[fact["person"]]


# --- closed quarters -------------------------------------------------------------------------------------------------


def _whole_quarters(hashed: Hashed) -> list[tuple[UUID, str]]:
    """Name the closed quarters that are what was hashed."""
    closed = op.get_bind().execute(sa.select(QUARTER).where(QUARTER.c.closed_on.is_not(None))).all()
    return [(row.organisation_id, row.name) for row in closed if row.snapshot == _snapshot(row[:2], hashed)]


def _hash(quarters: Collection[tuple[UUID, str]], hashed: Hashed) -> None:
    for organisation_id, name in quarters:
        this = (QUARTER.c.organisation_id == organisation_id, QUARTER.c.name == name)
        snapshot = _snapshot((organisation_id, name), hashed)
        op.get_bind().execute(sa.update(QUARTER).where(*this).values(snapshot=snapshot))


def _snapshot(quarter: Sequence[Any], hashed: Hashed) -> str:
    """As the program hashes it: what its rows say as first counted, whatever became of them since."""
    organisation_id, name = quarter
    rows = []
    for table, token, said in hashed:
        columns = [table.c[each] for each in said]
        query = sa.select(table.c[token] if token else sa.null(), *columns)
        query = query.where(table.c.organisation_id == organisation_id, table.c.counts_in == name)
        if "edition" in table.c:
            query = query.where(table.c.edition.in_((KEPT, BEFORE)))
        for person, *values in op.get_bind().execute(query):
            rows.append((str(person), (table.name, *map(_plain, values))))
    return sha256(repr(sorted(rows)).encode()).hexdigest()


def _plain(value: object) -> str:
    return value.hex if isinstance(value, UUID) else str(value)


# --- rights ----------------------------------------------------------------------------------------------------------


@contextmanager
def _every_row(*besides: str) -> Iterator[None]:
    """Let the owner reach every organisation's rows: on PostgreSQL not even the owner sees one without being asked."""
    tables = (*TOUCHED, *besides) if op.get_bind().dialect.name == "postgresql" else ()
    for table in tables:
        op.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
    yield
    for table in tables:
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')


def _protect(table: str) -> None:
    """Let the application see one organisation's rows at a time."""
    op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY')
    op.execute(f'CREATE POLICY one_organisation ON "{table}" USING (organisation_id = {HERE})')
    found = op.get_bind().scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": ROLE})
    if found is not None:
        op.execute(f'GRANT SELECT, INSERT, {OWNED[table]} ON "{table}" TO {ROLE}')
