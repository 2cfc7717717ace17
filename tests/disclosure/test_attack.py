"""A separately written attacker, given all that was released, comes no closer than the method allows."""

import pytest

from benchmarks.load.counts import Invented
from speakup.disclosure import Ledger, Publication, Rules, Where
from tests.disclosure.attacker import Attacker, read_off
from tests.disclosure.small import published, small

SOLVED = 1e-5


def _attacker(trust: Invented, ledger: Ledger) -> Attacker:
    """Everything in the ledger, read by the method note. Who spoke up twice is known, as the method assumes."""
    tables = trust.tables(trust.closed(4), ())
    known = Attacker({dimension.name: dimension.values for dimension in trust.dimensions})
    for line in ledger.lines:
        known.reads(line.where, line.cases, line.cases)
    for release in ledger.releases:
        for entry in release.entries:
            low, high = read_off(entry.shown, entry.threshold, tables.staff_of(entry.where))
            again = _cases(trust, entry.where) - _people(trust, entry.where)
            known.reads(entry.where, low + again if entry.shown is not None else low, high + again)
    return known


def _cases(trust: Invented, where: Where) -> int:
    return len(trust.tables(trust.closed(4), ()).matching(where))


def _people(trust: Invented, where: Where) -> int:
    return len({row.person for row in trust.tables(trust.closed(4), ()).matching(where)})


def _small_cells(trust: Invented, ledger: Ledger) -> dict[Where, int]:
    """Masked cells with fewer people than their threshold, that no return line gives away; and their thresholds."""
    lines = {line.where for line in ledger.lines}
    entries = {entry.where: entry for release in ledger.releases for entry in release.entries}
    return {
        where: entry.threshold
        for where, entry in entries.items()
        if entry.shown is None and where not in lines and _people(trust, where) < entry.threshold
    }


def _beforehand(trust: Invented, ledger: Ledger) -> Attacker:
    known = Attacker({dimension.name: dimension.values for dimension in trust.dimensions})
    for line in ledger.lines:
        known.reads(line.where, line.cases, line.cases)
    return known


@pytest.mark.parametrize("returns", [False, True])
@pytest.mark.parametrize(("seed", "cases"), [(1, 40), (2, 90), (4, 260), (5, 420)])
def test_no_small_cell_is_known_more_closely_than_the_method_allows(seed: int, cases: int, *, returns: bool) -> None:
    trust = small(seed, cases)
    _, ledger = published(trust, returns=returns)
    outsider, before = _attacker(trust, ledger), _beforehand(trust, ledger)
    strict, strict_before = _attacker(trust, ledger), _beforehand(trust, ledger)
    protected = _small_cells(trust, ledger)
    for where, threshold in protected.items():
        again = _cases(trust, where) - _people(trust, where)
        for reader in (strict, strict_before):
            reader.reads(where, 0, threshold - 1 + again)
    assert protected
    for where, threshold in protected.items():
        for reader, without in ((outsider, before), (strict, strict_before)):
            low, high = reader.bounds(where)
            least, most = without.bounds(where) if returns or reader is strict else (0, 1000)
            assert low <= least + SOLVED
            assert high >= min(threshold - 1, 5, int(most + SOLVED)) - SOLVED


@pytest.mark.parametrize(("seed", "cases"), [(2, 90), (3, 160), (4, 260)])
def test_whoever_knows_their_own_cell_exactly_learns_no_other(seed: int, cases: int) -> None:
    trust = small(seed, cases)
    done, ledger = published(trust)
    known = _attacker(trust, ledger)
    last = done[-1]
    assert isinstance(last, Publication)
    masked = [entry.where for entry in last.release.entries if entry.shown is None]
    protected = {where: threshold for where, threshold in _small_cells(trust, ledger).items() if where in set(masked)}
    for own in masked[::3]:
        for where, threshold in list(protected.items())[::2]:
            if own == where:
                continue
            value = _cases(trust, own)
            without = Attacker({dimension.name: dimension.values for dimension in trust.dimensions})
            for release in ledger.releases[:-1]:
                for entry in release.entries:
                    if entry.shown is not None:
                        without.reads(entry.where, *known.readings[entry.where])
            low, high = known.bounds(where, own=(own, value))
            least, most = without.bounds(where, own=(own, value))
            assert low <= least + 1
            assert high >= min(threshold - 1, 5, int(most + SOLVED)) - SOLVED


def test_masking_small_cells_alone_is_not_enough() -> None:
    """The attacker is worth its name: without the repair it works cells out."""
    broken = 0
    for seed in range(3, 5):
        trust = small(seed, 160)
        done, ledger = published(trust)
        last = done[-1]
        assert isinstance(last, Publication)
        known = _attacker(trust, ledger)
        why = dict(last.reasons)
        for where, reason in why.items():
            if reason == "extra":
                people, again = _people(trust, where), _cases(trust, where) - _people(trust, where)
                low, high = read_off((people + 2) // 5 * 5, Rules().groups, None)
                known.reads(where, low + again, high + again)
        for where, threshold in _small_cells(trust, ledger).items():
            low, high = known.bounds(where)
            broken += low > SOLVED or high < min(threshold - 1, 5) - SOLVED
    assert broken
