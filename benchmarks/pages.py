"""Server time of every page a worker and a guardian wait for, with 2,000 cases: `./run bench pages`.

The application is called directly, so neither network nor client is in the figures. Bars: a median under 20 ms for
each, the worklist page under 40 kB, a first visit to `/` under 100 kB as it is sent.

A machine may be half as fast again one minute later, so one Argon2id is timed beside each page: what a page takes is
also said in those.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median
from time import process_time

from benchmarks.load import figures
from benchmarks.load.places import in_process
from benchmarks.load.stock import CASES, stocked
from benchmarks.load.telling import ANSWERS, STORY, step_of
from benchmarks.load.visitor import InProcess, Page, Spent, Visitor
from speakup import cases, keyring
from speakup.crypto import receipts
from speakup.web.cookies import STAFF
from tests.trusts import Trust

ROUNDS = 60
MEDIAN_BAR = 0.020
WORKLIST_BAR = 40_000
FIRST_VISIT_BAR = 100_000


Taken = dict[str, list[Spent]]
"""What each page took, round by round."""


@dataclass
class Clockwork:
    """Times one derivation, always the same, to say how fast the machine is just now."""

    receipt: receipts.Receipt = field(default_factory=receipts.draw)
    generation: receipts.Generation = field(default_factory=lambda: receipts.new_generation(1))
    taken: list[float] = field(default_factory=list)

    def tick(self) -> None:
        """Derive once; seconds of processor."""
        begun = process_time()
        receipts.open_receipt(self.receipt, self.generation, b"organisation")
        self.taken.append(process_time() - begun)


def measure(rounds: int, clockwork: Clockwork) -> Taken:
    """Return seconds by page, and print what the pages weigh."""
    taken: Taken = {}
    with stocked() as place, in_process(place) as (visitor, carried, trust):
        taken |= written_pages(visitor, carried, rounds)
        taken |= questions(visitor, carried, rounds)
        taken |= guardians_pages(visitor, carried, trust, rounds, clockwork)
        print_weights(visitor)
    return taken


def written_pages(visitor: Visitor, carried: InProcess, rounds: int) -> Taken:
    """Time the pages that anybody may open."""
    taken: Taken = {}
    for path in ("/", "/support", "/privacy", "/about/security", "/follow-up"):
        visitor.cookies.clear()
        taken[f"GET {path}"] = [_spent(visitor, carried, path) for _ in range(rounds)]
    return taken


def _spent(visitor: Visitor, carried: InProcess, path: str) -> Spent:
    page = visitor.get(path)
    if page.status != 200:  # noqa: PLR2004 -- OK
        raise page.refused()
    return carried.spent[-1]


def questions(visitor: Visitor, carried: InProcess, rounds: int) -> Taken:
    """Time each question's page and each question's answer, over whole submissions."""
    taken: Taken = {}
    for _ in range(rounds):
        visitor.cookies.clear()
        for name, seconds in _submission(visitor, carried):
            taken.setdefault(name, []).append(seconds)
    return taken


def _submission(visitor: Visitor, carried: InProcess) -> Iterator[tuple[str, Spent]]:
    page, step = visitor.get("/raise"), "how"
    yield "GET /raise, how", carried.spent[-1]
    while step != "check":
        page = visitor.submit(page, "Continue", **ANSWERS.get(step, {}))
        yield f"POST /raise, {step}", carried.spent[-2]
        step = step_of(page)
        yield f"GET /raise, {step}", carried.spent[-1]
    visitor.submit(page, "Send")
    yield "POST /raise, send", carried.spent[-2]
    yield "GET /raise/sent", carried.spent[-1]


def guardians_pages(visitor: Visitor, carried: InProcess, trust: Trust, rounds: int, clockwork: Clockwork) -> Taken:
    """Time the worklist, open and closed, and one case, signed in as a guardian of about a thousand; all by turns."""
    sign_in(visitor, trust)
    last = 2 + _pages(visitor.get("/cases")) // 2
    ref = _talked_over_case(trust)
    paths = {
        "GET /cases": "/cases",
        "GET /cases, in the middle": f"/cases?page={last}",
        "GET /cases, closed": "/cases?closed=yes",
        "GET /cases/REF": f"/cases/{ref}",
    }
    taken: Taken = {name: [] for name in paths}
    for _ in range(rounds):
        clockwork.tick()
        for name, path in paths.items():
            taken[name].append(_spent(visitor, carried, path))
    return taken


def sign_in(visitor: Visitor, trust: Trust) -> None:
    """Begin a guardian's session, both factors given."""
    with trust.work(trust.visitor) as uow:
        token = keyring.start_staff(uow, trust.guardian.id, trust.guardian.root_secret, second_factor_done=True)
    visitor.cookies = {STAFF.name: token}


