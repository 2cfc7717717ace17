"""Take the token of the person out of facts: nothing counts by it, and it told which case goes on from which.

A closed quarter that is what was hashed is hashed again, each fact told apart by its own id.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0033_facts_without_tokens"
down_revision = "0032_groups_apart"
branch_labels = None
depends_on = None

HASHED = ("fact", "fact_group", "fact_theme", "fact_closing")
KEPT, BEFORE, AFTER = "kept", "before", "after"
_NIL = "00000000000000000000000000000000"

FACT = sa.table(
    "fact",
    sa.column("organisation_id", sa.Uuid()), sa.column("id", sa.Uuid()), sa.column("raised", sa.String()),
    sa.column("counts_in", sa.String()), sa.column("person", sa.Uuid()), sa.column("continues", sa.Boolean()),
    sa.column("elements", sa.String()), sa.column("detriment", sa.Boolean()),
    sa.column("directorate_id", sa.Uuid()),
    sa.column("site_id", sa.Uuid()), sa.column("how", sa.String()),
    sa.column("acknowledged_in_time", sa.Boolean()), sa.column("edition", sa.String()),
)  # fmt: skip
GROUP = sa.table(
    "fact_group",
    sa.column("organisation_id", sa.Uuid()), sa.column("id", sa.Uuid()), sa.column("raised", sa.String()),
    sa.column("counts_in", sa.String()), sa.column("worker_group", sa.String()),
    sa.column("edition", sa.String()),
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

_SAID = (
    "raised", "counts_in", "continues", "elements", "detriment", "directorate_id", "site_id", "how",
    "acknowledged_in_time",
)  # fmt: skip
_BESIDES = (
    (GROUP, "", ("raised", "counts_in", "worker_group")),
    (THEME, "person", ("counts_in", "theme")),
    (CLOSING, "id", ("counts_in", "took")),
)
HASHED_BEFORE = ((FACT, "person", _SAID), *_BESIDES)
HASHED_NOW = ((FACT, "id", _SAID), *_BESIDES)
"""What is hashed of a quarter: each table, the column that tells its rows apart, and what they say, in this order."""

Hashed = Sequence[tuple[sa.TableClause, str, Sequence[str]]]


def upgrade() -> None:
    with _every_row():
        whole = _whole_quarters(HASHED_BEFORE)
        op.drop_column("fact", "person")
        _hash(whole, HASHED_NOW)


def downgrade() -> None:
    """Give each fact a token of its own. Which cases go on from which, no row says; opening one that was never opened
    since puts back what it had.
    """
    op.add_column("fact", sa.Column("person", sa.Uuid(), server_default=_NIL, nullable=False))
    with _every_row():
        whole = _whole_quarters(HASHED_NOW)
        op.execute("UPDATE fact SET person = id")
        _pair()
        _hash(whole, HASHED_BEFORE)


def _pair() -> None:
    """Give those of one time that say how a case is restated the tokens of those that say how one was first counted."""
    facts = op.get_bind().execute(sa.select(FACT).where(FACT.c.edition != KEPT, FACT.c.continues.is_(sa.false())))
    of_time = defaultdict[tuple[UUID, str, str], dict[str, list[UUID]]](lambda: {BEFORE: [], AFTER: []})
    for fact in facts.mappings():
        of_time[fact["organisation_id"], fact["raised"], fact["counts_in"]][fact["edition"]].append(fact["id"])
    for (organisation_id, *_), of_edition in of_time.items():
        for before, after in zip(of_edition[BEFORE], of_edition[AFTER], strict=False):
            this = (FACT.c.organisation_id == organisation_id, FACT.c.id == after)
            op.get_bind().execute(sa.update(FACT).where(*this).values(person=before))


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


@contextmanager
def _every_row() -> Iterator[None]:
    """Let the owner reach every organisation's rows: on PostgreSQL not even the owner sees one without being asked."""
    tables = (*HASHED, "quarter") if op.get_bind().dialect.name == "postgresql" else ()
    for table in tables:
        op.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
    yield
    for table in tables:
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
