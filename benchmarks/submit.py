"""What one complete submission costs in processor time: `./run bench submit`.

All of its pages, from `/` to the saved words, with real forms and their tokens, in this process; the visitor's own
work is left out. Beside it stands the floor: the cryptographic operations that no submission can do without, measured
in the same run, with nothing around them.
"""

import cProfile
import pstats
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

from benchmarks.load import figures
from benchmarks.load.places import in_process, temporary_place
from benchmarks.load.telling import STORY, tell
from benchmarks.load.visitor import InProcess, Visitor, noting
from speakup.crypto import envelope, keypairs, receipts
from speakup.crypto.binding import bind

ROUNDS = 40
WARM = 5
AIM = 1.6

_CONTEXT = bind("organisation", "case", "conversation", 1, "record", 1)


@dataclass(frozen=True, slots=True)
class Operation:
    """One kind of cryptographic operation, how often a submission must do it, and it."""

    name: str
    times: int
    step: Callable[[], object]


def floor() -> list[Operation]:
    """Everything a submission to two guardians must do.

    Three compartments with a data key each: seven wrapped keys (reporter and two guardians for two of them, the two
    guardians for casework), one binding and one head each. Sealed: the concern, why it was routed so, the person, a
    manifest in each compartment, the exclusions, the reporter's memory, and the draft once for each of ten saves, which
    is opened again by each of the twenty pages that show it.
    """
    receipt, generation = receipts.draw(), receipts.new_generation(1)
    staff = keypairs.staff_keys(keypairs.new_root_secret()).public
    key, text = envelope.new_data_key(), (STORY * 4).encode().ljust(4096)
    sealed = envelope.seal(key, text, _CONTEXT)
    signature = keypairs.staff_keys(keypairs.new_root_secret())
    signed = signature.sign_vouching(text)
    return [
        Operation("stretch the seven words (Argon2id)", 1, lambda: receipts.open_receipt(receipt, generation, b"o")),
        Operation("derive the reporter's keys", 1, lambda: keypairs.reporter_keys(keypairs.new_root_secret()).public),
        Operation("wrap a data key (HPKE)", 8, lambda: envelope.wrap_key(key, staff.sealing, _CONTEXT)),
        Operation("commit to a data key", 3, lambda: envelope.commit(key, _CONTEXT)),
        Operation("seal a record", 9, lambda: envelope.seal(key, text, _CONTEXT)),
        Operation("digest a head", 3, lambda: envelope.digest(key, [bytes(32)] * 3, _CONTEXT)),
        Operation("save the draft", 10, lambda: envelope.seal(key, text, _CONTEXT)),
        Operation("open the draft", 20, lambda: envelope.open_sealed(key, sealed, _CONTEXT)),
        Operation(
            "check a vouching's signature",
            4,
            lambda: keypairs.verify_signature(signature.public.vouching, text, signed),
        ),
    ]


def cpu_of(step: Callable[[], object], rounds: int) -> float:
    """Median seconds of processor for one run of a step."""
    taken = []
    for _ in range(rounds):
        begun = process_time()
        step()
        taken.append(process_time() - begun)
    return median(taken)


def cpu_of_floor(operations: list[Operation], rounds: int = ROUNDS) -> dict[str, float]:
    """Seconds of processor for each line of the floor, all its times together."""
    return {
        f"{each.times} × {each.name}": cpu_of(lambda each=each: [each.step() for _ in range(each.times)], rounds)  # type: ignore[misc]  # mypy does not type a default
        for each in operations
    }


def cpu_of_submissions(visitor: Visitor, carried: InProcess, rounds: int) -> list[float]:
    """Seconds of processor of each of so many submissions, all pages together."""
    taken = []
    for _ in range(rounds):
        visitor.cookies.clear()
        with noting(carried) as spent:
            tell(visitor)
        taken.append(sum(each.cpu for each in spent))
    return taken


