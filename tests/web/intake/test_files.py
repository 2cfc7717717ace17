"""Files on the way in: what was taken out is said, what is refused says what to do, and nothing lies about."""

import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from PIL import Image

from speakup import organisations
from speakup.cases.operations import drafts
from speakup.gateways.blobs import Blobs
from speakup.gateways.scanner import FakeScanner
from speakup.web import attachments
from tests.trusts import Trust
from tests.web.client import Page, PageClient
from tests.web.walking import go_on, only_case, question, send, walk, words_of

RECOGNISED = "Can a name, login, handwriting, reflection or voice be recognised?"


def photo(maker: str = "Secretphone") -> bytes:
    """Make a photo that says which phone made it."""
    exif = Image.Exif()
    exif[0x010F] = maker
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, "JPEG", exif=exif)
    return made.getvalue()


def _keys(blobs: Blobs) -> list[str]:
    return list(blobs.keys())


def sent(body: bytes, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(body), name


def test_a_photo_is_cleaned_and_what_was_taken_out_is_said(browser: PageClient, trust: Trust, blobs: Blobs) -> None:
    page = browser.submit(walk(browser, 8), "Add these files", files=sent(photo(), "ward.jpg"))
    assert "ward.jpg" in page.text
    assert "We took out: which phone, camera or program made it." in page.text
    assert RECOGNISED in page.text
    check = go_on(browser, page)
    assert "ward.jpg" in check.text
    assert RECOGNISED in check.text
    browser.submit(check, "Send")
    (kept,) = only_case(trust).told.files
    assert kept.stored.name == "ward.jpg"
    assert kept.stored.removed == ("camera",)
    stored = b"".join(b"".join(blobs.get(key)) for key in _keys(blobs))
    assert b"Secretphone" not in stored
    assert b"JFIF" not in stored


MEGABYTE = 1024 * 1024
RECORDING = b"ID3"


def add_large(browser: PageClient, sizes: list[int]) -> Page:
    """Add recordings of so many bytes, by a body put together here: the test client would lay it on a disk."""
    page = walk(browser, 8)
    given = {str(each["name"]): str(each["value"]) for each in page.soup.select("form input[type=hidden]")}
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in {**given, "as_they_are": "y", "to": "add"}.items()
    ]
    for place, size in enumerate(sizes):
        head = f'--b\r\nContent-Disposition: form-data; name="files"; filename="{place}.mp3"\r\n\r\n'
        parts += [head.encode(), RECORDING.ljust(size, b"\0"), b"\r\n"]
    body = b"".join([*parts, b"--b--\r\n"])
    return browser.post(
        "/raise",
        input_stream=io.BytesIO(body),
        environ_overrides={"CONTENT_LENGTH": str(len(body))},
        content_type="multipart/form-data; boundary=b",
        headers={"Origin": f"https://{browser.host}"},
    )


@pytest.mark.parametrize("megabytes", [[3], [25], [25] * 10])
def test_files_as_large_as_the_page_says_are_taken_together(
    browser: PageClient, blobs: Blobs, megabytes: list[int]
) -> None:
    page = add_large(browser, [size * MEGABYTE for size in megabytes])
    assert (page.status, page.errors) == (200, [])
    assert [f"{place}.mp3" in page.text for place in range(len(megabytes))] == [True] * len(megabytes)
    assert sum(len(part) for key in _keys(blobs) for part in blobs.get(key)) >= sum(megabytes) * MEGABYTE


def test_a_file_larger_than_the_page_says_is_refused_with_a_sentence(browser: PageClient, blobs: Blobs) -> None:
    page = add_large(browser, [26 * MEGABYTE])
    assert any("25 MB" in error for error in page.errors)
    assert _keys(blobs) == []


def test_adding_without_having_chosen_a_file_says_what_to_do(browser: PageClient) -> None:
    page = browser.submit(walk(browser, 8), "Add these files")
    assert page.errors == ["Choose a file first, then press “Add these files”. To go on without one, press “Continue”"]
    added = browser.submit(page, "Add these files", files=sent(photo(), "ward.jpg"))
    assert added.errors == []
    assert "ward.jpg" in added.text
    assert go_on(browser, browser.submit(added, "Add these files")).errors == []


