"""The command line keeps what an organisation is called and answers to."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from speakup.cli.__main__ import main

FOUND = (
    *("init", "--name", "Anytown NHS Trust", "--host", "anytown.localhost", "--country", "WLS"),
    *("--administrator-name", "Adam Ames", "--administrator-email", "adam@example.org"),
    *("--guardian-name", "Gail Guard", "--guardian-email", "gail@example.org"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the installation keeps its state: migrated, with one organisation."""
    folder = tmp_path / "data"
    assert speakup(folder, "migrate").exit_code == 0
    assert speakup(folder, *FOUND).exit_code == 0
    return folder


def speakup(folder: Path, *words: str, said: str = "") -> Result:
    return CliRunner(env={"SPEAKUP_DATA_DIR": str(folder)}).invoke(main, words, input=said)


def organisation(folder: Path, *words: str, said: str = "") -> Result:
    return speakup(folder, "organisation", *words, said=said)


def test_names_are_changed_on_the_server(folder: Path) -> None:
    assert organisation(folder, "add-host", "anytown.localhost", "Speak.localhost").exit_code == 0
    assert organisation(folder, "drop-host", "anytown.localhost", "anytown.localhost").exit_code == 0
    assert organisation(folder, "rename", "speak.localhost", "Anytown Hospitals").exit_code == 0
    shown = organisation(folder, "show", "Anytown Hospitals")
    assert shown.exit_code == 0
    assert shown.output.count("Anytown Hospitals, speak.localhost") == 2


def test_what_cannot_be_is_said(folder: Path) -> None:
    for words, said in {
        ("add-host", "anytown.localhost", "anytown.localhost"): "somebody's already",
        ("drop-host", "anytown.localhost", "elsewhere.localhost"): "no host name of its",
        ("drop-host", "anytown.localhost", "anytown.localhost"): "the only one",
        ("rename", "anytown.localhost", " "): "Write a name",
    }.items():
        refused = organisation(folder, *words)
        assert (refused.exit_code, said in refused.output) == (1, True)


def test_a_change_in_the_database_alone_is_shown(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "speakup.db")) as intruder:
        intruder.execute("UPDATE organisation SET name = 'Another NHS Trust'")
        intruder.commit()
    shown = organisation(folder, "show", "anytown.localhost")
    assert (shown.exit_code, "They differ" in shown.output) == (1, True)
    assert "Name or host names were changed" in speakup(folder, "doctor").output


def test_an_installation_from_before_the_file_is_told_to_confirm(folder: Path) -> None:
    (file,) = (folder / "trust").glob("*.names.json")
    file.unlink()
    assert 'Start `speakup organisation confirm "Anytown NHS Trust"`' in speakup(folder, "doctor").output
    assert organisation(folder, "show", "anytown.localhost").exit_code == 1
    assert organisation(folder, "confirm", "anytown.localhost", said="n\n").exit_code == 1
    assert not file.exists()
    assert organisation(folder, "confirm", "anytown.localhost", said="y\n").exit_code == 0
    assert organisation(folder, "show", "anytown.localhost").exit_code == 0
