"""The board of learning actions in Chromium: by keyboard, by dragging, with scripts on and off; and its other pages."""

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import Page

from speakup import learning
from speakup.charts import Better
from speakup.learning import ActionState, Figure, LearningAction
from tests import factories
from tests.journeys.conftest import Windows
from tests.journeys.test_lists_and_diary import fits, signed_in
from tests.trusts import Trust

pytestmark = pytest.mark.browser

S = ActionState


def complaints(windows: Windows) -> list[str]:
    """Everything that should not have happened; that a form came back is no fault."""
    return [each for each in windows.complaints() if "422" not in each]


def state_of(trust: Trust, action: LearningAction) -> ActionState:
    with trust.work(trust.guardian) as uow:
        return learning.find(uow, action.ref).state


def measured(trust: Trust) -> LearningAction:
    """An action that was done, with values of before and after."""
    made = factories.action(trust, S.IMPLEMENTED)
    with trust.work(trust.guardian) as uow:
        found = learning.find(uow, made.ref)
        falls = learning.Measure("Falls", "falls a month", Better.LOWER, Decimal(6), date(2026, 1, 1))
        learning.set_measure(uow, found, falls, 0)
        days = [date(2025 + n // 12, n % 12 + 1, 1) for n in range(20)]
        values = [Figure(day, Decimal(11 + n % 2 if n < 12 else 5)) for n, day in enumerate(days)]
        learning.write_figures(uow, found, values, 1)
        learning.begin_cycle(uow, found, learning.Planned("Two more on Mondays", "Half as many falls"))
    return made


def test_a_card_is_moved_by_keyboard_alone_and_the_reader_is_where_it_went(windows: Windows, anytown: Trust) -> None:
    made = factories.action(anytown, S.AGREED)
    with signed_in(windows, anytown, anytown.guardian) as window:
        window.go(f"/learning?owner={anytown.executive_lead.id}")
        page = window.page
        page.get_by_role("heading", name=made.title).get_by_role("link").focus()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == f"Start: {made.title}"
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.wait_for_load_state("load")
        column = page.get_by_role("region", name="In progress")
        assert column.get_by_role("heading", name=made.title).count() == 1
        assert f"Started: {made.title}" in page.inner_text("main")
        if window.scripts:
            assert page.evaluate("document.activeElement.id") == made.ref
        assert f"owner={anytown.executive_lead.id}" in page.url
    assert state_of(anytown, made) is S.IN_PROGRESS
    assert complaints(windows) == []


def drag(page: Page, ref: str, column: str) -> None:
    """Say to the page what a browser says while a card is dragged: with a real mouse it is not told every time."""
    card, there = page.locator(f"#{ref}"), page.get_by_role("region", name=column)
    carried = {"dataTransfer": page.evaluate_handle("() => new DataTransfer()")}
    card.dispatch_event("dragstart", carried)
    assert page.locator("[data-said]").text_content()
    there.dispatch_event("dragover", carried)
    there.dispatch_event("drop", carried)


def test_a_card_is_dragged_where_it_can_go_and_stays_where_it_cannot(
    windows_with_scripts: Windows, anytown: Trust
) -> None:
    made = factories.action(anytown, S.AGREED)
    with signed_in(windows_with_scripts, anytown, anytown.guardian) as window:
        window.go("/learning")
        page = window.page
        assert page.locator(f"#{made.ref}").get_attribute("draggable") == "true"
        drag(page, made.ref, "Proposed")
        carried = {"dataTransfer": page.evaluate_handle("() => new DataTransfer()")}
        page.locator(f"#{made.ref}").dispatch_event("dragend", carried)
        assert "It stays where it was" in (page.locator("[data-said]").text_content() or "")
        assert state_of(anytown, made) is S.AGREED
        with page.expect_navigation():
            drag(page, made.ref, "In progress")
        page.wait_for_load_state("load")
        assert state_of(anytown, made) is S.IN_PROGRESS
        with page.expect_navigation():
            drag(page, made.ref, "Done, not checked yet")
        assert page.url.endswith(f"/learning/{made.ref}/implement")
        window.look()
    assert state_of(anytown, made) is S.IN_PROGRESS
    assert complaints(windows_with_scripts) == []


def test_every_view_fits_every_width_and_axe_finds_nothing(windows_with_scripts: Windows, anytown: Trust) -> None:
    for state in S:
        factories.action(anytown, state, title="Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch, and more")
    made = measured(anytown)
    with signed_in(windows_with_scripts, anytown, anytown.guardian) as window:
        for address in (
            "/learning", "/learning?view=table", "/learning?view=table&by=owner", "/learning?view=table&by=theme",
            "/learning?view=timeline", f"/learning/{made.ref}", f"/learning/{made.ref}/summary",
            f"/learning/{made.ref}/measure", f"/learning/{made.ref}/measure/values", f"/learning/{made.ref}/partners",
            f"/learning/{made.ref}/cycles/1", f"/learning/{made.ref}/cycles/1/plan",
        ):  # fmt: skip
            window.go(address)
            window.look()
            fits(window.page)
        window.go(f"/learning/{made.ref}/measure/values")
        window.page.fill("[name=figures]", "Jan 2026, twelve")
        window.press("Save the values")
        assert "Line 1: there is no number in “Jan 2026, twelve”" in window.page.inner_text("main")
        fits(window.page)
    assert complaints(windows_with_scripts) == []


def test_a_chart_says_what_it_shows_to_whoever_cannot_see_it(windows: Windows, anytown: Trust) -> None:
    made = measured(anytown)
    with signed_in(windows, anytown, anytown.guardian) as window:
        window.go(f"/learning/{made.ref}")
        drawing = window.page.get_by_role("img", name="Falls, in falls a month")
        assert drawing.count() == 1
        assert "It is better since the change, by more than chance" in window.page.inner_text("main")
        window.page.get_by_text("The values in a table").click()
        assert window.page.get_by_role("table", name="Falls, in falls a month").get_by_role("row").count() == 21
    assert complaints(windows) == []


def test_the_summary_of_an_action_is_one_page_of_paper(windows_with_scripts: Windows, anytown: Trust) -> None:
    made = measured(anytown)
    with signed_in(windows_with_scripts, anytown, anytown.guardian) as window:
        window.go(f"/learning/{made.ref}/summary")
        paper = window.page.pdf(format="A4")
    assert paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page/") + paper.count(b"/Type /Page ") == 1
    assert complaints(windows_with_scripts) == []
