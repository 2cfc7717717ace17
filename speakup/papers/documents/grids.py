"""Published tables and lines as tables of a document: each cell is what the board is shown, and nothing is added up."""

from collections.abc import Iterator, Sequence
from itertools import product

from speakup.disclosure import SIGN, SafeLimits, SafeSeries, SafeTable
from speakup.papers.documents.paper import Grid
from speakup.papers.documents.words import Say, period, sentence
from speakup.papers.pack import Title
from speakup.papers.series import expected
from speakup.papers.words import OF_SOME

MOST_WIDE = 2
"""Axes that one table can show."""


def grids_of(table: SafeTable, title: Title, _: Say) -> Iterator[Grid]:
    """One table, or one for each line of what else it is counted by. It has an axis at least."""
    outer = table.axes[:-MOST_WIDE]
    for chosen in product(*(lines for _name, lines in outer)):
        caption = ": ".join((title.words, *chosen))
        axes = table.axes[len(chosen) :]
        rows = _crossed(table, chosen, _) if len(axes) == MOST_WIDE else _listed(table, chosen, _)
        columns, body = rows
        first = _first(title, table)
        notes = list(title.notes)
        if any(SIGN in row for row in body) and not any(SIGN in note for note in notes):
            notes.append(_("[c]: masked so that nobody can be found; the sign says nothing about why."))
        yield Grid(caption, (first, *columns), tuple(body), totals=frozenset({len(body) - 1}), note=" ".join(notes))


def _first(title: Title, table: SafeTable) -> str:
    return sentence(_down(table, title.axes or tuple(name for name, _lines in table.axes)))


def _down(table: SafeTable, names: Sequence[str]) -> str:
    """Name what the rows are: of two axes the longer, so that a page is wide enough."""
    if len(table.axes) < MOST_WIDE or not _turned(table):
        return names[max(len(table.axes) - MOST_WIDE, 0)]
    return names[-1]


def _turned(table: SafeTable) -> bool:
    (_, first), (_, second) = table.axes[-MOST_WIDE:]
    return len(second) > len(first)


Rows = tuple[tuple[str, ...], list[tuple[str, ...]]]
"""Columns besides the first, and rows with their headings."""


def _listed(table: SafeTable, chosen: tuple[str, ...], _: Say) -> Rows:
    """Lines with their numbers and, where all are many enough, their shares of everybody."""
    lines: tuple[str | None, ...] = (*table.axes[-1][1], None)
    everybody = table.figure(*chosen, None)
    body: list[tuple[str, ...]] = []
    shares: list[str] = []
    for line in lines:
        figure = table.figure(*chosen, line)
        body.append((line or _("All"), str(figure)))
        share = figure.percentage_of(everybody)
        shares.append(SIGN if figure.shown is None else _("none") if share is None else f"{share}%")
    if everybody.percentage_of(everybody) is None or table.axes[-1][0] in OF_SOME:
        return (_("People"),), body
    return (_("People"), _("Share")), [(*row, share) for row, share in zip(body, shares, strict=True)]


def _crossed(table: SafeTable, chosen: tuple[str, ...], _: Say) -> Rows:
    (_name, first), (_other, second) = table.axes[-MOST_WIDE:]
    down, across = (second, first) if _turned(table) else (first, second)
    body = []
    for line in (*down, None):
        cells = [(column, line) if _turned(table) else (line, column) for column in (*across, None)]
        body.append((line or _("All"), *(str(table.figure(*chosen, *cell)) for cell in cells)))
    return (*across, _("All")), body


def grid_of_lines(lines: Sequence[SafeSeries], titles: Sequence[Title], caption: str, _: Say) -> Grid:
    """The points of lines over the same periods, and what is expected of them."""
    periods = [period(label) for label, _figure in lines[0].points]
    rows = [(period, *(str(line.points[at][1]) for line in lines)) for at, period in enumerate(periods)]
    limits = [expected(line) for line in lines]
    for first in sorted({first for each in limits for first in each}):
        rows += _expected([each.get(first) for each in limits], first, periods, _)
    columns = (titles[0].axes[0] if titles[0].axes else _("Period"), *(_heading(title) for title in titles))
    return Grid(caption, columns, tuple(rows), totals=frozenset(range(len(periods), len(rows))))


def _heading(title: Title) -> str:
    """Leave out what the rows say anyway."""
    return title.words.rpartition(",")[0] or title.words


def _expected(
    each: Sequence[SafeLimits | None], first: int, periods: Sequence[str], _: Say
) -> Iterator[tuple[str, ...]]:
    since = _(" from %(period)s") % {"period": periods[first]} if first else ""
    for words, value in ((_("Average"), "centre"), (_("Lower limit"), "lower"), (_("Upper limit"), "upper")):
        yield (words + since, *("" if limits is None else str(getattr(limits, value)) for limits in each))
