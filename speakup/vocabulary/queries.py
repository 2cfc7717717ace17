"""The codes that may be chosen on a day, and the name a code had."""

from datetime import date

from sqlalchemy import bindparam, or_, select

from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.vocabulary.models import Code, CodeSet

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


def codes(uow: UnitOfWork, which: CodeSet, on: date | None = None) -> list[Code]:
    """List the codes of one set valid on a day (today), in the set's order."""
    asked = {"organisation": uow.organisation_id, "which": which, "day": on or uow.today}
    return list(uow.once(f"codes of {which} on {asked['day']}", lambda: uow.session.scalars(_VALID_CODES, asked).all()))


def names(uow: UnitOfWork, which: CodeSet) -> dict[str, str]:
    """Map every key ever used to its newest name, for showing what a case was given."""
    rows = uow.session.scalars(
        select(Code).where(Code.organisation_id == uow.organisation_id, Code.set == which).order_by(Code.valid_from)
    )
    return {code.key: code.name for code in rows}


def require_code(uow: UnitOfWork, which: CodeSet, key: str, on: date | None = None) -> str:
    """Return `key` if it may be chosen on that day; otherwise say which set refused it."""
    if key not in {code.key for code in codes(uow, which, on)}:
        raise Invalid(which.value, "not in the list")
    return key
