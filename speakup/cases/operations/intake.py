"""Raising a concern: from a draft to a case sealed to the reporter and two guardians, in one transaction."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from secrets import token_bytes
from typing import Any

from sqlalchemy import bindparam, func, select

from speakup import accounts, audit, jobs, keyring, organisations, policy, routing, vocabulary
from speakup.accounts import Member, Part
from speakup.audit import Event
from speakup.cases import clocks
from speakup.cases.drafts import DraftContent, Sent
from speakup.cases.models import Case, CaseState, HowRaised, RecordKind
from speakup.cases.moves import EFFECTS, Act
from speakup.cases.operations import drafts, files
from speakup.cases.rules import Answer, may_be_at_risk, working_day_after
from speakup.cases.standing import place_of, standing_of
from speakup.crypto.receipts import ReceiptSecrets
from speakup.gateways.sealed_files import StoredFile
from speakup.jobs import Job
from speakup.kernel.actor import Role
from speakup.kernel.errors import Conflict, Invalid, NobodyToReceive
from speakup.kernel.ids import new_id, new_reference
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, KeyLog, OpenCompartment
from speakup.policy import CASE_ROLES, Permission
from speakup.routing import Choice, Concern, Receiver, Subject
from speakup.vocabulary import CodeSet

NARRATIVE_LIMIT = 50_000
"""Characters. Long enough for anybody's story; short enough that nobody can fill a disk with one."""


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Who should not see this: people by id, the whole team, the executives on the list, and others in words."""

    people: frozenset[uuid.UUID] = frozenset()
    team: bool = False
    executives: bool = False
    others: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Work:
    """About your work: all of it optional."""

    directorate_id: uuid.UUID | None = None
    site_id: uuid.UUID | None = None
    worker_group: str | None = None
    role: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """How to reach the person, and who they are."""

    name: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)
    safe_contact: str = field(default="", repr=False)
    notice_by: str = "not at all"
    notice_to: str = field(default="", repr=False)

    def plain(self) -> dict[str, str]:
        """As the sealed record holds it."""
        return {
            "name": self.name,
            "contact": self.contact,
            "safe_contact": self.safe_contact,
            "notice_by": self.notice_by,
            "notice_to": self.notice_to,
        }


@dataclass(frozen=True, slots=True)
class Recording:
    """How a concern came that a guardian wrote down, and who did so and when. `route` is a key of the vocabulary's."""

    by: uuid.UUID
    on: date
    route: str
    under_way: bool = False
    """The guardian joined what had begun without them; the day it was raised is the day they did."""
    under_way_since: date | None = None
    """Since when, where that is known."""

    def plain(self) -> dict[str, Any]:
        """As the sealed record holds it."""
        since = self.under_way_since.isoformat() if self.under_way_since else None
        said = {"by": str(self.by), "on": self.on.isoformat(), "route": self.route}
        return said | {"under_way": self.under_way, "under_way_since": since}

    @classmethod
    def from_plain(cls, said: Mapping[str, Any]) -> "Recording":
        """Read it out of the sealed record."""
        since = date.fromisoformat(said["under_way_since"]) if said["under_way_since"] else None
        on = date.fromisoformat(said["on"])
        return cls(uuid.UUID(said["by"]), on, str(said["route"]), bool(said["under_way"]), since)


@dataclass(frozen=True, slots=True)
class NewConcern:
    """Everything a worker may say; only the narrative must be there."""

    narrative: str = field(repr=False)
    how_raised: HowRaised = HowRaised.CONFIDENTIAL
    at_risk: Answer = Answer.NOT_ANSWERED
    risk: str = field(default="", repr=False)
    work: Work = field(default_factory=Work, repr=False)
    detriment: str = field(default="", repr=False)
    happened: Answer = Answer.NOT_ANSWERED
    """Whether something bad has happened to them because they spoke up."""
    help_needed: str = field(default="", repr=False)
    language: str = field(default="", repr=False)
    """The languages asked for, as written: for the rules that go by language."""
    spoke_up_before: bool = False
    subject: Subject = Subject.NOBODY_NAMED
    exclusions: Exclusions = field(default_factory=Exclusions, repr=False)
    person: PersonDetails | None = field(default=None, repr=False)
    named: tuple[uuid.UUID, uuid.UUID] | None = None
    """Primary and cover as they were named before sending: nobody else receives it, or it is not sent."""
    lot: bytes = field(default_factory=lambda: token_bytes(32), repr=False)
    """What chance decides by, where several may receive it: the same for as long as it is being written."""
    recording: Recording | None = None
    """None when the person wrote it themselves."""


