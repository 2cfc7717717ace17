"""Random people doing random things to a learning action and the cases that led to it: what must never come about."""

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from speakup import audit, cases, learning
from speakup.audit import Event
from speakup.cases import Case, SteppingAside, WhyAside
from speakup.kernel.errors import Forbidden, NobodyToReceive, NotFound, SpeakUpError
from speakup.kernel.uow import UnitOfWork
from speakup.learning import Act, ActionState, EventKind, LearningAction
from speakup.learning.moves import TABLE
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust

S = ActionState
GUARDIANS = ("guardian", "second_guardian", "lead")
OTHERS = ("executive_lead", "administrator", "non_executive_lead")

BEGINNINGS = (S.CHECKED, S.CHECKED, S.CHECKED, S.IMPLEMENTED, *S)
"""Most often near the end, where somebody could be forgotten."""

Doing = Callable[[UnitOfWork, LearningAction], object]


ACTS: dict[str, tuple[Act, Doing]] = {
    "agree": (Act.AGREE, lambda uow, each: learning.agree(uow, each, somebody(uow), uow.today + timedelta(days=9))),
    "start": (Act.START, learning.start),
    "say it is done": (Act.IMPLEMENT, learning.implement),
    "show that it is done": (Act.IMPLEMENT, lambda uow, each: learning.implement(uow, each, "The rota shows it.")),
    "check": (Act.CHECK, learning.check),
    "check without a measure": (Act.CHECK, lambda uow, each: learning.check(uow, each, "Nothing was counted.")),
    "close": (Act.CLOSE, learning.close),
    "close, staff untold": (Act.CLOSE, lambda uow, each: learning.close(uow, each, staff_untold_why="They did it.")),
    "close, nobody told": (
        Act.CLOSE,
        lambda uow, each: learning.close(uow, each, staff_untold_why="They did it.", untold_why="They are away."),
    ),
    "decline": (Act.DECLINE, lambda uow, each: learning.decline(uow, each, "Nobody can do it.")),
    "resume": (Act.RESUME, lambda uow, each: learning.resume(uow, each, "Again.", uow.today)),
    "reschedule": (Act.RESCHEDULE, lambda uow, each: learning.reschedule(uow, each, uow.today, "Later.")),
    "hand on": (Act.HAND_ON, lambda uow, each: learning.hand_on(uow, each, somebody(uow, each))),
    "update": (Act.UPDATE, lambda uow, each: learning.add_update(uow, each, "Half of it.")),
    "ask": (Act.ASK, lambda uow, each: learning.ask_guardian(uow, each, "Nights, too?")),
    "answer": (Act.ANSWER, lambda uow, each: learning.answer_owner(uow, each, "Yes.")),
    "revise": (Act.REVISE, lambda uow, each: learning.revise_action(uow, each, factories.wording(), each.revision)),
}
TELLINGS: dict[str, Callable[[UnitOfWork, Case, LearningAction], object]] = {
    "link": cases.link_learning,
    "unlink": lambda uow, case, action: cases.unlink_learning(uow, case, action.id),
    "tell": lambda uow, case, action: cases.tell_learning(uow, case, action.id, "It changed."),
    "tell by voice": lambda uow, case, action: cases.note_learning_told(uow, case, action.id, "By voice", uow.today),
    "say why not": lambda uow, case, action: cases.note_learning_untold(uow, case, action.id, "They said no."),
    "look": lambda uow, case, _action: cases.learning_of(uow, case),
    "step aside": lambda uow, case, _action: cases.step_aside(uow, case, SteppingAside(WhyAside.KNOWS, "A neighbour.")),
}


def somebody(uow: UnitOfWork, action: LearningAction | None = None) -> uuid.UUID:
    """Whoever of two does not see to it now."""
    people: list[uuid.UUID] = uow.opened["two of them"]
    return next(each for each in people if action is None or each != action.owner_id)


