"""What the pages on backups tell an operator to do, done: on PostgreSQL with its own programs, as the roles named."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from speakup.cli.__main__ import main
from speakup.tables import METADATA
from tests import databases, factories, postgres, trusts
from tests.databases import OWNER
from tests.trusts import Trust

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "deploy" / "backup.md").read_text()
ROLE = "speakup_backup"


def told(program: str) -> list[str]:
    """The words of a command as the page has them, without those that name a machine's own places."""
    found = re.search(rf"{program} ((?:--[^\s`]+ )+)", PAGE)
    assert found is not None
    return [word for word in found[1].split() if not word.startswith(("--file=", "--dbname="))]


def statements(database: str) -> list[str]:
    """What the superuser is told to do once, for this database."""
    (block,) = re.findall(r"```sql\n(.+?)```", PAGE, re.DOTALL)
    return [
        each.strip().replace("DATABASE speakup", f"DATABASE {database}") for each in block.split(";") if each.strip()
    ]


def rows(url: str) -> Iterator[tuple[str, int]]:
    """How many rows each table has, for whoever sees them all."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        for table in METADATA.sorted_tables:
            yield table.name, connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest.mark.postgres
def test_a_database_is_backed_up_and_restored_as_the_page_says(
    trust: Trust, postgresql: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    factories.raised_case(trust)
    copy, name = tmp_path / "copy", sa.make_url(trust.stored.url).database or ""
    server = sa.create_engine(postgresql, poolclass=sa.NullPool, isolation_level="AUTOCOMMIT")
    create, *grants = statements(name)
    with server.connect() as superuser:
        # Several workers of one run share a server, and any may be the first.
        superuser.exec_driver_sql(
            f"DO $$ BEGIN {create}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
        for each in grants:
            superuser.exec_driver_sql(each)
    run(trust, "pg_dump", f"--file={copy}", name)
    restored = trusts.new_name("restored")
    databases.create_postgresql(postgresql, restored)
    request.addfinalizer(lambda: databases.drop_postgresql(postgresql, restored))
    run(trust, "pg_restore", f"--dbname={restored}", str(copy))
    assert dict(rows(databases.address(postgresql, restored))) == dict(rows(trust.stored.unbound_url))
    verified = CliRunner().invoke(main, ["audit", "verify"], env=settings(trust, restored))
    assert verified.exit_code == 0, verified.output


def run(trust: Trust, program: str, *words: str) -> None:
    """Run PostgreSQL's own program as the page says, on the server of this test."""
    url = sa.make_url(trust.stored.unbound_url)
    host = url.query.get("host") or url.host
    command = [str(postgres.program(program)), f"--host={host}", *told(program)]
    if url.port:
        command.append(f"--port={url.port}")
    done = subprocess.run([*command, *words], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def settings(trust: Trust, database: str) -> dict[str, str]:
    """The restored installation's, with the trust roots that were kept apart."""
    url = sa.make_url(trust.stored.url).set(database=database)
    addresses = {
        "SPEAKUP_DATABASE_URL": url,
        "SPEAKUP_OWNER_DATABASE_URL": url.set(username=OWNER),
        "SPEAKUP_JOBS_DATABASE_URL": url.set(database=f"{database}_jobs"),
    }
    said = {each: address.render_as_string(hide_password=False) for each, address in addresses.items()}
    return {"SPEAKUP_DATA_DIR": str(trust.stored.trust_dir.parent), **said}
