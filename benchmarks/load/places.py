"""A folder with an installation in it: founded trusts, cases if any are wanted, and a server if one is."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.load.visitor import InProcess, OverTLS, Visitor
from config import Settings
from speakup import organisations
from speakup.cli.certificate import local_certificate
from speakup.web.app import create_app
from tests import trusts
from tests.databases import Stored
from tests.trusts import Trust

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "var" / "bench"
"""What costs minutes to make is kept here between measurements."""
STARTS_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Place:
    """An installation in a folder, on SQLite, as `speakup serve` finds it."""

    folder: Path
    template: Path

    @property
    def environ(self) -> dict[str, str]:
        """What a command of this installation is told."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SPEAKUP_")}
        return {**kept, "SPEAKUP_DATA_DIR": str(self.folder), "PYTHONWARNINGS": "error"}

    @contextmanager
    def open(self) -> Iterator[list[Trust]]:
        """Give the trusts, for acting through the operations; closed at the end."""
        url = f"sqlite:///{self.folder / 'speakup.db'}"
        stored = Stored("sqlite", url, url, self.folder / "trust", self.folder / "speakup.db")
        with stored.open() as database:
            yield trusts.read(self.template, stored, database)

    def settings(self) -> Settings:
        """The settings of its processes."""
        return Settings.from_env({"SPEAKUP_DATA_DIR": str(self.folder)})

    def answer_to(self, port: int) -> None:
        """Let the first trust answer to `localhost` at a port."""
        with self.open() as (trust, *_), trust.work() as uow:
            if f"localhost:{port}" not in organisations.hosts(uow):
                organisations.add_host(uow, f"localhost:{port}")


def found_place(folder: Path, template: Path) -> Place:
    """Copy founded trusts into a folder of their own. `template` is what `tests.trusts.found` made, or is made now."""
    if not (template / "people.json").exists():
        shutil.rmtree(template, ignore_errors=True)
        template.mkdir(parents=True)
        trusts.found(template)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(template / "template.db", folder / "speakup.db")
    shutil.copytree(template / "trust", folder / "trust", dirs_exist_ok=True)
    return Place(folder, template)


@contextmanager
def temporary_place() -> Iterator[Place]:
    """Give an installation that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="speakup-bench-") as folder:
        yield found_place(Path(folder) / "site", Path(folder) / "founded")


@contextmanager
def in_process(place: Place) -> Iterator[tuple[Visitor, InProcess, Trust]]:
    """Give a visitor to the application in this process, and the trust it visits."""
    app = create_app(place.settings())
    with place.open() as (trust, *_):
        carried = InProcess(app, trust.host)
        yield Visitor(carried), carried, trust
    app.extensions["speakup"].database.engine.dispose()


@dataclass
class Server:
    """The site as it really runs: gunicorn and its processes, over TLS."""

    place: Place
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def address(self) -> str:
        """Where it is."""
        return f"https://localhost:{self.port}"

    def visitor(self, timeout: float = 60.0) -> Visitor:
        """Give a new browser with a connection of its own."""
        return Visitor(OverTLS(self.port, certificate(self.place), timeout))

    def workers(self) -> list[int]:
        """List the processes that answer; the one that watches over them is not among them."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(each) for each in path.read_text().split()]


def certificate(place: Place) -> Path:
    """Where the certificate is that browsers are to trust."""
    return local_certificate(place.folder / "tls")[0]


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def served(place: Place, processes: int | None = None, **environ: str) -> Iterator[Server]:
    """Serve the installation over TLS until the block ends."""
    port = free_port()
    place.answer_to(port)
    with served_at(place, port, processes, **environ) as server:
        yield server


@contextmanager
def served_at(place: Place, port: int, processes: int | None = None, **environ: str) -> Iterator[Server]:
    """Serve an installation that answers to `localhost` at this port already, over TLS until the block ends."""
    certificate(place)
    words = ["serve", f"--port={port}", "--tls", *([f"--processes={processes}"] if processes else [])]
    with started(place, words, "server.log", environ) as process:
        _wait_for(port, process, place.folder / "server.log")
        yield Server(place, port, process, place.folder / "server.log")


def run_to_its_end(place: Place, words: Sequence[str]) -> None:
    """Run one of the program's own commands that ends by itself; `CalledProcessError` where it fails."""
    subprocess.run([sys.executable, "-m", "speakup.cli", *words], cwd=ROOT, env=place.environ, check=True)  # noqa: S603 -- our own program


@contextmanager
def started(
    place: Place, words: Sequence[str], log: str, environ: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of the program's own commands until the block ends; what it says goes to a file in the folder."""
    with (place.folder / log).open("ab") as said:
        process = subprocess.Popen(  # noqa: S603 -- our own program
            [sys.executable, "-m", "speakup.cli", *words],
            cwd=ROOT,
            env={**place.environ, **(environ or {})},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        # An interrupt stops gunicorn at once, where SIGTERM would wait for browsers that keep a connection open.
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    began = time.monotonic()
    connect = partial(socket.create_connection, ("127.0.0.1", port), 1)
    while time.monotonic() - began < STARTS_WITHIN:
        if process.poll() is not None:
            break
        try:
            connect().close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")