@dataclass(frozen=True, slots=True)
class OfferedExclusions:
    """Who can be kept out so that two people are left to receive; each offer stands for itself, not all together."""

    people: list[Member]
    needed: list[Member]
    """Without whom nobody could receive, and who are therefore not offered."""
    team: list[Member]
    """Whom one tick for the whole team covers; nobody where it is not offered. The same for the executives."""
    executives: list[Member]
    subjects: frozenset[Subject]
    executive_names: list[str] = field(default_factory=list)
    """Everybody whom one tick for the executives covers, those without an account included."""


def raise_concern(
    uow: UnitOfWork, token: str, secrets: ReceiptSecrets, generation: int, concern: NewConcern
) -> tuple[Case | None, DraftContent]:
    """Send the draft: the case, its keys and its words are written together with the "sent" row, or nothing is.

    The actor is the reporter about to be. Sending a draft that was sent already changes nothing and returns no case,
    with the draft as it stands.
    """
    draft = drafts.read_draft(uow, token)
    if draft.sent is not None:
        return None, draft
    case, _ = start_case(uow, secrets, generation, concern, draft.files)
    organisation = organisations.here(uow)
    answer_by = case.due_on or working_day_after(uow.today, organisation.acknowledge_days, organisation.country)
    names = keyring.names_vouched_for(uow, accounts.names_of(uow, [case.primary_id, case.cover_id]))
    readers = tuple(names[person] for person in (case.primary_id, case.cover_id))
    # What was typed is in the case now; the row that stays behind only shows the words again.
    draft.answers, draft.files = {}, []
    draft.sent = Sent(answer_by.isoformat(), readers, case.at_risk_now)
    drafts.write_draft(uow, token, draft)
    return case, draft


def start_case(
    uow: UnitOfWork,
    secrets: ReceiptSecrets,
    generation: int,
    concern: NewConcern,
    attached: Collection[StoredFile] = (),
    raised_on: date | None = None,
) -> tuple[Case, dict[CompartmentKind, OpenCompartment]]:
    """Write the case and seal everything said. The actor is the reporter; `NobodyToReceive` when no two people may."""
    policy.require(uow.actor, Permission.CASE_RAISE)
    require_sayable(uow, concern, raised_on)
    excluded = everybody_excluded(uow, concern.exclusions, concern.subject)
    choice = choose_receivers(uow, concern, excluded)
    case = new_case(uow, concern, choice, raised_on or uow.today)
    uow.session.add(case)
    uow.session.flush()
    clocks.begin(uow, case, EFFECTS[Act.RAISE].starts)
    forget_load(uow)
    opened = keyring.create_case_keys(
        uow,
        case.id,
        secrets,
        generation,
        [choice.primary, choice.cover],
        exclusion_body(uow, concern, excluded, choice),
    )
    conversation, casework = opened[CompartmentKind.CONVERSATION], opened[CompartmentKind.CASEWORK]
    file_ids = files.attach(uow, conversation, attached)
    keyring.add(uow, conversation, RecordKind.CONCERN, concern_body(concern, case, file_ids))
    keyring.add(uow, casework, RecordKind.ROUTING, routing_body(uow, choice))
    if concern.person is not None and concern.how_raised is not HowRaised.ANONYMOUS:
        keyring.add(uow, opened[CompartmentKind.IDENTITY], RecordKind.PERSON, concern.person.plain())
    audit.record(uow, Event.CASE_RAISED, case.id)
    if case.at_risk_now:
        for person_id in (choice.primary, choice.cover):
            jobs.defer(uow, Job.URGENT_MAIL, person_id)
    return case, opened


def choose_receivers(uow: UnitOfWork, concern: NewConcern, excluded: frozenset[uuid.UUID]) -> Choice:
    """Ask the approved rules who receives this; `Conflict` when those named before sending can no longer be chosen."""
    log = keyring.load_key_log(uow)
    place = asked_of_rules(uow, log, concern, excluded)
    able = _named_first(receivers(uow, log, lot=concern.lot), concern.named)
    choice = routing.choose(place, routing.in_force(log.routing), able)
    if choice is None:
        raise NobodyToReceive(uow.organisation_id)
    if concern.named is not None and (choice.primary, choice.cover) != concern.named:
        raise Conflict("receivers")
    return choice


