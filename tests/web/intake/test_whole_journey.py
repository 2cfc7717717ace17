"""From the first page to the answer, as somebody does it whose browser runs no scripts."""


from tests.trusts import Trust
from tests.web.client import Page, PageClient
from speakup import cases

STORY = "Two of us looked after thirty people.\nNobody answered the bell."


def start(browser: PageClient) -> Page:
    return browser.get("/raise")


def go_on(browser: PageClient, page: Page, **answers: object) -> Page:
    return browser.submit(page, "Continue", **answers)


def words_of(page: Page) -> list[str]:
    return [each.get_text() for each in page.soup.select(".app-words__word")]


def to_check(browser: PageClient) -> Page:
    page = go_on(browser, start(browser))
    page = go_on(browser, page, narrative=STORY)
    while page.heading != "Question 9 of 9 Check your answers" and "Check your answers" not in page.heading:
        page = go_on(browser, page)
    return page


def test_somebody_speaks_up_and_reads_the_answer(browser: PageClient, trust: Trust) -> None:
    check = to_check(browser)
    readers = [each for each in trust.people.values() if each.name in check.text]
    assert len(readers) == 2
    sent = browser.submit(check, "Send")
    assert sent.path == "/raise/sent"
    words = words_of(sent)
    assert len(words) == 7
    assert words_of(browser.get("/raise/sent")) == words
    done = browser.submit(sent, "I have saved these words")
    assert "You can close this page now" in done.heading
    with trust.work(readers[0]) as uow:
        case = cases.find(uow, cases.worklist(uow, cases.Filters()).lines[0].case.ref)
        assert cases.open_view(uow, case).told.narrative == STORY
        cases.reply(uow, case, "Thank you. I am looking into the rota.")
    asked = browser.get("/follow-up")
    inbox = browser.submit(asked, "Open", words=" - ".join(words).upper())
    assert inbox.path == "/follow-up"
    assert "I am looking into the rota" in inbox.text
    answered = browser.submit(inbox, "Send", text="It was the night of the 3rd.")
    assert "Your message is sent" in answered.text
    assert "It was the night of the 3rd." in answered.text
