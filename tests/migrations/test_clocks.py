"""Cases from before there were clocks are given those that fit where they stand, and nothing is late anew."""

from datetime import date

import sqlalchemy as sa

from speakup import cases
from speakup.cases import Closing, Coding, Satisfied
from tests import factories
from tests.databases import OWNER, Stored, migrate
from tests.security.tampering import readers_of
from tests.trusts import Trust

CASES = sa.table(
    "case",
    sa.column("id", sa.Uuid()), sa.column("ref", sa.String()), sa.column("due_on", sa.Date()),
    sa.column("due_for", sa.String()), sa.column("told_times", sa.Integer()),
)  # fmt: skip
CLOCKS = sa.table(
    "case_clock",
    sa.column("case_id", sa.Uuid()), sa.column("kind", sa.String()), sa.column("due_on", sa.Date()),
    sa.column("stopped_on", sa.Date()),
)  # fmt: skip


def test_cases_from_before_are_given_clocks_that_fit(stored: Stored, trust: Trust) -> None:
    new, answered, spoken, closed = (factories.raised_case(trust) for _ in range(4))
    for each in (answered, spoken, closed):
        factories.reply(each, "Thank you", by=readers_of(each)[0])
    factories.message(spoken, "There is more.")
    with closed.as_(readers_of(closed)[0]) as (uow, case):
        cases.code_case(uow, case, Coding(frozenset(), none_apply=True, worker_group="nursing_midwifery"))
        cases.tell_person(uow, case, "A lock was fitted.")
        cases.close_case(uow, case, Closing("resolved", "", Satisfied.YES))
        today = uow.today
    owner = stored.url.replace("speakup_app@", f"{OWNER}@")
    migrate(owner, "0007_what_was_told")
    migrate(owner)
    with stored.unbound() as connection:
        rows = {row.ref: row for row in connection.execute(sa.select(CASES))}
        kinds: dict[str, dict[str, date]] = {}
        for ref, row in rows.items():
            given = connection.execute(sa.select(CLOCKS).where(CLOCKS.c.case_id == row.id)).all()
            assert all(each.stopped_on is None for each in given)
            kinds[ref] = {each.kind: each.due_on for each in given}
    assert {ref: set(found) for ref, found in kinds.items()} == {
        new.ref: {"acknowledge", "first conversation", "review"},
        answered.ref: {"update", "first conversation", "review"},
        spoken.ref: {"update", "review"},
        closed.ref: set(),
    }
    for ref, found in kinds.items():
        assert rows[ref].due_on == min(found.values(), default=None)
        assert all(day >= today for day in found.values())
    assert (rows[new.ref].due_for, rows[closed.ref].due_for) == ("acknowledge", None)
    with new.as_(readers_of(new)[0]) as (uow, case):
        cases.acknowledge(uow, case, "Thank you")
        assert {each.kind.value for each in cases.clock_lines(uow, case)} == {"first conversation", "update", "review"}
