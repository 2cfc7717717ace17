"""A table of a document says what the protected table says, each figure in the cell of its lines."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from benchmarks.load.counts import AS_CODED, Size, counted_in, invent
from speakup.disclosure import Axis, Definition, Ledger, Publication, Rules, SafeTable, protect, series, total
from speakup.papers import Break, ContextFigure, Pack, Section, Title
from speakup.papers.documents import board_paper, evidence_list
from speakup.papers.documents.drawings import line_drawn, lines_drawn
from speakup.papers.documents.grids import grid_of_lines, grids_of
from speakup.papers.documents.paper import Drawing, Grid, Points, Words
from speakup.papers.series import reading


def cell(grid: Grid, down: str | None, across: str | None) -> str:
    (row,) = [row for row in grid.rows if row[0] == (down or "All")]
    return row[grid.columns.index(across or "All")]


def table_named(pack: Pack, name: str) -> SafeTable:
    table = pack.table(name)
    assert table
    return table


def test_a_table_of_one_dimension_has_a_line_for_each_of_its_lines_and_a_share(pack: Pack) -> None:
    for name in ("element", "worker_group", "directorate", "how"):
        table = table_named(pack, name)
        (grid,) = grids_of(table, pack.title(table), str)
        assert grid.columns[1:] == ("People", "Share")
        for (label,), figure in table:
            assert cell(grid, label, "People") == str(figure)
            assert cell(grid, label, "Share") == f"{figure.percentage_of(total(table))}%"
        assert grid.totals == {len(table.axes[0][1])}


@pytest.mark.parametrize("name", ["element by worker_group", "element by directorate", "worker_group by directorate"])
def test_a_table_of_two_dimensions_has_the_longer_one_down(pack: Pack, name: str) -> None:
    table = table_named(pack, name)
    (grid,) = grids_of(table, pack.title(table), str)
    turned = len(table.axes[1][1]) > len(table.axes[0][1])
    assert grid.columns[0] == pack.title(table).axes[1 if turned else 0]
    for (first, second), figure in table:
        down, across = (second, first) if turned else (first, second)
        assert cell(grid, down, across) == str(figure)
    assert len(grid.rows) >= len(grid.columns) - 2


def test_the_sign_is_explained_where_it_stands_and_nowhere_else(pack: Pack) -> None:
    notes = {
        table.name: [grid.note for grid in grids_of(table, pack.title(table), str)]
        for table in pack.tables
        if table.axes
    }
    assert "[c]" in notes["worker_group by directorate"][0]
    assert notes["element"] == [""]


def test_a_table_of_three_dimensions_is_a_table_for_each_line_of_the_first() -> None:
    table = by_quarter()
    grids = list(grids_of(table, Title("three", Section.GROUPS, "By quarter", ("Quarter", "Element", "How")), str))
    assert [grid.caption for grid in grids] == [f"By quarter: {quarter}" for quarter in table.axes[0][1]]
    for grid, quarter in zip(grids, table.axes[0][1], strict=True):
        for (time, element, how), figure in table:
            if time == quarter:
                assert cell(grid, element, how) == str(figure)


def by_quarter() -> SafeTable:
    """A table of what people spoke up about and how, in each of two quarters, of a large trust that was made up."""
    trust = invent(7, 800, Size(groups=3, directorates=3, years=1))
    period: Sequence[str] = trust.quarters[:2]
    within = (("quarter", frozenset().union(*(counted_in(quarter) for quarter in period))), AS_CODED)
    definition = Definition("three", (Axis("quarter"), Axis("element"), Axis("how")), within)
    made = protect(trust.tables(trust.closed(2), [definition]), Ledger(), Rules(), seed=b"of this test")
    assert isinstance(made, Publication)
    return made.tables[0]


def test_a_table_too_wide_for_a_page_is_several_with_every_cell_once() -> None:
    columns = ("Place", *(f"Group {letter}" for letter in "ABCDEFGHIJK"), "All")
    wide = Grid("By group", columns, tuple((place, *(f"{place}{column}" for column in columns[1:])) for place in "xy"))
    parts = wide.narrow()
    assert [part.caption for part in parts] == ["By group: Group A – Group F", "By group: Group G – All"]
    assert tuple(column for part in parts for column in part.columns[1:]) == columns[1:]
    assert [tuple(each for part in parts for each in part.rows[at][1:]) for at in (0, 1)] == [
        row[1:] for row in wide.rows
    ]
    assert replace(wide, columns=columns[:8], rows=()).narrow() == (replace(wide, columns=columns[:8], rows=()),)


def test_lines_over_the_same_periods_share_a_table_with_what_is_expected_of_them(pack: Pack) -> None:
    lines = pack.series_of(Section.ELEMENTS)
    grid = grid_of_lines(lines, [pack.title(line) for line in lines], "In numbers", str)
    for at, line in enumerate(lines, 1):
        assert grid.columns[at] == line.name.partition("/")[2]
        assert [row[at] for row in grid.rows[: len(line.points)]] == [str(figure) for _label, figure in line.points]
        (limits,) = line.limits
        assert [row[at] for row in grid.rows[-3:]] == [str(limits.centre), str(limits.lower), str(limits.upper)]
    assert [row[0] for row in grid.rows[-3:]] == ["Average", "Lower limit", "Upper limit"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (3, 8, ["Average from 2026-27 Q1", "Lower limit from 2026-27 Q1", "Upper limit from 2026-27 Q1"]),
        (9, 3, ["Average", "Lower limit", "Upper limit"]),
        (3, 3, []),
    ],
)
def test_nothing_is_expected_of_a_stretch_that_is_too_short(
    pack: Pack, before: int, after: int, expected: list[str]
) -> None:
    (whole,) = pack.series_of(Section.CASES)
    figure = whole.points[0][1]
    points = [(f"20{20 + at // 4}-{21 + at // 4}/Q{at % 4 + 1}", figure) for at in range(24 - before, 24 + after)]
    line = series("cases", "people", points, lambda values: reading(values, [before]), breaks=[before])
    assert line is not None
    grid = grid_of_lines([line], [pack.title(whole)], "In numbers", str)
    assert [row[0] for row in grid.rows[before + after :]] == expected
    drawn = line_drawn(line, pack.title(whole), str)
    assert ("too few points" in drawn.message) is (after < 8)
    assert ("average" in drawn.said) is (after >= 8)


@pytest.mark.parametrize(
    ("lengths", "above", "under"),
    [
        ([3, 3, 3], "There are too few points", ["", "", ""]),
        ([3, 12, 3], "Unless a drawing says something else: There are too few points", ["", "The ups and downs", ""]),
        ([3], None, ["There are too few points"]),
        ([3, 12], None, ["There are too few points", "The ups and downs"]),
    ],
)
def test_what_drawings_beside_each_other_say_alike_is_said_once_above_them(
    pack: Pack, lengths: list[int], above: str | None, under: list[str]
) -> None:
    (whole,) = pack.series_of(Section.CASES)
    lines = [series("cases", "people", [whole.points[0]] * length, reading) for length in lengths]
    blocks = list(lines_drawn([line for line in lines if line], [pack.title(whole)] * len(lines), str))
    said = [each.text for each in blocks if isinstance(each, Words)]
    drawings = [each for each in blocks if isinstance(each, Drawing)]
    assert len(said) == (above is not None)
    assert all(each.startswith(above or "") for each in said)
    for drawing, message in zip(drawings, under, strict=True):
        assert drawing.message.startswith(message) if message else not drawing.message
        assert "than chance" in drawing.said or "from chance" in drawing.said


@pytest.mark.parametrize(
    ("named", "said"),
    [
        (
            {"how": "How"},
            [Words("How: all its lines are masked as [c], so that nobody can be found. In all: 15.")],
        ),
        (
            {"how": "How", "once_more": "How once more"},
            [
                Words("All lines of these are masked as [c], so that nobody can be found. In all, each: 15."),
                Points(("How", "How once more")),
            ],
        ),
    ],
)
def test_tables_that_show_nothing_but_their_total_are_a_sentence(
    pack: Pack, named: dict[str, str], said: list[Words | Points]
) -> None:
    trust = invent(7, 60, Size(groups=3, directorates=3, years=1))
    inside = (("quarter", counted_in(trust.quarters[0])), AS_CODED)
    definitions = [Definition(name, (Axis("how"),), inside) for name in named]
    made = protect(trust.tables(trust.closed(1), definitions), Ledger(), Rules(), seed=b"x")
    assert isinstance(made, Publication)
    for table in made.tables:
        assert [str(figure) for _labels, figure in table] == ["[c]", "[c]", "[c]", "15"]
    titles = tuple(Title(name, Section.HOW, words) for name, words in named.items())
    shown = board_paper(replace(pack, tables=made.tables, series=(), titles=titles))
    (blocks,) = [section.blocks for section in shown.sections if "How people" in section.heading]
    assert list(blocks) == said


def test_no_word_of_a_narrow_column_is_broken_in_two() -> None:
    """Of a line of 166 millimetres, where a letter takes 1.8 of them and the edges of a cell four."""
    columns = ("Action", "What changes", "State", "Due", "Theme")
    row = ("Training hours in the rota, not after it", "Four hours a quarter stand in everybody’s rota.")
    for state in ("Checked", "Proposed", "Closed"):
        made = Grid("Learning actions", columns, ((*row, state, "18 October 2025", "Discrimination"),), figures=False)
        for share, cell in zip(made.shares, made.rows[0], strict=True):
            word = max(map(len, cell.split()))
            assert 166 * share / sum(made.shares) >= 1.8 * word + 4, cell


def test_whatever_a_cell_of_the_list_for_inspectors_names_begins_as_a_sentence_does(pack: Pack) -> None:
    grids = [block for part in evidence_list(pack).sections for block in part.blocks if isinstance(block, Grid)]
    named = [name for grid in grids for row in grid.rows for cell in row for name in cell.split("; ") if name]
    assert "Learning actions with their state and date" in named
    assert [name for name in named if name[0].islower()] == []


def test_tables_of_the_list_for_inspectors_and_of_what_is_not_there_are_kept_together(pack: Pack) -> None:
    paper = board_paper(pack)
    not_there = [block for part in paper.sections for block in part.blocks if _caption(block) == "Not in this paper"]
    asked = [block for part in evidence_list(pack).sections for block in part.blocks if isinstance(block, Grid)]
    assert len(not_there) == 1
    assert len(asked) == 4
    assert all(isinstance(each, Grid) and each.whole for each in (*not_there, *asked))
    long = replace(asked[0], rows=asked[0].rows * 9)
    assert not long.whole


def test_of_the_guardians_time_the_list_for_inspectors_names_what_they_wrote_and_what_there_was_to_do(
    pack: Pack,
) -> None:
    rows = [row for part in evidence_list(pack).sections for block in part.blocks for row in getattr(block, "rows", ())]
    (row,) = [each for each in rows if each[0] == "The guardian has time for the work"]
    headings = {part.heading for part in board_paper(pack).sections}
    shown = row[1].split("; ")
    assert [each.split(". ")[1] for each in shown] == ["The guardians’ time", "How many people spoke up"]
    assert set(shown) <= headings


def _caption(block: object) -> str:
    return block.caption if isinstance(block, Grid) else ""


def test_sources_in_the_list_for_inspectors_are_parted_by_what_no_source_has_in_it(pack: Pack) -> None:
    known = [ContextFigure("Grievances", "48", "", each, date(2026, 3, 31)) for each in ("Log, whole year", "ESR")]
    parts = evidence_list(replace(pack, context=tuple(known))).sections
    grids = [block for part in parts for block in part.blocks if isinstance(block, Grid)]
    assert "Log, whole year; ESR" in [cell for grid in grids for row in grid.rows for cell in row]


@pytest.mark.parametrize(("at", "listed"), [("2022-23/Q1", False), ("2023-24/Q1", False), ("2023-24/Q2", True)])
def test_where_counting_changed_is_listed_where_a_line_goes_across_it(pack: Pack, at: str, *, listed: bool) -> None:
    assert min(line.points[0][0] for line in pack.series) == "2023-24/Q1"
    paper = board_paper(replace(pack, breaks=(Break(at, "Another list of categories holds."),)))
    captions = [block.caption for part in paper.sections for block in part.blocks if isinstance(block, Grid)]
    assert ("Counting changed from" in captions) is listed
