"""The worklist's own arithmetic: which cases hold something new, however many of them do."""

import uuid
from datetime import timedelta

from speakup import cases
from speakup.kernel.uow import UnitOfWork
from tests import factories
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust


def test_what_is_new_is_said_of_each_case_whether_few_were_read_or_most(trust: Trust) -> None:
    raised = [factories.raised_case(trust) for _ in range(4)]
    guardian = readers_of(raised[0])[0]
    theirs = [each for each in raised if guardian in readers_of(each)]
    still_new = {each.ref for each in theirs}
    for case in theirs:
        assert newly_told(trust, guardian) == still_new
        with case.as_(guardian) as (uow, row):
            cases.open_view(uow, row)
            cases.mark_read(uow, row)
        still_new.remove(case.ref)
    assert newly_told(trust, guardian) == set()


def newly_told(trust: Trust, guardian: Colleague) -> set[str]:
    """The references marked as new, whose number the list must give too."""
    with trust.work(guardian) as uow:
        listed = cases.worklist(uow, cases.Filters())
    marked = {line.case.ref for line in listed.lines if line.unread}
    assert listed.counts.unread == len(marked)
    return marked


def _pair(uow: UnitOfWork, lot: bytes) -> tuple[uuid.UUID, uuid.UUID]:
    choice = cases.choose_receivers(uow, cases.NewConcern("", lot=lot), frozenset())
    return choice.primary, choice.cover


def test_a_case_that_somebody_else_alone_can_open_is_never_new_on_the_teams_list(trust: Trust) -> None:
    raised = [factories.raised_case(trust) for _ in range(3)]
    # Chance decides whose each is; one more than that is nobody's but the other two's.
    with trust.work(trust.visitor) as uow:
        able = {trust.guardian.id, trust.second_guardian.id}
        lots = (bytes([each]) for each in range(256))
        lot = next(each for each in lots if {*_pair(uow, each)} == able)
    raised.append(factories.raised_case(trust, lot=lot))
    with trust.work(trust.lead) as uow:
        listed = cases.worklist(uow, cases.Filters(whose=cases.Whose.TEAM))
    assert {line.case.ref for line in listed.lines} >= {each.ref for each in raised}
    assert any(not line.may_open for line in listed.lines)
    assert all(line.may_open for line in listed.lines if line.unread)


def test_a_page_past_the_end_is_empty_and_counts_all_the_same(trust: Trust) -> None:
    guardian = readers_of(factories.raised_case(trust))[0]
    with trust.work(guardian) as uow:
        here = cases.worklist(uow, cases.Filters())
        past = cases.worklist(uow, cases.Filters(page=here.pages + 1))
    assert past.lines == []
    assert past.counts == here.counts
    assert here.counts.total > 0


def test_the_list_begins_with_the_unacknowledged_then_the_overdue_and_then_goes_by_the_day(trust: Trust) -> None:
    """Something new never hides a nearer date, and danger comes first among its like."""
    state = cases.CaseState
    wanted = [
        (state.NEW, 1, True),
        (state.NEW, 1, False),
        (state.WITH_GUARDIAN, -8, True),
        (state.WITH_GUARDIAN, -30, False),
        (state.WITH_GUARDIAN, 30, True),
        (state.WITH_GUARDIAN, 10, False),
        (state.WITH_GUARDIAN, 16, False),
    ]
    raised = [factories.raised_case(trust) for _ in wanted]
    with trust.work() as uow:
        for case, (stands, days, at_risk) in zip(raised, wanted, strict=True):
            row = uow.session.query(cases.Case).filter_by(ref=case.ref).one()
            row.state, row.due_on, row.at_risk_now = stands, uow.today + timedelta(days=days), at_risk
            # Only the one that is due last holds something new.
            row.told_times = row.told_times if case is raised[-1] else 0
    with trust.work(trust.lead) as uow:
        listed = cases.worklist(uow, cases.Filters(whose=cases.Whose.TEAM))
    assert [line.case.ref for line in listed.lines] == [case.ref for case in raised]
