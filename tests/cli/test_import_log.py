"""`speakup import`: the same as the page, on a terminal."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from speakup import cases
from speakup.cli.__main__ import main
from tests.cases.importing import logs
from tests.trusts import PASSPHRASE, Trust

Speak = Callable[..., Result]


@pytest.fixture
def speakup(trust: Trust) -> Speak:
    """Give the command line words, and what is typed on the terminal."""

    def run(*words: str, said: str = "") -> Result:
        environ = {
            "SPEAKUP_DATA_DIR": str(trust.stored.trust_dir.parent),
            "SPEAKUP_DATABASE_URL": trust.stored.url,
            "SPEAKUP_JOBS_DATABASE_URL": f"{trust.stored.url}_jobs",
        }
        return CliRunner(env=environ).invoke(main, words, input=said)

    return run


def typed(trust: Trust, *answers: str, passphrase: str = PASSPHRASE, code: str = "") -> str:
    return "\n".join([passphrase, code or trust.guardian.code(), *answers]) + "\n"


@pytest.fixture
def file(tmp_path: Path) -> str:
    kept = tmp_path / "log.csv"
    kept.write_bytes(logs.plain_csv())
    return str(kept)


def count(trust: Trust) -> int:
    with trust.work() as uow:
        return uow.session.scalar(sa.select(sa.func.count()).select_from(cases.Case)) or 0


def test_a_log_is_brought_in_from_the_terminal(trust: Trust, speakup: Speak, file: str) -> None:
    who = ("--org", trust.name, "--as", trust.guardian.email)
    done = speakup("import", file, *who, said=typed(trust, "3=note", "", "2", "0", "y"))
    assert done.exit_code == 0, done.output
    assert "4 cases are in" in done.output
    assert "stays out (no day): rows 6, 7" in done.output
    assert PASSPHRASE not in done.output
    assert count(trust) == 4
    with trust.work(trust.guardian) as uow:
        every = uow.session.scalars(cases.visible_to(uow.actor)).all()
        assert all(cases.person_of(uow, case) is None for case in every)


def test_rows_of_a_workbook_are_named_with_their_sheet(trust: Trust, speakup: Speak, tmp_path: Path) -> None:
    kept = tmp_path / "log.xlsx"
    rows = [["1/4/2024", "Told me"], ["when it rained", "Told me this"], ["soon", "And that"]]
    kept.write_bytes(logs.of_rows(["Date raised", "What was said"], *rows, name="2024-25"))
    who = ("--org", trust.name, "--as", trust.guardian.email)
    done = speakup("import", str(kept), *who, said=typed(trust, "", "n"))
    assert "stays out (no day): rows 2024-25: 3, 4" in done.output
    assert "beside you, these will be able to open cases of it: " in done.output


def test_saying_no_leaves_nothing(trust: Trust, speakup: Speak, file: str) -> None:
    who = ("--org", trust.name, "--as", trust.guardian.email)
    done = speakup("import", file, *who, said=typed(trust, "", "0", "0", "n"))
    assert (done.exit_code, count(trust)) == (0, 0)
    assert "the log is forgotten" in done.output


@pytest.mark.parametrize(("passphrase", "code"), [("not the passphrase", ""), (PASSPHRASE, "000000")])
def test_nothing_opens_without_both_factors(
    trust: Trust, speakup: Speak, file: str, passphrase: str, code: str
) -> None:
    who = ("--org", trust.name, "--as", trust.guardian.email)
    done = speakup("import", file, *who, said=typed(trust, passphrase=passphrase, code=code))
    assert done.exit_code == 1
    assert "is not right" in done.output
    assert count(trust) == 0


def test_an_administrator_brings_nothing_in(trust: Trust, speakup: Speak, file: str) -> None:
    who = ("--org", trust.name, "--as", trust.administrator.email)
    done = speakup("import", file, *who, said=typed(trust, code=trust.administrator.code()))
    assert done.exit_code == 1
    assert "Only a guardian" in done.output


@pytest.fixture
def ask(trust: Trust, speakup: Speak, tmp_path: Path) -> Speak:
    """Bring a file in as the guardian, with what is typed after signing in."""

    def run(name: str, body: bytes, *said: str) -> Result:
        kept = tmp_path / name
        kept.write_bytes(body)
        return speakup("import", str(kept), "--org", trust.name, "--as", trust.guardian.email, said=typed(trust, *said))

    return run


def two_sheets() -> bytes:
    """A log, and a sheet beside it that is none."""
    book = openpyxl.Workbook()
    first = book.active
    first.title = "2024-25"
    for row in (["Date raised", "What was said"], ["1/4/2024", "Told me"]):
        first.append(row)
    beside = book.create_sheet("Wards")
    for row in (["Ward", "Beds"], ["Seven", "24"], ["Eight", "20"]):
        beside.append(row)
    return logs.saved(book)


def test_a_sheet_that_is_no_log_is_named_and_left_out(trust: Trust, ask: Speak) -> None:
    done = ask("log.xlsx", two_sheets(), "sheet 7", "sheet 2", "", "sheet 2", "", "y")
    assert done.exit_code == 0, done.output
    assert "Say which column of Wards holds the day it was raised, or leave that sheet out" in done.output
    assert "There is no sheet “7”. They are numbered from 1 to 2." in done.output
    assert "[ ] Wards (2 rows)" in done.output
    assert "Bring in 1 case?" in done.output
    assert "1 case is in." in done.output
    assert count(trust) == 1


def test_no_sheet_at_all_is_asked_for_again(trust: Trust, ask: Speak) -> None:
    done = ask("log.xlsx", two_sheets(), "sheet 1", "")
    assert "Bring at least one sheet in" in done.output
    # Nothing more was typed: nothing is kept of the log.
    assert done.exit_code == 1
    assert "the log is forgotten" in done.output
    with trust.work(trust.guardian) as uow:
        assert cases.my_imports(uow) == []


def test_a_column_of_ticks_names_an_element(trust: Trust, ask: Speak) -> None:
    log = b"Date,What was said,Safe staffing\n1/4/2024,Told me,x\n2/4/2024,Told me too,\n"
    done = ask("log.csv", log, "?", "what", "3=tick:nothing", "3=tick:worker_safety", "", "y")
    assert done.exit_code == 0, done.output
    assert "bring a sheet in, or leave it out" in done.output
    assert "There is no “tick:nothing”. A column can hold:" in done.output
    with trust.work(trust.guardian) as uow:
        every = uow.session.scalars(cases.visible_to(uow.actor).order_by(cases.Case.raised_on)).all()
        assert [cases.open_view(uow, each).elements for each in every] == [["worker_safety"], []]


def test_two_columns_are_not_the_same_and_headings_can_be_elsewhere(trust: Trust, ask: Speak) -> None:
    log = b"Our log\nDate,When told,What was said\n1/4/2024,2/4/2024,Told me\n"
    done = ask("log.csv", log, "headings 1=2", "headings 1=none", "2=raised", "", "2=told", "", "y")
    assert done.exit_code == 0, done.output
    assert "There is no row “none”." in done.output
    assert "Two columns cannot both be raised. Keep one of them as a note." in done.output
    assert count(trust) == 1


@pytest.mark.parametrize(("said", "several"), [("y", 2), ("n", 1)])
def test_rows_alike_are_asked_about(trust: Trust, ask: Speak, said: str, several: int) -> None:
    log = b"Date,What was said\n1/4/2024,Told me\n1/4/2024,Told me\n"
    done = ask("log.csv", log, "", said, "y")
    assert done.exit_code == 0, done.output
    assert "1 row is word for word as another." in done.output
    assert count(trust) == several
