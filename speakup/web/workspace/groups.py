"""People who spoke up together: recording them on one page, and what they share."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from speakup import accounts, cases, policy
from speakup.kernel.errors import Conflict, Invalid, NobodyToReceive, NotFound
from speakup.policy import Permission
from speakup.web.actors import work
from speakup.web.fields import ButtonForm
from speakup.web.workspace import surface
from speakup.web.workspace.forms import MessageForm
from speakup.web.workspace.group_form import GroupForm
from speakup.web.workspace.pages import common, found_case
from speakup.web.workspace.recording import nobody_left

UNPROCESSABLE = 422


@surface.get("/cases/new/group")
def new_group() -> ResponseReturnValue:
    return _page(GroupForm(formdata=None), 200)


@surface.post("/cases/new/group")
def record_group() -> ResponseReturnValue:
    """Save all of them, or ask about one person more or less. Whatever is amiss, every word comes back."""
    form = GroupForm()
    if request.form.get("people_are") in {"more", "fewer"}:
        form.one_more() if request.form["people_are"] == "more" else form.one_less()
        return _page(form, 200)
    with work(writes=False) as uow:
        policy.require(uow.actor, Permission.CASE_RECORD)
        form.prepare(uow)
        valid = form.validate()
    if not valid:
        return _page(form, form.status)
    if form.only_signposted:
        form.say("by_champion", _("Whoever was only told where to go is no case yet. Nothing was saved."))
        return _page(form, UNPROCESSABLE)
    try:
        return _saved(form)
    except Invalid as refused:
        form.blame(refused)
    except NobodyToReceive:
        form.say("people", nobody_left())
    except Conflict:
        words = _("You or your team are kept out, so you cannot hold these. Record each person for themselves instead.")
        form.say("people", words)
    return _page(form, UNPROCESSABLE)


@surface.route("/cases/<ref>/group", methods=["GET", "POST"])
def group(ref: str) -> ResponseReturnValue:
    """Show a group from one of its cases, and write what all who agreed may read."""
    form = MessageForm()
    with work() as uow:
        case, shared = found_case(uow, ref)
        if form.validate_on_submit():
            cases.share_with_group(uow, case, form.text.data or "")
        view = cases.open_group(uow, case)
        if view is None:
            raise NotFound(ref)
        shown = {"view": view, "names": accounts.names_of(uow, {each.by for each in view.shared}), **shared}
    if form.is_submitted() and not form.errors:
        flash(_("Saved. Those who agreed and have words can read it"))
        return redirect(url_for(".group", ref=ref))
    page = render_template("workspace/group.html", form=form, agree=ButtonForm(formdata=None), case=case, **shown)
    return page, form.status


@surface.post("/cases/<ref>/group/agree")
def agree_to_group(ref: str) -> ResponseReturnValue:
    """Note that the person of this case agrees to share."""
    with work() as uow:
        case = cases.find(uow, ref)
        if ButtonForm().pressed():
            cases.agree_to_share(uow, case)
    return redirect(url_for(".group", ref=ref))


def _saved(form: GroupForm) -> ResponseReturnValue:
    people = form.everybody()
    with work() as uow:
        before = cases.recorded_before(uow, people[0].recorded)
        refs = [before] if before else [each.ref for each in cases.record_group(uow, people, form.shared)]
    if not before:
        flash(ngettext("%(num)d case saved", "%(num)d cases saved, one for each person", len(refs)))
    return redirect(url_for(".group", ref=refs[0]))


def _page(form: GroupForm, status: int) -> ResponseReturnValue:
    with work(writes=False) as uow:
        policy.require(uow.actor, Permission.CASE_RECORD)
        form.prepare(uow)
        shared = common(uow)
    return render_template("workspace/new_group.html", form=form, **shared), status
