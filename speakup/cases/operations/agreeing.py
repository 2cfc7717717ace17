"""What the person says to others having their case: asked in their inbox, told to a guardian, or not to be had.

A question, its answers and that it was done stand in the conversation, for both sides. What a guardian was told, or
why nobody could be asked, is sealed in `casework`.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from speakup import audit, keyring, policy
from speakup.audit import Event
from speakup.cases.models import Case, RecordKind, Said
from speakup.cases.operations.conversing import conversation_of, say
from speakup.cases.operations.intake import require_lengths, require_words
from speakup.kernel import clock
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, OpenCompartment, Record
from speakup.policy import Permission

ASKS, YES, NO = Said.HAND_OVER_ASKED, Said.HAND_OVER_AGREED, Said.HAND_OVER_REFUSED
OF_HANDING = frozenset({ASKS, YES, NO, Said.HANDED_OVER})
"""What messages about it are marked with."""


class Consented(StrEnum):
    """How it stands with the person's agreement that certain people have their case."""

    NOT_ASKED = "not asked"
    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"
    NOT_HAD = "could not be asked"

    @property
    def suffices(self) -> bool:
        """Whether a case may be handed over."""
        return self in {Consented.AGREED, Consented.NOT_HAD}


class Noted(StrEnum):
    """What a guardian may write down themselves."""

    AGREED = "agreed"
    REFUSED = "refused"
    NOT_HAD = "could not be asked"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the person says, and since which day."""

    said: Consented
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Who looks after a case, and who stands in."""

    first: uuid.UUID
    cover: uuid.UUID

    @property
    def people(self) -> frozenset[uuid.UUID]:
        """Both of them; one, where nobody stands in."""
        return frozenset({self.first, self.cover})

    def plain(self) -> dict[str, str]:
        """As sealed records hold it."""
        return {"first": str(self.first), "cover": str(self.cover)}

    @classmethod
    def from_plain(cls, said: dict[str, Any]) -> "Places":
        """Read it out of a sealed record."""
        return cls(uuid.UUID(said["first"]), uuid.UUID(said["cover"]))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that stands in the person's inbox until the case was handed over."""

    record_id: uuid.UUID
    by: uuid.UUID
    new: frozenset[uuid.UUID]
    """Who could not open it before."""
    places: Places
    day: date
    text: str = field(repr=False)
    answer: bool | None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a guardian notes of the person's agreement: by which way and on which day, or why it could not be had."""

    what: Noted
    words: str = field(repr=False)
    on: date | None = None


def ask_person(uow: UnitOfWork, case: Case, places: Places, text: str) -> None:
    """Ask the person in their inbox whether these may have their case; nothing else of it changes.

    `Conflict` for a person without words, who would never read it, and where nobody new would have it.
    """
    policy.require(uow.actor, Permission.CASE_HAND_OVER, case)
    require_lengths({"text": text})
    new = newcomers(uow, case, places)
    if not new or not keyring.has_receipt(uow, case.id):
        raise Conflict(case.ref)
    say(uow, case, ASKS, text, new=sorted(str(each) for each in new), **places.plain())


def note_agreement(uow: UnitOfWork, case: Case, new: Collection[uuid.UUID], heard: Heard) -> None:
    """Write down what the person told a guardian about these having their case, or why they could not be asked.

    `Conflict` where they said no: then it is not so that they could not be asked.
    """
    policy.require(uow.actor, Permission.CASE_HAND_OVER, case)
    require_words(words=heard.words)
    if heard.what is not Noted.NOT_HAD and heard.on is None:
        raise Invalid("on", "empty")
    if heard.on is not None and not case.raised_on <= heard.on <= uow.today:
        raise Invalid("on", "in the future" if heard.on > uow.today else "before it was raised")
    if heard.what is Noted.NOT_HAD and standing_now(uow, case, new, asked_again=False).said is Consented.REFUSED:
        raise Conflict(case.ref)
    body = {
        "what": heard.what.value,
        "new": sorted(str(each) for each in new),
        "words": heard.words.strip(),
        "on": heard.on.isoformat() if heard.on else None,
        "after": len(_turns(keyring.read(uow, conversation_of(uow, case), RecordKind.MESSAGE))),
    }
    write_down(uow, case, body)
    audit.record(uow, Event.HAND_OVER_AGREED, case.id)


def answer_hand_over(uow: UnitOfWork, case: Case, question_id: uuid.UUID, *, agrees: bool, words: str = "") -> None:
    """Answer, as the person, the question they read; until it was done they may change their mind.

    `Conflict` when it does not stand any more: a yes to one is no yes to whomever a guardian asks about since.
    """
    policy.require(uow.actor, Permission.INBOX_USE, case)
    require_lengths({"words": words})
    asked = question(keyring.read(uow, conversation_of(uow, case), RecordKind.MESSAGE))
    if asked is None or asked.record_id != question_id:
        raise Conflict(case.ref)
    say(uow, case, YES if agrees else NO, words, about=str(asked.record_id))


