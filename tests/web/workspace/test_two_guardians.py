"""Two guardians edit one case: neither loses words, and the second is shown what changed before it is overwritten."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import pytest

from speakup import cases
from speakup.cases import CaseState, How
from speakup.cases.models import StoredBlob
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import Page, PageClient
from tests.web.workspace.test_recording import ref_of, save

SignIn = Callable[[Colleague], PageClient]


@dataclass(frozen=True)
class Two:
    """Both who hold a case, each in a browser of their own."""

    mine: PageClient
    theirs: PageClient
    me: Colleague
    them: Colleague


@pytest.fixture
def case(trust: Trust) -> RaisedCase:
    return factories.raised_case(trust)


@pytest.fixture
def two(case: RaisedCase, signed_in: SignIn) -> Two:
    me, them = readers_of(case)
    return Two(signed_in(me), signed_in(them), me, them)


def warned(page: Page) -> str:
    found = page.soup.select_one(".nhsuk-card--warning") or page.soup.select_one(".nhsuk-inset-text")
    return " ".join(found.get_text(" ").split()) if found else ""


def test_two_guardians_name_a_case(case: RaisedCase, two: Two) -> None:
    address = f"/cases/{case.ref}/title"
    read = two.mine.get(address)
    two.theirs.submit(address, text="Nights on Ward 4")
    late = two.mine.submit(read, text="Too few at night")
    assert late.status == 409
    assert "Nights on Ward 4" in warned(late)
    assert 'value="Too few at night"' in late.body
    assert case.view(two.me).title == "Nights on Ward 4"
    assert "Title saved" in two.mine.submit(late).text
    assert case.view(two.me).title == "Too few at night"


def test_two_guardians_answer_the_person(case: RaisedCase, two: Two) -> None:
    two.mine.submit(f"/cases/{case.ref}/acknowledge", text="Thank you")
    address = f"/cases/{case.ref}/reply"
    read = two.mine.get(address)
    two.theirs.submit(address, text="I have asked the ward")
    late = two.mine.submit(read, text="Shall I ask the ward?")
    assert late.status == 409
    assert "I have asked the ward" in late.text
    assert "Shall I ask the ward?" in late.body
    assert [line.text for line in case.inbox().messages] == ["Thank you", "I have asked the ward"]
    assert "Message sent" in two.mine.submit(late).text
    assert case.inbox().messages[-1].text == "Shall I ask the ward?"


def test_two_guardians_answer_and_a_file_of_the_second_is_not_left_lying_about(case: RaisedCase, two: Two) -> None:
    two.mine.submit(f"/cases/{case.ref}/acknowledge", text="Thank you")
    address = f"/cases/{case.ref}/reply"
    read = two.mine.get(address)
    two.theirs.submit(address, text="I have asked the ward")
    late = two.mine.submit(read, text="See this", files=(BytesIO(b"a list"), "list.txt"))
    assert late.status == 409
    assert "Files cannot be kept this way. Choose them once more." in late.text
    with case.trust.work() as uow:
        assert uow.session.query(StoredBlob).all() == []


def test_two_guardians_tell_the_outcome(case: RaisedCase, two: Two) -> None:
    two.mine.submit(f"/cases/{case.ref}/acknowledge", text="Thank you")
    address = f"/cases/{case.ref}/outcome"
    read = two.mine.get(address)
    two.theirs.submit(address, text="Two more nurses start in March.")
    late = two.mine.submit(read, text="Three nurses start in May.")
    assert late.status == 409
    assert "Two more nurses start in March." in late.text
    assert late.soup.select_one(f'form[action="{address}"]') is not None
    assert "Three nurses start in May." in late.body
    assert len(case.inbox().messages) == 2


def test_two_guardians_acknowledge(case: RaisedCase, two: Two) -> None:
    address = f"/cases/{case.ref}/acknowledge"
    read = two.mine.get(address)
    two.theirs.submit(address, text="Thank you")
    late = two.mine.submit(read, text="Thank you very much")
    assert late.status == 409
    assert "A colleague answered this meanwhile" in warned(late)
    assert "Message sent" in two.mine.submit(late).text


def test_two_guardians_let_a_case_wait(case: RaisedCase, two: Two) -> None:
    two.mine.submit(f"/cases/{case.ref}/acknowledge", text="Thank you")
    address = f"/cases/{case.ref}/pause"
    with case.as_(two.me) as (uow, _row):
        last = cases.last_day_to_look(uow)
    until = {"until-day": str(last.day), "until-month": str(last.month), "until-year": str(last.year)}
    read = two.mine.get(address)
    two.theirs.submit(address, reason="the person asked", why="They are on leave", **until)
    late = two.mine.submit(read, reason="another reason", why="The audit comes first", **until)
    assert late.status == 409
    assert f"{two.them.name} let it wait: the person asked us to wait" in warned(late)
    assert "They are on leave" in warned(late)
    assert "The audit comes first" in late.body
    assert len(case.view(two.me).pauses) == 1
    assert "Paused." in two.mine.submit(late).text
    gone_on = two.mine.get(address)
    two.theirs.submit(f"/cases/{case.ref}", "Go on with it")
    again = two.mine.submit(gone_on, reason="another reason", why="It waits still", **until)
    assert again.status == 409
    assert "It goes on now." in warned(again)


def test_two_guardians_close_a_case(case: RaisedCase, two: Two) -> None:
    page = f"/cases/{case.ref}"
    two.mine.submit(f"{page}/acknowledge", text="Thank you")
    two.mine.submit(f"{page}/code", none_apply=["y"], worker_group="not_known")
    early = two.mine.get(f"{page}/close")
    two.theirs.submit(f"{page}/outcome", text="Two more nurses start in March.")
    moved = two.mine.submit(early, outcome="resolved", satisfied="yes", summary="Staffing agreed")
    assert moved.status == 409
    assert "The case has moved on while you wrote" in warned(moved)
    assert "Staffing agreed" in moved.body
    two.theirs.submit(f"{page}/close", outcome="action_taken", satisfied="yes", summary="Nurses hired")
    late = two.mine.submit(moved, outcome="resolved", satisfied="yes", summary="Staffing agreed")
    assert late.status == 409
    assert "A colleague closed this case while you wrote" in warned(late)
    assert "Action taken" in warned(late)
    assert "Nurses hired" in warned(late)
    assert "Staffing agreed" in late.body
    assert case.view(two.me).case.outcome == "action_taken"


def test_two_guardians_open_a_closed_case_again(case: RaisedCase, two: Two) -> None:
    page = f"/cases/{case.ref}"
    two.mine.submit(f"{page}/acknowledge", text="Thank you")
    two.mine.submit(f"{page}/code", none_apply=["y"], worker_group="not_known")
    two.mine.submit(f"{page}/outcome", text="Two more nurses start in March.")
    two.mine.submit(f"{page}/close", outcome="resolved", satisfied="yes")
    read = two.mine.get(f"{page}/reopen")
    two.theirs.submit(f"{page}/reopen", why="It came back")
    late = two.mine.submit(read, why="She rang me about the rota")
    assert late.status == 409
    assert "A colleague has opened this case again" in warned(late)
    assert "Note saved" in two.mine.submit(late).text
    assert [note.text for note in case.view(two.me).notes] == ["It came back", "She rang me about the rota"]
    assert case.view(two.me).case.state is CaseState.REOPENED


def test_two_guardians_ask_about_the_person(case: RaisedCase, two: Two) -> None:
    address = f"/cases/{case.ref}/about-the-person"
    read = two.mine.get(address)
    two.theirs.submit(address, age="25_to_34")
    late = two.mine.submit(read, age="35_to_44", sex="female")
    assert late.status == 409
    assert "Counted already: Age." in warned(late)
    assert [str(each["value"]) for each in late.soup.select('select[name="sex"] option[selected]')] == ["female"]
    assert case.inbox().messages[-1].text == ""
    assert "Counted." in two.mine.submit(late).text
    assert len(case.inbox().messages) == 2


def test_two_guardians_write_down_when_somebody_wants_to_be_asked(case: RaisedCase, two: Two) -> None:
    address = f"/cases/{case.ref}/check-ins"
    read = two.mine.get(address)
    two.theirs.submit(address, "Save", months=["6"], how="guardian")
    late = two.mine.submit(read, "Save", months=["3"])
    assert late.status == 409
    assert "6 months after the end" in warned(late)
    assert [str(each["value"]) for each in late.soup.select("[name=months][checked]")] == ["3"]
    wish = case.inbox().check_ins.wish
    assert wish is not None
    assert (wish.months, wish.how) == ((6,), How.GUARDIAN)


def test_two_guardians_write_down_who_somebody_is(trust: Trust, signed_in: SignIn) -> None:
    first = signed_in(trust.guardian)
    ref = ref_of(save(first))
    with trust.work(trust.guardian) as uow:
        row = cases.find(uow, ref)
        other = next(each for each in trust.people.values() if each.id == row.cover_id)
    address = f"/cases/{ref}/person"
    read = first.get(address)
    signed_in(other).submit(address, name="Nora Nurse", contact="0700 900 123")
    late = first.submit(read, name="Nora Norse", contact="nora@example.org")
    assert late.status == 409
    assert "Nora Nurse" in warned(late)
    assert "0700 900 123" in warned(late)
    assert 'value="Nora Norse"' in late.body
    assert "Saved." in first.submit(late).text
    assert "Nora Norse" in first.get(f"/cases/{ref}").text


def test_two_guardians_write_notes_and_reports_and_both_are_kept(case: RaisedCase, two: Two) -> None:
    notes, report = f"/cases/{case.ref}/notes/new", f"/cases/{case.ref}/detriment/new"
    note, told = two.mine.get(notes), two.mine.get(report)
    two.theirs.submit(notes, text="Rang the ward")
    two.theirs.submit(report, "Save", text="Off the rota")
    assert "Note saved" in two.mine.submit(note, text="Rang the matron").text
    assert "Saved." in two.mine.submit(told, "Save", text="No training").text
    view = case.view(two.me)
    assert [each.text for each in view.notes] == ["Rang the ward", "Rang the matron"]
    assert [each.words for each in view.detriment] == ["Off the rota", "No training"]


def test_a_case_closed_by_a_colleague_gives_back_what_was_written_to_pass_it_on(
    case: RaisedCase, two: Two, trust: Trust
) -> None:
    page, ida = f"/cases/{case.ref}", factories.recipient(trust)
    two.mine.submit(f"{page}/acknowledge", text="Thank you")
    read = two.mine.get(f"{page}/refer")
    two.theirs.submit(f"{page}/code", none_apply=["y"], worker_group="not_known")
    two.theirs.submit(f"{page}/outcome", text="Two more nurses start in March.")
    two.theirs.submit(f"{page}/close", outcome="resolved", satisfied="yes")
    late = two.mine.submit(read, "Look it over", to=str(ida.id), kind="manager", text="Please look at the night rota.")
    assert late.status == 409
    assert "Please look at the night rota." in late.text


def test_a_person_given_words_by_a_colleague_meanwhile_costs_nobody_what_they_wrote(
    trust: Trust, signed_in: SignIn
) -> None:
    first = signed_in(trust.guardian)
    ref = ref_of(save(first))
    with trust.work(trust.guardian) as uow:
        row = cases.find(uow, ref)
        other = next(each for each in trust.people.values() if each.id == row.cover_id)
    read = first.get(f"/cases/{ref}/person")
    signed_in(other).submit(f"/cases/{ref}/new-words")
    late = first.submit(read, name="Nora Nurse", contact="nora@example.org, after six in the evening")
    assert late.status == 409
    assert "nora@example.org, after six in the evening" in late.text
