"""Loading the demonstration: two fictional trusts, about 300 cases over three years and logs beside them.

All of it goes through the operations, in the order in which it would have happened, so that the audit chain reads like
one. The content depends on the seed alone; keys, references and words are drawn afresh, as they must be. Passphrases
and words are stretched beside all else, so that slow derivations keep one core busy while operations keep another.
"""

import json
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from speakup import audit, cases, keyring, vocabulary
from speakup.cases import Case, How, Things
from speakup.cli.demo import (
    actions,
    aftermath,
    beside,
    diaries,
    figures,
    lists,
    logs,
    passing,
    recorded,
    returning,
    texts,
    timekeeping,
    trusts,
)
from speakup.cli.demo.aftermath import CheckedOn
from speakup.cli.demo.factories import ClosingFactory, CodingFactory, ConcernFactory
from speakup.cli.demo.passing import Course
from speakup.cli.demo.texts import DemoCase, DemoEvent, Kind, State
from speakup.cli.demo.trusts import DemoPerson, DemoTrust
from speakup.crypto import receipts
from speakup.crypto.receipts import ReceiptSecrets
from speakup.kernel.actor import Actor, ActorKind, system, visitor
from speakup.kernel.ids import new_id
from speakup.kernel.uow import Database, UnitOfWork
from speakup.vocabulary import CodeSet

SEED = 20261121
YEARS = 3
CASES = {"anytown": 175, "otherham": 125}
_MORNING, _NOON, _AFTERNOON = time(9, 10, tzinfo=UTC), time(12, 30, tzinfo=UTC), time(15, 20, tzinfo=UTC)
_UNREAD = timedelta(days=5)
_LAST = 1_000
"""The order of what is done when a day's cases have been seen to."""


@dataclass(order=True, slots=True)
class Step:
    """One thing that happens on one day; `order` keeps a case's own steps in their order."""

    on: date
    order: int
    do: Callable[[], None] = field(compare=False)


@dataclass(slots=True)
class Living:
    """A case as it comes about: its reporter's keys, and who works it once it is raised."""

    content: DemoCase
    trust_id: uuid.UUID
    stretched: Future[ReceiptSecrets] = field(repr=False)
    words: tuple[str, ...] = field(repr=False)
    reporter_id: uuid.UUID = field(default_factory=new_id)
    ref: str = ""
    guardian: Actor | None = None
    cover: Actor | None = None
    titled: bool = False
    triaged: bool = False

    @property
    def secrets(self) -> ReceiptSecrets:
        """What the words come to, once they are stretched."""
        return self.stretched.result()

    @property
    def reporter(self) -> Actor:
        """Whoever wrote it, with their words at hand."""
        return Actor(ActorKind.REPORTER, self.trust_id, self.reporter_id, frozenset(), self.secrets.root_secret)

    @property
    def by(self) -> Actor:
        """The guardian who works it."""
        if self.guardian is None:
            raise TypeError("not raised yet")
        return self.guardian


