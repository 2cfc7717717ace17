"""Agreement and referral in Chromium: at every width, with what was found marked, and nothing for axe to find."""

import pytest

from speakup import cases
from speakup.cases import Agreement, HowAgreed, PersonDetails
from tests import factories
from tests.factories import RaisedCase
from tests.journeys.conftest import Window, Windows
from tests.journeys.test_lists_and_diary import fits, signed_in
from tests.journeys.test_triage import complaints, held_by, open_inbox
from tests.trusts import Trust

pytestmark = pytest.mark.browser


def look(window: Window, path: str) -> None:
    window.go(path)
    window.look()
    fits(window.page)


def agreed(case: RaisedCase) -> None:
    with case.as_(held_by(case)) as (uow, row):
        cases.record_agreement(
            uow,
            row,
            Agreement("That it happened", "Ida Inquiry", "to look", HowAgreed.VERBALLY, name=True, on=uow.today),
        )


def test_what_is_passed_on_can_be_read_at_every_width_by_all_three(
    windows_with_scripts: Windows, anytown: Trust
) -> None:
    case = factories.raised_case(anytown, person=PersonDetails("Petra Pinewood"))
    factories.reply(case, "Thank you.", by=held_by(case))
    agreed(case)
    ida = factories.recipient(anytown)
    row = factories.referred(case, held_by(case), ida)
    with signed_in(windows_with_scripts, anytown, held_by(case)) as window:
        for path in ("consent", "consent/told", f"referrals/{row.id}", "refer"):
            look(window, f"/cases/{case.ref}/{path}")
        window.page.get_by_label("Ida Inquiry, Matron").check()
        window.page.select_option("[name=kind]", "manager")
        window.page.fill("[name=text]", "Sarah Okafor saw it, " + "Llanfairpwllgwyngyllgogerychwyrndrobwll" * 4)
        window.page.get_by_label("The person agreed").check()
        window.page.get_by_label("That it happened").check()
        window.press("Look it over")
        assert window.page.locator("mark").first.inner_text() == "Sarah Okafor"
        window.look()
        fits(window.page)
        window.press("Send it as it is")
        assert "Passed on to Ida Inquiry" in window.page.locator("h1").inner_text()
    with signed_in(windows_with_scripts, anytown, ida) as window:
        for path in ("/referrals", f"/referrals/{row.ref}"):
            look(window, path)
    with windows_with_scripts.open() as window:
        open_inbox(window, case)
        look(window, "/follow-up/agreements")
    assert complaints(windows_with_scripts) == []
