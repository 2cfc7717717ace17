"""`/cases/REF/learning`: what a case led to, and telling its person what came of it."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from speakup import cases, keyring, learning, policy
from speakup.cases import Case, LearningOfCase
from speakup.kernel.errors import Conflict, Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.learning import ActionState, LearningAction, ToldOf
from speakup.policy import Permission
from speakup.web import notices
from speakup.web.actors import work
from speakup.web.fields import ButtonForm, FromTheList, offer
from speakup.web.workspace import surface
from speakup.web.workspace.action_forms import INBOX, MYSELF, LinkForm, TellForm
from speakup.web.workspace.pages import found_case


class ToActionForm(LinkForm):
    """Which action a case led to."""

    to = SelectField(validate_choice=False, validators=[FromTheList()])

    def besides(self) -> list[str]:
        """Which action was chosen when its words were looked over."""
        return [*super().besides(), self.to.data or ""]


@surface.route("/cases/<ref>/learning", methods=["GET", "POST"])
def case_learning(ref: str) -> ResponseReturnValue:
    """Show what it led to, and note that it led to an action there is."""
    form = ToActionForm()
    with work() as uow:
        case, shared = found_case(uow, ref)
        lines = cases.learning_of(uow, case)
        form.to.label.text = _("An action there is already")
        form.to.choices = _choices(uow, lines)
        if not (form.validate_on_submit() and _linked(uow, case, form)):
            may_propose = policy.allows(uow.actor, Permission.LEARNING_PROPOSE)
            shared |= {"lines": lines, "may_propose": may_propose, "button_form": ButtonForm(formdata=None)}
            page = render_template("workspace/case_learning.html", form=form, case=case, **shared)
            return page, form.status
    flash(_("Linked. Only whoever is on this case can see that"))
    return redirect(url_for(".case_learning", ref=ref))


@surface.post("/cases/<ref>/learning/<uuid:record_id>/unlink")
def unlink_learning(ref: str, record_id: uuid.UUID) -> ResponseReturnValue:
    """Undo a link that was a mistake."""
    with work() as uow:
        case = cases.find(uow, ref)
        if ButtonForm().pressed():
            if record_id not in {each.action_id for each in cases.links_of(uow, case)}:
                flash(_("There is no such link any more"), "warning")
            else:
                cases.unlink_learning(uow, case, record_id)
                cases.settle_asking(uow, record_id)
                flash(_("The link is gone. That there was one stays sealed in the case"))
    return redirect(url_for(".case_learning", ref=ref))


@surface.route("/cases/<ref>/learning/<uuid:record_id>/tell", methods=["GET", "POST"])
def tell_learning(ref: str, record_id: uuid.UUID) -> ResponseReturnValue:
    """Tell the person what changed, note that they were told, or say why they are not."""
    form = TellForm()
    with work() as uow:
        case, shared = found_case(uow, ref)
        line = _line(uow, case, record_id)
        has_inbox = keyring.has_receipt(uow, case.id)
        form.prepare(has_inbox=has_inbox, is_known=line.action.is_known)
        told = _mark(line)
        form.overtaken = form.is_submitted() and form.told.data != told
        form.told.data = told
        if not form.is_submitted():
            form.text.data = _first_words(line.action)
        if form.overtaken or not (form.validate_on_submit() and _told(uow, case, record_id, form)):
            shared |= {"line": line, "has_inbox": has_inbox}
            page = render_template("workspace/tell_learning.html", form=form, case=case, **shared)
            return page, form.status
        cases.settle_asking(uow, record_id)
    flash(_("Message sent") if form.way.data == INBOX else _("Saved"))
    if form.way.data == INBOX:
        # The notice goes out only now: what it says is there, is there.
        notices.send_and_say(ref)
    return redirect(url_for(".case_learning", ref=ref))


def _choices(uow: UnitOfWork, lines: list[LearningOfCase]) -> list[SelectChoice]:
    """Offer what this case did not lead to yet; what was not taken forward last, since it is seldom meant."""
    linked = {each.action.id for each in lines}
    listed = [each for each in learning.list_actions(uow) if each.id not in linked]
    listed.sort(key=lambda each: (each.state is ActionState.NOT_TAKEN, each.title, each.ref))
    return [SelectChoice("", _("Choose")), *offer((each.ref, f"{each.title} ({each.ref})") for each in listed)]


def _linked(uow: UnitOfWork, case: Case, form: ToActionForm) -> bool:
    if not form.to.data:
        form.to.errors = [_("Choose an action")]
        return False
    action: LearningAction = learning.find(uow, form.to.data)
    form.hold(action)
    if not form.passes(uow, lambda: [case.id], kept_out=cases.owner_is_kept_out(uow, [case], action)):
        return False
    cases.link_learning(uow, case, action)
    return True


def _line(uow: UnitOfWork, case: Case, action_id: uuid.UUID) -> LearningOfCase:
    found = next((each for each in cases.learning_of(uow, case) if each.action.id == action_id), None)
    if found is None:
        raise NotFound(action_id)
    return found


def _mark(line: LearningOfCase) -> str:
    """Mark what had been told when a page was read, how often they were written to, and whether there was an end."""
    link = line.link
    return f"{link.told_on or ''} {link.told_by or ''} {bool(link.untold_why)} {link.wrote} {line.action.is_known}"


def _first_words(action: ToldOf) -> str:
    """Return what may be written to the person, as the action stands: nothing has changed before it has."""
    if action.state is ActionState.NOT_TAKEN:
        before = _("You told us about something at work. Because of that, we looked at whether this could be:")
        after = _("It is not being taken forward. You can ask here why.")
    elif action.is_known:
        before, after = _("You told us about something at work. Because of that, this has changed:"), ""
    else:
        before = _("You told us about something at work. Because of that, this is meant to be different:")
        after = _("It has not changed yet. We write to you again once we know what came of it.")
    return "\n\n".join(filter(None, (before, action.change, after, _("Thank you for speaking up."))))


def _told(uow: UnitOfWork, case: Case, action_id: uuid.UUID, form: TellForm) -> bool:
    try:
        if form.way.data == INBOX:
            cases.tell_learning(uow, case, action_id, form.text.data or "")
        elif form.way.data == MYSELF:
            cases.note_learning_told(uow, case, action_id, form.how.data or "", form.on.form.written or uow.today)
        else:
            cases.note_learning_untold(uow, case, action_id, form.why.data or "")
    except Invalid as refused:
        _blame(form, refused)
        return False
    except Conflict:
        form.way.errors = [_("This cannot be done as things stand now")]
        return False
    return True


def _blame(form: Any, refused: Invalid) -> None:  # noqa: ANN401 -- a form with the field that is named
    if refused.field == "on":
        future = refused.reason == "in the future"
        form.on.form.day.errors = [_("That day is still to come") if future else _("That day is before they spoke up")]
        return
    form[refused.field].errors = [_("This is too long") if refused.reason == "too long" else _("Write this")]
