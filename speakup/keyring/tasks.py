"""What the job process calls: whether key log and names still check out, asked at the hours at which mail goes out."""

import uuid

from speakup import audit, organisations
from speakup.kernel.actor import system
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import Database
from speakup.keyring.operations import key_log, warnings
from speakup.keyring.operations.warnings import record_fault


def check_key_log(database: Database, organisation_id: uuid.UUID) -> bool:
    """Follow one organisation's key log, and compare its names; record a fault, warn its guardians, say whether so."""
    try:
        with database.work(system(organisation_id), writes=False) as uow:
            organisations.require_names(uow)
            audit.require_anchored(uow)
            key_log.load(uow)
    except key_log.NoTrustRoot:
        return True
    except IntegrityFault:
        with database.work(system(organisation_id)) as uow:
            record_fault(uow, organisation_id)
        return False
    return True


def warn_of_faults(database: Database, organisation_id: uuid.UUID) -> bool:
    """Warn one organisation's guardians of faults that nobody was warned of yet."""
    with database.work(system(organisation_id)) as uow:
        return warnings.warn_of_faults(uow)


def keep_chain(database: Database, organisation_id: uuid.UUID) -> bool:
    """Follow one organisation's whole audit chain and keep how far it is whole; a fault is told like the key log's."""
    with database.work(system(organisation_id), writes=False) as uow:
        whole = audit.keep_anchor(uow).broken_at is None
    if not whole:
        with database.work(system(organisation_id)) as uow:
            record_fault(uow, organisation_id)
    return whole
