"""`/board/questions`: the board asks, a guardian answers, and no answer gives away what was masked."""

from collections.abc import Callable

import pytest

from speakup import assurance
from speakup.kernel.actor import Role
from speakup.kernel.errors import Forbidden
from speakup.kernel.ids import new_reference
from tests import factories
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

SignIn = Callable[[Colleague], PageClient]


@pytest.fixture
def member(trust: Trust) -> Colleague:
    return factories.invited(trust, "Mel Member", [Role.BOARD_MEMBER])


def asked(trust: Trust, signed_in: SignIn, member: Colleague, words: str = "What changed at night?") -> str:
    """Ask through the page; return the address at which it is answered."""
    signed_in(member).submit("/board", "Ask the guardians", question=words)
    with trust.work(member) as uow:
        return f"/board/questions/{assurance.questions(uow)[0].id}"


READ = ["names", "posts", "days", "quotes", "known"]


def read_over(reader: PageClient, address: str) -> Page:
    return reader.submit(f"{address}/read", "Let the board read it", read=READ)


def test_a_question_about_a_publication_is_asked_and_answered(
    trust: Trust, signed_in: SignIn, member: Colleague, guardian: PageClient
) -> None:
    pack = factories.published_pack(trust)
    address = asked(trust, signed_in, member)
    waiting = guardian.get("/board/questions")
    assert "Mel Member asked" in waiting.text
    assert f"about {pack.period.name}" in waiting.text
    assert "1 question waits for an answer" in guardian.get("/board").text
    answered = guardian.submit(address, "Save the answer", answer="Night teams are visited every month.")
    assert "Gail Guard answered" in answered.text
    assert "Night teams" not in signed_in(member).get("/board/questions").text
    assert "The board can read it now" in read_over(signed_in(trust.lead), address).text
    page = signed_in(member).get("/board/questions")
    assert "Night teams are visited every month." in page.text
    assert "read it first, as a second person" in page.text
    assert address not in page.links()


def test_whoever_answered_does_not_read_it_over_and_whoever_does_marks_every_line(
    trust: Trust, signed_in: SignIn, member: Colleague, guardian: PageClient
) -> None:
    address = asked(trust, signed_in, member)
    guardian.submit(address, "Save the answer", answer="We visit night teams.")
    assert f"{address}/read" not in guardian.get("/board/questions").links()
    assert "There is nothing here for you to read" in guardian.get(f"{address}/read").text
    with trust.work(trust.guardian) as uow, pytest.raises(Forbidden):
        assurance.read_answer(uow, assurance.questions(uow)[0], 2)
    for one in (member, trust.executive_lead):
        assert signed_in(one).get(f"{address}/read").status == 404
    assert "1 answer to the board waits for a second person" in guardian.get("/publications").text
    page = signed_in(trust.non_executive_lead).get("/board/questions")
    assert f"{address}/read" in page.links()
    refused = signed_in(trust.non_executive_lead).submit(f"{address}/read", "Let the board read it", read=READ[1:])
    assert refused.errors == ["Read it against each line, and mark all of them"]
    assert "We visit night teams." not in signed_in(member).get("/board/questions").text


def test_an_answer_written_anew_is_read_anew(
    trust: Trust, signed_in: SignIn, member: Colleague, guardian: PageClient
) -> None:
    address = asked(trust, signed_in, member)
    guardian.submit(address, "Save the answer", answer="We visit night teams.")
    reader = signed_in(trust.lead)
    stale = reader.get(f"{address}/read")
    guardian.submit(address, "Save the answer", answer="We visit day teams.")
    page = reader.submit(stale, "Let the board read it", read=READ)
    assert (page.status, "It was written anew while you read" in page.text) == (409, True)
    assert "We visit day teams." in page.text
    reader.submit(page, "Let the board read it", read=READ)
    assert "We visit day teams." in signed_in(member).get("/board/questions").text
    guardian.submit(address, "Save the answer", answer="We visit everybody.")
    # Why it was written anew nobody says: perhaps since the one before told of somebody.
    again = signed_in(member).get("/board/questions").text
    assert "We visit" not in again
    assert "stands here once a second person has read it" in again
    assert "Waits for an answer" not in again


