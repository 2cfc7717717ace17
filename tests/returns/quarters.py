"""The last quarters before this one, and what is done in tests about them: today, for days that are past."""

from datetime import date
from typing import Any

from speakup import cases, returns
from speakup.cases import Case, Coding, HowRaised, Recorded
from speakup.insight import quarter_of
from speakup.kernel import clock
from speakup.kernel.uow import UnitOfWork
from speakup.returns import Quarter, ReturnView
from tests.trusts import Colleague, Trust

THIS = Quarter.read(quarter_of(clock.today()))
FOURTH = THIS.before
THIRD = FOURTH.before
SECOND = THIRD.before
FIRST = SECOND.before


def recorded(uow: UnitOfWork, day: date, **said: Any) -> Case:  # noqa: ANN401 -- any field of `Recorded`
    """Write down a case that was raised on a day."""
    given: dict[str, Any] = {"narrative": "The fridge.", "route": "phone", "how_raised": HowRaised.CONFIDENTIAL, **said}
    return cases.record_case(uow, Recorded(raised_on=day, **given))


def coded(uow: UnitOfWork, case: Case, *elements: str, group: str = "estates") -> None:
    """Say what a case is about and who spoke up."""
    cases.code_case(uow, case, Coding(frozenset(elements), none_apply=not elements, worker_group=group))


def raised(trust: Trust, day: date, *elements: str, group: str = "estates", **said: Any) -> str:  # noqa: ANN401 -- see above
    """Record and code a case that was raised on a day; return its reference."""
    with trust.work(trust.guardian) as uow:
        case = recorded(uow, day, **said)
        coded(uow, case, *elements, group=group)
        return case.ref


def opened(trust: Trust, quarter: Quarter, who: Colleague | None = None) -> ReturnView:
    """Open a quarter's return."""
    with trust.work(who or trust.guardian) as uow:
        return returns.open_return(uow, quarter)


def signed(trust: Trust, quarter: Quarter) -> ReturnView:
    """Go through the checks and sign off what stands there; return it as it stands then."""
    mark = opened(trust, quarter).mark
    with trust.work(trust.guardian) as uow:
        returns.check_return(uow, quarter, mark)
    with trust.work(trust.guardian) as uow:
        returns.submit_return(uow, quarter, mark)
    return opened(trust, quarter)


def groups_of(view: ReturnView) -> dict[str, int]:
    """Say how many of each worker group are counted, by the national key; only where there are any."""
    return {
        each.key: view.counted[each.name]
        for each in view.called.lines
        if each.counts is returns.Counts.WORKER_GROUP and view.counted[each.name]
    }
