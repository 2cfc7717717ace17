"""Passing a case on to a named person outside the team: what they are shown is written for them, and nothing else.

A referral waits, sealed to guardians, until the five words of its recipient are vouched for; then it is sealed to them.
Exclusions bind it like every grant, and names are shown on the person's agreement alone.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from speakup import accounts, audit, identifying, jobs, keyring, policy
from speakup.accounts import Member
from speakup.audit import Event
from speakup.cases import clocks
from speakup.cases.models import Case, CaseClock, CaseState, ClockKind, RecordKind, Referral, ReferralState
from speakup.cases.moves import Act, may_do
from speakup.cases.operations import files
from speakup.cases.operations.consenting import (
    Basis,
    Disclosure,
    disclosure_in,
    may_name,
    missing_grounds,
    plain_disclosure,
    record_disclosure,
    require_grounds,
)
from speakup.cases.operations.intake import NARRATIVE_LIMIT, require_lengths, require_words
from speakup.cases.operations.moving import move
from speakup.cases.queries.worklist import visible_to
from speakup.gateways.sealed_files import StoredFile
from speakup.identifying import Found, Kind, Known
from speakup.jobs import Job
from speakup.kernel.actor import Role
from speakup.kernel.errors import Conflict, Forbidden, IntegrityFault, Invalid, NotFound
from speakup.kernel.ids import new_id, new_reference
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, OpenCompartment, Record
from speakup.policy import CASE_ROLES, Permission
from speakup.routing import Subject

UNANSWERED = (ReferralState.WAITING, ReferralState.SENT)
PREFIX = "RE"
"""What references of referrals begin with."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a guardian writes for the recipient: what happened, and what is asked of them."""

    text: str = field(repr=False)
    ask: str = field(default="", repr=False)
    name_too: bool = False
    """Tell them who the person is."""


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who does not belong here yet."""

    name: str
    email: str
    job_title: str = ""


@dataclass(frozen=True, slots=True)
class ReferralLine:
    """One referral of a case, as the case's own record has it. `name` is what its recipient was called then."""

    id: uuid.UUID
    ref: str
    recipient_id: uuid.UUID
    name: str
    by: uuid.UUID
    on: date
    sent_on: date | None
    """None before it was sealed to its recipient."""
    ended: bool
    grounds: Disclosure = field(repr=False)
    """On what it was passed on; `what` and `on` are of that day."""
    origin: str | None = None
    """Which place was made for it; None for what was passed on before that was written down."""

    @property
    def sent(self) -> bool:
        """Whether it was sealed to its recipient."""
        return self.sent_on is not None

    def stands(self, in_row: ReferralState | None) -> ReferralState:
        """Say how far it is, as is sealed: nobody who writes its row has one kept that was to be taken back.

        Only whether it was answered stands in the row alone. None is for a row that somebody took away.
        """
        if self.ended:
            return ReferralState.ENDED
        if not self.sent:
            return ReferralState.WAITING
        return ReferralState.ANSWERED if in_row is ReferralState.ANSWERED else ReferralState.SENT


# Who may be asked


def recipients(uow: UnitOfWork, case: Case) -> list[Member]:
    """List who may be given a referral of this case: those written down for it, whom nobody kept out."""
    policy.require(uow.actor, Permission.CASE_REFER, case)
    casework = _casework(uow, case)
    listed = keyring.as_vouched(keyring.load_key_log(uow), accounts.members_with(uow, {Role.RECIPIENT}))
    return [each for each in listed if _is_outside(each) and not _is_kept_out(uow, casework, each)]


def require_may_receive(uow: UnitOfWork, case: Case, person_id: uuid.UUID) -> None:
    """Raise `Forbidden` for whoever was kept out of this case, or is called what somebody kept out is called."""
    if person_id not in {each.id for each in recipients(uow, case)}:
        raise Forbidden(person_id)


