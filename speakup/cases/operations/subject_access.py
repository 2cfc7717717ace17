"""Answering somebody who asks what is held about them: found in every case I can open, chosen and blanked by me.

Nothing about the request stands in clear but the day it was opened and a number. It is sealed to the guardian who
answers it; what was given is sealed in each case it came from as well, so that it outlives them.
"""

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import select

from speakup import audit, identifying, keyring, organisations, policy
from speakup.audit import Event
from speakup.cases.models import Case, RecordKind, Undertaking, UndertakingKind
from speakup.cases.operations import undertakings
from speakup.cases.queries.scanning import scan
from speakup.cases.queries.texts import Part, Where, parts_of
from speakup.cases.rules import month_after, next_working_day
from speakup.cases.searching import Hit, Query, fold, parse, sentences, squeeze_all
from speakup.identifying import Found
from speakup.kernel.errors import Conflict, IntegrityFault, Invalid
from speakup.kernel.ids import names_case, without_cases
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, ScannedCase
from speakup.policy import Permission

MOST = 1_000
"""Passages of one request. Whoever is spoken of more often asks about something of which others are to be asked too."""
LONGEST_NAME = 120
_AT_ONCE = 500
_SHORTEST = 2
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sister", "sir", "dame", "rev"})
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence that may be about whoever asks."""

    case_id: uuid.UUID
    ref: str
    where: Where
    day: date | None
    text: str = field(repr=False)
    given: str = field(repr=False)
    """What would be given: what could tell who anybody else is, is left out until the guardian says otherwise."""
    whole: bool
    """The whole name was found, and not only a part of it."""
    ticked: bool = False
    speaker: tuple[str, ...] = field(default=(), repr=False)
    """Names of whoever spoke up in this case, which must not be given to anybody else."""


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """One request, as far as it is answered."""

    id: uuid.UUID
    revision: int
    name: str = field(repr=False)
    spellings: tuple[str, ...] = field(repr=False)
    asked_on: date
    due_on: date
    given_on: date | None
    opened: int
    """Cases that were looked through."""
    more: int
    """Passages beyond the most that one request holds."""
    passages: Sequence[Passage] = field(repr=False)

    @property
    def ticked(self) -> list[Passage]:
        """The passages that are to be given, or were."""
        return [each for each in self.passages if each.ticked]

    @property
    def naming_cases(self) -> list[Passage]:
        """What would be given and has the reference of a case in it: whoever holds one can be found by it."""
        return [each for each in self.ticked if names_case(each.given)]

    @property
    def telling(self) -> list[Passage]:
        """What would be given and still names somebody who spoke up, in whichever case: people know each other."""
        own = _words_of((self.name, *self.spellings))
        known = identifying.Known(tuple(dict.fromkeys(name for each in self.passages for name in each.speaker)))
        return [each for each in self.ticked if _names_one(each.given, known, own)]


def answer_by(asked_on: date, country: str) -> date:
    """Return the last day for an answer: one calendar month, and the next working day where that is none."""
    return next_working_day(month_after(asked_on), country)


def look_for(uow: UnitOfWork, name: str, spellings: Sequence[str], asked_on: date, blank: str) -> AccessRequest:
    """Look through every case the actor can open; nothing is written yet. `blank` stands where words are left out."""
    policy.require(uow.actor, Permission.CASE_SUBJECT_ACCESS)
    if not _words(name):
        raise Invalid("name", "empty")
    if asked_on > uow.today:
        raise Invalid("asked_on", "in the future")
    names = (name, *(each for each in spellings if _words(each)))
    sought = _Sought(names, blank)
    found, opened = list[Passage](), 0
    for each in _scanned(uow):
        opened += 1
        found += sought.passages_in(*each)
    found.sort(key=lambda each: (not each.whole, each.ref, each.day or date.min))
    due = answer_by(asked_on, organisations.here(uow).country)
    return AccessRequest(
        uuid.UUID(int=0), 0, name, names[1:], asked_on, due, None, opened, max(0, len(found) - MOST), found[:MOST]
    )


def open_access_request(uow: UnitOfWork, looked: AccessRequest) -> uuid.UUID:
    """Keep what was found, sealed, to be answered; that it was looked for, and in how many cases, is written down."""
    policy.require(uow.actor, Permission.CASE_SUBJECT_ACCESS)
    row = undertakings.begin(uow, UndertakingKind.SUBJECT_ACCESS, _state(looked), _plain(looked.passages))
    audit.record(uow, Event.SUBJECT_ACCESS_SEARCHED, row.id, quantity=looked.opened)
    return row.id


def my_access_requests(uow: UnitOfWork) -> list[AccessRequest]:
    """List the requests the actor answers or has answered, what is due first; without their passages."""
    policy.require(uow.actor, Permission.CASE_SUBJECT_ACCESS)
    found = [_request(uow, row, with_passages=False) for row in undertakings.mine(uow, UndertakingKind.SUBJECT_ACCESS)]
    return sorted(found, key=lambda each: (each.given_on is not None, each.due_on))


def find_access_request(uow: UnitOfWork, id: uuid.UUID) -> AccessRequest:
    """Return one of the actor's requests, with every passage."""
    return _request(uow, _row(uow, id), with_passages=True)


