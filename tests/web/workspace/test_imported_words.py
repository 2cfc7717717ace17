"""A log on its way in, and what is prepared for somebody who asks, leave no word on the disk in clear."""

import io
import os
import tempfile
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import openpyxl
import pytest

from speakup import cases
from speakup.gateways.documents import Limits, read_tables
from speakup.web.uploads import IN_MEMORY
from tests.cases.importing import logs
from tests.security.finding import found_in
from tests.security.test_planted_words import PLANTED, everything_stored
from tests.trusts import Trust
from tests.web.client import Page, PageClient

TITLES = ["Ref", "Date raised", "Name", "Contact details", "What was said", "Actions / notes", "Job title", "Category"]
PHRASES = cases.Phrases("From the log, sheet “%(sheet)s”, row %(row)d", "Nothing was said.")


def planted_log() -> bytes:
    """A log with a planted sentence in every column that takes words, and in its own name."""
    said = PLANTED
    row = ["", "1/4/2024", said["name"], said["contact"], said["narrative"], said["note"], said["role"], said["risk"]]
    other = ["", "2/4/2024", "Anon", "", said["message"], said["reply"], said["help"], said["others"]]
    filler = [
        ["", "3/4/2024", "", "", f"{number} {said['detriment']}", said["summary"] * 40, "", ""] for number in range(20)
    ]
    log = io.BytesIO(logs.of_rows(TITLES, row, other, *filler, name=said["title"][:31]))
    # A picture makes it so large that the form parser writes it to a temporary file.
    with zipfile.ZipFile(log, "a") as parts:
        parts.writestr("xl/media/image1.png", os.urandom(IN_MEMORY))
    return log.getvalue()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of its own for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    monkeypatch.undo()


def send_log(browser: PageClient, log: bytes) -> Page:
    """Send the form by a body put together here: the test client would lay it on a disk."""
    hidden = browser.get("/import").soup.select("form[enctype] input[type=hidden]")
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{each["name"]}"\r\n\r\n{each["value"]}\r\n' for each in hidden
    ]
    head = '--b\r\nContent-Disposition: form-data; name="log"; filename="magnolia-sluice-photograph.txt.xlsx"\r\n\r\n'
    body = "".join([*parts, head]).encode() + log + b"\r\n--b--\r\n"
    return browser.post(
        "/import",
        input_stream=io.BytesIO(body),
        content_length=len(body),
        content_type="multipart/form-data; boundary=b",
        headers={"Origin": f"https://{browser.host}"},
    )


def nothing_in_clear(trust: Trust, *folders: Path) -> None:
    kept = everything_stored(trust.stored, folders[0])
    for folder in folders:
        kept |= {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert {place: found for place, stored in kept.items() if (found := found_in(stored, PLANTED))} == {}


def test_a_log_is_never_in_clear_on_any_disk(
    guardian: PageClient, trust: Trust, tmp_path: Path, temporary: Path
) -> None:
    page = send_log(guardian, planted_log())
    assert PLANTED["narrative"] in page.text
    nothing_in_clear(trust, tmp_path / "blobs", temporary)
    words = guardian.submit(page, "Go on")
    check = guardian.submit(words, "Go on")
    nothing_in_clear(trust, tmp_path / "blobs", temporary)
    going = guardian.submit(check, "Bring in 22 cases")
    assert "Brought in: 22" in going.text
    nothing_in_clear(trust, tmp_path / "blobs", temporary)
    asked = guardian.submit("/subject-access", "Look through my cases", name=PLANTED["name"])
    assert "What was found" in asked.heading
    taken = guardian.submit("/cases/export", "Take them out", kind="xlsx", warned="y")
    rows = openpyxl.load_workbook(io.BytesIO(taken.response.get_data())).active.max_row
    assert rows > 22
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
        cases.bring_in(uow, id, list(islice(prepared.plan.cases, 2)), PHRASES, prepared.covers)
    with trust.work(trust.guardian, writes=False) as uow:
        looked = cases.look_for(uow, PLANTED["name"], [], uow.today, "[left out]")
    assert looked.passages
    assert found_in((printed + repr(looked)).encode(), PLANTED) == []