def asked_of_rules(uow: UnitOfWork, log: KeyLog, concern: NewConcern, excluded: frozenset[uuid.UUID]) -> Concern:
    """Return what the approved rules are asked with: places and group as they knew them."""
    directorate, site, group = _as_approved(uow, log, concern.work)
    return Concern(directorate, site, excluded, concern.exclusions.team, concern.subject, group, concern.language)


def _as_approved(uow: UnitOfWork, log: KeyLog, work: Work) -> tuple[uuid.UUID | None, uuid.UUID | None, str | None]:
    """Say which places and which group the approved rules know the chosen ones as."""
    if not log.routing:
        return work.directorate_id, work.site_id, work.worker_group
    return _as_known(work, keyring.places_now(uow), log.places)


def _as_known(
    work: Work, now: keyring.Places, approved: keyring.Places
) -> tuple[uuid.UUID | None, uuid.UUID | None, str | None]:
    return (
        routing.approved_place(work.directorate_id, now.directorates, approved.directorates),
        routing.approved_place(work.site_id, now.sites, approved.sites),
        # Approvals from before groups were kept know none by name.
        routing.approved_place(work.worker_group, now.groups, approved.groups or now.groups),
    )


def as_asked(
    told: Mapping[str, Any], kept_out: Mapping[str, Any], now: keyring.Places, approved: keyring.Places
) -> Concern:
    """Return what rules are asked with about a case, out of what is sealed in it: its concern, and its exclusions.

    Places and groups are those that the approved rules know by what the chosen ones are called now.
    """
    directorate_id, site_id = (uuid.UUID(told[each]) if told[each] else None for each in ("directorate", "site"))
    directorate, site, group = _as_known(Work(directorate_id, site_id, told["worker_group"]), now, approved)
    people = frozenset(uuid.UUID(each) for each in kept_out["people"])
    # What was told before the language was kept by itself has it among the help asked for.
    language = told.get("language") or told["help_needed"]
    return Concern(directorate, site, people, bool(kept_out["team"]), Subject(kept_out["subject"]), group, language)


def routing_body(uow: UnitOfWork, choice: Choice) -> dict[str, Any]:
    """Write why it went to whom, as its sealed record holds it: the rule, and what everybody and everything in it was
    called that day, so that it can be read when the rules and names are others.
    """
    said: dict[str, Any] = {"why": choice.why.value, "primary": str(choice.primary), "cover": str(choice.cover)}
    if choice.rule is None:
        return said
    log = keyring.load_key_log(uow)
    rule = routing.in_force(log.routing)[choice.rule - 1]
    names = keyring.names_vouched_for(uow, accounts.names_of(uow, rule.people))
    places = log.places.directorates | log.places.sites
    called: dict[str, str] = {str(person): name for person, name in names.items()}
    called |= {str(place): places[place] for place in (rule.directorate_id, rule.site_id) if place in places}
    if rule.worker_group in log.places.groups:
        called[rule.worker_group] = log.places.groups[rule.worker_group]
    away = sorted(str(each.person_id) for each in receivers(uow, log, counted=False) if each.absent)
    return said | {
        "rule": {"number": choice.rule, "said": rule.plain(), "called": called},
        "away": [each for each in away if each in called],
    }


def _named_first(able: list[Receiver], named: tuple[uuid.UUID, uuid.UUID] | None) -> list[Receiver]:
    """Let those who were named come first by chance, and in nothing else: what was said before sending stands."""
    places = {person: place - len(named) for place, person in enumerate(named)} if named else {}
    return [replace(each, turn=places.get(each.person_id, each.turn)) for each in able]


def receivers(
    uow: UnitOfWork, log: KeyLog, *, lot: bytes = b"", counted: bool = True, on: date | None = None
) -> list[Receiver]:
    """List who is vouched to receive whole cases today, with how many open ones each has, if they are `counted`.

    Their turns are drawn by `lot`, and are all the same without one. Whoever is away is so on the day asked `on`.
    """
    vouched = log.receivers(CompartmentKind.CASEWORK, uow.today)
    load = uow.once(_LOAD, lambda: _open_cases(uow)) if counted else {}
    away = accounts.away(uow, on)
    able = [
        replace(_receiver(log, each.id, each.membership.left_on, away.get(each.id)), open_cases=load.get(each.id, 0))
        for each in _people(uow, log)
        if each.id in vouched and log.valid[each.id].roles & CASE_ROLES
    ]
    if not lot:
        return able
    turns = routing.turns({each.person_id: each.open_cases for each in able}, lot)
    return [replace(each, turn=turns[each.person_id]) for each in able]


