"""`speakup import`: the same as the page, on a terminal."""

from collections.abc import Callable
from pathlib import Path

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
