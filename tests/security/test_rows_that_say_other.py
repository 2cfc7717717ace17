"""What the row of a case says in clear must be what was sealed: a page that would act on another is a fault."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from speakup import audit, cases, keyring
from speakup.audit import Event
from speakup.cases import (
    Answer,
    CaseState,
    ClockKind,
    Closing,
    Coding,
    HowRaised,
    Pause,
    PauseReason,
    RecordKind,
    Satisfied,
    clocks,
)
from speakup.kernel.errors import IntegrityFault, NobodyToReceive
from speakup.keyring import CompartmentKind
from tests import factories
from tests.factories import RaisedCase
from tests.security.intruder import T
from tests.security.tampering import readers_of
from tests.trusts import Trust

WORDS = cases.SpreadsheetWords(["title"] * 13, {}, {each: each.value for each in HowRaised}, {}, {})


def pause(trust: Trust, reason: PauseReason = PauseReason.PERSON_ASKED) -> Pause:
    with trust.work() as uow:
        return Pause(reason, "They asked us to wait.", uow.today + timedelta(days=7))


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
    "values", [{"state": CaseState.CLOSED}, {"told_on": date(2026, 1, 1)}, {"route": "email"}, {"outcome": "resolved"}]
)
def test_nothing_is_taken_out_that_a_row_only_says(raised: RaisedCase, values: dict[str, Any]) -> None:
    write(raised, **values)
    with raised.trust.work(readers_of(raised)[0]) as uow, pytest.raises(IntegrityFault):
        list(cases.spreadsheet_rows(uow, [raised.id], WORDS, names=False))


def test_no_element_is_taken_out_that_a_row_only_says(raised: RaisedCase) -> None:
    with raised.trust.stored.unbound() as connection:
        said = {"organisation_id": raised.trust.id, "case_id": raised.id, "element": "patient_safety"}
        connection.execute(sa.insert(T["case_element"]).values(said))
        connection.commit()
    with raised.trust.work(readers_of(raised)[0]) as uow, pytest.raises(IntegrityFault):
        list(cases.spreadsheet_rows(uow, [raised.id], WORDS, names=False))


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
        {"told_on": date(2026, 1, 1)},
        {"acknowledged_on": date(2025, 1, 1)},
        {"acknowledged_on": None},
        {"closed_on": date(2026, 1, 1)},
        {"paused_on": date(2026, 1, 1)},
        {"route": "phone"},
        {"directorate_id": uuid.UUID(int=7)},
        {"site_id": uuid.UUID(int=7)},
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
    act(cases.pause_case, pause(raised.trust))
    act(cases.pause_case, pause(raised.trust, PauseReason.ANSWER))
    act(cases.resume_case)
    act(cases.tell_person, "It is mended for good.")
    act(cases.tell_person, "It is mended for good, we mean.")
    with raised.as_(raised.reporter) as (uow, case):
        cases.ask_to_stop(uow, case)
    assert raised.view(first).case.stop_asked


def test_no_forged_day_lets_a_case_close_or_is_sealed_by_what_is_done_next(raised: RaisedCase) -> None:
    """What was written after the page was opened: the act itself finds it."""
    first, _ = readers_of(raised)
    with raised.as_(first) as (uow, case):
        cases.code_case(uow, case, Coding(frozenset({"patient_safety"}), none_apply=False, worker_group="not_known"))
    write(raised, told_on=date(2026, 1, 1))
    acts: list[tuple[Callable[..., object], object]] = [
        (cases.close_case, Closing("resolved", "Done.", Satisfied.YES)),
        (cases.reply, "Well?"),
        (cases.pause_case, pause(raised.trust)),
    ]
    for do, given in acts:
        with pytest.raises(IntegrityFault), raised.as_(first) as (uow, case):
            do(uow, case, given)
    write(raised, told_on=None)
    assert raised.view(first).case.told_on is None


@pytest.mark.parametrize(
    "values",
    [{"paused_on": None, "pause_reason": None}, {"paused_on": date(2025, 1, 1)}, {"pause_reason": PauseReason.OTHER}],
)
def test_a_pause_that_was_never_agreed_so_is_a_fault(raised: RaisedCase, values: dict[str, Any]) -> None:
    first, _ = readers_of(raised)
    with raised.as_(first) as (uow, case):
        cases.pause_case(uow, case, pause(raised.trust))
    write(raised, **values)
    with pytest.raises(IntegrityFault):
        raised.view(first)


@pytest.mark.parametrize("kept_out", [False, True])
def test_a_case_shown_to_others_or_hidden_from_them_against_what_was_sealed_is_a_fault(
    trust: Trust, *, kept_out: bool
) -> None:
    exclusions = cases.Exclusions(executives=kept_out)
    raised = factories.raised_case(trust, exclusions=exclusions)
    assert raised.view(readers_of(raised)[0]).case.narrow is kept_out
    write(raised, narrow=not kept_out)
    with pytest.raises(IntegrityFault):
        raised.view(readers_of(raised)[0])


def test_a_search_shows_no_day_of_an_end_that_was_not_sealed(raised: RaisedCase) -> None:
    first, _ = readers_of(raised)
    write(raised, closed_on=date(2026, 1, 1))
    with raised.trust.work(first) as uow:
        search = cases.start_search(uow, cases.SearchAsked(cases.parse_search("tonight")))
        list(search.steps())
    assert [each.id for each in search.damaged] == [raised.id]


def test_what_was_sealed_before_it_said_the_days_opens_and_says_them_from_its_next_move(
    raised: RaisedCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = readers_of(raised)
    with raised.as_(first) as (uow, case):
        conversation = keyring.open_case(uow, case.id)[CompartmentKind.CONVERSATION]
        for each in keyring.read(uow, conversation, RecordKind.CONCERN, RecordKind.STANDING):
            before = {name: said for name, said in each.body.items() if name not in {"days", "place"}}
            keyring.replace(uow, conversation, each, before)
    write(raised, acknowledged_on=date(2025, 1, 1))
    raised.view(first)
    with raised.as_(first) as (uow, case):
        cases.tell_person(uow, case, "The rota has been changed.")
    raised.view(first)
    write(raised, told_on=None)
    with pytest.raises(IntegrityFault):
        raised.view(first)


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


def standing_clocks(raised: RaisedCase) -> dict[ClockKind, date]:
    with raised.as_(readers_of(raised)[0]) as (uow, case):
        return {each.kind: each.due_on for each in clocks.standing(uow, case)}


def faults(raised: RaisedCase) -> int:
    with raised.as_(readers_of(raised)[0]) as (uow, _):
        return [each.event for each in audit.history(uow, raised.id)].count(Event.INTEGRITY_FAULT)


@pytest.mark.parametrize(
    "taken", [[ClockKind.UPDATE], [ClockKind.REVIEW], list(ClockKind)], ids=["update", "review", "all"]
)
def test_a_clock_that_was_taken_away_begins_again_when_the_case_is_opened(
    raised: RaisedCase, taken: list[ClockKind]
) -> None:
    table = T["case_clock"]
    with raised.trust.stored.unbound() as connection:
        connection.execute(sa.delete(table).where(table.c.case_id == raised.id, table.c.kind.in_(taken)))
        connection.commit()
    view = raised.view(readers_of(raised)[0])
    after = standing_clocks(raised)
    assert after.keys() >= {ClockKind.UPDATE, ClockKind.REVIEW}
    assert view.case.due_on == min(after.values())
    raised.view(readers_of(raised)[0])
    assert standing_clocks(raised) == after
    assert faults(raised) == 1


def test_what_a_paused_case_waits_for_begins_again_with_the_rest(trust: Trust, raised: RaisedCase) -> None:
    with raised.as_(readers_of(raised)[0]) as (uow, case):
        cases.pause_case(uow, case, pause(trust))
    with trust.stored.unbound() as connection:
        connection.execute(sa.delete(T["case_clock"]))
        connection.commit()
    view = raised.view(readers_of(raised)[0])
    assert standing_clocks(raised).keys() == {ClockKind.UPDATE, ClockKind.REVIEW, ClockKind.LOOK_AGAIN}
    assert view.case.due_for is ClockKind.LOOK_AGAIN
    assert faults(raised) == 1


@pytest.mark.parametrize("values", [{"due_on": None, "due_for": None}, {"due_on": date(2030, 1, 1)}])
def test_a_row_that_says_nothing_is_due_is_put_right_by_the_clocks(raised: RaisedCase, values: dict[str, Any]) -> None:
    due = min(standing_clocks(raised).values())
    write(raised, **values)
    assert raised.view(readers_of(raised)[0]).case.due_on == due
    assert faults(raised) == 1


def test_what_is_watched_as_it_should_be_is_no_fault(raised: RaisedCase) -> None:
    before = standing_clocks(raised)
    raised.view(readers_of(raised)[0])
    assert standing_clocks(raised) == before
    assert faults(raised) == 0
