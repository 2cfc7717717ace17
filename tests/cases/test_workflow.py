"""Random people doing random things to a case: what no order of acts and days may bring about."""

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from speakup import audit, cases, keyring
from speakup.audit import Event
from speakup.cases import (
    Act,
    Case,
    CaseState,
    ClockKind,
    Closing,
    Coding,
    Heard,
    How,
    Noted,
    Pause,
    PauseReason,
    Places,
    Satisfied,
    SteppingAside,
    Things,
    WhyAside,
    clocks,
)
from speakup.cases.models import CaseClock, RecordKind
from speakup.cases.moves import ways_on
from speakup.cases.operations.moving import move
from speakup.cases.operations.referring import lines_in, unanswered
from speakup.cases.rules import working_days_left
from speakup.kernel.errors import Conflict, Forbidden, Invalid, NotFound, SpeakUpError
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind
from tests import factories
from tests.factories import RaisedCase
from tests.security.tampering import readers_of
from tests.trusts import Colleague, Trust

C, S = ClockKind, CaseState


@dataclass(slots=True)
class Doing:
    """One thing somebody may try, and the events that say it was done."""

    do: Callable[[UnitOfWork, Case], object]
    events: frozenset[Event] = field(default_factory=frozenset)


def closing(satisfied: Satisfied, why: str) -> Closing:
    return Closing("resolved", "It was seen to.", satisfied, why, escalation=why, ends_referrals=True)


def somebody_new(uow: UnitOfWork, case: Case) -> uuid.UUID:
    """Whoever comes first of those who may be given the case and do not hold it; `Conflict` for nobody."""
    holding = keyring.colleagues_on(uow, case.id)
    found = [each.id for each in cases.candidates(uow, case) if each.id not in holding]
    if not found:
        raise Conflict(case.ref)
    return found[0]


def somebody_about(uow: UnitOfWork, case: Case) -> uuid.UUID | None:
    try:
        return somebody_new(uow, case)
    except Conflict:
        return None


def in_my_place(uow: UnitOfWork, case: Case) -> Places:
    """Let somebody new take the place of whoever acts."""
    return cases.places_after(case, uow.actor.person_id, somebody_new(uow, case), cases.not_gone(uow))


def note_word(uow: UnitOfWork, case: Case) -> None:
    heard = Heard(Noted.AGREED, "By telephone", max(uow.today, case.raised_on))
    cases.note_agreement(uow, case, {somebody_new(uow, case)}, heard)


SHOWN = cases.Shown("Two nurses for thirty", "Please look at the rotas.")


def pass_on(uow: UnitOfWork, case: Case) -> None:
    cases.refer(uow, case, cases.recipients(uow, case)[0].id, SHOWN, factories.grounds(uow))


def open_one(uow: UnitOfWork, case: Case) -> uuid.UUID:
    """The newest referral that is not taken back; `NotFound` where there is none."""
    casework = keyring.open_case(uow, case.id)[CompartmentKind.CASEWORK]
    listed = lines_in(keyring.read(uow, casework, RecordKind.REFERRAL))
    standing = [each.id for each in listed if not each.ended]
    if not standing:
        raise NotFound("referral")
    return standing[-1]


def see_to(uow: UnitOfWork, case: Case) -> None:
    """Read all of it, and say that nothing needs to be done."""
    cases.mark_read(uow, case)
    cases.see_to_what_came(uow, case)


def first_link(uow: UnitOfWork, case: Case) -> uuid.UUID:
    """The first learning action the case led to; `NotFound` where there is none."""
    links = cases.links_of(uow, case)
    if not links:
        raise NotFound("learning")
    return links[0].action_id