def require_may_be_invited(uow: UnitOfWork, case: Case, invited: Invited) -> None:
    """Raise for whom this must not go to by this name and address, before anything is written.

    `Forbidden` for whoever was kept out, is what the person says it is about, or works on cases; `Conflict` for
    somebody who left.
    """
    policy.require(uow.actor, Permission.CASE_REFER, case)
    casework = _casework(uow, case)
    if accounts.plain_name(invited.name) in _names_kept_out(uow, casework):
        raise Forbidden(Permission.CASE_REFER)
    before = accounts.by_address(uow, invited.email)
    if before is None:
        return
    (known,) = keyring.as_vouched(keyring.load_key_log(uow), [before])
    if not _is_outside(known) or _is_kept_out(uow, casework, known):
        raise Forbidden(known.id)
    if known.membership.left_on is not None:
        raise Conflict(known.id)


def found_in(uow: UnitOfWork, case: Case, shown: Shown, places: Collection[str]) -> dict[str, tuple[Found, ...]]:
    """Find in each of the texts what could tell who somebody is; who spoke up counts as known."""
    policy.require(uow.actor, Permission.CASE_REFER, case)
    colleagues = (each.name for each in accounts.members(uow))
    known = Known(tuple(filter(None, (_name_of_person(uow, case), *colleagues))), tuple(places))
    return {"text": identifying.find(shown.text, known), "ask": identifying.find(shown.ask, known)}


def check(uow: UnitOfWork, case: Case, shown: Shown, grounds: Disclosure) -> None:
    """Raise `Invalid` for what keeps this from being shown to anybody; nothing is written."""
    policy.require(uow.actor, Permission.CASE_REFER, case)
    require_lengths({"text": shown.text, "ask": shown.ask})
    require_words(text=shown.text)
    for fault in faults(uow, case, shown, grounds):
        raise fault
    _require_grounds(uow, case, _named(grounds, shown))


def faults(uow: UnitOfWork, case: Case, shown: Shown, grounds: Disclosure | None) -> list[Invalid]:
    """List all that keeps this from being shown to anybody, but for words that are missing or too many.

    Without grounds, it is what the words themselves have against them.
    """
    policy.require(uow.actor, Permission.CASE_REFER, case)
    if not may_do(case.state, Act.REFER):
        raise Conflict(case.ref)
    found = _naming_too_much(uow, case, shown, grounds)
    told = missing_grounds(uow, case, _named(grounds, shown)) if grounds else ()
    return [*found, *(each for each in told if each.field != "named")]


def _naming_too_much(uow: UnitOfWork, case: Case, shown: Shown, grounds: Disclosure | None) -> list[Invalid]:
    """List what keeps the person's name from being told, and where it is told all the same."""
    if not shown.name_too:
        return list(_naming_the_person(uow, case, shown))
    if not _name_of_person(uow, case):
        return [Invalid("named", "no name")]
    if grounds is None:
        return []
    agreed = grounds.basis is not Basis.NOTHING_IDENTIFYING and may_name(uow, case, grounds.agreement_id)
    return [] if agreed else [Invalid("named", "no agreement to the name")]


def _require_grounds(uow: UnitOfWork, case: Case, grounds: Disclosure) -> None:
    """Ask more than where it is only written down: a name goes into a referral on agreement to it, and nothing else."""
    require_grounds(uow, case, grounds)
    if grounds.named and not may_name(uow, case, grounds.agreement_id):
        raise Invalid("named", "no agreement to the name")


def _naming_the_person(uow: UnitOfWork, case: Case, shown: Shown) -> Iterator[Invalid]:
    """Give each text in which the person’s own name was found: it is told openly and with agreement, or not at all."""
    name = _name_of_person(uow, case)
    for where, text in (("text", shown.text), ("ask", shown.ask)):
        # What is far too long is said to be so, and looked through once it is shorter.
        found = identifying.find(text, Known(names=(name,))) if name and len(text) <= NARRATIVE_LIMIT else ()
        if any(each.kind is Kind.KNOWN for each in found):
            yield Invalid(where, "names the person")


