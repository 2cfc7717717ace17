"""`/absences`: who is away when, month by month, and on which days too few are here."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import SelectField

from speakup import accounts, cases, keyring, policy
from speakup.kernel.errors import Invalid
from speakup.kernel.uow import UnitOfWork
from speakup.policy import CASE_ROLES, Permission
from speakup.web import absences
from speakup.web.absences import AwayForm, Shown
from speakup.web.actors import work
from speakup.web.fields import ButtonForm, FromTheList, offer
from speakup.web.workspace import surface
from speakup.web.workspace.pages import common

MONTHS = 13
"""This one and a year: as far ahead as an absence may lie."""


class TeamAwayForm(AwayForm):
    """Days on which a colleague is away, as the lead guardian says."""

    person = SelectField(_("Who is away?"), validate_choice=False, validators=[FromTheList()])


@dataclass(frozen=True, slots=True)
class Month:
    """What a month's part of the page shows."""

    first: date
    away: list[Shown]
    too_few: list[tuple[date, date]]
    """From which day to which fewer than two who could receive a concern are here."""


@surface.get("/absences")
def all_absences() -> ResponseReturnValue:
    with work(writes=False) as uow:
        return render_template(
            "workspace/absences.html",
            months=list(_months(uow)),
            may_enter=policy.allows(uow.actor, Permission.ABSENCE_TEAM),
            me=uow.actor.person_id,
            form=ButtonForm(formdata=None),
            **common(uow),
        )


@surface.route("/absences/new", methods=["GET", "POST"])
def new_absence() -> ResponseReturnValue:
    form = TeamAwayForm()
    with work() as uow:
        policy.require(uow.actor, Permission.ABSENCE_TEAM)
        people = [each for each in accounts.members_with(uow, CASE_ROLES) if each.membership.joined_on is not None]
        form.person.choices = offer([("", _("Choose a colleague")), *((str(each.id), each.name) for each in people)])
        form.prepare(uow, None)
        if not form.validate_on_submit() or not _entered(uow, form):
            page = render_template("workspace/absence.html", form=form, **common(uow))
            return page, form.status
    flash(_("Written. It counts from that day on, and your colleague is told"))
    return redirect(url_for(".all_absences"))


@surface.post("/absences/<uuid:absence_id>/end")
def end_absence(absence_id: uuid.UUID) -> ResponseReturnValue:
    if ButtonForm().pressed():
        with work() as uow:
            policy.require(uow.actor, Permission.ABSENCE_TEAM)
            accounts.end_absence(uow, accounts.find_absence(uow, absence_id))
        flash(_("They are shown as here for the days that were left"))
    return redirect(url_for(".all_absences"))


def _entered(uow: UnitOfWork, form: TeamAwayForm) -> bool:
    if not form.person.data:
        form.person.errors = [_("Choose who is away")]
        return False
    days = form.days(uow.today)
    try:
        if days is not None:
            accounts.plan_absence(uow, accounts.member(uow, uuid.UUID(form.person.data)).membership, days)
    except Invalid as fault:
        form.refuse(fault, uow.today)
        return False
    return days is not None


def _months(uow: UnitOfWork) -> Iterator[Month]:
    """Give this month and those after it that somebody is away in."""
    log = keyring.load_key_log(uow)
    receiving = [each for each in accounts.absences(uow) if each.person_id in log.valid]
    listed = absences.shown(uow, receiving)
    first = uow.today.replace(day=1)
    for _month in range(MONTHS):
        following = (first + timedelta(days=31)).replace(day=1)
        here = [each for each in listed if each.first < following and each.last >= first]
        if here or first <= uow.today:
            yield Month(first, here, _too_few(uow, max(first, uow.today), following, here))
        first = following


def _too_few(uow: UnitOfWork, first: date, following: date, away: list[Shown]) -> list[tuple[date, date]]:
    """Ask only of days somebody is away on, and put those in a row together."""
    days = [first + timedelta(days=n) for n in range((following - first).days)]
    asked = [day for day in days if any(each.first <= day <= each.last for each in away)]
    found: list[tuple[date, date]] = []
    for day in cases.too_few_on(uow, asked):
        if found and found[-1][1] == day - timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
