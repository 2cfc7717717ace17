"""Every form of staff and of the inbox, as it was served and then filled in by somebody who means harm or mistakes.

Forms are fetched from the pages there are, so that a new one is tried by itself; what is posted differs from what was
served in some of its fields: another kind, another length, twice, not at all, of another form.
"""

import io
import random
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from bs4 import Tag
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from speakup import cases
from speakup.cases import PersonDetails
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient, check_house_rules
from tests.web.test_house import methods_of, opened_inbox, pages, token_of
from tests.web.test_others_things import kinds_of, named_in

EXAMPLES = 40
LEAVE_ALONE = {"/sign-out", "/follow-up/close"}
"""What only ends the session that the rest is tried in."""
JUNK = (
    "", " ", "\x00", "0", "-1", "1", "99", "9" * 400, "٣", "²", "1e9", "nan", "None", "true", "on", "yes", "no",
    "00000000-0000-4000-8000-000000000000", "not-a-uuid", "2026-02-30", "0001-01-01", "9999-12-31", "31", "2026",
    "a" * 120_000, "\r\n" * 300, "<script>alert(1)</script>", "{{7*7}}", "%(name)s %s %d", "../../etc/passwd",
    "=1+1", "\u202e\u2066\ufffe", "🧵" * 50, "a@b", "a@example.org\nBcc: b@example.org", "07700 900000", "[]", "{}",
    "Nora Nurse", "A sentence that somebody might write.", "27", "3",
)  # fmt: skip
QUERIES = (
    "", "", "", "page=0", "page=2", "page=-1", "page=%D9%A3", "page=" + "9" * 30, "then=//evil.example",
    "month=2026-13", "month=0001-01", "filter=%00", "stand=x&who=x&sort=x", "day=x", "from=%ff",
)  # fmt: skip
FILES = (
    (b"", ""), (b"Plain words.", "a.txt"), (b"\x00" * 50, "a.pdf"), (b"%PDF-1.7\n", "b.pdf"),
    (b"Date,Text\n1/4/2024,Told\n", "log.csv"), (b"PK\x03\x04", "c.xlsx"), (b"=1+1,\xff\xfe\n", "=cmd.csv"),
)  # fmt: skip
HOW = ("offered", "offered", "offered", "junk", "junk", "none", "twice", "file")


class Scene:
    """Cases in several states, with everything an address can name, and who may open them."""

    def __init__(self, app: Flask, trust: Trust, signed_in: Callable[[Colleague], PageClient]) -> None:
        self.app, self.trust, self.signed_in = app, trust, signed_in
        self.raised = [factories.raised_case(trust, person=PersonDetails("Nora Nurse", "0700 900 0000")) for _ in "123"]
        self.owner = readers_of(self.raised[0])[0]
        self.kinds = kinds_of(trust, self.owner, self.talked_about(self.raised[0]))
        self.recipient = factories.recipient(trust)
        self.referral = factories.referred(self.raised[0], self.owner, self.recipient)
        self.records = self.records_of(self.raised[0])
        self.ended(self.raised[1])
        self.browsers: dict[str, PageClient] = {}

    def talked_about(self, raised: RaisedCase) -> RaisedCase:
        """Let a case hold a sentence that names somebody, and be answered."""
        factories.message(raised, "Petra Pinewood was there when it fell.")
        factories.reply(raised, "Thank you.", by=readers_of(raised)[0])
        return raised

    def records_of(self, raised: RaisedCase) -> list[str]:
        with raised.as_(self.owner) as (uow, case):
            cases.report_detriment(uow, case, cases.DetrimentReport("My shifts were cut."))
            said = ("What was seen", "The head of estates", "so that it is locked")
            agreement = cases.record_agreement(
                uow, case, cases.Agreement(*said, cases.HowAgreed.VERBALLY, name=False, on=uow.today)
            )
            report = cases.open_view(uow, case).detriment[0].record_id
        return [str(agreement), str(report), str(self.referral.id)]

    def ended(self, raised: RaisedCase) -> None:
        who = readers_of(raised)[0]
        factories.reply(raised, "Thank you.", by=who)
        with raised.as_(who) as (uow, case):
            coding = cases.Coding(frozenset({"patient_safety"}), none_apply=False, worker_group="not_known")
            cases.code_case(uow, case, coding)
            cases.tell_person(uow, case, "The rota has been changed.")
            cases.close_case(uow, case, cases.Closing("resolved", "Done.", cases.Satisfied.YES))

    def browser(self, who: str) -> PageClient:
        """A browser in which somebody is signed in, or has their inbox open: anew, where that ended."""
        browser = self.browsers.get(who)
        place = "/follow-up/message" if who == "reporter" else "/account"
        if browser is None or browser.client.get(place, base_url=f"https://{browser.host}").status_code in {302, 303}:
            browser = self.browsers[who] = self.opened(who)
        return browser

    def opened(self, who: str) -> PageClient:
        if who == "reporter":
            return opened_inbox(self.app, self.raised[0])
        person = {"owner": self.owner, "recipient": self.recipient}.get(who) or self.trust.people[who]
        return self.signed_in(person)

    def address(self, rule: Rule, choice: random.Random) -> str:
        """Fill in an address with something there is."""
        names = {name: each.there for name, each in named_in(rule, {**self.kinds, **self.others(rule)}).items()}
        if "ref" in names and rule.rule.startswith("/cases"):
            names["ref"] = choice.choice([each.ref for each in self.raised])
        if "record_id" in names:
            names["record_id"] = choice.choice(self.records)
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: names[found.group(1)], rule.rule)

    def others(self, rule: Rule) -> dict[str, Any]:
        kind = type(self.kinds["token"])
        ref = self.referral.ref if rule.rule.startswith("/referrals") else self.raised[0].ref
        # What only a learning action has: a number of something, which none of these has anyway.
        unknown = dict.fromkeys(rule.arguments - self.kinds.keys(), kind("1", ""))
        return {**unknown, "ref": kind(ref, ""), "record_id": kind(self.records[0], "")}