DOINGS: dict[str, Doing] = {
    "acknowledge": Doing(lambda uow, case: cases.acknowledge(uow, case, "Hello"), frozenset({Event.CASE_ACKNOWLEDGED})),
    "reply": Doing(lambda uow, case: cases.reply(uow, case, "Hello"), frozenset({Event.MESSAGE_SENT})),
    "spoken": Doing(lambda uow, case: cases.have_spoken(uow, case, uow.today), frozenset({Event.CASE_SPOKEN})),
    "waive": Doing(
        lambda uow, case: cases.waive_conversation(uow, case, "They write."), frozenset({Event.CONVERSATION_WAIVED})
    ),
    "look over": Doing(cases.look_over, frozenset({Event.CASE_LOOKED_OVER})),
    "start": Doing(cases.start_work, frozenset({Event.CASE_STARTED})),
    "refer": Doing(lambda uow, case: move(uow, case, Act.REFER)),
    "review": Doing(cases.begin_review, frozenset({Event.CASE_UNDER_REVIEW})),
    "take back": Doing(cases.take_back, frozenset({Event.CASE_TAKEN_BACK})),
    "tell": Doing(lambda uow, case: cases.tell_person(uow, case, "It was seen to."), frozenset({Event.PERSON_TOLD})),
    "note": Doing(lambda uow, case: cases.add_note(uow, case, "Mine."), frozenset({Event.NOTE_ADDED})),
    "code": Doing(
        lambda uow, case: cases.code_case(uow, case, Coding(frozenset(), True, "nursing_midwifery")),  # noqa: FBT003 -- a field
        frozenset({Event.CASE_CODED}),
    ),
    "close": Doing(
        lambda uow, case: cases.close_case(uow, case, closing(Satisfied.YES, "")), frozenset({Event.CASE_CLOSED})
    ),
    "close over what is passed on": Doing(
        lambda uow, case: cases.close_case(uow, case, replace(closing(Satisfied.YES, ""), ends_referrals=False)),
        frozenset({Event.CASE_CLOSED}),
    ),
    "close against a no": Doing(
        lambda uow, case: cases.close_case(uow, case, closing(Satisfied.NO, "")), frozenset({Event.CASE_CLOSED})
    ),
    "close with a step offered": Doing(
        lambda uow, case: cases.close_case(uow, case, closing(Satisfied.NO, "The regulator.")),
        frozenset({Event.CASE_CLOSED}),
    ),
    "reopen": Doing(lambda uow, case: cases.reopen_case(uow, case, "Again."), frozenset({Event.CASE_REOPENED})),
    "pause": Doing(
        lambda uow, case: cases.pause_case(
            uow, case, Pause(PauseReason.OTHER, "They are away.", uow.today + timedelta(days=20))
        ),
        frozenset({Event.CASE_PAUSED}),
    ),
    "pause and tell": Doing(
        lambda uow, case: cases.pause_case(
            uow, case, Pause(PauseReason.ANSWER, "We wait.", uow.today + timedelta(days=9), "We wait.")
        ),
        frozenset({Event.CASE_PAUSED, Event.MESSAGE_SENT}),
    ),
    "resume": Doing(cases.resume_case, frozenset({Event.CASE_RESUMED})),
    "ask about others": Doing(
        lambda uow, case: cases.ask_person(uow, case, in_my_place(uow, case), "May they?"),
        frozenset({Event.MESSAGE_SENT}),
    ),
    "note their word": Doing(note_word, frozenset({Event.HAND_OVER_AGREED})),
    "hand over": Doing(
        lambda uow, case: cases.hand_over(uow, case, in_my_place(uow, case)),
        frozenset({Event.CASE_HANDED_OVER, Event.GRANT_GIVEN, Event.KEY_ROTATED}),
    ),
    "take over": Doing(cases.take_over, frozenset({Event.CASE_HANDED_OVER})),
    "step aside": Doing(
        lambda uow, case: cases.step_aside(uow, case, SteppingAside(WhyAside.KNOWS, "A neighbour.")),
        frozenset({Event.GUARDIAN_STEPPED_ASIDE, Event.GRANT_REVOKED}),
    ),
    "how things are": Doing(
        lambda uow, case: cases.say_how_things_are(uow, case, Things.WORSE), frozenset({Event.MESSAGE_SENT})
    ),
    "answer worse": Doing(
        lambda uow, case: cases.answer_worse(uow, case, "I am sorry."), frozenset({Event.MESSAGE_SENT})
    ),
    "see to what came": Doing(see_to, frozenset({Event.CASE_SEEN_TO})),
    "wants asking": Doing(
        lambda uow, case: cases.choose_check_ins(uow, case, [3, 6], How.INBOX), frozenset({Event.MESSAGE_SENT})
    ),
    "ask": Doing(cases.ask_how_things_are, frozenset({Event.MESSAGE_SENT})),
    "treated badly": Doing(
        lambda uow, case: cases.report_detriment(uow, case, cases.DetrimentReport("They took my Tuesdays")),
        frozenset({Event.DETRIMENT_NOTED}),
    ),
    "feedback": Doing(lambda uow, case: cases.give_feedback(uow, case, "maybe"), frozenset({Event.MESSAGE_SENT})),
    "pass on": Doing(pass_on, frozenset({Event.CASE_REFERRED, Event.DISCLOSED})),
    "write more": Doing(lambda uow, case: cases.add_to_referral(uow, case, open_one(uow, case), SHOWN)),
    "take the referral back": Doing(
        lambda uow, case: cases.end_referral(uow, case, open_one(uow, case)), frozenset({Event.REFERRAL_ENDED})
    ),
    "pass on outside": Doing(
        lambda uow, case: cases.record_disclosure(uow, case, factories.grounds(uow, what="Two at night.")),
        frozenset({Event.CASE_REFERRED, Event.DISCLOSED}),
    ),
    "lead to an action": Doing(lambda uow, case: cases.propose_from_cases(uow, [case], factories.wording())),
    "tell what changed": Doing(
        lambda uow, case: cases.tell_learning(uow, case, first_link(uow, case), "It changed."),
        frozenset({Event.MESSAGE_SENT, Event.LEARNING_TOLD}),
    ),
    "say why they are not told": Doing(
        lambda uow, case: cases.note_learning_untold(uow, case, first_link(uow, case), "They asked for that."),
        frozenset({Event.LEARNING_TOLD}),
    ),
    "it led to nothing": Doing(lambda uow, case: cases.unlink_learning(uow, case, first_link(uow, case))),
    "agree": Doing(
        lambda uow, case: cases.record_agreement(
            uow, case, cases.Agreement("All", "HR", "to look", cases.HowAgreed.VERBALLY, name=False, on=uow.today)
        ),
        frozenset({Event.CONSENT_RECORDED}),
    ),
}
TELLINGS: dict[str, Callable[[UnitOfWork, Case], object]] = {
    "wants asking": lambda uow, case: cases.choose_check_ins(uow, case, [3, 9], How.INBOX),
    "asks no more": lambda uow, case: cases.choose_check_ins(uow, case, [], How.INBOX),
    "things are worse": lambda uow, case: cases.say_how_things_are(uow, case, Things.WORSE),
    "things are as before": lambda uow, case: cases.say_how_things_are(uow, case, Things.SAME),
    "treated badly": lambda uow, case: cases.report_detriment(
        uow, case, cases.DetrimentReport("They took my Tuesdays")
    ),
    "how it is at work": lambda uow, case: cases.note_baseline(uow, case, {"rota": "Tuesdays off"}),
    "feedback": lambda uow, case: cases.give_feedback(uow, case, "yes"),
}
"""What the person may tell beside writing."""
PEOPLE = st.sampled_from(["first", "cover", "first", "cover", "stranger", "administrator"])


