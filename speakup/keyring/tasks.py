"""What the job process calls: whether the key log still checks out, asked at the hours at which mail goes out."""

import uuid

from speakup.kernel.actor import system
from speakup.kernel.errors import IntegrityFault
from speakup.kernel.uow import Database
from speakup.keyring.operations import key_log
from speakup.keyring.operations.warnings import record_fault


def check_key_log(database: Database, organisation_id: uuid.UUID) -> bool:
    """Follow one organisation's key log; record a fault and warn its guardians. Says whether it checks out."""
    try:
        with database.work(system(organisation_id), writes=False) as uow:
            key_log.load(uow)
    except key_log.NoTrustRoot:
        return True
    except IntegrityFault:
        with database.work(system(organisation_id)) as uow:
            record_fault(uow, organisation_id)
        return False
    return True
