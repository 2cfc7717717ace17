"""Names swapped in the database: a worker is told what whoever vouched for somebody read, and guardians see it."""

from collections.abc import Callable

import pytest

from speakup import accounts, cases, keyring
from speakup.cases import Exclusions
from tests import factories
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient


@pytest.fixture
def swapped(trust: Trust) -> None:
    """Gail is called what Lena is called, and Lena what Gail is."""
    with trust.work() as uow:
        gail, lena = (accounts.member(uow, each.id).person for each in (trust.guardian, trust.lead))
        gail.name, lena.name = lena.name, gail.name


@pytest.mark.usefixtures("swapped")
def test_whoever_is_kept_out_is_who_was_vouched_for_under_that_name(trust: Trust) -> None:
    with trust.work(trust.visitor, writes=False) as uow:
        offered = {each.id: each.name for each in cases.offered_exclusions(uow).people}
    for each in (trust.guardian, trust.lead, trust.buddy):
        assert offered[each.id] == each.name


@pytest.mark.usefixtures("swapped")
def test_both_whom_a_name_may_mean_are_kept_out(trust: Trust) -> None:
    with trust.work(trust.visitor, writes=False) as uow:
        out = cases.everybody_excluded(uow, Exclusions(people=frozenset({trust.guardian.id})))
    assert out == {trust.guardian.id, trust.lead.id}


@pytest.mark.usefixtures("swapped")
def test_pages_before_sending_show_the_names_that_were_vouched_for(browser: PageClient, trust: Trust) -> None:
    shown = browser.get("/").soup.get_text(" ")
    assert shown.index(trust.lead.name) < shown.index(trust.guardian.name)


@pytest.mark.usefixtures("swapped")
def test_guardians_see_that_a_name_was_changed(signed_in: Callable[[Colleague], PageClient], trust: Trust) -> None:
    page = signed_in(trust.second_guardian).get("/colleagues")
    assert page.text.count("Name changed") == 2
    assert f"Vouched for as {trust.guardian.name}, and people who speak up are still told that name" in page.text


def test_a_new_name_counts_once_somebody_has_vouched_again(trust: Trust) -> None:
    with trust.work() as uow:
        accounts.member(uow, trust.lead.id).person.name = "Lena Lang"
    with trust.work(trust.lead) as uow:
        words = keyring.my_words(uow)
    with trust.work(trust.guardian) as uow:
        stored = {trust.lead.id: "Lena Lang", trust.administrator.id: "Adam Ames"}
        assert keyring.names_vouched_for(uow, stored) == {**stored, trust.lead.id: "Lena Leigh"}
        keyring.vouch(uow, keyring.offered(uow, trust.lead.id), words, uow.today.replace(year=uow.today.year + 1))
        assert keyring.names_vouched_for(uow, stored) == stored


def test_the_inbox_names_its_readers_as_they_were_vouched_for(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    with trust.work() as uow:
        for each in (trust.guardian, trust.second_guardian, trust.lead):
            accounts.member(uow, each.id).person.name = "Somebody Else"
    assert "Somebody Else" not in {each.name for each in raised.inbox().readers}
