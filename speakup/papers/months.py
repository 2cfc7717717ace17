"""Months that a text names: beside the rota, the month of something can be enough to know who it was.

A word that is a month and nothing else is one wherever it stands. March, May and August, and short forms such as Jan
or Sept, are taken for a month only where they are plainly part of a date: with a day or a year, or after such a word
as "in" or "since". "We may meet", "a march for nurses" and "Jan" are none.
"""

import re
from dataclasses import dataclass

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_APRIL = 4
_LETTERS = 3
_ALWAYS = "january|february|april|june|july|september|october|november|december"
_CAPITAL = "Mar|March|May|Aug|August|Jan|Feb|Apr|Jun|Jul|Sep|Sept|Oct|Nov|Dec"
_SMALL = "march|may|august|mar|aug|jan|feb|apr|jun|jul|sept?|oct|nov|dec"
_YEAR = r"(?:(?:19|20)\d\d\b|['’]\d\d\b)"
_BEFORE = (
    "in|since|during|until|till|from|by|of|before|after|between|through|throughout|early|mid|late|last|next|this|"
    "every|each|to|and|or"
)
_MONTH = re.compile(
    "|".join(
        (
            rf"\b(?i:(?P<always>{_ALWAYS}))\b",
            # With a day before it, or after it, or with a year.
            rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?\s*(?P<after_day>{_CAPITAL})\b",
            rf"\b\d{{1,2}}(?:st|nd|rd|th)\s+of\s+(?P<after_nth>{_SMALL})\b",
            rf"\b(?P<before_nth>{_CAPITAL})\.?\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)\b",
            rf"\b(?i:(?P<before_year>{_SMALL}))\.?[\s,]*{_YEAR}",
            # After a word that leads to a time, written as a name is.
            rf"\b(?i:{_BEFORE})[\s-]+(?:the\s+(?:end|beginning|start|middle)\s+of\s+)?(?P<named>March|May|August)\b",
            rf"\b(?:[Ii]n|[Ss]ince|[Dd]uring|[Uu]ntil|[Ee]arly|[Mm]id|[Ll]ate)[\s-]+(?P<short>{_CAPITAL})\b",
            # In digits: a day, or a month of a year.
            r"\b(?:0?[1-9]|[12]\d|3[01])[/.-](?P<of_day>0?[1-9]|1[0-2])[/.-](?:20)?\d\d\b",
            r"(?<![\d/.-])(?P<of_year>0?[1-9]|1[0-2])[/.](?:19|20)\d\d\b",
            r"\b(?:19|20)\d\d-(?P<iso>0[1-9]|1[0-2])-\d\d\b",
        )
    )
)


@dataclass(frozen=True, slots=True)
class Month:
    """A month that a text names, and the quarter of the financial year that it is of."""

    word: str
    quarter: int


def months_in(text: str) -> list[Month]:
    """List the months a text names, in their order."""
    return [_named(match) for match in _MONTH.finditer(text)]


def _named(match: re.Match[str]) -> Month:
    """Take the word alone, or the whole of what stands in digits."""
    (name, word) = next((name, word) for name, word in match.groupdict().items() if word)
    in_digits = word.isdigit()
    number = int(word) if in_digits else _NAMES.index(word[:_LETTERS].lower()) + 1
    return Month(match[0] if in_digits else match[name], (number - _APRIL) % 12 // 3 + 1)
