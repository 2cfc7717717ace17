"""Searching everything I may read, through the page."""

import base64
import logging
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from speakup import audit, cases, keyring
from speakup.cases import Exclusions, PersonDetails, StoredFile
from speakup.cases.searching import parse
from speakup.kernel.uow import UnitOfWork
from speakup.web.workspace import search as page_module
from tests import factories
from tests.factories import RaisedCase
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

SignIn = Callable[[Colleague], PageClient]
SEARCH = "/cases/search"


@pytest.fixture
def case(trust: Trust) -> RaisedCase:
    """A case both of whose guardians are known by name: the lead is kept out."""
    return raised(trust, narrative="There were two nurses on the ward. The cannula trolley stood empty all night.")


def raised(trust: Trust, **concern: Any) -> RaisedCase:  # noqa: ANN401 -- as `factories.raised_case`
    """Raise a concern that goes to the two guardians, whoever has fewer cases."""
    kept_out = Exclusions(people=frozenset({trust.lead.id}))
    return factories.raised_case(trust, **{"exclusions": kept_out, **concern})


def look_for(browser: PageClient, words: str, **fields: str) -> Page:
    return browser.submit(SEARCH, "Search", words=words, **fields)


def found(page: Page) -> list[str]:
    """The references of the cases that were found, in their order."""
    links = [str(each["href"]) for each in page.soup.select(".app-found__list h3 a")]
    return [each.removeprefix("/cases/") for each in links]


def marked(page: Page) -> list[str]:
    return [each.get_text() for each in page.soup.select("mark")]


# What is found


def test_the_sentence_around_a_word_is_shown_with_where_it_stands_and_its_day(
    case: RaisedCase, guardian: PageClient
) -> None:
    page = look_for(guardian, "CANNULA")
    assert (page.status, found(page), marked(page)) == (200, [case.ref], ["cannula"])
    assert "The cannula trolley stood empty all night." in page.text
    assert "two nurses" not in page.text
    assert "What the person told" in page.text
    assert "1 case found" in page.text


def test_everything_a_guardian_may_read_is_looked_through(trust: Trust, guardian: PageClient) -> None:
    case = raised(
        trust,
        narrative="quicksilver",
        risk="patients at brimstone",
        detriment="moved to saltpetre",
        help_needed="a vermilion interpreter",
        person=PersonDetails("Zebedee O’Malley", "zeb@example.org", "after six at amaranth"),
        exclusions=Exclusions(people=frozenset({trust.lead.id}), others="the keeper of cinnabar"),
    )
    factories.message(case, "the person writes antimony")
    factories.reply(case, "the guardian writes bismuth")
    factories.note(case, "a note of cobalt")
    with case.as_(trust.guardian) as (uow, row):
        cases.title_case(uow, row, "Titled lithium")
    for word, where in {
        "quicksilver": "What the person told",
        "brimstone": "What the person told about risk",
        "saltpetre": "What the person told about being treated badly",
        "vermilion": "Elsewhere in the case",
        "omalley": "Name and contact",
        "zeb@example.org": "Name and contact",
        "amaranth": "Name and contact",
        "cinnabar": "Who should not see this",
        "antimony": "Message from the person",
        "bismuth": "Message to the person",
        "cobalt": "Note",
        "lithium": "Title",
        case.ref: "Reference",
        case.ref.lower().replace("-", " "): "Reference",
    }.items():
        page = look_for(guardian, word)
        assert found(page) == [case.ref], word
        assert where in [each.get_text().split(",")[0] for each in page.soup.select(".app-found__where")], word


def test_how_a_case_was_closed_and_the_name_of_a_file_are_found_too(trust: Trust, guardian: PageClient) -> None:
    stored = StoredFile(uuid.uuid4(), bytes(32), "rota_of_palladium.pdf", "application/pdf", 10, (), scanned=True)
    case = raised(trust, narrative="It is in the file.")
    with case.as_(trust.guardian) as (uow, row):
        cases.reply(uow, row, "Here it is.", [stored])
        cases.code_case(
            uow, row, cases.Coding(frozenset({"patient_safety"}), none_apply=False, worker_group="students")
        )
        cases.tell_person(uow, row, "It is over.")
        cases.close_case(uow, row, cases.Closing("action_taken", "ended in rhodium", cases.Satisfied.YES))
    assert "Name of a file, " in look_for(guardian, "palladium").text
    assert "How it was closed, " in look_for(guardian, "rhodium").text


