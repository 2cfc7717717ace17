"""Referrals as their recipient reads them, and as a guardian on the case does."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy import Date, bindparam, func, select

from speakup import accounts, audit, keyring, policy
from speakup.audit import Event
from speakup.cases.models import Case, CaseClock, ClockKind, HowRaised, RecordKind, Referral, ReferralState
from speakup.cases.operations import files
from speakup.cases.operations.consenting import AgreementLine, Basis
from speakup.cases.operations.referring import ReferralLine, lines_in, open_as_recipient
from speakup.cases.queries.views import CaseView, FileLine
from speakup.gateways.blobs import Blobs
from speakup.gateways.sealed_files import StoredFile
from speakup.kernel.errors import IntegrityFault, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, OpenCompartment, Record
from speakup.policy import Permission

READ_BY_RECIPIENT = (ReferralState.SENT, ReferralState.ANSWERED)
_ROW = Referral.__table__.c
_MINE = select(Referral).where(
    Referral.organisation_id == bindparam("organisation"),
    Referral.recipient_id == bindparam("me"),
    Referral.state.in_(READ_BY_RECIPIENT),
    Referral.id.in_(keyring.HELD_REFERRALS),
)


TOLD_OF_THE_END = timedelta(weeks=6)
_ENDED = (
    select(_ROW.ref, _ROW.ended_on)
    .where(
        _ROW.organisation_id == bindparam("organisation"),
        _ROW.recipient_id == bindparam("me"),
        _ROW.state == ReferralState.ENDED,
        _ROW.sent_on.is_not(None),
        _ROW.ended_on >= bindparam("since", type_=Date()),
    )
    .order_by(_ROW.ended_on.desc(), _ROW.ref)
)


@dataclass(frozen=True, slots=True)
class ShownLine:
    """What a guardian wrote for the recipient."""

    by: uuid.UUID
    day: date
    text: str = field(repr=False)
    ask: str = field(repr=False)
    name: str = field(repr=False)
    """Of the person who spoke up, where they agreed to that; else empty."""


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """What the recipient answered."""

    by: uuid.UUID
    day: date
    final: bool
    text: str = field(repr=False)
    files: list[FileLine] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReferralView:
    """A referral opened: for its recipient, and for the guardians on the case it came from."""

    id: uuid.UUID
    ref: str
    state: ReferralState
    recipient_id: uuid.UUID
    sent_on: date | None
    due_on: date | None
    """By when an answer is hoped for; None while no clock runs."""
    shown: list[ShownLine] = field(repr=False)
    answers: list[AnswerLine] = field(repr=False)
    names: dict[uuid.UUID, str]


@dataclass(frozen=True, slots=True)
class ListedReferral:
    """One referral on its recipient's list, which opens nothing."""

    ref: str
    state: ReferralState
    sent_on: date | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class EndedReferral:
    """One that was taken back, or ended with its case: its recipient opens nothing of it."""

    ref: str
    ended_on: date


@dataclass(frozen=True, slots=True)
class CaseReferral:
    """One referral on the page of its case: what is sealed there, with what only its row says, if that is there."""

    line: ReferralLine
    state: ReferralState
    answered_on: date | None
    agreed: bool
    """What it was passed on with is in force still; always, where it rests on no agreement, or was taken back."""
    withdrawn: AgreementLine | None
    """The agreement it rested on, where it is in force no more."""


def my_referrals(uow: UnitOfWork) -> list[ListedReferral]:
    """List what was passed on to whoever acts, what is due first; recorded once."""
    policy.require(uow.actor, Permission.REFERRAL_ANSWER)
    rows = list(uow.session.scalars(_MINE, _asked(uow)))
    due = _due(uow, [row.id for row in rows])
    audit.record(uow, Event.CASES_LISTED, quantity=len(rows))
    listed = [ListedReferral(row.ref, row.state, row.sent_on, due.get(row.id)) for row in rows]
    return sorted(listed, key=lambda each: (each.due_on is None, each.due_on or date.max, each.ref))