@dataclass(slots=True)
class Loader:
    """Loads everything into one database, telling `progress` how much is done of how much."""

    database: Database
    hosts: dict[str, list[str]]
    today: date
    seed: int = SEED
    counts: dict[str, int] = field(default_factory=lambda: dict(CASES))
    done: list[Living] = field(default_factory=list)
    composed: dict[str, list[DemoCase]] = field(default_factory=dict)

    def run(self, progress: Callable[[int], None]) -> list[DemoTrust]:
        """Found both trusts and live through their three years."""
        _do_not_wait_for_the_disk(self.database)
        with ExitStack() as until_done:
            # One thread for each: passphrases take turns, as at signing in, and would only wait for each other.
            locking, stretching = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
            for pool in (locking, stretching):
                until_done.callback(pool.shutdown, cancel_futures=True)
            return self._run(locking, stretching, progress)

    def _run(
        self, locking: ThreadPoolExecutor, stretching: ThreadPoolExecutor, progress: Callable[[int], None]
    ) -> list[DemoTrust]:
        start = datetime.combine(self.today - timedelta(days=365 * YEARS + 30), _MORNING)
        founded = self._found(start)
        # Some belong to both trusts, and have one passphrase.
        people = {person.id: person for trust in founded for person in trust.people.values()}
        locked = {identifier: locking.submit(trusts.locked, person) for identifier, person in people.items()}
        read_out = [
            {key: stretching.submit(trusts.words, self.database, trust, key) for key in trusts.who_hold_keys(trust)}
            for trust in founded
        ]
        alive = [self._living(trust, stretching) for trust in founded]
        for trust, living, words in zip(founded, alive, read_out, strict=True):
            for person in trust.people.values():
                trusts.keys(self.database, trust, person, locked[person.id].result(), start)
                progress(1)
            heard = {key: each.result() for key, each in words.items()}
            trusts.vouch(self.database, trust, heard, start, self.today)
            trusts.route(self.database, trust, start)
            figures.count_staff(self.database, trust, start)
            self._live(trust, living, progress)
            trusts.plan_absences(self.database, trust)
        return founded

    def _live(self, trust: DemoTrust, living: list[Living], progress: Callable[[int], None]) -> None:
        of_cases = [
            *(step for each in living for step in self._steps(trust, each)),
            *self._pauses(living),
            *self._passed(trust, living),
            *self._learned(trust, living),
        ]
        steps = sorted([*of_cases, *self._beside_cases(trust), self._worse_now(living)])
        for done, step in enumerate(steps):
            step.do()
            progress(1)
            if done % 400 == 0:
                self._nightly(trust, step.on)
        self._nightly(trust, self.today)
        self.done.extend(living)

    def size(self) -> int:
        """Count the steps there will be, for the progress bar."""
        known = [texts.load().trusts[key] for key in self.hosts]
        diary_months = sum(diaries.count(each, *self._lived()) for each in known)
        brought_in = len(known) * len(logs.days(*self._lived()))
        changed = sum(len(lists.CHANGES.get(each.key, ())) for each in known)
        others = diary_months + changed + len(known) * (returning.count(*self._lived()) + beside.count(*self._lived()))
        sittings = sum(_sittings(each) for key in self.hosts for each in self._content(key))
        pauses = sum(len(timekeeping.waiting(self._content(key), self.today)) for key in self.hosts)
        after = sum(1 for key in self.hosts for each in self._content(key) for _ in self._after_of(each))
        passed = sum(len(list(self._days_of(course))) for key in self.hosts for _, course in self._courses(key))
        learned = len(known) * actions.count(self.today)
        people = sum(len(each.people) for each in known)
        closed = len(known) * len(figures.closing_days(*self._lived()))
        return people + 2 * len(known) + brought_in + others + sittings + pauses + after + passed + learned + closed

    def _after_of(self, content: DemoCase) -> Iterator[Step]:
        """List the steps after the end of a case that nobody lives through: for counting them."""
        return self._after(Living(content, new_id(), Future(), ()), 0)

    def _found(self, start: datetime) -> list[DemoTrust]:
        known: dict[str, DemoPerson] = {}
        founded = []
        for key, hosts in self.hosts.items():
            trust = trusts.found(self.database, texts.load().trusts[key], hosts, start)
            trusts.people(self.database, trust, known, start)
            known.update({person.content.email: person for person in trust.people.values()})
            founded.append(trust)
        return founded

    def _content(self, key: str) -> list[DemoCase]:
        """Compose a trust's cases, once: they are counted for the progress bar before anybody lives through them."""
        if key not in self.composed:
            self.composed[key] = list(texts.cases(self.seed, key, self.counts[key], *self._lived()))
        return self.composed[key]

    def _lived(self) -> tuple[date, date]:
        """Return the first day and the last on which anything happens."""
        return self.today - timedelta(days=365 * YEARS), self.today - timedelta(days=1)

    def _living(self, trust: DemoTrust, stretching: ThreadPoolExecutor) -> list[Living]:
        """Draw each case's words, and have them stretched in the order in which the cases will be raised."""
        with self.database.work(visitor(trust.id)) as uow:
            generation = keyring.current_generation(uow)

        def come_alive(content: DemoCase) -> Living:
            receipt = receipts.draw()
            stretched = stretching.submit(receipts.open_receipt, receipt, generation, trust.id.bytes)
            return Living(content, trust.id, stretched, receipt.words)

        return [come_alive(each) for each in sorted(self._content(trust.content.key), key=lambda each: each.raised_on)]

    def _steps(self, trust: DemoTrust, living: Living) -> Iterator[Step]:
        """A case's own steps; what one side does on one day is one step, as it would be one sitting."""
        content = living.content
        yield Step(content.raised_on, 0, lambda: self._raise(trust, living))
        sittings = groupby(content.events, key=lambda each: (each.on, each.kind is Kind.WORKER))
        for order, ((day, from_worker), group) in enumerate(sittings, 1):
            events, do = list(group), self._write if from_worker else self._sit
            yield Step(day, order, partial(do, living, day, events))
        if content.closure is not None:
            yield Step(content.closure.on, len(content.events) + 1, lambda: self._close(living))
            yield from self._after(living, len(content.events) + 2)

    def _after(self, living: Living, order: int) -> Iterator[Step]:
        """What comes after the end of a case: whether it was worth it, and how things are."""
        content, closure = living.content, living.content.closure
        if closure is not None and closure.again and closure.feedback_on:
            give = partial(cases.give_feedback, again=closure.again, words=closure.feedback)
            yield Step(closure.feedback_on, order, partial(self._inbox, living, closure.feedback_on, give))
        # What was said in the last days waits on the worklist still.
        if closure is not None and closure.on < (read := self.today - _UNREAD):
            yield Step(read, order, partial(self._read, living, read))
        wanted = aftermath.afterwards(content, self.today)
        if wanted is None or closure is None:
            return
        choose = partial(cases.choose_check_ins, months=wanted.months, how=wanted.how)
        yield Step(closure.on, order, partial(self._inbox, living, closure.on, choose))
        for each in wanted.checked:
            yield from self._checked(living, wanted.how, each, order + 1)

    def _checked(self, living: Living, how: How, each: CheckedOn, order: int) -> Iterator[Step]:
        """One check-in: the guardian asks, the person answers or not, and whoever is worse off is answered."""
        said = partial(cases.say_how_things_are, things=each.things or Things.NO_ANSWER, words=each.words)
        if how is How.GUARDIAN:
            yield Step(each.on, order, partial(self._guardian, living, each.on, said))
        else:
            yield Step(each.on, order, partial(self._guardian, living, each.on, cases.ask_how_things_are))
            if each.things is not None:
                yield Step(each.answered_on, order + 1, partial(self._inbox, living, each.answered_on, said))
        answered = each.answered_on + timedelta(days=1)
        if each.things is Things.WORSE and answered < self.today:
            answer = partial(cases.answer_worse, text=aftermath.answer_to_worse())
            yield Step(answered, order + 2, partial(self._guardian, living, answered, answer))

    def _worse_now(self, living: list[Living]) -> Step:
        """Let things have become worse yesterday for whoever came last of those whose case is closed."""
        last = [each for each in living if each.content.closure is not None][-1]
        say = partial(cases.say_how_things_are, things=Things.WORSE, words=aftermath.worse_words(last.content))
        yesterday = self.today - timedelta(days=1)
        return Step(yesterday, len(last.content.events) + 4, partial(self._inbox, last, yesterday, say))

    def _inbox(self, living: Living, day: date, do: Callable[[UnitOfWork, Case], object]) -> None:
        """Let the person do one thing in their inbox; guardians were told of it long ago."""
        with self.database.work(living.reporter, at=datetime.combine(day, _NOON)) as uow:
            case = cases.mine(uow)
            do(uow, case)
            case.unannounced = False

    def _guardian(self, living: Living, day: date, do: Callable[[UnitOfWork, Case], object]) -> None:
        """Let the guardian do one thing, having read everything."""
        with self.database.work(living.by, at=datetime.combine(day, _AFTERNOON)) as uow:
            case = cases.find(uow, living.ref)
            do(uow, case)
            cases.mark_read(uow, case)

    def _read(self, living: Living, day: date) -> None:
        """Let both who hold it read what was added after its end."""
        for each in filter(None, (living.guardian, living.cover)):
            with self.database.work(each, at=datetime.combine(day, _AFTERNOON)) as uow:
                cases.mark_read(uow, cases.find(uow, living.ref))

    def _pauses(self, living: list[Living]) -> Iterator[Step]:
        """Let some of the open cases wait, beside the work on the others."""
        by_content = {id(each.content): each for each in living}
        for content, place in timekeeping.waiting([each.content for each in living], self.today):
            day = self.today - timekeeping.PAUSED_BEFORE
            yield Step(day, len(content.events) + 1, partial(self._pause, by_content[id(content)], day, place))

    def _pause(self, living: Living, day: date, place: int) -> None:
        with self.database.work(living.by, at=datetime.combine(day, _AFTERNOON)) as uow:
            timekeeping.pause(uow, cases.find(uow, living.ref), place)

    def _courses(self, key: str) -> list[tuple[DemoCase, Course]]:
        contents = self._content(key)
        return passing.courses(contents, [each for each, _ in timekeeping.waiting(contents, self.today)], self.today)

    def _days_of(self, course: Course) -> Iterator[date]:
        """Give the days on which something happens to a case that goes this way."""
        yield self.today - passing.BEFORE
        if course in {Course.ANSWERED, Course.TAKEN_BACK}:
            yield self.today - passing.ENDED_BEFORE

    def _passed(self, trust: DemoTrust, living: list[Living]) -> Iterator[Step]:
        """Let some of the open cases go to somebody else."""
        contents = [each.content for each in living]
        by_content = {id(each.content): each for each in living}
        busy = [each for each, _ in timekeeping.waiting(contents, self.today)]
        for content, course in passing.courses(contents, busy, self.today):
            each, (day, *later) = by_content[id(content)], self._days_of(course)
            yield Step(day, len(content.events) + 2, partial(self._go, trust, each, day, course))
            for then in later:
                yield Step(then, len(content.events) + 3, partial(self._end, trust, each, then, course))

    def _go(self, trust: DemoTrust, living: Living, day: date, course: Course) -> None:
        with self.database.work(living.by, at=datetime.combine(day, _AFTERNOON)) as uow:
            passing.go(uow, cases.find(uow, living.ref), trust, course)

    def _end(self, trust: DemoTrust, living: Living, day: date, course: Course) -> None:
        """Let the recipient answer, or the guardian take it back."""
        if course is Course.TAKEN_BACK:
            with self.database.work(living.by, at=datetime.combine(day, _AFTERNOON)) as uow:
                passing.take_back(uow, cases.find(uow, living.ref))
            return
        person = trust.actor(passing.recipient_of(trust, course))
        with self.database.work(person, at=datetime.combine(day, _NOON)) as uow:
            passing.answer(uow)

    def _learned(self, trust: DemoTrust, living: list[Living]) -> Iterator[Step]:
        """What cases led to, and what came of it. It comes after all else of its day."""
        first, _ = self._lived()
        yield Step(first, _LAST, partial(actions.stock, self.database, trust, first))
        for acting in actions.actions(trust, self.today):
            for number, (day, do) in enumerate(actions.days(acting, self.today)):
                yield Step(day, _LAST + number, partial(do, self.database, trust, living, acting, day))

    def _beside_cases(self, trust: DemoTrust) -> Iterator[Step]:
        """What guardians and administrators do that no case knows of."""
        for month in diaries.months(self.seed, trust, *self._lived()):
            yield Step(month.on, 0, partial(diaries.write, self.database, trust, month))
        for batch in logs.batches(self.seed, trust.content, *self._lived()):
            yield Step(batch.on, 0, partial(logs.bring_in, self.database, trust, batch))
        came = recorded.day_they_came(self.today)
        yield Step(came, 0, partial(self._together, trust, came))
        for day in figures.closing_days(*self._lived()):
            yield Step(day, _LAST, partial(figures.close, self.database, trust, day))
        for day, quarter in returning.days(*self._lived()):
            sign = partial(returning.see_to, self.database, trust, day, quarter, today=self._lived()[1])
            yield Step(day, _LAST, sign)
        for day, entered in beside.entries(self.seed, trust.content.key, *self._lived()):
            yield Step(day, 0, partial(beside.enter, self.database, trust, day, entered))
        for day, change in lists.changes(trust, self.today):
            yield Step(day, 0, partial(lists.make, self.database, trust, day, change))

    def _together(self, trust: DemoTrust, day: date) -> None:
        first = trust.content.people_with("guardian")[0].key
        with self.database.work(trust.actor(first), at=datetime.combine(day, _AFTERNOON)) as uow:
            recorded.came_together(uow)

    def _write_down(self, trust: DemoTrust, living: Living) -> None:
        """Let a guardian write down what came by telephone."""
        by = recorded.who_is_rung(trust, living.content)
        with self.database.work(by, at=datetime.combine(living.content.raised_on, _NOON)) as uow:
            case = recorded.write_down(uow, trust, living.content, living.secrets, 1)
            living.ref, living.guardian, living.titled = case.ref, by, True
            living.cover = trust.actor_by_id(case.cover_id)
            living.reporter_id = recorded.reporter_of(uow, living.secrets).id

    def _raise(self, trust: DemoTrust, living: Living) -> None:
        if recorded.came_by_telephone(living.content):
            self._write_down(trust, living)
            return
        concern = ConcernFactory.build(case=living.content, ids=trust.ids)
        with self.database.work(living.reporter, at=datetime.combine(living.content.raised_on, _NOON)) as uow:
            case, _ = cases.start_case(uow, living.secrets, 1, concern)
            living.ref, living.guardian = case.ref, trust.actor_by_id(case.primary_id)
            living.cover = trust.actor_by_id(case.cover_id)
            # Guardians were told long ago of all but the newest.
            case.unannounced = living.content.state is State.NEW

    def _write(self, living: Living, day: date, events: list[DemoEvent]) -> None:
        """Let the person write."""
        with self.database.work(living.reporter, at=datetime.combine(day, _NOON)) as uow:
            case = cases.mine(uow)
            for each in events:
                cases.send_from_inbox(uow, case, each.text)
            case.unannounced = False

    def _sit(self, living: Living, day: date, events: list[DemoEvent]) -> None:
        """Let the guardian answer and note."""
        with self.database.work(living.by, at=datetime.combine(day, _AFTERNOON)) as uow:
            case, first = cases.find(uow, living.ref), not living.triaged
            if not living.titled:
                cases.title_case(uow, case, living.content.title)
                living.titled = True
            if first:
                self._triage(uow, case, living)
            for each in events:
                if each.kind is Kind.GUARDIAN:
                    cases.reply(uow, case, each.text)
                else:
                    cases.add_note(uow, case, each.text)
            timekeeping.keep_time(uow, case, first=first)
            cases.mark_read(uow, case)

    def _triage(self, uow: UnitOfWork, case: Case, living: Living) -> None:
        """Triage it on the first day, with how the person is treated where they told of that."""
        living.triaged = True
        offered = frozenset(code.key for code in vocabulary.codes(uow, CodeSet.THEME, case.raised_on))
        if aftermath.suffers(living.content):
            aftermath.note_how_it_is(uow, case, living.content)
            aftermath.write_detriment_down(uow, case, living.content)
        cases.triage_case(uow, case, aftermath.triage(living.content, offered), cases.Triage(), 0)

    def _close(self, living: Living) -> None:
        closure = living.content.closure
        if closure is None:
            return
        with self.database.work(living.by, at=datetime.combine(closure.on, _AFTERNOON)) as uow:
            case = cases.find(uow, living.ref)
            if not living.titled:
                cases.title_case(uow, case, living.content.title)
            if case.state is cases.CaseState.NEW:
                cases.reply(uow, case, closure.told or living.content.title)
            if not living.triaged:
                cases.code_case(uow, case, CodingFactory.build(case=living.content))
            if closure.told:
                cases.tell_person(uow, case, closure.told)
            cases.mark_read(uow, case)
            cases.close_case(uow, case, ClosingFactory.build(closure=closure))

    def _nightly(self, trust: DemoTrust, day: date) -> None:
        with self.database.work(system(trust.id), at=datetime.combine(day, _MORNING)) as uow:
            audit.append_pending(uow, day)


