"""People's names: by lists, capital letters, titles and what stands beside them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from speakup.identifying.found import Found, Kind
from speakup.identifying.words import (
    ABBREVIATIONS,
    FIELD,
    SAYING,
    english,
    fold,
    function_words,
    names,
    ordinary,
)

_WORD = re.compile(r"[^\W\d_]+(?:['’\u02bc\u2010\u2011-][^\W\d_]+)*")
_SENTENCE_ENDS = re.compile(r"(?:\A|[.!?:;…\n][\"'”’)\]]*\s*|\n\s*)[\"'“‘(\[•*–—-]*\s*$")
_POSSESSIVE = re.compile(r"['’](?:s|ll|d|ve|re|m)$", re.IGNORECASE)
_FIRM_TITLES = frozenset({
    "dr", "mr", "mrs", "ms", "mx", "prof", "professor", "sir", "dame", "cllr", "councillor", "rev", "revd", "reverend",
    "imam", "rabbi",
})  # fmt: skip
"""What is never said but before a name."""
_TITLES = _FIRM_TITLES | {"miss", "sister", "matron", "nurse", "doctor", "father", "canon", "lord", "lady"}
_PARTICLES = frozenset({
    "de", "da", "do", "dos", "del", "della", "di", "du", "van", "von", "der", "den", "el", "al", "bin", "ibn", "ap",
    "st", "la", "le", "san",
})  # fmt: skip
_SHORTEST = 3
"""Letters in the shortest word that is taken for a name without a capital."""
_INITIAL = re.compile(r"(?:\b[A-Z]\.?\s?){1,3}$")
_DOTTED = re.compile(r"(?<![\w.])(?:[A-Z]\. ?){2,4}(?!\w)")
_DOTTED_WORDS = frozenset({"am", "pm", "ps", "nb", "uk", "us", "usa", "eu", "nhs", "dob", "ae", "eg", "ie"})
_CAPITALS = re.compile(r"(?<![\w.&/'’-])[A-Z]{2}(?![\w&/'’-]|\.\w)")
_WITH_SURNAME = re.compile(r"(?<![\w.'’])(?:[A-Z]\.? ?){1,3}(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text and where it stands."""

    start: int
    end: int
    folded: str
    capital: bool
    shouted: bool
    first: bool
    """Whether it begins a sentence, where a capital says nothing."""

    @property
    def parts(self) -> list[str]:
        return [part for part in re.split(r"['-]", self.folded) if len(part) > 1]

    @property
    def is_name(self) -> bool:
        return self.folded not in FIELD and (self.folded in names() or any(_named(part) for part in self.parts))

    @property
    def is_word(self) -> bool:
        """Whether it is an ordinary word, or made of ordinary words."""
        return _is_ordinary(self.folded) or (bool(self.parts) and all(map(_is_ordinary, self.parts)))

    @property
    def is_rare_name(self) -> bool:
        """Whether it is a name and hardly ever a word, however it is written."""
        return len(self.folded) >= _SHORTEST and self.is_name and not self.is_word

    @property
    def is_met(self) -> bool:
        return self.folded in english() or (bool(self.parts) and all(part in english() for part in self.parts))

    @property
    def is_foreign(self) -> bool:
        """Whether it is in no list at all; with a capital, that is how most of the world's names look here."""
        return len(self.folded) >= _SHORTEST and not self.is_met and not self.is_name


def _named(part: str) -> bool:
    return len(part) >= _SHORTEST and part in names() and part not in FIELD


def _is_ordinary(word: str) -> bool:
    """Whether this is an ordinary word, or more than one of it."""
    return word in ordinary() or (len(word) > _SHORTEST and word.endswith("s") and word[:-1] in ordinary())


def split(text: str) -> list[Word]:
    """Take a text apart into words, without the `'s` of what is somebody's."""
    return [_word(text, match) for match in _WORD.finditer(text)]


def _word(text: str, match: re.Match[str]) -> Word:
    bare = _POSSESSIVE.sub("", match[0])
    return Word(
        start=match.start(),
        end=match.start() + len(bare),
        folded=fold(bare),
        capital=bare[0].isupper(),
        shouted=len(bare) > _SHORTEST and bare.isupper(),
        first=_SENTENCE_ENDS.search(text[max(0, match.start() - 12) : match.start()]) is not None,
    )


def people(text: str) -> Iterator[Found]:
    """Find names, with their titles and the initials before them."""
    words, at = split(text), 0
    while at < len(words):
        end = _after(text, words, at)
        if end > at:
            yield Found(_from(text, words[at].start), words[end - 1].end, Kind.PERSON)
        at = max(end, at + 1)


