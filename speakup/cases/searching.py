"""What was typed into the search box, and where a text says it: plain values in and out.

Texts and questions are compared folded: case, accents and invisible characters do not count, every kind of apostrophe
and hyphen is the same, and both may be there or missing inside a word. A word is found at the beginning of words; one
of one or two letters, and whatever stands in quotation marks, only whole. Words that are hyphenated, an e-mail address
or a reference are several parts next to each other.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from operator import or_

LONGEST = 500
"""Characters of one question."""
SHORT = 2
"""Letters up to which a word is found only whole: what begins with “a” is half of everything."""
DIGITS_WITH_GAPS = 6
"""Digits from which a number is also found with spaces in it, as telephone numbers are written."""
SHOWN = 240
"""Characters of a sentence that are shown around what was found."""

COMMON = frozenset(
    """
    a about after all also am an and any are as at be because been before being but by can could did do does for from
    had has have he her him his how i if in into is it its just me more my no not of on or our out over she so some
    than that the their them then there these they this to up us was we were what when which who will with would you
    your
    """.split()  # noqa: SIM905 -- a list of seventy quoted words is read by nobody
)
"""Words that stand in almost every text: they are left out beside others."""

_QUOTES = '"“”„‟«»＂〝〞'  # noqa: RUF001 -- the marks that people's keyboards write
_QUOTED = re.compile(f"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]")
_APOSTROPHES = "’‘‛ʼ´`＇\u1fef\u1ffd"  # noqa: RUF001 -- see above
_HYPHENS = "‐‑‒–—―−﹣－"  # noqa: RUF001 -- see above
_REPLACED = [(each, "'") for each in _APOSTROPHES] + [(each, "-") for each in _HYPHENS]

_LETTER = r"[^\W_]"
_STARTS, _ENDS, _GOES_ON = rf"(?<!{_LETTER})", rf"(?!{_LETTER})", rf"{_LETTER}*"
_INSIDE = "['-]*"
_BETWEEN_DIGITS = r"'*[\s().'-]{0,2}"
_NEXT_TO = r"[\W_]{1,20}"
_TOGETHER = r"[\W_]{0,3}"
_LAST_SCRIPT, _TAGS = 0x1F000, (0xE0000, 0xE1000)
"""Where the marks are: below the pictures, and where tags are that nobody sees."""
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
"""Scripts that leave no space between words (Thai, Lao, Burmese, Khmer, Chinese, Japanese): no beginning to look at."""


@lru_cache(maxsize=1)
def _dropped() -> re.Pattern[str]:
    """Find what folding drops: marks upon a letter, and what is not seen at all."""
    looked_at = [chr(code) for code in (*range(_LAST_SCRIPT), *range(*_TAGS))]
    dropped = [each for each in looked_at if unicodedata.combining(each) or unicodedata.category(each) == "Cf"]
    return re.compile(f"[{re.escape(''.join(dropped))}]+")


def fold(text: str) -> str:
    """Return the form in which texts are compared. Folding character by character gives the same."""
    if not text.isascii():
        for old, new in _REPLACED:
            text = text.replace(old, new)
        if not text.isascii():
            text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
            return _dropped().sub("", text)
    return text.lower().replace("`", "'")


_fold_character = lru_cache(maxsize=4096)(fold)


def squeeze(raw: bytes) -> bytes:
    """Return a text's bytes as `Query.may_be_in` looks at them: folded, without apostrophes, hyphens and the like."""
    if raw.isascii() or _is_punctuation(raw.translate(None, _ASCII)):
        # Most of what is no ASCII is what word processors make of ASCII, and goes at a hundredth of the price.
        return raw.translate(_SQUEEZED, _LEFT_OUT)
    return fold(raw.decode("utf-8", "replace")).replace("'", "").replace("-", "").encode()


def squeeze_all(texts: Sequence[bytes]) -> list[bytes]:
    """Do it for several texts, with one look at what is no ASCII in all of them, where that will do."""
    odd = [each for each in texts if not each.isascii()]
    if odd and not _is_punctuation(b"".join(odd).translate(None, _ASCII)):
        return list(map(squeeze, texts))
    return [each.translate(_SQUEEZED, _LEFT_OUT) for each in texts]


def _is_punctuation(beyond: bytes) -> bool:
    """Say whether these bytes of UTF-8 are marks that stand for no letter and no digit.

    These are General Punctuation (quotation marks, dashes, spaces; E2 80), and £, § and the space that does not break.
    No part of a term holds any of them.
    """
    known = sum(len(mark) * beyond.count(mark[:2]) for mark in _PLAIN_MARKS)
    return known == len(beyond)


_ASCII = bytes(range(128))
_LEFT_OUT = b"'-`" + bytes(range(128, 256))
_PLAIN_MARKS = ("\u2019".encode(), "£".encode(), "\u00a0".encode(), "§".encode())
_SQUEEZED = bytes(range(256)).lower()


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a text says a term: the term's number, and from where to where."""

    term: int
    start: int
    end: int


