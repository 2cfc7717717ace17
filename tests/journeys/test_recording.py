"""Writing concerns down in a browser: by the keyboard alone, at every width, with scripts and without."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect

from speakup import keyring
from speakup.web.cookies import STAFF
from tests.journeys.conftest import Window, Windows
from tests.trusts import Trust

pytestmark = pytest.mark.browser

SAID = "He rang from the car park: two of them were shouted at in front of patients."
MOST_STOPS = 12
"""Fields and buttons visited from the worklist to a concern that is saved."""


class Keyboard:
    """Goes through pages by keys, and notes every field, button and link it stops at."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.stops: list[str] = []

    def to(self, name: str) -> None:
        """Press Tab until something of this name, or with this id, has the focus."""
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            self.stops.append(self.focused())
            if self.stops[-1] == name:
                return
        raise AssertionError(f"no way to {name}: {self.stops}")

    def focused(self) -> str:
        """Name what has the focus, by its field or its words."""
        return str(self.page.evaluate("document.activeElement.name || document.activeElement.innerText.trim()"))

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def write(self, words: str) -> None:
        self.page.keyboard.type(words)


@contextmanager
def signed_in(windows: Windows, anytown: Trust) -> Iterator[Window]:
    """Open a browser in which the guardian has signed in; doing that through the page has a journey of its own."""
    with anytown.work(anytown.visitor) as uow:
        token = keyring.start_staff(uow, anytown.guardian.id, anytown.guardian.root_secret, second_factor_done=True)
    with windows.open() as window:
        cookie = {"name": STAFF.name, "value": token, "url": window.address, "secure": True, "httpOnly": True}
        window.page.context.add_cookies([cookie])  # type: ignore[list-item]
        window.go("/cases")
        yield window


def look_at_every_width(window: Window) -> None:
    """Find nothing that axe complains of, and nothing that pushes a page sideways."""
    for width in (320, 768, 1280):
        window.page.set_viewport_size({"width": width, "height": 900})
        assert window.page.evaluate("document.documentElement.scrollWidth") <= width, (window.page.url, width)
    window.checked.clear()
    window.look()


def complaints(windows: Windows) -> list[str]:
    """Return what should not have happened: that a form with something amiss is answered so is no complaint."""
    return [each for each in windows.complaints() if "422 (UNPROCESSABLE ENTITY)" not in each]


def test_a_phone_concern_is_saved_by_the_keyboard_with_at_most_twelve_stops(
    windows_with_scripts: Windows, anytown: Trust
) -> None:
    with signed_in(windows_with_scripts, anytown) as window:
        keys = Keyboard(window.page)
        keys.to("Record a concern")
        keys.press("Enter")
        window.page.wait_for_url("**/cases/new")
        assert window.page.evaluate("document.activeElement.tagName") == "H1"
        keys.to("narrative")
        keys.write(SAID)
        keys.to("route")
        # From the first of them down: in person, phone.
        keys.press("Space", "ArrowDown")
        keys.to("how_raised")
        keys.press("Space", "ArrowDown")
        keys.to("Save")
        keys.press("Enter")
        window.page.wait_for_url("**/cases/SU-*")
        assert SAID in window.page.inner_text("main")
        assert "Phone" in window.page.inner_text("main")
        assert "Confidentially" in window.page.inner_text("main")
        assert len(keys.stops) <= MOST_STOPS, keys.stops


def test_with_name_and_number_it_is_still_at_most_twelve(windows_with_scripts: Windows, anytown: Trust) -> None:
    with signed_in(windows_with_scripts, anytown) as window:
        keys = Keyboard(window.page)
        keys.to("Record a concern")
        keys.press("Enter")
        window.page.wait_for_url("**/cases/new")
        keys.to("narrative")
        keys.write(SAID)
        keys.to("route")
        keys.press("Space")
        keys.to("how_raised")
        keys.press("Space")
        keys.to("name")
        keys.write("Nora Nurse")
        keys.to("contact")
        keys.write("07700 900 123")
        keys.press("Enter")
        window.page.wait_for_url("**/cases/SU-*")
        assert "07700 900 123" in window.page.inner_text("main")
        assert len(keys.stops) <= MOST_STOPS, keys.stops


