"""What a text has in common with others: whoever knows how somebody spoke would know it again.

Words in a row that stand in both, and single words that are rare, or numbers, or days: a bed, a drug, a place.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from speakup.identifying.found import Found, Kind
from speakup.identifying.words import FIELD, fold, ordinary

IN_A_ROW = 4
"""Words next to each other that no two people choose by chance, nearly always."""
_KNOWN_TO_ALL = 8_000
"""Of each list of words by frequency, how many from the top say nothing about where they were said."""
_SHORTEST = 4
_WORD = re.compile(r"\w+(?:['’\u02bc\u2010\u2011-]\w+)*")
_DAYS = frozenset({
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "april",
    "june", "july", "august", "september", "october", "november", "december", "christmas", "easter", "ramadan",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shared:
    """What was said elsewhere: rows of words, and single words that tell."""

    rows: frozenset[tuple[str, ...]] = field(default=frozenset(), repr=False)
    words: frozenset[str] = field(default=frozenset(), repr=False)


def words_of(texts: Iterable[str]) -> Shared:
    """Take in what was said, to be looked for in what somebody writes."""
    rows, telling = set[tuple[str, ...]](), set[str]()
    for text in texts:
        words = [folded for _, _, folded in _words(text)]
        rows.update(zip(*(words[start:] for start in range(IN_A_ROW)), strict=False))
        telling.update(filter(_tells, words))
    return Shared(frozenset(rows), frozenset(telling))


def common_words(text: str, shared: Shared) -> Iterator[Found]:
    """Find what a text has in common with what was said."""
    words = _words(text)
    folded = [each for _, _, each in words]
    for at in range(len(words) - IN_A_ROW + 1):
        if tuple(folded[at : at + IN_A_ROW]) in shared.rows:
            yield Found(words[at][0], words[at + IN_A_ROW - 1][1], Kind.COPIED)
    for start, end, word in words:
        if word in shared.words:
            yield Found(start, end, Kind.RARE)


def _words(text: str) -> list[tuple[int, int, str]]:
    return [(each.start(), each.end(), fold(each[0])) for each in _WORD.finditer(text)]


def _tells(word: str) -> bool:
    if any(each.isdigit() for each in word) or word in _DAYS:
        return True
    return len(word) >= _SHORTEST and not _is_known_to_all(word)


def _is_known_to_all(word: str) -> bool:
    plain = word.partition("'")[0]
    parts = plain.split("-")
    return all(each in _everyday() or each.removesuffix("s") in _everyday() for each in parts)


@cache
def _everyday() -> frozenset[str]:
    often = (FREQUENCY_LISTS["us_tv_and_film"][:_KNOWN_TO_ALL], FREQUENCY_LISTS["english_wikipedia"][:_KNOWN_TO_ALL])
    return frozenset().union(*often) | ordinary() | FIELD
