"""How finely figures may be shown follows from how many people there were a year before, whatever is counted."""

from speakup.papers import periods
from speakup.papers.models import Refusal
from speakup.papers.sources import populations
from tests import factories
from tests.trusts import Trust


def test_several_themes_of_one_person_are_no_larger_volume(trust: Trust) -> None:
    quarters = factories.closed_figures(
        trust, 5, a_quarter=12, themes={"behaviours": 12, "bullying": 12, "systems": 12}
    )
    assert set(periods.year_before(quarters[-1:])) == set(quarters[:4])
    with trust.work(trust.system) as uow:
        found = populations(uow, quarters[-1:])
    assert not isinstance(found, Refusal)
    assert (found["cases"].last_year, found["themes"].last_year) == (48, 48)
    assert len(found["themes"].rows) == 5 * 36
