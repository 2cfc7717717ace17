"""The lead guardian's list of the team's clocks."""

from collections.abc import Callable

from tests import factories
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]


def test_the_teams_clocks_name_whose_each_is_and_ones_own_list_does_not(signed_in: SignIn, trust: Trust) -> None:
    case = factories.raised_case(trust)
    primary = next(each for each in trust.people.values() if each.id == case.inbox().case.primary_id)
    lead = signed_in(trust.lead)
    (row,) = [each for each in lead.get("/cases?whose=team").soup.select("tbody tr") if case.ref in each.get_text()]
    assert f"With {primary.name}" in row.get_text(" ")
    assert f"With {primary.name}" not in lead.get("/cases").text
