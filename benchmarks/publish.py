"""What a board is shown and what it costs: `./run bench publish`; `--trusts 300` lets trusts be attacked as well.

Invented trusts of 60, 150, 250 and 400 cases a year publish four quarters and then the year, at the thresholds 5 and 8
for groups. Printed are the cells of the year's publication that are shown, of how many; the masks by rule; the further
masks, which the program proves to be the fewest, and so the optimum is the same number; the claims' programs; and the
seconds of the processor for all five publications and for the year's alone.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from random import Random

from benchmarks.load import figures
from benchmarks.load.counts import Invented, Size, invent, of_quarter, of_year, returned
from speakup.disclosure import Ledger, Publication, Reason, Rules, Withheld, protect

SIZES = (60, 150, 250, 400)
SEED = b"benchmark"
GROUPED = Size(groups=6, directorates=6, years=1)
"""The lists of a trust that keeps to six directorates and five worker groups: 100 to 200 linked cells."""
SMALL = Size(elements=2, groups=3, directorates=3, years=3)


def published(
    trust: Invented, rules: Rules, *, returns: bool
) -> Iterator[tuple[Publication | Withheld, float, Ledger]]:
    """Each quarter and each year, the seconds each took of the processor, and what then is known."""
    ledger = Ledger()
    for number, quarter in enumerate(trust.quarters):
        steps = [(of_quarter(quarter), number + 1)]
        if number % 4 == 3:  # noqa: PLR2004 -- the year ends with its fourth quarter
            steps.append((of_year(trust.year(number // 4)), number + 1))
        for at, (definitions, closed) in enumerate(steps):
            tables = trust.tables(trust.closed(closed), definitions)
            if returns and not at:
                ledger = ledger.with_lines(returned(tables, quarter))
            began = time.process_time()
            made = protect(tables, ledger, rules, seed=SEED)
            spent = time.process_time() - began
            if isinstance(made, Publication):
                ledger = ledger.with_release(made.release)
            yield made, spent, ledger


def show(cases: int, threshold: int, *, returns: bool) -> None:
    """Print one line of the table."""
    rules = Rules(groups=threshold, decision="" if threshold >= Rules().groups else "a benchmark")
    done = list(published(invent(cases, cases, GROUPED), rules, returns=returns))
    (year, seconds, _), whole = done[-1], sum(spent for _, spent, _ in done)
    if isinstance(year, Withheld):
        print(f"{cases:>6}{threshold:>4}  withheld: {year.reason}{seconds:>12.1f}")
        return
    report = year.report
    share = 100 * report.shown / report.cells
    print(
        f"{cases:>6}{threshold:>4}{report.cells:>8}{report.linked:>8}{report.shown:>7}{share:>6.0f} %{report.few:>7}"
        f"{report.extra:>7}{report.extra:>9}{report.programs:>10}{seconds:>9.1f}{whole:>9.1f}"
    )


def attack(trusts: int) -> int:
    """Let so many random trusts publish twelve quarters and three years, and the tests' attacker read it all."""
    from tests.disclosure.attacker import too_close  # noqa: PLC0415 -- it stands with the tests

    random, broken, withheld, cells = Random(300), 0, 0, 0
    for number in range(trusts):
        trust = invent(number, random.randint(40, 800), SMALL)
        ledger = Ledger()
        for made, _, ledger in published(trust, Rules(), returns=bool(number % 2)):  # noqa: B007 -- the last is wanted
            withheld += isinstance(made, Withheld) and made.reason is not Reason.NOTHING
        found, protected = too_close(trust, ledger)
        broken, cells = broken + found, cells + protected
        print(f"{number + 1} trusts, {cells} protected cells, {broken} known too closely, {withheld} withheld")
    return broken


def main(arguments: list[str]) -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trusts", type=int, default=0, help="attack so many random trusts instead")
    parser.add_argument("--returns", action="store_true", help="let the national return's figures be known")
    options = parser.parse_args(arguments)
    if options.trusts:
        return min(attack(options.trusts), 1)
    print(figures.machine())
    print(" cases   T   cells  linked  shown  share  rules  extra  optimum  programs  year s  all s")
    for threshold in (5, 8):
        for cases in SIZES:
            show(cases, threshold, returns=options.returns)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
