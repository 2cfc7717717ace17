"""Vouching for a colleague's key by five words, and approving the routing rules an administrator drafted."""

import hmac
import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import accounts, keyring, policy, routing
from speakup.accounts import Member
from speakup.kernel.errors import Invalid, NotFound
from speakup.kernel.uow import UnitOfWork
from speakup.policy import CAN_HOLD_GRANTS, Permission
from speakup.routing import Rule
from speakup.web import rule_sentences
from speakup.web.actors import work
from speakup.web.workspace import surface
from speakup.web.workspace.forms import ApproveForm, VouchForm
from speakup.web.workspace.pages import common

VOUCHED_FOR = timedelta(days=731)
"""How long a vouching holds before the words are read out again: two years and a day."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who may, or might, be given cases."""

    member: Member
    has_keys: bool
    vouched_until: date | None
    needs_vouching: bool


@surface.route("/colleagues", methods=["GET", "POST"])
def colleagues() -> ResponseReturnValue:
    form = VouchForm()
    with work() as uow:
        policy.require(uow.actor, Permission.KEYLOG_READ)
        if form.validate_on_submit() and _vouched(uow, form):
            flash(_("Vouched. From now on they can be given cases"))
            return redirect(url_for(".colleagues"))
        page = render_template(
            "workspace/colleagues.html",
            form=form,
            colleagues=_colleagues(uow),
            may_vouch=policy.allows(uow.actor, Permission.KEYLOG_VOUCH),
            me=uow.actor.person_id,
            **common(uow),
        )
    return page, 422 if form.errors else 200


@surface.route("/routing", methods=["GET", "POST"])
def approve_routing() -> ResponseReturnValue:
    form = ApproveForm()
    with work() as uow:
        if not policy.allows(uow.actor, Permission.ROUTING_APPROVE):
            abort(404)
        drafted = routing.drafted(uow)
        if form.validate_on_submit():
            # Approve what was read, not what somebody wrote while it was being read.
            if not hmac.compare_digest(form.shown.data or "", rule_sentences.fingerprint(drafted)):
                form.shown.errors = [_("The draft has changed since you opened this page. Read it again")]
            else:
                keyring.approve_routing(uow, [rule.plain() for rule in drafted])
                flash(_("Approved. New concerns follow these rules from now on"))
                return redirect(url_for(".approve_routing"))
        in_effect = [Rule.from_plain(rule) for rule in keyring.load_key_log(uow).routing]
        form.shown.data = rule_sentences.fingerprint(drafted)
        page = render_template(
            "workspace/routing.html",
            form=form,
            drafted=rule_sentences.sentences(uow, drafted),
            in_effect=rule_sentences.sentences(uow, in_effect),
            changed=drafted != in_effect,
            **common(uow),
        )
    return page, 422 if form.errors else 200


def _vouched(uow: UnitOfWork, form: VouchForm) -> bool:
    try:
        keyring.vouch(uow, uuid.UUID(form.person.data), (form.words.data or "").split(), uow.today + VOUCHED_FOR)
    except Invalid:
        form.words.errors = [
            _("Those are not the words of this person's key. Ask them to read the words again, slowly")
        ]
    except (ValueError, NotFound):
        form.words.errors = [_("Choose a colleague from the list who has signed in once")]
    else:
        return True
    return False


def _colleagues(uow: UnitOfWork) -> list[Colleague]:
    log = keyring.load_key_log(uow)
    found = []
    for member in accounts.members_with(uow, CAN_HOLD_GRANTS):
        vouched, has_keys = log.valid.get(member.id), keyring.locked_key(uow, member.id) is not None
        written = member.membership.drafted_roles & CAN_HOLD_GRANTS
        borne_out = vouched is not None and written <= vouched.roles and vouched.expires >= uow.today
        same_key = vouched is not None and has_keys and keyring.claimed_keys(uow, member.id) == vouched.keys
        found.append(Colleague(member, has_keys, vouched.expires if vouched else None, not (borne_out and same_key)))
    return found
