"""What the row of a case says in clear must be what was sealed: a page that would act on another is a fault."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from speakup import cases, keyring
from speakup.cases import Answer, CaseState, Closing, Coding, Satisfied
from speakup.kernel.errors import IntegrityFault, NobodyToReceive
from tests import factories
from tests.factories import RaisedCase
from tests.security.intruder import T
from tests.security.tampering import readers_of
from tests.trusts import Trust


@pytest.fixture
def raised(trust: Trust) -> RaisedCase:
    raised = factories.raised_case(trust, at_risk=Answer.YES, risk="The patient in bed four.")
    first, _ = readers_of(raised)
    raised.view(first)
    factories.reply(raised, "Thank you.", by=first)
    factories.message(raised, "It happens again tonight.")
    return raised


def write(raised: RaisedCase, **values: Any) -> None:  # noqa: ANN401 -- whatever the columns hold
    """Change the row as somebody who can write the database does."""
    with raised.trust.stored.unbound() as connection:
        connection.execute(sa.update(T["case"]).where(T["case"].c.id == raised.id).values(**values))
        connection.commit()


def test_untouched_it_opens_for_both(raised: RaisedCase) -> None:
    assert raised.view(readers_of(raised)[0]).case.state is CaseState.ACKNOWLEDGED
    assert raised.inbox().case.state is CaseState.ACKNOWLEDGED


@pytest.mark.parametrize(
    "values",
    [
        {"stop_asked": True},
        {"at_risk_now": False},
        {"raised_on": date(2025, 1, 1)},
        {"raised_anonymously": True},
        {"told_times": 1},
        {"told_times": 9},
        {"state": CaseState.NEW},
        {"state": CaseState.CLOSED, "closed_on": date(2026, 1, 1), "told_when_closed": 99, "unannounced": False},
    ],
)
def test_a_row_that_says_other_than_what_was_sealed_is_a_fault_for_both(
    raised: RaisedCase, values: dict[str, Any]
) -> None:
    write(raised, **values)
    with pytest.raises(IntegrityFault):
        raised.view(readers_of(raised)[0])
    with pytest.raises(IntegrityFault):
        raised.inbox()


def test_mail_about_a_case_turned_to_somebody_else_is_a_fault(raised: RaisedCase) -> None:
    first, _ = readers_of(raised)
    write(raised, primary_id=raised.trust.executive_lead.id)
    with pytest.raises(IntegrityFault):
        raised.view(first)


def test_every_state_that_was_really_reached_opens(raised: RaisedCase) -> None:
    first, _ = readers_of(raised)

    def act(do: Callable[..., object], *given: object) -> None:
        with raised.as_(first) as (uow, case):
            do(uow, case, *given)
        raised.view(first)
        raised.inbox()

    act(cases.mark_read)
    act(cases.tell_person, "The rota has been changed.")
    act(cases.code_case, Coding(frozenset({"patient_safety"}), none_apply=False, worker_group="not_known"))
    act(cases.close_case, Closing("resolved", "Done.", Satisfied.YES))
    act(cases.reopen_case, "It came back.")
    with raised.as_(raised.reporter) as (uow, case):
        cases.ask_to_stop(uow, case)
    assert raised.view(first).case.stop_asked


def test_while_nobody_on_the_case_may_be_given_keys_words_are_kept_and_no_lock_is_changed(
    raised: RaisedCase, trust: Trust
) -> None:
    assert raised.inbox().received
    with trust.work(trust.non_executive_lead) as uow:
        for each in readers_of(raised):
            keyring.remove(uow, each.id)
    factories.message(raised, "Is anybody there?")
    inbox = raised.inbox()
    assert not inbox.received
    assert inbox.messages[-1].text == "Is anybody there?"
    with pytest.raises(NobodyToReceive), trust.work(raised.reporter) as uow:
        keyring.replace_receipt(uow, raised.secrets, raised.generation)
    assert raised.inbox().messages[-1].text == "Is anybody there?"
