"""Giving a case to others: after the person agreed, or where a guardian must not have it; and standing in for somebody.

New readers are added before old ones go, and the person reads in their inbox who has it from then on. Clocks run on:
what is owed to the person is owed on the same day, whoever has their case.
"""

import hashlib
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from speakup import accounts, audit, jobs, keyring, policy, routing
from speakup.audit import Event
from speakup.cases.models import Case, RecordKind, Said
from speakup.cases.moves import Act
from speakup.cases.operations import agreeing, groups, referring
from speakup.cases.operations.agreeing import Places, Standing
from speakup.cases.operations.conversing import say
from speakup.cases.operations.intake import as_asked, receivers, require_words
from speakup.cases.operations.learning import hand_learning_on
from speakup.cases.operations.moving import move
from speakup.jobs import Job
from speakup.kernel.actor import Role
from speakup.kernel.errors import Conflict, IntegrityFault, Invalid, NobodyToReceive
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, KeyLog, Record
from speakup.notifications import NoticeBy
from speakup.policy import Permission
from speakup.routing import Concern, Receiver, Subject


class WhyAside(StrEnum):
    """Why a guardian must not have a case, as coarse as a choice; the words beside it are sealed with it."""

    KNOWS = "knows somebody in it"
    ABOUT = "it is about them"
    OTHER_PART = "has another part in it"
    OTHER = "another reason"


class NotAgreed(Conflict):
    """The person has not agreed that these have their case; `standing` is how it stands with that."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing.said)
        self.standing = standing


class MovedOn(Conflict):
    """Others have the case than when the page was opened."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be given a case."""

    id: uuid.UUID
    name: str
    roles: frozenset[Role]
    open_cases: int
    """As the day began."""


@dataclass(frozen=True, slots=True)
class SteppingAside:
    """Why somebody steps aside."""

    reason: WhyAside
    why: str = field(repr=False)


def plan_hand_over(uow: UnitOfWork, case: Case, places: Places) -> None:
    """Note who is to have a case, so that it can be gone on with once the person has answered."""
    policy.require(uow.actor, Permission.CASE_HAND_OVER, case)
    require_may_have(uow, case, places)
    standing = planned(uow, case)
    if standing != places:
        agreeing.write_down(uow, case, {"what": "plan", **places.plain()})


def planned(uow: UnitOfWork, case: Case) -> Places | None:
    """Return who is to have a case by the newest plan; None where there is none, or it was carried out."""
    policy.require(uow.actor, Permission.CASE_READ, case)
    return plan_of(keyring.read(uow, agreeing.casework_of(uow, case), RecordKind.HAND_OVER))


def plan_of(noted: Sequence[Record]) -> Places | None:
    """Read the plan that stands out of what was noted about handing a case over."""
    newest = next((each.body for each in reversed(noted) if each.body["what"] in {"plan", "done", "aside"}), None)
    return Places.from_plain(newest) if newest is not None and newest["what"] == "plan" else None


def hand_over(uow: UnitOfWork, case: Case, places: Places, before: Places | None = None) -> None:
    """Give a case to these two, of whom the actor may be one; whoever else held it can open nothing of it any more.

    `NotAgreed` without the person's word, or why it could not be had, where somebody new is among them. `MovedOn` when
    it is no longer with those `before`, whom the page showed. `Invalid` names the place somebody may not take.
    """
    moved = move(uow, case, Act.HAND_OVER)
    policy.require(uow.actor, moved.effect.may, case)
    if before is not None and before != places_of(case):
        raise MovedOn(case.ref)
    _require_as_sealed(uow, case)
    require_may_have(uow, case, places)
    new = agreeing.newcomers(uow, case, places)
    agreed = agreeing.standing_now(uow, case, new) if new else None
    if agreed is not None and not agreed.said.suffices:
        raise NotAgreed(agreed)
    done = {"what": "done", **places.plain(), "from": places_of(case).plain()}
    _pass_on(uow, case, places, new, done | {"said": agreed.said.value if agreed else None})
    audit.record(uow, Event.CASE_HANDED_OVER, case.id)


def take_over(uow: UnitOfWork, case: Case) -> None:
    """Look after a case as its cover, while whoever did is away or has left. Nobody new can open it.

    `Conflict` for whoever is not the cover, and while the guardian is here.
    """
    moved = move(uow, case, Act.HAND_OVER)
    policy.require(uow.actor, moved.effect.may, case)
    me = uow.actor.person_id
    _require_as_sealed(uow, case)
    if not may_take_over(uow, case):
        raise Conflict(case.ref)
    # No key changes by it: whoever was shut out, and is let in again, has lost nothing.
    places = Places(me, case.primary_id if case.primary_id in keyring.colleagues_on(uow, case.id) else me)
    _write_who_has_it(uow, case, places, {"what": "done", **places.plain(), "from": places_of(case).plain()})
    audit.record(uow, Event.CASE_HANDED_OVER, case.id)