def question(messages: Iterable[Record]) -> Asked | None:
    """Return the question that stands, with its newest answer; None where none was asked since it was last done."""
    asked: Asked | None = None
    for record in _turns(messages):
        told = record.body["told"]
        if told == ASKS:
            asked = _asked(record)
        elif told == Said.HANDED_OVER:
            asked = None
        elif asked is not None and record.body["about"] == str(asked.record_id):
            asked = replace(asked, answer=told == YES)
    return asked


def standing_now(uow: UnitOfWork, case: Case, new: Collection[uuid.UUID], *, asked_again: bool = True) -> Standing:
    """Say what the person says to these having it; without `asked_again`, a no stands until there is another answer."""
    return standing(
        new,
        keyring.read(uow, conversation_of(uow, case), RecordKind.MESSAGE),
        keyring.read(uow, casework_of(uow, case), RecordKind.HAND_OVER),
        asked_again=asked_again,
    )


def standing(
    new: Collection[uuid.UUID], messages: Iterable[Record], handing: Iterable[Record], *, asked_again: bool = True
) -> Standing:
    """Say what the newest word is about these people: asked, answered or written down; what was done is past.

    A no to one of them is a no to any two with that one among them, and outlasts what was done with others: only a
    newer question, or word, about all of these takes its place.
    """
    wanted, stands, asked_about = {str(each) for each in new}, Standing(Consented.NOT_ASKED), dict[str, set[str]]()
    for record in _in_order(_turns(messages), [each for each in handing if each.body["what"] in set(Noted)]):
        body = record.body
        about = asked_about.get(body.get("about", ""), set()) if "about" in body else set(body.get("new", ()))
        if body.get("told") == Said.HANDED_OVER:
            asked_about = {}
            if stands.said is not Consented.REFUSED:
                stands = Standing(Consented.NOT_ASKED)
        elif body.get("told") == ASKS:
            asked_about[str(record.id)] = about
            if wanted <= about and (asked_again or stands.said is not Consented.REFUSED):
                stands = Standing(Consented.ASKED, date.fromisoformat(body["day"]))
        elif _bears_on(wanted, about, refused=body.get("told") == NO or body.get("what") == Noted.REFUSED):
            stands = _word(body)
    return stands


def _bears_on(wanted: Collection[str], about: Collection[str], *, refused: bool) -> bool:
    """Say whether a word about some people is one about these: a yes covers all of them, a no one or more."""
    return not set(wanted).isdisjoint(about) if refused else bool(about) and set(wanted) <= set(about)


def _word(body: dict[str, Any]) -> Standing:
    """Read what the person answered, or a guardian wrote down of it."""
    if "told" in body:
        return Standing(Consented.AGREED if body["told"] == YES else Consented.REFUSED, date.fromisoformat(body["day"]))
    on = date.fromisoformat(body["on"]) if body["on"] else clock.london_day(datetime.fromisoformat(body["at"]))
    return Standing(Consented(body["what"]), on)


def newcomers(uow: UnitOfWork, case: Case, places: Places) -> frozenset[uuid.UUID]:
    """Say who of these cannot open it yet."""
    return places.people - keyring.colleagues_on(uow, case.id)


def write_down(uow: UnitOfWork, case: Case, body: dict[str, Any]) -> None:
    """Seal something about handing over among the casework, with who wrote it and when."""
    written = {**body, "by": str(uow.actor.id), "at": uow.now.isoformat()}
    keyring.add(uow, casework_of(uow, case), RecordKind.HAND_OVER, written)


def casework_of(uow: UnitOfWork, case: Case) -> OpenCompartment:
    """Open the notes and casework of a case."""
    return keyring.open_case(uow, case.id)[CompartmentKind.CASEWORK]


def _turns(messages: Iterable[Record]) -> list[Record]:
    return [each for each in messages if each.body.get("told") in OF_HANDING]


def _in_order(turns: Sequence[Record], noted: Iterable[Record]) -> Iterator[Record]:
    """Put what was noted between the turns of the conversation that had been taken by then."""
    waiting = list(noted)
    for taken, turn in enumerate(turns):
        while waiting and waiting[0].body["after"] <= taken:
            yield waiting.pop(0)
        yield turn
    yield from waiting


def _asked(record: Record) -> Asked:
    body = record.body
    return Asked(
        record_id=record.id,
        by=uuid.UUID(body["author"]),
        new=frozenset(uuid.UUID(each) for each in body["new"]),
        places=Places.from_plain(body),
        day=date.fromisoformat(body["day"]),
        text=body["text"],
        answer=None,
    )
