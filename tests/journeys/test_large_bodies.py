"""Bodies that are too large, at the site as it really runs: the browser gets to see the page; the line is not kept."""

import socket
import ssl
import time

from benchmarks.load.places import Server, certificate

GIVES_UP_WITHIN = 15.0


def line_to(server: Server) -> ssl.SSLSocket:
    trusted = ssl.create_default_context(cafile=str(certificate(server.place)))
    plain = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    return trusted.wrap_socket(plain, server_hostname="localhost")


def head(server: Server, length: int) -> bytes:
    return (
        f"POST /raise HTTP/1.1\r\nHost: localhost:{server.port}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def answer_on(line: ssl.SSLSocket) -> bytes:
    """Read until the other end closes the line."""
    received = []
    while piece := line.recv(65536):
        received.append(piece)
    return b"".join(received)


def test_a_body_of_three_hundred_megabytes_is_refused_unread_and_the_line_is_closed(server: Server) -> None:
    began = time.monotonic()
    with line_to(server) as line:
        line.sendall(head(server, 300_000_000) + b"narrative=")
        answer = answer_on(line)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"Back button" in answer
    assert time.monotonic() - began < GIVES_UP_WITHIN


def test_whoever_sends_thirty_megabytes_of_words_gets_to_see_the_page(server: Server) -> None:
    with line_to(server) as line:
        line.sendall(head(server, 30_000_000))
        for _ in range(30):
            line.sendall(b"a" * 1_000_000)
        assert line.recv(100).startswith(b"HTTP/1.1 413 ")
    with server.visitor() as visitor:
        assert visitor.get("/raise").status == 200
