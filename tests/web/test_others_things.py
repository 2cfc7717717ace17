"""What an address names that is somebody else's, of any kind: nobody can tell it from what is not there.

Cases and referrals have a matrix of their own (`tests/web/test_access_matrix.py`). Here is everything else that an
address can name: what a colleague has under way, their diary, sessions, absences and requests. The addresses are read
off the application, so that one with a new kind of name fails here until somebody says whose it is.
"""

import hashlib
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from speakup import accounts, assurance, cases, diary, keyring, learning, organisations, peers, routing
from speakup.cases import PersonDetails
from speakup.gateways.documents import Sheet, Workbook
from speakup.kernel.actor import Role
from speakup.kernel.ids import new_id
from speakup.policy import GRANTS, Permission
from speakup.tables import METADATA
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient
from tests.web.test_house import READING, ask, methods_of, opened_inbox, pages, token_of

ELSEWHERE = {"ref", "record_id"}
"""Names that the access matrix of cases and referrals, and `test_house`, go through."""
OPEN_TO_ALL = {"/static/<path:name>", "/logo/<name>", "/guardians/<uuid:person_id>/photo"}
"""Pictures and prepared files, which are for everybody."""
_TOKEN = re.compile(rb'(name="csrf_token"[^>]*value=")[^"]*')


@dataclass(frozen=True)
class Kind:
    """Things of one kind that addresses name: one there is, one there is not, and who may have to do with it."""

    there: str
    absent: str
    admits: frozenset[Permission] = frozenset()
    """Whoever has one of these may have to do with somebody else's: only who has none is asked to learn nothing."""


def undertaking(trust: Trust, who: Colleague, raised: RaisedCase) -> dict[str, uuid.UUID]:
    """Let somebody have an import and a request for access under way."""
    log = Workbook([Sheet("", hidden=False, rows=[["Date", "Summary"], ["1/4/2024", "Told"]], merged=[])], 0)
    with trust.work(who) as uow:
        import_id = cases.begin_import(uow, "log.csv", log)
    with trust.work(who, writes=False) as uow:
        looked = cases.look_for(uow, "Petra Pinewood", [], uow.today, "[left out]")
    assert looked.passages
    with trust.work(who) as uow:
        return {"import": import_id, "subject-access": cases.open_access_request(uow, looked)}


def lines_of(trust: Trust, who: Colleague) -> dict[str, uuid.UUID]:
    """Let somebody have an entry in their diary, an absence ahead, a request to hand over, and a session."""
    lead = replace(trust.lead.actor, roles=frozenset({Role.LEAD_GUARDIAN}))
    other = next(each for each in (trust.guardian, trust.second_guardian) if each is not who)
    with trust.work(who) as uow:
        entry = diary.add_entry(uow, diary.EntryDetails(uow.today, diary.Kind.VISIT, 4)).id
        ahead = uow.today + timedelta(days=90)
        absence = accounts.plan_absence(uow, accounts.member(uow, who.id).membership, accounts.Days(ahead, ahead)).id
    with trust.work(lead) as uow:
        cases.ask_for_hand_over(uow, who.id, other.id)
    with trust.work(who) as uow:
        request = cases.my_requests(uow)[0].id
    with trust.work() as uow:
        if routing.draft(uow) is None:
            routing.draft_rules(uow, [])
        rule = routing.add_rule(uow, routing.Rule(None, None, who.id, None))
    with trust.work(trust.visitor) as uow:
        keyring.start_staff(uow, who.id, who.root_secret, second_factor_done=True)
    with trust.stored.unbound() as connection:
        sessions = METADATA.tables["staff_session"].c
        session = connection.scalar(sa.select(sessions.id).where(sessions.person_id == who.id).limit(1))
    assert session is not None
    return {"entry": entry, "absence": absence, "request": request, "rule": rule, "session": session}


