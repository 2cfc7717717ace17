"""What is pictured of learning actions, publications, returns, signals and the board, from the demonstration."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page

from benchmarks.load.demonstration import Guest, sign_in_of
from benchmarks.load.places import Server
from benchmarks.load.walked import Walk, faults

KEPT = ("/learning", "/publications", "/returns", "/signals", "/board")
ROLES = {
    "guardian": (("/learning", "/publications", "/returns", "/signals", "/board/context", "/board/questions"), KEPT),
    "executive_lead": (("/board", "/actions", "/actions/overdue", "/board/peers"), ("/board", "/actions")),
    "board_member": (("/board", "/board/peers"), ("/board",)),
    "board_secretary": (("/board",), ("/board",)),
}
"""Where each begins, and below what they are followed."""
PREPARES, READS_PAPERS = "guardian", "board_member"
DOTS_AN_INCH = "60"


def of_roles(page: Page, server: Server, folder: Path) -> Iterator[str]:
    """Go through all that each role can reach, and name each page; then send every form as nobody should."""
    walks = {role: Walk(page, server.address, *where) for role, where in ROLES.items()}
    for role, walk in walks.items():
        _enter(page, server, role)
        for name in walk.every_page():
            yield f"{role}-{name}"
        if role == PREPARES:
            yield from _prepared(page, server.address)
        if role == READS_PAPERS:
            on_paper(page, server, folder)
    # What is sent wrongly is now and then taken, and would be seen on the pages above.
    for role, walk in walks.items():
        _enter(page, server, role)
        for name in walk.every_fault():
            yield f"{role}-{name}"


def _enter(page: Page, server: Server, role: str) -> None:
    """Sign in as the first with a role."""
    guest = Guest(page, server.address, sign_in_of(server.place.folder, role))
    page.context.clear_cookies()
    guest.go("/sign-in")
    guest.enter()


def _prepared(page: Page, address: str) -> Iterator[str]:
    """Begin an answer to somebody who asked, have it checked, and name what is shown on the way."""
    page.goto(f"{address}/publications/answer")
    page.locator("main form select").select_option(index=1)
    page.locator("main form input[type=checkbox]").first.check()
    page.locator("main form button").last.click()
    draft = page.url
    yield "draft"
    for step in ("words", "groups"):
        page.goto(f"{draft}/{step}")
        yield f"draft-{step}"
        yield from faults(page, f"draft-{step}")
    page.goto(draft)
    page.get_by_role("button", name="Check").first.click()
    yield "draft-checking"
    for _look in range(120):
        page.goto(draft)
        if not page.get_by_role("button", name="Stop").count():
            break
        page.wait_for_timeout(1000)
    yield "draft-checked"
    for step in ("approve", "preview"):
        page.goto(f"{draft}/{step}")
        yield f"draft-{step}"


def on_paper(page: Page, server: Server, folder: Path) -> None:
    """Print pages as a browser does, and fetch the papers; each sheet becomes a picture where that can be done."""
    for path in ("/board", "/board/peers"):
        page.goto(server.address + path)
        printed = folder / f"printed{path.replace('/', '-')}.pdf"
        page.pdf(path=printed, format="A4")
        _sheets(printed)
    page.goto(f"{server.address}/board")
    links = page.locator("a[href]").evaluate_all("all => all.map(each => each.href)")
    for link in dict.fromkeys(link for link in links if link.endswith((".pdf", ".docx"))):
        written = folder / Path(urlsplit(link).path).name
        written.write_bytes(page.context.request.get(link).body())
        _sheets(written)


def _sheets(written: Path) -> None:
    office, painter = shutil.which("soffice"), shutil.which("pdftoppm")
    if painter is None or (written.suffix == ".docx" and office is None):
        print(f"{written.name} is there; nothing on this machine makes pictures of it.")
        return
    if office is not None and written.suffix == ".docx":
        subprocess.run(  # noqa: S603 -- a program of this machine, and a file of ours
            [office, "--headless", "--convert-to", "pdf", "--outdir", written.parent / "word", written],
            check=True, capture_output=True,
        )  # fmt: skip
        written = written.parent / "word" / f"{written.stem}.pdf"
    picture = written.parent / f"sheet-{'word-' if written.parent.name == 'word' else ''}{written.stem}"
    subprocess.run([painter, "-r", DOTS_AN_INCH, "-png", written, picture], check=True)  # noqa: S603 -- as above