class Workflow(RuleBasedStateMachine):
    """One case, lived through by whoever comes along."""

    def __init__(self, trust: Trust, recipient: Colleague) -> None:
        super().__init__()
        self.recipient = recipient
        self.raised: RaisedCase = factories.raised_case(trust)
        self.trust = trust
        self.people: dict[str, Colleague] = {}
        self.aside: set[Colleague] = set()
        self.asked: uuid.UUID | None = None
        self.word: dict[uuid.UUID, bool | None] = {}
        self.follow()
        with self.raised.as_(self.raised.reporter) as (uow, _):
            self.day = uow.today
        self.known: dict[uuid.UUID, tuple[object, ...]] = {}
        self.told_first = False

    def follow(self) -> None:
        """See who has the case now, and who has not."""
        trust = self.trust
        everybody = [trust.guardian, trust.second_guardian, trust.lead, trust.non_executive_lead, trust.buddy]
        first, cover = readers_of(self.raised)
        stranger = next(each for each in everybody if each not in {first, cover})
        self.people = {"first": first, "cover": cover, "stranger": stranger, "administrator": trust.administrator}

    def at(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=UTC)

    @rule(days=st.sampled_from([1, 1, 3, 10, 30]))
    def let_time_go_by(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule(text=st.sampled_from(["And another thing.", ""]))
    def the_person_writes(self, text: str) -> None:
        with self.trust.database.work(self.raised.reporter, at=self.at()) as uow:
            try:
                cases.send_from_inbox(uow, cases.mine(uow), text)
            except Invalid:
                assert not text

    @rule(agrees=st.booleans())
    def the_person_says_whether_others_may_have_it(self, agrees: bool) -> None:  # noqa: FBT001 -- drawn
        with self.trust.database.work(self.raised.reporter, at=self.at()) as uow:
            case = cases.mine(uow)
            asked = cases.open_inbox(uow, case).asked
            assert (asked is None) == (self.asked is None)
            if asked is None or self.asked is None:
                with pytest.raises(Conflict):
                    cases.answer_hand_over(uow, case, uuid.uuid4(), agrees=agrees)
                return
            cases.answer_hand_over(uow, case, asked.record_id, agrees=agrees)
        self.word[self.asked] = agrees

    @rule(what=st.sampled_from(sorted(TELLINGS)))
    def the_person_tells(self, what: str) -> None:
        before = self.row()
        with self.trust.database.work(self.raised.reporter, at=self.at()) as uow:
            try:
                TELLINGS[what](uow, cases.mine(uow))
            except Conflict:
                assert what == "feedback"
                assert before["state"] is not S.CLOSED
                return
        after = self.row()
        assert after["told_times"] == before["told_times"] + 1
        assert after["state"] is before["state"]
        assert (C.WORSE in self.kinds()) or what not in {"things are worse", "treated badly"}

    @rule(final=st.booleans())
    def the_recipient_answers(self, final: bool) -> None:  # noqa: FBT001 -- drawn by Hypothesis, by its name
        with self.trust.database.work(self.recipient.actor, at=self.at()) as uow:
            for each in cases.my_referrals(uow)[:1]:
                cases.answer_referral(uow, cases.find_referral(uow, each.ref), "We looked.", final=final)

    @rule(who=PEOPLE, what=st.sampled_from(sorted(DOINGS)))
    def somebody_acts(self, who: str, what: str) -> None:
        doing = DOINGS[what]
        before = self.row()
        events = self.events()
        with self.trust.database.work(self.people[who].actor, at=self.at()) as uow:
            try:
                case = cases.find(uow, self.raised.ref)
            except NotFound:
                assert who in {"stranger", "administrator"}
                return
            assert who in {"first", "cover"}
            about = somebody_about(uow, case)
            try:
                doing.do(uow, case)
            except Forbidden:
                pytest.fail("whoever holds a key may do all of these")
            except SpeakUpError:
                refused_here = True
            else:
                refused_here = False
        if refused_here:
            assert self.row() == before
            assert self.events() == events
            return
        self._note_word(what, about, self.people[who])
        self.follow()
        assert doing.events <= (self.events() - events).keys()
        self._judge(what, before)

    def _note_word(self, what: str, about: uuid.UUID | None, who: Colleague) -> None:
        """Keep what the person said, and ask it of whoever was given the case."""
        if about is not None and what == "ask about others":
            self.asked, self.word[about] = about, None
        elif about is not None and what == "note their word":
            self.word[about] = True
        elif what == "hand over":
            assert about is not None
            assert self.word.get(about) is True
        if what == "step aside":
            self.aside.add(who)
        if what in {"hand over", "take over", "step aside"}:
            self.asked, self.word = None, {}

    def _judge(self, what: str, before: dict[str, Any]) -> None:
        after = self.row()
        old, new = before["state"], after["state"]
        if old is not new:
            assert any(each.new is new for each in ways_on(old)), (old, what, new)
        if new is S.CLOSED and old is not S.CLOSED:
            assert self.raised.view(self.people["first"]).worker_group is not None
            assert after["told_on"] is not None
            assert after["acknowledged_on"] is not None
            assert what != "close against a no"
            assert after["closed_on"] == self.day

    def row(self) -> dict[str, Any]:
        with self.trust.work(self.people["first"]) as uow:
            case = cases.find(uow, self.raised.ref)
            return {column.name: getattr(case, column.name) for column in Case.__table__.columns}

    def events(self) -> Counter[Event]:
        with self.trust.work(self.people["first"]) as uow:
            return Counter(line.event for line in audit.history(uow, self.raised.id, limit=10_000))

    def clocks(self) -> list[CaseClock]:
        with self.trust.work(self.people["first"]) as uow:
            return list(uow.session.scalars(select(CaseClock).where(CaseClock.case_id == self.raised.id)))

    def kinds(self) -> set[ClockKind]:
        return {each.kind for each in self.clocks() if each.stopped_on is None}

    @invariant()
    def no_clock_is_lost_or_turned_back(self) -> None:
        rows = {row.id: (row.kind, row.started_on, row.days, row.stopped_on) for row in self.clocks()}
        for row_id, (kind, started, days, stopped) in self.known.items():
            assert rows[row_id][:3] == (kind, started, days)
            assert stopped is None or rows[row_id][3] == stopped
        self.known = dict(rows)

    @invariant()
    def an_open_case_is_watched_and_a_closed_one_rests(self) -> None:
        row = self.row()
        standing = [each for each in self.clocks() if each.stopped_on is None]
        kinds = Counter(each.kind for each in standing)
        assert max(Counter((each.kind, each.about_id) for each in standing).values(), default=1) == 1
        if row["state"] is S.CLOSED:
            assert kinds.keys() <= {C.WORSE, C.CHECK_IN}
            assert row["paused_on"] is None
            with self.raised.as_(self.people["first"]) as (uow, case):
                assert unanswered(uow, case) == []
        else:
            assert kinds[C.REVIEW] == 1
            assert kinds[C.ACKNOWLEDGE] or kinds[C.UPDATE]
            assert row["due_on"] is not None
            assert C.CHECK_IN not in kinds
        assert (C.ACKNOWLEDGE in kinds) >= (row["state"] is S.NEW)
        assert (C.LOOK_AGAIN in kinds) is (row["paused_on"] is not None)
        for each in standing:
            assert (each.days_left is not None) is (row["paused_on"] is not None and each.kind in clocks.HELD_UP)

    @invariant()
    def what_is_due_is_the_first_to_run_out(self) -> None:
        row = self.row()
        running = [each.due_on for each in self.clocks() if each.stopped_on is None and each.days_left is None]
        assert row["due_on"] == min(running, default=None)
        assert (row["due_for"] is None) is (row["due_on"] is None)

    @invariant()
    def whoever_it_is_with_can_open_it_and_nobody_else(self) -> None:
        row, first, cover = self.row(), self.people["first"], self.people["cover"]
        assert (row["primary_id"], row["cover_id"]) == (first.id, cover.id)
        with self.raised.as_(first) as (uow, case):
            assert keyring.colleagues_on(uow, case.id) == {first.id, cover.id}
        for each in self.aside:
            with self.trust.work(each) as uow, pytest.raises(NotFound):
                cases.find(uow, self.raised.ref)

    @invariant()
    def there_is_a_way_on(self) -> None:
        assert list(ways_on(self.row()["state"]))

    def teardown(self) -> None:
        """However it went, the case can be brought to an end whose checks are all met."""
        with self.trust.database.work(self.people["first"].actor, at=self.at()) as uow:
            case = cases.find(uow, self.raised.ref)
            if case.state is S.CLOSED:
                return
            if case.state is S.NEW:
                cases.acknowledge(uow, case, "Hello")
            cases.tell_person(uow, case, "It was seen to.")
            cases.code_case(uow, case, Coding(frozenset(), none_apply=True, worker_group="nursing_midwifery"))
            cases.close_case(uow, case, closing(Satisfied.YES, ""))
        assert self.row()["state"] is S.CLOSED


def test_whatever_people_do_no_case_is_stuck_no_clock_lost_and_nothing_done_unseen(trust: Trust) -> None:
    recipient = factories.recipient(trust)

    class OfThisTrust(Workflow):
        def __init__(self) -> None:
            super().__init__(trust, recipient)

    few = settings(max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(OfThisTrust, settings=few)


@pytest.mark.parametrize("left", [-3, 0, 7])
def test_what_a_pause_keeps_is_counted_in_working_days(left: int) -> None:
    today = date(2026, 11, 23)
    due = cases.working_day_after(today, left, "ENG") if left > 0 else today - timedelta(days=-left + 2 * (left < 0))
    assert working_days_left(due, today, "ENG") == left
