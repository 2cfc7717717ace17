"""What a guardian on the case may do: acknowledge, answer, note, code, tell, close."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select

from speakup import audit, insight, jobs, keyring, policy, vocabulary
from speakup.audit import Event
from speakup.cases import clocks, rules
from speakup.cases.models import TOLD_BY_RAISING, Case, CaseElement, CaseState, ClockKind, RecordKind
from speakup.cases.moves import EFFECTS, Act
from speakup.cases.operations import checking_in, files, referring
from speakup.cases.operations.counting import chosen_group, count_case
from speakup.cases.operations.intake import require_lengths, require_words
from speakup.cases.operations.moving import move, require_as_sealed
from speakup.cases.rules import Missing, Satisfied
from speakup.crypto.receipts import ReceiptSecrets
from speakup.gateways.sealed_files import StoredFile
from speakup.jobs import Job
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, OpenCompartment, Record
from speakup.policy import Permission
from speakup.vocabulary import CodeSet

TITLE_LIMIT = 120
"""Characters in the short title a guardian gives a case."""


@dataclass(frozen=True, slots=True)
class Coding:
    """What a case is coded with. An empty set of elements is allowed once it is said to be meant."""

    elements: frozenset[str]
    none_apply: bool
    worker_group: str


@dataclass(frozen=True, slots=True)
class Closing:
    """How a case ends."""

    outcome: str
    summary: str = field(repr=False)
    satisfied: Satisfied
    why_not_satisfied: str = field(default="", repr=False)
    offered: frozenset[str] = frozenset()
    """To whom the person was offered to take it on."""
    escalation: str = field(default="", repr=False)
    why_not_told: str = field(default="", repr=False)
    ends_referrals: bool = False
    """What is passed on and not answered is taken back with it."""


class NotReadyToClose(Conflict):
    """Closing was refused; `missing` says what it needs."""

    def __init__(self, missing: Collection[Missing]) -> None:
        super().__init__(missing)
        self.missing = missing


def title_case(uow: UnitOfWork, case: Case, title: str) -> None:
    """Give the case the short title it goes by on the worklist."""
    policy.require(uow.actor, Permission.CASE_NOTE, case)
    if not title.strip() or len(title) > TITLE_LIMIT:
        raise Invalid("title", "empty" if not title.strip() else "too long")
    _put(uow, _casework(uow, case), RecordKind.TITLE, {"text": title.strip(), "ref": case.ref})
    audit.record(uow, Event.CASE_TITLED, case.id)


def add_note(uow: UnitOfWork, case: Case, text: str) -> None:
    """Seal a private note, which no worker and no administrator can open."""
    policy.require(uow.actor, Permission.CASE_NOTE, case)
    require_words(text=text)
    if case.state is CaseState.CLOSED:
        raise Conflict(case.ref)
    keyring.add(
        uow,
        _casework(uow, case),
        RecordKind.NOTE,
        {"text": text, "author": str(uow.actor.id), "at": uow.now.isoformat()},
    )
    audit.record(uow, Event.NOTE_ADDED, case.id)


def acknowledge(uow: UnitOfWork, case: Case, text: str) -> None:
    """Thank the person and say what happens next; the first clock stops."""
    policy.require(uow.actor, Permission.CASE_ACKNOWLEDGE, case)
    require_words(text=text)
    move(uow, case, Act.ACKNOWLEDGE)
    _send(uow, case, text)
    audit.record(uow, Event.CASE_ACKNOWLEDGED, case.id)


def reply(uow: UnitOfWork, case: Case, text: str, attached: Collection[StoredFile] = ()) -> None:
    """Answer the person. A first answer acknowledges; any answer starts the next clock.

    An answer to what they wrote back is the first conversation: they have spoken, been answered and spoken again.
    """
    policy.require(uow.actor, Permission.CASE_MESSAGE, case)
    require_words(text=text)
    moved = move(uow, case, Act.REPLY)
    if moved.old is CaseState.NEW:
        audit.record(uow, Event.CASE_ACKNOWLEDGED, case.id)
    elif _wrote_back(uow, case):
        clocks.stop(uow, case, ClockKind.CONVERSATION)
    _send(uow, case, text, attached)
    audit.record(uow, Event.MESSAGE_SENT, case.id)


def start_work(uow: UnitOfWork, case: Case) -> None:
    """Take a case up after acknowledging it."""
    move(uow, case, Act.START)
    audit.record(uow, Event.CASE_STARTED, case.id)


def begin_review(uow: UnitOfWork, case: Case) -> None:
    """Note that whoever it was passed on to has begun a review or an investigation."""
    move(uow, case, Act.REVIEW)
    audit.record(uow, Event.CASE_UNDER_REVIEW, case.id)


def take_back(uow: UnitOfWork, case: Case) -> None:
    """Work on it again oneself: what was passed on has come back, or there is more to do."""
    move(uow, case, Act.TAKE_BACK)
    audit.record(uow, Event.CASE_TAKEN_BACK, case.id)


def tell_person(uow: UnitOfWork, case: Case, text: str) -> None:
    """Tell the person what came of it."""
    policy.require(uow.actor, Permission.CASE_MESSAGE, case)
    require_words(text=text)
    move(uow, case, Act.TELL)
    _send(uow, case, text, told="outcome")
    audit.record(uow, Event.PERSON_TOLD, case.id)


def code_case(uow: UnitOfWork, case: Case, coding: Coding) -> None:
    """Code the elements and the worker group, by the lists in force on the day it was raised."""
    write_coding(uow, case, coding)
    count_case(uow, case)


def write_coding(uow: UnitOfWork, case: Case, coding: Coding) -> None:
    """The same for whoever counts the case afterwards, with more that they write of it."""
    policy.require(uow.actor, Permission.CASE_CODE, case)
    if not coding.elements and not coding.none_apply:
        raise Invalid("elements", "empty")
    for element in coding.elements:
        vocabulary.require_code(uow, CodeSet.ELEMENT, element, case.raised_on)
    worker_group = vocabulary.require_code(uow, CodeSet.WORKER_GROUP, coding.worker_group, case.raised_on)
    uow.session.execute(
        delete(CaseElement).where(CaseElement.organisation_id == uow.organisation_id, CaseElement.case_id == case.id)
    )
    for element in sorted(coding.elements):
        uow.session.add(CaseElement(organisation_id=uow.organisation_id, case_id=case.id, element=element))
    uow.session.flush()
    _put(
        uow,
        _casework(uow, case),
        RecordKind.CODING,
        {
            "elements": sorted(coding.elements),
            "none_apply": coding.none_apply,
            "worker_group": worker_group,
            "by": str(uow.actor.id),
            "at": uow.now.isoformat(),
        },
    )
    case.worker_group = None
    audit.record(uow, Event.CASE_CODED, case.id)


def seal_group(uow: UnitOfWork, case: Case, casework: OpenCompartment, codings: Sequence[Record]) -> None:
    """Seal the worker group of a case that has it in its row, from before it was sealed, and empty the row."""
    if case.worker_group is None:
        return
    if codings and not codings[-1].body.get("worker_group"):
        keyring.replace(uow, casework, codings[-1], {**codings[-1].body, "worker_group": case.worker_group})
    # Before it was coded, the row had what the person said when they raised it, or what triage holds.
    case.worker_group = None


def close_case(uow: UnitOfWork, case: Case, closing: Closing) -> None:
    """Close a case that is coded and told; `NotReadyToClose` names what it still needs.

    Whoever it is passed on to and has not answered opens nothing of it from then on.
    """
    if missing := missing_to_close(uow, case, closing):
        raise NotReadyToClose(missing)
    casework = _casework(uow, case)
    passed_on = referring.unanswered(uow, case)
    outcome = vocabulary.require_code(uow, CodeSet.OUTCOME, closing.outcome)
    for each in sorted(closing.offered):
        vocabulary.require_code(uow, CodeSet.ESCALATION, each)
    _require_lengths(closing)
    # Whoever has an inbox is asked there from now on whether they would speak up again.
    asked = keyring.has_receipt(uow, case.id)
    for line in passed_on:
        referring.end_referral(uow, case, line.id)
    move(uow, case, Act.CLOSE, asked=asked)
    if asked:
        insight.count_asked(uow)
    case.outcome = outcome
    checking_in.note_seen_to(uow, case)
    keyring.add(uow, casework, RecordKind.CLOSURE, {**_closure_body(uow, closing), "outcome": outcome})
    checking_in.turn(uow, case)
    count_case(uow, case)
    audit.record(uow, Event.CASE_CLOSED, case.id)


def missing_to_close(uow: UnitOfWork, case: Case, closing: Closing) -> list[Missing]:
    """List all that a case still needs to be closed like this."""
    policy.require(uow.actor, Permission.CASE_CLOSE, case)
    require_as_sealed(uow, case)
    casework = _casework(uow, case)
    codings, triages = (keyring.read(uow, casework, kind) for kind in (RecordKind.CODING, RecordKind.TRIAGE))
    missing = [] if closing.ends_referrals or not referring.unanswered(uow, case) else [Missing.PASSED_ON]
    missing += rules.missing_to_close(
        case.state,
        elements_settled=bool(codings),
        worker_group=chosen_group(case, codings, triages) or _group_told(uow, case),
        told_on=case.told_on,
        why_not_told=closing.why_not_told,
        satisfied=closing.satisfied,
        why_not_satisfied=closing.why_not_satisfied,
        offered=bool(closing.offered or closing.escalation.strip()),
    )
    return [each for each in missing if each in EFFECTS[Act.CLOSE].needs]


def reopen_case(uow: UnitOfWork, case: Case, why: str) -> None:
    """Open a closed case again; it keeps everything."""
    policy.require(uow.actor, Permission.CASE_REOPEN, case)
    require_words(why=why)
    move(uow, case, Act.REOPEN)
    keyring.add(
        uow,
        _casework(uow, case),
        RecordKind.NOTE,
        {"text": why, "author": str(uow.actor.id), "at": uow.now.isoformat(), "reopening": True},
    )
    count_case(uow, case)
    audit.record(uow, Event.CASE_REOPENED, case.id)


def give_new_words(uow: UnitOfWork, case: Case, secrets: ReceiptSecrets, generation: int) -> None:
    """Give a named person whose words are lost new ones, read out by voice; the old words open nothing from now on.

    An anonymous person cannot be told from an impostor, so for them there is `Conflict`: they raise it again.
    """
    policy.require(uow.actor, Permission.CASE_MESSAGE, case)
    identity = keyring.open_case(uow, case.id)[CompartmentKind.IDENTITY]
    if not keyring.read(uow, identity, RecordKind.PERSON):
        raise Conflict(case.ref)
    keyring.give_receipt(uow, case.id, secrets, generation)


def mark_read(uow: UnitOfWork, case: Case) -> None:
    """Let whoever acts, and nobody else, have read everything the person has told up to now."""
    policy.require(uow.actor, Permission.CASE_READ, case)
    keyring.remember_told(uow, case.id, case.told_times)


def record_notice(uow: UnitOfWork, case: Case, *, sent: bool) -> None:
    """Note that a notice went out, or waits for a guardian to try again."""
    policy.require(uow.actor, Permission.CASE_MESSAGE, case)
    case.notice_waiting = not sent
    if sent:
        audit.record(uow, Event.NOTICE_SENT, case.id)


def announce(uow: UnitOfWork) -> int:
    """Tell guardians by content-free mail that there is something to read; return how many cases were announced.

    Run at set hours, so that a mail's time says nothing about when a worker wrote.
    """
    policy.require(uow.actor, Permission.CASE_ANNOUNCE)
    waiting = list(
        uow.session.scalars(
            select(Case)
            .where(Case.organisation_id == uow.organisation_id, Case.unannounced)
            .order_by(Case.id)
            .with_for_update()
        )
    )
    people = set()
    for case in waiting:
        case.unannounced = False
        people.update({case.primary_id, case.cover_id})
    for _ in waiting:
        # Never which, and the day only: at which hour a case was announced would order the day's cases for good.
        audit.record(uow, Event.CASE_ANNOUNCED)
    for person_id in sorted(people):
        jobs.defer(uow, Job.SOMETHING_TO_READ_MAIL, person_id)
    return len(waiting)


def _send(
    uow: UnitOfWork, case: Case, text: str, attached: Collection[StoredFile] = (), told: str | None = None
) -> None:
    conversation = keyring.open_case(uow, case.id)[CompartmentKind.CONVERSATION]
    said: dict[str, Any] = {
        "from": "guardian",
        "author": str(uow.actor.id),
        "text": text,
        "files": files.attach(uow, conversation, attached),
        "day": uow.today.isoformat(),
        "at": uow.now.isoformat(),
    }
    keyring.add(uow, conversation, RecordKind.MESSAGE, {**said, "told": told} if told else said)


def _group_told(uow: UnitOfWork, case: Case) -> str | None:
    conversation = keyring.open_case(uow, case.id)[CompartmentKind.CONVERSATION]
    said: str | None = keyring.read(uow, conversation, RecordKind.CONCERN)[0].body["worker_group"]
    return said


def _wrote_back(uow: UnitOfWork, case: Case) -> bool:
    """Say whether the person has written since they raised it; a name given or a wish to stop is no conversation."""
    # Whoever told nothing since cannot have written, and then nothing need be opened.
    if case.told_times <= TOLD_BY_RAISING:
        return False
    conversation = keyring.open_case(uow, case.id)[CompartmentKind.CONVERSATION]
    said = (each.body for each in keyring.read(uow, conversation, RecordKind.MESSAGE))
    return any(body["from"] == "reporter" and not body.get("told") for body in said)


def _casework(uow: UnitOfWork, case: Case) -> OpenCompartment:
    return keyring.open_case(uow, case.id)[CompartmentKind.CASEWORK]


def _put(uow: UnitOfWork, casework: OpenCompartment, kind: RecordKind, body: dict[str, Any]) -> None:
    standing = keyring.read(uow, casework, kind)
    if standing:
        keyring.replace(uow, casework, standing[-1], body)
    else:
        keyring.add(uow, casework, kind, body)


def _closure_body(uow: UnitOfWork, closing: Closing) -> dict[str, Any]:
    return {
        "summary": closing.summary,
        "satisfied": closing.satisfied.value,
        "why_not_satisfied": closing.why_not_satisfied,
        "offered": sorted(closing.offered),
        "escalation": closing.escalation,
        "why_not_told": closing.why_not_told,
        "by": str(uow.actor.id),
        "at": uow.now.isoformat(),
    }


def _require_lengths(closing: Closing) -> None:
    require_lengths({
        "summary": closing.summary, "why_not_satisfied": closing.why_not_satisfied,
        "escalation": closing.escalation, "why_not_told": closing.why_not_told,
    })  # fmt: skip
