"""One unit of work is one transaction: all of it happens, or none."""

import threading
import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from speakup import organisations
from speakup.kernel.errors import IntegrityFault, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.tables import METADATA
from tests.trusts import Trust


def names(trust: Trust) -> list[str]:
    with trust.work(writes=False) as uow:
        return [each.name for each in organisations.directorates(uow)]


def add_directorates(trust: Trust, *wanted: str, finish: Callable[[UnitOfWork], None] | None = None) -> None:
    with trust.work(trust.administrator) as uow:
        for name in wanted:
            organisations.add_directorate(uow, name, 50)
        uow.before_commit.extend([finish] if finish else [])


def test_a_clean_exit_commits_and_an_error_leaves_nothing(trust: Trust) -> None:
    add_directorates(trust, "Medicine")
    with pytest.raises(Invalid):
        add_directorates(trust, "Estates", "  ")
    assert names(trust) == ["Medicine", "Surgery"]


def test_what_is_gathered_for_the_end_is_in_the_same_transaction(trust: Trust) -> None:
    def fail(_: object) -> None:
        raise Invalid("end", "refused")

    with pytest.raises(Invalid):
        add_directorates(trust, "Estates", finish=fail)
    assert names(trust) == ["Surgery"]


def test_a_reader_is_not_kept_waiting_by_a_writer_and_sees_one_moment(trust: Trust) -> None:
    seen: list[list[str]] = []
    with trust.work(trust.administrator) as uow:
        organisations.add_directorate(uow, "Medicine", 50)
        uow.session.flush()
        reader = threading.Thread(target=lambda: seen.append(names(trust)))
        reader.start()
        reader.join(10)
    assert seen == [["Surgery"]]
    assert names(trust) == ["Medicine", "Surgery"]


def test_a_word_that_is_no_state_is_a_fault(trust: Trust) -> None:
    with trust.stored.unbound() as connection:
        connection.execute(METADATA.tables["organisation"].update().values(country=sa.literal("nowhere")))
    with pytest.raises(IntegrityFault), trust.work() as uow:
        organisations.here(uow)


def test_a_unit_of_work_knows_when_and_for_whom_it_is(trust: Trust) -> None:
    with trust.work() as uow:
        assert uow.now.tzinfo is not None
        assert uow.organisation_id == trust.id
        assert uow.on_postgresql is (trust.stored.kind == "postgresql")


@pytest.mark.postgres
def test_a_connection_that_the_server_closed_meanwhile_is_replaced_before_anything_is_done(trust: Trust) -> None:
    assert names(trust) == ["Surgery"]
    with trust.stored.unbound() as connection:
        gone = connection.scalar(sa.text(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ))  # fmt: skip
    assert gone >= 1
    time.sleep(1.1)
    add_directorates(trust, "Medicine")
    assert names(trust) == ["Medicine", "Surgery"]
