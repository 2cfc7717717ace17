"""A reader who has left can open nothing: the guardian sees it, and the person is told when keys follow."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from speakup import accounts, keyring, organisations
from speakup.cases import PersonDetails
from speakup.kernel.clock import today
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient
from tests.web.walking import open_inbox

SignIn = Callable[[Colleague], PageClient]

CHANGED = "Other people can open this than when you were last here"
ONLY_ONE = "Afterwards only one person could open this"


@pytest.fixture
def case(trust: Trust) -> RaisedCase:
    return factories.raised_case(trust, person=PersonDetails(name="Nora"))


def _end(trust: Trust, who: Colleague) -> None:
    with trust.work(trust.administrator) as uow:
        keyring.ask_leaving(uow, accounts.member(uow, who.id).membership, shut_out=True)


def _agree(trust: Trust, who: Colleague) -> None:
    answering = trust.lead if who is not trust.lead else trust.guardian
    with trust.work(answering) as uow:
        (change,) = keyring.pending(uow)
        keyring.agree(uow, change)


def _words_given(theirs: PageClient, case: RaisedCase) -> str:
    shown = theirs.submit(f"/cases/{case.ref}/new-words")
    return " ".join(each.get_text().strip() for each in shown.soup.select(".app-words__word"))


def _who_can_open(page: PageClient, case: RaisedCase) -> list[str]:
    return [each.get_text(" ", strip=True) for each in page.get(f"/cases/{case.ref}").soup.select(".app-side li")]


def test_the_inbox_says_so_when_new_words_from_a_guardian_left_a_reader_out(
    app: Flask, trust: Trust, case: RaisedCase, signed_in: SignIn
) -> None:
    staying, leaving = readers_of(case)
    theirs = signed_in(staying)
    _end(trust, leaving)
    _agree(trust, leaving)
    browser = PageClient(app, trust.host)
    assert CHANGED in open_inbox(browser, _words_given(theirs, case)).text
    assert CHANGED not in browser.get("/follow-up").text


def test_the_inbox_says_nothing_when_the_same_people_can_open_it_with_new_words(
    app: Flask, trust: Trust, case: RaisedCase, signed_in: SignIn
) -> None:
    words = _words_given(signed_in(readers_of(case)[0]), case)
    assert CHANGED not in open_inbox(PageClient(app, trust.host), words).text


def test_before_new_words_a_guardian_reads_that_they_alone_could_open_it(
    trust: Trust, case: RaisedCase, signed_in: SignIn
) -> None:
    staying, leaving = readers_of(case)
    theirs, path = signed_in(staying), f"/cases/{case.ref}/new-words"
    assert ONLY_ONE not in theirs.get(path).text
    _end(trust, leaving)
    # Still sealed to until a guardian agrees, and yet they cannot sign in.
    for _ in range(2):
        page = theirs.get(path)
        assert f"{ONLY_ONE}: {staying.name}" in page.text
        assert f"could not open the messages or the name any more: {leaving.name}." in page.text
        assert page.body.index(ONLY_ONE) < page.body.index("Make new words")
        if leaving.id in _receivers(trust):
            _agree(trust, leaving)
    assert leaving.id not in _receivers(trust)


def _receivers(trust: Trust) -> set[object]:
    with trust.work(trust.administrator, writes=False) as uow:
        return set(keyring.load_key_log(uow).valid)


def _inbox_readers(page: Page) -> list[str]:
    return [each.get_text(" ", strip=True) for each in page.soup.select("#who-can-open + ul li")]


def test_the_inbox_marks_a_reader_who_no_longer_works_here_and_says_who_answers(
    app: Flask, trust: Trust, case: RaisedCase
) -> None:
    staying, leaving = readers_of(case)
    browser = PageClient(app, trust.host)
    before = open_inbox(browser, " ".join(case.words))
    assert "no longer works here" not in before.text
    _end(trust, leaving)
    page = browser.get("/follow-up")
    assert f"{leaving.name} (no longer works here)" in _inbox_readers(page)
    assert staying.name in _inbox_readers(page)
    assert "The others named here still can, and they answer you." in page.text
    assert leaving.name not in browser.get("/follow-up/who-i-am").text
    _agree(trust, leaving)
    page = browser.get("/follow-up")
    assert leaving.name not in page.text.split("Who can open this")[-1]
    assert "no longer works here" not in page.text


def test_an_inbox_that_nobody_can_answer_any_more_says_whom_to_call(app: Flask, trust: Trust, case: RaisedCase) -> None:
    with trust.work() as uow:
        organisations.here(uow).guardian_phone = "0300 000 0001"
    browser = PageClient(app, trust.host)
    open_inbox(browser, " ".join(case.words))
    for leaving in readers_of(case):
        _end(trust, leaving)
    page = browser.get("/follow-up")
    assert "nobody can answer you here just now. Please call 0300 000 0001" in page.text
    assert "I spoke up about this before" in page.text


def test_the_inbox_says_that_a_reader_is_away_and_never_until_when(app: Flask, trust: Trust, case: RaisedCase) -> None:
    away, other = readers_of(case)
    last = today() + timedelta(days=40)
    with trust.work(away) as uow:
        accounts.mark_absent(uow, accounts.member(uow, away.id).membership, last)
    page = open_inbox(PageClient(app, trust.host), " ".join(case.words))
    assert f"{away.name} (away just now)" in _inbox_readers(page)
    assert other.name in _inbox_readers(page)
    assert f"{last:%B}" not in " ".join(_inbox_readers(page))


def test_the_case_page_marks_a_reader_who_has_left(trust: Trust, case: RaisedCase, signed_in: SignIn) -> None:
    staying, leaving = readers_of(case)
    theirs = signed_in(staying)
    assert not any("has left" in each for each in _who_can_open(theirs, case))
    _end(trust, leaving)
    shown = _who_can_open(theirs, case)
    assert shown.count(f"{leaving.name} (has left, cannot sign in)") == 3
    assert staying.name in shown


def test_a_case_whose_guardian_has_left_is_with_nobody_who_is_here(
    trust: Trust, case: RaisedCase, signed_in: SignIn
) -> None:
    both = readers_of(case)
    with case.as_(case.reporter) as (_, row):
        staying, leaving = sorted(both, key=lambda each: each.id == row.primary_id)
    theirs = signed_in(staying)
    assert leaving.name in theirs.get(f"/cases/{case.ref}/hand-over").soup.select(".nhsuk-summary-list")[0].text
    _end(trust, leaving)
    _agree(trust, leaving)
    page = theirs.get(f"/cases/{case.ref}/hand-over")
    assert "a guardian who is no longer here" in page.soup.select(".nhsuk-summary-list")[0].text
    assert "Take it over: its guardian is not here" in theirs.get(f"/cases/{case.ref}").text
