"""A page says that something was done only once it stands in the database."""

from collections.abc import Callable

import sqlalchemy as sa

from speakup import assurance
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]
ANSWER = "Night teams are visited every month."


def fail_to_commit(engine: sa.Engine, what: str) -> None:
    """Let the one commit after a statement that begins so fail, as when the disk is full or the server restarts."""
    written: list[str] = []
    failed: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith(what) and not failed:
            written.append(statement)

    def refuse(_conn: object) -> None:
        if written:
            failed.append(written.pop())
            written.clear()
            raise OSError

    sa.event.listen(engine, "before_cursor_execute", note)
    sa.event.listen(engine, "commit", refuse)


def test_what_could_not_be_kept_is_not_said_to_be_done_and_every_word_comes_back(
    trust: Trust, signed_in: SignIn, guardian: PageClient
) -> None:
    signed_in(trust.executive_lead).submit("/board", "Ask the guardians", question="What changed at night?")
    with trust.work(trust.guardian) as uow:
        address = f"/board/questions/{assurance.questions(uow)[0].id}"
    page = guardian.get(address)
    fail_to_commit(trust.database.engine, "UPDATE board_question")
    failed = guardian.submit(page, "Save the answer", answer=ANSWER)
    assert failed.status == 500
    assert ANSWER in failed.body
    after = guardian.get("/board/questions")
    assert "Waits for an answer" in after.text
    for each in (failed, after):
        assert "Saved" not in each.text
    assert "Saved" in guardian.submit(address, "Save the answer", answer=ANSWER).text


def test_what_was_done_before_is_still_said_after_a_page_that_failed(
    trust: Trust, signed_in: SignIn, guardian: PageClient
) -> None:
    signed_in(trust.executive_lead).submit("/board", "Ask the guardians", question="What changed at night?")
    with trust.work(trust.guardian) as uow:
        address = f"/board/questions/{assurance.questions(uow)[0].id}"
    page = guardian.get(address)
    host = f"https://{guardian.host}"
    answer = {str(each["name"]): str(each["value"]) for each in page.soup.select("form:has(textarea) input[name]")}
    answer["answer"] = ANSWER
    done = guardian.client.post(address, base_url=host, data=answer, headers={"Origin": host})
    assert done.status_code == 302
    assert "Saved" in guardian.get("/board/nothing-here").text