def fields_of(form: Tag) -> list[tuple[str, list[str], str]]:
    """Every field of a form: its name, what it may be, and of what kind it is."""
    found: dict[str, tuple[str, list[str], str]] = {}
    for control in form.find_all(["input", "select", "textarea", "button"]):
        name, kind = str(control.get("name") or ""), str(control.get("type") or control.name)
        if not name:
            continue
        offered = [str(each.get("value", "")) for each in control.find_all("option")] or [str(control.get("value", ""))]
        held = found.setdefault(name, (name, [], kind))
        held[1].extend(offered)
    return list(found.values())


def junk(choice: random.Random) -> str:
    """Something nobody was asked for: known for its mischief, or of any characters."""
    if choice.random() < 0.7:
        return choice.choice(JUNK)
    return "".join(chr(choice.choice([choice.randrange(32, 0xD800), choice.randrange(0xE000, 0x11000)])) for _ in "abc")


def filled(choice: random.Random, form: Tag) -> MultiDict[str, Any]:
    """Fill in a form, rightly or wrongly."""
    posted: MultiDict[str, Any] = MultiDict()
    carefully = choice.random() < 0.5
    for name, offered, kind in fields_of(form):
        how = "offered" if carefully and choice.random() < 0.8 else choice.choice(HOW)
        if name == "csrf_token" or (kind == "hidden" and how in {"none", "file"} and choice.random() < 0.5):
            posted.add(name, offered[0])
        elif how == "junk" or (how == "offered" and kind in {"text", "textarea"}):
            posted.add(name, junk(choice))
        elif how == "offered" and kind != "file":
            posted.add(name, choice.choice(offered))
        elif how == "twice":
            posted.setlist(name, [choice.choice(offered), junk(choice)])
        elif how == "file" or (how == "offered" and kind == "file"):
            content, called = choice.choice(FILES)
            posted.add(name, (io.BytesIO(content), called))
    if choice.random() < 0.2:
        posted.add(choice.choice(["step", "revision", "elements", "act", "id", "people-9-narrative"]), "x")
    return posted


def forms_at(browser: PageClient, address: str) -> tuple[Page, list[Tag]]:
    page = browser.get(address)
    return page, [each for each in page.soup.find_all("form") if str(each.get("method")).lower() == "post"]


@pytest.mark.parametrize("who", ["owner", "lead", "administrator", "recipient", "non_executive_lead", "reporter"])
def test_no_form_filled_in_wrongly_is_an_error_of_ours(
    app: Flask, trust: Trust, signed_in: Callable[[Colleague], PageClient], who: str
) -> None:
    scene = Scene(app, trust, signed_in)
    inbox = who == "reporter"
    rules = [
        rule
        for rule in pages(app)
        if "POST" in methods_of(rule) and rule.rule not in LEAVE_ALONE and rule.rule.startswith("/follow-up") is inbox
    ]
    assert len(rules) > 10

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(seed=st.integers(0, 2**32))
    def try_it(seed: int) -> None:
        choice = random.Random(seed)
        rule = choice.choice(rules)
        address, browser = scene.address(rule, choice), scene.browser(who)
        query = choice.choice(QUERIES)
        page, forms = forms_at(browser, f"{address}?{query}" if query else address)
        assert page.status < 500, (address, query, page.status)
        forms = [each for each in forms if each.get("action") not in LEAVE_ALONE]
        posted = filled(choice, choice.choice(forms)) if forms else MultiDict()
        posted.setdefault("csrf_token", token_of(browser))
        target = quote(address)
        host = f"https://{browser.host}"
        answer = browser.client.post(target, base_url=host, data=posted, headers={"Origin": host})
        answer.get_data()
        what = (address, query, {name: str(each)[:60] for name, each in posted.items(multi=True)})
        assert answer.status_code < 500 or answer.status_code == 503, (answer.status, what)
        if answer.mimetype == "text/html" and answer.status_code not in {302, 303}:
            check_house_rules(Page(answer, address))
        answer.close()

    try_it()
