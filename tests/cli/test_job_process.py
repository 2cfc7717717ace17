"""The job process: the outbox, the timetable and the night, with a real runner and a mail server on loopback."""

import os
import socket
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from config import Settings
from speakup import accounts, audit, cases, jobs
from speakup.cli.installation import Installation
from speakup.cli.job_process import JobProcess
from speakup.cli.timetable import ANNOUNCE, NIGHT, REMIND, due
from speakup.gateways.sealed_files import blob_name
from speakup.jobs import Job
from speakup.jobs.standby import turn
from speakup.kernel.actor import Role
from speakup.kernel.errors import NotFound
from tests import databases, factories
from tests.databases import Stored
from tests.trusts import Trust

WITHIN = 30.0


class PostBox:
    """A mail server that keeps whom it was given a letter for."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.arrived = threading.Condition()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.server = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: ANN401, N802 -- aiosmtpd's
        with self.arrived:
            self.got.extend(envelope.rcpt_tos)
            self.arrived.notify_all()
        return "250 taken"

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"smtp://127.0.0.1:{self.port}"

    def wait_for(self, count: int) -> list[str]:
        """Give the addresses once there are so many."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.got) >= count, WITHIN)
            return sorted(self.got)


@pytest.fixture
def post_box() -> Iterator[PostBox]:
    box = PostBox()
    box.server.start()
    yield box
    box.server.stop()


@pytest.fixture
def settings(stored: Stored, tmp_path: Path) -> Settings:
    owner = stored.url.replace(f"//{databases.APPLICATION}@", f"//{databases.OWNER}@")
    return Settings.from_env(
        {
            "SPEAKUP_DATA_DIR": str(tmp_path),
            "SPEAKUP_DATABASE_URL": stored.url,
            "SPEAKUP_OWNER_DATABASE_URL": owner,
            "SPEAKUP_MAIL_FROM": "Speak Up <speakup@example.org>",
        }
    )


@pytest.fixture
def process(settings: Settings, trust: Trust, post_box: PostBox) -> Iterator[JobProcess]:
    """A job process whose runner works and whose outbox is empty; each test says when it looks."""
    for organisation_id in Installation(settings, trust.database).organisations():
        with trust.database.work(replace(trust.system, organisation_id=organisation_id)) as uow:
            jobs.finish(uow, [row.id for row in jobs.to_hand_over(uow)])
    made = JobProcess(Installation(replace(settings, mail_url=post_box.url), trust.database))
    made.runner.start()
    yield made
    made.runner.stop()


def waiting(trust: Trust) -> list[uuid.UUID]:
    with trust.work() as uow:
        return [row.id for row in jobs.to_hand_over(uow)]


def test_what_an_operation_deferred_is_sent(process: JobProcess, trust: Trust, post_box: PostBox) -> None:
    with trust.work() as uow:
        accounts.invite(uow, accounts.PersonDetails("ivy@example.org", "Ivy Ince"), [Role.GUARDIAN])
    process.hand_over_outbox()
    process.hand_over_outbox()
    assert post_box.wait_for(1) == ["ivy@example.org"]
    assert waiting(trust) == []


def test_new_concerns_are_announced_at_the_organisations_hours(
    process: JobProcess, trust: Trust, post_box: PostBox
) -> None:
    factories.raised_case(trust)
    ten_on_monday = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
    process.hand_over_due(ten_on_monday)
    process.hand_over_due(ten_on_monday + timedelta(minutes=20))
    for _ in range(300):
        process.hand_over_outbox()
        if len(post_box.got) == 2:
            break
        threading.Event().wait(0.1)
    assert len(set(post_box.wait_for(2))) == 2


def test_guardians_are_reminded_on_working_days_from_the_hour_they_look(process: JobProcess, trust: Trust) -> None:
    def reminded(moment: datetime) -> set[uuid.UUID]:
        handed_over = process._due(moment)  # noqa: SLF001 -- without handing it over
        return {id for name, organisation, id in handed_over if (name, organisation) == (REMIND, trust.id)}

    monday = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
    assert len(reminded(monday)) == 1
    assert reminded(monday) == reminded(monday + timedelta(hours=6))
    assert reminded(monday - timedelta(hours=1)) == reminded(monday - timedelta(days=1)) == set()
    # What runs in earnest runs today, whatever day this is; no case is due on the day it was raised.
    factories.raised_case(trust)
    process.works()[REMIND](trust.id, uuid.UUID(int=0))
    assert waiting(trust) == []


def test_without_mail_everything_waits(settings: Settings, trust: Trust) -> None:
    without = JobProcess(Installation(settings, trust.database))
    assert not without.has_mail
    with trust.work() as uow:
        row_id = jobs.defer(uow, Job.URGENT_MAIL, trust.guardian.id)
    assert row_id in waiting(trust)


