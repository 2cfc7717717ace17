"""Figures that stand beside the published ones: who keeps them, what they may be, and what a publication copies."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from speakup import assurance
from speakup.assurance import Indicator, Subject, Unit, Wrong, in_force, read_lines, superseded
from speakup.assurance.national import NATIONAL
from speakup.assurance.rules import USUAL_UNITS, fault, numbers_of
from speakup.kernel.actor import Role
from speakup.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests import factories
from tests.trusts import Trust

TODAY = date(2026, 11, 22)
NAMES = {"sickness absence": Indicator.SICKNESS, "safe to speak up": Indicator.SAFE}


def test_a_guardian_keeps_changes_and_deletes_a_figure(trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        row = assurance.keep_figure(uow, factories.beside(uow.today))
        assurance.change_figure(uow, row, factories.beside(uow.today, "5.30"), 1)
    with trust.work(trust.lead) as uow:
        (kept,) = assurance.figures(uow)
        assert (f"{kept.value:f}", kept.revision) == ("5.30", 2)
        assurance.delete_figure(uow, kept)
        assert assurance.figures(uow) == []


def test_a_figure_that_somebody_changed_meanwhile_is_not_written_over(trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        row = assurance.keep_figure(uow, factories.beside(uow.today))
        assurance.change_figure(uow, row, factories.beside(uow.today, "6"), 1)
    with trust.work(trust.lead) as uow, pytest.raises(Conflict):
        assurance.change_figure(uow, assurance.find_figure(uow, row.id), factories.beside(uow.today, "7"), 1)


@pytest.mark.parametrize("who", ["executive_lead", "non_executive_lead", "administrator", "buddy"])
def test_nobody_else_keeps_figures(trust: Trust, who: str) -> None:
    with trust.work(trust.people[who]) as uow:
        with pytest.raises(Forbidden):
            assurance.keep_figure(uow, factories.beside(uow.today))
        with pytest.raises(Forbidden):
            assurance.figures(uow)


def test_the_secretary_keeps_figures_too(trust: Trust) -> None:
    secretary = factories.invited(trust, "Sam Stone", [Role.BOARD_SECRETARY])
    with trust.work(secretary) as uow:
        assert assurance.keep_figure(uow, factories.beside(uow.today)).kept_by == secretary.id


def test_a_figure_of_another_organisation_is_not_there(trust: Trust, other_trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        row = assurance.keep_figure(uow, factories.beside(uow.today))
    with other_trust.work(other_trust.guardian) as uow:
        assert assurance.figures(uow) == []
        with pytest.raises(NotFound):
            assurance.find_figure(uow, row.id)


@pytest.mark.parametrize(
    ("value", "unit", "wrong"),
    [
        ("5", Unit.NUMBER, None),
        ("4", Unit.NUMBER, "small"),
        ("0", Unit.NUMBER, "small"),
        ("12.5", Unit.NUMBER, "whole"),
        ("100", Unit.PERCENT, None),
        ("100.1", Unit.PERCENT, "size"),
        ("10.1", Unit.OUT_OF_TEN, "size"),
        ("-1", Unit.PERCENT, "size"),
        ("6.4567", Unit.OUT_OF_TEN, "places"),
        ("0.4", Unit.PER_STAFF, None),
        ("NaN", Unit.PERCENT, "size"),
        ("1000000000", Unit.NUMBER, "size"),
    ],
)
def test_what_a_figure_may_be(value: str, unit: Unit, wrong: str | None) -> None:
    assert fault(Decimal(value), unit) == wrong


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"as_of": date(2999, 1, 1)}, "as_of"),
        ({"source": " "}, "source"),
        ({"name": "Another"}, "name"),
        ({"indicator": Indicator.OTHER}, "name"),
        ({"value": Decimal(101)}, "value"),
    ],
)
def test_a_figure_without_its_source_or_day_is_refused(trust: Trust, changed: dict[str, object], field: str) -> None:
    with trust.work(trust.guardian) as uow, pytest.raises(Invalid) as refused:
        assurance.keep_figure(uow, replace(factories.beside(uow.today), **changed))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_publication_copies_what_was_known_on_its_day(trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        assurance.keep_figures(
            uow,
            [
                factories.beside(uow.today),
                factories.beside(uow.today - timedelta(days=30), "6.40", Indicator.SUB_SCORE, Unit.OUT_OF_TEN),
                factories.beside(uow.today - timedelta(days=3000), "9"),
            ],
        )
        own = [each for each in assurance.beside(uow, uow.today) if not each.national]
        assert sorted((each.of, each.value) for each in own) == [
            (Indicator.SICKNESS, "5.1"),
            (Indicator.SUB_SCORE, "6.40"),
        ]
        earlier = [each for each in assurance.beside(uow, uow.today - timedelta(days=1)) if not each.national]
        assert [each.of for each in earlier] == [Indicator.SUB_SCORE]
    with trust.work() as uow:
        assert any(each.national for each in assurance.beside(uow, uow.today))
    with trust.work(trust.executive_lead) as uow, pytest.raises(Forbidden):
        assurance.beside(uow, uow.today)


def test_a_later_publication_stands_in_place_of_the_earlier_one_from_its_day_on() -> None:
    def of(on: date) -> dict[str, str]:
        return {each.period: f"{each.value}" for each in in_force(on) if each.of is Subject.CASES}

    assert of(date(2023, 12, 31))["2022-23"] == "25382"
    assert of(TODAY)["2022-23"] == "25209"
    assert "2023-24" not in of(date(2023, 12, 31))
    (now,) = [each for each in in_force(TODAY) if (each.of, each.period) == (Subject.CASES, "2022-23")]
    assert [f"{each.value}" for each in superseded(now, TODAY)] == ["25382"]
    assert in_force(date(2010, 1, 1)) == []


def test_no_national_figure_is_given_twice_by_one_publication() -> None:
    keys = [(each.of, each.period, each.publication) for each in NATIONAL]
    assert len(keys) == len(set(keys))
    assert all(fault(each.value, each.unit) is None for each in NATIONAL)
    assert all(each.unit is USUAL_UNITS[each.of] for each in NATIONAL if isinstance(each.of, Indicator))


def test_lines_of_a_spreadsheet_are_read() -> None:
    pasted = (
        "What\tValue\tDate\tSource\n"
        "Sickness absence\t5.1%\t31/03/2026\tElectronic staff record\n\n"
        "safe to speak up;61.80%;Nov 2025;Staff survey\n"
        "Reported incidents, 1,204, 31 March 2026, Incident system\n"
        '"Exit interviews, all", "1,204", 2026-03-31, HR\n'
    )
    read = read_lines(pasted, NAMES, TODAY)
    assert [(each.indicator, each.name, f"{each.value}", each.unit, each.as_of) for each in read.lines] == [
        (Indicator.SICKNESS, "", "5.1", Unit.PERCENT, date(2026, 3, 31)),
        (Indicator.SAFE, "", "61.80", Unit.PERCENT, date(2025, 11, 1)),
        (Indicator.OTHER, "Exit interviews, all", "1204", Unit.NUMBER, date(2026, 3, 31)),
    ]
    # A comma inside a number takes it apart where commas part columns; the line says so, and nothing is kept.
    assert [(each.line, each.what) for each in read.troubles] == [(5, Wrong.COLUMNS)]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("Sickness absence\t5.1%\t31/03/2026", Wrong.COLUMNS),
        ("\t5.1%\t31/03/2026\tESR", Wrong.NAME),
        ("Sickness absence\tfive\t31/03/2026\tESR", Wrong.VALUE),
        ("Sickness absence\t5.1%\tsoon\tESR", Wrong.DAY),
        ("Sickness absence\t5.1%\t31/03/2027\tESR", Wrong.AHEAD),
        ("Sickness absence\t5.1%\t31/03/2026\t", Wrong.SOURCE),
        ("Sickness absence\t5.1%\t31/03/2026\t" + "x" * 201, Wrong.LONG),
        ("Sickness absence\t105%\t31/03/2026\tESR", Wrong.SIZE),
        ("Grievances\t4\t31/03/2026\tHR", Wrong.SMALL),
        ("Grievances\t4.5\t31/03/2026\tHR", Wrong.WHOLE),
        ("Sickness absence\t5.12345%\t31/03/2026\tESR", Wrong.PLACES),
    ],
)
def test_a_line_that_cannot_be_read_says_why(line: str, wrong: Wrong) -> None:
    read = read_lines("Sickness absence\t4%\t31/03/2025\tESR\n" + line, NAMES, TODAY)
    assert [(each.line, each.what) for each in read.troubles] == [(2, wrong)]


def test_no_more_lines_are_read_than_anybody_looks_over() -> None:
    assert read_lines("Sickness absence\t4%\t31/03/2025\tESR\n" * 201, NAMES, TODAY).troubles[0].what is Wrong.MANY


def test_every_number_of_an_answer_is_found_in_digits_and_in_words() -> None:
    text = "We heard 35 people, 1,204 incidents and 6.5 of ten; two of them, a few at night. Nobody on the wards."
    assert [text[a:b].lower() for a, b in numbers_of(text)] == [
        "35", "1,204", "6.5", "ten", "two", "a few", "nobody",
    ]  # fmt: skip
