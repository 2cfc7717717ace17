"""What an action may say, and what it still needs."""

from datetime import date
from enum import StrEnum

TITLE_LIMIT = 100
TEXT_LIMIT = 2_000
"""Characters of what is wrong, what will change, a reason or an update."""


class Missing(StrEnum):
    """What an action needs before it can go on."""

    EVIDENCE = "evidence"
    """A file or words that show it was done."""
    EFFECT = "effect"
    """A measure with values before and after, or a reason why there is none."""
    STAFF_TOLD = "staff told"
    """How and when staff were told what changed, or a reason why they were not."""
    PEOPLE_TOLD = "people told"
    """Every guardian who has somebody to tell has done so, or a reason why it does not wait for them."""


def fault(name: str, text: str, limit: int = TEXT_LIMIT) -> tuple[str, str] | None:
    """Say which field is not acceptable, and why; None for a good one."""
    if not text.strip():
        return name, "empty"
    if len(text) > limit:
        return name, "too long"
    return None


def month_of(day: date) -> date:
    """Return the first of its month."""
    return day.replace(day=1)
