"""The main job, from end to end, on both databases."""

from speakup.kernel.errors import NotFound
from tests import factories
from tests.trusts import Colleague, Trust


def can_open(raised: factories.RaisedCase, who: Colleague) -> bool:
    try:
        raised.view(who)
    except NotFound:
        return False
    return True


def test_two_guardians_read_what_was_raised_and_the_person_reads_their_answer(trust: Trust) -> None:
    raised = factories.raised_case(trust, narrative="There is no second nurse at night.")
    primary, cover = (each for each in trust.people.values() if can_open(raised, each))
    assert raised.view(primary).told.narrative == "There is no second nurse at night."
    factories.reply(raised, "Thank you. I will ring the ward.", by=cover)
    factories.note(raised, "Rang the ward.", by=primary)
    assert [each.text for each in raised.inbox().messages] == ["Thank you. I will ring the ward."]
    assert [each.text for each in raised.view(cover).notes] == ["Rang the ward."]
