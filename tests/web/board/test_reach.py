"""The board's process: its own pages, and on PostgreSQL a role that has no right to a case."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import make_url

from config import Settings
from speakup import keyring
from speakup.cli import migrate
from speakup.gateways.blobs import Blobs
from speakup.gateways.mail import FakeMailer
from speakup.gateways.scanner import NoScanner
from speakup.gateways.texts import FakeTexter
from speakup.kernel.actor import Role
from speakup.kernel.db import make_engine
from speakup.kernel.uow import Database
from speakup.tables import METADATA
from speakup.web.app import create_app
from speakup.web.cookies import STAFF
from speakup.web.site import Site
from tests import factories
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

RIGHTS = Path(__file__).resolve().parents[3] / "docs" / "deploy" / "board.sql"
ROLE = "speakup_board"
ABOUT_CASES = {
    "case", "case_clock", "case_element", "sealed_record", "compartment", "grant_to", "draft", "parked_draft",
    "reporter", "reporter_session", "stored_blob", "referral", "key_record", "receipt_generation", "outbox",
    "audit_pending", "characteristic_answer", "feedback", "fact", "fact_theme", "fact_group", "fact_closing", "quarter",
    "publication", "ledger_release", "learning_asked", "diary_entry", "undertaking", "hand_over_request",
    "returned_line",
}  # fmt: skip
"""What is of a case, of whoever sent one, or counted of it before it was protected."""


@pytest.fixture
def apart(trust: Trust, tmp_path: Path) -> Iterator[Database]:
    """The database as the board's process opens it."""
    with trust.stored.unbound() as connection:
        # Several workers of one run share a server, and any may be the first.
        connection.exec_driver_sql(
            f"DO $$ BEGIN CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOBYPASSRLS; "
            "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
        for statement in _statements():
            connection.exec_driver_sql(statement)
    url = make_url(trust.stored.url).set(username=ROLE, password=None)
    engine = make_engine(url.render_as_string(hide_password=False))
    yield Database(engine, trust.stored.trust_dir)
    engine.dispose()


def _statements() -> list[str]:
    lines = [line for line in RIGHTS.read_text().splitlines() if not line.startswith("--")]
    return [each.strip() for each in "\n".join(lines).split(";") if each.strip()]


@pytest.fixture
def process(trust: Trust, apart: Database, tmp_path: Path) -> Flask:
    """The process that has the board's pages and no others."""
    settings = Settings.from_env({"SPEAKUP_DATA_DIR": str(tmp_path), "SPEAKUP_DATABASE_URL": trust.stored.url})
    blobs = Blobs.from_url(str(tmp_path / "blobs"))
    return create_app(settings, ["board"], Site(settings, apart, blobs, NoScanner(), FakeMailer(), FakeTexter()))


def opened(process: Flask, trust: Trust, who: Colleague) -> PageClient:
    browser = PageClient(process, trust.host)
    with trust.work(trust.visitor) as uow:
        token = keyring.start_staff(uow, who.id, who.root_secret, second_factor_done=True)
    browser.client.set_cookie(STAFF.name, token, domain=trust.host, secure=True, path="/", httponly=True)
    return browser


@pytest.mark.postgres
def test_the_boards_process_serves_its_pages_without_a_right_to_any_case(trust: Trust, process: Flask) -> None:
    factories.raised_case(trust)
    pack = factories.published_pack(trust)
    member = opened(process, trust, factories.invited(trust, "Mel Member", [Role.BOARD_MEMBER]))
    assert member.get("/board").heading.endswith(pack.period.name)
    asked = member.submit("/board", "Ask the guardians", question="What changed at night?")
    assert "What changed at night?" in asked.text
    assert member.get("/cases").status == 404
    secretary = opened(process, trust, factories.invited(trust, "Sam Stone", [Role.BOARD_SECRETARY]))
    figure = {"indicator": "sickness", "value": "5.1", "unit": "percent", "source": "ESR"}
    day = {"as_of-day": "31", "as_of-month": "3", "as_of-year": "2026"}
    assert "5.1%" in secretary.submit("/board/context", "Save", **figure, **day).text


@pytest.mark.postgres
def test_every_role_may_look_at_which_version_the_database_stands(trust: Trust, apart: Database) -> None:
    """Before it serves a page, each process does."""
    with trust.stored.open() as whole:
        assert migrate.standing(whole.engine) == migrate.standing(apart.engine) == migrate.newest()


@pytest.mark.postgres
@pytest.mark.parametrize("who", ["guardian", "lead", "non_executive_lead"])
def test_it_serves_those_who_also_receive_concerns(trust: Trust, process: Flask, who: str) -> None:
    """Their menu says more than a member's: whether concerns can be received, and what waits for two people."""
    factories.published_pack(trust)
    browser = opened(process, trust, trust.people[who])
    assert [browser.get(address).status for address in ("/board", "/board/peers", "/board/questions")] == [200] * 3


@pytest.mark.postgres
@pytest.mark.parametrize("name", sorted(ABOUT_CASES))
def test_its_role_has_no_right_to(apart: Database, name: str) -> None:
    with apart.engine.connect() as connection, pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
        connection.execute(sa.select(METADATA.tables[name]))


@pytest.mark.postgres
def test_whoever_is_not_signed_in_is_sent_to_sign_in_elsewhere(trust: Trust, process: Flask) -> None:
    answer = PageClient(process, trust.host).client.get("/board", base_url=f"https://{trust.host}")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in?then=/board")
