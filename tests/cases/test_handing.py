"""Giving a case to others: agreement first, new readers before old ones go, and nobody who must not have it."""

import pytest

from speakup import cases
from speakup.cases.operations import agreeing, handing
from speakup.cases.operations.agreeing import Consented, Places
from tests import factories
from tests.security.tampering import readers_of
from tests.trusts import Trust


def test_smoke(trust: Trust) -> None:
    raised = factories.raised_case(trust)
    first, cover = readers_of(raised)
    third = next(each for each in (trust.guardian, trust.second_guardian, trust.lead) if each not in (first, cover))
    raised.view(first)
    raised.view(cover)
    places = Places(third.id, cover.id)
    with raised.as_(first) as (uow, case):
        with pytest.raises(handing.NotAgreed):
            handing.hand_over(uow, case, places)
        agreeing.ask_person(uow, case, places, "May Lena have it?")
        assert agreeing.standing_now(uow, case, [third.id]).said is Consented.ASKED
    with raised.as_(raised.reporter) as (uow, case):
        agreeing.answer_hand_over(uow, case, agrees=True)
    with raised.as_(first) as (uow, case):
        handing.hand_over(uow, case, places)
    view = raised.view(third)
    raised.inbox()
    assert view.case.primary_id == third.id
    with pytest.raises(cases.NotFound if hasattr(cases, "NotFound") else Exception):
        raised.view(first)
    with raised.as_(cover) as (uow, case):
        handing.step_aside(uow, case, handing.SteppingAside(handing.WhyAside.KNOWS, "My neighbour."))
    raised.view(third)
    raised.inbox()
