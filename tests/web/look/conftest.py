"""The gallery, as pages, as a site on the loopback address, and as seen by a browser."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.web.look.gallery import ROOT, create_gallery

BUILD = ROOT / "speakup" / "static" / "build"


@pytest.fixture(scope="session")
def prepared() -> Path:
    """The prepared files, which `./run assets` makes."""
    assert (BUILD / "manifest.json").is_file(), "Start `./run assets` first."
    return BUILD


@pytest.fixture(scope="session")
def gallery(prepared: Path) -> Flask:
    return create_gallery(prepared)


@pytest.fixture
def pages(gallery: Flask) -> FlaskClient:
    return gallery.test_client()


@pytest.fixture(scope="session")
def site(gallery: Flask) -> Iterator[str]:
    """The address of the gallery, served on loopback."""
    server = make_server("127.0.0.1", 0, gallery, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page in a fresh window, which fails the test for any complaint in its console and any foreign request."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: None if "//127.0.0.1:" in asked.url else complaints.append(asked.url))
    yield page
    context.close()
    assert not [text for text in complaints if "status of" not in text]
