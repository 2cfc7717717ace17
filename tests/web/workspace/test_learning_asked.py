"""Who has still to tell somebody of an action: what is sealed says so, whatever is done to the rows in clear."""

import threading
import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from speakup import cases, learning
from speakup.learning import ActionState, LearningAction
from speakup.tables import METADATA
from tests import factories
from tests.factories import RaisedCase
from tests.keyring.test_races import together
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust
from tests.web.client import PageClient

SignIn = Callable[[Colleague], PageClient]
S = ActionState
TABLE = METADATA.tables
STAFF_KNOW = {"staff_untold_why": "They changed it themselves."}
WAITS = "A guardian has not told somebody yet who spoke up about this. Wait for that, or say why it cannot wait"


@pytest.fixture
def led(trust: Trust) -> tuple[RaisedCase, LearningAction]:
    """A case, and the action it led to, which was checked."""
    raised, action = factories.raised_case(trust), factories.action(trust, S.CHECKED)
    link(raised, action)
    return raised, action


def link(raised: RaisedCase, action: LearningAction) -> None:
    with raised.as_(readers_of(raised)[0]) as (uow, case):
        cases.link_learning(uow, case, learning.find(uow, action.ref))


def asked(trust: Trust, action: LearningAction) -> set[object]:
    with trust.work() as uow:
        return set(learning.asked_to_tell(uow, action.id))


def stranger_to(raised: RaisedCase) -> Colleague:
    trust = raised.trust
    return next(each for each in (trust.guardian, trust.second_guardian, trust.lead) if each not in readers_of(raised))


def change(trust: Trust, name: str, **values: object) -> None:
    with trust.stored.unbound() as intruder:
        intruder.execute(sa.update(TABLE[name]).values(**values))


@pytest.mark.parametrize("reader", [0, 1])
def test_taking_the_asking_out_of_the_database_lets_no_reader_of_the_case_close_it(
    trust: Trust, led: tuple[RaisedCase, LearningAction], signed_in: SignIn, reader: int
) -> None:
    raised, action = led
    with trust.stored.unbound() as intruder:
        intruder.execute(sa.delete(TABLE["learning_asked"]))
    mine = signed_in(readers_of(raised)[reader])
    refused = mine.submit(f"/learning/{action.ref}/close", **STAFF_KNOW)
    assert (refused.status, refused.errors) == (422, [WAITS])
    assert asked(trust, action) == {readers_of(raised)[0].id}
    assert "Closed" in mine.submit(refused, untold_why="They are away for a year.").text


def test_calling_a_stranger_the_guardian_of_a_case_lets_nobody_off_who_holds_it(
    trust: Trust, led: tuple[RaisedCase, LearningAction], signed_in: SignIn
) -> None:
    raised, action = led
    me = readers_of(raised)[0]
    mine = signed_in(me)
    change(trust, "case", primary_id=stranger_to(raised).id)
    page = mine.get(f"/learning/{action.ref}")
    assert raised.ref in page.text
    assert me.id in asked(trust, action)
    refused = mine.submit(f"/learning/{action.ref}/close", **STAFF_KNOW)
    assert (refused.status, refused.errors) == (422, [WAITS])


def test_a_page_asks_whoever_looks_after_the_case_again(
    trust: Trust, led: tuple[RaisedCase, LearningAction], signed_in: SignIn
) -> None:
    raised, action = led
    primary, cover = readers_of(raised)
    with trust.stored.unbound() as intruder:
        intruder.execute(sa.delete(TABLE["learning_asked"]))
    signed_in(cover).get(f"/learning/{action.ref}")
    assert asked(trust, action) == {primary.id}


def test_hiding_what_kind_of_record_a_link_is_shows_before_its_action_is_closed(
    trust: Trust, led: tuple[RaisedCase, LearningAction], signed_in: SignIn
) -> None:
    raised, action = led
    with trust.stored.unbound() as intruder:
        record = TABLE["sealed_record"]
        intruder.execute(sa.delete(TABLE["learning_asked"]))
        intruder.execute(sa.update(record).where(record.c.kind == "learning").values(kind="note"))
    mine = signed_in(readers_of(raised)[0])
    refused = mine.submit(f"/learning/{action.ref}/close", **STAFF_KNOW)
    unread = "A case that cannot be read may have led to this. Say why it does not wait for that"
    assert (refused.status, refused.errors) == (422, [unread])
    assert "1 case does not check out" in refused.text
    assert raised.ref in refused.text
    assert "Closed" in mine.submit(refused, untold_why="Nobody can say whether it led here.").text


