"""One guardian's search through 2,000 cases with 40,000 messages and notes: `./run bench search`.

Beside each search stands the floor of the same run: every data key of these cases opened once and every sealed byte
decrypted once, with nothing around it. Both in one process and on one core; by the processor's time, since a busy
machine makes both wait, and by the clock. Bars: under a second, at most twice the floor, memory back to where it was.

The floor opens keys that are sealed to a public key, as a search did before keys were kept by whoever opened them. A
second one, printed below it, opens kept ones: what is left above that one is rows, heads, and looking at words.

The first search is that of the second guardian, who never opened one of these cases: a colleague signed them, so that
the floor of that one checks as many signatures as well.
"""

import cProfile
import pstats
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from sqlalchemy import func, select

from benchmarks.load import figures
from benchmarks.load.archive import archived
from speakup import cases
from speakup.crypto import envelope, keypairs
from speakup.crypto.binding import bind
from speakup.keyring.models import Compartment, SealedRecord
from tests.trusts import Colleague, Trust

ROUNDS = 7
SECONDS_BAR, RATIO_BAR = 1.0, 2.0
GIVEN_BACK = 1.1
"""Memory after, at most so many times what it was: the allocator keeps some pages for the next time."""
QUESTIONS = {
    "a word of a few cases": "cannula",
    "a name": "Okonkwo-Reid",
    "a phrase": "“after the handover”",
    "a word of every case": "nurses",
    "what most texts say": "den",
    "nothing": "xylophone quartz",
}
_MEGABYTE = 1024.0


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of one run, by the processor and by the clock."""

    cpu: float
    clock: float


def spent(step: Callable[[], object]) -> Spent:
    """Run something once."""
    cpu, clock = process_time(), perf_counter()
    step()
    return Spent(process_time() - cpu, perf_counter() - clock)


def look(trust: Trust, words: str, who: Colleague | None = None) -> cases.Search:
    """Search as the page does, without the page; the first guardian does unless it is somebody else."""
    who = who or trust.guardian
    with trust.work(who, writes=False) as uow:
        search = cases.start_search(uow, cases.SearchAsked(cases.parse_search(words)))
        for _ in search.steps():
            pass
    with trust.work(who) as uow:
        cases.record_search(uow, search)
    return search


@dataclass(frozen=True, slots=True)
class Floor:
    """What no search can do without: so many keys to open, and sealed bodies of so many bytes."""

    keys: int
    sizes: Counter[int]

    def run(self) -> None:
        """Open every key and every body, with the keys ready and every context made."""
        for _ in range(self.keys):
            envelope.unwrap_key(WRAPPED, STAFF, CONTEXT)
        self.run_bodies()

    def run_first(self) -> None:
        """Check who stands by every key as well."""
        self.run()
        for _ in range(self.keys):
            keypairs.verify_signature(STAFF.public.approving, CONTEXT, SIGNED)

    def run_kept(self) -> None:
        """Do the same with keys that were opened before."""
        kept = envelope.seal(KEY, KEY + KEY, CONTEXT)
        for _ in range(self.keys):
            envelope.open_sealed(KEY, kept, CONTEXT)
        self.run_bodies()

    def run_bodies(self) -> None:
        """Open every body."""
        for size, times in self.sizes.items():
            body = envelope.seal(KEY, bytes(size - envelope.SEAL_OVERHEAD), CONTEXT)
            for _ in range(times):
                envelope.open_sealed(KEY, body, CONTEXT)


KEY, CONTEXT = envelope.new_data_key(), bind("organisation", "case", "conversation", 1, "record", 1)
STAFF = keypairs.staff_keys(keypairs.new_root_secret())
SIGNED = STAFF.sign_approving(CONTEXT)
WRAPPED = envelope.wrap_key(KEY, STAFF.public.sealing, CONTEXT)


def floor_of(trust: Trust) -> Floor:
    """Count what this trust's cases hold: a key and a head a compartment, and every record."""
    with trust.work() as uow:
        heads = uow.session.execute(select(func.length(Compartment.head))).scalars().all()
        records = uow.session.execute(select(func.length(SealedRecord.body))).scalars().all()
    return Floor(len(heads), Counter([*heads, *records]))