def _pages(page: Page) -> int:
    numbers = re.findall(rb"page=(\d+)", page.answer.body)
    return max((int(each) for each in numbers), default=1)


def _talked_over_case(trust: Trust) -> str:
    """Give one case ten answers and ten notes, as an older one has."""
    with trust.work(trust.guardian) as uow:
        ref = cases.worklist(uow, cases.Filters()).lines[0].case.ref
    for number in range(10):
        with trust.work(trust.guardian) as uow:
            case = cases.find(uow, ref)
            cases.reply(uow, case, f"{number}. {STORY}")
            cases.add_note(uow, case, f"{number}. {STORY}")
    return ref


def print_weights(visitor: Visitor) -> None:
    """Print the bytes of the worklist and of a first visit, as they are sent to a browser that takes Brotli."""
    worklist = len(visitor.get("/cases").answer.body)
    print(f"worklist page: {worklist:,} bytes (bar {WORKLIST_BAR:,})")
    visitor.cookies.clear()
    first = first_visit(visitor)
    for name, size in first.items():
        print(f"first visit, {name}: {size:,} bytes")
    print(f"first visit to /: {sum(first.values()):,} bytes as sent (bar {FIRST_VISIT_BAR:,})")


def first_visit(visitor: Visitor) -> dict[str, int]:
    """Weigh everything a browser fetches that has never been here: the page, and what the page names."""
    page = visitor.get("/")
    named = page.tree.xpath("//link[@rel='stylesheet' or @rel='icon']/@href | //script/@src | //img/@src")
    sent = {"page": len(page.answer.body)}
    for address in dict.fromkeys(named):
        answer = visitor.transport.send(
            "GET", address, {"Host": visitor.transport.host, "Accept-Encoding": "br, gzip"}, b""
        )
        sent[address.rsplit("/", 1)[-1]] = len(answer.body)
    return sent


def over_the_bar(taken: Taken) -> list[str]:
    """Name the pages whose median is above it, by the processor's time: a busy machine makes every page wait.

    Posts write to a disk and are not held to it.
    """
    return [
        name
        for name, spent in taken.items()
        if name.startswith("GET") and median(each.cpu for each in spent) >= MEDIAN_BAR
    ]


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    print(f"{CASES:,} cases, {rounds} rounds. {figures.machine()}")
    clockwork = Clockwork()
    taken = measure(rounds, clockwork)
    unit = median(clockwork.taken)
    print(f"{figures.head('page, by the clock')}   processor, median, and in Argon2ids")
    for name, spent in taken.items():
        cpu = median(each.cpu for each in spent)
        row = figures.row(name, [each.seconds for each in spent])
        print(f"{row}{cpu * figures.MILLISECONDS:>10.1f}{cpu / unit:>7.2f}")
    print(f"One Argon2id (19 MiB) beside the guardian's pages: {unit * figures.MILLISECONDS:.1f} ms of processor.")
    slow = over_the_bar(taken)
    print(f"Over {MEDIAN_BAR * 1000:.0f} ms of processor: {', '.join(slow) or 'none'}. {figures.machine()}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
