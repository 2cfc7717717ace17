"""Nothing is lost and nothing happens twice when processes are killed: `./run bench loss`.

500 concerns are told while web processes and the job process are killed without warning: at random moments, and, for
every other concern, in the moment after it was committed and before its page is sent. Each visitor does what a person
does whose page does not come: loads it again. At the end the database is read: every concern that was told stands in
exactly one case, its words open it, and no letter to staff is owed.
"""

import argparse
import contextlib
import email
import http.client
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock, Thread
from typing import Any

from aiosmtpd.controller import Controller
from sqlalchemy import func, select

from benchmarks.load import figures
from benchmarks.load.places import Place, Server, free_port, served, started, temporary_place
from benchmarks.load.telling import ANSWERS, step_of, words_on
from benchmarks.load.visitor import Page, Refused, Visitor
from speakup import cases, keyring
from speakup.crypto.receipts import Receipt
from speakup.jobs import OutboxRow
from speakup.kernel.actor import Actor, ActorKind
from speakup.keyring import Reporter
from tests.trusts import Trust

SUBMISSIONS = 500
CLIENTS = 4
SEED = 20261
GIVES_UP_AFTER = 120.0
"""Seconds without a page; far longer than a process takes to come back."""
LETTERS_WITHIN = 180.0
_TROUBLE = (OSError, http.client.HTTPException)


class NeverCame(Exception):
    """A page did not come for longer than anybody waits."""


@dataclass
class Kept:
    """What a visitor holds at the end, and what happened on the way."""

    mark: str
    """A number that only this concern's story holds."""
    words: tuple[str, ...] = field(repr=False, default=())
    interrupted: int = 0
    """How often a page did not come."""
    begun: float = 0.0
    """When "Send" was first pressed."""


@dataclass
class Killing:
    """Whom to kill, and how often that was done."""

    server: Server
    chance: random.Random
    killed: Counter[str] = field(default_factory=Counter)

    def a_worker(self) -> None:
        """Kill one web process, whichever it is."""
        workers = self.server.workers()
        if workers:
            self._kill(self.chance.choice(workers), "web process, at a random moment")

    def every_worker(self) -> None:
        """Kill all web processes at once: whichever committed has not answered yet."""
        for worker in self.server.workers():
            self._kill(worker, "web process, just after a commit")

    def _kill(self, pid: int, why: str) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            self.killed[why] += 1


@dataclass
class Sink:
    """A mail server that takes every letter and remembers to whom it was, and when."""

    letters: list[tuple[str, float]] = field(default_factory=list)

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: ANN401, N802 -- aiosmtpd's
        letter = email.message_from_bytes(envelope.content)
        self.letters.append((str(letter["To"]), time.monotonic()))
        return "250 OK"


def told_in_spite(visitor: Visitor, kept: Kept, pressed: Callable[[], None] = lambda: None) -> None:
    """Tell one concern, loading the page again whenever none comes, until the words are there."""
    answers = {**ANSWERS, "story": {"narrative": f"What I saw. {kept.mark}"}, "risk": {"at_risk": "yes"}}
    page = _in_spite(lambda: visitor.get("/raise"), visitor, kept)
    while not _shows_words(page):
        step = step_of(page)
        if step == "check":
            kept.begun = kept.begun or time.monotonic()
            pressed()
        page = _in_spite(_answer(visitor, page, step, answers), visitor, kept)
    kept.words = words_on(page)


def _answer(visitor: Visitor, page: Page, step: str, answers: dict[str, Any]) -> Callable[[], Page]:
    if step == "check":
        return lambda: visitor.submit(page, "Send")
    return lambda: visitor.submit(page, "Continue", **answers.get(step, {}))


def _in_spite(ask: Callable[[], Page], visitor: Visitor, kept: Kept) -> Page:
    """Do it once; if no page comes, load the form again until one does."""
    began = time.monotonic()
    while time.monotonic() - began < GIVES_UP_AFTER:
        try:
            page = ask()
        except _TROUBLE:
            kept.interrupted += 1
        else:
            if page.status == 200:  # noqa: PLR2004 -- OK
                return page
            raise page.refused()
        ask = lambda: visitor.get("/raise")  # noqa: E731 -- what is asked for from here on
    raise NeverCame(kept.mark)


