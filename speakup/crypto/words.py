"""The EFF long word list without its four hyphenated words, and the five-digit dice number of each word.

The list is by the Electronic Frontier Foundation (CC BY 3.0), read from the `diceware` package's data. Its file is
found through the package's metadata so that none of that package's code runs.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path
from typing import Final

LENGTH: Final = 7772


@cache
def numbers_by_word() -> Mapping[str, str]:
    """Each word with its dice number, in the order of the list, which is alphabetical."""
    file = metadata.distribution("diceware").locate_file("diceware/wordlists/wordlist_en_eff.txt")
    text = Path(str(file)).read_text("utf-8")
    pairs = (line.split() for line in text.splitlines() if line)
    listed = {word: number for number, word in pairs if "-" not in word}
    if len(listed) != LENGTH:
        raise RuntimeError("the installed word list is not the EFF long list: old receipts could not be typed in")
    return listed


@cache
def words_by_number() -> Mapping[str, str]:
    return {number: word for word, number in numbers_by_word().items()}


@cache
def all_words() -> Sequence[str]:
    return tuple(numbers_by_word())


def nearest(typed: str, candidates: Sequence[str], within: int) -> str:
    """The candidate that the fewest edits separate from what was typed; empty where that takes more than `within`.

    An edit is a letter added, left out or changed, or two neighbours exchanged; of several equals the first counts.
    Candidates must be sorted: each shares the table rows of the beginning it has in common with the one before, and
    hopeless beginnings are left early. Most are not even begun with, so that a word like none costs next to nothing.
    """
    best, fewest = "", within + 1
    rows: list[list[int]] = [list(range(len(typed) + 1))]
    before = ""
    for candidate in _perhaps_alike(typed, candidates, within):
        del rows[_common_beginning(before, candidate) + 1 :]
        before = candidate
        _add_rows(rows, typed, candidate, fewest)
        if len(rows) == len(candidate) + 1 and rows[-1][-1] < fewest:
            best, fewest = candidate, rows[-1][-1]
    return best


def _perhaps_alike(typed: str, candidates: Sequence[str], within: int) -> Iterator[str]:
    """The candidates that neither their length nor their letters put further off: a letter too many is an edit."""
    letters, shortest, longest = _letters(typed), len(typed) - within, len(typed) + within
    for candidate, held in _with_letters(tuple(candidates)):
        apart = max((letters & ~held).bit_count(), (held & ~letters).bit_count())
        if apart <= within and shortest <= len(candidate) <= longest:
            yield candidate


@lru_cache(maxsize=4)
def _with_letters(candidates: tuple[str, ...]) -> Sequence[tuple[str, int]]:
    return [(candidate, _letters(candidate)) for candidate in candidates]


def _letters(word: str) -> int:
    """The set of a word's letters, a bit for each; two letters that share one only make the set look smaller."""
    held = 0
    for letter in word:
        held |= 1 << ord(letter) % 61
    return held


def _common_beginning(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _add_rows(rows: list[list[int]], typed: str, candidate: str, fewest: int) -> None:
    """Extend the edit-distance table letter by letter, stopping where no better candidate can follow."""
    while len(rows) <= len(candidate) and min(rows[-1]) < fewest:
        rows.append(_next_row(rows, typed, candidate))


def _next_row(rows: list[list[int]], typed: str, candidate: str) -> list[int]:
    """The row of the candidate's next letter. Not split further: it runs half a million times for a hopeless word."""
    letter, above = candidate[len(rows) - 1], rows[-1]
    before = candidate[len(rows) - 2] if len(rows) > 1 else ""
    left, diagonal, row = len(rows), above[0], [len(rows)]
    for place, other in enumerate(typed):
        edits = diagonal + (letter != other)
        diagonal = above[place + 1]
        if edits > left:
            edits = left + 1
        if edits > diagonal:
            edits = diagonal + 1
        if other == before and place and typed[place - 1] == letter:
            edits = min(edits, rows[-2][place - 1] + 1)
        row.append(edits)
        left = edits
    return row
