"""What figures are called in a publication: part of what is signed and never changes, so it is English."""

from collections.abc import Mapping
from typing import Final

from speakup.assurance.models import Indicator, Unit

TITLES: Final[Mapping[Indicator, str]] = {
    Indicator.SUB_SCORE: "Staff survey: raising concerns (sub-score)",
    Indicator.CLINICAL_SECURE: "Staff survey: secure raising concerns about unsafe clinical practice",
    Indicator.CLINICAL_ADDRESSED: "Staff survey: confident that a clinical concern would be addressed",
    Indicator.SAFE: "Staff survey: safe to speak up about anything that concerns me",
    Indicator.ADDRESSED: "Staff survey: if I spoke up, confident that it would be addressed",
    Indicator.SICKNESS: "Sickness absence",
    Indicator.TURNOVER: "Staff turnover",
    Indicator.GRIEVANCES: "Grievances",
    Indicator.INCIDENTS: "Reported incidents",
}
"""Another figure has a name of its own."""

UNITS: Final[Mapping[Unit, str]] = {
    Unit.PERCENT: "%",
    Unit.OUT_OF_TEN: "out of 10",
    Unit.NUMBER: "",
    Unit.PER_STAFF: "per 1,000 staff",
    Unit.PER_BED_DAYS: "per 1,000 bed days",
}


def title_of(indicator: Indicator, name: str) -> str:
    """Return what a figure is called."""
    return TITLES.get(indicator, name)
