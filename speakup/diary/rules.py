"""What an entry may say, and which months it is counted in."""

from dataclasses import dataclass
from datetime import date

MOST_QUARTERS = 96
MOST_PEOPLE = 100_000
FEWEST_NAMED = 5
"""With fewer people than this, an entry names no place and no group: beside a case of that day, they could say who."""

_MONTHS = 12


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """One month of one year."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def next(self) -> "Month":
        """The month after it."""
        return Month(self.year + self.number // _MONTHS, self.number % _MONTHS + 1)

    @property
    def before(self) -> "Month":
        """The month before it."""
        return Month(self.year - (self.number == 1), (self.number - 2) % _MONTHS + 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"


def month_of(day: date) -> Month:
    """Return the month a day is in."""
    return Month(day.year, day.month)


def months_before(day: date, count: int = _MONTHS) -> list[Month]:
    """List the month of a day and those before it, newest first."""
    months = [month_of(day)]
    while len(months) < count:
        months.append(months[-1].before)
    return months


def fault(quarters: int, people: int, *, names_whom: bool) -> tuple[str, str] | None:
    """Say which field of an entry is not acceptable, and why; None for a good one."""
    if not 1 <= quarters <= MOST_QUARTERS:
        return "quarters", "not of a day"
    if not 0 <= people <= MOST_PEOPLE:
        return "people", "not a count"
    if 0 < people < FEWEST_NAMED and names_whom:
        return "people", "too few"
    return None