def _receiver(log: KeyLog, person_id: uuid.UUID, left_on: date | None, absence: accounts.Absence | None) -> Receiver:
    return Receiver(
        person_id,
        log.valid[person_id].roles & CASE_ROLES,
        absence is not None,
        0,
        shut_out=left_on is not None,
        stand_in=absence.stand_in_id if absence is not None else None,
    )


def _able(uow: UnitOfWork, log: KeyLog) -> list[Receiver]:
    """List them for asking whether two are left, in no order: whoever is shut out first, as a draw may put them.

    Asked on each page of a guardian's, so that nobody is read who receives nothing, and of the others one day.
    """
    vouched = [
        each for each in log.receivers(CompartmentKind.CASEWORK, uow.today) if log.valid[each].roles & CASE_ROLES
    ]
    away = accounts.away(uow)
    able = [_receiver(log, each, day, away.get(each)) for each, day in accounts.left_on(uow, vouched).items()]
    return [replace(each, turn=-1.0) if each.shut_out else each for each in able]


def _people(uow: UnitOfWork, log: KeyLog) -> list[Member]:
    """List everybody who belongs here, and whoever left without a guardian's word: they may still be sealed to."""
    present = accounts.members(uow)
    gone = _vouched(uow, log) - {each.id for each in present}
    return keyring.as_vouched(log, [*present, *(accounts.past_members(uow, gone) if gone else [])])


def _vouched(uow: UnitOfWork, log: KeyLog) -> frozenset[uuid.UUID]:
    """List who may be sealed a key of anything today, a referral included."""
    return frozenset(
        person for person, vouched in log.valid.items() if vouched.compartments and uow.today <= vouched.expires
    )


def _roles(log: KeyLog, member: Member) -> frozenset[Role]:
    """Return everything somebody is, by an administrator's word or a guardian's key: for keeping people out."""
    vouched = log.valid.get(member.id)
    return member.membership.drafted_roles | (vouched.roles if vouched is not None else frozenset())


def can_receive(uow: UnitOfWork, excluded: frozenset[uuid.UUID] = frozenset(), *, team_excluded: bool = False) -> bool:
    """Say whether two people could receive a concern with these exclusions: what the public pages ask first."""
    try:
        log = keyring.load_key_log(uow)
    except keyring.NoTrustRoot:
        return False
    able = _able(uow, log)
    somewhere = Concern(excluded=excluded, team_excluded=team_excluded)
    # Where somebody is shut out, a single rule may lead to nobody, and no one is to find that out after writing.
    rules = routing.in_force(log.routing) if any(each.shut_out for each in able) else []
    aimed = [rule.aimed(somewhere) for rule in rules]
    # What nobody could be given without any rule either is not offered by the form.
    ruled = all(
        routing.choose(each, rules, able) is not None or routing.choose(each, [], able) is None for each in aimed
    )
    return ruled and routing.choose(somewhere, [], able) is not None


def everybody_excluded(
    uow: UnitOfWork, exclusions: Exclusions, subject: Subject = Subject.NOBODY_NAMED
) -> frozenset[uuid.UUID]:
    """Turn what was ticked into people: those named, the team's guardians, the executives on the list.

    Whoever has the name of somebody ticked is meant too: else an administrator could add a second person of one name
    for the form to offer, and whoever ticks that one would write to the other. What is about an executive or the chair
    reaches nobody on the list who is one.
    """
    people, log, parts = set(exclusions.people), keyring.load_key_log(uow), barred_parts(exclusions, subject)
    known = _people(uow, log)
    names = {name for each in known if each.id in people for name in _plain_names(each)}
    for each in known:
        if (
            not names.isdisjoint(_plain_names(each))
            or (exclusions.team and _roles(log, each) & _TEAM)
            or _is_listed(log, each, parts)
        ):
            people.add(each.id)
    return frozenset(people)


def barred_parts(exclusions: Exclusions, subject: Subject) -> frozenset[Part]:
    """Say who on the list of executives and chair must not receive this."""
    executives = exclusions.executives or subject is Subject.EXECUTIVE
    return (frozenset({Part.EXECUTIVE}) if executives else frozenset()) | (
        frozenset({Part.CHAIR}) if subject is Subject.CHAIR else frozenset()
    )


def _is_listed(log: KeyLog, member: Member, parts: frozenset[Part]) -> bool:
    """Say whether somebody is one of these, by the list a guardian approved or by what is written of them."""
    names = (member.person.name, member.name)
    listed = any(each.part in parts and each.means(member.id, names) for each in log.marked)
    return listed or bool(Part.EXECUTIVE in parts and _roles(log, member) & _EXECUTIVES)


