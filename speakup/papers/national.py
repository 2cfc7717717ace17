"""National figures beside a publication: all that were out on its day stand in it, so that it never changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from speakup.assurance import FIRST_SHIPPED, NATIONAL, Indicator, Reference, Subject, Unit


@dataclass(frozen=True, slots=True)
class NationalFigure:
    """One figure of one period as one source gave it; `assurance.Reference` says what each field holds."""

    of: str
    period: str
    value: str
    unit: str
    published: date
    publication: str
    exact: str
    about: bool


def known_on(day: date, figures: Iterable[Reference] = NATIONAL) -> tuple[NationalFigure, ...]:
    """Every figure that was out on a day, those that were put right since with them."""
    return tuple(_kept(each) for each in figures if each.published <= day)


def known_before_kept(day: date) -> tuple[NationalFigure, ...]:
    """What a publication of a day was shown beside before publications held their own: what was shipped then."""
    return known_on(day, FIRST_SHIPPED)


def references(figures: Iterable[NationalFigure]) -> list[Reference]:
    """The figures, to be asked which were in force."""
    return [
        Reference(
            Subject(each.of) if each.of in set(Subject) else Indicator(each.of),
            each.period,
            Decimal(each.value),
            Unit(each.unit),
            each.published,
            each.publication,
            each.exact,
            each.about,
        )
        for each in figures
    ]


def _kept(figure: Reference) -> NationalFigure:
    return NationalFigure(
        figure.of.value,
        figure.period,
        f"{figure.value:f}",
        figure.unit.value,
        figure.published,
        figure.publication,
        figure.exact,
        figure.about,
    )