# What a guardian does


def refer(uow: UnitOfWork, case: Case, to: uuid.UUID | Invited, shown: Shown, grounds: Disclosure) -> Referral:
    """Pass a case on. Where its recipient is vouched for it is sent at once, and else it waits for that."""
    check(uow, case, shown, grounds)
    recipient_id, invitation_id = _invited(uow, case, to) if isinstance(to, Invited) else (to, None)
    require_may_receive(uow, case, recipient_id)
    row = _new_row(uow, recipient_id, invitation_id)
    referral = keyring.create_referral(uow, row.id, _guardians_on(uow, case))
    _show(uow, case, row, referral, shown)
    said = {
        "referral": str(row.id),
        "ref": row.ref,
        "origin": referral.origin,
        "recipient": str(recipient_id),
        "name": accounts.member(uow, recipient_id).name,
        "grounds": plain_disclosure(_named(grounds, shown)),
    }
    keyring.add(uow, _casework(uow, case), RecordKind.REFERRAL, {**said, **_signed(uow)})
    clocks.start(uow, case, ClockKind.REFERRAL, about_id=row.id)
    if keyring.may_be_referred_to(uow, recipient_id):
        _send(uow, case, row, _named(grounds, shown))
    else:
        audit.record(uow, Event.REFERRAL_WAITS, case.id)
    return row


def send_waiting(uow: UnitOfWork, case: Case, referral_id: uuid.UUID) -> None:
    """Seal to its recipient what waited for them; `Conflict` where it cannot be, `Invalid` where nobody agrees now."""
    policy.require(uow.actor, Permission.CASE_REFER, case)
    record, row = _found(uow, case, referral_id)
    _follow_invitation(uow, row)
    if _stands(uow, case, row) is not ReferralState.WAITING or not _is_meant(uow, record, row):
        raise Conflict(row.ref)
    if not may_do(case.state, Act.REFER):
        raise Conflict(case.ref)
    require_may_receive(uow, case, row.recipient_id)
    _send(uow, case, row, _grounds_of(uow, record))


def send_all_waiting_for(uow: UnitOfWork, person_id: uuid.UUID) -> int:
    """Send whatever waited for somebody who was vouched for just now; return how much. What others hold, they are told.

    What cannot be sent any more goes on waiting, and its page says why.
    """
    policy.require(uow.actor, Permission.CASE_REFER)
    sent = 0
    for row in _waiting_for(uow, person_id):
        case = _case_of(uow, row)
        if case is None:
            continue
        mine = uow.session.scalar(visible_to(uow.actor).where(Case.id == case.id))
        if mine is None:
            jobs.defer(uow, Job.SOMETHING_TO_READ_MAIL, case.primary_id)
            continue
        try:
            send_waiting(uow, mine, row.id)
        except (Conflict, Forbidden, Invalid):
            continue
        sent += 1
    return sent


def check_more(uow: UnitOfWork, case: Case, referral_id: uuid.UUID, shown: Shown) -> None:
    """Raise `Invalid` for what keeps this from being written for its recipient; nothing is written."""
    record, row = _found(uow, case, referral_id)
    if _stands(uow, case, row) is ReferralState.ENDED:
        raise Conflict(row.ref)
    check(uow, case, shown, replace(_grounds_of(uow, record), what=""))


def add_to_referral(uow: UnitOfWork, case: Case, referral_id: uuid.UUID, shown: Shown) -> None:
    """Write more for the recipient, on the grounds it was passed on with; they must hold today."""
    check_more(uow, case, referral_id, shown)
    record, row = _found(uow, case, referral_id)
    grounds = _grounds_of(uow, record)
    _show(uow, case, row, _followed(uow, case, row), shown)
    if _stands(uow, case, row) is not ReferralState.WAITING:
        row.state = ReferralState.SENT
        clocks.start(uow, case, ClockKind.REFERRAL, about_id=row.id)
        record_disclosure(uow, case, _named(replace(grounds, what=_summary(shown), on=uow.today), shown), row.ref)
        jobs.defer(uow, Job.SOMETHING_TO_READ_MAIL, row.recipient_id)


