"""Giving an organisation its lists."""

from speakup import policy
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.vocabulary.defaults import DEFAULTS
from speakup.vocabulary.models import Code


def adopt_defaults(uow: UnitOfWork) -> int:
    """Write the lists every organisation starts with; return how many codes."""
    policy.require(uow.actor, Permission.ORGANISATION_FOUND)
    for position, default in enumerate(DEFAULTS):
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
            )
        )
    return len(DEFAULTS)
