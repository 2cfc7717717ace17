"""`/routing/try`: a guardian tries what was submitted on past months of their own cases, and sees the numbers."""

import uuid
from collections import Counter
from dataclasses import dataclass

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import RadioField

from speakup import accounts, cases, keyring, policy
from speakup.cases import Trial, TriedMonth
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.web.actors import work
from speakup.web.fields import FromTheList, PlainForm, offer
from speakup.web.rule_sentences import sentences
from speakup.web.workspace import surface
from speakup.web.workspace.pages import common
from speakup.web.workspace.routing import submitted


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
        trial = cases.try_rules(uow, rules, int(form.months.data or 6)) if posted else None
        page = render_template(
            "workspace/routing_try.html",
            form=form,
            trial=trial,
            months=[(each, _lines(uow, each)) for each in trial.months] if trial else [],
            rules=_by_rule(trial, sentences(uow, rules)) if trial else [],
            **common(uow),
        )
    if trial is not None:
        with work() as uow:
            cases.record_trial(uow, trial)
    return page, form.status


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
