"""The lists that are looked words up in: names from faker and zxcvbn, ordinary English, and the words of this field."""

import re
import unicodedata
from functools import cache
from importlib import import_module
from pathlib import Path

from faker.providers.lorem.en_US import Provider as PlainEnglish
from zxcvbn.frequency_lists import FREQUENCY_LISTS

LANGUAGES = (
    "en", "en_GB", "en_IE", "ga_IE", "en_US", "en_NZ", "en_IN", "en_PK", "en_KE", "en_NG", "yo_NG", "ha_NG", "ig_NG",
    "tw_GH", "zu_ZA", "sw", "pl_PL", "lt_LT", "lv_LV", "sk_SK", "cs_CZ", "hu_HU", "hr_HR", "ro_RO", "pt_PT", "es_ES",
    "it_IT", "fr_FR", "de_DE", "tr_TR",
)  # fmt: skip
"""Whose names faker has in Latin letters, and who works in the NHS in numbers."""

_STANDS_FOR = {
    "ł": "l", "đ": "d", "ð": "d", "ø": "o", "\u0131": "i",
    "’": "'", "‘": "'", "\u02bc": "'", "\u2010": "-", "\u2011": "-",
}  # fmt: skip
_LISTS = Path(__file__).parent / "lists"


def _listed(name: str) -> frozenset[str]:
    return frozenset((_LISTS / f"{name}.txt").read_text("utf-8").split())


FIELD = _listed("field")
"""Words of this field, and of letters, that stand with a capital in front and are nobody's name on their own."""
SAYING = _listed("saying")
"""What somebody does: after a word that may be a name, a sign that it is one."""
ABBREVIATIONS = _listed("abbreviations")
"""Capital letters that are no person's initials."""
OFTEN = 2500
"""Of each list of words by frequency, how many from the top are surely words."""


def fold(text: str) -> str:
    """Take accents, case and kinds of apostrophe off, letter by letter, so that every place stays where it was."""
    return "".join(_STANDS_FOR.get(small, small) for small in map(_plain, text))


def _plain(letter: str) -> str:
    # A letter of full width, or one out of a circle, is that letter; a ligature would become two, and stays.
    usual = unicodedata.normalize("NFKC", letter)
    small = unicodedata.normalize("NFD", usual if len(usual) == 1 else letter)[0].lower()
    return small if len(small) == 1 else letter


@cache
def names() -> frozenset[str]:
    """Every word of a given or family name, folded: 30,000 or so, of which some are ordinary words too."""
    found = set(FREQUENCY_LISTS["male_names"]) | set(FREQUENCY_LISTS["female_names"]) | set(FREQUENCY_LISTS["surnames"])
    for language in LANGUAGES:
        people = import_module(f"faker.providers.person.{language}").Provider
        for which in ("first_names", "first_names_male", "first_names_female", "last_names"):
            for name in getattr(people, which, ()):
                found.update(re.findall(r"[^\W\d_]{2,}", fold(name)))
    # What people on British wards are called and those lists lack; and what they hold that nobody is called.
    return frozenset(found | _listed("more_names")) - _listed("no_names")


@cache
def english() -> frozenset[str]:
    """Words met in English at large, folded; many are names of people and places as well."""
    return frozenset(FREQUENCY_LISTS["us_tv_and_film"]) | frozenset(FREQUENCY_LISTS["english_wikipedia"]) | ordinary()


@cache
def ordinary() -> frozenset[str]:
    """Words that, written small, are more likely a word than somebody's name."""
    often = {*FREQUENCY_LISTS["us_tv_and_film"][:OFTEN], *FREQUENCY_LISTS["english_wikipedia"][:OFTEN]}
    sure = often - _listed("names_from_films")
    return frozenset(sure | set(PlainEnglish.word_list) | _listed("also_words")) | FIELD


@cache
def function_words() -> frozenset[str]:
    """The commonest words, which end a name whatever list they stand on."""
    return frozenset({*FREQUENCY_LISTS["us_tv_and_film"][:400], *FREQUENCY_LISTS["english_wikipedia"][:300], *SAYING})
