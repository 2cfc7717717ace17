"""A case opened: everything in it that this person's keys open, in frozen values for one request."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select

from speakup import accounts, audit, keyring, policy
from speakup.audit import Event, HistoryLine
from speakup.cases import clocks
from speakup.cases.check_ins import Plan, plan_of
from speakup.cases.models import TOLD_BY_RAISING, Case, CaseElement, CaseState, HowRaised, PauseReason, RecordKind
from speakup.cases.operations import agreeing, counting, groups
from speakup.cases.operations.agreeing import Asked, Places
from speakup.cases.operations.casework import seal_group
from speakup.cases.operations.consenting import (
    AgreementLine,
    DisclosureLine,
    agreed_with,
    agreements_in,
    disclosures_in,
)
from speakup.cases.operations.elsewhere import Offer, offer_of
from speakup.cases.operations.intake import PersonDetails, Recording
from speakup.cases.operations.learning import LearningLink, links_in
from speakup.cases.operations.linking import Ties, ties_of
from speakup.cases.operations.referring import ReferralLine
from speakup.cases.operations.referring import lines_in as referral_lines
from speakup.cases.operations.triage import TriageLine, lines_of
from speakup.cases.queries.afterwards import DetrimentLine, More, WouldAgain, detriment_lines, more_of
from speakup.cases.rules import Answer, Satisfied, may_be_at_risk
from speakup.cases.standing import place_of, stands_as
from speakup.gateways.sealed_files import StoredFile
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, Holder, Membership, OpenCompartment, PrincipalKind, Record
from speakup.policy import Permission
from speakup.routing import Rule, Subject, Why

# Built once: putting a statement together takes longer than asking it.
_ELEMENT = CaseElement.__table__.c
_ELEMENTS = (
    select(_ELEMENT.element)
    .where(_ELEMENT.organisation_id == bindparam("organisation"), _ELEMENT.case_id == bindparam("case"))
    .order_by(_ELEMENT.element)
)


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file of the conversation, by the record that opens it."""

    record_id: uuid.UUID
    stored: StoredFile = field(repr=False)


@dataclass(frozen=True, slots=True)
class Told:
    """What the person said when they raised it."""

    narrative: str = field(repr=False)
    risk: str = field(repr=False)
    at_risk: Answer
    directorate_id: uuid.UUID | None
    site_id: uuid.UUID | None
    worker_group: str | None
    role: str = field(repr=False)
    detriment: str = field(repr=False)
    happened: Answer
    """Whether something bad has happened to them because they spoke up."""
    help_needed: str = field(repr=False)
    spoke_up_before: bool
    how_raised: HowRaised
    day: date
    recording: Recording | None
    """Who wrote it down and how it came; None where the person wrote it themselves."""
    files: list[FileLine] = field(repr=False)

    @property
    def may_be_at_risk(self) -> bool:
        """Whether they left open that somebody is at risk."""
        return may_be_at_risk(self.at_risk, self.risk)


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message. `told` marks what it does besides speaking: identity, stop, outcome."""

    record_id: uuid.UUID
    from_reporter: bool
    author_id: uuid.UUID | None
    day: date
    text: str = field(repr=False)
    told: str | None
    how: HowRaised | None
    notices: bool
    """Where notices go was changed with it."""
    files: list[FileLine] = field(repr=False)
    more: More | None = field(repr=False)
    """What it says beside words."""
    places: Places | None = None
    """Who is to have the case, of a question about handing it over; who has it, once that was done."""
    called: str = ""
    """The other organisation that it is about."""


@dataclass(frozen=True, slots=True)
class HandingLine:
    """Something about who has a case: a plan, what the person said to it, that it was done, or a stepping aside."""

    what: str
    by: uuid.UUID
    at: datetime
    words: str = field(repr=False)
    places: Places | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One private note."""

    record_id: uuid.UUID
    author_id: uuid.UUID
    at: datetime
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ExclusionLine:
    """Who must not see this."""

    people: list[str]
    aside: list[str]
    """Who stepped aside, and is kept out like those the person named."""
    team: bool
    executives: bool
    others: str = field(repr=False)
    subject: str


