"""Settings that somebody wrote into the database break no page and lead nobody astray."""

import pytest

from speakup.organisations import look_hours, neutral_address
from speakup.organisations.rules import NEUTRAL


@pytest.mark.parametrize("written", ["https://weather.example/", "http://weather.example/today?at=9", NEUTRAL])
def test_an_address_of_the_web_stays_as_it_is(written: str) -> None:
    assert neutral_address(written) == written


@pytest.mark.parametrize(
    "written",
    ["javascript:alert(1)", "//evil.example/", "/raise", "", "data:text/html,x", "https://", "https:evil.example",
     "https://a.example/\r\nSet-Cookie: x", "https://[", "https://a.example\\@b.example/", 'https://a.example/"x'],
)  # fmt: skip
def test_anything_else_leads_to_the_ordinary_page(written: str) -> None:
    assert neutral_address(written) == NEUTRAL


@pytest.mark.parametrize(
    ("written", "hours"), [("8 9 13", [8, 9, 13]), ("13 8", [8, 13]), ("x y", []), ("24 7 ² -1 7.5", [7]), ("", [])]
)
def test_what_is_no_hour_is_passed_over(written: str, hours: list[int]) -> None:
    assert look_hours(written) == hours