def three_answers(window: Window) -> None:
    window.page.get_by_label("What was said?").fill(SAID)
    window.page.get_by_label("In person", exact=True).check()
    window.page.get_by_label("Confidentially: only whoever can open this case", exact=True).first.check()


def test_every_page_of_recording_reads_well(windows: Windows, anytown: Trust) -> None:
    with signed_in(windows, anytown) as window:
        window.go("/cases/new")
        look_at_every_width(window)
        window.press("Save")
        assert "Write what was said." in window.page.inner_text("main")
        look_at_every_width(window)
        three_answers(window)
        window.page.get_by_label("Passed on by a champion").check()
        window.page.get_by_label("Only told them where to go").check()
        window.press("Save")
        assert "This is not a case" in window.page.inner_text("main")
        look_at_every_width(window)
        window.page.get_by_label("Passed the person on to me").check()
        window.press("Save")
        assert SAID in window.page.inner_text("main")
        look_at_every_width(window)
        window.follow("Give them seven words")
        look_at_every_width(window)
        window.press("Make seven words")
        expect(window.page.locator(".app-words__word")).to_have_count(7)
        look_at_every_width(window)
    assert complaints(windows) == []


def test_what_is_not_ones_own_to_hold_is_handed_on(windows: Windows, anytown: Trust) -> None:
    with signed_in(windows, anytown) as window:
        window.go("/cases/new")
        three_answers(window)
        window.page.get_by_label("Others: this is my own concern").check()
        window.press("Save with all of this")
        words = window.page.locator(".app-words__word").all_inner_texts()
        look_at_every_width(window)
        window.press("I have kept these words: send it")
        look_at_every_width(window)
    with windows.open() as person:
        person.go("/follow-up")
        person.page.get_by_label("Your seven words").fill(" ".join(words))
        person.press("Open")
        assert SAID in person.page.inner_text("main")
    assert complaints(windows) == []


def test_a_group_is_recorded_and_one_of_it_reads_what_it_shares_and_leaves(windows: Windows, anytown: Trust) -> None:
    with signed_in(windows, anytown) as window:
        window.go("/cases/new/group")
        look_at_every_width(window)
        window.press("One person more")
        window.press("Save these cases")
        assert "Write what was said." in window.page.inner_text("main")
        look_at_every_width(window)
        window.page.get_by_label("What did they all say?").fill(SAID)
        window.page.get_by_label("In person", exact=True).check()
        window.page.get_by_label("Agrees to share the account").first.check()
        window.press("Save these cases")
        assert "Spoke up together with 2 others" in window.page.inner_text("main")
        look_at_every_width(window)
        window.follow("Give them seven words")
        window.press("Make seven words")
        words = window.page.locator(".app-words__word").all_inner_texts()
    with windows.open() as person:
        person.go("/follow-up")
        person.page.get_by_label("Your seven words").fill(" ".join(words))
        person.press("Open")
        look_at_every_width(person)
        person.go("/follow-up/group")
        assert SAID in person.page.inner_text("main")
        look_at_every_width(person)
        person.press("Leave the group")
        assert "You left the group." in person.page.inner_text("body")
    assert complaints(windows) == []


def test_linking_as_one_case_reads_well(windows: Windows, anytown: Trust) -> None:
    with signed_in(windows, anytown) as window:
        window.go("/cases/new")
        three_answers(window)
        window.press("Save")
        window.follow("Link to an earlier case of theirs")
        look_at_every_width(window)
        window.press("Link as one case")
        look_at_every_width(window)
    assert complaints(windows) == []
