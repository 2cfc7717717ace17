"""Pages on which a change is tried out and measured: the same for guardians and for whoever sees to an action.

Nothing here knows of a case. Each surface says how it finds an action and what stands around its pages.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from speakup import learning
from speakup.kernel.errors import Conflict, Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.learning import Act, LearningAction
from speakup.web import process_charts
from speakup.web.action_words import DECISIONS, PARTNERS
from speakup.web.actors import work
from speakup.web.fields import PlainForm
from speakup.web.improving_forms import CycleForm, FiguresForm, MeasureForm, PartnersForm, StudyForm

CONFLICT = 409


def shown(uow: UnitOfWork, action: LearningAction) -> dict[str, Any]:
    """Return what `learning/_improvement.html` shows of an action: its measure, what was tried, and with whom."""
    measured = learning.measured(uow, action)
    cycles = learning.cycles(uow, action)
    may_improve = learning.may_act(uow.actor, action, Act.IMPROVE)
    return {
        "measured": measured,
        "chart": process_charts.shown(measured) if measured else None,
        "cycles": cycles,
        "partners": [(PARTNERS[kind], words) for kind, words in learning.partners(uow, action).items()],
        "decisions": DECISIONS,
        "may_measure": learning.may_act(uow.actor, action, Act.MEASURE),
        "may_improve": may_improve,
        "may_begin_cycle": may_improve and not any(each.decision is None for each in cycles),
    }


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of these pages: a surface may have its own, which ask more."""

    measure: type[MeasureForm] = MeasureForm
    cycle: type[CycleForm] = CycleForm
    study: type[StudyForm] = StudyForm
    partners: type[PartnersForm] = PartnersForm


