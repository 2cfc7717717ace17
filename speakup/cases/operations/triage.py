"""Triage: what a guardian makes of a case, on one page. Each saving is a record of its own, so that none is lost.

Elements stand beside the case's row as well, as whoever codes it puts them there. Everything else is sealed only.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any

from speakup import audit, keyring, policy, vocabulary
from speakup.audit import Event
from speakup.cases.models import Case, RecordKind
from speakup.cases.operations.casework import Coding, write_coding
from speakup.cases.operations.counting import DETRIMENT_ELEMENT, chosen_group, coded_elements, count_case
from speakup.cases.operations.intake import require_lengths
from speakup.cases.rules import Answer
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, OpenCompartment, Record
from speakup.policy import Permission
from speakup.vocabulary import NOT_KNOWN, CodeSet

NOT_CONSIDERED = "not_considered"
NO_ROUTE = "none"
"""The prior route that says that there was none."""
_ALONE = frozenset({NO_ROUTE, NOT_KNOWN})
"""Of prior routes and wishes: what can stand beside no other."""


@dataclass(frozen=True, slots=True)
class Triage:
    """What a guardian makes of a case, by the keys of the vocabulary. Nothing of it has to be known."""

    risk: str = ""
    elements: frozenset[str] = frozenset()
    """But for the one of detriment, which has a question of its own."""
    none_apply: bool = False
    """No element applies, and that is meant. Without elements and without this, they are still to be looked at."""
    detriment: Answer = Answer.NOT_ANSWERED
    """Whether the person indicates that they were treated badly because they spoke up: yes, no, or not known."""
    worker_group: str = NOT_KNOWN
    relationship: str = NOT_KNOWN
    seniority: str = NOT_KNOWN
    service: str = NOT_KNOWN
    themes: frozenset[str] = frozenset()
    wants: frozenset[str] = frozenset()
    wants_words: str = field(default="", repr=False)
    prior_routes: frozenset[str] = frozenset()
    support: Mapping[str, date] = field(default_factory=dict)
    """What was offered, and on which day."""
    qualifying: str = NOT_CONSIDERED
    """Whether it may be a qualifying disclosure. Private, and nothing is decided by it."""
    headings: frozenset[str] = frozenset()
    qualifying_words: str = field(default="", repr=False)

    @property
    def coding(self) -> Coding | None:
        """What the case is coded with; None while its elements have not been looked at."""
        if not self.elements and not self.none_apply:
            return None
        indicated = {DETRIMENT_ELEMENT} if self.detriment is Answer.YES else set()
        return Coding(self.elements | indicated, self.none_apply, self.worker_group)


@dataclass(frozen=True, slots=True)
class TriageLine:
    """One saving of the page: what it said then, by whom and when."""

    triage: Triage
    author_id: uuid.UUID
    at: datetime


class TriagedMeanwhile(Conflict):
    """Somebody saved since the page was read. `merged` is theirs, with what was changed on the page laid over it."""

    def __init__(self, merged: Triage, changed: Collection[str]) -> None:
        super().__init__(changed)
        self.merged = merged
        self.changed = frozenset(changed)
        """The names of what they changed."""


NAMES = tuple(each.name for each in fields(Triage))

_ONE_OF = {
    "risk": CodeSet.RISK,
    "worker_group": CodeSet.WORKER_GROUP,
    "relationship": CodeSet.RELATIONSHIP,
    "seniority": CodeSet.SENIORITY,
    "service": CodeSet.SERVICE,
    "qualifying": CodeSet.QUALIFYING,
}
_ANY_OF = {
    "elements": CodeSet.ELEMENT,
    "themes": CodeSet.THEME,
    "wants": CodeSet.WANT,
    "prior_routes": CodeSet.PRIOR_ROUTE,
    "support": CodeSet.SUPPORT,
    "headings": CodeSet.QUALIFYING_HEADING,
}
SETS: Mapping[str, CodeSet] = {**_ONE_OF, **_ANY_OF}
"""From which list each answer comes."""
_DETRIMENT = frozenset({Answer.YES, Answer.NO, Answer.NOT_ANSWERED})


def triage_case(uow: UnitOfWork, case: Case, triage: Triage, read: Triage, savings: int) -> None:
    """Keep what a guardian makes of a case, beside everything that was kept before.

    `read` is what their page showed, and `savings` how many there were then. `TriagedMeanwhile` when there are more.
    """
    policy.require(uow.actor, Permission.CASE_TRIAGE, case)
    casework = _casework(uow, case)
    lines = lines_of(keyring.read(uow, casework, RecordKind.TRIAGE))
    now = lines[-1].triage if lines else Triage()
    if len(lines) != savings:
        raise TriagedMeanwhile(_merged(triage, read, now), changes(read, now))
    _require_sayable(uow, case, triage, now)
    coding = triage.coding
    if coding is None and keyring.read(uow, casework, RecordKind.CODING):
        raise Invalid("elements", "empty")
    if coding is not None and not _is_coded_so(uow, case, casework, coding):
        write_coding(uow, case, coding)
    keyring.add(uow, casework, RecordKind.TRIAGE, body_of(uow, triage))
    count_case(uow, case)
    audit.record(uow, Event.CASE_TRIAGED, case.id)


def lines_of(records: Collection[Record]) -> list[TriageLine]:
    """Read every saving out of its record, oldest first."""
    return [
        TriageLine(_triage(each.body), uuid.UUID(each.body["by"]), datetime.fromisoformat(each.body["at"]))
        for each in records
    ]


def read_then(lines: list[TriageLine], savings: int, before: Triage) -> Triage:
    """Return what a page showed when there were so many savings; `before` is what one showed that had none."""
    return lines[savings - 1].triage if 0 < savings <= len(lines) else before


def changes(before: Triage, after: Triage) -> list[str]:
    """Name what differs, in the page's order."""
    return [name for name in NAMES if getattr(before, name) != getattr(after, name)]


