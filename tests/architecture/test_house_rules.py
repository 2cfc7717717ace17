"""House rules that a reader would otherwise have to remember, read off the source."""

import ast
import importlib
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from speakup.kernel.db import owned_tables
from speakup.tables import METADATA

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "speakup").rglob("*.py"))
BELOW_THE_SURFACES = [each for each in SOURCES if each.relative_to(ROOT / "speakup").parts[0] not in {"web", "cli"}]
PACKAGES = sorted(
    {each.parent.name for each in (ROOT / "speakup").glob("*/__init__.py")}
    - {"web", "cli", "kernel", "crypto", "gateways"}
)

GLOBAL_TABLES = {
    "host_name", "key_pair", "organisation", "person", "receipt_generation", "reporter_session", "second_factor",
    "staff_session",
}  # fmt: skip
"""The named exceptions: looked up before an organisation is known, or a person's own wherever they work."""

VAGUE_NAMES = {"utils", "util", "common", "helpers", "helper", "manager", "service", "services", "misc"}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called = node.func
            yield (called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")), node


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def offences(paths: list[Path], found_in: Callable[[Path], object]) -> dict[str, object]:
    """Say what was found where; nothing, where the rule is kept."""
    return {name_of(path): found for path in paths if (found := found_in(path))}


MIGRATING = {"speakup/cli/database.py", "speakup/cli/migrating.py"}
"""Alembic's own connection, outside any unit of work."""


def test_only_the_unit_of_work_commits() -> None:
    committing = offences(SOURCES, lambda path: [
        node.lineno for name, node in calls(path) if name in {"commit", "begin_nested"} and not node.args
    ])  # fmt: skip
    assert committing.keys() - MIGRATING == {"speakup/kernel/uow.py"}


def test_nothing_below_the_surfaces_knows_the_web() -> None:
    web = {"flask", "werkzeug", "wtforms", "flask_wtf", "flask_login", "flask_babel"}
    assert offences(BELOW_THE_SURFACES, lambda path: {each.split(".")[0] for each in imported(path)} & web) == {}


def test_no_table_reaches_another_by_itself() -> None:
    related = offences(
        BELOW_THE_SURFACES, lambda path: [node.lineno for name, node in calls(path) if name == "relationship"]
    )
    assert related == {}


def test_a_package_is_reached_through_its_front_door() -> None:
    assert offences(BELOW_THE_SURFACES, past_the_front_door).keys() == {"speakup/tables.py"}


def past_the_front_door(path: Path) -> list[str]:
    own = path.relative_to(ROOT / "speakup").parts[0]
    split = [each.split(".") for each in imported(path)]
    ours = [parts for parts in split if parts[0] == "speakup" and len(parts) > 2 and parts[1] in PACKAGES]
    return [".".join(parts) for parts in ours if parts[1] != own and not is_exported(parts)]


def is_exported(parts: list[str]) -> bool:
    """`from speakup.audit import Event` names what the front door gives; `speakup.audit.models` does not."""
    return len(parts) == 3 and parts[2] in getattr(importlib.import_module(f"speakup.{parts[1]}"), "__all__", ())


@pytest.mark.parametrize("package", PACKAGES)
def test_a_front_door_says_what_it_gives_and_gives_it(package: str) -> None:
    module = importlib.import_module(f"speakup.{package}")
    assert module.__all__, package
    assert [each for each in module.__all__ if not hasattr(module, each)] == []


CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]


def test_every_surface_of_the_web_is_among_those_that_know_nothing_of_each_other() -> None:
    (listed,) = (each["modules"] for each in CONTRACTS if each["type"] == "independence")
    making = {
        path.relative_to(ROOT).parts[:3]
        for path in (ROOT / "speakup" / "web").glob("*/**/*.py")
        if any(name == "make_surface" for name, _node in calls(path))
    }
    assert set(listed) == {".".join(parts) for parts in making}


def test_a_surface_that_reaches_no_key_takes_none_into_its_units_of_work() -> None:
    keyless = {
        module.removeprefix("speakup.web.")
        for each in CONTRACTS
        if "speakup.keyring" in each.get("forbidden_modules", ())
        for module in each["source_modules"]
        if module.startswith("speakup.web.")
    }
    pages = [path for name in keyless for path in (ROOT / "speakup" / "web" / name).rglob("*.py")]
    opening = {"speakup.web.actors.work", "speakup.web.actors.work_as", "speakup.web.actors.inbox_work"}
    assert offences(pages, lambda path: opening & set(imported(path))) == {}


def test_names_say_what_they_hold() -> None:
    parts = offences(
        SOURCES, lambda path: {part.removesuffix(".py") for part in path.relative_to(ROOT).parts} & VAGUE_NAMES
    )
    assert parts == {}


def test_a_journey_waits_for_what_it_looks_for() -> None:
    # A page that has only begun to arrive shows nothing yet: `expect` looks again until it does.
    journeys = sorted((ROOT / "tests" / "journeys").glob("*.py"))
    assert journeys
    assert not offences(journeys, lambda path: [c for c, _ in calls(path) if c in {"is_visible", "is_hidden"}])


def test_no_role_is_asked_for_outside_the_policy() -> None:
    """`actor.role ==` is a second policy page; sets of roles for routing and vouching are not."""
    assert offences(BELOW_THE_SURFACES, roles_compared) == {}


def roles_compared(path: Path) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Compare) and any(is_an_actors_role(each) for each in ast.walk(node))
    ]


def is_an_actors_role(node: ast.AST) -> bool:
    if not isinstance(node, ast.Attribute) or node.attr not in {"role", "roles"}:
        return False
    return getattr(node.value, "attr", getattr(node.value, "id", "")) in {"actor", "user", "current_user"}