def initials(text: str) -> Iterator[Found]:
    """Find initials that stand alone: "J.S.", and two capitals that abbreviate nothing known."""
    for match in _DOTTED.finditer(text):
        if fold(re.sub(r"\W", "", match[0])) not in _DOTTED_WORDS:
            yield Found(match.start(), match.start() + len(match[0].rstrip()), Kind.INITIALS)
    for match in _CAPITALS.finditer(text):
        if fold(match[0]) not in ABBREVIATIONS and not _shouting(text, match.start()):
            yield Found(match.start(), match.end(), Kind.INITIALS)


def _shouting(text: str, at: int) -> bool:
    """Whether the words about are in capitals too, so that these are no initials but a short word."""
    around = [word for word in _WORD.findall(text[max(0, at - 25) : at + 25]) if len(word) >= _SHORTEST]
    return bool(around) and all(word.isupper() for word in around)


def _from(text: str, start: int) -> int:
    """Where a name begins that has initials before it."""
    before = _INITIAL.search(text[max(0, start - 9) : start])
    if before is None or before[0].strip() in {"I", "A"}:
        return start
    return start - len(before[0])


def _after(text: str, words: list[Word], at: int) -> int:
    """Return after which word a name ends that begins here; `at` itself, if none does."""
    if words[at].folded in _TITLES:
        return _after_title(text, words, at)
    if not _begins(text, words, at):
        return at
    return _to_the_end(text, words, at)


def _after_title(text: str, words: list[Word], at: int) -> int:
    title, following = words[at], _next(text, words, at)
    if following is None or (title.folded not in _FIRM_TITLES and text[title.end] == "."):
        return at
    if following.capital and not following.shouted and following.folded not in FIELD:
        return _to_the_end(text, words, at + 1)
    if following.is_rare_name or (title.folded in _FIRM_TITLES and following.folded not in function_words() | FIELD):
        return _to_the_end(text, words, at + 1)
    if following.shouted and following.is_name:
        return _to_the_end(text, words, at + 1)
    return at


def _begins(text: str, words: list[Word], at: int) -> bool:
    word = words[at]
    if word.folded in FIELD or len(word.folded) == 1:
        return False
    if not word.capital or word.shouted:
        return _begins_small(text, words, at)
    if _has_initial(text, word):
        return True
    if not word.first:
        return word.is_name or not word.is_word
    if word.is_name and not word.is_word:
        return True
    return word.is_foreign or (word.is_name and _is_somebody(text, words, at))


def _begins_small(text: str, words: list[Word], at: int) -> bool:
    """A name written small, or a text all in capitals: only what is hardly ever a word, or has a name behind it."""
    word = words[at]
    if word.is_rare_name:
        return True
    following = _next(text, words, at)
    if not word.is_name:
        return word.is_foreign and following is not None and (following.is_foreign or following.is_rare_name)
    return following is not None and following.capital == word.capital and following.is_rare_name


def _has_initial(text: str, word: Word) -> bool:
    before = text[max(0, word.start - 4) : word.start]
    return word.capital and re.search(r"(?<!\w)[B-HJ-Z]\.? ?$", before) is not None and bool(before.strip())


def _is_somebody(text: str, words: list[Word], at: int) -> bool:
    following = _next(text, words, at)
    if following is None:
        return text[words[at].end : words[at].end + 2] in {"'s", "’s"}
    if following.capital and not following.shouted and (following.is_name or following.is_foreign):
        return following.folded not in FIELD
    return following.folded in SAYING


def _to_the_end(text: str, words: list[Word], at: int) -> int:
    end = at + 1
    while end < len(words) and _goes_on(text, words, at, end):
        end += 1
    while end > at + 1 and words[end - 1].folded in _PARTICLES:
        end -= 1
    return end


def _goes_on(text: str, words: list[Word], at: int, here: int) -> bool:
    """Whether the word `here` belongs to the name that began at `at`."""
    word, last = words[here], words[here - 1]
    between = text[last.end : word.start]
    if between not in {" ", "-"} and not (between == ". " and (len(last.folded) == 1 or last.folded in _TITLES)):
        return False
    if len(word.folded) == 1 or word.folded in _PARTICLES:
        # An initial, or "van der": only where the name goes on after it.
        return word.folded != "i" and here + 1 < len(words) and words[here + 1].capital
    if word.folded in function_words():
        return False
    if word.capital and not word.shouted:
        return _surname(word) or not word.is_word
    if words[at].capital and not words[at].shouted:
        return word.is_rare_name
    return (word.is_name and word.folded not in FIELD) or word.is_foreign


def _surname(word: Word) -> bool:
    """A word of the field may be a surname too, as in "Sarah Ward"; on its own it never counts as one."""
    return word.is_name or (word.folded in FIELD and word.folded in names())


def _next(text: str, words: list[Word], at: int) -> Word | None:
    """The word that follows with nothing but a space, or a title's full stop, between."""
    if at + 1 >= len(words):
        return None
    between = text[words[at].end : words[at + 1].start]
    return words[at + 1] if re.fullmatch(r"\.? ", between) else None
