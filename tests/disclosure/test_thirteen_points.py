"""Each of the method's thirteen points is switched off in a copy of the program, and the program's own tests notice.

In the copy, the tests that are named have to fail, and to fail in a test: one that cannot be run proves nothing. The
program that runs these tests is left alone. The several rules of point 8 are broken one by one in `test_readers.py`,
those of 12 and 13 in `tests/web/workspace/test_publication_rules.py`.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COPIED = ("speakup", "tests", "benchmarks")
NOTICED = 1
"""What pytest returns where tests ran and some failed."""


@dataclass(frozen=True)
class Off:
    """A point switched off: which words of which file are written otherwise, and which tests have to notice."""

    file: str
    words: str
    instead: str
    tests: str
    named: str


RULES, ATTACK = "tests/disclosure/test_rules.py", "tests/disclosure/test_attack.py"
POINTS = {
    "1 only publications, which never change by a byte": Off(
        "disclosure/stored.py",
        "if digest(data) != known_by:",
        "if False:",
        "tests/papers/test_pack.py",
        "changed_number or only_the_package",
    ),
    "2 a fixed grid": Off("disclosure/tables.py", "MOST_AXES = 2", "MOST_AXES = 3", RULES, "at_most_two_dimensions"),
    "3 groups chosen without this period's counts": Off(
        "disclosure/tables.py",
        "expected = self.last_year * fraction",
        "expected = len(self.rows) * fraction",
        RULES,
        "as_fine_as_last_year",
    ),
    "4 eligible groups": Off(
        "disclosure/rules.py", "staff < self.least_staff", "staff < 0", RULES, "small_groups_are_masked"
    ),
    "5 thresholds": Off(
        "disclosure/rules.py",
        "return self.groups if of_group or dimensions > 1 else self.trust_wide",
        "return 1",
        RULES,
        "fewer_than",
    ),
    "6 people and not cases": Off(
        "disclosure/protection.py", "return len({row.person for row in rows})", "return len(rows)", RULES, "people_are"
    ),
    "7 nobody is masked like few": Off(
        "disclosure/rules.py",
        "if people < threshold:\n            return Why",
        "if 0 < people < threshold:\n            return Why",
        RULES,
        "nobody_at_all",
    ),
    "8 attack and repair": Off("disclosure/suppress.py", "more = attack.cuts(masked)", "more = []", ATTACK, "own_cell"),
    "9 frozen quarters": Off(
        "disclosure/protection.py", "                raise _Changed", "                pass", RULES, "rewritten_quarter"
    ),
    "10 the ledger": Off(
        "disclosure/protection.py", "self._earlier = ledger.entries", "self._earlier = {}", RULES, "masked_once"
    ),
    "11 one way out": Off("disclosure/safe.py", "if seal is not SEAL:", "if False:", RULES, "only_protect_makes"),
    "12 words for as many as numbers": Off(
        "papers/making.py",
        "material.themes if each.heading in shown)),",
        "material.themes)),",
        "tests/papers/test_making.py",
        "enough_people",
    ),
    "13 not before four weeks": Off(
        "disclosure/rules.py", "WAIT = timedelta(weeks=4)", "WAIT = timedelta(0)", RULES, "four_weeks"
    ),
}


def outcome_of(root: Path, tests: str, named: str) -> subprocess.CompletedProcess[str]:
    """Run tests of a copy, of which only the ones so named, until one fails."""
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        tests,
        "-k",
        named,
    ]
    return subprocess.run(
        words, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program and its tests in a place of their own."""
    place = tmp_path_factory.mktemp("copied")
    for name in COPIED:
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__", "static", "texts"))
    for name in ("pyproject.toml", "config.py"):
        shutil.copy(ROOT / name, place / name)
    return place


def test_there_are_thirteen_points() -> None:
    assert [int(point.split()[0]) for point in POINTS] == list(range(1, 14))


@pytest.mark.parametrize("point", POINTS)
def test_the_program_without_the_point_fails_its_own_tests(point: str, copied: Path) -> None:
    off = POINTS[point]
    file = copied / "speakup" / off.file
    source = file.read_text()
    assert source.count(off.words) == 1
    file.write_text(source.replace(off.words, off.instead))
    try:
        done = outcome_of(copied, off.tests, off.named)
    finally:
        file.write_text(source)
    assert done.returncode == NOTICED, done.stdout + done.stderr
    assert re.search(r"^FAILED ", done.stdout, re.MULTILINE), done.stdout
    assert not re.search(r"^ERROR |ModuleNotFoundError|FileNotFoundError", done.stdout, re.MULTILINE), done.stdout


def test_the_copy_as_it_is_passes_them(copied: Path) -> None:
    for tests in sorted({off.tests for off in POINTS.values()}):
        named = " or ".join(off.named for off in POINTS.values() if off.tests == tests)
        done = outcome_of(copied, tests, named)
        assert done.returncode == 0, done.stdout + done.stderr
