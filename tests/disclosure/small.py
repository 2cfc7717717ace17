"""Small trusts for tests: few values, few quarters, the real shape."""

from benchmarks.load.counts import Invented, Size, invent, of_quarter, of_year, returned
from speakup.disclosure import Ledger, Publication, Rules, Withheld, protect

SEED = b"a secret of this organisation only"
SMALL = Size(elements=2, groups=3, directorates=3, years=1)


def small(seed: int, cases: int) -> Invented:
    """One year of a trust with two elements, three groups and three directorates."""
    return invent(seed, cases, SMALL)


def published(
    trust: Invented, *, returns: bool = False, rules: Rules | None = None
) -> tuple[list[Publication | Withheld], Ledger]:
    """Each quarter, then the year, as they come out one after the other."""
    ledger, done = Ledger(), []
    for number, quarter in enumerate(trust.year(0)):
        tables = trust.tables(trust.closed(number + 1), of_quarter(quarter))
        if returns:
            ledger = ledger.with_lines(returned(tables, quarter))
        done.append(protect(tables, ledger, rules or Rules(), seed=SEED))
        if isinstance(done[-1], Publication):
            ledger = ledger.with_release(done[-1].release)
    tables = trust.tables(trust.closed(4), of_year(trust.year(0)))
    done.append(protect(tables, ledger, rules or Rules(), seed=SEED))
    if isinstance(done[-1], Publication):
        ledger = ledger.with_release(done[-1].release)
    return done, ledger
