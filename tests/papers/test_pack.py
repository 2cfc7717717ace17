"""What leaves the house is one value, and its bytes are the only way back to it."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from speakup import papers
from speakup.assurance import Subject
from speakup.disclosure import Altered, Reading, SafeFigure, SafeTable, restore, series, stored, total
from speakup.disclosure.safe import SEAL
from speakup.papers import Section, Title
from speakup.papers.national import known_on
from tests import factories


def test_a_pack_comes_back_out_of_its_bytes() -> None:
    pack = factories.sample_pack()
    data = papers.written(pack)
    assert papers.read(data) == pack
    assert papers.written(papers.read(data)) == data


def test_the_same_pack_has_the_same_bytes() -> None:
    assert papers.written(factories.sample_pack()) == papers.written(replace(factories.sample_pack()))


@pytest.mark.parametrize("what", ["tables", "series"])
def test_a_changed_number_is_noticed(what: str) -> None:
    plain = json.loads(papers.written(factories.sample_pack()))
    plain[what][0]["data"] = plain[what][0]["data"].replace("5", "0", 1)
    with pytest.raises(Altered):
        papers.read(json.dumps(plain).encode())


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"format": 3}', b'{"format": 2, "tables": 3}'])
def test_what_is_no_pack_is_not_read(data: bytes) -> None:
    with pytest.raises(Altered):
        papers.read(data)


def test_a_pack_of_the_first_format_is_read_with_the_national_figures_of_its_time() -> None:
    pack = factories.sample_pack()
    plain = json.loads(papers.written(pack))
    del plain["national"]
    plain["format"] = 1
    assert papers.read(json.dumps(plain).encode()) == pack


def test_what_stands_beside_a_pack_follows_from_its_own_national_figures() -> None:
    pack = factories.sample_pack()
    (cases,) = [each for each in papers.compared(pack) if each.of is Subject.CASES]
    assert (cases.figure.period, f"{cases.figure.value}") == ("2023-24", "32167")
    corrected = tuple(replace(each, value="31000") if each.value == "32167" else each for each in pack.national)
    kept = papers.read(papers.written(replace(pack, national=corrected)))
    (cases,) = [each for each in papers.compared(kept) if each.of is Subject.CASES]
    assert f"{cases.figure.value}" == "31000"
    assert papers.compared(replace(pack, national=())) == []


def yes_and_no(name: str, yes: int, no: int) -> tuple[SafeTable, Title]:
    """A table of two lines and its title."""
    numbers = (("Yes", yes), ("No", no), (None, yes + no))
    figures = tuple(((label,), SafeFigure(number, seal=SEAL)) for label, number in numbers)
    made = SafeTable(name, ((name, ("Yes", "No")),), figures, seal=SEAL)
    return made, Title(name, Section.FEEDBACK, name, (name,))


@pytest.mark.parametrize(("name", "subject"), [("detriment", Subject.DETRIMENT), ("again", Subject.SPEAK_UP_AGAIN)])
def test_shares_of_yes_stand_beside_the_national_ones(name: str, subject: Subject) -> None:
    """Neither is a line of a list of elements: detriment is counted apart, and feedback of whoever answered."""
    pack = factories.sample_pack()
    table, title = yes_and_no(name, 75, 20)
    with_it = replace(pack, tables=(*pack.tables, table), titles=(*pack.titles, title))
    assert [each.here for each in papers.compared(with_it) if each.of is subject] == ["79%"]
    assert [each.here for each in papers.compared(pack) if each.of is subject] == [""]
    few, title = yes_and_no(name, 10, 5)
    with_few = replace(pack, tables=(*pack.tables, few), titles=(*pack.titles, title))
    assert [each.here for each in papers.compared(with_few) if each.of is subject] == [""]


def test_figures_that_came_out_later_are_not_in_a_pack() -> None:
    early = known_on(date(2020, 6, 1))
    assert {each.period for each in early} == {"2017-18", "2018-19"}
    assert set(early) < set(known_on(date(2025, 6, 1)))


def test_a_field_of_another_kind_is_not_read() -> None:
    plain = json.loads(papers.written(factories.sample_pack()))
    plain["version"] = "one"
    with pytest.raises(Altered):
        papers.read(json.dumps(plain).encode())


def test_each_table_and_series_has_a_title_and_a_section() -> None:
    pack = factories.sample_pack()
    assert {table.name for table in pack.tables_of(papers.Section.PLACES)} >= {"directorate"}
    assert [line.name for line in pack.series_of(papers.Section.CASES)] == ["cases"]
    with pytest.raises(ValueError, match="has a title"):
        replace(pack, titles=())


def test_only_the_package_makes_figures_tables_and_series() -> None:
    with pytest.raises(TypeError):
        SafeFigure(7)
    with pytest.raises(TypeError):
        SafeTable("cases", (), ())
    with pytest.raises(Altered):
        restore(stored(factories.sample_pack().tables[0]), "another digest")


def test_a_line_with_a_masked_point_is_not_drawn() -> None:
    pack = factories.sample_pack()
    masked = next(figure for table in pack.tables for _, figure in table if figure.shown is None)
    shown = total(pack.tables[0])
    assert series("cases", "people", [("2025-26/Q1", shown), ("2025-26/Q2", masked)]) is None
    assert series("cases", "people", []) is None


def test_a_chart_is_handed_published_numbers_alone() -> None:
    shown = total(factories.sample_pack().tables[0])
    handed: list[int] = []

    def read(values: Sequence[int]) -> Reading:
        handed.extend(values)
        return Reading()

    made = series("cases", "people", [("2025-26", shown)], read)
    assert made is not None
    assert handed == [shown.shown] == list(made.values)
