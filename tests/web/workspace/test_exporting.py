"""`/cases/export`: my cases, whole and sealed, or in clear once I was warned."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from speakup import cases
from speakup.audit.models import AuditEntry, Event
from speakup.cases import HowRaised, PersonDetails
from speakup.cli.__main__ import main
from speakup.crypto import archives
from speakup.gateways.blobs import Blobs
from speakup.gateways.documents import Cleaned, Kind, packing
from speakup.gateways.sealed_files import store
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

PASSPHRASE = "violet anchors beneath a slow winter moon"


@pytest.fixture
def raised(trust: Trust, blobs: Blobs) -> RaisedCase:
    cleaned = Cleaned(b"What the picture showed", "rota.txt", "text/plain", Kind.TEXT, ())
    stored = store(blobs, trust.id, cleaned, scanned=True)
    person = PersonDetails("Nora Nurse", "0700 900 123")
    return factories.raised_case(
        trust, files=[stored], narrative="=cmd|' /C calc'!A0", person=person, how_raised=HowRaised.CONFIDENTIAL
    )


@pytest.fixture
def holder(raised: RaisedCase, signed_in: Callable[[Colleague], PageClient], trust: Trust) -> PageClient:
    """A browser of somebody who holds the case and may take it out."""
    return signed_in(
        next(each for each in readers_of(raised) if each in (trust.guardian, trust.second_guardian, trust.lead))
    )


def exported(trust: Trust) -> list[int | None]:
    with trust.work() as uow:
        entries = sa.select(AuditEntry.quantity).where(AuditEntry.event == Event.CASES_EXPORTED)
        return list(uow.session.scalars(entries))


def archive_of(holder: PageClient) -> Page:
    return holder.submit("/cases/export", "Take them out", passphrase=PASSPHRASE, again=PASSPHRASE)


def test_an_archive_holds_everything_and_opens_with_its_passphrase(
    raised: RaisedCase, holder: PageClient, trust: Trust
) -> None:
    page = archive_of(holder)
    assert page.response.headers["Content-Disposition"].startswith("attachment")
    body = page.response.get_data()
    assert b"cmd" not in body
    inside = zipfile.ZipFile(io.BytesIO(b"".join(archives.open_archive([body], PASSPHRASE))))
    said = json.loads(inside.read(f"{raised.ref}/case.json"))
    assert said["records"]["conversation"][-1]["body"]["narrative"] == raised.concern.narrative
    assert said["records"]["identity"][0]["body"]["name"] == "Nora Nurse"
    assert "key" not in json.dumps([each["body"] for each in said["records"]["conversation"] if each["kind"] == "file"])
    assert inside.read(f"{raised.ref}/files/01 rota.txt") == b"What the picture showed"
    assert exported(trust) == [1]


def test_what_a_case_led_to_goes_out_with_it(raised: RaisedCase, holder: PageClient, trust: Trust) -> None:
    action = factories.action(trust)
    holder.submit(f"/cases/{raised.ref}/learning", "It led to this", to=action.ref)
    archive = archive_of(holder).response.get_data()
    inside = zipfile.ZipFile(io.BytesIO(b"".join(archives.open_archive([archive], PASSPHRASE))))
    records = json.loads(inside.read(f"{raised.ref}/case.json"))["records"]["casework"]
    assert [each["body"]["action"] for each in records if each["kind"] == "learning"] == [str(action.id)]


def test_the_command_line_opens_an_archive(holder: PageClient, raised: RaisedCase, tmp_path: Path) -> None:
    file, opened = tmp_path / "cases.speakup", tmp_path / "cases.zip"
    file.write_bytes(archive_of(holder).response.get_data())
    run = CliRunner()
    refused = run.invoke(main, ["open-archive", str(file), str(opened)], input="not this one\n")
    assert (refused.exit_code, opened.exists()) == (1, False)
    done = run.invoke(main, ["open-archive", str(file), str(opened)], input=PASSPHRASE + "\n")
    assert done.exit_code == 0, done.output
    assert f"{raised.ref}/case.json" in zipfile.ZipFile(opened).namelist()
    assert opened.stat().st_mode & 0o077 == 0
    again = run.invoke(main, ["open-archive", str(file), str(opened)], input=PASSPHRASE + "\n")
    assert again.exit_code == 1


@pytest.mark.parametrize(("passphrase", "again", "words"), [
    (PASSPHRASE, PASSPHRASE + "x", "not the same"),
    ("short", "short", "at least 14"),
    ("passwordpassword", "passwordpassword", "too easy to guess"),
    ("", "", "at least 14"),
])  # fmt: skip
def test_a_passphrase_that_protects_nothing_is_refused(
    holder: PageClient, trust: Trust, passphrase: str, again: str, words: str
) -> None:
    refused = holder.submit("/cases/export", "Take them out", passphrase=passphrase, again=again)
    assert refused.status == 422
    assert words in refused.errors[0]
    assert exported(trust) == []


def test_a_spreadsheet_is_given_only_after_the_warning(holder: PageClient, trust: Trust) -> None:
    refused = holder.submit("/cases/export", "Take them out", kind="xlsx")
    assert refused.errors == ["Tick that you know it, or take a sealed archive"]
    assert exported(trust) == []


def test_no_cell_of_a_workbook_runs_and_names_stay_out(holder: PageClient, raised: RaisedCase) -> None:
    page = holder.submit("/cases/export", "Take them out", kind="xlsx", warned="y")
    sheet = openpyxl.load_workbook(io.BytesIO(page.response.get_data())).active
    rows = list(sheet.iter_rows())
    assert [cell.value for cell in rows[1]][:2] == [raised.ref, "New"]
    assert "'=cmd|' /C calc'!A0" in [cell.value for cell in rows[1]]
    assert {cell.data_type for row in rows for cell in row} <= {"s", "inlineStr", "n"}
    assert "Nora Nurse" not in str([[cell.value for cell in row] for row in rows])


def test_names_are_in_a_csv_where_they_are_wanted(holder: PageClient) -> None:
    page = holder.submit("/cases/export", "Take them out", kind="csv", warned="y", names="y")
    body = page.response.get_data().decode("utf-8-sig")
    assert "Nora Nurse" in body
    assert "\"'=cmd" in body or "'=cmd" in body


@pytest.mark.parametrize("words", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_words_that_a_spreadsheet_would_run_are_made_harmless(words: str) -> None:
    assert packing.harmless(words) == f"'{words}"
    assert packing.harmless("a" + words) == "a" + words


def test_only_what_i_hold_is_taken_out(trust: Trust, guardian: PageClient, raised: RaisedCase) -> None:
    stranger = next(
        each for each in (trust.guardian, trust.second_guardian, trust.lead) if each not in readers_of(raised)
    )
    with trust.work(stranger) as uow:
        assert cases.my_case_ids(uow) == []


def test_only_guardians_take_cases_out(signed_in: Callable[[Colleague], PageClient], trust: Trust) -> None:
    for refused in (trust.buddy, trust.non_executive_lead):
        assert signed_in(refused).get("/cases/export").status == 404
