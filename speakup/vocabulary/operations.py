"""Giving an organisation its lists."""

from sqlalchemy import select

from speakup import policy
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.vocabulary.defaults import DEFAULTS, VERSIONS
from speakup.vocabulary.models import Code, CodeSetVersion


def adopt_defaults(uow: UnitOfWork) -> int:
    """Write the lists every organisation starts with, where they are missing; return how many codes were."""
    policy.require(uow.actor, Permission.ORGANISATION_FOUND)
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
