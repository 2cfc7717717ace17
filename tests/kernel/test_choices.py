"""A word that a column keeps fits into it on every database."""

from enum import StrEnum

import pytest

from speakup.kernel.db import Choice


class Fits(StrEnum):
    SHORT = "a" * 40


class TooLong(StrEnum):
    LONG = "a" * 41


def test_a_word_that_only_one_database_would_keep_is_refused_at_once() -> None:
    assert Choice(Fits).enumeration is Fits
    with pytest.raises(ValueError, match="longer than 40"):
        Choice(TooLong)
