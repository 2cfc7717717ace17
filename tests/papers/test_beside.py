"""What a publication copies in beside its figures, and which themes it says rose again."""

from dataclasses import replace

from speakup import assurance, papers
from speakup.disclosure import SafeSeries, series
from speakup.papers.making import _risen, _rising
from tests import factories
from tests.trusts import Trust


def test_a_publication_has_its_own_copy_of_the_figures_from_elsewhere(trust: Trust) -> None:
    with trust.work(trust.guardian) as uow:
        kept = assurance.keep_figure(uow, factories.beside(uow.today, "5.10"))
    ref = factories.published_quarter(trust)
    with trust.work(trust.guardian) as uow:
        assurance.delete_figure(uow, assurance.find_figure(uow, kept.id))
    with trust.work(trust.executive_lead) as uow:
        (copied,) = papers.find_published(uow, ref).context
        assert (copied.name, copied.value, copied.unit, copied.source, copied.as_of) == (
            "Sickness absence", "5.10", "%", "Electronic staff record", uow.today,
        )  # fmt: skip


def named(line: SafeSeries, name: str) -> SafeSeries:
    made = series(name, line.unit, line.points)
    assert made is not None
    return made


def test_a_theme_rises_where_its_newest_point_is_higher_than_the_four_before() -> None:
    found = factories.sample_pack().series
    # Cut off after each point, so that some end high and some low.
    ends = range(2, len(found[0].points) + 1)
    lines = [replace_points(found[0], end, f"theme/{end}") for end in ends]
    expected = {str(end) for end in ends if found[0].values[end - 1] > max(found[0].values[max(0, end - 5) : end - 1])}
    assert 0 < len(expected) < len(lines)
    assert _rising(lines) == expected
    assert _rising([named(line, f"element/{n}") for n, line in enumerate(lines)]) == frozenset()


def replace_points(line: SafeSeries, end: int, name: str) -> SafeSeries:
    made = series(name, line.unit, line.points[:end])
    assert made is not None
    return made


def test_only_an_action_that_ended_before_the_period_rose_again() -> None:
    under_way, ended, _never = factories.sample_pack().actions
    rising = {ended.theme, under_way.theme}
    assert [each.rose_again for each in _risen([ended, under_way], rising)] == [True, False]
    assert [each.rose_again for each in _risen([replace(ended, rose_again=True)], set())] == [False]
