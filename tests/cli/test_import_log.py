"""`speakup import`: the same as the page, on a terminal."""

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
import tqdm
from click.testing import CliRunner, Result

from speakup import accounts, cases, keyring
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


def many_rows(some: int) -> bytes:
    rows = (f"{number % 28 + 1}/4/2024,Told me of number {number}" for number in range(some))
    return "\n".join(["Date,What was said", *rows]).encode()


@pytest.fixture
def after_a_hundred(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Have something happen whenever the bar goes on."""

    def happens(what: Callable[[], None]) -> None:
        monkeypatch.setattr(tqdm.tqdm, "update", lambda _bar, _some: what())

    return happens


def test_broken_off_half_way_it_says_how_far_it_came_and_can_go_on_or_back(
    trust: Trust, ask: Speak, after_a_hundred: Callable[[Callable[[], None]], None]
) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    after_a_hundred(stop)
    done = ask("log.csv", many_rows(130), "", "y")
    assert done.exit_code == 1
    assert "It was broken off. 100 of 130 cases came in. /import shows this log" in done.output
    assert count(trust) == 100
    with trust.work(trust.guardian) as uow:
        [kept] = cases.my_imports(uow)
        left = cases.prepare_import(uow, kept.id)
        assert cases.bring_in(uow, kept.id, left.plan.cases, cases.Phrases("", "-"), left.covers) == 130
    assert count(trust) == 130
    with trust.work(trust.guardian) as uow:
        while cases.undo_import(uow, kept.id):
            pass
    assert count(trust) == 0


def test_when_its_holders_change_half_way_it_says_so(
    trust: Trust, ask: Speak, after_a_hundred: Callable[[Callable[[], None]], None]
) -> None:
    def go_away() -> None:
        with trust.work() as uow:
            held = uow.session.scalars(sa.select(cases.Case.cover_id).distinct()).all()
        for each in held:
            with trust.work(next(one for one in trust.people.values() if one.id == each)) as uow:
                membership = accounts.member(uow, each).membership
                accounts.plan_absence(uow, membership, accounts.Days(uow.today, uow.today))

    after_a_hundred(go_away)
    done = ask("log.csv", many_rows(130), "", "y")
    assert done.exit_code == 1
    assert "Who would hold the cases beside you has changed" in done.output
    assert "100 of 130 cases came in." in done.output
    assert count(trust) == 100


def test_where_nobody_else_may_open_them_it_says_so_before_it_asks(trust: Trust, ask: Speak) -> None:
    with trust.work(trust.administrator) as uow:
        for each in trust.people.values():
            if each not in (trust.guardian, trust.administrator):
                accounts.end_membership(uow, accounts.member(uow, each.id).membership)
    with trust.work(trust.guardian) as uow:
        for each in (trust.second_guardian, trust.lead, trust.buddy, trust.non_executive_lead):
            keyring.remove(uow, each.id)
    done = ask("log.csv", many_rows(2), "", "y")
    assert done.exit_code == 1
    assert "At least two people must be able to open a case" in done.output
    assert "the log is forgotten" in done.output
    assert "Bring in" not in done.output
    with trust.work(trust.guardian) as uow:
        assert cases.my_imports(uow) == []
