import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from speakup.gateways.scanner import ClamdScanner, FakeScanner, NoScanner, ScannerUnavailable, Verdict, scanner_at

# The harmless file that scanners agree to find, in two halves, so that this page is not found itself.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + rb"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A real clamd with one signature: its address on the loopback, and the path of its socket."""
    program = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        pytest.skip("needs clamd (Debian: clamav-daemon), a program that only an administrator can install")
    folder = tmp_path_factory.mktemp("clamd")
    signatures = folder / "signatures"
    signatures.mkdir()
    (signatures / "test.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
    port, path = free_port(), folder / "clamd.sock"
    settings = folder / "clamd.conf"
    settings.write_text(
        f"Foreground yes\nDatabaseDirectory {signatures}\nTCPSocket {port}\nTCPAddr 127.0.0.1\nLocalSocket {path}\n"
        f"TemporaryDirectory {folder}\nStreamMaxLength 1M\nLogFile {folder}/log\n"
    )
    with subprocess.Popen(
        [program, "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as daemon:
        try:
            _wait_until_reachable(port, daemon, folder / "log")
            yield f"127.0.0.1:{port}", str(path)
        finally:
            daemon.kill()


def _wait_until_reachable(port: int, daemon: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and daemon.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            threading.Event().wait(0.05)
    pytest.fail(log.read_text() if log.exists() else "clamd did not start")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def answering(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that takes one connection and treats it as told."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_answer_one, args=(server, answer))
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}"
        thread.join(timeout=10)


def _answer_one(server: socket.socket, answer: Callable[[socket.socket], None]) -> None:
    connection, _ = server.accept()
    with connection:
        answer(connection)


def heard(connection: socket.socket) -> bytes:
    """Everything up to the frame of length zero."""
    received = b""
    while not received.endswith(b"\0\0\0\0"):
        received += connection.recv(65_536)
    return received


def test_a_real_scanner_tells_infected_from_clean(clamd: tuple[str, str]) -> None:
    for address in clamd:
        assert ClamdScanner(address).scan(EICAR) is Verdict.INFECTED
        assert ClamdScanner(address).scan(b"The rota had two nurses") is Verdict.CLEAN
        assert ClamdScanner(address).scan(b"a" * 300_000 + EICAR) is Verdict.INFECTED


def test_a_file_beyond_the_scanners_own_limit_does_not_pass(clamd: tuple[str, str]) -> None:
    with pytest.raises(ScannerUnavailable):
        ClamdScanner(clamd[0]).scan(b"a" * 3_000_000)


def test_a_scanner_that_is_not_there_passes_nothing(tmp_path: Path) -> None:
    for address in (f"127.0.0.1:{free_port()}", str(tmp_path / "none.sock"), "nonsense"):
        with pytest.raises(ScannerUnavailable):
            ClamdScanner(address, seconds=2).scan(b"hello")


@pytest.mark.parametrize(
    "answer",
    [b"", b"stream: OK", b"stream: \0", b"INSTREAM size limit exceeded. ERROR\0", b"OK\0", b"stream: OK FOUND? \0"],
)
def test_an_unclear_answer_passes_nothing(answer: bytes) -> None:
    def reply(connection: socket.socket) -> None:
        heard(connection)
        connection.sendall(answer)

    with answering(reply) as address, pytest.raises(ScannerUnavailable):
        ClamdScanner(address, seconds=5).scan(b"hello")


def test_a_scanner_that_never_answers_is_given_up_in_time() -> None:
    done = threading.Event()

    def never(connection: socket.socket) -> None:
        done.wait(10)

    with answering(never) as address:
        started = time.monotonic()
        with pytest.raises(ScannerUnavailable):
            ClamdScanner(address, seconds=0.3).scan(b"hello")
        assert time.monotonic() - started < 3
        done.set()


def test_a_scanner_that_hangs_up_passes_nothing() -> None:
    with answering(lambda connection: connection.close()) as address, pytest.raises(ScannerUnavailable):
        ClamdScanner(address, seconds=5).scan(b"a" * 5_000_000)


def test_a_file_is_sent_whole_and_in_frames() -> None:
    received = list[bytes]()

    def reply(connection: socket.socket) -> None:
        received.append(heard(connection))
        connection.sendall(b"stream: OK\0")

    with answering(reply) as address:
        assert ClamdScanner(address).scan(b"a" * 70_000) is Verdict.CLEAN
    assert received[0].startswith(b"zINSTREAM\0\0\x01\0\0")
    assert received[0].count(b"a") == 70_000


def test_without_a_scanner_pages_can_say_so() -> None:
    assert not scanner_at(None).configured
    assert isinstance(scanner_at(""), NoScanner)
    assert scanner_at("127.0.0.1:3310").configured
    assert NoScanner().scan(EICAR) is Verdict.CLEAN


def test_the_fake_behaves_like_a_scanner() -> None:
    fake = FakeScanner(infected=(b"bad",))
    assert (fake.scan(b"so bad"), fake.scan(b"good"), fake.sizes) == (Verdict.INFECTED, Verdict.CLEAN, [6, 4])
    fake.down = True
    with pytest.raises(ScannerUnavailable):
        fake.scan(b"good")
