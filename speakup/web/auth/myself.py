"""`/account`: who I am here, my sessions, what the front page says about me, and when I am away."""

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from speakup import accounts, cases, keyring, organisations, policy
from speakup.accounts import Member, PublicProfile
from speakup.gateways import documents
from speakup.gateways.documents import Kind, Limits, Refused
from speakup.kernel.actor import Role
from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.policy import CAN_HOLD_GRANTS, CASE_ROLES, Permission
from speakup.web import absences, places
from speakup.web.absences import AwayForm
from speakup.web.actors import half_signed_in, work
from speakup.web.auth import account
from speakup.web.auth.forms import ProfileForm
from speakup.web.cookies import STAFF
from speakup.web.fields import ButtonForm

PHOTO = Limits(size=900_000, kept_size=1_500_000, pixels=40_000_000, wall_seconds=20.0)
"""A photo arrives with the ordinary post, which holds a megabyte."""


@account.get("/account")
def overview() -> ResponseReturnValue:
    user = half_signed_in()
    with work(writes=False) as uow:
        me = _me(uow)
        written = me.membership.drafted_roles
        return render_template(
            "account/overview.html",
            person=me.person,
            membership=me.membership,
            away_until=accounts.away_until(uow, me.id),
            in_effect=_in_order(uow.actor.roles),
            waiting=_in_order(written - uow.actor.roles),
            may_be_shown=bool((written | uow.actor.roles) & CASE_ROLES),
            nothing_here=places.home_address(uow.actor) == "/account" and written == uow.actor.roles,
            has_key_to_vouch_for=bool(written & CAN_HOLD_GRANTS),
            has_cases=policy.allows(uow.actor, Permission.CASE_LIST),
            is_reminded=places.has_something_due(uow),
            factor_set=accounts.has_second_factor(uow, me.id),
            sessions=keyring.my_sessions(uow),
            this_session=user.session_id if user else None,
            form=ButtonForm(formdata=None),
            **_common(uow),
        )


@account.post("/account/sessions/<uuid:session_id>/end")
def end_session(session_id: uuid.UUID) -> ResponseReturnValue:
    if not ButtonForm().validate_on_submit():
        abort(400)
    with work() as uow:
        keyring.end_mine(uow, session_id)
    flash(_("That session has ended"))
    return redirect(url_for(".overview", _anchor="sessions"))


@account.post("/account/sessions/end-others")
def end_other_sessions() -> ResponseReturnValue:
    if not ButtonForm().validate_on_submit():
        abort(400)
    with work() as uow:
        keyring.end_others(uow, STAFF.read())
    flash(_("All your other sessions have ended"))
    return redirect(url_for(".overview", _anchor="sessions"))


@account.route("/account/profile", methods=["GET", "POST"])
def profile() -> ResponseReturnValue:
    form = ProfileForm()
    posted = form.validate_on_submit()
    picture = _picture(form) if posted else None
    with work() as uow:
        me = _me(uow)
        if not posted or form.errors:
            if not form.is_submitted():
                _show_profile(form, me)
            page = render_template("account/profile.html", form=form, has_photo=bool(me.person.photo), **_common(uow))
            return page, form.status
        said = PublicProfile(form.phone.data or "", form.hours.data or "", form.about.data or "")
        accounts.describe_myself(uow, me.person, said)
        if picture is not None or form.remove_photo.data:
            accounts.show_photo(uow, me.person, picture)
    flash(_("Saved. This is what the front page says about you now"))
    return redirect(url_for(".overview"))


@account.route("/account/absence", methods=["GET", "POST"])
def absence() -> ResponseReturnValue:
    form = AwayForm()
    with work() as uow:
        me = _me(uow)
        form.prepare(uow, me.id)
        was_open = cases.can_receive(uow)
        if not form.validate_on_submit() or not _planned(uow, me, form):
            has_cases, mine = policy.allows(uow.actor, Permission.CASE_LIST), absences.of_person(uow, me.id)
            page = render_template("account/absence.html", form=form, mine=mine, has_cases=has_cases, **_common(uow))
            return page, form.status
        now = accounts.away_until(uow, me.id) is not None
        closes = was_open and not cases.can_receive(uow)
    flash(_("You are shown as away") if now else _("Written. You are shown as away from that day on"))
    if closes:
        flash(_("The front door is closed from now on: fewer than two people who can receive a concern are here"))
    return redirect(url_for(".overview"))


@account.post("/account/absence/<uuid:absence_id>/end")
def end_absence(absence_id: uuid.UUID) -> ResponseReturnValue:
    if not ButtonForm().validate_on_submit():
        abort(400)
    with work() as uow:
        held = accounts.find_absence(uow, absence_id)
        if held.person_id != uow.actor.id:
            abort(404)
        accounts.end_absence(uow, held)
        here = accounts.away_until(uow, held.person_id) is None
    flash(_("You are shown as here") if here else _("Those days are no longer written as days away"))
    return redirect(url_for(".absence"))


def _planned(uow: UnitOfWork, me: Member, form: AwayForm) -> bool:
    days = form.days(uow.today)
    try:
        if days is not None:
            accounts.plan_absence(uow, me.membership, days)
    except Invalid as fault:
        form.refuse(fault, uow.today)
        return False
    return days is not None


def _me(uow: UnitOfWork) -> Member:
    return accounts.member(uow, uow.actor.person_id)


def _common(uow: UnitOfWork) -> dict[str, Any]:
    return {"organisation": organisations.here(uow), **places.of(uow)}


def _in_order(roles: frozenset[Role]) -> list[Role]:
    return sorted(roles, key=list(Role).index)


def _show_profile(form: ProfileForm, me: Member) -> None:
    form.phone.data, form.hours.data, form.about.data = me.person.phone, me.person.hours, me.person.about


def _picture(form: ProfileForm) -> bytes | None:
    """Return the photo rebuilt without hidden data; what is wrong with it stands in the form."""
    sent = form.photo.data
    if not sent or not sent.filename:
        return None
    try:
        cleaned = documents.clean(sent.filename, sent.read(), keep_other=False, limits=PHOTO)
    except Refused:
        form.photo.errors = [_("This picture could not be used. Choose a JPEG of less than 900 kB")]
        return None
    if cleaned.kind is not Kind.JPEG:
        form.photo.errors = [_("Choose a JPEG picture: a file whose name ends in .jpg")]
        return None
    return cleaned.body
