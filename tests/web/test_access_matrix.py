"""Every role, in every relation to a case, at every page of it: a page opens if and only if policy and keys allow it.

The pages are read off the application, so a new one is tried by itself; what it asks of the policy stands in a ledger
that is read by people, and a page that is not in it fails. Who holds a key is found out as a thief would, with the root
secret and the database alone. Whoever is refused gets, byte for byte, what they get for a case there is not.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import unified_diff
from functools import lru_cache
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import Rule

from speakup import accounts, cases, keyring, policy
from speakup.cases import Agreement, Exclusions, HowAgreed, HowRaised, PersonDetails
from speakup.crypto import envelope
from speakup.crypto.errors import Unreadable
from speakup.crypto.keypairs import staff_keys
from speakup.gateways.blobs import Blobs
from speakup.kernel.actor import Actor, Role
from speakup.kernel.errors import Forbidden
from speakup.kernel.ids import new_id, new_reference
from speakup.keyring import CompartmentKind, PrincipalKind
from speakup.keyring.rules.key_records import Holder, Place
from speakup.learning import LearningAction
from speakup.policy import GRANTS, Permission
from speakup.web.cookies import DONE, STAFF
from speakup.web.workspace.clocks import MOVES
from tests import factories
from tests.factories import RaisedCase
from tests.security.intruder import T
from tests.security.tampering import readers_of
from tests.security.test_planted_words import store
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient
from tests.web.test_house import methods_of, opened_inbox, pages, token_of, who_may_come

ROOT = Path(__file__).parents[2]
REVIEWED = ROOT / "tests" / "architecture" / "access.txt"
WHOLE = {CompartmentKind.IDENTITY, CompartmentKind.CONVERSATION, CompartmentKind.CASEWORK}
NOT_FOUND = 404
_TOKEN = re.compile(rb'(name="csrf_token"[^>]*value=")[^"]*')
Answer = tuple[int, bytes, int]
SignIn = Callable[[Colleague], PageClient]


@dataclass
class Person:
    """Somebody who asks for a case: how they stand to it, and the browser they ask in."""

    relation: str
    browser: PageClient
    roles: frozenset[Role] = frozenset()
    holds: frozenset[CompartmentKind] = frozenset()
    token: str = field(default="", repr=False)
    absent: dict[str, Answer] = field(default_factory=dict, repr=False)
    """What they get for a case there is not, by method, wherever that is one page for all addresses."""

    def may(self, needs: Iterable[str]) -> bool:
        """What policy and keys together say."""
        allowed = frozenset[Permission]().union(*(GRANTS[role] for role in self.roles))
        opens = self.holds >= WHOLE or CompartmentKind.REFERRAL in self.holds
        return opens and set(needs) <= {each.value for each in allowed}

    def get(self, method: str, rule: Rule, known: "Known") -> Answer:
        """Ask; return all that they can tell by the answer, what they asked for themselves left out."""
        host = f"https://{self.browser.host}"
        data = {"csrf_token": self.token, **PRESSED.get(rule.rule, {})} if method == "POST" else None
        self.browser.client.delete_cookie(DONE.name, domain=self.browser.host)  # What was said before.
        answer = self.browser.client.open(
            known.address(rule), method=method, base_url=host, headers={"Origin": host}, data=data
        )
        body = _TOKEN.sub(rb"\1", answer.get_data())
        answer.close()
        for value in known.values():
            body = body.replace(value.encode(), b"*")
        return answer.status_code, body, len(answer.data)

    def is_refused(self, answer: Answer, method: str, rule: Rule, nothing: "Known") -> bool:
        """Say whether this is what they get for a case there is not."""
        if method not in self.absent:
            self.absent[method] = self.get(method, rule, nothing)
        return answer == self.absent[method] or answer == self.get(method, rule, nothing)


NAMED = {
    "files": "file",
    "detriment": "detriment",
    "consent": "consent",
    "referrals": "referral",
    "learning": "learning",
}
"""Records that addresses name, by what stands before them: a new kind is tried with one of its own."""
PRESSED = {"/cases/<ref>/move": {"act": next(iter(MOVES)).value}}
"""What must be said with a button for there to be such a page."""


@dataclass(frozen=True)
class Known:
    """What an address of a case can name."""

    id: uuid.UUID
    ref: str
    person_id: str
    records: dict[str, str]

    def address(self, rule: Rule) -> str:
        """Fill in an address."""
        told = {"ref": self.ref, "person_id": self.person_id}
        if "record_id" in rule.arguments:
            before = rule.rule.partition("/<uuid:record_id>")[0].rpartition("/")[2]
            told["record_id"] = self.records[NAMED[before]]
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: told[found.group(1)], rule.rule)

    def values(self) -> list[str]:
        return [*self.records.values(), self.person_id, self.ref]


def nothing() -> Known:
    """What there is not."""
    return Known(new_id(), new_reference(), str(new_id()), {kind: str(new_id()) for kind in NAMED.values()})


CASES, REFERRALS = "whoever may case:list", "whoever may referral:answer"
"""Whose the addresses are that name a case by its reference, or a referral by its own."""


def naming(app: Flask) -> list[Rule]:
    """Every address that names a case, or a referral. Learning actions and publications have tests of their own."""
    elsewhere = ("/learning/", "/actions/", "/publications/", "/board/")
    return [rule for rule in pages(app) if "ref" in rule.arguments and not rule.rule.startswith(elsewhere)]


def about(app: Flask, surface: str) -> list[tuple[Rule, str]]:
    """Every address of a surface that names one, by method."""
    named = [rule for rule in naming(app) if who_may_come(rule) == surface]
    return [(rule, method) for rule in named for method in methods_of(rule)]


def keys_of(case_id: uuid.UUID, who: Colleague, trust: Trust) -> frozenset[CompartmentKind]:
    """Find out which compartments somebody's root secret opens, past every line of the program."""
    keys, opened = staff_keys(who.root_secret), set()
    with trust.stored.unbound() as connection:
        found = connection.execute(sa.select(T["grant_to"]).where(T["grant_to"].c.case_id == case_id)).mappings()
        for row in found.all():
            place = Place(trust.id, case_id, row["compartment_id"], row["kind"])
            info = place.grant_info(row["version"], Holder(PrincipalKind.STAFF, who.id, keys.fingerprint))
            try:
                envelope.unwrap_key(row["sealed_key"], keys, info)
            except Unreadable:
                continue
            opened.add(row["kind"])
    return frozenset(opened)


