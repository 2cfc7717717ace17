"""What is decided about a publication before it is prepared: no finer groups than so, and where charts begin anew."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import FormField, SelectField

from speakup import accounts, insight, papers, policy
from speakup.insight import Measured
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.papers import Publication
from speakup.policy import Permission
from speakup.web.actors import work
from speakup.web.fields import AtMost, FromTheList, Needed, NoCase, PlainForm, offer
from speakup.web.lines import DayForm, Hidden, Line, Lines
from speakup.web.months import WithoutMonths
from speakup.web.workspace import surface
from speakup.web.workspace.pages import common

LONGEST = 300


class GroupsForm(PlainForm):
    """How fine groups of staff may be at most."""

    revision = Hidden()
    worker_group = SelectField(_("Worker groups"), validate_choice=False, validators=[FromTheList()])
    directorate = SelectField(_("Directorates"), validate_choice=False, validators=[FromTheList()])
    site = SelectField(_("Sites"), validate_choice=False, validators=[FromTheList()])

    def prepare(self, uow: UnitOfWork, row: Publication) -> None:
        """Offer the rungs that groups were given; fill it in as it stands."""
        for dimension in _DIMENSIONS:
            self[dimension.value].choices = offer(_rungs(insight.ladder(uow, dimension)))
        if not self.is_submitted():
            self.show(row)

    def show(self, row: Publication) -> None:
        """Fill it in as it stands."""
        self.revision.data = str(row.revision)
        for dimension in _DIMENSIONS:
            self[dimension.value].data = str(row.rungs.get(dimension.value, 0))

    @property
    def said(self) -> dict[str, int]:
        """Return the rungs that were chosen, those of them that are not the finest."""
        chosen = {each.value: int(self[each.value].data or 0) for each in _DIMENSIONS}
        return {name: rung for name, rung in chosen.items() if rung}


_DIMENSIONS = (Measured.WORKER_GROUP, Measured.DIRECTORATE, Measured.SITE)


def _rungs(ladder: Mapping[str, Sequence[str]]) -> list[tuple[str, Any]]:
    """List the rungs, each by the larger groups on it; a group without one stands alone there."""
    most = max((len(labels) for labels in ladder.values()), default=0)
    named = [sorted({labels[at] for labels in ladder.values() if labels[at]}) for at in range(most)]
    larger = [
        (str(at), gettext("No finer than: %(groups)s", groups=", ".join(each))) for at, each in enumerate(named, 1)
    ]
    return [("0", _("As fine as the method allows")), *larger]


@surface.route("/publications/<ref>/groups", methods=["GET", "POST"])
def publication_groups(ref: str) -> ResponseReturnValue:
    """Say how fine its groups may be at most."""
    form = GroupsForm()
    with work() as uow:
        policy.require(uow.actor, Permission.PUBLICATION_PREPARE)
        row = papers.find_publication(uow, ref)
        if row.state not in papers.OPEN:
            flash(gettext("It can no longer be changed"), "warning")
            return redirect(url_for(".publication", ref=ref))
        form.prepare(uow, row)
        if form.validate_on_submit():
            try:
                revision, said = form.revision.number, papers.read_words(row.words)
                papers.revise(uow, row, revision, said, row.dated, form.said)
            except Conflict:
                form.overtaken, form.revision.data = True, str(row.revision)
            else:
                flash(gettext("Saved. Check it again before it can be approved"))
                return redirect(url_for(".publication", ref=ref))
        standing = [(form[each.value].label.text, _chosen(form, row, each)) for each in _DIMENSIONS]
        page = render_template(
            "workspace/publication_groups.html", form=form, row=row, standing=standing, **common(uow)
        )
        return page, form.status


def _chosen(form: GroupsForm, row: Publication, dimension: Measured) -> str:
    """Say what stands of a dimension."""
    rung = str(row.rungs.get(dimension.value, 0))
    return next((str(each.label) for each in form[dimension.value].choices if each.value == rung), rung)


# --- where charts begin anew ----------------------------------------------------------------------------------------


class BreakForm(PlainForm):
    """From which quarter on charts begin anew, why, and who decided it."""

    quarter = SelectField(
        _("From which quarter on?"), validate_choice=False, validators=[Needed(_("Choose a quarter")), FromTheList()]
    )
    why = Line(
        _("What is different from then on?"),
        description=_("The board reads it beside the chart, for example: a second guardian began."),
        validators=[Needed(_("Write what is different")), AtMost(LONGEST), NoCase(), WithoutMonths()],
    )
    decision = Lines(
        _("Who decided it, and where is it written down?"),
        validators=[Needed(_("Write who decided it")), AtMost(LONGEST)],
    )
    decided_on = FormField(DayForm, _("When was it decided?"))

    def prepare(self, uow: UnitOfWork) -> None:
        """Offer the quarters that are closed, the newest first."""
        quarters = reversed(papers.what_can_be_published(uow))
        named = ((each, papers.period([each]).name) for each in quarters)
        self.quarter.choices = offer([("", _("Choose")), *named])
        if not self.is_submitted():
            self.decided_on.form.show(uow.today)


@surface.route("/publications/charts", methods=["GET", "POST"])
def chart_breaks() -> ResponseReturnValue:
    """Record that charts begin anew with a quarter, by a decision."""
    form = BreakForm()
    with work() as uow:
        policy.require(uow.actor, Permission.PUBLICATION_PREPARE)
        form.prepare(uow)
        if form.validate_on_submit() and _decided(uow, form):
            flash(gettext("Recorded. Charts of whatever is checked from now on begin anew there"))
            return redirect(url_for(".chart_breaks"))
        decisions = papers.chart_decisions(uow)
        names = accounts.names_of(uow, {each.recorded_by for each in decisions})
        page = render_template(
            "workspace/publication_charts.html", form=form, decisions=decisions, names=names,
            period_of=lambda each: papers.period([each]).name, **common(uow),
        )  # fmt: skip
        return page, form.status


def _decided(uow: UnitOfWork, form: BreakForm) -> bool:
    day = form.decided_on.form.written
    if day is None:
        form.decided_on.form.day.errors = [gettext("Write a day")]
        return False
    try:
        papers.decide_break(uow, form.quarter.data, form.why.data or "", form.decision.data or "", day)
    except Invalid as refused:
        if refused.field == "decided_on":
            form.decided_on.form.day.errors = [gettext("That day is still to come")]
        else:
            form.quarter.errors = [gettext("Charts begin anew with this quarter already. Choose another")]
        return False
    return True