def my_ended_referrals(uow: UnitOfWork) -> list[EndedReferral]:
    """List what whoever acts once read and need answer no more, newest first; for some weeks after its end."""
    policy.require(uow.actor, Permission.REFERRAL_ANSWER)
    found = uow.session.execute(_ENDED, {**_asked(uow), "since": uow.today - TOLD_OF_THE_END}).all()
    return [EndedReferral(ref, ended_on) for ref, ended_on in found]


def find_referral(uow: UnitOfWork, ref: str) -> Referral:
    """Return a referral that was sent to whoever acts; absent and forbidden look the same."""
    policy.require(uow.actor, Permission.REFERRAL_ANSWER)
    found = uow.session.scalar(_MINE.where(Referral.ref == ref.upper()), _asked(uow))
    if found is None:
        raise NotFound(ref)
    return found


def read_referral(uow: UnitOfWork, row: Referral) -> ReferralView:
    """Open a referral as its recipient. Reading is recorded."""
    policy.require(uow.actor, Permission.REFERRAL_ANSWER, row)
    view = _view(uow, row, open_as_recipient(uow, row), row.state)
    audit.record(uow, Event.REFERRAL_READ, row.id)
    return view


def open_referral(uow: UnitOfWork, case: Case, referral_id: uuid.UUID) -> ReferralView:
    """Open a referral of this case as a guardian on it. Reading is recorded."""
    policy.require(uow.actor, Permission.CASE_READ, case)
    line, row = _found(uow, case, referral_id)
    view = _view(uow, row, keyring.open_referral(uow, row.id, line.origin), line.stands(row.state))
    audit.record(uow, Event.CASE_READ, case.id)
    return replace(view, sent_on=line.sent_on)


def find_broken_referral(uow: UnitOfWork, case: Case, referral_id: uuid.UUID) -> ReferralLine:
    """Return what the case says of a referral whose row or sealed words somebody took away; recorded as a fault.

    `NotFound` for one of which both are there, whether or not whoever acts holds a key of it.
    """
    policy.require(uow.actor, Permission.CASE_READ, case)
    line = next((each for each in _lines(uow, case) if each.id == referral_id), None)
    if line is None or not (_row_of(uow, line) is None or keyring.is_referral_gone(uow, line.id)):
        raise NotFound(referral_id)
    audit.record(uow, Event.INTEGRITY_FAULT, case.id)
    return line


def open_referral_file(
    uow: UnitOfWork, row: Referral, record_id: uuid.UUID, blobs: Blobs
) -> tuple[StoredFile, Iterator[bytes]]:
    """Open a file of one's answer, as the recipient."""
    policy.require(uow.actor, Permission.REFERRAL_ANSWER, row)
    audit.record(uow, Event.FILE_READ, row.id)
    return files.open_in(uow, open_as_recipient(uow, row), record_id, blobs)


def open_case_file(
    uow: UnitOfWork, case: Case, record_id: uuid.UUID, blobs: Blobs
) -> tuple[StoredFile, Iterator[bytes]]:
    """Open a file of a case as a guardian on it: of the conversation, or of an answer to what was passed on."""
    try:
        return files.open_file(uow, case, record_id, blobs)
    except NotFound:
        referral = _referral_with(uow, case, record_id)
        if referral is None:
            raise
    audit.record(uow, Event.FILE_READ, case.id)
    return files.open_in(uow, referral, record_id, blobs)


def _referral_with(uow: UnitOfWork, case: Case, record_id: uuid.UUID) -> OpenCompartment | None:
    """Find the referral of this case that holds a file, among those whoever acts holds.

    A fault where two do: whoever has a key to one, and writes the database, can give a record of theirs any id.
    """
    holding = []
    for line in _lines(uow, case):
        # Whoever was given the case without one of them may hold the others.
        with suppress(NotFound):
            referral = keyring.open_referral(uow, line.id, line.origin)
            if any(each.id == record_id for each in keyring.read(uow, referral, RecordKind.FILE)):
                holding.append(referral)
    if len(holding) > 1:
        raise IntegrityFault(case.id, "file")
    return next(iter(holding), None)