def _as_it_is(_uow: UnitOfWork, _action: LearningAction, _form: PlainForm) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class ImprovingPages:
    """These pages, on one surface."""

    at: str
    """Where the surface's actions stand: "/learning"."""
    find: Callable[[UnitOfWork, str], LearningAction]
    around: Callable[[UnitOfWork], dict[str, Any]]
    """Gives what the surface's layout shows around every page."""
    forms: Forms = Forms()
    passes: Callable[[UnitOfWork, LearningAction, PlainForm], bool] = _as_it_is
    """Says whether what was written may be saved; a form it does not let pass comes back, with what it says of it."""

    unit: Callable[..., AbstractContextManager[UnitOfWork]] = work
    """Begins each unit of work."""

    def add_to(self, surface: Blueprint) -> None:
        """Put the pages onto a surface."""
        pages: dict[str, Callable[..., ResponseReturnValue]] = {
            "measure": self.measure,
            "measure/values": self.figures,
            "partners": self.partners,
            "cycles/new": self.new_cycle,
            "cycles/<int:number>": self.study,
            "cycles/<int:number>/plan": self.replan,
        }
        for path, view in pages.items():
            surface.add_url_rule(f"{self.at}/<ref>/{path}", f"improving_{view.__name__}", view, methods=["GET", "POST"])

    def measure(self, ref: str) -> ResponseReturnValue:
        """Say what is counted."""
        form = self.forms.measure()
        with self.unit(writes=form.is_submitted()) as uow:
            action = self._found(uow, ref, Act.MEASURE, form)
            if not form.is_submitted():
                form.fill(learning.measured(uow, action))
            elif form.validate_on_submit() and self.passes(uow, action, form):
                try:
                    learning.set_measure(uow, action, form.said(), form.revision_read)
                except Invalid as refused:
                    _say(form, refused)
                except Conflict:
                    return self._measured_meanwhile(uow, action, form)
                else:
                    return redirect(f"{self.at}/{ref}/measure/values")
            return self._page(uow, action, "measure", form)

    def _measured_meanwhile(self, uow: UnitOfWork, action: LearningAction, form: MeasureForm) -> ResponseReturnValue:
        now = learning.measured(uow, action)
        if now is None:
            raise Conflict(action.ref)
        form.revision.data = str(now.revision)
        better = process_charts.BETTER[now.better]
        return self._page(uow, action, "measure", form, meanwhile=now, meanwhile_better=better)

    def figures(self, ref: str) -> ResponseReturnValue:
        """Type or paste values."""
        form = FiguresForm()
        with self.unit(writes=form.is_submitted()) as uow:
            action = self._found(uow, ref, Act.MEASURE, form)
            measured = learning.measured(uow, action)
            if measured is None:
                return _led_to(f"{self.at}/{ref}/measure", form)
            if not form.is_submitted():
                form.fill(measured)
            elif form.validate_on_submit():
                read = form.read(uow.today)
                if not read.troubles:
                    try:
                        learning.write_figures(uow, action, read.figures, form.revision_read)
                    except Conflict:
                        return self._counted_meanwhile(uow, action, form)
                    except Invalid:
                        form.figures.errors = [_checked_by_it()]
                    else:
                        flash(_kept(len(read.figures), read.heading))
                        return redirect(f"{self.at}/{ref}#measure")
            return self._page(uow, action, "figures", form, measured=measured)

    def _counted_meanwhile(self, uow: UnitOfWork, action: LearningAction, form: FiguresForm) -> ResponseReturnValue:
        now = learning.measured(uow, action)
        if now is None:
            raise Conflict(action.ref)
        form.revision.data = str(now.revision)
        return self._page(uow, action, "figures", form, measured=now, meanwhile=learning.written(now.figures))

    def partners(self, ref: str) -> ResponseReturnValue:
        """Say with whom it is worked out."""
        form = self.forms.partners()
        with self.unit(writes=form.is_submitted()) as uow:
            action = self._found(uow, ref, Act.IMPROVE, form)
            held = learning.partners(uow, action)
            if not form.is_submitted():
                form.fill(held)
            elif not form.was_read_of(held):
                now = [(PARTNERS[kind], words) for kind, words in held.items()]
                return self._page(uow, action, "partners", form, meanwhile=now)
            elif form.validate_on_submit() and self.passes(uow, action, form):
                learning.name_partners(uow, action, form.said())
                flash(_("Saved"))
                return redirect(f"{self.at}/{ref}#tried")
            return self._page(uow, action, "partners", form)

    def new_cycle(self, ref: str) -> ResponseReturnValue:
        """Plan what is tried next."""
        form = self.forms.cycle()
        with self.unit(writes=form.is_submitted()) as uow:
            action = self._found(uow, ref, Act.IMPROVE, form)
            if any(each.decision is None for each in learning.cycles(uow, action)):
                said = _("Say what came of the last one before you try the next")
                return _led_to(f"{self.at}/{ref}#tried", form, said)
            if form.validate_on_submit() and self.passes(uow, action, form):
                cycle = learning.begin_cycle(uow, action, form.said())
                flash(_("Cycle %(number)s has begun", number=cycle.number))
                return redirect(f"{self.at}/{ref}#tried")
            return self._page(uow, action, "cycle", form, number=len(learning.cycles(uow, action)) + 1)

    def replan(self, ref: str, number: int) -> ResponseReturnValue:
        """Plan anew what nothing has come of yet."""
        form = self.forms.cycle()
        with self.unit(writes=form.is_submitted()) as uow:
            action = self._found(uow, ref, Act.IMPROVE, form)
            cycle = learning.find_cycle(uow, action, number)
            if cycle.done or cycle.result:
                said = _("Something has come of it already, so plan and expectation stay as they were written")
                return _led_to(f"{self.at}/{ref}#tried", form, said)
            if not form.is_submitted():
                form.fill(cycle)
            elif form.validate_on_submit() and self.passes(uow, action, form):
                try:
                    learning.replan_cycle(uow, action, cycle, form.said(), form.revision_read)
                except Conflict:
                    form.revision.data = str(cycle.revision)
                    return self._page(uow, action, "cycle", form, number=number, meanwhile=cycle)
                flash(_("Saved"))
                return redirect(f"{self.at}/{ref}#tried")
            return self._page(uow, action, "cycle", form, number=number)

    def study(self, ref: str, number: int) -> ResponseReturnValue:
        """Write down what came of it."""
        form = self.forms.study()
        with self.unit(writes=form.is_submitted()) as uow:
            action = self._found(uow, ref, Act.IMPROVE, form)
            cycle = learning.find_cycle(uow, action, number)
            if not form.is_submitted():
                form.fill(cycle)
            elif form.validate_on_submit() and self.passes(uow, action, form):
                try:
                    learning.study_cycle(uow, action, cycle, form.said(), form.revision_read)
                except Conflict:
                    form.revision.data = str(cycle.revision)
                    return self._page(uow, action, "study", form, cycle=cycle, meanwhile=True, decisions=DECISIONS)
                flash(_("Saved"))
                return redirect(f"{self.at}/{ref}#tried")
            return self._page(uow, action, "study", form, cycle=cycle)

    def _found(self, uow: UnitOfWork, ref: str, act: Act, form: PlainForm) -> LearningAction:
        """Return an action of which this can be written; one that was given up is as if it were not there.

        `Conflict` for one that ended while its form was open: so what was written comes back.
        """
        action = self.find(uow, ref)
        if form.is_submitted() and not learning.may_do(action.state, act):
            raise Conflict(ref)
        if not learning.may_act(uow.actor, action, act):
            raise NotFound(ref)
        return action

    def _page(
        self,
        uow: UnitOfWork,
        action: LearningAction,
        name: str,
        form: PlainForm,
        **more: Any,  # noqa: ANN401 -- whatever the template shows
    ) -> ResponseReturnValue:
        status = CONFLICT if more.get("meanwhile") is not None else form.status
        back = f"{self.at}/{action.ref}"
        shared = {"action": action, "form": form, "back": back, **self.around(uow)}
        return render_template(f"learning/{name}.html", **{"meanwhile": None, **shared, **more}), status


def _led_to(address: str, form: PlainForm, said: str = "") -> ResponseReturnValue:
    """Lead from a page that has nothing to ask as things stand now; `Conflict` gives back what was posted."""
    if form.is_submitted():
        raise Conflict(address)
    if said:
        flash(said, "warning")
    return redirect(address)


def _say(form: MeasureForm, refused: Invalid) -> None:
    """Put what the operation refused beside its field."""
    if refused.reason == "effect":
        form.changed_on.form.day.errors = [_checked_by_it()]
    elif refused.field == "changed_on":
        form.changed_on.form.day.errors = [_("That day is still to come. Write today or an earlier day")]
    else:
        form.target.errors = [_("Write a smaller number, with at most four digits after the point")]


def _checked_by_it() -> str:
    return str(_("It was checked by its values. Keep one from before the change and one since, or take it up again"))


def _kept(count: int, heading: str) -> str:
    said = str(ngettext("%(num)d value saved", "%(num)d values saved", count))
    if heading:
        said += ". " + str(_("The first line, “%(words)s”, was taken for a heading", words=heading))
    return said
