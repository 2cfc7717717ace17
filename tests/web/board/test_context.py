"""`/board/context`: figures from elsewhere, typed or pasted, each with its source and its day."""

from collections.abc import Callable

import pytest

from speakup import assurance
from speakup.kernel.actor import Role
from tests import factories
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]
DAY = {"as_of-day": "31", "as_of-month": "3", "as_of-year": "2026"}
SICKNESS = {"indicator": "sickness", "value": "5.10", "unit": "percent", "source": "ESR", **DAY}


def kept(trust: Trust) -> list[tuple[str, str, str]]:
    with trust.work(trust.guardian) as uow:
        return [(row.indicator.value, row.name, f"{row.value:f}") for row in assurance.figures(uow)]


def test_a_figure_is_saved_shown_changed_and_deleted(guardian: PageClient, trust: Trust) -> None:
    page = guardian.submit("/board/context", "Save", **SICKNESS)
    assert "5.10%" in page.text
    assert kept(trust) == [("sickness", "", "5.10")]
    (link,) = [each for each in page.links() if each.startswith("/board/context/") and "paste" not in each]
    changed = guardian.submit(link, "Save", value="6")
    assert "6%" in changed.text
    assert "Deleted" in guardian.submit(link, "Delete this figure").text
    assert kept(trust) == []


def test_the_secretary_keeps_them_and_a_member_finds_no_such_page(trust: Trust, signed_in: SignIn) -> None:
    secretary = signed_in(factories.invited(trust, "Sam Stone", [Role.BOARD_SECRETARY]))
    assert secretary.submit("/board/context", "Save", **SICKNESS).status == 200
    member = signed_in(factories.invited(trust, "Mel Member", [Role.BOARD_MEMBER]))
    assert [member.get(f"/board/context{end}").status for end in ("", "/paste")] == [404, 404]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"value": "much"}, "Write a number in digits: for example 5.1 or 1,204"),
        ({"value": "101"}, "That is more than there can be of it"),
        ({"value": "5.12345"}, "Write up to three digits after the point"),
        ({"value": "4", "unit": "number"},
         "Numbers under five are left out, so that nobody can be found. Take a longer period"),
        ({"value": "7.5", "unit": "number"}, "Write a whole number"),
        ({"indicator": "other"}, "Write what the figure is of"),
        ({"indicator": "weather"}, "Choose from the answers shown."),
        ({"unit": "miles"}, "Choose from the answers shown."),
        ({"source": ""}, "Write where the figure is from"),
        ({"as_of-year": "2999"}, "That day is still to come"),
        ({"as_of-day": "31", "as_of-month": "2"}, "Write a day that exists, in numbers: for example 27 3 2027"),
        ({"as_of-day": "", "as_of-month": "", "as_of-year": ""}, "Write which day it is of"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_says_why_and_keeps_what_was_typed(
    guardian: PageClient, trust: Trust, changed: dict[str, str], error: str
) -> None:
    page = guardian.submit("/board/context", "Save", **{**SICKNESS, **changed})
    assert (page.status, page.errors) == (422, [error])
    assert page.soup.select_one("#source")["value"] == changed.get("source", "ESR")  # type: ignore[index]
    assert kept(trust) == []


def test_a_figure_changed_meanwhile_is_shown_and_nothing_is_lost(
    guardian: PageClient, trust: Trust, signed_in: SignIn
) -> None:
    page = guardian.submit("/board/context", "Save", **SICKNESS)
    (link,) = [each for each in page.links() if each.startswith("/board/context/") and "paste" not in each]
    stale = guardian.get(link)
    signed_in(trust.lead).submit(link, "Save", value="6")
    back = guardian.submit(stale, "Save", value="7")
    assert back.status == 409
    assert "It stands at 6% now" in back.text
    assert back.soup.select_one("#value")["value"] == "7"  # type: ignore[index]
    guardian.submit(back, "Save")
    assert kept(trust) == [("sickness", "", "7")]


def test_lines_of_a_spreadsheet_come_in_together_or_not_at_all(guardian: PageClient, trust: Trust) -> None:
    pasted = "Sickness absence\t5.1%\t31/03/2026\tESR\nExit interviews\t62\t31 March 2026\tHR"
    bad = guardian.submit("/board/context/paste", "Save the figures", lines=f"{pasted}\nGrievances\t2\t1/1/2026\tHR")
    assert bad.status == 422
    assert bad.errors == [
        "Line 3, “Grievances 2 1/1/2026 HR”: numbers under five are left out, so that nobody can be found"
    ]
    assert kept(trust) == []
    good = guardian.submit(bad, "Save the figures", lines=pasted)
    assert "2 figures saved" in good.text
    assert sorted(kept(trust)) == [("other", "Exit interviews", "62"), ("sickness", "", "5.1")]


def test_a_first_figure_whose_value_cannot_be_read_is_no_heading(guardian: PageClient, trust: Trust) -> None:
    lines = "Sickness absence\tabout 5\t31/03/2026\tESR\nExit interviews\t62\t31 March 2026\tHR"
    page = guardian.submit("/board/context/paste", "Save the figures", lines=lines)
    assert page.errors == ["Line 1, “Sickness absence about 5 31/03/2026 ESR”: the value is no number"]
    assert kept(trust) == []


def test_a_heading_alone_is_no_figure(guardian: PageClient) -> None:
    page = guardian.submit("/board/context/paste", "Save the figures", lines="What\tValue\tDay\tSource")
    assert page.errors == ["Paste at least one line with a figure"]