def test_what_the_runner_was_given_is_offered_again_when_it_starts(
    process: JobProcess, trust: Trust, post_box: PostBox
) -> None:
    with trust.work() as uow:
        row_id = jobs.defer(uow, Job.SOMETHING_TO_READ_MAIL, trust.guardian.id)
        uow.session.flush()
        jobs.mark_handed_over(uow, [row_id])
    assert waiting(trust) == []
    with trust.work() as uow:
        jobs.hand_over_again(uow)
    process.hand_over_outbox()
    assert post_box.wait_for(1) == [trust.guardian.email]


def test_the_night_clears_up_and_says_so_in_the_audit_chain(process: JobProcess, trust: Trust) -> None:
    raised = factories.raised_case(trust)
    old = datetime.now(UTC) - timedelta(days=3)
    with trust.database.work(trust.visitor, at=old) as uow:
        token = cases.start_draft(uow)
    process.blobs.put(f"{trust.id}/{uuid.uuid4()}", [b"named by no row"])
    for file in Path(process.installation.settings.blobs_url).rglob("*-*"):
        if file.is_file():
            os.utime(file, (old.timestamp(), old.timestamp()))
    process.clear_up(uuid.uuid4(), uuid.uuid4())
    with trust.work() as uow:
        assert [line["event"] for line in audit.lines(uow)][-1] == audit.Event.ORDER_REMOVED
        assert audit.verify(uow).broken_at is None
    with pytest.raises(NotFound), trust.database.work(trust.visitor, at=old) as uow:
        cases.read_draft(uow, token)
    assert list(process.blobs.keys()) == []
    assert raised.inbox().messages == []


def test_drafts_that_ran_out_go_at_the_organisations_hours_and_not_only_at_night(
    process: JobProcess, trust: Trust
) -> None:
    tokens = {}
    for name, begun in (("old", datetime.now(UTC) - timedelta(hours=4)), ("new", datetime.now(UTC))):
        with trust.database.work(trust.visitor, at=begun) as uow:
            tokens[name] = cases.start_draft(uow)
            stored = cases.StoredFile(uuid.uuid4(), bytes(32), "a.txt", "text/plain", 1, (), scanned=True)
            cases.add_file(uow, tokens[name], stored)
        process.blobs.put(blob_name(trust.id, stored.blob_id), [b"sealed"])
    process.announce(trust.id, uuid.uuid4())
    assert list(process.blobs.keys()) == [blob_name(trust.id, stored.blob_id)]
    with trust.work(trust.visitor, writes=False) as uow:
        assert len(cases.read_draft(uow, tokens["new"]).files) == 1


def test_a_file_just_stored_is_not_taken_for_left_over(process: JobProcess, trust: Trust) -> None:
    key = f"{trust.id}/{uuid.uuid4()}"
    process.blobs.put(key, [b"soon to be named"])
    process.clear_up(uuid.uuid4(), uuid.uuid4())
    assert list(process.blobs.keys()) == [key]


def test_of_two_processes_one_stands_by_until_the_other_ends(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'jobs.db'}"
    with turn(url) as second:
        with turn(url) as first:
            assert first.take()
            assert first.take()
            assert not second.take()
        assert second.take()


@pytest.mark.postgres
def test_of_two_processes_on_postgresql_one_stands_by(postgresql: str) -> None:
    with turn(postgresql) as second:
        with turn(postgresql) as first:
            assert first.take()
            assert first.take()
            assert not second.take()
        assert second.take()


@pytest.mark.parametrize(
    ("name", "moment", "is_due"),
    [
        (ANNOUNCE, datetime(2026, 11, 23, 8, 0, tzinfo=UTC), True),
        (ANNOUNCE, datetime(2026, 11, 23, 8, 59, tzinfo=UTC), True),
        (ANNOUNCE, datetime(2026, 11, 23, 9, 0, tzinfo=UTC), False),
        (ANNOUNCE, datetime(2026, 6, 22, 7, 30, tzinfo=UTC), True),
        (NIGHT, datetime(2026, 11, 23, 2, 29, tzinfo=UTC), False),
        (NIGHT, datetime(2026, 11, 23, 2, 30, tzinfo=UTC), True),
        (NIGHT, datetime(2026, 11, 23, 23, 59, tzinfo=UTC), True),
    ],
)
def test_the_timetable_keeps_london_time(name: str, moment: datetime, is_due: bool) -> None:  # noqa: FBT001 -- a table's column
    assert (due(name, uuid.UUID(int=1), moment, "8 17") is not None) is is_due


def test_a_run_has_one_id_however_often_it_is_asked_for() -> None:
    nine, ten = (datetime(2026, 11, 23, hour, 1, tzinfo=UTC) for hour in (9, 10))
    asked = [due(ANNOUNCE, uuid.UUID(int=1), moment, "9 10") for moment in (nine, nine + timedelta(minutes=50), ten)]
    assert asked[0] == asked[1] != asked[2]
    assert due(ANNOUNCE, uuid.UUID(int=2), nine, "9 10") != asked[0]