def end_referral(uow: UnitOfWork, case: Case, referral_id: uuid.UUID, why: str = "") -> None:
    """Take a referral back: its recipient's grant goes, and it gets a new key. What they read, they have read.

    Of one whose sealed words somebody took away there is nothing to lock: that is recorded, and it ends all the same.
    """
    policy.require(uow.actor, Permission.CASE_REFER, case)
    require_lengths({"why": why})
    line = next((each for each in lines_in(_records(uow, case)) if each.id == referral_id), None)
    if line is None:
        raise NotFound(referral_id)
    if line.ended:
        raise Conflict(line.ref)
    if keyring.is_referral_gone(uow, line.id):
        audit.record(uow, Event.INTEGRITY_FAULT, case.id)
    else:
        keyring.follow_referral(uow, _opened(uow, case, line.id), _guardians_on(uow, case), None)
    # The key decides, whatever became of the row.
    if (row := uow.session.get(Referral, (uow.organisation_id, line.id))) is not None:
        row.state, row.ended_on = ReferralState.ENDED, uow.today
    clocks.stop(uow, case, ClockKind.REFERRAL, line.id)
    ended = {"ends": str(line.id), "why": why.strip(), **_signed(uow)}
    keyring.add(uow, _casework(uow, case), RecordKind.REFERRAL, ended)
    audit.record(uow, Event.REFERRAL_ENDED, case.id)


def unanswered(uow: UnitOfWork, case: Case) -> list[ReferralLine]:
    """List what was passed on and waits still: to be sent, or to be answered."""
    lines = lines_in(_records(uow, case))
    rows = {each.id: uow.session.get(Referral, (uow.organisation_id, each.id)) for each in lines}
    return [each for each in lines if each.stands(row.state if (row := rows[each.id]) else None) in UNANSWERED]


def follow_referrals(uow: UnitOfWork, case: Case) -> None:
    """Let every referral of a case be held by the guardians who are on it now, and its recipient.

    Whoever gives the case to somebody, or takes it away, calls this in the same unit of work.
    """
    hand_on(uow, case, _guardians_on(uow, case))


def hand_on(uow: UnitOfWork, case: Case, guardians: Collection[uuid.UUID]) -> None:
    """Let what was passed on follow a case to these guardians, before whoever loses the case does."""
    for line in lines_in(_records(uow, case)):
        # Whoever was given the case without it cannot hand it on; whoever does hold it will.
        with suppress(NotFound):
            referral = keyring.open_referral(uow, line.id, line.origin)
            keyring.follow_referral(uow, referral, guardians, _sent_to(uow, case, line.id))


def look_at_answers(uow: UnitOfWork, case: Case) -> None:
    """Note that a guardian has looked at what was answered."""
    policy.require(uow.actor, Permission.CASE_READ, case)
    case.answer_waiting = False


# What the recipient does


def open_as_recipient(uow: UnitOfWork, row: Referral) -> OpenCompartment:
    """Open what was passed on to whoever acts; `IntegrityFault` where its row goes by the reference of another.

    A guardian has the reference from the case. Its recipient has the row alone, and what was shown to them since its
    words name it.
    """
    referral = keyring.open_referral(uow, row.id)
    if any(each.body.get("ref", row.ref) != row.ref for each in keyring.read(uow, referral, RecordKind.SHOWN)):
        raise IntegrityFault(row.id, "referral")
    return referral


