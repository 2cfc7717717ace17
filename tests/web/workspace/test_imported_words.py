"""A log on its way in, and what is prepared for somebody who asks, leave no word on the disk in clear."""

import io
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from speakup import cases
from speakup.gateways.documents import Limits, read_tables
from tests.cases.importing import logs
from tests.security.test_planted_words import PLANTED, everything_stored, found_in
from tests.trusts import Trust
from tests.web.client import PageClient

TITLES = ["Ref", "Date raised", "Name", "Contact details", "What was said", "Actions / notes", "Job title", "Category"]
PHRASES = cases.Phrases("From the log, sheet “%(sheet)s”, row %(row)d", "Nothing was said.")


def planted_log() -> bytes:
    """A log with a planted sentence in every column that takes words, and in its own name."""
    said = PLANTED
    row = ["", "1/4/2024", said["name"], said["contact"], said["narrative"], said["note"], said["role"], said["risk"]]
    other = ["", "2/4/2024", "Anon", "", said["message"], said["reply"], said["help"], said["others"]]
    # Large enough that the form parser writes it to a temporary file.
    filler = [
        ["", "3/4/2024", "", "", f"{number} {said['detriment']}", said["summary"] * 40, "", ""] for number in range(400)
    ]
    return logs.of_rows(TITLES, row, other, *filler, name=said["title"][:31])


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    monkeypatch.undo()


def nothing_in_clear(trust: Trust, *folders: Path) -> None:
    kept = everything_stored(trust.stored, folders[0])
    for folder in folders:
        kept |= {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {place: found for place, stored in kept.items() if (found := found_in(stored))} == {}


def test_a_log_is_never_in_clear_on_any_disk(
    guardian: PageClient, trust: Trust, tmp_path: Path, temporary: Path
) -> None:
    page = guardian.submit("/import", "Read it", log=(io.BytesIO(planted_log()), "magnolia-sluice-photograph.txt.xlsx"))
    assert PLANTED["narrative"] in page.text
    nothing_in_clear(trust, tmp_path / "blobs", temporary)
    words = guardian.submit(page, "Go on")
    check = guardian.submit(words, "Go on")
    nothing_in_clear(trust, tmp_path / "blobs", temporary)
    going = guardian.submit(check, "Bring in 402 cases")
    assert "Brought in: 402" in going.text
    nothing_in_clear(trust, tmp_path / "blobs", temporary)
    asked = guardian.submit("/subject-access", "Look through my cases", name=PLANTED["name"])
    assert "What was found" in asked.heading
    taken = guardian.submit("/cases/export", "Take them out", kind="xlsx", warned="y")
    assert len(taken.response.get_data()) > 10_000
    nothing_in_clear(trust, tmp_path / "blobs", temporary)


def test_nothing_of_an_import_prints_itself(trust: Trust) -> None:
    book = read_tables("log.xlsx", planted_log(), Limits())
    with trust.work(trust.guardian) as uow:
        id = cases.begin_import(uow, PLANTED["file name"], book)
    with trust.work(trust.guardian, writes=False) as uow:
        reading, found = cases.read_log(uow, id), cases.find_import(uow, id)
        prepared = cases.prepare_import(uow, id)
        printed = repr(
            (book, reading, found, prepared, reading.columns, reading.coded_words(), prepared.plan.cases[:2])
        )
    with trust.work(trust.guardian) as uow:
        cases.bring_in(uow, id, list(islice(prepared.plan.cases, 2)), PHRASES)
    with trust.work(trust.guardian, writes=False) as uow:
        looked = cases.look_for(uow, PLANTED["name"], [], uow.today, "[left out]")
    assert looked.passages
    assert found_in((printed + repr(looked)).encode()) == []
