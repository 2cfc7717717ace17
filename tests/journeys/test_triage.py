"""Triage and the questions about oneself in Chromium: at every width, with faults, by keyboard, scripts on and off."""

import pytest

from speakup.cases import Answer
from tests.factories import RaisedCase, raised_case
from tests.journeys.conftest import Window, Windows
from tests.journeys.test_lists_and_diary import fits, signed_in
from tests.trusts import Colleague, Trust

pytestmark = pytest.mark.browser


def held_by(case: RaisedCase) -> Colleague:
    with case.as_(case.reporter) as (_uow, row):
        primary = row.primary_id
    return next(each for each in case.trust.people.values() if each.id == primary)


def complaints(windows: Windows) -> list[str]:
    """Everything that should not have happened; that a form came back is no fault."""
    return [each for each in windows.complaints() if "422" not in each and "409" not in each]


def open_inbox(window: Window, case: RaisedCase) -> None:
    window.go("/follow-up")
    window.page.fill("[name=words]", " ".join(case.words))
    window.press("Open")


def test_triage_fits_every_width_and_axe_finds_nothing_with_faults_or_a_colleagues_words(
    windows_with_scripts: Windows, anytown: Trust
) -> None:
    case = raised_case(anytown, happened=Answer.YES)
    address = f"/cases/{case.ref}/triage"
    with signed_in(windows_with_scripts, anytown, held_by(case)) as window:
        window.go(address)
        window.look()
        fits(window.page)
        other = window.page.context.new_page()
        other.goto(window.address + address)
        other.get_by_label("Immediate").check()
        other.fill("[name=wants_words]", "Llanfairpwllgwyngyllgogerychwyrndrobwll" * 5)
        other.get_by_role("button", name="Save all of this").click()
        other.wait_for_load_state("load")
        other.close()
        window.page.fill("[name=qualifying_words]", "Words of mine")
        window.press("Save all of this")
        assert "saved this page while you wrote" in window.page.inner_text("main")
        assert window.page.input_value("[name=qualifying_words]") == "Words of mine"
        fits(window.page)
        window.page.get_by_label("None of these").check()
        window.page.get_by_label("Element of bullying or harassment").check()
        window.press("Save triage")
        assert "There is a problem" in window.page.inner_text("main")
        fits(window.page)
        window.page.get_by_label("None of these").uncheck()
        window.press("Save triage")
        assert "Immediate" in window.page.inner_text("main")
        fits(window.page)
    assert complaints(windows_with_scripts) == []


def test_triage_is_done_by_keyboard_alone_with_and_without_scripts(windows: Windows, anytown: Trust) -> None:
    case = raised_case(anytown)
    with signed_in(windows, anytown, held_by(case)) as window:
        window.go(f"/cases/{case.ref}/triage")
        page = window.page
        page.locator("[name=risk]").first.focus()
        page.keyboard.press("ArrowDown")
        for key in ("Tab", "Space", *["Tab"] * (window.page.locator("[name=elements]").count() + 1), "ArrowUp"):
            page.keyboard.press(key)
        while page.evaluate("document.activeElement.tagName") != "BUTTON":
            page.keyboard.press("Tab")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        shown = page.inner_text("main")
        assert "Triage saved" in shown
        assert "Immediate" in shown
        assert "Element of patient safety or quality" in shown
    assert complaints(windows) == []


def test_questions_about_oneself_fit_every_width_and_are_answered_with_and_without_scripts(
    windows: Windows, anytown: Trust
) -> None:
    case = raised_case(anytown)
    with windows.open() as window:
        open_inbox(window, case)
        window.go("/follow-up/about-you")
        window.look()
        fits(window.page)
        window.page.get_by_label("35 to 44").check()
        window.press("Send my answers")
        assert "Thank you. Your answers are counted." in window.page.inner_text("main")
    with signed_in(windows, anytown, held_by(case)) as window:
        window.go(f"/cases/{case.ref}/about-the-person")
        window.look()
        fits(window.page)
        assert "Answered already: Age." in window.page.inner_text("main")
    assert complaints(windows) == []
