"""The demonstration as it really runs, and somebody of it at a browser."""

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyotp
from playwright.sync_api import Browser, Page, Playwright

from benchmarks.load.places import Place, Server, free_port, run_to_its_end, served_at, started

TRUST = "anytown"
PUBLISHED_WITHIN = 900.0
"""Seconds in which the job process has published everything, on a slow machine."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody of the demonstration at a browser."""

    page: Page
    address: str
    sign_in: dict[str, str]

    def go(self, path: str) -> None:
        """Open a page, which must be there."""
        answer = self.page.goto(self.address + path)
        if answer is None or not answer.ok or self.page.url != self.address + path:
            raise LookupError(path)

    def enter(self) -> None:
        """Sign in as somebody does."""
        self.page.get_by_label("Work e-mail address").fill(self.sign_in["email"])
        self.page.get_by_label("Passphrase").fill(self.sign_in["passphrase"])
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        if self.sign_in["authenticator"]:
            self.page.get_by_label("Code").fill(pyotp.TOTP(self.sign_in["authenticator"]).now())
            self.page.get_by_role("button", name="Continue", exact=True).click()


def sign_in_of(folder: Path, role: str) -> dict[str, str]:
    """Return what the first who is this in the demonstration's first trust signs in with."""
    said = json.loads((folder / "demo.json").read_text("utf-8"))
    person = next(each for each in said["people"] if role in each["roles"] and TRUST in each["email"])
    return {
        "email": person["email"],
        "authenticator": person["authenticator"],
        "passphrase": said["passphrase"],
    }


@contextmanager
def demonstrated() -> Iterator[Server]:
    """Load the demonstration into a folder that is gone afterwards, and serve its first trust at `localhost`."""
    with tempfile.TemporaryDirectory(prefix="speakup-demo-") as folder:
        place, port = Place(Path(folder), Path(folder)), free_port()
        run_to_its_end(place, ["migrate"])
        run_to_its_end(place, ["demo", f"--host={TRUST}=localhost:{port}"])
        with served_at(place, port) as server:
            yield server


@contextmanager
def published(place: Place) -> Iterator[None]:
    """Have the job process publish everything the demonstration has counted, and go on until the block ends."""
    said = json.loads((place.folder / "demo.json").read_text("utf-8"))
    trusts = {person["trust"] for person in said["people"]}
    log, began = place.folder / "jobs.log", time.monotonic()
    with started(place, ["jobs"], log.name):
        while not all(_all_out(log.read_text("utf-8"), trust) for trust in trusts):
            if time.monotonic() - began > PUBLISHED_WITHIN:
                raise TimeoutError(log.read_text("utf-8")[-2000:])
            time.sleep(1)
        yield


def _all_out(log: str, trust: str) -> bool:
    told = [line for line in log.splitlines() if line.startswith(f"{trust}: ")]
    if not told:
        return False
    at, _of, whole = told[-1].rpartition("(")[2].rstrip(")").split()
    return at == whole


def opened(playwright: Playwright) -> Browser:
    """Start the Chromium of this machine."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("There is no Chromium on this machine.")
    return playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
