"""Who is away when: the team's page, the lead guardian's word, and what routing and the front door make of it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from speakup import accounts, cases, jobs, keyring
from speakup.jobs import Job
from speakup.routing import Rule
from tests import factories
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

SignIn = Callable[[Colleague], PageClient]


def today(trust: Trust) -> date:
    with trust.work(writes=False) as uow:
        return uow.today


def days(first: date, last: date, **more: str) -> dict[str, str]:
    """Fill in a first and a last day."""
    return {
        f"{name}-{part}": str(getattr(day, part))
        for name, day in (("first", first), ("until", last))
        for part in ("day", "month", "year")
    } | more


def plan(trust: Trust, who: Colleague, first: int, last: int, stand_in: Colleague | None = None) -> None:
    with trust.work(who) as uow:
        span = accounts.Days(
            uow.today + timedelta(days=first), uow.today + timedelta(days=last), stand_in.id if stand_in else None
        )
        accounts.plan_absence(uow, accounts.member(uow, who.id).membership, span)


def approve(trust: Trust, *rules: Rule) -> None:
    with trust.work(trust.guardian) as uow:
        keyring.approve_routing(uow, [each.plain() for each in rules])


def lines(page: Page) -> list[str]:
    return [" ".join(each.get_text(" ").split()) for each in page.soup.select("main section ul.nhsuk-list > li")]


def test_whoever_stands_in_receives_what_a_rule_gives_to_somebody_away(trust: Trust) -> None:
    approve(trust, Rule(None, None, trust.guardian.id, trust.lead.id))
    plan(trust, trust.guardian, 0, 3, trust.second_guardian)
    raised = factories.raised_case(trust)
    assert readers_of(raised) == (trust.second_guardian, trust.lead)
    with raised.as_(trust.second_guardian) as (uow, case):
        view = cases.open_view(uow, case)
    assert view.routed.away == ("Gail Guard",)


def test_the_reason_on_the_case_page_names_who_was_away(signed_in: SignIn, trust: Trust) -> None:
    approve(trust, Rule(None, None, trust.guardian.id, trust.lead.id))
    plan(trust, trust.guardian, 0, 3)
    raised = factories.raised_case(trust)
    page = signed_in(trust.lead).get(f"/cases/{raised.ref}")
    assert "with Lena Leigh as cover. Away that day: Gail Guard." in page.text


def test_an_absence_ahead_changes_nothing_today(trust: Trust) -> None:
    approve(trust, Rule(None, None, trust.guardian.id, trust.lead.id))
    plan(trust, trust.guardian, 1, 30, trust.second_guardian)
    assert readers_of(factories.raised_case(trust)) == (trust.guardian, trust.lead)


def test_everybody_sees_who_is_away_month_by_month_with_who_stands_in(signed_in: SignIn, trust: Trust) -> None:
    plan(trust, trust.guardian, 0, 2, trust.lead)
    plan(trust, trust.lead, 70, 71)
    for somebody in (trust.second_guardian, trust.non_executive_lead, trust.buddy):
        page = signed_in(somebody).get("/absences")
        assert any("Gail Guard" in each and "Lena Leigh stands in Away now" in each for each in lines(page))
        assert any(each.startswith("Lena Leigh :") for each in lines(page))
        later = today(trust) + timedelta(days=70)
        assert f"{later:%B %Y}" in [each.get_text() for each in page.soup.find_all("h2")]
        assert "Write down when a colleague is away" not in page.text


def test_days_on_which_too_few_would_be_here_are_said_before_they_come(signed_in: SignIn, trust: Trust) -> None:
    for who in (trust.guardian, trust.second_guardian, trust.lead, trust.non_executive_lead):
        plan(trust, who, 40, 42)
    plan(trust, trust.buddy, 42, 43)
    page = signed_in(trust.guardian).get("/absences")
    assert "Fewer than two people who can receive a concern are here" in page.text
    first, last = (today(trust) + timedelta(days=n) for n in (40, 42))
    said = [each.get_text() for each in page.soup.select(".nhsuk-card--warning li")]
    assert said
    assert f"{first.day} {first:%B}" in said[0]
    assert f"{last.day} {last:%B}" in said[-1]


def test_the_public_pages_count_nobody_who_is_away_on_the_day(browser: PageClient, trust: Trust) -> None:
    others = (trust.guardian, trust.second_guardian, trust.lead, trust.non_executive_lead)
    for who in others:
        plan(trust, who, 1, 5)
    assert "We cannot take what you want to tell us here today" not in browser.get("/").text
    plan(trust, trust.buddy, 0, 5)
    assert "We cannot take what you want to tell us here today" not in browser.get("/").text
    for who in others[1:]:
        plan(trust, who, 0, 0)
    assert "We cannot take what you want to tell us here today" in browser.get("/").text


def test_the_lead_guardian_writes_it_down_for_a_colleague_who_is_told(signed_in: SignIn, trust: Trust) -> None:
    lead, day = signed_in(trust.lead), today(trust)
    span = days(day, day + timedelta(days=3), person=str(trust.guardian.id), stand_in=str(trust.second_guardian.id))
    page = lead.submit("/absences/new", **span)
    assert "Written. It counts from that day on, and your colleague is told" in page.text
    with trust.work(writes=False) as uow:
        assert set(accounts.away(uow)) == {trust.guardian.id}
        told = {row.subject_id for row in uow.session.query(jobs.OutboxRow).filter_by(job=Job.SOMETHING_TO_READ_MAIL)}
    assert trust.guardian.id in told
    (button,) = [" ".join(each.get_text(" ").split()) for each in page.soup.select("main section button")][:1]
    assert "They are shown as here" in lead.submit(page, button).text


@pytest.mark.parametrize("who", ["guardian", "buddy", "non_executive_lead", "administrator", "executive_lead"])
def test_nobody_but_the_lead_guardian_has_that_page(signed_in: SignIn, trust: Trust, who: str) -> None:
    assert signed_in(trust.people[who]).get("/absences/new").status == 404


def test_what_cannot_be_is_said_beside_its_field_and_the_days_stay_typed(signed_in: SignIn, trust: Trust) -> None:
    plan(trust, trust.guardian, 3, 5)
    mine, day = signed_in(trust.guardian), today(trust)
    for first, last, words in (
        (4, 9, "Some of these days are written as days away already"),
        (9, 8, "The first day is after the last"),
        (0, -1, "That day has gone by"),
    ):
        span = days(day + timedelta(days=first), day + timedelta(days=last))
        refused = mine.submit(mine.get("/account/absence"), "Save", **span)
        assert refused.status == 422
        assert refused.errors[0].startswith(words)
        typed = refused.soup.select_one("input[name=until-day]")
        assert typed is not None
        assert typed["value"] == span["until-day"]
    nothing = mine.submit(mine.get("/account/absence"), "Save")
    assert nothing.errors == ["Write the last day away"]


def test_a_guardian_agrees_to_what_an_administrator_asks_with_days_and_stand_in(
    signed_in: SignIn, trust: Trust
) -> None:
    administrator, day = signed_in(trust.administrator), today(trust)
    span = days(day + timedelta(days=5), day + timedelta(days=8), stand_in=str(trust.lead.id))
    administrator.submit(f"/admin/members/{trust.guardian.id}/away", **span)
    other = signed_in(trust.second_guardian)
    page = other.get("/colleagues")
    assert "Lena Leigh would stand in." in page.text
    other.submit(page, "Agree that Gail Guard is away")
    with trust.work(writes=False) as uow:
        assert set(accounts.away(uow, day + timedelta(days=6))) == {trust.guardian.id}
    page = administrator.get(f"/admin/members/{trust.guardian.id}/away")
    (button,) = [" ".join(each.get_text(" ").split()) for each in page.soup.select("#theirs button")]
    assert "It waits for a guardian" in administrator.submit(page, button).text
    page = other.get("/colleagues")
    assert "Would be here again, and not away from" in page.text
    other.submit(page, "Agree that Gail Guard is here")
    with trust.work(writes=False) as uow:
        assert accounts.absences(uow) == []


def test_nobody_ends_anothers_days_on_their_own_page(signed_in: SignIn, trust: Trust) -> None:
    plan(trust, trust.guardian, 3, 5)
    plan(trust, trust.second_guardian, 3, 5)
    with trust.work(writes=False) as uow:
        theirs = next(each.id for each in accounts.absences(uow) if each.person_id == trust.second_guardian.id)
    mine = signed_in(trust.guardian)
    page = mine.get("/account/absence")
    token = page.soup.select_one("#mine [name=csrf_token]")
    assert token is not None
    answer = mine.post(
        f"/account/absence/{theirs}/end",
        {"csrf_token": str(token["value"])},
        headers={"Origin": f"https://{trust.host}", "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status == 404
