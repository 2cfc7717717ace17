"""`/publications/peers`: whom years are sent to and received from, kept by guardians and administrators."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from speakup import accounts, organisations, peers
from speakup.kernel.actor import Role
from speakup.kernel.uow import UnitOfWork
from speakup.organisations import Nature, Organisation
from tests import factories
from tests.trusts import PASSPHRASE, Colleague, Trust
from tests.web.client import PageClient

LED_ELSEWHERE = "This address no longer leads to the organisation you named, so nothing crosses."
SignIn = Callable[[Colleague], PageClient]


@pytest.fixture(params=["lead", "administrator"])
def keeper(request: pytest.FixtureRequest, signed_in: SignIn, trust: Trust) -> PageClient:
    return signed_in(trust.people[request.param])


@pytest.mark.parametrize(("way", "button"), [("to", "Publish to it"), ("from", "Receive from it")])
def test_another_organisation_is_named_by_its_address_and_struck_out_again(
    keeper: PageClient, trust: Trust, other_trust: Trust, way: str, button: str
) -> None:
    page = keeper.submit(f"/publications/peers/{way}", button, host=f"https://{other_trust.host.upper()}/raise")
    assert page.heading == "Other organisations"
    assert other_trust.host in page.text
    assert other_trust.name not in page.text
    again = keeper.submit(f"/publications/peers/{way}", button, host=other_trust.host)
    assert (again.status, again.errors) == (422, ["That organisation is in the list already"])
    stopped = keeper.submit("/publications/peers", f"Stop : {other_trust.host}")
    assert other_trust.host not in stopped.text
    with trust.work(trust.lead) as uow:
        assert [*peers.publishes_to(uow), *peers.receives_from(uow)] == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Write the address of the other organisation"),
        ("nobody.example.org", "No organisation here answers to that address"),
        ("anytown.localhost", "That is the address of this organisation"),
        ("x" * 300, "This is too long"),
    ],
)
def test_what_is_no_other_organisation_is_refused_in_words(keeper: PageClient, typed: str, said: str) -> None:
    page = keeper.submit("/publications/peers/to", "Publish to it", host=typed)
    assert page.status == 422
    assert page.errors[0].startswith(said)
    assert page.soup.select_one("input[name=host]")["value"] == typed  # type: ignore[index]


def test_the_list_looks_the_same_whether_or_not_the_other_agreed(
    keeper: PageClient, trust: Trust, other_trust: Trust
) -> None:
    with trust.work(trust.guardian) as uow:
        peers.receive_from(uow, other_trust.host)
        peers.publish_to(uow, other_trust.host)
    before = keeper.get("/publications/peers").text
    factories.published_year(other_trust)
    with other_trust.work(other_trust.guardian) as uow:
        peers.publish_to(uow, trust.host)
        peers.receive_from(uow, trust.host)
    factories.carried(trust)
    assert keeper.get("/publications/peers").text == before


@pytest.mark.parametrize("agree", [peers.publish_to, peers.receive_from])
def test_an_address_that_changed_is_said_to_carry_nothing(
    keeper: PageClient, trust: Trust, other_trust: Trust, agree: Callable[[UnitOfWork, str], object]
) -> None:
    with trust.work(trust.guardian) as uow:
        agree(uow, other_trust.host)
    assert LED_ELSEWHERE not in keeper.get("/publications/peers").text
    with other_trust.work() as uow:
        organisations.add_host(uow, "new.localhost")
        organisations.drop_host(uow, other_trust.host)
    page = keeper.get("/publications/peers")
    assert LED_ELSEWHERE in page.text
    assert other_trust.host in page.text


def test_what_sort_it_is_is_said_once_and_not_overwritten_unseen(signed_in: SignIn, trust: Trust) -> None:
    first, second = signed_in(trust.lead), signed_in(trust.guardian)
    stale = second.get("/publications/peers/sort")
    assert "Acute trust" in first.submit("/publications/peers/sort", "Save", nature="acute").text
    refused = second.submit(stale, "Save", nature="community")
    assert refused.status == 409
    assert "It says now: Acute trust" in refused.text
    assert refused.soup.select_one("input[checked]")["value"] == "community"  # type: ignore[index]
    second.submit(refused, "Save", nature="community")
    with trust.work() as uow:
        assert organisations.here(uow).nature is Nature.COMMUNITY


def test_no_sort_is_asked_for_in_words(keeper: PageClient) -> None:
    page = keeper.submit("/publications/peers/sort", "Save")
    assert (page.status, page.errors) == (422, ["Choose what sort of organisation this is"])


def test_a_member_of_the_board_keeps_no_list(signed_in: SignIn, trust: Trust) -> None:
    member = signed_in(factories.invited(trust, "Mel Member", [Role.BOARD_MEMBER]))
    for address in ("/publications/peers", "/publications/peers/to", "/publications/peers/from"):
        assert member.get(address).status == 404


# --- a guardian who serves several ----------------------------------------------------------------------------------


def joins(trust: Trust, who: Colleague) -> None:
    with trust.work() as uow:
        invitation = accounts.invite(uow, accounts.PersonDetails(who.email, who.name), {Role.GUARDIAN})
        accounts.take_up(uow, invitation)


def test_whoever_serves_several_is_shown_where_to_sign_in(signed_in: SignIn, trust: Trust, other_trust: Trust) -> None:
    guardian = signed_in(trust.guardian)
    page = guardian.get("/account/elsewhere")
    assert "You belong to no other organisation here" in page.text
    assert other_trust.name not in page.text
    joins(other_trust, trust.guardian)
    page = guardian.get("/account/elsewhere")
    assert f"https://{other_trust.host}/sign-in" in page.links()
    assert other_trust.name in page.text
    assert "/account/elsewhere" in guardian.get("/account").links()


def test_an_invitation_that_waits_and_a_membership_that_ended_are_not_shown(
    signed_in: SignIn, trust: Trust, other_trust: Trust
) -> None:
    guardian = signed_in(trust.guardian)
    with other_trust.work() as uow:
        accounts.invite(uow, accounts.PersonDetails(trust.guardian.email, trust.guardian.name), {Role.GUARDIAN})
    assert other_trust.name not in guardian.get("/account/elsewhere").text
    joins(other_trust, trust.lead)
    with other_trust.work() as uow:
        accounts.end_membership(uow, accounts.member(uow, trust.lead.id).membership)
    assert other_trust.name not in signed_in(trust.lead).get("/account/elsewhere").text


def test_nobody_is_led_to_an_address_that_was_written_into_the_database(
    signed_in: SignIn, trust: Trust, other_trust: Trust
) -> None:
    joins(other_trust, trust.guardian)
    with trust.stored.unbound() as connection:
        connection.exec_driver_sql("UPDATE host_name SET host = 'aaa.example' WHERE host = 'otherham.localhost'")
    page = signed_in(trust.guardian).get("/account/elsewhere")
    assert "aaa.example" not in page.body


def test_nobody_is_led_by_a_name_that_was_written_into_the_database(
    signed_in: SignIn, trust: Trust, other_trust: Trust
) -> None:
    joins(other_trust, trust.guardian)
    with trust.stored.unbound() as connection:
        named = sa.update(Organisation).where(Organisation.id == other_trust.id).values(name="Somewhere else")
        connection.execute(named)
    page = signed_in(trust.guardian).get("/account/elsewhere")
    assert page.status == 200
    assert "Somewhere else" not in page.body
    assert other_trust.host not in page.body


def test_one_person_signs_in_at_each_by_itself(app: Flask, trust: Trust, other_trust: Trust) -> None:
    """One passphrase and one second step; a session of one is none of the other, and a key is vouched for at each."""
    joins(other_trust, trust.guardian)
    here, there = (PageClient(app, each.host) for each in (trust, other_trust))
    now = datetime.now(UTC)
    _sign_in(here, trust.guardian, now)
    assert here.get("/cases").status == 200
    assert there.get("/account").heading == "Sign in"
    # A code opens once, wherever it was given.
    _sign_in(there, trust.guardian, now + timedelta(seconds=30))
    assert "a guardian has to vouch for your key" in there.get("/account").text
    assert there.get("/cases").status == 404
    assert here.get("/cases").status == 200


def _sign_in(browser: PageClient, who: Colleague, at: datetime) -> None:
    code = browser.submit("/sign-in", "Sign in", email=who.email, passphrase=PASSPHRASE)
    assert "Sign out" in browser.submit(code, code=who.code(at)).text