def _shows_words(page: Page) -> bool:
    return bool(page.tree.xpath("//*[@class='app-words__word']"))


@contextlib.contextmanager
def killed_now_and_then(killing: Killing, shortest: float, longest: float) -> Iterator[None]:
    """Kill a web process at random moments until the block ends."""
    stop = Event()

    def kill() -> None:
        while not stop.wait(killing.chance.uniform(shortest, longest)):
            killing.a_worker()

    thread = Thread(target=kill)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextlib.contextmanager
def killed_after_commit(killing: Killing) -> Iterator[Event]:
    """Kill every web process in the moment after the next commit that follows each setting of the event."""
    stop, wanted = Event(), Event()
    watching = sqlite3.connect(killing.server.place.folder / "speakup.db", check_same_thread=False)

    def committed() -> int:
        return int(watching.execute("PRAGMA data_version").fetchone()[0])

    def watch() -> None:
        while not stop.is_set():
            if not wanted.wait(0.1):
                continue
            before = committed()
            while committed() == before and not stop.is_set():
                pass
            wanted.clear()
            killing.every_worker()

    thread = Thread(target=watch)
    thread.start()
    try:
        yield wanted
    finally:
        stop.set()
        thread.join()
        watching.close()


@contextlib.contextmanager
def jobs_killed_now_and_then(
    place: Place, killing: Killing, mail_port: int, shortest: float, longest: float
) -> Iterator[None]:
    """Keep a job process running, killing it at random moments and starting another, until the block ends; then
    leave one alone until it has done what is owed.
    """
    stop = Event()
    environ = {
        "SPEAKUP_MAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "SPEAKUP_MAIL_FROM": "Speak Up <speakup@example.org>",
    }

    def run() -> None:
        while not stop.is_set():
            with started(place, ["jobs"], "jobs.log", environ) as process:
                if stop.wait(killing.chance.uniform(shortest, longest)):
                    break
                process.kill()
                killing.killed["job process"] += 1
        with started(place, ["jobs"], "jobs.log", environ) as process:
            _until_nothing_is_owed(place, process)

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _until_nothing_is_owed(place: Place, process: subprocess.Popen[bytes]) -> None:
    began = time.monotonic()
    while owed(place) and time.monotonic() - began < LETTERS_WITHIN and process.poll() is None:
        time.sleep(0.2)


def owed(place: Place) -> int:
    """Count the letters that are still to be sent."""
    with place.open() as (trust, *_), trust.work(writes=False) as uow:
        return uow.session.scalar(select(func.count()).select_from(OutboxRow)) or 0


@dataclass
class Outcome:
    """What was told, and what the database says about it."""

    told: list[Kept]
    killed: Counter[str]
    cases: int
    followed_up: list[str]
    """The marks of the stories that the visitors' words open."""
    owed: int
    untold: list[str]
    """Readers of concerns about somebody at risk who got no letter after the last of them."""

    @property
    def interrupted(self) -> int:
        """How often a page did not come."""
        return sum(each.interrupted for each in self.told)

    def faults(self) -> list[str]:
        """Say what is not as it must be; nothing when all is well."""
        marks = sorted(each.mark for each in self.told)
        checks = {
            f"{self.cases} cases for {len(marks)} concerns": self.cases == len(marks),
            "some words do not open the story they were given for": sorted(self.followed_up) == marks,
            "two concerns share their words": len({each.words for each in self.told}) == len(marks),
            f"{self.owed} letters are still owed": self.owed == 0,
            f"no letter after the last concern to {', '.join(self.untold)}": not self.untold,
        }
        return [fault for fault, good in checks.items() if not good]


