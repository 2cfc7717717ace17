"""The lists cases are coded with, as an administrator keeps them, through the pages."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from speakup import vocabulary
from speakup.vocabulary import CodeDetails, CodeSet
from speakup.web.list_words import BY_SLUG, TITLES
from tests import factories
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

SignIn = Callable[[Colleague], PageClient]
THEMES = "/admin/lists/theme"
GROUPS = "/admin/lists/worker-group"
DAY = timedelta(days=1)


@pytest.fixture
def administrator(signed_in: SignIn, trust: Trust) -> PageClient:
    return signed_in(trust.administrator)


def rows_of(page: Page) -> dict[str, str]:
    return {
        " ".join(row.th.get_text(" ").split()): " ".join(row.get_text(" ").split())
        for row in page.soup.select("tbody tr")
        if row.th is not None
    }


def days(trust: Trust, after: int) -> dict[str, str]:
    with trust.work() as uow:
        day = uow.today + after * DAY
    return {"from_day-day": str(day.day), "from_day-month": str(day.month), "from_day-year": str(day.year)}


def last_days(trust: Trust, after: int) -> dict[str, str]:
    return {name.replace("from_day", "last_day"): value for name, value in days(trust, after).items()}


def own_key(trust: Trust, which: CodeSet = CodeSet.THEME) -> str:
    with trust.work() as uow:
        return next(each.key for each in vocabulary.entries(uow, which) if each.key.startswith("own_"))


def told(trust: Trust) -> int:
    with trust.stored.unbound() as connection:
        return len(connection.exec_driver_sql("SELECT id FROM outbox WHERE job = 'something to read mail'").all())


def test_every_list_has_a_page_with_the_source_of_every_code_and_how_sure_it_is(administrator: PageClient) -> None:
    page = administrator.get("/admin/lists")
    assert page.links().count(THEMES) == 1
    assert set(BY_SLUG.values()) == set(TITLES) == set(CodeSet)
    for slug in BY_SLUG:
        assert f"/admin/lists/{slug}" in page.links()
        one = administrator.get(f"/admin/lists/{slug}")
        rows = rows_of(one)
        assert rows
        assert all("Confirmed" in row or "Not verified" in row for row in rows.values()), slug
    assert administrator.get("/admin/lists/nothing").status == 404


def test_national_and_fixed_codes_are_shown_and_cannot_be_changed(administrator: PageClient) -> None:
    for slug, key in (("element", "detriment"), ("worker-group", "not_known"), ("how-raised", "open")):
        page = administrator.get(f"/admin/lists/{slug}")
        assert not [link for link in page.links() if link.endswith((f"/{key}", f"/{key}/end"))]
        assert administrator.get(f"/admin/lists/{slug}/{key}").status == 404
        assert administrator.get(f"/admin/lists/{slug}/{key}/end").status == 404
    assert administrator.get("/admin/lists/how-raised/new").status == 404


def test_a_theme_is_added_renamed_moved_and_ended(administrator: PageClient, trust: Trust) -> None:
    added = administrator.submit(f"{THEMES}/new", name=" Waiting  times ")
    assert "Added. The guardians are told" in added.text
    assert list(rows_of(added))[-2:] == ["Waiting times", "Other"]
    key = own_key(trust)
    renamed = administrator.submit(f"{THEMES}/{key}", name="Delays", **days(trust, 7))
    assert "Saved. The guardians are told" in renamed.text
    name = next(each for each in rows_of(renamed) if each.startswith("Waiting times"))
    assert name.endswith(": Delays")
    moved = administrator.submit(renamed, "Move up Waiting times")
    assert list(rows_of(moved))[-3].startswith("Waiting times")
    ended = administrator.submit(f"{THEMES}/{key}/end", **last_days(trust, 30))
    assert "until" in next(row for name, row in rows_of(ended).items() if name.startswith("Waiting times"))
    again = administrator.get(f"{THEMES}/{key}/end")
    on = administrator.submit(again, **dict.fromkeys(last_days(trust, 0), ""))
    assert "until" not in next(row for name, row in rows_of(on).items() if name.startswith("Waiting times"))


def test_once_its_day_has_come_a_new_name_stands_alone(
    administrator: PageClient, trust: Trust, signed_in: SignIn
) -> None:
    administrator.submit(f"{THEMES}/new", name="Waiting times")
    administrator.submit(f"{THEMES}/{own_key(trust)}", name="Delays", **days(trust, 7))
    with time_machine.travel(datetime.now(UTC) + timedelta(days=8)):
        later = signed_in(trust.administrator).get(THEMES)
        assert list(rows_of(later))[-2:] == ["Delays", "Other"]


def test_faults_are_sentences_and_everything_typed_is_kept(administrator: PageClient, trust: Trust) -> None:
    for fields, error in (
        ({"name": ""}, "Write what it is called"),
        (
            {"name": "systems AND process"},
            "There is one of this name already. Write a name that nobody takes for the other",
        ),
        ({"name": "x" * 121}, "This is too long by 1 character. Up to 120 fit."),
        (
            {"name": "Waiting times", **days(trust, -1)},
            "A name begins tomorrow at the earliest, and a new code today: what cases were given stays as it was",
        ),
        (
            {"name": "Waiting times", "from_day-month": "13"},
            "Write a day that exists, in numbers: for example 27 3 2027",
        ),
    ):
        refused = administrator.submit(f"{THEMES}/new", **fields)
        assert refused.status == 422
        assert refused.errors == [error]
        for name, value in fields.items():
            assert refused.soup.select_one(f'[name="{name}"]')["value"] == value  # type: ignore[index]
    assert "Waiting times" not in administrator.get(THEMES).text
    refused = administrator.submit(f"{GROUPS}/new", name="", counts_as="", people="120")
    assert refused.errors == ["Write what it is called", "Choose what it counts as nationally"]
    refused = administrator.submit(refused, name="Porters", counts_as="nowhere")
    assert refused.errors == ["Choose from the answers shown."]
    assert "Estates and ancillary" in rows_of(administrator.submit(refused, counts_as="estates"))["Porters"]


def test_a_name_in_effect_is_not_changed_but_what_it_counts_as_is_put_right(
    administrator: PageClient, trust: Trust
) -> None:
    administrator.submit(f"{GROUPS}/new", name="Porters", counts_as="other", people="120")
    key = own_key(trust, CodeSet.WORKER_GROUP)
    refused = administrator.submit(f"{GROUPS}/{key}", name="Portering", **days(trust, 0))
    assert refused.status == 422
    assert refused.soup.select_one('[name="name"]')["value"] == "Portering"  # type: ignore[index]
    right = administrator.submit(f"{GROUPS}/{key}", counts_as="estates", **days(trust, 0))
    assert "Estates and ancillary" in rows_of(right)["Porters"]
    same = administrator.submit(f"{GROUPS}/{key}")
    assert "Nothing was changed" in same.text


def test_a_group_that_could_tell_who_spoke_up_is_not_made(administrator: PageClient, trust: Trust) -> None:
    for people in ("29", "0"):
        refused = administrator.submit(f"{GROUPS}/new", name="Chaplains", counts_as="other", people=people)
        assert refused.status == 422
        assert "So small a group could tell who spoke up" in refused.errors[0]
    refused = administrator.submit(refused, people="some")
    assert refused.errors == ["Write a whole number, in digits"]
    assert "Chaplains" in rows_of(administrator.submit(refused, people="30"))
    key = own_key(trust, CodeSet.WORKER_GROUP)
    assert administrator.get(f"{GROUPS}/{key}").soup.select_one('[name="people"]') is None
    assert administrator.get(f"{THEMES}/new").soup.select_one('[name="people"]') is None


def test_the_second_of_two_administrators_is_told_what_the_first_changed_and_loses_no_word(
    administrator: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    stale = administrator.get(f"{THEMES}/systems")
    list_page = administrator.get(THEMES)
    other = signed_in(trust.administrator)
    other.submit(f"{THEMES}/new", name="Waiting times")
    refused = administrator.submit(stale, name="How we are organised", **days(trust, 3))
    assert refused.status == 409
    assert "Somebody else changed this list while you had it open" in refused.errors[0]
    assert "What was changed meanwhile" in refused.text
    assert "Waiting times" in refused.text
    assert refused.soup.select_one('[name="name"]')["value"] == "How we are organised"  # type: ignore[index]
    assert "How we are organised" in administrator.submit(refused).text
    up = administrator.submit(list_page, "Move up Systems and process")
    assert up.status == 409
    assert "How we are organised" in up.text


def test_guardians_are_told_by_mail_and_can_read_what_changed(
    administrator: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    before = told(trust)
    administrator.submit(f"{THEMES}/new", name="Waiting times")
    first = told(trust)
    assert first > before
    administrator.submit(f"{THEMES}/new", name="Car parks")
    assert told(trust) == first, "several additions within an hour are told once"
    administrator.submit(f"{THEMES}/systems", name="How we are organised", **days(trust, 3))
    assert told(trust) > first, "a new name is told of each time"
    guardian = signed_in(trust.guardian)
    assert "A list that cases are coded with was changed" in guardian.get("/colleagues").text
    changed = guardian.get("/lists").text
    assert "“Systems and process” is called “How we are organised”" in changed
    assert "“Car parks” was added" in changed
    assert guardian.get("/admin/lists").status == 404


def test_no_page_says_whether_a_case_has_a_code(administrator: PageClient, trust: Trust) -> None:
    pages = [THEMES, GROUPS, f"{THEMES}/systems", f"{THEMES}/systems/end", "/admin/lists"]

    def seen() -> list[str]:
        return [administrator.get(page).text for page in pages]

    before = seen()
    factories.raised_case(trust)
    assert seen() == before


def test_a_renamed_element_of_the_trusts_own_is_shown_on_a_case_by_the_name_of_its_day(
    signed_in: SignIn, trust: Trust
) -> None:
    raised = factories.raised_case(trust)
    with trust.work(trust.administrator) as uow:
        key = vocabulary.add_code(
            uow, CodeSet.ELEMENT, CodeDetails("Element of racism", "other_behaviours", uow.today)
        ).key
        vocabulary.change_code(
            uow, CodeSet.ELEMENT, key, CodeDetails("Element of discrimination", "other_behaviours", uow.today + DAY)
        )
    reader = next(
        browser
        for person in ("guardian", "second_guardian", "lead")
        for browser in [signed_in(trust.people[person])]
        if browser.get(f"/cases/{raised.ref}").status == 200
    )
    assert "Element of racism" in reader.get(f"/cases/{raised.ref}/code").text
    assert "Element of discrimination" not in reader.get(f"/cases/{raised.ref}/code").text
