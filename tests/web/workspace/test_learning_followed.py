"""What guardians do after an action is agreed: tell staff, publish, keep the library, see what needs a word, invite."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from speakup import learning
from speakup.learning import ActionState, LearningAction
from speakup.learning.lists import list_needing
from tests import factories
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient

S = ActionState
SignIn = Callable[[Colleague], PageClient]
SAID = {"you_said": "Late shifts are thin.", "we_did": "Two more people.", "told_where": "Team brief"}


@pytest.fixture
def made(trust: Trust) -> LearningAction:
    return factories.action(trust, S.IN_PROGRESS)


def test_what_staff_were_told_is_written_down_published_and_taken_back(
    guardian: PageClient, browser: PageClient, made: LearningAction
) -> None:
    assert "staff are not told yet" in guardian.get(f"/learning/{made.ref}").text
    page = guardian.submit(f"/learning/{made.ref}/told/new", **SAID)
    assert "Not published" in page.text
    assert "told once" in guardian.get(f"/learning/{made.ref}").text
    page = guardian.submit(page, "Let anybody read it")
    assert "Anybody can read it" in page.text
    assert "Two more people." in browser.get("/learning-so-far").text
    guardian.submit(page, "Take it back")
    assert "Two more people." not in browser.get("/learning-so-far").text


def test_what_stands_published_of_a_declined_action_can_be_taken_back(
    guardian: PageClient, browser: PageClient, trust: Trust, made: LearningAction
) -> None:
    guardian.submit(f"/learning/{made.ref}/told/new", **SAID)
    with trust.work(trust.guardian) as uow:
        action = learning.find(uow, made.ref)
        learning.decline(uow, action, "Nobody can do it.")
        (row,) = learning.statements(uow, action)
        row.published_on = uow.today
    page = guardian.get(f"/learning/{made.ref}/told")
    assert "Change it" not in page.text
    assert "Not published" in guardian.submit(page, "Take it back").text
    assert "Let anybody read it" not in guardian.get(f"/learning/{made.ref}/told").text
    assert "Two more people." not in browser.get("/learning-so-far").text


def test_words_that_could_tell_somebody_are_pointed_out_before_staff_are_told(
    guardian: PageClient, made: LearningAction
) -> None:
    page = guardian.submit(f"/learning/{made.ref}/told/new", **{**SAID, "you_said": "Mrs Joan Hartley was moved."})
    assert page.status == 200
    assert page.soup.find("mark") is not None
    page = guardian.submit(page, "I have read this: save it as it is")
    assert "Mrs Joan Hartley" in page.text


def test_a_statement_needs_words_and_a_day_that_has_come(guardian: PageClient, made: LearningAction) -> None:
    page = guardian.submit(f"/learning/{made.ref}/told/new", you_said="", we_did="", told_where="")
    assert page.errors == ["Write what was said", "Write what was done", "Write where staff were told"]
    page = guardian.submit(f"/learning/{made.ref}/told/new", **SAID, **{"told_on-year": "2999"})
    assert (page.status, page.errors) == (422, ["That day is still to come"])
    empty = {f"told_on-{part}": "" for part in ("day", "month", "year")}
    assert guardian.submit(f"/learning/{made.ref}/told/new", **SAID, **empty).errors == ["Write a day"]


def test_a_statement_that_a_colleague_changed_is_shown_before_it_is_written_over(
    guardian: PageClient, trust: Trust, made: LearningAction
) -> None:
    guardian.submit(f"/learning/{made.ref}/told/new", **SAID)
    with trust.work(trust.second_guardian) as uow:
        (row,) = learning.statements(uow, learning.find(uow, made.ref))
    mine = guardian.get(f"/learning/{made.ref}/told/{row.id}")
    with trust.work(trust.second_guardian) as uow:
        action = learning.find(uow, made.ref)
        theirs = learning.Statement("Nights are thin.", "One more.", "Intranet", uow.today)
        learning.change_statement(uow, action, learning.find_statement(uow, action, row.id), theirs, 1)
    page = guardian.submit(mine, you_said="Weekends are thin.")
    assert page.status == 409
    assert "Nights are thin." in page.text
    assert "Weekends are thin." in page.text
    page = guardian.submit(page, "Save")
    assert "Weekends are thin." in page.text


def test_a_button_publishes_what_was_shown_and_nothing_newer(
    guardian: PageClient, browser: PageClient, trust: Trust, made: LearningAction
) -> None:
    shown = guardian.submit(f"/learning/{made.ref}/told/new", **SAID)
    with trust.work(trust.second_guardian) as uow:
        action = learning.find(uow, made.ref)
        (row,) = learning.statements(uow, action)
        theirs = learning.Statement("Joan said so.", "One more.", "Intranet", uow.today)
        learning.change_statement(uow, action, row, theirs, 1)
    page = guardian.submit(shown, "Let anybody read it")
    assert "Read it once more" in page.text
    assert "Joan" not in browser.get("/learning-so-far").text


def test_what_was_written_when_a_colleague_gave_the_action_up_comes_back(
    guardian: PageClient, trust: Trust, made: LearningAction
) -> None:
    form = guardian.get(f"/learning/{made.ref}/told/new")
    with trust.work(trust.second_guardian) as uow:
        learning.decline(uow, learning.find(uow, made.ref), "Another part of the trust is doing this.")
    late = guardian.submit(form, **SAID)
    assert late.status == 409
    assert "Late shifts are thin." in late.body
    led = guardian.get(f"/learning/{made.ref}/told/new")
    assert "This cannot be done as the action stands now" in led.text


UNREAD = "The button could not be read. Press it once more"


def test_a_button_that_could_not_be_read_says_so_and_does_nothing(
    guardian: PageClient, trust: Trust, made: LearningAction
) -> None:
    def pressed(page: Page | str, button: str) -> str:
        return guardian.submit(page, button, csrf_token="forged").text

    told = guardian.submit(f"/learning/{made.ref}/told/new", **SAID)
    assert UNREAD in pressed(told, "Let anybody read it")
    assert UNREAD in pressed(guardian.submit(told, "Let anybody read it"), "Take it back")
    library = guardian.submit("/learning/resources/new", title="Kindness", address="https://learning.example/kindness")
    entry = next(each for each in library.links() if each.startswith("/learning/resources/") and "new" not in each)
    assert UNREAD in pressed(entry, "Take it out of the library")
    agreed = factories.action(trust, S.AGREED)
    assert UNREAD in pressed("/learning", f"Start : {agreed.title}")
    with trust.work(trust.guardian) as uow:
        assert learning.find(uow, agreed.ref).state is S.AGREED
        assert [each.published_on for each in learning.statements(uow, learning.find(uow, made.ref))] == [uow.today]
        assert learning.library(uow)


def test_the_library_is_filled_changed_and_emptied(guardian: PageClient) -> None:
    assert "The library is empty" in guardian.get("/learning/resources").text
    page = guardian.submit(
        "/learning/resources/new", title="Leading with compassion", theme="leadership",
        address="https://learning.example/compassion", about="Twenty minutes.",
    )  # fmt: skip
    assert "Leading with compassion" in page.text
    assert "https://learning.example/compassion" in page.links()
    (change,) = [each for each in page.links() if each.startswith("/learning/resources/") and "new" not in each]
    page = guardian.submit(change, "Save", title="Leading kindly", shown=["owners"])
    assert "Leading kindly" in page.text
    assert "For owners of actions" in page.text
    page = guardian.submit(change, "Take it out of the library")
    assert "The library is empty" in page.text


def test_a_file_of_the_library_is_cleaned_and_given(guardian: PageClient, trust: Trust, signed_in: SignIn) -> None:
    file = (io.BytesIO("\u200bListen first.\u200b\n".encode()), "listening.txt")
    page = guardian.submit("/learning/resources/new", title="Listening", file=file)
    (link,) = [each for each in page.links() if each.endswith("/file")]
    assert guardian.get(link).body == "Listen first.\n"
    assert signed_in(trust.administrator).get(link).status == 404


def listening(words: str = "Listen first.\n") -> tuple[io.BytesIO, str]:
    return io.BytesIO(words.encode()), "listening.txt"


def test_whoever_chose_a_file_for_an_entry_that_comes_back_is_asked_for_it_once_more(guardian: PageClient) -> None:
    refused = guardian.submit("/learning/resources/new", title="", file=listening())
    assert (refused.status, refused.errors) == (422, ["Write a title", "Choose the file once more"])
    saved = guardian.submit(refused, title="Listening", file=listening())
    (link,) = [each for each in saved.links() if each.endswith("/file")]
    change = link.removesuffix("/file")
    page = guardian.get(change)
    guardian.submit(change, "Save", title="Listening well")
    late = guardian.submit(page, "Save", title="Mine", file=listening("Listen last.\n"))
    assert (late.status, late.errors) == (409, ["Choose the file once more"])
    guardian.submit(late, "Save", file=listening("Listen last.\n"))
    assert guardian.get(link).body == "Listen last.\n"


@pytest.mark.parametrize(("typed", "words"), [
    ({"title": ""}, "Write a title"),
    ({"title": "A"}, "Write the address of a page, or choose a file"),
    ({"title": "A", "address": "intranet/page"}, "Write the whole address, beginning with https://"),
    ({"title": "A", "address": "https://a.example/b", "shown": None}, "Choose to whom it is shown"),
])  # fmt: skip
def test_an_entry_that_will_not_do_is_said_so(guardian: PageClient, typed: dict[str, str], words: str) -> None:
    page = guardian.submit("/learning/resources/new", **typed)
    assert (page.status, page.errors) == (422, [words])


def test_whoever_answers_is_shown_what_may_help(guardian: PageClient, trust: Trust, signed_in: SignIn) -> None:
    guardian.submit("/learning/resources/new", title="Answering well", address="https://learning.example/answers")
    raised = factories.raised_case(trust)
    reader = signed_in(readers_of(raised)[0])
    assert "Answering well" in reader.get(f"/cases/{raised.ref}/acknowledge").text
    made = factories.action(trust, S.AGREED)
    assert "Answering well" in guardian.get(f"/learning/{made.ref}/answer").text


def test_guardians_see_which_actions_need_a_word(
    guardian: PageClient, trust: Trust, signed_in: SignIn, made: LearningAction
) -> None:
    assert "None: nothing waits" in guardian.get("/learning/follow-up").text
    with trust.work(trust.executive_lead) as uow:
        learning.ask_guardian(uow, learning.find_owned(uow, made.ref), "For nights, too?")
    assert "A question waits" in guardian.get("/learning/follow-up").text
    assert made.due_on is not None
    with time_machine.travel(made.due_on + timedelta(days=70), tick=False):
        page = signed_in(trust.guardian).get("/learning/follow-up")
    for heading in ("A question waits", "Overdue", "Stuck"):
        assert heading in page.text


def test_somebody_without_an_account_is_invited_and_then_chosen(guardian: PageClient, trust: Trust) -> None:
    made = factories.action(trust)
    assert f"/learning/{made.ref}/invite" in guardian.get(f"/learning/{made.ref}/agree").links()
    page = guardian.submit(f"/learning/{made.ref}/invite", name="Nell New", email="nowhere")
    assert (page.status, page.errors) == (422, ["Write an e-mail address, like name@nhs.net"])
    page = guardian.submit(page, name="Nell New", email="nell.new@example.org", job_title="Matron")
    assert page.path == f"/learning/{made.ref}/agree"
    assert "Nell New" in page.text


def test_a_guardian_opens_the_files_of_an_action(guardian: PageClient, trust: Trust, signed_in: SignIn) -> None:
    made = factories.action(trust, S.IN_PROGRESS)
    owner = signed_in(trust.executive_lead)
    owner.submit(f"/actions/{made.ref}/evidence", files=(io.BytesIO(b"Rota of June"), "rota.txt"))
    (link,) = [each for each in guardian.get(f"/learning/{made.ref}").links() if "/files/" in each]
    assert guardian.get(link).body == "Rota of June"


def test_nobody_else_finds_these_pages(trust: Trust, signed_in: SignIn, made: LearningAction) -> None:
    owner, buddy = signed_in(trust.executive_lead), signed_in(trust.buddy)
    for path in ("/learning/follow-up", "/learning/resources/new", f"/learning/{made.ref}/told"):
        assert owner.get(path).status == 404
        assert buddy.get(path).status == 404


def test_following_up_reads_what_needs_a_word_and_no_other_line(trust: Trust) -> None:
    factories.action(trust, S.AGREED)
    late = factories.action(trust, S.IN_PROGRESS, due_in=1)
    factories.action(trust, S.NOT_TAKEN, due_in=1)
    assert late.due_on is not None
    with time_machine.travel(late.due_on + timedelta(days=2), tick=False), trust.work(trust.guardian) as uow:
        shown, needing = learning.follow_up(uow), list_needing(uow, ())
        whole = [each for each in learning.list_actions(uow) if each.is_overdue(uow.today)]
    assert [each.ref for each in shown.overdue] == [each.ref for each in whole] == [late.ref]
    assert (shown.asked, shown.stuck, shown.ownerless, shown.again) == ([], [], [], [])
    assert [each.ref for each in needing] == [late.ref]