@dataclass(frozen=True, slots=True)
class ClosureLine:
    """How it ended."""

    summary: str = field(repr=False)
    satisfied: Satisfied
    why_not_satisfied: str = field(repr=False)
    offered: tuple[str, ...]
    """To whom the person was offered to take it on, by the keys of the list."""
    escalation: str = field(repr=False)
    why_not_told: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PauseLine:
    """That a case was paused, or waited on: why, on which day, and until when it is looked at again."""

    reason: PauseReason
    why: str = field(repr=False)
    at: datetime
    until: date
    author_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who can open a compartment; `name` is None for the person who spoke up."""

    kind: PrincipalKind
    name: str | None
    has_left: bool = False
    """They hold a key and can no longer sign in."""
    is_away: bool = False
    """Said to the person who spoke up, without until when; asked for nowhere else."""


@dataclass(frozen=True, slots=True)
class ReadersAfter:
    """Which colleagues could open a case once the person had new words, and which of today's readers could not."""

    remaining: list[str]
    losing: list[str]


@dataclass(frozen=True, slots=True)
class Known:
    """Who may know who the person is: as it stands now, since which day, and how it stood before each change."""

    how: HowRaised
    since: date
    before: dict[uuid.UUID, HowRaised]
    """By the record of the message that said it."""

    @property
    def withdrawn(self) -> bool:
        """Whether the name could be shared at one time and may not be now."""
        return self.how is not HowRaised.OPEN and HowRaised.OPEN in self.before.values()


@dataclass(frozen=True, slots=True)
class Routed:
    """Why it was given to whom, as it was that day."""

    why: Why
    number: int | None = None
    """Which rule decided, from 1."""
    rule: Rule | None = None
    called: dict[str, str] = field(default_factory=dict)
    """What the people, places and groups of the rule were called."""
    away: tuple[str, ...] = ()
    """Names of those whom the rule means and who were away."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case as a guardian on it sees it."""

    case: Case
    title: str | None = field(repr=False)
    told: Told = field(repr=False)
    known: Known
    messages: list[MessageLine] = field(repr=False)
    notes: list[NoteLine] = field(repr=False)
    ties: Ties
    in_group: bool
    """The person spoke up together with others."""
    person: PersonDetails | None = field(repr=False)
    exclusions: ExclusionLine = field(repr=False)
    closure: ClosureLine | None = field(repr=False)
    pauses: list[PauseLine] = field(repr=False)
    """Oldest first."""
    routed: "Routed"
    asked: Asked | None
    """The question whether others may have it, while it stands in the person's inbox."""
    handing: list[HandingLine] = field(repr=False)
    """Oldest first."""
    elements: list[str]
    worker_group: str | None
    """As a guardian chose it, or else as it was told; None where nobody said."""
    coded: bool
    triages: list[TriageLine] = field(repr=False)
    """Every saving of the triage page, oldest first."""
    detriment: list[DetrimentLine] = field(repr=False)
    check_ins: Plan
    agreements: list[AgreementLine] = field(repr=False)
    """What the person agreed to share, oldest first, withdrawn ones too."""
    disclosures: list[DisclosureLine] = field(repr=False)
    referrals: list[ReferralLine] = field(repr=False)
    """What was passed on to somebody outside the team, oldest first; nothing of it is opened for this."""
    learning: list[LearningLink] = field(repr=False)
    """The learning actions it led to; what they are called is not read for this."""
    readers: dict[CompartmentKind, list[Reader]]
    history: list[HistoryLine]
    names: dict[uuid.UUID, str]

    @property
    def has_inbox(self) -> bool:
        """Whether the person was ever given words, and so reads what is written to them."""
        conversation = self.readers.get(CompartmentKind.CONVERSATION, [])
        return any(each.kind is PrincipalKind.REPORTER for each in conversation)