def test_numbers_that_are_not_published_are_marked_for_the_second_person(
    trust: Trust, signed_in: SignIn, member: Colleague, guardian: PageClient
) -> None:
    pack = factories.published_pack(trust)
    address = asked(trust, signed_in, member)
    page = guardian.submit(address, "Save the answer", answer=f"Of {pack.cases} people 38 came at night.")
    guardian.submit(page, "I have read this: save it as it is")
    read = signed_in(trust.lead).get(f"{address}/read")
    assert [each.get_text() for each in read.soup.select("mark")] == ["38"]


def test_before_anything_is_published_the_board_can_ask(trust: Trust, signed_in: SignIn, member: Colleague) -> None:
    asked(trust, signed_in, member)
    assert "What changed at night?" in signed_in(member).get("/board/questions").text


def test_an_empty_question_comes_back_with_a_sentence(signed_in: SignIn, member: Colleague) -> None:
    page = signed_in(member).submit("/board", "Ask the guardians", question=" ")
    assert (page.status, page.errors) == (422, ["Write your question"])


@pytest.mark.parametrize(
    ("where", "heading"), [("/board", "Speaking up"), ("/board/questions", "Questions and answers")]
)
def test_an_empty_question_comes_back_where_it_was_asked(
    trust: Trust, signed_in: SignIn, member: Colleague, where: str, heading: str
) -> None:
    factories.published_pack(trust)
    page = signed_in(member).submit(where, "Ask the guardians", question=" ")
    assert (page.status, page.errors) == (422, ["Write your question"])
    assert heading in page.heading
    assert "Nothing is published yet" not in page.text


def test_a_number_that_was_not_published_is_pointed_out_before_the_board_reads_it(
    trust: Trust, signed_in: SignIn, member: Colleague, guardian: PageClient
) -> None:
    pack = factories.published_pack(trust)
    address = asked(trust, signed_in, member)
    words = f"Of {pack.cases} people two came at night, 38 by day."
    page = guardian.submit(address, "Save the answer", answer=words)
    assert page.status == 422
    assert [each.get_text() for each in page.soup.select("mark")] == ["two", "38"]
    with trust.work(member) as uow:
        assert assurance.questions(uow)[0].answer == ""
    changed = guardian.submit(page, answer=words.replace("38", "41"))
    assert [each.get_text() for each in changed.soup.select("mark")] == ["two", "41"]
    guardian.submit(changed, "I have read this: save it as it is")
    with trust.work(member) as uow:
        assert assurance.questions(uow)[0].answer.endswith("41 by day.")


def test_a_name_is_pointed_out_too(trust: Trust, signed_in: SignIn, member: Colleague, guardian: PageClient) -> None:
    page = guardian.submit(asked(trust, signed_in, member), "Save the answer", answer="Ask Dr Amelia Hartley.")
    assert page.status == 422
    assert any("Hartley" in each.get_text() for each in page.soup.select("mark"))


def test_the_reference_of_a_case_is_refused_in_an_answer(
    trust: Trust, signed_in: SignIn, member: Colleague, guardian: PageClient
) -> None:
    page = guardian.submit(asked(trust, signed_in, member), "Save the answer", answer=f"It is {new_reference()}.")
    assert (page.status, page.errors) == (422, ["The reference of a case stands here. Take it out"])


def test_an_answer_given_meanwhile_is_shown_and_every_typed_word_kept(
    trust: Trust, signed_in: SignIn, member: Colleague, guardian: PageClient
) -> None:
    address = asked(trust, signed_in, member)
    stale = guardian.get(address)
    signed_in(trust.lead).submit(address, "Save the answer", answer="Night teams are visited.")
    page = guardian.submit(stale, "Save the answer", answer="We listen at night now.")
    assert page.status == 409
    assert "Night teams are visited." in page.text
    assert "We listen at night now." in page.text
    guardian.submit(page, "Save the answer")
    with trust.work(member) as uow:
        assert assurance.questions(uow)[0].answer == "We listen at night now."


def test_a_member_cannot_answer_and_a_guardian_cannot_ask(
    trust: Trust, signed_in: SignIn, member: Colleague, guardian: PageClient
) -> None:
    address = asked(trust, signed_in, member)
    assert signed_in(member).get(address).status == 404
    assert guardian.get("/board").soup.select("textarea") == []
