"""What board members ask, and what guardians answer."""

import pytest

from speakup import assurance
from speakup.kernel.actor import Role
from speakup.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests import factories
from tests.trusts import Trust


def test_a_member_asks_and_a_guardian_answers_for_all_who_read(trust: Trust) -> None:
    member = factories.invited(trust, "Mel Member", [Role.BOARD_MEMBER])
    with trust.work(member) as uow:
        asked = assurance.ask_question(uow, "P-2026", "What changed at night?")
        assert (asked.asked_by, asked.answered_on) == (member.id, None)
    with trust.work(trust.guardian) as uow:
        assert assurance.count_unanswered(uow) == 1
        assurance.answer_question(uow, assurance.find_question(uow, asked.id), "Night teams are visited.", 1)
        assert assurance.count_unanswered(uow) == 0
    with trust.work(trust.non_executive_lead) as uow:
        (read,) = assurance.questions(uow, "P-2026")
        assert (read.answer, read.answered_by) == ("Night teams are visited.", trust.guardian.id)
        assert assurance.questions(uow, "P-2025") == []


def test_what_waits_stands_before_what_was_answered(trust: Trust) -> None:
    with trust.work(trust.executive_lead) as uow:
        first, second = (assurance.ask_question(uow, "", words) for words in ("First?", "Second?"))
    with trust.work(trust.guardian) as uow:
        assurance.answer_question(uow, assurance.find_question(uow, first.id), "So it is.", 1)
        assert [each.id for each in assurance.questions(uow)] == [second.id, first.id]


def test_an_answer_that_a_colleague_gave_meanwhile_is_not_written_over(trust: Trust) -> None:
    with trust.work(trust.executive_lead) as uow:
        asked = assurance.ask_question(uow, "", "Why?")
    with trust.work(trust.guardian) as uow:
        assurance.answer_question(uow, assurance.find_question(uow, asked.id), "Because.", 1)
    with trust.work(trust.lead) as uow, pytest.raises(Conflict):
        assurance.answer_question(uow, assurance.find_question(uow, asked.id), "For another reason.", 1)


def test_an_empty_question_or_answer_is_refused(trust: Trust) -> None:
    with trust.work(trust.executive_lead) as uow:
        asked = assurance.ask_question(uow, "", "Why?")
        with pytest.raises(Invalid):
            assurance.ask_question(uow, "", "  ")
    with trust.work(trust.guardian) as uow, pytest.raises(Invalid):
        assurance.answer_question(uow, assurance.find_question(uow, asked.id), "\n", 1)


@pytest.mark.parametrize("who", ["guardian", "administrator", "buddy"])
def test_only_the_board_asks(trust: Trust, who: str) -> None:
    with trust.work(trust.people[who]) as uow, pytest.raises(Forbidden):
        assurance.ask_question(uow, "", "Why?")


@pytest.mark.parametrize("who", ["executive_lead", "non_executive_lead"])
def test_only_guardians_answer(trust: Trust, who: str) -> None:
    with trust.work(trust.executive_lead) as uow:
        asked = assurance.ask_question(uow, "", "Why?")
    with trust.work(trust.people[who]) as uow, pytest.raises(Forbidden):
        assurance.answer_question(uow, assurance.find_question(uow, asked.id), "Because.", 1)


def test_a_question_of_another_organisation_is_not_there(trust: Trust, other_trust: Trust) -> None:
    with trust.work(trust.executive_lead) as uow:
        asked = assurance.ask_question(uow, "", "Why?")
    with other_trust.work(other_trust.guardian) as uow:
        assert assurance.questions(uow) == []
        with pytest.raises(NotFound):
            assurance.find_question(uow, asked.id)
