"""What the job process calls."""

import uuid

from speakup.kernel.actor import system
from speakup.kernel.uow import Database
from speakup.learning.operations.following import remind_owners


def follow_up_actions(database: Database, organisation_id: uuid.UUID) -> int:
    """Send the morning's letters of one organisation; return to how many people."""
    with database.work(system(organisation_id)) as uow:
        return remind_owners(uow)
