"""The lists and the diary in Chromium: at every width, with faults, judged by axe; and saved with scripts off."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page

from speakup import keyring, organisations, vocabulary
from speakup.vocabulary import CodeDetails, CodeSet
from speakup.web.cookies import STAFF
from tests.journeys.conftest import Window, Windows
from tests.trusts import Colleague, Trust

pytestmark = pytest.mark.browser

WIDTHS = (320, 768, 1280)
ADMINISTRATORS = ["/admin/lists", *(f"/admin/lists/{name}" for name in ("worker-group", "theme", "how-raised"))]
GUARDIANS = ["/diary", "/diary/reach", "/lists", "/colleagues"]


@contextmanager
def signed_in(windows: Windows, trust: Trust, person: Colleague) -> Iterator[Window]:
    """Open a browser in which somebody has signed in; signing in through the page has a test of its own."""
    with windows.open() as window:
        with trust.work(trust.visitor) as uow:
            token = keyring.start_staff(uow, person.id, person.root_secret, second_factor_done=True)
        cookie = {"name": STAFF.name, "value": token, "url": window.address, "secure": True, "httpOnly": True}
        window.page.context.add_cookies([cookie])  # type: ignore[list-item]
        yield window


def fits(page: Page) -> None:
    """No width scrolls sideways."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)


def faults(windows: Windows) -> list[str]:
    """Everything that should not have happened; that a form came back with its faults is no fault."""
    return [each for each in windows.complaints() if "422" not in each]


def changed_lists(trust: Trust) -> str:
    """Add a group, plan a long name for it and end a theme; return the group's key."""
    with trust.work(trust.administrator) as uow:
        names = {code.name: code.key for code in vocabulary.codes(uow, CodeSet.WORKER_GROUP)}
        if "Porters" in names:
            return names["Porters"]
        key = vocabulary.add_code(uow, CodeSet.WORKER_GROUP, CodeDetails("Porters", "estates", uow.today)).key
        tomorrow = uow.today.fromordinal(uow.today.toordinal() + 1)
        longer = CodeDetails("Llanfairpwllgwyngyllgogerychwyrndrobwll " * 3, "other", tomorrow)
        vocabulary.change_code(uow, CodeSet.WORKER_GROUP, key, longer)
        vocabulary.end_code(uow, CodeSet.THEME, "systems", uow.today)
        return key


def test_an_administrators_lists_fit_every_width_and_axe_finds_nothing(
    windows_with_scripts: Windows, anytown: Trust
) -> None:
    key = changed_lists(anytown)
    with signed_in(windows_with_scripts, anytown, anytown.administrator) as window:
        for address in (*ADMINISTRATORS, f"/admin/lists/worker-group/{key}", f"/admin/lists/worker-group/{key}/end"):
            window.go(address)
            window.look()
            fits(window.page)
        window.go("/admin/lists/worker-group/new")
        window.press("Save")
        assert "There is a problem" in window.page.inner_text("main")
        fits(window.page)
    assert faults(windows_with_scripts) == []


def test_a_guardians_diary_fits_every_width_and_axe_finds_nothing(
    windows_with_scripts: Windows, anytown: Trust
) -> None:
    changed_lists(anytown)
    with signed_in(windows_with_scripts, anytown, anytown.guardian) as window:
        for address in GUARDIANS:
            window.go(address)
            window.look()
            fits(window.page)
        window.go("/diary")
        window.page.click("summary")
        window.page.fill("[name=hours]", "long")
        window.page.fill("[name=people]", "few")
        window.press("Save")
        assert "There is a problem" in window.page.inner_text("main")
        fits(window.page)
    assert faults(windows_with_scripts) == []


def test_from_the_worklist_two_clicks_save_an_hour_with_and_without_scripts(windows: Windows, anytown: Trust) -> None:
    with anytown.work() as uow:
        place = organisations.directorates(uow)[0].name
    with signed_in(windows, anytown, anytown.guardian) as window:
        window.go("/cases")
        window.follow("Diary")
        window.press("Save")
        assert "Saved" in window.page.inner_text("main")
        window.page.click("summary")
        window.page.select_option("[name=directorate]", label=place)
        window.page.get_by_label("Estates and ancillary").check()
        window.press("Save")
        window.page.locator("tbody a").first.click()
        window.look()
        window.press("Delete this entry")
        assert "Deleted" in window.page.inner_text("main")
    assert windows.complaints() == []
