"""Routing and absences in Chromium: at every width, with faults, judged by axe; the order changed by keyboard."""

from datetime import timedelta

import pytest

from speakup import accounts, organisations, routing
from speakup.accounts import Marked, Part
from speakup.routing import Rule, Subject
from tests.journeys.conftest import Windows
from tests.journeys.test_lists_and_diary import faults, fits, signed_in
from tests.trusts import Trust

pytestmark = pytest.mark.browser


def drafted(trust: Trust) -> None:
    """Draft rules that say everything a rule can say, and plan who is away."""
    with trust.work() as uow:
        surgery, main = organisations.directorates(uow)[0].id, organisations.sites(uow)[0].id
        everything = Rule(
            surgery, main, trust.guardian.id, trust.lead.id, (trust.second_guardian.id,), "nursing_midwifery",
            ("Polish", "polski"), Subject.EXECUTIVE,
        )  # fmt: skip
        if routing.draft(uow) is None:
            routing.begin_draft(uow, [everything, Rule(None, None, trust.lead.id, None)])
            routing.draft_mark(uow, Marked("Cora Chief", Part.EXECUTIVE, "Chief executive"))
    for who in (trust.guardian, trust.second_guardian, trust.lead, trust.non_executive_lead):
        with trust.work(who) as uow:
            if not [each for each in accounts.absences(uow) if each.person_id == who.id]:
                days = accounts.Days(uow.today + timedelta(days=40), uow.today + timedelta(days=44), trust.buddy.id)
                accounts.plan_absence(uow, accounts.member(uow, who.id).membership, days)


def test_an_administrators_rules_fit_every_width_and_axe_finds_nothing(
    windows_with_scripts: Windows, anytown: Trust
) -> None:
    drafted(anytown)
    with signed_in(windows_with_scripts, anytown, anytown.administrator) as window:
        away = f"/admin/members/{anytown.guardian.id}/away"
        for address in ("/admin/routing", "/admin/routing/new", "/admin/routing/executives", away):
            window.go(address)
            window.look()
            fits(window.page)
        window.go("/admin/routing/new")
        window.press("Add to the draft")
        assert "There is a problem" in window.page.inner_text("main")
        fits(window.page)
    assert faults(windows_with_scripts) == []


def test_a_guardians_pages_about_routing_fit_every_width_and_axe_finds_nothing(
    windows_with_scripts: Windows, anytown: Trust
) -> None:
    drafted(anytown)
    with anytown.work() as uow:
        routing.submit_draft(uow)
    with signed_in(windows_with_scripts, anytown, anytown.lead) as window:
        for address in ("/routing", "/absences", "/absences/new", "/account/absence", "/routing/try"):
            window.go(address)
            window.look()
            fits(window.page)
        window.press("Try it")
        assert "were tried" in window.page.inner_text("main")
        fits(window.page)
    with anytown.work() as uow:
        routing.take_back_draft(uow)
    assert faults(windows_with_scripts) == []


def test_the_order_of_rules_is_changed_by_keyboard_alone(windows: Windows, anytown: Trust) -> None:
    drafted(anytown)
    with signed_in(windows, anytown, anytown.administrator) as window:
        window.go("/admin/routing")
        first = window.page.locator("#rules > li > p").first.inner_text()
        window.page.get_by_role("button", name="Move down rule 1").focus()
        with window.page.expect_navigation():
            window.page.keyboard.press("Enter")
        assert window.page.locator("#rules > li > p").nth(1).inner_text() == first
        window.page.get_by_role("button", name="Move up rule 2").focus()
        with window.page.expect_navigation():
            window.page.keyboard.press("Enter")
        assert window.page.locator("#rules > li > p").first.inner_text() == first
