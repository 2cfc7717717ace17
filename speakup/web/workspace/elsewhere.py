"""`/cases/REF/hand-over/elsewhere`: it belongs to another organisation, and the person is asked to take it there."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from speakup import cases, keyring
from speakup.kernel.errors import Conflict
from speakup.web import elsewhere, notices
from speakup.web.actors import work
from speakup.web.workspace import surface
from speakup.web.workspace.handing_forms import ElsewhereForm
from speakup.web.workspace.pages import common

BAD_REQUEST, UNPROCESSABLE = 400, 422


@surface.route("/cases/<ref>/hand-over/elsewhere", methods=["GET", "POST"])
def hand_over_elsewhere(ref: str) -> ResponseReturnValue:
    """Offer the person a text they may take to another organisation, in their own name and with words of their own."""
    form, there = ElsewhereForm(), elsewhere.others()
    form.to.choices = [SelectChoice(str(each.id), each.name) for each in there]
    with work() as uow:
        case = cases.find(uow, ref)
        view, has_words = cases.open_view(uow, case), keyring.has_receipt(uow, case.id)
        chosen = next((each for each in there if str(each.id) == form.to.data), None)
        if not (form.is_submitted() and form.validate() and chosen):
            if not form.is_submitted():
                form.text.data = view.told.narrative
            shown = {"case": case, "there": there, "has_words": has_words, **common(uow)}
            page = render_template("workspace/elsewhere.html", form=form, **shown)
            return page, BAD_REQUEST if form.token_failed else UNPROCESSABLE if form.is_submitted() else 200
        if not has_words:
            raise Conflict(ref)
        named: tuple[uuid.UUID, str] = (chosen.id, chosen.name)
        cases.offer_elsewhere(uow, case, named, form.text.data or "", form.words.data or "")
    flash(_("The person finds it in their private inbox. Whether they take it there is theirs to say"))
    notices.send_and_say(ref)
    return redirect(url_for(".case_page", ref=ref))
