"""People who speak up together: a case for each of them, linked, and what they agreed to share with each other.

That cases belong together is sealed in their `casework`, and what is shared in a compartment of the group's own. No
worker learns from any of it who the others are.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from speakup import audit, keyring, policy
from speakup.audit import Event
from speakup.cases.models import Case, RecordKind
from speakup.cases.operations.inbox import note_told
from speakup.cases.operations.intake import require_lengths, require_words
from speakup.cases.operations.recording import Recorded, chosen_for, title_of, write_case
from speakup.cases.queries.worklist import visible_to
from speakup.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from speakup.kernel.ids import new_id
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind, Membership, OpenCompartment, PrincipalKind, Record
from speakup.policy import Permission

FEWEST, MOST = 2, 30
"""People of one group. More than this come as several groups, or as one who speaks for others."""
LEFT = "left the group"


@dataclass(frozen=True, slots=True)
class OneOfGroup:
    """One person of a group, and whether they agree that the others who agree may read what is shared."""

    recorded: Recorded = field(repr=False)
    agrees: bool = False


@dataclass(frozen=True, slots=True)
class SharedWords:
    """Something a group shares, written by a guardian after they agreed to it."""

    by: uuid.UUID
    day: date
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group as a guardian on one of its cases sees it."""

    refs: list[str]
    """Of the others' cases, those that whoever looks may open."""
    others: int
    """How many others there are."""
    agreed: bool
    """The person of this case agreed to the others reading what is shared, and to reading it."""
    reads: bool
    """They have words, and can read it in their inbox."""
    left: bool
    shared: list[SharedWords] = field(repr=False)


def record_group(uow: UnitOfWork, people: Sequence[OneOfGroup], shared: str) -> list[Case]:
    """Write a case for each, linked, all for the same two guardians; `shared` is what those who agree may all read.

    `Conflict` where whoever records must not hold them; then each is recorded for itself.
    """
    policy.require(uow.actor, Permission.CASE_RECORD)
    if not FEWEST <= len(people) <= MOST:
        raise Invalid("people", "too few" if len(people) < FEWEST else "too many")
    require_lengths({"shared": shared})
    # The same two hold all of these cases, so that whoever speaks any of their languages comes first.
    spoken = dict.fromkeys(each.recorded.language for each in people if each.recorded.language)
    excluded, choice = chosen_for(uow, replace(people[0].recorded, language="\n".join(spoken)))
    if choice.primary != uow.actor.person_id:
        raise Conflict("the recorder")
    written = []
    for place, each in enumerate(people, 1):
        title = f"{title_of(people[0].recorded)} ({place}/{len(people)})"
        written.append(write_case(uow, replace(each.recorded, title=title), excluded, choice))
    group_id = new_id()
    group = keyring.create_group(uow, group_id, [choice.primary, choice.cover])
    if shared.strip():
        _share(uow, group, shared)
    for case, each in zip(written, people, strict=True):
        refs = sorted(one.ref for one in written)
        body = {"group": str(group_id), "origin": group.origin, "refs": refs, "agreed": each.agrees}
        keyring.add(uow, _casework(uow, case), RecordKind.GROUP, body)
    return written


def open_group(uow: UnitOfWork, case: Case) -> GroupView | None:
    """Open what belongs to the group of a case; None where the person spoke up alone. It is for guardians alone."""
    policy.require(uow.actor, Permission.CASE_READ, case)
    link = _link(uow, case)
    if link is None:
        return None
    group, said = _followed(uow, link), _conversation(uow, case)
    turns = _turns(uow, said)
    membership = membership_of(turns)
    audit.record(uow, Event.CASE_READ, case.id)
    return GroupView(
        refs=[each.ref for each in _cases_of(uow, link) if each.id != case.id],
        others=len(link.body["refs"]) - 1,
        agreed=link.body["agreed"],
        reads=membership is not None and _is_member(group, membership),
        left=membership is None and any(each.kind == RecordKind.GROUP for each in turns),
        shared=[_shared(each) for each in keyring.read(uow, group, RecordKind.SHARED)],
    )


def share_with_group(uow: UnitOfWork, case: Case, text: str) -> None:
    """Add words that all who agreed may read. Whoever left since gets no key to them."""
    policy.require(uow.actor, Permission.CASE_MESSAGE, case)
    require_words(text=text)
    link = _link(uow, case)
    if link is None:
        raise Conflict(case.ref)
    _share(uow, _followed(uow, link), text)
    audit.record(uow, Event.GROUP_SHARED, case.id)


def agree_to_share(uow: UnitOfWork, case: Case) -> None:
    """Note that the person of this case agrees, and let them read what is shared as soon as they have words."""
    policy.require(uow.actor, Permission.CASE_MESSAGE, case)
    link = _link(uow, case)
    if link is None:
        raise Conflict(case.ref)
    if not link.body["agreed"]:
        keyring.replace(uow, _casework(uow, case), link, {**link.body, "agreed": True})
        audit.record(uow, Event.GROUP_AGREED, case.id)
    let_read(uow, case)


