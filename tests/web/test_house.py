"""Rules that hold for every address there is: who may come, what a post without its token does, what is given away."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import unified_diff
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from speakup import accounts, cases, keyring, organisations, routing
from speakup.gateways.documents import Sheet, Workbook
from speakup.kernel.ids import new_id, new_reference
from speakup.tables import METADATA
from speakup.web import surfaces
from speakup.web.cookies import DONE, FORM, INBOX
from speakup.web.surfaces import LEDGER, Admits
from tests import factories
from tests.databases import Stored
from tests.factories import RaisedCase
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

ROOT = Path(__file__).parents[2]
REVIEWED = ROOT / "tests" / "architecture" / "routes.txt"
READING = {"audit_entry", "audit_head", "audit_pending", "seen_state"}
"""Where it is recorded that somebody read a case, and what they saw: a form that is shown again is read again."""
WRITTEN = ("/", "/privacy", "/accessibility", "/support", "/about/security", "/learning-so-far")
PUBLIC = {Admits.EVERYBODY.value, Admits.REPORTER.value}
_TOKEN = re.compile(rb'(name="csrf_token"[^>]*value=")[^"]*')


def pages(app: Flask) -> list[Rule]:
    """Every address, in alphabetical order."""
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def methods_of(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def who_may_come(rule: Rule) -> str:
    """Say it as the ledger of surfaces does; a prepared file belongs to no surface."""
    surface, dot, _ = rule.endpoint.rpartition(".")
    if not dot:
        return "everybody"
    admitted = LEDGER[surface]
    if isinstance(admitted, Admits):
        return admitted.value
    return f"whoever may {' or '.join(sorted(permission.value for permission in admitted))}"


def ledger(app: Flask) -> Iterator[str]:
    """Write every address down, under whoever may come."""
    by_guest: dict[str, list[str]] = {}
    for rule in pages(app):
        by_guest.setdefault(who_may_come(rule), []).append(f"    {rule.rule} {' '.join(methods_of(rule))}\n")
    for guest in sorted(by_guest):
        yield f"{guest}:\n"
        yield from sorted(by_guest[guest])


def test_where_the_pages_of_staff_begin_is_gathered_once(app: Flask) -> None:
    with app.app_context():
        gathered = surfaces.staff_places()
        assert {"cases", "colleagues"} <= gathered
        assert surfaces.staff_places() is gathered


def test_every_page_and_who_may_come_is_as_it_was_reviewed(app: Flask) -> None:
    now, draft = list(ledger(app)), REVIEWED.with_suffix(".new")
    reviewed = REVIEWED.read_text().splitlines(keepends=True) if REVIEWED.exists() else []
    difference = "".join(unified_diff(reviewed, now, "reviewed", "as it is now"))
    if difference:
        draft.write_text("".join(now))
    accept = f"mv {draft.relative_to(ROOT)} {REVIEWED.relative_to(ROOT)}"
    assert not difference, f"\n{difference}\nRead it. If every page is for whom it says, accept it:\n  {accept}"
    draft.unlink(missing_ok=True)


@dataclass(frozen=True)
class Known:
    """Something of each kind that an address can name, all of one organisation."""

    ref: str
    record_id: str
    person_id: str
    directorate_id: str
    site_id: str
    session_id: str
    rule_id: str
    absence_id: str
    name: str = "contact"
    list_name: str = "theme"
    key: str = "systems"
    entry_id: str = "00000000-0000-4000-8000-000000000000"
    request_id: str = "00000000-0000-4000-8000-000000000000"
    number: str = "1"
    dimension: str = "directorate"
    kind: str = "all"
    place: str = "0"
    token: str = "a" * 43
    secret: str = "b" * 43
    file_id: str = "00000000-0000-4000-8000-000000000000"
    resource_id: str = "00000000-0000-4000-8000-000000000000"
    statement_id: str = "00000000-0000-4000-8000-000000000000"
    figure_id: str = "00000000-0000-4000-8000-000000000000"
    question_id: str = "00000000-0000-4000-8000-000000000000"
    other_id: str = "00000000-0000-4000-8000-000000000000"
    document: str = "paper.pdf"
    year: str = "2025-26"
    quarter: str = "Q4"
    line: str = "R1"
    id: str = field(default_factory=lambda: str(new_id()))
    """Of an import."""

    def address(self, rule: Rule) -> str:
        """Fill in an address."""
        return re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda found: str(getattr(self, found.group(1))), rule.rule)


def known_of(trust: Trust, raised: RaisedCase) -> Known:
    with trust.work(trust.visitor) as uow:
        keyring.start_staff(uow, trust.guardian.id, trust.guardian.root_secret, second_factor_done=True)
        directorates, sites = organisations.directorates(uow), organisations.sites(uow)
    with trust.work() as uow:
        if routing.draft(uow) is None:
            routing.draft_rules(uow, [])
        rule_id = routing.add_rule(uow, routing.Rule(None, None, trust.guardian.id, None))
        ahead = uow.today + timedelta(days=99)
        membership = accounts.member(uow, trust.guardian.id).membership
        absence_id = accounts.plan_absence(uow, membership, accounts.Days(ahead, ahead)).id
    log = Workbook([Sheet("", hidden=False, rows=[["Date", "Summary"], ["1/4/2024", "Told"]], merged=[])], 0)
    with trust.work(trust.guardian) as uow:
        import_id = cases.begin_import(uow, "log.csv", log)
    with trust.database.engine.connect() as connection:
        session_id = connection.scalar(sa.select(METADATA.tables["staff_session"].c.id).limit(1))
    return Known(
        raised.ref,
        str(raised.id),
        str(trust.guardian.id),
        str(directorates[0].id) if directorates else str(new_id()),
        str(sites[0].id) if sites else str(new_id()),
        str(session_id),
        str(rule_id),
        str(absence_id),
        id=str(import_id),
    )


def nothing() -> Known:
    """What no organisation has."""
    return Known(new_reference(), *(str(new_id()) for _ in range(7)))


def opened_inbox(app: Flask, raised: RaisedCase) -> PageClient:
    """A browser in which the person who raised a concern has their inbox open."""
    browser = PageClient(app, raised.trust.host)
    with raised.trust.work(raised.trust.visitor) as uow:
        token = keyring.start_reporter(uow, raised.reporter.person_id, raised.id, raised.secrets.root_secret)
    browser.client.set_cookie(INBOX.name, token, domain=raised.trust.host, secure=True, path="/", httponly=True)
    return browser


def rows(stored: Stored) -> dict[str, str]:
    """Digest every table, whoever's rows they are."""
    with stored.unbound() as connection:
        return {
            table.name: hashlib.sha256(
                repr(sorted(repr(tuple(row)) for row in connection.execute(sa.select(*_written(table))))).encode()
            ).hexdigest()
            for table in METADATA.sorted_tables
            if table.name not in READING
        }


