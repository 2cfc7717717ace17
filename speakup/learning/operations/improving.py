"""Trying a change out in turns of plan, do, study, act, together with those it is for."""

from collections.abc import Mapping
from dataclasses import dataclass

from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.learning.measured import cycles, partners
from speakup.learning.models import Act, Decision, EventKind, LearningAction, LearningCycle, LearningPartner, Partner
from speakup.learning.operations.moving import note, permit
from speakup.learning.rules import TEXT_LIMIT, TITLE_LIMIT, fault


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to be tried, and what is expected of it."""

    plan: str
    prediction: str


@dataclass(frozen=True, slots=True)
class Studied:
    """What was done, what came of it, and what follows; no decision while it is still being tried."""

    done: str
    result: str
    decision: Decision | None = None


def begin_cycle(uow: UnitOfWork, action: LearningAction, planned: Planned) -> LearningCycle:
    """Begin the next turn. `Conflict` while the last one has no decision: what it taught belongs in this one."""
    permit(uow, action, Act.IMPROVE)
    _require(planned)
    before = cycles(uow, action)
    if before and before[-1].decision is None:
        raise Conflict(action.ref)
    cycle = LearningCycle(
        organisation_id=action.organisation_id,
        action_id=action.id,
        number=len(before) + 1,
        revision=1,
        plan=planned.plan.strip(),
        prediction=planned.prediction.strip(),
        done="",
        result="",
        # Before it is agreed no day stands about an action.
        began_on=uow.today if action.agreed_on else action.proposed_month,
    )
    uow.session.add(cycle)
    note(uow, action, EventKind.CYCLE, str(cycle.number))
    return cycle


def replan_cycle(
    uow: UnitOfWork, action: LearningAction, cycle: LearningCycle, planned: Planned, revision: int
) -> None:
    """Plan it anew, while nothing is known of its result: a prediction written afterwards is none."""
    permit(uow, action, Act.IMPROVE)
    _require(planned)
    _hold(uow, cycle, revision)
    if cycle.done or cycle.result:
        raise Invalid("prediction", "afterwards")
    cycle.plan, cycle.prediction = planned.plan.strip(), planned.prediction.strip()
    cycle.revision += 1
    note(uow, action, EventKind.CYCLE, str(cycle.number))


def study_cycle(uow: UnitOfWork, action: LearningAction, cycle: LearningCycle, studied: Studied, revision: int) -> None:
    """Write down what came of it. With a decision it has ended."""
    permit(uow, action, Act.IMPROVE)
    wrong = fault("done", studied.done) or (
        fault("result", studied.result) if studied.decision or studied.result.strip() else None
    )
    if wrong:
        raise Invalid(*wrong)
    _hold(uow, cycle, revision)
    cycle.done, cycle.result, cycle.decision = studied.done.strip(), studied.result.strip(), studied.decision
    cycle.ended_on = (cycle.ended_on or uow.today) if studied.decision else None
    cycle.revision += 1
    note(uow, action, EventKind.CYCLE, str(cycle.number))


def name_partners(uow: UnitOfWork, action: LearningAction, named: Mapping[Partner, str]) -> None:
    """Say with whom the change is worked out; whoever is not named, or without words, took no part."""
    permit(uow, action, Act.IMPROVE)
    said = {kind: words.strip() for kind, words in named.items() if words.strip()}
    for kind, words in said.items():
        if len(words) > TITLE_LIMIT:
            raise Invalid(kind.value, "too long")
    held = partners(uow, action)
    if said == held:
        return
    for kind in held.keys() - said.keys():
        uow.session.delete(uow.session.get_one(LearningPartner, (action.organisation_id, action.id, kind)))
    for kind, words in said.items():
        uow.session.merge(
            LearningPartner(organisation_id=action.organisation_id, action_id=action.id, kind=kind, words=words)
        )
    note(uow, action, EventKind.PARTNERS)


def _require(planned: Planned) -> None:
    wrong = fault("plan", planned.plan, TEXT_LIMIT) or fault("prediction", planned.prediction, TEXT_LIMIT)
    if wrong:
        raise Invalid(*wrong)


def _hold(uow: UnitOfWork, cycle: LearningCycle, revision: int) -> None:
    """Raise `Conflict` unless it is still what was read as `revision`."""
    uow.session.refresh(cycle, with_for_update=True)
    if cycle.revision != revision:
        raise Conflict(cycle.number)
