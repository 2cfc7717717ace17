"""`speakup jobs`, killed while a mail server has not answered yet, and started again."""

import os
import signal
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from click.testing import CliRunner

from config import Settings
from speakup import accounts, jobs
from speakup.cli.__main__ import main
from speakup.cli.installation import Installation
from speakup.jobs import Job
from speakup.kernel.actor import system
from speakup.kernel.db import make_engine
from speakup.kernel.uow import Database

WITHIN = 60.0


@dataclass
class SlowServer:
    """A mail server, a few lines of SMTP, that leaves letters unanswered until it is told to take them."""

    takes: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)
    taken: list[bytes] = field(default_factory=list)
    has_taken: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"smtp://127.0.0.1:{self.listener.getsockname()[1]}"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rwb", buffering=0) as line:
            line.write(b"220 ready\r\n")
            try:
                while word := line.readline().upper():
                    self._answer(line, word)
            except OSError:
                return

    def _answer(self, line: socket.SocketIO, word: bytes) -> None:
        if not word.startswith(b"DATA"):
            line.write(b"221 bye\r\n" if word.startswith(b"QUIT") else b"250 good\r\n")
            return
        line.write(b"354 go on\r\n")
        letter = b""
        while not letter.endswith(b"\r\n.\r\n"):
            letter += line.readline()
        if not self.takes.is_set():
            self.reached.set()
            self.takes.wait()
            raise ConnectionAbortedError  # Whoever sent this letter is gone.
        line.write(b"250 taken\r\n")
        self.taken.append(letter)
        self.has_taken.set()


@contextmanager
def started(environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run the job process, and leave none behind."""
    command = [sys.executable, "-m", "speakup.cli", "jobs"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def outbox(installation: Installation, organisation_id: uuid.UUID) -> list[jobs.OutboxRow]:
    with installation.database.work(system(organisation_id)) as uow:
        jobs.hand_over_again(uow)
        return jobs.to_hand_over(uow)


def test_a_letter_that_was_on_its_way_when_the_process_was_killed_is_sent_by_the_next(tmp_path: Path) -> None:
    server = SlowServer()
    told = {
        "SPEAKUP_DATA_DIR": str(tmp_path / "data"),
        "SPEAKUP_MAIL_URL": server.url,
        "SPEAKUP_MAIL_FROM": "Speak Up <speakup@example.org>",
    }
    typed = "Anytown NHS Trust\nAdam Ames\nadam@example.org\nGail Guard\ngail@example.org\nanytown.localhost\n"
    for words, said in ((["migrate"], ""), (["init"], typed)):
        assert CliRunner(env=told).invoke(main, words, input=said).exit_code == 0
    settings = Settings.from_env(told)
    engine = make_engine(settings.database_url)
    installation = Installation(settings, Database(engine, settings.trust_dir))
    (organisation_id,) = installation.organisations()
    with installation.database.work(system(organisation_id)) as uow:
        jobs.defer(uow, Job.URGENT_MAIL, accounts.members(uow)[0].id)

    with started({**os.environ, **told}) as process:
        assert server.reached.wait(WITHIN)
        process.send_signal(signal.SIGKILL)
    assert server.taken == []
    assert len(outbox(installation, organisation_id)) == 1

    server.takes.set()
    with started({**os.environ, **told}) as process:
        assert server.has_taken.wait(WITHIN)
        process.terminate()
        process.wait(WITHIN)
    assert outbox(installation, organisation_id) == []
    assert len(server.taken) == 1
    server.listener.close()
    engine.dispose()
