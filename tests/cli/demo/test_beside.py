"""What stands beside the demonstration's figures: invented, the same for a seed, and taken by the operations."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from speakup import assurance, identifying, papers
from speakup.assurance import Indicator
from speakup.cli.demo import asking, beside, texts
from speakup.cli.demo.trusts import DemoPerson, DemoTrust
from speakup.kernel.actor import Role
from speakup.papers import Kind
from tests import factories
from tests.trusts import Trust

TODAY = date(2026, 11, 20)
START = TODAY - timedelta(days=1095)
QUARTERS = [f"{year}-{(year + 1) % 100}/Q{number}" for year in (2024, 2025) for number in (1, 2, 3, 4)]


@pytest.mark.parametrize("key", ["anytown", "otherham"])
def test_a_seed_gives_three_years_of_every_indicator(key: str) -> None:
    found = list(beside.entries(7, key, START, TODAY))
    assert found == list(beside.entries(7, key, START, TODAY))
    assert found != list(beside.entries(8, key, START, TODAY))
    assert len(found) == beside.count(START, TODAY)
    details = [each for _day, figures in found for each in figures]
    assert {each.indicator for each in details} == set(Indicator) - {Indicator.OTHER}
    assert all(each.as_of < day < TODAY for day, figures in found for each in figures)
    for indicator in set(Indicator) - {Indicator.OTHER}:
        assert len([each for each in details if each.indicator is indicator]) >= 3


@pytest.mark.parametrize("key", ["anytown", "otherham"])
def test_the_operations_take_every_figure(trust: Trust, key: str) -> None:
    content = texts.load().trusts[key]
    demo = DemoTrust(trust.id, content, trust.host)
    secretary = factories.invited(trust, "Sky Secretary", [Role.BOARD_SECRETARY])
    named = content.people_with("board_secretary")[0]
    demo.people[named.key] = DemoPerson(secretary.id, named, b"")
    demo.roles[named.key] = frozenset({Role.BOARD_SECRETARY})
    entered = list(beside.entries(7, key, START, TODAY))
    for day, figures in entered:
        beside.enter(trust.database, demo, day, figures)
    with trust.work(trust.guardian) as uow:
        assert len(assurance.figures(uow)) == sum(len(figures) for _day, figures in entered)


def test_what_is_asked_is_told_of_again_and_then_what_came_of_it() -> None:
    for before, now in pairwise(QUARTERS):
        earlier, later = (asking.recommendations(Kind.QUARTER, [each]) for each in (before, now))
        assert earlier[0].progress == ""
        assert later[0].text != earlier[0].text
        assert [each.text for each in later[1:]] == [each.text for each in earlier[:-1]]
        assert all(each.progress for each in later[1:])
    year = asking.recommendations(Kind.YEAR, QUARTERS[:4])
    assert len({each.text for each in year}) == 5
    assert asking.stories(Kind.YEAR, QUARTERS[:4])
    assert any(asking.stories(Kind.QUARTER, [each]) for each in QUARTERS)


def test_nothing_in_its_words_would_be_refused_or_pointed_out() -> None:
    for said in asking.words():
        assert papers.months_in(said) == []
        assert list(assurance.numbers_of(said)) == [], said
        assert list(identifying.find(said)) == [], said