def kinds_of(trust: Trust, who: Colleague, raised: RaisedCase) -> dict[str, Kind]:
    """Name every kind of thing by the argument of an address, or by its first part where one argument is two."""
    found = {name: Kind(str(each), str(new_id())) for name, each in undertaking(trust, who, raised).items()}
    lines = {name: Kind(str(each), str(new_id())) for name, each in lines_of(trust, who).items()}
    calendars = frozenset({Permission.CALENDAR_FOLLOW})
    with trust.work(who) as uow:
        secret = accounts.draw_calendar_address(uow)
        shelf = learning.Resource("Answering well", address="https://learning.example/page", for_owners=False)
        resource = learning.add_resource(uow, shelf).id
        figure = assurance.keep_figure(uow, factories.beside(uow.today)).id
        directorate, site = organisations.directorates(uow)[0], organisations.sites(uow)[0]
    with trust.work(trust.executive_lead) as uow:
        question = assurance.ask_question(uow, "", "Who hears the night shift?").id
    with trust.work(trust.lead) as uow:
        other = peers.publish_to(uow, "otherham.localhost").receiver_id
        peers.receive_from(uow, "otherham.localhost")
    return {
        **found,
        "entry_id": lines["entry"],
        "absence_id": replace(
            lines["absence"], admits=frozenset({Permission.CASE_TEAM_CLOCKS, Permission.ADMIN_MEMBERSHIPS})
        ),
        "request_id": lines["request"],
        "rule_id": replace(lines["rule"], admits=frozenset({Permission.ADMIN_ROUTING_DRAFT})),
        "session_id": lines["session"],
        "secret": Kind(secret[:-1] + ("a" if secret[-1] != "a" else "b"), "b" * len(secret), calendars),
        "token": Kind("a" * 43, "b" * 43),
        "person_id": Kind(str(who.id), str(new_id()), GRANTS[Role.ADMINISTRATOR] | GRANTS[Role.GUARDIAN]),
        "directorate_id": Kind(str(directorate.id), str(new_id()), GRANTS[Role.ADMINISTRATOR]),
        "site_id": Kind(str(site.id), str(new_id()), GRANTS[Role.ADMINISTRATOR]),
        "resource_id": Kind(str(resource), str(new_id()), frozenset({Permission.CASE_LIST})),
        "list_name": Kind("theme", "nothing", GRANTS[Role.ADMINISTRATOR]),
        "key": Kind("systems", "nothing", GRANTS[Role.ADMINISTRATOR]),
        "name": Kind("contact", "nothing", GRANTS[Role.ADMINISTRATOR] | GRANTS[Role.GUARDIAN]),
        "figure_id": Kind(str(figure), str(new_id()), frozenset({Permission.BOARD_READ})),
        "other_id": Kind(str(other), str(new_id()), frozenset({Permission.ADMIN_PEERS})),
        "question_id": Kind(str(question), str(new_id()), frozenset({Permission.BOARD_READ})),
        "kind": Kind("all", "nothing", frozenset({Permission.BOARD_READ})),
        "dimension": Kind("directorate", "nothing", frozenset({Permission.HEADCOUNT_KEEP})),
        "document": Kind("paper.pdf", "nothing", frozenset({Permission.BOARD_READ})),
        "year": Kind("2025-26", "2025-27", frozenset({Permission.RETURN_KEEP})),
        "quarter": Kind("Q4", "Q9", frozenset({Permission.RETURN_KEEP})),
        "line": Kind("R1", "R99", frozenset({Permission.RETURN_KEEP})),
    }


def named_in(rule: Rule, kinds: dict[str, Kind]) -> dict[str, Kind]:
    """Say what kind of thing each argument of an address names."""
    first = rule.rule.strip("/").split("/")[0]
    return {argument: kinds[first if argument == "id" else argument] for argument in rule.arguments}


def address(rule: Rule, kinds: dict[str, Kind], *, there: bool) -> str:
    told = {name: each.there if there else each.absent for name, each in named_in(rule, kinds).items()}
    return re.sub(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", lambda found: told[found.group(1)], rule.rule)


def answered(browser: PageClient, method: str, rule: Rule, kinds: dict[str, Kind], token: str, *, there: bool) -> Any:  # noqa: ANN401 -- only ever compared
    """What somebody can tell from an answer, the name they asked for left out."""
    asked = address(rule, kinds, there=there)
    answer = ask(browser, method, asked, token)
    body = _TOKEN.sub(rb"\1", answer.data).replace(asked.encode(), b"*")
    for each in named_in(rule, kinds).values():
        for name in (each.there, each.absent):
            if len(name) > 8:
                body = body.replace(name.encode(), b"*")
    return answer.status_code, body


def written(trust: Trust) -> dict[str, str]:
    """Digest every row but those of what was read and of who is signed in."""
    with trust.stored.unbound() as connection:
        return {
            table.name: hashlib.sha256(
                repr(sorted(repr(tuple(row)) for row in connection.execute(sa.select(table)))).encode()
            ).hexdigest()
            for table in METADATA.sorted_tables
            if table.name not in READING
        }


@pytest.fixture
def raised(trust: Trust) -> RaisedCase:
    made = factories.raised_case(
        trust, narrative="Petra Pinewood was there when it fell.", person=PersonDetails("Nora Nurse")
    )
    factories.reply(made, "Thank you.", by=readers_of(made)[0])
    return made


@pytest.fixture
def others(
    app: Flask, trust: Trust, raised: RaisedCase, signed_in: Callable[[Colleague], PageClient]
) -> list[tuple[frozenset[Permission], PageClient]]:
    """Everybody but the owner: what the policy allows them, and their browser."""
    owner = readers_of(raised)[0]
    somebody = [each for each in trust.people.values() if each is not owner]
    return [
        (frozenset(), PageClient(app, trust.host)),
        (frozenset(), opened_inbox(app, raised)),
        *((frozenset().union(*(GRANTS[role] for role in each.roles)), signed_in(each)) for each in somebody),
        (frozenset({Permission.REFERRAL_ANSWER}), signed_in(factories.recipient(trust))),
    ]


def test_nobody_can_tell_what_a_colleague_has_under_way_from_what_is_not_there(
    app: Flask, trust: Trust, raised: RaisedCase, others: list[tuple[frozenset[Permission], PageClient]]
) -> None:
    kinds = kinds_of(trust, readers_of(raised)[0], raised)
    rules = [
        rule
        for rule in pages(app)
        if rule.arguments and not rule.arguments & ELSEWHERE and rule.rule not in OPEN_TO_ALL
    ]
    assert len(rules) > 30
    for allowed, browser in others:
        token = token_of(browser)
        before = written(trust)
        for rule in rules:
            if any(each.admits & allowed for each in named_in(rule, kinds).values()):
                continue
            for method in methods_of(rule):
                absent = answered(browser, method, rule, kinds, token, there=False)
                assert answered(browser, method, rule, kinds, token, there=True) == absent, (method, rule.rule)
        assert written(trust) == before
