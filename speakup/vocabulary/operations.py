"""Giving an organisation its lists, and keeping its own. Codes begin, are renamed from a day on and end; none is lost.

A name that was in effect stays what it was: a new one begins tomorrow at the earliest, so that no case changes what it
says, and guardians hear of it before it counts. What has not begun yet may still be taken back.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from speakup import audit, policy
from speakup.audit import Event
from speakup.kernel.errors import Conflict, Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.vocabulary import queries
from speakup.vocabulary.defaults import DEFAULTS, VERSIONS
from speakup.vocabulary.models import Certainty, Code, CodeSet, CodeSetVersion
from speakup.vocabulary.rules import Entry, Keeping, changed_since, kept, may_add, moved_up, with_new

OWN_SOURCE = "this organisation"
_LONGEST_NAME = 120
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CodeDetails:
    """What an administrator writes about a code, and from which day on it holds.

    `counts_as` is the key of a national code; empty where the list has no national one. `people` is about how many a
    new worker group has; it is weighed and not kept.
    """

    name: str
    counts_as: str
    from_day: date
    people: int = 0


class ListChanged(Conflict):
    """Somebody changed the list since it was read. `keys` are those of the codes that are not as they were."""

    def __init__(self, which: CodeSet, keys: frozenset[str]) -> None:
        super().__init__(which)
        self.keys = keys


def adopt_defaults(uow: UnitOfWork) -> int:
    """Write the lists every organisation starts with, where they are missing; return how many codes were."""
    policy.require(uow.actor, Permission.ORGANISATION_FOUND)
    queries.ask_again(uow)
    held = select(Code.set, Code.key).where(Code.organisation_id == uow.organisation_id)
    there = {(which, key) for which, key in uow.session.execute(held)}
    missing = [(at, each) for at, each in enumerate(DEFAULTS) if (each.set, each.key) not in there]
    for position, default in missing:
        uow.session.add(
            Code(
                organisation_id=uow.organisation_id,
                set=default.set,
                key=default.key,
                valid_from=default.valid_from,
                valid_to=default.valid_to,
                name=default.name,
                position=position,
                source=default.source,
                certainty=default.certainty,
                national_set=default.national_set,
                national_key=default.national_key,
            )
        )
    _adopt_versions(uow)
    return len(missing)


def hold_list(uow: UnitOfWork, which: CodeSet, shown: str) -> list[Entry]:
    """Keep everybody else from changing a list until this unit is over, if it is still as it was `shown`.

    `shown` is what `rules.fingerprint` said of it then; `ListChanged` says which codes differ.
    """
    found = _held(uow, which)
    changed = changed_since(found, shown)
    if changed:
        raise ListChanged(which, changed)
    return found


def add_code(uow: UnitOfWork, which: CodeSet, details: CodeDetails, *, small_group: int = 0) -> Code:
    """Begin a code of the organisation's own, today or later; it stands before "Other" and "Not known".

    Cases are counted by worker group, so one with fewer people than `small_group` is refused: it could say who.
    """
    found = _held(uow, which)
    if not may_add(which):
        raise NotFound(which)
    if details.from_day < uow.today:
        raise Invalid("from_day", "past")
    if which is CodeSet.WORKER_GROUP and details.people < small_group:
        raise Invalid("people", "too few")
    key = _new_key(found)
    national_set, national_key = _national(uow, which, details)
    code = Code(
        organisation_id=uow.organisation_id,
        set=which,
        key=key,
        valid_from=details.from_day,
        valid_to=None,
        name=_free_name(uow, found, key, details.name),
        position=0,
        source=OWN_SOURCE,
        certainty=Certainty.CONFIRMED,
        national_set=national_set,
        national_key=national_key,
    )
    uow.session.add(code)
    _number(with_new(found, Entry(key, [code])))
    audit.record(uow, Event.LIST_CHANGED)
    return code


def change_code(uow: UnitOfWork, which: CodeSet, key: str, details: CodeDetails) -> bool:
    """Give a code another name, or let it count as something else, from a day on; return whether anything changed.

    A name changes tomorrow at the earliest. What a code counts as may be put right from any day since it began.
    """
    found = _held(uow, which)
    entry = _changeable(uow, found, key)
    name, national = _free_name(uow, found, key, details.name), _national(uow, which, details)
    last = entry.last_day
    if details.from_day < entry.first_day or (last is not None and details.from_day > last):
        raise Invalid("from_day", "not its days")
    before = [_said(row) for row in entry.rows]
    if details.from_day > uow.today:
        rows = _name_from(uow, entry, details.from_day, name, national)
    elif name != entry.on(uow.today).name:
        raise Invalid("from_day", "past")
    else:
        rows = _map_from(uow, entry, details.from_day, national)
    changed = [_said(row) for row in rows] != before
    if changed:
        audit.record(uow, Event.LIST_CHANGED)
    return changed


def end_code(uow: UnitOfWork, which: CodeSet, key: str, last_day: date | None) -> None:
    """Set the last day of a code, today at the earliest; None lets it go on. Cases keep it, and its name.

    A code that would end before it begins is taken back: no case can have it.
    """
    found = _held(uow, which)
    entry = _changeable(uow, found, key)
    if last_day is not None and last_day < uow.today:
        raise Invalid("last_day", "past")
    if last_day is None:
        _free_name(uow, found, key, entry.rows[-1].name)
        entry.rows[-1].valid_to = None
    else:
        _cut(uow, entry, last_day)
    audit.record(uow, Event.LIST_CHANGED)


def move_code_up(uow: UnitOfWork, which: CodeSet, key: str) -> None:
    """Let a code stand one place higher among those that are offered."""
    found = _held(uow, which)
    _changeable(uow, found, key)
    _number(moved_up(found, key, uow.today))
    audit.record(uow, Event.LIST_CHANGED)


def _held(uow: UnitOfWork, which: CodeSet) -> list[Entry]:
    policy.require(uow.actor, Permission.ADMIN_VOCABULARY)
    queries.ask_again(uow)
    versions = select(CodeSetVersion).where(
        CodeSetVersion.organisation_id == uow.organisation_id, CodeSetVersion.set == which
    )
    uow.session.scalars(versions.with_for_update()).all()
    return queries.entries(uow, which)


def _changeable(uow: UnitOfWork, found: Iterable[Entry], key: str) -> Entry:
    entry = next((each for each in found if each.key == key and each.may_change), None)
    if entry is None or entry.ended_by(uow.today):
        raise NotFound(key)
    return entry


def _name_from(uow: UnitOfWork, entry: Entry, day: date, name: str, national: tuple[str, str]) -> list[Code]:
    """Let the code be called this from a day to come on, whatever was planned for later; return its rows."""
    past, last = [row for row in entry.rows if row.valid_from < day], entry.last_day
    for row in entry.rows[len(past) :]:
        uow.session.delete(row)
    uow.session.flush()
    if past and (past[-1].name, past[-1].national_set, past[-1].national_key) == (name, *national):
        past[-1].valid_to = last
        return past
    model = entry.rows[0] if not past else past[-1]
    if past:
        past[-1].valid_to = day - _DAY
    begun = _row_like(model, day, last, national)
    if name != model.name:
        begun.name, begun.source, begun.certainty = name, OWN_SOURCE, Certainty.CONFIRMED
    uow.session.add(begun)
    return [*past, begun]


def _map_from(uow: UnitOfWork, entry: Entry, day: date, national: tuple[str, str]) -> list[Code]:
    """Let the code count as this from a day on, its names as they are; return its rows."""
    rows: list[Code] = []
    for row in entry.rows:
        rows.append(row)
        over = row.valid_to is not None and row.valid_to < day
        if over or (row.national_set, row.national_key) == national:
            continue
        if row.valid_from < day:
            rows.append(_row_like(row, day, row.valid_to, national))
            uow.session.add(rows[-1])
            row.valid_to = day - _DAY
        else:
            row.national_set, row.national_key = national
    return rows


def _cut(uow: UnitOfWork, entry: Entry, last_day: date) -> None:
    for row in entry.rows:
        if row.valid_from > last_day:
            uow.session.delete(row)
        elif row.valid_to is None or row.valid_to > last_day or row is entry.rows[-1]:
            row.valid_to = last_day


def _row_like(row: Code, first: date, last: date | None, national: tuple[str, str]) -> Code:
    return Code(
        organisation_id=row.organisation_id,
        set=row.set,
        key=row.key,
        valid_from=first,
        valid_to=last,
        name=row.name,
        position=row.position,
        source=row.source,
        certainty=row.certainty,
        national_set=national[0],
        national_key=national[1],
    )


def _said(row: Code) -> tuple[object, ...]:
    return row.valid_from, row.valid_to, row.name, row.national_set, row.national_key


def _number(entries: Sequence[Entry]) -> None:
    for position, entry in enumerate(entries):
        for row in entry.rows:
            row.position = position


def _national(uow: UnitOfWork, which: CodeSet, details: CodeDetails) -> tuple[str, str]:
    """Return the national list and key that the code counts as from that day on."""
    if kept(which) is not Keeping.NATIONAL:
        return "", ""
    if not details.counts_as:
        raise Invalid("counts_as", "empty")
    for code in queries.codes(uow, which, details.from_day):
        if code.is_national and code.key == details.counts_as:
            return code.national_set, code.national_key
    raise Invalid("counts_as", "not in the list")


def _free_name(uow: UnitOfWork, found: Iterable[Entry], key: str, name: str) -> str:
    """Return the name; nobody could tell two codes of one name from each other."""
    wanted = " ".join(name.split())
    if not wanted:
        raise Invalid("name", "empty")
    if len(wanted) > _LONGEST_NAME:
        raise Invalid("name", "too long")
    others = (each for each in found if each.key != key and not each.ended_by(uow.today))
    names = {row.name.casefold() for each in others for row in each.rows if not _over(row, uow.today)}
    if wanted.casefold() in names:
        raise Invalid("name", "taken")
    return wanted


def _over(row: Code, day: date) -> bool:
    return row.valid_to is not None and row.valid_to < day


def _new_key(found: Iterable[Entry]) -> str:
    """Make a key that says nothing, since the name may change; and none that was ever used."""
    used = {each.key for each in found}
    while (key := f"own_{secrets.token_hex(4)}") in used:
        continue
    return key


def _adopt_versions(uow: UnitOfWork) -> None:
    for each in VERSIONS:
        if uow.session.get(CodeSetVersion, (uow.organisation_id, each.set, each.valid_from)) is None:
            uow.session.add(
                CodeSetVersion(
                    organisation_id=uow.organisation_id,
                    set=each.set,
                    valid_from=each.valid_from,
                    name=each.name,
                    source=each.source,
                    certainty=each.certainty,
                )
            )
