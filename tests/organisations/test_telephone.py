"""Which telephone numbers are taken."""

import pytest

from speakup import organisations
from speakup.kernel.errors import Invalid
from speakup.organisations import Contact, SiteDetails
from tests.trusts import Trust


@pytest.mark.parametrize(
    "number",
    [
        *("2222", "999", "01632 960 140", "+44 (0)1632 960140", "01632-960140", "01632 960140 ext 12", "x4021"),
        *("bleep 123", "Bleep 123 via switchboard", "01632 960102, then option 2", "2222 or 01632 960101"),
    ],
)
def test_what_can_be_rung_is_a_number(number: str) -> None:
    assert organisations.is_telephone_number(number)


@pytest.mark.parametrize(
    "number",
    ["", "abc", "!!", "12", "+", "ask reception", "ask reception 2222", "٢٢٢٢", "2222\u202e", "0" * 41, "2222\n"],
)
def test_what_nobody_can_ring_is_none(number: str) -> None:
    assert not organisations.is_telephone_number(number)


@pytest.mark.parametrize("field", ["emergency_number", "manager_on_call"])
def test_a_site_with_words_for_a_number_is_not_kept(trust: Trust, field: str) -> None:
    given = {"name": "Riverside", "emergency_number": "2222", "manager_on_call": "2223", "headcount": 3, field: "abc"}
    with trust.work(trust.administrator) as uow, pytest.raises(Invalid) as refused:
        organisations.add_site(uow, SiteDetails(**given))  # type: ignore[arg-type]  # Each value has its field's type.
    assert (refused.value.field, refused.value.reason) == (field, "not a number")


def test_words_for_the_guardians_number_are_not_kept(trust: Trust) -> None:
    with trust.work(trust.administrator) as uow, pytest.raises(Invalid) as refused:
        organisations.settle_contact(uow, organisations.here(uow), Contact("ask reception", "", ""))
    assert (refused.value.field, refused.value.reason) == ("guardian_phone", "not a number")


def test_numbers_kept_before_that_nobody_can_ring_are_listed(trust: Trust) -> None:
    with trust.work() as uow:
        assert organisations.wrong_numbers(uow) == []
        organisations.here(uow).guardian_phone = "ask reception"
        site = organisations.sites(uow)[0]
        site.manager_on_call = "!!"
        found = [(each.site, each.number) for each in organisations.wrong_numbers(uow)]
    assert found == [("", "ask reception"), (site.name, "!!")]
