"""What the national return has made public of each population: cells whose number every reader is taken to know."""

from collections.abc import Callable, Iterable, Mapping
from itertools import product

from speakup import insight
from speakup.disclosure import Line, Tables
from speakup.insight import ReturnedLine
from speakup.papers import grid
from speakup.papers.grid import (
    AGAIN,
    AS_CODED,
    ASKED,
    DETRIMENT,
    EDITION,
    ELEMENT,
    FEEDBACK,
    GROUP,
    HOW,
    QUARTER,
    RESTATED,
)
from speakup.papers.pack import CASES

Chosen = list[tuple[str, frozenset[str]]]

_DIMENSIONS: Mapping[str, tuple[str, Callable[[Tables, ReturnedLine], Chosen]]] = {
    "cases": (CASES, lambda _tables, _line: []),
    "raised anonymously": (CASES, lambda _tables, _line: [(HOW, frozenset({"anonymous"}))]),
    "element": (CASES, lambda tables, line: _element(tables, _codes(line))),
    "worker group": (CASES, lambda _tables, line: [(GROUP, _codes(line))]),
    "feedback received": (FEEDBACK, lambda tables, _line: [(AGAIN, frozenset(_values(tables, AGAIN)) - {ASKED})]),
    "would speak up again": (FEEDBACK, lambda _tables, line: [(AGAIN, _codes(line))]),
}
"""By what a line counts, as `insight.ReturnedLine` says it: the population, and what confines its cell."""


def lines_of(tables: Tables, population: str, returned: Iterable[ReturnedLine]) -> tuple[Line, ...]:
    """What was returned of closed quarters, as cells of these tables.

    A line is taken to be known as the rows count it today. What was returned can differ from it by cases that became
    known later; to know today's number is no less.
    """
    times = tables.named[QUARTER].values
    editions = _editions(tables)
    found = {}
    for line in returned:
        of, confine = _DIMENSIONS.get(line.counts, ("", None))
        if of != population or confine is None:
            continue
        raised = frozenset(each for each in times if each.split(insight.LATE)[0] == line.period)
        # Signed off first, it held what was known then; put right, also what came late.
        for when, edition in product((raised & {line.period}, raised), editions):
            chosen = [(QUARTER, when), *confine(tables, line), *edition]
            if all(members and members <= set(_values(tables, name)) for name, members in chosen):
                where = tables.where(chosen)
                found[where] = Line(where, len(tables.matching(where)))
    return tuple(found.values())


def _editions(tables: Tables) -> list[Chosen]:
    """As first coded; and, once any case was coded anew, as coded now, which a return that is put right tells."""
    if EDITION not in tables.named:
        return [[]]
    at = list(tables.named).index(EDITION)
    anew = any(row.values[at] in RESTATED - AS_CODED for row in tables.rows)
    return [[(EDITION, AS_CODED)], *([[(EDITION, RESTATED)]] if anew else [])]


def _codes(line: ReturnedLine) -> frozenset[str]:
    return frozenset(filter(None, line.codes.split("+")))


def _element(tables: Tables, codes: frozenset[str]) -> Chosen:
    if codes == {DETRIMENT}:
        return [(DETRIMENT, grid.YES)]
    return [(ELEMENT, frozenset(each for each in _values(tables, ELEMENT) if codes & set(each.split("+"))))]


def _values(tables: Tables, name: str) -> tuple[str, ...]:
    return tables.named[name].values if name in tables.named else ()
