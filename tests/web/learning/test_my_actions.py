"""`/actions`: what whoever sees to a learning action does there, and what the executive lead is shown."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from speakup import accounts, learning, organisations
from speakup.accounts import PersonDetails
from speakup.kernel.actor import Role
from speakup.learning import ActionState, EventKind, LearningAction
from tests import factories
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

S = ActionState
SignIn = Callable[[Colleague], PageClient]


@pytest.fixture
def owner(trust: Trust) -> Colleague:
    with trust.work() as uow:
        organisations.settle_mail_domains(uow, organisations.here(uow), ["example.org"])
    return factories.invited(trust, "Olive Owner", [Role.ACTION_OWNER])


@pytest.fixture
def mine(signed_in: SignIn, owner: Colleague) -> PageClient:
    return signed_in(owner)


@pytest.fixture
def made(trust: Trust, owner: Colleague) -> LearningAction:
    return factories.action(trust, S.AGREED, owner=owner, title="Locks for the drug trolleys")


def kinds(trust: Trust, made: LearningAction) -> list[EventKind]:
    with trust.work(trust.guardian) as uow:
        return [each.kind for each in learning.history(uow, learning.find(uow, made.ref))]


def state(trust: Trust, made: LearningAction) -> ActionState:
    with trust.work(trust.guardian) as uow:
        return learning.find(uow, made.ref).state


def test_a_day_of_next_year_is_said_with_its_year(trust: Trust, owner: Colleague, mine: PageClient) -> None:
    far = factories.action(trust, S.IN_PROGRESS, owner=owner, due_in=400)
    year = str(far.due_on.year) if far.due_on else ""
    assert f" {year}" in mine.get("/actions").text.partition("Due on")[2][:40]
    assert f" {year}." in mine.get(f"/actions/{far.ref}").text.partition("Please have it done by")[2][:40]


def test_of_an_action_that_is_over_nothing_is_said_to_be_still_to_come(
    trust: Trust, owner: Colleague, mine: PageClient
) -> None:
    given_up = factories.action(trust, S.AGREED, owner=owner)
    with trust.work(trust.guardian) as uow:
        learning.decline(uow, learning.find(uow, given_up.ref), "The service moves away.")
    page = mine.get(f"/actions/{given_up.ref}").text
    assert "Not taken forward" in page
    assert "Nothing is counted yet" not in page
    assert "Nothing has been tried" not in page


def test_what_is_mine_stands_in_one_list_with_what_is_due_first(
    trust: Trust, owner: Colleague, mine: PageClient, made: LearningAction
) -> None:
    soon = factories.action(trust, S.IN_PROGRESS, owner=owner, due_in=3)
    done = factories.action(trust, S.IMPLEMENTED, owner=owner)
    factories.action(trust, S.AGREED)
    page = mine.get("/actions")
    assert [each for each in page.links() if each.startswith("/actions/LA")] == [
        f"/actions/{each.ref}" for each in (soon, made, done)
    ]
    assert "/actions" in page.links()


def test_whoever_sees_to_nothing_has_no_such_place_in_their_menu(guardian: PageClient) -> None:
    assert "/actions" not in guardian.get("/cases").links()
    assert "Nothing is with you" in guardian.get("/actions").text


def test_an_update_takes_two_clicks(trust: Trust, mine: PageClient, made: LearningAction) -> None:
    page = mine.get("/actions")
    assert f"/actions/{made.ref}" in page.links()
    page = mine.submit(f"/actions/{made.ref}", "Add the update", text="Half of them have locks.")
    assert "Half of them have locks." in page.text
    assert kinds(trust, made)[-1] is EventKind.UPDATE


def test_an_empty_update_says_what_is_missing_and_one_too_long_keeps_its_words(
    mine: PageClient, made: LearningAction
) -> None:
    page = mine.submit(f"/actions/{made.ref}", "Add the update", text=" ")
    assert (page.status, page.errors) == (422, ["Write how far it is"])
    page = mine.submit(f"/actions/{made.ref}", "Add the update", text="long " * 500)
    assert page.status == 422
    assert "too long by 500 characters" in page.text
    assert page.soup.select_one("#text") is not None
    assert "long long long" in page.text


def test_work_begins_and_is_done_with_words(trust: Trust, mine: PageClient, made: LearningAction) -> None:
    mine.submit(f"/actions/{made.ref}", "Work has begun")
    assert state(trust, made) is S.IN_PROGRESS
    page = mine.submit(f"/actions/{made.ref}/done")
    assert (page.status, state(trust, made)) == (422, S.IN_PROGRESS)
    assert page.errors == ["Write how anybody can see that it is done, or add a file that shows it"]
    mine.submit(f"/actions/{made.ref}/done", text="Every trolley has one.")
    assert state(trust, made) is S.IMPLEMENTED


def test_what_was_never_begun_here_can_be_done_at_once_but_not_without_showing_it(
    trust: Trust, mine: PageClient, made: LearningAction
) -> None:
    assert mine.submit(f"/actions/{made.ref}/done").status == 422
    assert state(trust, made) is S.AGREED
    assert kinds(trust, made)[-1] is EventKind.MOVED
    picture = (io.BytesIO(b"Every trolley, on Friday."), "trolleys.txt")
    page = mine.submit(f"/actions/{made.ref}/done", files=picture)
    assert state(trust, made) is S.IMPLEMENTED
    (link,) = [each for each in page.links() if "/files/" in each]
    assert mine.get(link).body == "Every trolley, on Friday."


def test_evidence_is_cleaned_and_nobody_else_is_given_it(
    trust: Trust, signed_in: SignIn, mine: PageClient, made: LearningAction
) -> None:
    words = "\u200bRota of June\u200b\n"
    page = mine.submit(
        f"/actions/{made.ref}/evidence", text="The rota.", files=(io.BytesIO(words.encode()), "rota.txt")
    )
    (link,) = [each for each in page.links() if "/files/" in each]
    assert mine.get(link).body == "Rota of June\n"
    assert "We took out" in page.text
    assert signed_in(trust.executive_lead).get(link).status == 404


def test_a_file_that_is_refused_is_said_so_and_the_words_stay(mine: PageClient, made: LearningAction) -> None:
    program = (io.BytesIO(b"MZ" + bytes(200)), "setup.exe")
    page = mine.submit(f"/actions/{made.ref}/evidence", text="See the file.", files=program)
    assert page.status == 422
    assert "Nothing was kept yet. Choose the files once more" in page.text
    assert "See the file." in page.text


def test_a_question_waits_until_a_guardian_has_answered(trust: Trust, mine: PageClient, made: LearningAction) -> None:
    page = mine.submit(f"/actions/{made.ref}/question", text="Also for the night cupboard?")
    assert "Your question waits for an answer" in page.text
    with trust.work(trust.guardian) as uow:
        learning.answer_owner(uow, learning.find(uow, made.ref), "Yes, please.")
    page = mine.get(f"/actions/{made.ref}")
    assert "Yes, please." in page.text
    assert "Your question waits" not in page.text


def test_it_is_handed_on_to_a_colleague_and_is_gone_from_here(
    trust: Trust, mine: PageClient, made: LearningAction
) -> None:
    page = mine.submit(
        f"/actions/{made.ref}/hand-on", name="Edna Eden", email=trust.executive_lead.email, text="You run the budget."
    )
    assert page.path == "/actions"
    assert mine.get(f"/actions/{made.ref}").status == 404
    with trust.work(trust.executive_lead) as uow:
        assert learning.find_owned(uow, made.ref).owner_id == trust.executive_lead.id


@pytest.mark.parametrize(("email", "words"), [
    ("friend@example.com", "Write an address of this organisation. For somebody from outside, ask the guardians"),
    ("olive.owner@example.org", "You have it already. Write the address of whoever takes it over"),
])  # fmt: skip
def test_an_address_that_will_not_do_is_said_so(
    trust: Trust, mine: PageClient, made: LearningAction, email: str, words: str
) -> None:
    page = mine.submit(f"/actions/{made.ref}/hand-on", name="Fred", email=email)
    assert (page.status, page.errors) == (422, [words])


def test_somebody_invited_for_an_action_finds_it_under_the_account_they_had_already(
    trust: Trust, other_trust: Trust, made: LearningAction, signed_in: SignIn
) -> None:
    known = other_trust.second_guardian
    with trust.work(trust.guardian) as uow:
        learning.hand_on_to(uow, learning.find(uow, made.ref), PersonDetails(known.email, known.name))
    with trust.work(trust.administrator) as uow:
        (invitation,) = accounts.open_invitations(uow)
        invited_id = invitation.person_id
        assert invited_id != known.id
    with trust.work(Colleague(known.id, trust.id, known.name, known.email, frozenset(), known.root_secret, "")) as uow:
        accounts.take_up(uow, uow.session.merge(invitation))
        learning.take_over(uow, invited_id)
        mine = learning.find_owned(uow, made.ref)
        assert mine.owner_id == known.id
        taken = learning.history(uow, mine)[-1]
        assert (taken.kind, taken.by_id) == (EventKind.HANDED_ON, known.id)


def test_what_a_guardian_has_moved_on_is_not_done_twice(trust: Trust, mine: PageClient, made: LearningAction) -> None:
    page = mine.get(f"/actions/{made.ref}")
    with trust.work(trust.guardian) as uow:
        learning.decline(uow, learning.find(uow, made.ref), "The trolleys are replaced.")
    page = mine.submit(page, "Add the update", text="Half of them.")
    assert page.status == 422
    assert "a guardian may have moved it on" in page.text
    assert "The trolleys are replaced." in mine.get(f"/actions/{made.ref}").text


def test_the_library_helps_with_an_action_of_its_theme(
    trust: Trust, owner: Colleague, mine: PageClient, app: Flask
) -> None:
    with trust.work(trust.guardian) as uow:
        for title, theme in (("Good rotas", "staffing"), ("Ending bullying", "bullying"), ("Listening", None)):
            learning.add_resource(uow, learning.Resource(title, "Short", theme, "https://learning.example/page"))
        learning.add_resource(
            uow, learning.Resource("For guardians", "", None, "https://a.example/b", for_owners=False)
        )
    made = factories.action(trust, S.AGREED, owner=owner, theme="staffing")
    page = mine.get(f"/actions/{made.ref}")
    assert [each in page.text for each in ("Good rotas", "Listening", "Ending bullying", "For guardians")] == [
        True, True, False, False,
    ]  # fmt: skip


def test_the_executive_lead_begins_with_what_is_overdue(trust: Trust, signed_in: SignIn, made: LearningAction) -> None:
    lead = signed_in(trust.executive_lead)
    assert "No learning action is overdue" in lead.get("/actions/overdue").text
    assert made.due_on is not None
    for days, counted, named in ((3, True, False), (40, True, True)):
        with time_machine.travel(made.due_on + timedelta(days=days), tick=False):
            page = signed_in(trust.executive_lead).get("/actions/overdue")
            assert ("1 action is overdue" in page.text) is counted
            assert ("Locks for the drug trolleys" in page.text) is named


def test_nobody_else_finds_that_page(mine: PageClient, guardian: PageClient) -> None:
    for browser in (mine, guardian):
        assert browser.get("/actions/overdue").status == 404


def test_whoever_sees_to_an_action_settles_their_letters_and_calendar(
    trust: Trust, owner: Colleague, mine: PageClient, made: LearningAction
) -> None:
    assert "/account/reminders" in mine.get("/account").links()
    page = mine.submit("/account/reminders", "Save", wanted=None)
    with trust.work() as uow:
        assert accounts.member(uow, owner.id).membership.reminders is False
    page = mine.submit(page, "Make an address")
    address = next(each.get_text() for each in page.soup.select("p.app-typed"))
    body = mine.get(address.partition(trust.host)[2]).body
    assert made.due_on is not None
    assert f"{made.due_on:%Y%m%d}" in body
    assert "1 thing is due" in body
    assert "trolleys" not in body


def test_somebody_for_whom_nothing_is_ever_due_has_no_such_page(trust: Trust, signed_in: SignIn) -> None:
    administrator = signed_in(trust.administrator)
    assert administrator.get("/account/reminders").status == 404
    assert "/account/reminders" not in administrator.get("/account").links()


def publish(trust: Trust, made: LearningAction, you_said: str, we_did: str) -> None:
    with trust.work(trust.guardian) as uow:
        action = learning.find(uow, made.ref)
        row = learning.tell_staff(uow, action, learning.Statement(you_said, we_did, "Team brief", uow.today))
        learning.publish_statement(uow, action, row, row.revision)


def test_anybody_reads_what_was_published_and_is_given_no_cookie(trust: Trust, browser: PageClient) -> None:
    empty = browser.get("/learning-so-far").text
    assert "There is nothing to read here yet" in empty
    assert "have been told" not in empty
    made = factories.action(trust, S.IN_PROGRESS)
    for number in range(21):
        publish(trust, made, f"Said <b>{number}</b>", "Done")
    page = browser.get("/learning-so-far")
    assert page.status == 200
    assert browser.cookies() == set()
    assert made.ref not in page.body
    assert len(page.soup.select("section")) == 20
    assert len(browser.get("/learning-so-far?page=2").soup.select("section")) == 1
    with trust.work() as uow:
        assert (len(learning.published(uow, 20, 20)), learning.count_published(uow)) == (1, 21)
    assert len(browser.get("/learning-so-far?page=x").soup.select("section")) == 20
    assert "/learning-so-far" in browser.get("/").links()
