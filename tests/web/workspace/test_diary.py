"""`/diary` through the pages: two clicks, months, marks, and a spreadsheet of one's own."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from speakup import diary, organisations
from speakup.diary import DiaryEntry
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

SignIn = Callable[[Colleague], PageClient]


def entries(trust: Trust, who: Colleague | None = None) -> list[DiaryEntry]:
    with trust.work(who or trust.guardian) as uow:
        return diary.every_entry(uow)


def day(value: date) -> dict[str, str]:
    return {"day-day": str(value.day), "day-month": str(value.month), "day-year": str(value.year)}


def today(trust: Trust) -> date:
    with trust.work() as uow:
        return uow.today


def rows_of(page: Page) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in page.soup.select("tbody tr")]


def test_from_the_worklist_to_an_hour_saved_are_two_clicks(guardian: PageClient, trust: Trust) -> None:
    worklist = guardian.get("/cases")
    link = worklist.soup.select_one("nav a[href='/diary']")
    assert link is not None
    saved = guardian.submit(guardian.get("/diary"), "Save")
    assert "Saved" in saved.text
    (entry,) = entries(trust)
    assert (entry.day, entry.kind, entry.quarters) == (today(trust), diary.Kind.VISIT, 4)
    assert len(rows_of(saved)) == 1
    guardian.submit(saved, "Save", kind="supervision", hours="0,5")
    assert guardian.get("/diary").soup.select_one('[name="kind"] [selected]')["value"] == "supervision"  # type: ignore[index]


@pytest.mark.parametrize(
    ("typed", "quarters"),
    [("1", 4), ("1.25", 5), ("0,75", 3), (".5", 2), ("1:45", 7), ("12", 48), ("24", 96), (" 2.5 ", 10), ("0.50", 2)],
)
def test_hours_are_read_as_people_write_them(guardian: PageClient, trust: Trust, typed: str, quarters: int) -> None:
    assert guardian.submit("/diary", "Save", hours=typed).status == 200
    assert entries(trust)[0].quarters == quarters


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"hours": ""}, "Write how long it took"),
        ({"hours": "1.3"}, "Write hours in quarters: for example 1, 0.75, 1.25 or 1:15"),
        ({"hours": "1:20"}, "Write hours in quarters: for example 1, 0.75, 1.25 or 1:15"),
        ({"hours": "٣"}, "Write hours in quarters: for example 1, 0.75, 1.25 or 1:15"),
        ({"hours": "0"}, "Write between a quarter of an hour and 24 hours"),
        ({"hours": "25"}, "Write between a quarter of an hour and 24 hours"),
        ({"people": "some"}, "Write a whole number, in digits"),
        ({"people": "200001"}, "Write a number up to 100,000"),
        ({"people": "1000000"}, "Write a number up to 100,000"),
        ({"day-day": "31", "day-month": "2"}, "Write a day that exists, in numbers: for example 27 3 2027"),
        ({"day-year": "2009"}, "That is too long ago. Write a day since 2010"),
        ({"day-year": "2090"}, "That day is still to come. Write today or an earlier day"),
        ({"kind": "holiday"}, "Choose from the answers shown."),
        ({"groups": ["estates", "nobody"]}, "Choose from the answers shown."),
        ({"directorate": "x"}, "Choose from the answers shown."),
        (
            {"groups": ["estates"], "people": "3"},
            "With fewer than five people, name no place and no group: together they could tell who spoke to you",
        ),
    ],
)
def test_a_fault_is_a_sentence_and_what_was_typed_stays(
    guardian: PageClient, trust: Trust, fields: dict[str, str], error: str
) -> None:
    refused = guardian.submit("/diary", "Save", **fields)
    assert refused.status == 422
    assert refused.errors == [error]
    for name, value in fields.items():
        field = refused.soup.select_one(f'input[type=text][name="{name}"]')
        assert field is None or field["value"] == value
    assert entries(trust) == []
    folded = refused.soup.select_one("details")
    assert folded is not None
    assert folded.has_attr("open") is bool(set(fields) & {"groups", "people", "directorate"})


def test_an_entry_is_changed_and_deleted(guardian: PageClient, trust: Trust) -> None:
    with trust.work() as uow:
        place, site = organisations.directorates(uow)[0], organisations.sites(uow)[0]
    saved = guardian.submit(
        "/diary", "Save", directorate=str(place.id), site=str(site.id), groups=["estates", "students"], people="1,200"
    )
    (row,) = rows_of(saved)
    assert "Surgery, Main hospital Estates and ancillary; Students 1200" in row
    (entry,) = entries(trust)
    page = guardian.get(f"/diary/{entry.id}")
    changed = guardian.submit(page, "Save", hours="2:15", groups=["students"])
    assert "2.25" in rows_of(changed)[0]
    stale = guardian.submit(page, "Save", hours="7")
    assert stale.status == 409
    assert "This entry was changed in another window" in stale.errors[0]
    assert "2.25 hours" in stale.text
    assert stale.soup.select_one('[name="hours"]')["value"] == "7"  # type: ignore[index]
    assert "7" in rows_of(guardian.submit(stale, "Save"))[0]
    assert "Nothing in this month" in guardian.submit(f"/diary/{entry.id}", "Delete this entry").text
    assert guardian.get(f"/diary/{entry.id}").status == 404


def test_a_directorate_that_closed_stays_on_the_entry_that_names_it(guardian: PageClient, trust: Trust) -> None:
    with trust.work() as uow:
        place = organisations.directorates(uow)[0]
    guardian.submit("/diary", "Save", directorate=str(place.id))
    with trust.work() as uow:
        yesterday = uow.today - timedelta(days=1)
        organisations.close_directorate(uow, organisations.find_directorate(uow, place.id), yesterday)
    (entry,) = entries(trust)
    assert str(place.id) not in guardian.get("/diary").body
    saved = guardian.submit(f"/diary/{entry.id}", "Save", hours="3")
    assert "Surgery" in rows_of(saved)[0]


def test_a_month_shows_its_sums_and_leads_to_the_one_before(guardian: PageClient, trust: Trust) -> None:
    long_ago = today(trust).replace(day=1) - timedelta(days=1)
    guardian.submit("/diary", "Save", hours="1.5", people="40")
    saved = guardian.submit("/diary", "Save", hours="2", kind="network", **day(long_ago))
    assert f"month={long_ago:%Y-%m}" in saved.path
    assert "2 hours in all 2 Network or meeting" in saved.text
    assert "/diary?month=" in " ".join(saved.links())
    assert "1.5 hours in all 1.5 Visit or walkabout 40 people" in guardian.get("/diary").text
    for asked in ("2999-01", "2026-13", "x", "1999-01"):
        assert "1.5 hours in all" in guardian.get(f"/diary?month={asked}").text


def test_what_was_reached_and_what_was_not(guardian: PageClient, signed_in: SignIn, trust: Trust) -> None:
    with trust.work() as uow:
        place = organisations.directorates(uow)[0]
    signed_in(trust.second_guardian).submit("/diary", "Save", directorate=str(place.id), groups=["estates"], hours="3")
    page = guardian.get("/diary/reach")
    row = rows_of(page)[0]
    reached, _not, rest = row.partition("Additional clinical services")
    assert reached.strip() == "Surgery Estates and ancillary"
    assert "Students" in rest
    assert "Not known" not in row
    nowhere = page.soup.select_one(".nhsuk-inset-text")
    assert nowhere is not None
    assert "Estates" not in nowhere.get_text()
    assert "Your hours by month" in page.text
    assert "Hours of the whole team by month" in signed_in(trust.lead).get("/diary/reach").text
    assert "3" in rows_of(signed_in(trust.lead).get("/diary/reach"))[1]
    assert "Hugh" not in page.text


def test_a_diary_leaves_as_a_spreadsheet_that_reckons_with_nothing(guardian: PageClient, trust: Trust) -> None:
    with trust.work() as uow:
        place = organisations.add_directorate(uow, "=cmd|' /C calc'!A0", 90)
    guardian.submit("/diary", "Save", directorate=str(place.id), groups=["estates", "students"], people="12")
    answer = guardian.get("/diary/csv").response
    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store"
    header, row = csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    assert header[:3] == ["Day", "What", "Hours"]
    assert row[:3] == [today(trust).isoformat(), "Visit or walkabout", "1"]
    assert row[3:] == ["'=cmd|' /C calc'!A0", "", "Estates and ancillary; Students", "12"]


@pytest.mark.parametrize("role", ["administrator", "non_executive_lead", "buddy"])
def test_whoever_keeps_no_diary_finds_none(signed_in: SignIn, trust: Trust, role: str) -> None:
    browser = signed_in(trust.people[role])
    for address in ("/diary", "/diary/reach", "/diary/csv"):
        assert browser.get(address).status == 404
    assert "/diary" not in browser.get("/account").links()
