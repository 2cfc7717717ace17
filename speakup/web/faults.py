"""A fault somebody on a staff page came upon: recorded in a unit of work of its own, once a day for each subject."""

import uuid

import structlog
from flask import g

from speakup import keyring
from speakup.kernel.actor import system
from speakup.web.site import site

log = structlog.get_logger()

_KEY_LOG = "key_log_fault"


def notice_key_log() -> None:
    """Remember for this request that the key log does not check out. Nothing is written before `record_noticed`."""
    setattr(g, _KEY_LOG, True)


def noticed_key_log() -> bool:
    """Say whether this request came upon a key log that does not check out."""
    return bool(g.get(_KEY_LOG))


def record_noticed() -> None:
    """Record what was noticed, on pages for staff only: on a public page it would keep the time of a visit."""
    if noticed_key_log():
        record(g.organisation_id, None, "key log")


def record(organisation_id: uuid.UUID, subject_id: uuid.UUID | None, check: str) -> None:
    """Record a fault and warn the guardians, unless that has been done today. Without a subject it is the key log's."""
    subject = subject_id or organisation_id
    # Asked first in a unit that only reads, so that a fault met at every click holds nobody else up.
    with site().database.work(system(organisation_id), writes=False) as uow:
        if keyring.fault_recorded_today(uow, subject):
            return
    log.error("integrity fault", check=check)
    with site().database.work(system(organisation_id)) as uow:
        keyring.record_fault(uow, subject)
