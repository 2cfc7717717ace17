"""Directorates, sites, routing and settings, as an administrator keeps them, through the pages."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from speakup import audit, cases, jobs, organisations, routing
from speakup.jobs import Job
from speakup.routing import Rule
from tests import factories
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

LAST_RULE = "All others are shared by open cases. This rule always stands last."
NOT_A_NUMBER = (
    "Write a telephone number in digits. Beside it only words like ext, bleep, option or via switchboard can stand"
)

SignIn = Callable[[Colleague], PageClient]


@pytest.fixture
def administrator(signed_in: SignIn, trust: Trust) -> PageClient:
    return signed_in(trust.administrator)


def rules_of(page: Page) -> list[str]:
    return [" ".join(each.get_text(" ").split()) for each in page.soup.select("#rules > li > p")]


def test_the_overview_says_what_is_in_place_and_what_is_missing(administrator: PageClient, trust: Trust) -> None:
    page = administrator.get("/admin")
    assert "Two people who can receive a concern today In place" in page.text
    assert "Mail to staff Waits" in page.text
    assert "Something needs you" not in page.text
    with trust.work() as uow:
        for site in organisations.sites(uow):
            site.emergency_number = ""
    missing = administrator.get("/admin")
    assert "Emergency numbers of every site Missing" in missing.text
    assert "Something needs you" in missing.text


def test_the_overview_names_numbers_that_nobody_can_ring(administrator: PageClient, trust: Trust) -> None:
    with trust.work() as uow:
        organisations.here(uow).guardian_phone = "ask reception"
        organisations.sites(uow)[0].emergency_number = "abc"
    page = administrator.get("/admin")
    assert "The guardians’ telephone number Missing Nobody can ring this: ask reception" in page.text
    assert "Emergency numbers of every site Missing Nobody can ring these: Main hospital: abc" in page.text


@pytest.mark.parametrize("field", ["emergency_number", "manager_on_call"])
def test_a_site_takes_only_numbers_that_can_be_rung(administrator: PageClient, field: str) -> None:
    fields = {"name": "Riverside", "emergency_number": "2222", "manager_on_call": "bleep 123", "headcount": "340"}
    refused = administrator.submit("/admin/structure/sites/new", **{**fields, field: "ask reception"})
    assert refused.status == 422
    assert refused.errors == [NOT_A_NUMBER]
    assert 'value="ask reception"' in refused.body
    assert administrator.submit(refused, **{field: "2222 ext 3"}).status == 200


def test_a_site_is_added_changed_and_closed(administrator: PageClient, trust: Trust) -> None:
    page = "/admin/structure/sites/new"
    fields = {"name": "Riverside", "emergency_number": "2222", "manager_on_call": "0300 000 0009", "headcount": "340"}
    missing = administrator.submit(page, **{**fields, "emergency_number": ""})
    assert missing.errors == ["Write the number staff ring in an emergency"]
    added = administrator.submit(missing, emergency_number="2222")
    assert "Riverside" in added.text
    with trust.work() as uow:
        site = next(each for each in organisations.sites(uow) if each.name == "Riverside")
    assert site.headcount == 340
    change = f"/admin/structure/sites/{site.id}"
    assert 'value="0300 000 0009"' in administrator.get(change).body
    assert "Riverside East" in administrator.submit(change, "Save", name="Riverside East").text
    assert "The site closes at the end of today" in administrator.submit(change, "Close this site").text


def test_a_directorate_is_added_changed_and_closed(administrator: PageClient, trust: Trust) -> None:
    added = administrator.submit("/admin/structure/directorates/new", name="Theatres", headcount="120")
    assert "Theatres" in added.text
    with trust.work() as uow:
        directorate = next(each for each in organisations.directorates(uow) if each.name == "Theatres")
    change = f"/admin/structure/directorates/{directorate.id}"
    for wrong in ("", "many", "-3", "1e9", "9" * 40, "٣"):
        refused = administrator.submit(change, "Save", headcount=wrong)
        assert refused.status in {200, 422}
    assert "1,200" in administrator.submit(change, "Save", headcount="1200").text
    assert "closes at the end of today" in administrator.submit(change, "Close this directorate").text


@pytest.mark.parametrize(
    ("kind", "more"),
    [("directorates", {}), ("sites", {"emergency_number": "2222", "manager_on_call": "0300 000 0009"})],
)
def test_two_places_never_have_one_name(administrator: PageClient, kind: str, more: dict[str, str]) -> None:
    new = f"/admin/structure/{kind}/new"
    administrator.submit(new, name="Theatres", headcount="120", **more)
    administrator.submit(new, name="Wards", headcount="80", **more)
    refused = administrator.submit(new, name=" theATRES", headcount="7", **more)
    assert refused.status == 422
    assert "There is one of this name already" in refused.errors[0]
    page = administrator.get("/admin/structure")
    assert "theATRES" not in page.text
    wards = next(link["href"] for link in page.soup.select(f"a[href*='/{kind}/']") if "Wards" in link.get_text())
    renamed = administrator.submit(str(wards), "Save", name="Theatres")
    assert renamed.status == 422
    assert administrator.submit(renamed, "Save", name="Wards and clinics").status == 200


def test_rules_are_drafted_as_sentences_moved_and_taken_away(administrator: PageClient, trust: Trust) -> None:
    with trust.work() as uow:
        surgery = organisations.directorates(uow)[0]
    guardian, cover = str(trust.guardian.id), str(trust.second_guardian.id)
    administrator.submit("/admin/routing/new", directorate=str(surgery.id), primary=guardian, cover=cover)
    listed = administrator.submit("/admin/routing/new", primary=cover)
    assert rules_of(listed) == [
        "Concerns from Surgery go to Gail Guard, with Hugh Harbour as cover",
        "Concerns from anywhere go to Hugh Harbour, with whoever has fewest open cases as cover",
        LAST_RULE,
    ]
    assert "Being written" in listed.text
    moved = administrator.submit(listed, "Move up rule 2")
    assert rules_of(moved)[0].startswith("Concerns from anywhere")
    removed = administrator.submit(moved, "Take away rule 1")
    assert len(rules_of(removed)) == 2
    with trust.work() as uow:
        assert routing.drafted(uow) == [Rule(surgery.id, None, trust.guardian.id, trust.second_guardian.id)]


def test_a_list_that_changed_meanwhile_is_shown_again_and_not_changed(
    administrator: PageClient, signed_in: SignIn, trust: Trust
) -> None:
    guardian, cover = str(trust.guardian.id), str(trust.second_guardian.id)
    administrator.submit("/admin/routing/new", primary=guardian)
    stale = administrator.get("/admin/routing")
    signed_in(trust.administrator).submit("/admin/routing/new", primary=cover)
    refused = administrator.submit(stale, "Take away rule 1")
    assert refused.status == 409
    assert len(rules_of(refused)) == 3


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({}, "Choose the guardian these concerns go to"),
        ({"primary": "not on the list"}, "Choose from the list"),
        ({"directorate": "00000000-0000-4000-8000-000000000000"}, "Choose from the list"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(administrator: PageClient, chosen: dict[str, str], sentence: str) -> None:
    refused = administrator.submit("/admin/routing/new", **chosen)
    assert refused.status == 422
    assert sentence in refused.errors


def test_nobody_covers_for_themselves(administrator: PageClient, trust: Trust) -> None:
    one = str(trust.guardian.id)
    refused = administrator.submit("/admin/routing/new", primary=one, cover=one)
    assert refused.errors == ["Choose somebody else as cover: a concern always goes to two people"]


@pytest.mark.parametrize(
    ("name", "fields", "shown"),
    [
        ("leaving", {"leave_address": "https://weather.example/"}, "https://weather.example/"),
        ("contact", {"guardian_phone": "0300 000 0777"}, "0300 000 0777"),
        ("clocks", {"acknowledge_days": "3"}, "First answer within 3 working days"),
        ("clocks", {"review_days": "90", "update_days": "30"}, "The person hears again within 30 working days"),
        ("looking", {"hours": ["8", "13"], "first": "8"}, "8:00, 13:00"),
        ("limits", {"count": "4", "size": "10", "small_group": "40"}, "Fewer than 40 people"),
        ("limits", {"small_group": "1,000"}, "Fewer than 1,000 people"),
        ("mail", {"domains": "@Anytown.nhs.uk\nnhs.net"}, "anytown.nhs.uk nhs.net"),
        ("intake", {"stopped": "y"}, "The front door Closed"),
    ],
)
def test_a_setting_is_kept_and_shown(administrator: PageClient, name: str, fields: dict[str, Any], shown: str) -> None:
    kept = administrator.submit(f"/admin/branding/{name}", **fields)
    assert (kept.path, kept.status) == ("/admin/branding", 200)
    assert shown in kept.text


@pytest.mark.parametrize("name", ["leaving", "contact", "clocks", "looking", "limits", "mail", "intake"])
def test_saving_what_was_not_changed_says_so_and_tells_nobody(
    administrator: PageClient, trust: Trust, name: str
) -> None:
    def told() -> tuple[int, int]:
        with trust.work(writes=False) as uow:
            return uow.session.query(jobs.OutboxRow).count(), audit.verify(uow).entries

    before = told()
    kept = administrator.submit(f"/admin/branding/{name}")
    assert kept.path == "/admin/branding"
    assert "Nothing was changed" in kept.text
    assert told() == before


def test_the_neutral_page_is_never_one_of_ours(administrator: PageClient, trust: Trust) -> None:
    for address in (f"https://{trust.host}/", f"https://{trust.host.upper()}:9701/", "https://["):
        refused = administrator.submit("/admin/branding/leaving", leave_address=address)
        assert refused.status == 422
        assert "This is an address of Speak Up itself" in refused.errors[0]


@pytest.mark.parametrize(
    ("name", "fields", "sentence"),
    [
        ("leaving", {"leave_address": "http://weather.example/"}, "Write the whole address, beginning with https://"),
        (
            "leaving",
            {"leave_address": 'https://weather.example/"><script>'},
            "Write the whole address, beginning with https://",
        ),
        (
            "contact",
            {"guardian_phone": "ask reception"},
            NOT_A_NUMBER,
        ),
        ("contact", {"guardian_phone": ""}, "Write a telephone number: it is shown when nothing else works"),
        ("clocks", {"acknowledge_days": "0"}, "Write a number from 1 to 10"),
        ("clocks", {"acknowledge_days": "two"}, "Write a whole number, in digits"),
        ("clocks", {"review_days": "131"}, "Write a number from 20 to 130"),
        (
            "clocks",
            {"acknowledge_days": "6"},
            "Write no fewer days than for the first answer: it comes before the conversation",
        ),
        (
            "clocks",
            {"update_days": "40", "review_days": "39"},
            "Write no fewer days than for hearing again: a case is looked over less often than the person hears",
        ),
        ("looking", {"hours": []}, "Choose at least one hour"),
        ("looking", {"hours": ["8"], "first": "9"}, "Write an hour that is not after the last one ticked above"),
        ("limits", {"small_group": "3"}, "Write a number from 10 to 1,000"),
        ("mail", {"domains": "everybody"}, "Write what stands after the @, one to a line: anytown.nhs.uk"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_words(
    administrator: PageClient, name: str, fields: dict[str, Any], sentence: str
) -> None:
    refused = administrator.submit(f"/admin/branding/{name}", **fields)
    assert refused.status == 422
    assert refused.errors == [sentence]


def test_a_logo_is_rebuilt_kept_and_taken_away(administrator: PageClient, trust: Trust, tmp_path: Path) -> None:
    sent, notes = io.BytesIO(), PngInfo()
    notes.add_text("Author", "Telltale Nora")
    Image.new("RGB", (300, 80), "white").save(sent, "PNG", pnginfo=notes)
    assert b"Telltale" in sent.getvalue()
    sent.seek(0)
    administrator.submit("/admin/branding/logo", logo=(sent, "logo.png"))
    with trust.work() as uow:
        name = organisations.here(uow).logo_file
    kept = (tmp_path / "public" / name).read_bytes()
    assert kept.startswith(b"\x89PNG")
    assert b"Telltale" not in kept
    refused = administrator.submit("/admin/branding/logo", logo=(io.BytesIO(b"<svg onload=x>"), "logo.svg"))
    assert refused.status == 422
    administrator.submit("/admin/branding/logo", remove="y")
    with trust.work() as uow:
        assert not organisations.here(uow).logo_file


def test_there_is_no_other_setting(administrator: PageClient) -> None:
    assert administrator.get("/admin/branding/everything").status == 404


def test_the_logo_is_shown_at_its_own_trust_and_nowhere_else(
    administrator: PageClient, trust: Trust, other_trust: Trust
) -> None:
    sent = io.BytesIO()
    Image.new("RGB", (300, 80), "white").save(sent, "PNG")
    sent.seek(0)
    page = administrator.submit("/admin/branding/logo", logo=(sent, "logo.png"))
    picture = page.soup.select_one("header img")
    assert picture is not None
    assert picture["alt"] == trust.name
    address = str(picture["src"])
    anybody = PageClient(administrator.app, trust.host)
    shown = anybody.get(address)
    assert (shown.status, shown.response.mimetype) == (200, "image/png")
    assert anybody.cookies() == set()
    assert PageClient(administrator.app, other_trust.host).get(address).status == 404
    assert anybody.get("/logo/..%2fsecret_key").status == 404


def test_guardians_see_what_clocks_were_before_and_who_changed_them(
    administrator: PageClient, trust: Trust, signed_in: SignIn
) -> None:
    administrator.submit("/admin/branding/clocks", acknowledge_days="3", update_days="25")
    administrator.submit("/admin/branding/clocks", acknowledge_days="1")
    shown = signed_in(trust.guardian).get("/colleagues").text
    assert "first answer 1, conversation 5, hears again 25, looked over 60" in shown
    assert "first answer 3, conversation 5, hears again 25, looked over 60" in shown
    assert "How long clocks run was changed" in shown
    with trust.work() as uow:
        asked = [each.job for each in jobs.to_hand_over(uow)]
    assert asked.count(Job.SOMETHING_TO_READ_MAIL) >= 2


def test_saving_clocks_as_they_were_is_no_change(administrator: PageClient, trust: Trust) -> None:
    administrator.submit("/admin/branding/clocks")
    with trust.work() as uow:
        assert organisations.clock_changes(uow) == []


def test_a_running_clock_keeps_its_day_when_lengths_change(administrator: PageClient, trust: Trust) -> None:
    before = factories.raised_case(trust)
    administrator.submit("/admin/branding/clocks", acknowledge_days="4")
    after = factories.raised_case(trust)
    due = []
    for raised in (before, after):
        with raised.as_(raised.reporter) as (_, case):
            due.append(case.due_on)
            four = cases.working_day_after(case.raised_on, 4, "ENG")
    assert due == [cases.working_day_after(case.raised_on, 2, "ENG"), four]


def test_the_page_of_small_groups_promises_only_what_is_kept(administrator: PageClient) -> None:
    said = administrator.get("/admin/branding/limits").text
    assert "What is said about a workplace as small as this is kept sealed only" in said
    assert "Which staff group a person belongs to is always kept sealed." in said
