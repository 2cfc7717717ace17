"""The pictures of the guide for guardians, taken from the demonstration as it really runs: `./run bench guide`.

They are written to docs/guide/pictures, where its pages look for them, and are kept nowhere else: they change with the
program. Every picture a page of the guide names is taken, and one that cannot be is an error.
"""

import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import ViewportSize, sync_playwright

from benchmarks.load.demonstration import Guest, demonstrated, opened, sign_in_of
from benchmarks.load.places import ROOT

GUIDE = ROOT / "docs" / "guide"
PICTURES = GUIDE / "pictures"
ROLE = "guardian"
WIDE = ViewportSize(width=1000, height=900)
NEW, UNDER_WAY = "New", "With guardian"
"""What a case's row on the worklist says of where it stands."""
_NAMED = re.compile(r"\]\(pictures/([a-z-]+)\.png\)")


@dataclass(frozen=True, slots=True)
class Guardian(Guest):
    """A guardian of the demonstration at a browser."""

    def open_case(self, state: str) -> str:
        """Open the first case on the worklist that says this of itself; return its address."""
        self.go("/cases")
        row = (
            self.page.locator("tbody tr").filter(has_text=state).filter(has=self.page.locator("a[href^='/cases/SU-']"))
        )
        path = row.first.locator("a[href^='/cases/SU-']").first.get_attribute("href")
        if path is None:
            raise LookupError(state)
        self.go(path)
        return path

    def show_words(self) -> None:
        """Open the five words, which are shown to whoever asks on purpose."""
        self.go("/account/words")
        self.page.get_by_role("button", name="Show my five words").click()


def _on_case(step: str, state: str) -> Callable[[Guardian], None]:
    def go(guest: Guardian) -> None:
        guest.go(f"{guest.open_case(state)}/{step}")

    return go


def _at(path: str) -> Callable[[Guardian], None]:
    return lambda guest: guest.go(path)


SHOTS: dict[str, Callable[[Guardian], object]] = {
    "sign-in": _at("/sign-in"),
    "worklist": _at("/cases"),
    "case": lambda guest: guest.open_case(UNDER_WAY),
    "acknowledge": _on_case("acknowledge", NEW),
    "reply": _on_case("reply", UNDER_WAY),
    "note": _on_case("notes/new", UNDER_WAY),
    "triage": _on_case("triage", UNDER_WAY),
    "pause": _on_case("pause", UNDER_WAY),
    "consent": _on_case("consent", UNDER_WAY),
    "refer": _on_case("refer", UNDER_WAY),
    "detriment": _on_case("detriment", UNDER_WAY),
    "hand-over": _on_case("hand-over", UNDER_WAY),
    "close": _on_case("close", UNDER_WAY),
    "record": _at("/cases/new"),
    "search": _at("/cases/search"),
    "diary": _at("/diary"),
    "words": lambda guest: guest.show_words(),
    "absence": _at("/account/absence"),
}
"""How each picture is reached, by the name the guide's pages give it."""


def wanted() -> set[str]:
    """Name every picture that a page of the guide shows."""
    return {name for page in GUIDE.glob("*.md") for name in _NAMED.findall(page.read_text("utf-8"))}


def main() -> int:
    unknown = wanted() - SHOTS.keys()
    if unknown:
        print(f"The guide shows pictures that nobody takes: {', '.join(sorted(unknown))}. Add them to SHOTS.")
        return 1
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir()
    with sync_playwright() as playwright, demonstrated() as server:
        browser = opened(playwright)
        page = browser.new_context(ignore_https_errors=True, viewport=WIDE).new_page()
        guest = Guardian(page, server.address, sign_in_of(server.place.folder, ROLE))
        guest.go("/sign-in")
        page.screenshot(path=PICTURES / "sign-in.png")
        guest.enter()
        for name in sorted(wanted() - {"sign-in"}):
            SHOTS[name](guest)
            page.screenshot(path=PICTURES / f"{name}.png")
        browser.close()
    print(f"{len(wanted())} pictures are in {PICTURES.relative_to(ROOT)}. Look at them.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
