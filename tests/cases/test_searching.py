"""What was typed, and where a text says it: examples people would type, and properties over any text at all."""

import json
import re
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from speakup.cases.searching import (
    LONGEST,
    SENTENCES,
    SHOWN,
    Query,
    excerpt,
    fold,
    parse,
    sentences,
    squeeze,
    squeeze_all,
)

ANY_TEXT = st.text(max_size=60)
LETTERS = st.text(st.characters(categories=["Ll", "Lu", "Nd"]), min_size=3, max_size=12)
ODD = st.text(st.sampled_from("aAeéẹ̀ßſﬁﬃİıςΣ’'‘-–‐\u00ad\u200d\u0301\u0323 .,_\"“”\\\n\t…が東Ⅷ½हिं"), max_size=24)  # noqa: RUF001 -- what folds in odd ways


def says(text: str, typed: str) -> list[str]:
    """What of a text is marked for a question; nothing unless every term of it is there."""
    query = parse(typed)
    hits = query.hits(text)
    assert query.may_be_in([squeeze(text.encode())]) or {hit.term for hit in hits} != set(range(len(query.terms)))
    return (
        [text[hit.start : hit.end] for hit in hits]
        if {hit.term for hit in hits} == set(range(len(query.terms)))
        else []
    )


@pytest.mark.parametrize(
    ("typed", "text", "marked"),
    [
        ("medic", "the medicines were late", ["medicines"]),
        ("medic", "a paramedic came", []),
        ("WARD", "on Ward 7", ["Ward"]),
        ("cafe", "the Café", ["Café"]),
        ("café", "the cafe", ["cafe"]),
        ("obrien", "Mr O’Brien said", ["O’Brien"]),
        ("O'Brien", "mr obrien's", ["obrien"]),
        ("brien", "Mr O’Brien said", ["Brien"]),
        ("reid", "Okonkwo-Reid", ["Reid"]),
        ("Okonkwo–Reid", "okonkwo reid", ["okonkwo reid"]),
        ("wellbeing", "our well\u2011being", ["well\u2011being"]),
        ("well-being", "our wellbeing", ["wellbeing"]),
        ("don't", "they don’t", ["don’t"]),
        ("nora@example.org", "write to Nora@Example.org.", ["Nora@Example.org"]),
        ("su-7k3m-q2xd", "as in SU-7K3M-Q2XD", ["SU-7K3M-Q2XD"]),
        ("SU 7K3M Q2XD", "SU-7K3M-Q2XD", ["SU", "7K3M", "Q2XD"]),
        ("07700900123", "ring 07700 900 123 at six", ["07700 900 123"]),
        ("rota", "rota_of_march.pdf", ["rota"]),
        ("co\u00adoperate", "cooperate", ["cooperate"]),
        ("cooperate", "co\u00adoperate", ["co\u00adoperate"]),
        ("strasse", "die Straße", ["Straße"]),
        ("office", "the oﬃce", ["oﬃce"]),
        ("İstanbul", "istanbul", ["istanbul"]),
        ("ὀδυσσεύς", "ΟΔΥΣΣΕΥΣ", ["ΟΔΥΣΣΕΥΣ"]),
        ("שלום", "שָׁלוֹם לכם", ["שָׁלוֹם"]),
        ("東京", "私は東京にいる", ["東京"]),
        ("a", "an apple", []),
        ("x", "the X ray", ["X"]),
        ("3", "bay 3, not 30", ["3"]),
        ("“ward round”", "the ward\nround", ["ward\nround"]),
        ("“ward round”", "ward rounds", []),
        ('"medic"', "the medicines", []),
        ('"ward round', "rounds of the wards", ["rounds", "wards"]),
        ("„ward round“", "ward, round", ["ward, round"]),
    ],
)  # fmt: skip
def test_what_people_type_finds_what_they_mean(typed: str, text: str, marked: list[str]) -> None:
    assert says(text, typed) == marked


@pytest.mark.parametrize("typed", ["", " ", "!?", "“”", "-", "’", "\u00ad", "\u0301", "…", "🙂", "@ # _"])
def test_signs_alone_are_no_question(typed: str) -> None:
    assert not parse(typed)


def test_words_that_stand_everywhere_count_only_alone_or_quoted() -> None:
    assert parse("the cannula and the").left_out == ("the", "and")
    assert [each.parts for each in parse("the cannula").terms] == [("cannula",)]
    assert parse("to be").only_common
    assert says("to be told", "to be") == ["to be"]
    assert says("be told to", "to be") == []
    assert parse('"the" cannula').left_out == ()


def test_the_same_word_twice_is_looked_for_once() -> None:
    assert len(parse("ward Ward WARD wärd").terms) == 1


@given(st.one_of(ANY_TEXT, ODD))
def test_a_text_folds_as_its_characters_do(text: str) -> None:
    assert fold(text) == "".join(map(fold, text))
    assert fold(fold(text)) == fold(text)


@given(st.one_of(ANY_TEXT, ODD))
def test_every_way_to_write_a_letter_is_the_same(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text)) == fold(text)


