"""The codes that may be chosen on a day, and the name a code had."""

from datetime import date

from sqlalchemy import or_, select

from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.vocabulary.models import Code, CodeSet


def codes(uow: UnitOfWork, which: CodeSet, on: date | None = None) -> list[Code]:
    """List the codes of one set valid on a day (today), in the set's order."""
    day = on or uow.today
    query = select(Code).where(
        Code.organisation_id == uow.organisation_id,
        Code.set == which,
        Code.valid_from <= day,
        or_(Code.valid_to.is_(None), Code.valid_to >= day),
    )
    return list(uow.session.scalars(query.order_by(Code.position)))


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
