"""The questions: their order, what they promise, and that nothing typed into them is lost."""

from dataclasses import replace

import pytest

from speakup import cases, organisations
from speakup.cases import Answer, HowRaised
from tests.trusts import Trust
from tests.web.client import PageClient
from tests.web.walking import STORY, go_on, only_case, open_inbox, question, send, walk, words_of

HEADINGS = [
    "How do you want to tell us?",
    "What happened?",
    "Is anyone at risk now?",
    "About your work",
    "Has something bad happened to you because you spoke up?",
    "How can we reach you?",
    "Who should not see this?",
    "Do you want to add files?",
    "Check your answers",
]


def test_the_questions_come_in_their_order_at_one_address(browser: PageClient) -> None:
    page = browser.get("/raise")
    for number, heading in enumerate(HEADINGS, 1):
        assert page.path == "/raise"
        assert page.heading == f"Question {number} of 9 {heading}"
        assert question(page) == str(number)
        if number < 9:
            page = go_on(browser, page, **({"narrative": STORY} if number == 2 else {}))


def test_the_first_page_sets_no_cookie_and_a_draft_begins_with_the_first_answer(browser: PageClient) -> None:
    browser.get("/")
    assert browser.cookies() == set()
    page = browser.get("/raise")
    assert browser.cookies() == {"__Host-form"}
    go_on(browser, page)
    assert browser.cookies() == {"__Host-form", "__Host-draft"}


@pytest.mark.parametrize("address", ["/", "/support", "/privacy", "/accessibility", "/about/security"])
def test_the_written_pages_are_served_without_a_cookie(browser: PageClient, address: str) -> None:
    assert browser.get(address).status == 200
    assert browser.cookies() == set()


def test_the_first_page_names_the_guardians_who_hold_keys(browser: PageClient, trust: Trust) -> None:
    page = browser.get("/")
    for person in (trust.guardian, trust.second_guardian, trust.lead):
        assert person.name in page.text
    assert trust.administrator.name not in page.text


def test_the_three_ways_say_who_will_know(browser: PageClient) -> None:
    page = browser.get("/raise")
    for words in ("My name can be shared", "Only the guardians named on the last page", "Nobody knows who I am"):
        assert words in page.text


@pytest.mark.parametrize("number", [1, 3])
def test_danger_now_gives_the_numbers_and_says_when_guardians_look(browser: PageClient, number: int) -> None:
    page = walk(browser, number)
    for words in ("999", "2222", "0300 000 0001", "116 123", "Guardians next look:", "does not call for help"):
        assert words in page.text


def test_a_story_alone_is_a_whole_concern(browser: PageClient, trust: Trust) -> None:
    assert len(words_of(send(browser))) == 7
    view = only_case(trust)
    assert view.told.narrative == STORY
    assert view.told.how_raised is HowRaised.CONFIDENTIAL
    assert view.person is None


def test_everything_somebody_says_arrives(browser: PageClient, trust: Trust) -> None:
    with trust.work(trust.visitor) as uow:
        directorate, site = organisations.directorates(uow)[0], organisations.sites(uow)[0]
    send(
        browser,
        how={"how": "open"},
        story={"narrative": STORY, "spoke_up_before": "y"},
        risk={"at_risk": "yes", "risk": "Everyone on the ward."},
        work={
            "directorate": str(directorate.id),
            "site": str(site.id),
            "worker_group": "estates",
            "role": "porter",
            "language": "Polski",
            "help": ["bsl"],
            "other_help": "a quiet room",
        },
        detriment={"happened": "yes", "detriment": "My shifts were cut."},
        reach={"name": "Nora Nowak", "contact": "07700 900 123", "notice_by": "text", "notice_phone": "07700 900 124"},
        exclude={"others": "my manager"},
    )
    view = only_case(trust)
    told, person = view.told, view.person
    assert (told.risk, told.at_risk, told.role) == ("Everyone on the ward.", Answer.YES, "porter")
    assert (told.directorate_id, told.site_id, told.worker_group) == (directorate.id, site.id, "estates")
    assert (told.detriment, told.happened, told.spoke_up_before) == ("My shifts were cut.", Answer.YES, True)
    assert told.help_needed.splitlines() == ["Language: Polski", "British Sign Language", "a quiet room"]
    assert told.how_raised is HowRaised.OPEN
    assert person is not None
    assert (person.name, person.notice_by, person.notice_to) == ("Nora Nowak", "text", "07700 900 124")
    assert view.exclusions.others == "my manager"


def test_somebody_anonymous_is_not_asked_how_to_be_reached(browser: PageClient, trust: Trust) -> None:
    page = walk(browser, 5, how={"how": "anonymous"})
    page = go_on(browser, page)
    assert "Who should not see this?" in page.heading
    page = browser.submit(page, "Back")
    assert "Has something bad happened" in page.heading
    browser.submit(walk(browser, 9), "Send")
    assert only_case(trust).case.raised_anonymously


