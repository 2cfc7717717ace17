"""What the product publishes of a trust at its full size, as the benchmark measures it, is the product's own grid."""

from benchmarks.load import packs
from benchmarks.load.counts import Size, invent
from speakup.disclosure import Ledger, Publication, Rules, protect
from speakup.papers import grid
from speakup.papers.pack import Kind
from tests.disclosure.small import SEED


def test_a_year_at_full_size_is_published_beside_all_its_returns() -> None:
    trust = invent(60, 60, Size(years=1))
    tables = packs.tables(trust, 4, trust.quarters, Kind.YEAR)
    assert len(tables.named[grid.DIRECTORATE].values) == 13
    assert len(tables.named[grid.GROUP].values) == 11
    axes = [{axis.dimension for axis in definition.axes} for definition in tables.definitions]
    assert [each for each in axes if len(each) > 1] == [{grid.ELEMENT, grid.DIRECTORATE}]
    assert {grid.SITE} in axes
    lines = packs.lines(trust, tables, trust.quarters)
    assert len(lines) > 4 * 15
    made = protect(tables, Ledger(lines), Rules(whole=grid.WHOLE), seed=SEED)
    assert isinstance(made, Publication)
    assert made.report.linked > len(lines)