def choose_passages(uow: UnitOfWork, id: uuid.UUID, chosen: Mapping[int, tuple[bool, str]], revision: int) -> None:
    """Keep which passages are to be given and in which words; `Conflict` where that was changed since, or is done."""
    row = _row(uow, id)
    request = _request(uow, row, with_passages=True)
    if request.given_on is not None:
        raise Conflict(id)
    undertakings.require_as_read(row, revision)
    passages = list(request.passages)
    for place, (ticked, given) in chosen.items():
        if 0 <= place < len(passages):
            passages[place] = replace(passages[place], ticked=ticked, given=given)
    undertakings.keep_bulk(uow, row, _plain(passages))
    undertakings.keep(uow, row, _state(request))


def give_passages(uow: UnitOfWork, id: uuid.UUID, revision: int, *, looked_over: bool) -> None:
    """Write down in each case what of it is given, and forget what is not.

    `Invalid("passages", "names the speaker")` where a passage still does, unless it was looked over; and
    `Invalid("passages", "names a case")` where one has the reference of a case in it, looked over or not.
    """
    row = _row(uow, id)
    request = _request(uow, row, with_passages=True)
    if request.given_on is not None:
        raise Conflict(id)
    undertakings.require_as_read(row, revision)
    given = request.ticked
    if request.naming_cases:
        raise Invalid("passages", "names a case")
    if request.telling and not looked_over:
        raise Invalid("passages", "names the speaker")
    for case_id in dict.fromkeys(each.case_id for each in given):
        casework = keyring.open_case(uow, case_id)[CompartmentKind.CASEWORK]
        said = [each.given for each in given if each.case_id == case_id]
        keyring.add(uow, casework, RecordKind.SUBJECT_ACCESS, _logged(uow, request, said))
        audit.record(uow, Event.SUBJECT_ACCESS_GIVEN, case_id)
    row.quantity = len(given)
    # The words that were given stay; those they were taken from, and who said them, stay in their case alone.
    undertakings.keep_bulk(uow, row, _plain([replace(each, text="", speaker=()) for each in given]))
    undertakings.keep(uow, row, {**_state(request), "given_on": uow.today.isoformat()})


def drop_access_request(uow: UnitOfWork, id: uuid.UUID) -> None:
    """Forget a request that was not answered here: withdrawn, or opened by mistake."""
    row = _row(uow, id)
    if undertakings.state_of(uow, row)["given_on"]:
        raise Conflict(id)
    undertakings.forget(uow, row)


# Finding


