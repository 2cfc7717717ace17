"""Reminders and the calendar, as somebody keeps them on their account page."""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from icalendar import Calendar

from speakup import accounts, cases, insight, returns
from speakup.accounts import CalendarAddress
from speakup.returns import Quarter, Window
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

SignIn = Callable[[Colleague], PageClient]
PAGE = "/account/reminders"


@pytest.fixture
def raised(trust: Trust) -> RaisedCase:
    return factories.raised_case(trust)


@pytest.fixture
def guardian(raised: RaisedCase) -> Colleague:
    return readers_of(raised)[0]


@pytest.fixture
def theirs(guardian: Colleague, signed_in: SignIn) -> PageClient:
    return signed_in(guardian)


def events_of(read: Page) -> list[Any]:
    """Read the events as a calendar program does."""
    return list(Calendar.from_ical(read.body).walk("VEVENT"))


def drawn(browser: PageClient, button: str = "Make an address") -> str:
    """Press the button; return the path of the address that is shown."""
    shown = browser.submit(PAGE, button)
    [address] = [each.get_text() for each in shown.soup.select(".app-typed")]
    assert address.startswith("https://")
    return urlsplit(address).path


def test_the_letter_is_switched_off_and_on(theirs: PageClient, trust: Trust, guardian: Colleague) -> None:
    assert "Reminders and calendar By e-mail" in theirs.get("/account").text
    theirs.submit(PAGE, "Save", wanted=None)
    with trust.work(guardian) as uow:
        assert not accounts.member(uow, guardian.id).membership.reminders
    assert "Reminders and calendar No e-mail" in theirs.get("/account").text
    theirs.submit(PAGE, "Save", wanted="y")
    assert "Reminders and calendar By e-mail" in theirs.get("/account").text


def test_a_calendar_reads_how_many_things_are_due_and_not_a_word_about_them(
    theirs: PageClient, browser: PageClient, raised: RaisedCase, guardian: Colleague
) -> None:
    with raised.as_(guardian) as (uow, case):
        cases.title_case(uow, case, "Telltale title")
        expected = [(each.due_on, "1 thing is due") for each in cases.clock_lines(uow, case)]
    read = browser.get(drawn(theirs))
    assert read.response.content_type == "text/calendar; charset=utf-8"
    assert [(each["DTSTART"].dt, str(each["SUMMARY"])) for each in events_of(read)] == expected
    for word in ("Telltale", raised.ref, str(raised.id), str(guardian.id), guardian.name, "Speak", "Anytown"):
        assert word not in read.body


def test_two_clocks_of_one_day_are_one_line(theirs: PageClient, browser: PageClient, raised: RaisedCase) -> None:
    others = [factories.raised_case(raised.trust) for _ in range(2)]
    mine = 1 + sum(readers_of(raised)[0] in readers_of(each) for each in others)
    lines = [str(each["SUMMARY"]) for each in events_of(browser.get(drawn(theirs)))]
    assert len(lines) == 3
    assert all(line.startswith(str(mine)) for line in lines)


def test_the_last_day_of_a_return_stands_in_the_calendar_of_those_who_sign_it_until_it_is_signed(
    trust: Trust, signed_in: SignIn, browser: PageClient
) -> None:
    with trust.work(trust.guardian) as uow:
        last = uow.today + timedelta(days=9)
        quarter = Quarter.read(insight.quarter_of(uow.today)).before
        returns.keep_window(uow, quarter, Window(None, last), 0)
    theirs, others = (drawn(signed_in(each)) for each in (trust.guardian, trust.non_executive_lead))
    [event] = events_of(browser.get(theirs))
    assert (event["DTSTART"].dt, str(event["SUMMARY"])) == (last, "1 thing is due")
    assert "eturn" not in browser.get(theirs).body
    assert events_of(browser.get(others)) == []
    with trust.work(trust.guardian) as uow:
        mark = returns.open_return(uow, quarter).mark
        returns.check_return(uow, quarter, mark)
        returns.submit_return(uow, quarter, mark)
    assert events_of(browser.get(theirs)) == []


def test_a_held_up_clock_is_not_in_the_calendar_and_a_late_one_stands_today(
    theirs: PageClient, browser: PageClient, raised: RaisedCase, guardian: Colleague
) -> None:
    clocks = sa.table(
        "case_clock", sa.column("due_on", sa.Date()), sa.column("days_left", sa.Integer()), sa.column("kind")
    )
    with raised.as_(guardian) as (uow, case):
        today, long_ago = uow.today, case.raised_on.replace(year=case.raised_on.year - 1)
    with raised.trust.stored.unbound() as connection:
        connection.execute(clocks.update().where(clocks.c.kind == "acknowledge").values(due_on=long_ago))
        connection.execute(clocks.update().where(clocks.c.kind != "acknowledge").values(days_left=3))
    [event] = events_of(browser.get(drawn(theirs)))
    assert event["DTSTART"].dt == today


def test_it_sets_no_cookie_and_is_never_stored(theirs: PageClient, browser: PageClient) -> None:
    read = browser.get(drawn(theirs))
    assert read.response.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in read.response.headers
    assert browser.cookies() == set()


def test_only_a_hash_of_the_secret_is_kept(theirs: PageClient, trust: Trust, guardian: Colleague) -> None:
    secret = drawn(theirs).removeprefix("/calendar/").removesuffix(".ics")
    assert len(secret) > 40
    with trust.work(guardian) as uow:
        row = uow.session.get(CalendarAddress, (trust.id, guardian.id))
        assert row is not None
        assert len(row.secret_hash) == 32
        assert secret.encode() not in row.secret_hash
    assert secret not in theirs.get(PAGE).body


def test_replacing_or_ending_the_address_leaves_nothing_behind_it(theirs: PageClient, browser: PageClient) -> None:
    first = drawn(theirs)
    second = drawn(theirs, "Replace the address")
    absent = browser.get("/calendar/never-was-one.ics")
    gone = browser.get(first)
    assert (gone.status, gone.body) == (absent.status, absent.body)
    assert browser.get(second).status == 200
    assert "opens nothing any more" in theirs.submit(PAGE, "End the address").text
    ended = browser.get(second)
    assert (ended.status, ended.body) == (404, absent.body)
    assert "Set-Cookie" not in ended.response.headers


def test_an_address_opens_nothing_at_another_organisation_or_once_its_owner_has_left(
    theirs: PageClient, browser: PageClient, trust: Trust, guardian: Colleague
) -> None:
    path = drawn(theirs)
    elsewhere = PageClient(browser.app, "otherham.localhost")
    assert elsewhere.get(path).status == 404
    with trust.work() as uow:
        membership = accounts.member(uow, guardian.id).membership
        membership.left_on = uow.today
    assert browser.get(path).status == 404


def test_guessing_is_slowed_down_and_a_wrong_address_is_in_no_log(
    browser: PageClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for n in range(4):
            assert browser.get(f"/calendar/telltale-{n}.ics").status == 404
    assert "telltale" not in caplog.text


def test_whoever_has_no_cases_is_offered_none_of_it(trust: Trust, signed_in: SignIn) -> None:
    administrator = signed_in(trust.administrator)
    assert "Reminders" not in administrator.get("/account").text
    assert administrator.get(PAGE).status == 404
