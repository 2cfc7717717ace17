"""What the job process calls at night: closing quarters, and looking whether a closed one was rewritten."""

import uuid

from speakup.insight.quarters import close_quarters, look_for_rewritten
from speakup.kernel.actor import system
from speakup.kernel.uow import Database


def see_to_quarters(database: Database, organisation_id: uuid.UUID) -> list[str]:
    """Close what is due, and return which closed quarters are no longer what they were."""
    with database.work(system(organisation_id)) as uow:
        close_quarters(uow)
        return look_for_rewritten(uow)
