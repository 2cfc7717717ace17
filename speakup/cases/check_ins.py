"""Asking somebody, months after the end, how things are: when, and what came of it. Plain values in and out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from speakup.cases.models import Said
from speakup.cases.rules import months_after

MONTHS = (3, 6, 9, 12)
"""After the end of a case, so many months on, somebody may be asked."""
SILENT_AFTER = timedelta(days=28)
"""After so long without a word, a check-in stands as not answered. A later answer counts all the same."""


class How(StrEnum):
    """How the person wants to be asked."""

    INBOX = "inbox"
    GUARDIAN = "guardian"
    """The guardian speaks with them, and writes down what they say."""


class Things(StrEnum):
    """How things are, as the person says it."""

    SAME = "same"
    BETTER = "better"
    WORSE = "worse"
    RATHER_NOT_SAY = "rather not say"
    NO_ANSWER = "no answer"
    """A guardian asked and heard nothing. It is never read as "nothing happened"."""


class Stands(StrEnum):
    """What came of one check-in."""

    TO_COME = "to come"
    DUE = "due"
    """Its day has come, and no guardian has asked yet. In the inbox it can be answered."""
    ASKED = "asked"
    ANSWERED = "answered"
    NO_ANSWER = "no answer"
    NOT_ASKED = "not asked"
    """The guardian was to speak with them, and did not."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person last said about being asked. No months: do not ask."""

    months: tuple[int, ...]
    how: How
    said_on: date


@dataclass(frozen=True, slots=True)
class CheckIn:
    """One day on which somebody is asked, and what they said."""

    on: date
    stands: Stands
    things: Things | None


@dataclass(frozen=True, slots=True)
class Plan:
    """When somebody is asked. Without days while the case is open: they follow from the day it closes."""

    wish: Wish | None
    check_ins: tuple[CheckIn, ...]
    said: int
    """How often something was said about being asked: a form that changes it carries this."""

    @property
    def next_on(self) -> date | None:
        """Return the day whose turn it is; whatever stands before one that was asked or answered has had its turn."""
        waiting: date | None = None
        for each in reversed(self.check_ins):
            if each.stands in {Stands.ASKED, Stands.ANSWERED} or each.things is not None:
                break
            waiting = each.on
        return waiting

    def open_on(self, today: date) -> date | None:
        """Return the day for which an answer of today counts: the last that has come and has no answer."""
        come = [each for each in self.check_ins if each.on <= today]
        return come[-1].on if come and come[-1].stands is not Stands.ANSWERED else None

    def to_ask(self, today: date) -> date | None:
        """Return the day on which a guardian owes the question; None while none does."""
        turn, come = self.next_on, self.open_on(today)
        return come if turn is not None and turn <= today else None


def plan_of(messages: Iterable[Mapping[str, Any]], closed_on: date | None, today: date) -> Plan:
    """Read the plan out of a conversation's messages, oldest first. `closed_on` is None while the case is open."""
    said = [each for each in messages if each.get("told") in {Said.CHECK_INS, Said.ASKED, Said.THINGS}]
    wishes = [each for each in said if each["told"] == Said.CHECK_INS]
    if not wishes:
        return Plan(None, (), 0)
    wish = _wish(wishes[-1])
    if closed_on is None:
        return Plan(wish, (), len(wishes))
    days = [months_after(closed_on, each) for each in wish.months]
    asked = {each["on"] for each in said if each["told"] == Said.ASKED}
    answers = {each["on"]: Things(each["things"]) for each in said if each["told"] == Said.THINGS and each["on"]}
    return Plan(
        wish,
        tuple(
            _check_in(day, wish.how, today, asked=day.isoformat() in asked, things=answers.get(day.isoformat()))
            for day in days
            if day > wish.said_on
        ),
        len(wishes),
    )


def _wish(body: Mapping[str, Any]) -> Wish:
    return Wish(tuple(body["months"]), How(body["way"]), date.fromisoformat(body["day"]))


def _check_in(on: date, how: How, today: date, *, asked: bool, things: Things | None) -> CheckIn:
    return CheckIn(on, _stands(on, how, today, asked=asked, things=things), things)


def _stands(on: date, how: How, today: date, *, asked: bool, things: Things | None) -> Stands:
    if things is not None:
        return Stands.NO_ANSWER if things is Things.NO_ANSWER else Stands.ANSWERED
    if on > today:
        return Stands.TO_COME
    if on + SILENT_AFTER >= today:
        return Stands.ASKED if asked else Stands.DUE
    # The question stands in the inbox from its day on, whether or not a notice of it went out.
    return Stands.NO_ANSWER if asked or how is How.INBOX else Stands.NOT_ASKED
