"""What messages say beside words, in sentences: in the private inbox to the person, and on the case to guardians."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms.fields.choices import SelectChoice

from speakup import cases, vocabulary
from speakup.cases import (
    Baseline,
    How,
    MessageLine,
    Stands,
    Things,
    ThingsAre,
    Treated,
    WantsAsking,
    WasAsked,
    WouldAgain,
)
from speakup.kernel.uow import UnitOfWork
from speakup.vocabulary import CodeSet
from speakup.web import labels
from speakup.web.fields import offer

AREAS: Mapping[str, Any] = {
    "rota": _("Rota and hours"),
    "duties": _("Duties and role"),
    "appraisal": _("Appraisals"),
    "progression": _("Training, pay and next steps"),
    "relationships": _("How people get on"),
    "other": _("Anything else"),
}
THINGS: Mapping[Things, Any] = {
    Things.SAME: _("About the same"),
    Things.BETTER: _("Better"),
    Things.WORSE: _("Worse"),
    Things.RATHER_NOT_SAY: _("Would rather not say"),
    Things.NO_ANSWER: _("No answer"),
}
STANDS: Mapping[Stands, Any] = {
    Stands.TO_COME: _("Still to come"),
    Stands.DUE: _("Not asked yet"),
    Stands.ASKED: _("Asked, no answer yet"),
    Stands.ANSWERED: _("Answered"),
    Stands.NO_ANSWER: _("No answer"),
    Stands.NOT_ASKED: _("Not asked"),
}
"""What came of a check-in, to guardians."""
HOW: Mapping[How, Any] = {
    How.INBOX: _("In the private inbox"),
    How.GUARDIAN: _("A guardian speaks with them"),
}
_BESIDE = ("forms", "source", "spoken_up_to")
_LABELS: Mapping[str, Any] = {
    "forms": _("What happened"),
    "source": _("By whom"),
    "spoken_up_to": _("After speaking up to"),
}


@dataclass(frozen=True, slots=True)
class ToldLine:
    """A message in a sentence, with what it says under headings of its own."""

    sentence: str
    pairs: list[tuple[Any, str]] = field(repr=False)


def lines(uow: UnitOfWork, messages: Iterable[MessageLine], *, to_person: bool) -> dict[uuid.UUID, ToldLine]:
    """Put every message that does more than speak into words; the lists are read only where one needs them."""
    return {
        each.record_id: ToldLine(_sentence(uow, each, to_person=to_person), list(_pairs(uow, each)))
        for each in messages
        if each.more is not None
    }


def treated_pairs(uow: UnitOfWork, treated: Treated) -> Iterator[tuple[Any, str]]:
    """Say how somebody was treated, by whom, and after speaking up to whom."""
    for name in _BESIDE:
        said = getattr(treated, name)
        keys = [said] if isinstance(said, str) else list(said)
        names = vocabulary.names(uow, cases.DETRIMENT_SETS[name])
        if any(keys):
            yield _LABELS[name], "; ".join(names.get(key, key) for key in keys)


def months_words(months: Iterable[int]) -> str:
    """Say after how many months: "3, 6 and 12"."""
    *firsts, last = map(str, months)
    return str(gettext("%(some)s and %(last)s", some=", ".join(firsts), last=last)) if firsts else last


def ways_to_ask(*, has_inbox: bool) -> list[SelectChoice]:
    """Offer how somebody may be asked later: in an inbox only who has one."""
    return offer((each.value, words) for each, words in HOW.items() if has_inbox or each is How.GUARDIAN)


def _pairs(uow: UnitOfWork, line: MessageLine) -> Iterator[tuple[Any, str]]:
    if isinstance(line.more, Baseline):
        yield from ((AREAS.get(area, area), words) for area, words in line.more.areas.items())
    elif isinstance(line.more, Treated):
        yield from treated_pairs(uow, line.more)


def _sentence(uow: UnitOfWork, line: MessageLine, *, to_person: bool) -> str:
    mine, theirs = _both(uow, line)
    return str(mine if to_person else theirs)


def _both(uow: UnitOfWork, line: MessageLine) -> tuple[Any, Any]:
    """Say it to the person, and to guardians."""
    both: tuple[Any, Any] = ("", "")
    match line.more:
        case None:
            pass
        case Baseline():
            both = gettext("You noted how things are at work"), gettext("How things are at work now")
        case Treated():
            both = (
                gettext("You told us that you are treated badly because you spoke up"),
                gettext("The person is treated badly because they spoke up"),
            )
        case WouldAgain(again):
            words = vocabulary.names(uow, CodeSet.FEEDBACK).get(again, again) or gettext("Would rather not say")
            both = (
                gettext("Would you speak up again? You said: %(words)s", words=words),
                gettext("Would they speak up again? %(words)s", words=words),
            )
        case WantsAsking(months, how):
            both = _wants(months, how)
        case WasAsked(on):
            day = labels.day(on)
            both = (
                gettext("We asked how things are, as you wanted on %(day)s", day=day),
                gettext("Asked how things are, for %(day)s", day=day),
            )
        case ThingsAre(things):
            words = THINGS[things]
            both = (
                gettext("How are things? You said: %(words)s", words=words),
                gettext("How are things? %(words)s", words=words),
            )
    return both


def _wants(months: tuple[int, ...], how: How) -> tuple[Any, Any]:
    if not months:
        return (
            gettext("You said that we should not ask how things are"),
            gettext("The person does not want to be asked how things are"),
        )
    words = months_words(months)
    if how is How.INBOX:
        return (
            gettext("We ask here how things are, %(months)s months after the end", months=words),
            gettext(
                "The person wants to be asked in their inbox how things are, %(months)s months after the end",
                months=words,
            ),
        )
    return (
        gettext("The guardian asks you how things are, %(months)s months after the end", months=words),
        gettext("The person wants you to ask them how things are, %(months)s months after the end", months=words),
    )
