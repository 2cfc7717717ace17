"""The command line, from an empty folder to an organisation that accepts concerns."""

import itertools
import json
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from config import Settings
from speakup import accounts, keyring, organisations
from speakup.cli import certificate, migrate
from speakup.cli.__main__ import COMMANDS, main
from speakup.cli.installation import Installation
from speakup.cli.serve import gunicorn_settings
from speakup.kernel.actor import Actor, ActorKind, Role, system
from speakup.kernel.db import make_engine
from speakup.kernel.uow import Database
from tests.trusts import PASSPHRASE

FOUND = (
    *("init", "--name", "Anytown NHS Trust", "--host", "anytown.localhost", "--country", "WLS"),
    *("--administrator-name", "Adam Ames", "--administrator-email", "adam@example.org"),
    *("--guardian-name", "Gail Guard", "--guardian-email", "gail@example.org"),
)

Speak = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the installation keeps its state."""
    return tmp_path / "data"


@pytest.fixture
def speakup(folder: Path) -> Speak:
    """Give the command line words, and what it may read on standard input."""

    def run(*words: str, said: str = "", **environ: str) -> Result:
        return CliRunner(env={"SPEAKUP_DATA_DIR": str(folder), **environ}).invoke(main, words, input=said)

    return run


@pytest.fixture
def installation(folder: Path, speakup: Speak) -> Iterator[Installation]:
    """Migrated, with one organisation."""
    assert speakup("migrate").exit_code == 0
    assert speakup(*FOUND).exit_code == 0
    settings = Settings.from_env({"SPEAKUP_DATA_DIR": str(folder)})
    engine = make_engine(settings.database_url)
    yield Installation(settings, Database(engine, settings.trust_dir))
    engine.dispose()


def first_guardian_visits(installation: Installation) -> tuple[str, ...]:
    """Take the invitation up, make keys and begin the key log, as the pages do; return the five words."""
    (organisation_id,) = installation.organisations()
    database = installation.database
    with database.work(system(organisation_id)) as uow:
        gail = accounts.by_address(uow, "gail@example.org")
        assert gail is not None
        invitation = next(each for each in accounts.open_invitations(uow) if each.person_id == gail.id)
        accounts.take_up(uow, invitation)
        root = keyring.new_root()
        keyring.create_key_pair(uow, gail.id, root, keyring.locked_new(gail.id, root, PASSPHRASE, "tests", []))
    actor = Actor(ActorKind.PERSON, organisation_id, gail.id, frozenset({Role.GUARDIAN}), root)
    with database.work(actor) as uow:
        keyring.found_key_log(uow, uow.today + timedelta(days=365))
        return keyring.my_words(uow)


def test_every_command_explains_itself(speakup: Speak) -> None:
    for name in set(COMMANDS) - {"demo"}:
        result = speakup(name, "--help")
        assert result.exit_code == 0
        assert result.output.startswith("Usage:")


def test_help_loads_nothing_that_takes_time() -> None:
    code = """if True:
        import sys
        from speakup.cli.__main__ import main
        main(["--help"], standalone_mode=False)
        print(*sys.modules)"""
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert {"sqlalchemy", "flask", "dbos", "cryptography"}.isdisjoint(said.split())


def test_a_web_process_never_loads_the_job_runner() -> None:
    code = "import sys, speakup.web.app, speakup.jobs; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert "dbos" not in said.split()


def test_migrating_makes_the_database_once_and_for_its_owner_alone(speakup: Speak, folder: Path) -> None:
    first, second = speakup("migrate"), speakup("migrate")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert migrate.newest() in first.output
    assert "already" in second.output
    with closing(sqlite3.connect(folder / "speakup.db")) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == (migrate.newest(),)
    for path in (folder, folder / "trust", folder / "speakup.db"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize("words", [FOUND, ("audit", "verify"), ("jobs",), ("serve",), ("trust-root", "show", "x")])
def test_before_migrating_a_command_says_to(speakup: Speak, folder: Path, words: tuple[str, ...]) -> None:
    folder.mkdir()
    result = speakup(*words)
    assert result.exit_code == 1
    assert "speakup migrate" in result.output


def test_wrong_settings_end_a_command_with_their_sentence(speakup: Speak) -> None:
    result = speakup("migrate", SPEAKUP_SCHEME="gopher")
    assert result.exit_code == 2
    assert "SPEAKUP_SCHEME is neither http nor https." in result.output


def test_init_shows_two_links_that_open_the_two_invitations(speakup: Speak) -> None:
    speakup("migrate")
    result = speakup(*FOUND)
    assert result.exit_code == 0
    tokens = re.findall(r"https://anytown\.localhost/welcome/(\S{40,})", result.output)
    assert len(set(tokens)) == 2
    assert 'speakup trust-root set "Anytown NHS Trust"' in result.output


def test_init_leaves_no_letter_that_would_end_the_links_it_showed(installation: Installation) -> None:
    (organisation_id,) = installation.organisations()
    with closing(sqlite3.connect(installation.settings.data_dir / "speakup.db")) as database:
        assert database.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
    with installation.database.work(system(organisation_id)) as uow:
        assert organisations.here(uow).country == "WLS"
        assert organisations.hosts(uow) == ["anytown.localhost"]
        assert [each.membership.drafted_roles for each in accounts.members(uow)] == [
            {Role.ADMINISTRATOR},
            {Role.GUARDIAN},
        ]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"adam@example.org": "not an address"}, "not an e-mail address"),
        ({"gail@example.org": "gail@example.org", "Gail Guard": " "}, "A name is empty"),
    ],
)
def test_init_refuses_what_cannot_be_right_and_makes_nothing(
    speakup: Speak, folder: Path, changed: dict[str, str], sentence: str
) -> None:
    speakup("migrate")
    result = speakup(*(changed.get(word, word) for word in FOUND))
    assert result.exit_code == 1
    assert sentence in result.output
    with closing(sqlite3.connect(folder / "speakup.db")) as database:
        assert database.execute("SELECT count(*) FROM organisation").fetchone() == (0,)


def test_a_host_name_serves_one_organisation(installation: Installation, speakup: Speak) -> None:
    result = speakup(*(word.replace("Anytown", "Otherham") for word in FOUND))
    assert result.exit_code == 1
    assert "host name already" in result.output


def test_the_trust_root_is_written_from_the_words_on_the_guardians_screen(
    installation: Installation, speakup: Speak
) -> None:
    early = speakup("trust-root", "set", "Anytown NHS Trust", said="abacus abdomen abide ability abiding\n")
    assert early.exit_code == 1
    assert "has not opened their link yet" in early.output

    words = first_guardian_visits(installation)
    wrong = speakup("trust-root", "set", "anytown.localhost", said="abacus abdomen abide ability abiding\n")
    assert wrong.exit_code == 1
    assert "go no further" in wrong.output
    assert speakup("trust-root", "show", "anytown.localhost").exit_code == 1

    right = speakup("trust-root", "set", "anytown.localhost", said=" ".join(words).upper() + "\n")
    assert right.exit_code == 0
    shown = speakup("trust-root", "show", "Anytown NHS Trust")
    assert shown.exit_code == 0
    assert "Gail Guard" in shown.output
    assert " ".join(words) in shown.output

    again = speakup("trust-root", "set", "anytown.localhost", said=" ".join(words) + "\n")
    assert again.exit_code == 1
    assert "already" in again.output


def test_no_word_is_shown_before_the_guardian_reads_theirs(installation: Installation, speakup: Speak) -> None:
    words = first_guardian_visits(installation)
    said = speakup("trust-root", "show", "anytown.localhost").output
    said += speakup("trust-root", "set", "anytown.localhost", said="no\n").output
    assert not set(words) & set(re.findall(r"[a-z]+", said))


def test_intake_stops_and_goes_on(installation: Installation, speakup: Speak) -> None:
    (organisation_id,) = installation.organisations()

    def stopped() -> bool:
        with installation.database.work(system(organisation_id), writes=False) as uow:
            return organisations.here(uow).intake_stopped

    assert "accepts no new concerns" in speakup("stop-intake", "anytown.localhost").output
    assert stopped()
    assert "accepts concerns again" in speakup("stop-intake", "anytown.localhost", "--resume").output
    assert not stopped()


def test_everybody_can_be_signed_out(installation: Installation, speakup: Speak) -> None:
    (organisation_id,) = installation.organisations()
    with installation.database.work(system(organisation_id)) as uow:
        gail = accounts.by_address(uow, "gail@example.org")
        assert gail is not None
        keyring.start_staff(uow, gail.id, keyring.new_root())
    assert speakup("end-sessions", "anytown.localhost").exit_code == 0
    with closing(sqlite3.connect(installation.settings.data_dir / "speakup.db")) as database:
        assert database.execute("SELECT count(*) FROM staff_session").fetchone() == (0,)


def test_an_organisation_nobody_knows_is_named_with_those_there_are(installation: Installation, speakup: Speak) -> None:
    result = speakup("end-sessions", "Nowhere")
    assert result.exit_code == 1
    assert "There are: Anytown NHS Trust." in result.output


def test_the_audit_chain_is_verified_and_exported(installation: Installation, speakup: Speak) -> None:
    assert "whole" in speakup("audit", "verify").output
    exported = [json.loads(line) for line in speakup("audit", "export", "anytown.localhost").stdout.splitlines()]
    assert [line["number"] for line in exported] == list(range(1, len(exported) + 1))
    assert exported[0]["previous"] == "00" * 32
    assert all(after["previous"] == before["hash"] for before, after in itertools.pairwise(exported))


def test_a_changed_audit_chain_is_told_with_its_number(installation: Installation, speakup: Speak) -> None:
    with closing(sqlite3.connect(installation.settings.data_dir / "speakup.db")) as database, database:
        database.execute("DROP TRIGGER audit_entry_no_update")
        database.execute("UPDATE audit_entry SET event = 'signed in' WHERE number = 2")
    result = speakup("audit", "verify", "anytown.localhost")
    assert result.exit_code == 1
    assert "changed at entry 2" in result.output


def test_the_doctor_says_what_to_do_about_each_thing(installation: Installation, speakup: Speak) -> None:
    result = speakup("doctor")
    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert any(line.startswith("ok    key self-test") for line in lines)
    assert any(line.startswith("ok    database") for line in lines)
    assert any(line.startswith("DO    mail") and "SPEAKUP_MAIL_URL" in line for line in lines)
    assert any(line.startswith("DO    Anytown NHS Trust") and "trust-root set" in line for line in lines)


def test_one_address_for_both_first_people_is_refused_before_anything_is_made(speakup: Speak) -> None:
    assert speakup("migrate").exit_code == 0
    same = ("gail@example.org" if word == "adam@example.org" else word for word in FOUND)
    refused = speakup(*(word.replace("gail@", "Gail@") if n == 4 else word for n, word in enumerate(same)))
    assert refused.exit_code == 1
    assert "give two addresses. Nothing was made." in refused.output
    assert speakup(*FOUND).exit_code == 0


def test_the_five_words_are_taken_however_they_are_typed_and_a_misspelt_one_is_named(
    installation: Installation, speakup: Speak
) -> None:
    words = first_guardian_visits(installation)
    command = ("trust-root", "set", "Anytown NHS Trust")
    misspelt = speakup(*command, said=" ".join([*words[:2], "zzzzq", *words[3:]]) + "\n")
    assert misspelt.exit_code == 1
    assert "Word 3, 'zzzzq', is not one of our words." in misspelt.output
    assert speakup(*command, said=",  ".join(words).upper() + "\n").exit_code == 0


def test_the_doctor_names_numbers_that_nobody_can_ring(installation: Installation, speakup: Speak) -> None:
    (organisation_id,) = installation.organisations()
    with installation.database.work(system(organisation_id)) as uow:
        organisations.here(uow).guardian_phone = "ask reception"
    said = speakup("doctor").output
    assert "Nobody can ring the telephone number of the guardians, 'ask reception'. Write it in digits." in said


def test_the_doctor_goes_on_when_one_thing_cannot_be_looked_at(speakup: Speak, folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "speakup.db").write_bytes(b"not a database at all" * 100)
    result = speakup("doctor")
    assert result.exit_code == 1
    assert "DO    database" in result.output
    assert "ok    key self-test" in result.output


def test_the_site_is_served_without_an_access_log(folder: Path) -> None:
    settings = Settings.from_env({"SPEAKUP_DATA_DIR": str(folder)})
    told = gunicorn_settings(settings, ["127.0.0.1:8001", "127.0.0.1:8002"], processes=3)
    assert told["accesslog"] is None
    assert not told["forwarder_headers"]
    assert told["control_socket_disable"]
    assert (told["workers"], told["bind"]) == (3, ["127.0.0.1:8001", "127.0.0.1:8002"])


def test_the_certificate_made_here_is_kept_and_its_key_is_private(tmp_path: Path) -> None:
    made = certificate.local_certificate(tmp_path / "tls")
    before = [path.read_bytes() for path in made]
    assert certificate.local_certificate(tmp_path / "tls") == made
    assert [path.read_bytes() for path in made] == before
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in made)
