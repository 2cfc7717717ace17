"""What one cell names together is parted, and what words mean is told, without losing or inventing anything."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speakup.cases.importing import values
from speakup.cases.importing.columns import TICK, UNDER, Column, guessed, role_of
from speakup.cases.importing.layout import layout_of, letter_of
from speakup.gateways.documents import Sheet
from speakup.vocabulary import CodeSet
from speakup.vocabulary.defaults import DEFAULTS


def offered(which: CodeSet, on: date) -> dict[str, str]:
    """What the shipped list had on a day."""
    return {each.key: each.name for each in DEFAULTS if each.set is which and each.valid_from <= on}


TODAY, BEFORE = offered(CodeSet.ELEMENT, date(2026, 1, 1)), offered(CodeSet.ELEMENT, date(2021, 6, 1))
KNOWN = values.knows(Column.ELEMENTS, [TODAY, BEFORE])
ELEMENT_WORDS = (
    "BH", "B&H", "Bullying & harassment", "bullying/harassment", "pt safety", "PS", "Patient safety/quality",
    "Staff safety", "worker wellbeing", "Attitudes", "Inappropriate behaviours", "Detriment",
)  # fmt: skip


@pytest.mark.parametrize(("cell", "parts"), [
    ("BH / pt safety", ["BH", "pt safety"]),
    ("Bullying & harassment", ["Bullying & harassment"]),
    ("Bullying & harassment, patient safety", ["Bullying & harassment", "patient safety"]),
    ("Patient safety/quality", ["Patient safety", "quality"]),
    ("patient safety / quality, BH", ["patient safety", "quality", "BH"]),
    ("PS and BH", ["PS", "BH"]),
    ("PS\nWS; BH", ["PS", "WS", "BH"]),
    ("Pay and rations", ["Pay and rations"]),
    ("Moon phases / BH", ["Moon phases", "BH"]),
    ("", []),
])  # fmt: skip
def test_a_cell_that_names_several_is_parted(cell: str, parts: list[str]) -> None:
    assert values.split(cell, KNOWN) == parts


@given(
    st.lists(st.sampled_from(ELEMENT_WORDS), min_size=1, max_size=4), st.sampled_from([" / ", ", ", "; ", "\n", "/"])
)
def test_known_words_come_apart_as_they_were_put_together(words: list[str], mark: str) -> None:
    meant = {values.guess(Column.ELEMENTS, word, TODAY) for word in words}
    parts = values.split(mark.join(words), KNOWN)
    assert {values.guess(Column.ELEMENTS, part, TODAY) for part in parts} == meant


@given(st.text(max_size=80))
def test_no_letter_is_lost_and_none_is_invented(cell: str) -> None:
    letters = [each for each in cell if each.isalnum()]
    joined = "".join(values.split(cell, KNOWN))
    # Only the word “and” between two that are known goes.
    assert [each for each in joined if each.isalnum()] == letters or " and " in cell


@given(st.text(max_size=60), st.sampled_from(list(Column)))
def test_a_guess_is_always_one_of_what_is_offered(words: str, column: Column) -> None:
    assert values.guess(column, words, TODAY) in {None, *TODAY}


@pytest.mark.parametrize("words", ["BH", "b & h", "Bullying and harassment", "Element of bullying or harassment"])
def test_one_element_is_known_by_its_many_names(words: str) -> None:
    assert values.guess(Column.ELEMENTS, words, TODAY) == "bullying_harassment"


def test_behaviours_were_one_with_bullying_before_the_list_was_split() -> None:
    assert values.guess(Column.ELEMENTS, "Attitudes & behaviours", TODAY) == "other_behaviours"
    assert values.guess(Column.ELEMENTS, "Attitudes & behaviours", BEFORE) == "bullying_harassment"


@pytest.mark.parametrize(("words", "key"), [
    ("RN", "nursing_midwifery"), ("Staff Nurse", "nursing_midwifery"), ("HCA", "additional_clinical"),
    ("Junior Dr", "medical_dental"), ("A&C", "administrative"), ("Physio", "allied_health"), ("Porter", "estates"),
    ("Biomedical Scientist", "healthcare_scientists"), ("Student nurse", "nursing_midwifery"), ("?", "not_known"),
    ("Astronaut", None),
])  # fmt: skip
def test_staff_groups_are_known_by_what_people_are_called(words: str, key: str | None) -> None:
    assert values.guess(Column.GROUP, words, offered(CodeSet.WORKER_GROUP, date(2026, 1, 1))) == key


@pytest.mark.parametrize(("words", "key"), [
    ("Closed", "closed"), ("Completed - NFA", "closed"), ("Open", "open"), ("Not closed", "open"), ("Ongoing", "open"),
    ("Awaiting closure", "open"), ("Purple", None),
])  # fmt: skip
def test_where_a_case_stands_is_open_or_closed(words: str, key: str | None) -> None:
    assert values.guess(Column.STATE, words, {"open": "Open", "closed": "Closed"}) == key


@pytest.mark.parametrize(("words", "key"), [
    ("Y", "yes"), ("Yes - felt heard", "yes"), ("No", "no"), ("Wouldn't", "no"), ("no, nothing changed", "no"),
    ("Maybe", "maybe"), ("Don’t know", "dont_know"), ("Not sure", "dont_know"), ("Yes, but only to you", None),
    ("Yes and no", None), ("No response", None), ("n/a", None), ("No, never again", "no"), ("Yes definitely", "yes"),
    ("No longer works here", None), ("No survey sent", None), ("No forwarding address", None), ("Would not say", None),
    ("No - not asked", None), ("Yes - asked, awaiting reply", None), ("Yes survey sent", None),
    ("No, they would not speak up again", "no"), ("Would not raise a concern again", "no"),
])  # fmt: skip
def test_an_answer_to_whether_they_would_speak_up_again_is_taken_for_what_it_plainly_is(
    words: str, key: str | None
) -> None:
    assert values.guess(Column.AGAIN, words, offered(CodeSet.FEEDBACK, date(2026, 1, 1))) == key


@pytest.mark.parametrize(("words", "asked", "not_asked"), [
    ("No response", True, False), ("did not reply", True, False), ("Declined", True, False),
    ("Not asked", False, True), ("n/a", False, True), ("awaiting", False, True), ("No", False, False),
    ("No - not asked", False, True), ("No: did not reply", True, False), ("No - n/a", False, True),
    ("No, would rather not", False, False), ("No longer works here", False, False), ("No survey sent", False, False),
])  # fmt: skip
def test_silence_and_not_having_asked_are_told_apart(words: str, *, asked: bool, not_asked: bool) -> None:
    assert (values.was_asked(words), values.was_not_asked(words)) == (asked, not_asked)


@pytest.mark.parametrize(("title", "role"), [
    ("Date raised", Column.RAISED), ("DATE CONCERN RECEIVED", Column.RAISED), ("Date closed", Column.CLOSED),
    ("Case ref.", Column.REFERENCE), ("Element(s)", Column.ELEMENTS), ("NGO Category", Column.ELEMENTS),
    ("Patient Safety", TICK + "patient_safety"), ("B&H", TICK + "bullying_harassment"), ("Staff group", Column.GROUP),
    ("Job title", Column.JOB), ("Directorate / Division", Column.DIRECTORATE), ("Anonymous? (Y/N)", Column.HOW),
    ("Summary of concern", Column.STORY), ("Actions taken", Column.NOTE), ("Contact details", Column.CONTACT),
    (f"Dates{UNDER}Closed", Column.CLOSED), ("Would you speak up again?", Column.AGAIN), ("No.", Column.IGNORED),
    ("Would they raise it again?", Column.AGAIN), ("Raise a concern again", Column.AGAIN),
    ("Raise again with manager?", None),
    ("Date rec'd", Column.RAISED), ("Date recd", Column.RAISED), ("Rec’d", Column.RAISED),
    ("Who (initials)", Column.NAME), ("Staff group (ESR)", Column.GROUP), ("Staff gp / role", Column.GROUP),
    ("Xyzzy", None), ("", None),
])  # fmt: skip
def test_columns_are_known_by_their_titles(title: str, role: str | None) -> None:
    assert role_of(title) == role


def test_a_second_column_of_one_kind_is_kept_as_a_note() -> None:
    found = guessed([["Date raised", "Date received", "Summary"]], {"Date raised": 1.0, "Date received": 1.0}, {})
    assert list(found.values()) == [Column.RAISED, Column.NOTE, Column.STORY]


def test_columns_of_one_kind_in_sheets_of_their_own_are_both_that() -> None:
    days = dict.fromkeys(["Date raised", "Received", "Contact › When"], 1.0)  # noqa: RUF001 -- as titles are joined
    found = guessed([["Date raised", "Who"], ["Received", "Name"], ["Contact › When", "Who"]], days, {})  # noqa: RUF001 -- see above
    assert [found[each] for each in days] == [Column.RAISED] * 3
    assert (found["Who"], found["Name"]) == (Column.NAME, Column.NAME)


def test_columns_of_one_kind_that_meet_in_any_sheet_are_not_both_that() -> None:
    days = dict.fromkeys(["Date raised", "Received"], 1.0)
    found = guessed([["Date raised"], ["Received"], ["Date raised", "Received"]], days, {})
    assert list(found.values()) == [Column.RAISED, Column.NOTE]


def test_without_a_title_the_first_column_of_days_is_when_it_was_raised() -> None:
    assert guessed([["(A)", "(B)"]], {"(B)": 0.9}, {})["(B)"] is Column.RAISED


def test_columns_have_the_letters_a_spreadsheet_gives_them() -> None:
    assert [letter_of(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_title_over_the_whole_table_names_no_column_of_it() -> None:
    sheet = Sheet(
        name="Log",
        hidden=False,
        rows=[
            ["FTSU LOG - CONFIDENTIAL", *[None] * 4],
            ["Who", None, None, "Concern", None],
            ["Date", "Name", "Staff gp", "What they said", "Anon?"],
            ["3 April 2025", "Zorblat", "Nurse", "Shouting at handover", "N"],
        ],
        merged=[[0, 0, 0, 4], [1, 0, 1, 2], [1, 3, 1, 4]],
    )
    found = layout_of(sheet)
    assert found.headings_end == 3
    assert [role_of(title) for title in found.titles.values()] == [
        Column.RAISED, Column.NAME, Column.GROUP, Column.STORY, Column.HOW,
    ]  # fmt: skip
    assert "CONFIDENTIAL" not in "".join(found.titles.values())
