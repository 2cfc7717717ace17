"""A guardian's acts: what each moves, and that what is refused moves nothing, even for a page that goes on."""

from collections.abc import Callable

import pytest

from speakup import cases
from speakup.cases import Case, CaseState, Closing, Coding, NotReadyToClose, Satisfied
from speakup.kernel.errors import Conflict, IntegrityFault, Invalid, NotFound, SpeakUpError
from speakup.kernel.uow import UnitOfWork
from speakup.tables import METADATA
from tests import factories
from tests.security.tampering import readers_of
from tests.trusts import Trust

CASE = METADATA.tables["case"]
TOO_LONG = "x" * (cases.NARRATIVE_LIMIT + 1)
NO_SUCH_ELEMENT = Coding(frozenset({"no such element"}), none_apply=False, worker_group="nursing_midwifery")
NO_SUCH_GROUP = Coding(frozenset({"patient_safety"}), none_apply=False, worker_group="no such group")

STRANGERS = ["lead", "administrator", "executive_lead", "non_executive_lead", "buddy", "second_guardian"]

Act = Callable[[UnitOfWork, Case], object]


@pytest.mark.parametrize(
    "act",
    [
        lambda uow, case: cases.acknowledge(uow, case, "  "),
        lambda uow, case: cases.reply(uow, case, TOO_LONG),
        lambda uow, case: cases.tell_person(uow, case, ""),
        lambda uow, case: cases.code_case(uow, case, NO_SUCH_ELEMENT),
        lambda uow, case: cases.code_case(uow, case, NO_SUCH_GROUP),
        lambda uow, case: cases.close_case(uow, case, Closing("resolved", "", Satisfied.YES)),
        lambda uow, case: cases.title_case(uow, case, "x" * 121),
        lambda uow, case: cases.add_note(uow, case, ""),
    ],
)
def test_what_is_refused_moves_nothing_even_when_the_page_goes_on(trust: Trust, act: Act) -> None:
    raised = factories.raised_case(trust)
    guardian = readers_of(raised)[0]
    with trust.stored.unbound() as connection:
        before = dict(connection.execute(CASE.select()).mappings().one())
    with raised.as_(guardian) as (uow, case), pytest.raises(SpeakUpError):
        act(uow, case)
    with trust.stored.unbound() as connection:
        assert dict(connection.execute(CASE.select()).mappings().one()) == before


