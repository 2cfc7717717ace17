"""The guide for guardians names pages, pictures and buttons that are there."""

import re
from pathlib import Path

import pytest

from benchmarks import guide

ROOT = Path(__file__).parents[1]
PAGES = sorted(guide.GUIDE.glob("*.md"))
SHOWN = re.compile(r"""_\(\s*(["'])(.*?)\1""")


def on_screen() -> set[str]:
    """Everything a page or a form of staff can say, as it stands in templates and code."""
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "speakup" / "web").rglob("*.py")]
    return {words for file in files for _, words in SHOWN.findall(file.read_text("utf-8"))}


def test_there_are_pages_and_the_first_leads_to_all_others() -> None:
    linked = re.findall(r"\]\(([a-z-]+\.md)\)", (guide.GUIDE / "README.md").read_text("utf-8"))
    assert sorted([*linked, "README.md"]) == [each.name for each in PAGES]


def test_every_picture_it_shows_is_one_that_is_taken() -> None:
    assert guide.wanted()
    assert guide.wanted() == guide.SHOTS.keys()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_name_of_a_page_or_a_button_stands_on_the_screen(page: Path) -> None:
    named = set(re.findall(r"\*\*([^*]+)\*\*", page.read_text("utf-8").replace("\n", " ")))
    assert named - on_screen() == set()
