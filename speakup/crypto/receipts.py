"""The seven words a reporter keeps: drawn, read back however they are typed, and turned into a root secret."""

import hashlib
import os
import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from speakup.crypto import keypairs, words
from speakup.crypto.binding import bind
from speakup.crypto.errors import Unreadable
from speakup.crypto.passphrases import Parameters

WORD_COUNT: Final = 7
SALT_LENGTH: Final = 16
RECEIPT_PARAMETERS: Final = Parameters(memory_kib=19 * 1024, iterations=2, lanes=1)

_BYTES_A_WORD: Final = 16
"""Far more than a number of the list needs, so that no word is likelier than another by more than 2 in 10**35."""
_SPELT_AT_MOST: Final = 10
"""A letter more than the longest word of the list has: comparing more would only cost time."""
_ALIKE: Final = 3
"""Edits up to which a word of the list may be what was meant. Further off, naming one would help nobody."""


class Misspelt(Exception):
    """One word is not on the list. Says nothing about the others: whether the receipt exists is another question.

    `position` counts words from 1; `nearest` is empty where no word is like it. What was typed never appears in the
    error's own text, which may be logged.
    """

    def __init__(self, position: int, typed: str, nearest: str) -> None:
        super().__init__()
        self.position = position
        self.typed = typed
        self.nearest = nearest


class WrongCount(Exception):
    """Every word is on the list, but there are not seven."""

    def __init__(self, found: int) -> None:
        super().__init__()
        self.found = found


@dataclass(frozen=True)
class Receipt:
    """Seven words of the list. Other words raise ValueError: `parse` is for what people type."""

    words: tuple[str, ...] = field(repr=False)

    def __post_init__(self) -> None:
        listed = words.numbers_by_word()
        if len(self.words) != WORD_COUNT or any(word not in listed for word in self.words):
            raise ValueError("not seven words of the list")

    @property
    def numbers(self) -> tuple[str, ...]:
        """The five-digit dice number of each word, which opens the inbox as well."""
        return tuple(words.numbers_by_word()[word] for word in self.words)

    def text(self) -> str:
        return " ".join(self.words)


@dataclass(frozen=True)
class Generation:
    """The salt and costs that receipts of one period share. Never deleted: its receipts open by nothing else."""

    number: int
    salt: bytes = field(repr=False)
    parameters: Parameters

    def __post_init__(self) -> None:
        if len(self.salt) != SALT_LENGTH:
            raise Unreadable


@dataclass(frozen=True)
class ReceiptSecrets:
    """`root_secret` opens; `lookup_hash` (32 bytes) finds the row and is all that is stored of the receipt."""

    root_secret: bytes = field(repr=False)
    lookup_hash: bytes = field(repr=False)


def draw() -> Receipt:
    """Seven words from the operating system's randomness: 90.5 bits."""
    return Receipt(tuple(secrets.choice(words.all_words()) for _ in range(WORD_COUNT)))


def drawn_from(seed: bytes) -> Receipt:
    """The seven words of a seed of 32 random bytes, always the same: whoever has the seed has the words."""
    listed, stream = words.all_words(), keypairs.derive(seed, "receipt/drawn", WORD_COUNT * _BYTES_A_WORD)
    numbers = (int.from_bytes(stream[at : at + _BYTES_A_WORD]) for at in range(0, len(stream), _BYTES_A_WORD))
    return Receipt(tuple(listed[number % len(listed)] for number in numbers))


def new_generation(number: int) -> Generation:
    """A fresh salt at today's costs."""
    return Generation(number, os.urandom(SALT_LENGTH), RECEIPT_PARAMETERS)


def parse(text: str) -> Receipt:
    """Read a receipt as people write it down: any case and separators, list numbers, words, dice numbers or both.

    Raises Misspelt for the first word that is not on the list, otherwise WrongCount if there are not seven.
    """
    found: list[tuple[str, bool]] = []
    for typed in _typed_words(text):
        found.append((_listed(typed, len(found) + 1), typed.isdigit()))
    chosen = _without_doubles(found)
    if len(chosen) != WORD_COUNT:
        raise WrongCount(len(chosen))
    return Receipt(chosen)


def parse_words(text: str) -> tuple[str, ...]:
    """Read words of the list, as many as there are, in any case and with any separators; Misspelt names the first."""
    return tuple(_listed(typed, position) for position, typed in enumerate(_typed_words(text), start=1))


def open_receipt(receipt: Receipt, generation: Generation, organisation: bytes) -> ReceiptSecrets:
    """Everything a receipt opens, in one organisation; costs one Argon2id, so hold a slot."""
    stretched = generation.parameters.stretch(receipt.text().encode("ascii"), generation.salt)
    lookup = keypairs.derive(stretched, _label("lookup", organisation))
    root_secret = keypairs.derive(stretched, _label("root", organisation))
    return ReceiptSecrets(root_secret, hashlib.sha256(lookup).digest())


def _label(purpose: str, organisation: bytes) -> str:
    return f"receipt/{purpose}/{bind(organisation).hex()}"


def _typed_words(text: str) -> list[str]:
    """What was typed, word by word, without the numbers of a numbered list."""
    # A soft hyphen is invisible and comes along when words are copied from a page.
    plain = unicodedata.normalize("NFKC", text).replace("\N{SOFT HYPHEN}", "").casefold()
    tokens = (_western_digits(token) for token in re.findall(r"[^\W_]+", plain))
    unnumbered = (re.sub(r"^\d{1,2}(?=\D|$)", "", token) for token in tokens)
    return [token for token in unnumbered if token]


def _western_digits(token: str) -> str:
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in token)


def _listed(typed: str, position: int) -> str:
    """The word of the list that was typed as a word or as its number."""
    by_number, by_word = words.words_by_number(), words.numbers_by_word()
    if typed in by_number:
        return by_number[typed]
    if typed in by_word:
        return typed
    candidates = tuple(by_number) if typed.isdigit() else words.all_words()
    raise Misspelt(position, typed, words.nearest(typed[:_SPELT_AT_MOST], candidates, _ALIKE))


def _without_doubles(found: list[tuple[str, bool]]) -> tuple[str, ...]:
    """The words; where each stands beside its own number, as on the printed receipt, the pair counts once."""
    pairs = list(zip(found[::2], found[1::2], strict=False))
    doubled = len(found) == 2 * WORD_COUNT and all(
        one == other and one_is_number != other_is_number for (one, one_is_number), (other, other_is_number) in pairs
    )
    return tuple(word for word, _ in (found[::2] if doubled else found))
