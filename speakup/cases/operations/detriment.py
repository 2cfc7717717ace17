"""What is done to people because they spoke up: how things were, what happened since, and what was done about it.

What the person tells themselves stands in their conversation; what a guardian writes down is casework. Nothing is ever
overwritten. What is counted is the element alone, which a case is coded with (`operations.casework.code_case`).
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from speakup import audit, keyring, policy, vocabulary
from speakup.audit import Event
from speakup.cases import clocks
from speakup.cases.models import Case, RecordKind, Said
from speakup.cases.operations.casework import Coding, code_case
from speakup.cases.operations.conversing import conversation_of, say
from speakup.cases.operations.counting import DETRIMENT_ELEMENT, chosen_group, coded_elements
from speakup.cases.operations.intake import NARRATIVE_LIMIT, require_lengths, require_words
from speakup.kernel.actor import ActorKind
from speakup.kernel.errors import Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, OpenCompartment
from speakup.policy import Permission
from speakup.vocabulary import NOT_KNOWN, CodeSet

AREAS = ("rota", "duties", "appraisal", "progression", "relationships", "other")
"""What a baseline is asked about."""
SETS = {
    "forms": CodeSet.DETRIMENT_FORM,
    "source": CodeSet.DETRIMENT_SOURCE,
    "spoken_up_to": CodeSet.SPOKEN_UP_TO,
}


@dataclass(frozen=True, slots=True)
class DetrimentReport:
    """What happened to somebody because they spoke up, as they say it: nothing has to be proved."""

    words: str = field(repr=False)
    forms: frozenset[str] = frozenset()
    source: str = ""
    """What whoever did it is, never their name."""
    spoken_up_to: str = ""
    told_on: date | None = None
    """Of what a guardian writes down: the day the person told it; None for today."""


def note_baseline(uow: UnitOfWork, case: Case, areas: Mapping[str, str]) -> None:
    """Keep how things are at work now, so that a later change can be seen. Whoever wrote it, both sides read it."""
    _require_may(uow, case)
    said = {area: areas[area].strip() for area in AREAS if areas.get(area, "").strip()}
    if not said:
        raise Invalid("areas", "empty")
    if any(len(words) > NARRATIVE_LIMIT for words in said.values()):
        raise Invalid("areas", "too long")
    say(uow, case, Said.BASELINE, areas=said)


def report_detriment(uow: UnitOfWork, case: Case, report: DetrimentReport) -> None:
    """Keep that something bad happened to the person because they spoke up.

    Whoever tells it themselves is answered within two working days. What a guardian writes down is counted at once.
    """
    _require_may(uow, case)
    _require_sayable(uow, case, report)
    said = {"forms": sorted(report.forms), "source": report.source, "spoken_up_to": report.spoken_up_to}
    if uow.actor.kind is ActorKind.REPORTER:
        say(uow, case, Said.DETRIMENT, report.words, **said)
        clocks.owed_to_worse(uow, case)
        return
    told_on = report.told_on or uow.today
    _write(uow, case, {"what": "report", "words": report.words.strip(), **said, "told_on": told_on.isoformat()})
    count_detriment(uow, case)


def act_on_detriment(uow: UnitOfWork, case: Case, report_id: uuid.UUID, done: str, on: date) -> None:
    """Note what was done about one report, and when; `NotFound` where there is no such report."""
    policy.require(uow.actor, Permission.CASE_DETRIMENT, case)
    require_words(done=done)
    if on > uow.today:
        raise Invalid("on", "in the future")
    if report_id not in _reports(uow, case):
        raise NotFound(report_id)
    _write(uow, case, {"what": "step", "report": str(report_id), "words": done.strip(), "on": on.isoformat()})


def count_detriment(uow: UnitOfWork, case: Case) -> bool:
    """Let a coded case have the element of detriment, as a yes in triage would; say whether it has it now.

    What is not coded yet begins with a yes on its triage page instead.
    """
    policy.require(uow.actor, Permission.CASE_CODE, case)
    casework = _casework(uow, case)
    coded, triages = (keyring.read(uow, casework, kind) for kind in (RecordKind.CODING, RecordKind.TRIAGE))
    if not coded:
        return False
    elements = coded_elements(uow, case)
    if DETRIMENT_ELEMENT not in elements:
        none_apply = bool(coded[-1].body["none_apply"])
        code_case(
            uow,
            case,
            Coding(elements | {DETRIMENT_ELEMENT}, none_apply, chosen_group(case, coded, triages) or NOT_KNOWN),
        )
    return True


def _reports(uow: UnitOfWork, case: Case) -> set[uuid.UUID]:
    told = keyring.read(uow, conversation_of(uow, case), RecordKind.MESSAGE)
    written = keyring.read(uow, _casework(uow, case), RecordKind.DETRIMENT)
    return {each.id for each in told if each.body.get("told") == Said.DETRIMENT} | {
        each.id for each in written if each.body["what"] == "report"
    }


def _write(uow: UnitOfWork, case: Case, body: Mapping[str, Any]) -> None:
    written = {**body, "by": str(uow.actor.id), "at": uow.now.isoformat()}
    keyring.add(uow, _casework(uow, case), RecordKind.DETRIMENT, written)
    audit.record(uow, Event.DETRIMENT_NOTED, case.id)


def _require_sayable(uow: UnitOfWork, case: Case, report: DetrimentReport) -> None:
    if not report.words.strip() and not report.forms:
        raise Invalid("words", "empty")
    require_lengths({"words": report.words})
    if report.told_on and report.told_on > uow.today:
        raise Invalid("told_on", "in the future")
    if report.told_on and report.told_on < case.raised_on:
        raise Invalid("told_on", "before it was raised")
    for name, which in SETS.items():
        chosen = getattr(report, name)
        for key in sorted(chosen) if isinstance(chosen, frozenset) else filter(None, [chosen]):
            vocabulary.require_code(uow, which, key)


def _require_may(uow: UnitOfWork, case: Case) -> None:
    reporter = uow.actor.kind is ActorKind.REPORTER
    policy.require(uow.actor, Permission.INBOX_USE if reporter else Permission.CASE_DETRIMENT, case)


def _casework(uow: UnitOfWork, case: Case) -> OpenCompartment:
    return keyring.open_case(uow, case.id)[CompartmentKind.CASEWORK]
