"""A visitor with scripts off: fetches pages, fills in the forms it is really served, keeps cookies.

It speaks to the application in this process (`InProcess`, which weighs each answer) or to a server over HTTPS
(`OverTLS`). It parses no more than it must, because it shares the machine with what it measures.
"""

import http.client
import io
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, Protocol, Self
from urllib.parse import urlencode, urlsplit

from flask import Flask
from lxml import html
from werkzeug.test import EnvironBuilder, encode_multipart, run_wsgi_app

_REDIRECTS = {301, 302, 303, 307, 308}
_FORM = "application/x-www-form-urlencoded"


class Refused(Exception):
    """The page was not what the visitor needs to go on. Holds address, status and heading, never what was typed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one request."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = field(repr=False)

    def header(self, name: str) -> str:
        """Return the first header of that name; empty for none."""
        return next((value for each, value in self.headers if each.lower() == name.lower()), "")


class Transport(Protocol):
    """Carries one request."""

    @property
    def host(self) -> str:
        """The name the site is asked for."""

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send it and wait for the whole answer."""

    def close(self) -> None:
        """Let go of the connection, where there is one."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What one answer cost: seconds of processor in the whole process, and seconds by the clock."""

    method: str
    path: str
    status: int
    cpu: float
    seconds: float


@dataclass
class InProcess:
    """Calls the application directly and notes what each answer took; the client's own work is left out."""

    app: Flask
    host: str
    spent: list[Spent] = field(default_factory=list)
    around: Callable[[Callable[[], Answer]], Answer] = lambda answer: answer()
    """Wraps each call, for a profiler."""

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        environ = EnvironBuilder(
            path, f"https://{self.host}", method=method, headers=list(headers.items()), input_stream=io.BytesIO(body)
        ).get_environ()
        environ["CONTENT_LENGTH"] = str(len(body))
        environ["REMOTE_ADDR"] = "127.0.0.1"
        cpu, clock = time.process_time(), time.perf_counter()
        answer = self.around(lambda: _called(self.app, environ))
        cpu, clock = time.process_time() - cpu, time.perf_counter() - clock
        self.spent.append(Spent(method, path, answer.status, cpu, clock))
        return answer

    def close(self) -> None:
        """There is no connection."""


def _called(app: Flask, environ: dict[str, Any]) -> Answer:
    parts, status, headers = run_wsgi_app(app, environ, buffered=True)
    return Answer(int(status.split(" ", 1)[0]), list(headers.items()), b"".join(parts))


@dataclass
class OverTLS:
    """One connection to a server on this machine, made anew when the server lets go of it."""

    port: int
    certificate: Path
    timeout: float = 60.0
    _connection: http.client.HTTPSConnection | None = None

    @property
    def host(self) -> str:
        """The name the server is asked for."""
        return f"localhost:{self.port}"

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send it once. A connection the server had closed is opened again; a request it took is never repeated."""
        if self._connection is None:
            trusted = ssl.create_default_context(cafile=str(self.certificate))
            self._connection = http.client.HTTPSConnection(
                "localhost", self.port, timeout=self.timeout, context=trusted
            )
        try:
            self._connection.request(method, path, body, dict(headers))
            response = self._connection.getresponse()
            answer = Answer(response.status, response.getheaders(), response.read())
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        if response.will_close:
            self.close()
        return answer

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass
class Page:
    """An answer that is a page."""

    answer: Answer
    path: str

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.answer.status

    @cached_property
    def tree(self) -> Any:  # noqa: ANN401 -- lxml publishes no types
        """The page, parsed."""
        return html.document_fromstring(self.answer.body)

    @property
    def heading(self) -> str:
        """The words of its h1."""
        return " ".join(self.tree.xpath("string(//h1)").split())

    def refused(self) -> Refused:
        """Say that this is not the page one needs."""
        return Refused(f"{self.path}: {self.status} {self.heading!r}")


@dataclass
class Visitor:
    """One browser."""

    transport: Transport
    cookies: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.transport.close()

    def get(self, path: str) -> Page:
        """Fetch a page, and whatever it leads to."""
        return self._follow("GET", path, {}, b"")

    def submit(self, page: Page, button: str, **fields: object) -> Page:
        """Press the button that says so, with these fields filled in; everything else goes as it was served."""
        form, pressed = _form_with(page, button)
        data: dict[str, Any] = dict(_served(form))
        if pressed.get("name"):
            data[pressed.get("name")] = pressed.get("value", "")
        for name, value in fields.items():
            if not form.xpath(".//*[@name=$name]", name=name):
                raise Refused(f"{page.path} has no field {name}")
            data[name] = value
        target = form.get("action") or page.path
        return self.post(target, data, multipart=form.get("enctype") == "multipart/form-data")

    def post(self, path: str, data: Mapping[str, Any], *, multipart: bool = False) -> Page:
        """Post fields as a browser would from a page of this site."""
        if multipart:
            boundary, body = encode_multipart(dict(data))
            kind = f'multipart/form-data; boundary="{boundary}"'
        else:
            kind, body = _FORM, urlencode(data, doseq=True).encode()
        headers = {
            "Content-Type": kind,
            "Origin": f"https://{self.transport.host}",
            "Sec-Fetch-Site": "same-origin",
        }
        return self._follow("POST", path, headers, body)

    def _follow(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Page:
        for _ in range(6):
            answer = self._send(method, path, headers, body)
            location = answer.header("Location")
            if answer.status not in _REDIRECTS or not self._is_here(location):
                return Page(answer, path)
            parts = urlsplit(location)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            method, headers, body = "GET", {}, b""
        raise Refused(f"{path}: round and round")

    def _is_here(self, location: str) -> bool:
        netloc = urlsplit(location).netloc
        return netloc in {"", self.transport.host}

    def _send(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        kept = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}
        answer = self.transport.send(method, path, {"Host": self.transport.host, **headers, **kept}, body)
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                self._keep(value)
        return answer

    def _keep(self, header: str) -> None:
        for name, morsel in SimpleCookie(header).items():
            if morsel["max-age"] == "0" or not morsel.value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value


@contextmanager
def noting(transport: InProcess) -> Iterator[list[Spent]]:
    """Give the list of what is spent from here on, and nothing before."""
    transport.spent = []
    yield transport.spent


def _form_with(page: Page, button: str) -> tuple[Any, Any]:
    if page.answer.status >= 500 or not page.answer.header("Content-Type").startswith("text/html"):  # noqa: PLR2004 -- the server's own trouble
        raise page.refused()
    for form in page.tree.xpath("//form[translate(@method, 'POST', 'post')='post']"):
        for pressed in form.xpath(".//button"):
            if " ".join(pressed.text_content().split()) == button:
                return form, pressed
    raise page.refused()


def _served(form: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 -- lxml publishes no types
    """What a browser would send if nothing were touched."""
    for control in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
        kind = control.get("type", "text") if control.tag == "input" else control.tag
        if kind in {"file", "submit", "button"} or (kind in {"checkbox", "radio"} and control.get("checked") is None):
            continue
        if kind == "select":
            yield control.get("name"), control.value or ""
        elif kind == "textarea":
            yield control.get("name"), (control.text or "").removeprefix("\n")
        else:
            yield control.get("name"), control.get("value", "on" if kind == "checkbox" else "")
