"""A guardian reads what an administrator handed in, and approves it with their key or sends it back."""

from collections.abc import Callable

import pytest

from speakup import jobs, keyring, organisations, routing
from speakup.cases import Exclusions, Work
from speakup.jobs import Job
from speakup.routing import Rule, Subject
from tests import factories
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]


def submit(trust: Trust, *rules: Rule) -> None:
    with trust.work() as uow:
        routing.draft_rules(uow, list(rules))
        routing.submit_draft(uow)


def to(person: Colleague) -> Rule:
    return Rule(None, None, person.id, None)


def in_effect(trust: Trust) -> list[Rule]:
    with trust.work(writes=False) as uow:
        return routing.in_force(keyring.load_key_log(uow).routing)


def test_a_draft_that_is_still_written_cannot_be_approved(guardian: PageClient, trust: Trust) -> None:
    with trust.work() as uow:
        routing.draft_rules(uow, [to(trust.lead)])
    page = guardian.get("/routing")
    assert "An administrator is writing a draft" in page.text
    assert "go to Lena Leigh" not in page.text
    assert "Approve the draft" not in page.text
    assert in_effect(trust) == []


def test_until_it_is_approved_the_old_rules_hold_and_then_every_guardian_is_told(
    signed_in: SignIn, trust: Trust
) -> None:
    submit(trust, to(trust.lead))
    assert "An administrator asks for other routing rules" in signed_in(trust.second_guardian).get("/cases").text
    assert "An administrator asks" not in signed_in(trust.non_executive_lead).get("/cases").text
    assert in_effect(trust) == []
    page = signed_in(trust.guardian).submit("/routing", "Approve the draft")
    assert "Approved. New concerns follow these rules from now on" in page.text
    assert in_effect(trust) == [to(trust.lead)]
    with trust.work(writes=False) as uow:
        told = {row.subject_id for row in uow.session.query(jobs.OutboxRow).filter_by(job=Job.SOMETHING_TO_READ_MAIL)}
        assert routing.draft(uow) is None
    assert {trust.second_guardian.id, trust.lead.id} <= told
    assert trust.guardian.id not in told
    assert readers_of(factories.raised_case(trust))[0] == trust.lead


def test_a_guardian_is_told_in_the_workspace_until_they_have_read_the_rules(signed_in: SignIn, trust: Trust) -> None:
    submit(trust, to(trust.lead))
    approver, other = signed_in(trust.guardian), signed_in(trust.second_guardian)
    approver.submit("/routing", "Approve the draft")
    news = "A guardian has approved other routing rules"
    assert news not in approver.get("/cases").text
    assert news in other.get("/cases").text
    assert news in other.get("/account").text
    page = other.get("/routing")
    assert "Approved by Gail Guard on" in page.text
    assert news not in other.get("/cases").text


def test_what_is_sent_back_rests_with_the_administrator(signed_in: SignIn, trust: Trust) -> None:
    submit(trust, to(trust.lead))
    page = signed_in(trust.guardian).submit("/routing", "Send it back")
    assert "Sent back" in page.text
    assert in_effect(trust) == []
    assert "Gail Guard sent it back on" in signed_in(trust.administrator).get("/admin/routing").text
    assert "Approve the draft" not in page.text


@pytest.mark.parametrize("who", ["non_executive_lead", "buddy", "administrator", "executive_lead"])
def test_nobody_else_approves(signed_in: SignIn, trust: Trust, who: str) -> None:
    submit(trust, to(trust.lead))
    assert signed_in(trust.people[who]).get("/routing").status == 404


def test_two_guardians_answering_one_draft_sign_it_once(signed_in: SignIn, trust: Trust) -> None:
    submit(trust, to(trust.lead))
    first, second = signed_in(trust.guardian), signed_in(trust.second_guardian)
    page = second.get("/routing")
    first.submit("/routing", "Approve the draft")
    late = second.submit(page, "Send it back")
    assert late.status == 409
    assert "The draft has changed since you opened this page" in late.errors[0]
    assert in_effect(trust) == [to(trust.lead)]


def test_the_reason_is_sealed_with_the_case_and_read_as_it_was_that_day(
    guardian: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    with trust.work(writes=False) as uow:
        surgery = organisations.directorates(uow)[0].id
    submit(trust, to(trust.buddy), Rule(surgery, None, trust.guardian.id, trust.lead.id, languages=("Polish",)))
    with trust.work() as uow:
        routing.take_back_draft(uow)
        rules = routing.drafted_rules(uow)
        routing.move_rule(uow, rules[0].id, 1)
        routing.submit_draft(uow)
    guardian.submit("/routing", "Approve the draft")
    work = Work(directorate_id=surgery)
    raised = factories.raised_case(trust, work=work, language="Polish, please")
    by_rule = "Routed by rule 1: Concerns in Polish from Surgery go to Gail Guard, with Lena Leigh as cover."
    assert by_rule in guardian.get(f"/cases/{raised.ref}").text
    with trust.work(trust.administrator) as uow:
        organisations.change_directorate(uow, organisations.find_directorate(uow, surgery), "Operations", 300)
    submit(trust)
    signed_in(trust.lead).submit("/routing", "Approve the draft")
    assert by_rule in guardian.get(f"/cases/{raised.ref}").text


def test_why_a_case_came_without_a_rule_is_said_too(signed_in: SignIn, trust: Trust) -> None:
    for concern, said in (
        ({}, "No rule was for it: the last rule shares such concerns by open cases."),
        ({"subject": Subject.GUARDIAN}, "The person says it is about a guardian, and not which."),
        ({"exclusions": Exclusions(team=True)}, "The person asked that nobody of the guardian team"),
    ):
        raised = factories.raised_case(trust, **concern)
        assert said in signed_in(readers_of(raised)[0]).get(f"/cases/{raised.ref}").text


def test_whoever_a_rule_names_and_nobody_vouched_for_is_said(guardian: PageClient, trust: Trust) -> None:
    submit(trust, to(trust.executive_lead), to(trust.lead))
    page = guardian.get("/routing")
    assert "so the rules pass them over: Edna Eden." in page.text


def test_a_rule_by_language_chooses_the_cover_of_what_is_written_down(guardian: PageClient, trust: Trust) -> None:
    hugh, said = trust.second_guardian, {"narrative": "Told me", "route": "phone", "how_raised": "confidential"}
    submit(trust, Rule(None, None, hugh.id, trust.lead.id, languages=("Polish",)), to(trust.lead))
    guardian.submit("/routing", "Approve the draft")
    assert f"{trust.lead.name} covers this case" in guardian.submit("/cases/new", "Save", **said).text
    in_polish = guardian.submit("/cases/new", "Save with all of this", **said, language="Polish, a little English")
    assert f"{hugh.name} covers this case" in in_polish.text
    assert "Language: Polish, a little English" in in_polish.text
