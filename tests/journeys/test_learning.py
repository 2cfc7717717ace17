"""The board of learning actions in Chromium: by keyboard, by dragging, with scripts on and off; and its other pages."""

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from speakup import cases, learning
from speakup.cases import PersonDetails
from speakup.charts import Better
from speakup.learning import ActionState, Figure, LearningAction
from speakup.tables import METADATA
from tests import factories
from tests.journeys.conftest import Window, Windows
from tests.journeys.test_lists_and_diary import fits, signed_in
from tests.journeys.test_triage import held_by
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
        expect(column.get_by_role("heading", name=made.title)).to_have_count(1)
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
        expect(drawing).to_have_count(1)
        assert "It is better since the change, by more than chance" in window.page.inner_text("main")
        window.page.get_by_text("The values in a table").click()
        expect(window.page.get_by_role("table", name="Falls, in falls a month").get_by_role("row")).to_have_count(21)
    assert complaints(windows) == []


def test_the_summary_of_an_action_is_one_page_of_paper(windows_with_scripts: Windows, anytown: Trust) -> None:
    made = measured(anytown)
    with signed_in(windows_with_scripts, anytown, anytown.guardian) as window:
        window.go(f"/learning/{made.ref}/summary")
        paper = window.page.pdf(format="A4")
    assert paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page/") + paper.count(b"/Type /Page ") == 1
    assert complaints(windows_with_scripts) == []


def looked_over(window: Window, *addresses: str) -> None:
    for address in addresses:
        window.go(address)
        window.look()
        fits(window.page)


def test_every_step_statement_and_entry_fits_every_width_with_its_faults_and_axe_finds_nothing(
    windows_with_scripts: Windows, anytown: Trust
) -> None:
    made = {state: factories.action(anytown, state) for state in S}
    with anytown.work(anytown.guardian) as uow:
        told = learning.find(uow, made[S.CHECKED].ref)
        said = learning.Statement("Late shifts are thin.", "Two more people.", "Team brief", uow.today)
        row = learning.tell_staff(uow, told, said)
        learning.publish_statement(uow, told, row, row.revision)
        entry = learning.add_resource(uow, learning.Resource("Listening", address="https://learning.example/listening"))
    with signed_in(windows_with_scripts, anytown, anytown.guardian) as window:
        asking = {
            S.PROPOSED: ("agree", "invite", "decline", "cases", "words"),
            S.AGREED: ("start", "hand-on", "update", "answer", "reschedule"),
            S.IN_PROGRESS: ("implement", "measure", "cycles/new", "told/new"),
            S.IMPLEMENTED: ("check", "resume"),
            S.CHECKED: ("close", "look-again", "looked", "told", f"told/{row.id}"),
        }
        for state, steps in asking.items():
            looked_over(window, *(f"/learning/{made[state].ref}/{step}" for step in steps))
        looked_over(
            window, "/learning/follow-up", "/learning/tell", "/learning/new", "/learning/resources",
            "/learning/resources/new", f"/learning/resources/{entry.id}", "/learning-so-far",
        )  # fmt: skip
        for state, step, button in (
            (S.PROPOSED, "agree", "Agree"), (S.PROPOSED, "invite", "Invite"), (S.CHECKED, "told/new", "Save"),
            (S.CHECKED, "looked", "It still holds"), (S.CHECKED, "resume", "Take it up again"),
        ):  # fmt: skip
            window.go(f"/learning/{made[state].ref}/{step}")
            window.press(button)
            expect(window.page.locator(".nhsuk-error-summary")).to_have_count(1)
            fits(window.page)
    assert complaints(windows_with_scripts) == []


def test_whoever_sees_to_an_action_can_read_and_answer_at_every_width(
    windows_with_scripts: Windows, anytown: Trust
) -> None:
    made = measured(anytown)
    running, late = factories.action(anytown, S.IN_PROGRESS), factories.action(anytown, S.AGREED)
    with anytown.work(anytown.guardian) as uow:
        learning.find(uow, late.ref).due_on = date(2026, 1, 5)
    at = f"/actions/{running.ref}"
    with signed_in(windows_with_scripts, anytown, anytown.executive_lead) as window:
        steps = ("question", "evidence", "hand-on", "done", "measure", "partners", "cycles/new")
        looked_over(window, "/actions", "/actions/overdue", at, *(f"{at}/{step}" for step in steps))
        looked_over(
            window, f"/actions/{made.ref}", f"/actions/{made.ref}/measure/values", f"/actions/{made.ref}/cycles/1"
        )
        for step, button in (("question", "Send the question"), ("evidence", "Keep it"), ("done", "It is done")):
            window.go(f"{at}/{step}")
            window.press(button)
            expect(window.page.locator(".nhsuk-error-summary")).to_have_count(1)
            fits(window.page)
    assert complaints(windows_with_scripts) == []


def test_what_was_damaged_is_said_at_every_width(windows_with_scripts: Windows, anytown: Trust) -> None:
    raised, ida = factories.answered_case(anytown, person=PersonDetails("Petra Pinewood")), factories.recipient(anytown)
    me = held_by(raised)
    row = factories.referred(raised, me, ida)
    torn, action = factories.raised_case(anytown), factories.action(anytown, S.CHECKED)
    with torn.as_(held_by(torn)) as (uow, case):
        cases.link_learning(uow, case, learning.find(uow, action.ref))
    record, place, passed = (METADATA.tables[each] for each in ("sealed_record", "compartment", "referral"))
    of_torn = record.c.compartment_id.in_(sa.select(place.c.id).where(place.c.case_id == torn.id))
    with anytown.stored.unbound() as intruder:
        intruder.execute(sa.update(record).where(of_torn, record.c.kind == "learning").values(body=bytes(200)))
        intruder.execute(sa.delete(passed).where(passed.c.id == row.id))
    with signed_in(windows_with_scripts, anytown, me) as window:
        looked_over(window, f"/cases/{raised.ref}/referrals/{row.id}")
        assert "Something stored does not check out" in window.page.inner_text("main")
    with signed_in(windows_with_scripts, anytown, held_by(torn)) as window:
        for address in (f"/learning/{action.ref}", "/learning/tell"):
            looked_over(window, address)
            assert "1 case does not check out" in window.page.inner_text("main")
    assert complaints(windows_with_scripts) == []