def test_continue_takes_the_chosen_files_along(browser: PageClient) -> None:
    page = go_on(browser, walk(browser, 8), files=sent(b"They met at nine.", "notes.txt"))
    assert question(page) == "9"
    assert "notes.txt" in page.text


@pytest.mark.parametrize(("name", "body", "words"), [
    ("empty.jpg", b"", "is empty"),
    ("fake.jpg", b"%PDF-1.4 not a photo", "not the kind of file its name says"),
    ("cut.jpg", photo()[:200], "cut.jpg"),
    ("run.exe", b"MZ....", "never keep"),
    ("voice.mp3", b"ID3 a voice", "Send it as it is"),
])  # fmt: skip
def test_a_file_that_cannot_be_kept_is_refused_in_a_sentence(
    browser: PageClient, blobs: Blobs, name: str, body: bytes, words: str
) -> None:
    page = go_on(browser, walk(browser, 8), files=sent(body, name))
    assert question(page) == "8"
    assert len(page.errors) == 1
    assert name in page.errors[0]
    assert words in page.errors[0]
    assert _keys(blobs) == []
    assert question(go_on(browser, page)) == "9"


def test_a_recording_is_kept_as_it_is_once_the_person_agrees(browser: PageClient, trust: Trust) -> None:
    page = walk(browser, 8)
    assert "They may hold your name" in page.text
    page = browser.submit(page, "Add these files", files=sent(b"ID3 a voice", "voice.mp3"), as_they_are="y")
    assert "Kept as it is. We took nothing out." in page.text
    browser.submit(go_on(browser, page), "Send")
    assert only_case(trust).told.files[0].stored.name == "voice.mp3"


def test_a_file_can_be_removed_and_its_blob_goes_with_it(browser: PageClient, blobs: Blobs) -> None:
    page = browser.submit(walk(browser, 8), "Add these files", files=[sent(b"one", "a.txt"), sent(b"two", "b.txt")])
    assert len(_keys(blobs)) == 2
    stale = page
    page = browser.submit(page, "Remove a.txt")
    assert len(_keys(blobs)) == 1
    assert "a.txt" not in page.text
    assert "b.txt" in browser.submit(stale, "Remove a.txt").text


def test_leaving_deletes_the_files_too(browser: PageClient, blobs: Blobs, trust: Trust) -> None:
    browser.submit(walk(browser, 8), "Add these files", files=sent(b"one", "a.txt"))
    browser.client.get("/leave", base_url=f"https://{trust.host}")
    assert _keys(blobs) == []


def test_no_more_files_than_the_organisation_allows(browser: PageClient, trust: Trust, blobs: Blobs) -> None:
    with trust.work() as uow:
        organisations.settle_files(uow, organisations.here(uow), organisations.FileLimits(1, 1024))
    files = [sent(b"one", "a.txt"), sent(b"two", "b.txt")]
    page = browser.submit(walk(browser, 8), "Add these files", files=files)
    assert "no room for more files" in page.errors[0]
    assert len(_keys(blobs)) == 1


def test_a_file_over_the_limit_is_refused_with_the_limit(browser: PageClient, trust: Trust) -> None:
    with trust.work() as uow:
        organisations.settle_files(uow, organisations.here(uow), organisations.FileLimits(10, 2048))
    page = browser.submit(walk(browser, 8), "Add these files", files=sent(b"a" * 2049, "long.txt"))
    assert "up to 2 kB" in page.errors[0]


def test_a_body_far_too_large_is_told_in_words(browser: PageClient, trust: Trust) -> None:
    with trust.work() as uow:
        organisations.settle_files(uow, organisations.here(uow), organisations.FileLimits(1, 1024))
    walk(browser, 8)
    # Written out by hand: werkzeug's own encoder leaves a temporary file open when the server does not read to the end.
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="huge.txt"\r\n\r\n'
    body = head + b"a" * 3_000_000 + b"\r\n--b--\r\n"
    kind = "multipart/form-data; boundary=b"
    answer = browser.client.post("/raise", base_url=f"https://{browser.host}", data=body, content_type=kind)
    assert answer.status_code == 413
    assert "too" in answer.get_data(as_text=True)


