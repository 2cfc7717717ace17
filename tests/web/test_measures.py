"""`/publications/headcount` through the pages: numbers typed or pasted, larger groups, and when a quarter closes."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from speakup import insight, organisations
from speakup.insight import Measured
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]
HERE = "/publications/headcount"


@pytest.fixture
def places(trust: Trust) -> dict[str, str]:
    """Every directorate's name and key."""
    with trust.work() as uow:
        return {name: key for key, name in insight.groups_of(uow, Measured.DIRECTORATE).items()}


def boxes(day: date) -> dict[str, str]:
    return {"as_of-day": str(day.day), "as_of-month": str(day.month), "as_of-year": str(day.year)}


def counted(trust: Trust, dimension: Measured = Measured.DIRECTORATE) -> dict[str, int]:
    with trust.work(trust.guardian) as uow:
        return {each.key: each.count for each in insight.headcounts(uow, dimension)}


@pytest.mark.parametrize("who", ["guardian", "lead", "administrator"])
def test_two_columns_of_a_spreadsheet_are_pasted(
    trust: Trust, signed_in: SignIn, places: dict[str, str], who: str
) -> None:
    browser = signed_in(trust.people[who])
    name, key = next(iter(places.items()))
    saved = browser.submit(f"{HERE}/directorate", "Save", lines=f"{name.upper()}\t1,204\n", source="ESR")
    assert "Saved" in saved.text
    assert counted(trust) == {key: 1204}
    assert "1204" in saved.text


def test_what_can_not_be_read_is_said_line_by_line_and_nothing_is_lost(
    guardian: PageClient, trust: Trust, places: dict[str, str]
) -> None:
    name = next(iter(places))
    typed = f"{name}, many\nNowhere, 12\n{name}, 10\n{name}, 11"
    page = guardian.submit(f"{HERE}/directorate", "Save", lines=typed, source="ESR")
    assert page.status == 422
    for words in ("“many” is no whole number", "“Nowhere” is not in the list", "stands there twice"):
        assert words in page.text
    assert name in page.soup.select_one("textarea").get_text()  # type: ignore[union-attr]
    assert counted(trust) == {}


@pytest.mark.parametrize("typed", ["12.5", "1.204", "1 2 3", "12 34", "12,3456", "٣٤", "-4"])
def test_what_is_no_whole_number_is_refused_and_not_read_as_another(
    guardian: PageClient, trust: Trust, places: dict[str, str], typed: str
) -> None:
    page = guardian.submit(f"{HERE}/directorate", "Save", lines=f"{next(iter(places))}\t{typed}", source="ESR")
    assert page.status == 422
    assert f"“{typed}” is no whole number" in page.text
    assert counted(trust) == {}


@pytest.mark.parametrize(
    ("typed", "count"), [("1204", 1204), ("1,204", 1204), ("1 204", 1204), ("1\u00a0204\u00a0000", 1204000)]
)
def test_thousands_may_be_parted(
    guardian: PageClient, trust: Trust, places: dict[str, str], typed: str, count: int
) -> None:
    (name, key), *_others = places.items()
    guardian.submit(f"{HERE}/directorate", "Save", lines=f"{name}\t{typed}", source="ESR")
    assert counted(trust) == {key: count}


def test_a_fresh_page_is_filled_in_partly(guardian: PageClient, trust: Trust) -> None:
    page = guardian.get(f"{HERE}/worker_group")
    served = page.soup.select_one("textarea").get_text().strip().splitlines()  # type: ignore[union-attr]
    assert len(served) > 1
    lines = "\n".join([served[0], f"{served[1]}\t12", *served[2:]])
    assert "Saved" in guardian.submit(page, "Save", lines=lines, source="ESR").text
    with trust.work() as uow:
        names = insight.groups_of(uow, Measured.WORKER_GROUP)
    assert {names[key]: count for key, count in counted(trust, Measured.WORKER_GROUP).items()} == {served[1]: 12}