def let_read(uow: UnitOfWork, case: Case) -> None:
    """Let the person read what is shared, where they agreed, have words and do not read it yet."""
    link = _link(uow, case)
    if link is None or not link.body["agreed"] or not keyring.has_receipt(uow, case.id):
        return
    conversation, group = _conversation(uow, case), _followed(uow, link)
    known = membership_of(_turns(uow, conversation))
    if known is not None and _is_member(group, known):
        return
    made = keyring.join_group(uow, group)
    keyring.add(uow, conversation, RecordKind.GROUP, {
        "group": str(made.group_id), "member": str(made.member_id), "secret": made.secret.hex(),
        "origin": made.origin,
    })  # fmt: skip


def leave_group(uow: UnitOfWork, case: Case) -> None:
    """Leave, as the person: what is shared can be read no more, the guardians are told, and nobody else is."""
    policy.require(uow.actor, Permission.INBOX_USE, case)
    conversation = _conversation(uow, case)
    membership = membership_of(_turns(uow, conversation))
    if membership is None:
        return
    keyring.leave_group(uow, membership)
    said = {"from": "reporter", "told": LEFT, "text": "", "files": [], "day": uow.today.isoformat()}
    keyring.add(uow, conversation, RecordKind.MESSAGE, said)
    note_told(case)
    audit.record(uow, Event.GROUP_LEFT, case.id)


def read_shared(uow: UnitOfWork, membership: Membership) -> list[SharedWords]:
    """Read what is shared, as the member; `NotFound` for whoever has left."""
    policy.require(uow.actor, Permission.INBOX_USE)
    group = keyring.open_group(uow, membership.group_id, membership.origin)
    return [_shared(each) for each in keyring.read(uow, group, RecordKind.SHARED)]


def membership_of(conversation: Sequence[Record]) -> Membership | None:
    """Read the newest membership out of a conversation; None for whoever never joined, or left since."""
    turns = [each for each in conversation if each.kind == RecordKind.GROUP or each.body.get("told") == LEFT]
    if not turns or turns[-1].kind != RecordKind.GROUP:
        return None
    body = turns[-1].body
    ids, secret = (uuid.UUID(body["group"]), uuid.UUID(body["member"])), bytes.fromhex(body["secret"])
    return Membership(*ids, secret, body.get("origin"))


def hand_on(uow: UnitOfWork, case: Case, leaving: Collection[uuid.UUID]) -> None:
    """Let what the group shares follow a case to its new guardians, before those who lose the case do.

    Whoever loses it loses the group too, unless they hold another case of it, or one nobody here can see.
    """
    link = _link(uow, case)
    if link is None:
        return
    group, others = _followed(uow, link), [each for each in _cases_of(uow, link) if each.id != case.id]
    on_others = {holder.id for each in others for holder in _casework(uow, each).stated.holders}
    seen = len(others) + 1 == len(link.body["refs"])
    gone = {each for each in leaving if each not in on_others and (seen or each == uow.actor.id)}
    if gone & group.stated.staff:
        keyring.keep_group_readers(uow, group, group.stated.staff - gone)


def _turns(uow: UnitOfWork, conversation: OpenCompartment) -> list[Record]:
    return keyring.read(uow, conversation, RecordKind.GROUP, RecordKind.MESSAGE)


def _link(uow: UnitOfWork, case: Case) -> Record | None:
    links = keyring.read(uow, _casework(uow, case), RecordKind.GROUP)
    return links[-1] if links else None


def _followed(uow: UnitOfWork, link: Record) -> OpenCompartment:
    """Open the group, under a new key where somebody left it or its cases have other guardians now.

    Only as far as whoever acts can see: a case of the group that they cannot open keeps the guardians it brought.
    """
    group = keyring.open_group(uow, uuid.UUID(link.body["group"]), link.body.get("origin"))
    found = _cases_of(uow, link)
    held = {holder.id for each in found for holder in _casework(uow, each).stated.holders}
    wanted = held if len(found) == len(link.body["refs"]) else group.stated.staff | held
    barred = {each for case in found for each in wanted if not _may_hold(uow, case, each)}
    keyring.follow_group(uow, group, wanted - barred)
    return group


def _may_hold(uow: UnitOfWork, case: Case, person_id: uuid.UUID) -> bool:
    try:
        keyring.require_not_excluded(uow, _casework(uow, case), person_id)
    except (Forbidden, NotFound):
        return False
    return True


def _cases_of(uow: UnitOfWork, link: Record) -> list[Case]:
    """List the cases of the group that whoever acts may open."""
    query = visible_to(uow.actor).where(Case.ref.in_(link.body["refs"])).order_by(Case.ref)
    return list(uow.session.scalars(query))


def _is_member(group: OpenCompartment, membership: Membership) -> bool:
    return group.stated.holder(PrincipalKind.REPORTER, membership.member_id) is not None


def _share(uow: UnitOfWork, group: OpenCompartment, text: str) -> None:
    said: dict[str, Any] = {"text": text, "by": str(uow.actor.id), "day": uow.today.isoformat()}
    keyring.add(uow, group, RecordKind.SHARED, said)


def _shared(record: Record) -> SharedWords:
    return SharedWords(uuid.UUID(record.body["by"]), date.fromisoformat(record.body["day"]), record.body["text"])


def _casework(uow: UnitOfWork, case: Case) -> OpenCompartment:
    return keyring.open_case(uow, case.id)[CompartmentKind.CASEWORK]


def _conversation(uow: UnitOfWork, case: Case) -> OpenCompartment:
    return keyring.open_case(uow, case.id)[CompartmentKind.CONVERSATION]
