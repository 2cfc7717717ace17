"""Worker groups stand apart from facts: no table brings them together, and which is dealt to which changes nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from random import Random

import pytest

from speakup import insight, organisations, papers
from speakup.disclosure import Axis, Definition, Ledger, Publication, Row, Rules, Tables, protect
from speakup.insight import LineOfReturn
from speakup.papers import Kind, grid
from speakup.papers.returned import lines_of
from tests import factories
from tests.trusts import Trust

GROUP, DIRECTORATE, EDITION = "worker_group", "directorate", "edition"


def given(trust: Trust) -> tuple[list[str], grid.Population, Sequence[insight.ReturnedLine]]:
    """A year's cases, one quarter of which was returned: groups too."""
    with trust.work() as uow:
        for name in ("Medicine", "Estates"):
            organisations.add_directorate(uow, name, 2000)
    quarters = factories.closed_figures(trust, 7, a_quarter=60)
    year = list(papers.of_year(papers.whole_years(quarters)[0]))
    with trust.work(trust.guardian) as uow:
        students = LineOfReturn("R8.9", "Students", "worker group", "students", frozenset({"students"}), 7)
        all_of_it = LineOfReturn("R1", "All", "cases", "", frozenset(), 60)
        insight.keep_returned(uow, year[0], 1, [all_of_it, students])
        returned = insight.returned_lines(uow)
    with trust.work(trust.system) as uow:
        return year, insight.cases_population(uow, year), returned


def of_year(year: Sequence[str], population: grid.Population) -> Tables:
    return grid.tables_of(population, grid.Asked(Kind.YEAR, tuple(year), {}, year_before=240))


def dealt_anew(tables: Tables, seed: int) -> Tables:
    """The same, with groups dealt out to a quarter's rows in another way."""
    at, edition, random = tables.place[GROUP], tables.place[EDITION], Random(seed)
    of_time = defaultdict[tuple[str, str], list[Row]](list)
    for row in tables.rows:
        of_time[row.values[0], row.values[edition]].append(row)
    rows = list[Row]()
    for those in of_time.values():
        names = [row.values[at] for row in those]
        random.shuffle(names)
        rows += [
            Row(row.person, (*row.values[:at], name, *row.values[at + 1 :]))
            for row, name in zip(those, names, strict=True)
        ]
    return replace(tables, rows=tuple(rows))


def test_the_year_has_groups_alone_and_elements_by_directorate(trust: Trust) -> None:
    year, population, _ = given(trust)
    axes = {tuple(axis.dimension for axis in each.axes) for each in of_year(year, population).definitions}
    assert {(GROUP,), ("element", DIRECTORATE)} <= axes
    assert not [each for each in axes if GROUP in each and len(each) > 1]


def test_no_table_can_have_groups_beside_anything_else(trust: Trust) -> None:
    year, population, _ = given(trust)
    tables = of_year(year, population)
    (within,) = {each.within for each in tables.definitions}
    others = [each.name for each in tables.dimensions if each.name not in {"quarter", EDITION}]
    for pair in combinations(others, 2):
        crossed = Definition("crossed", tuple(Axis(each) for each in pair), within)
        confined = Definition("confined", (Axis(pair[0]),), (*within, (pair[1], frozenset({"x"}))))
        for definition in (crossed, confined):
            if GROUP not in pair:
                assert replace(tables, definitions=(definition,)).definitions == (definition,)
                continue
            with pytest.raises(ValueError, match="stands apart"):
                replace(tables, definitions=(definition,))


def test_however_groups_are_dealt_out_the_same_is_published(trust: Trust) -> None:
    year, population, returned = given(trust)
    tables = of_year(year, population)
    ledger = Ledger(lines_of(tables, "cases", returned))
    assert {line.cases for line in ledger.lines} > {60}
    made = [
        protect(each, ledger, Rules(), seed=b"a secret of this test only")
        for each in (tables, dealt_anew(tables, 1), dealt_anew(tables, 2))
    ]
    shown = [
        (each.tables, each.reasons, each.release.entries, each.report) for each in made if isinstance(each, Publication)
    ]
    assert len(shown) == len(made)
    assert shown[0] == shown[1] == shown[2]
    assert {GROUP, "element by directorate"} <= {table.name for table in shown[0][0]}
    assert shown[0][3].few + shown[0][3].extra > 0
