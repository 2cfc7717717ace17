"""Where a case stands, as is sealed whenever it changes: what its row says of it that pages and checks act on."""

from collections.abc import Mapping
from typing import Any

from speakup.cases.models import Case

_DAYS = ("acknowledged_on", "told_on", "closed_on", "paused_on")


def standing_of(case: Case) -> dict[str, Any]:
    """Say where a case stands, and since which days, as its row has it."""
    days = {name: day.isoformat() for name in _DAYS if (day := getattr(case, name))}
    return {"state": case.state.value, "days": days}


def place_of(case: Case) -> dict[str, Any]:
    """Say how a case came and where it is counted, which is settled when it is raised and never changes."""
    return {
        "route": case.route,
        "directorate": str(case.directorate_id) if case.directorate_id else None,
        "site": str(case.site_id) if case.site_id else None,
    }


def stands_as(case: Case, sealed: Mapping[str, Any]) -> bool:
    """Say whether the row says what was sealed last; what was sealed before it said so can be held against nothing."""
    return all(sealed.get(name, said) == said for name, said in standing_of(case).items())
