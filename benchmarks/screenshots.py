"""Pictures of every page, as a phone, a tablet and a desk show them, scripts off: `./run bench screenshots`.

`./run bench screenshots learning` takes only those of learning actions, `./run bench screenshots demonstration` only
those of the demonstration: learning actions, publications, returns, signals and the board, each as whoever may come
there, once its job process has published. They are written to var/screenshots and are there to be looked at. Every form
of the demonstration, and those above where it matters, is also shown with its errors; what is printed or fetched as a
paper stands beside them, sheet by sheet.
"""

import sys
from collections.abc import Collection, Iterator
from datetime import timedelta
from itertools import chain

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.load import board_pictures, learning_pictures
from benchmarks.load.demonstration import demonstrated, opened, published
from benchmarks.load.places import ROOT, Server, served, temporary_place
from speakup import accounts, cases
from speakup import learning as actions
from speakup.kernel.errors import NotFound
from tests import factories
from tests.cases.importing.logs import plain_csv
from tests.trusts import Colleague, Trust

PICTURES = ROOT / "var" / "screenshots"
WIDTHS = (320, 768, 1280)
LEARNING, DEMONSTRATION = "learning", "demonstration"
PUBLIC = (
    "/", "/privacy", "/accessibility", "/support", "/about/security", "/sign-in", "/follow-up", "/no-such-page",
    "/learning-so-far",
)  # fmt: skip
STAFF = (
    "/cases", "/cases/{ref}", "/cases/{ref}/acknowledge", "/cases/{ref}/reply", "/cases/{ref}/outcome",
    "/cases/{ref}/notes/new", "/cases/{ref}/title", "/cases/{ref}/triage", "/cases/{ref}/close", "/cases/{ref}/pause",
    "/cases/{ref}/spoken", "/cases/{ref}/about-the-person", "/cases/{ref}/consent", "/cases/{ref}/consent/told",
    "/cases/{ref}/hand-over", "/cases/{ref}/step-aside", "/cases/{ref}/detriment", "/cases/{ref}/detriment/new",
    "/cases/{ref}/baseline", "/cases/{ref}/check-ins", "/cases/{ref}/feedback", "/cases/hand-over", "/cases/team",
    "/cases/new", "/cases/new/group", "/cases/search", "/import", "/cases/export", "/subject-access",
    "/colleagues", "/routing", "/routing/try", "/absences", "/lists", "/diary", "/diary/reach",
    "/account/leaving",
    "/account", "/account/profile", "/account/absence", "/account/passphrase", "/account/words", "/account/new-keys",
    "/account/locks", "/account/reminders", "/account/leaving",
    "/cases/{ref}/hand-over", "/cases/{ref}/hand-over/elsewhere", "/cases/{ref}/step-aside", "/cases/hand-over",
)  # fmt: skip
ADMIN = (
    "/admin", "/admin/members", "/admin/members/invite", "/admin/structure", "/admin/structure/sites/new",
    "/admin/structure/directorates/new", "/admin/routing", "/admin/routing/new", "/admin/routing/executives",
    "/admin/branding", "/admin/branding/clocks", "/admin/lists",
)  # fmt: skip
STORY = "Two of us looked after thirty people on most nights this spring. Nobody answered the bell. " * 4


