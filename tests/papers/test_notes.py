"""What is said under a table keeps its total from being read as what it is not."""

import pytest

from speakup.disclosure import SafeFigure, SafeTable
from speakup.disclosure.safe import SEAL
from speakup.papers import grid
from speakup.papers.words import ROUNDED, title


@pytest.mark.parametrize(
    ("name", "line", "said"),
    [
        (grid.ACKNOWLEDGED, "In time", "they are in the total only"),
        (grid.TOOK, "Up to 20", "they are not among these"),
    ],
)
def test_a_table_by_time_says_that_cases_kept_from_a_colleague_are_not_in_its_lines(
    name: str, line: str, said: str
) -> None:
    figures = (((line,), SafeFigure(75, seal=SEAL)), ((None,), SafeFigure(100, seal=SEAL)))
    rounded, note = title(SafeTable(name, ((name, (line,)),), figures, seal=SEAL), "cases").notes
    assert rounded == ROUNDED
    assert "kept from a colleague" in note
    assert said in note


def test_other_tables_say_nothing_of_it() -> None:
    figures = ((("Openly",), SafeFigure(75, seal=SEAL)), ((None,), SafeFigure(100, seal=SEAL)))
    table = SafeTable(grid.HOW, ((grid.HOW, ("Openly",)),), figures, seal=SEAL)
    assert title(table, "cases").notes == (ROUNDED,)


@pytest.mark.parametrize(
    ("question", "called"),
    [("gender_identity", "gender the same as registered at birth"), ("overseas_trained", "trained overseas")],
)
def test_what_people_said_of_themselves_is_called_by_the_name_of_its_list(question: str, called: str) -> None:
    name = f"{grid.CHARACTERISTICS} {question}"
    table = SafeTable(name, (("answer", ("Yes",)),), ((("Yes",), SafeFigure(75, seal=SEAL)),), seal=SEAL)
    assert title(table, name).words == f"What people said of themselves: {called}"
