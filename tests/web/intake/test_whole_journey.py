"""From the first page to the answer, as somebody does it whose browser runs no scripts."""

from speakup import cases
from tests.trusts import Trust
from tests.web.client import PageClient
from tests.web.walking import STORY, open_inbox, walk, words_of


def test_somebody_speaks_up_and_reads_the_answer(browser: PageClient, trust: Trust) -> None:
    check = walk(browser, 9)
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
    inbox = open_inbox(browser, " - ".join(words).upper())
    assert inbox.path == "/follow-up"
    assert "I am looking into the rota" in inbox.text
    answered = browser.submit(inbox, "Send", text="It was the night of the 3rd.")
    assert "Your message is sent" in answered.text
    assert "It was the night of the 3rd." in answered.text