@dataclass(frozen=True)
class Term:
    """One thing to be found: a word, or parts that stand next to each other. All are folded and hold only letters."""

    parts: tuple[str, ...] = field(repr=False)
    quoted: bool = False

    @cached_property
    def needles(self) -> tuple[str, ...]:
        """What must be somewhere in the squeezed form of a text that says this."""
        return tuple(each[:SHORT] if _is_long_number(each) else each for each in self.parts)

    @cached_property
    def begins_words(self) -> str:
        """The whole of it, where it is one word and whatever begins with that is meant; else nothing."""
        word = self.parts[0]
        plain = len(self.parts) == 1 and not self.quoted and not _is_long_number(word) and not _UNSPACED.search(word)
        return word if plain and len(word) > SHORT else ""

    def is_in(self, folded: str) -> bool:
        """Say whether a folded text says it."""
        if not self.begins_words:
            return self._stands_plainly_in(folded) or bool(self.pattern.search(folded))
        at = folded.find(self.begins_words)
        while at > 0 and folded[at - 1].isalnum():
            at = folded.find(self.begins_words, at + 1)
        # It may yet be written with a sign inside it.
        return at >= 0 or (("'" in folded or "-" in folded) and bool(self.pattern.search(folded)))

    def _stands_plainly_in(self, folded: str) -> bool:
        """Say whether it stands where its first part does, with no sign in that: sooner asked than at every letter."""
        at = folded.find(self.parts[0])
        while at >= 0 and not self.pattern.match(folded, at):
            at = folded.find(self.parts[0], at + 1)
        return at >= 0

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds it in a folded text."""
        unspaced = bool(_UNSPACED.search(self.parts[0]))
        whole = self.quoted or (len(self.parts) == 1 and len(self.parts[0]) <= SHORT)
        start = "" if unspaced else _STARTS
        end = ("" if unspaced else _ENDS) if whole else ("" if unspaced else _GOES_ON)
        gap = _NEXT_TO if self.quoted else _TOGETHER
        return re.compile(start + gap.join(map(_spelled, self.parts)) + end)


def _is_long_number(part: str) -> bool:
    return len(part) >= DIGITS_WITH_GAPS and part.isdecimal()


def _spelled(part: str) -> str:
    return (_BETWEEN_DIGITS if _is_long_number(part) else _INSIDE).join(map(re.escape, part))


@dataclass(frozen=True)
class Query:
    """What is looked for. A case must say every term, in whichever of its texts."""

    terms: tuple[Term, ...] = field(repr=False)
    left_out: tuple[str, ...] = field(default=(), repr=False)
    """Words that stand everywhere and were not looked for."""
    only_common: bool = False
    """Nothing but such words was asked for: they are looked for next to each other."""

    def __bool__(self) -> bool:
        return bool(self.terms)

    def may_be_in(self, squeezed: Sequence[bytes]) -> bool:
        """Say whether a case of these texts is worth a closer look; never no where `hits` would find every term.

        `squeezed` is what `squeeze_all` made of the texts, here and below.
        """
        return bool(self.may_say(squeezed))

    @cached_property
    def _by_term(self) -> tuple[tuple[int, tuple[bytes, ...]], ...]:
        # The longest first, of a term and of its parts: it is the one most texts do not say.
        by_term = [
            (1 << at, tuple(sorted((each.encode() for each in term.needles), key=len, reverse=True)))
            for at, term in enumerate(self.terms)
        ]
        return tuple(sorted(by_term, key=lambda term: len(term[1][0]), reverse=True))

    def may_say(self, squeezed: Sequence[bytes]) -> list[int]:
        """Say of each text which terms may be in it, a bit for each from the lowest; never without one `says` has.

        Nothing where some term is in none of them: they are not worth a closer look.
        """
        may: list[int] = []
        for bit, (needle, *more) in self._by_term:
            bits = [bit if needle in each else 0 for each in squeezed]
            for other in more:
                bits = [held and (bit if other in each else 0) for held, each in zip(bits, squeezed, strict=True)]
            if not any(bits):
                return []
            may = list(map(or_, may, bits)) if may else bits
        return may or [0] * len(squeezed)

    @cached_property
    def _first_parts(self) -> tuple[bytes, ...]:
        return tuple(term.needles[0].encode() for term in self.terms)

    def begins_a_word_in(self, squeezed: bytes) -> bool:
        """Say whether any term stands in one text after a space: where to look first, and no more than that."""
        return any(b" " + needle in squeezed for needle in self._first_parts)

    def says(self, text: str) -> int:
        """Say which terms a text says, a bit for each: those that `hits` finds, without where."""
        folded = fold(text)
        squeezed = folded.replace("'", "").replace("-", "")
        said = 0
        for at, term in enumerate(self.terms):
            if all(each in squeezed for each in term.needles) and term.is_in(folded):
                said |= 1 << at
        return said

    @property
    def every(self) -> int:
        """The bits of all terms."""
        return (1 << len(self.terms)) - 1

    def hits(self, text: str) -> list[Hit]:
        """Say where a text says which of the terms, in the text's own characters, from its beginning on."""
        folded, places = _folded_with_places(text)
        squeezed = folded.replace("'", "").replace("-", "")
        found = [
            Hit(number, places[match.start()], places[match.end() - 1] + 1)
            for number, term in enumerate(self.terms)
            if all(each in squeezed for each in term.needles)
            for match in term.pattern.finditer(folded)
        ]
        return sorted(found, key=lambda hit: (hit.start, -hit.end))


