"""A separately written attacker, given all that was released, comes no closer than the method allows."""

import pytest

from speakup.disclosure import Publication, Rules, Why
from tests.disclosure.attacker import SOLVED, Reading, read_off, too_close
from tests.disclosure.small import published, small


@pytest.mark.parametrize("returns", [False, True])
@pytest.mark.parametrize(("seed", "cases"), [(1, 40), (2, 90), (4, 260), (5, 420)])
def test_no_small_cell_is_known_more_closely_than_the_method_allows(seed: int, cases: int, *, returns: bool) -> None:
    trust = small(seed, cases)
    _, ledger = published(trust, returns=returns)
    broken, protected = too_close(trust, ledger)
    assert protected
    assert not broken


@pytest.mark.parametrize(("seed", "cases"), [(2, 90), (3, 160), (4, 260)])
def test_whoever_knows_their_own_cell_exactly_learns_no_other(seed: int, cases: int) -> None:
    trust = small(seed, cases)
    done, ledger = published(trust)
    assert isinstance(done[-1], Publication)
    reading = Reading(trust, ledger)
    known, without = reading.reader(), reading.reader(len(ledger.releases) - 1)
    cells = [entry.where for entry in done[-1].release.entries]
    for own in cells[::3]:
        for where in [where for where in cells if where in reading.protected and where != own][::2]:
            mine = (own, reading.cases(own))
            (low, high), (least, most) = known.bounds(where, mine), without.bounds(where, mine)
            assert low <= least + 1 - SOLVED
            assert high >= min(reading.protected[where] - 1, 5, int(most + SOLVED)) - SOLVED


def test_masking_small_cells_alone_is_not_enough() -> None:
    """The attacker is worth its name: without the further masks it works cells out."""
    broken = 0
    for seed in range(3, 6):
        trust = small(seed, 160)
        done, ledger = published(trust)
        assert isinstance(done[-1], Publication)
        reading = Reading(trust, ledger)
        known = reading.reader()
        for where, reason in done[-1].reasons:
            if reason is Why.EXTRA:
                people, again = reading.people(where), reading.cases(where) - reading.people(where)
                low, high = read_off((people + 2) // 5 * 5, Rules().groups, None)
                known.reads(where, low + again, high + again)
        for where, threshold in reading.protected.items():
            low, high = known.bounds(where)
            broken += low > SOLVED or high < min(threshold - 1, 5) - SOLVED
    assert broken
