"""Learning actions of the demonstration: about sixty over three years, in every state, tied to cases that came before.

What they say stands in `content/actions.toml`. Which becomes what is a list, so that one day always gives the same.
"""

import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from speakup import cases, jobs, learning
from speakup.charts import Better
from speakup.cli.demo.texts import DemoCase
from speakup.cli.demo.trusts import DemoTrust
from speakup.jobs import Job
from speakup.kernel.actor import Actor
from speakup.kernel.errors import Conflict, NotFound
from speakup.kernel.uow import Database, UnitOfWork
from speakup.learning import ActionState as State
from speakup.learning import (
    Decision,
    Figure,
    LearningAction,
    Measure,
    Partner,
    Planned,
    Priority,
    Resource,
    Statement,
    Studied,
)

_AT: Final = time(11, 40, tzinfo=ZoneInfo("Europe/London"))
_HEARD_BEFORE: Final = (timedelta(days=5), timedelta(days=300))
"""A case leads to an action so long after it was raised."""
_COURSES: Final[tuple[tuple[int, State], ...]] = (
    (1020, State.CLOSED), (960, State.CLOSED), (905, State.CLOSED), (850, State.NOT_TAKEN), (800, State.CLOSED),
    (740, State.CLOSED), (690, State.CLOSED), (640, State.CLOSED), (590, State.CLOSED), (545, State.CLOSED),
    (500, State.CLOSED), (455, State.CLOSED), (420, State.CLOSED), (380, State.CHECKED), (340, State.CHECKED),
    (300, State.CHECKED), (150, State.IMPLEMENTED), (130, State.IMPLEMENTED), (110, State.IMPLEMENTED),
    (170, State.IN_PROGRESS), (150, State.IN_PROGRESS), (130, State.IN_PROGRESS), (110, State.IN_PROGRESS),
    (90, State.IN_PROGRESS), (70, State.IN_PROGRESS), (62, State.AGREED), (45, State.AGREED), (30, State.AGREED),
    (12, State.PROPOSED), (4, State.PROPOSED),
)  # fmt: skip
"""How many days ago each was proposed, and where it stands now, in the order of the texts."""
_OVERDUE: Final = frozenset({19, 25})
"""Places in that list whose day has passed: one so long ago that the executive lead is told which it is."""
_HEARD_OF: Final = frozenset({20, 22, 23, 24})
"""Under way, and heard of lately. Of the others nothing was heard for long."""
_HEARD_LATELY: Final = timedelta(days=9)
_ASKED: Final = 22
"""Where a question waits."""
_AGAIN: Final = frozenset({14, 15})
"""Looked at again after half a year."""
_HALF_A_YEAR: Final = timedelta(days=182)
_PRIORITIES: Final = (Priority.MEDIUM, Priority.HIGH, Priority.MEDIUM, Priority.LOW)
_MEASURED: Final = {"anytown": (0, 2), "otherham": (8,)}
"""Whose measure shows an effect."""
_COUNTED_FOR: Final = 200
"""Days more than others that something is counted before anybody says whether it made a difference."""
_FIGURES: Final = 26
"""Months."""
_WHY_NOT: Final = "The service moves to another provider in the spring, which was asked to take this on."
_NO_FIGURES: Final = "Nothing could be counted. Those whose work it is were asked, and say that it is better."
_EVIDENCE: Final = (
    "Seen on three visits, and those whose work it is say the same.",
    "It stands in the rota and in the minutes of the team.",
    "Photographs before and after hang in the staff room.",
)
_UPDATES: Final = (
    "The first team has begun. Two want to wait until the end of the month.",
    "It takes longer than thought: the rota had to be written anew.",
    "All but one team do it now.",
)
_TOLD: Final = ("Team brief and posters in the staff rooms", "The intranet and the Friday letter", "All-staff meeting")
_TO_PERSON: Final = (
    "I promised to tell you what came of it. You said what was not right, and so did others: {did} It would not be so "
    "without you. Thank you."
)
_LATER: Final = "Whoever has the case now tells them when they next talk."
_BY_VOICE: Final = "By telephone, as they asked."
_LIBRARY: Final = (
    ("Leading with compassion", "Half an hour: what listening first does to a team.", "leadership"),
    ("When somebody tells you what is wrong", "One page on what to say, and what not to ask.", None),
    ("Support for staff: whom to ring", "Wellbeing, occupational health, chaplaincy, union.", None),
    ("Just and learning culture", "Looking at what happened before asking who.", "patient_safety"),
    ("An inclusive team", "Habits for meetings, rotas and promotions.", "discrimination"),
    ("Stopping bullying early", "A word early, in the words of people who had one.", "bullying"),
    ("Safe staffing: what to do when a shift is short", "Whom to tell, in which order.", "staffing"),
    ("Trying a change on a small scale", "Plan, do, study, act, on two pages.", None),
)  # fmt: skip