@given(st.one_of(LETTERS, ODD), ANY_TEXT, ANY_TEXT)
@example("A'‘A", "", "")
@example("123'’'456", "", "")
def test_a_word_is_found_wherever_it_stands_alone(word: str, before: str, after: str) -> None:
    query = parse(f'"{word}"')
    if not query or any(mark in word for mark in '"“”'):
        return
    hits = query.hits(f"{before} {word} {after}")
    assert hits
    assert query.may_be_in([squeeze(f"{before} {word} {after}".encode("utf-8", "replace"))])


@given(st.one_of(ANY_TEXT, ODD, LETTERS), st.lists(st.one_of(ANY_TEXT, ODD), min_size=1, max_size=3))
def test_the_quick_look_never_passes_over_what_the_close_one_finds(typed: str, texts: list[str]) -> None:
    query = parse(typed)
    sealed = [json.dumps({"n": 1, "b": {"text": text}}, ensure_ascii=False).encode() for text in texts]
    said = {hit.term for text in texts for hit in query.hits(text)}
    if said == set(range(len(query.terms))):
        assert query.may_be_in(squeeze_all(sealed))
        assert squeeze_all(sealed) == list(map(squeeze, sealed))


@given(st.one_of(ANY_TEXT, ODD, LETTERS), st.one_of(ANY_TEXT, ODD))
def test_what_is_marked_lies_in_the_text_and_is_what_was_asked_for(typed: str, text: str) -> None:
    query = parse(typed)
    for hit in query.hits(text):
        assert 0 <= hit.start < hit.end <= len(text)
        assert query.terms[hit.term].pattern.search(fold(text))


@given(st.one_of(ANY_TEXT, ODD, LETTERS), st.lists(st.one_of(ANY_TEXT, LETTERS), max_size=40))
def test_what_is_shown_is_the_texts_own_and_holds_what_was_found(typed: str, pieces: list[str]) -> None:
    query, text = parse(typed), " ".join(pieces)
    hits = query.hits(text)
    if not hits:
        return
    shown = excerpt(text, hits).pieces
    assert all(words in text for words, marked in shown if marked or words.strip() != "…")
    assert any(marked for _, marked in shown)
    most = SENTENCES * (2 * SHOWN + max(hit.end - hit.start for hit in hits))
    assert sum(len(words) for words, _ in shown) <= most


def test_only_the_sentence_around_is_shown() -> None:
    text = "First this. Then the cannula was empty! And more.\nAnd another line"
    assert (
        "".join(words for words, _ in excerpt(text, parse("cannula").hits(text)).pieces)
        == "…Then the cannula was empty! …"
    )


def test_titles_and_initials_end_no_sentence() -> None:
    text = "W.F. was on ward B. Dr. Grey came. He told Prof. Pine at St. Anne’s!"
    assert [text[start:end] for start, end in sentences(text)] == [
        "W.F. was on ward B. ", "Dr. Grey came. ", "He told Prof. Pine at St. Anne’s!",
    ]  # fmt: skip


def test_a_long_sentence_is_cut_between_words() -> None:
    text = "word " * 300 + "cannula " + "other " * 300
    shown = [words for words, _ in excerpt(text, parse("cannula").hits(text)).pieces]
    assert (shown[0], shown[-1]) == ("…", " …")
    assert "cannula" in shown
    assert set("".join(shown[1:-1]).split()) == {"word", "cannula", "other"}


def test_each_word_is_shown_where_no_sentence_says_them_all() -> None:
    text = "The ward was full. Nobody counted. There was no cannula."
    pieces = excerpt(text, parse("ward cannula").hits(text)).pieces
    assert "".join(words for words, _ in pieces) == "The ward was full. … There was no cannula."


def test_the_sentence_with_most_of_the_words_is_the_one_shown() -> None:
    text = "The ward was full. Nobody counted. The ward had no cannula."
    pieces = excerpt(text, parse("ward cannula").hits(text)).pieces
    assert "".join(words for words, _ in pieces) == "…The ward had no cannula."
    assert [words for words, marked in pieces if marked] == ["ward", "cannula"]


@given(st.text(max_size=2 * LONGEST))
def test_any_question_is_read_in_no_time(typed: str) -> None:
    begun = time.process_time()
    query = parse(typed)
    query.hits(typed)
    assert time.process_time() - begun < 1
    assert isinstance(query, Query)


@pytest.mark.parametrize("typed", ["a'" * 250, "-" * 500, "1" * 500, "ab " * 166, '"a ' * 166, "(" * 500, "\\d+" * 166])
def test_no_question_makes_a_text_slow_to_look_at(typed: str) -> None:
    query, text = parse(typed), ("a'a-1 1(1" * 3000)
    begun = time.process_time()
    query.hits(text)
    assert time.process_time() - begun < 2


def test_what_reads_as_a_pattern_is_a_word_like_any_other() -> None:
    assert says("a+b (c) [d] .*", ".*") == []
    assert not parse(".* [^ ] $ |")
    assert re.escape("x") == "x"