def test_all_words_must_be_in_a_case_but_not_in_one_place(trust: Trust, guardian: PageClient) -> None:
    apart, together = raised(trust, narrative="osmium stood there."), raised(trust, narrative="iridium and osmium.")
    raised(trust, narrative="osmium alone.")
    factories.note(apart, "iridium, I think")
    assert found(look_for(guardian, "iridium osmium")) == [together.ref, apart.ref]
    assert found(look_for(guardian, "“iridium and osmium”")) == [together.ref]
    assert found(look_for(guardian, "iridium osmium gallium")) == []


def test_filters_narrow_what_is_opened(trust: Trust, guardian: PageClient) -> None:
    early, late = (raised(trust, narrative=f"tungsten {number}") for number in range(2))
    with early.as_(trust.guardian) as (uow, row):
        row.raised_on = date(2026, 3, 1)
        cases.acknowledge(uow, row, "Thank you.")
        cases.code_case(
            uow, row, cases.Coding(frozenset({"patient_safety"}), none_apply=False, worker_group="students")
        )
        cases.tell_person(uow, row, "It is over.")
        cases.close_case(uow, row, cases.Closing("action_taken", "", cases.Satisfied.YES))
    until = {"raised_to-day": "1", "raised_to-month": "3", "raised_to-year": "2026"}
    after = {"raised_from-day": "2", "raised_from-month": "3", "raised_from-year": "2026"}
    for fields, expected in (
        (until, early), (after, late), ({"stand": "open"}, late), ({"stand": "closed"}, early),
        ({"state": "closed"}, early), ({"state": "new"}, late), ({"element": "patient_safety"}, early),
    ):  # fmt: skip
        page = look_for(guardian, "tungsten", **fields)
        assert found(page) == [expected.ref], fields
        assert "Looked through 1 case." in page.text
    assert "There is no case to look through" in look_for(guardian, "tungsten", state="under review").text


def test_a_theme_is_the_one_that_the_newest_triage_names(trust: Trust, guardian: PageClient) -> None:
    once, now, _untriaged = (raised(trust, narrative=f"hafnium {number}") for number in range(3))
    for case, themes in ((once, ["systems"]), (once, ["behaviours"]), (now, ["systems", "behaviours"])):
        guardian.submit(f"/cases/{case.ref}/triage", "Save triage", themes=themes)
    assert found(look_for(guardian, "hafnium", theme="systems")) == [now.ref]
    assert sorted(found(look_for(guardian, "hafnium", theme="behaviours"))) == sorted([once.ref, now.ref])
    assert "Looked through 3 cases." in look_for(guardian, "hafnium", theme="systems").text