class Learning(RuleBasedStateMachine):
    """One action and two cases that may have led to it."""

    def __init__(self, trust: Trust) -> None:
        super().__init__()
        self.trust = trust
        self.raised: list[RaisedCase] = [factories.raised_case(trust) for _ in range(2)]
        self.action = factories.action(trust)
        self.state, self.events = S.PROPOSED, 1

    @initialize(
        state=st.sampled_from([S.CHECKED, S.CHECKED, S.CHECKED, S.IMPLEMENTED, *S]),
        led=st.sampled_from([True, True, False]),
    )
    def begin(self, state: ActionState, led: bool) -> None:  # noqa: FBT001 -- drawn by Hypothesis, by its name
        self.action = factories.action(self.trust, state)
        self.state, self.events = state, len(self.history())
        if led:
            with self.raised[0].as_(self.primary(self.raised[0])) as (uow, case):
                cases.link_learning(uow, case, learning.find(uow, self.action.ref))

    @precondition(lambda self: any(True for _ in learning.ways_on(self.state)))
    @rule(who=st.sampled_from(GUARDIANS), pick=st.integers(0, 100))
    def somebody_moves_it(self, who: str, pick: int) -> None:
        """Make one of the moves that lead on from here."""
        moves = {move.act for move in learning.ways_on(self.state)}
        able = sorted(what for what, (act, _do) in ACTS.items() if act in moves)
        self.somebody_acts(who, able[pick % len(able)])

    @rule(who=st.sampled_from(GUARDIANS), pick=st.integers(0, 100))
    def somebody_goes_on(self, who: str, pick: int) -> None:
        """Do one of the things that can be done now, so that every state is come to."""
        able = sorted(what for what, (act, _do) in ACTS.items() if learning.may_do(self.state, act))
        self.somebody_acts(who, able[pick % len(able)])

    @rule(who=st.sampled_from(GUARDIANS * 3 + OTHERS), what=st.sampled_from(sorted(ACTS)))
    def somebody_acts(self, who: str, what: str) -> None:
        act, do = ACTS[what]
        audited, untold = self.audited(), what.startswith("close") and self.somebody_is_untold()
        with self.trust.work(self.trust.people[who]) as uow:
            uow.opened["two of them"] = [self.trust.executive_lead.id, self.trust.administrator.id]
            try:
                action = learning.find(uow, self.action.ref)
            except NotFound:
                assert who in OTHERS
                return
            owner, may = action.owner_id, learning.may_act(uow.actor, action, act)
            try:
                do(uow, action)
            except Forbidden:
                assert who in OTHERS
                done = False
            except SpeakUpError:
                done = False
            else:
                done = True
        assert may or not done
        if done and who in OTHERS:
            assert owner == self.trust.people[who].id
        self.judge(act if done else None, untold=untold, what=what)
        assert (self.audited() > audited) is done

    def judge(self, act: Act | None, *, untold: bool, what: str) -> None:
        row, events = self.row(), self.history()
        if act is None:
            assert (row.state, len(events)) == (self.state, self.events)
            return
        assert TABLE[self.state, act].new is row.state
        assert len(events) > self.events
        if row.state is S.CLOSED and self.state is not S.CLOSED:
            assert row.no_effect_why or learning.Missing.EFFECT not in self.lacking(Act.CLOSE)
            assert row.staff_untold_why
            assert not untold or any(each.kind is EventKind.UNTOLD for each in events[self.events :])
            assert not untold or what == "close, nobody told"
        if row.state is S.NOT_TAKEN:
            assert row.ended_why
            assert row.ended_by
        self.state, self.events = row.state, len(events)

    @rule(
        who=st.sampled_from((*GUARDIANS, "administrator")),
        which=st.integers(0, 1),
        what=st.sampled_from(sorted(TELLINGS)),
    )
    def somebody_works_a_case(self, who: str, which: int, what: str) -> None:
        raised = self.raised[which]
        reads = self.trust.people[who] in readers_of(raised)
        with self.trust.work(self.trust.people[who]) as uow:
            try:
                case = cases.find(uow, raised.ref)
            except NotFound:
                assert not reads
                return
            action = learning.find(uow, self.action.ref)
            try:
                TELLINGS[what](uow, case, action)
            except (NobodyToReceive, SpeakUpError):
                return
            if what != "step aside":
                cases.settle_asking(uow, action.id)

    @rule(who=st.sampled_from(GUARDIANS))
    def somebody_opens_the_action(self, who: str) -> None:
        mine = {each.ref for each in self.raised if self.trust.people[who] in readers_of(each)}
        with self.trust.work(self.trust.people[who]) as uow:
            assert {each.case.ref for each in cases.linked_cases(uow, learning.find(uow, self.action.ref))} <= mine

    @invariant()
    def whoever_looks_after_somebody_untold_is_asked(self) -> None:
        with self.trust.work() as uow:
            asked = learning.asked_to_tell(uow, self.action.id)
        for raised in self.raised:
            if any(each.is_open for each in self.links(raised)):
                assert self.primary(raised).id in asked

    @invariant()
    def the_action_says_nothing_of_a_case(self) -> None:
        with self.trust.stored.unbound() as connection:
            rows = [
                repr(connection.execute(sa.text(f"SELECT * FROM {table}")).all())  # noqa: S608 -- our own names
                for table in ("learning_action", "learning_event")
            ]
        assert not any(
            each.ref in row or each.id.hex in row or str(each.id) in row for each in self.raised for row in rows
        )

    def teardown(self) -> None:
        """However it went, it can be brought to its end."""
        with self.trust.work(self.trust.guardian) as uow:
            action = learning.find(uow, self.action.ref)
            if action.state is S.PROPOSED:
                learning.agree(uow, action, self.trust.executive_lead.id, uow.today)
            if action.state is S.AGREED:
                learning.start(uow, action)
            if action.state is S.IN_PROGRESS:
                learning.implement(uow, action, "Seen.")
            if action.state is S.IMPLEMENTED:
                learning.check(uow, action, "Nothing was counted.")
            if action.state is S.CHECKED:
                learning.close(uow, action, staff_untold_why="They did it.", untold_why="They are away.")
            assert action.state in learning.ENDED

    def row(self) -> LearningAction:
        with self.trust.work(self.trust.guardian) as uow:
            return learning.find(uow, self.action.ref)

    def lacking(self, act: Act) -> frozenset[learning.Missing]:
        with self.trust.work(self.trust.guardian) as uow:
            return learning.missing(uow, learning.find(uow, self.action.ref), act)

    def history(self) -> list[learning.LearningEvent]:
        with self.trust.work(self.trust.guardian) as uow:
            return learning.history(uow, learning.find(uow, self.action.ref))

    def audited(self) -> int:
        with self.trust.work(self.trust.guardian) as uow:
            kept = Counter(line.event for line in audit.history(uow, self.action.id, limit=10_000))
        return kept[Event.LEARNING_KEPT] + kept[Event.LEARNING_MOVED]

    def primary(self, raised: RaisedCase) -> Colleague:
        return readers_of(raised)[0]

    def links(self, raised: RaisedCase) -> list[cases.LearningLink]:
        with raised.as_(self.primary(raised)) as (uow, case):
            return cases.links_of(uow, case)

    def somebody_is_untold(self) -> bool:
        return any(link.is_open for raised in self.raised for link in self.links(raised))


def test_no_action_ends_without_an_effect_or_a_reason_and_nobody_who_spoke_up_is_forgotten(trust: Trust) -> None:
    class OfThisTrust(Learning):
        def __init__(self) -> None:
            super().__init__(trust)

    few = settings(max_examples=18, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(OfThisTrust, settings=few)


@pytest.mark.parametrize("act", [Act.CHECK, Act.CLOSE, Act.DECLINE, Act.RESUME, Act.AGREE, Act.REVISE, Act.ANSWER])
def test_what_only_guardians_decide_whoever_sees_to_it_does_not(trust: Trust, act: Act) -> None:
    action = factories.action(trust, S.CHECKED)
    with trust.work(trust.executive_lead) as uow:
        assert not learning.may_act(uow.actor, learning.find_owned(uow, action.ref), act)