def _plain_names(member: Member) -> set[str]:
    """What somebody is called, and was when somebody vouched for them."""
    return {accounts.plain_name(member.person.name), accounts.plain_name(member.name)}


def excludable(uow: UnitOfWork) -> list[Member]:
    """List whom the form shows with job and workplace: all who may be given a key of anything, and the executives."""
    log = keyring.load_key_log(uow)
    vouched = _vouched(uow, log)
    return [
        each
        for each in _people(uow, log)
        if each.id in vouched
        or _roles(log, each) & (CASE_ROLES | _EXECUTIVES | _PASSED_ON_TO)
        or _is_listed(log, each, frozenset(Part))
    ]


def offered_exclusions(uow: UnitOfWork) -> OfferedExclusions:
    """Say which exclusions the form may offer: never one that would leave nobody to receive."""
    log = keyring.load_key_log(uow)
    able = _able(uow, log)

    @cache
    def leaves_somebody(concern: Concern) -> bool:
        return routing.choose(concern, [], able) is not None

    listed = excludable(uow)
    receiving = {each.person_id for each in able}
    team = [each for each in listed if _roles(log, each) & _TEAM]
    executives = [each for each in listed if _is_listed(log, each, frozenset({Part.EXECUTIVE}))]
    may_exclude = leaves_somebody(Concern(excluded=_ids(executives)))
    people = [each for each in listed if leaves_somebody(Concern(excluded=_ids([each]) & receiving))]
    return OfferedExclusions(
        people,
        [each for each in listed if each not in people],
        team if leaves_somebody(Concern(excluded=_ids(team), team_excluded=True)) else [],
        executives if may_exclude else [],
        frozenset(
            subject
            for subject in Subject
            if leaves_somebody(Concern(subject=subject, excluded=everybody_excluded(uow, Exclusions(), subject)))
        ),
        _executive_names(log, executives) if may_exclude else [],
    )


def _executive_names(log: KeyLog, members: Iterable[Member]) -> list[str]:
    """Name everybody on the list once: those with an account as people are told of them, the others as written."""
    names = {accounts.plain_name(each.name): each.name for each in members}
    for each in log.marked:
        if each.part is Part.EXECUTIVE and not any(each.means(one.id, (one.name, one.person.name)) for one in members):
            names.setdefault(accounts.plain_name(each.name), each.name)
    return sorted(names.values())


def _ids(members: list[Member]) -> frozenset[uuid.UUID]:
    return frozenset(each.id for each in members)


_TEAM = frozenset({Role.GUARDIAN, Role.LEAD_GUARDIAN})
_EXECUTIVES = frozenset({Role.EXECUTIVE_LEAD})
_PASSED_ON_TO = frozenset({Role.RECIPIENT})

_LOAD = "open cases"

# Built once: putting a statement together takes longer than asking it.
_OPEN_CASES = (
    select(Case.primary_id, func.count())
    .where(
        Case.organisation_id == bindparam("organisation"),
        Case.state != CaseState.CLOSED,
        # As the day began: who received a concern must not tell who had received one before it.
        Case.raised_on < bindparam("today"),
    )
    .group_by(Case.primary_id)
)
_WITH_REFERENCE = select(Case.id).where(Case.organisation_id == bindparam("organisation"), Case.ref == bindparam("ref"))


def new_case(uow: UnitOfWork, concern: NewConcern, choice: Choice, raised_on: date) -> Case:
    """Make the row of a case: only what clocks, lists and counts need."""
    organisation = organisations.here(uow)
    directorate_id, site_id = large_enough(uow, concern.work, organisation.small_group)
    return Case(
        organisation_id=uow.organisation_id,
        id=new_id(),
        ref=free_reference(uow),
        state=CaseState.NEW,
        route=concern.recording.route if concern.recording else "online_form",
        how_raised=concern.how_raised,
        raised_anonymously=concern.how_raised is HowRaised.ANONYMOUS,
        raised_on=raised_on,
        primary_id=choice.primary,
        cover_id=choice.cover,
        directorate_id=directorate_id,
        site_id=site_id,
        due_on=working_day_after(raised_on, organisation.acknowledge_days, organisation.country),
        at_risk_now=concern.at_risk is Answer.YES,
        may_be_at_risk=may_be_at_risk(concern.at_risk, concern.risk),
        narrow=concern.subject is not Subject.NOBODY_NAMED or concern.exclusions != Exclusions(),
        unannounced=True,
        told_times=1,
    )


