"""What only a browser can show: its Back button, leaving, and that nothing typed comes back."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from speakup import organisations
from tests.trusts import Trust
from tests.web.intake.conftest import Window

pytestmark = pytest.mark.browser

STORY = "Nobody answered the bell all night."


def press(window: Window, words: str) -> None:
    """Press a button and wait for the page it leads to: what is read next is that page."""
    with window.page.expect_navigation():
        window.page.get_by_role("button", name=words, exact=True).click()


def go_on(window: Window) -> None:
    press(window, "Continue")


def question(window: Window) -> str:
    return window.page.title()


def to_risk(window: Window) -> None:
    window.go("/")
    window.page.get_by_role("link", name="Start").first.click()
    go_on(window)
    window.page.get_by_label("What happened?").fill(STORY)
    go_on(window)


def test_back_shows_the_step_before_with_its_words(window: Window) -> None:
    to_risk(window)
    assert question(window) == "Question 3 of 9"
    go_on(window)
    assert question(window) == "Question 4 of 9"
    window.page.go_back()
    assert question(window) == "Question 3 of 9"
    window.page.go_back()
    assert question(window) == "Question 2 of 9"
    assert window.page.get_by_label("What happened?").input_value() == STORY
    go_on(window)
    assert question(window) == "Question 3 of 9"


def test_loading_a_page_again_shows_the_same_step(window: Window) -> None:
    to_risk(window)
    window.page.wait_for_load_state()
    window.page.reload()
    assert question(window) == "Question 3 of 9"
    window.page.reload()
    assert question(window) == "Question 3 of 9"


def stay_here_after_leaving(window: Window, trust: Trust) -> None:
    """Let the neutral page be one of ours: a test has no other host."""
    with trust.work() as uow:
        # No administrator may settle this: nobody who leaves is to land here again.
        organisations.here(uow).leave_address = window.address + "/accessibility"


def leave(window: Window) -> None:
    window.page.get_by_role("link", name="Leave this page now").click()
    window.page.wait_for_url("**/accessibility")


def test_the_seven_words_stay_while_other_pages_are_read(window: Window) -> None:
    to_risk(window)
    while question(window) != "Question 9 of 9":
        go_on(window)
    press(window, "Send")
    shown = window.page.locator(".app-words__word")
    words = shown.all_inner_texts()
    assert len(words) == 7
    with window.page.context.expect_page() as beside:
        window.page.get_by_role("link", name="Support for you").click()
    beside.value.wait_for_url("**/support")
    assert shown.all_inner_texts() == words
    window.go("/privacy")
    window.page.go_back()
    assert shown.all_inner_texts() == words


def test_after_leaving_back_shows_no_typed_word(window: Window, trust: Trust) -> None:
    stay_here_after_leaving(window, trust)
    to_risk(window)
    window.page.get_by_label("Who is at risk, and how?").fill("Everyone on the ward.")
    leave(window)
    for _ in range(4):
        window.page.go_back()
        shown = window.page.content()
        assert STORY not in shown
        assert "Everyone on the ward." not in shown
        for box in window.page.locator("textarea").all():
            assert box.input_value() == ""
    names = {cookie["name"] for cookie in window.page.context.cookies()}
    assert not names & {"__Host-draft", "__Host-inbox"}


@pytest.mark.parametrize("window", [True], indirect=True, ids=["scripts"])
def test_leaving_in_one_tab_empties_the_others(window: Window, trust: Trust) -> None:
    stay_here_after_leaving(window, trust)
    to_risk(window)
    with window.page.context.expect_page() as beside:
        window.page.get_by_role("link", name="Follow up").click()
    # Its script listens from then on; nobody types faster, but a test does.
    beside.value.wait_for_load_state("load")
    beside.value.locator("#words").fill("seven words that somebody began to write")
    leave(window)
    beside.value.wait_for_url("**/accessibility")
    assert "somebody began to write" not in beside.value.content()


def test_where_other_pages_open_beside_this_one_it_says_to_close_them_too(window: Window) -> None:
    to_risk(window)
    assert "If you leave, close them too." in window.page.locator("footer").inner_text()


def test_after_leaving_the_inbox_back_asks_for_the_words(window: Window, trust: Trust) -> None:
    stay_here_after_leaving(window, trust)
    to_risk(window)
    while question(window) != "Question 9 of 9":
        go_on(window)
    press(window, "Send")
    words = " ".join(window.page.locator(".app-words__word").all_inner_texts())
    press(window, "I have saved these words")
    window.page.get_by_role("link", name="Follow up").first.click()
    window.page.locator("#words").fill(words)
    press(window, "Open")
    window.page.get_by_text(STORY).first.wait_for()
    leave(window)
    window.page.go_back()
    assert STORY not in window.page.content()
    shown = window.page.content()
    assert not all(word in shown for word in words.split())


@pytest.mark.parametrize("window", [True], indirect=True, ids=["scripts"])
@pytest.mark.parametrize("width", [320, 1280])
def test_no_question_has_a_fault_that_axe_finds_or_scrolls_sideways(window: Window, width: int) -> None:
    window.page.set_viewport_size({"width": width, "height": 900})
    to_risk(window)
    window.go("/raise")
    while True:
        found = Axe().run(window.page).response["violations"]
        assert not found, (question(window), [each["id"] for each in found])
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width
        if question(window) == "Question 9 of 9":
            break
        go_on(window)


def test_each_question_is_one_heading_that_scripts_can_move_to(window: Window) -> None:
    to_risk(window)
    assert window.page.locator("h1").count() == 1
    assert window.page.locator("h1").get_attribute("tabindex") == "-1"


def test_a_long_note_on_a_narrow_phone_covers_nothing_the_page_goes_to(window: Window) -> None:
    to_risk(window)
    press(window, "Stop and come back later")
    window.page.set_viewport_size({"width": 320, "height": 600})
    top = window.page.eval_on_selector(
        "main button", "one => { one.scrollIntoView(); return one.getBoundingClientRect().top }"
    )
    assert top >= window.page.eval_on_selector(".app-leave", "one => one.getBoundingClientRect().bottom")
