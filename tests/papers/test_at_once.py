"""Two who act on one publication at once: on PostgreSQL the second sees what the first has done, or waits for it."""

import threading
import time
from collections.abc import Callable

import pytest

from speakup import audit, insight, papers
from speakup.audit import Event
from speakup.kernel.errors import Conflict
from speakup.kernel.ids import new_id
from speakup.papers import Kind, Refusal, State
from speakup.papers.operations import checking
from tests import factories
from tests.trusts import Trust

pytestmark = pytest.mark.postgres
A_WHILE = 0.7
"""Seconds, in which the other comes as far as it can."""


def beside(act: Callable[[], object]) -> Callable[[], list[Exception]]:
    """Begin `act` beside what is done here; what is returned waits for its end and lists what went wrong."""
    wrong: list[Exception] = []

    def run() -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001 -- whatever it is, the test shows it
            wrong.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    time.sleep(A_WHILE)

    def end() -> list[Exception]:
        thread.join(60)
        return wrong

    return end


def sent(trust: Trust) -> tuple[str, str]:
    """Send a quarter to be checked; return it, and the reference of its publication."""
    quarter = factories.closed_figures(trust)[-1]
    with trust.work(trust.guardian) as uow:
        row = papers.prepare(uow, Kind.QUARTER, [quarter], uow.today, year_before=280)
        papers.send_to_check(uow, row, row.revision)
    return quarter, row.ref


def checked(trust: Trust) -> tuple[str, str]:
    quarter, ref = sent(trust)
    factories.run_checks(trust)
    return quarter, ref


def approve(trust: Trust, ref: str) -> None:
    with trust.work(trust.lead) as uow:
        factories.approved(uow, papers.find_publication(uow, ref))


def publish(trust: Trust, ref: str) -> None:
    with trust.work(trust.guardian) as uow:
        papers.publish(uow, papers.find_publication(uow, ref))


def revise(trust: Trust, ref: str) -> None:
    with trust.work(trust.guardian) as uow:
        row = papers.find_publication(uow, ref)
        papers.revise(uow, row, row.revision, papers.Words(), row.dated, {})


def state(trust: Trust, ref: str) -> State:
    with trust.work(trust.guardian) as uow:
        return papers.find_publication(uow, ref).state


def test_what_was_written_anew_while_it_was_read_is_not_signed(trust: Trust) -> None:
    _quarter, ref = checked(trust)
    with trust.work(trust.lead) as uow:
        row = papers.find_publication(uow, ref)
        revise(trust, ref)
        with pytest.raises(Conflict):
            factories.approved(uow, row)
    assert state(trust, ref) is State.DRAFT


def test_what_was_signed_meanwhile_is_not_thrown_away(trust: Trust) -> None:
    _quarter, ref = checked(trust)
    with trust.work(trust.guardian) as uow:
        row = papers.find_publication(uow, ref)
        approve(trust, ref)
        with pytest.raises(Conflict):
            papers.discard(uow, row, row.revision)
    assert state(trust, ref) is State.APPROVED


def test_of_two_who_publish_at_once_one_is_refused_in_words(trust: Trust) -> None:
    _quarter, ref = checked(trust)
    approve(trust, ref)
    with trust.work(trust.guardian) as uow:
        row = papers.find_publication(uow, ref)
        publish(trust, ref)
        with pytest.raises(Conflict):
            papers.publish(uow, row)
    assert state(trust, ref) is State.PUBLISHED


def test_one_that_was_thrown_away_meanwhile_is_refused_in_words(trust: Trust) -> None:
    _quarter, ref = checked(trust)
    with trust.work(trust.lead) as uow:
        row = papers.find_publication(uow, ref)
        with trust.work(trust.guardian) as other:
            there = papers.find_publication(other, ref)
            papers.discard(other, there, there.revision)
        with pytest.raises(Conflict):
            papers.check_anew(uow, row)


def test_a_check_that_ends_while_it_is_stopped_leaves_it_stopped(trust: Trust) -> None:
    _quarter, ref = sent(trust)
    with trust.work(trust.guardian) as uow:
        row = papers.find_publication(uow, ref)
        papers.stop_checking(uow, row)
        uow.session.flush()

        def end_check() -> None:
            with trust.work() as job:
                checking.refuse(job, row.id, Refusal.NO_STAFF)

        end = beside(end_check)
    assert end() == []
    assert state(trust, ref) is State.DRAFT


def test_whoever_counts_a_case_and_whoever_signs_wait_for_each_other_in_one_order(trust: Trust) -> None:
    quarter, ref = checked(trust)
    with trust.work(trust.guardian) as uow:
        insight.hold_quarters(uow, [quarter])
        end = beside(lambda: approve(trust, ref))
        audit.record(uow, Event.PUBLICATION_KEPT, new_id())
    assert end() == []
    assert state(trust, ref) is State.APPROVED
