"""The whole application over a test's own database, and browsers to open it in."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

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


@pytest.fixture(scope="session")
def made_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application, every surface, over a database that is never opened."""
    folder = tmp_path_factory.mktemp("app")
    return create_app(Settings.from_env({"SPEAKUP_DATA_DIR": str(folder)}))


@pytest.fixture
def app(made_app: Flask, trust: Trust, blobs: Blobs, notices: FakeMailer, texts: FakeTexter, tmp_path: Path) -> Flask:
    """The application over this test's own database.

    Making its routes and reading its templates costs more than most tests, so it is made once. All that it keeps from
    one request to the next is its site, and each test gives it its own.
    """
    url = trust.stored.url
    settings = Settings.from_env({
        "SPEAKUP_DATA_DIR": str(tmp_path),
        "SPEAKUP_DATABASE_URL": url,
        "SPEAKUP_BLOBS_URL": str(tmp_path / "blobs"),
        "SPEAKUP_JOBS_DATABASE_URL": f"{url}_jobs",
    })  # fmt: skip
    made_app.extensions["speakup"] = Site(settings, trust.database, blobs, NoScanner(), notices, texts)
    return made_app


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
