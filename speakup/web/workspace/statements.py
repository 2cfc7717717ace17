"""`/learning/REF/told`: what staff were told, where and when, and what of it anybody may read."""

import uuid
from collections.abc import Callable

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import FormField

from speakup import cases, learning, policy
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.learning import STATEMENT_LIMIT, WHERE_LIMIT, Act, LearningAction, LearningStatement, Statement
from speakup.policy import Permission
from speakup.web.actors import work
from speakup.web.checked_form import CheckedForm
from speakup.web.fields import AtMost, ButtonForm, Needed
from speakup.web.lines import DayForm, Hidden, Line, Lines
from speakup.web.workspace import surface
from speakup.web.workspace.meanwhile import led_back
from speakup.web.workspace.pages import common

CONFLICT = 409


class StatementForm(CheckedForm):
    """You said, we did."""

    CHECKED = ("you_said", "we_did", "told_where")
    you_said = Lines(
        _("You said"),
        description=_("What was not right, in a sentence or two, as somebody would say it who has only heard of it."),
        validators=[Needed(_("Write what was said")), AtMost(STATEMENT_LIMIT)],
    )
    we_did = Lines(
        _("We did"),
        description=_("What is different now."),
        validators=[Needed(_("Write what was done")), AtMost(STATEMENT_LIMIT)],
    )
    told_where = Line(
        _("Where were staff told?"),
        description=_("For example: team brief, posters on the wards, the intranet."),
        validators=[Needed(_("Write where staff were told")), AtMost(WHERE_LIMIT)],
    )
    told_on = FormField(DayForm, _("When?"))
    revision = Hidden()
    """Of the statement when it was read."""

    def show(self, row: LearningStatement) -> None:
        """Fill it in as it stands."""
        self.you_said.data, self.we_did.data, self.told_where.data = row.you_said, row.we_did, row.told_where
        self.told_on.form.show(row.told_on)
        self.revision.data = str(row.revision)

    @property
    def said(self) -> Statement:
        """Return what was written; `Invalid` without a day."""
        day = self.told_on.form.written
        if day is None:
            raise Invalid("told_on", "empty")
        return Statement(self.you_said.data or "", self.we_did.data or "", self.told_where.data or "", day)


class ShownForm(ButtonForm):
    """A button about exactly the words that were shown."""

    revision = Hidden()


@surface.get("/learning/<ref>/told")
def told_staff(ref: str) -> ResponseReturnValue:
    """List what staff were told of an action."""
    with work(writes=False) as uow:
        found = learning.find(uow, ref)
        rows = learning.statements(uow, found)
        return render_template(
            "workspace/statements.html",
            action=found,
            statements=[(row, _shown_form(row)) for row in rows],
            may_write=learning.may_act(uow.actor, found, Act.TELL_STAFF),
            may_take_back=policy.allows(uow.actor, Permission.LEARNING_KEEP, found),
            **common(uow),
        )


@surface.route("/learning/<ref>/told/new", methods=["GET", "POST"])
def tell_staff(ref: str) -> ResponseReturnValue:
    """Write down what staff were told."""
    form = StatementForm()
    with work() as uow:
        found = learning.find(uow, ref)
        if not learning.may_act(uow.actor, found, Act.TELL_STAFF):
            return led_back(ref, ".told_staff")
        if not form.is_submitted():
            form.told_on.form.show(uow.today)
        if not _kept(uow, found, form, lambda said: learning.tell_staff(uow, found, said)):
            return _page(uow, found, form), form.status
    flash(gettext("Saved. You can let anybody read it, too"))
    return redirect(url_for(".told_staff", ref=ref))


@surface.route("/learning/<ref>/told/<uuid:statement_id>", methods=["GET", "POST"])
def change_statement(ref: str, statement_id: uuid.UUID) -> ResponseReturnValue:
    """Write it anew. What was published is so no longer."""
    form = StatementForm()
    with work() as uow:
        found = learning.find(uow, ref)
        row = learning.find_statement(uow, found, statement_id)
        if not learning.may_act(uow.actor, found, Act.TELL_STAFF):
            return led_back(ref, ".told_staff")
        if not form.is_submitted():
            form.show(row)
        read = form.revision.number
        try:
            kept = _kept(uow, found, form, lambda said: learning.change_statement(uow, found, row, said, read))
        except Conflict:
            form.revision.data = str(row.revision)
            return _page(uow, found, form, row), CONFLICT
        if not kept:
            return _page(uow, found, form), form.status
    flash(gettext("Saved. Nobody else reads it until it is published again"))
    return redirect(url_for(".told_staff", ref=ref))


@surface.post("/learning/<ref>/told/<uuid:statement_id>/publish")
def publish_statement(ref: str, statement_id: uuid.UUID) -> ResponseReturnValue:
    """Let anybody read it, as it was shown."""
    form = ShownForm()
    with work() as uow:
        found = learning.find(uow, ref)
        row = learning.find_statement(uow, found, statement_id)
        if form.pressed():
            try:
                learning.publish_statement(uow, found, row, form.revision.number)
                flash(gettext("Published. Anybody can read it under “You said, we did”"))
            except Conflict:
                flash(gettext("A colleague has changed it meanwhile. Read it once more"), "warning")
    return redirect(url_for(".told_staff", ref=ref))


@surface.post("/learning/<ref>/told/<uuid:statement_id>/withdraw")
def withdraw_statement(ref: str, statement_id: uuid.UUID) -> ResponseReturnValue:
    """Let nobody else read it."""
    form = ButtonForm()
    with work() as uow:
        found = learning.find(uow, ref)
        row = learning.find_statement(uow, found, statement_id)
        if form.pressed():
            learning.withdraw_statement(uow, found, row)
            flash(gettext("Taken back. It stands on no public page any more"))
    return redirect(url_for(".told_staff", ref=ref))


def _kept(
    uow: UnitOfWork, found: LearningAction, form: StatementForm, act: Callable[[Statement], LearningStatement]
) -> bool:
    if not form.validate_on_submit():
        return False
    try:
        said = form.said
        if not form.passes(uow, lambda: cases.linked_case_ids(uow, found)):
            return False
        act(said)
    except Invalid as refused:
        words = gettext("Write a day") if refused.reason == "empty" else gettext("That day is still to come")
        form.told_on.form.day.errors = [words]
        return False
    return True


def _page(uow: UnitOfWork, found: LearningAction, form: StatementForm, now: LearningStatement | None = None) -> str:
    return render_template("workspace/statement.html", form=form, action=found, now=now, **common(uow))


def _shown_form(row: LearningStatement) -> ShownForm:
    form = ShownForm(formdata=None)
    form.revision.data = str(row.revision)
    return form