Function = tuple[str, int, str]
"""File, line and name, as the profiler names a function."""
REST = "the rest"
BUCKETS = (
    ("Argon2id and other cryptography", ("/cryptography/", "speakup/crypto", "_rust", "hashlib", "sha256", "hmac")),
    ("waiting for and writing the database file", ("sqlite3.Cursor", "sqlite3.Connection", "sqlite3")),
    ("SQLAlchemy", ("/sqlalchemy/",)),
    ("templates", ("/jinja2/", "<template>", "/templates/", "markupsafe")),
    ("words in the reader's language", ("/flask_babel/", "/babel/", "gettext.py")),
    ("forms", ("/wtforms/", "/flask_wtf/", "itsdangerous")),
    ("Flask and Werkzeug", ("/flask/", "/werkzeug/", "/blinker/", "/flask_login/")),
    ("our own code", ("/speakup/",)),
)


def where_it_goes(visitor: Visitor, carried: InProcess, rounds: int) -> tuple[dict[str, float], pstats.Stats]:
    """Share out one submission's processor time by what the code belongs to; a profiler slows small calls most."""
    profile = cProfile.Profile(process_time)
    carried.around = profile.runcall
    cpu_of_submissions(visitor, carried, rounds)
    carried.around = lambda answer: answer()
    stats = pstats.Stats(profile)
    shared: dict[str, float] = {}
    for seconds, owner in _owned(stats):
        shared[owner] = shared.get(owner, 0.0) + seconds / rounds
    return shared, stats


def _owned(stats: pstats.Stats) -> Iterator[tuple[float, str]]:
    """Whose each function's own time is. What is built into Python counts for whoever called it."""
    for function, (_, _, own, _, callers) in _functions(stats):
        if function[0] != "~" or _bucket(function) != REST:
            yield own, _bucket(function)
            continue
        for caller, (_, _, own_from_there, _) in callers.items():
            yield own_from_there, _bucket(caller)


def _bucket(function: Function) -> str:
    file, _, name = function
    return next((bucket for bucket, marks in BUCKETS if any(mark in f"{file} {name}" for mark in marks)), REST)


def _functions(stats: pstats.Stats) -> Iterable[tuple[Function, tuple[int, int, float, float, Any]]]:
    return stats.stats.items()  # type: ignore[attr-defined, no-any-return]  # its types leave out what it holds


def main() -> int:
    print(figures.machine())
    with temporary_place() as place, in_process(place) as (visitor, carried, _):
        cpu_of_submissions(visitor, carried, WARM)
        print_ratio(cpu_of_floor(floor()), cpu_of_submissions(visitor, carried, ROUNDS), carried)
        print_shares(visitor, carried)
    return 0


def print_ratio(parts: dict[str, float], submissions: list[float], carried: InProcess) -> None:
    """Print the floor line by line, the whole, and the one over the other."""
    print(f"{'the floor':<50}{'ms':>8}")
    for name, seconds in parts.items():
        print(f"  {name:<48}{seconds * 1000:>8.2f}")
    whole, least = median(submissions), sum(parts.values())
    print(f"{'the floor, together':<50}{least * 1000:>8.1f}")
    print(f"{f'a submission, all {len(carried.spent)} pages':<50}{whole * 1000:>8.1f}")
    print(f"ratio {whole / least:.2f} (aimed at: {AIM}). {figures.machine()}")


def print_shares(visitor: Visitor, carried: InProcess) -> None:
    """Print where the time goes, and the functions that take most of it themselves."""
    shared, stats = where_it_goes(visitor, carried, WARM)
    total = sum(shared.values())
    print(f"{'where it goes, under the profiler':<50}{'ms':>8}{'share':>8}")
    for name, seconds in sorted(shared.items(), key=lambda each: -each[1]):
        print(f"  {name:<48}{seconds * 1000:>8.1f}{seconds / total:>8.0%}")
    for (file, line, name), (_, calls, own, _, _) in hottest(stats):
        print(f"  {own / WARM * 1000:>8.2f} ms {calls // WARM:>7} calls  {Path(file).name}:{line} {name}")


def hottest(stats: pstats.Stats, count: int = 20) -> list[tuple[Function, tuple[int, int, float, float, Any]]]:
    """Return the functions with most time of their own."""
    return sorted(_functions(stats), key=lambda each: -each[1][2])[:count]


if __name__ == "__main__":
    sys.exit(main())
