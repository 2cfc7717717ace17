"""What a publication says first of itself says no more than its tables do."""

import pytest

from speakup.disclosure import SafeFigure, SafeTable
from speakup.disclosure.safe import SEAL
from speakup.papers import Kind
from speakup.papers.words import headline

SAID = "Most often it was about this: Bullying."


def elements(bullying: int | None, safety: int | None) -> SafeTable:
    shown = {"Bullying": bullying, "Safety": safety}
    figures = tuple(((line,), SafeFigure(count, seal=SEAL)) for line, count in shown.items())
    return SafeTable("element", (("element", tuple(shown)),), figures, seal=SEAL)


@pytest.mark.parametrize(
    ("bullying", "safety", "said"),
    [
        (40, 25, [SAID]),
        (40, None, []),
        (None, None, []),
        (40, 40, ["No single element stands out from the others."]),
    ],
)
def test_the_most_frequent_element_is_named_only_where_none_is_masked(
    bullying: int | None, safety: int | None, said: list[str]
) -> None:
    everybody = SafeFigure(70, seal=SEAL)
    assert headline(Kind.QUARTER, everybody, None, elements(bullying, safety)) == ["About 70 people spoke up.", *said]


def test_a_national_element_is_named_as_a_sentence_goes_on() -> None:
    lines = ("Element of worker safety or wellbeing", "Element of bullying or harassment")
    figures = tuple(((line,), SafeFigure(count, seal=SEAL)) for line, count in zip(lines, (45, 5), strict=True))
    table = SafeTable("element", (("element", lines),), figures, seal=SEAL)
    _how_many, most = headline(Kind.QUARTER, SafeFigure(70, seal=SEAL), None, table)
    assert most == "Most often it was about worker safety or wellbeing."
