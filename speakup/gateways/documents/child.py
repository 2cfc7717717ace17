"""Start a child process for one file, hand it the bytes through a pipe, and believe nothing it says without a check.

The child has an empty environment, no working folder of ours and no open file but its three pipes. Its start-up line
names the folders to import from, because `-I` and `-S` leave it none.
"""

import json
import signal
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from speakup.gateways.documents.outcomes import Kind, Limits, Reason, Rebuilt, Refused, Removed
from speakup.kernel.turns import away

_AT_ONCE = 2  # children of one web process, so that a burst of uploads cannot use up the machine's memory
_turns = threading.BoundedSemaphore(_AT_ONCE)
_LONGEST_VERDICT = 4096  # bytes of the first line
_FOLDERS = (str(Path(__file__).resolve().parents[3]), sysconfig.get_path("platlib"), sysconfig.get_path("purelib"))
_START = "import sys; sys.path += sys.argv[1:]; from speakup.gateways.documents.worker import main; main()"


def rebuild(kind: Kind, body: bytes, limits: Limits) -> Rebuilt:
    """The file as rebuilt by a child, or `Refused`; a child that dies or dawdles is a refusal too."""
    return _asked(kind, body, limits, read=False)


def read(kind: Kind, body: bytes, limits: Limits) -> bytes:
    """What stands in the cells of a spreadsheet, as `tables` writes it, or `Refused`."""
    return _asked(kind, body, limits, read=True).body


def _asked(kind: Kind, body: bytes, limits: Limits, *, read: bool) -> Rebuilt:
    with away(), turn(limits), started(limits) as (child, overran):
        answer = _converse(child, _request(kind, limits, read=read), body, limits)
        status = child.wait()
    if status != 0 or overran.is_set():
        raise Refused(_reason_of_death(status, overran))
    return verdict(answer, limits)


@contextmanager
def turn(limits: Limits) -> Iterator[None]:
    if not _turns.acquire(timeout=limits.wall_seconds):
        raise Refused(Reason.TOO_SLOW)
    try:
        yield
    finally:
        _turns.release()


@contextmanager
def started(limits: Limits) -> Iterator[tuple[subprocess.Popen[bytes], threading.Event]]:
    child = subprocess.Popen(  # noqa: S603 -- our own interpreter and module, nothing of the file's.
        [sys.executable, "-I", "-S", "-c", _START, *dict.fromkeys(_FOLDERS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        close_fds=True,
    )
    overran = threading.Event()
    timer = threading.Timer(limits.wall_seconds, _stop, (child, overran))
    timer.daemon = True
    timer.start()
    try:
        with child:
            yield child, overran
    finally:
        timer.cancel()
        child.kill()


def _stop(child: subprocess.Popen[bytes], overran: threading.Event) -> None:
    overran.set()
    child.kill()


def _request(kind: Kind, limits: Limits, *, read: bool) -> bytes:
    return json.dumps({"kind": kind, "limits": asdict(limits), "read": read}).encode() + b"\n"


def _converse(child: subprocess.Popen[bytes], request: bytes, body: bytes, limits: Limits) -> bytes:
    """The child reads everything before it writes anything, so the two ends never wait for each other."""
    if child.stdin is None or child.stdout is None:
        raise Refused(Reason.UNREADABLE)
    try:
        child.stdin.write(request)
        child.stdin.write(body)
        child.stdin.close()
    except BrokenPipeError:
        pass  # The child is dead: its status says why.
    return child.stdout.read(limits.kept_size + _LONGEST_VERDICT)


def _reason_of_death(status: int, overran: threading.Event) -> Reason:
    if overran.is_set() or -status in (signal.SIGXCPU, signal.SIGKILL):
        return Reason.TOO_SLOW
    return Reason.BOMB if -status == signal.SIGABRT else Reason.UNREADABLE


def verdict(answer: bytes, limits: Limits) -> Rebuilt:
    line, _, body = answer.partition(b"\n")
    try:
        verdict = json.loads(line)
        if "refused" in verdict:
            raise Refused(Reason(verdict["refused"]))
        if len(body) != verdict["size"] or len(body) > limits.kept_size:
            raise Refused(Reason.TOO_LARGE)
        return Rebuilt(body, frozenset(Removed(found) for found in verdict["removed"]))
    except (ValueError, KeyError, TypeError):
        raise Refused(Reason.UNREADABLE) from None
