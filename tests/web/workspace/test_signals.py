"""`/signals` through the pages: what is more than chance, who is silent, and only the viewer's own cases behind it."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from speakup import cases, insight
from speakup.audit import Event
from speakup.audit.models import AuditEntry
from speakup.cases import HowRaised
from speakup.cases.operations.counting import counts_of
from speakup.disclosure import SafeFigure, SafeLimits, SafeSeries, SafeSignal
from speakup.disclosure.safe import SEAL
from speakup.insight import Counts, Measured, rose_again
from speakup.kernel.ids import new_id
from speakup.papers import ChartDecision, Section, Title
from tests import factories
from tests.factories.papers import sample_pack
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]


def pushed(trust: Trust, day: date, count: int, **said: object) -> None:
    """Count so many cases of a day."""
    with trust.database.work(trust.guardian.actor, at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC)) as uow:
        for _ in range(count):
            insight.push(uow, Counts(day, "open", worker_group="not_known", **said), None)  # type: ignore[arg-type]


def quarters_back(trust: Trust, count: int) -> list[date]:
    """A day in each of so many whole quarters, oldest first."""
    with trust.work() as uow:
        quarter = insight.quarter_of(uow.today)
    days = []
    for _ in range(count):
        quarter = insight.quarter_before(quarter)
        days.append(insight.first_day(quarter) + timedelta(days=20))
    return days[::-1]


@pytest.fixture
def years(trust: Trust) -> list[date]:
    """Three quiet years, whose last quarter is not quiet."""
    days = quarters_back(trust, 12)
    for place, day in enumerate(days):
        pushed(trust, day, 3 + place % 2, elements=frozenset({"worker_safety"}))
    pushed(trust, days[-1], 14, elements=frozenset({"bullying_harassment"}), themes=frozenset({"behaviours"}))
    return days


def test_what_is_more_than_chance_is_pointed_out(years: list[date], guardian: PageClient) -> None:
    page = guardian.get("/signals")
    found = {" ".join(row.get_text(" ").split()) for row in page.soup.select("tbody tr")}
    assert any(line.startswith("All cases") and "More than chance" in line for line in found)
    assert any(line.startswith("Element of bullying or harassment 14") for line in found)
    assert not any("worker safety" in line for line in found)


def test_a_chart_says_the_same_as_its_table(years: list[date], guardian: PageClient) -> None:
    page = guardian.get("/signals/element?of=bullying_harassment")
    counts = [int(cell.get_text()) for cell in page.soup.select("tbody td.nhsuk-table__cell--numeric")]
    assert counts == [14] + [0] * 11
    assert page.soup.select_one("svg[role=img] title") is not None


def line(name: str, quarters: Sequence[str], shown: Sequence[int], signals: Sequence[SafeSignal] = ()) -> SafeSeries:
    """A line as the board is shown it."""
    points = tuple((quarter, SafeFigure(value, seal=SEAL)) for quarter, value in zip(quarters, shown, strict=True))
    limits = (SafeLimits(0, len(points), 0, 5, 10),)
    return SafeSeries(name, "people", points, limits, tuple(signals), seal=SEAL)


def publish(trust: Trust, *lines: SafeSeries) -> None:
    """Publish the sample with these lines instead of its own."""
    titles = tuple(Title(each.name, Section.CASES, each.name, ("Quarter",)) for each in lines)
    sample = sample_pack()
    factories.published_pack(trust, replace(sample, series=lines, titles=(*sample.titles, *titles)))


def test_a_chart_that_says_to_the_board_something_else_is_named(
    trust: Trust, years: list[date], guardian: PageClient
) -> None:
    quarters = [insight.quarter_of(day) for day in years]
    outside = SafeSignal(len(quarters) - 1, "outside the limits", "high")
    publish(
        trust,
        line("cases", quarters, [5] * 12, [outside]),
        line("element/Element of bullying or harassment", quarters, [5] * 12),
    )
    page = guardian.get("/signals")
    (table,) = page.soup.select("table:has(caption:-soup-contains('say otherwise'))")
    rows = [[cell.get_text(" ", strip=True) for cell in row.select("td")] for row in table.select("tbody tr")]
    assert rows == [[quarters[-1], "outside the limits (high)", "no more than chance"]]
    assert "Element of bullying or harassment" in table.get_text()
    chart = guardian.get("/signals/element?of=bullying_harassment")
    assert f"The board’s chart says otherwise of {quarters[-1]}: no more than chance." in chart.text
    assert "says otherwise" not in guardian.get("/signals/all").text


def test_years_and_short_lines_are_held_against_nothing(trust: Trust, years: list[date], guardian: PageClient) -> None:
    quarters = [insight.quarter_of(day) for day in years]
    publish(
        trust,
        line("cases", ["2023-24", "2024-25", "2025-26"], [5] * 3),
        line("element/Element of bullying or harassment", quarters[-7:], [5] * 7),
    )
    assert "say otherwise" not in guardian.get("/signals").text


def test_charts_begin_anew_where_the_boards_do(trust: Trust, years: list[date], guardian: PageClient) -> None:
    """Else a decision everybody knows of would stand out quarter after quarter here, and there no more."""
    quarters = [insight.quarter_of(day) for day in years]
    with trust.work() as uow:
        uow.session.add(
            ChartDecision(
                organisation_id=trust.id, id=new_id(), quarter=quarters[-1], why="Champions began.", decision="Board",
                decided_on=uow.today, recorded_by=trust.guardian.id,
            )
        )  # fmt: skip
    page = guardian.get("/signals")
    assert "More than chance in the newest whole quarter" not in page.text
    chart = guardian.get("/signals/all")
    assert f"Counted anew from {quarters[-1]} on, and there are too few quarters since" in chart.text
    assert chart.soup.find(string="Counting changed") is not None


def test_nobody_is_shown_a_case_that_they_do_not_hold(trust: Trust, signed_in: SignIn) -> None:
    raised = factories.raised_case(trust)
    mine, *_others = readers_of(raised)
    raised.view(mine)
    holding = readers_of(raised)
    stranger = next(each for each in (trust.guardian, trust.second_guardian, trust.lead) if each not in holding)
    with trust.work(mine) as uow:
        today = uow.today
        assert [each.ref for each in cases.cases_behind(uow, today, today, bool)] == [raised.ref]
    with trust.work(stranger) as uow:
        assert cases.cases_behind(uow, today, today, bool) == []
    assert raised.ref not in signed_in(stranger).get("/signals").text


def test_groups_nobody_was_heard_of_are_listed_with_how_many_work_there(
    trust: Trust, years: list[date], guardian: PageClient
) -> None:
    with trust.work(trust.guardian) as uow:
        counts = [insight.Count("medical_dental", 400), insight.Count("estates", 12)]
        insight.keep_headcounts(uow, Measured.WORKER_GROUP, uow.today, counts, "ESR")
        silent = {each.key: each for each in insight.silent_groups(uow)}
    assert "estates" not in silent
    assert silent["medical_dental"].staff == 400
    assert "Medical and dental" in guardian.get("/signals").text


def test_a_group_first_heard_of_in_the_running_quarter_is_listed_until_that_is_over(
    trust: Trust, years: list[date]
) -> None:
    """Else whoever is kept out of a case would see from which group it came on the day it was raised."""

    def silent() -> bool:
        with trust.work(trust.guardian) as uow:
            return place in {each.key for each in insight.silent_groups(uow)}

    with trust.work(trust.guardian) as uow:
        today = uow.today
        (place, *_others) = insight.groups_of(uow, Measured.DIRECTORATE)
        insight.keep_headcounts(uow, Measured.DIRECTORATE, today, [insight.Count(place, 400)], "ESR")
    assert silent()
    pushed(trust, today, 1, directorate_id=uuid.UUID(place))
    assert silent()
    pushed(trust, years[-1], 1, directorate_id=uuid.UUID(place))
    assert not silent()


def test_signals_count_of_how_cases_were_raised_what_the_return_tells(trust: Trust, years: list[date]) -> None:
    with trust.database.work(trust.guardian.actor, at=datetime.combine(years[-1], time(12), UTC)) as uow:
        insight.push(uow, Counts(years[-1], "anonymous", worker_group="not_known"), None)
    with trust.work(trust.guardian) as uow:
        series = [each for each in insight.every_series(uow) if each.of is insight.Of.HOW]
    assert [(each.key, sum(each.values)) for each in series] == [("anonymous", 1)]


def test_a_case_that_others_must_not_know_of_is_counted_by_no_time(trust: Trust) -> None:
    """Neither by when it was acknowledged nor by how long it took: an hour between two cases is no crowd."""
    raised = factories.raised_case(trust)
    guardian = readers_of(raised)[0]

    def counted() -> Counts:
        with raised.as_(guardian) as (uow, case):
            return counts_of(uow, case, HowRaised.OPEN, None, (), ())

    with raised.as_(guardian) as (_uow, case):
        case.acknowledged_on = case.raised_on
        case.state, case.closed_on = cases.CaseState.CLOSED, case.raised_on + timedelta(days=300)
    known = counted()
    assert (known.acknowledged_in_time, known.closed_on is None) == (True, False)
    with raised.as_(guardian) as (_uow, case):
        case.narrow = True
    unknown = counted()
    assert (unknown.acknowledged_in_time, unknown.closed_on, unknown.took) == (None, None, 0)


def test_a_case_that_others_must_not_know_of_is_counted_by_no_place_and_no_theme(trust: Trust) -> None:
    raised = factories.raised_case(trust, exclusions=cases.Exclusions(executives=True))
    raised.view(readers_of(raised)[0])
    with trust.work() as uow:
        (fact,) = uow.session.scalars(sa.select(insight.Fact))
        assert (fact.directorate_id, fact.site_id) == (None, None)
        assert uow.session.scalars(sa.select(insight.ThemeFact)).all() == []


@pytest.mark.parametrize(("counts", "rose"), [
    ([2, 4, 3, 2, 5], (5, 4)),
    ([2, 4, 3, 2, 4], None),
    ([9, 2, 4, 3, 2, 5], (5, 4)),
    ([2], None),
])  # fmt: skip
def test_a_theme_rises_again_where_it_is_heard_of_more_than_in_any_quarter_of_the_year_before(
    counts: list[int], rose: tuple[int, int] | None
) -> None:
    names = list(insight.quarters_between("2024-25/Q1", "2026-27/Q4"))[: len(counts)]
    assert rose_again(list(zip(names, counts, strict=True)), names[max(len(counts) - 2, 0)]) == rose


def test_looking_at_exact_counts_is_recorded(trust: Trust, guardian: PageClient) -> None:
    guardian.get("/signals")
    with trust.work() as uow:
        read = sa.select(sa.func.count()).where(AuditEntry.event == Event.SIGNALS_READ)
        assert uow.session.scalar(read) == 1


def test_only_guardians_see_exact_counts(trust: Trust, signed_in: SignIn) -> None:
    for who in (trust.buddy, trust.non_executive_lead, trust.administrator, trust.executive_lead):
        assert signed_in(who).get("/signals").status == 404