def test_a_name_given_before_choosing_anonymous_is_not_sent(browser: PageClient, trust: Trust) -> None:
    check = walk(browser, 9, reach={"name": "Nora Nowak"})
    how = browser.submit(check, "Change How do you want to tell us?")
    check = go_on(browser, how, how="anonymous")
    assert "Check your answers" in check.heading
    assert "Nora" not in check.text
    browser.submit(check, "Send")
    assert only_case(trust).person is None


def test_an_empty_story_is_asked_for_in_words(browser: PageClient) -> None:
    page = go_on(browser, walk(browser, 2), narrative="  ")
    assert page.errors == ["Write what happened. A few words are enough to begin with."]
    assert question(page) == "2"


def test_a_story_too_long_comes_back_whole(browser: PageClient) -> None:
    story = "ä" * (cases.NARRATIVE_LIMIT + 3)
    page = go_on(browser, walk(browser, 2), narrative=story)
    assert page.errors == ["This is too long by 3 characters. Up to 50,000 fit."]
    assert story in page.body


def test_a_line_break_counts_once(browser: PageClient) -> None:
    page = go_on(browser, walk(browser, 2), narrative="a\r\n" * (cases.NARRATIVE_LIMIT // 2))
    assert question(page) == "3"


def test_back_keeps_what_was_typed_and_asks_nothing_of_it(browser: PageClient) -> None:
    page = browser.submit(walk(browser, 2), "Back", narrative="Half a")
    assert question(page) == "1"
    assert "Half a" in go_on(browser, page).body


def test_change_goes_to_its_question_and_comes_back_to_the_check(browser: PageClient) -> None:
    check = walk(browser, 9)
    story = browser.submit(check, "Change What happened?")
    assert question(story) == "2"
    check = go_on(browser, story, narrative="Another story")
    assert question(check) == "9"
    assert "Another story" in check.text


def test_choosing_to_be_known_after_all_brings_up_the_question_that_was_left_out(browser: PageClient) -> None:
    check = walk(browser, 9, how={"how": "anonymous"})
    how = browser.submit(check, "Change How do you want to tell us?")
    reach = go_on(browser, how, how="confidential")
    assert "How can we reach you?" in reach.heading
    assert question(go_on(browser, reach, name="Nora")) == "9"


def test_a_stale_tab_saves_its_own_question_and_no_other(browser: PageClient) -> None:
    stale = walk(browser, 3)
    check = walk(browser, 9, detriment={"detriment": "My shifts were cut."})
    assert "My shifts were cut." in check.text
    assert question(go_on(browser, stale, risk="Everyone on the ward.")) == "4"
    check = walk(browser, 9)
    assert "My shifts were cut." in check.text
    assert "Everyone on the ward." in check.text


@pytest.mark.parametrize("token", ["", "forged"])
def test_a_failed_token_gives_every_word_back(browser: PageClient, token: str) -> None:
    page = walk(browser, 2)
    again = browser.submit(page, "Continue", csrf_token=token, narrative=STORY)
    assert again.status == 400
    assert "Nothing you wrote is lost" in again.errors[0]
    assert STORY in again.body
    assert question(browser.submit(again, "Continue")) == "3"


def test_a_browser_that_lost_its_form_cookie_only_presses_once_more(browser: PageClient, trust: Trust) -> None:
    page = walk(browser, 2)
    browser.client.delete_cookie("__Host-form", domain=trust.host, path="/")
    again = browser.submit(page, "Continue", narrative=STORY)
    assert STORY in again.body
    assert question(browser.submit(again, "Continue")) == "3"


def test_an_answer_that_comes_after_two_hours_is_kept_and_the_loss_is_said(browser: PageClient, trust: Trust) -> None:
    page = walk(browser, 5)
    browser.client.delete_cookie("__Host-draft", domain=trust.host, path="/")
    page = go_on(browser, page, detriment="My shifts were cut.")
    assert "away for over two hours" in page.text
    assert question(page) == "1"
    check = go_on(browser, go_on(browser, page), narrative="The bell rang.")
    for _ in range(6):
        check = go_on(browser, check)
    assert question(check) == "9"
    assert "My shifts were cut." in check.text


@pytest.mark.parametrize("button", ["Continue", "Back", "Stop and come back later"])
def test_whoever_chose_to_be_anonymous_and_was_away_too_long_chooses_again(
    browser: PageClient, trust: Trust, button: str
) -> None:
    page = walk(browser, 5, how={"how": "anonymous"})
    browser.client.delete_cookie("__Host-draft", domain=trust.host, path="/")
    page = browser.submit(page, button, detriment="My shifts were cut.")
    if button.startswith("Stop"):
        browser = PageClient(browser.app, trust.host)
        page = open_inbox(browser, " ".join(words_of(page)))
    else:
        assert "Please choose again how you want to tell us" in page.text
    assert question(page) == "1"
    page = go_on(browser, page, how="anonymous")
    page = go_on(browser, page, narrative="The bell rang.")
    for _ in range(2):
        page = go_on(browser, page)
    assert "My shifts were cut." in page.body
    for _ in range(3):
        page = go_on(browser, page)
    assert question(page) == "9"
    assert "Anonymous" in page.text
    assert "because you chose none" not in page.text


@pytest.mark.parametrize("address", ["nora@nhs.net", "nora@ward.example.nhs.uk", "nora@anytown.example"])
def test_a_work_address_gets_no_notice(browser: PageClient, trust: Trust, address: str) -> None:
    with trust.work() as uow:
        organisations.settle_mail_domains(uow, organisations.here(uow), ["anytown.example"])
    page = go_on(browser, walk(browser, 6), name="Nora", notice_by="email", notice_email=address)
    assert page.errors == ["This is a work address, and people at work could read it. Use your own."]
    assert address in page.body


def test_saying_that_somebody_is_at_risk_says_first_that_guardians_are_told_at_once(browser: PageClient) -> None:
    held = browser.app.extensions["speakup"]
    held.settings = replace(held.settings, mail_url="smtp://mail.example.org:25")
    assert "we tell the guardians at once" in walk(browser, 3).text
    check = walk(browser, 9, risk={"at_risk": "yes"})
    assert "we tell the guardians at once" in check.text
    sent = browser.submit(check, "Send")
    assert "telling the guardians now" in sent.text
    assert not any("cannot alert" in page.text for page in (check, sent))


@pytest.mark.parametrize("number", ["0300 000 0000", ""])
def test_where_no_mail_can_go_out_nobody_is_promised_that_guardians_are_told(
    browser: PageClient, trust: Trust, number: str
) -> None:
    with trust.work() as uow:
        organisations.here(uow).guardian_phone = number
    question_3, check = walk(browser, 3), walk(browser, 9, risk={"at_risk": "yes"})
    called = f"call {number}. If a life may be at risk, call 999." if number else "call 999."
    for page in (question_3, check, browser.submit(check, "Send")):
        assert "We cannot alert anybody now." in page.text
        words = " ".join(page.soup.get_text().split())
        assert f"If it cannot wait, {called}" in words
        assert not any(promise in words for promise in ("at once", "telling the guardians"))


def test_whoever_says_that_nobody_is_at_risk_reads_of_no_alert(browser: PageClient) -> None:
    check = walk(browser, 9, risk={"at_risk": "no"})
    assert not any("alert" in page.text for page in (check, browser.submit(check, "Send")))


def test_public_fields_are_neither_remembered_nor_sent_to_a_speller(browser: PageClient) -> None:
    for number in (2, 3, 4, 5, 6, 7):
        for control in walk(browser, number).soup.select("input[type=text], textarea"):
            assert (control.get("autocomplete"), control.get("spellcheck")) == ("off", "false")


UNKIND = ("victim", "allegation", "complainant", "whistleblower")


def test_no_page_uses_a_word_that_frightens(browser: PageClient) -> None:
    pages = [walk(browser, number) for number in range(1, 10)]
    pages += [browser.submit(pages[-1], "Send"), browser.get("/follow-up")]
    for page in pages:
        assert not [word for word in UNKIND if word in page.text.lower()]


def test_other_pages_open_beside_the_question_so_that_no_word_is_left_behind(browser: PageClient) -> None:
    page = browser.get("/raise")
    links = [link for link in page.soup.select("footer a, header a") if str(link.get("href", "")).startswith("/")]
    assert len(links) >= 5
    assert all(link.get("target") == "_blank" and link.get("rel") == ["noopener"] for link in links)
    assert "open in a new tab" in page.text
    assert all(link.get("target") is None for link in browser.get("/").soup.select("footer a"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("yes", Answer.YES), ("no", Answer.NO), ("unsure", Answer.NOT_SURE), ("", Answer.NOT_ANSWERED)],
)
def test_each_answer_about_risk_and_reprisal_arrives_as_it_was_given(
    browser: PageClient, trust: Trust, typed: str, kept: Answer
) -> None:
    chosen = {"at_risk": typed} if typed else {}
    happened = {"happened": typed} if typed else {}
    send(browser, risk={**chosen, "risk": "The ward."}, detriment={**happened, "detriment": "My shifts."})
    told = only_case(trust).told
    assert (told.at_risk, told.risk, told.happened, told.detriment) == (kept, "The ward.", kept, "My shifts.")
