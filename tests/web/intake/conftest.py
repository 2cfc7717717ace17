"""The form served over HTTPS to a real browser, scripts on or off."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from speakup import organisations
from tests.chromium import PATIENCE
from tests.trusts import Trust


@dataclass(frozen=True)
class Window:
    """A fresh browser window at the organisation's address."""

    page: Page
    address: str

    def go(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page


@pytest.fixture
def site_address(app: Flask, trust: Trust) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context="adhoc")
    with trust.work() as uow:
        organisations.add_host(uow, f"localhost:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def window(chromium: Browser, site_address: str, request: pytest.FixtureRequest) -> Iterator[Window]:
    context = chromium.new_context(ignore_https_errors=True, java_script_enabled=request.param)
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    yield Window(page, site_address)
    context.close()
