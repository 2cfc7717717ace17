"""One fact for every case, whatever becomes of it; and a closed quarter that never changes but by an edition."""

import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from speakup import insight
from speakup.insight import ClosingFact, Counts, Edition, Fact, Feedback, GroupFact, Pointer, Quarter, ThemeFact
from speakup.kernel.errors import Conflict
from speakup.kernel.uow import UnitOfWork
from tests.trusts import Trust

ELEMENTS = st.frozensets(st.sampled_from(["bullying_harassment", "patient_safety", "worker_safety"]))
THEMES = st.frozensets(st.sampled_from(["behaviours", "bullying", "systems"]), max_size=2)
GROUPS = st.sampled_from(["nursing_midwifery", "medical_dental", "not_known"])
FIRST_DAY = date(2025, 4, 14)


class Counting(RuleBasedStateMachine):
    """Cases come in, late ones too, are coded anew, closed and reopened, while nights and quarters go by."""

    def __init__(self, trust: Trust) -> None:
        super().__init__()
        self.trust, self.day = trust, FIRST_DAY
        self.counts: dict[uuid.UUID, Counts] = {}
        self.pointers: dict[uuid.UUID, Pointer] = {}
        self.hashes: dict[str, str] = {}
        self.first_counted: dict[uuid.UUID, str] = {}
        self.restated: set[str] = set()
        self.group_then: dict[uuid.UUID, str | None] = {}
        self.group_for_good: dict[uuid.UUID, str | None] = {}
        # The program itself has no right to take a quarter out.
        with trust.stored.unbound() as connection:
            for table in (Fact, GroupFact, ThemeFact, ClosingFact, Quarter):
                connection.execute(sa.delete(table))

    @contextmanager
    def work(self, *, system: bool = False) -> Iterator[UnitOfWork]:
        actor = self.trust.system if system else self.trust.guardian.actor
        at = datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=UTC)
        with self.trust.database.work(actor, at=at) as uow:
            yield uow

    def push(self, case: uuid.UUID, counts: Counts) -> None:
        with self.work() as uow:
            pointer = insight.push(uow, counts, self.pointers.get(case))
        self.counts[case], self.pointers[case] = counts, insight.pointer_of(pointer.plain())
        if case not in self.first_counted:
            self.first_counted[case] = next(row["counts_in"] for row in pointer.rows.values() if row["kind"] == "fact")

    @rule(days=st.sampled_from([3, 20, 45, 95]))
    def nights_go_by(self, days: int) -> None:
        self.day += timedelta(days=days)
        with self.work(system=True) as uow:
            insight.close_quarters(uow)
        with self.work() as uow:
            for row in insight.quarters(uow):
                if row.closed_on is not None:
                    assert insight.last_day(row.name) + timedelta(days=28) <= self.day
                    self.hashes.setdefault(row.name, row.snapshot)
        for case in self.counts:
            if self.first_counted[case] in self.hashes:
                self.group_then.setdefault(case, self.group_of(case))

    def group_of(self, case: uuid.UUID) -> str | None:
        """As the case says it now; None of one that counts as one with another."""
        return None if self.counts[case].continues else self.counts[case].worker_group

    @rule(ago=st.sampled_from([0, 10, 120, 300]), elements=ELEMENTS, group=GROUPS, themes=THEMES)
    def a_case_becomes_known(self, ago: int, elements: frozenset[str], group: str, themes: frozenset[str]) -> None:
        raised = self.day - timedelta(days=ago)
        self.push(uuid.uuid4(), Counts(raised, "confidential", elements, worker_group=group, themes=themes))

    def changed(self, number: int, **values: Any) -> None:  # noqa: ANN401 -- any field of `Counts`
        case = sorted(self.counts)[number % len(self.counts)]
        self.push(case, replace(self.counts[case], **values))

    @precondition(lambda self: self.counts)
    @rule(number=st.integers(0, 50), elements=ELEMENTS, group=GROUPS, themes=THEMES, detriment=st.booleans())
    def it_is_coded_anew(
        self,
        number: int,
        elements: frozenset[str],
        group: str,
        themes: frozenset[str],
        detriment: bool,  # noqa: FBT001
    ) -> None:
        self.changed(number, elements=elements, worker_group=group, themes=themes, detriment=detriment)

    @precondition(lambda self: self.counts)
    @rule(number=st.integers(0, 50))
    def it_is_closed(self, number: int) -> None:
        self.changed(number, closed_on=self.day, took=31)

    @precondition(lambda self: self.counts)
    @rule(number=st.integers(0, 50))
    def it_is_opened_again(self, number: int) -> None:
        self.changed(number, closed_on=None, took=0)

    @precondition(lambda self: len(self.counts) > 1)
    @rule(number=st.integers(0, 50))
    def it_goes_on_from_another(self, number: int) -> None:
        later, earlier = sorted(self.counts)[number % len(self.counts)], sorted(self.counts)[number % 2]
        if later == earlier or self.counts[earlier].continues:
            return
        self.push(later, replace(self.counts[later], continues=True))

    @precondition(lambda self: self.counts)
    @rule(number=st.integers(0, 50))
    def it_is_taken_for_another_again(self, number: int) -> None:
        self.changed(number, continues=False)

    @precondition(lambda self: self.hashes)
    @rule(restated=st.booleans())
    def something_is_published(self, restated: bool) -> None:  # noqa: FBT001 -- drawn
        names = sorted(self.hashes)[:2]
        with self.work(system=True) as uow:
            (insight.mark_restated if restated else insight.mark_published)(uow, names)
        if restated:
            self.restated |= set(names)
            for case in self.counts:
                if self.first_counted[case] in self.restated:
                    self.group_for_good.setdefault(case, self.group_of(case))

    @precondition(lambda self: self.counts)
    @rule(number=st.integers(0, 50))
    def somebody_writes_its_row_in_the_database(self, number: int) -> None:
        case = sorted(self.counts)[number % len(self.counts)]
        ids = [uuid.UUID(id) for id in self.pointers[case].rows]
        with self.work(system=True) as uow:
            uow.session.execute(sa.update(Fact).where(Fact.id.in_(ids)).values(elements="worker_safety"))
            uow.session.execute(sa.update(GroupFact).where(GroupFact.id.in_(ids)).values(worker_group="students"))
            uow.session.execute(sa.delete(ThemeFact).where(ThemeFact.id.in_(ids)))
        with self.work() as uow:
            insight.mend(uow, self.pointers[case])
            assert not insight.mend(uow, self.pointers[case])

    @invariant()
    def every_case_is_counted_once_in_every_edition(self) -> None:
        with self.work() as uow:
            facts = uow.session.scalars(sa.select(Fact)).all()
        first = [each for each in facts if each.edition is not Edition.AFTER]
        now = [each for each in facts if each.edition is not Edition.BEFORE]
        assert len(first) == len(now) == len(self.counts)
        assert Counter(each.counts_in for each in first) == Counter(self.first_counted.values())
        assert {str(each.id) for each in facts} <= {id for each in self.pointers.values() for id in each.rows}
        said = Counter(_counted(each) for case, each in self.counts.items() if self.open_to_change(case))
        settled = {case for case in self.counts if not self.open_to_change(case)}
        if not settled:
            assert Counter((each.elements, each.detriment) for each in now) == said

    @invariant()
    def groups_are_counted_as_the_cases_say(self) -> None:
        """In the return and the signals, and in what a board is shown, as first counted and restated."""
        raised = {case: insight.quarter_of(counts.raised_on) for case, counts in self.counts.items()}
        then = {case: self.group_then.get(case, self.group_of(case)) for case in self.counts}
        now = {case: self.group_for_good.get(case, self.group_of(case)) for case in self.counts}
        with self.work() as uow:
            returned = insight.groups_raised_in(uow, set(raised.values()))
            signals = {each.key: sum(each.values) for each in insight.every_series(uow) if each.of == "worker_group"}
            running = insight.quarter_of(uow.today)
        found = Counter({(quarter, key): n for quarter, counts in returned.items() for key, n in counts.items()})
        assert found == Counter((raised[case], group) for case, group in now.items() if group)
        over = {case: group for case, group in now.items() if group and raised[case] < running}
        assert {key: n for key, n in signals.items() if n} == Counter(over.values())
        with self.work(system=True) as uow:
            rows = insight.cases_population(uow, ["2025-26/Q1"]).rows
        closed = {case for case in self.counts if self.first_counted[case] in self.hashes}
        for edition, groups in (("before", then), ("after", now)):
            counted = Counter(
                (_when(each.values[0]), each.values[3]) for each in rows if each.values[-1] in {"kept", edition}
            )
            assert counted == Counter(
                ((raised[case], self.first_counted[case]), group)
                for case, group in groups.items()
                if group and case in closed
            )

    def open_to_change(self, case: uuid.UUID) -> bool:
        return self.first_counted[case] not in self.restated

    @invariant()
    def a_closed_quarter_is_what_it_was(self) -> None:
        with self.work(system=True) as uow:
            assert insight.rewritten_quarters(uow) == []
            for name, snapshot in self.hashes.items():
                assert uow.session.get_one(Quarter, (uow.organisation_id, name)).snapshot == snapshot

    @invariant()
    def nothing_in_the_rows_leads_to_another(self) -> None:
        with self.work() as uow:
            facts = {each.id for each in uow.session.scalars(sa.select(Fact))}
            groups = {each.id for each in uow.session.scalars(sa.select(GroupFact))}
            themes = uow.session.scalars(sa.select(ThemeFact)).all()
            tokens = {each.id for each in themes} | {each.person for each in themes}
            assert facts.isdisjoint(groups | tokens)
            assert groups.isdisjoint(tokens)


