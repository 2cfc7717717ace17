"""What a figure beside the published ones may be, and which numbers an answer says."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from speakup.assurance.models import Indicator, Unit

FEWEST: Final = 5
"""A number of fewer is left out, as among the published figures: few grievances name who brought them."""
_LARGEST: Final = Decimal(10) ** 9
_PLACES: Final = 3
_TOP = {Unit.PERCENT: Decimal(100), Unit.OUT_OF_TEN: Decimal(10)}

USUAL_UNITS: Final = {
    Indicator.SUB_SCORE: Unit.OUT_OF_TEN,
    Indicator.CLINICAL_SECURE: Unit.PERCENT,
    Indicator.CLINICAL_ADDRESSED: Unit.PERCENT,
    Indicator.SAFE: Unit.PERCENT,
    Indicator.ADDRESSED: Unit.PERCENT,
    Indicator.SICKNESS: Unit.PERCENT,
    Indicator.TURNOVER: Unit.PERCENT,
    Indicator.GRIEVANCES: Unit.NUMBER,
    Indicator.INCIDENTS: Unit.NUMBER,
}
"""What each is counted in where nothing else is said."""

_NUMBER = re.compile(r"\d{1,3}(?:[,\u202f\u00a0]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_WRITTEN_OUT = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|"
    r"eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|dozen|none|nobody|half|"
    r"twice|both|a couple|a handful|a few)\b",
    re.IGNORECASE,
)


def fault(value: Decimal, unit: Unit) -> str | None:
    """Say what is wrong with a figure, as a short code; None where nothing is."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or not 0 <= value < _LARGEST:
        return "size"
    if -exponent > _PLACES:
        return "places"
    if unit in _TOP and value > _TOP[unit]:
        return "size"
    if unit is Unit.NUMBER and value != value.to_integral_value():
        return "whole"
    return "small" if unit is Unit.NUMBER and value < FEWEST else None


def numbers_of(text: str) -> Iterator[tuple[int, int]]:
    """Find where a text says a number, in digits or in words: in an answer to a board each may let a figure out."""
    spans = [match.span() for pattern in (_NUMBER, _WRITTEN_OUT) for match in pattern.finditer(text)]
    yield from sorted(spans)
