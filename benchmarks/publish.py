"""What a board is shown and what it costs: `./run bench publish`; `--trusts 300` lets trusts be attacked as well.

Invented trusts of 60, 150, 250 and 400 cases a year publish four quarters and then the year, at the thresholds 5 and 8
for groups. Printed are the cells of the year's publication that are shown, of how many; the masks by rule; the further
masks, which the program proves to be the fewest, and so the optimum is the same number; the claims' programs; and the
seconds of the processor for all five publications and for the year's alone. `--pack` publishes what the
product does, at its full size.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from random import Random

from benchmarks.load import figures, packs
from benchmarks.load.counts import RESTATED, Invented, Size, invent, of_quarter, of_year, recoded, returned
from speakup.disclosure import Ledger, Publication, Reason, Rules, Withheld, protect
from speakup.papers import grid
from speakup.papers.pack import Kind as Of

SIZES = (60, 150, 250, 400)
SEED = b"benchmark"
GROUPED = Size(groups=6, directorates=6, years=1)
"""The lists of a trust that keeps to six directorates and five worker groups: 100 to 200 linked cells."""
SMALL = Size(elements=2, groups=3, directorates=3, years=3)


def published(
    trust: Invented, rules: Rules, *, returns: bool, restated: bool = False
) -> Iterator[tuple[Publication | Withheld, float, Ledger]]:
    """Each quarter and each year, the seconds each took of the processor, and what then is known.

    With `restated`, each year once more as its cases were recoded since.
    """
    ledger = Ledger()
    for number, quarter in enumerate(trust.quarters):
        year, ends = trust.year(number // 4), number % 4 == 3  # noqa: PLR2004 -- the year ends with its fourth quarter
        steps = [of_quarter(quarter), of_year(year)][: 1 + ends] + [of_year(year, RESTATED)] * (restated and ends)
        for at, definitions in enumerate(steps):
            again = number // 4 + (at > 1) if restated else 0
            tables = trust.tables(trust.closed(number + 1, recoded=again), definitions)
            if returns and not at:
                ledger = ledger.with_lines(returned(tables, quarter))
            if at > 1:
                ledger = ledger.with_lines(recoded(tables, year))
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


def show_pack(cases: int, *, returns: bool) -> None:
    """Print one line for what `papers` publishes of a year, with all of 13 directorates and 11 worker groups."""
    trust, ledger, spent = invent(cases, cases, Size(years=1)), Ledger(), 0.0
    rules = Rules(whole=grid.WHOLE)
    for number, quarter in enumerate(trust.quarters, 1):
        steps = [(Of.QUARTER, (quarter,)), (Of.YEAR, trust.quarters)][: 1 + (number == len(trust.quarters))]
        for of, quarters in steps:
            tables = packs.tables(trust, number, quarters, of)
            if returns:
                ledger = Ledger(packs.lines(trust, tables, trust.quarters[:number]), ledger.releases)
            began = time.process_time()
            made = protect(tables, ledger, rules, seed=SEED)
            spent += time.process_time() - began
            if isinstance(made, Withheld):
                print(f"{cases:>6}  withheld: {made.reason}")
                continue
            ledger = ledger.with_release(made.release)
    if isinstance(made, Publication):
        report = made.report
        print(
            f"{cases:>6}{report.cells:>8}{report.linked:>8}{report.shown:>7}{report.extra:>7}{spent:>9.1f}", flush=True
        )


def attack(trusts: int, first: int, every: int) -> int:
    """Let random trusts publish twelve quarters, three years and their restatements, and the tests' attacker read all.

    Every other trust publishes beside its national returns.
    """
    from tests.disclosure.attacker import insiders_too_close, too_close  # noqa: PLC0415 -- it stands with the tests

    random, began = Random(300), time.process_time()
    sizes = [random.randint(40, 800) for _ in range(trusts)]
    seen = broken = withheld = releases = cells = claims = undecided = 0
    for number in range(first, trusts, every):
        trust, ledger = invent(number, sizes[number], SMALL), Ledger()
        for made, _, now in published(trust, Rules(), returns=bool(number % 2), restated=True):
            withheld += isinstance(made, Withheld) and made.reason is not Reason.NOTHING
            releases += isinstance(made, Publication)
            ledger = now
        read, told = too_close(trust, ledger), insiders_too_close(trust, ledger)
        seen, cells, claims = seen + 1, cells + read.claims, claims + told.claims
        broken, undecided = broken + read.broken + told.broken, undecided + read.undecided + told.undecided
        print(
            f"{seen} trusts, {releases} releases, {withheld} withheld, {cells} protected cells, {claims} claims "
            f"against insiders, {broken} known too closely, {undecided} not found out, "
            f"{time.process_time() - began:.0f} s",
            flush=True,
        )
        if read.broken or told.broken:
            print(f"  trust {number} of {sizes[number]} cases: {read}, {told}", flush=True)
    return broken


def main(arguments: list[str]) -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trusts", type=int, default=0, help="attack so many random trusts instead")
    parser.add_argument("--first", type=int, default=0, help="begin with this one of them")
    parser.add_argument(
        "--every", type=int, default=1, help="and take each so-manieth: 2 leaves out those with returns"
    )
    parser.add_argument("--returns", action="store_true", help="let the national return's figures be known")
    parser.add_argument("--pack", action="store_true", help="publish what the product does, at its full size")
    options = parser.parse_args(arguments)
    if options.pack:
        print(figures.machine())
        print(" cases   cells  linked  shown  extra    all s")
        for cases in SIZES:
            show_pack(cases, returns=options.returns)
        return 0
    if options.trusts:
        return min(attack(options.trusts, options.first, options.every), 1)
    print(figures.machine())
    print(" cases   T   cells  linked  shown  share  rules  extra  optimum  programs  year s  all s")
    for threshold in (5, 8):
        for cases in SIZES:
            show(cases, threshold, returns=options.returns)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
