"""Names that were known beforehand: in any case, in part, by their initials, and with one letter wrong."""

import re
from collections.abc import Iterable, Iterator

from speakup.identifying.found import Found, Kind
from speakup.identifying.people import Word, split
from speakup.identifying.words import ABBREVIATIONS, FIELD, english, fold, ordinary

_FORGIVING = 5
"""A name at least this long is known again with one letter wrong."""


def known_names(text: str, whole: Iterable[str]) -> Iterator[Found]:
    """Find what stands for somebody known."""
    whole = tuple(whole)
    listed = [_parts(name) for name in whole]
    parts = frozenset(part for name in listed for part in name if len(part) > 1)
    joined = frozenset(each for name in whole for each in _joined(name))
    words = split(text)
    for place, word in enumerate(words):
        if _bare(word.folded) in joined or _is_known(words, place, parts):
            yield Found(word.start, word.end, Kind.KNOWN)
    for name in whole:
        yield from _by_initials(text, name)


def _parts(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", fold(name))


def _joined(name: str) -> Iterator[str]:
    """Give what is nobody's word: a name run together, and a part of it that has an apostrophe or a hyphen inside."""
    pieces = re.findall(r"[^\W\d_]+(?:['-][^\W\d_]+)*", fold(name))
    yield from (_bare(each) for each in pieces if not each.isalpha())
    if len(pieces) > 1:
        yield _bare("".join(pieces))
        yield _bare("".join([pieces[-1], *pieces[:-1]]))


def _bare(folded: str) -> str:
    return folded.replace("'", "").replace("-", "")


def _is_known(words: list[Word], place: int, parts: frozenset[str]) -> bool:
    word = words[place]
    own = {word.folded, _bare(word.folded), *word.parts}
    if not own & parts:
        return any(_nearly(each, parts) for each in own)
    if word.folded not in ordinary() and word.folded not in FIELD:
        return True
    if word.capital and not word.first:
        return True
    beside = words[max(0, place - 1) : place] + words[place + 1 : place + 2]
    return any(set(each.parts) & parts for each in beside if each.folded != word.folded)


def _nearly(word: str, parts: frozenset[str]) -> bool:
    if len(word) < _FORGIVING or word in english():
        return False
    return any(len(part) >= _FORGIVING and one_letter_apart(word, part) for part in parts)


def one_letter_apart(one: str, other: str) -> bool:
    """Whether one letter added, left out, changed, or swapped with its neighbour makes the one into the other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    swapped = len(one) > 1 and len(other) > 1 and one[:2] == other[1::-1] and one[2:] == other[2:]
    return swapped or one[1:] == other[1:] or one[1:] == other or one == other[1:]


def _by_initials(text: str, name: str) -> Iterator[Found]:
    letters, words = ("".join(part[0].upper() for part in parts) for parts in (_parts(name), name.split()))
    for spelt in {letters, words, letters[:1] + letters[-1:]}:
        if not spelt[1:]:
            continue
        dotted = r"\. ?".join(spelt) + r"\.?"
        close = [spelt] if fold(spelt) not in ABBREVIATIONS else []
        for match in re.finditer(rf"(?<![\w.])(?:{'|'.join([dotted, *close])})(?!\w)", text):
            yield Found(match.start(), match.end(), Kind.KNOWN)
