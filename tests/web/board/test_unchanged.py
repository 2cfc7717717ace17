"""Whatever a board member can fetch of a publication stays the same to the byte, whatever becomes of its cases."""

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from config import Settings
from speakup import cases, insight, organisations
from speakup.cli.installation import Installation
from speakup.cli.job_process import JobProcess
from speakup.insight.rules import newest_to_close
from speakup.kernel.actor import Role
from speakup.papers import Kind
from speakup.papers.formats import Document
from tests import databases, factories
from tests.cases.test_recording import recorded
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]
Fetched = dict[str, bytes]
TOKEN = re.compile(rb'(<input[^>]* name="csrf_token"[^>]* value=")[^"]+(")')
"""The one thing in which two answers to the same request differ: what proves that a form came from this site."""
OF_FIGURES_FROM_ELSEWHERE = {"board.context", "board.paste_context"}
"""Who keeps them may open these; a member may not, and what was published of them stands in the publication."""
LATER = timedelta(days=100)
"""Another quarter has ended by then, and is closed."""


@pytest.fixture
def member(trust: Trust) -> Colleague:
    return factories.invited(trust, "Mel Member", [Role.BOARD_MEMBER])


@pytest.fixture
def process(app: Flask, trust: Trust, tmp_path: Path) -> Iterator[JobProcess]:
    """The job process; a test says when it is night."""
    owner = trust.stored.url.replace(f"//{databases.APPLICATION}@", f"//{databases.OWNER}@")
    settings = Settings.from_env({
        "SPEAKUP_DATA_DIR": str(tmp_path),
        "SPEAKUP_DATABASE_URL": trust.stored.url,
        "SPEAKUP_OWNER_DATABASE_URL": owner,
    })  # fmt: skip
    made = JobProcess(Installation(settings, trust.database))
    made.runner.start()
    yield made
    made.runner.stop()


def everything(browser: PageClient) -> Fetched:
    """Fetch `/board` and whatever under it is linked to, page by page and file by file."""
    found: Fetched = {}
    waiting = ["/board"]
    while waiting:
        address = waiting.pop().partition("#")[0]
        if address in found or not address.startswith("/board"):
            continue
        page = browser.get(address)
        assert page.status == 200, address
        found[address] = TOKEN.sub(rb"\1\2", page.response.data)
        if page.response.mimetype == "text/html":
            waiting += page.links()
    return found


def reached(app: Flask, found: Fetched) -> dict[str, int]:
    """Count the addresses of each of the board's routes."""
    routes = app.url_map.bind("")
    names = [routes.match(address)[0] for address in found]
    return {name: names.count(name) for name in names}


def pages_of_the_board(app: Flask) -> set[str]:
    """Name every route under `/board` that asks for no more than a publication."""
    rules = [each for each in app.url_map.iter_rules() if re.match("/board(/|$)", each.rule)]
    return {each.endpoint for each in rules if "GET" in (each.methods or ()) and each.arguments <= {"ref", "document"}}


def signals(browser: PageClient) -> list[str]:
    """Read the guardian's own exact counts."""
    return [row.get_text(" ", strip=True) for row in browser.get("/signals").soup.select("tbody tr")]


def cases_of(trust: Trust, day: date, count: int) -> list[str]:
    """Write down so many cases on a day, answer and code them."""
    refs = []
    with trust.database.work(trust.guardian.actor, at=datetime.combine(day, time(12), tzinfo=UTC)) as uow:
        for _ in range(count):
            case = cases.record_case(uow, recorded())
            cases.reply(uow, case, "Thank you.")
            cases.code_case(uow, case, coding("patient_safety"))
            refs.append(case.ref)
    return refs


def coding(element: str) -> cases.Coding:
    return cases.Coding(frozenset({element}), none_apply=False, worker_group="students")


def told_and_closed(trust: Trust, ref: str) -> None:
    with trust.work(trust.guardian) as uow:
        case = cases.find(uow, ref)
        cases.tell_person(uow, case, "A lock was fitted.")
        cases.close_case(uow, case, cases.Closing("resolved", "", cases.Satisfied.YES))


def go_on_with(trust: Trust, refs: list[str]) -> None:
    """Do to cases of what was published all that a guardian may do afterwards."""
    anew, closed, again, taken_back, aside = refs
    with trust.work(trust.guardian) as uow:
        cases.code_case(uow, cases.find(uow, anew), coding("bullying_harassment"))
    for ref in (closed, again):
        told_and_closed(trust, ref)
    with trust.work(trust.guardian) as uow:
        cases.reopen_case(uow, cases.find(uow, again), "It began again.")
    with trust.work(trust.guardian) as uow:
        case = cases.find(uow, taken_back)
        cases.tell_person(uow, case, "A lock was fitted.")
        cases.take_back(uow, case)
    with trust.work(trust.guardian) as uow:
        cases.code_case(
            uow, cases.find(uow, aside), cases.Coding(frozenset(), none_apply=True, worker_group="students")
        )


def late(trust: Trust, day: date) -> None:
    """Write down only now what was raised in a published quarter."""
    with trust.work(trust.guardian) as uow:
        case = cases.record_case(uow, recorded(raised_on=day))
        cases.code_case(uow, case, coding("bullying_harassment"))


def test_nothing_that_was_published_changes_whatever_becomes_of_its_cases(
    trust: Trust, member: Colleague, app: Flask, signed_in: SignIn, process: JobProcess
) -> None:
    with trust.work() as uow:
        day = insight.first_day(newest_to_close(uow.today, organisations.here(uow).quarter_closes_after))
    refs = cases_of(trust, day + timedelta(days=20), 5)
    quarters = factories.closed_figures(trust, 5)
    for quarter in quarters[3:]:
        factories.published(trust, Kind.QUARTER, [quarter])

    board = signed_in(member)
    before, exact = everything(board), signals(signed_in(trust.guardian))
    assert set(reached(app, before)) == pages_of_the_board(app) - OF_FIGURES_FROM_ELSEWHERE
    assert reached(app, before)["board.publication_file"] == 2 * len(Document)
    assert everything(board) == before

    go_on_with(trust, refs)
    factories.code_anew(trust, quarters[3])
    factories.come_late(trust, quarters[3], "2999-00/Q1")
    late(trust, day)
    assert signals(signed_in(trust.guardian)) != exact, "what is published would be no test if nothing had changed"
    with time_machine.travel(datetime.now(UTC) + LATER):
        late(trust, day)
        for work in (process.announce, process.remind, process.clear_up):
            work(trust.id, uuid.uuid4())
        with trust.work() as uow:
            assert insight.closed_quarters(uow)[-1] not in quarters
        assert everything(signed_in(member)) == before
