"""What the person agreed to, and what was told to whom: two logs in `casework`, of which nothing is ever taken out.

What they agreed to stands in the conversation as well, so that they can read it in their inbox and take it back. An
agreement is in force until a guardian notes that it was withdrawn, or the person withdraws it themselves.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from speakup import audit, keyring, policy
from speakup.audit import Event
from speakup.cases import clocks
from speakup.cases.models import Case, ClockKind, HowRaised, RecordKind, Said
from speakup.cases.moves import Act, may_do
from speakup.cases.operations.inbox import note_told
from speakup.cases.operations.intake import require_lengths, require_words
from speakup.cases.operations.moving import move
from speakup.kernel.errors import Conflict, IntegrityFault, Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, Record
from speakup.policy import Permission


class HowAgreed(StrEnum):
    """How the person gave their answer."""

    VERBALLY = "verbally"
    IN_WRITING = "in writing"
    REFUSED = "refused"


class Basis(StrEnum):
    """On what something may be told to somebody who holds no key."""

    AGREEMENT = "agreement"
    SERIOUS_RISK = "serious risk"
    LEGAL_DUTY = "legal duty"
    NOTHING_IDENTIFYING = "nothing that tells who they are"


class ToWhom(StrEnum):
    """What somebody is who was told."""

    MANAGER = "manager"
    DIRECTOR = "director"
    EXECUTIVE_LEAD = "executive lead"
    NON_EXECUTIVE_LEAD = "non-executive lead"
    CHIEF_EXECUTIVE = "chief executive"
    CHAIR = "chair"
    HUMAN_RESOURCES = "human resources"
    SAFEGUARDING = "safeguarding"
    COUNTER_FRAUD = "counter fraud"
    CQC = "care quality commission"
    NHS_ENGLAND = "nhs england"
    REGULATOR = "professional regulator"
    POLICE = "police"
    OTHER = "other"


OUTSIDE = frozenset({ToWhom.COUNTER_FRAUD, ToWhom.CQC, ToWhom.NHS_ENGLAND, ToWhom.REGULATOR, ToWhom.POLICE})
"""Who stands outside the organisation, or may."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the person agreed to, or refused. `name` is whether their name may be shared with it."""

    what: str = field(repr=False)
    whom: str = field(repr=False)
    purpose: str = field(repr=False)
    how: HowAgreed
    name: bool
    on: date


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """One line of the log."""

    id: uuid.UUID
    agreement: Agreement
    author_id: uuid.UUID
    withdrawn_on: date | None
    by_person: bool
    """The person withdrew it themselves, in their inbox."""

    @property
    def in_force(self) -> bool:
        """Whether something may be shared on it today."""
        return self.withdrawn_on is None and self.agreement.how is not HowAgreed.REFUSED


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What was told to somebody who holds no key to it, on what basis, and whether the person knows."""

    to: ToWhom
    whom: str = field(repr=False)
    what: str = field(repr=False)
    on: date
    basis: Basis
    agreement_id: uuid.UUID | None = None
    named: bool = False
    """Whoever was told learned who the person is."""
    authoriser: str = field(default="", repr=False)
    told_person_on: date | None = None
    why_not_told: str = field(default="", repr=False)
    passes_on: bool = False
    """Somebody there works on it from now on, and owes an answer."""


@dataclass(frozen=True, slots=True)
class DisclosureLine:
    """One line of the log. `ref` names the referral it was made by, if it was."""

    id: uuid.UUID
    disclosure: Disclosure
    author_id: uuid.UUID
    at: datetime
    ref: str


# What a guardian does


def record_agreement(uow: UnitOfWork, case: Case, agreement: Agreement) -> uuid.UUID:
    """Note what the person agreed to, or that they refused; what they agreed to they can read in their inbox."""
    policy.require(uow.actor, Permission.CASE_CONSENT, case)
    require_words(what=agreement.what, whom=agreement.whom, purpose=agreement.purpose)
    _require_day(uow, agreement.on)
    opened = keyring.open_case(uow, case.id)
    said = _plain(agreement)
    record_id = keyring.add(uow, opened[CompartmentKind.CASEWORK], RecordKind.CONSENT, {**said, **_signed(uow)})
    keyring.add(
        uow, opened[CompartmentKind.CONVERSATION], RecordKind.AGREED, {**said, "consent": str(record_id)}
    )  # fmt: skip
    audit.record(uow, Event.CONSENT_RECORDED, case.id)
    return record_id


def end_agreement(uow: UnitOfWork, case: Case, agreement_id: uuid.UUID, on: date) -> None:
    """Note that the person told a guardian they take an agreement back; `Conflict` where it is in force no more."""
    policy.require(uow.actor, Permission.CASE_CONSENT, case)
    _require_day(uow, on)
    _require_in_force(agreements(uow, case), agreement_id)
    opened = keyring.open_case(uow, case.id)
    ended = {"withdraws": str(agreement_id), "on": on.isoformat()}
    keyring.add(uow, opened[CompartmentKind.CASEWORK], RecordKind.CONSENT, {**ended, **_signed(uow)})
    keyring.add(uow, opened[CompartmentKind.CONVERSATION], RecordKind.AGREED, ended)
    audit.record(uow, Event.CONSENT_WITHDRAWN, case.id)


def record_disclosure(uow: UnitOfWork, case: Case, disclosure: Disclosure, ref: str = "") -> uuid.UUID:
    """Note that somebody was told something; without agreement it needs who decided, and whether the person knows.

    Where it passes the case on outside the system, somebody owes an answer from now on. What is passed on inside comes
    here by its referral, named by `ref`.
    """
    policy.require(uow.actor, Permission.CASE_CONSENT, case)
    require_grounds(uow, case, disclosure)
    if disclosure.passes_on and not ref and not may_do(case.state, Act.REFER):
        raise Conflict(case.ref)
    casework = keyring.open_case(uow, case.id)[CompartmentKind.CASEWORK]
    body = {**plain_disclosure(disclosure), "ref": ref, **_signed(uow)}
    record_id = keyring.add(uow, casework, RecordKind.DISCLOSURE, body)
    audit.record(uow, Event.DISCLOSED, case.id)
    if disclosure.passes_on and not ref:
        move(uow, case, Act.REFER)
        clocks.start(uow, case, ClockKind.REFERRAL, about_id=record_id)
        audit.record(uow, Event.CASE_REFERRED, case.id)
    return record_id


def answer_came(uow: UnitOfWork, case: Case, disclosure_id: uuid.UUID) -> None:
    """Note that whoever a case was passed on to outside the system has answered: nobody waits for it any more."""
    policy.require(uow.actor, Permission.CASE_CONSENT, case)
    if not any(row.about_id == disclosure_id for row in clocks.standing(uow, case)):
        raise Conflict(case.ref)
    clocks.stop(uow, case, ClockKind.REFERRAL, disclosure_id)
    audit.record(uow, Event.ANSWER_CAME, case.id)


def require_grounds(uow: UnitOfWork, case: Case, disclosure: Disclosure) -> None:
    """Raise `Invalid` for what is missing before something may be told; nobody is shown a name without agreement."""
    require_words(whom=disclosure.whom, what=disclosure.what)
    _require_day(uow, disclosure.on)
    require_lengths({"authoriser": disclosure.authoriser, "why_not_told": disclosure.why_not_told})
    for missing in missing_grounds(uow, case, disclosure):
        raise missing


def missing_grounds(uow: UnitOfWork, case: Case, disclosure: Disclosure) -> Iterator[Invalid]:
    """Give all that is missing before something may be told on this basis."""
    if disclosure.basis is Basis.AGREEMENT:
        if not _may_share(uow, case, disclosure.agreement_id):
            yield Invalid("agreement", "none in force")
        if disclosure.named and not may_name(uow, case, disclosure.agreement_id):
            yield Invalid("named", "no agreement to the name")
        return
    if disclosure.basis is Basis.NOTHING_IDENTIFYING and disclosure.named:
        yield Invalid("named", "no agreement to the name")
    if not disclosure.authoriser.strip():
        yield Invalid("authoriser", "empty")
    if disclosure.told_person_on is None and not disclosure.why_not_told.strip():
        yield Invalid("why_not_told", "empty")
    if disclosure.told_person_on is not None and disclosure.told_person_on > uow.today:
        yield Invalid("told_person_on", "in the future")


# What the person does


def withdraw_agreement(uow: UnitOfWork, case: Case, agreement_id: uuid.UUID) -> None:
    """Take an agreement back, as the person. Guardians see it when they next look; nothing else is written now."""
    policy.require(uow.actor, Permission.INBOX_USE, case)
    conversation = keyring.open_case(uow, case.id, CompartmentKind.CONVERSATION)[CompartmentKind.CONVERSATION]
    standing = agreed_with(keyring.read(uow, conversation, RecordKind.AGREED, RecordKind.MESSAGE))
    _require_in_force(standing, agreement_id)
    said = {"from": "reporter", "told": Said.WITHDRAWN, "consent": str(agreement_id), "text": "", "files": []}
    keyring.add(uow, conversation, RecordKind.MESSAGE, {**said, "day": uow.today.isoformat()})
    note_told(case)
    audit.record(uow, Event.CONSENT_WITHDRAWN, case.id)


# Reading


def agreements(uow: UnitOfWork, case: Case) -> list[AgreementLine]:
    """Read the log of what the person agreed to, oldest first, for a guardian on the case."""
    policy.require(uow.actor, Permission.CASE_CONSENT, case)
    opened = keyring.open_case(uow, case.id)
    casework = keyring.read(uow, opened[CompartmentKind.CASEWORK], RecordKind.CONSENT)
    said = keyring.read(uow, opened[CompartmentKind.CONVERSATION], RecordKind.MESSAGE)
    return agreements_in(casework, said)


def disclosures(uow: UnitOfWork, case: Case) -> list[DisclosureLine]:
    """Read the log of what was told to whom, oldest first."""
    policy.require(uow.actor, Permission.CASE_CONSENT, case)
    casework = keyring.open_case(uow, case.id)[CompartmentKind.CASEWORK]
    return [_disclosed(each) for each in keyring.read(uow, casework, RecordKind.DISCLOSURE)]


def may_name(uow: UnitOfWork, case: Case, agreement_id: uuid.UUID | None = None) -> bool:
    """Say whether somebody outside may be shown the person's name: they raised it openly, or agreed to just that.

    Whatever shows or passes on a name asks this first.
    """
    if was_raised_openly(uow, case):
        return True
    return any(
        each.id == agreement_id and each.in_force and each.agreement.name for each in agreements(uow, case)
    )  # fmt: skip


def was_raised_openly(uow: UnitOfWork, case: Case) -> bool:
    """Say whether the person said last that everybody may know, as is sealed; a row that says other is a fault."""
    conversation = keyring.open_case(uow, case.id)[CompartmentKind.CONVERSATION]
    told = keyring.read(uow, conversation, RecordKind.CONCERN, RecordKind.MESSAGE)
    said = [each.body["how_raised"] for each in told if each.kind == RecordKind.CONCERN]
    said += [each.body["how"] for each in told if each.kind == RecordKind.MESSAGE and each.body.get("how")]
    if not said or HowRaised(said[-1]) is not case.how_raised:
        raise IntegrityFault(case.id, "case row")
    return case.how_raised is HowRaised.OPEN


def agreements_in(consents: Iterable[Record], messages: Iterable[Record]) -> list[AgreementLine]:
    """Read the log out of the records of `casework` and the messages of the conversation."""
    listed = list(consents)
    ended = _ended(listed) | {each: (day, True) for each, day in _taken_back(messages).items()}
    return [_line(each, each.id, ended) for each in listed if "withdraws" not in each.body]


def agreed_with(conversation: Sequence[Record]) -> list[AgreementLine]:
    """Read what the person may see of it out of their conversation."""
    agreed = [each for each in conversation if each.kind == RecordKind.AGREED]
    taken = _taken_back(each for each in conversation if each.kind == RecordKind.MESSAGE)
    ended = _ended(agreed) | {each: (day, True) for each, day in taken.items()}
    return [_line(each, uuid.UUID(each.body["consent"]), ended) for each in agreed if "withdraws" not in each.body]


Ended = Mapping[uuid.UUID, tuple[date, bool]]
"""By agreement: since when it is withdrawn, and whether by the person themselves."""


def _ended(records: Iterable[Record]) -> dict[uuid.UUID, tuple[date, bool]]:
    bodies = [each.body for each in records if "withdraws" in each.body]
    return {uuid.UUID(body["withdraws"]): (date.fromisoformat(body["on"]), False) for body in bodies}


def _taken_back(messages: Iterable[Record]) -> dict[uuid.UUID, date]:
    bodies = [each.body for each in messages if each.body.get("told") == Said.WITHDRAWN]
    return {uuid.UUID(body["consent"]): date.fromisoformat(body["day"]) for body in bodies}


def _line(record: Record, agreement_id: uuid.UUID, ended: Ended) -> AgreementLine:
    body = record.body
    agreement = Agreement(
        body["what"],
        body["whom"],
        body["purpose"],
        HowAgreed(body["how"]),
        body["name"],
        date.fromisoformat(body["on"]),
    )
    withdrawn_on, by_person = ended.get(agreement_id, (None, False))
    author = uuid.UUID(body["by"]) if "by" in body else agreement_id
    return AgreementLine(agreement_id, agreement, author, withdrawn_on, by_person)


def disclosures_in(records: Iterable[Record]) -> list[DisclosureLine]:
    """Read the log out of the records of `casework`."""
    return [_disclosed(each) for each in records]


def _disclosed(record: Record) -> DisclosureLine:
    body = record.body
    at = datetime.fromisoformat(body["at"])
    return DisclosureLine(record.id, disclosure_in(body), uuid.UUID(body["by"]), at, body["ref"])


def disclosure_in(body: Mapping[str, Any]) -> Disclosure:
    """Read it out of a sealed record."""
    told = date.fromisoformat(body["told_person_on"]) if body["told_person_on"] else None
    return Disclosure(
        to=ToWhom(body["to"]),
        whom=body["whom"],
        what=body["what"],
        on=date.fromisoformat(body["on"]),
        basis=Basis(body["basis"]),
        agreement_id=uuid.UUID(body["agreement"]) if body["agreement"] else None,
        named=body["named"],
        authoriser=body["authoriser"],
        told_person_on=told,
        why_not_told=body["why_not_told"],
        passes_on=body["passes_on"],
    )


def _plain(agreement: Agreement) -> dict[str, Any]:
    return {
        "what": agreement.what.strip(),
        "whom": agreement.whom.strip(),
        "purpose": agreement.purpose.strip(),
        "how": agreement.how.value,
        "name": agreement.name and agreement.how is not HowAgreed.REFUSED,
        "on": agreement.on.isoformat(),
    }


def plain_disclosure(disclosure: Disclosure) -> dict[str, Any]:
    """As a sealed record holds it."""
    return {
        "to": disclosure.to.value,
        "whom": disclosure.whom.strip(),
        "what": disclosure.what.strip(),
        "on": disclosure.on.isoformat(),
        "basis": disclosure.basis.value,
        "agreement": str(disclosure.agreement_id) if disclosure.agreement_id else None,
        "named": disclosure.named,
        "authoriser": disclosure.authoriser.strip(),
        "told_person_on": disclosure.told_person_on.isoformat() if disclosure.told_person_on else None,
        "why_not_told": disclosure.why_not_told.strip(),
        "passes_on": disclosure.passes_on,
    }


def _signed(uow: UnitOfWork) -> dict[str, str]:
    return {"by": str(uow.actor.id), "at": uow.now.isoformat()}


def _may_share(uow: UnitOfWork, case: Case, agreement_id: uuid.UUID | None) -> bool:
    """Say whether there is an agreement: this one, in force; or, where none is named, that it was raised openly."""
    if agreement_id is None:
        return was_raised_openly(uow, case)
    return any(each.id == agreement_id and each.in_force for each in agreements(uow, case))


def _require_in_force(standing: Iterable[AgreementLine], agreement_id: uuid.UUID) -> None:
    found = next((each for each in standing if each.id == agreement_id), None)
    if found is None:
        raise NotFound(agreement_id)
    if not found.in_force:
        raise Conflict(agreement_id)


def _require_day(uow: UnitOfWork, day: date) -> None:
    if day > uow.today:
        raise Invalid("on", "in the future")
