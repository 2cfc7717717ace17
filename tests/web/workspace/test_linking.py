"""Somebody who lost their words raises it again: the guardian links the two, and they count as one."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from speakup import cases, keyring
from speakup.cases import HowRaised
from speakup.kernel.errors import IntegrityFault
from speakup.tables import METADATA
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

SignIn = Callable[[Colleague], PageClient]
EARLIER, LATER = "The store room has no light.", "I wrote before about the store room."
CASE = METADATA.tables["case"]


@pytest.fixture
def pair(trust: Trust) -> tuple[RaisedCase, RaisedCase, Colleague]:
    """Two anonymous cases whose guardians overlap, the later one saying that they spoke up before; and who holds both.

    Who receives them is a matter of chance, so the other is given to the guardian of the first.
    """
    earlier = factories.raised_case(trust, narrative=EARLIER, how_raised=HowRaised.ANONYMOUS)
    later = factories.raised_case(trust, narrative=LATER, how_raised=HowRaised.ANONYMOUS, spoke_up_before=True)
    both = next(iter({each.id: each for each in readers_of(earlier)}.values()))
    if both.id not in {each.id for each in readers_of(later)}:
        with later.as_(readers_of(later)[0]) as (uow, case):
            keyring.grant(uow, case.id, both.id)
    return earlier, later, both


def link(browser: PageClient, later: RaisedCase, typed: str) -> Page:
    return browser.submit(browser.get(f"/cases/{later.ref}/one-case"), "Link as one case", earlier=typed)


def continues(trust: Trust) -> dict[str, bool]:
    with trust.stored.unbound() as connection:
        return {each.ref: each.continues for each in connection.execute(sa.select(CASE.c.ref, CASE.c.continues))}


def test_the_two_lead_to_each_other_and_count_as_one(
    pair: tuple[RaisedCase, RaisedCase, Colleague], signed_in: SignIn, trust: Trust
) -> None:
    earlier, later, both = pair
    theirs = signed_in(both)
    assert "2 open" in theirs.get("/cases").text
    assert f"/cases/{later.ref}/one-case" in theirs.get(f"/cases/{later.ref}").links()
    linked = link(theirs, later, f" {earlier.ref.lower().replace('-', ' ')} ")
    assert "The two count as one from now on" in linked.text
    assert LATER in linked.text
    assert f"/cases/{earlier.ref}" in linked.links()
    assert f"/cases/{later.ref}" in theirs.get(f"/cases/{earlier.ref}").links()
    assert continues(trust) == {earlier.ref: False, later.ref: True}
    listed = theirs.get("/cases").text
    assert "1 open" in listed
    assert "Goes on from an earlier one" in listed
    for raised in (earlier, later):
        assert raised.inbox().told.narrative in (EARLIER, LATER)


def test_what_were_two_after_all_count_as_two_again(
    pair: tuple[RaisedCase, RaisedCase, Colleague], signed_in: SignIn, trust: Trust
) -> None:
    earlier, later, both = pair
    theirs = signed_in(both)
    parted = theirs.submit(link(theirs, later, earlier.ref), "They are two after all")
    assert "The two count as two again" in parted.text
    assert f"/cases/{earlier.ref}" not in parted.links()
    assert f"/cases/{later.ref}" not in theirs.get(f"/cases/{earlier.ref}").links()
    assert set(continues(trust).values()) == {False}
    assert "The two count as one" in link(theirs, later, earlier.ref).text


@pytest.mark.parametrize("typed", ["", "SU-AAAA-AAAA", "the one about the store room", "itself", "somebody else's"])
def test_what_cannot_be_linked_says_why_and_changes_nothing(
    pair: tuple[RaisedCase, RaisedCase, Colleague], signed_in: SignIn, trust: Trust, typed: str
) -> None:
    _, later, both = pair
    hidden = factories.raised_case(trust, exclusions=cases.Exclusions(people=frozenset({both.id})))
    written = {"itself": later.ref, "somebody else's": hidden.ref}.get(typed, typed)
    refused = link(signed_in(both), later, written)
    assert refused.status == 422
    expected = {"": "Write the reference", "itself": "That one did not come before this."}
    assert expected.get(typed, "You hold no case with this reference.") in refused.errors[0]
    assert set(continues(trust).values()) == {False}


def test_a_case_goes_on_from_one_and_that_one_from_none(
    pair: tuple[RaisedCase, RaisedCase, Colleague], signed_in: SignIn
) -> None:
    earlier, later, both = pair
    theirs = signed_in(both)
    link(theirs, later, earlier.ref)
    assert "belongs together with another one already" in link(theirs, later, earlier.ref).errors[0]
    assert "goes on from an earlier case itself" in link(theirs, earlier, later.ref).errors[0]


def test_a_row_that_says_otherwise_than_what_is_sealed_is_a_fault(
    pair: tuple[RaisedCase, RaisedCase, Colleague], trust: Trust
) -> None:
    _, later, both = pair
    with trust.stored.unbound() as connection:
        connection.execute(sa.update(CASE).where(CASE.c.ref == later.ref).values(continues=True))
        connection.commit()
    with pytest.raises(IntegrityFault):
        later.view(both)
