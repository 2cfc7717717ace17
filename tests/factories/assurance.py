"""Figures that stand beside the published ones."""

from datetime import date
from decimal import Decimal

from speakup.assurance import FigureDetails, Indicator, Unit


def beside(
    as_of: date,
    value: str = "5.1",
    indicator: Indicator = Indicator.SICKNESS,
    unit: Unit = Unit.PERCENT,
    name: str = "",
) -> FigureDetails:
    """Sickness absence of 5.1 %, unless something else is said."""
    return FigureDetails(indicator, Decimal(value), unit, "Electronic staff record", as_of, name)
