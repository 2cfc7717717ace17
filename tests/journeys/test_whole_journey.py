"""The main job from end to end, in a browser with scripts on, in one with scripts off."""

import io
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.journeys.conftest import NEUTRAL, Window, Windows, reader_named
from tests.trusts import Colleague, Trust

pytestmark = pytest.mark.browser

STORY = "Two of us looked after thirty people, and nobody answered the bell."
ANSWER = "Thank you for telling me. May I ask which nights it was?"
NOTE = "Speak with the matron about the rota before Friday."
REPLY = "It was every Tuesday in March."

USED: dict[uuid.UUID, int] = {}
"""The half minute of the last code each person used."""


def photo(folder: Path, name: str) -> Path:
    """A picture that says where and with what it was taken."""
    picture, made = Image.new("RGB", (320, 200), "steelblue"), io.BytesIO()
    details = Image.Exif()
    details[0x010F] = "A maker of telephones"
    picture.save(made, "JPEG", exif=details)
    path = folder / name
    path.write_bytes(made.getvalue())
    return path


def tell(worker: Window, picture: Path) -> list[str]:
    """Go from the first page to the seven words, looking at every page; the browser's Back is tried on the way."""
    worker.go("/")
    worker.look()
    worker.follow("Start")
    worker.press("Continue")
    worker.page.get_by_label("What happened?").fill(STORY)
    worker.press("Continue")
    assert worker.page.title() == "Question 3 of 9"
    worker.page.go_back()
    assert worker.page.get_by_label("What happened?").input_value() == STORY
    for question in range(2, 8):
        assert worker.page.title() == f"Question {question} of 9"
        worker.press("Continue")
    worker.page.set_input_files("input[type=file]", picture)
    worker.press("Add these files")
    assert picture.name in worker.page.inner_text("main")
    worker.press("Continue")
    worker.press("Send")
    words = worker.page.locator(".app-words__word").all_inner_texts()
    assert len(words) == 7
    return words


def sign_in(guardian: Window, person: Colleague) -> None:
    guardian.go("/sign-in")
    guardian.look()
    guardian.page.get_by_label("Work e-mail address").fill(person.email)
    guardian.page.get_by_label("Passphrase").fill(person.passphrase)
    guardian.press("Sign in")
    guardian.page.get_by_label("Code").fill(unused_code(person))
    guardian.press("Continue")


def unused_code(person: Colleague) -> str:
    """Return a code this person has not used: one is good once, and the next half minute's counts too."""
    step = max(int(datetime.now(UTC).timestamp()) // 30, USED.get(person.id, 0) + 1)
    USED[person.id] = step
    return person.code(datetime.fromtimestamp(step * 30, UTC))


def answer(guardian: Window) -> None:
    """Open the newest case, answer it and write a note."""
    guardian.page.locator(".app-worklist a").first.click()
    guardian.look()
    assert STORY in guardian.page.inner_text("main")
    guardian.follow("Reply")
    guardian.page.locator("main textarea").fill(ANSWER)
    guardian.press("Send")
    guardian.follow("Write a note")
    guardian.page.locator("main textarea").fill(NOTE)
    guardian.press("Save note")
    assert {ANSWER, NOTE} <= set(guardian.page.inner_text("main").split("\n"))


def come_back(worker: Window, words: list[str]) -> None:
    """Open the inbox with the words, read the answer, and write again."""
    worker.go("/follow-up")
    worker.look()
    worker.page.get_by_label("Your seven words").fill(" ".join(words))
    worker.press("Open")
    read = worker.page.inner_text("main")
    assert ANSWER in read
    assert NOTE not in read
    worker.page.get_by_label("Write to the guardian").fill(REPLY)
    worker.press("Send")
    assert REPLY in worker.page.inner_text("main")


def test_a_worker_speaks_up_a_guardian_answers_and_the_worker_reads_it(
    windows: Windows, anytown: Trust, tmp_path: Path
) -> None:
    with windows.open() as worker:
        words = tell(worker, photo(tmp_path, "corridor.jpg"))
        reader = reader_named(anytown, worker.page.inner_text("main"))
        worker.press("I have saved these words")
        expect(worker.page.locator(".app-words__word")).to_have_count(0)
        shown = worker.page.inner_text("main")
        assert not all(word in shown for word in words)
    with windows.open() as guardian:
        sign_in(guardian, reader)
        answer(guardian)
        with windows.open() as worker:
            come_back(worker, words)
        guardian.page.reload()
        assert REPLY in guardian.page.inner_text("main")
        with guardian.page.expect_download() as taken:
            guardian.page.get_by_role("link", name="corridor.jpg").click()
        assert b"A maker of telephones" not in Path(taken.value.path()).read_bytes()
    assert windows.complaints() == []


def type_and_go_about(worker: Window) -> None:
    """Type a story, keep it, come back to it and type more."""
    worker.go("/")
    worker.follow("Start")
    worker.press("Continue")
    worker.page.get_by_label("What happened?").fill(STORY)
    worker.press("Continue")
    worker.press("Back")
    worker.page.get_by_label("What happened?").fill(f"{STORY} And more.")


def check_nothing_comes_back(worker: Window) -> None:
    """Press Back as often as there are pages."""
    worker.page.wait_for_url(f"**{NEUTRAL}")
    assert {cookie["name"] for cookie in worker.page.context.cookies()} == set()
    for _ in range(6):
        worker.page.go_back()
        assert STORY[:20] not in worker.page.content()
        assert not [box.input_value() for box in worker.page.locator("textarea").all() if box.input_value()]
    assert worker.complaints == []


def test_after_leaving_by_the_link_back_shows_no_typed_word(windows: Windows) -> None:
    with windows.open() as worker:
        type_and_go_about(worker)
        worker.page.locator("[data-leave]").click()
        check_nothing_comes_back(worker)


def test_after_leaving_by_three_shifts_back_shows_no_typed_word(windows_with_scripts: Windows) -> None:
    with windows_with_scripts.open() as worker:
        type_and_go_about(worker)
        for _ in range(3):
            worker.page.keyboard.press("Shift")
        check_nothing_comes_back(worker)
