"""What the guardian's two pages cost below the web: the worklist of 50 among many cases, and one case opened whole.

`python -m benchmarks.cases [--cases 2000] [--profile]` prints medians in milliseconds of
processor time and of the clock. Cases are raised, answered and titled through the operations, with real keys; only the
words of the receipts are drawn without Argon2id, which no page of a guardian's ever runs.
"""

import argparse
import cProfile
import os
import pstats
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

from speakup import cases
from speakup.crypto.receipts import ReceiptSecrets
from speakup.kernel.actor import Actor, ActorKind
from speakup.kernel.ids import new_id
from tests import trusts
from tests.databases import Stored
from tests.trusts import Colleague, Trust


def main() -> None:
    """Found a trust, fill it, measure, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=2000)
    options.add_argument("--rounds", type=int, default=40)
    options.add_argument("--profile", action="store_true")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        trusts.found(Path(folder))
        url = f"sqlite:///{folder}/template.db"
        stored = Stored("sqlite", url, url, Path(folder) / "trust")
        with stored.open() as database:
            trust = trusts.read(Path(folder), stored, database)[0]
            fill(trust, chosen.cases)
            measure(trust, chosen.rounds, with_profile=chosen.profile)


def fill(trust: Trust, count: int) -> None:
    """Raise the cases; every tenth is talked over, noted on and titled."""
    for number in tqdm(range(count), unit=" cases"):
        root = os.urandom(32)
        reporter = Actor(ActorKind.REPORTER, trust.id, new_id(), root_secret=root)
        concern = cases.NewConcern(
            "What happened on the ward, told at some length. " * 20, person=cases.PersonDetails("Somebody", "0700")
        )
        with trust.work(reporter) as uow:
            case, _ = cases.start_case(uow, ReceiptSecrets(root, os.urandom(32)), 1, concern)
        if number % 10 == 0:
            work_on(trust, case.ref, first_of(trust, case))


def work_on(trust: Trust, ref: str, guardian: Colleague) -> None:
    """Answer twice, note twice and give a title."""
    with trust.work(guardian) as uow:
        case = cases.find(uow, ref)
        cases.open_view(uow, case)
        for _ in range(2):
            cases.reply(uow, case, "Thank you for telling us. This is what happens next.")
            cases.add_note(uow, case, "Rang the ward manager.")
        cases.title_case(uow, case, "Staffing at night")


def first_of(trust: Trust, case: cases.Case) -> Colleague:
    """The primary guardian of a case."""
    return next(each for each in trust.people.values() if each.id == case.primary_id)


def measure(trust: Trust, rounds: int, *, with_profile: bool) -> None:
    """Print the medians of each page's work."""
    guardian = trust.guardian
    with trust.work(guardian) as uow:
        listed = cases.worklist(uow, cases.Filters())
        for line in listed.lines[:5]:
            cases.title_case(uow, cases.find(uow, line.case.ref), "Staffing at night")
    ref = listed.lines[0].case.ref
    print(f"{listed.counts.total} cases of this guardian's, {len(listed.lines)} on the page")
    for name, act in (
        ("worklist", lambda: show_worklist(trust, guardian)),
        ("case", lambda: show_case(trust, guardian, ref)),
    ):
        processor, clock = timed(act, rounds)
        print(f"{name:9} {processor:6.2f} ms processor, {clock:6.2f} ms clock (medians of {rounds})")
        if with_profile:
            profiled(act)


def show_worklist(trust: Trust, guardian: Colleague) -> None:
    """Open one page of the worklist."""
    with trust.work(guardian) as uow:
        assert cases.worklist(uow, cases.Filters()).lines


def show_case(trust: Trust, guardian: Colleague, ref: str) -> None:
    """Open one case whole."""
    with trust.work(guardian) as uow:
        found = cases.find(uow, ref)
        assert cases.open_view(uow, found).told.narrative
        assert cases.clock_lines(uow, found)


def timed(act: Callable[[], None], rounds: int) -> tuple[float, float]:
    """Median processor time and clock time of one round, milliseconds."""
    spent, taken = [], []
    for _ in range(rounds):
        processor, clock = time.process_time(), time.perf_counter()
        act()
        spent.append(1000 * (time.process_time() - processor))
        taken.append(1000 * (time.perf_counter() - clock))
    return statistics.median(spent), statistics.median(taken)


def profiled(act: Callable[[], None]) -> None:
    """Print where the time of twenty rounds goes."""
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(20):
        act()
    profile.disable()
    pstats.Stats(profile).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
