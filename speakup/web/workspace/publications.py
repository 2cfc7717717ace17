"""`/publications`: what the board is shown, from the first word to the day it can be opened."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import accounts, assurance, papers, policy, vocabulary
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.papers import Kind, Publication, State
from speakup.policy import Permission
from speakup.vocabulary import CodeSet
from speakup.web.actors import work
from speakup.web.fields import ButtonForm
from speakup.web.lines import Hidden
from speakup.web.paper_files import OFFERED
from speakup.web.workspace import publication_words as words
from speakup.web.workspace import surface
from speakup.web.workspace.pages import common
from speakup.web.workspace.publication_forms import AnswerForm, NewForm, WordsForm

CONFLICT = 409


class StepForm(ButtonForm):
    """A button about exactly what was shown."""

    revision = Hidden()


@surface.get("/publications")
def publications() -> ResponseReturnValue:
    """List them, the newest period first."""
    with work(writes=False) as uow:
        rows = papers.list_publications(uow)
        return render_template(
            "workspace/publications.html",
            rows=rows,
            period_of=lambda each: papers.period(each.quarters).name,
            words=words,
            may_prepare=_may_prepare(uow),
            asked=assurance.count_unanswered(uow),
            unread=assurance.count_unread(uow),
            **common(uow),
        )


@surface.route("/publications/new", methods=["GET", "POST"])
def new_publication() -> ResponseReturnValue:
    """Begin one of a quarter or a year."""
    return _begun(NewForm(), "workspace/publication_new.html")


@surface.route("/publications/answer", methods=["GET", "POST"])
def new_answer() -> ResponseReturnValue:
    """Begin an answer to somebody who asked under the Freedom of Information Act."""
    return _begun(AnswerForm(), "workspace/publication_answer.html")


def _begun(form: NewForm | AnswerForm, template: str) -> ResponseReturnValue:
    with work() as uow:
        policy.require(uow.actor, Permission.PUBLICATION_PREPARE)
        form.prepare(uow)
        row = _prepared(uow, form) if form.validate_on_submit() else None
        if row is None:
            return render_template(template, form=form, **common(uow)), form.status
    return redirect(url_for(".publication", ref=row.ref))


def _prepared(uow: UnitOfWork, form: NewForm | AnswerForm) -> Publication | None:
    try:
        if isinstance(form, NewForm):
            kind, quarters = form.chosen
            return papers.prepare(uow, kind, quarters, form.day, year_before=form.before)
        quarters = (form.of.data or "").split(",")
        chosen = form.tables.data or []
        return papers.prepare(uow, Kind.ANSWER, quarters, form.day, chosen=chosen, year_before=form.before)
    except Invalid as refused:
        form.refuse(refused)
    except Conflict:
        form.refuse(Invalid("quarters", "taken"))
    return None


@surface.get("/publications/<ref>")
def publication(ref: str) -> ResponseReturnValue:
    """Show where one stands, and what can be done next."""
    with work(writes=False) as uow:
        row = papers.find_publication(uow, ref)
        return render_template("workspace/publication.html", **_shown(uow, row), **common(uow))


def _shown(uow: UnitOfWork, row: Publication) -> dict[str, Any]:
    names = accounts.names_of(uow, {each for each in (row.approved_by,) if each})
    pack = papers.preview(row)
    form = StepForm(formdata=None)
    form.revision.data = str(row.revision)
    return {
        "row": row,
        "pack": pack,
        "period": papers.period(row.quarters).name,
        "state": row.state.value,
        "is_open": row.state in papers.OPEN,
        "words": words,
        "said": papers.read_words(row.words),
        "attacks": list(words.attacks(row, vocabulary.names(uow, CodeSet.CHARACTERISTIC))),
        "themes_left_out": row.workings.get("themes left out", []),
        "may_prepare": _may_prepare(uow),
        "may_approve": papers.may_approve(uow, row),
        "may_publish": row.state is State.APPROVED and row.dated <= uow.today,
        "approved_by": names.get(row.approved_by, "") if row.approved_by else "",
        "form": form,
    }


@surface.get("/publications/<ref>/preview")
def publication_preview(ref: str) -> ResponseReturnValue:
    """Show exactly what the board will see, and on request why each number is masked."""
    with work(writes=False) as uow:
        row = papers.find_publication(uow, ref)
        pack = papers.preview(row)
        if pack is None:
            abort(404)
        tables = words.drawn(row, pack)
        return render_template(
            "workspace/publication_preview.html",
            row=row,
            pack=pack,
            tables=tables,
            offered=OFFERED,
            may_see_why=_may_prepare(uow),
            **common(uow),
        )


@surface.route("/publications/<ref>/words", methods=["GET", "POST"])
def publication_words(ref: str) -> ResponseReturnValue:
    """Write what stands beside the figures."""
    form = WordsForm()
    with work() as uow:
        policy.require(uow.actor, Permission.PUBLICATION_PREPARE)
        row = papers.find_publication(uow, ref)
        if row.state not in papers.OPEN:
            flash(_("It can no longer be changed"), "warning")
            return redirect(url_for(".publication", ref=ref))
        form.prepare(uow, row)
        now = None
        if form.validate_on_submit():
            try:
                papers.revise(
                    uow, row, form.revision.number, form.said, form.dated.form.written or row.dated,
                    row.rungs,
                )  # fmt: skip
            except Conflict:
                now, form.overtaken = papers.read_words(row.words), True
                form.revision.data = str(row.revision)
            except Invalid:
                form.dated.form.day.errors = [
                    _("Nothing of a quarter comes out before four weeks after its end. Write a later day")
                ]
        if not form.is_submitted() or form.errors or form.overtaken:
            page = render_template("workspace/publication_words.html", form=form, row=row, now=now, **common(uow))
            return page, form.status
    flash(_("Saved. Check it again before it can be approved"))
    return redirect(url_for(".publication", ref=ref))


@surface.post("/publications/<ref>/check")
def check_publication(ref: str) -> ResponseReturnValue:
    """Have the figures made and attacked."""
    return _stepped(ref, papers.send_to_check, _("It is being checked. That can take a minute"))


@surface.post("/publications/<ref>/stop")
def stop_publication(ref: str) -> ResponseReturnValue:
    """Take it back while it is being checked."""
    return _stepped(ref, lambda uow, row, _revision: papers.stop_checking(uow, row), _("Stopped"))


@surface.post("/publications/<ref>/publish")
def publish_publication(ref: str) -> ResponseReturnValue:
    """Let the board open it."""
    return _stepped(
        ref, lambda uow, row, _revision: papers.publish(uow, row), _("Published. The board can open it now")
    )


@surface.post("/publications/<ref>/discard")
def discard_publication(ref: str) -> ResponseReturnValue:
    """Throw it away."""
    with work() as uow:
        row = papers.find_publication(uow, ref)
        form = StepForm()
        if not form.pressed():
            return redirect(url_for(".publication", ref=ref))
        try:
            papers.discard(uow, row, form.revision.number)
        except Conflict:
            flash(_("Somebody has changed it meanwhile. Nothing was thrown away"), "warning")
            return redirect(url_for(".publication", ref=ref))
    flash(_("Thrown away"))
    return redirect(url_for(".publications"))


def _stepped(ref: str, step: Any, done: str) -> ResponseReturnValue:  # noqa: ANN401 -- any operation on a publication
    with work() as uow:
        row = papers.find_publication(uow, ref)
        form = StepForm()
        if form.pressed():
            try:
                step(uow, row, form.revision.number)
                flash(done)
            except Conflict:
                flash(
                    _("Somebody has changed it meanwhile, or it is not its turn yet. Look at it once more"), "warning"
                )
    return redirect(url_for(".publication", ref=ref))


def _may_prepare(uow: UnitOfWork) -> bool:
    return policy.allows(uow.actor, Permission.PUBLICATION_PREPARE)
