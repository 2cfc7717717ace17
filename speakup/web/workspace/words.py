"""Lost words: new ones for a named person, read out by the guardian who is sure whose voice it is."""

from flask import render_template
from flask.typing import ResponseReturnValue

from speakup import cases, keyring
from speakup.web.actors import signed_in, work
from speakup.web.workspace import surface
from speakup.web.workspace.forms import ButtonForm
from speakup.web.workspace.pages import common, found_case


@surface.route("/cases/<ref>/new-words", methods=["GET", "POST"])
def new_words(ref: str) -> ResponseReturnValue:
    form = ButtonForm()
    with work() as uow:
        case, shared = found_case(uow, ref)
        named, generation = cases.person_of(uow, case) is not None, keyring.current_generation(uow)
        shared["after"] = cases.readers_after_new_words(uow, case)
    if not named or not form.validate_on_submit():
        page = render_template("workspace/new_words.html", form=form, case=case, named=named, receipt=None, **shared)
        return page, 422 if form.is_submitted() else 200
    user = signed_in()
    receipt = keyring.draw_receipt()
    # Stretching takes a while, so the database is let go meanwhile.
    secrets = keyring.submit_secrets(receipt, generation, case.organisation_id, str(user.session_id if user else ""))
    with work() as uow:
        case = cases.find(uow, ref)
        cases.give_new_words(uow, case, secrets, generation.number)
        shared = common(uow)
    return render_template("workspace/new_words.html", form=form, case=case, named=True, receipt=receipt, **shared)
