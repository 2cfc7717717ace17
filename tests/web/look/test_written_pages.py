"""The written pages and the pages for errors: true, kind, short, and the same for everyone."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient

from tests.web.look.gallery import ERRORS, TYPED_BEFORE, WRITTEN, Organisation, Site, manifest, public_words
from tests.web.look.reading import Reading, grade, sentences

SHOWN = [
    *WRITTEN,
    "/?closed=1",
    *(f"/error/{status}" for status in ERRORS),
    "/error/503?kept=1",
    "/error/nobody?kept=1",
]


def read(pages: FlaskClient, address: str) -> Reading:
    return Reading(pages.get(address).get_data(as_text=True))


@pytest.mark.parametrize("address", SHOWN)
def test_a_page_is_valid_with_one_heading_and_a_title_that_names_no_trust(pages: FlaskClient, address: str) -> None:
    page = read(pages, address)
    assert len(page.every("h1")) == 1
    assert len(page.ids()) == len(set(page.ids()))
    title = page.text(page.every("title")[0])
    assert title
    assert Organisation().name not in title


@pytest.mark.parametrize("address", SHOWN)
def test_headings_never_skip_a_level(pages: FlaskClient, address: str) -> None:
    levels = [int(element.tag[1]) for element in read(pages, address).every("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("address", SHOWN)
def test_leaving_is_the_second_link_of_every_page_and_says_what_it_deletes(pages: FlaskClient, address: str) -> None:
    page = read(pages, address)
    links = [link.attrib["href"] for link in page.every("a")]
    assert links[:2] == ["#maincontent", "/leave"]
    assert "Deletes what you typed here." in page.text()


@pytest.mark.parametrize("address", SHOWN)
def test_every_page_leads_to_the_written_pages_and_to_follow_up(pages: FlaskClient, address: str) -> None:
    assert {*WRITTEN, "/follow-up"} <= read(pages, address).links()


@pytest.mark.parametrize("address", SHOWN)
def test_no_page_names_another_host_or_sets_a_cookie(pages: FlaskClient, address: str) -> None:
    response = pages.get(address)
    assert not re.search(r"(src|href|action)=\"(https?:)?//", response.get_data(as_text=True))
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("address", SHOWN)
def test_no_page_calls_the_reader_names_or_promises_help(pages: FlaskClient, address: str) -> None:
    words = read(pages, address).text().lower()
    for unkind in (
        "victim",
        "allegation",
        "complainant",
        "whistleblow",
        "help is coming",
        "on its way",
        "we will send",
    ):
        assert unkind not in words


def test_danger_now_is_said_on_the_first_page_with_every_number(pages: FlaskClient) -> None:
    words = read(pages, "/").text()
    for part in ("999", "2222", "01632 960 101", "116 123", "Monday 23 November at 9 am", "does not call for help"):
        assert part in words


def test_the_first_page_offers_to_start_and_to_follow_up(pages: FlaskClient) -> None:
    page = read(pages, "/")
    assert {"/raise", "/follow-up"} <= page.links()
    assert "Imogen Thackray" in page.text()


def test_when_nobody_can_receive_the_first_page_gives_a_number_instead_of_start(pages: FlaskClient) -> None:
    page = read(pages, "/?closed=1")
    assert "/raise" not in page.links()
    assert Organisation().guardian_phone in page.text(page.by_id("maincontent"))
    assert "/follow-up" in page.links()


def test_a_new_organisation_without_numbers_shows_no_empty_ones(gallery: Flask) -> None:
    bare = {"organisation": Organisation(guardian_phone="", guardian_hours=""), "guardians": [], "intake_open": False}
    for template in WRITTEN.values():
        with gallery.test_request_context("/"):
            words = {**public_words(), **bare, "sites": [Site("Larkmere General", "")], "next_look": ""}
            shown = Reading(render_template(template, **words))
        assert not re.search(r"call:? *\.| : *\.|tel:\"", shown.text())
        assert not [link for link in shown.links() if link == "tel:"]
        assert not [part for part in shown.every("strong") if not shown.text(part)]


@pytest.mark.parametrize("limit", [
    "Whoever controls the running program",
    "The Wi-Fi at work belongs to your employer",
    "Your browser keeps a list of pages",
    "how many people spoke up, on which days",
    "Anyone who finds your words can open your inbox",
    "put the whole system back to an older day",
    "Spare copies, still locked, keep what they held for up to 35 days",
    "no key can stop a person from talking",
    "Someone who steals the store and also a guardian’s passphrase",
])  # fmt: skip
def test_the_security_page_says_where_its_promise_ends(pages: FlaskClient, limit: str) -> None:
    assert limit in read(pages, "/about/security").text()


@pytest.mark.parametrize("address", ["/", "/?closed=1", "/support", "/about/security", "/accessibility", "/privacy"])
def test_the_words_are_easy(pages: FlaskClient, address: str) -> None:
    """A grade of 6 is a reader of 11. The lines of law and of method are on the two last pages."""
    assert grade(sentences(read(pages, address))) < 6


@pytest.mark.parametrize("status", [400, 409, 429, 503, "nobody"])
def test_an_error_gives_back_every_word(pages: FlaskClient, status: int | str) -> None:
    page = read(pages, f"/error/{status}?kept=1")
    form = page.every("form")[0]
    kept = {field.get("name"): field.get("value") for field in form.iter() if field.tag == "input"}
    assert (form.get("action"), kept) == ("/raise", {"story": TYPED_BEFORE})
    assert " ".join(TYPED_BEFORE.split()) in page.text()


@pytest.mark.parametrize("status", ERRORS)
def test_an_error_says_what_to_do(pages: FlaskClient, status: int) -> None:
    page = read(pages, f"/error/{status}")
    assert "fault" in page.text() or page.every("li") or "again" in page.text()
    assert pages.get(f"/error/{status}").status_code == status


def test_an_unknown_host_gets_a_page_without_an_organisation(pages: FlaskClient) -> None:
    page = read(pages, "/nowhere")
    assert Organisation().name not in page.text()


def test_a_first_visit_weighs_under_100_kilobytes(pages: FlaskClient, prepared: Path) -> None:
    names = manifest(prepared)
    files = [names[name] for name in ("nhsuk.css", "speakup.css", "speakup.js", "icon.svg")]
    assert len(pages.get("/").data) + sum((prepared / f"{name}.gz").stat().st_size for name in files) < 60_000
