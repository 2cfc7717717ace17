"""The draft as the operations keep it: its states, and two at work on it at once."""

from collections.abc import Callable

import pytest

from speakup import keyring, routing
from speakup.accounts import Marked, Part
from speakup.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.routing import Rule
from speakup.routing.models import DraftRule
from tests.keyring.test_races import together
from tests.trusts import Trust

TIMES = 5


def to(trust: Trust, *names: str) -> Rule:
    first, *others = (trust.people[name].id for name in names)
    return Rule(None, None, first, None, tuple(others))


def test_a_submitted_draft_is_changed_by_nobody_until_it_is_taken_or_sent_back(trust: Trust) -> None:
    with trust.work(trust.administrator) as uow:
        routing.begin_draft(uow, [to(trust, "lead")])
        (held,) = routing.drafted_rules(uow)
        routing.submit_draft(uow)
    acts: list[Callable[[UnitOfWork], object]] = [
        lambda uow: routing.add_rule(uow, to(trust, "guardian")),
        lambda uow: routing.change_rule(uow, held.id, to(trust, "guardian"), held.rule),
        lambda uow: routing.move_rule(uow, held.id, 1),
        lambda uow: routing.remove_rule(uow, held.id),
        lambda uow: routing.draft_mark(uow, Marked("Cora Chief", Part.EXECUTIVE)),
        routing.submit_draft,
        lambda uow: routing.begin_draft(uow, []),
    ]
    for act in acts:
        with trust.work(trust.administrator) as uow, pytest.raises(Conflict):
            act(uow)
    with trust.work(trust.guardian) as uow:
        routing.send_back_draft(uow)
    with trust.work(trust.administrator) as uow:
        routing.add_rule(uow, to(trust, "guardian"))
        assert [each.rule for each in routing.drafted_rules(uow)] == [held.rule, to(trust, "guardian")]


@pytest.mark.parametrize("who", ["guardian", "lead", "buddy", "non_executive_lead", "executive_lead"])
def test_nobody_but_an_administrator_writes_a_draft(trust: Trust, who: str) -> None:
    with trust.work(trust.people[who]) as uow, pytest.raises(Forbidden):
        routing.begin_draft(uow, [])


@pytest.mark.parametrize("who", ["administrator", "buddy", "non_executive_lead", "executive_lead"])
def test_nobody_but_a_guardian_answers_one(trust: Trust, who: str) -> None:
    with trust.work(trust.administrator) as uow:
        routing.begin_draft(uow, [])
        routing.submit_draft(uow)
    for act in (routing.send_back_draft, routing.end_draft):
        with trust.work(trust.people[who]) as uow, pytest.raises(Forbidden):
            act(uow)
    with trust.work(trust.people[who]) as uow, pytest.raises(Forbidden):
        keyring.approve_routing(uow, [])


def test_nobody_stands_twice_in_one_rule(trust: Trust) -> None:
    twice = Rule(None, None, trust.lead.id, trust.lead.id)
    with trust.work(trust.administrator) as uow:
        routing.begin_draft(uow, [])
        for rule in (twice, to(trust, "guardian", "guardian")):
            with pytest.raises(Invalid):
                routing.add_rule(uow, rule)


def test_no_draft_grows_without_end(trust: Trust) -> None:
    with trust.work(trust.administrator) as uow:
        routing.begin_draft(uow, [to(trust, "lead")] * routing.MOST_RULES)
        with pytest.raises(Invalid):
            routing.add_rule(uow, to(trust, "lead"))


def test_administrators_at_work_at_once_lose_no_rule_and_no_place(trust: Trust) -> None:
    with trust.work(trust.administrator) as uow:
        routing.begin_draft(uow, [to(trust, "lead"), to(trust, "guardian")])
        first = routing.drafted_rules(uow)[0].id

    def often(act: Callable[[UnitOfWork], object]) -> Callable[[], None]:
        def repeated() -> None:
            for _ in range(TIMES):
                with trust.work(trust.administrator) as uow:
                    routing.hold_draft(uow)
                    act(uow)

        return repeated

    wrong = together(
        often(lambda uow: routing.add_rule(uow, to(trust, "second_guardian"))),
        often(lambda uow: routing.add_rule(uow, to(trust, "buddy"))),
        often(lambda uow: routing.move_rule(uow, first, 1)),
        often(lambda uow: routing.draft_mark(uow, Marked(f"Cora {len(_marks(uow))}", Part.CHAIR))),
    )
    assert wrong == []
    with trust.work(trust.administrator, writes=False) as uow:
        rows = routing.drafted(uow)
        assert len(rows) == 2 + 2 * TIMES
        assert len(_marks(uow)) == TIMES
        positions = [row.position for row in uow.session.query(DraftRule).order_by(DraftRule.position)]
    assert positions == sorted(set(positions))


def test_of_two_guardians_who_answer_at_once_one_does(trust: Trust) -> None:
    with trust.work(trust.administrator) as uow:
        routing.begin_draft(uow, [to(trust, "lead")])
        routing.submit_draft(uow)

    def approve(who: str) -> Callable[[], None]:
        def act() -> None:
            with trust.work(trust.people[who]) as uow:
                held = routing.hold_draft(uow)
                if held is None:
                    raise NotFound("draft")
                keyring.approve_routing(uow, [each.plain() for each in routing.drafted(uow)])
                routing.end_draft(uow)

        return act

    wrong = together(approve("guardian"), approve("second_guardian"), approve("lead"))
    assert [type(each) for each in wrong] == [NotFound, NotFound]
    with trust.work(trust.guardian, writes=False) as uow:
        log = keyring.load_key_log(uow)
        assert routing.in_force(log.routing) == [to(trust, "lead")]
        assert routing.draft(uow) is None


def _marks(uow: UnitOfWork) -> list[Marked]:
    return routing.drafted_marks(uow)