def answer_referral(
    uow: UnitOfWork, row: Referral, text: str, attached: Collection[StoredFile] = (), *, final: bool
) -> None:
    """Answer what was passed on, or say how far one is. `Conflict` while it needs a new lock from a guardian first."""
    policy.require(uow.actor, Permission.REFERRAL_ANSWER, row)
    require_words(text=text)
    if row.state not in {ReferralState.SENT, ReferralState.ANSWERED}:
        raise Conflict(row.ref)
    referral = open_as_recipient(uow, row)
    file_ids = files.attach(uow, referral, attached)
    keyring.add(uow, referral, RecordKind.ANSWER, {"text": text, "files": file_ids, "final": final, **_signed(uow)})
    if final:
        row.state, row.answered_on = ReferralState.ANSWERED, uow.today
    case = _case_of(uow, row)
    if case is not None:
        _note_answered(uow, case, row, final=final)
    audit.record(uow, Event.REFERRAL_ANSWERED, case.id if case is not None else row.id)
    told = {case.primary_id, case.cover_id} if case is not None else referral.stated.staff - {uow.actor.id}
    for person_id in sorted(told):
        jobs.defer(uow, Job.SOMETHING_TO_READ_MAIL, person_id)


def _note_answered(uow: UnitOfWork, case: Case, row: Referral, *, final: bool) -> None:
    """Let the list say so, and the clock be about what is still to come."""
    if final:
        clocks.stop(uow, case, ClockKind.REFERRAL, row.id)
    elif case.state is not CaseState.CLOSED:
        clocks.start(uow, case, ClockKind.REFERRAL, about_id=row.id)
    case.answer_waiting = True


# Reading


def lines_in(records: Iterable[Record]) -> list[ReferralLine]:
    """Read what was passed on out of the records of `casework`, oldest first."""
    listed = list(records)
    ended = {each.body["ends"] for each in listed if "ends" in each.body}
    sent = {each.body["sends"]: date.fromisoformat(each.body["day"]) for each in listed if "sends" in each.body}
    return [_line(each.body, sent, ended) for each in listed if "referral" in each.body]


def _line(body: Mapping[str, Any], sent: Mapping[str, date], ended: Collection[str]) -> ReferralLine:
    return ReferralLine(
        id=uuid.UUID(body["referral"]),
        ref=body["ref"],
        recipient_id=uuid.UUID(body["recipient"]),
        name=body["name"],
        by=uuid.UUID(body["by"]),
        on=date.fromisoformat(body["day"]),
        sent_on=sent.get(body["referral"]),
        ended=body["referral"] in ended,
        grounds=disclosure_in(body["grounds"]),
        origin=body.get("origin"),
    )


# Small things


def _send(uow: UnitOfWork, case: Case, row: Referral, grounds: Disclosure) -> None:
    _require_grounds(uow, case, grounds)
    move(uow, case, Act.REFER)
    row.state, row.sent_on = ReferralState.SENT, uow.today
    # To whom it goes is sealed: nobody who writes the row has it sealed to somebody else.
    sent = {"sends": str(row.id), "recipient": str(row.recipient_id), **_signed(uow)}
    keyring.add(uow, _casework(uow, case), RecordKind.REFERRAL, sent)
    _followed(uow, case, row)
    clocks.start(uow, case, ClockKind.REFERRAL, about_id=row.id)
    record_disclosure(uow, case, replace(grounds, on=uow.today), row.ref)
    audit.record(uow, Event.CASE_REFERRED, case.id)
    jobs.defer(uow, Job.SOMETHING_TO_READ_MAIL, row.recipient_id)


def _followed(uow: UnitOfWork, case: Case, row: Referral) -> OpenCompartment:
    """Open a referral, under a new key where others are to hold it than do."""
    referral = _opened(uow, case, row.id)
    keyring.follow_referral(uow, referral, _guardians_on(uow, case), _sent_to(uow, case, row.id))
    return referral


def _opened(uow: UnitOfWork, case: Case, referral_id: uuid.UUID) -> OpenCompartment:
    """Open a referral: the very place that the case says was made for it."""
    known = (each.body for each in _records(uow, case) if each.body.get("referral") == str(referral_id))
    return keyring.open_referral(uow, referral_id, next(known, {}).get("origin"))


