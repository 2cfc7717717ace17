"""Work is done once, in spite of errors, planted rows and a killed process."""

import base64
import pickle
import signal
import sqlite3
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from speakup.jobs.runner import Runner, Work
from tests import databases, trusts
from tests.jobs.test_serialising import Planted

ORGANISATION = uuid.UUID(int=7)
WITHIN = 30.0
"""Seconds any wait of these tests may take before it counts as never."""

Start = Callable[[Mapping[str, Work]], Runner]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The runner's own database."""
    return tmp_path / "jobs.db"


@pytest.fixture
def start(file: Path) -> Iterator[Start]:
    """Start a runner that tries again at once; it is stopped at the end."""
    started: list[Runner] = []

    def begin(works: Mapping[str, Work]) -> Runner:
        runner = Runner(f"sqlite:///{file}", works, waits=(0.01, 0.01))
        runner.start()
        started.append(runner)
        return runner

    yield begin
    for runner in started:
        runner.stop()


class Counted:
    """Work that counts, fails as often as it is told to, and says when it was done."""

    def __init__(self, failures: int = 0) -> None:
        self.tries: list[uuid.UUID] = []
        self.failures = failures
        self.done = threading.Event()

    def __call__(self, organisation_id: uuid.UUID, id: uuid.UUID) -> None:
        assert organisation_id == ORGANISATION
        self.tries.append(id)
        if len(self.tries) <= self.failures:
            raise ConnectionError("nora@example.org")
        self.done.set()


def rows(file: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as database:
        return database.execute(query).fetchall()


def test_work_handed_over_twice_under_one_id_is_done_once(start: Start) -> None:
    first, last = Counted(), Counted()
    runner = start({"letter": first, "last letter": last})
    for _ in range(3):
        runner.hand_over("letter", ORGANISATION, uuid.UUID(int=1))
    assert first.done.wait(WITHIN)
    runner.hand_over("letter", ORGANISATION, uuid.UUID(int=1))
    runner.hand_over("last letter", ORGANISATION, uuid.UUID(int=2))
    assert last.done.wait(WITHIN)
    assert first.tries == [uuid.UUID(int=1)]


def test_work_that_fails_is_tried_until_it_is_done(start: Start) -> None:
    work = Counted(failures=4)
    start({"letter": work}).hand_over("letter", ORGANISATION, uuid.UUID(int=1))
    assert work.done.wait(WITHIN)
    assert len(work.tries) == 5


def test_an_error_leaves_no_word_of_its_message(start: Start, file: Path, caplog: pytest.LogCaptureFixture) -> None:
    work = Counted(failures=1)
    start({"letter": work}).hand_over("letter", ORGANISATION, uuid.UUID(int=1))
    assert work.done.wait(WITHIN)
    assert "ConnectionError" in caplog.text
    assert "nora@example.org" not in caplog.text
    written = b"".join(each.read_bytes() for each in file.parent.glob("jobs.db*"))
    assert b"nora@example.org" not in written


def test_work_nobody_knows_is_refused_before_it_is_taken(start: Start, file: Path) -> None:
    runner = start({"letter": Counted()})
    with pytest.raises(KeyError):
        runner.hand_over("unheard of", ORGANISATION, uuid.UUID(int=1))
    assert rows(file, "SELECT count(*) FROM workflow_status") == [(0,)]


def test_a_planted_pickle_is_never_loaded_and_other_work_goes_on(start: Start, file: Path, tmp_path: Path) -> None:
    ran, work = tmp_path / "ran", Counted()
    runner = start({"letter": work})
    planted = base64.b64encode(pickle.dumps(Planted(ran))).decode()
    now = int(datetime.now(UTC).timestamp() * 1000)
    with closing(sqlite3.connect(file, timeout=30)) as database, database:
        database.execute(
            "INSERT INTO workflow_status (workflow_uuid, status, name, executor_id, application_version, queue_name, "
            "inputs, serialization, created_at, updated_at, priority) "
            "VALUES ('planted', 'ENQUEUED', 'carry out', 'jobs', '1', 'work', ?, 'py_pickle', ?, ?, 0)",
            (planted, now, now),
        )
        database.execute("INSERT INTO workflow_input (workflow_uuid, inputs) VALUES ('planted', ?)", (planted,))
    runner.hand_over("letter", ORGANISATION, uuid.UUID(int=1))
    assert work.done.wait(WITHIN)
    assert not ran.exists()


def test_finished_work_is_forgotten_and_unfinished_is_not(start: Start, file: Path) -> None:
    done, stuck = Counted(), Counted(failures=10**9)
    runner = start({"letter": done, "stuck letter": stuck})
    runner.hand_over("letter", ORGANISATION, uuid.UUID(int=1))
    runner.hand_over("stuck letter", ORGANISATION, uuid.UUID(int=2))
    assert done.done.wait(WITHIN)
    later = datetime.now(UTC) + timedelta(minutes=5)
    while not runner.forget_finished(later):
        threading.Event().wait(0.02)
    assert rows(file, "SELECT workflow_uuid FROM workflow_status") == [(str(uuid.UUID(int=2)),)]


@pytest.mark.postgres
def test_on_postgresql_the_same_work_is_done_and_then_forgotten(postgresql: str) -> None:
    name = trusts.new_name("jobs")
    databases.make_roles(postgresql)
    databases.create_postgresql(postgresql, name)
    work = Counted(failures=1)
    runner = Runner(databases.address(postgresql, name, databases.OWNER), {"letter": work}, waits=(0.01, 0.01))
    runner.start()
    try:
        runner.hand_over("letter", ORGANISATION, uuid.UUID(int=1))
        assert work.done.wait(WITHIN)
        later = datetime.now(UTC) + timedelta(minutes=5)
        while not runner.forget_finished(later):
            threading.Event().wait(0.02)
    finally:
        runner.stop()
        databases.drop_postgresql(postgresql, name)
    assert len(work.tries) == 2


KILLED = """
import sys, threading, uuid
from pathlib import Path
from speakup.jobs.runner import Runner

folder = Path(sys.argv[1])

def work(organisation_id, id):
    with (folder / f"begun-{id}").open("a") as begun:
        begun.write("x")
    if (folder / "hold").exists():
        sys.stdout.write("in the middle\\n")
        sys.stdout.flush()
        threading.Event().wait()
    with (folder / f"done-{id}").open("a") as done:
        done.write("x")

runner = Runner(f"sqlite:///{folder / 'jobs.db'}", {"letter": work})
runner.start()
for number in range(1, 4):
    runner.hand_over("letter", uuid.UUID(int=7), uuid.UUID(int=number))
while len(list(folder.glob("done-*"))) < 3:
    threading.Event().wait(0.05)
print("all done", flush=True)
runner.stop()
"""


def test_work_in_the_middle_of_which_the_process_was_killed_is_done_by_the_next(tmp_path: Path) -> None:
    (tmp_path / "hold").touch()
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        said = process.stdout.readline() if process.stdout else ""
        process.send_signal(signal.SIGKILL)
    assert said.startswith("in the middle")
    assert list(tmp_path.glob("done-*")) == []

    (tmp_path / "hold").unlink()
    again = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert "all done" in again.stdout
    assert [each.read_text() for each in sorted(tmp_path.glob("done-*"))] == ["x", "x", "x"]
