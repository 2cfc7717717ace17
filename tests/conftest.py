"""What every test may ask for: a database of each kind, two founded trusts in it, and somebody to act as.

A test that asks for `stored`, `database`, `trust` or anything made from them runs twice: on SQLite and on PostgreSQL.
`--database sqlite` or `--database postgresql` runs it on one.
"""

import fcntl
import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import settings

from speakup.gateways.blobs import Blobs
from speakup.kernel.uow import Database
from tests import databases, factories, memory, postgres, trusts
from tests.databases import Stored
from tests.trusts import Colleague, Trust

TEMPLATE = "speakup_template"
pytest_plugins = ["tests.chromium"]

# Properties are judged by their answers, never by how fast a busy machine gave them.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql", "both"), default="both")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        wanted = metafunc.config.getoption("--database")
        kinds = ("sqlite", "postgresql") if wanted == "both" else (wanted,)
        if metafunc.definition.get_closest_marker("postgres"):
            # About what only PostgreSQL does; `--database sqlite` leaves it out.
            kinds = ("postgresql",)
        marked = [pytest.param(kind, marks=_marks(kind, wanted)) for kind in kinds]
        metafunc.parametrize("database_kind", marked, indirect=True, scope="session")


def _marks(kind: str, wanted: str) -> list[pytest.MarkDecorator]:
    left_out = [pytest.mark.skip(reason="--database sqlite")] if wanted not in {kind, "both"} else []
    return [*left_out, pytest.mark.postgres] if kind == "postgresql" else left_out


def pytest_collection_finish() -> None:
    # Modules and what was collected live to the end of the run: looking through them for garbage again and again finds
    # none, and costs a fourteenth of the processor.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """`sqlite` or `postgresql`."""
    kind: str = request.param
    return kind


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the founded trusts, made by whichever worker comes first."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "founded"
    with _alone(folder.with_suffix(".lock")):
        if not (folder / "people.json").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            trusts.found(folder)
    return folder


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The superuser's address on the one server of this run."""
    with postgres.start() as url:
        yield url


@pytest.fixture(scope="session")
def template(founded: Path, postgresql: str) -> str:
    """The name of the migrated PostgreSQL database that holds the founded trusts."""
    with _alone(founded / "postgresql.lock"):
        if not databases.has_postgresql(postgresql, TEMPLATE):
            databases.make_roles(postgresql)
            making = trusts.new_name("making")
            databases.create_postgresql(postgresql, making)
            databases.migrate(databases.address(postgresql, making, databases.OWNER))
            databases.copy_rows(f"sqlite:///{founded / 'template.db'}", databases.address(postgresql, making))
            _rename(postgresql, making)
    return TEMPLATE


@pytest.fixture(scope="session")
def databases_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where each test has a folder for its database and what stands beside it."""
    with memory.folder(otherwise=tmp_path_factory.mktemp("databases")) as folder:
        yield folder


@pytest.fixture
def stored(
    database_kind: str, founded: Path, databases_folder: Path, request: pytest.FixtureRequest
) -> Iterator[Stored]:
    """A database of this test's own, with the founded trusts in it."""
    folder = databases_folder / trusts.new_name("test")
    trust_dir = folder / "trust"
    shutil.copytree(founded / "trust", trust_dir)
    with ExitStack() as closing:
        closing.callback(shutil.rmtree, folder)
        if database_kind == "sqlite":
            file = folder / "speakup.db"
            databases.copy_sqlite(founded / "template.db", file)
            yield Stored("sqlite", f"sqlite:///{file}", f"sqlite:///{file}", trust_dir, file)
            return
        server: str = request.getfixturevalue("postgresql")
        copied: str = request.getfixturevalue("template")
        name = trusts.new_name("test")
        databases.create_postgresql(server, name, copied)
        closing.callback(databases.drop_postgresql, server, name)
        bound = databases.address(server, name, databases.APPLICATION)
        yield Stored("postgresql", bound, databases.address(server, name), trust_dir)


@pytest.fixture
def database(stored: Stored) -> Iterator[Database]:
    """The application's database, under row-level security where there is such a thing."""
    with stored.open() as opened:
        yield opened


@pytest.fixture
def both_trusts(founded: Path, stored: Stored, database: Database) -> list[Trust]:
    """The two organisations of one installation."""
    return trusts.read(founded, stored, database)


@pytest.fixture
def trust(both_trusts: list[Trust]) -> Trust:
    """Anytown, with somebody in every role."""
    return both_trusts[0]


@pytest.fixture
def other_trust(both_trusts: list[Trust]) -> Trust:
    """Otherham, in the same database."""
    return both_trusts[1]


@pytest.fixture
def ida(trust: Trust) -> Colleague:
    """Ida Inquiry, outside the team, to whom referrals are sealed."""
    return factories.recipient(trust)


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    """A folder for sealed files."""
    return Blobs.from_url(str(tmp_path / "blobs"))


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _rename(superuser_url: str, making: str) -> None:
    """The template gets its name once it is whole, so that a run broken off leaves no half of one."""
    engine = sa.create_engine(superuser_url, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"ALTER DATABASE {making} RENAME TO {TEMPLATE}")
    engine.dispose()
