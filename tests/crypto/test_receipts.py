import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.crypto import errors, keypairs, receipts, words
from speakup.crypto.passphrases import Parameters
from speakup.crypto.receipts import Generation, Misspelt, Receipt, WrongCount

WORDS = ("abacus", "zoom", "tapestry", "unplug", "yelp", "cognitive", "acorn")
RECEIPT = Receipt(WORDS)
NUMBERS = RECEIPT.numbers
GENERATION = Generation(1, bytes(range(16)), Parameters(memory_kib=8, iterations=1, lanes=1))

drawn = st.lists(st.sampled_from(words.all_words()), min_size=7, max_size=7).map(lambda chosen: Receipt(tuple(chosen)))
separators = st.text(
    alphabet=" \t\r\n,;:.-\N{EN DASH}\N{EM DASH}/|_•·()[]\"'\u00a0\u200b\ufeff", min_size=1, max_size=4
)


# --- the list --------------------------------------------------------------------------------------------------------


def test_the_list_is_the_effs_without_its_hyphenated_words() -> None:
    listed = words.numbers_by_word()
    assert len(listed) == len(words.words_by_number()) == words.LENGTH == 7776 - 4
    assert (words.all_words()[0], words.all_words()[-1]) == ("abacus", "zoom")
    assert max(map(len, listed)) == 9
    assert all(word.isascii() and word.isalpha() and word.islower() for word in listed)
    assert all(len(number) == 5 and set(number) <= set("123456") for number in listed.values())


def test_the_list_never_changes() -> None:
    """Another list would shut every inbox whose words it lacks."""
    joined = "".join(f"{number} {word}\n" for word, number in words.numbers_by_word().items())
    assert (
        hashlib.sha256(joined.encode()).hexdigest()
        == "2790e7382f87cdaf9b121b9a82938bd87c4b0ec3684c7380534c9824c13acb84"
    )


def test_another_list_stops_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "LENGTH", 7776)
    with pytest.raises(RuntimeError, match="not the EFF long list"):
        words.numbers_by_word.__wrapped__()


# --- drawing ---------------------------------------------------------------------------------------------------------


def test_a_drawn_receipt_is_seven_listed_words_with_their_numbers() -> None:
    receipt = receipts.draw()
    assert len(receipt.words) == len(receipt.numbers) == 7
    assert tuple(words.words_by_number()[number] for number in receipt.numbers) == receipt.words


def test_no_receipt_is_drawn_twice() -> None:
    assert len({receipts.draw() for _ in range(200)}) == 200


def test_a_receipt_shows_no_word_by_accident() -> None:
    secrets = receipts.open_receipt(RECEIPT, GENERATION, b"organisation")
    seen = f"{RECEIPT!r} {RECEIPT} {GENERATION!r} {secrets!r}"
    assert seen == (
        "Receipt() Receipt() Generation(number=1, parameters=Parameters(memory_kib=8, iterations=1, lanes=1)) "
        "ReceiptSecrets()"
    )


@pytest.mark.parametrize("chosen", [WORDS[:6], (*WORDS, "zoom"), (*WORDS[:6], "Acorn"), (*WORDS[:6], "t-shirt")])
def test_only_seven_listed_words_are_a_receipt(chosen: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="not seven words"):
        Receipt(chosen)


# --- reading what people type ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        " ".join(WORDS),
        "  ABACUS, zoom; Tapestry.\nUnplug\tYELP - cognitive / acorn.  ",
        "-".join(WORDS),
        "1. abacus\n2. zoom\n3. tapestry\n4. unplug\n5. yelp\n6. cognitive\n7. acorn",
        "1) abacus 2) zoom 3) tapestry 4) unplug 5) yelp 6) cognitive 7) acorn",
        "1abacus 2zoom 3tapestry 4unplug 5yelp 6cognitive 7acorn",
        "01: abacus 02: zoom 03: tapestry 04: unplug 05: yelp 06: cognitive 07: acorn",
        " ".join(NUMBERS),
        ",".join(NUMBERS),
        "\n".join(f"{place}. {number}" for place, number in enumerate(NUMBERS, start=1)),
        " ".join((*WORDS[:3], *NUMBERS[3:])),
        "\n".join(f"{word} {number}" for word, number in zip(WORDS, NUMBERS, strict=True)),
        "\n".join(
            f"{n}. {number} {word}" for n, (word, number) in enumerate(zip(WORDS, NUMBERS, strict=True), start=1)
        ),
        " ".join(WORDS).replace("abacus", "aba\u00adcus"),
        " ".join("".join(chr(ord(letter) + 0xFEE0) for letter in word) for word in WORDS),
        " ".join("".join(chr(0x660 + int(digit)) for digit in number) for number in NUMBERS),
    ],
)
def test_a_receipt_opens_however_it_is_written_down(typed: str) -> None:
    assert receipts.parse(typed) == RECEIPT


@given(drawn, st.lists(separators, min_size=8, max_size=8), st.lists(st.booleans(), min_size=7, max_size=7), st.data())
def test_any_case_and_separators_and_either_form_are_read(
    receipt: Receipt, between: list[str], as_number: list[bool], data: st.DataObject
) -> None:
    forms = [
        number if numeric else data.draw(st.sampled_from([word, word.upper(), word.title()]))
        for word, number, numeric in zip(receipt.words, receipt.numbers, as_number, strict=True)
    ]
    typed = between[0] + "".join(form + gap for form, gap in zip(forms, between[1:], strict=True))
    assert receipts.parse(typed) == receipt


