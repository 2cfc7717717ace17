"""What the child that cleans files cannot do, and what happens to one that misbehaves."""

import os
import platform
import random
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest
from PIL import Image

from speakup.gateways.documents import Kind, Limits, Reason, Refused, child, clean
from tests.gateways.documents import pictures

ROOT = str(Path(__file__).parents[3])
MEBIBYTE = 1024 * 1024

ATTEMPTS = {
    "open a socket": "socket.socket()",
    "open a local socket": "socket.socket(socket.AF_UNIX)",
    "open a pair of sockets": "socket.socketpair()",
    "read a file": "open('/etc/passwd')",
    "write a file": "os.open(os.environ.get('TMPDIR', '/tmp') + '/x', os.O_CREAT | os.O_WRONLY)",
    "open a socket in place of a pipe": "(os.close(0), socket.socket())",
    "open a pipe": "os.pipe()",
    "get its limits back": "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))",
    "use much memory": "bytearray(2 * 1024 ** 3)",
}
# These only the filter of system calls stops, which exists for x86-64.
FILTERED = {
    "start another process": "os.fork()",
    "become another program": "os.execv('/bin/true', ['true'])",
    "signal its parent": "os.kill(parent, 0)",
    "trace its parent": "called(libc.ptrace(16, parent, 0, 0))",
    "read the memory of its parent": "called(libc.process_vm_readv(parent, 0, 0, 0, 0, 0))",
    "limit its parent": "resource.prlimit(parent, resource.RLIMIT_CPU)",
    "look into a folder": "os.listdir('/')",
    "change its folder": "os.chdir('/tmp')",
}
PROGRAM = """
import sys; sys.path += sys.argv[1:]
import ctypes, os, resource, socket, threading
from speakup.gateways.documents.confinement import confine
from speakup.gateways.documents.outcomes import Limits
parent, libc = os.getppid(), ctypes.CDLL(None, use_errno=True)
def called(answer):
    if answer < 0:
        raise OSError(ctypes.get_errno(), "")
confine(Limits())
try:
    ATTEMPT
except (OSError, ValueError, MemoryError):
    print("could not")
else:
    print("could")
"""


def told(attempt: str) -> bytes:
    program = PROGRAM.replace("ATTEMPT", attempt)
    asked = [sys.executable, "-I", "-S", "-c", program, ROOT, sysconfig.get_path("platlib")]
    answer = subprocess.run(asked, capture_output=True, check=False, timeout=60)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_a_confined_process_cannot(attempt: str) -> None:
    assert told(ATTEMPTS[attempt]) == b"could not"


@pytest.mark.parametrize("attempt", FILTERED)
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the filter of system calls is for x86-64")
def test_a_filtered_process_cannot(attempt: str) -> None:
    assert told(FILTERED[attempt]) == b"could not"


def test_a_confined_process_can_still_compute_with_threads() -> None:
    assert told("(thread := threading.Thread(target=sorted, args=([3, 1],))).start(); thread.join()") == b"could"


def test_a_child_starts_with_no_environment_and_three_pipes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPEAKUP_SECRET", "secret")
    secret = os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(secret, True)  # noqa: FBT003 -- the call has no name for it.
    try:
        with child.started(Limits()) as (process, _):
            assert Path(f"/proc/{process.pid}/environ").read_bytes() == b""
            assert str(Path(f"/proc/{process.pid}/cwd").resolve()) == "/"
            opened = {entry.name: str(entry.readlink()) for entry in Path(f"/proc/{process.pid}/fd").iterdir()}
            assert opened["2"] == "/dev/null"
            assert str(secret) not in opened or opened[str(secret)] != "/dev/null"
    finally:
        os.close(secret)
    assert process.poll() is not None


def test_a_child_that_takes_too_long_is_ended() -> None:
    started = time.monotonic()
    with pytest.raises(Refused) as refusal:
        clean("a.pdf", b"%PDF-1.7 %%EOF", keep_other=False, limits=Limits(wall_seconds=0.01))
    assert refusal.value.reason is Reason.TOO_SLOW
    assert time.monotonic() - started < 5


def test_a_child_that_computes_too_long_is_ended() -> None:
    noise = Image.frombytes("RGB", (4000, 4000), random.Random(1).randbytes(48_000_000))
    body = pictures.saved(noise, "PNG", compress_level=0)
    with pytest.raises(Refused) as refusal:
        clean("a.png", body, keep_other=False, limits=Limits(size=len(body), cpu_seconds=1))
    assert refusal.value.reason is Reason.TOO_SLOW


def test_a_child_that_needs_too_much_memory_is_refused_more() -> None:
    body = pictures.saved(Image.new("RGB", (7000, 7000)), "PNG")
    with pytest.raises(Refused) as refusal:
        clean("a.png", body, keep_other=False, limits=Limits(memory=150 * MEBIBYTE))
    assert refusal.value.reason is Reason.BOMB


def test_what_grows_beyond_the_limit_when_rebuilt_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        clean("a.txt", b"hello" * 100, keep_other=False, limits=Limits(kept_size=400))
    assert refusal.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{}",
        b"nonsense\n",
        b'{"refused": "because"}\n',
        b'{"size": 3, "removed": ["all"]}\nabc',
        b"[]\n",
        b"\xff\n",
    ],
)
def test_a_child_is_not_believed_when_it_talks_nonsense(answer: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        child.verdict(answer, Limits())
    assert refusal.value.reason is Reason.UNREADABLE


def test_a_child_that_says_more_than_it_announced_is_not_believed() -> None:
    with pytest.raises(Refused) as refusal:
        child.verdict(b'{"size": 3, "removed": []}\nabcd', Limits())
    assert refusal.value.reason is Reason.TOO_LARGE


def test_no_more_children_run_at_once_than_allowed_and_the_next_waits_its_turn() -> None:
    with child.turn(Limits()), child.turn(Limits()):
        with pytest.raises(Refused) as refusal:
            child.rebuild(Kind.TEXT, b"hello", Limits(wall_seconds=0.05))
        assert refusal.value.reason is Reason.TOO_SLOW
    assert child.rebuild(Kind.TEXT, b"hello", Limits()).body == b"hello"
