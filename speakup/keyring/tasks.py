"""What the job process calls: whether key log and names still check out, asked at the hours at which mail goes out."""

import uuid

from speakup import organisations
from speakup.kernel.actor import system
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import Database
from speakup.keyring.operations import key_log
from speakup.keyring.operations.warnings import record_fault


def check_key_log(database: Database, organisation_id: uuid.UUID) -> bool:
    """Follow one organisation's key log, and compare its names; record a fault, warn its guardians, say whether so."""
    try:
        with database.work(system(organisation_id), writes=False) as uow:
            organisations.require_names(uow)
            key_log.load(uow)
    except key_log.NoTrustRoot:
        return True
    except IntegrityFault:
        with database.work(system(organisation_id)) as uow:
            record_fault(uow, organisation_id)
        return False
    return True
