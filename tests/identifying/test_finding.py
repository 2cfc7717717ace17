"""What is found in a text, and where; how much of it all is in test_recall_and_precision.py."""

import string
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.identifying import Found, Kind, Known, find, pieces


def told(text: str, known: Known = Known()) -> list[tuple[str, Kind]]:  # noqa: B008 -- It is frozen and empty.
    return [(text[each.start : each.end], each.kind) for each in find(text, known)]


@pytest.mark.parametrize(("text", "expected"), [
    ("It was Mrs O’Neill-Grant's idea.", [("Mrs O’Neill-Grant", Kind.PERSON)]),
    ("ask dr smith", [("dr smith", Kind.PERSON)]),
    ("A.B. Okoro signed", [("A.B. Okoro", Kind.PERSON)]),
    ("She told Mark. Will he answer?", [("Mark", Kind.PERSON)]),
    ("Will you mark the chart, and may I sue?", []),
    ("The nurse. She had gone.", []),
    ("Call 0115 496 0123 or ext. 4410", [("0115 496 0123", Kind.TELEPHONE), ("ext. 4410", Kind.TELEPHONE)]),
    ("d.smith@example.net", [("d.smith@example.net", Kind.EMAIL)]),
    ("I looked at it. Later I left at ten.", []),
    ("born 3 May 1980", [("born 3 May 1980", Kind.BIRTH)]),
    ("the head of estates", [("head of estates", Kind.POST)]),
    ("WE WERE TOLD NOTHING", []),
    ("told by a band 6 physio on Heron Ward.", [("band 6 physio on Heron Ward", Kind.PERSON)]),
    ("the Heron Ward sister", [("Heron Ward sister", Kind.PERSON)]),
])  # fmt: skip
def test_is_found(text: str, expected: list[tuple[str, Kind]]) -> None:
    assert told(text) == expected


def test_a_given_place_is_found_however_it_is_written_with_the_job_beside_it() -> None:
    known = Known(places=("Maple", "Acute Medicine"))
    assert told("on maple, at night", known) == [("maple", Kind.PLACE)]
    assert told("the ward manager on MAPLE said", known) == [("ward manager on MAPLE", Kind.POST)]
    assert told("our Acute Medicine matron", known) == [("Acute Medicine matron", Kind.POST)]


@pytest.mark.parametrize("text", [
    "katarzyna", "Katarzyna", "KATARZYNA", "Katarzina", "katarzyna's", "Nowak-Hill", "K.N.", "KNH", "Kátarzyna",
])  # fmt: skip
def test_a_known_name_is_found_in_part_in_any_case_misspelt_and_by_its_initials(text: str) -> None:
    assert [kind for _, kind in told(f"and then {text} left", Known(names=("Katarzyna Nowak-Hill",)))] == [Kind.KNOWN]


def test_a_known_name_that_is_a_word_is_found_only_where_it_looks_like_a_name() -> None:
    known = Known(names=("Grace Hill",))
    assert told("with good grace, up the hill", known) == []
    assert told("they saw grace hill there", known) == [("grace", Kind.KNOWN), ("hill", Kind.KNOWN)]
    assert told("they saw Grace there", known) == [("Grace", Kind.KNOWN)]


@given(st.text(alphabet=string.printable + "éłŞß’—٣कİ\u0301\u00ad", max_size=200))
def test_whatever_is_written_comes_apart_and_together_again(text: str) -> None:
    found = find(text, Known(names=("Ann Other",), places=("Maple",)))
    assert "".join(piece for piece, _ in pieces(text, found)) == text
    assert all(first.end <= second.start for first, second in pairwise(found))
    assert all(text[each.start : each.end].strip() for each in found)


def test_what_is_found_says_nothing_of_what_was_known() -> None:
    assert "Nowak" not in repr(Known(names=("Nowak",)))
    assert repr(Found(0, 5, Kind.KNOWN)) == "Found(start=0, end=5, kind=<Kind.KNOWN: 'known'>)"


@pytest.mark.parametrize("text", [
    "Pine\u00adwood", "Pet\u200bra", "\uff30\uff45\uff54\uff52\uff41", "PetraPinewood", "@petrapinewood",
    "Petra\u2019s",
])  # fmt: skip
def test_somebody_known_is_known_again_whatever_lies_unseen_between_their_letters(text: str) -> None:
    assert told(text, Known(names=("Petra Pinewood",))) == [(text.removesuffix("\u2019s"), Kind.KNOWN)]


@pytest.mark.parametrize("text", ["O\u2019Neill", "O'Neill", "ONeill"])
def test_a_name_that_begins_a_sentence_and_is_known_from_films_is_known(text: str) -> None:
    assert told(f"{text} was there", Known(names=("Ann O'Neill",)))[0] == (text, Kind.KNOWN)


@pytest.mark.parametrize("again", ["a-", "A'", "0-", "07", "a.", "a@b.", "A.B.", "band 7 ", "acting ", "Maple "])
def test_a_text_made_to_be_searched_for_long_is_not(again: str) -> None:
    known = Known(names=("Petra Pinewood",), places=("Maple",))
    find("Once, so that every list is read.", known)
    began = time.process_time()
    find((again * 100_000)[:100_000], known)
    # As it was, each took from ten seconds to four minutes.
    assert time.process_time() - began < 6