def test_where_no_scanner_is_the_page_says_that_files_are_not_checked(browser: PageClient) -> None:
    page = browser.submit(walk(browser, 8), "Add these files", files=sent(b"one", "a.txt"))
    assert "Not scanned for viruses." in page.text


@pytest.mark.parametrize(("scanner", "words"), [
    (FakeScanner(infected=(b"bad",)), "can harm a computer"),
    (FakeScanner(down=True), "we cannot check files for harm just now"),
])  # fmt: skip
def test_what_the_scanner_stops_is_not_kept(
    browser: PageClient, blobs: Blobs, scanner: FakeScanner, words: str
) -> None:
    browser.app.extensions["speakup"].scanner = scanner
    page = browser.submit(walk(browser, 8), "Add these files", files=sent(b"a bad thing", "a.txt"))
    assert words in page.errors[0]
    assert _keys(blobs) == []


def test_the_page_warns_that_a_black_box_hides_nothing(browser: PageClient) -> None:
    assert "A black box drawn over words in a PDF or Word file covers them" in walk(browser, 8).text


def test_when_too_many_files_wait_unsent_one_is_told_so_and_nobody_loses_anything(
    browser: PageClient, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = browser.submit(walk(browser, 8), "Add these files", files=sent(b"first " * 300, "first.txt"))
    monkeypatch.setattr(drafts, "WRITING_LIMIT", 5_000)
    stranger = PageClient(browser.app, browser.host)
    refused = stranger.submit(walk(stranger, 8), "Add these files", files=sent(b"a" * 2_000, "second.txt"))
    assert "“second.txt” was not kept: very many files are waiting here just now." in refused.errors[0]
    assert "add the file later in your private inbox" in refused.errors[0]
    assert "first.txt" in browser.get("/raise").text
    assert len(words_of(browser.submit(go_on(browser, page), "Send"))) == 7
    again = stranger.submit("/raise", "Add these files", files=sent(b"a" * 2_000, "second.txt"))
    assert "second.txt" in again.text
    assert not again.errors


def test_files_of_drafts_that_ran_out_make_room_at_once_and_not_only_at_night(
    browser: PageClient, trust: Trust, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser.submit(walk(browser, 8), "Add these files", files=sent(b"first " * 300, "first.txt"))
    old = _keys(blobs)
    monkeypatch.setattr(drafts, "WRITING_LIMIT", 5_000)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=3), tick=True):
        later = PageClient(browser.app, browser.host)
        page = later.submit(walk(later, 8), "Add these files", files=sent(b"a" * 2_000, "second.txt"))
        assert not page.errors
    assert "second.txt" in page.text
    assert len(old) == len(_keys(blobs)) == 1
    assert old != _keys(blobs)


def test_where_files_cannot_be_put_aside_nothing_is_lost_and_it_is_said_what_to_do(
    browser: PageClient, trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = browser.submit(walk(browser, 8), "Add these files", files=sent(b"first", "first.txt"))
    monkeypatch.setattr(drafts, "PARKED_LIMIT", 0)
    page = browser.submit(page, "Stop and come back later")
    assert "cannot be put aside" in page.text
    assert "first.txt" in page.text
    monkeypatch.setattr(drafts, "PARKED_LIMIT", 5_000)
    assert len(words_of(browser.submit(page, "Stop and come back later"))) == 7


def test_when_the_disk_is_nearly_full_files_are_refused_and_words_still_sent(
    browser: PageClient, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = blobs.free()
    assert free is not None
    monkeypatch.setattr(attachments, "KEPT_FOR_WORDS", free * 2)
    page = browser.submit(walk(browser, 8), "Add these files", files=sent(b"one", "a.txt"))
    assert "there is little room left here, and we keep it for words" in page.errors[0]
    assert _keys(blobs) == []
    assert len(words_of(send(browser))) == 7
