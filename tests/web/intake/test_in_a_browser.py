"""What only a browser can show: its Back button, leaving, and that nothing typed comes back."""

import pytest

from tests.web.intake.conftest import Window

pytestmark = pytest.mark.browser

STORY = "Nobody answered the bell all night."


def go_on(window: Window) -> None:
    window.page.get_by_role("button", name="Continue", exact=True).click()


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
    window.page.reload()
    assert question(window) == "Question 3 of 9"
    window.page.reload()
    assert question(window) == "Question 3 of 9"
