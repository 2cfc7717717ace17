"""Concerns, and cases raised from them."""

import threading
import uuid
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from factory.base import Factory
from factory.declarations import Sequence, SubFactory

from speakup import cases, keyring
from speakup.cases import Case, StoredFile
from speakup.crypto import receipts
from speakup.crypto.receipts import Generation, Receipt, ReceiptSecrets
from speakup.kernel.actor import Actor, ActorKind
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from tests.trusts import Colleague, Trust


class PersonDetailsFactory(Factory[cases.PersonDetails]):
    """Somebody who may be reached."""

    class Meta:
        model = cases.PersonDetails

    name = Sequence(lambda n: f"Nora Nurse the {n}th")
    contact = Sequence(lambda n: f"0700 900 {n:04}")
    safe_contact = "after six, never at work"


class ConcernFactory(Factory[cases.NewConcern]):
    """What a worker may say; only the narrative must be there."""

    class Meta:
        model = cases.NewConcern

    narrative = Sequence(lambda n: f"On the ward, for the {n}th time, there were two of us for thirty people.")


@dataclass(frozen=True, slots=True)
class RaisedCase:
    """A case, and everything the person who raised it knows."""

    trust: Trust
    ref: str
    id: uuid.UUID
    concern: cases.NewConcern = field(repr=False)
    token: str = field(repr=False)
    words: tuple[str, ...] = field(repr=False)
    secrets: ReceiptSecrets = field(repr=False)
    generation: int
    reporter: Actor

    @contextmanager
    def as_(self, who: Actor | Colleague) -> Iterator[tuple[UnitOfWork, Case]]:
        """Do one thing to this case as a guardian, or as the person who raised it."""
        with self.trust.work(who) as uow:
            mine = uow.actor.kind is ActorKind.REPORTER
            yield uow, cases.mine(uow) if mine else cases.find(uow, self.ref)

    def view(self, who: Colleague) -> cases.CaseView:
        """Open it as a guardian."""
        with self.as_(who) as (uow, case):
            return cases.open_view(uow, case)

    def inbox(self, who: Actor | None = None) -> cases.InboxView:
        """Open it as the person who raised it."""
        with self.as_(who or self.reporter) as (uow, case):
            return cases.open_inbox(uow, case)


def message(raised: RaisedCase, text: str, files: Collection[StoredFile] = ()) -> None:
    """Write to the guardians from the private inbox."""
    with raised.as_(raised.reporter) as (uow, case):
        cases.send_from_inbox(uow, case, text, files)


def reply(raised: RaisedCase, text: str, by: Colleague | None = None) -> None:
    """Answer as a guardian."""
    with raised.as_(by or raised.trust.guardian) as (uow, case):
        cases.reply(uow, case, text)


def note(raised: RaisedCase, text: str, by: Colleague | None = None) -> None:
    """Write a private note as a guardian."""
    with raised.as_(by or raised.trust.guardian) as (uow, case):
        cases.add_note(uow, case, text)


@dataclass(slots=True)
class _Receipts:
    """Receipts that were stretched once, at their real cost, and given out again in every database that has their salt.

    Stretching was a fifth of what tests took that raise a concern. In one database no two have the same words.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    stretched: dict[tuple[bytes, uuid.UUID], list[tuple[Receipt, ReceiptSecrets]]] = field(default_factory=dict)
    given: Counter[tuple[str, uuid.UUID, bytes]] = field(default_factory=Counter)

    def next(self, trust: Trust, generation: Generation) -> tuple[Receipt, ReceiptSecrets]:
        with self.lock:
            here = self.stretched.setdefault((generation.salt, trust.id), [])
            where = trust.stored.url, trust.id, generation.salt
            number = self.given[where]
            self.given[where] += 1
            if number == len(here):
                receipt = receipts.draw()
                here.append((receipt, keyring.submit_secrets(receipt, generation, trust.id, "tests")))
            return here[number]


_RECEIPTS = _Receipts()


def _raise(
    trust: Trust, concern: cases.NewConcern, files: Collection[StoredFile], *, own_words: bool = False
) -> RaisedCase:
    with trust.work(trust.visitor) as uow:
        token = cases.start_draft(uow)
        for each in files:
            cases.add_file(uow, token, each)
        draft = cases.read_draft(uow, token)
        generation = keyring.current_generation(uow)
    if own_words:
        receipt = cases.receipt_of(draft)
        secrets = keyring.submit_secrets(receipt, generation, trust.id, "tests")
    else:
        receipt, secrets = _RECEIPTS.next(trust, generation)
    reporter = Actor(ActorKind.REPORTER, trust.id, new_id(), root_secret=secrets.root_secret)
    with trust.work(reporter) as uow:
        case, _ = cases.raise_concern(uow, token, secrets, generation.number, concern)
    if case is None:
        raise TypeError("a draft is sent once")
    return RaisedCase(trust, case.ref, case.id, concern, token, receipt.words, secrets, generation.number, reporter)


class RaisedCaseFactory(Factory[RaisedCase]):
    """Raise a concern as a worker does: a draft, its seven words, and then it is sent."""

    class Meta:
        model = _raise

    concern = SubFactory(ConcernFactory)
    files: Collection[StoredFile] = ()


def raised_case(
    trust: Trust, *, files: Collection[StoredFile] = (), own_words: bool = False, **concern: object
) -> RaisedCase:
    """Raise a concern in a trust; keywords are those of `cases.NewConcern`.

    Its words are others than its draft shows, unless it is to have its own.
    """
    said = ConcernFactory.create(**concern)
    return RaisedCaseFactory.create(trust=trust, concern=said, files=files, own_words=own_words)


def answered_case(trust: Trust, **concern: Any) -> RaisedCase:  # noqa: ANN401 -- any field of `cases.NewConcern`
    """Raise a concern and let its guardian answer, so that it can be passed on; keywords are those of `raised_case`."""
    made = raised_case(trust, **concern)
    with made.as_(made.reporter) as (_, case):
        first = case.primary_id
    reply(made, "Thank you.", by=next(each for each in trust.people.values() if each.id == first))
    return made