class _Sought:
    """The names of whoever asks, in the ways in which others write them."""

    def __init__(self, names: Sequence[str], blank: str) -> None:
        self.own = _words_of(names)
        self.blank = blank
        self.whole = [parse(f'"{" ".join(words)}"') for name in names for words in _orders(name)]
        # Somebody called Rose May is looked for by either word, though both are words of every day.
        parts = dict.fromkeys(word for name in names for word in _untitled(_words(name)) if len(word) > _SHORTEST)
        self.parts = [parse(f'"{word}"') for word in parts]

    def passages_in(self, row: Case, scanned: ScannedCase) -> Iterator[Passage]:
        squeezed = squeeze_all(scanned.texts())
        if not any(query.may_be_in(squeezed) for query in self.parts):
            return
        try:
            records = scanned.records()
            parts = parts_of(records.values())
        except (KeyError, TypeError, ValueError) as malformed:
            raise IntegrityFault(row.id, "content") from malformed
        named = (each.body for each in records.get(CompartmentKind.IDENTITY, ()) if each.kind == RecordKind.PERSON)
        speaker = tuple(str(body["name"]) for body in named if str(body["name"]).strip())
        told = (each.body for each in records.get(CompartmentKind.CONVERSATION, ()) if each.kind == RecordKind.CONCERN)
        jobs = tuple(str(body["role"]) for body in told if str(body["role"]).strip())
        # A request that was answered before is a record about the asking, and says nothing new.
        for part in parts:
            yield from self._sentences(row, part, speaker, jobs)

    def _sentences(self, row: Case, part: Part, speaker: tuple[str, ...], jobs: tuple[str, ...]) -> Iterator[Passage]:
        for start, end in sentences(part.text):
            said = part.text[start:end].strip()
            if said and self._hits(self.parts, said):
                whole = bool(self._hits(self.whole, said))
                given = self.blanked(said, speaker, jobs)
                others = tuple(each for each in speaker if not set(_words(each)) <= self.own)
                yield Passage(row.id, row.ref, part.where, part.day, said, given, whole, speaker=others)

    def _hits(self, queries: Sequence[Query], text: str) -> list[Hit]:
        return [hit for query in queries for hit in query.hits(text)]

    def blanked(self, text: str, speaker: tuple[str, ...], jobs: tuple[str, ...]) -> str:
        """Leave out whatever could tell who anybody is, but for whoever asks; and which case is spoken of."""
        text = without_cases(text, self.blank)
        found = identifying.find(text, identifying.Known(speaker, jobs))
        pieces = identifying.pieces(text, [each for each in found if not _is_own(self.own, text, each)])
        return "".join(words if kind is None else self.blank for words, kind in pieces)


def _is_own(own: frozenset[str], text: str, found: Found) -> bool:
    """Say whether every word of it is the asker's: a namesake who spoke up has a word of their own beside it."""
    words = [each for each in _words(text[found.start : found.end]) if each not in _TITLES]
    return bool(words) and all(each in own for each in words)


def _names_one(text: str, known: identifying.Known, own: frozenset[str]) -> bool:
    found = (each for each in identifying.find(text, known) if each.kind is identifying.Kind.KNOWN)
    return any(not _is_own(own, text, each) for each in found)


def _words_of(names: Iterable[str]) -> frozenset[str]:
    return frozenset(word for name in names for word in _words(name))


def _words(name: str) -> list[str]:
    return _WORD.findall(fold(name).replace("'", "").replace("-", " "))


def _untitled(words: list[str]) -> list[str]:
    """Leave out the title a name begins with: every sister of the hospital is called so. Nora Nurse keeps her name."""
    return words[1:] if len(words) > 1 and words[0] in _TITLES else words


