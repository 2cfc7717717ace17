"""`speakup return`: the figures of the page, on a terminal."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from speakup import cases, insight
from speakup.cases import Coding, HowRaised, Recorded
from speakup.cli.__main__ import main
from speakup.kernel import clock
from speakup.returns import Quarter
from tests.trusts import PASSPHRASE, Colleague, Trust

Speak = Callable[..., Result]
LAST = Quarter.read(insight.quarter_of(clock.today())).before


@pytest.fixture
def speakup(trust: Trust) -> Speak:
    """Ask for the return of the quarter before this one, as somebody."""

    def run(*words: str, by: Colleague | None = None, quarter: str = LAST.name) -> Result:
        who = by or trust.guardian
        environ = {
            "SPEAKUP_DATA_DIR": str(trust.stored.trust_dir.parent),
            "SPEAKUP_DATABASE_URL": trust.stored.url,
            "SPEAKUP_JOBS_DATABASE_URL": f"{trust.stored.url}_jobs",
        }
        asked = ("return", quarter, "--org", trust.name, "--as", who.email, *words)
        return CliRunner(env=environ).invoke(main, asked, input=f"{PASSPHRASE}\n{who.code()}\n")

    return run


@pytest.fixture
def recorded(trust: Trust) -> str:
    with trust.work(trust.guardian) as uow:
        said = Recorded("The fridge.", "phone", HowRaised.ANONYMOUS, raised_on=LAST.last_day)
        case = cases.record_case(uow, said)
        cases.code_case(uow, case, Coding(frozenset({"patient_safety"}), none_apply=False, worker_group="estates"))
        return case.ref


def test_the_lines_and_what_was_found_are_told_and_written_to_a_new_file(
    trust: Trust, speakup: Speak, recorded: str, tmp_path: Path
) -> None:
    file = tmp_path / "lines.csv"
    done = speakup("--csv", str(file))
    assert done.exit_code == 0, done.output
    assert "R1         1  Number of cases raised with the guardian" in done.output
    assert "look at it: no days known" in done.output
    assert PASSPHRASE not in done.output
    assert recorded not in done.output
    rows = {row[0]: row[2] for row in csv.reader(file.read_text("utf-8-sig").splitlines())}
    assert (rows["R1"], rows["R2"], rows["R3"], rows["R4"]) == ("1", "1", "1", "0")
    again = speakup("--csv", str(file))
    assert "is there already" in again.output


@pytest.mark.parametrize("quarter", ["2026-27", "2026-28/Q1", LAST.next.name])
def test_what_is_no_quarter_gets_a_sentence(speakup: Speak, quarter: str) -> None:
    assert "There is no such quarter" in speakup(quarter=quarter).output


def test_only_guardians_are_told(trust: Trust, speakup: Speak) -> None:
    done = speakup(by=trust.non_executive_lead)
    assert done.exit_code == 1
    assert "Only a guardian can count the return" in done.output
    assert "R1" not in done.output
