"""`/routing/try`: a guardian tries what was submitted on past months of their own cases, and sees the numbers."""

import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import RadioField

from speakup import accounts, cases, keyring, policy
from speakup.cases import Trial, TriedMonth, Trying
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.routing import Rule
from speakup.web.actors import work
from speakup.web.fields import FromTheList, PlainForm, offer
from speakup.web.rule_sentences import sentences
from speakup.web.streaming import sent_as_it_goes
from speakup.web.workspace import surface
from speakup.web.workspace.pages import common
from speakup.web.workspace.routing import submitted

AT_ONCE_WITHIN = 1.0
"""Seconds after which the page is sent while it is made."""


class TryForm(PlainForm):
    """How far back."""

    months = RadioField(
        lazy_gettext("How far back?"),
        choices=offer(
            [
                ("3", lazy_gettext("This month and the two before it")),
                ("6", lazy_gettext("Half a year")),
                ("12", lazy_gettext("A year")),
                ("24", lazy_gettext("Two years")),
            ]
        ),
        default="6",
        validate_choice=False,
        validators=[FromTheList()],
    )


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody, or nobody, and how many concerns would have gone to them by the draft and by the rules in effect."""

    name: str
    drafted: int
    in_effect: int


@surface.route("/routing/try", methods=["GET", "POST"])
def try_routing() -> ResponseReturnValue:
    form = TryForm()
    posted = form.validate_on_submit()
    with work(writes=False) as uow:
        if not policy.allows(uow.actor, Permission.ROUTING_TRY):
            abort(404)
        waiting = submitted(uow)
        if waiting is None:
            return redirect(url_for(".approve_routing"))
        rules, _marks = waiting
        shown = {"form": form, "tried": None, "progress": (), **common(uow)}
    if not posted:
        return render_template("workspace/routing_try.html", **shown), form.status
    return _answer(_trying(rules, int(form.months.data or 6)), shown)


@dataclass
class _Tried:
    """A trial on its way, and at its end what is shown of it."""

    trying: Trying
    months: list[tuple[TriedMonth, list[Line]]] = field(default_factory=list)
    rules: list[tuple[str, int]] = field(default_factory=list)

    @property
    def trial(self) -> Trial | None:
        """What came of it; None while it goes on."""
        return self.trying.trial

    def show(self, uow: UnitOfWork) -> None:
        """Put what came of it into words."""
        if self.trial is not None:
            self.months = [(each, _lines(uow, each)) for each in self.trial.months]
            self.rules = _by_rule(self.trial, sentences(uow, self.trying.rules))


def _trying(rules: list[Rule], months: int) -> Iterator[_Tried]:
    """Try them step by step. However it ends, it is written down how many cases were opened."""
    with work(writes=False) as uow:
        tried = _Tried(cases.try_rules(uow, rules, months))
        try:
            for _looked_through in tried.trying.steps():
                yield tried
            tried.show(uow)
            yield tried
        finally:
            with work() as writing:
                cases.record_trial(writing, tried.trying)


def _answer(going: Iterator[_Tried], shown: dict[str, Any]) -> ResponseReturnValue:
    until = time.monotonic() + AT_ONCE_WITHIN
    for tried in going:
        if time.monotonic() > until and tried.trial is None:
            return _sent(_Progress(going, tried), shown)
    return render_template("workspace/routing_try.html", **{**shown, "tried": tried})


def _sent(progress: "_Progress", shown: dict[str, Any]) -> ResponseReturnValue:
    page = {**shown, "tried": progress.tried, "progress": progress}
    return sent_as_it_goes("workspace/routing_try.html", page, lambda: progress.goes_on)


@dataclass
class _Progress:
    """How many cases have been looked through, about once a second, while a template asks for more."""

    going: Iterator[_Tried]
    tried: _Tried
    goes_on: bool = False

    def __iter__(self) -> Iterator[int]:
        self.goes_on = True
        yield self.tried.trying.looked_through
        said = time.monotonic()
        for tried in self.going:
            if time.monotonic() - said >= AT_ONCE_WITHIN and tried.trial is None:
                said = time.monotonic()
                yield tried.trying.looked_through
        self.goes_on = False


def _lines(uow: UnitOfWork, month: TriedMonth) -> list[Line]:
    people = set(month.drafted.to) | set(month.in_effect.to)
    names = _names(uow, people)
    lines = [Line(names[each], month.drafted.to[each], month.in_effect.to[each]) for each in people]
    return sorted(lines, key=lambda line: (-line.drafted, -line.in_effect, line.name))


def _names(uow: UnitOfWork, people: set[uuid.UUID | None]) -> dict[uuid.UUID | None, str]:
    known = keyring.names_vouched_for(uow, accounts.names_of(uow, {each for each in people if each}))
    return {each: known.get(each, "") if each else _("Nobody could have received it") for each in people}


def _by_rule(trial: Trial, said: list[str]) -> list[tuple[str, int]]:
    decided: Counter[int | None] = trial.by_rule()
    numbered = [(_("Rule %(number)d: %(sentence)s", number=n, sentence=each), decided[n])
                for n, each in enumerate(said, start=1)]  # fmt: skip
    return [*numbered, (_("No rule: shared by open cases, or as the person asked"), decided[None])]
