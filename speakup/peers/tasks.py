"""What the job process calls: copies of published years go to whom they are published to.

No unit of work here is of two organisations. What was read in one is a value by the time the next begins.
"""

import uuid
from collections.abc import Collection

from speakup import jobs, papers
from speakup.kernel.actor import system
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import Database, UnitOfWork
from speakup.peers.operations import ask_to_carry, parcels, providers, receivers, take_in


def carry_years(database: Database, organisation_id: uuid.UUID, row_id: uuid.UUID) -> None:
    """Carry what an outbox row asks for: an organisation's years to others, and others' to it."""
    with database.work(system(organisation_id), writes=False) as uow:
        if jobs.find_row(uow, row_id) is None:
            return
        named = providers(uow)
    faults = [_fault(database, organisation_id)]
    faults += [_fault(database, provider_id, only_to={organisation_id}) for provider_id in named]
    for fault in filter(None, faults):
        raise fault
    with database.work(system(organisation_id)) as uow:
        jobs.finish(uow, [row_id])


def _fault(
    database: Database, provider_id: uuid.UUID, only_to: Collection[uuid.UUID] | None = None
) -> IntegrityFault | None:
    """Send one provider's years; return what is not whole of them, so that those of the others come all the same."""
    try:
        send_years(database, provider_id, only_to)
    except IntegrityFault as fault:
        return fault
    return None


def ask_for_the_night(uow: UnitOfWork) -> None:
    """Let what an organisation has published go to whoever came to receive it since."""
    if papers.has_published_years(uow):
        ask_to_carry(uow)


def send_years(database: Database, provider_id: uuid.UUID, only_to: Collection[uuid.UUID] | None = None) -> int:
    """Carry one provider's years to all it publishes to, or to those of them that are named; return how many were new.

    A receiver takes in only what it agreed to receive. The provider's own copies are kept among its others.
    """
    with database.work(system(provider_id), writes=False) as uow:
        agreed = receivers(uow) if only_to is None else [each for each in receivers(uow) if each in only_to]
        packed = parcels(uow) if agreed or only_to is None else []
    taken = 0
    for receiver_id in ([provider_id] if only_to is None else []) + agreed:
        with database.work(system(receiver_id)) as uow:
            taken += sum(take_in(uow, each) for each in packed)
    return taken
