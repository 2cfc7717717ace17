"""`/actions` and `/actions/REF`: what is mine and when it is due; how far it is, and what helps."""

import uuid
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from speakup import accounts, learning, organisations
from speakup.kernel.uow import UnitOfWork
from speakup.learning import ENDED, UNDER_WAY, Act
from speakup.web import improving, places
from speakup.web.actors import keyless_work
from speakup.web.downloads import offered_for_keeping
from speakup.web.fields import ButtonForm, PlainForm
from speakup.web.learning import surface
from speakup.web.learning.forms import UpdateForm
from speakup.web.site import site


@surface.get("/actions")
def actions() -> ResponseReturnValue:
    """List what I see to: what is to be done first, then what is done and what is over."""
    with keyless_work(writes=False) as uow:
        mine = learning.list_owned(uow)
        return render_template(
            "learning/actions.html",
            to_do=[each for each in mine if each.state in UNDER_WAY],
            done=[each for each in mine if each.state not in UNDER_WAY and each.state not in ENDED],
            ended=[each for each in mine if each.state in ENDED],
            today=uow.today,
            **common(uow),
        )


@surface.get("/actions/<ref>")
def action(ref: str) -> ResponseReturnValue:
    """Show one, with a box for how far it is."""
    return page_of(ref, UpdateForm())


@surface.get("/actions/<ref>/files/<uuid:file_id>")
def evidence_file(ref: str, file_id: uuid.UUID) -> ResponseReturnValue:
    """Give back a file that shows that something was done."""
    with keyless_work() as uow:
        name, parts = learning.open_evidence(uow, learning.find_owned(uow, ref), file_id, site().blobs)
        # Read to its end before a byte is sent, so that a damaged file is a fault and never half a file.
        body = b"".join(parts)
    return offered_for_keeping(name, body)


@surface.get("/actions/library/<uuid:resource_id>")
def resource_file(resource_id: uuid.UUID) -> ResponseReturnValue:
    """Give a file of the library."""
    with keyless_work(writes=False) as uow:
        name, parts = learning.open_resource(uow, learning.find_resource(uow, resource_id), site().blobs)
        body = b"".join(parts)
    return offered_for_keeping(name, body)


def page_of(ref: str, form: UpdateForm) -> ResponseReturnValue:
    """Show an action, with what was typed and what is wrong with it."""
    with keyless_work(writes=False) as uow:
        row = learning.find_owned(uow, ref)
        lines = learning.history(uow, row)
        return render_template(
            "learning/action.html",
            form=form,
            button_form=ButtonForm(formdata=None),
            action=row,
            lines=list(reversed(lines)),
            names=accounts.names_of(uow, {each.by_id for each in lines}),
            files=learning.evidence(uow, row),
            resources=learning.for_owner(uow, row.theme),
            may=frozenset(act.value for act in Act if learning.may_act(uow.actor, row, act)),
            late=row.due_on is not None and row.state in UNDER_WAY and row.due_on < uow.today,
            improvement=improving.shown(uow, row),
            has_day=row.state in UNDER_WAY,
            **common(uow),
        ), form.status


def step_page(ref: str, template: str, form: PlainForm) -> ResponseReturnValue:
    """Show one of an action's smaller pages."""
    with keyless_work(writes=False) as uow:
        row = learning.find_owned(uow, ref)
        return render_template(f"learning/{template}.html", form=form, action=row, **common(uow)), form.status


def common(uow: UnitOfWork) -> dict[str, Any]:
    """Return what every page here shows around its content."""
    return {"organisation": organisations.here(uow), **places.of(uow)}