def test_a_page_on_which_no_number_was_written_is_not_saved(guardian: PageClient, trust: Trust) -> None:
    page = guardian.submit(f"{HERE}/worker_group", "Save", source="ESR")
    assert page.status == 422
    assert "Write how many people work in at least one of them" in page.text
    assert counted(trust, Measured.WORKER_GROUP) == {}


@pytest.mark.parametrize("address", [f"{HERE}/directorate", f"{HERE}/directorate/groups"])
def test_more_lines_than_are_read_are_said_and_not_cut(
    guardian: PageClient, trust: Trust, places: dict[str, str], address: str
) -> None:
    lines = f"{next(iter(places))}\t12" + "\n" * 2_000 + "x"
    source = {} if address.endswith("groups") else {"source": "ESR"}
    page = guardian.submit(address, "Save", lines=lines, **source)
    assert page.status == 422
    assert "There are more than 2000 lines" in page.text
    assert counted(trust) == {}


def test_the_running_quarter_is_not_listed_once_its_first_case_was_counted(guardian: PageClient, trust: Trust) -> None:
    before = guardian.get(HERE).text
    with trust.work(trust.guardian) as uow:
        running = insight.quarter_of(uow.today)
        insight.push(uow, insight.Counts(uow.today, "open", worker_group="not_known"), None)
        assert running in [each.name for each in insight.quarters(uow)]
    assert guardian.get(HERE).text == before


def test_a_number_of_tomorrow_is_refused(guardian: PageClient, trust: Trust, places: dict[str, str]) -> None:
    with trust.work() as uow:
        tomorrow = uow.today + timedelta(days=1)
    lines = f"{next(iter(places))}, 12"
    page = guardian.submit(f"{HERE}/directorate", "Save", lines=lines, source="ESR", **boxes(tomorrow))
    assert page.status == 422
    assert "not in the future" in page.text


def test_larger_groups_become_rungs_of_what_is_published(
    guardian: PageClient, trust: Trust, places: dict[str, str]
) -> None:
    (first, key), *_others = places.items()
    guardian.submit(f"{HERE}/directorate/groups", "Save", lines=f"{first}; Clinical; Everything")
    with trust.work(trust.guardian) as uow:
        assert insight.ladder(uow, Measured.DIRECTORATE) == {key: ("Clinical", "Everything")}
        dimension = insight.cases_population(uow, ["2026-27/Q1"]).named["directorate"]
    assert [any(line.label == "Clinical" for line in rung) for rung in dimension.ladder] == [False, True, False]


def test_whoever_saves_over_somebody_else_is_shown_what_stands_and_keeps_their_words(
    guardian: PageClient, trust: Trust, signed_in: SignIn, places: dict[str, str]
) -> None:
    first = next(iter(places))
    mine = guardian.get(f"{HERE}/directorate/groups")
    signed_in(trust.lead).submit(f"{HERE}/directorate/groups", "Save", lines=f"{first}; Theirs")
    again = guardian.submit(mine, "Save", lines=f"{first}; Mine")
    assert again.status == 409
    assert "Theirs" in again.text
    assert "Mine" in again.soup.select_one("textarea").get_text()  # type: ignore[union-attr]
    assert "Saved" in guardian.submit(again, "Save", lines=f"{first}; Mine").text


def test_a_quarter_closes_no_sooner_than_after_four_weeks(guardian: PageClient, trust: Trust) -> None:
    assert guardian.submit(HERE, "Save", days="27").status == 422
    assert "Saved" in guardian.submit(HERE, "Save", days="35").text
    with trust.work() as uow:
        assert organisations.here(uow).quarter_closes_after == 35


def test_every_page_says_whose_it_is(guardian: PageClient, trust: Trust) -> None:
    for page in (HERE, f"{HERE}/all", f"{HERE}/directorate/groups"):
        assert trust.name in guardian.get(page).soup.select_one("header").get_text()  # type: ignore[union-attr]