def _folded_with_places(text: str) -> tuple[str, Sequence[int]]:
    """Fold a text; say of each character of the outcome which one of the text it came from."""
    if text.isascii():
        return fold(text), range(len(text))
    pieces = [_fold_character(each) for each in text]
    return "".join(pieces), [at for at, piece in enumerate(pieces) for _ in piece]


def parse(typed: str) -> Query:
    """Read what was typed. A quotation mark without its other half is no quotation mark; a sign alone is no word."""
    typed = typed[:LONGEST]
    quoted = [Term(parts, quoted=True) for each in _QUOTED.findall(typed) if (parts := _parts(each))]
    words = [parts for each in _QUOTED.sub(" ", typed).split() if (parts := _parts(each))]
    common = [parts[0] for parts in words if len(parts) == 1 and parts[0] in COMMON]
    telling = [Term(parts) for parts in words if parts not in {(each,) for each in common}]
    if common and not telling and not quoted:
        return Query((Term(tuple(common), quoted=True),), only_common=True)
    return Query(_unlike([*quoted, *telling]), left_out=tuple(dict.fromkeys(common)))


def _unlike(terms: Iterable[Term]) -> tuple[Term, ...]:
    return tuple(dict.fromkeys(terms))


def _parts(typed: str) -> tuple[str, ...]:
    """Split at whatever is no letter, digit or sign upon one; an apostrophe inside a word does not split it."""
    folded = fold(typed)
    letters = "".join(each if _is_letter(each) else " " for each in folded.replace("'", ""))
    return tuple(letters.split())


def _is_letter(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")


# What is shown of a text

SENTENCES = 3
"""Of one text, where no single one says everything."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The sentence around what was found, in pieces: each with whether it is what was looked for."""

    pieces: tuple[tuple[str, bool], ...] = field(repr=False)


_NO_END = "".join(rf"(?<!\b{each}\.)" for each in ("Dr", "Mr", "Mrs", "Ms", "Mx", "Prof", "St", r"[A-Z]\.[A-Z]"))
"""Titles, and initials of two names, with their full stop."""
_SENTENCE_ENDS = re.compile(rf"(?<=[.!?…。！？]){_NO_END}[\s”’\"')\]]+|\n+")  # noqa: RUF001 -- ends of sentences in any script


def sentences(text: str) -> list[tuple[int, int]]:
    """Say from where to where each sentence of a text goes."""
    ends = [0, *(match.end() for match in _SENTENCE_ENDS.finditer(text)), len(text)]
    return [span for span in pairwise(ends) if span[0] < span[1]]


def excerpt(text: str, hits: Sequence[Hit]) -> Excerpt:
    """Return the sentences that say most of what was looked for, in their order; long ones only around it."""
    said: dict[tuple[int, int], list[Hit]] = {
        span: within for span in sentences(text) if (within := [h for h in hits if span[0] <= h.start < span[1]])
    }
    wanted, shown = {hit.term for hit in hits}, list[tuple[int, int]]()
    while wanted and len(shown) < SENTENCES:
        best = max(said, key=lambda span: len({hit.term for hit in said[span]} & wanted))
        within = said.pop(best)
        wanted -= {hit.term for hit in within}
        shown.append(_narrowed(text, (best[0], max(best[1], *(hit.end for hit in within))), within[0]))
    return Excerpt(tuple(_marked(text, sorted(shown), hits)))


def _narrowed(text: str, span: tuple[int, int], first: Hit) -> tuple[int, int]:
    start, end = span
    if end - start <= SHOWN:
        return start, end
    at = max(start, min(first.start - SHOWN // 3, end - SHOWN))
    return _to_space(text, at, start, first.start), _to_space(text, min(at + SHOWN, end), first.end, end)


def _to_space(text: str, at: int, low: int, high: int) -> int:
    """Move a cut to the next space, so that no word is shown in part; not past where it may stand."""
    at = min(max(at, low), high)
    if at in (low, high):
        return at
    space = text.find(" ", at, high)
    return high if space < 0 and high - at < SHOWN // 4 else at if space < 0 else space + 1


def _marked(text: str, spans: Iterable[tuple[int, int]], hits: Iterable[Hit]) -> list[tuple[str, bool]]:
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in spans:
        if text[at:start].strip():
            pieces.append((" … " if pieces else "…", False))
        at = max(at, start)
        for hit in hits:
            if at <= hit.start < end:
                pieces += [(text[at : hit.start], False), (text[hit.start : hit.end], True)]
                at = hit.end
        pieces.append((text[at:end].rstrip() if end > at else "", False))
        at = max(at, end)
    if text[at:].strip():
        pieces.append((" …", False))
    return [(words, found) for words, found in pieces if words]
