"""The starter of the tests' own PostgreSQL."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import postgres

pytestmark = pytest.mark.postgres


@pytest.fixture
def run_id(tmp_path: Path) -> str:
    return f"test-{os.getpid()}-{tmp_path.name[-8:]}"


@pytest.fixture
def engine(run_id: str) -> Iterator[sa.Engine]:
    with postgres.start({"PYTEST_XDIST_TESTRUNUID": run_id}) as url:
        engine = sa.create_engine(url)
        yield engine
        engine.dispose()


def folder_of(run_id: str) -> Path:
    return Path(tempfile.gettempdir()) / f"{postgres.PREFIX}{run_id}"


def is_running(pid: int) -> bool:
    """A process that has ended and whose end nobody has noted yet has no command line."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_the_tests_get_a_superuser_on_a_server_that_does_not_wait_for_the_disk(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        shown = {name: connection.scalar(sa.text(f"show {name}")) for name in ("fsync", "is_superuser")}
    assert shown == {"fsync": "off", "is_superuser": "on"}


@pytest.mark.skipif(os.getuid() != 0, reason="only root has to drop its rights")
def test_the_server_never_runs_as_root(engine: sa.Engine, run_id: str) -> None:
    with engine.connect() as connection:
        assert connection.scalar(sa.text("select 1")) == 1
    pid = (folder_of(run_id) / "data" / "postmaster.pid").read_text().splitlines()[0]
    assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_workers_of_one_run_share_a_server_and_the_last_to_leave_stops_it(run_id: str) -> None:
    environ = {"PYTEST_XDIST_TESTRUNUID": run_id}
    with postgres.start(environ) as first:
        with postgres.start(environ) as second:
            assert first == second
        assert folder_of(run_id).exists()
        engine = sa.create_engine(first)
        with engine.connect() as connection:
            assert connection.scalar(sa.text("select 1")) == 1
        engine.dispose()
    assert not folder_of(run_id).exists()


def test_a_server_left_behind_by_a_killed_run_is_cleared_away(run_id: str) -> None:
    script = "import sys; from tests import postgres\nwith postgres.start(): print('up', flush=True); sys.stdin.read()"
    environ = {**os.environ, "PYTEST_XDIST_TESTRUNUID": run_id}
    environ.pop("TEST_DATABASE_URL", None)
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[1],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as run:
        assert run.stdout
        assert run.stdout.readline() == b"up\n"
        run.send_signal(signal.SIGKILL)
    server = int((folder_of(run_id) / "data" / "postmaster.pid").read_text().splitlines()[0])
    postgres.clear_left_overs()
    assert not folder_of(run_id).exists()
    assert not is_running(server)


def test_a_server_of_ones_own_can_be_named() -> None:
    with postgres.start({"TEST_DATABASE_URL": "postgresql://me:secret@127.0.0.1:5432/mine"}) as url:
        assert url == "postgresql+psycopg://me:secret@127.0.0.1:5432/mine"