def _sent_to(uow: UnitOfWork, case: Case, referral_id: uuid.UUID) -> uuid.UUID | None:
    """Return to whom a referral was sent, as is sealed; None before that, and once it was taken back."""
    about = [each.body for each in _records(uow, case)]
    if any(body.get("ends") == str(referral_id) for body in about):
        return None
    return next((uuid.UUID(body["recipient"]) for body in about if body.get("sends") == str(referral_id)), None)


def _stands(uow: UnitOfWork, case: Case, row: Referral) -> ReferralState:
    line = next(each for each in lines_in(_records(uow, case)) if each.id == row.id)
    return line.stands(row.state)


def _is_meant(uow: UnitOfWork, record: Record, row: Referral) -> bool:
    """Say whether it may be sealed to whom its row names: as was sealed, or as somebody invited was vouched for."""
    if not keyring.may_be_referred_to(uow, row.recipient_id):
        return False
    if str(row.recipient_id) == record.body["recipient"]:
        return True
    vouched = keyring.load_key_log(uow).name_of(row.recipient_id)
    return row.invitation_id is not None and accounts.plain_name(vouched) == accounts.plain_name(record.body["name"])


def _found(uow: UnitOfWork, case: Case, referral_id: uuid.UUID) -> tuple[Record, Referral]:
    """Find a referral of this very case: as its `casework` says, and as its row agrees."""
    record = next(
        (each for each in _records(uow, case) if each.body.get("referral") == str(referral_id)), None
    )  # fmt: skip
    row = uow.session.get(Referral, (uow.organisation_id, referral_id))
    if record is None or row is None or row.ref != record.body["ref"]:
        raise NotFound(referral_id)
    return record, row


def _records(uow: UnitOfWork, case: Case) -> list[Record]:
    return keyring.read(uow, _casework(uow, case), RecordKind.REFERRAL)


def _grounds_of(uow: UnitOfWork, record: Record) -> Disclosure:
    return replace(disclosure_in(record.body["grounds"]), on=uow.today)


def _named(grounds: Disclosure, shown: Shown) -> Disclosure:
    return replace(grounds, named=shown.name_too, what=grounds.what or _summary(shown))


def _summary(shown: Shown) -> str:
    """What the disclosure log says was told: the words themselves."""
    return "\n\n".join(filter(None, (shown.text.strip(), shown.ask.strip())))


def _show(uow: UnitOfWork, case: Case, row: Referral, referral: OpenCompartment, shown: Shown) -> None:
    """Seal what its recipient reads, with the reference it goes by."""
    name = _name_of_person(uow, case) if shown.name_too else ""
    body = {"ref": row.ref, "text": shown.text.strip(), "ask": shown.ask.strip(), "name": name, **_signed(uow)}
    keyring.add(uow, referral, RecordKind.SHOWN, body)


def _name_of_person(uow: UnitOfWork, case: Case) -> str:
    identity = keyring.open_case(uow, case.id)[CompartmentKind.IDENTITY]
    known = keyring.read(uow, identity, RecordKind.PERSON)
    return str(known[-1].body["name"]).strip() if known else ""


def _new_row(uow: UnitOfWork, recipient_id: uuid.UUID, invitation_id: uuid.UUID | None) -> Referral:
    row = Referral(
        organisation_id=uow.organisation_id,
        id=new_id(),
        ref=new_reference(PREFIX),
        recipient_id=recipient_id,
        invitation_id=invitation_id,
        state=ReferralState.WAITING,
        referred_on=uow.today,
    )
    uow.session.add(row)
    uow.session.flush()
    return row


def _invited(uow: UnitOfWork, case: Case, invited: Invited) -> tuple[uuid.UUID, uuid.UUID | None]:
    require_may_be_invited(uow, case, invited)
    details = accounts.PersonDetails(invited.email, invited.name, invited.job_title)
    return accounts.invite_recipient(uow, details)


