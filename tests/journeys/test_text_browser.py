"""The main job from end to end in a text browser on a terminal, which has no scripts and no style."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.load.places import Server, certificate
from tests.journeys.conftest import reader_named
from tests.journeys.test_whole_journey import ANSWER, NOTE, REPLY, STORY, photo
from tests.journeys.text_browser import TextBrowser
from tests.trusts import Colleague, Trust

Opener = Callable[[str], TextBrowser]


@pytest.fixture
def terminal(server: Server, tmp_path: Path) -> Iterator[Opener]:
    """Open one at an address; each has cookies of its own."""
    opened: list[TextBrowser] = []

    def open_at(path: str) -> TextBrowser:
        folder = tmp_path / f"terminal-{len(opened)}"
        opened.append(TextBrowser(folder, certificate(server.place), server.address + path))
        return opened[-1]

    yield open_at
    for each in opened:
        each.close()


def tell(worker: TextBrowser, picture: Path) -> str:
    """Go from the first page to the one with the seven words."""
    worker.choose("^Start")
    assert "Question 2 of 9" in worker.choose("^Continue")
    worker.write("What happened", STORY)
    shown = worker.choose("^Continue")
    for question in range(3, 8):
        assert f"Question {question} of 9" in shown
        shown = worker.choose("^Continue")
    worker.type("Up to 10 files", str(picture))
    assert picture.name in worker.choose("^Add these files")
    worker.choose("^Continue")
    return worker.choose("^Send")


def words_on(page: str) -> list[str]:
    """Read the words that stand beside five digits."""
    lines = [line.split() for line in page.splitlines()]
    return [line[-2] for line in lines if len(line) >= 2 and len(line[-1]) == 5 and line[-1].isdigit()]


def answer(guardian: TextBrowser, person: Colleague) -> None:
    """Sign in, open the newest case, answer it and write a note."""
    guardian.type("Work e-mail address", person.email)
    guardian.type("^Passphrase", person.passphrase)
    guardian.choose("^Sign in$", skip=1)
    guardian.type("^Code", person.code())
    guardian.choose("^Continue")
    assert STORY[:30] in guardian.choose("SU-")
    guardian.choose("Reply")
    guardian.write("^Your message", ANSWER)
    assert ANSWER in guardian.choose("^Send")
    guardian.choose("Write a note")
    guardian.write("^Your note", NOTE)
    assert NOTE in guardian.choose("^Save note")


def test_a_text_browser_goes_the_whole_way(terminal: Opener, anytown: Trust, tmp_path: Path) -> None:
    worker = terminal("/")
    sent = tell(worker, photo(tmp_path, "corridor.jpg"))
    words = words_on(sent)
    assert len(words) == 7, sent
    worker.choose("^I have saved these words")
    answer(terminal("/sign-in"), reader_named(anytown, sent))
    worker = terminal("/follow-up")
    worker.write("Your seven words", " ".join(words))
    read = worker.choose("^Open")
    assert ANSWER in read
    assert NOTE not in read
    worker.write("^Write to the guardian", REPLY)
    assert REPLY in worker.choose("^Send")
