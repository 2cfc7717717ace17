"""The whole application over a test's own database, and browsers to open it in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from werkzeug.routing import Rule

from config import Settings
from speakup import keyring
from speakup.gateways.blobs import Blobs
from speakup.gateways.mail import FakeMailer
from speakup.gateways.scanner import NoScanner
from speakup.gateways.texts import FakeTexter
from speakup.web.app import create_app
from speakup.web.cookies import STAFF
from speakup.web.site import Site
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient


@pytest.fixture
def notices() -> FakeMailer:
    """Where notices to workers go."""
    return FakeMailer()


@pytest.fixture
def texts() -> FakeTexter:
    """Where texts to workers go."""
    return FakeTexter()


@pytest.fixture(scope="session", autouse=True)
def _addresses_compiled_once() -> Iterator[None]:
    """Put each route's address into Python once for all tests: that is most of what an application of their own costs.

    What is made depends on the route's own words alone, and is bound to its rule by whoever asks for it.
    """
    compiled: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}
    compile_anew = Rule._compile_builder  # noqa: SLF001 -- Werkzeug offers no other way

    def compile_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002 -- as Werkzeug has it
        if rule.defaults:
            return compile_anew(rule, append_unknown)
        key = (*rule._trace, append_unknown)  # noqa: SLF001 -- see above
        if key not in compiled:
            compiled[key] = compile_anew(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


@pytest.fixture(scope="session")
def translated(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Templates put into Python once for all tests: each has an application of its own."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(
    trust: Trust,
    blobs: Blobs,
    notices: FakeMailer,
    texts: FakeTexter,
    tmp_path: Path,
    translated: BytecodeCache,
) -> Flask:
    """The application, every surface."""
    url = trust.stored.url
    settings = Settings.from_env({
        "SPEAKUP_DATA_DIR": str(tmp_path),
        "SPEAKUP_DATABASE_URL": url,
        "SPEAKUP_BLOBS_URL": str(tmp_path / "blobs"),
        "SPEAKUP_JOBS_DATABASE_URL": f"{url}_jobs",
    })  # fmt: skip
    made = create_app(settings, site=Site(settings, trust.database, blobs, NoScanner(), notices, texts))
    made.jinja_env.bytecode_cache = translated
    return made


@pytest.fixture
def browser(app: Flask, trust: Trust) -> PageClient:
    """A browser with scripts off at Anytown's address, nobody signed in."""
    return PageClient(app, trust.host)


@pytest.fixture
def signed_in(app: Flask, trust: Trust) -> Callable[[Colleague], PageClient]:
    """Open a browser in which somebody has signed in, both factors given.

    The session is begun by the operations; signing in through the page has tests of its own.
    """

    def sign_in(person: Colleague) -> PageClient:
        browser = PageClient(app, trust.host)
        with trust.work(trust.visitor) as uow:
            token = keyring.start_staff(uow, person.id, person.root_secret, second_factor_done=True)
        browser.client.set_cookie(STAFF.name, token, domain=trust.host, secure=True, path="/", httponly=True)
        return browser

    return sign_in


@pytest.fixture
def guardian(signed_in: Callable[[Colleague], PageClient], trust: Trust) -> PageClient:
    """A browser in which the first guardian has signed in."""
    return signed_in(trust.guardian)
