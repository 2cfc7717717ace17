"""When nobody who receives is here: no look is promised before one is back, and colleagues see the closed door."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from speakup import accounts, organisations
from speakup.kernel.ids import new_id
from speakup.organisations import Organisation
from speakup.policy import CASE_ROLES
from speakup.web import danger
from speakup.web.labels import long_day
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]


def send_away(trust: Trust, days: int, *, but: tuple[Colleague, ...] = ()) -> date:
    """Let everybody who receives be away for so many days more; return the last of them."""
    with trust.work() as uow:
        last = uow.today + timedelta(days=days)
        for each in accounts.members(uow):
            if each.membership.drafted_roles & CASE_ROLES and each.id not in {person.id for person in but}:
                uow.session.add(
                    accounts.Absence(
                        organisation_id=trust.id,
                        id=new_id(),
                        person_id=each.id,
                        first_on=uow.today,
                        last_on=last,
                        agreed=True,
                    )
                )
    return last


@pytest.mark.parametrize(
    ("back", "said"),
    [
        (date(2026, 11, 23), "today at 2 pm"),
        (date(2026, 11, 24), "Tuesday 24 November at 9 am"),
        (date(2026, 12, 20), "Monday 21 December at 9 am"),
        (None, ""),
    ],
)
def test_the_next_look_is_never_before_somebody_is_back(back: date | None, said: str) -> None:
    organisation = Organisation(
        country=organisations.Country.ENGLAND, next_look_hours="8 9 10 11 12 13 14", first_look_hour=9
    )
    with_now = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
    assert danger.next_look(organisation, with_now, back) == said


def test_pages_promise_no_look_while_everybody_is_away(browser: PageClient, trust: Trust) -> None:
    last = send_away(trust, 20)
    page = browser.get("/")
    assert "We cannot take what you want to tell us here today" in page.text
    later = [last + timedelta(days=n) for n in range(1, 8)]
    promised = [day for day in later if f"next look: {long_day(day)}" in page.text]
    assert len(promised) == 1


def test_colleagues_see_on_every_page_that_absence_has_closed_the_front_door(signed_in: SignIn, trust: Trust) -> None:
    send_away(trust, 3, but=(trust.second_guardian,))
    theirs = signed_in(trust.second_guardian)
    for address in ("/cases", "/colleagues", "/account"):
        assert "Fewer than two people who can receive one are here" in theirs.get(address).text
    assert "Fewer than two" not in signed_in(trust.administrator).get("/account").text


def test_the_last_but_one_to_go_away_is_told_that_the_front_door_closes(signed_in: SignIn, trust: Trust) -> None:
    send_away(trust, 3, but=(trust.guardian, trust.second_guardian))
    theirs = signed_in(trust.guardian)
    assert "the front door closes until one is back" in theirs.get("/account/absence").text
    with trust.work(writes=False) as uow:
        last = uow.today + timedelta(days=2)
    fields = {"until-day": str(last.day), "until-month": str(last.month), "until-year": str(last.year)}
    page = theirs.submit("/account/absence", **fields)
    assert "The front door is closed from now on" in page.text