def may_take_over(uow: UnitOfWork, case: Case) -> bool:
    """Say whether whoever acts is the cover of a case whose guardian is away or has left."""
    me = uow.actor.person_id
    return case.cover_id == me != case.primary_id and case.primary_id not in present(uow)


def step_aside(uow: UnitOfWork, case: Case, aside: SteppingAside, before: Places | None = None) -> Places:
    """Lose a case one must not have, for good; return who has it. Why is kept among the casework.

    The approved rules choose who takes the empty place, and not whoever steps aside. `NobodyToReceive` when nobody
    else may have it: then it stays as it is. `MovedOn` as for `hand_over`.
    """
    moved = move(uow, case, Act.STEP_ASIDE)
    policy.require(uow.actor, moved.effect.may, case)
    if before is not None and before != places_of(case):
        raise MovedOn(case.ref)
    require_words(why=aside.why)
    places = after_stepping_aside(uow, case)
    new = agreeing.newcomers(uow, case, places)
    body = {"what": "aside", "reason": aside.reason.value, "words": aside.why.strip(), **places.plain()}
    keyring.add_readers(uow, case.id, new)
    keyring.keep_out(uow, case.id, uow.actor.person_id)
    case.narrow = True
    _pass_on(uow, case, places, frozenset(), body | {"from": places_of(case).plain()})
    audit.record(uow, Event.GUARDIAN_STEPPED_ASIDE, case.id)
    return places


def after_stepping_aside(uow: UnitOfWork, case: Case) -> Places:
    """Say who would have a case if whoever acts stepped aside; one person in both places where there is nobody more.

    The same however often it is asked on one day. `NobodyToReceive` when there is nobody.
    """
    policy.require(uow.actor, Permission.CASE_STEP_ASIDE, case)
    _require_as_sealed(uow, case)
    me, here = uow.actor.person_id, not_gone(uow) & keyring.colleagues_on(uow, case.id)
    staying = [each for each in (case.primary_id, case.cover_id) if each != me and each in here]
    chosen = [each for each in _routed(uow, case, me) if each not in staying]
    people = list(dict.fromkeys([*staying, *chosen]))
    if not people:
        raise NobodyToReceive(case.ref)
    return Places(people[0], people[1] if len(people) > 1 else people[0])


def candidates(uow: UnitOfWork, case: Case) -> list[Candidate]:
    """List who may be given a case, or has it already and is here: never whom its exclusions keep out."""
    policy.require(uow.actor, Permission.CASE_HAND_OVER, case)
    log = keyring.load_key_log(uow)
    able = [each for each in receivers(uow, log) if not each.shut_out and not each.absent]
    barred = keyring.excluded_from(uow, case.id, [each.person_id for each in able])
    return _named(uow, [each for each in able if each.person_id not in barred])


def everybody_here(uow: UnitOfWork) -> list[Candidate]:
    """List who may be given cases today, whatever single cases say of them."""
    policy.require(uow.actor, Permission.CASE_HAND_OVER)
    able = receivers(uow, keyring.load_key_log(uow))
    return _named(uow, [each for each in able if not each.shut_out and not each.absent])


def require_may_have(uow: UnitOfWork, case: Case, places: Places) -> None:
    """Raise `Invalid` for the first place whose person may not have this case.

    Two people have every case. Whoever has it already may keep it while they are away, and not when they have left.
    """
    if places.first == places.cover:
        raise Invalid("cover", "the same")
    able, holding = {each.id for each in candidates(uow, case)}, keyring.colleagues_on(uow, case.id) & not_gone(uow)
    for place, person_id in (("first", places.first), ("cover", places.cover)):
        if person_id not in able | holding:
            raise Invalid(place, "may not have it")
    if places == places_of(case):
        raise Invalid("first", "as it is")
    _require_watch_over_executives(uow, case, places)


def places_of(case: Case) -> Places:
    """Return who looks after a case, and who stands in."""
    return Places(case.primary_id, case.cover_id)


def places_after(case: Case, me: uuid.UUID, to: uuid.UUID, here: Collection[uuid.UUID]) -> Places:
    """Say who has a case once somebody takes a place in it: an empty one where there is one, or else `me`'s.

    The one who stays looks after it where the other place was empty.
    """
    other = case.cover_id if case.primary_id == me else case.primary_id
    if other == me or other not in here:
        return Places(me, to)
    return Places(to, case.cover_id) if case.primary_id == me else Places(case.primary_id, to)


def present(uow: UnitOfWork) -> frozenset[uuid.UUID]:
    """Name everybody who may be given cases and is here today."""
    able = receivers(uow, keyring.load_key_log(uow), counted=False)
    return frozenset(each.person_id for each in able if not each.shut_out and not each.absent)


def not_gone(uow: UnitOfWork) -> frozenset[uuid.UUID]:
    """Name everybody who may be given cases and has not left, away or not."""
    able = receivers(uow, keyring.load_key_log(uow), counted=False)
    return frozenset(each.person_id for each in able if not each.shut_out)


