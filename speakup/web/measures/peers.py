"""`/publications/peers`: to whom this organisation publishes its years, and from whom it receives theirs."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import organisations, peers, policy
from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission
from speakup.web import places
from speakup.web.actors import keyless_work
from speakup.web.fields import ButtonForm
from speakup.web.measures import surface
from speakup.web.measures.peer_forms import AddressForm, NatureForm
from speakup.web.natures import NATURES


@surface.get("/publications/peers")
def peer_lists() -> ResponseReturnValue:
    """Show both lists."""
    with keyless_work(writes=False) as uow:
        sent, received = peers.publishes_to(uow), peers.receives_from(uow)
        nature = organisations.here(uow).nature
        return render_template(
            "measures/peers.html",
            sent=sent,
            received=received,
            nature=NATURES[nature] if nature else "",
            may_read=policy.allows(uow.actor, Permission.BOARD_READ),
            form=ButtonForm(formdata=None),
            **_common(uow),
        ), 200


@surface.route("/publications/peers/to", methods=["GET", "POST"])
def publish_to() -> ResponseReturnValue:
    """Name one more to send years to."""
    return _named(peers.publish_to, "measures/peer_to.html")


@surface.route("/publications/peers/from", methods=["GET", "POST"])
def receive_from() -> ResponseReturnValue:
    """Name one more to receive years from."""
    return _named(peers.receive_from, "measures/peer_from.html")


def _named(agree: Callable[[UnitOfWork, str], object], template: str) -> ResponseReturnValue:
    form = AddressForm()
    posted = form.validate_on_submit()
    with keyless_work() as uow:
        policy.require(uow.actor, Permission.ADMIN_PEERS)
        if posted:
            try:
                agree(uow, form.address)
            except Invalid as fault:
                form.refuse(fault)
            else:
                flash(_("Saved. Years cross once the other organisation has agreed too"))
                return redirect(url_for(".peer_lists"))
        return render_template(template, form=form, **_common(uow)), form.status


@surface.post("/publications/peers/to/<uuid:other_id>/stop")
def stop_publishing_to(other_id: uuid.UUID) -> ResponseReturnValue:
    """Send nothing more to one of them."""
    return _stopped(peers.stop_publishing_to, other_id)


@surface.post("/publications/peers/from/<uuid:other_id>/stop")
def stop_receiving_from(other_id: uuid.UUID) -> ResponseReturnValue:
    """Receive nothing more from one of them."""
    return _stopped(peers.stop_receiving_from, other_id)


def _stopped(stop: Callable[[UnitOfWork, uuid.UUID], None], other_id: uuid.UUID) -> ResponseReturnValue:
    pressed = ButtonForm().pressed()
    with keyless_work() as uow:
        policy.require(uow.actor, Permission.ADMIN_PEERS)
        if pressed:
            stop(uow, other_id)
            flash(_("Stopped. What crossed already stays where it is"))
    return redirect(url_for(".peer_lists"))


@surface.route("/publications/peers/sort", methods=["GET", "POST"])
def own_nature() -> ResponseReturnValue:
    """Say what sort of organisation this one is."""
    form = NatureForm()
    with keyless_work() as uow:
        policy.require(uow.actor, Permission.ADMIN_PEERS)
        here = organisations.here(uow)
        form.show(here.nature)
        chosen = form.chosen(here.nature) if form.is_submitted() else None
        if chosen is not None:
            organisations.settle_nature(uow, here, chosen)
            peers.ask_to_carry(uow)
            flash(_("Saved"))
            return redirect(url_for(".peer_lists"))
        stands = NATURES[here.nature] if here.nature else ""
        return render_template("measures/peer_sort.html", form=form, stands=stands, **_common(uow)), form.status


def _common(uow: UnitOfWork) -> dict[str, Any]:
    return {"organisation": organisations.here(uow), **places.of(uow)}
