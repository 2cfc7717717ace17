"""What becomes of people of the demonstration who spoke up: triage, how they are treated, check-ins, feedback.

Chosen by what a case is made of, so that one seed always gives the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from speakup import cases
from speakup.cases import Answer, Case, DetrimentReport, How, Things, Triage
from speakup.cli.demo.texts import DemoCase
from speakup.kernel.uow import UnitOfWork
from speakup.vocabulary import NOT_KNOWN

_WANT_CHECK_INS, _BY_VOICE, _ANSWER = 0.4, 0.15, 0.7
_MONTHS = ((3,), (3, 6), (6, 12), (3, 6, 9, 12))
_THINGS = (Things.SAME, Things.SAME, Things.BETTER, Things.BETTER, Things.BETTER, Things.RATHER_NOT_SAY, Things.WORSE)
_WORDS = {
    Things.SAME: ("", "Nothing new, which is good news.", "Much as before. Nobody has said anything."),
    Things.BETTER: ("", "Better. I sleep.", "People say good morning again.", "Yes, better. Thank you for asking."),
    Things.RATHER_NOT_SAY: ("",),
    Things.WORSE: (
        "I was left out of the away day and nobody will say why.",
        "My shifts have been moved twice this month, only mine.",
        "She has started again with the remarks, quieter than before.",
    ),
}
_ANSWERS_TO_WORSE = (
    "I am sorry, and I am glad that you told me. I have passed it to nobody. Would you talk to me this week, in the "
    "way that is safe for you, and tell me what you want to happen?"
)
_BASELINES = (
    {"rota": "Two long days and a night, the same for three years.", "relationships": "Gets on with all but one."},
    {"duties": "Link nurse, takes charge at weekends.", "appraisal": "Last one in the spring, nothing to improve."},
    {"rota": "Fixed Tuesdays off for childcare.", "progression": "On the list for the leadership course."},
    {"relationships": "Manager civil, team friendly.", "appraisal": "Due next month.", "other": "Leave is booked."},
)
_FORMS = (frozenset({"rota_duties"}), frozenset({"exclusion", "verbal_demeaning"}), frozenset({"blocked_progression"}))
_DONE = (
    "With their agreement, raised with the executive lead. Asked for it to be put back while it is looked at.",
    "Put back as it was. Somebody outside the line looks at the rest.",
)
_SUPPORT = ("occupational_health", "union", "counselling", "helpline")


_STILL_DUE = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class CheckedOn:
    """One check-in: the day it is asked, and what came of it; no things for silence."""

    on: date
    things: Things | None
    words: str
    answered_on: date


@dataclass(frozen=True, slots=True)
class Afterwards:
    """What somebody wants after the end, and what they answered up to the last day."""

    months: tuple[int, ...]
    how: How
    checked: tuple[CheckedOn, ...]


def afterwards(content: DemoCase, today: date) -> Afterwards | None:
    """Choose whether somebody whose case is closed wanted to be asked; None for whoever said nothing about it."""
    rng = _of(content)
    if content.closure is None or rng.random() > _WANT_CHECK_INS:
        return None
    months = rng.choice(_MONTHS)
    how = How.GUARDIAN if content.reporter and rng.random() < _BY_VOICE else How.INBOX
    checked = [_checked(rng, day) for day in _days(content.closure.on, months)]
    # What came due within the last days waits for a guardian still, so that a worklist shows it.
    return Afterwards(months, how, tuple(each for each in checked if each.on < today - _STILL_DUE))


def triage(content: DemoCase, themes: frozenset[str]) -> Triage:
    """Return what a guardian makes of it on the first day, by the themes that are offered then."""
    rng = _of(content)
    elements = frozenset(content.elements) - {cases.DETRIMENT_ELEMENT}
    offered = rng.sample(_SUPPORT, rng.choice((0, 1, 1, 2)))
    return Triage(
        risk=content.risk,
        elements=elements,
        none_apply=not elements,
        detriment=Answer.YES if cases.DETRIMENT_ELEMENT in content.elements else Answer.NOT_ANSWERED,
        worker_group=content.worker_group or NOT_KNOWN,
        themes=themes.intersection(content.themes),
        wants_words=content.wants,
        support=dict.fromkeys(offered, content.events[0].on if content.events else content.raised_on),
    )


def suffers(content: DemoCase) -> bool:
    """Say whether the person told of something that was done to them because they spoke up."""
    return cases.DETRIMENT_ELEMENT in content.elements


def note_how_it_is(uow: UnitOfWork, case: Case, content: DemoCase) -> None:
    """Note with the person how things are at work."""
    cases.note_baseline(uow, case, _of(content).choice(_BASELINES))


def write_detriment_down(uow: UnitOfWork, case: Case, content: DemoCase) -> None:
    """Write down what they told about being treated badly, and what was done about it at once."""
    words = content.about_detriment or "Told me of it while we spoke: small things, one after the other, since the day."
    report = DetrimentReport(words, _of(content).choice(_FORMS), "manager", "manager", uow.today)
    cases.report_detriment(uow, case, report)
    line = cases.open_view(uow, case).detriment[-1]
    for done in _DONE:
        cases.act_on_detriment(uow, case, line.record_id, done, uow.today)


def worse_words(content: DemoCase) -> str:
    """Return what somebody writes for whom things have just become worse."""
    return _of(content).choice(_WORDS[Things.WORSE])


def answer_to_worse() -> str:
    """Return what a guardian writes to somebody for whom things became worse."""
    return _ANSWERS_TO_WORSE


def _days(closed_on: date, months: tuple[int, ...]) -> Iterator[date]:
    for each in months:
        yield cases.months_after(closed_on, each)


def _checked(rng: Random, day: date) -> CheckedOn:
    asked = cases.next_working_day(day, "ENG")
    things = rng.choice(_THINGS) if rng.random() < _ANSWER else None
    words = rng.choice(_WORDS[things]) if things else ""
    return CheckedOn(asked, things, words, asked + timedelta(days=rng.choice((0, 1, 3, 6))))


def _of(content: DemoCase) -> Random:
    return Random(f"{content.trust}/{content.scenario}/{content.raised_on}/{content.title}")  # noqa: S311 -- repeatable, not secret