# The people, and how they stand to a case


@dataclass(frozen=True)
class Stage:
    """Two trusts, and cases whose people stand to them in every way there is."""

    app: Flask
    trust: Trust
    other: Trust
    told: RaisedCase
    """Told on the web. Two hold it, a third was given it, a fourth was and is no longer, a fifth was kept out."""
    neighbour: RaisedCase
    """Somebody else's, of the same two guardians."""
    together: uuid.UUID
    """One of two that were written down together. A third guardian was given the other one."""
    passed_on: cases.Referral
    """Of the case that was told on the web."""
    recipient: Colleague
    former: Colleague
    """To whom it was passed on as well, and taken back."""
    led_to: LearningAction
    """To which the case that was told on the web led."""
    sign_in: SignIn

    def known(self, case_id: uuid.UUID) -> Known:
        """Find one record of each kind that an address can name, as somebody does who can read the database."""
        with self.trust.stored.unbound() as connection:
            record, compartment, case = (T[name].c for name in ("sealed_record", "compartment", "case"))
            joined = sa.select(record.id).join(T["compartment"], compartment.id == record.compartment_id)
            of_the_case = joined.where(compartment.case_id == case_id)
            records = {
                kind: str(connection.scalar(of_the_case.where(record.kind == kind)) or new_id())
                for kind in NAMED.values()
            }
            ref = connection.scalar(sa.select(case.ref).where(case.id == case_id))
        records["referral"], records["learning"] = str(self.passed_on.id), str(self.led_to.id)
        if case_id == self.passed_on.id:
            ref = self.passed_on.ref
        return Known(case_id, str(ref), str(self.trust.guardian.id), records)

    def somebody(self, relation: str, who: Colleague, case_id: uuid.UUID, trust: Trust | None = None) -> Person:
        """Sign somebody in, and find out what their keys open."""
        browser = self.sign_in(who) if trust is None else _signed_in_elsewhere(self.app, trust, who)
        roles = _roles_in_effect(trust or self.trust, who)
        return _with_token(Person(relation, browser, roles, keys_of(case_id, who, self.trust)))

    def people(self) -> list[Person]:
        """Everybody, in every relation to the case that was told on the web; first a holder."""
        trust, (first, cover), here = self.trust, readers_of(self.told), self.told.id
        return [
            self.somebody("holder", first, here),
            self.somebody("cover", cover, here),
            self.somebody("given it since", trust.buddy, here),
            self.somebody("kept out by the person", trust.lead, here),
            self.somebody("somebody it is about", trust.executive_lead, here),
            self.somebody("former holder", trust.non_executive_lead, here),
            self.somebody("recipient of a referral", self.recipient, here),
            self.somebody("administrator", trust.administrator, here),
            self.somebody("guardian of another organisation", self.other.guardian, here, self.other),
            _with_token(Person("nobody signed in", PageClient(self.app, trust.host))),
            _with_token(Person("the person who spoke up, in their inbox", opened_inbox(self.app, self.told))),
            _with_token(Person("somebody else who spoke up", opened_inbox(self.app, self.neighbour))),
        ]

    def of_the_referral(self) -> list[Person]:
        """Whom it was passed on to first; then the guardians, who hold its key, and everybody else."""
        trust, (first, cover), here = self.trust, readers_of(self.told), self.passed_on.id
        return [
            self.somebody("recipient", self.recipient, here),
            self.somebody("former recipient", self.former, here),
            self.somebody("holder of the case", first, here),
            self.somebody("cover", cover, here),
            self.somebody("guardian who was kept out", trust.lead, here),
            self.somebody("administrator", trust.administrator, here),
            self.somebody("guardian of another organisation", self.other.guardian, here, self.other),
            _with_token(Person("nobody signed in", PageClient(self.app, trust.host))),
            _with_token(Person("the person who spoke up, in their inbox", opened_inbox(self.app, self.told))),
        ]

    def of_the_group(self) -> list[Person]:
        """Those who hold one of two cases, and who was given only the other."""
        people = [
            self.somebody(who, self.trust.people[who], self.together)
            for who in ("guardian", "second_guardian", "lead", "buddy")
        ]
        return sorted(people, key=lambda each: not each.holds)