def _counted(counts: Counts) -> tuple[str, bool]:
    return "+".join(sorted(counts.elements)), counts.detriment


def _when(value: str) -> tuple[str, str]:
    """The quarter it was raised in, and the one it counts in."""
    raised, _, counts_in = value.partition(insight.LATE)
    return raised, counts_in or raised


def test_a_case_is_counted_once_and_a_closed_quarter_never_changes(trust: Trust) -> None:
    class OfThisTrust(Counting):
        def __init__(self) -> None:
            super().__init__(trust)

    few = settings(max_examples=40, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(OfThisTrust, settings=few)


def _pushed(trust: Trust, day: date, counts: Counts, pointer: Pointer | None = None) -> Pointer:
    with trust.database.work(trust.guardian.actor, at=datetime(day.year, day.month, day.day, tzinfo=UTC)) as uow:
        return insight.push(uow, counts, pointer)


def _night(trust: Trust, day: date) -> list[str]:
    with trust.database.work(trust.system, at=datetime(day.year, day.month, day.day, tzinfo=UTC)) as uow:
        return insight.close_quarters(uow)


def test_a_quarter_closes_four_weeks_after_its_end_and_not_before(trust: Trust) -> None:
    assert _night(trust, date(2026, 7, 27)) == ["2025-26/Q4"]
    assert _night(trust, date(2026, 7, 28)) == ["2026-27/Q1"]


def test_what_becomes_known_after_the_close_counts_in_the_first_open_quarter(trust: Trust) -> None:
    _night(trust, date(2026, 8, 1))
    pointer = _pushed(trust, date(2026, 8, 2), Counts(date(2026, 5, 4), "open"))
    for row in pointer.rows.values():
        assert (row["raised"], row["counts_in"]) == ("2026-27/Q1", "2026-27/Q2")


def test_a_closing_that_was_counted_is_not_counted_again_when_two_cases_are_parted(trust: Trust) -> None:
    ended = Counts(date(2026, 5, 4), "open", closed_on=date(2026, 6, 1), took=20)
    pointer = _pushed(trust, date(2026, 6, 2), ended)
    _night(trust, date(2026, 8, 1))
    pointer = _pushed(trust, date(2026, 8, 2), replace(ended, continues=True), pointer)
    pointer = _pushed(trust, date(2026, 8, 3), ended, pointer)
    with trust.work() as uow:
        assert [row.counts_in for row in uow.session.scalars(sa.select(ClosingFact))] == ["2026-27/Q1"]
    # Closed once more is one more closing, as ever.
    pointer = _pushed(trust, date(2026, 8, 4), replace(ended, closed_on=None, took=0), pointer)
    _pushed(trust, date(2026, 8, 5), replace(ended, closed_on=date(2026, 8, 5), took=60), pointer)
    with trust.work() as uow:
        counted = sorted(row.counts_in for row in uow.session.scalars(sa.select(ClosingFact)))
    assert counted == ["2026-27/Q1", "2026-27/Q2"]


def test_a_log_brought_in_counts_where_it_belongs_until_something_is_published(trust: Trust) -> None:
    _night(trust, date(2026, 8, 1))
    brought = Counts(date(2026, 5, 4), "open", imported=True)
    rows = _pushed(trust, date(2026, 8, 2), brought).rows.values()
    assert {row["counts_in"] for row in rows} == {"2026-27/Q1"}
    assert _night(trust, date(2026, 8, 3)) == ["2026-27/Q1"]
    with trust.work(trust.system) as uow:
        insight.mark_published(uow, ["2026-27/Q1"])
    rows = _pushed(trust, date(2026, 8, 4), brought).rows.values()
    assert {row["counts_in"] for row in rows} == {"2026-27/Q2"}


def test_an_open_quarter_can_not_be_published(trust: Trust) -> None:
    _pushed(trust, date(2026, 8, 2), Counts(date(2026, 8, 1), "open"))
    with pytest.raises(Conflict), trust.work(trust.system) as uow:
        insight.mark_published(uow, ["2026-27/Q2"])


@pytest.mark.parametrize(
    "touch",
    [
        sa.update(Fact).values(elements="worker_safety"),
        sa.update(GroupFact).values(worker_group="medical_dental"),
        sa.delete(GroupFact),
    ],
)
def test_a_rewritten_quarter_is_found_at_night(trust: Trust, touch: sa.Update | sa.Delete) -> None:
    _pushed(trust, date(2026, 5, 5), Counts(date(2026, 5, 4), "open"))
    _night(trust, date(2026, 8, 1))
    with trust.work(trust.system) as uow:
        assert insight.look_for_rewritten(uow) == []
        uow.session.execute(touch)
    with trust.work(trust.system) as uow:
        assert insight.look_for_rewritten(uow) == ["2026-27/Q1"]


def test_populations_give_disclosure_control_what_it_takes(trust: Trust) -> None:
    counts = Counts(
        date(2026, 5, 4), "open", frozenset({"patient_safety"}), detriment=True, worker_group="medical_dental",
        themes=frozenset({"systems"}), closed_on=date(2026, 6, 5), took=24,
    )  # fmt: skip
    pointer = _pushed(trust, date(2026, 6, 6), counts)
    _night(trust, date(2026, 8, 1))
    _pushed(trust, date(2026, 8, 2), replace(counts, worker_group="nursing_midwifery"), pointer)
    _pushed(trust, date(2026, 8, 2), Counts(date(2026, 6, 30), "anonymous"))
    _night(trust, date(2026, 11, 1))
    with trust.work(trust.system) as uow:
        quarters = ["2026-27/Q1", "2026-27/Q2"]
        cases = insight.cases_population(uow, quarters)
        themes = insight.themes_population(uow, quarters)
        closings = insight.closings_population(uow, quarters)
    assert {(row.values[0], row.values[1], row.values[3], row.values[-1]) for row in cases.rows} == {
        ("2026-27/Q1", "patient_safety", "medical_dental", "before"),
        ("2026-27/Q1", "patient_safety", "nursing_midwifery", "after"),
        ("2026-27/Q1 in 2026-27/Q2", "", "not_known", "kept"),
    }
    assert insight.counted_in(cases, ["2026-27/Q2"]) == {"2026-27/Q2", "2026-27/Q1 in 2026-27/Q2"}
    assert insight.raised_in(cases, "2026-27/Q1") == {"2026-27/Q1", "2026-27/Q1 in 2026-27/Q2"}
    assert [row.values for row in themes.rows] == [("2026-27/Q1", "systems", "kept")]
    assert [row.values for row in closings.rows] == [("2026-27/Q1", "40")]
    for population in (cases, themes, closings):
        for row in population.rows:
            for value, dimension in zip(row.values, population.dimensions, strict=True):
                assert value in dimension.values


def test_a_case_taken_back_after_publication_is_left_out_of_what_is_counted_now(trust: Trust) -> None:
    brought = Counts(date(2026, 5, 4), "open", themes=frozenset({"systems"}), imported=True)
    pointer = _pushed(trust, date(2026, 5, 5), brought)
    _night(trust, date(2026, 8, 1))
    with trust.work(trust.system) as uow:
        insight.mark_published(uow, ["2026-27/Q1"])
    recoded = _pushed(trust, date(2026, 8, 2), replace(brought, elements=frozenset({"patient_safety"})), pointer)
    assert {row["edition"] for row in recoded.rows.values() if row["kind"] == "fact"} == {"before", "after"}
    with trust.work(trust.guardian) as uow:
        insight.take_out(uow, [recoded])
    with trust.work(trust.system) as uow:
        facts = uow.session.scalars(sa.select(Fact)).all()
        themes = uow.session.scalars(sa.select(ThemeFact)).all()
        assert [each.edition for each in facts] == [each.edition for each in themes] == [Edition.BEFORE]
        groups = uow.session.scalars(sa.select(GroupFact)).all()
        assert [each.edition for each in groups] == [Edition.BEFORE]
        assert insight.rewritten_quarters(uow) == []


def test_feedback_of_a_log_is_neither_written_into_nor_taken_out_of_a_published_quarter(trust: Trust) -> None:
    def counted() -> list[str]:
        with trust.work(trust.system) as uow:
            return sorted(uow.session.scalars(sa.select(Feedback.period)))

    _night(trust, date(2026, 8, 1))
    with trust.work(trust.guardian) as uow:
        before = insight.count_earlier(uow, "yes", date(2026, 6, 5))
    with trust.work(trust.system) as uow:
        insight.mark_published(uow, ["2026-27/Q1"])
    with trust.work(trust.guardian) as uow:
        after = insight.count_earlier(uow, "yes", date(2026, 6, 5))
    assert counted() == ["2026-27/Q1"] * 2 + ["2026-27/Q2"] * 2
    with trust.work(trust.guardian) as uow:
        insight.uncount(uow, [*before, *after])
    assert counted() == ["2026-27/Q1"] * 2