def test_two_guardians_may_ask_the_same_person_at_once(trust: Trust) -> None:
    action = factories.action(trust)
    with trust.work(trust.guardian) as first:
        learning.ask_to_tell(first, action.id, trust.lead.id)
        first.session.flush()
        wrong: list[BaseException] = []

        def second() -> None:
            try:
                with trust.work(trust.second_guardian) as uow:
                    learning.ask_to_tell(uow, action.id, trust.lead.id)
            except Exception as error:  # noqa: BLE001 -- whatever it is, the test shows it
                wrong.append(error)

        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.3)
    thread.join(30)
    assert wrong == []
    assert asked(trust, action) == {trust.lead.id}


def test_many_ask_and_stop_at_once_and_nothing_goes_wrong(trust: Trust) -> None:
    action = factories.action(trust)

    def ask_and_stop() -> None:
        for _ in range(5):
            with trust.work(trust.guardian) as uow:
                learning.ask_to_tell(uow, action.id, trust.lead.id)
            with trust.work(trust.second_guardian) as uow:
                learning.stop_asking(uow, action.id, trust.lead.id)

    assert together(ask_and_stop, ask_and_stop, ask_and_stop) == []


def test_nobody_is_let_off_while_another_of_their_cases_is_being_linked(
    trust: Trust, led: tuple[RaisedCase, LearningAction]
) -> None:
    raised, action = led
    me, _ = readers_of(raised)
    # Who receives a concern is drawn by lot: some number of them is theirs in the end.
    other = next(each for each in (factories.raised_case(trust) for _ in range(99)) if readers_of(each)[0] == me)
    with raised.as_(me) as (uow, case):
        cases.note_learning_told(uow, case, action.id, "By telephone", uow.today)

    def look() -> None:
        with trust.work(me) as uow:
            cases.linked_cases(uow, learning.find(uow, action.ref))

    with other.as_(readers_of(other)[1]) as (uow, case):
        cases.link_learning(uow, case, learning.find(uow, action.ref))
        uow.session.flush()
        looking = threading.Thread(target=look)
        looking.start()
        time.sleep(0.5)
    looking.join(30)
    assert asked(trust, action) == {me.id}


def searched(trust: Trust) -> int:
    with trust.stored.unbound() as connection:
        entry = TABLE["audit_entry"]
        return len(connection.execute(sa.select(entry).where(entry.c.event == "cases searched")).all())


def test_a_step_without_words_opens_no_case(trust: Trust, signed_in: SignIn) -> None:
    raised, action = factories.raised_case(trust), factories.action(trust, S.AGREED)
    link(raised, action)
    mine = signed_in(readers_of(raised)[0])
    before = searched(trust)
    assert "It is in progress now" in mine.submit(f"/learning/{action.ref}/start", "Start").text
    assert searched(trust) == before
    mine.submit(f"/learning/{action.ref}/update", text="Half of it.")
    assert searched(trust) == before + 1


def test_more_cases_that_led_to_an_action_cost_no_more_questions_of_the_database(trust: Trust) -> None:
    action, engine = factories.action(trust, S.IMPLEMENTED), trust.database.engine

    def statements() -> int:
        made: list[str] = []

        def note(*given: object) -> None:
            made.append(str(given[2]))

        event.listen(engine, "before_cursor_execute", note)
        with trust.work(trust.guardian) as uow:
            assert cases.linked_cases(uow, learning.find(uow, action.ref))
        event.remove(engine, "before_cursor_execute", note)
        return len(made)

    counts = []
    for how_many in (1, 4):
        for _ in range(how_many):
            link_mine(trust, action)
        statements()
        counts.append(statements())
    assert counts[0] == counts[1]


def link_mine(trust: Trust, action: LearningAction) -> None:
    with trust.work(trust.guardian) as uow:
        case = cases.record_case(uow, cases.Recorded("They rang.", "phone", cases.HowRaised.CONFIDENTIAL))
        cases.link_learning(uow, case, learning.find(uow, action.ref))


def test_an_early_word_is_not_sent_twice_by_two_who_write_at_once(trust: Trust, signed_in: SignIn) -> None:
    raised, action = factories.raised_case(trust), factories.action(trust, S.IN_PROGRESS)
    link(raised, action)
    first, second = map(signed_in, readers_of(raised))
    tell = f"/cases/{raised.ref}/learning/{action.id}/tell"
    theirs, mine = first.get(tell), second.get(tell)
    assert "Message sent" in first.submit(theirs, way="inbox", text="It is meant to change.").text
    late = second.submit(mine, way="inbox", text="Something is planned.")
    assert late.status == 409
    assert "A colleague has seen to this while you wrote" in late.text
    assert "They were written to about this on" in late.text
    assert "Something is planned." in late.body
    said = [each.text for each in raised.inbox().messages if not each.from_reporter]
    assert said.count("It is meant to change.") == 1
    assert "Something is planned." not in said
    assert raised.view(readers_of(raised)[0]).learning[0].is_open