def _with_token(person: Person) -> Person:
    person.token = token_of(person.browser)
    return person


def _signed_in_elsewhere(app: Flask, trust: Trust, who: Colleague) -> PageClient:
    browser = PageClient(app, trust.host)
    with trust.work(trust.visitor) as uow:
        token = keyring.start_staff(uow, who.id, who.root_secret, second_factor_done=True)
    browser.client.set_cookie(STAFF.name, token, domain=trust.host, secure=True, path="/", httponly=True)
    return browser


def _roles_in_effect(trust: Trust, who: Colleague) -> frozenset[Role]:
    with trust.work() as uow:
        written = accounts.member(uow, who.id).membership.drafted_roles
        return keyring.effective_roles(uow, written, who.id)


@pytest.fixture
def stage(app: Flask, both_trusts: list[Trust], signed_in: SignIn, blobs: Blobs) -> Stage:
    trust, other = both_trusts
    told, neighbour = (
        factories.raised_case(
            trust,
            files=[store(trust, blobs)],
            exclusions=Exclusions(people=frozenset({trust.lead.id, trust.executive_lead.id})),
            person=PersonDetails("Nora Nurse", "0700 900 0000"),
        )
        for _ in range(2)
    )
    with trust.work(trust.guardian) as uow:
        group = cases.record_group(uow, [cases.OneOfGroup(_written(), agrees=True) for _ in range(2)], "We all saw it.")
    _stand_in_every_way(told)
    with trust.work(trust.guardian) as uow:
        keyring.grant(uow, group[1].id, trust.buddy.id)
    recipient, former = factories.recipient(trust), factories.recipient(trust, "Fay Former")
    passed_on = _pass_on(told, recipient, former, store(trust, blobs))
    led_to = factories.action(trust)
    with told.as_(readers_of(told)[0]) as (uow, case):
        cases.link_learning(uow, case, led_to)
    return Stage(app, trust, other, told, neighbour, group[0].id, passed_on, recipient, former, led_to, signed_in)


def _pass_on(told: RaisedCase, recipient: Colleague, former: Colleague, file: cases.StoredFile) -> cases.Referral:
    """Pass a case on to two people, of whom one answers with a file, and take it back from the other."""
    first = readers_of(told)[0]
    passed_on, taken_back = (factories.referred(told, first, to) for to in (recipient, former))
    with told.trust.work(recipient) as uow:
        cases.answer_referral(uow, cases.find_referral(uow, passed_on.ref), "There were two.", [file], final=False)
    with told.as_(first) as (uow, case):
        cases.end_referral(uow, case, taken_back.id, "No longer needed.")
    return passed_on


