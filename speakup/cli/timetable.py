"""When scheduled work is due, and under which id: the same hour or night always gives the same one."""

import uuid
from datetime import datetime, time

from speakup.kernel.clock import LONDON

ANNOUNCE, NIGHT, REMIND = "announce", "clear up", "remind"
NIGHT_FROM = time(2, 30)
"""London time. A night that was missed is made up for as soon as the process runs again."""


def due(name: str, organisation_id: uuid.UUID, now: datetime, hours: str = "") -> uuid.UUID | None:
    """Return the id of the run that is due now, or None.

    `hours` are those of an organisation's announcements, as in `8 13 17`. An hour that was missed is not made up for:
    a letter between the hours would say that something made it go. What is due is known beforehand, so a reminder,
    whose `hours` is one, is made up for on the same day.
    """
    here = now.astimezone(LONDON)
    if name == REMIND:
        return _id(name, organisation_id, f"{here:%Y-%m-%d}") if here.hour >= int(hours) else None
    if name == NIGHT:
        return _id(name, organisation_id, f"{here:%Y-%m-%d}") if here.time() >= NIGHT_FROM else None
    return _id(name, organisation_id, f"{here:%Y-%m-%d %H}") if str(here.hour) in hours.split() else None


def _id(name: str, organisation_id: uuid.UUID, when: str) -> uuid.UUID:
    return uuid.uuid5(organisation_id, f"{name} {when}")
