"""Going through the form as somebody does who answers each question or leaves it."""

from typing import Any

from speakup import cases
from speakup.policy import CASE_ROLES
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

STORY = "Two of us looked after thirty people.\nNobody answered the bell."


def go_on(browser: PageClient, page: Page, **answers: object) -> Page:
    """Answer a question and continue."""
    return browser.submit(page, "Continue", **answers)


def question(page: Page) -> str:
    """Say which question a page asks: "3"; empty for another page."""
    title = page.soup.title.get_text() if page.soup.title else ""
    return title.split("Question ")[1].split(" ")[0] if "Question " in title else ""


def walk(browser: PageClient, to: int, **answers: dict[str, Any]) -> Page:
    """Go on to a question, by number, answering each step by name; the story is told unless said otherwise."""
    given: dict[str, dict[str, Any]] = {"story": {"narrative": STORY}, **answers}
    page = browser.get("/raise")
    while question(page) != str(to):
        before = question(page)
        step = str(page.soup.find("input", {"name": "step"})["value"])  # type: ignore[index]
        page = go_on(browser, page, **given.get(step, {}))
        assert question(page) != before, page.errors
    return page


def send(browser: PageClient, **answers: dict[str, Any]) -> Page:
    """Go through everything and send it."""
    return browser.submit(walk(browser, 9, **answers), "Send")


def words_of(page: Page) -> list[str]:
    """Read the seven words off a page."""
    return [each.get_text() for each in page.soup.select(".app-words__word")]


def numbers_of(page: Page) -> list[str]:
    """Read their dice numbers."""
    return [each.get_text() for each in page.soup.select(".app-words__number")]


def open_inbox(browser: PageClient, words: str) -> Page:
    """Type words on the follow-up page."""
    return browser.submit(browser.get("/follow-up"), "Open", words=words)


def readers_of(trust: Trust) -> dict[str, list[Colleague]]:
    """Say who may open each case of a trust, by reference."""
    found: dict[str, list[Colleague]] = {}
    for person in (each for each in trust.people.values() if each.roles & CASE_ROLES):
        with trust.work(person) as uow:
            for line in cases.worklist(uow, cases.Filters()).lines:
                if line.may_open:
                    found.setdefault(line.case.ref, []).append(person)
    return found


def only_case(trust: Trust) -> cases.CaseView:
    """Open the one case there is."""
    ((ref, readers),) = readers_of(trust).items()
    with trust.work(readers[0]) as uow:
        return cases.open_view(uow, cases.find(uow, ref))