class Heard(Protocol):
    """A case of the demonstration, as far as an action needs to know of it."""

    content: DemoCase
    ref: str
    guardian: Actor | None


@dataclass(frozen=True, slots=True)
class Text:
    """What one action says."""

    title: str
    theme: str
    issue: str
    change: str
    said: str
    did: str
    measure: tuple[Any, ...] = ()


@dataclass(slots=True)
class Acting:
    """An action as it comes about."""

    place: int
    text: Text
    proposed_on: date
    state: State
    owner: str
    measured: bool = False
    """Its measure shows an effect."""
    by: Actor | None = None
    ref: str = ""
    led: list[str] = field(default_factory=list)
    """References of the cases it is linked to."""

    def days_later(self, days: int) -> date:
        """Return a day after it was proposed."""
        return self.proposed_on + timedelta(days=days)


@cache
def texts() -> tuple[Text, ...]:
    """Read what the actions say."""
    content = tomllib.loads((files("speakup.cli.demo") / "content" / "actions.toml").read_text("utf-8"))
    return tuple(Text(**{**each, "measure": tuple(each.get("measure", ()))}) for each in content["action"])


def actions(trust: DemoTrust, today: date) -> list[Acting]:
    """Compose what there is to do at one trust."""
    roles = ("executive_lead", "recipient", "board_member")
    owners = list(dict.fromkeys(each.key for role in roles for each in trust.content.people_with(role)))
    return [
        Acting(
            place,
            text,
            today - timedelta(days=ago),
            state,
            owners[place % len(owners)],
            place in _MEASURED[trust.content.key],
        )
        for place, (text, (ago, state)) in enumerate(zip(texts(), _COURSES, strict=True))
    ]


def days(acting: Acting, today: date) -> Iterator[tuple[date, Callable[..., None]]]:
    """Give the days on which something happens to an action, and what; all of it takes what `propose` takes."""
    reached = list(State).index(acting.state) if acting.state is not State.NOT_TAKEN else 1
    counted = _COUNTED_FOR if acting.measured else 0
    course: list[tuple[int, Callable[..., None]]] = [
        (0, propose), (9, agree), (20, start), (75, implement), (130 + counted, check), (150 + counted, close),
    ]  # fmt: skip
    for number, (later, do) in enumerate(course):
        if number <= reached and acting.days_later(later) < today:
            yield acting.days_later(later), do
    if acting.state is State.NOT_TAKEN:
        yield acting.days_later(40), decline
    if acting.place in _HEARD_OF:
        yield today - _HEARD_LATELY, report


def count(today: date) -> int:
    """Say how many steps there will be at one trust, for the progress bar."""
    numbered = enumerate(zip(texts(), _COURSES, strict=True))
    acting = (Acting(place, text, today - timedelta(days=ago), state, "") for place, (text, (ago, state)) in numbered)
    return 1 + sum(len(list(days(each, today))) for each in acting)


def propose(database: Database, trust: DemoTrust, heard: Sequence[Heard], acting: Acting, day: date) -> None:
    """Let the guardian of a case, or of some, propose what it led to."""
    led = cases_for(heard, acting)
    first = trust.actor(trust.content.people_with("guardian")[0].key)
    acting.by = led[0].guardian if led and led[0].guardian else first
    text = acting.text
    priority = _PRIORITIES[acting.place % len(_PRIORITIES)]
    wording = learning.Wording(text.title, text.issue, text.change, priority, text.theme)
    with database.work(acting.by, at=_on(day)) as uow:
        found = [case for case in (_held(uow, each.ref) for each in led) if case is not None]
        acting.led = [each.ref for each in found]
        acting.ref = cases.propose_from_cases(uow, found, wording).ref