def test_no_decryption_goes_on_after_it_failed() -> None:
    """Whatever is caught round opening a sealed thing is raised again, as a fault or as absence."""
    assert offences(BELOW_THE_SURFACES, goes_on).keys() == {"speakup/keyring/operations/compartments.py"}
    # There the worklist gathers faults so as to hide no other case, and raises them everywhere else.
    assert goes_on(ROOT / "speakup/keyring/operations/compartments.py") == ["_open_fresh"]


def goes_on(path: Path) -> list[str]:
    """Name the functions in which opening something sealed fails and the program does not."""
    opening = ("open_sealed", "unwrap_key", "_check_head")
    return [
        function.name
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Try) and any(name in ast.dump(each) for each in node.body for name in opening)
        for handler in node.handlers
        if not isinstance(handler.body[-1], ast.Raise)
    ]


@pytest.mark.parametrize("name", sorted(set(METADATA.tables) - GLOBAL_TABLES))
def test_an_owned_table_has_its_organisation_first_in_every_key(name: str) -> None:
    table = METADATA.tables[name]
    assert name in owned_tables(METADATA)
    keys = [list(table.primary_key.columns)]
    keys += [list(each.columns) for each in table.constraints if isinstance(each, sa.UniqueConstraint)]
    keys += [list(each.columns) for each in table.indexes]
    assert {columns[0].name for columns in keys} == {"organisation_id"}


@pytest.mark.parametrize("name", sorted(set(METADATA.tables) - GLOBAL_TABLES))
def test_no_foreign_key_crosses_organisations(name: str) -> None:
    for constraint in METADATA.tables[name].foreign_key_constraints:
        if constraint.referred_table.name in GLOBAL_TABLES:
            continue
        assert next(iter(constraint.columns)).name == "organisation_id"
        assert constraint.elements[0].column.name == "organisation_id"


def test_the_global_tables_are_the_ones_named_here() -> None:
    assert set(METADATA.tables) - set(owned_tables(METADATA)) == GLOBAL_TABLES


CLEAR_WORDS = {
    "board_question.answer", "board_question.publication", "board_question.question",
    "case.ref", "case.route", "case.worker_group", "case.outcome", "case_element.element",
    "characteristic_answer.answer", "characteristic_answer.period", "characteristic_answer.question", "code.key",
    "fact.counts_in", "fact.elements", "fact.how", "fact.raised", "fact_closing.counts_in",
    "fact_closing.took", "fact_group.counts_in", "fact_group.raised", "fact_group.worker_group",
    "fact_theme.counts_in", "fact_theme.theme", "feedback.again", "feedback.period",
    "grouping.key", "grouping.label", "headcount.key", "headcount.source", "quarter.name", "quarter.snapshot",
    "code.name",
    "context_figure.name", "context_figure.source", "context_figure.value",
    "code.national_key", "code.national_set", "code.source", "code_set_version.name", "code_set_version.source",
    "diary_entry.groups", "directorate.name", "host_name.host",
    "learning_action.change", "learning_action.ended_why", "learning_action.issue", "learning_action.no_effect_why",
    "learning_action.ref", "learning_action.staff_untold_why", "learning_action.theme", "learning_action.title",
    "learning_cycle.done", "learning_cycle.plan", "learning_cycle.prediction", "learning_cycle.result",
    "learning_measure.name", "learning_measure.unit", "learning_partner.words",
    "learning_event.text", "membership.invited_email", "membership.roles",
    "learning_file.media_type", "learning_file.name", "learning_file.removed",
    "learning_resource.about", "learning_resource.address", "learning_resource.theme", "learning_resource.title",
    "ledger_release.population",
    "publication.chosen", "publication.digest", "publication.ledger_mark", "publication.quarters", "publication.ref",
    "publication.releases", "publication.rungs", "publication.withheld", "publication.words", "publication.workings",
    "publication.writers", "published_pack.digest", "published_pack.period", "published_pack.ref",
    "published_to.host", "received_from.host", "received_year.ref", "received_year.year",
    "chart_decision.decision", "chart_decision.quarter", "chart_decision.why", "threshold_decision.decision",
    "learning_statement.told_where", "learning_statement.we_did", "learning_statement.you_said",
    "national_return.checked", "national_return.comments", "national_return.learning", "national_return.period",
    "national_return.themes", "return_submission.collector", "return_submission.comments",
    "return_submission.learning", "return_submission.themes", "return_wording.line", "return_wording.source",
    "return_wording.text", "returned_line.codes", "returned_line.counts", "returned_line.key", "returned_line.label",
    "returned_line.line", "returned_line.period",
    "routing_draft.languages", "routing_draft.others", "routing_draft.worker_group", "routing_proposal.marked",
    "organisation.first_look_hour",
    "organisation.guardian_hours", "organisation.guardian_phone", "organisation.leave_address",
    "organisation.logo_file", "organisation.name", "organisation.next_look_hours", "organisation.privacy_contact",
    "organisation.staff_mail_domains", "person.about", "person.email", "person.hours", "person.job_title",
    "person.name", "person.phone", "person.workplace", "referral.ref", "sealed_record.kind",
    "second_factor.recovery_hashes", "site.emergency_number",
    "site.manager_on_call", "site.name",
}  # fmt: skip
"""Every column that can hold text, and stands in clear. None of them is ever a word a worker wrote."""


def test_no_column_could_hold_a_workers_words_in_clear() -> None:
    texts = {
        f"{table.name}.{column.name}"
        for table in METADATA.sorted_tables
        for column in table.columns
        if isinstance(column.type, (sa.String, sa.JSON)) and not hasattr(column.type, "enumeration")
    }
    assert texts - CLEAR_WORDS == set()
