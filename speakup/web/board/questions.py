"""`/board/questions`: what members asked, and what guardians answered. Everybody who reads publications reads both."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import accounts, assurance, papers, policy
from speakup.assurance import BoardQuestion
from speakup.kernel.errors import Conflict, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.papers import Pack
from speakup.policy import Permission
from speakup.web.actors import keyless_work
from speakup.web.board import surface
from speakup.web.board.pages import common, page_of
from speakup.web.board.question_forms import AnswerForm, AskForm, ReadForm, marked, numbers_of_pack, pieces_of


@surface.get("/board/questions")
def questions() -> ResponseReturnValue:
    """List them, those that wait first."""
    with keyless_work(writes=False) as uow:
        return list_page(uow)


@surface.post("/board/questions")
def ask() -> ResponseReturnValue:
    """Leave a question about a publication, or about none."""
    form = AskForm()
    with keyless_work() as uow:
        policy.require(uow.actor, Permission.BOARD_ASK)
        about = _about(uow, form.publication.data or "")
        if not form.validate_on_submit():
            return page_of(uow, about, form) if about else list_page(uow, form), form.status
        assurance.ask_question(uow, about.ref if about else "", form.question.data or "")
    flash(_("Your question waits for the guardians. Their answer will stand here"))
    return redirect(url_for(".questions"))


@surface.route("/board/questions/<uuid:question_id>", methods=["GET", "POST"])
def answer(question_id: uuid.UUID) -> ResponseReturnValue:
    """Answer a question, or write the answer anew."""
    form = AnswerForm()
    with keyless_work() as uow:
        policy.require(uow.actor, Permission.BOARD_ANSWER)
        row = assurance.find_question(uow, question_id)
        about = _about(uow, row.publication)
        if not form.is_submitted():
            form.answer.data, form.revision.data = row.answer, str(row.revision)
        elif form.validate() and form.passes(numbers_of_pack(about)):
            try:
                assurance.answer_question(uow, row, form.answer.data or "", form.revision_read)
            except Conflict:
                form.overtaken, form.revision.data = True, str(row.revision)
                return _answer_page(uow, row, form)
            flash(_("Saved. The board can read it once a second person has read it"))
            return redirect(url_for(".questions"))
        return _answer_page(uow, row, form)


@surface.route("/board/questions/<uuid:question_id>/read", methods=["GET", "POST"])
def read_answer(question_id: uuid.UUID) -> ResponseReturnValue:
    """Read an answer as a second person, and let the board read it."""
    form = ReadForm()
    with keyless_work() as uow:
        policy.require(uow.actor, Permission.PUBLICATION_APPROVE)
        row = assurance.find_question(uow, question_id)
        if not assurance.may_read_over(uow, row):
            flash(_("There is nothing here for you to read"), "warning")
            return redirect(url_for(".questions"))
        if not form.is_submitted():
            form.revision.data = str(row.revision)
        elif form.validate():
            try:
                assurance.read_answer(uow, row, form.revision_read)
            except Conflict:
                form.overtaken, form.revision.data, form.read.data = True, str(row.revision), []
            else:
                flash(_("The board can read it now"))
                return redirect(url_for(".questions"))
        names, numbers = marked(row.answer, numbers_of_pack(_about(uow, row.publication)))
        people = accounts.names_of(uow, {each for each in (row.asked_by, row.answered_by) if each})
        shown = {"form": form, "row": row, "names": people, **common(uow)}
        page = render_template("board/read_answer.html", pieces=pieces_of(row.answer, [*names, *numbers]), **shown)
        return page, form.status


def _answer_page(uow: UnitOfWork, row: BoardQuestion, form: AnswerForm) -> ResponseReturnValue:
    shown = {"form": form, "row": row, "names": accounts.names_of(uow, {row.asked_by}), **common(uow)}
    status = 422 if form.pointed and not form.overtaken else form.status
    return render_template("board/answer.html", **shown), status


def list_page(uow: UnitOfWork, form: AskForm | None = None) -> str:
    """Show every question with its answer."""
    rows = assurance.questions(uow)
    people = {each for row in rows for each in (row.asked_by, row.answered_by, row.read_by) if each}
    return render_template(
        "board/questions.html",
        rows=rows,
        names=accounts.names_of(uow, people),
        periods={each.ref: each.period for each in papers.published_list(uow)},
        form=form or AskForm(formdata=None),
        may_ask=policy.allows(uow.actor, Permission.BOARD_ASK),
        may_answer=policy.allows(uow.actor, Permission.BOARD_ANSWER),
        to_read={row.id for row in rows if assurance.may_read_over(uow, row)},
        **common(uow),
    )


def _about(uow: UnitOfWork, ref: str) -> Pack | None:
    """Return the publication a question is about; none where there is none of that name."""
    try:
        return papers.find_published(uow, ref) if ref else None
    except NotFound:
        return None