def _follow_invitation(uow: UnitOfWork, row: Referral) -> None:
    """Whoever takes an invitation up may have had an account before: the referral is theirs then."""
    if row.invitation_id is not None:
        row.recipient_id = accounts.invited_as(uow, row.invitation_id)


def _waiting_for(uow: UnitOfWork, person_id: uuid.UUID) -> list[Referral]:
    waiting = select(Referral).where(
        Referral.organisation_id == uow.organisation_id, Referral.state == ReferralState.WAITING
    )
    rows = list(uow.session.scalars(waiting.order_by(Referral.id)))
    for row in rows:
        _follow_invitation(uow, row)
    return [row for row in rows if row.recipient_id == person_id]


_CASE_OF = (
    select(Case)
    .join(CaseClock, (CaseClock.organisation_id == Case.organisation_id) & (CaseClock.case_id == Case.id))
    .where(
        Case.organisation_id == bindparam("organisation"),
        CaseClock.about_id == bindparam("referral"),
        CaseClock.kind == ClockKind.REFERRAL,
    )
    .limit(1)
)


def _case_of(uow: UnitOfWork, row: Referral) -> Case | None:
    """Find whose clock chases a referral: for turning it, never for showing anything of the case.

    None where somebody took the clock away, which is recorded: nobody outside the team is kept from answering by it.
    """
    found = uow.session.scalar(_CASE_OF, {"organisation": uow.organisation_id, "referral": row.id})
    if found is None:
        audit.record(uow, Event.INTEGRITY_FAULT, row.id)
    return found


def _is_outside(member: Member) -> bool:
    return not member.membership.drafted_roles & CASE_ROLES


def must_not_see(uow: UnitOfWork, case: Case, member: Member) -> bool:
    """Say whether somebody was kept out of this case, or is what the person says it is about."""
    policy.require(uow.actor, Permission.CASE_READ, case)
    return _is_kept_out(uow, _casework(uow, case), member)


def _is_kept_out(uow: UnitOfWork, casework: OpenCompartment, member: Member) -> bool:
    names = {accounts.plain_name(member.name), accounts.plain_name(member.person.name)}
    if not names.isdisjoint(_names_kept_out(uow, casework)):
        return True
    if _roles_of_subject(uow, casework) & member.membership.drafted_roles:
        return True
    try:
        keyring.require_not_excluded(uow, casework, member.id)
    except Forbidden:
        return True
    return False


def _roles_of_subject(uow: UnitOfWork, casework: OpenCompartment) -> frozenset[Role]:
    """What those are whom the person says it is about; guardians are given no referral anyway."""
    about_executive = keyring.exclusions(uow, casework).body["subject"] == Subject.EXECUTIVE
    return frozenset({Role.EXECUTIVE_LEAD}) if about_executive else frozenset()


def _names_kept_out(uow: UnitOfWork, casework: OpenCompartment) -> set[str]:
    """What those are called who were kept out by name: somebody else of one name is not to receive it instead."""
    body = keyring.exclusions(uow, casework).body
    names = accounts.names_of(uow, {uuid.UUID(each) for each in body["people"]})
    vouched = keyring.names_vouched_for(uow, names)
    # Of the list of executives and chair that day; what was sealed before there was one has none.
    listed = set(body.get("names", ()))
    return listed | {accounts.plain_name(name) for name in (*names.values(), *vouched.values())}


def _guardians_on(uow: UnitOfWork, case: Case) -> frozenset[uuid.UUID]:
    return _casework(uow, case).stated.staff


def _casework(uow: UnitOfWork, case: Case) -> OpenCompartment:
    return keyring.open_case(uow, case.id)[CompartmentKind.CASEWORK]


def _signed(uow: UnitOfWork) -> dict[str, Any]:
    return {"by": str(uow.actor.id), "at": uow.now.isoformat(), "day": uow.today.isoformat()}
