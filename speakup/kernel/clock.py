"""The time. Stored in UTC; days are days in London, where the people are."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return the day it is in London."""
    return london_day(now())


def london_day(moment: datetime) -> date:
    """Return the day in London on which `moment` falls."""
    return moment.astimezone(LONDON).date()