def _orders(name: str) -> Iterator[list[str]]:
    """Give a name as it is spoken, with the last name first, and with no more than an initial of the first."""
    words = _words(name)
    yield words
    if len(words) > 1:
        yield [words[-1], *words[:-1]]
        yield [words[0][0], words[-1]]
        yield [words[0], words[-1]]


def _my_cases(uow: UnitOfWork) -> dict[uuid.UUID, Case]:
    held = keyring.held_cases(keyring.PrincipalKind.STAFF, uow.actor.person_id, uow.organisation_id)
    query = select(Case).where(Case.organisation_id == uow.organisation_id, Case.id.in_(held))
    return {row.id: row for row in uow.session.scalars(query)}


def _scanned(uow: UnitOfWork) -> Iterator[tuple[Case, ScannedCase]]:
    """Open every case of the actor's. One that does not check out is a fault: nobody may be told that this is all."""
    rows = _my_cases(uow)
    every, referrals = iter(rows), keyring.scan_referrals(uow)
    while some := list(islice(every, _AT_ONCE)):
        damaged: set[uuid.UUID] = set()
        for scanned in scan(uow, some, damaged, referrals):
            yield rows[scanned.case_id], scanned
        if damaged:
            raise IntegrityFault(min(damaged), "subject access")


# How a request is kept


def _row(uow: UnitOfWork, id: uuid.UUID) -> Undertaking:
    policy.require(uow.actor, Permission.CASE_SUBJECT_ACCESS)
    return undertakings.find(uow, UndertakingKind.SUBJECT_ACCESS, id)


def _request(uow: UnitOfWork, row: Undertaking, *, with_passages: bool) -> AccessRequest:
    state = undertakings.state_of(uow, row)
    asked_on = date.fromisoformat(state["asked_on"])
    passages = [_passage(each) for each in undertakings.bulk_of(uow, row)] if with_passages else []
    if not state["given_on"]:
        passages = _still_mine(uow, passages)
    return AccessRequest(
        id=row.id,
        revision=row.revision,
        name=state["name"],
        spellings=tuple(state["spellings"]),
        asked_on=asked_on,
        due_on=answer_by(asked_on, organisations.here(uow).country),
        given_on=date.fromisoformat(state["given_on"]) if state["given_on"] else None,
        opened=state["opened"],
        more=state["more"],
        passages=passages,
    )


def _still_mine(uow: UnitOfWork, passages: Sequence[Passage]) -> list[Passage]:
    """Leave nothing of a case to read that went to others since; each passage keeps its place on the list."""
    held = set(_my_cases(uow)) if passages else set()
    return [
        each if each.case_id in held else replace(each, text="", given="", ticked=False, speaker=())
        for each in passages
    ]


def _state(request: AccessRequest) -> dict[str, Any]:
    return {
        "name": request.name,
        "spellings": list(request.spellings),
        "asked_on": request.asked_on.isoformat(),
        "given_on": request.given_on.isoformat() if request.given_on else None,
        "opened": request.opened,
        "more": request.more,
    }


def _plain(passages: Sequence[Passage]) -> list[dict[str, Any]]:
    return [
        {**asdict(each), "case_id": str(each.case_id), "day": each.day.isoformat() if each.day else None}
        for each in passages
    ]


def _passage(said: Mapping[str, Any]) -> Passage:
    return Passage(
        case_id=uuid.UUID(said["case_id"]),
        ref=said["ref"],
        where=Where(said["where"]),
        day=date.fromisoformat(said["day"]) if said["day"] else None,
        text=said["text"],
        given=said["given"],
        whole=said["whole"],
        ticked=said["ticked"],
        speaker=tuple(said["speaker"]),
    )


def _logged(uow: UnitOfWork, request: AccessRequest, said: Sequence[str]) -> Mapping[str, Any]:
    return {
        "request": str(request.id),
        "asked_by": request.name,
        "asked_on": request.asked_on.isoformat(),
        "given": list(said),
        "by": str(uow.actor.id),
        "at": uow.now.isoformat(),
    }
