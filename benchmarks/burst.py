"""A news story breaks: 8 workers at a time, 2,000 concerns, while somebody guesses at seven words: `./run bench burst`.

Against gunicorn with its processes, over TLS, from visitors on the same machine, who take their share of its cores.
Bars: no submission fails; with one client guessing as fast as it can, the right words open within 5 seconds and the
form answers as it did before.
"""

import argparse
import contextlib
import secrets
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median
from threading import Event, Lock, Thread
from time import perf_counter

from benchmarks.load import figures
from benchmarks.load.places import Place, Server, served, temporary_place
from benchmarks.load.telling import Told, tell
from benchmarks.load.visitor import Visitor
from speakup import cases
from speakup.crypto import words as word_list
from speakup.crypto.receipts import WORD_COUNT
from speakup.web.cookies import INBOX

CLIENTS, SUBMISSIONS = 8, 2_000
PROBES, OPENINGS = 40, 10
OPENS_WITHIN = 5.0


@dataclass
class Burst:
    """What became of a burst."""

    seconds: list[float] = field(default_factory=list)
    """How long each submission took, all its pages, as its visitor saw it."""
    failures: Counter[str] = field(default_factory=Counter)
    told: list[Told] = field(default_factory=list, repr=False)
    lasted: float = 0.0


def burst(server: Server, clients: int, submissions: int, each_done: Callable[[], object] = lambda: None) -> Burst:
    """Raise so many concerns with so many at once; each visitor is new, and none tries twice."""
    result, lock = Burst(), Lock()

    def one(_: int) -> None:
        begun = perf_counter()
        try:
            with server.visitor() as visitor:
                told = tell(visitor)
        except Exception as error:  # noqa: BLE001 -- whatever goes wrong is a failure, and is counted by its kind
            with lock:
                result.failures[f"{type(error).__name__}: {error}"] += 1
            return
        with lock:
            result.seconds.append(perf_counter() - begun)
            result.told.append(told)
            each_done()

    begun = perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(one, range(submissions)))
    result.lasted = perf_counter() - begun
    return result


@dataclass
class Guessing:
    """What a guesser got done."""

    answers: Counter[int] = field(default_factory=Counter)


@contextlib.contextmanager
def somebody_guessing(server: Server, connections: int) -> Iterator[Guessing]:
    """Guess at seven words as fast as the server lets one, a fresh cookie for every guess, until the block ends."""
    stop, made, lock = Event(), Guessing(), Lock()

    def guess() -> None:
        with server.visitor() as visitor:
            while not stop.is_set():
                status = _guess(visitor)
                with lock:
                    made.answers[status] += 1

    threads = [Thread(target=guess) for _ in range(connections)]
    for thread in threads:
        thread.start()
    try:
        yield made
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _guess(visitor: Visitor) -> int:
    visitor.cookies.clear()
    page = visitor.get("/follow-up")
    if page.status != 200:  # noqa: PLR2004 -- OK
        return page.status
    words = " ".join(secrets.choice(word_list.all_words()) for _ in range(WORD_COUNT))
    return visitor.submit(page, "Open", words=words).status


def seconds_to_open(server: Server, told: Told) -> float:
    """Return how long the right words take from a new browser, pressing again where the page asks for that."""
    begun = perf_counter()
    with server.visitor() as visitor:
        while perf_counter() - begun < OPENS_WITHIN * 4:
            visitor.submit(visitor.get("/follow-up"), "Open", words=" ".join(told.words))
            if INBOX.name in visitor.cookies:
                return perf_counter() - begun
    raise TimeoutError("the right words did not open")


def form_latency(server: Server, probes: int) -> list[float]:
    """Return how long the form's first page and its answer take, from new browsers."""
    taken = []
    for _ in range(probes):
        with server.visitor() as visitor:
            begun = perf_counter()
            visitor.submit(visitor.get("/raise"), "Continue", how="confidential")
            taken.append(perf_counter() - begun)
    return taken


def concerns_kept(place: Place) -> int:
    """Count the cases there are."""
    with place.open() as (trust, *_), trust.work(writes=False) as uow:
        return uow.session.query(cases.Case).count()


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--submissions", type=int, default=SUBMISSIONS)
    options.add_argument("--connections", type=int, nargs="*", default=[1, 4], help="of the one who guesses")
    chosen = options.parse_args()
    print(figures.machine())
    with temporary_place() as place, served(place) as server:
        result = measured_burst(server, chosen.submissions)
        kept = concerns_kept(place)
        print(f"{chosen.submissions} concerns told, {kept} kept, {result.failures.total()} failures.")
        for kind, count in result.failures.items():
            print(f"  {count} × {kind}")
        good = not result.failures and kept == chosen.submissions
        return 0 if good & measured_guessing(server, result.told, chosen.connections) else 1


def measured_burst(server: Server, submissions: int) -> Burst:
    """Run the burst, and print how it went."""
    from tqdm import tqdm  # noqa: PLC0415 -- the tests that use this module's parts need no bar

    with tqdm(total=submissions, desc="Speaking up", file=sys.stderr, disable=None) as bar:
        result = burst(server, CLIENTS, submissions, bar.update)
    print(figures.head(f"{CLIENTS} at a time"))
    print(figures.row("one submission, all its pages", result.seconds))
    print(f"{len(result.seconds) / result.lasted * 60:.0f} concerns a minute. {figures.machine()}")
    return result


def measured_guessing(server: Server, told: list[Told], connections: list[int]) -> bool:
    """Print how the form and the right words do without and with somebody guessing."""
    print(figures.head("nobody else on the site"))
    quiet = form_latency(server, PROBES)
    print(figures.row("/raise and its first answer", quiet))
    print(
        figures.row("the right words, from the first page", [seconds_to_open(server, each) for each in told[:OPENINGS]])
    )
    good = True
    for count in connections:
        with somebody_guessing(server, count) as guessing:
            busy = form_latency(server, PROBES)
            opened = [seconds_to_open(server, each) for each in told[:OPENINGS]]
        print(figures.head(f"one guesses on {count} connection{'s' * (count > 1)}"))
        print(figures.row("/raise and its first answer", busy))
        print(figures.row("the right words, from the first page", opened))
        slower = median(busy) / median(quiet)
        print(f"{guessing.answers.total()} guesses, by status: {dict(guessing.answers)}.")
        print(f"/raise took {slower:.1f} times as long.")
        good &= max(opened) <= OPENS_WITHIN
    return good


if __name__ == "__main__":
    sys.exit(main())