def write_sign_ins(path: Path, founded: list[DemoTrust]) -> None:
    """Keep what a visitor needs to sign in: invented people's keys to invented cases, and nothing else."""
    said = [
        {
            "trust": trust.content.name,
            "host": trust.host,
            "name": person.content.name,
            "email": person.content.email,
            "roles": sorted(role.value for role in trust.roles[key]),
            "authenticator": person.authenticator,
        }
        for trust in founded
        for key, person in trust.people.items()
    ]
    path.write_text(json.dumps({"passphrase": trusts.PASSPHRASE, "people": said}, indent=1), "utf-8")
    path.chmod(0o600)


def _sittings(content: DemoCase) -> int:
    sittings = groupby(content.events, key=lambda each: (each.on, each.kind is Kind.WORKER))
    return 1 + sum(1 for _ in sittings) + (content.closure is not None)


def _do_not_wait_for_the_disk(database: Database) -> None:
    """A demonstration that is lost in a power cut is loaded again; waiting for the disk would be most of its time."""
    if database.engine.dialect.name != "sqlite":
        return

    def hurry(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous=OFF")
        # Most pages are written over many times: each goes into the file when that much has gathered, and at the end.
        cursor.execute("PRAGMA wal_autocheckpoint=20000")
        cursor.close()

    event.listen(database.engine, "connect", hurry)