@dataclass(frozen=True, slots=True)
class InboxView:
    """A case as the person who raised it sees it."""

    case: Case
    told: Told = field(repr=False)
    messages: list[MessageLine] = field(repr=False)
    person: PersonDetails | None = field(repr=False)
    readers: list[Reader]
    readers_changed: bool
    """Others can open it than when this person was last shown who can."""
    names: dict[uuid.UUID, str]
    words_changed_on: date | None
    received: bool
    """Somebody who may still be given keys reads what is written now."""
    check_ins: Plan
    agreements: list[AgreementLine] = field(default_factory=list, repr=False)
    """What this person agreed to share, oldest first, withdrawn ones too."""
    asked: Asked | None = None
    """The question whether others may have this, until it was done."""
    offer: Offer | None = field(default=None, repr=False)
    """That it belongs to another organisation, until the person took it there or said no."""
    membership: Membership | None = field(default=None, repr=False)
    """What opens the words of the group this person spoke up with, if they agreed to read them."""

    @property
    def would_again(self) -> str:
        """Return whether they would speak up again, as they said it last; empty where they did not."""
        said = [each.more.again for each in self.messages if isinstance(each.more, WouldAgain)]
        return said[-1] if said else ""


@contextmanager
def as_written(case: Case) -> Iterator[None]:
    """What was sealed by somebody's own program, and not by this one, is a fault and no mishap."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as malformed:
        raise IntegrityFault(case.id, "content") from malformed


def checked(case: Case, conversation: Sequence[Record], casework: Sequence[Record], elements: Collection[str]) -> Told:
    """Read what was told, from records where the row says as they do how the case stands and what it is counted as.

    `IntegrityFault` where it says otherwise, or where nothing can be made of them.
    """
    with as_written(case):
        told = _checked(case, conversation)
        _check_counted(case, elements, _of(casework, RecordKind.CODING), _of(casework, RecordKind.CLOSURE))
    return told


def _checked(case: Case, conversation: Sequence[Record]) -> Told:
    """Read what was told, which must be of this very case, and agree with all the row says that pages act on."""
    body = _of(conversation, RecordKind.CONCERN)[0].body
    told, messages = _told(conversation), _messages(conversation)
    changes = [each.how for each in messages if each.how is not None]
    if body["ref"] != case.ref or [told.how_raised, *changes][-1] is not case.how_raised:
        raise IntegrityFault(case.id, "case row")
    # What was sealed before it said where the case stood can be held against nothing.
    if "state" in body and _as_sealed(body, told, messages, conversation) != _as_in_row(case):
        raise IntegrityFault(case.id, "case row")
    if "state" in body and not _raised_as(told, case):
        raise IntegrityFault(case.id, "case row")
    stood = _of(conversation, RecordKind.STANDING)
    if not stands_as(case, stood[-1].body if stood else body) or body.get("place", place_of(case)) != place_of(case):
        raise IntegrityFault(case.id, "case row")
    return told


def _raised_as(told: Told, case: Case) -> bool:
    """Say whether it counts as raised on the day, and as anonymously, as it was.

    Somebody else may have written down a name with what was told them anonymously.
    """
    anonymously = told.how_raised is HowRaised.ANONYMOUS
    noted = told.recording is not None and not anonymously
    return case.raised_on == told.day and (noted or case.raised_anonymously is anonymously)


def _as_sealed(
    body: dict[str, Any], told: Told, messages: list[MessageLine], conversation: Sequence[Record]
) -> tuple[object, ...]:
    acts = [each.told for each in messages if each.from_reporter]
    stood = [body, *(each.body for each in _of(conversation, RecordKind.STANDING))]
    return CaseState(stood[-1]["state"]), told.at_risk is Answer.YES, "stop" in acts, TOLD_BY_RAISING + len(acts)


def _as_in_row(case: Case) -> tuple[object, ...]:
    return case.state, case.at_risk_now, case.stop_asked, case.told_times


def open_view(uow: UnitOfWork, case: Case) -> CaseView:
    """Open a whole case. Reading is an act, and is recorded."""
    policy.require(uow.actor, Permission.CASE_READ, case)
    with as_written(case):
        view = _view(uow, case)
    audit.record(uow, Event.CASE_READ, case.id)
    return view


def _view(uow: UnitOfWork, case: Case) -> CaseView:
    opened = keyring.open_case(uow, case.id, fetch=())
    keyring.settle(uow, opened.values())
    found = keyring.read_many(uow, list(opened.values()))
    records = {kind: found[each.id] for kind, each in opened.items()}
    conversation, casework = records[CompartmentKind.CONVERSATION], records[CompartmentKind.CASEWORK]
    identity = records[CompartmentKind.IDENTITY]
    history = audit.folded(audit.history(uow, case.id))
    elements = elements_of(uow, case)
    told = checked(case, conversation, casework, elements)
    messages, notes = _messages(conversation), _notes(casework)
    names = accounts.names_of(uow, _people(opened.values(), history, messages, notes, casework) | _recorder(told))
    _check_routing(case, casework)
    pauses, kept_out = _of(casework, RecordKind.PAUSE), keyring.exclusions(uow, opened[CompartmentKind.CASEWORK])
    _check_paused(case, pauses)
    _check_narrow(case, _of(conversation, RecordKind.CONCERN)[0].body, kept_out.body)
    if clocks.mend(uow, case):
        audit.record(uow, Event.INTEGRITY_FAULT, case.id)
    left = _who_left(uow, opened.values())
    codings, triages = _of(casework, RecordKind.CODING), _of(casework, RecordKind.TRIAGE)
    group = counting.chosen_group(case, codings, triages) or told.worker_group
    seal_group(uow, case, opened[CompartmentKind.CASEWORK], codings)
    titles, closures = _of(casework, RecordKind.TITLE), _of(casework, RecordKind.CLOSURE)
    if counting.may_count(uow, case):
        parts = opened[CompartmentKind.CASEWORK], casework
        counting.count_opened(uow, case, *parts, told.how_raised, group, elements)
    return CaseView(
        case=case,
        title=titles[-1].body["text"] if titles else None,
        told=told,
        known=_known(told, messages),
        messages=messages,
        notes=notes,
        ties=_ties(case, casework),
        in_group=bool(_of(casework, RecordKind.GROUP)),
        person=_person(identity),
        exclusions=_exclusions(kept_out, names),
        closure=_closure(closures[-1]) if closures else None,
        pauses=[_pause(each) for each in pauses],
        routed=_routed(_of(casework, RecordKind.ROUTING)[0].body),
        asked=agreeing.question(_of(conversation, RecordKind.MESSAGE)),
        handing=[_handing(each) for each in _of(casework, RecordKind.HAND_OVER)],
        elements=elements,
        worker_group=group,
        coded=bool(codings),
        triages=lines_of(triages),
        detriment=detriment_lines(conversation, casework),
        check_ins=_plan(uow, case, conversation),
        agreements=agreements_in(_of(casework, RecordKind.CONSENT), _of(conversation, RecordKind.MESSAGE)),
        learning=links_in(_of(casework, RecordKind.LEARNING)),
        referrals=referral_lines(_of(casework, RecordKind.REFERRAL)),
        disclosures=disclosures_in(_of(casework, RecordKind.DISCLOSURE)),
        readers={kind: _readers(each.stated.holders, names, left) for kind, each in opened.items()},
        history=history,
        names=names,
    )


def _routed(body: dict[str, Any]) -> Routed:
    """Read how it was given out at first; what came later is told where it was done."""
    by, why = body.get("rule"), Why(body["why"])
    if by is None:
        return Routed(why)
    called: dict[str, str] = dict(by["called"])
    away = tuple(called[each] for each in body["away"])
    return Routed(why, int(by["number"]), Rule.from_plain(by["said"]), called, away)


def _check_routing(case: Case, casework: list[Record]) -> None:
    """Check that mail about it goes to those it was given to."""
    routed = _of(casework, RecordKind.ROUTING)[-1].body
    if (routed["primary"], routed["cover"]) != (str(case.primary_id), str(case.cover_id)):
        raise IntegrityFault(case.id, "case row")


def _check_paused(case: Case, pauses: list[Record]) -> None:
    """Check that a case that waits was ever let wait, for the reason that lists give."""
    if case.paused_on and (not pauses or pauses[-1].body["reason"] != case.pause_reason):
        raise IntegrityFault(case.id, "case row")


def _check_narrow(case: Case, concern: dict[str, Any], kept_out: dict[str, Any]) -> None:
    """Check that lists of others leave it out where somebody is kept out of it, and nowhere else.

    Cases from before lists left any out are in every one.
    """
    anybody = any(kept_out[name] for name in ("people", "team", "executives", "others"))
    if "place" in concern and case.narrow is not (anybody or kept_out["subject"] != Subject.NOBODY_NAMED):
        raise IntegrityFault(case.id, "case row")


def _check_counted(
    case: Case, elements: Collection[str], codings: Sequence[Record], closures: Sequence[Record]
) -> None:
    """Check that rows count it as what it was coded with, and as what came of it.

    What was sealed before it said so can be held against nothing.
    """
    coded = codings[-1].body.get("elements", elements) if codings else []
    outcome = closures[-1].body.get("outcome", case.outcome) if closures else None
    if sorted(coded) != sorted(elements) or outcome != case.outcome:
        raise IntegrityFault(case.id, "case row")


def title_of(uow: UnitOfWork, case: Case) -> str:
    """Open only the title; empty while it has none."""
    policy.require(uow.actor, Permission.CASE_READ, case)
    casework = keyring.open_case(uow, case.id)[CompartmentKind.CASEWORK]
    titles = keyring.read(uow, casework, RecordKind.TITLE)
    audit.record(uow, Event.CASE_READ, case.id)
    return str(titles[-1].body["text"]) if titles else ""


def person_of(uow: UnitOfWork, case: Case) -> PersonDetails | None:
    """Open only who the person is, for a guardian on the case; None while nobody knows."""
    policy.require(uow.actor, Permission.CASE_READ, case)
    identity = keyring.open_case(uow, case.id)[CompartmentKind.IDENTITY]
    audit.record(uow, Event.CASE_READ, case.id)
    return _person(keyring.read(uow, identity, RecordKind.PERSON))


def readers_after_new_words(uow: UnitOfWork, case: Case) -> ReadersAfter:
    """Say who could open a case once new keys were made for new words: whoever receives them, and can sign in."""
    policy.require(uow.actor, Permission.CASE_MESSAGE, case)
    receiving = keyring.still_receiving(uow, case.id)
    gone = accounts.gone(uow, receiving)
    names = keyring.names_vouched_for(uow, accounts.names_of(uow, receiving))
    able = {each for each, receives in receiving.items() if receives and each not in gone}
    return ReadersAfter(
        sorted(name for each, name in names.items() if each in able),
        sorted(name for each, name in names.items() if each not in able),
    )


def elements_of(uow: UnitOfWork, case: Case) -> list[str]:
    """List the elements a case is coded with."""
    uow.session.flush()
    return list(uow.session.execute(_ELEMENTS, {"organisation": uow.organisation_id, "case": case.id}).scalars())


def open_inbox(uow: UnitOfWork, case: Case) -> InboxView:
    """Open the private inbox, for the person whose words opened it."""
    policy.require(uow.actor, Permission.INBOX_USE, case)
    with as_written(case):
        view = _inbox(uow, case)
    audit.record(uow, Event.INBOX_READ, case.id)
    return view


def _inbox(uow: UnitOfWork, case: Case) -> InboxView:
    opened = keyring.open_case(uow, case.id, fetch=())
    if uow.writes:
        keyring.settle(uow, opened.values())
    conversation = keyring.read(uow, opened[CompartmentKind.CONVERSATION])
    identity = keyring.read(uow, opened[CompartmentKind.IDENTITY])
    told, messages = _checked(case, conversation), _messages(conversation)
    people = _people(opened.values(), [], messages, [], []) | _recorder(told)
    names = keyring.names_vouched_for(uow, accounts.names_of(uow, people))
    return InboxView(
        case=case,
        told=told,
        messages=messages,
        person=_person(identity),
        readers=_readers_and_away(uow, opened[CompartmentKind.CONVERSATION], names),
        names=names,
        readers_changed=keyring.readers_changed(uow, case.id, opened[CompartmentKind.CONVERSATION].stated.staff),
        words_changed_on=keyring.my_row(uow).words_changed_on,
        received=keyring.is_received(uow, opened.values()),
        check_ins=_plan(uow, case, conversation),
        agreements=agreed_with(conversation),
        asked=agreeing.question(_of(conversation, RecordKind.MESSAGE)),
        offer=offer_of(_of(conversation, RecordKind.MESSAGE)),
        membership=groups.membership_of(conversation),
    )


def remember_readers(uow: UnitOfWork, case: Case) -> None:
    """Note that the person whose inbox is open was shown who can open it: of a later change they are told."""
    policy.require(uow.actor, Permission.INBOX_USE, case)
    opened = keyring.open_case(uow, case.id)
    keyring.remember_readers(uow, case.id, opened[CompartmentKind.CONVERSATION].stated.staff)


def is_received(uow: UnitOfWork, case: Case) -> bool:
    """Say, to the person who raised it, whether anybody on the case may still be given what they write."""
    policy.require(uow.actor, Permission.INBOX_USE, case)
    return keyring.is_received(uow, keyring.open_case(uow, case.id).values())


def _told(conversation: Sequence[Record]) -> Told:
    body = _of(conversation, RecordKind.CONCERN)[0].body
    return Told(
        narrative=body["narrative"],
        risk=body["risk"],
        at_risk=_answer(body, "at_risk", "at_risk_now"),
        directorate_id=uuid.UUID(body["directorate"]) if body["directorate"] else None,
        site_id=uuid.UUID(body["site"]) if body["site"] else None,
        worker_group=body["worker_group"],
        role=body["role"],
        detriment=body["detriment"],
        happened=_answer(body, "happened", "detriment_indicated"),
        help_needed=body["help_needed"],
        spoke_up_before=body["spoke_up_before"],
        how_raised=HowRaised(body["how_raised"]),
        day=date.fromisoformat(body["day"]),
        recording=Recording.from_plain(body["recording"]) if body.get("recording") else None,
        files=_files(conversation, body["files"]),
    )


def _ties(case: Case, casework: list[Record]) -> Ties:
    """Read what it belongs together with, which must agree with what the row lets counts believe."""
    ties = ties_of(_of(casework, RecordKind.CONTINUES))
    if case.continues is not (ties.earlier is not None):
        raise IntegrityFault(case.id, "case row")
    return ties


def _recorder(told: Told) -> set[uuid.UUID]:
    return {told.recording.by} if told.recording else set()


def _answer(body: dict[str, Any], name: str, before: str) -> Answer:
    """Read an answer; what was sealed under the name `before` says only whether it was yes."""
    if name in body:
        return Answer(body[name])
    return Answer.YES if body[before] else Answer.NOT_YES


def _messages(conversation: Sequence[Record]) -> list[MessageLine]:
    return [
        MessageLine(
            record_id=record.id,
            from_reporter=record.body["from"] == "reporter",
            author_id=uuid.UUID(record.body["author"]) if record.body.get("author") else None,
            day=date.fromisoformat(record.body["day"]),
            text=record.body["text"],
            told=record.body.get("told"),
            how=HowRaised(record.body["how"]) if record.body.get("how") else None,
            notices=bool(record.body.get("notices")),
            files=_files(conversation, record.body["files"]),
            more=more_of(record.body),
            places=Places.from_plain(record.body) if "first" in record.body else None,
            called=str(record.body.get("called", "")),
        )
        for record in _of(conversation, RecordKind.MESSAGE)
    ]


def _plan(uow: UnitOfWork, case: Case, conversation: list[Record]) -> Plan:
    closed_on = case.closed_on if case.state is CaseState.CLOSED else None
    return plan_of((each.body for each in _of(conversation, RecordKind.MESSAGE)), closed_on, uow.today)


def _known(told: Told, messages: Iterable[MessageLine]) -> Known:
    how, since, before = told.how_raised, told.day, {}
    for each in messages:
        if each.how is not None:
            before[each.record_id] = how
            how, since = each.how, since if each.how is how else each.day
    return Known(how, since, before)


def _files(conversation: Sequence[Record], wanted: Iterable[str]) -> list[FileLine]:
    by_id = {str(record.id): record for record in _of(conversation, RecordKind.FILE)}
    return [FileLine(by_id[each].id, StoredFile.from_plain(by_id[each].body)) for each in wanted if each in by_id]


def _notes(casework: list[Record]) -> list[NoteLine]:
    return [
        NoteLine(
            record.id, uuid.UUID(record.body["author"]), datetime.fromisoformat(record.body["at"]), record.body["text"]
        )
        for record in _of(casework, RecordKind.NOTE)
    ]


def _person(identity: list[Record]) -> PersonDetails | None:
    known = _of(identity, RecordKind.PERSON)
    return PersonDetails(**known[-1].body) if known else None


def _exclusions(record: Record, names: dict[uuid.UUID, str]) -> ExclusionLine:
    body: dict[str, Any] = record.body
    aside = body.get("aside", [])
    people, stood = (
        [
            names[uuid.UUID(person)]
            for person in body["people"]
            if uuid.UUID(person) in names and (person in aside) is so
        ]
        for so in (False, True)
    )
    return ExclusionLine(people, stood, body["team"], body["executives"], body["others"], body["subject"])


def _closure(record: Record) -> ClosureLine:
    body = record.body
    return ClosureLine(
        summary=body["summary"],
        satisfied=Satisfied(body["satisfied"]),
        # A case closed before the reason was asked for has none.
        why_not_satisfied=body.get("why_not_satisfied", ""),
        offered=tuple(body.get("offered", ())),
        escalation=body["escalation"],
        why_not_told=body["why_not_told"],
    )


def _pause(record: Record) -> PauseLine:
    body = record.body
    return PauseLine(
        reason=PauseReason(body["reason"]),
        why=body["why"],
        at=datetime.fromisoformat(body["at"]),
        until=date.fromisoformat(body["until"]),
        author_id=uuid.UUID(body["by"]),
    )


def _handing(record: Record) -> HandingLine:
    body = record.body
    return HandingLine(
        what=body["what"],
        by=uuid.UUID(body["by"]),
        at=datetime.fromisoformat(body["at"]),
        words=body.get("words", ""),
        places=Places.from_plain(body) if "first" in body else None,
        reason=body.get("reason"),
    )


def _who_left(uow: UnitOfWork, compartments: Iterable[OpenCompartment]) -> frozenset[uuid.UUID]:
    return accounts.gone(uow, {each for compartment in compartments for each in compartment.stated.staff})


def _readers_and_away(uow: UnitOfWork, compartment: OpenCompartment, names: dict[uuid.UUID, str]) -> list[Reader]:
    left, away = _who_left(uow, [compartment]), frozenset(accounts.away(uow))
    return _readers(compartment.stated.holders, names, left, away)


def _readers(
    holders: Iterable[Holder],
    names: dict[uuid.UUID, str],
    left: frozenset[uuid.UUID],
    away: frozenset[uuid.UUID] = frozenset(),
) -> list[Reader]:
    readers = [
        Reader(
            each.kind,
            names.get(each.id) if each.kind is PrincipalKind.STAFF else None,
            each.id in left,
            each.id in away,
        )
        for each in holders
    ]
    return sorted(readers, key=lambda reader: (reader.kind, reader.name or ""))


def _people(
    compartments: Iterable[OpenCompartment],
    history: list[HistoryLine],
    messages: list[MessageLine],
    notes: list[NoteLine],
    casework: list[Record],
) -> set[uuid.UUID]:
    found = {holder.id for each in compartments for holder in each.stated.holders if holder.kind is PrincipalKind.STAFF}
    found.update(line.actor_id for line in history if line.actor_id)
    found.update(message.author_id for message in messages if message.author_id)
    found.update(each for message in messages if message.places for each in message.places.people)
    found.update(note.author_id for note in notes)
    for kind in (RecordKind.TRIAGE, RecordKind.DETRIMENT, RecordKind.CONSENT, RecordKind.DISCLOSURE):
        found.update(uuid.UUID(record.body["by"]) for record in _of(casework, kind))
    for handed in map(_handing, _of(casework, RecordKind.HAND_OVER)):
        found.update({handed.by, *(handed.places.people if handed.places else ())})
    for record in _of(casework, "exclusions"):
        found.update(uuid.UUID(person) for person in record.body["people"])
    return found


def _of(records: Iterable[Record], kind: str) -> list[Record]:
    return [record for record in records if record.kind == kind]