def standing_referrals(uow: UnitOfWork, view: CaseView) -> list[CaseReferral]:
    """Say where the referrals of an opened case stand: by what it holds and their rows; nothing more is opened."""
    lines = view.referrals
    if not lines:
        return []
    columns = (_ROW.id, _ROW.ref, _ROW.state, _ROW.answered_on)
    query = select(*columns).where(
        _ROW.organisation_id == uow.organisation_id, _ROW.id.in_([line.id for line in lines])
    )
    rows = {(row[0], row[1]): row[2:] for row in uow.session.execute(query).all()}
    found = ((line, rows.get((line.id, line.ref), (None, None))) for line in lines)
    return [
        CaseReferral(line, line.stands(state), answered_on, *_rests_on(view, line))
        for line, (state, answered_on) in found
    ]


def _rests_on(view: CaseView, line: ReferralLine) -> tuple[bool, AgreementLine | None]:
    """Say whether it still rests on what it was passed on with, and if not, on which agreement it did."""
    if line.ended or line.grounds.basis is not Basis.AGREEMENT:
        return True, None
    if line.grounds.agreement_id is None:
        return view.case.how_raised is HowRaised.OPEN, None
    found = next((each for each in view.agreements if each.id == line.grounds.agreement_id), None)
    return (True, None) if found is not None and found.in_force else (False, found)


def _view(uow: UnitOfWork, row: Referral, referral: OpenCompartment, stands: ReferralState) -> ReferralView:
    records = keyring.read(uow, referral)
    shown = [_shown(each) for each in records if each.kind == RecordKind.SHOWN]
    answers = [_answer(each, records) for each in records if each.kind == RecordKind.ANSWER]
    people = {row.recipient_id, *(each.by for each in shown), *(each.by for each in answers)}
    return ReferralView(
        id=row.id,
        ref=row.ref,
        state=stands,
        recipient_id=row.recipient_id,
        sent_on=row.sent_on,
        due_on=_due(uow, [row.id]).get(row.id),
        shown=shown,
        answers=answers,
        names=keyring.names_vouched_for(uow, accounts.names_of(uow, people)),
    )


def _shown(record: Record) -> ShownLine:
    body = record.body
    return ShownLine(
        uuid.UUID(body["by"]), date.fromisoformat(body["day"]), body["text"], body["ask"], body["name"]
    )  # fmt: skip


def _answer(record: Record, records: Iterable[Record]) -> AnswerLine:
    body = record.body
    sent = {str(each.id): each for each in records if each.kind == RecordKind.FILE}
    lines = [FileLine(sent[each].id, files.file_of(sent[each])) for each in body["files"] if each in sent]
    return AnswerLine(
        uuid.UUID(body["by"]), date.fromisoformat(body["day"]), bool(body["final"]), body["text"], lines
    )  # fmt: skip


def _due(uow: UnitOfWork, referral_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, date]:
    """Say until when each is to be answered; nothing for one whose clock stopped or is held up."""
    query = (
        select(CaseClock.about_id, func.min(CaseClock.due_on))
        .where(
            CaseClock.organisation_id == uow.organisation_id,
            CaseClock.kind == ClockKind.REFERRAL,
            CaseClock.about_id.in_(referral_ids),
            CaseClock.stopped_on.is_(None),
            CaseClock.days_left.is_(None),
        )
        .group_by(CaseClock.about_id)
    )
    return {about: due for about, due in uow.session.execute(query).all() if about is not None}


def _found(uow: UnitOfWork, case: Case, referral_id: uuid.UUID) -> tuple[ReferralLine, Referral]:
    line = next((each for each in _lines(uow, case) if each.id == referral_id), None)
    row = None if line is None else _row_of(uow, line)
    if line is None or row is None:
        raise NotFound(referral_id)
    return line, row


def _row_of(uow: UnitOfWork, line: ReferralLine) -> Referral | None:
    """Find its row: one under another reference is none of it."""
    row = uow.session.get(Referral, (uow.organisation_id, line.id))
    return row if row is not None and row.ref == line.ref else None


def _lines(uow: UnitOfWork, case: Case) -> list[ReferralLine]:
    casework = keyring.open_case(uow, case.id)[CompartmentKind.CASEWORK]
    return lines_in(keyring.read(uow, casework, RecordKind.REFERRAL))


def _asked(uow: UnitOfWork) -> dict[str, uuid.UUID]:
    return {"organisation": uow.organisation_id, "me": uow.actor.person_id}
