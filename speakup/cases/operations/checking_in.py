"""Check-ins after the end of a case: what the person wants, the question, what they answer, and whoever is worse off.

What a person says is never passed on because of it: it reaches the guardians who hold the case, and nobody else.
"""

from collections.abc import Collection
from datetime import date

from speakup import audit, keyring, organisations, policy
from speakup.audit import Event
from speakup.cases import clocks
from speakup.cases.check_ins import MONTHS, How, Plan, Things, plan_of
from speakup.cases.models import Case, CaseState, ClockKind, RecordKind, Said
from speakup.cases.moves import Act
from speakup.cases.operations.conversing import conversation_of, say
from speakup.cases.operations.intake import require_lengths, require_words
from speakup.cases.operations.moving import move
from speakup.cases.rules import next_working_day
from speakup.kernel.actor import ActorKind
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.keyring import CompartmentKind
from speakup.policy import Permission


def choose_check_ins(uow: UnitOfWork, case: Case, months: Collection[int], how: How) -> None:
    """Note when and how the person wants to be asked how things are; without months, that nobody asks.

    Before the end of a case its days are not known yet: they are counted from it.
    """
    _require_may(uow, case)
    if not set(months) <= set(MONTHS):
        raise Invalid("months", "not in the list")
    if how is How.INBOX and months and not _has_inbox(uow, case):
        raise Invalid("how", "no inbox")
    say(uow, case, Said.CHECK_INS, months=sorted(months), way=how.value)
    turn(uow, case)


def say_how_things_are(uow: UnitOfWork, case: Case, things: Things, words: str = "") -> None:
    """Keep what the person says, for the check-in whose day has come if there is one.

    For whom things became worse the clock of two working days begins, whether they or a guardian say it here.
    """
    _require_may(uow, case)
    require_lengths({"words": words})
    on = plan(uow, case).open_on(uow.today)
    if things is Things.NO_ANSWER and (uow.actor.kind is ActorKind.REPORTER or on is None):
        raise Invalid("things", "not in the list")
    say(uow, case, Said.THINGS, words, things=things.value, on=on.isoformat() if on else "")
    if things is Things.WORSE:
        clocks.owed_to_worse(uow, case)
    turn(uow, case)


def ask_how_things_are(uow: UnitOfWork, case: Case) -> None:
    """Put the question to the person whose day has come; `Conflict` where it is nobody's turn.

    The page that calls this sends the ordinary notice, if the person wants notices.
    """
    policy.require(uow.actor, Permission.CASE_DETRIMENT, case)
    on = plan(uow, case).to_ask(uow.today)
    if on is None:
        raise Conflict(case.ref)
    say(uow, case, Said.ASKED, on=on.isoformat())
    turn(uow, case)


def answer_worse(uow: UnitOfWork, case: Case, text: str, *, by_voice: bool = False) -> None:
    """Answer somebody for whom things became worse after the end, without opening their case again.

    What was said by voice is kept as a private note. `Conflict` where nobody waits for it.
    """
    policy.require(uow.actor, Permission.CASE_MESSAGE, case)
    require_words(text=text)
    if not any(row.kind is ClockKind.WORSE for row in clocks.standing(uow, case)):
        raise Conflict(case.ref)
    move(uow, case, Act.ANSWER)
    if by_voice:
        written = {"text": text, "author": str(uow.actor.id), "at": uow.now.isoformat()}
        casework = keyring.open_case(uow, case.id)[CompartmentKind.CASEWORK]
        keyring.add(uow, casework, RecordKind.NOTE, {**written, "spoken_on": uow.today.isoformat()})
        audit.record(uow, Event.CASE_SPOKEN, case.id)
    else:
        say(uow, case, None, text)
    note_seen_to(uow, case)


def see_to_what_came(uow: UnitOfWork, case: Case) -> None:
    """Note that what came after the end needs nothing more, as far as whoever acts has read it: nobody else is asked.

    `Conflict` where there is nothing of that kind. Whoever is owed an answer is owed it still.
    """
    policy.require(uow.actor, Permission.CASE_CLOSE, case)
    if case.state is not CaseState.CLOSED or _read(uow, case) <= case.told_when_closed:
        raise Conflict(case.ref)
    note_seen_to(uow, case)
    audit.record(uow, Event.CASE_SEEN_TO, case.id)


def note_seen_to(uow: UnitOfWork, case: Case) -> None:
    """Let what whoever acts has read be seen to. Whatever arrived meanwhile must still be read by somebody."""
    case.told_when_closed = max(case.told_when_closed, _read(uow, case))


def _read(uow: UnitOfWork, case: Case) -> int:
    return min(keyring.told_seen(uow, case.id), case.told_times)


def turn(uow: UnitOfWork, case: Case) -> None:
    """Let the clock of check-ins run until the next day on which somebody is asked, and only after the end."""
    clocks.due_once(uow, case, ClockKind.CHECK_IN, _due_on(uow, plan(uow, case).next_on))


def plan(uow: UnitOfWork, case: Case) -> Plan:
    """Read when the person is asked."""
    messages = keyring.read(uow, conversation_of(uow, case), RecordKind.MESSAGE)
    closed_on = case.closed_on if case.state is CaseState.CLOSED else None
    return plan_of((each.body for each in messages), closed_on, uow.today)


def _due_on(uow: UnitOfWork, day: date | None) -> date | None:
    return None if day is None else next_working_day(day, organisations.here(uow).country)


def _has_inbox(uow: UnitOfWork, case: Case) -> bool:
    return uow.actor.kind is ActorKind.REPORTER or keyring.has_receipt(uow, case.id)


def _require_may(uow: UnitOfWork, case: Case) -> None:
    reporter = uow.actor.kind is ActorKind.REPORTER
    policy.require(uow.actor, Permission.INBOX_USE if reporter else Permission.CASE_DETRIMENT, case)
