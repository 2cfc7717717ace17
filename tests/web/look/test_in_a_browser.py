"""The pages in Chromium: axe, widths, leaving, focus, and all of it again with scripts off; and in a text browser."""

import re
import subprocess

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.web.look.gallery import ERRORS, WRITTEN

pytestmark = pytest.mark.browser

SHOWN = [
    *WRITTEN,
    "/?closed=1",
    "/gallery",
    "/gallery?errors=1",
    "/gallery?layout=staff",
    "/gallery?layout=plain&errors=1",
    *(f"/error/{status}" for status in ERRORS),
    "/error/503?kept=1",
    "/error/nobody?kept=1",
]
STORY = "#story"


def typed(page: Page) -> list[str]:
    values: list[str] = page.eval_on_selector_all("input[type=text], textarea", "all => all.map(one => one.value)")
    return values


@pytest.mark.parametrize("address", SHOWN)
def test_axe_finds_nothing_and_no_width_scrolls_sideways(page: Page, site: str, address: str) -> None:
    page.goto(site + address)
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found] == []


def test_words_without_a_space_do_not_push_a_phone_sideways(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(f"{site}/gallery?errors=1&words={'Llanfairpwllgwyngyllgogerych' * 3}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_shift_three_times_leaves_and_back_shows_no_typed_word(page: Page, site: str) -> None:
    page.goto(site + "/")
    page.goto(site + "/gallery")
    page.fill(STORY, "what I saw")
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(site + "/leave")
    page.go_back()
    assert page.url == site + "/"


def test_the_link_leaves_in_the_same_way(page: Page, site: str) -> None:
    page.goto(site + "/")
    page.goto(site + "/gallery")
    page.fill(STORY, "what I saw")
    page.click("[data-leave]")
    page.wait_for_url(site + "/leave")
    page.go_back()
    assert page.url == site + "/"


def test_words_are_gone_before_the_next_page_answers(page: Page, site: str) -> None:
    page.goto(site + "/gallery")
    page.fill(STORY, "what I saw")
    left = page.evaluate("""() => {
        document.querySelector("[data-leave]").click();
        const values = [...document.querySelectorAll("input[type=text], textarea, :checked")].map((one) => one.value);
        return [document.body.hidden, values.join("")];
    }""")
    assert left == [True, ""]


@pytest.mark.parametrize(
    "keys",
    [
        ["Escape", "Escape", "Escape"],
        ["Shift", "Shift"],
        ["Shift", "Shift", "a", "Shift"],
        ["Shift+A", "Shift+B", "Shift+C", "Shift+D"],
    ],
    ids=" ".join,
)
def test_other_keys_do_not_leave(page: Page, site: str, keys: list[str]) -> None:
    page.goto(site + "/gallery")
    page.fill(STORY, "what I saw")
    for key in keys:
        page.keyboard.press(key)
    assert page.url == site + "/gallery"
    assert "what I saw" in "".join(typed(page))


def test_the_reader_starts_at_the_heading_or_at_the_errors(page: Page, site: str) -> None:
    page.goto(site + "/gallery")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    page.goto(site + "/gallery?errors=1")
    assert page.evaluate("document.activeElement.className") == "nhsuk-error-summary"
    page.goto(site + "/gallery#name")
    assert page.evaluate("document.activeElement.tagName") != "H1"


def test_what_has_the_focus_is_not_covered_by_the_row_for_leaving(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 320, "height": 600})
    page.goto(site + "/gallery?errors=1")
    for target in ("name", "story", "way"):
        page.click(f'.nhsuk-error-summary a[href="#{target}"]')
        top = page.eval_on_selector(f"#{target}", "one => one.getBoundingClientRect().top")
        assert top >= page.eval_on_selector(".app-leave", "one => one.getBoundingClientRect().bottom")
        page.goto(site + "/gallery?errors=1")


def test_characters_are_counted_as_the_server_counts_them(page: Page, site: str) -> None:
    page.goto(site + "/gallery")
    page.fill(STORY, "één\n👩🏽")
    assert page.inner_text("#story-info") == "Characters left: 3,994"
    page.fill(STORY, "x" * 4001)
    assert page.inner_text("#story-info") == "Characters too many: 1"
    assert page.input_value(STORY) == "x" * 4001


def test_an_answers_own_question_shows_when_it_is_chosen(page: Page, site: str) -> None:
    page.goto(site + "/gallery")
    assert page.is_visible("#other")
    page.check("#way")
    assert page.is_hidden("#other")
    page.check("#way-2")
    assert page.is_visible("#other")


def test_paper_shows_no_buttons_to_press(page: Page, site: str) -> None:
    page.goto(site + "/gallery?layout=staff")
    page.emulate_media(media="print")
    assert page.is_hidden(".nhsuk-header__navigation")
    page.goto(site + "/")
    assert page.is_hidden(".app-leave")


def test_forced_colours_keep_the_steps_and_the_leave_link_visible(page: Page, site: str) -> None:
    page.emulate_media(forced_colors="active")
    page.goto(site + "/")
    assert page.is_visible("[data-leave]")
    assert page.eval_on_selector("[data-leave]", "one => getComputedStyle(one).borderTopStyle") == "solid"


def test_without_scripts_everything_is_there_and_nothing_promises_scripts(chromium: Browser, site: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + "/gallery")
    assert page.is_visible("[data-leave]")
    assert page.is_visible("#other")
    assert "Shift" not in page.inner_text(".app-leave")
    assert page.inner_text("#story-info") == "You can write up to 4,000 characters"
    page.click("[data-leave]")
    assert page.url == site + "/leave"
    context.close()


@pytest.mark.parametrize("address", [*WRITTEN, "/gallery"])
def test_a_text_browser_shows_leaving_first_and_the_whole_page(site: str, address: str) -> None:
    shown = subprocess.run(
        ["w3m", "-dump", "-cols", "70", site + address], check=True, capture_output=True, text=True, timeout=60
    ).stdout
    before = shown[: shown.index("Leave this page now")]
    assert len(before.splitlines()) < 5
    assert "Follow up" in shown
    assert "press Shift" not in shown.split("Leave this page now")[0]
    assert not re.search(r"<[a-z]+|&[a-z]+;", shown)