def large_enough(uow: UnitOfWork, work: Work, small_group: int) -> tuple[uuid.UUID | None, uuid.UUID | None]:
    """Keep a small workplace out of the row: with fewer people than the setting, it stands sealed only."""
    directorate = organisations.find_directorate(uow, work.directorate_id) if work.directorate_id else None
    site = organisations.find_site(uow, work.site_id) if work.site_id else None
    return (
        directorate.id if directorate and directorate.headcount >= small_group else None,
        site.id if site and site.headcount >= small_group else None,
    )


def concern_body(concern: NewConcern, case: Case, file_ids: list[str]) -> dict[str, Any]:
    """Write what was said, as its sealed record holds it."""
    work = concern.work
    said = {
        "narrative": concern.narrative,
        "risk": concern.risk,
        "at_risk": concern.at_risk.value,
        "directorate": str(work.directorate_id) if work.directorate_id else None,
        "site": str(work.site_id) if work.site_id else None,
        "worker_group": work.worker_group,
        "role": work.role,
        "detriment": concern.detriment,
        "happened": concern.happened.value,
        "help_needed": concern.help_needed,
        "language": concern.language,
        "spoke_up_before": concern.spoke_up_before,
        "how_raised": case.how_raised.value,
        "files": file_ids,
        "day": case.raised_on.isoformat(),
        "ref": case.ref,
        **standing_of(case),
        "place": place_of(case),
    }
    return said | {"recording": concern.recording.plain()} if concern.recording else said


def exclusion_body(
    uow: UnitOfWork, concern: NewConcern, excluded: frozenset[uuid.UUID], choice: Choice
) -> dict[str, Any]:
    """Write who must never be given a key, as its sealed record holds it."""
    parts = barred_parts(concern.exclusions, concern.subject)
    barred = routing.barred_roles(concern.subject, choice.why, executives=Part.EXECUTIVE in parts)
    listed = {accounts.plain_name(each.name) for each in keyring.load_key_log(uow).marked if each.part in parts}
    return {
        "people": sorted(str(person) for person in excluded),
        "roles": sorted(role.value for role in barred),
        "parts": sorted(part.value for part in parts),
        # Of those on the list that day: somebody who had no account then may have one tomorrow.
        "names": sorted(listed),
        "team": concern.exclusions.team,
        "executives": concern.exclusions.executives,
        "others": concern.exclusions.others,
        "subject": concern.subject.value,
    }


def require_sayable(uow: UnitOfWork, concern: NewConcern, on: date | None = None) -> None:
    """Refuse what no form can send: nothing said, more than anybody types, or words where only a code may stand."""
    if not concern.narrative.strip():
        raise Invalid("narrative", "empty")
    said = {
        "narrative": concern.narrative,
        "risk": concern.risk,
        "detriment": concern.detriment,
        "help_needed": concern.help_needed,
        "language": concern.language,
        "role": concern.work.role,
        "others": concern.exclusions.others,
    }
    require_lengths(said | (concern.person.plain() if concern.person else {}))
    if concern.work.worker_group is not None:
        # It is counted, so it may only ever be one of the list.
        vocabulary.require_code(uow, CodeSet.WORKER_GROUP, concern.work.worker_group, on)


def require_words(**said: str) -> None:
    """Raise `Invalid(field, …)` for the first that says nothing, or is longer than anybody types."""
    for name, text in said.items():
        if not text.strip():
            raise Invalid(name, "empty")
    require_lengths(said)


def require_lengths(said: Mapping[str, str]) -> None:
    """Raise `Invalid(field, "too long")` for the first that is longer than anybody types."""
    for name, text in said.items():
        if len(text) > NARRATIVE_LIMIT:
            raise Invalid(name, "too long")


def forget_load(uow: UnitOfWork) -> None:
    """Count everybody's open cases again: this unit has made one."""
    uow.forget(_LOAD)


def free_reference(uow: UnitOfWork) -> str:
    while True:
        ref = new_reference()
        if uow.session.scalar(_WITH_REFERENCE, {"organisation": uow.organisation_id, "ref": ref}) is None:
            return ref


def _open_cases(uow: UnitOfWork) -> dict[uuid.UUID, int]:
    rows = uow.session.execute(_OPEN_CASES, {"organisation": uow.organisation_id, "today": uow.today})
    return {person_id: count for person_id, count in rows}  # noqa: C416 -- rows are not pairs to the type checker