def agree(database: Database, trust: DemoTrust, _heard: Sequence[Heard], acting: Acting, day: date) -> None:
    """Agree who sees to it, and until when."""
    owner = trust.people[acting.owner]
    with _work(database, acting, day) as uow:
        action = learning.find(uow, acting.ref)
        learning.agree(uow, action, owner.id, _due_on(acting, day))
        jobs.withdraw(uow, Job.ACTION_MAIL, owner.id)
        if acting.place % 4 == 0:
            learning.name_partners(uow, action, {Partner.STAFF: "Those who work the shifts it is about"})


def start(database: Database, trust: DemoTrust, _heard: Sequence[Heard], acting: Acting, day: date) -> None:
    """Let whoever sees to it begin, and say how it goes."""
    with database.work(trust.actor(acting.owner), at=_on(day)) as uow:
        action = learning.find_owned(uow, acting.ref)
        learning.start(uow, action)
        if acting.place % 3 == 0:
            learning.add_update(uow, action, _UPDATES[acting.place // 3 % len(_UPDATES)])
    if acting.place % 5 == 0:
        _try_out(database, acting, day)


def report(database: Database, trust: DemoTrust, _heard: Sequence[Heard], acting: Acting, day: date) -> None:
    """Let whoever sees to it say how far it is, or ask something that nobody has answered yet."""
    with database.work(trust.actor(acting.owner), at=_on(day)) as uow:
        action = learning.find_owned(uow, acting.ref)
        learning.add_update(uow, action, _UPDATES[acting.place % len(_UPDATES)])
        if acting.place == _ASKED:
            learning.ask_guardian(uow, action, "Is this meant for nights and weekends as well?")
            for each in trust.content.people_with("guardian"):
                jobs.withdraw(uow, Job.ACTION_MAIL, trust.people[each.key].id)


def implement(database: Database, trust: DemoTrust, _heard: Sequence[Heard], acting: Acting, day: date) -> None:
    """Let whoever sees to it say that it is done."""
    with database.work(trust.actor(acting.owner), at=_on(day)) as uow:
        action = learning.find_owned(uow, acting.ref)
        learning.implement(uow, action, _EVIDENCE[acting.place % len(_EVIDENCE)])


def check(database: Database, _trust: DemoTrust, _heard: Sequence[Heard], acting: Acting, day: date) -> None:
    """Look at its effect: by its measure, or without one."""
    with _work(database, acting, day) as uow:
        action = learning.find(uow, acting.ref)
        if acting.measured:
            measure, figures = measure_of(acting, day)
            learning.set_measure(uow, action, measure, 0)
            learning.write_figures(uow, action, figures, 1)
        learning.check(uow, action, "" if acting.measured else _NO_FIGURES)
        if acting.place in _AGAIN:
            learning.plan_check(uow, action, day + _HALF_A_YEAR)


def close(database: Database, _trust: DemoTrust, _heard: Sequence[Heard], acting: Acting, day: date) -> None:
    """Tell staff and whoever spoke up, and close it."""
    with _work(database, acting, day) as uow:
        action = learning.find(uow, acting.ref)
        for ref in acting.led:
            _tell(uow, action, ref, acting)
        said = Statement(acting.text.said, acting.text.did, _TOLD[acting.place % len(_TOLD)], day)
        row = learning.tell_staff(uow, action, said)
        if acting.place % 4:
            learning.publish_statement(uow, action, row, row.revision)
        # Whoever has been given a case meanwhile tells its person.
        learning.close(uow, action, untold_why=_LATER if learning.asked_to_tell(uow, action.id) else "")


def decline(database: Database, _trust: DemoTrust, _heard: Sequence[Heard], acting: Acting, day: date) -> None:
    """Do not take it forward."""
    with _work(database, acting, day) as uow:
        learning.decline(uow, learning.find(uow, acting.ref), _WHY_NOT)


def stock(database: Database, trust: DemoTrust, day: date) -> None:
    """Fill the library."""
    domain = trust.content.staff_mail_domains.split()[0]
    by = trust.actor(trust.content.people_with("lead_guardian")[0].key)
    with database.work(by, at=_on(day)) as uow:
        for number, (title, about, theme) in enumerate(_LIBRARY):
            address = f"https://intranet.{domain}/learning/{number + 1}"
            learning.add_resource(uow, Resource(title, about, theme, address, for_owners=theme != "bullying"))


def cases_for(heard: Sequence[Heard], acting: Acting) -> list[Heard]:
    """Choose what led to it: one case, two or three of one guardian, or none; and all of them of its theme."""
    latest, earliest = (acting.proposed_on - each for each in _HEARD_BEFORE)
    able = [
        each
        for each in sorted(heard, key=lambda each: (each.content.raised_on, each.content.title), reverse=True)
        if earliest <= each.content.raised_on <= latest and each.ref and each.guardian is not None
        if not each.content.excluded and not each.content.subject and acting.text.theme in each.content.themes
    ]
    wanted = (1, 2, 1, 3, 0)[acting.place % 5]
    same = [each for each in able if each.guardian == able[0].guardian] if able else []
    return same[:wanted]


def _held(uow: UnitOfWork, ref: str) -> cases.Case | None:
    """Return a case unless it was given up meanwhile."""
    try:
        return cases.find(uow, ref)
    except NotFound:
        return None


def _tell(uow: UnitOfWork, action: LearningAction, ref: str, acting: Acting) -> None:
    case = _held(uow, ref)
    if case is None:
        return
    try:
        cases.tell_learning(uow, case, action.id, _TO_PERSON.format(did=acting.text.did))
    except Conflict:
        # Whoever rang has no inbox.
        cases.note_learning_told(uow, case, action.id, _BY_VOICE, uow.today)
    learning.stop_asking(uow, action.id, case.primary_id)


def _try_out(database: Database, acting: Acting, day: date) -> None:
    """Try it on a small scale, and say what came of it."""
    with _work(database, acting, day) as uow:
        action = learning.find(uow, acting.ref)
        planned = Planned("One team does it for two weeks.", "It takes five minutes more, and nothing is left out.")
        cycle = learning.begin_cycle(uow, action, planned)
        studied = Studied("Done for twelve days.", "It took ten minutes more at first, then five.", Decision.ADOPT)
        learning.study_cycle(uow, action, cycle, studied, cycle.revision)


def measure_of(acting: Acting, day: date) -> tuple[Measure, list[Figure]]:
    """Return what is counted, and what it came to month by month until a day: longer before the change than after."""
    name, unit, better, before, after = acting.text.measure
    changed_on = acting.days_later(75).replace(day=1)
    chance = Random(acting.text.title)  # noqa: S311 -- invented figures need a seed
    spread = max(1, abs(before - after) // 6)
    figures = [
        Figure(on, Decimal((after if on >= changed_on else before) + chance.randint(-spread, spread)))
        for on in (_month(day, -back) for back in range(_FIGURES, 0, -1))
    ]
    return Measure(name, unit, Better(better), changed_on=changed_on), figures


def _month(day: date, back: int) -> date:
    month = day.year * 12 + day.month - 1 + back
    return date(month // 12, month % 12 + 1, 1)


def _due_on(acting: Acting, day: date) -> date:
    """Give it three months, or much longer where it is under way and not meant to be overdue."""
    under_way = acting.state in {State.AGREED, State.IN_PROGRESS}
    return day + timedelta(days=30 if acting.place in _OVERDUE else 210 if under_way else 90)


def _work(database: Database, acting: Acting, day: date) -> AbstractContextManager[UnitOfWork]:
    """Let the guardian who proposed it do something on a day."""
    if acting.by is None:
        raise TypeError("not proposed yet")
    return database.work(acting.by, at=_on(day))


def _on(day: date) -> datetime:
    return datetime.combine(day, _AT)
