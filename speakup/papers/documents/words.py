"""The words of a document, in the language of the paper; days are written as people say them."""

import gettext
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path

from babel.dates import format_date

Say = Callable[[str], str]
"""Gives words in the language of a paper."""

_TRANSLATIONS = Path(__file__).resolve().parents[2] / "translations"


@lru_cache(maxsize=4)
def words_in(language: str) -> Say:
    """Give whoever writes a document its words."""
    return gettext.translation("messages", _TRANSLATIONS, [language], fallback=True).gettext


def day(on: date, language: str) -> str:
    """Write a day as 2 November 2026."""
    return str(format_date(on, "d MMMM yyyy", locale=language))


def period(label: str) -> str:
    """Write a quarter as people do: 2026-27 Q2."""
    return label.replace("/", " ")


def sentence(words: str) -> str:
    """Begin with a capital, and change nothing else: names keep theirs."""
    return words[:1].upper() + words[1:]
