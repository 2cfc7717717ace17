"""Publications brought where a test wants them, by the operations that bring them there in earnest."""

from speakup import jobs, keyring, papers
from speakup.jobs import Job
from speakup.kernel.uow import UnitOfWork
from speakup.papers import Kind, Publication, tasks
from tests.factories.figures import closed_figures
from tests.trusts import Colleague, Trust

SECRET = bytes(32)
"""Stands for the installation's."""


def run_checks(trust: Trust) -> None:
    """Do what the job process does."""
    with trust.work() as uow:
        waiting = [row.id for row in jobs.to_hand_over(uow) if row.job is Job.PUBLICATION_CHECK]
    for row_id in waiting:
        tasks.check_publication(trust.database, SECRET, trust.id, row_id)


def published_quarter(trust: Trust, quarter: str = "", second: Colleague | None = None) -> str:
    """Publish a quarter, the newest that can be where none is named; return its reference."""
    quarter = quarter or closed_figures(trust)[-1]
    return published(trust, Kind.QUARTER, [quarter], second=second)


def published(trust: Trust, kind: Kind, quarters: list[str], second: Colleague | None = None) -> str:
    """Publish something of closed quarters; return its reference."""
    with trust.work(trust.guardian) as uow:
        row = papers.prepare(uow, kind, quarters, uow.today, year_before=280)
        papers.send_to_check(uow, row, row.revision)
    run_checks(trust)
    with trust.work(second or trust.second_guardian) as uow:
        approved(uow, papers.find_publication(uow, row.ref))
    with trust.work(trust.guardian) as uow:
        papers.publish(uow, papers.find_publication(uow, row.ref))
    return row.ref


def approved(uow: UnitOfWork, row: Publication) -> None:
    """Sign it and approve it."""
    papers.approve(uow, row, row.digest, keyring.sign_publication(uow, row.id, row.digest))
