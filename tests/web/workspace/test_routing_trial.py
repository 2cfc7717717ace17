"""Trying a draft on past months: right numbers, of one's own cases only, and one line in the record."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import islice

import pytest
import sqlalchemy as sa

from speakup import cases, keyring, organisations, routing
from speakup.audit import Event
from speakup.audit.models import AuditEntry
from speakup.cases import Exclusions, Trial, Work
from speakup.cases.models import Case
from speakup.kernel.errors import Forbidden
from speakup.routing import Rule, Subject
from speakup.web.workspace import routing_trial as page_module
from tests import factories
from tests.security.intruder import T
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]


def approve(trust: Trust, *rules: Rule) -> None:
    with trust.work(trust.guardian) as uow:
        keyring.approve_routing(uow, [each.plain() for each in rules])


def submit(trust: Trust, *rules: Rule) -> None:
    with trust.work() as uow:
        routing.draft_rules(uow, list(rules))
        routing.submit_draft(uow)


def tried(trust: Trust, who: Colleague, *rules: Rule, months: int = 6) -> Trial:
    with trust.work(who, writes=False) as uow:
        trying = cases.try_rules(uow, rules, months)
        assert list(trying.steps())[-1:] == [trying.total] * bool(trying.total)
        assert trying.trial is not None
        return trying.trial


def moved(trust: Trust, ref: str, to: date) -> None:
    with trust.work() as uow:
        uow.session.execute(sa.update(Case).where(Case.ref == ref).values(raised_on=to))


def test_each_months_concerns_are_counted_for_whom_the_draft_gives_them_to(trust: Trust) -> None:
    approve(trust, Rule(None, None, trust.guardian.id, trust.lead.id))
    with trust.work(writes=False) as uow:
        surgery, today = organisations.directorates(uow)[0].id, uow.today
    last_month = today.replace(day=1) - timedelta(days=1)
    surgical = [factories.raised_case(trust, work=Work(directorate_id=surgery)) for _ in range(3)]
    polish = factories.raised_case(trust, language="polski")
    factories.raised_case(trust)
    moved(trust, surgical[0].ref, last_month)
    draft = [
        Rule(surgery, None, trust.second_guardian.id, None),
        Rule(None, None, trust.lead.id, trust.guardian.id, languages=("polski",)),
    ]
    trial = tried(trust, trust.guardian, *draft, months=2)
    this, before = trial.months
    assert (this.first, before.first) == (today.replace(day=1), last_month.replace(day=1))
    assert (this.cases, before.cases, trial.tried) == (4, 1, 5)
    assert (before.drafted.to, before.in_effect.to) == ({trust.second_guardian.id: 1}, {trust.guardian.id: 1})
    assert this.drafted.to[trust.second_guardian.id] >= 2
    assert this.in_effect.to == {trust.guardian.id: 4}
    assert trial.by_rule() == {1: 3, 2: 1, None: 1}
    assert this.elsewhere >= 3
    assert polish.view(trust.lead).told.narrative


def test_the_rules_in_effect_differ_in_nothing_from_themselves(trust: Trust) -> None:
    rule = Rule(None, None, trust.guardian.id, None, others=(trust.lead.id, trust.second_guardian.id))
    approve(trust, rule)
    for _ in range(6):
        factories.raised_case(trust)
    for who in (trust.guardian, trust.lead, trust.second_guardian):
        (month,) = tried(trust, who, rule, months=1).months
        assert (month.elsewhere, month.drafted) == (0, month.in_effect)


def test_nobody_who_was_kept_out_would_have_received_it(trust: Trust) -> None:
    raised = factories.raised_case(trust, exclusions=Exclusions(people=frozenset({trust.lead.id})))
    reader = next(each for each in readers_of(raised) if each is not trust.non_executive_lead)
    (month,) = tried(trust, reader, Rule(None, None, trust.lead.id, trust.buddy.id), months=1).months
    assert month.drafted.to == {trust.buddy.id: 1}


def test_what_nobody_could_have_received_is_counted_as_such(trust: Trust) -> None:
    approve(trust, Rule(None, None, trust.guardian.id, trust.lead.id))
    everybody_else = frozenset({trust.second_guardian.id, trust.non_executive_lead.id, trust.buddy.id})
    factories.raised_case(trust, exclusions=Exclusions(people=everybody_else))
    with trust.work(trust.guardian) as uow:
        keyring.remove(uow, trust.lead.id)
    (month,) = tried(trust, trust.guardian, Rule(None, None, trust.guardian.id, None), months=1).months
    assert month.drafted.to == {None: 1}
    assert month.in_effect.to == {None: 1}


def test_only_what_somebody_can_open_is_counted_and_what_they_wrote_down_is_not(trust: Trust) -> None:
    approve(trust, Rule(None, None, trust.guardian.id, trust.lead.id))
    factories.raised_case(trust)
    recorded = cases.Recorded("Told me on the corridor.", "in_person", cases.HowRaised.CONFIDENTIAL)
    with trust.work(trust.guardian) as uow:
        cases.record_case(uow, recorded)
    trial = tried(trust, trust.guardian, months=1)
    assert (trial.tried, trial.written_down, trial.opened) == (1, 1, 2)
    assert tried(trust, trust.second_guardian, months=1).tried == 0


def test_a_case_that_does_not_check_out_is_left_out_and_told(trust: Trust) -> None:
    approve(trust, Rule(None, None, trust.guardian.id, trust.lead.id))
    broken, _whole = factories.raised_case(trust), factories.raised_case(trust)
    with trust.stored.unbound() as connection:
        rows = T["sealed_record"]
        of_it = sa.select(T["compartment"].c.id).where(T["compartment"].c.case_id == broken.id)
        connection.execute(sa.update(rows).where(rows.c.compartment_id.in_(of_it)).values(body=bytes(300)))
    trial = tried(trust, trust.guardian, months=1)
    assert (trial.tried, trial.damaged) == (1, frozenset({broken.id}))


def test_a_guardian_sees_the_numbers_and_one_line_is_recorded(signed_in: SignIn, trust: Trust) -> None:
    approve(trust, Rule(None, None, trust.guardian.id, trust.lead.id))
    for _ in range(3):
        factories.raised_case(trust)
    factories.raised_case(trust, subject=Subject.CHAIR)
    submit(trust, Rule(None, None, trust.second_guardian.id, trust.lead.id))
    browser = signed_in(trust.guardian)
    page = browser.submit(browser.get("/routing/try"), "Try it", months="3")
    assert "4 concerns were tried" in page.text
    assert "Hugh Harbour: 4 (0)" in page.text
    assert "Gail Guard: 0 (4)" in page.text
    assert "Rule 1: Concerns from anywhere go to Hugh Harbour, with Lena Leigh as cover: 4" in page.text
    with trust.work(writes=False) as uow:
        entries = uow.session.scalars(sa.select(AuditEntry).where(AuditEntry.organisation_id == trust.id)).all()
        assert [each.quantity for each in entries if each.event is Event.ROUTING_TRIED] == [4]
        assert not [each for each in entries if each.event is Event.CASE_READ]
    assert routing_in_effect(trust) == [Rule(None, None, trust.guardian.id, trust.lead.id)]


def test_a_long_trial_says_how_far_it_has_come_and_ends_in_the_same_page(
    signed_in: SignIn, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(trust, Rule(None, None, trust.guardian.id, trust.lead.id))
    for _ in range(3):
        factories.raised_case(trust)
    submit(trust, Rule(None, None, trust.second_guardian.id, trust.lead.id))
    browser = signed_in(trust.guardian)
    at_once = browser.submit("/routing/try", "Try it", months="3")
    monkeypatch.setattr(page_module, "AT_ONCE_WITHIN", -1.0)
    monkeypatch.setattr("speakup.cases.queries.trial._AT_ONCE", 1)
    streamed = browser.submit("/routing/try", "Try it", months="3")
    lines = [each.get_text() for each in streamed.soup.select(".app-looking")]
    assert lines == [f"Looked through {number} of 3 cases…" for number in (1, 2, 3)]
    assert streamed.response.headers["X-Accel-Buffering"] == "no"
    assert not at_once.soup.select(".app-looking")
    results = [page.soup.select_one(".app-found") for page in (streamed, at_once)]
    assert results[0] == results[1] is not None
    assert recorded(trust) == [3, 3]


def test_a_trial_that_is_broken_off_is_written_down_as_far_as_it_came(
    signed_in: SignIn, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(trust, Rule(None, None, trust.guardian.id, trust.lead.id))
    for _ in range(3):
        factories.raised_case(trust)
    submit(trust, Rule(None, None, trust.second_guardian.id, trust.lead.id))
    browser = signed_in(trust.guardian)
    monkeypatch.setattr(page_module, "AT_ONCE_WITHIN", -1.0)
    monkeypatch.setattr("speakup.cases.queries.trial._AT_ONCE", 1)
    token = browser.get("/routing/try").soup.select_one("main [name=csrf_token]")["value"]  # type: ignore[index]
    at = {"base_url": f"https://{trust.host}", "buffered": False}
    answer = browser.client.post("/routing/try", data={"csrf_token": token, "months": "3"}, **at)
    assert any(b"Looked through" in piece for piece in islice(iter(answer.response), 50))
    answer.close()
    assert recorded(trust) == [1]


def recorded(trust: Trust) -> list[int | None]:
    with trust.work(writes=False) as uow:
        entries = uow.session.scalars(sa.select(AuditEntry).where(AuditEntry.organisation_id == trust.id)).all()
        return [each.quantity for each in entries if each.event is Event.ROUTING_TRIED]


def routing_in_effect(trust: Trust) -> list[Rule]:
    with trust.work(writes=False) as uow:
        return routing.in_force(keyring.load_key_log(uow).routing)


def test_nothing_is_tried_before_it_is_submitted(guardian: PageClient, trust: Trust) -> None:
    with trust.work() as uow:
        routing.draft_rules(uow, [])
    assert guardian.get("/routing/try").path == "/routing"


@pytest.mark.parametrize("who", ["administrator", "non_executive_lead", "buddy", "executive_lead"])
def test_nobody_but_a_guardian_tries_rules(signed_in: SignIn, trust: Trust, who: str) -> None:
    submit(trust)
    assert signed_in(trust.people[who]).get("/routing/try").status == 404
    with trust.work(trust.people[who], writes=False) as uow, pytest.raises(Forbidden):
        cases.try_rules(uow, [], 3)


def test_the_page_says_beforehand_how_long_it_takes(guardian: PageClient, trust: Trust) -> None:
    submit(trust, Rule(None, None, trust.guardian.id, trust.lead.id))
    assert "It takes a second or more for each thousand." in guardian.get("/routing/try").text