def _written() -> cases.Recorded:
    return cases.Recorded("The cupboard stands open.", "in_person", HowRaised.CONFIDENTIAL)


def _stand_in_every_way(told: RaisedCase) -> None:
    trust, first = told.trust, readers_of(told)[0]
    factories.reply(told, "Thank you.", by=first)
    with told.as_(first) as (uow, case):
        cases.report_detriment(uow, case, cases.DetrimentReport("My shifts were cut."))
        said = ("What was seen", "The head of estates", "so that it is locked")
        cases.record_agreement(uow, case, Agreement(*said, HowAgreed.VERBALLY, name=False, on=uow.today))
        keyring.grant(uow, case.id, trust.buddy.id)
        keyring.grant(uow, case.id, trust.non_executive_lead.id)
        with pytest.raises(Forbidden):
            keyring.grant(uow, case.id, trust.lead.id)
    told.view(trust.non_executive_lead)
    with told.as_(first) as (uow, case):
        keyring.revoke(uow, case.id, trust.non_executive_lead.id)


# What pages ask of the policy


@lru_cache(maxsize=1)
def reviewed() -> dict[tuple[str, str], frozenset[str]]:
    """What each page asks of the policy, by address and method, as it was reviewed."""
    lines = [line.split() for line in REVIEWED.read_text().splitlines()]
    return {(address, method.removesuffix(":")): frozenset(needs) for address, method, *needs in lines}


_AROUND = {Permission.CASE_LIST, Permission.REFERRAL_ANSWER, Permission.KEYLOG_READ}
"""What the surface asks for, as another test says, and what the banners around every page do."""


@contextmanager
def asked_of_the_policy(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[Permission]]:
    """Gather the permissions that are asked for meanwhile."""
    asked, allows = set[Permission](), policy.allows

    def noted(actor: Actor, permission: Permission, thing: policy.InOrganisation | None = None) -> bool:
        asked.add(permission)
        return allows(actor, permission, thing)

    with monkeypatch.context() as patched:
        patched.setattr(policy, "allows", noted)
        yield asked


def needed(
    holder: Person, rule: Rule, method: str, known: Known, monkeypatch: pytest.MonkeyPatch
) -> tuple[bool, set[str]]:
    """Say whether a page opens for who may do everything, and without which permissions it no longer does."""
    absent = nothing()
    with asked_of_the_policy(monkeypatch) as asked:
        opens = not holder.is_refused(holder.get(method, rule, known), method, rule, absent)
    without = {who_may_come(rule).removeprefix("whoever may ")}
    (role,) = holder.roles
    for permission in (asked - _AROUND) & GRANTS[role]:
        with monkeypatch.context() as patched:
            patched.setitem(GRANTS, role, GRANTS[role] - {permission})
            if holder.is_refused(holder.get(method, rule, known), method, rule, absent):
                without.add(permission.value)
    return opens, without


