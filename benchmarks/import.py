"""A log of 5,000 rows, brought in: `./run bench import [--rows N] [--profile]`.

The steps are those of the page: the file is read in the confined child, what is in it is worked out, and it comes in by
the hundred, each hundred in a transaction of its own. Beside it stands the floor of the same run: the data keys sealed
to two people, the key records signed, and every body sealed once, with nothing around it. Bar: 30 seconds.
"""

import argparse
import cProfile
import io
import pstats
import random
import sys
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time

import openpyxl
from sqlalchemy import func, select

from benchmarks.load import figures
from speakup import cases
from speakup.crypto import envelope, keypairs
from speakup.crypto.binding import bind
from speakup.gateways.documents import Limits, Workbook, read_tables
from speakup.keyring.models import Compartment, Grant, KeyRecord, SealedRecord
from tests import trusts
from tests.databases import Stored
from tests.trusts import Trust

ROWS, BAR = 5_000, 30.0
ELEMENTS = ["BH / pt safety", "Behaviours", "WS", "Bullying & harassment", "none"]
PHRASES = cases.Phrases("From the log, sheet “%(sheet)s”, row %(row)d", "The log says nothing of what was said.")
TITLES = (
    "Ref", "Date raised", "Element(s)", "Summary of concern", "Staff group", "Name", "Actions / notes", "Status",
    "Date closed", "Outcome",
)  # fmt: skip


def log(rows: int, seed: int = 7) -> bytes:
    """Make a log such as a guardian of a large trust keeps after ten years, as Excel writes it."""
    chance, book = random.Random(seed), openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Log")
    sheet.append(TITLES)
    words = ["ward", "night", "rota", "told", "manager", "never", "answered", "two", "of", "us", "patients", "afraid"]
    for number in range(rows):
        day = date(2016, 4, 1) + timedelta(days=chance.randrange(3800))
        said = " ".join(chance.choices(words, k=chance.randrange(20, 160)))
        sheet.append([
            f"F{number:05}", day, chance.choice(ELEMENTS),
            said, chance.choice(["Nurse", "HCA", "Doctor", "Admin", "AHP"]), chance.choice(["Anon", "Nora Nurse"]),
            " ".join(chance.choices(words, k=60)), "Closed" if number % 40 else "Open",
            day + timedelta(days=30) if number % 40 else None, "Advice given" if number % 40 else None,
        ])  # fmt: skip
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


@dataclass(frozen=True, slots=True)
class Step:
    """What one step took, in seconds."""

    name: str
    clock: float
    cpu: float


def timed(name: str, step: Callable[[], object]) -> Step:
    """Run one step."""
    clock, cpu = perf_counter(), process_time()
    step()
    return Step(name, perf_counter() - clock, process_time() - cpu)


class Work:
    """The steps of one import, each of which hands on to the next."""

    def __init__(self, trust: Trust, body: bytes) -> None:
        self.trust, self.body = trust, body
        self.book: Workbook
        self.id: uuid.UUID
        self.prepared: cases.Prepared

    def read(self) -> None:
        self.book = read_tables("log.xlsx", self.body, Limits())

    def keep(self) -> None:
        with self.trust.work(self.trust.guardian) as uow:
            self.id = cases.begin_import(uow, "log.xlsx", self.book)

    def prepare(self) -> None:
        with self.trust.work(self.trust.guardian, writes=False) as uow:
            self.prepared = cases.prepare_import(uow, self.id)

    def write(self) -> None:
        every = iter(self.prepared.plan.cases)
        while some := list(islice(every, cases.IMPORTED_AT_ONCE)):
            with self.trust.work(self.trust.guardian) as uow:
                cases.bring_in(uow, self.id, some, PHRASES, self.prepared.covers)
        with self.trust.work(self.trust.guardian) as uow:
            cases.finish_import(uow, self.id, self.prepared.plan.left_out)


def bring_in(trust: Trust, body: bytes) -> list[Step]:
    """Bring the log in as the page does, and look at it once more: then nothing is left to come in."""
    work, again = Work(trust, body), Work(trust, body)
    steps = [
        timed("read the file in the child", work.read),
        timed("seal it for now", work.keep),
        timed("work out what is in it", work.prepare),
        timed("bring it in", work.write),
    ]
    again.read()
    again.keep()
    steps.append(timed("work out what came in before", again.prepare))
    assert again.prepared.plan.cases == []
    return steps


def floor(trust: Trust) -> Step:
    """Seal as many keys, sign as many records and seal as many bytes as the import did."""
    with trust.work() as uow:
        counts = (uow.session.scalar(select(func.count()).select_from(table)) for table in (Grant, KeyRecord))
        grants, records = (count or 0 for count in counts)
        heads = uow.session.execute(select(func.length(Compartment.head))).scalars().all()
        bodies = uow.session.execute(select(func.length(SealedRecord.body))).scalars().all()
    staff, context = keypairs.staff_keys(keypairs.new_root_secret()), bind("organisation", "case", "casework", 1)
    key, sizes = envelope.new_data_key(), Counter([*heads, *bodies])
    print(f"{grants:,} grants, {records:,} key records, {len(heads) + len(bodies):,} sealed bodies")

    def run() -> None:
        for _ in range(grants):
            envelope.wrap_key(key, staff.public.sealing, context)
        for _ in range(records):
            staff.sign_approving(context * 4)
        for size, times in sizes.items():
            plain = bytes(size - envelope.SEAL_OVERHEAD)
            for _ in range(times):
                envelope.seal(key, plain, context)

    return timed("the floor", run)


def main() -> int:
    """Found a trust, bring a log in, print what each step took."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=ROWS)
    options.add_argument("--profile", action="store_true")
    chosen = options.parse_args()
    body = log(chosen.rows)
    with tempfile.TemporaryDirectory() as folder:
        trusts.found(Path(folder))
        url = f"sqlite:///{folder}/template.db"
        with Stored("sqlite", url, url, Path(folder) / "trust").open() as database:
            trust = trusts.read(Path(folder), Stored("sqlite", url, url, Path(folder) / "trust"), database)[0]
            profile = cProfile.Profile()
            if chosen.profile:
                profile.enable()
            steps = bring_in(trust, body)
            profile.disable()
            least = floor(trust)
    for each in (*steps, least):
        print(f"{each.name:<42}{each.clock:>8.2f} s{each.cpu:>8.2f} s of the processor")
    # The second look is another import's.
    whole = sum(each.clock for each in steps[:-1])
    ratio = steps[3].cpu / least.cpu
    print(f"{chosen.rows:,} rows in {whole:.1f} s; bar {BAR:.0f} s; writing is {ratio:.1f} times the floor")
    print(figures.machine())
    if chosen.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)
    return 0 if whole <= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