def test_a_word_drawn_twice_in_a_row_stays_two_words() -> None:
    twice = Receipt(("abacus", "abacus", *WORDS[2:]))
    assert receipts.parse(twice.text()) == twice
    assert receipts.parse(f"abacus {NUMBERS[0]} {' '.join(WORDS[2:])}") == twice


@pytest.mark.parametrize(
    ("typed", "found"), [("", 0), ("1. 2. 3.", 0), ("zoom", 1), ("zoom " * 8, 8), ("zoom " * 14, 14)]
)
def test_another_number_of_words_is_said_so(typed: str, found: int) -> None:
    with pytest.raises(WrongCount) as caught:
        receipts.parse(typed)
    assert caught.value.found == found


@pytest.mark.parametrize(
    ("typed", "position", "nearest"),
    [
        ("abacuss", 1, "abacus"),
        ("abcus", 1, "abacus"),
        ("abacsu", 1, "abacus"),
        ("zoom tapestri", 2, "tapestry"),
        ("zoom tapestry unplugg yelpp", 3, "unplug"),
        ("3. zoom 4. cognitve", 2, "cognitive"),
        ("zoom 11117", 2, "11111"),
        ("zoom 1111", 2, "11111"),
        ("t-shirt", 1, "art"),
        ("acörn", 1, "acorn"),
        ("qqqqqqqq", 1, ""),
        ("zoom 99999", 2, ""),
    ],
)
def test_the_first_misspelt_word_is_named_with_the_nearest(typed: str, position: int, nearest: str) -> None:
    with pytest.raises(Misspelt) as caught:
        receipts.parse(typed)
    assert (caught.value.position, caught.value.nearest) == (position, nearest)
    assert caught.value.typed in typed


def test_a_misspelling_says_nothing_about_the_other_words() -> None:
    answers = []
    for others in (WORDS, ("zoom",) * 7):
        with pytest.raises(Misspelt) as caught:
            receipts.parse(" ".join(("abacuss", *others[1:])))
        answers.append((caught.value.position, caught.value.typed, caught.value.nearest))
    assert answers[0] == answers[1]


def test_what_was_typed_is_not_in_the_errors_own_text() -> None:
    with pytest.raises(Misspelt) as caught:
        receipts.parse("abacuss")
    assert str(caught.value) + repr(caught.value) == "Misspelt()"


def plain_distance(one: str, other: str) -> int:
    """Edits between two words, by the textbook's whole table."""
    table = {(row, 0): row for row in range(len(one) + 1)} | {(0, column): column for column in range(len(other) + 1)}
    for row, letter in enumerate(one, start=1):
        for column, against in enumerate(other, start=1):
            steps = [table[row - 1, column] + 1, table[row, column - 1] + 1]
            steps.append(table[row - 1, column - 1] + (letter != against))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == against:
                steps.append(table[row - 2, column - 2] + 1)
            table[row, column] = min(steps)
    return table[len(one), len(other)]


@given(
    st.text(alphabet="abcd", max_size=6),
    st.sets(st.text(alphabet="abcd", max_size=6), min_size=1, max_size=12),
    st.integers(0, 6),
)
def test_the_nearest_word_is_the_one_of_fewest_edits(typed: str, listed: set[str], within: int) -> None:
    candidates = sorted(listed)
    best = min(candidates, key=lambda word: plain_distance(word, typed))
    expected = best if plain_distance(best, typed) <= within else ""
    assert words.nearest(typed, candidates, within) == expected


def test_two_exchanged_neighbours_are_one_edit() -> None:
    assert words.nearest("abdc", ["ab", "abcd"], 3) == "abcd"
    assert words.nearest("bac", ["a", "abc"], 3) == "abc"


# --- opening ---------------------------------------------------------------------------------------------------------


def test_a_receipt_opens_the_same_inbox_every_time() -> None:
    once, again = (receipts.open_receipt(RECEIPT, GENERATION, b"organisation") for _ in range(2))
    assert once == again
    assert len(once.root_secret) == len(once.lookup_hash) == 32
    assert keypairs.reporter_keys(once.root_secret).public == keypairs.reporter_keys(again.root_secret).public


def test_words_generation_costs_and_organisation_all_count() -> None:
    opened = [
        receipts.open_receipt(RECEIPT, GENERATION, b"organisation"),
        receipts.open_receipt(Receipt((*WORDS[1:], WORDS[0])), GENERATION, b"organisation"),
        receipts.open_receipt(RECEIPT, replace(GENERATION, salt=bytes(16)), b"organisation"),
        receipts.open_receipt(RECEIPT, replace(GENERATION, parameters=Parameters(8, 2, 1)), b"organisation"),
        receipts.open_receipt(RECEIPT, GENERATION, b"another"),
    ]
    values = [value for secrets in opened for value in (secrets.root_secret, secrets.lookup_hash)]
    assert len(set(values)) == 2 * len(opened)


def test_a_new_generation_has_a_salt_of_its_own_and_todays_costs() -> None:
    one, other = receipts.new_generation(1), receipts.new_generation(2)
    assert (one.number, other.number) == (1, 2)
    assert one.salt != other.salt
    assert one.parameters == other.parameters == Parameters(memory_kib=19456, iterations=2, lanes=1)


@pytest.mark.parametrize("length", [0, 15, 17])
def test_a_generation_with_another_salt_length_is_unreadable(length: int) -> None:
    with pytest.raises(errors.Unreadable):
        Generation(1, bytes(length), receipts.RECEIPT_PARAMETERS)
