"""The files that are about the project as a whole keep their promises to people who install and change it."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from speakup.cli import notices

ROOT = Path(__file__).parents[1]
MADE_HERE = frozenset(line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()) | {".git"}
BINARY = frozenset({".docx", ".gif", ".heic", ".jpg", ".mo", ".pdf", ".png", ".pptx", ".webp", ".xlsx"})
LOCKS = sorted(ROOT.glob("requirements*.lock"))
EXACT_VERSION = re.compile(r"\d+\.\d+\.\d+")
LOCKED = re.compile(r"^([\w.-]+)==([\w.]+)", re.MULTILINE)


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def kept_files(folder: Path = ROOT) -> Iterator[Path]:
    """Every file a clone holds, found without git, which a bare machine does not have."""
    for path in sorted(folder.iterdir()):
        name = path.relative_to(ROOT).as_posix()
        if any(fnmatch(name, pattern) or fnmatch(path.name, pattern) for pattern in MADE_HERE):
            continue
        if path.is_dir():
            yield from kept_files(path)
        else:
            yield path


def kept_texts() -> Iterator[tuple[str, str]]:
    for path in kept_files():
        if path.suffix not in BINARY:
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8", errors="replace")


@pytest.mark.parametrize("lock", [*LOCKS, ROOT / "package-lock.json"], ids=lambda path: path.name)
def test_a_lock_says_what_and_never_where_from(lock: Path) -> None:
    assert "://" not in lock.read_text()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_is_known_by_its_hashes(lock: Path) -> None:
    packages = re.split(r"^(?=\w)", lock.read_text(), flags=re.MULTILINE)[1:]
    assert packages
    assert [package for package in packages if "--hash=sha256:" not in package] == []


@pytest.mark.parametrize(
    ("lock", "group"),
    [
        ("requirements.lock", None),
        ("requirements-dev.lock", "dev"),
        ("requirements-uv.lock", "uv"),
        ("requirements-node.lock", "node"),
    ],
)
def test_the_locks_hold_what_the_project_asks_for(lock: str, group: str | None) -> None:
    asked = project()["dependency-groups"][group] if group else project()["project"]["dependencies"]
    locked = dict(LOCKED.findall((ROOT / lock).read_text()))
    unmet = [
        requirement
        for requirement in map(Requirement, asked)
        if not requirement.specifier.contains(locked.get(requirement.name.lower(), "0"))
    ]
    assert unmet == []


def test_what_tests_use_beside_the_program_is_the_program_s_own_version() -> None:
    program = dict(LOCKED.findall((ROOT / "requirements.lock").read_text()))
    tests = dict(LOCKED.findall((ROOT / "requirements-dev.lock").read_text()))
    assert {name: tests[name] for name in program.keys() & tests.keys()} == {
        name: program[name] for name in program.keys() & tests.keys()
    }


def test_npm_packages_are_pinned_to_one_version_and_the_lock_has_it() -> None:
    asked = json.loads((ROOT / "package.json").read_text())
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    for name, version in {**asked["dependencies"], **asked["devDependencies"]}.items():
        assert EXACT_VERSION.fullmatch(version)
        assert locked[f"node_modules/{name}"]["version"] == version
        assert locked[f"node_modules/{name}"]["integrity"].startswith("sha512-")


def test_the_notices_are_of_the_packages_in_use() -> None:
    assert (ROOT / "NOTICES.md").read_text() == notices.page(), "start `./run notices`"


def test_no_file_names_a_package_registry_or_a_folder_of_one_machine() -> None:
    told = re.compile(r"pypi\.org|pythonhosted|npmjs\.(org|com)|artifactregistry|/root/|/home/(?!user\b)\w+/")
    assert {
        name: found[0] for name, text in kept_texts() if (found := told.search(text)) and "re.compile" not in text
    } == {}


def test_nobody_else_s_code_and_fonts_are_kept_here() -> None:
    foreign = [path for path in kept_files() if re.search(r"\.(min\.\w+|woff2?|ttf|otf|whl|tgz|map)$", path.name)]
    assert foreign == []


def test_every_tool_that_checks_is_configured_in_one_file() -> None:
    tools = {"bandit", "coverage", "deptry", "djlint", "importlinter", "mutmut", "mypy", "pytest", "ruff"}
    assert tools <= project()["tool"].keys()
    elsewhere = {
        ".bandit",
        ".coveragerc",
        ".djlintrc",
        ".importlinter",
        "mypy.ini",
        "pytest.ini",
        "ruff.toml",
        "setup.cfg",
    }
    assert [name for name in elsewhere if (ROOT / name).exists()] == []


def test_types_and_warnings_are_strict() -> None:
    tool = project()["tool"]
    assert tool["mypy"]["strict"] is True
    assert tool["ruff"]["lint"]["select"] == ["ALL"]
    assert tool["pytest"]["ini_options"]["filterwarnings"][0] == "error"


def test_every_rule_that_is_switched_off_has_its_reason_beside_it() -> None:
    switched_off = re.compile(r'^\s+"[A-Z]+\d*",(.*)$', re.MULTILINE)
    reasons = switched_off.findall((ROOT / "pyproject.toml").read_text())
    assert reasons
    assert [reason for reason in reasons if not re.match(r"\s+# [A-Z].*\.$", reason)] == []


def test_the_layers_are_named_in_sentences_and_leave_no_package_out() -> None:
    contracts = project()["tool"]["importlinter"]["contracts"]
    layers = [contract for contract in contracts if contract["type"] == "layers"]
    assert any(contract.get("exhaustive") for contract in layers)
    assert [contract["name"] for contract in contracts if len(contract["name"].split()) < 4] == []


def test_continuous_integration_runs_the_tests_and_nothing_else() -> None:
    lines = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line and not line.startswith("#")]
    assert lines == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "exec ./run test"]


def test_every_command_the_documents_name_exists() -> None:
    help_text = subprocess.run(
        [sys.executable, ROOT / "run", "help"], check=True, capture_output=True, text=True
    ).stdout
    documents = {name: text for name, text in kept_texts() if name.endswith(".md")}
    named = {word for text in documents.values() for word in re.findall(r"\./run ([a-z]+)", text)}
    assert {"help", "test"} <= named
    assert {word for word in named if f"./run {word}" not in help_text} == set()


def test_every_link_of_the_documents_leads_somewhere() -> None:
    linked = re.compile(r"\]\((?!https?:|mailto:|#|pictures/)([^)#\s]+)")
    documents = [path for path in kept_files() if path.suffix == ".md"]
    dead = {
        (path.name, to)
        for path in documents
        for to in linked.findall(path.read_text())
        if not (path.parent / to).exists()
    }
    assert dead == set()


def test_every_file_that_the_threat_model_names_is_there() -> None:
    named = re.findall(r"`([a-z_]+(?:/[a-z_]+)*/(?:[a-z_]+\.py)?|[a-z_]+(?:/[a-z_]+)+(?:\.py)?)`", _threat_model())
    assert len(named) > 20
    places = (ROOT, ROOT / "speakup")
    assert [each for each in named if not any((place / each).exists() for place in places)] == []


def _threat_model() -> str:
    return (ROOT / "docs" / "threat-model.md").read_text()