def _written(table: sa.Table) -> list[sa.Column[Any]]:
    """The columns that reading leaves as they are.

    Whoever opens a case keeps its keys, and is seen once a minute; an inbox ends later every ten minutes.
    """
    moving = {"kept_key", "seen_at", *({"expires_at"} if table.name == "reporter_session" else ())}
    return [column for column in table.columns if column.name not in moving]


def ask(browser: PageClient, method: str, address: str, token: str = "") -> TestResponse:
    browser.client.delete_cookie(DONE.name, domain=browser.host)  # What was said about the request before.
    headers = {"Origin": f"https://{browser.host}"} if method == "POST" else {}
    data = {"csrf_token": token} if token else None
    host = f"https://{browser.host}"
    answer = browser.client.open(address, method=method, base_url=host, headers=headers, data=data)
    answer.get_data()
    answer.close()
    return answer


def token_of(browser: PageClient) -> str:
    """Bind this browser and draw the token that belongs to it, as a page that has a form does."""
    page = browser.get("/sign-in")
    found = page.soup.find("input", attrs={"name": "csrf_token"})
    if found is None:
        found = browser.get("/account").soup.find("input", attrs={"name": "csrf_token"})
    assert found is not None
    return str(found["value"])


def test_a_post_without_its_token_changes_no_row(
    app: Flask, trust: Trust, signed_in: Callable[[Colleague], PageClient]
) -> None:
    raised = factories.raised_case(trust)
    known = known_of(trust, raised)
    browsers = [
        PageClient(app, trust.host),
        opened_inbox(app, raised),
        *(signed_in(trust.people[role]) for role in ("guardian", "administrator")),
    ]
    for browser in browsers:
        browser.get("/follow-up")
        browser.get(f"/cases/{raised.ref}")
    before = rows(trust.stored)
    for rule in pages(app):
        if "POST" in methods_of(rule):
            for browser in browsers:
                answer = ask(browser, "POST", known.address(rule))
                # A page that is nothing but a button may simply be shown again.
                assert 300 <= answer.status_code < 500, (rule.rule, answer.status)
            assert rows(trust.stored) == before, rule.rule