def test_every_page_has_an_address_and_no_address_holds_a_word(
    trust: Trust, guardian: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = [raised(trust, narrative=f"beryllium {number}").ref for number in range(3)]
    monkeypatch.setattr("speakup.cases.queries.search.PAGE", 2)
    first = look_for(guardian, "beryllium", stand="open")
    assert "3 cases found" in first.text
    assert "page 1 of 2" in first.text
    second = guardian.get(first.path + "?page=2")
    assert first.path + "?page=2" in first.links()
    assert "page 2 of 2" in second.text
    assert len(found(first)) == 2
    assert sorted(found(first) + found(second)) == sorted(refs)
    assert found(guardian.get(first.path)) == found(first)
    assert found(guardian.get(first.path + "?page=77")) == found(second)
    for page in (first, second):
        assert re.fullmatch("/cases/search/[0-9a-f]{16}([?]page=2)?", page.path)
        assert not [each for each in page.links() if "beryllium" in each]


def test_what_was_typed_is_sealed_to_the_session_and_to_the_newest_search(
    case: RaisedCase, trust: Trust, signed_in: SignIn
) -> None:
    browser, later = signed_in(trust.guardian), signed_in(trust.guardian)
    page = look_for(browser, "cannula")
    held = next(each for each in (browser.client._cookies or {}).values() if each.key == "__Host-search")  # noqa: SLF001 -- it has no public list
    assert b"cannula" not in base64.urlsafe_b64decode(held.value)
    later.client.set_cookie("__Host-search", held.value, domain=trust.host, secure=True, path="/", httponly=True)
    assert later.get(page.path).path == SEARCH
    look_for(browser, "trolley")
    assert browser.get(page.path).path == SEARCH
    browser.client.set_cookie("__Host-search", "nonsense", domain=trust.host, secure=True, path="/", httponly=True)
    assert browser.get(page.path).path == SEARCH


def test_the_longest_question_fits_into_what_a_browser_keeps(guardian: PageClient) -> None:
    page = look_for(guardian, "🙂 東" * 166 + "x1")
    assert page.status == 200
    assert "0 cases found" in page.text


def test_words_that_stand_everywhere_are_left_out_and_said(case: RaisedCase, guardian: PageClient) -> None:
    page = look_for(guardian, "the cannula and")
    assert found(page) == [case.ref]
    assert "the, and" in page.text
    alone = look_for(guardian, "there were")
    assert found(alone) == [case.ref]
    assert "next to each other" in alone.text


# What is refused


@pytest.mark.parametrize("words", ["", "   ", "!!!", "“”", "- '", "·"])
def test_what_holds_no_word_is_asked_for_again(case: RaisedCase, guardian: PageClient, words: str) -> None:
    page = look_for(guardian, words)
    assert page.status == 422
    assert page.errors == ["Write at least one word, name, number or reference"]


def test_a_question_that_is_too_long_comes_back_with_every_word(guardian: PageClient) -> None:
    fits = look_for(guardian, "a" * 500)
    assert fits.status == 200
    page = look_for(guardian, "b" * 501)
    assert page.status == 422
    assert "b" * 501 in page.body


def test_a_day_that_does_not_exist_comes_back_with_every_word(case: RaisedCase, guardian: PageClient) -> None:
    page = look_for(guardian, "cannula", **{"raised_to-day": "31", "raised_to-month": "2", "raised_to-year": "2026"})
    assert page.status == 422
    assert 'value="cannula"' in page.body
    assert page.soup.select_one("details[open]") is not None


def test_a_last_day_before_the_first_is_said_to_be_one_and_no_case_is_opened(
    case: RaisedCase, guardian: PageClient
) -> None:
    first = {"raised_from-day": "2", "raised_from-month": "5", "raised_from-year": "2026"}
    last = {"raised_to-day": "1", "raised_to-month": "5", "raised_to-year": "2026"}
    page = look_for(guardian, "cannula", **first, **last)
    assert (page.status, page.errors) == (422, ["The last day comes before the first"])
    assert 'value="cannula"' in page.body


def test_an_answer_that_was_not_offered_is_refused(guardian: PageClient) -> None:
    shown = guardian.get(SEARCH)
    token = {"csrf_token": shown.soup.select_one("[name=csrf_token]")["value"]}  # type: ignore[index]
    for field in ("stand", "state", "element", "theme"):
        assert guardian.post(SEARCH, {**token, "words": "x1x", field: "nonsense"}).status == 422


def test_a_search_without_its_token_opens_nothing(case: RaisedCase, guardian: PageClient, trust: Trust) -> None:
    page = guardian.post(SEARCH, {"words": "cannula"})
    assert page.status == 400
    assert "cannula" not in page.text
    assert searches(trust) == []


# Who may


def searches(trust: Trust) -> list[tuple[uuid.UUID | None, int | None]]:
    """Who searched, and how many cases were opened for it."""
    with trust.work(trust.non_executive_lead) as uow:
        entries = list(audit.lines(uow))
    return [(uuid.UUID(str(each["actor"])), each["quantity"]) for each in entries if each["event"] == "cases searched"]  # type: ignore[misc]


def test_each_search_is_one_entry_with_the_number_of_cases_and_no_word(
    case: RaisedCase, guardian: PageClient, trust: Trust
) -> None:
    raised(trust, narrative="another")
    look_for(guardian, "cannula")
    look_for(guardian, "nothing-like-it")
    assert searches(trust) == [(trust.guardian.id, 2), (trust.guardian.id, 2)]


def test_opening_the_empty_page_opens_no_case(case: RaisedCase, guardian: PageClient, trust: Trust) -> None:
    assert "What are you looking for?" in guardian.get(SEARCH).text
    assert searches(trust) == []


def test_only_those_who_hold_a_key_find_a_case(trust: Trust, signed_in: SignIn) -> None:
    case = raised(trust, narrative="thallium", person=PersonDetails("Nora Thallium"))
    for person in (trust.lead, trust.non_executive_lead, trust.buddy):
        page = look_for(signed_in(person), "thallium")
        assert found(page) == []
        assert case.ref not in page.text
        assert "0 cases found" in page.text
    for person in (trust.guardian, trust.second_guardian):
        assert found(look_for(signed_in(person), "thallium")) == [case.ref]


def test_a_guardian_taken_off_a_case_finds_it_no_longer(trust: Trust, signed_in: SignIn) -> None:
    case = raised(trust, narrative="thallium")
    with case.as_(trust.guardian) as (uow, row):
        cases.open_view(uow, row)
        keyring.revoke(uow, row.id, trust.second_guardian.id)
    assert found(look_for(signed_in(trust.second_guardian), "thallium")) == []
    assert found(look_for(signed_in(trust.guardian), "thallium")) == [case.ref]


def test_words_sealed_before_the_keys_were_changed_are_found_too(trust: Trust, guardian: PageClient) -> None:
    case = raised(trust, narrative="thallium")
    with case.as_(trust.guardian) as (uow, row):
        cases.add_note(uow, row, "of an older key: ytterbium")
        keyring.revoke(uow, row.id, trust.second_guardian.id)
        cases.add_note(uow, row, "of a newer key: scandium")
    assert found(look_for(guardian, "ytterbium scandium thallium")) == [case.ref]


def passed_on(trust: Trust) -> tuple[RaisedCase, Colleague, str]:
    """A case of the two guardians, the person it was passed on to, and the reference of what they were given."""
    case, ida = raised(trust), factories.recipient(trust)
    factories.reply(case, "Thank you.", by=trust.guardian)
    return case, ida, factories.referred(case, trust.guardian, ida, "There was too little erbium.").ref


def answered(trust: Trust, ida: Colleague, ref: str, words: str) -> None:
    with trust.work(ida) as uow:
        sent = [StoredFile(uuid.uuid4(), bytes(32), "lutetium.txt", "text/plain", 1, (), scanned=True)]
        cases.answer_referral(uow, cases.find_referral(uow, ref), words, sent, final=False)


def test_what_was_answered_to_what_was_passed_on_is_found(trust: Trust, signed_in: SignIn) -> None:
    raised(trust)
    case, ida, ref = passed_on(trust)
    answered(trust, ida, ref, "We ordered holmium. Nobody had looked.")
    for guardian in (trust.guardian, trust.second_guardian):
        browser = signed_in(guardian)
        page = look_for(browser, "holmium")
        assert found(page) == [case.ref]
        assert "Answer to what was passed on, " in page.text
        assert marked(page) == ["holmium"]
        assert found(look_for(browser, "lutetium")) == [case.ref]
        # By the log of what was told, once and no more.
        assert marked(look_for(browser, "erbium")) == ["erbium"]
    with case.as_(trust.guardian) as (uow, row):
        cases.end_referral(uow, row, cases.open_view(uow, row).referrals[0].id)
    assert found(look_for(signed_in(trust.guardian), "holmium")) == [case.ref]


def test_what_waits_to_be_passed_on_is_found(trust: Trust, guardian: PageClient) -> None:
    case = raised(trust)
    factories.reply(case, "Thank you.", by=trust.guardian)
    factories.referred(case, trust.guardian, factories.invited(trust, "Ida Inquiry"), "There was too little erbium.")
    page = look_for(guardian, "erbium")
    assert found(page) == [case.ref]
    assert "What was passed on, " in page.text


def test_an_answer_that_was_changed_puts_its_case_aside(trust: Trust, guardian: PageClient) -> None:
    _, ida, ref = passed_on(trust)
    answered(trust, ida, ref, "We ordered holmium.")
    with trust.work() as uow:
        uow.session.execute(text("UPDATE sealed_record SET revision = revision + 1 WHERE kind = 'answer'"))
    page = look_for(guardian, "holmium")
    assert found(page) == []
    assert "1 case does not check out" in page.text


def test_looking_costs_no_statement_for_each_case_that_was_passed_on(trust: Trust) -> None:
    def statements() -> int:
        with trust.work(trust.guardian) as uow:
            made: list[str] = []
            engine = uow.session.get_bind()
            event.listen(engine, "before_cursor_execute", lambda *given: made.append(given[2]))
            search = cases.start_search(uow, cases.SearchAsked(parse("holmium")))
            list(search.steps())
            assert search.count == len(answered_cases)
            return len(made)

    answered_cases: list[RaisedCase] = []
    ida = factories.recipient(trust)
    needed = []
    for _ in range(3):
        case = raised(trust)
        factories.reply(case, "Thank you.", by=trust.guardian)
        answered(trust, ida, factories.referred(case, trust.guardian, ida).ref, "We ordered holmium.")
        answered_cases.append(case)
        needed.append(statements())
    assert needed[1] == needed[2]


def test_another_organisation_finds_nothing_of_this_one(trust: Trust, other_trust: Trust) -> None:
    raised(trust, narrative="thallium")
    with other_trust.work(other_trust.guardian, writes=False) as uow:
        search = cases.start_search(uow, cases.SearchAsked(cases.parse_search("thallium")))
        assert list(search.steps()) == []
    assert (search.total, search.count) == (0, 0)


def test_whoever_holds_no_cases_finds_no_page(trust: Trust, signed_in: SignIn, browser: PageClient) -> None:
    assert signed_in(trust.administrator).get(SEARCH).status == 404
    assert signed_in(trust.executive_lead).get(SEARCH).status == 404
    assert "Sign in" in browser.get(SEARCH).text


# What does not check out


def test_a_damaged_case_is_named_recorded_and_hides_no_other(trust: Trust, guardian: PageClient) -> None:
    whole, torn = raised(trust, narrative="hafnium one"), raised(trust, narrative="hafnium two")
    with trust.work() as uow:
        _delete_a_record_of(uow, torn)
    page = look_for(guardian, "hafnium")
    assert found(page) == [whole.ref]
    assert "1 case does not check out" in page.text
    assert torn.ref in page.text
    assert "Looked through 1 case." in page.text
    with trust.work(trust.non_executive_lead) as uow:
        faults = [each["subject"] for each in audit.lines(uow) if each["event"] == "integrity fault"]
    assert str(torn.id) in faults


def _delete_a_record_of(uow: UnitOfWork, case: RaisedCase) -> None:
    rows = uow.session.execute(text("SELECT id, case_id FROM compartment")).all()
    of_case = [row[0] for row in rows if uuid.UUID(str(row[1])) == case.id]
    uow.session.execute(text("DELETE FROM sealed_record WHERE compartment_id = :it"), {"it": of_case[0]})


def test_a_case_under_another_reference_is_damaged_where_it_is_found(trust: Trust, guardian: PageClient) -> None:
    case = raised(trust, narrative="hafnium")
    with trust.work() as uow:
        uow.session.execute(text("UPDATE \"case\" SET ref = 'SU-0000-0000' WHERE ref = :it"), {"it": case.ref})
    page = look_for(guardian, "hafnium")
    assert found(page) == []
    assert "1 case does not check out" in page.text


def test_a_case_whose_row_says_it_stands_elsewhere_is_damaged_where_it_is_found(
    trust: Trust, guardian: PageClient
) -> None:
    case = raised(trust, narrative="hafnium")
    with trust.work() as uow:
        uow.session.execute(text("UPDATE \"case\" SET state = 'closed' WHERE ref = :it"), {"it": case.ref})
    assert "1 case does not check out" in look_for(guardian, "hafnium").text


# Nothing leaks


def test_what_people_wrote_is_never_markup(trust: Trust, guardian: PageClient) -> None:
    case = raised(trust, narrative='<script>alert("argon")</script> <img src=x onerror=argon> & argon')
    with case.as_(trust.guardian) as (uow, row):
        cases.title_case(uow, row, "<b>argon</b>")
    page = look_for(guardian, '<script> "argon')
    assert found(page) == [case.ref]
    assert page.soup.select(".app-found b, .app-found img, .app-found script") == []
    assert "onerror" in page.text
    assert set(marked(page)) <= {"argon", "script"}


def test_no_word_of_question_or_answer_reaches_a_log_or_a_file(
    trust: Trust,
    guardian: PageClient,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    raised(trust, narrative="praseodymium lay beside neodymium")
    with caplog.at_level(logging.DEBUG):
        assert marked(look_for(guardian, "neodym"))
    said = caplog.text + "".join(capfd.readouterr())
    files = b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
    for word in ("neodym", "praseodymium"):
        assert word not in said
        assert word.encode() not in files


def test_no_word_that_was_looked_for_stays_in_the_process(case: RaisedCase, guardian: PageClient) -> None:
    """Python keeps the patterns it made last, for as long as the process runs."""
    assert marked(look_for(guardian, "cannula")) == ["cannula"]
    kept = [str(key[1]) for key in vars(re)["_cache"]]
    assert not any("c['-]?a['-]?n['-]?n" in each for each in kept)


def test_the_page_is_kept_by_nobody(case: RaisedCase, guardian: PageClient) -> None:
    page = look_for(guardian, "cannula")
    assert page.response.headers["Cache-Control"] == "no-store"


# A search that takes long


def test_a_long_search_says_how_far_it_has_come_and_ends_in_the_same_page(
    trust: Trust, guardian: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = {raised(trust, narrative=f"krypton {number}").ref for number in range(3)}
    at_once = look_for(guardian, "krypton")
    monkeypatch.setattr(page_module, "AT_ONCE_WITHIN", -1.0)
    monkeypatch.setattr("speakup.cases.queries.search._STEP", 1)
    shown = guardian.get(SEARCH)
    streamed = guardian.submit(shown, "Search", words="krypton")
    lines = [each.get_text() for each in streamed.soup.select(".app-looking")]
    assert lines == ["Looked through 1 of 3 cases…", "Looked through 2 of 3 cases…"]
    assert streamed.response.headers["X-Accel-Buffering"] == "no"
    assert set(found(streamed)) == refs
    assert found(streamed) == found(at_once)
    assert searches(trust) == [(trust.guardian.id, 3)] * 2


def test_the_lines_leave_before_the_search_goes_on(
    trust: Trust, guardian: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        raised(trust, narrative=f"krypton {number}")
    monkeypatch.setattr(page_module, "AT_ONCE_WITHIN", -1.0)
    monkeypatch.setattr("speakup.cases.queries.search._STEP", 1)
    token = guardian.get(SEARCH).soup.select_one("[name=csrf_token]")["value"]  # type: ignore[index]
    at = {"base_url": f"https://{trust.host}"}
    posted = guardian.client.post(SEARCH, data={"csrf_token": token, "words": "krypton"}, **at)
    answer = guardian.client.get(posted.location, buffered=False, **at)
    pieces = _until(iter(answer.response), "Looked through 1 of 3")  # type: ignore[arg-type]
    assert "<h1" in pieces
    assert "found__list" not in pieces
    # Somebody who goes away meanwhile has opened what was opened, and that is written down.
    answer.close()
    assert searches(trust) == [(trust.guardian.id, 1)]


def _until(pieces: Iterator[bytes], words: str) -> str:
    came = ""
    for piece in pieces:
        came += piece.decode()
        if re.search(words, " ".join(came.split())):
            return came
    raise AssertionError(came)


def test_the_page_says_that_nothing_inside_a_file_is_found(guardian: PageClient) -> None:
    page = guardian.get("/cases/search").text
    assert "What stands inside a file is not found" in page
    assert "Write what matters in it in a note, and the note is found." in page
