"""A separately written attacker, given all that was released, comes no closer than the method allows."""

import pytest

from speakup.disclosure import Publication, Rules, Why
from tests.disclosure.attacker import SOLVED, Reading, insiders_too_close, read_off, too_close
from tests.disclosure.small import published, small


@pytest.mark.parametrize("returns", [False, True])
@pytest.mark.parametrize(("seed", "cases"), [(1, 40), (2, 90), (4, 260), (5, 420)])
def test_no_small_cell_is_known_more_closely_than_the_method_allows(seed: int, cases: int, *, returns: bool) -> None:
    trust = small(seed, cases)
    _, ledger = published(trust, returns=returns)
    read = too_close(trust, ledger)
    assert read.claims
    assert (read.broken, read.undecided) == (0, 0)


@pytest.mark.parametrize(
    ("seed", "cases", "returns"), [(2, 90, False), (2, 90, True), (4, 260, False), (5, 420, False)]
)
def test_whoever_knows_their_own_cell_exactly_learns_no_other(seed: int, cases: int, *, returns: bool) -> None:
    trust = small(seed, cases)
    _, ledger = published(trust, returns=returns)
    told = insiders_too_close(trust, ledger)
    assert told.claims > 100
    assert (told.broken, told.undecided) == (0, 0)


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
