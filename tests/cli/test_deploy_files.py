"""What `docs/deploy` says is what the program does."""

import os
import re
import shlex
from pathlib import Path

import pytest
import sqlalchemy as sa

from config import Settings
from speakup.cli.__main__ import main
from speakup.web.app import SURFACES, create_app
from tests import databases

DEPLOY = Path(__file__).parents[2] / "docs" / "deploy"
ROOT = DEPLOY.parents[1]


def text(name: str) -> str:
    return (DEPLOY / name).read_text()


def code(name: str) -> str:
    """A file without its comments."""
    return "\n".join(line for line in text(name).splitlines() if not line.lstrip().startswith("#"))


def test_every_setting_is_explained_and_none_that_is_not_there() -> None:
    read = set(re.findall(r'"(SPEAKUP_[A-Z_]+)"', (ROOT / "config.py").read_text()))
    explained = set(re.findall(r"^\| `(SPEAKUP_[A-Z_]+)`", text("settings.md"), re.MULTILINE))
    assert explained == read


@pytest.mark.parametrize("name", ["systemd/speakup.env", "container/compose.yaml"])
def test_files_set_only_what_is_read(name: str) -> None:
    explained = set(re.findall(r"`(SPEAKUP_[A-Z_]+)`", text("settings.md"))) | {"SPEAKUP_POSTGRES_PASSWORD"}
    assert set(re.findall(r"\bSPEAKUP_[A-Z_]+", text(name))) <= explained


@pytest.mark.parametrize("name", ["systemd/speakup-web.service", "systemd/speakup-jobs.service"])
def test_a_unit_starts_a_command_there_is_and_leaves_nothing_behind(name: str) -> None:
    unit = dict(line.split("=", 1) for line in code(name).splitlines() if "=" in line)
    words = shlex.split(unit["ExecStart"])
    assert words[:3] == ["/opt/speakup/.venv/bin/python", "-m", "speakup.cli"]
    command = main.commands.get(words[3]) or main.get_command(None, words[3])  # type: ignore[arg-type]
    assert command is not None
    command.make_parser(command.make_context(words[3], words[4:], resilient_parsing=True))
    assert (unit["LimitCORE"], unit["MemorySwapMax"], unit["UMask"]) == ("0", "0", "0077")


@pytest.mark.parametrize("name", ["nginx/speakup.conf", "nginx/region.conf"])
def test_nginx_keeps_no_log_passes_no_address_on_and_spools_nothing(name: str) -> None:
    servers = code(name).split("\nserver {")[1:]
    assert len(servers) == 2
    for server in servers:
        assert "access_log off;" in server
        assert "error_log /dev/null;" in server
    told = servers[1]
    for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "User-Agent"):
        assert f'proxy_set_header {header} "";' in told
    for line in ("client_body_temp_path /dev/shm/speakup-bodies;", "proxy_max_temp_file_size 0;", "proxy_cache off;"):
        assert line in told
    assert "$remote_addr" not in told
    assert "$proxy_add_x_forwarded_for" not in told


def test_nginx_of_a_region_sends_each_page_to_the_processes_that_have_it(tmp_path: Path) -> None:
    sent = {name: re.compile(at) for at, name in re.findall(r"~(\^/\S+) speakup_(\w+);", text("nginx/region.conf"))}
    assert sent.keys() == {"staff", "board"}
    settings = Settings.from_env({"SPEAKUP_DATA_DIR": str(tmp_path)})
    for audience in ("public", "staff", "board"):
        app = create_app(settings, [audience])
        addresses = {rule.rule for rule in app.url_map.iter_rules()} - {"/static/<path:name>", "/logo/<name>"}
        assert addresses
        for name, places in sent.items():
            assert {address: bool(places.match(address)) for address in addresses} == dict.fromkeys(
                addresses, audience == name
            )


def test_the_containers_serve_every_audience_each_where_nginx_of_a_region_looks_for_it() -> None:
    served = {
        audience: port
        for port, audience in re.findall(
            r'0\.0\.0\.0:(\d+)"\]\n.*SPEAKUP_SURFACES: (\w+) }\n +ports: \["127\.0\.0\.1:\1:\1"\]',
            code("container/compose.yaml"),
        )
    }
    assert served.keys() == SURFACES.keys()
    upstreams = re.findall(r"upstream speakup_(\w+) {[^}]*:(\d+);", code("nginx/region.conf"))
    assert served == dict(upstreams)


@pytest.mark.postgres
def test_the_roles_are_those_the_migrations_know(postgresql: str) -> None:
    sql = text("container/roles.sql")
    assert f"CREATE ROLE {databases.APPLICATION} LOGIN NOSUPERUSER NOBYPASSRLS;" in sql
    engine = sa.create_engine(postgresql, isolation_level="AUTOCOMMIT")
    suffix = os.urandom(4).hex()
    renamed = re.sub(r"\bspeakup(_\w+)?\b", lambda each: f"{each[0]}_{suffix}", sql)
    made = [each for each in re.sub(r"^--.*$", "", renamed, flags=re.MULTILINE).split(";") if each.strip()]
    with engine.connect() as connection:
        for statement in made:
            connection.exec_driver_sql(statement)
        for kind, names in (
            ("DATABASE", ("speakup", "speakup_jobs")),
            ("ROLE", ("speakup_owner", "speakup_app", "speakup_jobs")),
        ):
            for name in names:
                connection.exec_driver_sql(f"DROP {kind} {name}_{suffix}")
    engine.dispose()


def test_no_file_names_a_registry() -> None:
    for path in DEPLOY.rglob("*"):
        if path.is_file():
            assert not re.search(r"docker\.io|ghcr\.io|quay\.io|pypi\.org|npmjs", path.read_text())