# Memory


def resident() -> float:
    """Megabytes of this process in memory now."""
    return _status("VmRSS")


def peak() -> float:
    """Megabytes at most since `forget_peak`."""
    return _status("VmHWM")


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _status(name: str) -> float:
    found = re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    if found is None:
        raise LookupError(name)
    return int(found[1]) / _MEGABYTE


def print_first(trust: Trust, floor: Floor) -> None:
    """Print what somebody's first search takes, in a process that has never seen a signature of these cases."""
    least, checked = spent(floor.run).cpu, spent(floor.run_first).cpu
    first = spent(lambda: look(trust, "cannula", trust.second_guardian))
    print(f"the first search of somebody: {first.clock:.2f} s by the clock, {first.cpu:.2f} by the processor")
    print(
        f"  {first.cpu / least:.1f} times the floor, {first.cpu / checked:.1f} times the {checked:.2f} with signatures"
    )


KEPT = "with keys opened before"


def measure(trust: Trust, floor: Floor, rounds: int) -> tuple[dict[str, list[Spent]], list[Spent]]:
    """Run floor and searches in turn, so that a slow minute of the machine is in both."""
    taken: dict[str, list[Spent]] = {KEPT: [], **{name: [] for name in QUESTIONS}}
    floors = []
    for _ in range(rounds):
        floors.append(spent(floor.run))
        taken[KEPT].append(spent(floor.run_kept))
        for name, words in QUESTIONS.items():
            taken[name].append(spent(lambda words=words: look(trust, words)))  # type: ignore[misc]  # mypy does not type a default
    return taken, floors


def print_times(taken: dict[str, list[Spent]], floors: list[Spent]) -> float:
    """Print medians and the ratio to the floor; return the worst ratio."""
    least = median(each.cpu for each in floors)
    print(f"{'':<28}{'processor':>10}{'clock':>8}{'best':>8}{'ratio':>7}   (seconds, medians)")
    print(f"{'the floor':<28}{least:>10.2f}{median(each.clock for each in floors):>8.2f}")
    ratios = {}
    for name, rounds in taken.items():
        cpu = median(each.cpu for each in rounds)
        ratios[name] = median(each.cpu / floor.cpu for each, floor in zip(rounds, floors, strict=True))
        clock, best = median(each.clock for each in rounds), min(each.clock for each in rounds)
        print(f"{name:<28}{cpu:>10.2f}{clock:>8.2f}{best:>8.2f}{ratios[name]:>7.2f}")
    return max(ratios.values())


def print_memory(trust: Trust) -> bool:
    """Print what one more search needs and leaves; say whether it left no more than it found."""
    before = resident()
    forget_peak()
    look(trust, "nurses")
    after = resident()
    print(f"memory: {before:.0f} MB before, {peak():.0f} at most, {after:.0f} after")
    return after <= before * GIVEN_BACK


def profiled(trust: Trust) -> None:
    """Print where the time of one search goes."""
    profile = cProfile.Profile()
    profile.runcall(look, trust, "cannula")
    pstats.Stats(profile).sort_stats("tottime").print_stats(40)


def main() -> int:
    rounds = next((int(each) for each in sys.argv[1:] if each.isdecimal()), ROUNDS)
    with archived() as place, place.open() as (trust, *_):
        floor = floor_of(trust)
        size = sum(size * times for size, times in floor.sizes.items()) / _MEGABYTE**2
        print(f"{floor.keys:,} keys, {sum(floor.sizes.values()):,} sealed bodies, {size:.0f} MB. {figures.machine()}")
        begun = resident()
        print_first(trust, floor)
        look(trust, "cannula")
        ratio = print_times(*measure(trust, floor, rounds))
        given_back = print_memory(trust)
        print(f"before the first search it was {begun:.0f} MB; what was learned of public keys' signatures stays")
        print(f"bars: {SECONDS_BAR:.0f} s, ratio {RATIO_BAR:.0f}; worst ratio {ratio:.2f}. {figures.machine()}")
        if "--profile" in sys.argv:
            profiled(trust)
    return 0 if ratio <= RATIO_BAR and given_back else 1


if __name__ == "__main__":
    sys.exit(main())
