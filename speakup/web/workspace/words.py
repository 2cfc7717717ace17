"""Words for the person of a case: the first ones of a concern that was written down, or new ones for lost ones."""

from flask import render_template
from flask.typing import ResponseReturnValue

from speakup import cases, keyring
from speakup.web.actors import signed_in, work
from speakup.web.fields import ButtonForm
from speakup.web.workspace import surface
from speakup.web.workspace.pages import common, found_case


@surface.route("/cases/<ref>/new-words", methods=["GET", "POST"])
def new_words(ref: str) -> ResponseReturnValue:
    """Make words and show them once, for the guardian who is sure whose voice it is.

    Where nobody has words yet, nobody need be known for it; lost ones are replaced for a named person alone.
    """
    form = ButtonForm()
    with work() as uow:
        case, shared = found_case(uow, ref)
        first = not keyring.has_receipt(uow, case.id)
        may = first or cases.person_of(uow, case) is not None
        generation = keyring.current_generation(uow)
        shared |= {"after": cases.readers_after_new_words(uow, case), "first": first, "named": may}
    if not may or not form.validate_on_submit():
        page = render_template("workspace/new_words.html", form=form, case=case, receipt=None, **shared)
        return page, 422 if form.is_submitted() else 200
    user = signed_in()
    receipt = keyring.draw_receipt()
    # Stretching takes a while, so the database is let go meanwhile.
    secrets = keyring.submit_secrets(receipt, generation, case.organisation_id, str(user.session_id if user else ""))
    with work() as uow:
        case = cases.find(uow, ref)
        (cases.give_first_words if first else cases.give_new_words)(uow, case, secrets, generation.number)
        shared |= common(uow)
    return render_template("workspace/new_words.html", form=form, case=case, receipt=receipt, **shared)
