"""The codes that may be chosen on a day, the name a code had, and where a list changed."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from sqlalchemy import bindparam, or_, select

from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.vocabulary.models import Code, CodeSet, CodeSetVersion
from speakup.vocabulary.rules import Entry, breaks_between, entries_of, row_on

Row = TypeVar("Row", Code, CodeSetVersion)

_CHANGING = "lists are being changed"

# Built once: putting a statement together takes longer than asking it.
_VALID_CODES = (
    select(Code)
    .where(
        Code.organisation_id == bindparam("organisation"),
        Code.set == bindparam("which"),
        Code.valid_from <= bindparam("day"),
        or_(Code.valid_to.is_(None), Code.valid_to >= bindparam("day")),
    )
    .order_by(Code.position)
)
_EVERY_CODE = (
    select(Code)
    .where(Code.organisation_id == bindparam("organisation"), Code.set == bindparam("which"))
    .order_by(Code.position, Code.key, Code.valid_from)
)
_VERSIONS = (
    select(CodeSetVersion)
    .where(CodeSetVersion.organisation_id == bindparam("organisation"), CodeSetVersion.set == bindparam("which"))
    .order_by(CodeSetVersion.valid_from)
)


def codes(uow: UnitOfWork, which: CodeSet, on: date | None = None) -> list[Code]:
    """List the codes of one set valid on a day (today), in the set's order."""
    asked = {"organisation": uow.organisation_id, "which": which, "day": on or uow.today}
    return _asked_once(
        uow, f"codes of {which} on {asked['day']}", lambda: uow.session.scalars(_VALID_CODES, asked).all()
    )


def names(uow: UnitOfWork, which: CodeSet, on: date | None = None) -> dict[str, str]:
    """Map every key there ever was to the name it had on a day (today): what a case shows is the name of its own day.

    A code that began later or had ended by then has the name nearest to that day.
    """
    return {entry.key: row_on(entry.rows, on or uow.today).name for entry in entries(uow, which)}


def counts_as(uow: UnitOfWork, which: CodeSet, on: date | None = None) -> dict[str, str]:
    """Map every key to the national key it counts as on a day (today); empty where it counts nationally as nothing."""
    return {entry.key: row_on(entry.rows, on or uow.today).national_key for entry in entries(uow, which)}


def require_code(uow: UnitOfWork, which: CodeSet, key: str, on: date | None = None) -> str:
    """Return `key` if it may be chosen on that day; otherwise say which set refused it."""
    if key not in {code.key for code in codes(uow, which, on)}:
        raise Invalid(which.value, "not in the list")
    return key


def entries(uow: UnitOfWork, which: CodeSet) -> list[Entry]:
    """List one set whole, in its order: what was, is and will be, each code with all its names."""
    asked = {"organisation": uow.organisation_id, "which": which}
    return entries_of(_asked_once(uow, f"every code of {which}", lambda: uow.session.scalars(_EVERY_CODE, asked).all()))


def versions(uow: UnitOfWork, which: CodeSet) -> list[CodeSetVersion]:
    """List the versions of one set, oldest first."""
    asked = {"organisation": uow.organisation_id, "which": which}
    return _asked_once(uow, f"versions of {which}", lambda: uow.session.scalars(_VERSIONS, asked).all())


def breaks(uow: UnitOfWork, which: CodeSet, *, nationally: bool = False) -> list[date]:
    """List the first days of every set that differs from the one before: a chart across such a day is to be broken.

    A new version, a code that begins and one that has ended make a break; a new name does not. `nationally`: of the
    national codes alone, for figures that count each code as the national one it is mapped to.
    """
    counted = [entry for entry in entries(uow, which) if not nationally or entry.is_national]
    return breaks_between([each.valid_from for each in versions(uow, which)], counted)


def changes_since(uow: UnitOfWork, day: date) -> list[tuple[CodeSet, Entry]]:
    """List the codes of every set that began, were renamed or ended after `day`, or will; newest first."""
    touched = select(Code.set).where(
        Code.organisation_id == uow.organisation_id,
        or_(Code.valid_from > day, Code.valid_to >= day),
    )
    found = [
        (which, entry)
        for which in CodeSet
        if which in set(uow.session.scalars(touched.distinct()))
        for entry in entries(uow, which)
        if any(each > day for each in entry.days)
    ]
    return sorted(found, key=lambda each: max(each[1].days), reverse=True)


def ask_again(uow: UnitOfWork) -> None:
    """From here on this unit changes lists, so what it read of them no longer holds."""
    uow.opened[_CHANGING] = True


def _asked_once(uow: UnitOfWork, what: str, read: Callable[[], Sequence[Row]]) -> list[Row]:
    """Ask the database once a unit. Each unit that writes cases chooses from the same lists many times over."""
    if _CHANGING in uow.opened:
        return list(read())
    if what not in uow.opened:
        uow.opened[what] = read()
    return list(uow.opened[what])