def test_what_each_page_asks_of_the_policy_is_as_it_was_reviewed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever posts here says nothing: what a form asks only of those who filled it in is tried with the form."""
    holders = {
        CASES: [(people[0], stage.known(each)) for people, each in _both(stage)],
        REFERRALS: [(stage.of_the_referral()[0], stage.known(stage.passed_on.id))],
    }
    found, never = dict[tuple[str, str], set[str]](), list[str]()
    # Pages before what acts: nothing comes after that.
    everything = [*about(stage.app, CASES), *about(stage.app, REFERRALS)]
    # A referral before what its case could do to it.
    for rule, method in sorted(everything, key=lambda each: (each[1], each[0].rule.startswith("/cases"), each[0].rule)):
        whose = holders[who_may_come(rule)]
        tried = (needed(holder, rule, method, known, monkeypatch) for holder, known in whose)
        # The second case is for what the first has no page of.
        opens, found[rule.rule, method] = next((each for each in tried if each[0]), (False, set()))
        never += [f"{rule.rule} {method}"] * (not opens)
    assert never == [], "no case of these tests has such a page: give one what it needs, or say whose it is"
    now = [f"{address} {method}: {' '.join(sorted(needs))}\n" for (address, method), needs in sorted(found.items())]
    before, draft = REVIEWED.read_text().splitlines(keepends=True), REVIEWED.with_suffix(".new")
    difference = "".join(unified_diff(before, now, "reviewed", "as it is now"))
    if difference:
        draft.write_text("".join(now))
    accept = f"mv {draft.relative_to(ROOT)} {REVIEWED.relative_to(ROOT)}"
    assert not difference, f"\n{difference}\nRead it. If each asks for what it should, accept it:\n  {accept}"
    draft.unlink(missing_ok=True)


# Who is let in


def _both(stage: Stage) -> list[tuple[list[Person], uuid.UUID]]:
    return [(stage.people(), stage.told.id), (stage.of_the_group(), stage.together)]


def let_in_wrongly(stage: Stage, people: Sequence[Person], known: Known, surface: str = CASES) -> list[str]:
    """Try every page for everybody, as the ledger and their keys say; name where they disagree with what happened.

    What acts is tried by whoever may not; whoever may would change what the next one finds.
    """
    absent, wrong, pages_of_it = nothing(), list[str](), set[str]()
    for person in people:
        for rule, method in about(stage.app, surface):
            may = person.may(reviewed().get((rule.rule, method), frozenset({"nobody said"})))
            if may and method == "POST":
                continue
            refused = person.is_refused(person.get(method, rule, known), method, rule, absent)
            if person is people[0] and not refused:
                pages_of_it.add(rule.rule)
            # A page that this case has for nobody, such as a group's of one that is in none, may be refused.
            if refused is (may and rule.rule in pages_of_it):
                wrong.append(f"{person.relation}: {method} {rule.rule}")
    return wrong


def test_a_page_opens_if_and_only_if_policy_and_keys_allow_it(stage: Stage) -> None:
    (people, told), (members, together) = _both(stage)
    assert [each.relation for each in people if each.holds >= WHOLE] == ["holder", "cover", "given it since"]
    assert not next(each for each in members if each.relation == "buddy").holds & WHOLE
    assert members[0].holds >= WHOLE
    assert let_in_wrongly(stage, people, stage.known(told)) == []
    assert let_in_wrongly(stage, members, stage.known(together)) == []


def test_a_referral_opens_for_whom_it_was_passed_on_to_and_for_nobody_else(stage: Stage) -> None:
    """A guardian on the case holds its key, and finds it on the page of the case: the policy gives them no other."""
    people = stage.of_the_referral()
    assert [each.relation for each in people if CompartmentKind.REFERRAL in each.holds] == [
        "recipient", "holder of the case", "cover",
    ]  # fmt: skip
    assert all(not each.holds & WHOLE for each in people)
    assert let_in_wrongly(stage, people, stage.known(stage.passed_on.id), REFERRALS) == []


def test_whoever_has_the_keys_of_a_case_and_no_longer_the_role_is_let_in_nowhere(stage: Stage) -> None:
    with stage.trust.work(stage.trust.guardian) as uow:
        keyring.remove(uow, stage.trust.buddy.id)
    holder, ended = stage.people()[0], stage.somebody("role ended", stage.trust.buddy, stage.told.id)
    assert ended.holds >= WHOLE
    assert not any(GRANTS[role] for role in ended.roles)
    assert let_in_wrongly(stage, [holder, ended], stage.known(stage.told.id)) == []


def test_no_role_opens_a_case_without_its_keys(stage: Stage) -> None:
    trust, known = stage.trust, stage.known(stage.told.id)
    someone = trust.executive_lead
    for role in sorted(set(Role) - {Role.ADMINISTRATOR, Role.EXECUTIVE_LEAD}):
        _give_role(trust, someone, role)
        person = stage.somebody(role.value, someone, known.id)
        assert person.roles == frozenset({role})
        assert not person.holds
        assert let_in_wrongly(stage, [person], known) == [], role


def _give_role(trust: Trust, who: Colleague, role: Role) -> None:
    with trust.stored.unbound() as connection:
        mine = T["membership"].c.person_id == who.id
        connection.execute(sa.update(T["membership"]).where(mine).values(roles=[role.value]))
        connection.commit()
    if role in policy.CAN_HOLD_GRANTS:
        with trust.work(who) as uow:
            words = keyring.my_words(uow)
        with trust.work(trust.guardian) as uow:
            keyring.vouch(uow, keyring.offered(uow, who.id), words, uow.today + timedelta(days=30))


def test_every_page_that_names_a_case_is_of_those_who_work_cases(app: Flask) -> None:
    """Or of those to whom one was passed on: so that what is tried above is all there is."""
    assert {who_may_come(rule) for rule in naming(app)} == {CASES, REFERRALS}