def _require_as_sealed(uow: UnitOfWork, case: Case) -> None:
    """Whoever writes the row must not have a case given on for them: it says who has it as is sealed."""
    routed = keyring.read(uow, agreeing.casework_of(uow, case), RecordKind.ROUTING)[-1].body
    if (routed["primary"], routed["cover"]) != (str(case.primary_id), str(case.cover_id)):
        raise IntegrityFault(case.id, "case row")


def _pass_on(uow: UnitOfWork, case: Case, places: Places, new: Collection[uuid.UUID], body: Mapping[str, Any]) -> None:
    """Add who is new, write down what was done for both sides, and only then take it from whoever loses it."""
    losing = keyring.colleagues_on(uow, case.id) - places.people
    if new:
        keyring.add_readers(uow, case.id, new)
    groups.hand_on(uow, case, losing)
    referring.hand_on(uow, case, places.people)
    _write_who_has_it(uow, case, places, body)
    if losing:
        keyring.keep_readers(uow, case.id, places.people)
    for person_id in sorted(places.people - {uow.actor.id}):
        jobs.defer(uow, Job.SOMETHING_TO_READ_MAIL, person_id)


def _write_who_has_it(uow: UnitOfWork, case: Case, places: Places, body: Mapping[str, Any]) -> None:
    casework = agreeing.casework_of(uow, case)
    keyring.add(uow, casework, RecordKind.ROUTING, {
        "why": body["what"], "primary": str(places.first), "cover": str(places.cover),
    })  # fmt: skip
    agreeing.write_down(uow, case, {**body, "after": 0})
    say(uow, case, Said.HANDED_OVER, **places.plain())
    case.primary_id, case.cover_id = places.first, places.cover
    hand_learning_on(uow, case, places.first)
    # Whoever has it from now on sends the notice, if nobody does in this very request.
    case.notice_waiting = case.notice_waiting or _wants_notices(uow, case)


def _wants_notices(uow: UnitOfWork, case: Case) -> bool:
    identity = keyring.open_case(uow, case.id)[CompartmentKind.IDENTITY]
    known = [each.body for each in keyring.read(uow, identity, RecordKind.PERSON)]
    return bool(known) and known[-1]["notice_by"] != NoticeBy.NOT_AT_ALL and bool(known[-1]["notice_to"])


def _routed(uow: UnitOfWork, case: Case, me: uuid.UUID) -> list[uuid.UUID]:
    """List whom the approved rules would choose for a case without its present guardian, in their order."""
    log = keyring.load_key_log(uow)
    able = [each for each in receivers(uow, log, lot=_lot(uow, case)) if not each.shut_out and not each.absent]
    barred = keyring.excluded_from(uow, case.id, [each.person_id for each in able]) | {me}
    left = [each for each in able if each.person_id not in barred]
    asked = _as_asked(uow, case, log)
    concern = replace(asked, excluded=asked.excluded | barred)
    choice = routing.choose(concern, routing.in_force(log.routing), able)
    if choice is not None:
        return [choice.primary, choice.cover]
    return [each.person_id for each in _by_turn(left)]


def _as_asked(uow: UnitOfWork, case: Case, log: KeyLog) -> Concern:
    opened = keyring.open_case(uow, case.id)
    told = keyring.read(uow, opened[CompartmentKind.CONVERSATION], RecordKind.CONCERN)[0].body
    kept_out = keyring.exclusions(uow, opened[CompartmentKind.CASEWORK]).body
    return as_asked(told, kept_out, keyring.places_now(uow), log.places)


def _by_turn(able: Collection[Receiver]) -> list[Receiver]:
    return sorted(able, key=lambda each: (each.turn, each.person_id))


def _lot(uow: UnitOfWork, case: Case) -> bytes:
    return hashlib.sha256(case.id.bytes + uow.today.isoformat().encode()).digest()


def _require_watch_over_executives(uow: UnitOfWork, case: Case, places: Places) -> None:
    """What is about an executive stays with the non-executive lead as well, if they have it now and are here."""
    body = keyring.exclusions(uow, agreeing.casework_of(uow, case)).body
    if Subject(body["subject"]) is not Subject.EXECUTIVE:
        return
    valid = keyring.load_key_log(uow).valid
    leads = {each for each in valid if Role.NON_EXECUTIVE_LEAD in valid[each].roles}
    if leads & keyring.colleagues_on(uow, case.id) & not_gone(uow) and not leads & places.people:
        raise Invalid("cover", "about an executive")


def _named(uow: UnitOfWork, able: Collection[Receiver]) -> list[Candidate]:
    names = keyring.names_vouched_for(uow, accounts.names_of(uow, [each.person_id for each in able]))
    found = [Candidate(each.person_id, names.get(each.person_id, ""), each.roles, each.open_cases) for each in able]
    return sorted(found, key=lambda each: (Role.BUDDY_GUARDIAN in each.roles, each.name, each.id))