def visitors(
    app: Flask, trust: Trust, mine: RaisedCase, signed_in: Callable[[Colleague], PageClient]
) -> Iterator[tuple[str, PageClient]]:
    yield "nobody signed in", PageClient(app, trust.host)
    yield "somebody with an inbox of their own", opened_inbox(app, mine)
    for role, person in trust.people.items():
        yield role, signed_in(person)


def seen(browser: PageClient, method: str, known: Known, rule: Rule, token: str) -> tuple[int, bytes, int]:
    """What somebody can tell from an answer, whatever they asked for themselves left out."""
    address = known.address(rule)
    answer = ask(browser, method, address, token)
    body = _TOKEN.sub(rb"\1", answer.data)
    for value in sorted(vars(known).values(), key=len, reverse=True):
        if len(value) > 8:
            body = body.replace(value.encode(), b"*")
    return answer.status_code, body, len(answer.data)


def test_what_is_forbidden_cannot_be_told_from_what_is_not_there(
    app: Flask, both_trusts: list[Trust], signed_in: Callable[[Colleague], PageClient]
) -> None:
    trust, other = both_trusts
    case, elsewhere, mine = factories.raised_case(trust), factories.raised_case(other), factories.raised_case(trust)
    readers = readers_of(trust, case)
    foreign, own = known_of(other, elsewhere), known_of(trust, case)
    for who, browser in visitors(app, trust, mine, signed_in):
        token = token_of(browser)
        absent = nothing()
        hidden = [foreign]
        if who not in trust.people or trust.people[who].id not in readers:
            hidden.append(Known(case.ref, own.record_id, absent.person_id, *[str(new_id()) for _ in range(5)]))
        for rule in pages(app):
            if not set(rule.arguments) & {"ref", "record_id", "person_id", "directorate_id", "site_id", "session_id"}:
                continue
            for method in methods_of(rule):
                missing = seen(browser, method, absent, rule, token)
                for there in hidden:
                    assert seen(browser, method, there, rule, token) == missing, (who, method, rule.rule)


def readers_of(trust: Trust, case: RaisedCase) -> set[object]:
    with trust.database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT set_config('speakup.organisation', :id, true)"), {"id": str(trust.id)})
        table = METADATA.tables["case"]
        found = connection.execute(sa.select(table.c.primary_id, table.c.cover_id).where(table.c.ref == case.ref)).one()
    return set(found)


def test_what_is_not_there_keeps_its_menu_for_whoever_is_signed_in_and_is_a_public_page_for_nobody_else(
    app: Flask, trust: Trust, guardian: PageClient
) -> None:
    firsts = {rule.rule.split("/")[1] for rule in pages(app) if who_may_come(rule) not in PUBLIC}
    assert {"cases", "diary", "referrals", "absences", "lists", "import"} <= firsts
    for first in firsts:
        page = guardian.get(f"/{first}/nothing/of/the/kind")
        assert page.status == 404
        assert page.soup.find("a", href="/account") is not None, first
        assert page.soup.find("a", href="/leave") is None, first
    for first in ("follow-up", "raise"):
        assert PageClient(app, trust.host).get(f"/{first}/nothing/of/the/kind").soup.find("a", href="/leave"), first


def test_a_host_that_is_nobodys_is_answered_alike_everywhere(app: Flask, trust: Trust) -> None:
    known, stranger = nothing(), PageClient(app, "elsewhere.example")
    answers = {
        (answer.status_code, answer.data)
        for rule in pages(app)
        for method in methods_of(rule)
        if rule.endpoint != "asset"
        for answer in [ask(stranger, method, known.address(rule))]
    }
    assert {status for status, _ in answers} == {400}
    assert len(answers) == 2, "one page for those who work here and one for everybody else, whatever was asked for"


def test_reading_what_is_written_sets_no_cookie(app: Flask, browser: PageClient) -> None:
    prepared = [str(each["href"]) for each in browser.get("/").soup.find_all("link", href=True)]
    for address in (*WRITTEN, *prepared, "/leave", "/guardians/none/photo"):
        assert "Set-Cookie" not in ask(browser, "GET", address).headers, address
    assert FORM.name not in browser.cookies()
