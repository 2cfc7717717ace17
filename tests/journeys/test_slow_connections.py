"""People and machines that say nothing for a long time, and who must not keep anybody else waiting."""

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from benchmarks.load.places import Server, certificate

MANY = 40
"""Connections: ten times as many as the two processes of the test site compute at once."""
BEARABLE = 3.0
"""Seconds until a page, while two cores make forty handshakes besides."""

Connect = Callable[[], ssl.SSLSocket]


@pytest.fixture
def connect(server: Server) -> Iterator[Connect]:
    trusted = ssl.create_default_context(cafile=str(certificate(server.place)))
    with ExitStack() as opened:

        def connection() -> ssl.SSLSocket:
            plain = opened.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=30))
            return opened.enter_context(trusted.wrap_socket(plain, server_hostname="localhost"))

        yield connection


def seconds_until_a_page(server: Server) -> float:
    began = time.monotonic()
    with server.visitor(timeout=20.0) as visitor:
        assert visitor.get("/").status == 200
    return time.monotonic() - began


def head(server: Server, method: str, path: str, length: int) -> bytes:
    return (
        f"{method} {path} HTTP/1.1\r\nHost: localhost:{server.port}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def test_browsers_that_connect_early_and_ask_nothing_keep_nobody_waiting(server: Server, connect: Connect) -> None:
    idle = [connect() for _ in range(MANY)]
    assert seconds_until_a_page(server) < BEARABLE
    assert len(idle) == MANY


def test_posts_that_never_end_keep_nobody_waiting(server: Server, connect: Connect) -> None:
    for _ in range(MANY):
        connect().sendall(head(server, "POST", "/raise", 1000) + b"story=")
    assert seconds_until_a_page(server) < BEARABLE


def test_uploads_that_never_end_keep_nobody_waiting(server: Server, connect: Connect) -> None:
    for _ in range(MANY):
        connect().sendall(head(server, "POST", "/raise", 20_000_000) + b"story=")
    assert seconds_until_a_page(server) < BEARABLE


def test_heads_that_never_end_keep_nobody_waiting(server: Server, connect: Connect) -> None:
    for _ in range(MANY):
        connect().sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    assert seconds_until_a_page(server) < BEARABLE


def test_a_body_without_a_length_is_refused_unread(server: Server, connect: Connect) -> None:
    line = connect()
    line.sendall(
        f"POST /raise HTTP/1.1\r\nHost: localhost:{server.port}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    )
    assert line.recv(100).startswith(b"HTTP/1.1 411 ")