def test_a_first_answer_acknowledges_and_every_answer_starts_the_next_clock(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    guardian = readers_of(raised)[0]
    factories.reply(raised, "Thank you", by=guardian)
    first = raised.view(guardian).case
    # Next it is to speak with them, and then to write again.
    assert (first.state, first.due_on) == (CaseState.ACKNOWLEDGED, cases.working_day_after(first.raised_on, 5, "ENG"))
    factories.message(raised, "When?")
    factories.reply(raised, "More", by=guardian)
    later = raised.view(guardian).case
    assert (later.state, later.due_on) == (
        CaseState.WITH_GUARDIAN, cases.working_day_after(later.raised_on, 20, "ENG"),
    )  # fmt: skip


def test_a_case_closes_once_it_is_coded_and_told_and_opens_again_with_everything(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    guardian = readers_of(raised)[0]
    closing = Closing(
        "resolved",
        "A lock was fitted.",
        Satisfied.NO,
        why_not_satisfied="It came late.",
        escalation="The regulator was named to them.",
    )
    with raised.as_(guardian) as (uow, case), pytest.raises(NotReadyToClose):
        cases.close_case(uow, case, closing)
    with raised.as_(guardian) as (uow, case):
        cases.acknowledge(uow, case, "Thank you")
        cases.code_case(uow, case, Coding(frozenset(), none_apply=True, worker_group="nursing_midwifery"))
        cases.tell_person(uow, case, "A lock was fitted.")
        cases.close_case(uow, case, closing)
    closed = raised.view(guardian)
    assert (closed.case.state, closed.case.due_on) == (CaseState.CLOSED, None)
    assert closed.closure is not None
    assert closed.closure.escalation == "The regulator was named to them."
    for act in (cases.reply, cases.add_note):
        with raised.as_(guardian) as (uow, case), pytest.raises(Conflict):
            act(uow, case, "After the end")
    with raised.as_(guardian) as (uow, case):
        cases.reopen_case(uow, case, "It is unlocked again.")
    again = raised.view(guardian)
    assert again.case.state is CaseState.REOPENED
    assert [each.text for each in again.notes] == ["It is unlocked again."]
    assert [each.text for each in again.messages] == ["Thank you", "A lock was fitted."]


@pytest.mark.parametrize("who", STRANGERS)
def test_whoever_is_not_on_the_case_cannot_tell_it_exists(trust: Trust, who: str) -> None:
    raised = factories.raised_case(trust)
    stranger = trust.people[who]
    if stranger in readers_of(raised):
        guardians = (trust.guardian, trust.second_guardian, trust.lead)
        stranger = next(each for each in guardians if each not in readers_of(raised))
    for ref in (raised.ref, "SU-0000-0000"):
        with trust.work(stranger) as uow, pytest.raises(NotFound):
            cases.find(uow, ref)


def test_a_row_that_says_another_way_of_raising_than_the_person_did_is_a_fault(trust: Trust) -> None:
    """Taking a confidential concern for an open one could cost somebody their job."""
    raised = factories.raised_case(trust)
    with trust.stored.unbound() as connection:
        connection.execute(CASE.update().values(how_raised="open"))
    with pytest.raises(IntegrityFault):
        raised.view(readers_of(raised)[0])
    with pytest.raises(IntegrityFault):
        raised.inbox()


def test_two_references_exchanged_show_no_title_and_no_case(trust: Trust) -> None:
    one, other = (factories.raised_case(trust) for _ in range(2))
    for each in (one, other):
        with each.as_(readers_of(each)[0]) as (uow, case):
            cases.title_case(uow, case, f"About {each.ref}")
    with trust.stored.unbound() as connection:
        for case_id, ref in ((one.id, "SU-XXXX-XXXX"), (other.id, one.ref), (one.id, other.ref)):
            connection.execute(CASE.update().where(CASE.c.id == case_id).values(ref=ref))
    guardian = readers_of(one)[0]
    with trust.work(guardian) as uow:
        lines = cases.worklist(uow, cases.Filters()).lines
    assert all(line.title is None and line.damaged and not line.may_open for line in lines)
    with pytest.raises(IntegrityFault):
        other.inbox()


def test_one_damaged_case_hides_no_other(trust: Trust) -> None:
    raised = [factories.raised_case(trust) for _ in range(3)]
    guardian = readers_of(raised[0])[0]
    compartments = METADATA.tables["compartment"]
    with trust.stored.unbound() as connection:
        connection.execute(compartments.update().where(compartments.c.case_id == raised[0].id).values(head=bytes(40)))
    with trust.work(guardian) as uow:
        lines = {line.case.ref: line for line in cases.worklist(uow, cases.Filters()).lines}
    assert lines[raised[0].ref].damaged
    assert not lines[raised[0].ref].may_open
    assert [line.damaged for ref, line in lines.items() if ref != raised[0].ref] == [False] * (len(lines) - 1)


def test_a_way_to_be_reached_needs_no_name_but_a_first_time_needs_something_said(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    with raised.as_(raised.reporter) as (uow, case), pytest.raises(Invalid):
        cases.say_who_i_am(uow, case, cases.PersonDetails(), cases.HowRaised.CONFIDENTIAL)
    for person in (cases.PersonDetails(contact="07700 900 123"), cases.PersonDetails()):
        with raised.as_(raised.reporter) as (uow, case):
            cases.say_who_i_am(uow, case, person, cases.HowRaised.CONFIDENTIAL)
        assert raised.inbox().person == person


def test_saying_who_one_is_later_is_dated_and_keeps_that_it_was_anonymous(trust: Trust) -> None:
    raised = factories.raised_case(trust, how_raised=cases.HowRaised.ANONYMOUS)
    guardian = readers_of(raised)[0]
    assert raised.view(guardian).person is None
    with raised.as_(raised.reporter) as (uow, case), pytest.raises(Invalid):
        cases.say_who_i_am(uow, case, cases.PersonDetails(name=" "), cases.HowRaised.OPEN)
    with raised.as_(raised.reporter) as (uow, case):
        cases.say_who_i_am(uow, case, cases.PersonDetails(name="Nora"), cases.HowRaised.OPEN)
    view = raised.view(guardian)
    assert view.person is not None
    assert (view.person.name, view.case.raised_anonymously) == ("Nora", True)
    assert (view.case.how_raised, view.messages[-1].told) == (cases.HowRaised.OPEN, "identity")
