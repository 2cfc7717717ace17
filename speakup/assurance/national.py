"""National reference figures, each with who published it and when.

Published figures move after reconciliation, so a figure is never overwritten here: the later publication stands beside
the earlier one, and `in_force` says which was the newest on a day. Only figures that a source was seen for are listed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from speakup.assurance.models import Indicator, Unit


class Subject(StrEnum):
    """What is counted nationally of cases."""

    CASES = "cases"
    ANONYMOUS = "anonymous"
    PATIENT_SAFETY = "patient_safety"
    WORKER_SAFETY = "worker_safety"
    BULLYING = "bullying_harassment"
    BEHAVIOURS = "other_behaviours"
    DETRIMENT = "detriment"
    FEEDBACK_RETURNED = "feedback returned"
    SPEAK_UP_AGAIN = "speak up again"


@dataclass(frozen=True, slots=True)
class Reference:
    """One figure of one period, as one publication gave it."""

    of: Subject | Indicator
    period: str
    """A financial year, as 2023-24; of the staff survey the year in which it was held, as 2024."""
    value: Decimal
    unit: Unit
    published: date
    """The first day of a month, or of a year, where no more is known: see `exact`."""
    publication: str
    exact: str = "day"
    """How exactly the date is known: day, month or year."""
    about: bool = False
    """Whether the source says about, or more than."""


_FIRST_RETURNS = ("Thousands of NHS staff use speak up guardians (Health Service Journal)", date(2018, 1, 1), "year")
_OF_2019 = ("National Guardian’s Office, Speaking up in the NHS in England 2018/19", date(2020, 1, 1), "month")
_OF_2022 = ("National Guardian’s Office, Speaking up remains at pandemic levels", date(2022, 7, 7), "day")
_OF_2023 = ("National Guardian’s Office, annual data report 2022/23", date(2023, 7, 6), "day")
_OF_2024 = ("National Guardian’s Office, annual data report 2023/24, as the press gave it", date(2024, 1, 1), "year")
_LORDS = ("Written answer to the House of Lords, HL392", date(2024, 8, 1), "month")
_SURVEY_2023 = ("National Guardian’s Office on the NHS Staff Survey, in Croner-i", date(2023, 4, 26), "day")
_SURVEY_2025 = (
    "National Guardian’s Office, Speaking up in healthcare: has progress plateaued?", date(2025, 3, 20), "day",
)  # fmt: skip
_SURVEY_SAFE = ("National Guardian in the Health Service Journal", date(2022, 1, 1), "year")

_Publication = tuple[str, date, str]


def _figure(
    of: Subject | Indicator,
    period: str,
    value: str,
    where: _Publication,
    unit: Unit = Unit.PERCENT,
    *,
    about: bool = False,
) -> Reference:
    publication, published, exact = where
    return Reference(of, period, Decimal(value), unit, published, publication, exact, about)


_S = Subject
FIRST_SHIPPED: Final = (
    _figure(_S.CASES, "2017-18", "7000", _FIRST_RETURNS, Unit.NUMBER, about=True),
    _figure(_S.ANONYMOUS, "2017-18", "17.7", _FIRST_RETURNS),
    _figure(_S.BULLYING, "2017-18", "45", _FIRST_RETURNS),
    _figure(_S.DETRIMENT, "2017-18", "5", _FIRST_RETURNS),
    _figure(_S.CASES, "2018-19", "12244", _OF_2019, Unit.NUMBER),
    _figure(_S.ANONYMOUS, "2018-19", "12", _OF_2019),
    _figure(_S.DETRIMENT, "2018-19", "5", _OF_2019),
    _figure(_S.CASES, "2020-21", "20388", _OF_2022, Unit.NUMBER),
    _figure(_S.PATIENT_SAFETY, "2020-21", "18", _OF_2022),
    _figure(_S.BULLYING, "2020-21", "30.1", _OF_2022),
    _figure(_S.DETRIMENT, "2020-21", "3.1", _OF_2022),
    _figure(_S.CASES, "2021-22", "20362", _OF_2022, Unit.NUMBER),
    _figure(_S.ANONYMOUS, "2021-22", "10.4", _OF_2022),
    _figure(_S.PATIENT_SAFETY, "2021-22", "19.1", _OF_2022),
    _figure(_S.PATIENT_SAFETY, "2021-22", "18.8", _OF_2023),
    _figure(_S.WORKER_SAFETY, "2021-22", "13.7", _OF_2022),
    _figure(_S.BULLYING, "2021-22", "32.3", _OF_2022),
    _figure(_S.BULLYING, "2021-22", "31.8", _OF_2023),
    _figure(_S.DETRIMENT, "2021-22", "4.3", _OF_2022),
    _figure(_S.CASES, "2022-23", "25382", _OF_2023, Unit.NUMBER),
    _figure(_S.CASES, "2022-23", "25209", _OF_2024, Unit.NUMBER),
    _figure(_S.ANONYMOUS, "2022-23", "9.3", _OF_2023),
    _figure(_S.PATIENT_SAFETY, "2022-23", "19.3", _OF_2023),
    _figure(_S.PATIENT_SAFETY, "2022-23", "19.4", _OF_2024),
    _figure(_S.WORKER_SAFETY, "2022-23", "27.4", _OF_2023),
    _figure(_S.WORKER_SAFETY, "2022-23", "27.6", _OF_2024),
    _figure(_S.BULLYING, "2022-23", "21.7", _OF_2023),
    _figure(_S.BEHAVIOURS, "2022-23", "30", _OF_2023),
    _figure(_S.BEHAVIOURS, "2022-23", "30.2", _OF_2024),
    _figure(_S.DETRIMENT, "2022-23", "3.9", _OF_2023),
    _figure(_S.CASES, "2023-24", "32167", _OF_2024, Unit.NUMBER),
    _figure(_S.PATIENT_SAFETY, "2023-24", "18.7", _OF_2024),
    _figure(_S.WORKER_SAFETY, "2023-24", "32.3", _OF_2024),
    _figure(_S.BULLYING, "2023-24", "19.8", _OF_2024),
    _figure(_S.BEHAVIOURS, "2023-24", "38.5", _OF_2024),
    *(
        _figure(of, period, value, _LORDS)
        for period, again, returned in (
            ("2019-20", "85.2", "29.4"), ("2020-21", "84.3", "31.8"), ("2021-22", "85.1", "29.5"),
            ("2022-23", "83.2", "28.6"), ("2023-24", "79.8", "26.2"),
        )
        for of, value in ((_S.SPEAK_UP_AGAIN, again), (_S.FEEDBACK_RETURNED, returned))
    ),
    _figure(Indicator.SUB_SCORE, "2021", "6.5", _SURVEY_2023, Unit.OUT_OF_TEN),
    _figure(Indicator.SUB_SCORE, "2022", "6.4", _SURVEY_2023, Unit.OUT_OF_TEN),
    _figure(Indicator.SUB_SCORE, "2023", "6.46", _SURVEY_2025, Unit.OUT_OF_TEN),
    _figure(Indicator.SUB_SCORE, "2024", "6.45", _SURVEY_2025, Unit.OUT_OF_TEN),
    _figure(Indicator.CLINICAL_SECURE, "2021", "75.0", _SURVEY_2023),
    _figure(Indicator.CLINICAL_SECURE, "2022", "71.9", _SURVEY_2023),
    _figure(Indicator.SAFE, "2020", "65.6", _SURVEY_SAFE),
    _figure(Indicator.SAFE, "2021", "62", _SURVEY_SAFE, about=True),
)  # fmt: skip

"""What was shipped while no publication held national figures of its own: those stand beside it. Nothing is added."""

NATIONAL: Final = (*FIRST_SHIPPED,)
"""Every figure that is known. Later ones are added here."""


def in_force(on: date, figures: Iterable[Reference] = NATIONAL) -> list[Reference]:
    """List the figure of each subject and period that was the newest publication on a day, oldest period first."""
    newest: dict[tuple[str, str], Reference] = {}
    for each in sorted(figures, key=lambda figure: figure.published):
        if each.published <= on:
            newest[each.of.value, each.period] = each
    return sorted(newest.values(), key=lambda each: (each.of.value, each.period))


def superseded(figure: Reference, on: date, figures: Iterable[Reference] = NATIONAL) -> list[Reference]:
    """List what earlier publications gave for the same subject and period, the newest first."""
    same = [
        each
        for each in figures
        if (each.of, each.period) == (figure.of, figure.period) and each != figure and each.published <= on
    ]
    return sorted(same, key=lambda each: each.published, reverse=True)