def picture(page: Page, name: str) -> None:
    """Take one at each width, the whole page long."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            print(f"{name} scrolls sideways at {width}: it is {wide} wide.")


def named(address: str) -> str:
    return address.strip("/").replace("/", "-").replace("{ref}", "REF") or "home"


def questions(page: Page, server: Server) -> Iterator[str]:
    """Go through the form, and name each page it stops at."""
    page.goto(f"{server.address}/raise")
    for number in range(1, 9):
        if number == 2:  # noqa: PLR2004 -- the one question that needs an answer
            page.get_by_role("button", name="Continue", exact=True).click()
            yield "raise-2-errors"
            page.get_by_label("What happened?").fill(STORY)
        yield f"raise-{number}"
        page.get_by_role("button", name="Continue", exact=True).click()
    yield "raise-9"
    page.get_by_role("button", name="Send", exact=True).click()
    yield "raise-sent"
    words = " ".join(page.locator(".app-words__word").all_inner_texts())
    page.get_by_role("button", name="I have saved these words").click()
    yield "raise-saved"
    page.goto(f"{server.address}/follow-up")
    page.get_by_label("Your seven words").fill("abdomen " * 7)
    page.get_by_role("button", name="Open", exact=True).click()
    yield "follow-up-errors"
    page.get_by_label("Your seven words").fill(words)
    page.get_by_role("button", name="Open", exact=True).click()
    yield "follow-up-inbox"
    for path in ("who-i-am", "new-words", "stop", "agreements", "check-ins", "how-it-is", "treated-badly"):
        page.goto(f"{server.address}/follow-up/{path}")
        yield f"follow-up-{path}"


def sign_in(page: Page, server: Server, person: Colleague, trust: Trust) -> None:
    """Sign in as somebody does."""
    page.goto(f"{server.address}/sign-in")
    page.get_by_label("Work e-mail address").fill(person.email)
    page.get_by_label("Passphrase").fill(person.passphrase)
    page.get_by_role("button", name="Sign in", exact=True).click()
    with trust.work(writes=False) as uow:
        needs_code = accounts.has_second_factor(uow, person.id)
    if needs_code:
        page.get_by_label("Code").fill(person.code())
        page.get_by_role("button", name="Continue", exact=True).click()


def moving(page: Page, server: Server) -> Iterator[str]:
    """Bring a log in, answer somebody who asks what is held about them, and name each page on the way."""
    page.goto(f"{server.address}/import")
    log = {"name": "log 2021-22.csv", "mimeType": "text/csv", "buffer": plain_csv()}
    page.get_by_label("The file with your log").set_input_files(log)  # type: ignore[arg-type]  # a file as Playwright takes it
    page.get_by_role("button", name="Read it").click()
    yield "import-columns"
    page.get_by_role("button", name="Go on", exact=True).click()
    yield "import-words"
    page.get_by_role("button", name="Go on", exact=True).click()
    yield "import-check"
    page.get_by_role("button", name="Bring in").click()
    yield "import-going"
    page.get_by_role("link", name="Go on", exact=True).click()
    yield "import-page"
    page.goto(f"{server.address}/import")
    yield "import-again"
    page.goto(f"{server.address}/subject-access")
    page.get_by_role("button", name="Look through").click()
    yield "subject-access-errors"
    page.get_by_label("Name of the person who asks").fill("Mr Grumble")
    page.get_by_role("button", name="Look through").click()
    yield "subject-access-found"
    page.get_by_label("Give this").first.check()
    page.get_by_role("button", name="Save, and look at all of it").click()
    yield "subject-access-check"
    page.get_by_role("button", name="Write it down").click()
    yield "subject-access-given"


def learning(page: Page, server: Server, trust: Trust, ref: str) -> Iterator[str]:
    """Let a case lead to an action, and name each page on the way to its end."""
    page.goto(f"{server.address}/cases/{ref}/learning")
    yield "case-learning-none"
    page.goto(f"{server.address}/cases/{ref}/learning/new")
    yield "learning-new"
    page.get_by_role("button", name="Propose it").click()
    yield "learning-new-errors"
    page.get_by_label("Title").fill("More people on late shifts")
    page.get_by_label("What is not as it should be?").fill("Two of us looked after thirty people on most nights.")
    page.get_by_label("What will be different?").fill("Everybody on a late shift takes their break. Ask Gail Guard.")
    page.get_by_role("button", name="Propose it").click()
    yield "learning-new-pointed-out"
    page.get_by_role("button", name="I have read this").click()
    yield "learning-proposed"
    action = page.url
    for step in ("words", "agree", "decline", "cases"):
        page.goto(f"{action}/{step}")
        yield f"learning-{step}"
    with trust.work(trust.guardian) as uow:
        found = actions.find(uow, action.rpartition("/")[2])
        actions.agree(uow, found, trust.executive_lead.id, uow.today + timedelta(days=20))
        actions.ask_guardian(uow, found, "Is this meant for nights, too?")
        actions.start(uow, found)
    page.goto(action)
    yield "learning-in-progress"
    for step in ("implement", "answer", "hand-on", "reschedule", "update"):
        page.goto(f"{action}/{step}")
        yield f"learning-{step}"
    with trust.work(trust.guardian) as uow:
        found = actions.find(uow, action.rpartition("/")[2])
        actions.implement(uow, found, "The rota shows two more on every late shift.")
        actions.check(uow, found, "Nothing was counted before.")
    page.goto(f"{action}/close")
    yield "learning-close"
    for address, name in (("/learning", "learning"), ("/learning/tell", "learning-tell"), ("/cases", "cases-to-tell")):
        page.goto(server.address + address)
        yield name
    page.goto(f"{server.address}/cases/{ref}/learning")
    yield "case-learning"
    page.get_by_role("link", name="Tell the person").click()
    yield "case-learning-tell"
    page.get_by_role("button", name="Save").click()
    yield "case-learning-tell-errors"
    page.get_by_label("I write it to their private inbox, now").check()
    page.get_by_role("button", name="Save").click()
    yield "case-learning-told"


def every_page(page: Page, server: Server, trust: Trust) -> Iterator[str]:
    """Go through the public pages, the form and what staff are shown, and name each."""
    for address in PUBLIC:
        page.goto(server.address + address)
        yield named(address)
    yield from questions(page, server)
    ref = factories.raised_case(trust, narrative=STORY).ref
    for person, addresses in ((reader_of(trust, ref), STAFF), (trust.administrator, ADMIN)):
        page.context.clear_cookies()
        sign_in(page, server, person, trust)
        for address in addresses:
            page.goto(server.address + address.format(ref=ref))
            yield named(address)
        if addresses is STAFF:
            yield from chain(moving(page, server), learning(page, server, trust, ref))
    page.context.clear_cookies()


def actions_only(page: Page, server: Server, trust: Trust) -> Iterator[str]:
    """Go through the pages of learning actions, and name each."""
    raised = factories.answered_case(trust, person=cases.PersonDetails("Petra Pinewood"))
    mine = reader_of(trust, raised.ref)
    page.goto(f"{server.address}/learning-so-far")
    yield "learning-so-far-none"
    made = learning_pictures.actions_of(trust)
    sign_in(page, server, mine, trust)
    yield from learning_pictures.kept(page, server.address, made)
    yield from learning_pictures.told(page, server.address, made)
    yield from learning_pictures.torn(page, server.address, trust, raised, mine)
    page.context.clear_cookies()
    page.goto(f"{server.address}/learning-so-far")
    yield "learning-so-far"
    sign_in(page, server, trust.executive_lead, trust)
    yield from learning_pictures.owned(page, server.address, made)


def founded(browser: Browser, wanted: Collection[str]) -> None:
    """Take what two founded trusts show."""
    with temporary_place() as place, served(place) as server, place.open() as (trust, *_):
        page = browser.new_context(ignore_https_errors=True, java_script_enabled=False).new_page()
        walks = (actions_only,) if LEARNING in wanted else (every_page, actions_only)
        for name in chain.from_iterable(walk(page, server, trust) for walk in walks):
            picture(page, name)


def demonstration(browser: Browser) -> None:
    """Take what the demonstration shows."""
    with demonstrated() as server, published(server.place):
        page = browser.new_context(ignore_https_errors=True, java_script_enabled=False).new_page()
        for name in board_pictures.of_roles(page, server, PICTURES):
            picture(page, name)


def main() -> int:
    PICTURES.mkdir(parents=True, exist_ok=True)
    wanted = set(sys.argv[1:])
    with sync_playwright() as playwright:
        browser = opened(playwright)
        if wanted != {DEMONSTRATION}:
            founded(browser, wanted)
        if wanted != {LEARNING}:
            demonstration(browser)
        browser.close()
    print(f"{len(list(PICTURES.glob('*.png')))} pictures are in {PICTURES.relative_to(ROOT)}. Look at them.")
    return 0


def reader_of(trust: Trust, ref: str) -> Colleague:
    """Find somebody who may open a case."""
    for person in (trust.guardian, trust.second_guardian, trust.lead):
        try:
            with trust.work(person, writes=False) as uow:
                cases.find(uow, ref)
        except NotFound:
            continue
        return person
    raise LookupError(ref)


if __name__ == "__main__":
    sys.exit(main())
