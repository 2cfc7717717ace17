"""Slow lines, without a server: what reaches the application, who computes, and which lines are ended."""

import io
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.types import StartResponse

import pytest

from speakup.cli import patience
from speakup.cli.patience import Patience, WholeRequests
from speakup.kernel.turns import Turns, away

PATIENT = 10.0
"""Seconds a test waits for another thread before it fails."""


class Application:
    """Notes what it was given, and answers with it."""

    def __init__(self) -> None:
        self.given: list[bytes] = []

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        self.given.append(environ["wsgi.input"].read())
        start_response("200 OK", [])
        return [b"answered"]


class Line(io.BytesIO):
    """A line whose body arrives in pieces of ten bytes at most."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(min(10, size if size is not None and size >= 0 else 10))


def asked(application: WholeRequests, body: bytes, **environ: object) -> str:
    """Post a body, and return the status of the answer."""
    said: list[Any] = []
    given = {"wsgi.input": Line(body), "CONTENT_LENGTH": str(len(body)), **environ}

    def start_response(status: str, *_: object) -> Callable[[bytes], object]:
        said.append(status)
        return said.append

    answer = application(given, start_response)
    assert b"".join(answer) in (b"answered", b"")
    if hasattr(answer, "close"):
        answer.close()
    return str(said[0])


def test_a_body_in_pieces_reaches_the_application_whole() -> None:
    application = Application()
    assert asked(WholeRequests(application, Turns(2)), b"one piece after another") == "200 OK"
    assert application.given == [b"one piece after another"]


def test_a_large_body_is_handed_on_as_it_comes() -> None:
    application = Application()
    body = bytes(patience.SMALL + 1)
    assert asked(WholeRequests(application, Turns(2)), body) == "200 OK"
    assert application.given == [body]


def test_a_body_that_breaks_off_never_reaches_the_application() -> None:
    application = Application()
    assert asked(WholeRequests(application, Turns(2)), b"Half of what", CONTENT_LENGTH="1000").startswith("400 ")
    assert application.given == []


def test_a_body_without_a_length_never_reaches_the_application() -> None:
    application = Application()
    assert asked(WholeRequests(application, Turns(2)), b"5", HTTP_TRANSFER_ENCODING="chunked").startswith("411 ")
    assert application.given == []


def test_a_request_without_a_body_is_answered() -> None:
    application = Application()
    assert asked(WholeRequests(application, Turns(2)), b"", CONTENT_LENGTH="") == "200 OK"


class Answer:
    """An answer that asks whether others could compute while it is made, and knows that it was closed."""

    def __init__(self, turns: Turns) -> None:
        self.turns, self.alone, self.closed = turns, False, False

    def __iter__(self) -> Iterator[bytes]:
        yield b"answered"
        self.alone = not others_get(self.turns)

    def close(self) -> None:
        self.closed = True


def others_get(turns: Turns) -> bool:
    """Say whether another thread gets a turn now."""
    got = threading.Event()

    def compute() -> None:
        with turns.taken():
            got.set()

    threading.Thread(target=compute, daemon=True).start()
    return got.wait(0.2)


def test_an_answer_is_computed_in_turn_and_closed() -> None:
    turns = Turns(1)
    answer = Answer(turns)

    def answering(_environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return answer

    asked(WholeRequests(answering, turns), b"")
    assert answer.alone
    assert answer.closed
    assert others_get(turns)


def test_whoever_waits_lets_another_compute() -> None:
    turns, computed = Turns(1), threading.Event()

    def compute() -> None:
        with turns.taken():
            computed.set()

    with turns.taken():
        other = threading.Thread(target=compute)
        other.start()
        assert not computed.wait(0.05)
        with away():
            assert computed.wait(PATIENT)
    other.join(PATIENT)


def test_outside_a_request_there_is_no_turn_to_give_up() -> None:
    with away():
        assert threading.active_count() > 0


@pytest.fixture
def line() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_a_late_line_is_ended_and_wakes_whoever_waits_for_it(
    line: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "HEAD_WITHIN", -1.0)
    ours, theirs = line
    watching, received = Patience(), []
    waiting = threading.Event()

    def wait() -> None:
        with watching.over(ours):
            waiting.set()
            received.append(ours.recv(1))

    thread = threading.Thread(target=wait)
    thread.start()
    assert waiting.wait(PATIENT)
    watching.end_the_late()
    thread.join(PATIENT)
    assert received == [b""]
    assert theirs.recv(1) == b""


def test_a_line_with_time_left_stays_open(line: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = line
    watching = Patience()
    with watching.over(ours):
        watching.allow(60.0)
        watching.end_the_late()
        theirs.sendall(b"x")
        assert ours.recv(1) == b"x"
    watching.end_the_late()
    theirs.sendall(b"y")
    assert ours.recv(1) == b"y"
