"""Two cases that are one: the person lost their words, raised it again and said that they spoke up before."""

import re

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from speakup import cases
from speakup.cases import Case
from speakup.kernel.errors import Conflict, Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.web.actors import work
from speakup.web.fields import AtMost, ButtonForm, Needed, PlainForm
from speakup.web.lines import Line
from speakup.web.workspace import surface
from speakup.web.workspace.pages import found_case

_GROUPS = re.compile(r"SU([0-9A-Z]{4})([0-9A-Z]{4})")


class EarlierForm(PlainForm):
    """Which case came before."""

    earlier = Line(
        lazy_gettext("Reference of the earlier case"),
        description=lazy_gettext("For example SU-7K3M-Q2XD. You must hold both."),
        validators=[Needed(lazy_gettext("Write the reference of the earlier case.")), AtMost(40)],
    )


@surface.route("/cases/<ref>/one-case", methods=["GET", "POST"])
def one_case(ref: str) -> ResponseReturnValue:
    """Let a case go on from an earlier one, so that they count as one."""
    form = EarlierForm()
    with work() as uow:
        case, shared = found_case(uow, ref)
        if not (form.is_submitted() and form.validate() and _linked(uow, case, form)):
            page = render_template("workspace/one_case.html", form=form, case=case, **shared)
            return page, form.status
    flash(_("The two count as one from now on"))
    return redirect(url_for(".case_page", ref=ref))


@surface.post("/cases/<ref>/two-cases")
def two_cases(ref: str) -> ResponseReturnValue:
    """Undo it: they were two after all."""
    with work() as uow:
        case = cases.find(uow, ref)
        if ButtonForm().pressed():
            cases.part_again(uow, case)
            flash(_("The two count as two again"))
    return redirect(url_for(".case_page", ref=ref))


def _linked(uow: UnitOfWork, case: Case, form: EarlierForm) -> bool:
    typed = _GROUPS.fullmatch(re.sub("[^0-9A-Z]", "", (form.earlier.data or "").upper()))
    try:
        cases.link_as_one(uow, case, "SU-{}-{}".format(*typed.groups()) if typed else form.earlier.data or "")
    except Invalid as refused:
        form.earlier.errors = [_why_not(refused.reason)]
    except Conflict:
        form.earlier.errors = [_("This case belongs together with another one already. Part those first.")]
    else:
        return True
    return False


def _why_not(reason: str) -> str:
    if reason == "not earlier":
        return str(_("That one did not come before this. Open the later of the two, and write the earlier one here."))
    if reason == "goes on from another":
        return str(_("That one goes on from an earlier case itself. Write the reference of that one."))
    return str(_("You hold no case with this reference. Look at it once more, or ask the guardian who holds it."))
