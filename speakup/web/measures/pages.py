"""`/publications/headcount`: how many people work where, in what larger groups, and until when a quarter is open."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from speakup import insight, organisations, policy
from speakup.insight import GROUPED, MOST_RUNGS, Headcount, Measured, Quarter
from speakup.kernel.errors import Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.web import places
from speakup.web.actors import keyless_work
from speakup.web.measures import surface
from speakup.web.measures.forms import ClosingForm, CountsForm, PastedForm, mark
from speakup.web.measures.pasted import read_counts, read_ladder, written

DIMENSIONS: dict[Measured, Any] = {
    Measured.ALL: lazy_gettext("Everybody"),
    Measured.WORKER_GROUP: lazy_gettext("Worker groups"),
    Measured.DIRECTORATE: lazy_gettext("Directorates"),
    Measured.SITE: lazy_gettext("Sites"),
}
_EVERYBODY = lazy_gettext("Everybody")


@surface.route("/publications/headcount", methods=["GET", "POST"])
def overview() -> ResponseReturnValue:
    form = ClosingForm()
    posted = form.validate_on_submit()
    with keyless_work() as uow:
        here = organisations.here(uow)
        if posted and _settled(uow, form):
            flash(_("Saved"))
            return redirect(url_for(".overview"))
        if not form.is_submitted():
            form.days.data = str(here.quarter_closes_after)
        return render_template(
            "measures/overview.html",
            form=form,
            sections=[_section(uow, each) for each in Measured],
            quarters=_ended(uow),
            closing_day=lambda name: insight.closing_day(uow, name),
            **_common(uow),
        ), form.status


@surface.route("/publications/headcount/<dimension>", methods=["GET", "POST"])
def counts(dimension: str) -> ResponseReturnValue:
    of, form = _dimension(dimension), CountsForm()
    posted = form.validate_on_submit()
    with keyless_work() as uow:
        names, standing = _names(uow, of), _counts_written(uow, of)
        if not form.is_submitted():
            form.show(standing)
            form.as_of.form.show(uow.today)
        elif posted:
            form.overtaken = form.was_overtaken(standing)
            if not form.overtaken and _kept(uow, form, of, names):
                flash(_("Saved"))
                return redirect(url_for(".overview"))
            form.seen.data = mark(standing)
        return _pasted_page(uow, "measures/counts.html", form, of, standing)


@surface.route("/publications/headcount/<dimension>/groups", methods=["GET", "POST"])
def larger_groups(dimension: str) -> ResponseReturnValue:
    of, form = _dimension(dimension), PastedForm()
    if of not in GROUPED:
        raise NotFound(dimension)
    posted = form.validate_on_submit()
    with keyless_work() as uow:
        names, standing = _names(uow, of), _ladder_written(uow, of)
        if not form.is_submitted():
            form.show(standing)
        elif posted:
            form.overtaken = form.was_overtaken(standing)
            read = read_ladder(form.lines.data or "", names, MOST_RUNGS)
            if read.troubles:
                form.tell(read.troubles)
            elif not form.overtaken:
                insight.keep_ladder(uow, of, {key: read.rungs.get(key, []) for key in names})
                flash(_("Saved"))
                return redirect(url_for(".overview"))
            form.seen.data = mark(standing)
        return _pasted_page(uow, "measures/groups.html", form, of, standing)


def _pasted_page(
    uow: UnitOfWork, template: str, form: PastedForm, dimension: Measured, standing: str
) -> ResponseReturnValue:
    shown = {"title": DIMENSIONS[dimension], "standing": standing, "most": MOST_RUNGS}
    return render_template(template, form=form, dimension=dimension, **shown, **_common(uow)), form.status


def _settled(uow: UnitOfWork, form: ClosingForm) -> bool:
    try:
        organisations.settle_quarter_closing(uow, organisations.here(uow), form.number)
    except Invalid:
        form.days.errors = [_("Write a number from 28 to 84")]
    return not form.errors


def _kept(uow: UnitOfWork, form: CountsForm, dimension: Measured, names: dict[str, str]) -> bool:
    """Keep what was written; say beside it what is wrong."""
    read, day = read_counts(form.lines.data or "", names), form.as_of.form.written
    if read.troubles:
        form.tell(read.troubles)
    if day is None or day > uow.today:
        form.as_of.form.year.errors = [_("Write a day that is not in the future")]
    if read.troubles or day is None or day > uow.today:
        return False
    insight.keep_headcounts(uow, dimension, day, read.counts, form.source.data or "")
    return True


def _ended(uow: UnitOfWork) -> list[Quarter]:
    """List the quarters that are over, newest first: the running one would tell of the day its first case came."""
    running = insight.quarter_of(uow.today)
    return [each for each in reversed(insight.quarters(uow)) if each.name < running]


def _section(uow: UnitOfWork, dimension: Measured) -> dict[str, Any]:
    """What the overview shows of one way of counting: the newest number of each group."""
    names, newest = _names(uow, dimension), dict[str, Headcount]()
    for each in insight.headcounts(uow, dimension):
        newest.setdefault(each.key, each)
    larger = insight.ladder(uow, dimension) if dimension in GROUPED else {}
    return {
        "name": dimension.value,
        "title": DIMENSIONS[dimension],
        "grouped": dimension in GROUPED,
        "rows": [(names[key], newest.get(key), " → ".join(filter(None, larger.get(key, ())))) for key in names],
        "counted": sum(key in newest for key in names),
        "of": len(names),
    }


def _counts_written(uow: UnitOfWork, dimension: Measured) -> str:
    newest = insight.headcount_on(uow, dimension, uow.today)
    return written((name, str(newest.get(key, ""))) for key, name in _names(uow, dimension).items())


def _ladder_written(uow: UnitOfWork, dimension: Measured) -> str:
    larger = insight.ladder(uow, dimension)
    return written((name, *larger.get(key, ())) for key, name in _names(uow, dimension).items())


def _names(uow: UnitOfWork, dimension: Measured) -> dict[str, str]:
    found = insight.groups_of(uow, dimension)
    return {"": str(_EVERYBODY)} if dimension is Measured.ALL else found


def _dimension(name: str) -> Measured:
    try:
        return Measured(name)
    except ValueError as absent:
        raise NotFound(name) from absent


def _common(uow: UnitOfWork) -> dict[str, Any]:
    policy.require(uow.actor, Permission.HEADCOUNT_KEEP)
    return {"organisation": organisations.here(uow), **places.of(uow)}