def run(place: Place, submissions: int, seed: int, *, web: tuple[float, float], jobs: tuple[float, float]) -> Outcome:
    """Tell so many concerns, kill all the while, and look what is there. `web`, `jobs`: seconds between two kills."""
    sink, chance = Sink(), random.Random(seed)
    post = Controller(sink, hostname="127.0.0.1", port=free_port())
    post.start()
    try:
        with served(place) as server:
            killing = Killing(server, chance)
            told = [Kept(f"{seed}-{number}-{chance.getrandbits(64):x}") for number in range(submissions)]
            with jobs_killed_now_and_then(place, killing, post.port, *jobs):
                _tell_all(killing, told, web)
    finally:
        post.stop()
    return _looked_up(place, told, killing, sink)


def _tell_all(killing: Killing, told: list[Kept], web: tuple[float, float]) -> None:
    """The first half several at a time and killed at random; the second one by one, killed after the commit."""
    half = len(told) // 2
    with killed_now_and_then(killing, *web), ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda each: _tell(killing.server, each), told[:half]))
    with killed_after_commit(killing) as wanted:
        for each in told[half:]:
            _tell(killing.server, each, _once(wanted.set))


def _tell(server: Server, kept: Kept, pressed: Callable[[], None] = lambda: None) -> None:
    with server.visitor() as visitor:
        told_in_spite(visitor, kept, pressed)


def _once(act: Callable[[], None]) -> Callable[[], None]:
    """Act at the first call only: a send that was killed is sent again in peace."""
    lock = Lock()

    def first() -> None:
        if lock.acquire(blocking=False):
            act()

    return first


def _looked_up(place: Place, told: list[Kept], killing: Killing, sink: Sink) -> Outcome:
    with place.open() as (trust, *_):
        followed_up = _followed_up(trust, told)
        with trust.work(writes=False) as uow:
            count = uow.session.scalar(select(func.count()).select_from(cases.Case)) or 0
            readers = {trust.guardian.email, trust.second_guardian.email, trust.lead.email}
    last = max(each.begun for each in told)
    latest = {to: max(at for each, at in sink.letters if each == to) for to, _ in sink.letters}
    # Whoever never received a concern is owed no letter; the readers of the last one must have one after it.
    untold = [] if sum(at >= last for at in latest.values()) >= 2 else sorted(readers & set(latest))  # noqa: PLR2004 -- a guardian and a cover
    return Outcome(told, killing.killed, count, followed_up, owed(place), untold)


def _followed_up(trust: Trust, told: list[Kept]) -> list[str]:
    """Open every concern by its words, as the inbox does, and read the mark in its story."""
    with trust.work(writes=False) as uow:
        generation = keyring.current_generation(uow)
    with ThreadPoolExecutor(2) as pool:
        stretched = pool.map(
            lambda each: keyring.receipt_secrets(Receipt(each.words), generation, trust.id, each.mark), told
        )
        return [mark for secrets in stretched if (mark := _mark_of(trust, secrets))]


def _mark_of(trust: Trust, secrets: keyring.ReceiptSecrets) -> str:
    with trust.work(trust.visitor, writes=False) as uow:
        row = uow.session.scalar(select(Reporter).where(Reporter.lookup_hash == secrets.lookup_hash))
        if row is None:
            return ""
    with trust.work(Actor(ActorKind.REPORTER, trust.id, row.id, root_secret=secrets.root_secret)) as uow:
        return cases.open_inbox(uow, cases.mine(uow)).told.narrative.rpartition(" ")[2]


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--submissions", type=int, default=SUBMISSIONS)
    options.add_argument("--seed", type=int, default=SEED)
    chosen = options.parse_args()
    print(figures.machine())
    began = time.monotonic()
    with temporary_place() as place:
        outcome = run(place, chosen.submissions, chosen.seed, web=(0.3, 1.5), jobs=(3.0, 12.0))
    print(f"{len(outcome.told)} concerns told in {time.monotonic() - began:.0f} s; {outcome.cases} cases stand.")
    for what, times in outcome.killed.items():
        print(f"  killed {times} × {what}")
    print(f"{outcome.interrupted} pages did not come; {len(outcome.followed_up)} concerns are opened by their words.")
    for fault in outcome.faults():
        print(f"FAULT: {fault}")
    return 1 if outcome.faults() else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Refused as refused:
        sys.exit(f"A page was not what it should be: {refused}")
