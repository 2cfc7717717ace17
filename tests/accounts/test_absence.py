"""Which last day away is taken."""

from datetime import date, timedelta

import pytest

from speakup import accounts
from speakup.kernel.errors import Invalid
from tests.trusts import Trust

TODAY = date(2027, 3, 27)


@pytest.mark.parametrize(
    ("until", "fault"),
    [
        (None, ""),
        (date(2027, 3, 26), "past"),
        (TODAY, ""),
        (date(2028, 3, 27), ""),
        (date(2028, 3, 28), "far"),
        (date.max, "far"),
    ],
)
def test_the_last_day_away_lies_between_today_and_a_year_ahead(until: date | None, fault: str) -> None:
    assert accounts.absence_fault(until, TODAY) == fault


@pytest.mark.parametrize("days", [-1, 367])
def test_no_page_has_to_be_trusted_to_refuse_a_day(trust: Trust, days: int) -> None:
    with trust.work(trust.lead) as uow:
        membership = accounts.member(uow, trust.lead.id).membership
        with pytest.raises(Invalid):
            accounts.mark_absent(uow, membership, uow.today + timedelta(days=days))
    with trust.work(trust.administrator) as uow:
        membership = accounts.member(uow, trust.lead.id).membership
        with pytest.raises(Invalid):
            accounts.ask_absence(uow, membership, uow.today + timedelta(days=days))
