"""The site as it really runs, over HTTPS with a certificate of its own, and browsers that watch what pages do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from benchmarks.load.places import Place, Server, found_place, served
from speakup import organisations
from tests.chromium import PATIENCE
from tests.trusts import Colleague, Trust

NEUTRAL = "/accessibility"


@pytest.fixture(scope="module")
def place(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An installation in a folder of its own."""
    return found_place(tmp_path_factory.mktemp("site") / "data", founded)


@pytest.fixture(scope="module")
def server(place: Place) -> Iterator[Server]:
    """Serve it with gunicorn over TLS."""
    with served(place, processes=2) as running:
        with place.open() as (trust, *_), trust.work() as uow:
            # The page people leave to is on somebody else's site; here it has to be on this machine, which nobody may
            # choose through a page.
            organisations.here(uow).leave_address = f"{running.address}{NEUTRAL}"
        yield running


@pytest.fixture
def anytown(place: Place) -> Iterator[Trust]:
    """The trust whose site it is."""
    with place.open() as (trust, *_):
        yield trust


@dataclass
class Window:
    """A fresh browser at the trust's address, which remembers everything that should not have happened."""

    page: Page
    address: str
    scripts: bool
    complaints: list[str] = field(default_factory=list)
    checked: set[str] = field(default_factory=set)

    def go(self, path: str) -> None:
        """Type an address."""
        self.page.goto(self.address + path)

    def press(self, button: str) -> None:
        """Press a button by its words, and look at the page that follows."""
        self.page.get_by_role("button", name=button, exact=True).click()
        self.look()

    def follow(self, link: str) -> None:
        """Follow a link by its words, and look at the page that follows."""
        self.page.get_by_role("link", name=link, exact=True).first.click()
        self.look()

    def look(self) -> None:
        """Let axe look at this page, once for each page of its title. It runs as a script, so only where they do."""
        self.page.wait_for_load_state("load")
        title = f"{self.page.url}: {self.page.title()}"
        if self.scripts and title not in self.checked:
            self.checked.add(title)
            for fault in Axe().run(self.page).response["violations"]:
                nodes = [node["html"] for node in fault["nodes"]]
                self.complaints.append(f"{title}: {fault['id']} {nodes}")

    def watch(self) -> None:
        """Note requests to other hosts, refused content and weak policies from here on."""
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(f"{self.address}/"):
            self.complaints.append(f"asked another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.request.resource_type == "document" and response.url.startswith(self.address):
            policy = response.headers.get("content-security-policy", "")
            if "default-src 'none'" not in policy or "unsafe" in policy:
                self.complaints.append(f"{response.url}: {policy}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


class Windows:
    """Opens browsers, and at the end asks each what it has to complain of."""

    def __init__(self, chromium: Browser, server: Server, *, scripts: bool) -> None:
        self._chromium, self._server, self._scripts = chromium, server, scripts
        self.opened: list[Window] = []

    @contextmanager
    def open(self) -> Iterator[Window]:
        """Give a browser of its own: another person, or the same one another day."""
        context = self._chromium.new_context(ignore_https_errors=True, java_script_enabled=self._scripts)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        window = Window(page, self._server.address, self._scripts)
        window.watch()
        self.opened.append(window)
        yield window
        context.close()

    def complaints(self) -> list[str]:
        """Everything that should not have happened, in any of them."""
        return [each for window in self.opened for each in window.complaints]


@pytest.fixture(params=[True, False], ids=["scripts on", "scripts off"])
def windows(chromium: Browser, server: Server, request: pytest.FixtureRequest) -> Windows:
    return Windows(chromium, server, scripts=request.param)


@pytest.fixture
def windows_with_scripts(chromium: Browser, server: Server) -> Windows:
    return Windows(chromium, server, scripts=True)


def reader_named(trust: Trust, text: str) -> Colleague:
    """Find one of those whom a page names as able to open a concern."""
    return next(each for each in trust.people.values() if each.name in text)
