"""Every page that links lead to from where somebody begins, once for each kind of page; and every form with its faults.

What a link names (a reference, a period, an id) makes no page of another kind; what is fetched as a file is none.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Locator, Page

_NAMED = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}"), "ID"),
    (re.compile(r"(LA|SU)-[A-Z0-9]{4}-[A-Z0-9]{4}"), "REF"),
    (re.compile(r"\d{4}-\d\d(-Q\d|/Q\d)?(-[A-Za-z0-9]+)?"), "PERIOD"),
)
_FILES = re.compile(r"(\.(pdf|docx|xlsx|csv|ics)|/(csv|xlsx|file)|/files/[^/]+)$")
_FIELDS = "input:not([type=hidden]), textarea, select"
_TYPED = "input[type=text], input:not([type]), textarea"
WRONG = "zz"
"""No number, no day, no address, and too short to say anything."""


def kind_of(address: str) -> str:
    """Name what sort of page an address leads to: its path and what is asked of it, without what is named in it."""
    parts = urlsplit(address)
    path = parts.path
    for pattern, name in _NAMED:
        path = pattern.sub(name, path)
    asked = "".join(f"-{name}" for name, _value in sorted(parse_qsl(parts.query)))
    return path.strip("/").replace("/", "-") + asked


@dataclass(slots=True)
class Walk:
    """One person's way through the site: where they begin, and below which paths links are followed."""

    page: Page
    address: str
    begin: Sequence[str]
    below: Sequence[str]
    visited: list[str] = field(default_factory=list)

    def every_page(self) -> Iterator[str]:
        """Go through all that links lead to, and name each page."""
        known = {kind_of(path) for path in self.begin}
        waiting = deque(self.begin)
        while waiting:
            path = waiting.popleft()
            answer = self.page.goto(self.address + path)
            if answer is None or not answer.ok:
                print(f"{path} says {answer.status if answer else 'nothing'}.")
                continue
            self.visited.append(path)
            yield kind_of(path)
            for link in filter(self._is_page, _links(self.page, self.address)):
                if kind_of(link) not in known:
                    known.add(kind_of(link))
                    waiting.append(link)

    def _is_page(self, link: str) -> bool:
        return link.startswith(tuple(self.below)) and not _FILES.search(urlsplit(link).path)

    def every_fault(self) -> Iterator[str]:
        """Send the forms of all pages that were visited as nobody should, and name the pages they come back to."""
        for path in self.visited:
            answer = self.page.goto(self.address + path)
            # What was done on another page may have ended this one.
            if answer is not None and answer.ok:
                yield from faults(self.page, kind_of(path))


def _links(page: Page, address: str) -> list[str]:
    """List where the page leads on this site, without what lies within a page."""
    found: list[str] = page.locator("a[href]").evaluate_all("all => all.map(each => each.href)")
    return [link.partition("#")[0].removeprefix(address) for link in found if link.startswith(address + "/")]


def faults(page: Page, name: str) -> Iterator[str]:
    """Send each form of a page empty, and then with wrong words, and name the page where it comes back."""
    here = page.url
    forms = page.locator("main form[method=post]").filter(has=page.locator(_FIELDS))
    for number in range(forms.count()):
        for how, words in (("empty", ""), ("wrong", WRONG)):
            page.goto(here)
            if number >= forms.count() or not _send(forms.nth(number), words):
                continue
            page.wait_for_load_state()
            if page.locator(".nhsuk-error-summary, .nhsuk-error-message").count():
                yield f"{name}-{how}" + (f"-{number + 1}" if number else "")


def _send(form: Locator, words: str) -> bool:
    """Write the same words into everything and send it; false where there is nothing to write wrongly."""
    typed = form.locator(_TYPED)
    for at in range(typed.count()):
        typed.nth(at).fill(words)
    if words and not typed.count():
        return False
    if not words:
        form.locator("input:checked").evaluate_all("all => all.forEach(each => { each.checked = false })")
    form.locator("button:not([name=remove])").first.click()
    return True