def _merged(mine: Triage, read: Triage, theirs: Triage) -> Triage:
    """Lay what was changed on the page over what a colleague saved: what was left alone is theirs."""
    return replace(theirs, **{
        name: _laid_over(getattr(mine, name), getattr(read, name), getattr(theirs, name))
        for name in changes(read, mine)
    })  # fmt: skip


def _laid_over(mine: Any, read: Any, theirs: Any) -> Any:  # noqa: ANN401 -- whatever `Triage` holds
    """Of boxes, those that either of them ticked, without those that either took away; of the rest, mine."""
    if isinstance(mine, frozenset):
        return (theirs | (mine - read)) - (read - mine)
    if isinstance(mine, Mapping):
        left_out = read.keys() - mine.keys()
        return {key: day for key, day in {**theirs, **mine}.items() if key in _kept(mine, read, theirs) - left_out}
    return mine


def _kept(mine: Mapping[str, date], read: Mapping[str, date], theirs: Mapping[str, date]) -> set[str]:
    return set(theirs) | (mine.keys() - read.keys())


def _is_coded_so(uow: UnitOfWork, case: Case, casework: OpenCompartment, coding: Coding) -> bool:
    """Say whether the case is coded just like that already, so that its history tells of real changes alone."""
    standing = keyring.read(uow, casework, RecordKind.CODING)
    if not standing or bool(standing[-1].body["none_apply"]) is not coding.none_apply:
        return False
    return chosen_group(case, standing, ()) == coding.worker_group and coded_elements(uow, case) == coding.elements


def _require_sayable(uow: UnitOfWork, case: Case, triage: Triage, before: Triage) -> None:
    """Refuse what is in no list of the day it was raised; what was chosen before may stay."""
    for name, which in SETS.items():
        chosen, kept = _keys(getattr(triage, name)), _keys(getattr(before, name))
        for key in sorted(chosen - kept):
            vocabulary.require_code(uow, which, key, case.raised_on)
    if DETRIMENT_ELEMENT in triage.elements or (triage.elements and triage.none_apply):
        raise Invalid("elements", "none and some")
    for name in ("prior_routes", "wants"):
        chosen = getattr(triage, name)
        if len(chosen) > 1 and chosen & _ALONE:
            raise Invalid(name, "none and some")
    if triage.detriment not in _DETRIMENT:
        raise Invalid("detriment", "not in the list")
    if any(day > uow.today for day in triage.support.values()):
        raise Invalid("support", "in the future")
    require_lengths({"wants_words": triage.wants_words, "qualifying_words": triage.qualifying_words})


def _keys(said: Any) -> frozenset[str]:  # noqa: ANN401 -- one key, several, or several with their days
    return frozenset({said} - {""}) if isinstance(said, str) else frozenset(said)


def body_of(uow: UnitOfWork, triage: Triage) -> dict[str, Any]:
    """Write one saving, as its sealed record holds it."""
    said = {name: _plain(getattr(triage, name)) for name in NAMES}
    return {**said, "by": str(uow.actor.id), "at": uow.now.isoformat()}


def _plain(said: Any) -> Any:  # noqa: ANN401 -- whatever `Triage` holds, as JSON
    if isinstance(said, frozenset):
        return sorted(said)
    if isinstance(said, Mapping):
        return {key: day.isoformat() for key, day in sorted(said.items())}
    return said


def _triage(body: Mapping[str, Any]) -> Triage:
    read: dict[str, Any] = {name: body[name] for name in NAMES}
    for name in _ANY_OF:
        if name != "support":
            read[name] = frozenset(read[name])
    read["support"] = {key: date.fromisoformat(day) for key, day in read["support"].items()}
    read["detriment"] = Answer(read["detriment"])
    return Triage(**read)


def _casework(uow: UnitOfWork, case: Case) -> OpenCompartment:
    return keyring.open_case(uow, case.id)[CompartmentKind.CASEWORK]
