"""What guardians of the demonstration do about clocks: they speak with people, look cases over, and let two wait."""

from collections.abc import Iterable
from datetime import date, timedelta

from speakup import cases
from speakup.cases import Case, CaseState, ClockKind, HowRaised, Pause, PauseReason
from speakup.cli.demo.texts import DemoCase, State
from speakup.kernel.uow import UnitOfWork

PAUSED_BEFORE, LOOKED_AT_AFTER = timedelta(days=6), timedelta(days=21)
_WHY = (
    (PauseReason.OTHER_PROCESS, "The rota review comes first. Its report is expected within the month."),
    (PauseReason.PERSON_ASKED, "They want to think about what may be said, and will write when they are ready."),
)
_WORDS = (
    "What you told us has to wait for a while. It is not closed, and nothing is lost. I will look at it again within "
    "the month. You can write to me here at any time."
)
_LOOKS_OVER_WITHIN = 20


def keep_time(uow: UnitOfWork, case: Case, *, first: bool) -> None:
    """Do on a day of work what clocks ask for beside answering; on the first day there is only the answer."""
    lines = {line.kind: line for line in cases.clock_lines(uow, case)}
    if not first and ClockKind.CONVERSATION in lines and case.state is not CaseState.NEW:
        if case.how_raised is HowRaised.ANONYMOUS:
            cases.waive_conversation(uow, case, "They write through the inbox only.")
        else:
            cases.have_spoken(uow, case, uow.today)
    if lines[ClockKind.REVIEW].days_left < _LOOKS_OVER_WITHIN:
        cases.look_over(uow, case)


def waiting(contents: Iterable[DemoCase], today: date) -> list[tuple[DemoCase, int]]:
    """Choose which cases wait, as many as there are reasons, with the place of each one's reason."""
    able = [
        each
        for each in contents
        if each.state in {State.WITH_GUARDIAN, State.UNDER_REVIEW} and each.events[-1].on < today - PAUSED_BEFORE
    ]
    return [(each, place) for place, each in enumerate(sorted(able, key=lambda each: each.raised_on)[: len(_WHY)])]


def pause(uow: UnitOfWork, case: Case, place: int) -> None:
    """Let a case wait."""
    reason, why = _WHY[place]
    cases.pause_case(uow, case, Pause(reason, why, uow.today + LOOKED_AT_AFTER, _WORDS))
